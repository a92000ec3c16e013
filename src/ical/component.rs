//! One VEVENT, from its lines to an event with its times.

use super::line::{Property, text_list, unescape};
use super::rule::Rule;
use super::value::{Stamp, ZoneId, duration, stamp};
use super::{Lost, Problem};
use crate::model::{
    Address, Answer, Attendee, AttendeeKind, Attendees, Calendar, Event, EventStatus, EventType, Uid, Visibility,
};
use chrono::DateTime;
use std::sync::Arc;

/// One VEVENT: a series, a single event, or the change of an instance.
#[derive(Debug)]
pub(super) struct Component {
    pub event: Arc<Event>,
    pub times: Times,
}

/// When it takes place.
#[derive(Debug)]
pub(super) struct Times {
    pub start: Stamp,
    pub end: Option<Stamp>,
    /// DURATION in nominal seconds.
    pub duration: Option<i64>,
    pub rules: Vec<Rule>,
    pub exrules: Vec<Rule>,
    pub rdates: Vec<RDate>,
    pub exdates: Vec<Stamp>,
    /// RECURRENCE-ID, and whether it stands for all that follow (RANGE=THISANDFUTURE).
    pub slot: Option<(Stamp, bool)>,
    pub sequence: i64,
    /// DTSTAMP: decides between equal SEQUENCEs (RFC 5546 §2.1.5).
    pub stamp: i64,
    pub line: usize,
}

/// One entry of RDATE.
#[derive(Debug)]
pub(super) struct RDate {
    pub start: Stamp,
    pub end: Option<Stamp>,
    pub duration: Option<i64>,
}

/// A VEVENT of which lines are still to come.
pub(super) struct Draft {
    event: Event,
    start: Option<Stamp>,
    summary_seen: bool,
    times: Times,
    broken: Option<&'static str>,
}

const NOWHERE: Stamp = Stamp { local: 0, zone: ZoneId::UTC };

impl Draft {
    pub fn new(line: usize, calendar: &Arc<Calendar>) -> Draft {
        let event = Event { calendar: Arc::clone(calendar), line, ..Event::default() };
        let times = Times {
            start: NOWHERE,
            end: None,
            duration: None,
            rules: Vec::new(),
            exrules: Vec::new(),
            rdates: Vec::new(),
            exdates: Vec::new(),
            slot: None,
            sequence: 0,
            stamp: i64::MIN,
            line,
        };
        Draft { event, start: None, summary_seen: false, times, broken: None }
    }

