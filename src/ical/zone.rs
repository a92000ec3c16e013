//! From a TZID to a clock, and from a wall-clock time to an instant.

use super::civil::DAY;
use super::custom::Custom;
use super::names::{AMERICAN, CDO, SHOWN, WINDOWS, WITHDRAWN};
use super::value::offset;
use crate::model::resolve;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::ops::Range;
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

const ABBREVIATIONS: [(&str, &str); 9] = [
    ("EDT", "America/New_York"),
    ("CST", "America/Chicago"),
    ("CDT", "America/Chicago"),
    ("MDT", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("CEST", "CET"),
    ("EEST", "EET"),
    ("WEST", "WET"),
];

/// 2026-01-01.
const THIS_YEAR: i64 = 1_767_225_600;
const YEAR: i64 = 31_556_952;
/// From 1997 on, when Windows began to show its zones with an offset and places.
const HALF_YEARS_SHOWN: Range<i64> = -58..0;

/// A name without what only encloses it.
pub(super) fn clean(name: &str) -> &str {
    name.trim().trim_matches('"').trim()
}

impl Zone {
    /// The zone of a place's exact id in the zone database, such as `Europe/Berlin`: that goes before what a file says of it.
    pub(super) fn of_place(name: &str) -> Option<Zone> {
        let name = clean(name);
        Tz::from_str(name).ok().filter(|_| name.contains('/')).map(Zone::Named)
    }

    /// The zone that a name means where no VTIMEZONE knows better: abbreviations, other letter case, paths, and the names that
    /// Microsoft's programs give and show.
    pub(super) fn by_name(name: &str) -> Option<Zone> {
        let name = clean(name);
        let name = strip_start(name, "tzone://Microsoft/").unwrap_or(name);
        if matches!(name.to_ascii_uppercase().as_str(), "UTC" | "Z" | "GMT" | "ETC/UTC" | "ETC/UCT" | "UCT" | "ZULU") {
            return Some(Zone::Utc);
        }
        let named = iana(name).or_else(|| windows(name)).or_else(|| in_path(name)).or_else(|| shown(name));
        named.map(Zone::Named).or_else(|| {
            // Exchange numbers zones of one name.
            let (head, number) = name.rsplit_once(' ')?;
            number.bytes().all(|b| b.is_ascii_digit()).then(|| Zone::by_name(head))?
        })
    }

    /// The zone that an abbreviation means though the zone database has none of that name: RFC 5322 §4.3 gives them to North
    /// America, and Europe's summer times are nobody else's.
    pub(super) fn by_abbreviation(name: &str) -> Option<Zone> {
        let name = clean(name).to_ascii_uppercase();
        ABBREVIATIONS.iter().find(|(known, _)| *known == name).and_then(|(_, zone)| iana(zone)).map(Zone::Named)
    }

    /// The fixed offset that a name tells: `GMT+0200`, `(UTC-03:30) Nowhere`.
    pub(super) fn by_offset(name: &str) -> Option<Zone> {
        let name = clean(name);
        let inside = name.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inside, _)| inside);
        described(inside.unwrap_or(name))
    }

    /// The zone of the zone database that a name means, however loosely.
    pub(super) fn named(name: &str) -> Option<Tz> {
        match Zone::of_place(name).or_else(|| Zone::by_name(name))? {
            Zone::Named(zone) => Some(zone),
            Zone::Utc => Some(Tz::UTC),
            _ => None,
        }
    }

    /// The zone of an X-MICROSOFT-CDO-TZID.
    pub(super) fn by_cdo(number: &str) -> Option<Zone> {
        let number: u32 = number.trim().parse().ok()?;
        CDO.iter().find(|(id, _)| *id == number).and_then(|(_, name)| iana(name)).map(Zone::Named)
    }

    /// The instant of a wall-clock time, in seconds since the epoch: in an overlap the first, in a gap with the offset
    /// before it (RFC 5545 §3.3.5).
    pub(super) fn instant(&self, local: i64, floating: &Zone) -> i64 {
        let named =
            |zone: Tz| DateTime::from_timestamp(local, 0).map_or(local, |at| resolve(at.naive_utc(), zone).timestamp());
        match self {
            Zone::Utc => local,
            Zone::Fixed(east) => local - east,
            Zone::Named(zone) => named(*zone),
            Zone::Floating if matches!(floating, Zone::Floating) => local,
            Zone::Floating => floating.instant(local, floating),
            Zone::Custom(zone) => zone.instant(local),
        }
    }

    /// The wall-clock time at an instant; that of a floating clock is the one of `floating`.
    pub(super) fn local(&self, instant: i64, floating: &Zone) -> i64 {
        let named = |zone: Tz| {
            DateTime::from_timestamp(instant, 0).map_or(instant, |at| {
                instant + i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
            })
        };
        match self {
            Zone::Utc => instant,
            Zone::Fixed(east) => instant + east,
            Zone::Named(zone) => named(*zone),
            Zone::Floating if matches!(floating, Zone::Floating) => instant,
            Zone::Floating => floating.local(instant, floating),
            Zone::Custom(zone) => instant + zone.offset_at(instant),
        }
    }
}

