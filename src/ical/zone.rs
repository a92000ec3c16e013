//! From a TZID to a clock, and from a wall-clock time to an instant.

use super::civil::DAY;
use super::custom::Custom;
use super::names::{CDO, SHOWN, WINDOWS};
use super::value::offset;
use crate::model::resolve;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::str::FromStr;
use std::sync::Arc;

/// A clock.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Utc,
    /// The zone of the calendar, known only when instances are asked for.
    Floating,
    Named(Tz),
    /// Seconds east of Greenwich, always.
    Fixed(i64),
    Custom(Arc<Custom>),
}

impl Zone {
    /// The zone that a name means on its own, without a VTIMEZONE. `loosely` also takes the names that only describe a
    /// zone (`(UTC+01:00) …`, `GMT+0200`), where a VTIMEZONE would know better.
    pub fn by_name(name: &str, loosely: bool) -> Option<Zone> {
        let name = name.trim().trim_matches('"').trim();
        if matches!(name.to_ascii_uppercase().as_str(), "UTC" | "Z" | "ETC/UTC" | "ETC/UCT" | "UCT") {
            return Some(Zone::Utc);
        }
        if let Some(zone) = iana(name).or_else(|| windows(name)).or_else(|| in_path(name)) {
            return Some(Zone::Named(zone));
        }
        if loosely { shown(name).or_else(|| described(name)) } else { None }
    }

    /// The zone of the zone database that a name means, however loosely.
    pub fn named(name: &str) -> Option<Tz> {
        match Zone::by_name(name, true)? {
            Zone::Named(zone) => Some(zone),
            Zone::Utc => Some(Tz::UTC),
            _ => None,
        }
    }

    /// The zone of an X-MICROSOFT-CDO-TZID.
    pub fn by_cdo(number: &str) -> Option<Zone> {
        let number: u32 = number.trim().parse().ok()?;
        CDO.iter().find(|(id, _)| *id == number).and_then(|(_, name)| iana(name)).map(Zone::Named)
    }

    /// The instant of a wall-clock time, in seconds since the epoch: in an overlap the first, in a gap with the offset
    /// before it (RFC 5545 §3.3.5).
    pub fn instant(&self, local: i64, floating: Tz) -> i64 {
        let named =
            |zone: Tz| DateTime::from_timestamp(local, 0).map_or(local, |at| resolve(at.naive_utc(), zone).timestamp());
        match self {
            Zone::Utc => local,
            Zone::Fixed(east) => local - east,
            Zone::Named(zone) => named(*zone),
            Zone::Floating => named(floating),
            Zone::Custom(zone) => zone.instant(local),
        }
    }

    /// The wall-clock time at an instant.
    pub fn local(&self, instant: i64, floating: Tz) -> i64 {
        let named = |zone: Tz| {
            DateTime::from_timestamp(instant, 0).map_or(instant, |at| {
                instant + i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
            })
        };
        match self {
            Zone::Utc => instant,
            Zone::Fixed(east) => instant + east,
            Zone::Named(zone) => named(*zone),
            Zone::Floating => named(floating),
            Zone::Custom(zone) => instant + zone.offset_at(instant),
        }
    }
}

fn iana(name: &str) -> Option<Tz> {
    let any_case = || TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name));
    Tz::from_str(name).ok().or_else(any_case)
}

fn listed(table: &[(&str, &str)], name: &str) -> Option<Tz> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, zone)| iana(zone))
}

fn windows(name: &str) -> Option<Tz> {
    listed(WINDOWS, name).or_else(|| {
        // Registry names also come with "Daylight" for "Standard".
        let standard = name.replace("Daylight Time", "Standard Time");
        if standard == name { None } else { listed(WINDOWS, &standard) }
    })
}

/// `/mozilla.org/20050126_1/Europe/Berlin`, `/freeassociation.sourceforge.net/Tzfile/America/Indiana/Knox`.
fn in_path(name: &str) -> Option<Tz> {
    let mut rest = name.strip_prefix('/')?;
    while let Some((_, tail)) = rest.split_once('/') {
        if tail.contains('/')
            && let Some(zone) = iana(tail)
        {
            return Some(zone);
        }
        rest = tail;
    }
    None
}

/// `(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna`
fn shown(name: &str) -> Option<Zone> {
    let (offset_part, places) = name.strip_prefix('(')?.split_once(')')?;
    let places = places.trim();
    if let Some(zone) = listed(SHOWN, places).or_else(|| windows(places)) {
        return Some(Zone::Named(zone));
    }
    let city = |place: &str| {
        let place = place.trim().replace(' ', "_");
        ["Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"]
            .iter()
            .find_map(|area| iana(&format!("{area}/{place}")))
    };
    places.split(',').find_map(city).map(Zone::Named).or_else(|| described(offset_part))
}

/// `GMT+0200`, `UTC-03:30`, `+0100`
fn described(name: &str) -> Option<Zone> {
    let upper = name.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("GMT").or_else(|| upper.strip_prefix("UTC")).unwrap_or(&upper).trim();
    if rest.is_empty() {
        return (upper.len() == 3).then_some(Zone::Utc);
    }
    offset(rest.as_bytes()).filter(|east| east.abs() < DAY).map(Zone::Fixed)
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    fn named(name: &str) -> Option<&'static str> {
        match Zone::by_name(name, true)? {
            Zone::Named(zone) => Some(zone.name()),
            Zone::Utc => Some("utc"),
            _ => None,
        }
    }

    #[test]
    fn every_name_in_the_tables_is_a_zone_of_the_database() {
        for (name, zone) in names::WINDOWS.iter().chain(names::SHOWN) {
            assert!(iana(zone).is_some(), "{name}: {zone}");
        }
        assert!(names::CDO.iter().all(|(_, zone)| iana(zone).is_some()));
    }

    #[test]
    fn names_people_meet() {
        for (name, zone) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("\"europe/berlin\"", "Europe/Berlin"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Pacific Daylight Time", "America/Los_Angeles"),
            ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Tzfile/America/Indiana/Knox", "America/Indiana/Knox"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
            ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
            ("(UTC) Coordinated Universal Time", "Etc/UTC"),
            ("UTC", "utc"),
        ] {
            assert_eq!(named(name), Some(zone), "{name}");
        }
        assert!(matches!(Zone::by_name("GMT+0200", true), Some(Zone::Fixed(7200))));
        assert!(matches!(Zone::by_name("(GMT-03:30) Nowhere", true), Some(Zone::Fixed(-12_600))));
        assert!(Zone::by_name("Middle-earth/Shire", true).is_none());
        assert!(Zone::by_name("(é", true).is_none());
        assert!(matches!(Zone::by_cdo("4"), Some(Zone::Named(Tz::Europe__Berlin))));
    }
}