    /// Takes one property in; `zone` finds the clock that the line's TZID means.
    pub fn read(
        &mut self,
        property: &Property,
        line: usize,
        zone: &mut dyn FnMut(&Property) -> ZoneId,
        problems: &mut dyn FnMut(Problem),
    ) {
        let mut problem = |message: String, lost: Lost| problems(Problem { line, message, lost });
        let value = property.value;
        let name = property.name;
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let word = |known: &str| value.trim_ascii().eq_ignore_ascii_case(known.as_bytes());
        match name.first().map_or(0, u8::to_ascii_uppercase) {
            b'A' if is("ATTENDEE") => {
                if let (Some(attendee), Attendees::Known(list)) = (attendee(property), &mut self.event.attendees) {
                    list.push(attendee);
                }
            }
            b'C' if is("CATEGORIES") => {
                let value = property.plain();
                let labels = text_list(&value).map(|label| unescape(label.trim_ascii()));
                self.event.labels.extend(labels.filter(|label| !label.is_empty()));
            }
            b'C' if is("CLASS") => {
                // A class that is not known counts as private (RFC 5545 §3.8.1.3).
                self.event.visibility = if word("PUBLIC") || value.trim_ascii().is_empty() {
                    Visibility::Public
                } else if word("CONFIDENTIAL") {
                    Visibility::Confidential
                } else {
                    Visibility::Private
                };
            }
            b'C' if is("COLOR") => self.event.color = some_text(value),
            b'C' if is("CREATED") => {
                let created = stamp(value, ZoneId::UTC).filter(|at| !at.is_date());
                self.event.created = created.and_then(|at| DateTime::from_timestamp(at.local, 0));
            }
            b'D' if is("DTSTART") => match stamp(value, zone(property)) {
                Some(start) if self.start.is_none() => self.start = Some(start),
                Some(_) => {}
                None => self.broken = Some("has a `DTSTART` that is neither a date nor a date with time"),
            },
            b'D' if is("DTEND") => match stamp(value, zone(property)) {
                Some(end) => self.times.end = Some(end),
                None => problem("the `DTEND` is neither a date nor a date with time".into(), Lost::Property),
            },
            b'D' if is("DTSTAMP") => {
                if let Some(at) = stamp(value, ZoneId::UTC) {
                    self.times.stamp = at.local;
                }
            }
            b'D' if is("DURATION") => match duration(value) {
                Some(length) => self.times.duration = Some(length),
                None => problem("the `DURATION` is not a length of time that can be used".into(), Lost::Property),
            },
            b'D' if is("DESCRIPTION") => self.event.description = some_text(&property.plain()),
            b'E' if is("EXDATE") => {
                let zone = zone(property);
                for entry in value.split(|b| *b == b',').filter(|entry| !entry.trim_ascii().is_empty()) {
                    match stamp(entry, zone) {
                        Some(at) => self.times.exdates.push(at),
                        None => {
                            problem("an `EXDATE` is neither a date nor a date with time".into(), Lost::Property);
                            break;
                        }
                    }
                }
            }
            b'E' if is("EXRULE") => match Rule::parse(value) {
                Ok(rule) => self.times.exrules.push(rule),
                Err(why) => problem(format!("the `EXRULE` {why}"), Lost::Property),
            },
            b'L' if is("LOCATION") => self.event.location = some_text(&property.plain()),
            b'O' if is("ORGANIZER") => self.event.organizer = address(property),
            b'R' if is("RRULE") => match Rule::parse(value) {
                Ok(rule) => self.times.rules.push(rule),
                Err(why) => problem(format!("the `RRULE` {why}: only the first instance is kept"), Lost::Instances),
            },
            b'R' if is("RDATE") => {
                let zone = zone(property);
                for entry in value.split(|b| *b == b',').filter(|entry| !entry.trim_ascii().is_empty()) {
                    match rdate(entry, zone) {
                        Some(date) => self.times.rdates.push(date),
                        None => {
                            let message = "an `RDATE` is neither a date, a date with time nor a period";
                            problem(message.into(), Lost::Instances);
                            break;
                        }
                    }
                }
            }
            b'R' if is("RECURRENCE-ID") => match stamp(value, zone(property)) {
                Some(slot) => {
                    let range = property.param("RANGE");
                    let future = range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
                    self.times.slot = Some((slot, future));
                }
                None => self.broken = Some("has a `RECURRENCE-ID` that is neither a date nor a date with time"),
            },
            b'S' if is("SUMMARY") && !self.summary_seen => {
                self.event.summary = some_text(&property.plain());
                self.summary_seen = true;
            }
            b'S' if is("STATUS") => {
                self.event.status = if word("CONFIRMED") {
                    Some(EventStatus::Confirmed)
                } else if word("TENTATIVE") {
                    Some(EventStatus::Tentative)
                } else if word("CANCELLED") || word("CANCELED") {
                    Some(EventStatus::Cancelled)
                } else {
                    None
                };
            }
            b'S' if is("SEQUENCE") => {
                self.times.sequence = std::str::from_utf8(value).ok().and_then(|n| n.trim().parse().ok()).unwrap_or(0);
            }
            b'T' if is("TRANSP") => self.event.transparent |= word("TRANSPARENT"),
            b'U' if is("UID") => self.event.uid = Uid(unescape(value.trim_ascii()).into()),
            b'X' if is("X-MICROSOFT-CDO-BUSYSTATUS") => {
                if word("OOF") {
                    self.event.event_type = EventType::OutOfOffice;
                } else if word("FREE") {
                    self.event.transparent = true;
                }
            }
            _ => {}
        }
    }

