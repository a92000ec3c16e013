//! RRULE and EXRULE as they are written (RFC 5545 §3.3.10).

use super::value::{self, Form, Stamp, ZoneId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}

/// A recurrence rule; sets are bit masks, and an empty set means that the part is absent.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub frequency: Frequency,
    pub interval: i64,
    pub count: Option<u64>,
    pub until: Option<Stamp>,
    pub months: u16,
    pub week_numbers: Vec<i64>,
    pub year_days: Vec<i64>,
    pub month_days: Vec<i64>,
    /// Bit 0 is Monday.
    pub weekdays: u8,
    /// Ordinal, weekday.
    pub nth_weekdays: Vec<(i64, u32)>,
    pub hours: u32,
    pub minutes: u64,
    pub seconds: u64,
    pub positions: Vec<i64>,
    /// 0 is Monday.
    pub week_start: u32,
    pub skip: Skip,
    /// What is odd in how it is written.
    pub forms: Vec<Form>,
}

/// What becomes of a date that does not exist, such as 30 February (RFC 7529 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    Omit,
    /// The last day before it.
    Backward,
    /// The first day after it.
    Forward,
}

/// Why a rule cannot be followed: ends the sentence "the rule …".
pub(super) type Refusal = &'static str;

impl Rule {
    /// A rule in the words of RFC 5545, or in those of vCalendar 1.0.
    pub(super) fn parse(text: &[u8]) -> Result<Rule, Refusal> {
        match super::rule_v1::modern(text) {
            Some(modern) => Rule::parse_modern(modern.as_bytes()),
            None => Rule::parse_modern(text),
        }
    }

    fn parse_modern(text: &[u8]) -> Result<Rule, Refusal> {
        let mut rule = Rule {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            months: 0,
            week_numbers: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: 0,
            nth_weekdays: Vec::new(),
            hours: 0,
            minutes: 0,
            seconds: 0,
            positions: Vec::new(),
            week_start: 0,
            skip: Skip::Omit,
            forms: Vec::new(),
        };
        let mut frequency = None;
        for part in text.split(|b| *b == b';').filter(|part| !part.trim_ascii().is_empty()) {
            let equals = part.iter().position(|b| *b == b'=').ok_or("has a part without `=`")?;
            let (name, value) = (part[..equals].trim_ascii().to_ascii_uppercase(), part[equals + 1..].trim_ascii());
            if list(value).next().is_none() {
                // Some programs write `UNTIL=` for a series without an end.
                rule.forms.push(Form::EmptyPart);
                continue;
            }
            match &name[..] {
                b"FREQ" => frequency = Some(parse_frequency(value)?),
                b"INTERVAL" => match number(value) {
                    Some(interval @ 1..) => rule.interval = interval,
                    Some(_) => rule.forms.push(Form::EmptyPart),
                    None => return Err("has an `INTERVAL` that is not a number"),
                },
                b"COUNT" => match number(value) {
                    Some(count @ 1..) => rule.count = Some(count.unsigned_abs()),
                    // macOS writes 0 for a series that UNTIL ends, or nothing; others -1 for one without an end.
                    Some(_) => rule.forms.push(Form::EmptyPart),
                    None => return Err("has a `COUNT` that is not a number"),
                },
                b"UNTIL" => match value::stamp(value, ZoneId::FLOATING) {
                    Some((until, form)) => {
                        rule.until = Some(until);
                        rule.forms.extend(form);
                    }
                    None => return Err("has an `UNTIL` that is neither a date nor a date with time"),
                },
                b"WKST" => rule.week_start = weekday(value).ok_or("has a `WKST` that is not a weekday")?,
                b"BYMONTH" => rule.months = mask(value, 1, 12).ok_or("has a `BYMONTH` outside 1 to 12")? as u16,
                b"BYHOUR" => rule.hours = mask(value, 0, 23).ok_or("has a `BYHOUR` outside 0 to 23")? as u32,
                b"BYMINUTE" => rule.minutes = mask(value, 0, 59).ok_or("has a `BYMINUTE` outside 0 to 59")?,
                b"BYSECOND" => rule.seconds = mask(value, 0, 60).ok_or("has a `BYSECOND` outside 0 to 60")?,
                b"BYWEEKNO" => rule.week_numbers = signed(value, 53).ok_or("has a `BYWEEKNO` outside ±1 to ±53")?,
                b"BYYEARDAY" => rule.year_days = signed(value, 366).ok_or("has a `BYYEARDAY` outside ±1 to ±366")?,
                b"BYMONTHDAY" => rule.month_days = signed(value, 31).ok_or("has a `BYMONTHDAY` outside ±1 to ±31")?,
                b"BYSETPOS" => rule.positions = signed(value, 366).ok_or("has a `BYSETPOS` outside ±1 to ±366")?,
                b"BYDAY" => {
                    for day in list(value) {
                        rule.add_weekday(day).ok_or("has a `BYDAY` that is not a weekday")?;
                    }
                }
                b"RSCALE" if !value.eq_ignore_ascii_case(b"GREGORIAN") => {
                    return Err("counts in a calendar other than the Gregorian (`RSCALE`)");
                }
                b"SKIP" => match &value.to_ascii_uppercase()[..] {
                    b"OMIT" => {}
                    b"BACKWARD" => rule.skip = Skip::Backward,
                    b"FORWARD" => rule.skip = Skip::Forward,
                    _ => return Err("has a `SKIP` that is not known"),
                },
                _ => {}
            }
        }
        rule.frequency = frequency.ok_or("has no `FREQ`")?;
        if rule.frequency > Frequency::Monthly {
            // An ordinal has no meaning in a period shorter than a month (§3.3.10); every reader takes the weekday.
            rule.weekdays |= rule.nth_weekdays.drain(..).fold(0, |mask, (_, day)| mask | 1 << day);
        }
        Ok(rule)
    }

