//! Dates, times, durations and offsets (RFC 5545 §3.3).

use super::Lost;
use super::civil::{DAY, days, month_length};

/// Which clock a [`Stamp`] was read from: one of the constants, or an index into the calendar's zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ZoneId(pub u32);

impl ZoneId {
    pub(super) const UTC: ZoneId = ZoneId(0);
    pub(super) const FLOATING: ZoneId = ZoneId(1);
    /// No clock at all: a DATE.
    pub(super) const DATE: ZoneId = ZoneId(u32::MAX);
}

/// A DATE or DATE-TIME as it was written: wall-clock seconds since 1970-01-01T00:00:00, and whose wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    pub local: i64,
    pub zone: ZoneId,
}

impl Stamp {
    pub(super) fn is_date(self) -> bool {
        self.zone == ZoneId::DATE
    }

    /// Days since 1970-01-01.
    pub(super) fn day(self) -> i64 {
        self.local.div_euclid(DAY)
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

/// A way of writing that the standard forbids and that can mean one thing only: read, and told once a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Form {
    /// `20261118T100000+0100`
    Offset,
    /// `2026-11-18T10:00:00Z`
    Extended,
    /// `20261118T240000`
    Midnight,
    /// `20261118T1000`
    NoSeconds,
    /// `20261118T100000.000`
    SecondFraction,
    /// `VALUE=DATE:20261118T000000`
    DateWithTime,
    /// `P1H`, `P60M`, `PT1D`
    Duration,
    /// `PT1.5H`
    LengthFraction,
    /// `P0Y0M0DT1H`
    LengthYears,
    /// `DTEND;VALUE=DURATION:PT1H`
    EndAsDuration,
    EndWithoutZone,
    /// `COUNT=0`, `INTERVAL=-1`, `BYDAY=0WE`, `UNTIL=`
    EmptyPart,
    /// A series of times with `UNTIL=20261119`
    UntilDate,
    /// Text that is not UTF-8 and does not say what else
    CharsetGuessed,
    /// `CHARSET=EBCDIC-US`
    CharsetUnknown,
    /// Bytes that its charset gives no letter
    CharsetBroken,
}

impl Form {
    /// What is lost with it.
    pub(super) fn lost(self) -> Lost {
        if matches!(self, Form::CharsetUnknown | Form::CharsetBroken) { Lost::Property } else { Lost::Nothing }
    }

    /// What is told of it.
    pub(super) fn message(self) -> &'static str {
        match self {
            Form::Offset => "times are written with an offset such as `+0100`: they are read as those instants",
            Form::Extended => "times are written like `2026-11-18T10:00:00`: they are read as that",
            Form::Midnight => "times are written as 24:00: they are read as the next midnight",
            Form::NoSeconds => "times are written without seconds, like `20261118T1000`: they are read as that minute",
            Form::SecondFraction => {
                "times are written with parts of a second, like `20261118T100000.000`: they are read without those"
            }
            Form::DateWithTime => "dates are written with a time behind them: they are read as whole days",
            Form::Duration => "lengths are written like `P1H` or `PT1D`: they are read as that",
            Form::LengthFraction => "lengths are written with a fraction, like `PT1.5H`: they are read as that",
            Form::LengthYears => "lengths are written with no years, like `P0Y0M0DT1H`: they are read without those",
            Form::EndAsDuration => "ends are written as lengths: they are read as that",
            Form::EndWithoutZone => "ends name no zone where their starts do: they are read in that of the start",
            Form::EmptyPart => {
                "rules say `COUNT=0`, `UNTIL=` or the like, which says nothing: the rest of the rule holds"
            }
            Form::UntilDate => "an `UNTIL` is a date without a time: the series goes on to the end of that day",
            Form::CharsetGuessed => "text is not UTF-8 and names no other `CHARSET`: it is read as windows-1252",
            Form::CharsetBroken => {
                "text holds bytes that stand for nothing in the `CHARSET` that it names: `\u{fffd}` is in their place"
            }
            Form::CharsetUnknown => "text is in a `CHARSET` that is not known: only its ASCII is read",
        }
    }
}