    /// The whole component, or why there is none: ends the sentence "the event …".
    pub fn finish(mut self) -> Result<(Event, Times), &'static str> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        self.times.start = self.start.ok_or("has no `DTSTART`")?;
        let times = &self.times;
        self.event.recurring = !times.rules.is_empty() || !times.rdates.is_empty() || times.slot.is_some();
        Ok((self.event, self.times))
    }
}

/// One busy period of a FREEBUSY as an event without a UID, because with the component's own all would be one. `None`
/// where it is no period.
pub(super) fn busy(
    property: &Property,
    period: &[u8],
    zone: ZoneId,
    line: usize,
    calendar: &Arc<Calendar>,
) -> Option<(Event, Times)> {
    let RDate { start, end, duration } = rdate(period.trim_ascii(), zone)?;
    if end.is_none() && duration.is_none() {
        return None;
    }
    let Draft { mut event, times, .. } = Draft::new(line, calendar);
    (event.attendees, event.free_busy_only) = (Attendees::Unknown, true);
    let tentative = property.param("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("BUSY-TENTATIVE"));
    event.status = tentative.then_some(EventStatus::Tentative);
    Some((event, Times { start, end, duration, ..times }))
}

fn some_text(value: &[u8]) -> Option<String> {
    let text = unescape(value);
    (!text.trim().is_empty()).then_some(text)
}

fn rdate(entry: &[u8], zone: ZoneId) -> Option<RDate> {
    let Some(slash) = memchr::memchr(b'/', entry) else {
        return Some(RDate { start: stamp(entry, zone)?, end: None, duration: None });
    };
    let (start, rest) = (stamp(&entry[..slash], zone)?, &entry[slash + 1..]);
    match stamp(rest, zone) {
        Some(end) => Some(RDate { start, end: Some(end), duration: None }),
        None => Some(RDate { start, end: None, duration: Some(duration(rest)?) }),
    }
}

fn address(property: &Property) -> Option<Address> {
    let value = super::decode::text(property.value);
    Address::parse(&value).or_else(|| Address::parse(&property.param("EMAIL")?))
}

fn attendee(property: &Property) -> Option<Attendee> {
    let is = |value: &str, known: &[&str]| known.iter().any(|known| value.trim().eq_ignore_ascii_case(known));
    let mut attendee = Attendee {
        address: address(property)?,
        name: None,
        kind: AttendeeKind::Person,
        answer: Answer::NeedsAction,
        optional: false,
        is_me: false,
    };
    for (name, value) in property.params() {
        if name.eq_ignore_ascii_case(b"CN") {
            attendee.name = Some(value.trim().to_owned()).filter(|name| !name.is_empty());
        } else if name.eq_ignore_ascii_case(b"CUTYPE") {
            attendee.kind = match &*value {
                kind if is(kind, &["GROUP"]) => AttendeeKind::Group,
                kind if is(kind, &["RESOURCE", "ROOM"]) => AttendeeKind::Resource,
                _ => AttendeeKind::Person,
            };
        } else if name.eq_ignore_ascii_case(b"PARTSTAT") {
            attendee.answer = match &*value {
                answer if is(answer, &["ACCEPTED"]) => Answer::Accepted,
                answer if is(answer, &["DECLINED"]) => Answer::Declined,
                answer if is(answer, &["TENTATIVE"]) => Answer::Tentative,
                _ => Answer::NeedsAction,
            };
        } else if name.eq_ignore_ascii_case(b"ROLE") {
            attendee.optional = is(&value, &["OPT-PARTICIPANT", "NON-PARTICIPANT"]);
        }
    }
    Some(attendee)
}
