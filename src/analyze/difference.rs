//! The same time under two sets of rules: which events move, and what that does to each week.

use super::judge::{Judged, Verdict};
use super::ledger::ByClass;
use super::tally::Tally;
use super::{Analysis, Week};
use crate::classify::By;
use crate::model::{Exact, Interval};
use std::collections::BTreeMap;

/// What becomes of an event under one set of rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub verdict: Verdict,
    /// `None` where it is not counted.
    pub theme: Option<String>,
    pub by: By,
}

impl Side {
    fn of(j: &Judged) -> Side {
        Side { verdict: j.verdict, theme: j.class().map(|_| j.theme().to_string()), by: j.decision.by.clone() }
    }

    /// The same to every number, whichever rule says so.
    fn counts_like(&self, other: &Side) -> bool {
        self.verdict == other.verdict && self.theme == other.theme
    }
}

/// Events of one title that move in the same way.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// "(no title)" where the source gives none; `None` where private: all private ones that move alike are one.
    pub title: Option<String>,
    pub from: Side,
    pub to: Side,
    pub events: usize,
    /// Their seconds before and after, with overlaps shared out as in a report; where neither counts, their length.
    pub hours: [Exact; 2],
}

impl Moved {
    /// What they hold: after, where that counts.
    pub fn held(&self) -> &Exact {
        let [from, to] = &self.hours;
        if matches!(self.to.verdict, Verdict::Counted(_)) { to } else { from }
    }
}

/// One week under both.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekChange {
    pub week: Week,
    pub from: ByClass,
    pub to: ByClass,
}

/// What other rules would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The longest first.
    pub moved: Vec<Moved>,
    pub weeks: Vec<WeekChange>,
    /// The sum of all weeks.
    pub from: ByClass,
    pub to: ByClass,
}

impl Difference {
    /// Compares two analyses of the same instances over `weeks`, which follow one another.
    pub fn of(old: &Analysis<'_>, new: &Analysis<'_>, weeks: &[Week]) -> Difference {
        let zones = &old.wishes.zones;
        let mut difference = Difference::default();
        let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return difference };
        let window = Interval::new(zones.week(*first).start, zones.week(*last).end);
        let mut shares = [(); 2].map(|()| vec![Exact::default(); old.judged.len()]);
        for &week in weeks {
            let [from, to] = [old, new].map(|of| Tally::new(&of.judged, zones.week(week), of.wishes));
            for (shares, tally) in shares.iter_mut().zip([&from, &to]) {
                tally.shares.iter().for_each(|(index, share)| shares[*index] += share);
            }
            let (from, to) = (from.hours, to.hours);
            for (sum, part) in [(&mut difference.from, &from), (&mut difference.to, &to)] {
                sum.0.iter_mut().zip(&part.0).for_each(|(sum, part)| *sum += part);
            }
            difference.weeks.push(WeekChange { week, from, to });
        }
        difference.moved = moved(old, new, &window, &shares);
        difference
    }
}

fn moved(old: &Analysis<'_>, new: &Analysis<'_>, window: &Interval, shares: &[Vec<Exact>; 2]) -> Vec<Moved> {
    let mut groups: BTreeMap<(Option<String>, String), Moved> = BTreeMap::new();
    // Judging orders by facts alone, so both lists run side by side.
    let both = old.judged.iter().zip(&new.judged).enumerate().filter(|(_, (before, _))| before.touches(window));
    for (index, (before, after)) in both {
        let (from, to) = (Side::of(before), Side::of(after));
        if from.counts_like(&to) {
            continue;
        }
        let counts = before.class().is_some() || after.class().is_some();
        let length = before.interval.intersection(window).map(|part| part.length()).unwrap_or_default();
        let key = (before.title(), format!("{from:?}{to:?}"));
        let group = groups.entry(key).or_insert_with(|| Moved {
            title: before.title(),
            from,
            to,
            events: 0,
            hours: Default::default(),
        });
        group.events += 1;
        for (hours, shares) in group.hours.iter_mut().zip(shares) {
            *hours += &if counts { shares[index].clone() } else { Exact::seconds(length) };
        }
    }
    let mut moved: Vec<Moved> = groups.into_values().collect();
    moved.sort_by(|a, b| (b.held(), &a.title).cmp(&(a.held(), &b.title)));
    moved
}
