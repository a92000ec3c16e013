//! Whose meetings they are: what no rule decides is likely what the same person's other meetings of that week are.

use super::judge::{Judged, Series, Verdict};
use crate::classify::{By, Outcome, People};
use crate::model::{Address, Class, Preferences, Week};
use std::collections::{HashMap, HashSet};

/// Of the meetings that a person calls, so many of so many are of one class, or their open ones stay open.
const MOST: (usize, usize) = (2, 3);
/// One meeting says nothing of others.
const FEWEST: usize = 2;

/// What the other meetings of one person in one week are. Meetings of a series are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Those of the class.
    pub same: usize,
    /// All that have one.
    pub of: usize,
}

/// Whoever calls a meeting; `None` is the user.
type Caller = Option<Address>;

#[derive(Default)]
struct Votes<'j> {
    strategy: HashSet<Series>,
    execution: HashSet<Series>,
    /// The user marked one of them.
    marked: bool,
    open: Vec<&'j mut Judged>,
}

impl Votes<'_> {
    fn majority(&self) -> Option<(Class, Alike)> {
        let (strategy, execution) = (self.strategy.len(), self.execution.len());
        let (class, same) =
            if strategy > execution { (Class::Strategy, strategy) } else { (Class::Execution, execution) };
        let of = strategy + execution;
        (self.marked && of >= FEWEST && same * MOST.1 >= of * MOST.0).then_some((class, Alike { same, of }))
    }
}

/// Gives the open meetings of a week the class that two thirds of what their caller calls in it have, where the user marked at least
/// one of these: without a word of theirs nothing is inferred. It is only likely, and stays open where the user wants that.
/// Nothing outside its week bears on a meeting. On the leaders of `tests/leaders` eight of ten hours classed like this are right.
pub(super) fn follow(judged: &mut [Judged], people: &People, wishes: &Preferences) {
    if wishes.likely_open {
        return;
    }
    let mut callers: HashMap<(Week, Caller), Votes<'_>> = HashMap::new();
    for j in judged.iter_mut().filter(|j| j.is_meeting() && !j.all_day()) {
        let Some(caller) = caller(j, people) else { continue };
        let week = Week::of(wishes.zones.date_of(j.interval.start), wishes.week_start);
        let votes = callers.entry((week, caller)).or_default();
        let side = match j.class() {
            Some(Class::Strategy) => &mut votes.strategy,
            Some(Class::Execution) => &mut votes.execution,
            _ if j.decision.by == By::Nothing => {
                votes.open.push(j);
                continue;
            }
            _ => continue,
        };
        side.insert(j.series());
        votes.marked |= matches!(j.decision.by, By::Override { .. });
    }
    for votes in callers.into_values() {
        let Some((class, alike)) = votes.majority() else { continue };
        for j in votes.open {
            (j.decision.outcome, j.decision.by) = (Outcome::Class(class), By::Caller);
            (j.verdict, j.alike) = (Verdict::Counted(class), Some(alike));
        }
    }
}

/// Who calls it; unknown where the source names nobody.
fn caller(j: &Judged, people: &People) -> Option<Caller> {
    let event = &*j.instance.event;
    let organizer = people.caller(event)?;
    Some((!people.is_me(event, organizer)).then(|| organizer.clone()))
}
