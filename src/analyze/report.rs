//! The week report: every number that a picture, the JSON and the text show. Times are exact seconds until shown.

use super::ledger::ByClass;
use crate::model::{Audit, Class, Exact, LocalTime, Privacy, Week};
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Version of the JSON form of [`Report`]; raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// One week, as drawn. Field names are the JSON names; hours are decimals there, shares are fractions of 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub schema_version: u32,
    #[serde(serialize_with = "display")]
    pub week: Week,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The zones in which the days were lived, in order; one unless there was travel.
    pub zone: String,
    /// False for the running week: what is still to come is counted as booked.
    pub complete: bool,
    /// The week has not begun.
    pub ahead: bool,
    /// More than half of the working hours were out of office; such weeks are no part of a trend.
    pub hollow: bool,
    pub events: Events,
    pub hours: Hours,
    /// S / (S + E).
    #[serde(serialize_with = "ratio")]
    pub share: Option<Exact>,
    /// (S + E) / counted.
    #[serde(serialize_with = "ratio")]
    pub coverage: Option<Exact>,
    /// Coverage is under 80 %.
    pub provisional: bool,
    /// Fewer than 5 counted hours, or coverage under 50 %: the week is compared with nothing, and is in no median.
    pub thin: bool,
    #[serde(serialize_with = "ratio")]
    pub goal: Option<Exact>,
    pub goal_gap: Option<GoalGap>,
    pub trend: Trend,
    pub themes: Vec<Theme>,
    pub left_out: BTreeMap<Reason, Amount>,
    pub set_apart: BTreeMap<Apart, Amount>,
    pub days: Vec<Day>,
    pub flow: Flow,
    pub leverage: BTreeMap<Class, Leverage>,
    /// Attendee-hours of the meetings that I organise.
    #[serde(serialize_with = "hours")]
    pub load_generated: Exact,
    /// Reactive hours over the counted hours whose creation time is known; Grove's line is 25 %.
    #[serde(serialize_with = "ratio")]
    pub reactive_share: Option<Exact>,
    #[serde(serialize_with = "hours")]
    pub coaching: Exact,
    pub reports: Vec<Coached>,
    pub let_go: Vec<Candidate>,
    pub moved: Vec<Mover>,
    /// Left out because it is longer than 16 hours, the longest first.
    pub long: Vec<LongEvent>,
    /// Counted but for the part that lies in an absence: how many, and the hours of these parts.
    pub cut_by_absence: Amount,
    /// The last audit whose days reach into this week or lie before it.
    pub audit: Option<Audit>,
    /// Things a reader must know, such as that answers could not be read; sentences.
    pub notes: Vec<String>,
}

impl Report {
    /// The week that `trend.points` and `moved` compare with, where it is not the week directly before.
    pub fn compared_with(&self) -> Option<Week> {
        self.trend.previous_week.filter(|week| week.plus(1) != self.week)
    }

    /// The classes in tenths of an hour as they are shown, in the order of [`Class::ALL`]: they add up to the counted hours.
    pub fn class_tenths(&self) -> [i64; 3] {
        let h = &self.hours;
        ByClass([h.strategy.clone(), h.execution.clone(), h.unclassified.clone()]).tenths()
    }

    /// The themes in tenths of an hour as they are shown: those of a class add up to the class.
    pub fn theme_tenths(&self) -> Vec<i64> {
        let mut tenths = vec![0; self.themes.len()];
        for (class, total) in Class::ALL.into_iter().zip(self.class_tenths()) {
            let of: Vec<usize> = (0..tenths.len()).filter(|&i| self.themes[i].class == class).collect();
            let hours: Vec<Exact> = of.iter().map(|&i| self.themes[i].hours.clone()).collect();
            for (i, shown) in of.into_iter().zip(Exact::adding_up_to(total, &hours, &Exact::tenth())) {
                tenths[i] = shown;
            }
        }
        tenths
    }

