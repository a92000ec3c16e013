//! Who gets which part of an instant: counted events share it equally, so their hours add up to the union.
//!
//! Every event running at an instant gets the same part of it, `1/n`. So one running sum of `dt/n` serves all: an
//! event's share of any stretch is the difference of the sum at its two ends. Sorting the edges is the whole cost.

use super::judge::Judged;
use crate::model::{Class, Exact, Interval, Preferences};
use chrono::{DateTime, Datelike, Utc};

/// The shares of all counted events in one window.
pub struct Ledger {
    window: Interval,
    /// Edges in order, the running sum up to each, and how many events run from there on.
    steps: Vec<(DateTime<Utc>, Exact, usize)>,
}

impl Ledger {
    /// Shares out the timed, counted ones among `judged` inside `window`.
    pub fn new<'a>(judged: impl Iterator<Item = &'a Judged>, window: Interval) -> Ledger {
        let mut edges: Vec<(DateTime<Utc>, i32)> = Vec::new();
        for j in judged.filter(|j| j.class().is_some() && !j.all_day()) {
            if let Some(part) = j.interval.intersection(&window) {
                edges.extend([(part.start, 1), (part.end, -1)]);
            }
        }
        edges.sort_unstable();
        let mut steps: Vec<(DateTime<Utc>, Exact, usize)> = Vec::with_capacity(edges.len());
        let mut running = 0i32;
        for (at, change) in edges {
            let before = running as usize;
            running += change;
            match steps.last_mut() {
                Some(last) if last.0 == at => last.2 = running as usize,
                Some(last) => {
                    let sum = advance(last, at, before);
                    steps.push((at, sum, running as usize));
                }
                None => steps.push((at, Exact::default(), running as usize)),
            }
        }
        Ledger { window, steps }
    }

    fn sum_at(&self, at: DateTime<Utc>) -> Exact {
        match self.steps.partition_point(|s| s.0 <= at).checked_sub(1) {
            None => Exact::default(),
            Some(i) => advance(&self.steps[i], at, self.steps[i].2),
        }
    }

    /// Its share of `within` before halving, in seconds. Zero unless it is counted and timed.
    pub fn full_share(&self, j: &Judged, within: &Interval) -> Exact {
        let part = within.intersection(&self.window).and_then(|w| j.interval.intersection(&w));
        match part {
            Some(part) if j.class().is_some() && !j.all_day() => self.sum_at(part.end) - self.sum_at(part.start),
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
        let pairs = self.steps.windows(2).filter(|w| w[0].2 >= count);
        Interval::union(pairs.map(|w| Interval::new(w[0].0, w[1].0)).collect())
    }
}

fn advance(step: &(DateTime<Utc>, Exact, usize), at: DateTime<Utc>, running: usize) -> Exact {
    match running {
        0 => step.1.clone(),
        n => &step.1 + &Exact::new((at - step.0).num_seconds(), n as i64),
    }
}

/// What counted all-day events add on each covered working day of `window`: `(date's day, index of the event, seconds)`.
/// Several on one day share it, so that class hours still add up.
pub fn all_day(judged: &[&Judged], window: &Interval, wishes: &Preferences) -> Vec<(Interval, usize, Exact)> {
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
        if wishes.working.on(date.weekday()).is_some() && day.start >= window.start {
            for &i in &covering {
                let share = length / &Exact::new(covering.len() as i64, 1);
                let share = if judged[i].half { share * Exact::new(1, 2) } else { share };
                added.push((day, i, share));
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
