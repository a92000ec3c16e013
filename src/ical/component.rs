//! One VEVENT, from its lines to an event with its times.

use super::Lost;
use super::civil::DAY;
use super::context::Context;
use super::line::{Property, text_list, unescape};
use super::person::Guests;
use super::rule::Rule;
use super::value::{Form, Length, Stamp, ZoneId};
use crate::model::{Answer, Attendees, Calendar, Event, EventStatus, EventType, Uid, Visibility, WORKING_ELSEWHERE};
use chrono::DateTime;
use std::sync::Arc;

/// One VEVENT: a series, a single event, or the change of an instance.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub event: Arc<Event>,
    pub times: Times,
}

/// When it takes place, and which version of itself it is.
#[derive(Clone, Debug)]
pub(super) struct Times {
    pub start: Stamp,
    /// It says itself when it starts; only a cancellation may leave that out (RFC 5546 §3.2.5).
    pub starts: bool,
    pub end: Option<Stamp>,
    pub duration: Option<Length>,
    /// A vendor's mark says that it is of whole days, whatever its times are.
    pub whole_days: bool,
    pub rules: Vec<Rule>,
    pub exrules: Vec<Rule>,
    pub rdates: Vec<RDate>,
    pub exdates: Vec<Stamp>,
    /// RECURRENCE-ID, and whether it stands for all that follow (RANGE=THISANDFUTURE).
    pub slot: Option<(Stamp, bool)>,
    pub version: Version,
    /// A SUMMARY is there, be it an empty one.
    pub titled: bool,
    /// A series of instances that are added to that of its UID.
    pub adds: bool,
    /// Place of its VCALENDAR among those of the source.
    pub home: usize,
    pub line: usize,
}

/// What tells the newer of two versions of an event; see [`super::version`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    pub sequence: i64,
    /// DTSTAMP.
    pub stamp: i64,
    /// LAST-MODIFIED.
    pub modified: i64,
    /// It lies in an object of METHOD:PUBLISH, whose DTSTAMP is when that was made.
    pub published: bool,
}

impl Version {
    /// It says nothing of which version it is.
    fn is_silent(self) -> bool {
        self.sequence == 0 && self.stamp == i64::MIN && self.modified == i64::MIN
    }
}

impl Times {
    /// Every time that it names, and of a series one for each month of its first year: enough to see whether two clocks differ.
    pub(super) fn written(&self) -> impl Iterator<Item = Stamp> {
        let ends = self.rdates.iter().flat_map(|date| [Some(date.start), date.end]).flatten();
        let months = if self.rules.is_empty() { 0 } else { 12 };
        let year = (0..=months).map(|n| Stamp { local: self.start.local + n * 30 * DAY, ..self.start });
        year.chain(self.end).chain(ends).chain(self.slot.map(|(slot, _)| slot)).chain(self.exdates.iter().copied())
    }

    /// Its end names no zone, though its start does.
    pub(super) fn ends_without_zone(&self) -> bool {
        let zoned = !self.start.is_date() && self.start.zone != ZoneId::FLOATING;
        zoned && self.end.is_some_and(|end| !end.is_date() && end.zone == ZoneId::FLOATING)
    }

    /// It is a change of one date and all that follow.
    pub(super) fn moves_all_that_follow(&self) -> bool {
        self.slot.is_some_and(|(_, future)| future)
    }

    /// It is a series of times that ends on a date.
    pub(super) fn ends_on_a_date(&self) -> bool {
        !self.start.is_date() && self.rules.iter().filter_map(|rule| rule.until).any(Stamp::is_date)
    }

    /// What two of its lines leave open, and how it is read: sentences.
    pub(super) fn oddities(&self) -> impl Iterator<Item = &'static str> {
        let timed = !self.start.is_date();
        [
            (
                timed && self.end.is_some_and(Stamp::is_date),
                "the `DTEND` is a date without a time: read as that midnight",
            ),
            (
                self.end.is_some() && self.duration.is_some(),
                "there is a `DTEND` and a `DURATION`: the `DTEND` is followed",
            ),
        ]
        .into_iter()
        .filter_map(|(holds, says)| holds.then_some(says))
    }
}

/// One entry of RDATE.
#[derive(Clone, Debug)]
pub(super) struct RDate {
    pub start: Stamp,
    pub end: Option<Stamp>,
    pub duration: Option<Length>,
}

impl RDate {
    /// It says itself how long it takes.
    pub(super) fn is_period(&self) -> bool {
        self.end.is_some() || self.duration.is_some()
    }
}

