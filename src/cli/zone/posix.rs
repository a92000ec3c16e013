//! A zone as a rule, as TZ and the last line of a TZif file write it: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX.1, RFC 9636 §3.3).

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};

/// Offsets in seconds east of UTC, and when summer time begins and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    standard: i32,
    summer: Option<(i32, Change, Change)>,
}

/// A moment of every year, in seconds of the local time before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    day: Day,
    time: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// Month, week (5 is the last), day of the week from Sunday.
    Month(u32, u32, u32),
    /// 1 to 365, never counting 29 February.
    Julian(u32),
    /// 0 to 365.
    Zero(u32),
}

impl Rule {
    /// Reads a rule; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Rule> {
        let (_, rest) = name(text)?;
        let (west, rest) = seconds(rest)?;
        let standard = i32::try_from(-west).ok()?;
        if rest.is_empty() {
            return Some(Rule { standard, summer: None });
        }
        let (_, rest) = name(rest)?;
        let (summer, rest) = match seconds(rest) {
            Some((west, rest)) => (i32::try_from(-west).ok()?, rest),
            None => (standard + 3600, rest),
        };
        // What glibc takes where no days are named.
        let days = if rest.is_empty() { ",M3.2.0,M11.1.0" } else { rest };
        let (begin, end) = days.strip_prefix(',')?.split_once(',')?;
        Some(Rule { standard, summer: Some((summer, Change::parse(begin)?, Change::parse(end)?)) })
    }

    /// Seconds east of UTC at an instant.
    pub(super) fn offset(&self, at: i64) -> i32 {
        let Some((summer, begin, end)) = self.summer else { return self.standard };
        let year = DateTime::from_timestamp(at + i64::from(self.standard), 0).map_or(1970, |local| local.year());
        let begin = begin.at(year).map(|local| local - i64::from(self.standard));
        let end = end.at(year).map(|local| local - i64::from(summer));
        let (Some(begin), Some(end)) = (begin, end) else { return self.standard };
        // In the south, summer is around the new year.
        let is_summer = if begin < end { (begin..end).contains(&at) } else { !(end..begin).contains(&at) };
        if is_summer { summer } else { self.standard }
    }
}

impl Change {
    fn parse(text: &str) -> Option<Change> {
        let (day, time) = text.split_once('/').unwrap_or((text, "2"));
        let (time, "") = seconds(time)? else { return None };
        let day = if let Some(month) = day.strip_prefix('M') {
            let mut numbers = month.split('.').map(|number| number.parse::<u32>().ok());
            Day::Month(numbers.next()??, numbers.next()??, numbers.next()??)
        } else if let Some(number) = day.strip_prefix('J') {
            Day::Julian(number.parse().ok()?)
        } else {
            Day::Zero(day.parse().ok()?)
        };
        Some(Change { day, time })
    }

    /// Its local time in `year`, as seconds since 1970 on that clock.
    fn at(self, year: i32) -> Option<i64> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let date = match self.day {
            Day::Zero(number) => first + TimeDelta::days(number.into()),
            Day::Julian(number) => {
                let leap = u32::from(first.leap_year() && number > 59);
                first + TimeDelta::days((number + leap).checked_sub(1)?.into())
            }
            Day::Month(month, week, weekday) => {
                let start = NaiveDate::from_ymd_opt(year, month, 1)?;
                let to_first = (weekday + 7 - start.weekday().num_days_from_sunday()) % 7;
                let date = start + TimeDelta::days(i64::from(to_first + 7 * week.checked_sub(1)?));
                if date.month() == month { date } else { date - TimeDelta::days(7) }
            }
        };
        Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp() + self.time)
    }
}

/// `CET`, or anything in angle brackets; and what follows.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('<') {
        return rest.split_once('>');
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    (end >= 3).then(|| text.split_at(end))
}

/// `1`, `-5:30`, `+02:00:00` in seconds; and what follows.
fn seconds(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '+' | '-'))).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let sign = if number.starts_with('-') { -1 } else { 1 };
    let mut parts = number.trim_start_matches(['+', '-']).split(':').map(|part| part.parse::<u16>().ok());
    let hours = i64::from(parts.next()??);
    let (minutes, seconds) = (parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    let total = hours * 3600 + i64::from(minutes) * 60 + i64::from(seconds);
    (hours <= 167).then_some((sign * total, rest))
}
