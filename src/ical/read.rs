//! Lines to calendars. Only calendars, events, busy times and zones matter; every other component is stepped over, whatever it
//! holds and however deep it nests.

use super::Lost;
use super::component::{Draft, Times, busy, entries};
use super::context::{Context, Notes, ZoneName};
use super::custom::Observance;
use super::decode::{decode, foreign, recoded, text as text_of};
use super::line::{Lines, Property, unescape};
use super::person;
use super::rule::Rule;
use super::value::{Form, ZoneId, offset, stamp};
use super::zone::clean;
use crate::model::{Address, Calendar, Event, Told};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Calendar,
    Event,
    Todo,
    Journal,
    FreeBusy,
    TimeZone,
    Observance,
    /// Directly in a calendar and not known: whatever stands in it is stepped over.
    Unknown,
    Other,
}

impl Kind {
    /// What stands directly in a calendar and is known.
    fn of_calendar(name: &[u8]) -> Option<Kind> {
        let known = [
            ("VEVENT", Kind::Event),
            ("VTODO", Kind::Todo),
            ("VJOURNAL", Kind::Journal),
            ("VFREEBUSY", Kind::FreeBusy),
            ("VTIMEZONE", Kind::TimeZone),
        ];
        known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|(_, kind)| kind)
    }
}

/// METHOD, as far as it says what the events of its calendar are (RFC 5546 §1.4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Publish,
    Cancel,
    /// It adds instances to a series and says nothing of the others (RFC 5546 §3.2.4).
    Add,
    /// It answers or asks about events, and holds none.
    Answer(&'static str),
}

impl Method {
    pub(super) fn named(name: &str) -> Option<Method> {
        let name = name.trim().to_ascii_uppercase();
        match name.as_str() {
            "PUBLISH" => Some(Method::Publish),
            "CANCEL" => Some(Method::Cancel),
            "ADD" => Some(Method::Add),
            _ => ["COUNTER", "DECLINECOUNTER", "REFRESH", "REPLY"].into_iter().find(|n| *n == name).map(Method::Answer),
        }
    }
}

/// What a FREEBUSY says of its times (FBTYPE, RFC 5545 §3.2.9).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Free,
    Busy,
    /// BUSY-UNAVAILABLE: so servers write absences and what lies outside working hours.
    Unavailable,
}

impl Taken {
    pub(super) fn of(property: &Property) -> Taken {
        let is = |known: &str| property.param("FBTYPE").is_some_and(|kind| kind.trim().eq_ignore_ascii_case(known));
        match (is("FREE"), is("BUSY-UNAVAILABLE")) {
            (true, _) => Taken::Free,
            (_, true) => Taken::Unavailable,
            _ => Taken::Busy,
        }
    }
}

/// A VTIMEZONE as it was written.
#[derive(Default)]
pub(super) struct ZoneDraft {
    pub name: String,
    pub location: Option<String>,
    pub cdo: Option<String>,
    pub observances: Vec<Observance>,
}

/// A VCALENDAR as it was written.
#[derive(Default)]
pub(super) struct CalendarDraft {
    /// X-WR-CALNAME.
    pub name: Option<String>,
    /// X-OWNER.
    pub owner: Option<Address>,
    /// X-WR-TIMEZONE with its line.
    pub zone_name: Option<(String, usize)>,
    pub method: Option<Method>,
    pub told: Told,
    pub events: Vec<(Event, Times)>,
    pub busy: Vec<(Event, Times)>,
    pub zones: Vec<ZoneDraft>,
    pub line: usize,
    /// A VEVENT stands in it, whether or not it could be read.
    pub has_events: bool,
    /// How many busy times are none of meetings, and the line of the first.
    pub unavailable: (usize, usize),
}

struct Reader {
    stack: Vec<Kind>,
    depth: [usize; 9],
    /// Stands in for the calendar of an event until all is read.
    shared: Arc<Calendar>,
    calendar: Option<CalendarDraft>,
    event: Option<(Draft, usize)>,
    /// Line of the unknown component that is open, and how many events it held.
    unknown: Option<(usize, usize)>,
    /// What began something else before its own END, with the number of events up to there: if its END still comes, what
    /// began was inside.
    interrupted: Vec<(Kind, usize)>,
    calendars: Vec<CalendarDraft>,
    context: Context,
}

