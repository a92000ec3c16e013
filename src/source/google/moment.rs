//! Dates and times as Google writes them, and as it should not: calendars imported elsewhere bring offsets with seconds,
//! leap seconds and times without an offset.

use super::field::loose;
use crate::model::{Interval, Original, Span, resolve};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

/// `start`, `end` or `originalStartTime`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawTime {
    #[serde(deserialize_with = "loose")]
    date: Option<String>,
    #[serde(deserialize_with = "loose")]
    date_time: Option<String>,
    #[serde(deserialize_with = "loose")]
    time_zone: Option<String>,
}

impl RawTime {
    /// The instant or the date; `None` where it holds neither. The offset in the time wins, else the time's own zone, else
    /// that of `other` (an end without a zone lies in its start's), else the calendar's `zone`.
    pub(super) fn read(&self, other: Option<&RawTime>, zone: Option<Tz>) -> Result<Option<Original>, &'static str> {
        let name = || self.time_zone.as_deref().or_else(|| other?.time_zone.as_deref());
        match (&self.date_time, &self.date) {
            (Some(text), _) => instant(text, name, zone).map(|at| Some(Original::At(at))),
            (None, Some(text)) => date(text).map(|day| Some(Original::On(day))).ok_or("is no date"),
            (None, None) => Ok(None),
        }
    }

    /// The zone that it names, where that is known.
    pub(super) fn zone(&self) -> Option<Tz> {
        self.time_zone.as_deref()?.parse().ok()
    }
}

/// When an item takes place; `None` where it has no start. An end that is missing, unspecified or before the start is the
/// start; the end of whole days is exclusive. The error ends the sentence "the item …".
pub(super) fn span(
    start: Option<&RawTime>,
    end: Option<&RawTime>,
    unspecified: bool,
    zone: Option<Tz>,
) -> Result<Option<Span>, String> {
    let Some(from) = start else { return Ok(None) };
    let Some(first) = from.read(None, zone).map_err(|why| format!("its start {why}"))? else { return Ok(None) };
    let end = end.map_or(Ok(None), |end| end.read(start, zone)).map_err(|why| format!("its end {why}"))?;
    match (first, end) {
        (Original::At(start), None) => Ok(Span::Timed(Interval::new(start, start))),
        (Original::On(first), None) => Ok(Span::AllDay { first, end: first }),
        // Google invents an end for what has none.
        (Original::At(start), Some(Original::At(_))) if unspecified => Ok(Span::Timed(Interval::new(start, start))),
        (Original::At(start), Some(Original::At(end))) => Ok(Span::Timed(Interval::new(start, end))),
        (Original::On(first), Some(Original::On(end))) => Ok(Span::AllDay { first, end: end.max(first) }),
        _ => Err("one of its start and end is a date, the other a time".to_owned()),
    }
    .map(Some)
}

/// An instant in RFC 3339, whole seconds, in UTC; or a date.
pub(super) fn written(original: Original) -> String {
    match original {
        Original::At(at) => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Original::On(day) => day.format("%Y-%m-%d").to_string(),
    }
}

/// `created`: an instant with its offset.
pub(super) fn stamp(text: &str) -> Option<DateTime<Utc>> {
    instant(text, || None, None).ok()
}

fn instant<'a>(
    text: &str,
    name: impl FnOnce() -> Option<&'a str>,
    zone: Option<Tz>,
) -> Result<DateTime<Utc>, &'static str> {
    let (local, offset) = local(text.trim()).ok_or("is no date with a time")?;
    let east = match (offset, name()) {
        ("", Some(name)) => match name.parse::<Tz>() {
            Ok(zone) => return within(resolve(local, zone)),
            // `GMT-03:00` is no name of the zone database, but says enough.
            Err(_) => ["GMT", "UTC"]
                .iter()
                .find_map(|head| east(name.strip_prefix(head)?))
                .ok_or("has no offset and an unknown time zone")?,
        },
        ("", None) => return within(resolve(local, zone.ok_or("has no offset and no time zone")?)),
        ("Z" | "z", _) => 0,
        (offset, _) => east(offset).ok_or("has an offset that is none")?,
    };
    within(local.checked_sub_signed(TimeDelta::seconds(east)).unwrap_or(local).and_utc())
}

/// What RFC 3339 can write: an instant near an end of the calendar may lie beyond it in UTC.
fn within(at: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    if (0..=9999).contains(&at.year()) { Ok(at) } else { Err("lies outside the years 0 to 9999") }
}