/// `20260102`, `20260102T030405` or `20260102T030405Z`; `zone` is what a time without `Z` is in. Other forms that can mean one
/// thing only are read as well, and named.
pub(super) fn stamp(value: &[u8], zone: ZoneId) -> Option<(Stamp, Option<Form>)> {
    let value = value.trim_ascii();
    strict(value, zone).or_else(|| loose(value, zone).map(|(stamp, form)| (stamp, Some(form))))
}

fn midnight(year: u32, month: u32, day: u32) -> Option<i64> {
    let exists = (1..=12).contains(&month) && day > 0 && day <= month_length(year.into(), month);
    exists.then(|| days(year.into(), month, day) * DAY)
}

/// The forms of the standard, and one whose seconds are missing.
fn strict(value: &[u8], zone: ZoneId) -> Option<(Stamp, Option<Form>)> {
    let date = value.get(..8)?;
    let midnight = midnight(digits(&date[..4])?, digits(&date[4..6])?, digits(&date[6..])?)?;
    let (time, utc) = match &value[8..] {
        [] => return Some((Stamp { local: midnight, zone: ZoneId::DATE }, None)),
        [b'T' | b't', time @ .., b'Z' | b'z'] => (time, true),
        [b'T' | b't', time @ ..] => (time, false),
        _ => return None,
    };
    let (hour, minute, second) = match time.len() {
        6 => (digits(&time[..2])?, digits(&time[2..4])?, digits(&time[4..])?),
        4 => (digits(&time[..2])?, digits(&time[2..])?, 0),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // A leap second has no place on the POSIX clock.
    let local = midnight + i64::from(hour * 3600 + minute * 60 + second.min(59));
    let form = (time.len() == 4).then_some(Form::NoSeconds);
    Some((Stamp { local, zone: if utc { ZoneId::UTC } else { zone } }, form))
}

/// ISO 8601 with its signs, 24:00, and an offset behind.
fn loose(value: &[u8], zone: ZoneId) -> Option<(Stamp, Form)> {
    let extended = value.get(4) == Some(&b'-') && value.get(7) == Some(&b'-');
    let plain: Vec<u8> = match extended {
        true => [value.get(..4)?, value.get(5..7)?, value.get(8..10)?].concat(),
        false => value.get(..8)?.to_vec(),
    };
    let midnight = midnight(digits(&plain[..4])?, digits(&plain[4..6])?, digits(&plain[6..])?)?;
    let rest = &value[if extended { 10 } else { 8 }..];
    let [b'T' | b't' | b' ', clock @ ..] = rest else {
        return (extended && rest.is_empty())
            .then_some((Stamp { local: midnight, zone: ZoneId::DATE }, Form::Extended));
    };
    let end = clock.iter().position(|b| b.is_ascii_alphabetic() || matches!(b, b'+' | b'-')).unwrap_or(clock.len());
    let (time, behind) = (clock[..end].trim_ascii_end(), &clock[end..]);
    let whole = time.split(|b| matches!(b, b'.' | b',')).next().unwrap_or_default();
    let time: Vec<u8> = whole.iter().copied().filter(|b| *b != b':').collect();
    let (hour, minute, second) = match time.len() {
        6 => (digits(&time[..2])?, digits(&time[2..4])?, digits(&time[4..])?),
        4 => (digits(&time[..2])?, digits(&time[2..])?, 0),
        _ => return None,
    };
    let is_midnight = hour == 24 && minute == 0 && second == 0;
    if hour > 23 && !is_midnight || minute > 59 || second > 60 {
        return None;
    }
    let local = midnight + i64::from(hour * 3600 + minute * 60 + second.min(59));
    let form = match (is_midnight, extended) {
        (true, _) => Form::Midnight,
        (_, false) if clock[..end].iter().any(|b| matches!(b, b'.' | b',')) => Form::SecondFraction,
        _ => Form::Extended,
    };
    match behind {
        [] => Some((Stamp { local, zone }, form)),
        [b'Z' | b'z'] => Some((Stamp { local, zone: ZoneId::UTC }, form)),
        name if ["UTC", "GMT"].iter().any(|utc| name.eq_ignore_ascii_case(utc.as_bytes())) => {
            Some((Stamp { local, zone: ZoneId::UTC }, Form::Offset))
        }
        offset_text => {
            let east = offset(offset_text)?;
            Some((Stamp { local: local - east, zone: ZoneId::UTC }, Form::Offset))
        }
    }
}

/// A length of time: days of the calendar, whatever their clocks do, and elapsed seconds (RFC 5545 §3.3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    /// Wall-clock seconds: of whole days, or between two times of one clock.
    pub nominal: i64,
    /// Elapsed seconds.
    pub exact: i64,
}