fn iana(name: &str) -> Option<Tz> {
    // Of an id only the blank is one that means nothing else: `America/New York`.
    let name = &*if name.contains('/') { name.replace(' ', "_") } else { name.to_owned() };
    let any_case = || TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name));
    Tz::from_str(name).ok().or_else(any_case)
}

fn strip_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| &text[start.len()..])
}

/// Letters and digits alone, in lower case, and neither `and` nor `&`: programs differ in all else. Single letters behind each
/// other are one word, with dots or without: `S.A.` and `SA`.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.map(str::to_lowercase).filter(|word| word != "and");
    let mut plain = String::with_capacity(name.len());
    let mut after_letter = false;
    for word in words {
        let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        if !(plain.is_empty() || is_letter && after_letter) {
            plain.push(' ');
        }
        plain += &word;
        after_letter = is_letter;
    }
    plain
}

fn listed(table: &[(&str, &str)], name: &str) -> Option<Tz> {
    let name = plain(name);
    table.iter().find(|(known, _)| plain(known) == name).and_then(|(_, zone)| iana(zone))
}

fn windows(name: &str) -> Option<Tz> {
    // Registry names also come with "Daylight" for "Standard".
    let standard = name.replace("Daylight Time", "Standard Time");
    listed(WINDOWS, &standard).or_else(|| listed(WITHDRAWN, &standard))
}

/// `/Europe/London`, `/mozilla.org/20050126_1/Europe/Berlin`, `/freeassociation.sourceforge.net/Tzfile/America/Indiana/Knox`, and a
/// vendor's prefix before Microsoft's names.
fn in_path(name: &str) -> Option<Tz> {
    let first = name.split('/').next()?;
    if !first.is_empty() && !first.contains('.') {
        return None;
    }
    let mut rest = name.trim_start_matches('/');
    loop {
        if let Some(zone) = iana(rest).filter(|_| rest.contains('/')).or_else(|| windows(rest)) {
            return Some(zone);
        }
        rest = rest.split_once('/')?.1;
    }
}

/// `(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna`, with or without the offset before it.
fn shown(name: &str) -> Option<Tz> {
    const AREAS: [&str; 9] =
        ["Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "America/Argentina"];
    let Some((offset, places)) = name.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        return listed(SHOWN, name).or_else(|| listed(AMERICAN, name));
    };
    // Some versions number the zones of Russia behind them.
    let places = places.split_once(" (RTZ ").map_or(places, |(places, _)| places);
    // Others tell what was shown before and after the clocks of a place changed.
    let bare = places.strip_suffix(" - Old").or_else(|| places.strip_suffix(" - New")).unwrap_or(places);
    let east = described(offset);
    // A city of that name may lie elsewhere.
    let fits = |zone: &Tz, half_years: Range<i64>| {
        let Some(Zone::Fixed(east)) = east else { return true };
        let mut instants = half_years.map(|n| THIS_YEAR + n * (YEAR / 2));
        instants.any(|at| Zone::Named(*zone).local(at, &Zone::Utc) - at == east)
    };
    let city = |half_years: Range<i64>| {
        let zone = |place: &str| {
            let place = place.trim().replace(' ', "_");
            AREAS.iter().find_map(|area| iana(&format!("{area}/{place}")))
        };
        bare.split([',', '/', ';']).filter_map(zone).find(|zone| fits(zone, half_years.clone()))
    };
    listed(SHOWN, places)
        .or_else(|| listed(SHOWN, bare))
        .or_else(|| windows(places))
        .or_else(|| listed(AMERICAN, places).filter(|zone| fits(zone, 0..2)))
        .or_else(|| city(0..2))
        // The name may be older than what governments decided about its clocks.
        .or_else(|| city(HALF_YEARS_SHOWN))
}

