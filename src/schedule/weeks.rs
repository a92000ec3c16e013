use crate::model::{RenderAt, Week, Weekday, Zones};
use chrono::{DateTime, Utc};

/// The newest week that is complete at `now`; see [`complete_weeks`].
pub fn newest(now: DateTime<Utc>, zones: &Zones, week_start: Weekday, at: RenderAt) -> Week {
    let last = Week::of(zones.date_of(now), week_start).plus(-1);
    if at.after(last, zones) <= now { last } else { last.plus(-1) }
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
