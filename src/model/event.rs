use super::{Address, Calendar, Interval, Marked, midnight};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// The iCalendar UID: the same for a series, its instances, and its copies in other calendars (RFC 5545 §3.8.4.7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Uid(pub Arc<str>);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Uid {
    /// The UID of the series that this is a part of. Google ends a series where "this and following" changes it, and goes on
    /// under `…_R<stamp>`: to whoever keeps the calendar that is one series.
    pub fn series(&self) -> Uid {
        let (name, host) = self.0.split_once('@').map_or((&*self.0, None), |(name, host)| (name, Some(host)));
        let is_stamp = |stamp: &str| {
            let (day, time) = stamp.split_once('T').unwrap_or((stamp, ""));
            let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
            digits(day, 8) && (time.is_empty() || digits(time.trim_end_matches('Z'), 6))
        };
        match name.rsplit_once("_R").filter(|(base, stamp)| !base.is_empty() && is_stamp(stamp)) {
            Some((base, _)) => Uid(host.map_or(base.to_owned(), |host| format!("{base}@{host}")).into()),
            None => self.clone(),
        }
    }
}

/// The event's STATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventStatus {
    Confirmed,
    Tentative,
    Cancelled,
}

/// Who may see the event's details (CLASS in iCalendar).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Visibility {
    #[default]
    Public,
    Private,
    Confidential,
}

/// What kind of entry this is, in the words of the Google Calendar API.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum EventType {
    #[default]
    Default,
    OutOfOffice,
    FocusTime,
    WorkingLocation,
    Birthday,
    FromGmail,
    /// A kind that this version does not know; treated like the default.
    Other(String),
}

/// Outlook's WORKINGELSEWHERE as [`EventType::Other`], until it is known whether the event is a place or a meeting.
pub const WORKING_ELSEWHERE: &str = "workingElsewhere";

impl EventType {
    /// The word used by the Google Calendar API and by the predicate `event_type`.
    pub fn name(&self) -> &str {
        match self {
            EventType::Default => "default",
            EventType::OutOfOffice => "outOfOffice",
            EventType::FocusTime => "focusTime",
            EventType::WorkingLocation => "workingLocation",
            EventType::Birthday => "birthday",
            EventType::FromGmail => "fromGmail",
            EventType::Other(name) => name,
        }
    }
}

/// A participant's answer (PARTSTAT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Answer {
    Accepted,
    Declined,
    Tentative,
    /// Somebody else goes instead.
    Delegated,
    #[default]
    NeedsAction,
}

impl Answer {
    /// Of several answers of one person the lowest rank counts; not to have answered is no answer.
    pub fn rank(self) -> u8 {
        match self {
            Answer::Accepted => 0,
            Answer::Tentative => 1,
            Answer::Delegated => 2,
            Answer::Declined => 3,
            Answer::NeedsAction => 4,
        }
    }
}

/// What an attendee is (CUTYPE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AttendeeKind {
    #[default]
    Person,
    /// Counts as one person, however many it stands for.
    Group,
    /// A room or other resource: never a person.
    Resource,
}

/// One ATTENDEE line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    pub address: Address,
    pub name: Option<String>,
    pub kind: AttendeeKind,
    pub answer: Answer,
    pub optional: bool,
    /// The source itself says that this is the user (Google's `self`).
    pub is_me: bool,
}

/// Who takes part, or that the source does not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attendees {
    /// Free/busy, or a file (of files with one UID each, a folder) in which no event has an ATTENDEE.
    Unknown,
    /// Some of them: the source holds others back, so nobody can be counted. The user's own answer may be among them.
    Partial(Vec<Attendee>),
    /// Complete; empty means nobody else.
    Known(Vec<Attendee>),
}

impl Default for Attendees {
    fn default() -> Attendees {
        Attendees::Known(Vec::new())
    }
}

impl Attendees {
    /// The lines that are known, all or not; empty where they are unknown.
    pub fn lines(&self) -> &[Attendee] {
        match self {
            Attendees::Unknown => &[],
            Attendees::Partial(lines) | Attendees::Known(lines) => lines,
        }
    }
}

