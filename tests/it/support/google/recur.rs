//! Recurrence for the fake: a second, slow and plain opinion beside the program's own, which it must never use.

use chrono::{DateTime, Datelike, Days, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

/// More candidates than any honest test series has.
const ENOUGH: usize = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Named(Tz),
    /// For names that no database knows: the offset that the event carries.
    Fixed(FixedOffset),
}

impl Zone {
    pub fn local(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Zone::Named(tz) => at.with_timezone(&tz).fixed_offset(),
            Zone::Fixed(offset) => at.with_timezone(&offset),
        }
    }

    /// The instant of a wall-clock time: the first of two, and in a gap what the clock from before it would show.
    pub fn instant(self, wall: NaiveDateTime) -> DateTime<Utc> {
        let tz = match self {
            Zone::Fixed(offset) => return DateTime::from_naive_utc_and_offset(wall - offset, Utc),
            Zone::Named(tz) => tz,
        };
        match tz.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
            LocalResult::None => {
                let day = TimeDelta::days(1);
                let before = tz.from_local_datetime(&(wall - day)).earliest();
                before.expect("no two gaps a day apart").to_utc() + day
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    Day(NaiveDate),
    Instant(DateTime<Utc>),
}

#[derive(Clone, Debug)]
struct Rule {
    freq: Freq,
    interval: u32,
    count: Option<usize>,
    until: Option<Until>,
    by_day: Vec<(i32, Weekday)>,
    by_month_day: Vec<i32>,
    by_month: Vec<u32>,
    set_pos: Vec<i32>,
    week_start: Weekday,
}

/// The `recurrence` of an event.
#[derive(Clone, Debug, Default)]
pub struct Recurrence {
    rules: Vec<Rule>,
    extra: Vec<Moment>,
    except: Vec<Moment>,
}

/// A time in an RDATE or EXDATE: exact, or in whatever zone the event has.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Instant(DateTime<Utc>),
    Wall(NaiveDateTime),
}

impl Recurrence {
    pub fn parse(lines: &[String]) -> Result<Recurrence, String> {
        let mut found = Recurrence::default();
        for line in lines {
            let (name, value) = line.split_once(':').ok_or(format!("{line} has no value"))?;
            let (kind, parameters) = name.split_once(';').unwrap_or((name, ""));
            let zone = parameters.split(';').find_map(|p| p.strip_prefix("TZID=")).map(|name| name.parse::<Tz>());
            let zone = zone.transpose().map_err(|e| e.to_string())?;
            let moments = || value.split(',').map(|text| moment(text, zone)).collect::<Result<Vec<_>, _>>();
            match kind {
                "RRULE" => found.rules.push(rule(value)?),
                "RDATE" => found.extra.extend(moments()?),
                "EXDATE" => found.except.extend(moments()?),
                _ => return Err(format!("the fake does not know {kind}")),
            }
        }
        Ok(found)
    }

    /// Starts on the wall clock of `zone`, from `first` to `last` (on the same clock), in order.
    pub fn starts(&self, first: NaiveDateTime, zone: Zone, last: NaiveDateTime) -> Vec<NaiveDateTime> {
        let wall = |m: &Moment| match m {
            Moment::Wall(wall) => *wall,
            Moment::Instant(at) => zone.local(*at).naive_local(),
        };
        let mut found: Vec<_> = self.rules.iter().flat_map(|rule| rule.starts(first, zone, last)).collect();
        if self.rules.is_empty() {
            found.push(first);
        }
        found.extend(self.extra.iter().map(wall).filter(|w| (first..=last).contains(w)));
        let except: Vec<_> = self.except.iter().map(wall).collect();
        found.retain(|start| !except.contains(start));
        found.sort();
        found.dedup();
        found
    }
}

impl Rule {
    fn starts(&self, first: NaiveDateTime, zone: Zone, last: NaiveDateTime) -> Vec<NaiveDateTime> {
        let mut found = Vec::new();
        for period in 0..ENOUGH as u32 {
            let Some((begin, mut days)) = self.period(first.date(), period * self.interval) else { break };
            if begin > last.date() {
                break;
            }
            days.sort();
            days.dedup();
            if !self.set_pos.is_empty() {
                let at = |pos: i32| if pos > 0 { pos - 1 } else { days.len() as i32 + pos };
                days = self.set_pos.iter().filter_map(|p| days.get(usize::try_from(at(*p)).ok()?).copied()).collect();
                days.sort();
            }
            for day in days.into_iter().filter(|day| *day >= first.date()) {
                let start = day.and_time(first.time());
                let over = match self.until {
                    None => false,
                    Some(Until::Day(until)) => day > until,
                    Some(Until::Instant(until)) => zone.instant(start) > until,
                };
                if over || start > last || self.count.is_some_and(|count| found.len() >= count) {
                    return found;
                }
                found.push(start);
            }
        }
        found
    }