/// A VEVENT of which lines are still to come.
pub(super) struct Draft {
    event: Event,
    guests: Guests,
    start: Option<Stamp>,
    times: Times,
    broken: Option<&'static str>,
}

const NOWHERE: Stamp = Stamp { local: 0, zone: ZoneId::UTC };

impl Draft {
    pub(super) fn new(line: usize, calendar: &Arc<Calendar>) -> Draft {
        let event = Event { calendar: Arc::clone(calendar), line, ..Event::default() };
        let times = Times {
            start: NOWHERE,
            starts: true,
            end: None,
            duration: None,
            whole_days: false,
            rules: Vec::new(),
            exrules: Vec::new(),
            rdates: Vec::new(),
            exdates: Vec::new(),
            slot: None,
            version: Version { sequence: 0, stamp: i64::MIN, modified: i64::MIN, published: false },
            titled: false,
            adds: false,
            home: 0,
            line,
        };
        Draft { event, guests: Guests::default(), start: None, times, broken: None }
    }

    /// Takes one property in.
    #[expect(clippy::too_many_lines, reason = "one arm a property")]
    pub(super) fn read(&mut self, property: &Property, context: &mut Context) {
        let value = property.value;
        let name = property.name;
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let word = |known: &str| value.trim_ascii().eq_ignore_ascii_case(known.as_bytes());
        match name.first().map_or(0, u8::to_ascii_uppercase) {
            b'A' if is("ATTENDEE") => self.guests.attend(property),
            b'C' if is("CATEGORIES") => {
                let value = context.text(property);
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
                self.event.created = context.moment(value).and_then(|at| DateTime::from_timestamp(at, 0));
            }
            b'D' if is("DTSTART") => match context.stamp(property, value) {
                Some(start) if self.start.is_none() => self.start = Some(start),
                Some(_) => {}
                None => self.broken = Some("has a `DTSTART` that is neither a date nor a date with time"),
            },
            b'D' if is("DTEND") => match (context.stamp(property, value), context.length(value)) {
                (Some(end), _) => self.times.end = Some(end),
                (None, Some(length)) => {
                    context.tell(Form::EndAsDuration);
                    self.times.duration = Some(length);
                }
                _ => context.problem("the `DTEND` is neither a date nor a date with time", Lost::Property),
            },
            b'D' if is("DTSTAMP") => {
                if let Some(at) = context.moment(value) {
                    self.times.version.stamp = at;
                }
            }
            b'D' if is("DURATION") => match context.length(value) {
                Some(length) => self.times.duration = Some(length),
                None => context.problem("the `DURATION` is not a length of time that can be used", Lost::Property),
            },
            b'D' if is("DESCRIPTION") => self.event.description = some_text(&context.text(property)),
            b'E' if is("EXDATE") => {
                for entry in entries(value) {
                    match context.stamp(property, entry) {
                        Some(at) => self.times.exdates.push(at),
                        None => {
                            context.problem("an `EXDATE` is neither a date nor a date with time", Lost::Property);
                            break;
                        }
                    }
                }
            }
            b'E' if is("EXRULE") => match Rule::parse(value) {
                Ok(rule) => {
                    rule.forms.iter().for_each(|form| context.tell(*form));
                    self.times.exrules.push(rule);
                }
                Err(why) => context.problem(format!("the `EXRULE` {why}"), Lost::Property),
            },
            b'L' if is("LAST-MODIFIED") => {
                if let Some(at) = context.moment(value) {
                    self.times.version.modified = at;
                }
            }
            b'L' if is("LOCATION") => self.event.location = some_text(&context.text(property)),
            b'O' if is("ORGANIZER") => self.guests.organize(property),
            b'R' if is("RRULE") => match Rule::parse(value) {
                Ok(rule) => {
                    rule.forms.iter().for_each(|form| context.tell(*form));
                    self.times.rules.push(rule);
                }
                Err(why) => {
                    context.problem(format!("the `RRULE` {why}: only the first instance is kept"), Lost::Instances);
                }
            },
            b'R' if is("RDATE") => {
                for entry in entries(value) {
                    match rdate(entry, property, context) {
                        Some(date) => self.times.rdates.push(date),
                        None => {
                            let message = "an `RDATE` is neither a date, a date with time nor a period";
                            context.problem(message, Lost::Instances);
                            break;
                        }
                    }
                }
            }
            b'R' if is("RECURRENCE-ID") => match context.stamp(property, value) {
                Some(slot) => {
                    let range = property.param("RANGE");
                    let future = range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
                    self.times.slot = Some((slot, future));
                }
                None => self.broken = Some("has a `RECURRENCE-ID` that is neither a date nor a date with time"),
            },
            b'S' if is("SUMMARY") && !self.times.titled => {
                self.event.summary = some_text(&context.text(property));
                self.times.titled = true;
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
                let sequence = std::str::from_utf8(value).ok().and_then(|n| n.trim().parse().ok()).unwrap_or(0);
                (self.times.version.sequence, self.event.sequence) = (sequence, sequence);
            }
            b'T' if is("TRANSP") => {
                // vCalendar 1.0 has a number: anything but none leaves the time free.
                let number = std::str::from_utf8(value).ok().and_then(|n| n.trim().parse::<u32>().ok());
                self.event.transparent |= word("TRANSPARENT") || number.is_some_and(|n| n > 0);
            }
            b'U' if is("UID") => self.event.uid = Uid(unescape(value.trim_ascii()).into()),
            b'X' if is("X-MICROSOFT-CDO-ALLDAYEVENT") || is("X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT") => {
                self.times.whole_days |= word("TRUE");
            }
            b'X' if is("X-MICROSOFT-CDO-BUSYSTATUS") => {
                // Whoever holds the time in any way but tentatively means to be there.
                let sure = word("BUSY") || word("OOF") || word("WORKINGELSEWHERE");
                self.event.held =
                    if word("TENTATIVE") { Some(Answer::Tentative) } else { sure.then_some(Answer::Accepted) };
                if word("OOF") {
                    self.event.event_type = EventType::OutOfOffice;
                } else if word("FREE") {
                    self.event.transparent = true;
                } else if word("WORKINGELSEWHERE") {
                    self.event.event_type = EventType::Other(WORKING_ELSEWHERE.into());
                }
            }
            _ => {}
        }
    }

