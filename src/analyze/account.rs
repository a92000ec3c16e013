//! Where the time of one instance goes: week by week, with what it shares its instants.

use super::judge::Verdict;
use super::report::Reason;
use super::{Analysis, Judged};
use crate::model::{Exact, Interval, Week};
use chrono::{DateTime, TimeDelta, Utc};

/// What one instance adds to the hours of the weeks that it touches.
pub struct Account<'a> {
    /// In order; more than one where the instance lies across a week's edge.
    pub weeks: Vec<Part>,
    /// The counted meetings that ran at the same time, each with how long.
    pub shared: Vec<(&'a Judged, TimeDelta)>,
    /// Its copies on other calendars, which are left out.
    pub copies: Vec<&'a Judged>,
}

/// One week's part of an instance.
pub struct Part {
    pub week: Week,
    /// Where the instance goes on in the next week: the edge at which it is cut.
    pub cut: Option<DateTime<Utc>>,
    /// Elapsed time inside the week.
    pub length: TimeDelta,
    /// Counted seconds: its equal share of each instant, halved where half is dropped.
    pub counted: Exact,
}

impl Account<'_> {
    /// Counted seconds of all weeks.
    pub fn counted(&self) -> Exact {
        self.weeks.iter().map(|part| part.counted.clone()).sum()
    }
}

impl Analysis<'_> {
    /// Where the time of `of` goes, which is one of [`Analysis::judged`]. Weeks that lie outside `window` wholly are passed
    /// over: what else happens there is not known.
    pub fn account(&self, of: &Judged, window: Interval) -> Account<'_> {
        let (zones, start) = (&self.wishes.zones, self.wishes.week_start);
        let known = of.interval.intersection(&window).unwrap_or(of.interval);
        let first = Week::of(zones.date_of(known.start), start);
        let weeks =
            (0..).map(|n| first.plus(n)).take_while(|week| *week == first || zones.week(*week).start < known.end);
        let part = |week: Week| {
            let inside = zones.week(week);
            let counted = self.rows(inside).into_iter().find(|row| std::ptr::eq(row.judged, of)).map(|row| row.counted);
            Part {
                week,
                cut: Some(inside.end).filter(|end| of.interval.end > *end),
                length: of.interval.intersection(&inside).map_or(TimeDelta::zero(), |part| part.length()),
                counted: counted.unwrap_or_default(),
            }
        };
        let timed = |j: &Judged| j.class().is_some() && !j.all_day();
        let others = self.judged.iter().filter(|j| !std::ptr::eq(*j, of));
        // A long one only fills what the others leave.
        let shared = others.clone().filter(|j| timed(of) && timed(j) && j.long == of.long);
        let common = |j: &Judged| -> TimeDelta {
            let pairs = of.parts().flat_map(|own| j.parts().filter_map(move |part| part.intersection(&own)));
            pairs.map(|part| part.length()).sum()
        };
        let copy = |j: &&Judged| j.verdict == Verdict::LeftOut(Reason::Duplicate) && j.is_copy_of(of);
        Account {
            weeks: weeks.map(part).collect(),
            shared: shared.map(|j| (j, common(j))).filter(|(_, length)| !length.is_zero()).collect(),
            copies: others.filter(copy).collect(),
        }
    }
}