    /// The same report with only what `privacy` lets out: no titles and no names below `titles`, no themes for a board.
    pub fn shown_at(mut self, privacy: Privacy) -> Report {
        let (titles, themes) = (privacy == Privacy::Titles, privacy != Privacy::Classes);
        let hide = |title: &mut Option<String>, theme: &mut Option<String>| {
            title.take_if(|_| !titles);
            theme.take_if(|_| !themes);
        };
        let blocks = self.days.iter_mut().flat_map(|d| d.blocks.iter_mut().chain(&mut d.all_day));
        blocks.for_each(|b| hide(&mut b.title, &mut b.theme));
        for mover in &mut self.moved {
            hide(&mut mover.title, &mut mover.theme);
            mover.private &= titles;
        }
        for candidate in &mut self.let_go {
            hide(&mut candidate.title, &mut candidate.theme);
            candidate.private &= titles;
            candidate.report.take_if(|_| !titles);
        }
        for long in &mut self.long {
            long.title.take_if(|_| !titles);
            long.private &= titles;
        }
        if !titles {
            self.reports.iter_mut().enumerate().for_each(|(i, r)| r.name = format!("report {}", i + 1));
        }
        if !themes {
            self.themes.clear();
        }
        self
    }
}

/// How many instances went where: `counted + set_apart + left_out = fetched`.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Events {
    pub fetched: usize,
    pub counted: usize,
    pub set_apart: usize,
    pub left_out: usize,
    /// Counted, without classed focus and solo time.
    pub meetings: usize,
    pub unclassified: usize,
}

/// The week's hours. `strategy + execution + unclassified = counted`.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Hours {
    #[serde(serialize_with = "hours")]
    pub counted: Exact,
    #[serde(serialize_with = "hours")]
    pub strategy: Exact,
    #[serde(serialize_with = "hours")]
    pub execution: Exact,
    #[serde(serialize_with = "hours")]
    pub unclassified: Exact,
    /// Part of strategy and execution that is only likely.
    #[serde(serialize_with = "hours")]
    pub likely: Exact,
    /// Booked focus: length of the union of focus events.
    #[serde(serialize_with = "hours")]
    pub focus: Exact,
    /// Solo blocks that no rule classed.
    #[serde(serialize_with = "hours")]
    pub solo: Exact,
    /// Two or more counted events at once.
    #[serde(serialize_with = "hours")]
    pub conflict: Exact,
    /// Counted time outside working hours.
    #[serde(serialize_with = "hours")]
    pub after_hours: Exact,
    /// Open blocks: long stretches of working time without a meeting. The picture calls them Focus.
    #[serde(serialize_with = "hours")]
    pub open: Exact,
    /// Shorter gaps in working time.
    #[serde(serialize_with = "hours")]
    pub fragmented: Exact,
    /// Working hours of the week after out of office.
    #[serde(serialize_with = "hours")]
    pub working: Exact,
    /// The halves dropped with `tentative = "half"` or `unanswered = "half"`.
    #[serde(serialize_with = "hours")]
    pub tentative_not_counted: Exact,
    /// Part of counted that all-day events added.
    #[serde(serialize_with = "hours")]
    pub all_day: Exact,
}

impl Hours {
    /// The hours of one class.
    pub fn of(&self, class: Class) -> &Exact {
        match class {
            Class::Strategy => &self.strategy,
            Class::Execution => &self.execution,
            Class::Unclassified => &self.unclassified,
        }
    }
}

/// How far the share is from the goal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalGap {
    /// Shown share − shown goal, in points; negative is short of the goal.
    pub points: i64,
    /// `(goal − share) · (S + E)`: hours to move from execution to strategy.
    #[serde(serialize_with = "hours")]
    pub hours_to_convert: Exact,
}