/// `GMT+0200`, `UTC-03:30`, `+0100`, `UTC+01.00`
fn described(name: &str) -> Option<Zone> {
    let upper = name.trim().to_ascii_uppercase().replace('.', ":");
    let rest = upper.strip_prefix("GMT").or_else(|| upper.strip_prefix("UTC")).unwrap_or(&upper).trim();
    if rest.is_empty() {
        return (upper.len() == 3).then_some(Zone::Utc);
    }
    let signed = rest.starts_with(['+', '-']);
    offset(rest.as_bytes()).filter(|east| signed && east.abs() < DAY).map(Zone::Fixed)
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    fn named(name: &str) -> Option<&'static str> {
        match Zone::of_place(name).or_else(|| Zone::by_name(name))? {
            Zone::Named(zone) => Some(zone.name()),
            Zone::Utc => Some("utc"),
            _ => None,
        }
    }

    #[test]
    fn every_name_in_the_tables_is_a_zone_of_the_database() {
        for (name, zone) in [names::WINDOWS, names::SHOWN, names::WITHDRAWN, names::AMERICAN].concat() {
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
            ("(UTC-05:00) Eastern Time (US and Canada)", "America/New_York"),
            ("(GMT-05.00) Eastern Time (US & Canada)", "America/New_York"),
            ("Eastern Time (US & Canada)", "America/New_York"),
            ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Sarajevo"),
            ("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London"),
            ("(UTC+02:00) E. Europe", "Europe/Chisinau"),
            ("(UTC-10:00) Aleutian Islands", "America/Adak"),
            ("(UTC-05:00) Turks and Caicos", "America/Grand_Turk"),
            ("(UTC-03:00) Saint Pierre and Miquelon", "America/Miquelon"),
            ("(UTC+10:30) Lord Howe Island", "Australia/Lord_Howe"),
            ("(UTC+12:45) Chatham Islands", "Pacific/Chatham"),
            ("GMT Standard Time 1", "Europe/London"),
            ("Russia Time Zone 10", "Asia/Srednekolymsk"),
            ("Mexico Standard Time 2", "America/Mazatlan"),
            ("/Europe/London", "Europe/London"),
            ("/example.org/x/America/New_York", "America/New_York"),
            ("example.org/America/New_York", "America/New_York"),
            ("tzone://Microsoft/Utc", "utc"),
            ("UTC", "utc"),
            ("A.U.S. Central Standard Time", "Australia/Darwin"),
            ("S. A. Western Standard Time", "America/La_Paz"),
            ("Pacific S.A. Daylight Time", "America/Santiago"),
            ("US Mountain Standard Time", "America/Phoenix"),
            ("G.T.B. Standard Time", "Europe/Bucharest"),
            ("W. Central Africa Standard Time", "Africa/Lagos"),
            ("Newfoundland and Labrador Standard Time", "America/St_Johns"),
            ("(GMT-03:30) Newfoundland and Labrador", "America/St_Johns"),
            ("Fiji Islands Standard Time", "Pacific/Fiji"),
            ("Novosibirsk Standard Time", "Asia/Novosibirsk"),
            ("Russia TZ 1 Standard Time", "Europe/Kaliningrad"),
            ("Russia TZ 11 Daylight Time", "Asia/Kamchatka"),
            ("Cabo Verde Standard Time", "Atlantic/Cape_Verde"),
            ("(UTC-04:30) Caracas", "America/Caracas"),
            ("(UTC+06:00) Nur-Sultan", "Asia/Almaty"),
            ("(UTC+02:00) Istanbul", "Europe/Istanbul"),
            ("(GMT-07:00) Chihuahua, La Paz, Mazatlan - New", "America/Mazatlan"),
            ("(UTC+06:00) Novosibirsk (RTZ 5)", "Asia/Novosibirsk"),
            ("(UTC+10:00) Vladivostok, Magadan (RTZ 9)", "Asia/Vladivostok"),
            ("Central Time", "America/Chicago"),
            ("(GMT-06:00) Mountain Time", "America/Denver"),
        ] {
            assert_eq!(named(name), Some(zone), "{name}");
        }
        assert!(matches!(Zone::by_offset("GMT+0200"), Some(Zone::Fixed(7200))));
        assert!(matches!(Zone::by_offset("(GMT-03:30) Nowhere"), Some(Zone::Fixed(-12_600))));
        for elsewhere in ["(UTC+10:00) Eastern Time", "(UTC+07:00) Caracas", "(GMT+09:00) Minsk"] {
            assert!(Zone::by_name(elsewhere).is_none() && Zone::by_offset(elsewhere).is_some(), "{elsewhere}");
        }
        for unknown in [
            "Eastern",
            "Russia TZ 12 Standard Time",
            "Middle-earth/Shire",
            "(é",
            "tzone://Microsoft/Custom",
            "Customized Time Zone 1",
            "1230",
            "7",
        ] {
            assert!(Zone::by_name(unknown).is_none() && Zone::by_offset(unknown).is_none(), "{unknown}");
        }
        assert!(matches!(Zone::by_cdo("4"), Some(Zone::Named(Tz::Europe__Berlin))));
    }
}
