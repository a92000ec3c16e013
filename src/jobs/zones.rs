//! Whether the zone of a report is the one that the calendars are lived in.

use crate::config::Config;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// 2020 to 2030, in steps that no change of clocks falls between.
const YEARS: std::ops::Range<i64> = 1_577_836_800..1_893_456_000;
const STEP: usize = 7 * 86_400 + 5 * 3_600;

/// Two zones that show the same time in the years of most reports.
pub fn alike(one: Tz, other: Tz) -> bool {
    let east = |zone: Tz, at: i64| {
        let at = DateTime::from_timestamp(at, 0)?;
        Some(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
    };
    one == other || YEARS.step_by(STEP).all(|at| east(one, at) == east(other, at))
}

/// What a report made in the system's zone says where the calendars name only others: `named` are theirs.
pub fn zone_note(config: &Config, system: Tz, named: &[Tz]) -> Option<String> {
    let other = named.first().filter(|_| config.timezone.is_none())?;
    if named.iter().any(|zone| alike(*zone, system)) {
        return None;
    }
    let (system, other) = (system.name(), other.name());
    Some(format!("days follow the system's zone {system}, but the calendar names {other}: set `timezone`"))
}