/// The share against earlier complete weeks; hollow and thin weeks are left out of every comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Trend {
    /// Its share in its first `days` days.
    #[serde(serialize_with = "ratio")]
    pub previous: Option<Exact>,
    /// The week of `previous`: an earlier one than the week directly before where that one is no part of a comparison.
    #[serde(serialize_with = "optional_display")]
    pub previous_week: Option<Week>,
    /// Median share of the 4 complete weeks before.
    #[serde(serialize_with = "ratio")]
    pub median: Option<Exact>,
    /// Shown points against the same days of the previous complete week; 0 is "level".
    pub points: Option<i64>,
    /// The days that are compared, from the first: seven, but for a week that runs those up to today.
    pub days: u32,
    /// The 12 weeks that end with this one, oldest first.
    pub weeks: Vec<TrendWeek>,
}

/// One point of the trend line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendWeek {
    #[serde(serialize_with = "display")]
    pub week: Week,
    /// `None` where nothing was classified, or before the first event of the calendar.
    #[serde(serialize_with = "ratio")]
    pub share: Option<Exact>,
    pub hollow: bool,
    pub provisional: bool,
    /// Too little to compare with.
    pub thin: bool,
}

/// A theme's hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theme {
    /// The rule's theme; "Strategy", "Execution" where a rule names none; "Unclassified".
    pub name: String,
    pub class: Class,
    #[serde(serialize_with = "hours")]
    pub hours: Exact,
    /// Against the mean of the 4 complete weeks before; `None` without any.
    #[serde(serialize_with = "optional_hours")]
    pub change: Option<Exact>,
}

/// Why an instance is left out, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    Duplicate,
    Cancelled,
    Declined,
    Delegated,
    OutOfOffice,
    Away,
    WorkingLocation,
    Birthday,
    FromGmail,
    Free,
    AllDay,
    Long,
    Tentative,
    Unanswered,
    Ignored,
    EndsBeforeStart,
    NoLength,
}

impl Reason {
    /// The words on pictures, in reports and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Duplicate => "duplicate",
            Reason::Cancelled => "cancelled",
            Reason::Declined => "declined",
            Reason::Delegated => "delegated",
            Reason::OutOfOffice => "out of office",
            Reason::Away => "away",
            Reason::WorkingLocation => "working location",
            Reason::Birthday => "birthday",
            Reason::FromGmail => "from Gmail",
            Reason::Free => "free",
            Reason::AllDay => "all-day",
            Reason::Long => "long",
            Reason::Tentative => "tentative",
            Reason::Unanswered => "unanswered",
            Reason::Ignored => "ignored by rule",
            Reason::EndsBeforeStart => "ends before it starts",
            Reason::NoLength => "no length",
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// Time in no denominator: focus or solo that no rule classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Apart {
    Focus,
    Solo,
}

impl Apart {
    /// The word on pictures, in reports and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Apart::Focus => "focus",
            Apart::Solo => "solo",
        }
    }
}

/// A number of instances and their length inside the week.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Amount {
    pub events: usize,
    #[serde(serialize_with = "hours")]
    pub hours: Exact,
}

/// One local day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    pub date: NaiveDate,
    /// IANA name of the zone it was lived in.
    pub zone: String,
    #[serde(serialize_with = "hours")]
    pub strategy: Exact,
    #[serde(serialize_with = "hours")]
    pub execution: Exact,
    #[serde(serialize_with = "hours")]
    pub unclassified: Exact,
    /// Working hours, wall clock; `None` on days off.
    #[serde(skip)]
    pub working: Option<(LocalTime, LocalTime)>,
    /// Some of the working time is out of office: wall-clock minutes after midnight, from and to.
    #[serde(skip)]
    pub out_of_office: Vec<(u16, u16)>,
    /// Open blocks (the picture's Focus), wall-clock minutes after midnight.
    #[serde(skip)]
    pub open: Vec<(u16, u16)>,
    /// What the grid draws: counted instances and set-apart focus and solo time, ordered by start.
    #[serde(skip)]
    pub blocks: Vec<Block>,
    /// All-day events that add hours on this day (`all_day_hours`), from 0 to 1440.
    #[serde(skip)]
    pub all_day: Vec<Block>,
}

