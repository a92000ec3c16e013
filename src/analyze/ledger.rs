//! Who gets which part of an instant: counted events share it equally, so their hours add up to the union.
//!
//! Every event running at an instant gets the same part of it, `1/n`. So one running sum of `dt/n` serves all: an
//! event's share of any stretch is the difference of the sum at its two ends. Sorting the edges is the whole cost.

use super::judge::Judged;
use crate::model::{Class, Exact, Interval, Preferences};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// Where an event begins (true) or ends, and whether it is not a long one.
type Edge = (DateTime<Utc>, bool, bool);

/// Largest common denominator of exact sums; with more than about 46 levels of overlap in one window, sums are kept to
/// 2⁻⁶² of a second instead, so that a hostile calendar cannot make numbers grow without end.
const FINEST: u64 = 1 << 62;

/// The shares of all counted events in one window.
pub struct Ledger {
    window: Interval,
    /// What counted events that are not long hold. Empty where there are none that are long.
    held: Vec<Interval>,
    /// Working time that no event holds but long ones: theirs. Empty where there are none.
    free: Vec<Interval>,
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
    /// Those of `running` that are not long: only they can be in conflict.
    firm: u32,
}

impl Ledger {
    /// Shares out the timed, counted ones among `judged` inside `window`. Long ones share what the others and `all_day` leave of
    /// the working time `net`.
    pub fn new<'a>(
        judged: impl Iterator<Item = &'a Judged>,
        window: Interval,
        net: &[Interval],
        all_day: &[Added],
    ) -> Ledger {
        let mut ledger = Ledger { window, held: Vec::new(), free: Vec::new(), denominator: 1, steps: Vec::new() };
        let (long, firm): (Vec<&Judged>, Vec<&Judged>) = judged.filter(|j| !j.all_day()).partition(|j| j.long);
        let counts = |j: &&&Judged| j.class().is_some();
        let held: Vec<Interval> = firm.iter().filter(counts).flat_map(|j| ledger.parts(j)).collect();
        let mut edges: Vec<Edge> = Vec::new();
        edges.extend(held.iter().flat_map(|part| [(part.start, true, true), (part.end, false, true)]));
        if !long.is_empty() {
            ledger.held = Interval::union(held);
            let free = net.iter().flat_map(|n| n.without(&ledger.held)).collect();
            ledger.free = less_all_day(free, all_day);
            let filled = long.iter().filter(counts).flat_map(|j| ledger.parts(j));
            edges.extend(filled.flat_map(|part| [(part.start, true, false), (part.end, false, false)]));
        }
        edges.sort_unstable();
        ledger.sum_up(edges);
        ledger
    }

    fn sum_up(&mut self, edges: Vec<Edge>) {
        // Ends sort before starts of the same instant, so the counts never dip below what runs.
        let (mut running, mut firm) = (0u32, 0u32);
        for (at, begins, is_firm) in edges {
            let step = |count: u32, by: bool| if begins { count + u32::from(by) } else { count - u32::from(by) };
            (running, firm) = (step(running, true), step(firm, is_firm));
            match self.steps.last_mut() {
                Some(last) if last.at == at => (last.running, last.firm) = (running, firm),
                _ => self.steps.push(Step { at, sum: 0, running, firm }),
            }
        }
        let levels: BTreeSet<u64> = self.steps.iter().map(|s| s.running.max(1).into()).collect();
        let common = levels.into_iter().try_fold(1u64, |all, n| {
            let next = u128::from(all) * u128::from(n / gcd(all, n));
            u64::try_from(next).ok().filter(|next| *next <= FINEST)
        });
        self.denominator = common.unwrap_or(FINEST);
        for i in 1..self.steps.len() {
            self.steps[i].sum = self.advance(self.steps[i - 1], self.steps[i].at);
        }
    }

    /// The stretches of the window in which it takes time, where it takes any: all of a usual event but what lies in an
    /// absence, and of a long one the working hours that nothing else holds.
    pub fn parts(&self, j: &Judged) -> Vec<Interval> {
        let own = j.parts().filter_map(|part| part.intersection(&self.window));
        if !j.long {
            return own.collect();
        }
        own.flat_map(|part| self.free.iter().filter_map(move |free| free.intersection(&part))).collect()
    }

    /// What an absence takes of it that could have counted; `gross` is the working time with the absence.
    pub fn lost(&self, j: &Judged, gross: &[Interval]) -> Vec<Interval> {
        let cut = j.cut.iter().filter_map(|cut| cut.intersection(&self.window));
        if !j.long {
            return cut.collect();
        }
        let hours = cut.flat_map(|cut| gross.iter().filter_map(move |g| g.intersection(&cut)));
        hours.flat_map(|hours| hours.without(&self.held)).collect()
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
        if j.class().is_none() || j.all_day() || j.interval.intersection(within).is_none() {
            return Exact::default();
        }
        let inside = |part: Interval| part.intersection(within);
        let sum = |part: Interval| self.sum_at(part.end) - self.sum_at(part.start);
        Exact::fraction(self.parts(j).into_iter().filter_map(inside).map(sum).sum(), self.denominator)
    }

    /// Its counted share of `within`, in seconds.
    pub fn share(&self, j: &Judged, within: &Interval) -> Exact {
        let full = self.full_share(j, within);
        if j.half { full * Exact::new(1, 2) } else { full }
    }

    /// Stretches with at least `count` events at once; long ones only fill what others leave.
    pub fn stretches(&self, count: usize) -> Vec<Interval> {
        let pairs = self.steps.windows(2).filter(|w| w[0].firm as usize >= count);
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

/// What all-day events leave of the `free` time of their days. They stand at no hour, so they take the day's first ones.
pub fn less_all_day(mut free: Vec<Interval>, added: &[Added]) -> Vec<Interval> {
    let mut days: Vec<Interval> = added.iter().map(|added| added.day).collect();
    days.dedup();
    for day in days {
        let taken: Exact = added.iter().filter(|added| added.day == day).map(|added| &added.full).sum();
        let mut owed = TimeDelta::seconds(taken.in_units(&Exact::new(1, 1)));
        for stretch in free.iter_mut().filter(|stretch| stretch.start >= day.start && stretch.start < day.end) {
            let part = owed.min(stretch.length());
            stretch.start += part;
            owed -= part;
        }
    }
    free.retain(|stretch| !stretch.is_empty());
    free
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

    /// The seconds of all classes.
    pub fn all(&self) -> Exact {
        self.0.iter().sum()
    }

    /// The same, rounded.
    pub fn seconds(&self) -> f64 {
        self.0.iter().map(Exact::to_f64).sum()
    }

    /// Strategy + execution.
    pub fn classified(&self) -> Exact {
        self.of(Class::Strategy) + self.of(Class::Execution)
    }

    /// Tenths of an hour as they are shown, in the order of [`Class::ALL`]: they add up to all of it.
    pub fn tenths(&self) -> [i64; 3] {
        let shown = Exact::largest_remainder(&self.0, &Exact::tenth());
        [shown[0], shown[1], shown[2]]
    }

    /// S / (S + E).
    pub fn share(&self) -> Option<Exact> {
        self.of(Class::Strategy).over(&self.classified())
    }
}
