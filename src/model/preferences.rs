use super::{Exact, Interval, LocalTime, Week, Weekday, Zones};
use chrono::TimeDelta;

/// A stretch of wall-clock time of a day.
pub type Hours = (LocalTime, LocalTime);

/// When the user works, by weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// From Monday; `None` is a day off.
    pub days: [Option<Hours>; 7],
    /// Ends an open block and belongs to none; a meeting in it is not after hours.
    pub lunch: Option<Hours>,
}

impl WorkingHours {
    /// The hours of one weekday.
    pub fn on(&self, day: Weekday) -> Option<Hours> {
        self.days[day.num_days_from_monday() as usize]
    }
}

/// How much of an event that is not firmly accepted counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weight {
    #[default]
    Count,
    /// Half of its normal share is dropped.
    Half,
    /// Left out.
    Skip,
}

/// What the configuration says about counting.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    pub zones: Zones,
    pub week_start: Weekday,
    pub working: WorkingHours,
    /// Shortest open block.
    pub focus_block: TimeDelta,
    pub tentative: Weight,
    pub unanswered: Weight,
    /// What is only likely stays open.
    pub likely_open: bool,
    /// Series and unanswered meetings inside the user's absences count like any other.
    pub meet_while_away: bool,
    /// Seconds that an all-day event adds on each working day it covers; `None` leaves such events out.
    pub all_day: Option<Exact>,
    /// The share of strategy aimed at.
    pub goal: Option<Exact>,
}

impl Preferences {
    /// `window` with all of its first and its last week, and the week before, in which begins what reaches into it.
    pub fn whole_weeks(&self, window: Interval) -> Interval {
        let [first, last] = [window.start, window.end].map(|at| Week::of(self.zones.date_of(at), self.week_start));
        let ends_with_a_week = self.zones.starts(last.first) == window.end;
        let end = if ends_with_a_week { window.end } else { self.zones.week(last).end };
        // No week is before the first that there is.
        let start =
            [first.plus(-1), first].map(|week| self.zones.starts(week.first)).into_iter().fold(window.start, Ord::min);
        Interval::new(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use chrono_tz::Tz;

    #[test]
    fn a_window_is_widened_to_whole_weeks_as_far_as_there_are_any() {
        let wishes = crate::config::Config::default().preferences(Tz::UTC);
        let day = |text: &str| wishes.zones.starts(text.parse().unwrap());
        let widened = wishes.whole_weeks(Interval::new(day("2026-11-18"), day("2026-11-20")));
        assert_eq!((widened.start, widened.end), (day("2026-11-09"), day("2026-11-23")));
        let widened = wishes.whole_weeks(Interval::new(day("2026-11-16"), day("2026-11-23")));
        assert_eq!((widened.start, widened.end), (day("2026-11-09"), day("2026-11-23")));
        let ends = [NaiveDate::MIN, NaiveDate::MAX].map(|date| wishes.zones.starts(date));
        let widened = wishes.whole_weeks(Interval::new(ends[0], ends[1]));
        assert!(widened.start <= ends[0] && ends[1] <= widened.end);
    }
}