/// What a calendar says about one event, one series, or one changed instance of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    pub uid: Uid,
    pub calendar: Arc<Calendar>,
    /// SUMMARY; `None` where the source hides it or gives none.
    pub summary: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub status: Option<EventStatus>,
    /// TRANSP:TRANSPARENT, shown as free.
    pub transparent: bool,
    pub visibility: Visibility,
    pub event_type: EventType,
    pub organizer: Option<Address>,
    pub attendees: Attendees,
    /// CATEGORIES, or Google's event label.
    pub labels: Vec<String>,
    /// COLOR, or the name of the colour in Google Calendar.
    pub color: Option<String>,
    pub created: Option<DateTime<Utc>>,
    /// Part of a series.
    pub recurring: bool,
    /// Only that time is taken is known (a free/busy calendar): no title, no attendees.
    pub free_busy_only: bool,
    /// SEQUENCE: which version of itself it is (RFC 5546 §2.1.4).
    pub sequence: i64,
    /// The SEQUENCE of the whole series that it is an instance of, where the source tells it; of a single event its own.
    pub series_sequence: Option<i64>,
    /// Nothing says which version of itself it is: no SEQUENCE, no DTSTAMP, no LAST-MODIFIED.
    pub unversioned: bool,
    /// Events of other times bear the same UID: each is one of its own.
    pub shared_uid: bool,
    /// Another calendar has a newer version of it, which is not in this slot any more, or tells it at another time and goes
    /// before it.
    pub superseded: bool,
    /// The user's own answer, where the source tells it instead of the attendee lines (Outlook's BUSYSTATUS in a file in
    /// which no line has a PARTSTAT).
    pub my_answer: Option<Answer>,
    /// How the user holds the time, whatever the lines say: BUSYSTATUS as an answer. Only its `Tentative` means something,
    /// and only where no line of the user answers.
    pub held: Option<Answer>,
    /// Its end was written before its start: it has no length, and nobody knows which of the two is wrong.
    pub ends_before_start: bool,
    /// Its source tells of it no more, or otherwise: it stands as it was seen last, at this moment.
    pub last_seen: Option<DateTime<Utc>>,
    /// Line of the event's BEGIN in its source, from 1; 0 where a source has no lines.
    pub line: usize,
}

impl Event {
    /// Who said no, and nothing better by another line.
    pub fn declined(&self) -> HashSet<&Address> {
        let lines = self.attendees.lines();
        let mut declined: HashSet<&Address> =
            lines.iter().filter(|line| line.answer == Answer::Declined).map(|line| &line.address).collect();
        if !declined.is_empty() {
            let better = lines.iter().filter(|line| line.answer.rank() < Answer::Declined.rank());
            for line in better {
                declined.remove(&line.address);
            }
        }
        declined
    }
}

/// When an instance takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Span {
    /// Instants; `end >= start`.
    Timed(Interval),
    /// Whole local days, `end` exclusive and `end >= first`.
    AllDay { first: NaiveDate, end: NaiveDate },
}

impl Span {
    /// A time from midnight to midnight in `zone`, or to the minute before it, is whole days, whatever its calendar says.
    pub fn in_whole_days(self, zone: Tz) -> Span {
        let Span::Timed(interval) = self else { return self };
        // Not even a day on which the clock goes forward is shorter.
        if interval.length() < TimeDelta::hours(22) {
            return self;
        }
        let (from, to) =
            (interval.start.with_timezone(&zone).naive_local(), interval.end.with_timezone(&zone).naive_local());
        // Where the clock goes forward at midnight, the day begins an hour later.
        let begins = |local: NaiveDateTime, at| local.time() == NaiveTime::MIN || midnight(local.date(), zone) == at;
        let end = match (to.hour(), to.minute()) {
            (23, 59) => to.date().succ_opt(),
            _ => Some(to.date()).filter(|_| begins(to, interval.end)),
        };
        match end {
            Some(end) if begins(from, interval.start) && end > from.date() => Span::AllDay { first: from.date(), end },
            _ => self,
        }
    }
}

/// The slot of its series that an instance fills: its own start, unless it was moved (RECURRENCE-ID).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Original {
    At(DateTime<Utc>),
    On(NaiveDate),
}

/// One meeting at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    pub event: Arc<Event>,
    pub span: Span,
    pub original: Original,
    /// What the user said of it; goes before labels and rules. A source knows nothing of it.
    pub marked: Option<Arc<Marked>>,
}
