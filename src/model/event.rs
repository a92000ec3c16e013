use super::{Calendar, Interval, Marked};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
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

/// A mail address in lower case without `mailto:`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address(Arc<str>);

impl Address {
    /// Reads `mailto:Ada@Example.com` or `Ada@Example.com`; `None` where there is no `@` with text on both sides.
    pub fn parse(text: &str) -> Option<Address> {
        let text = text.trim();
        let text = match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
            _ => text,
        };
        let (local, domain) = text.rsplit_once('@')?;
        let plain = !local.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace);
        plain.then(|| Address(text.to_lowercase().into()))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
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
    /// Free/busy, or a file in which no event has an ATTENDEE.
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
    /// The user's own answer, where the source tells it beside the attendees (Outlook's BUSYSTATUS).
    pub my_answer: Option<Answer>,
    /// Its end was written before its start: it has no length, and nobody knows which of the two is wrong.
    pub ends_before_start: bool,
    /// Line of the event's BEGIN in its source, from 1; 0 where a source has no lines.
    pub line: usize,
}

impl Event {
    /// That address has an attendee line that says no.
    pub fn declined_by(&self, address: &Address) -> bool {
        self.attendees.lines().iter().any(|l| l.address == *address && l.answer == Answer::Declined)
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