impl Day {
    /// The hours of one class.
    pub fn of(&self, class: Class) -> &Exact {
        match class {
            Class::Strategy => &self.strategy,
            Class::Execution => &self.execution,
            Class::Unclassified => &self.unclassified,
        }
    }
}

/// One instance on one day, cut at the day's edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Wall-clock minutes after the day's midnight, `to > from`, at most 1440.
    pub from: u16,
    pub to: u16,
    /// "(no title)" where the source gives none; `None` where private or hidden.
    pub title: Option<String>,
    /// Private or confidential: the title is never drawn.
    pub private: bool,
    /// `None` for set-apart focus and solo time.
    pub class: Option<Class>,
    pub theme: Option<String>,
    /// Focus or solo, not a meeting.
    pub alone: bool,
    /// Tentative or unanswered.
    pub tentative: bool,
}

/// How the days ran.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Flow {
    /// Meetings in the longest chain with gaps of at most 5 minutes.
    pub longest_chain: usize,
    /// From the chain's first start to its last end.
    #[serde(serialize_with = "hours")]
    pub longest_chain_hours: Exact,
    /// Chains of two or more meetings.
    pub chains: usize,
    /// Adjacent counted events whose class differs.
    pub context_switches: usize,
}

/// Own hours against the hours of everybody in the room, per class.
#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Leverage {
    #[serde(serialize_with = "hours")]
    pub own: Exact,
    #[serde(serialize_with = "hours")]
    pub attendee: Exact,
}

/// A person of `[people] reports`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coached {
    /// Name from the calendar, else the address.
    pub name: String,
    #[serde(serialize_with = "hours")]
    pub hours: Exact,
    /// Weeks since the last 1:1; 0 is this week, `None` is never in the weeks read.
    pub weeks_since: Option<u32>,
}

/// A series that someone else could carry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// "(no title)" where the source gives none; `None` where private or hidden.
    pub title: Option<String>,
    /// Private or confidential: `people` and `report` are not told. False below the privacy `titles`, where all are alike.
    pub private: bool,
    pub theme: Option<String>,
    /// 0 to 5.
    pub score: u8,
    /// 13/4 × the hours of the last 4 weeks.
    #[serde(serialize_with = "hours")]
    pub hours_a_quarter: Exact,
    pub people: Option<usize>,
    pub optional: bool,
    /// A report of mine who already attends.
    pub report: Option<String>,
}

/// An event that is left out because it is longer than 16 hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LongEvent {
    /// "(no title)" where the source gives none; `None` where private or hidden.
    pub title: Option<String>,
    /// Private or confidential. False below the privacy `titles`, where all are alike.
    pub private: bool,
    /// Its length inside the week.
    #[serde(serialize_with = "hours")]
    pub hours: Exact,
}

/// A series' part in the change of the share since [`Trend::previous_week`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mover {
    /// "(no title)" where the source gives none; `None` where private or hidden.
    pub title: Option<String>,
    /// Private or confidential. False below the privacy `titles`, where all are alike.
    pub private: bool,
    pub theme: Option<String>,
    pub class: Class,
    /// Tenths of a point, shown; all movers add up to the change.
    pub tenths: i64,
}

fn display<S: Serializer>(value: &impl std::fmt::Display, s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(value)
}

fn optional_display<S: Serializer>(value: &Option<impl std::fmt::Display>, s: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(ToString::to_string).serialize(s)
}

fn hours<S: Serializer>(value: &Exact, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_f64(value.in_hours())
}

fn optional_hours<S: Serializer>(value: &Option<Exact>, s: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(Exact::in_hours).serialize(s)
}

fn ratio<S: Serializer>(value: &Option<Exact>, s: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(Exact::to_f64).serialize(s)
}