    /// The first day of the period that is `steps` after the one of `first`, and the days that the rule picks in it.
    fn period(&self, first: NaiveDate, steps: u32) -> Option<(NaiveDate, Vec<NaiveDate>)> {
        let in_month = |day: &NaiveDate| self.by_month.is_empty() || self.by_month.contains(&day.month());
        let (begin, days): (NaiveDate, Vec<NaiveDate>) = match self.freq {
            Freq::Daily => {
                let day = first.checked_add_days(Days::new(steps.into()))?;
                let picked = self.by_day.is_empty() || self.by_day.iter().any(|(_, d)| *d == day.weekday());
                (day, picked.then_some(day).into_iter().collect())
            }
            Freq::Weekly => {
                let monday =
                    first.week(self.week_start).first_day().checked_add_days(Days::new(7 * u64::from(steps)))?;
                let wanted = |day: &NaiveDate| match self.by_day.is_empty() {
                    true => day.weekday() == first.weekday(),
                    false => self.by_day.iter().any(|(_, d)| *d == day.weekday()),
                };
                (monday, monday.iter_days().take(7).filter(wanted).collect())
            }
            Freq::Monthly => {
                let months = first.year() * 12 + first.month0() as i32 + steps as i32;
                let begin = NaiveDate::from_ymd_opt(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)?;
                (begin, self.month(begin, first.day() as i32))
            }
            Freq::Yearly => {
                let year = first.year() + steps as i32;
                let begin = NaiveDate::from_ymd_opt(year, 1, 1)?;
                let months = if self.by_month.is_empty() { vec![first.month()] } else { self.by_month.clone() };
                let months = months.iter().filter_map(|m| NaiveDate::from_ymd_opt(year, *m, 1));
                (begin, months.flat_map(|month| self.month(month, first.day() as i32)).collect())
            }
        };
        Some((begin, days.into_iter().filter(in_month).collect()))
    }

    fn month(&self, begin: NaiveDate, default_day: i32) -> Vec<NaiveDate> {
        let days: Vec<_> = begin.iter_days().take_while(|day| day.month() == begin.month()).collect();
        let length = days.len() as i32;
        let by_day = |day: &NaiveDate| {
            let (nth, from_end) = ((day.day0() / 7 + 1) as i32, -((length - day.day() as i32) / 7 + 1));
            self.by_day.iter().any(|(n, d)| *d == day.weekday() && (*n == 0 || *n == nth || *n == from_end))
        };
        let by_number = |day: &NaiveDate| match self.by_month_day.is_empty() {
            true => self.by_day.is_empty() && day.day() as i32 == default_day,
            false => self.by_month_day.iter().any(|n| *n == day.day() as i32 || *n == day.day() as i32 - length - 1),
        };
        let picked = |day: &NaiveDate| match (self.by_day.is_empty(), self.by_month_day.is_empty()) {
            (false, false) => by_day(day) && by_number(day),
            (false, true) => by_day(day),
            _ => by_number(day),
        };
        days.into_iter().filter(picked).collect()
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let mut rule = Rule {
        freq: Freq::Daily,
        interval: 1,
        count: None,
        until: None,
        by_day: Vec::new(),
        by_month_day: Vec::new(),
        by_month: Vec::new(),
        set_pos: Vec::new(),
        week_start: Weekday::Mon,
    };
    fn numbers<T: std::str::FromStr>(value: &str) -> Result<Vec<T>, String> {
        value.split(',').map(|n| n.parse().map_err(|_| format!("{n} is no number"))).collect()
    }
    for part in text.split(';') {
        let (key, value) = part.split_once('=').ok_or(format!("{part} has no value"))?;
        match key {
            "FREQ" => {
                rule.freq = match value {
                    "DAILY" => Freq::Daily,
                    "WEEKLY" => Freq::Weekly,
                    "MONTHLY" => Freq::Monthly,
                    "YEARLY" => Freq::Yearly,
                    _ => return Err(format!("the fake does not know {part}")),
                }
            }
            "INTERVAL" => rule.interval = numbers::<u32>(value)?[0].max(1),
            "COUNT" => rule.count = Some(numbers(value)?[0]),
            "UNTIL" => {
                rule.until = Some(match moment(value, None)? {
                    Moment::Instant(at) => Until::Instant(at),
                    Moment::Wall(wall) => Until::Day(wall.date()),
                })
            }
            "BYDAY" => rule.by_day = value.split(',').map(by_day).collect::<Result<_, _>>()?,
            "BYMONTHDAY" => rule.by_month_day = numbers(value)?,
            "BYMONTH" => rule.by_month = numbers(value)?,
            "BYSETPOS" => rule.set_pos = numbers(value)?,
            "WKST" => rule.week_start = by_day(value)?.1,
            _ => return Err(format!("the fake does not know {key}")),
        }
    }
    if rule.freq == Freq::Yearly && !rule.by_day.is_empty() && rule.by_month.is_empty() {
        return Err("the fake does not know a yearly BYDAY without BYMONTH".into());
    }
    Ok(rule)
}

fn by_day(text: &str) -> Result<(i32, Weekday), String> {
    let wrong = || format!("{text} is no day");
    let (number, name) = text.split_at(text.len().checked_sub(2).ok_or_else(wrong)?);
    let day = match name {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return Err(wrong()),
    };
    Ok((if number.is_empty() { 0 } else { number.parse().map_err(|_| wrong())? }, day))
}

fn moment(text: &str, zone: Option<Tz>) -> Result<Moment, String> {
    let wrong = |e: chrono::ParseError| format!("{text}: {e}");
    if text.len() == 8 {
        let day = NaiveDate::parse_from_str(text, "%Y%m%d").map_err(wrong)?;
        return Ok(Moment::Wall(day.and_time(NaiveTime::MIN)));
    }
    let wall = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S").map_err(wrong)?;
    Ok(match (text.ends_with('Z'), zone) {
        (true, _) => Moment::Instant(wall.and_utc()),
        (false, Some(zone)) => Moment::Instant(Zone::Named(zone).instant(wall)),
        (false, None) => Moment::Wall(wall),
    })
}