impl Length {
    /// From one wall-clock time to another.
    pub(super) fn nominal(seconds: i64) -> Length {
        Length { nominal: seconds, exact: 0 }
    }

    /// Seconds, where no clock changes.
    pub(super) fn seconds(self) -> i64 {
        self.nominal + self.exact
    }
}

/// Ten thousand years: more than the calendar has, and safe to add.
const LONGEST: i64 = 366 * DAY * 10_000;

/// A DURATION; `None` where it is none, or longer than ten thousand years. One whose `T` is missing or misplaced, with a
/// fraction (ISO 8601) or with no years is read and named.
pub(super) fn duration(value: &[u8]) -> Option<(Length, Option<Form>)> {
    let value = value.trim_ascii();
    let (sign, rest) = match value {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, value),
    };
    let [b'P' | b'p', rest @ ..] = rest else { return None };
    let (mut total, mut form, mut timed, mut any, mut from) = (Length::default(), None, false, false, 0);
    for (at, byte) in rest.iter().enumerate() {
        let (unit, day) = match byte.to_ascii_uppercase() {
            b'0'..=b'9' | b'.' | b',' => continue,
            b'T' if !timed && from == at => {
                (timed, from) = (true, at + 1);
                continue;
            }
            b'Y' => (0, true),
            b'W' => (7 * DAY, true),
            b'D' => (DAY, true),
            b'H' => (3600, false),
            b'M' => (60, false),
            b'S' => (1, false),
            _ => return None,
        };
        let (seconds, odd) = times(&rest[from..at], unit)?;
        form = form.or(odd).or((day == timed).then_some(Form::Duration));
        let part = if day { &mut total.nominal } else { &mut total.exact };
        *part = part.checked_add(seconds)?;
        (any, from) = (true, at + 1);
    }
    let fits = total.nominal <= LONGEST && total.exact <= LONGEST;
    let total = Length { nominal: sign * total.nominal, exact: sign * total.exact };
    (any && from == rest.len() && fits).then_some((total, form))
}

/// A number, perhaps with a fraction, times a unit, and what the standard forbids of it. A year has no length: only none of
/// them can be read.
fn times(number: &[u8], unit: i64) -> Option<(i64, Option<Form>)> {
    let whole = |digits: &[u8]| {
        let add = |sum: i64, b: &u8| sum.checked_mul(10)?.checked_add(i64::from(b.is_ascii_digit().then(|| b - b'0')?));
        digits.iter().try_fold(0_i64, add).filter(|_| !digits.is_empty())
    };
    let point = number.iter().position(|b| matches!(b, b'.' | b','));
    let (count, fraction) = (whole(&number[..point.unwrap_or(number.len())])?, point.map(|at| &number[at + 1..]));
    if unit == 0 && (count > 0 || fraction.is_some()) {
        return None;
    }
    let fraction = match fraction {
        Some(digits) if digits.len() > 9 => return None,
        Some(digits) => whole(digits)? * unit / 10_i64.pow(digits.len() as u32),
        None => 0,
    };
    let odd = if unit == 0 { Some(Form::LengthYears) } else { point.map(|_| Form::LengthFraction) };
    Some((count.checked_mul(unit)?.checked_add(fraction)?, odd))
}

