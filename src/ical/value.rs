//! Dates, times, durations and offsets (RFC 5545 §3.3).

use super::civil::{DAY, days, month_length};

/// Which clock a [`Stamp`] was read from: one of the constants, or an index into the calendar's zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ZoneId(pub u32);

impl ZoneId {
    pub const UTC: ZoneId = ZoneId(0);
    pub const FLOATING: ZoneId = ZoneId(1);
    /// No clock at all: a DATE.
    pub const DATE: ZoneId = ZoneId(u32::MAX);
}

/// A DATE or DATE-TIME as it was written: wall-clock seconds since 1970-01-01T00:00:00, and whose wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    pub local: i64,
    pub zone: ZoneId,
}

impl Stamp {
    pub fn is_date(self) -> bool {
        self.zone == ZoneId::DATE
    }

    /// Days since 1970-01-01.
    pub fn day(self) -> i64 {
        self.local.div_euclid(DAY)
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

/// `20260102`, `20260102T030405` or `20260102T030405Z`; `zone` is what a time without `Z` is in.
pub(super) fn stamp(value: &[u8], zone: ZoneId) -> Option<Stamp> {
    let value = value.trim_ascii();
    let date = value.get(..8)?;
    let (year, month, day) = (digits(&date[..4])?, digits(&date[4..6])?, digits(&date[6..])?);
    if !(1..=12).contains(&month) || day == 0 || day > month_length(year.into(), month) {
        return None;
    }
    let midnight = days(year.into(), month, day) * DAY;
    let (time, utc) = match &value[8..] {
        [] => return Some(Stamp { local: midnight, zone: ZoneId::DATE }),
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
    Some(Stamp { local, zone: if utc { ZoneId::UTC } else { zone } })
}

/// Ten thousand years: more than the calendar has, and safe to add.
const LONGEST: i64 = 366 * DAY * 10_000;

/// A DURATION in nominal seconds (§3.3.6); `None` where it is none, or longer than ten thousand years.
pub(super) fn duration(value: &[u8]) -> Option<i64> {
    let value = value.trim_ascii();
    let (sign, rest) = match value {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, value),
    };
    let [b'P' | b'p', rest @ ..] = rest else { return None };
    let (mut total, mut number, mut timed, mut any) = (0_i64, None::<i64>, false, false);
    for byte in rest {
        let unit = match byte.to_ascii_uppercase() {
            b'0'..=b'9' => {
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(byte - b'0'))?);
                continue;
            }
            b'T' if !timed && number.is_none() => {
                timed = true;
                continue;
            }
            b'W' if !timed => 7 * DAY,
            b'D' if !timed => DAY,
            b'H' if timed => 3600,
            b'M' if timed => 60,
            b'S' if timed => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        any = true;
    }
    (any && number.is_none() && total <= LONGEST).then_some(sign * total)
}

/// `+0100`, `-033015`, `+01:00` in seconds east of Greenwich; `None` from a day on.
pub(super) fn offset(value: &[u8]) -> Option<i64> {
    let (sign, rest) = match value.trim_ascii() {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => return None,
    };
    let plain: Vec<u8> = rest.iter().copied().filter(|b| *b != b':').collect();
    let seconds = match plain.len() {
        1 | 2 => digits(&plain)? * 3600,
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
        let at = |text: &str| stamp(text.as_bytes(), ZoneId::FLOATING).map(|s| (s.local, s.zone));
        assert_eq!(at("19700102"), Some((DAY, ZoneId::DATE)));
        assert_eq!(at("19700101T000102Z"), Some((62, ZoneId::UTC)));
        assert_eq!(at(" 19700101T000102 "), Some((62, ZoneId::FLOATING)));
        for bad in
            ["2024", "20240230", "20241301", "20240101T25", "20240101T250000", "20240101X000000", "2024é0101", ""]
        {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations() {
        let cases: [(&str, Option<i64>); 10] = [
            ("P1W", Some(7 * DAY)),
            ("-PT1H30M", Some(-5400)),
            ("P1DT2H", Some(DAY + 7200)),
            ("PT0S", Some(0)),
            ("P", None),
            ("PT", None),
            ("P1", None),
            ("P99999999999999999999D", None),
            ("P9223372036854775807W", None),
            ("PT9223372036854775807S", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text.as_bytes()), seconds, "{text}");
        }
        assert_eq!(offset(b"-0330"), Some(-12_600));
        assert_eq!(offset(b"+9999"), None);
    }
}