    fn add_weekday(&mut self, text: &[u8]) -> Option<()> {
        let split = text.len().checked_sub(2)?;
        let day = weekday(&text[split..])?;
        match text[..split].trim_ascii() {
            [] => self.weekdays |= 1 << day,
            ordinal => match number(ordinal)? {
                0 => {
                    self.forms.push(Form::EmptyPart);
                    self.weekdays |= 1 << day;
                }
                nth @ (-53..=53) => self.nth_weekdays.push((nth, day)),
                _ => return None,
            },
        }
        Some(())
    }
}

fn parse_frequency(value: &[u8]) -> Result<Frequency, Refusal> {
    Ok(match &value.to_ascii_uppercase()[..] {
        b"YEARLY" => Frequency::Yearly,
        b"MONTHLY" => Frequency::Monthly,
        b"WEEKLY" => Frequency::Weekly,
        b"DAILY" => Frequency::Daily,
        b"HOURLY" => Frequency::Hourly,
        b"MINUTELY" => Frequency::Minutely,
        b"SECONDLY" => Frequency::Secondly,
        _ => return Err("has a `FREQ` that is not known"),
    })
}

fn weekday(text: &[u8]) -> Option<u32> {
    const NAMES: [&[u8; 2]; 7] = [b"MO", b"TU", b"WE", b"TH", b"FR", b"SA", b"SU"];
    let text = text.trim_ascii();
    NAMES.iter().position(|name| text.eq_ignore_ascii_case(&name[..])).map(|day| day as u32)
}

/// A number with an optional sign; digits beyond what any rule can mean saturate.
fn number(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits.iter().fold(0_i64, |sum, b| sum.saturating_mul(10).saturating_add(i64::from(b - b'0')));
    Some(sign * size.min(1 << 40))
}

fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty())
}

fn mask(value: &[u8], low: i64, high: i64) -> Option<u64> {
    list(value).try_fold(0, |mask, entry| {
        let bit = number(entry).filter(|n| (low..=high).contains(n))?;
        Some(mask | 1 << bit.min(if high == 60 { 59 } else { high }))
    })
}

fn signed(value: &[u8], limit: i64) -> Option<Vec<i64>> {
    let mut numbers =
        list(value).map(|entry| number(entry).filter(|n| *n != 0 && n.abs() <= limit)).collect::<Option<Vec<i64>>>()?;
    // A million entries say no more than the few hundred that differ.
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let rule = Rule::parse(b"freq=monthly;ByDay=+1MO, -1fr,TU;COUNT=99999999999999999999999;;X-A=1;").unwrap();
        assert_eq!(rule.nth_weekdays, [(1, 0), (-1, 4)]);
        assert_eq!((rule.weekdays, rule.count), (2, Some(1 << 40)));
        let empty = Rule::parse(b"FREQ=DAILY;UNTIL=;COUNT=;INTERVAL=;BYDAY=;WKST=").unwrap();
        assert!(empty.until.is_none() && empty.count.is_none() && empty.forms[..] == [Form::EmptyPart; 5]);
        let nothing = Rule::parse(b"FREQ=DAILY;COUNT=-1;INTERVAL=0").unwrap();
        assert_eq!((nothing.count, nothing.interval, nothing.forms), (None, 1, vec![Form::EmptyPart; 2]));
        let both = Rule::parse(b"FREQ=DAILY;COUNT=0;UNTIL=2026-11-18").unwrap();
        assert_eq!(both.forms, [Form::EmptyPart, Form::Extended]);
        assert!(Rule::parse(b"FREQ=DAILY;COUNT=2;;").unwrap().forms.is_empty());
    }

    #[test]
    fn refuses_what_has_no_meaning() {
        for text in [
            "",
            "FREQ",
            "FREQ=FOO",
            "COUNT=3",
            "FREQ=DAILY;COUNT=x",
            "FREQ=DAILY;INTERVAL=-x",
            "FREQ=DAILY;BYDAY=é",
            "FREQ=DAILY;BYDAY=1é",
            "FREQ=DAILY;BYDAY=éMO",
            "FREQ=DAILY;BYHOUR=24",
            "FREQ=DAILY;BYMONTHDAY=0",
            "FREQ=DAILY;UNTIL=soon",
            "FREQ=YEARLY;RSCALE=CHINESE",
            "FREQ=YEARLY;SKIP=SIDEWAYS",
            "FREQ=DAILY;BYMONTH=5L",
        ] {
            assert!(Rule::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