/// More than this is open at once only in a text that means harm.
const MOST_INTERRUPTED: usize = 64;

/// A text whose lines have all been read.
pub(super) struct TextDraft {
    pub calendars: Vec<CalendarDraft>,
    pub names: Vec<ZoneName>,
    pub notes: Notes,
}

/// Reads a text of any encoding and any quality, which is the one at place `text` of its source; the first zone that it names
/// gets the id `base`. Never fails as a whole.
pub(super) fn text(bytes: &[u8], text: usize, base: usize) -> TextDraft {
    let bytes = decode(bytes);
    let mut reader = Reader {
        stack: Vec::new(),
        depth: [0; 9],
        shared: Arc::default(),
        calendar: None,
        event: None,
        unknown: None,
        interrupted: Vec::new(),
        calendars: Vec::new(),
        context: Context::new(text, base),
    };
    let mut last = 0;
    // Folding may have cut a character in two, so that only whole lines tell; but most texts are UTF-8 throughout.
    let odd = std::str::from_utf8(&bytes).is_err();
    let foreign = foreign(&bytes, odd);
    let mut told = false;
    for mut line in Lines::new(&bytes) {
        last = line.number;
        if let Some(encoding) = foreign
            && let Some(text) = recoded(&line.bytes, encoding)
        {
            line.bytes = text.into();
            if !std::mem::replace(&mut told, true) {
                let name = encoding.name();
                let message = format!("text is not UTF-8 and names no `CHARSET`: it is read as {name}");
                reader.context.notes.add(line.number, message, Lost::Nothing);
            }
        }
        if let Some(property) = Property::split(&line.bytes) {
            if odd && !reader.stack.is_empty() && property.is_guessed() {
                reader.context.notes.tell(line.number, Form::CharsetGuessed);
            }
            reader.property(&property, line.number);
        }
    }
    reader.close_calendar(last);
    if reader.calendars.is_empty() && last > 0 {
        reader.context.notes.add(1, "there is no `BEGIN:VCALENDAR`", Lost::Calendar);
    }
    let Context { all: names, notes, .. } = reader.context;
    TextDraft { calendars: reader.calendars, names, notes }
}

impl Reader {
    fn problem(&mut self, line: usize, message: impl Into<String>, lost: Lost) {
        self.context.notes.add(line, message, lost);
    }

    fn property(&mut self, property: &Property, line: usize) {
        self.context.line = line;
        let name = property.name;
        if name.len() == 5 && name.eq_ignore_ascii_case(b"BEGIN") {
            return self.begin(property.value.trim_ascii(), line);
        }
        if name.len() == 3 && name.eq_ignore_ascii_case(b"END") {
            return self.end(property.value.trim_ascii(), line);
        }
        match self.stack.last() {
            Some(Kind::Event) => {
                if let (Some((draft, _)), Some(calendar)) = (&mut self.event, &mut self.calendar) {
                    if name.eq_ignore_ascii_case(b"ATTENDEE") {
                        calendar.told.attendees = true;
                        calendar.told.answers |= property.is_answered();
                    }
                    draft.read(property, &mut self.context);
                }
            }
            Some(Kind::FreeBusy) => self.free_busy_property(property),
            Some(Kind::Calendar) => self.calendar_property(property, line),
            Some(Kind::TimeZone) => self.zone_property(property),
            Some(Kind::Observance) => self.observance_property(property, line),
            Some(Kind::Todo | Kind::Journal | Kind::Unknown | Kind::Other) | None => {}
        }
    }

