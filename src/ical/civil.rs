//! Days and seconds as plain integers: recurrence steps over them millions of times a second.

/// Seconds in a nominal day.
pub(super) const DAY: i64 = 86_400;

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(super) fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day number; the reverse of [`days`].
pub(super) fn date(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// 0 is Monday.
pub(super) fn weekday(days: i64) -> u32 {
    (days + 3).rem_euclid(7) as u32
}

/// The first day of the week that holds `day`, where weeks start on weekday `start`.
pub(super) fn week_start(day: i64, start: u32) -> i64 {
    day - i64::from((weekday(day) + 7 - start) % 7)
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn month_length(year: i64, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(super) fn year_length(year: i64) -> i64 {
    365 + i64::from(is_leap(year))
}

/// The number of the week that holds `day` and how many weeks its week-year has: the first week is the first with
/// four days in the year (RFC 5545 §3.3.10, BYWEEKNO).
pub(super) fn week_number(day: i64, start: u32) -> (i64, i64) {
    let middle = week_start(day, start) + 3;
    let (year, _, _) = date(middle);
    let number = (middle - days(year, 1, 1)) / 7 + 1;
    let last = week_start(days(year, 12, 28), start) + 3;
    (number, (last - days(year, 1, 1)) / 7 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};

    #[test]
    fn agrees_with_chrono_on_every_day_of_eight_centuries() {
        let first = NaiveDate::from_ymd_opt(1583, 1, 1).unwrap();
        for day in first.iter_days().take(800 * 366) {
            let number = i64::from(day.num_days_from_ce()) - 719_163;
            assert_eq!(days(day.year().into(), day.month(), day.day()), number);
            assert_eq!(date(number), (day.year().into(), day.month(), day.day()));
            assert_eq!(weekday(number), day.weekday().num_days_from_monday());
            assert_eq!(week_number(number, 0).0, i64::from(day.iso_week().week()));
        }
    }
}