    /// The whole component, or why there is none: ends the sentence "the event …".
    pub(super) fn finish(mut self) -> Result<(Event, Times), &'static str> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        self.times.starts = self.start.is_some();
        self.times.start = self.start.or(self.times.slot.map(|(slot, _)| slot)).unwrap_or(NOWHERE);
        let (organizer, attendees) = self.guests.settle();
        (self.event.organizer, self.event.attendees) = (organizer, Attendees::Known(attendees));
        let times = &self.times;
        self.event.series_sequence = times.slot.is_none().then_some(times.version.sequence);
        self.event.unversioned = times.version.is_silent();
        // A rule that gives its start alone makes no series.
        let once = times.rules.len() == 1 && times.rules[0].count == Some(1);
        let repeats = !times.rules.is_empty() && !once || !times.rdates.is_empty();
        self.event.recurring = repeats || times.slot.is_some();
        Ok((self.event, self.times))
    }
}

/// One busy period of a FREEBUSY as an event without a UID, because with the component's own all would be one. `None`
/// where it is no period.
pub(super) fn busy(
    property: &Property,
    period: &[u8],
    context: &mut Context,
    calendar: &Arc<Calendar>,
) -> Option<(Event, Times)> {
    let date = rdate(period.trim_ascii(), property, context).filter(RDate::is_period)?;
    let RDate { start, end, duration } = date;
    let Draft { mut event, times, .. } = Draft::new(context.line, calendar);
    (event.attendees, event.free_busy_only) = (Attendees::Unknown, true);
    let tentative = property.param("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("BUSY-TENTATIVE"));
    event.status = tentative.then_some(EventStatus::Tentative);
    Some((event, Times { start, end, duration, ..times }))
}

/// The entries of a list of dates or periods.
pub(super) fn entries(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    // vCalendar 1.0 has a semicolon between them.
    value.split(|b| matches!(b, b',' | b';')).filter(|entry| !entry.trim_ascii().is_empty())
}

fn some_text(value: &[u8]) -> Option<String> {
    let text = unescape(value);
    (!text.trim().is_empty()).then_some(text)
}

fn rdate(entry: &[u8], property: &Property, context: &mut Context) -> Option<RDate> {
    let Some(slash) = memchr::memchr(b'/', entry) else {
        return Some(RDate { start: context.stamp(property, entry)?, end: None, duration: None });
    };
    let (start, rest) = (context.stamp(property, &entry[..slash])?, &entry[slash + 1..]);
    match context.stamp(property, rest) {
        Some(end) => Some(RDate { start, end: Some(end), duration: None }),
        None => Some(RDate { start, end: None, duration: Some(context.length(rest)?) }),
    }
}
