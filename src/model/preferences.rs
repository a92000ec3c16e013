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
        let week = |at| self.zones.week(Week::of(self.zones.date_of(at), self.week_start));
        let last = week(window.end);
        let end = if last.start == window.end { last.start } else { last.end };
        Interval::new(week(week(window.start).start - TimeDelta::seconds(1)).start, end)
    }
}
