use crate::model::{LocalTime, Week, Weekday, Zones};
use chrono::{DateTime, Datelike, Utc};

/// When a week that has ended is drawn: the first such day and time at or after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderAt {
    pub day: Weekday,
    pub time: LocalTime,
}

impl Default for RenderAt {
    /// Monday at six.
    fn default() -> RenderAt {
        RenderAt { day: Weekday::Mon, time: LocalTime(6 * 60) }
    }
}

/// The moment from which `week` counts as complete.
fn ready(week: Week, zones: &Zones, at: RenderAt) -> DateTime<Utc> {
    let next = week.plus(1);
    let day = next.days().find(|day| day.weekday() == at.day).unwrap_or(next.first);
    zones.time(day, at.time)
}

/// The newest complete week.
pub(super) fn newest(now: DateTime<Utc>, zones: &Zones, week_start: Weekday, at: RenderAt) -> Week {
    let last = Week::of(zones.date_of(now), week_start).plus(-1);
    if ready(last, zones, at) <= now { last } else { last.plus(-1) }
}

/// The newest `retain` weeks that are complete at `now`, newest first. A week is complete from the first `render_at` at or
/// after its end, so that the picture of a week that ends on Sunday night is there on Monday morning.
pub fn complete_weeks(
    now: DateTime<Utc>,
    zones: &Zones,
    week_start: Weekday,
    render_at: RenderAt,
    retain: usize,
) -> Vec<Week> {
    let newest = newest(now, zones, week_start, render_at);
    (0..).take(retain).map(|back: i64| newest.plus(-back)).collect()
}