/// `+0100`, `-033015`, `+01:00` in seconds east of Greenwich; without a sign it is meant as `+`. `None` from a day on.
pub(super) fn offset(value: &[u8]) -> Option<i64> {
    let (sign, rest) = match value.trim_ascii() {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        rest => (1, rest),
    };
    let plain: Vec<u8> = rest.iter().copied().filter(|b| *b != b':').collect();
    let seconds = match plain.len() {
        1 | 2 => digits(&plain)? * 3600,
        // A zero may be missing before the hours.
        3 => digits(&plain[..1])? * 3600 + digits(&plain[1..])? * 60,
        4 => digits(&plain[..2])? * 3600 + digits(&plain[2..])? * 60,
        6 => digits(&plain[..2])? * 3600 + digits(&plain[2..4])? * 60 + digits(&plain[4..])?,
        _ => return None,
    };
    let seconds = i64::from(seconds);
    (seconds < DAY).then_some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        let at = |text: &str| stamp(text.as_bytes(), ZoneId::FLOATING).map(|(s, _)| (s.local, s.zone));
        assert_eq!(at("19700102"), Some((DAY, ZoneId::DATE)));
        assert_eq!(at("19700101T000102Z"), Some((62, ZoneId::UTC)));
        assert_eq!(at(" 19700101T000102 "), Some((62, ZoneId::FLOATING)));
        for (text, local, zone, form) in [
            ("1970-01-01T00:01:02Z", 62, ZoneId::UTC, Form::Extended),
            ("1970-01-01T00:01:02.500", 62, ZoneId::FLOATING, Form::Extended),
            ("1970-01-02", DAY, ZoneId::DATE, Form::Extended),
            ("19700101T010002+0100", 2, ZoneId::UTC, Form::Offset),
            ("1970-01-01T01:00:02-01:30", 9002, ZoneId::UTC, Form::Offset),
            ("19700101T240000", DAY, ZoneId::FLOATING, Form::Midnight),
            ("19700101T000102UTC", 62, ZoneId::UTC, Form::Offset),
            ("1970-01-01 00:01:02 GMT", 62, ZoneId::UTC, Form::Offset),
            ("19700101T0001", 60, ZoneId::FLOATING, Form::NoSeconds),
            ("19700101T0001Z", 60, ZoneId::UTC, Form::NoSeconds),
            ("19700101T000102.000Z", 62, ZoneId::UTC, Form::SecondFraction),
            ("19700101T000102,5", 62, ZoneId::FLOATING, Form::SecondFraction),
        ] {
            assert_eq!(stamp(text.as_bytes(), ZoneId::FLOATING), Some((Stamp { local, zone }, Some(form))), "{text}");
        }
        for bad in [
            "19700101T240001",
            "1970-0102",
            "1970-01-01T1",
            "19700101T000000+99",
            "2024",
            "20240230",
            "20241301",
            "20240101T25",
            "20240101T250000",
            "20240101X000000",
            "20240101T000000CET",
            "2024é0101",
            "",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations() {
        let is = |nominal, exact, form| Some((Length { nominal, exact }, form));
        for (text, expected) in [
            ("P1W", is(7 * DAY, 0, None)),
            ("-PT1H30M", is(0, -5400, None)),
            ("P1DT2H", is(DAY, 7200, None)),
            ("PT0S", is(0, 0, None)),
            ("P60M", is(0, 3600, Some(Form::Duration))),
            ("P1H", is(0, 3600, Some(Form::Duration))),
            ("PT1D", is(DAY, 0, Some(Form::Duration))),
            ("PT1.5H", is(0, 5400, Some(Form::LengthFraction))),
            ("PT0,25H", is(0, 900, Some(Form::LengthFraction))),
            ("P0Y0M0DT1H0M0S", is(0, 3600, Some(Form::LengthYears))),
            ("P1Y2D", None),
            ("PT.H", None),
            ("PT1.H", None),
            ("PT1.5", None),
            ("P", None),
            ("PT", None),
            ("P1", None),
            ("P1Y", None),
            ("P99999999999999999999D", None),
            ("P9223372036854775807W", None),
            ("PT9223372036854775807S", None),
        ] {
            assert_eq!(duration(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(offset(b"0530"), Some(19_800));
        assert_eq!(offset(b"-0330"), Some(-12_600));
        assert_eq!((offset(b"-500"), offset(b"+1:30")), (Some(-18_000), Some(5400)));
        assert_eq!(offset(b"+9999"), None);
    }
}
