//! Days, hours, lengths of time and shares as people write them, in rules and configurations alike.

use super::{Exact, LocalTime};
use chrono::{TimeDelta, Weekday};

/// The days by their names, from Monday.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// `monday`, `Mon`, `thurs`: a day's name or what it begins with, in any letter case.
pub fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim().to_lowercase();
    let index = WEEKDAYS.iter().position(|day| text.len() >= 3 && day.starts_with(&text))?;
    Weekday::try_from(u8::try_from(index).ok()?).ok()
}

/// `2h`, `90m`, `90 min`, `1h30m`, `30s`.
pub fn length(text: &str) -> Option<TimeDelta> {
    let (mut rest, mut seconds) = (text.trim(), 0);
    if rest.is_empty() {
        return None;
    }
    for (units, worth) in [(&["h"][..], 3600), (&["min", "m"], 60), (&["s"], 1)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = (rest.get(..digits)?, rest.get(digits..)?.trim_start());
        if let Some(after) = units.iter().find_map(|word| unit.strip_prefix(word)) {
            seconds += number.parse::<i64>().ok().filter(|number| *number < 1_000_000)? * worth;
            rest = after.trim_start();
        }
    }
    rest.is_empty().then(|| TimeDelta::seconds(seconds))
}

/// A share as people write it: `0.4`, `40%`, `40 %`.
pub fn share(text: &str) -> Option<Exact> {
    let text = text.trim().replace(',', ".");
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None => number(&text)?,
    };
    (0.0..=1.0).contains(&share).then(|| Exact::decimal(share))
}

/// `08:00-18:00`; the end after the start.
pub fn hours(text: &str) -> Option<(LocalTime, LocalTime)> {
    let (from, to) = text.split_once(['-', '–'])?;
    let hours = (LocalTime::parse(from)?, LocalTime::parse(to)?);
    (hours.0 < hours.1).then_some(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_named_by_three_letters_or_more() {
        for text in ["monday", "Mon", "MON", " mond "] {
            assert_eq!(weekday(text), Some(Weekday::Mon), "{text}");
        }
        assert_eq!(weekday("sunday"), Some(Weekday::Sun));
        assert_eq!(["", "mo", "m", "mondays", "montag"].map(weekday), [None; 5]);
    }

    #[test]
    fn a_length_has_its_units() {
        let minutes = |text| length(text).map(|length| length.num_minutes());
        for (text, expected) in [
            ("90m", 90),
            ("90min", 90),
            ("90 min", 90),
            ("1h", 60),
            ("1h30m", 90),
            ("1 h 30 min", 90),
            ("120s", 2),
            ("0m", 0),
        ] {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "h", "m", "90", "1h30", "30m1h", "-5m", "1.5h", "90mins", "9999999m", "1d"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }
}
