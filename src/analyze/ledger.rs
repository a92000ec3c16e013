//! Who gets which part of an instant: counted events share it equally, so their hours add up to the union.
//!
//! Every event running at an instant gets the same part of it, `1/n`. So one running sum of `dt/n` serves all: an
//! event's share of any stretch is the difference of the sum at its two ends. Sorting the edges is the whole cost.

use super::judge::Judged;
use crate::model::{Class, Exact, Interval, Preferences};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Largest common denominator of exact sums; with more than about 46 levels of overlap in one window, sums are kept to
/// 2⁻⁶² of a second instead, so that a hostile calendar cannot make numbers grow without end.
const FINEST: u64 = 1 << 62;

/// The shares of all counted events in one window.
pub struct Ledger {
    window: Interval,
    /// Common denominator of the sums.
    denominator: u64,
    /// Edges in order, the running sum up to each, and how many events run from there on.
    steps: Vec<Step>,
}

#[derive(Clone, Copy)]
struct Step {
    at: DateTime<Utc>,
    sum: i128,
    running: u32,
}

impl Ledger {
    /// Shares out the timed, counted ones among `judged` inside `window`.
    pub fn new<'a>(judged: impl Iterator<Item = &'a Judged>, window: Interval) -> Ledger {
        let mut edges: Vec<(DateTime<Utc>, bool)> = Vec::new();
        for j in judged.filter(|j| j.class().is_some() && !j.all_day()) {
            if let Some(part) = j.interval.intersection(&window) {
                edges.extend([(part.start, true), (part.end, false)]);
            }
        }
        edges.sort_unstable();
        // Ends sort before starts of the same instant, so the count never dips below what runs.
        let mut steps: Vec<Step> = Vec::with_capacity(edges.len());
        let mut running = 0u32;
        for (at, begins) in edges {
            running = if begins { running + 1 } else { running - 1 };
            match steps.last_mut() {
                Some(last) if last.at == at => last.running = running,
                _ => steps.push(Step { at, sum: 0, running }),
            }
        }
        let levels: BTreeSet<u64> = steps.iter().map(|s| s.running.max(1).into()).collect();
        let common = levels.into_iter().try_fold(1u64, |all, n| {
            let next = u128::from(all) * u128::from(n / gcd(all, n));
            u64::try_from(next).ok().filter(|next| *next <= FINEST)
        });
        let mut ledger = Ledger { window, denominator: common.unwrap_or(FINEST), steps };
        for i in 1..ledger.steps.len() {
            ledger.steps[i].sum = ledger.advance(ledger.steps[i - 1], ledger.steps[i].at);
        }
        ledger
    }

    fn advance(&self, from: Step, to: DateTime<Utc>) -> i128 {
        match from.running {
            0 => from.sum,
            n => from.sum + i128::from((to - from.at).num_seconds()) * i128::from(self.denominator) / i128::from(n),
        }
    }

    fn sum_at(&self, at: DateTime<Utc>) -> i128 {
        let next = self.steps.partition_point(|s| s.at <= at);
        next.checked_sub(1).map_or(0, |i| self.advance(self.steps[i], at))
    }

    /// Its share of `within` before halving, in seconds. Zero unless it is counted and timed.
    pub fn full_share(&self, j: &Judged, within: &Interval) -> Exact {
        let part = within.intersection(&self.window).and_then(|w| j.interval.intersection(&w));
        match part {
            Some(part) if j.class().is_some() && !j.all_day() => {
                Exact::fraction(self.sum_at(part.end) - self.sum_at(part.start), self.denominator)
            }
            _ => Exact::default(),
        }
    }

    /// Its counted share of `within`, in seconds.
    pub fn share(&self, j: &Judged, within: &Interval) -> Exact {
        let full = self.full_share(j, within);
        if j.half { full * Exact::new(1, 2) } else { full }
    }

    /// Stretches with at least `count` events at once.
    pub fn stretches(&self, count: usize) -> Vec<Interval> {
        let pairs = self.steps.windows(2).filter(|w| w[0].running as usize >= count);
        Interval::union(pairs.map(|w| Interval::new(w[0].at, w[1].at)).collect())
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What one counted all-day event adds on one day.
pub struct Added {
    /// From midnight to midnight.
    pub day: Interval,
    /// The event's place among those given.
    pub index: usize,
    /// Its equal share, in seconds, before halving.
    pub full: Exact,
    /// Its counted share, in seconds.
    pub share: Exact,
}

/// What counted all-day events add on each covered day of `window` that has working time left in `net`. Several on one
/// day share it, so that class hours still add up.
pub fn all_day(judged: &[&Judged], window: &Interval, net: &[Interval], wishes: &Preferences) -> Vec<Added> {
    let Some(length) = &wishes.all_day else { return Vec::new() };
    let mut added = Vec::new();
    let zones = &wishes.zones;
    let mut date = zones.date_of(window.start);
    while zones.starts(date) < window.end {
        let day = zones.day(date);
        let covering: Vec<usize> = (0..judged.len())
            .filter(|&i| judged[i].all_day() && judged[i].class().is_some())
            .filter(|&i| judged[i].interval.start <= day.start && judged[i].interval.end >= day.end)
            .collect();
        let works = net.iter().any(|n| n.intersection(&day).is_some());
        if works && day.start >= window.start {
            for &index in &covering {
                let full = length / &Exact::new(covering.len() as i64, 1);
                let share = if judged[index].half { &full * &Exact::new(1, 2) } else { full.clone() };
                added.push(Added { day, index, full, share });
            }
        }
        let Some(next) = date.succ_opt() else { break };
        date = next;
    }
    added
}

/// Seconds of each class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByClass(pub [Exact; 3]);

impl ByClass {
    /// Adds to one class.
    pub fn add(&mut self, class: Class, seconds: &Exact) {
        self.0[class as usize] += seconds;
    }

    /// The seconds of one class.
    pub fn of(&self, class: Class) -> &Exact {
        &self.0[class as usize]
    }

    /// Strategy + execution.
    pub fn classified(&self) -> Exact {
        self.of(Class::Strategy) + self.of(Class::Execution)
    }

    /// S / (S + E).
    pub fn share(&self) -> Option<Exact> {
        self.of(Class::Strategy).over(&self.classified())
    }
}
