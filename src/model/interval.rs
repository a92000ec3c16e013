use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A stretch of elapsed time, `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Interval {
    /// From `start` to `end`, empty where `end` lies before `start`.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Interval {
        Interval { start, end: end.max(start) }
    }

    /// Elapsed time.
    pub fn length(&self) -> TimeDelta {
        self.end - self.start
    }

    /// Holds no time.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// The part both share; `None` where that is no time at all.
    pub fn intersection(&self, other: &Interval) -> Option<Interval> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Interval { start, end })
    }

    /// The union of `intervals` as disjoint stretches in order; stretches that touch become one.
    pub fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
        intervals.retain(|i| !i.is_empty());
        intervals.sort_unstable();
        let mut union: Vec<Interval> = Vec::with_capacity(intervals.len());
        for next in intervals {
            match union.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                _ => union.push(next),
            }
        }
        union
    }

    /// What is left of `self` without the disjoint, ordered stretches `taken`.
    pub fn without(&self, taken: &[Interval]) -> Vec<Interval> {
        let mut left = Vec::new();
        let mut from = self.start;
        for t in taken.iter().filter(|t| t.end > self.start && t.start < self.end) {
            if t.start > from {
                left.push(Interval { start: from, end: t.start });
            }
            from = from.max(t.end);
        }
        if from < self.end {
            left.push(Interval { start: from, end: self.end });
        }
        left
    }
}