    fn begin(&mut self, name: &[u8], line: usize) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let kind = if is("VCALENDAR") {
            self.close_calendar(line);
            self.open_calendar(line);
            Kind::Calendar
        } else if self.depth[Kind::Unknown as usize] > 0 {
            if let (true, Some((_, events))) = (is("VEVENT"), &mut self.unknown) {
                *events += 1;
            }
            Kind::Other
        } else if let Some(kind) = Kind::of_calendar(name) {
            // These stand directly in a calendar: whatever is still open lacks its END, or should not hold them.
            self.interrupt(line);
            if self.calendar.is_none() {
                self.open_calendar(line);
                self.push(Kind::Calendar);
            }
            match (kind, &mut self.calendar) {
                (Kind::Event, Some(calendar)) => {
                    calendar.has_events = true;
                    self.event = Some((Draft::new(line, &self.shared), line));
                }
                (Kind::TimeZone, Some(calendar)) => calendar.zones.push(ZoneDraft::default()),
                _ => {}
            }
            kind
        } else if (is("STANDARD") || is("DAYLIGHT")) && self.stack.last() == Some(&Kind::TimeZone) {
            if let Some(zone) = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut()) {
                zone.observances.push(Observance::default());
            }
            Kind::Observance
        } else if self.stack.last() == Some(&Kind::Calendar) && !is("VALARM") {
            self.unknown = Some((line, 0));
            Kind::Unknown
        } else {
            Kind::Other
        };
        self.push(kind);
    }

    fn open_calendar(&mut self, line: usize) {
        self.calendar = Some(CalendarDraft { line, ..CalendarDraft::default() });
        self.context.begin_calendar(self.calendars.len());
    }

    fn push(&mut self, kind: Kind) {
        self.depth[kind as usize] += 1;
        self.stack.push(kind);
    }

    fn end(&mut self, name: &[u8], line: usize) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let within = self.depth[Kind::Unknown as usize] > 0;
        let kind = if is("VCALENDAR") {
            return self.close_calendar(line);
        } else if within {
            Kind::Other
        } else if let Some(kind) = Kind::of_calendar(name) {
            kind
        } else if is("STANDARD") || is("DAYLIGHT") {
            Kind::Observance
        } else {
            Kind::Other
        };
        if within {
            // What it holds may close in any order, but it ends where as many parts have ended as began.
            if self.pop() == Some(Kind::Unknown) {
                self.close_unknown();
            }
            return;
        }
        if self.stack.last() == Some(&Kind::Calendar) && self.resume(kind) {
            return;
        }
        if kind == Kind::Other && self.stack.last() != Some(&Kind::Other) {
            return;
        }
        // An END without its BEGIN closes nothing.
        while self.depth[kind as usize] > 0 {
            if self.pop() == Some(kind) {
                break;
            }
        }
        if kind == Kind::Event {
            self.close_event();
        }
    }

    fn pop(&mut self) -> Option<Kind> {
        let kind = self.stack.pop()?;
        self.depth[kind as usize] -= 1;
        Some(kind)
    }

    fn close_unknown(&mut self) {
        let Some((line, events @ 1..)) = self.unknown.take() else { return };
        let message =
            format!("a component that is not known holds events, which are none of the calendar's: {events} left out");
        self.problem(line, message, Lost::Event);
    }

    fn close_event(&mut self) {
        let Some((draft, line)) = self.event.take() else { return };
        let Some(calendar) = &mut self.calendar else { return };
        match draft.finish() {
            Ok(event) => calendar.events.push(event),
            Err(why) => self.problem(line, format!("the event {why}"), Lost::Event),
        }
    }

    fn close_to_calendar(&mut self, line: usize) {
        if let Some((_, begun)) = self.event {
            self.problem(begun, format!("the event has no `END:VEVENT` before line {line}"), Lost::Property);
        }
        while self.stack.last().is_some_and(|kind| *kind != Kind::Calendar) {
            self.pop();
        }
        self.close_event();
    }

    /// Something that stands directly in a calendar begins.
    fn interrupt(&mut self, line: usize) {
        let open: Vec<Kind> = self.stack.iter().copied().filter(|kind| *kind != Kind::Calendar).collect();
        self.close_to_calendar(line);
        let held = self.calendar.as_ref().map_or(0, |calendar| calendar.events.len());
        let room = MOST_INTERRUPTED - self.interrupted.len();
        self.interrupted.extend(open.into_iter().take(room).map(|kind| (kind, held)));
    }

    /// The END of what was interrupted: the events since then are a part of it, and none of the calendar's.
    fn resume(&mut self, kind: Kind) -> bool {
        let Some(place) = self.interrupted.iter().rposition(|(open, _)| *open == kind) else { return false };
        let held = self.interrupted[place].1;
        self.interrupted.truncate(place);
        let Some(calendar) = &mut self.calendar else { return false };
        let inside = calendar.events.drain(held.min(calendar.events.len())..);
        let lines: Vec<usize> = inside.map(|(event, _)| event.line).collect();
        if let Some(first) = lines.first() {
            let message = format!(
                "events stand inside another component, which are none of the calendar's: {} left out",
                lines.len()
            );
            self.problem(*first, message, Lost::Event);
        }
        true
    }

    fn close_calendar(&mut self, line: usize) {
        self.close_to_calendar(line);
        self.close_unknown();
        self.stack.clear();
        self.depth = [0; 9];
        self.interrupted.clear();
        self.calendars.extend(self.calendar.take());
    }

    fn calendar_property(&mut self, property: &Property, line: usize) {
        let Some(calendar) = &mut self.calendar else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        let value = || Some(unescape(property.value).trim().to_owned()).filter(|value| !value.is_empty());
        if is("X-WR-CALNAME") {
            calendar.name = value();
        } else if is("X-WR-TIMEZONE") {
            calendar.zone_name = value().map(|name| (name, line));
        } else if is("X-OWNER") {
            calendar.owner = person::mail(property).or(calendar.owner.take());
        } else if is("METHOD") {
            calendar.method = value().and_then(|name| Method::named(&name));
        }
    }

    /// Each busy period is an event of which nothing else is known.
    fn free_busy_property(&mut self, property: &Property) {
        let Some(calendar) = &mut self.calendar else { return };
        let taken = Taken::of(property);
        if taken == Taken::Free || !property.name.eq_ignore_ascii_case(b"FREEBUSY") {
            return;
        }
        let context = &mut self.context;
        if taken == Taken::Unavailable {
            let (count, first) = calendar.unavailable;
            let line = if count == 0 { context.line } else { first };
            calendar.unavailable = (count + entries(property.value).count(), line);
            return;
        }
        for period in entries(property.value) {
            match busy(property, period, context, &self.shared) {
                Some(event) => calendar.busy.push(event),
                None => return context.problem("a `FREEBUSY` is not a period of time", Lost::Event),
            }
        }
    }

    fn zone_property(&mut self, property: &Property) {
        let Some(zone) = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut()) else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        if is("TZID") {
            zone.name = clean(&unescape(property.value)).to_owned();
        } else if is("X-LIC-LOCATION") {
            zone.location = Some(text_of(property.value).into_owned());
        } else if is("X-MICROSOFT-CDO-TZID") {
            zone.cdo = Some(text_of(property.value).into_owned());
        }
    }

    fn observance_property(&mut self, property: &Property, line: usize) {
        let zone = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut());
        let Some(part) = zone.and_then(|zone| zone.observances.last_mut()) else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        let value = property.value;
        if is("DTSTART") {
            part.start = stamp(value, ZoneId::FLOATING).map(|(at, _)| at.local);
        } else if is("TZOFFSETFROM") {
            part.from = offset(value);
        } else if is("TZOFFSETTO") {
            part.to = offset(value);
        } else if is("RRULE") {
            match Rule::parse(value) {
                Ok(rule) => part.rules.push(rule),
                Err(why) => self.problem(line, format!("the `RRULE` of a time zone {why}"), Lost::Property),
            }
        } else if is("RDATE") {
            let dates = value.split(|b| *b == b',').filter_map(|entry| stamp(entry, ZoneId::FLOATING));
            part.dates.extend(dates.map(|(at, _)| (at.local, at.zone == ZoneId::UTC)));
        }
    }
}
