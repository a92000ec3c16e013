//! What each rule does to a stretch of time: what it decides, what it matches in vain, and where two of them argue.

use super::Row;
use super::judge::{Judged, Verdict, subject};
use super::ledger::ByClass;
use super::report::Reason;
use crate::classify::{By, Nature, Outcome, People, RuleSet};
use crate::model::{Class, Exact, Interval, Zones};
use std::collections::BTreeMap;

/// What one rule does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Use {
    /// Events that it decides and that no fact of their own (declined, cancelled, free, …) leaves out.
    pub events: usize,
    /// The counted seconds of these; their whole length where the rule ignores them, sets them apart or takes them for an absence.
    pub hours: Exact,
    /// Events that it matches, whoever decides them and whatever becomes of them. Copies of one meeting are one event.
    pub matched: usize,
    /// Events of `matched` that it decides.
    pub won: usize,
    /// Who decides the rest of `matched`, with the number of events, the most first.
    pub lost_to: Vec<(By, usize)>,
}

impl Use {
    /// It matches events and decides none, and some of them are decided by a rule before it: no mark or label alone.
    pub fn shadowed(&self) -> bool {
        self.won == 0 && self.lost_to.iter().any(|(by, _)| matches!(by, By::Rule(_)))
    }
}

/// Events of one title that a strategy rule and an execution rule both match.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// "(no title)" where the source gives none; `None` where private: all private ones are one clash a pair of rules.
    pub title: Option<String>,
    /// The rule that wins.
    pub winner: usize,
    /// The first rule of the other class.
    pub loser: usize,
    pub events: usize,
}

/// What a set of rules does to a stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// For each rule, in the order of the rules.
    pub rules: Vec<Use>,
    /// By the winner's place, then by title.
    pub clashes: Vec<Clash>,
    /// Counted seconds by class.
    pub hours: ByClass,
    /// Decided by a label, or by the user for the event itself.
    pub beside: Use,
    /// Counted, but unclassified because nothing matched.
    pub open: Use,
}

impl Usage {
    /// Looks at every event of `rows`, which are those of `window`, once.
    pub fn of(rows: &[Row<'_>], rules: &RuleSet, people: &People, zones: &Zones, window: &Interval) -> Usage {
        let mut usage = Usage { rules: vec![Use::default(); rules.rules().len()], ..Usage::default() };
        let mut clashes: BTreeMap<(usize, usize, Option<String>), usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.judged.verdict != Verdict::LeftOut(Reason::Duplicate)) {
            let j = row.judged;
            let claims = rules.claims(&subject(&j.instance, j.interval, people, zones));
            usage.add(row, &claims, window);
            if let Some((winner, loser)) = clash(j, &claims, rules) {
                *clashes.entry((winner, loser, j.title())).or_default() += 1;
            }
        }
        for rule in &mut usage.rules {
            rule.lost_to.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
        }
        let clash = |((winner, loser, title), events)| Clash { title, winner, loser, events };
        usage.clashes = clashes.into_iter().map(clash).collect();
        usage
    }

    fn add(&mut self, row: &Row<'_>, claims: &[usize], window: &Interval) {
        let j = row.judged;
        if let Some(class) = j.class() {
            self.hours.add(class, &row.counted);
        }
        for &rule in claims {
            let used = &mut self.rules[rule];
            used.matched += 1;
            if j.decision.by == By::Rule(rule) {
                used.won += 1;
            } else if let Some((_, events)) = used.lost_to.iter_mut().find(|(by, _)| *by == j.decision.by) {
                *events += 1;
            } else {
                used.lost_to.push((j.decision.by.clone(), 1));
            }
        }
        let hours = match j.verdict {
            Verdict::Counted(_) => row.counted.clone(),
            Verdict::LeftOut(Reason::OutOfOffice) if j.decision.kind != Nature::OutOfOffice => return,
            Verdict::Apart(_) | Verdict::LeftOut(Reason::Ignored | Reason::OutOfOffice) => {
                Exact::seconds(j.interval.intersection(window).map(|part| part.length()).unwrap_or_default())
            }
            Verdict::LeftOut(_) => return,
        };
        let decided = match &j.decision.by {
            By::Rule(rule) => &mut self.rules[*rule],
            By::Label(_) | By::Override { .. } => &mut self.beside,
            By::Caller | By::Nothing if j.class().is_some() => &mut self.open,
            By::Caller | By::Nothing => return,
        };
        decided.events += 1;
        decided.hours += &hours;
    }

    /// All counted seconds.
    pub fn counted(&self) -> Exact {
        self.hours.all()
    }

    /// (S + E) / counted.
    pub fn coverage(&self) -> Option<Exact> {
        self.hours.classified().over(&self.counted())
    }
}

/// The rule that decides, and the first one that would have given the other of strategy and execution.
fn clash(j: &Judged, claims: &[usize], rules: &RuleSet) -> Option<(usize, usize)> {
    let By::Rule(winner) = j.decision.by else { return None };
    let other = match rules.rules()[winner].outcome {
        Outcome::Class(Class::Strategy) => Class::Execution,
        Outcome::Class(Class::Execution) => Class::Strategy,
        _ => return None,
    };
    let loser = claims.iter().find(|&&rule| rules.rules()[rule].outcome == Outcome::Class(other))?;
    Some((winner, *loser))
}
