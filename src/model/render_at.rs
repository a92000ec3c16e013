use super::{LocalTime, Week, Weekday, Zones};
use chrono::{DateTime, Utc};

/// When the picture of an ended week is made: a weekday and a time of the user's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderAt {
    pub day: Weekday,
    pub time: LocalTime,
}

impl Default for RenderAt {
    fn default() -> RenderAt {
        RenderAt { day: Weekday::Mon, time: LocalTime(6 * 60) }
    }
}

impl RenderAt {
    /// The first such moment after the end of `week`, in the zone in which that day is lived.
    pub fn after(self, week: Week, zones: &Zones) -> DateTime<Utc> {
        let next = week.plus(1);
        let date = next.days().find(|date| chrono::Datelike::weekday(date) == self.day).unwrap_or(next.first);
        zones.time(date, self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_moment_lies_in_the_week_after_on_the_days_own_clock() {
        let zones = Zones {
            home: chrono_tz::Europe::Berlin,
            travel: vec![(
                NaiveDate::from_ymd_opt(2026, 11, 9).unwrap()..=NaiveDate::from_ymd_opt(2026, 11, 12).unwrap(),
                chrono_tz::America::New_York,
            )],
        };
        let at = |day, minutes, number, start| {
            let week = Week::from_iso(2026, number, start).unwrap();
            RenderAt { day, time: LocalTime(minutes) }.after(week, &zones).to_rfc3339()
        };
        let mon = Weekday::Mon;
        assert_eq!(at(mon, 360, 47, mon), "2026-11-23T05:00:00+00:00");
        assert_eq!(at(mon, 0, 47, mon), "2026-11-22T23:00:00+00:00");
        assert_eq!(at(Weekday::Fri, 960, 47, mon), "2026-11-27T15:00:00+00:00");
        assert_eq!(at(mon, 360, 47, Weekday::Sun), "2026-11-23T05:00:00+00:00");
        // Where the day is lived elsewhere, its clock counts; and in a night without 02:30, there is a moment all the same.
        assert_eq!(at(mon, 360, 45, mon), "2026-11-09T11:00:00+00:00");
        assert_eq!(at(Weekday::Sun, 150, 12, mon), "2026-03-29T01:30:00+00:00");
    }
}
