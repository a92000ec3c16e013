//! The week against those before it.

use super::report::{Mover, Trend, TrendWeek};
use super::tally::Tally;
use super::{AVERAGE_WEEKS, Analysis, TREND_WEEKS, delegate};
use crate::model::{Exact, Interval, Week};
use chrono::{DateTime, TimeDelta, Utc};

/// What is compared with the week.
pub(super) struct Before<'t> {
    /// Earlier complete weeks that are not hollow, newest first.
    pub comparable: Vec<(Week, &'t Tally)>,
    /// Those of them that say enough for a share to be compared with.
    firm: Vec<(Week, &'t Tally)>,
}

impl Analysis<'_> {
    /// The weeks before `week`, whose tallies and those of its trend must have been counted.
    pub(super) fn before(&self, week: Week, now: DateTime<Utc>) -> Before<'_> {
        // A calendar begins with its first counted hours: the weeks before are not known, which is not the same as empty.
        let known = |w: &Week| !self.tallies[w].counted().is_zero();
        let first_known = (0..TREND_WEEKS).rev().map(|back| week.plus(-back)).find(known);
        let comparable: Vec<(Week, &Tally)> = (1..=AVERAGE_WEEKS)
            .map(|back| week.plus(-back))
            .filter(|w| self.wishes.zones.week(*w).end <= now && first_known.is_some_and(|first| *w >= first))
            .map(|w| (w, &self.tallies[&w]))
            .filter(|(_, t)| !t.working.hollow())
            .collect();
        let firm = comparable.iter().copied().filter(|(_, t)| t.share().is_some() && !t.thin()).collect();
        Before { comparable, firm }
    }

    /// How the share of `week` stands against the weeks before, and what moved it. A week that runs is compared by its days up
    /// to today with the same days of the week before.
    pub(super) fn trend(&self, week: Week, before: &Before<'_>, now: DateTime<Utc>) -> (Trend, Vec<Mover>) {
        let mut trend = Trend {
            median: median(before.firm.iter().filter_map(|(_, t)| t.share()).collect()),
            weeks: (0..TREND_WEEKS).rev().map(|back| self.trend_week(week.plus(-back))).collect(),
            days: 7,
            ..Trend::default()
        };
        let Some((previous_week, previous)) = before.firm.first().copied() else { return (trend, Vec::new()) };
        (trend.previous, trend.previous_week) = (previous.share(), Some(previous_week));
        let (tally, days) = (&self.tallies[&week], self.days_so_far(week, now));
        let cut = |w: Week| Tally::new(&self.judged, self.first_days(w, days), self.wishes);
        let parts = (days < 7).then(|| (cut(previous_week), cut(week)));
        let (old, new) = parts.as_ref().map_or((previous, tally), |(old, new)| (old, new));
        if old.thin() || new.thin() {
            return (trend, Vec::new());
        }
        // Only where something is compared: a picture of a running week does not change from day to day for nothing.
        (trend.previous, trend.days) = (old.share(), days);
        trend.points = old.share().zip(new.share()).map(|(old, new)| new.percent() - old.percent());
        // Where it is level, nothing moved it.
        let moved = trend.points.is_some_and(|points| points != 0);
        let movers = if moved { delegate::moved(&self.judged, old, new) } else { Vec::new() };
        (trend, movers)
    }

    /// Seven, but for a week that runs: its days up to today.
    fn days_so_far(&self, week: Week, now: DateTime<Utc>) -> u32 {
        let today = (self.wishes.zones.date_of(now) - week.first).num_days();
        if (0..7).contains(&today) { today as u32 + 1 } else { 7 }
    }

    fn first_days(&self, week: Week, days: u32) -> Interval {
        let zones = &self.wishes.zones;
        let end = week.first.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(week.first);
        Interval::new(zones.starts(week.first), zones.starts(end))
    }

    fn trend_week(&self, week: Week) -> TrendWeek {
        let tally = &self.tallies[&week];
        let (hollow, provisional) = (tally.working.hollow(), tally.provisional());
        TrendWeek { week, share: tally.share(), hollow, provisional, thin: tally.thin() }
    }
}

/// The middle value; the mean of the middle two.
fn median(mut values: Vec<Exact>) -> Option<Exact> {
    values.sort();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values.swap_remove(middle)),
        _ => Some((values[middle - 1].clone() + values[middle].clone()) * Exact::new(1, 2)),
    }
}