/// `2026-08-06T09:30:00.000`, cut to whole seconds, and what follows it.
fn local(text: &str) -> Option<(NaiveDateTime, &str)> {
    let (head, rest) = text.split_at_checked(19)?;
    let day = date(head.get(..10)?)?;
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = head.as_bytes().get(10..)? else { return None };
    // A leap second has no place on the POSIX clock.
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    let second = if second == 60 { 59 } else { second };
    let fraction = rest.strip_prefix('.').map(|f| f.trim_start_matches(|c: char| c.is_ascii_digit()));
    Some((day.and_hms_opt(hour, minute, second)?, fraction.unwrap_or(rest)))
}

/// `2026-08-06`.
fn date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[*m1, *m2])?, number(&[*d1, *d2])?)
}

/// `+02:00`, `+0200`, or with seconds as before standard time (`+00:53:28`): seconds east of Greenwich.
fn east(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes() {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes, seconds) = match rest {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?, 0),
        [h1, h2, b':', m1, m2, b':', s1, s2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?),
        _ => return None,
    };
    let plain = hours < 24 && minutes < 60 && seconds < 60;
    plain.then(|| sign * i64::from(hours * 3600 + minutes * 60 + seconds))
}

/// A number of at most nine digits and nothing else.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Berlin;

    fn at(text: &str, name: Option<&str>, zone: Option<Tz>) -> Result<String, &'static str> {
        instant(text, || name, zone).map(|at| written(Original::At(at)))
    }

    #[test]
    fn every_spelling_of_a_time_is_read() {
        for (text, utc) in [
            ("2026-08-06T09:30:00+02:00", "2026-08-06T07:30:00Z"),
            ("2026-08-06T09:30:00Z", "2026-08-06T09:30:00Z"),
            ("2026-08-06t09:30:00.999z", "2026-08-06T09:30:00Z"),
            ("2026-08-06 09:30:00-0330", "2026-08-06T13:00:00Z"),
            ("1890-01-01T00:53:28+00:53:28", "1890-01-01T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(at(text, Some("America/New_York"), Some(Berlin)).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_takes_its_own_zone_then_the_calendars() {
        let text = "2026-08-06T09:30:00";
        assert_eq!(at(text, Some("America/New_York"), Some(Berlin)).as_deref(), Ok("2026-08-06T13:30:00Z"));
        assert_eq!(at(text, Some("US/Eastern"), None).as_deref(), Ok("2026-08-06T13:30:00Z"));
        assert_eq!(at(text, Some("GMT-03:00"), None).as_deref(), Ok("2026-08-06T12:30:00Z"));
        assert_eq!(at(text, None, Some(Berlin)).as_deref(), Ok("2026-08-06T07:30:00Z"));
        assert_eq!(at(text, None, None), Err("has no offset and no time zone"));
        for name in ["Middle-earth/Shire", "GMT", "GMTé", "é", ""] {
            let known = name == "GMT";
            assert_eq!(at(text, Some(name), None).is_ok(), known, "{name}");
        }
    }

    #[test]
    fn a_time_in_the_hour_that_spring_skips_keeps_the_offset_before_it() {
        assert_eq!(at("2026-03-29T02:30:00", None, Some(Berlin)).as_deref(), Ok("2026-03-29T01:30:00Z"));
        assert_eq!(at("2026-10-25T02:30:00", None, Some(Berlin)).as_deref(), Ok("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-08-06",
            "2026-02-30T09:00:00Z",
            "2026-08-06T24:00:00Z",
            "2026-08-06T09:60:00Z",
            "2026-08-06T09:00:61Z",
            "2026-08-06T09:00:00+24:00",
            "2026-08-06T09:00:00+2:00",
            "2026-08-06T09:00:00Zulu",
            "12026-08-06T09:00:00Z",
            "+12026-08-06T09:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
            "2026-08-06T09:00:0é",
            "２０２６-08-06T09:00:00Z",
        ] {
            assert!(at(text, None, Some(Berlin)).is_err(), "{text}");
        }
        for text in ["2026-02-30", "2026-2-3", "10000-01-01", "2026-13-01", "20260101", "é026-01-0"] {
            assert_eq!(date(text), None, "{text}");
        }
        assert!(date("9999-12-31").is_some() && date("2024-02-29").is_some());
    }
}
