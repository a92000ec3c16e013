use super::{Interval, Span};
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use std::fmt;
use std::ops::RangeInclusive;

pub use chrono::Weekday;

/// Seven local days, named by the ISO 8601 number of the Thursday in it, whatever day it starts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Week {
    /// The first day.
    pub first: NaiveDate,
}

impl Week {
    /// The week that holds `date` where weeks start on `start`.
    pub fn of(date: NaiveDate, start: Weekday) -> Week {
        let back = date.weekday().days_since(start);
        Week { first: date.checked_sub_days(Days::new(back.into())).unwrap_or(NaiveDate::MIN) }
    }

    /// ISO week `number` of `year`; `None` where that year has no such week.
    pub fn from_iso(year: i32, number: u32, start: Weekday) -> Option<Week> {
        Some(Week::of(NaiveDate::from_isoywd_opt(year, number, Weekday::Thu)?, start))
    }

    /// The seven days in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take(7)
    }

    /// The last day.
    pub fn last(self) -> NaiveDate {
        self.plus_days(6)
    }

    /// The week `weeks` later, or earlier with a negative number.
    pub fn plus(self, weeks: i64) -> Week {
        Week { first: self.plus_days(7 * weeks) }
    }

    fn plus_days(self, days: i64) -> NaiveDate {
        self.first.checked_add_signed(TimeDelta::days(days)).unwrap_or(NaiveDate::MAX)
    }

    fn thursday(self) -> NaiveDate {
        self.days().find(|d| d.weekday() == Weekday::Thu).unwrap_or(self.first)
    }

    /// The ISO week number, 1 to 53.
    pub fn number(self) -> u32 {
        self.thursday().iso_week().week()
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.thursday().iso_week();
        write!(f, "{:04}-W{:02}", iso.year(), iso.week())
    }
}

/// A wall-clock time of a day, 00:00 to 24:00, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(pub u16);

impl LocalTime {
    /// Reads `08:00`, `8:00` or `24:00`.
    pub fn parse(text: &str) -> Option<LocalTime> {
        let (hour, minute) = text.trim().split_once(':')?;
        if hour.is_empty() || hour.len() > 2 || minute.len() != 2 || !minute.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        let minutes = hour * 60 + minute;
        (minute < 60 && minutes <= 24 * 60).then_some(LocalTime(minutes))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// The zone of every local date: the configured one, or a `[[travel]]` zone on the dates it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    pub home: Tz,
    /// Inclusive dates; the first entry that covers a date wins.
    pub travel: Vec<(RangeInclusive<NaiveDate>, Tz)>,
}

impl Zones {
    /// One zone, no travel.
    pub fn only(home: Tz) -> Zones {
        Zones { home, travel: Vec::new() }
    }

    /// The zone that `date` is lived in.
    pub fn on(&self, date: NaiveDate) -> Tz {
        self.travel.iter().find(|(dates, _)| dates.contains(&date)).map_or(self.home, |(_, zone)| *zone)
    }

    /// The date that `at` falls on: days tile, so exactly one date's day holds any instant.
    pub fn date_of(&self, at: DateTime<Utc>) -> NaiveDate {
        let guess = at.with_timezone(&self.home).date_naive();
        let near = |offset: i64| guess.checked_add_signed(TimeDelta::days(offset));
        (-2..=2).rev().filter_map(near).find(|d| self.starts(*d) <= at).unwrap_or(guess)
    }

    /// The zone in force at `at`.
    pub fn at(&self, at: DateTime<Utc>) -> Tz {
        self.on(self.date_of(at))
    }

    /// The instant at which `date` begins: its midnight in its own zone, but never after the next date's. Whoever crosses the
    /// date line, or whose country does, skips a date: that one is a day without length.
    pub fn starts(&self, date: NaiveDate) -> DateTime<Utc> {
        let own = midnight(date, self.on(date));
        if self.travel.is_empty() {
            // The midnights of one zone are in order.
            return own;
        }
        // Zones differ by 26 hours at most: two dates on, no midnight is earlier.
        date.succ_opt().map_or(own, |next| own.min(midnight(next, self.on(next))))
    }

    /// From `date`'s midnight to the next date's, each in its own zone; of no length where a zone or a journey skips the date.
    pub fn day(&self, date: NaiveDate) -> Interval {
        let next = date.succ_opt().unwrap_or(date);
        Interval::new(self.starts(date), self.starts(next))
    }

    /// A time from midnight to midnight at home, or of where its first date is lived, is whole days.
    pub fn in_whole_days(&self, span: Span) -> Span {
        let there = |zone: Tz| match span.in_whole_days(zone) {
            Span::AllDay { first, end } if self.on(first) == zone => Some(Span::AllDay { first, end }),
            _ => None,
        };
        match span.in_whole_days(self.home) {
            Span::Timed(_) => self.travel.iter().find_map(|(_, zone)| there(*zone)).unwrap_or(span),
            whole @ Span::AllDay { .. } => whole,
        }
    }

    /// The week as elapsed time.
    pub fn week(&self, week: Week) -> Interval {
        Interval::new(self.starts(week.first), self.starts(week.plus(1).first))
    }

    /// A wall-clock time of `date` as an instant, never outside that date's day.
    pub fn time(&self, date: NaiveDate, time: LocalTime) -> DateTime<Utc> {
        let day = self.day(date);
        let at = match NaiveTime::from_hms_opt(u32::from(time.0 / 60), u32::from(time.0 % 60), 0) {
            Some(clock) => resolve(date.and_time(clock), self.on(date)),
            None => day.end,
        };
        at.clamp(day.start, day.end)
    }
}

/// The first instant of `date` in `zone` (01:00 where a zone shift skips midnight).
pub fn midnight(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = date.and_time(NaiveTime::MIN);
    match zone.from_local_datetime(&local) {
        LocalResult::None => {
            // The gap ends at the transition itself: the first instant whose local date is `date`.
            let after = resolve(local, zone);
            let before = after - TimeDelta::hours(3);
            let (mut low, mut high) = (before.timestamp(), after.timestamp());
            while low + 1 < high {
                let middle = low + (high - low) / 2;
                let there = DateTime::from_timestamp(middle, 0).unwrap_or(after).with_timezone(&zone).date_naive();
                if there < date { low = middle } else { high = middle }
            }
            DateTime::from_timestamp(high, 0).unwrap_or(after)
        }
        _ => resolve(local, zone),
    }
}

/// A wall-clock time as an instant (RFC 5545 §3.3.5): in an overlap the first, in a gap with the offset before it.
pub fn resolve(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        LocalResult::None => {
            let before = local.checked_sub_signed(TimeDelta::hours(26)).unwrap_or(local);
            let offset = zone.offset_from_utc_datetime(&before).fix().local_minus_utc();
            local.checked_sub_signed(TimeDelta::seconds(offset.into())).unwrap_or(local).and_utc()
        }
    }
}
