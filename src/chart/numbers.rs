//! How numbers, dates and foreign text are shown.

pub(super) use crate::model::count;
use crate::model::seen;
use chrono::{Datelike, NaiveDate};

/// `71` tenths as `7.1`, with a real minus sign.
pub(super) fn decimal(tenths: i64) -> String {
    let sign = if tenths < 0 { "−" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// `7.1 h`.
pub(super) fn hours(tenths: i64) -> String {
    format!("{} h", decimal(tenths))
}

/// `+0.8`, `−0.3`, `0.0`.
pub(super) fn signed(tenths: i64) -> String {
    let sign = if tenths > 0 { "+" } else { "" };
    format!("{sign}{}", decimal(tenths))
}

/// `16–22 November 2026`, naming month and year twice only where they differ.
pub(super) fn dates(first: NaiveDate, last: NaiveDate) -> String {
    let end = last.format("%-d %B %Y");
    if first.year() != last.year() {
        format!("{} – {end}", first.format("%-d %B %Y"))
    } else if first.month() != last.month() {
        format!("{} – {end}", first.format("%-d %B"))
    } else {
        format!("{}–{end}", first.day())
    }
}

/// Text from outside as one clean line: nothing that is not seen, single spaces.
pub(super) fn clean(text: &str) -> String {
    seen(&text.replace(char::is_whitespace, " ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned_text_hides_and_reorders_nothing() {
        assert_eq!(clean(" a\tb\r\nc \u{202e}evil\u{2066}\u{7}\u{9b}31m\u{200b} "), "a b c evil31m");
        assert_eq!(clean("\u{1b}[31m"), "[31m");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn dates_name_month_and_year_once() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(dates(day(2026, 11, 16), day(2026, 11, 22)), "16–22 November 2026");
        assert_eq!(dates(day(2026, 11, 30), day(2026, 12, 6)), "30 November – 6 December 2026");
        assert_eq!(dates(day(2026, 12, 28), day(2027, 1, 3)), "28 December 2026 – 3 January 2027");
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(signed(-3), "−0.3");
        assert_eq!(signed(8), "+0.8");
        assert_eq!(signed(0), "0.0");
        assert_eq!(count(1, "meeting"), "1 meeting");
    }
}
