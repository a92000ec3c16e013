//! What a line is read with: the clocks of its calendar, and where problems go.

use super::line::{Property, unescape};
use super::value::{self, Form, Length, Stamp, ZoneId};
use super::zone::clean;
use super::{Lost, Problem};
use std::borrow::Cow;
use std::collections::HashMap;

/// More problems than this are a sign that the text is no calendar at all.
const MOST_PROBLEMS: usize = 1000;

/// What is told of one text.
pub(super) struct Notes {
    /// Place of the text among those of its source.
    pub text: usize,
    pub problems: Vec<Problem>,
    /// Forms that were told already.
    told: Vec<Form>,
}

impl Notes {
    pub(super) fn new(text: usize) -> Notes {
        Notes { text, problems: Vec::new(), told: Vec::new() }
    }

    pub(super) fn add(&mut self, line: usize, message: impl Into<String>, lost: Lost) {
        let message = match self.problems.len() {
            0..MOST_PROBLEMS => message.into(),
            MOST_PROBLEMS => "there are more problems from here on than are listed".into(),
            _ => return,
        };
        self.problems.push(Problem { text: self.text, line, message, lost });
    }

    /// Tells of a form, once.
    pub(super) fn tell(&mut self, line: usize, form: Form) {
        if !self.told.contains(&form) {
            self.told.push(form);
            self.add(line, form.message(), form.lost());
        }
    }
}

/// The names of zones that a calendar uses, by their ids.
#[derive(Default)]
struct Names {
    ids: HashMap<Vec<u8>, ZoneId>,
    last: Option<(Vec<u8>, ZoneId)>,
}

/// A TZID where it was used first, before anybody knows what it means.
pub(super) struct ZoneName {
    /// What it is the value of.
    pub property: &'static str,
    pub name: String,
    pub line: usize,
    /// Place of its VCALENDAR in the text.
    pub calendar: usize,
}

/// Of one text, from line to line.
pub(super) struct Context {
    pub line: usize,
    pub notes: Notes,
    /// All TZIDs of the text: the first has the id `base`.
    pub all: Vec<ZoneName>,
    base: usize,
    names: Names,
    /// Place of the VCALENDAR in the text.
    calendar: usize,
}

impl Context {
    /// That of the text at place `text` of its source, whose first TZID gets the id `base`.
    pub(super) fn new(text: usize, base: usize) -> Context {
        Context { line: 0, notes: Notes::new(text), all: Vec::new(), base, names: Names::default(), calendar: 0 }
    }

    /// Another VCALENDAR begins, which may mean another zone by a name.
    pub(super) fn begin_calendar(&mut self, calendar: usize) {
        (self.names, self.calendar) = (Names::default(), calendar);
    }

    pub(super) fn problem(&mut self, message: impl Into<String>, lost: Lost) {
        self.notes.add(self.line, message, lost);
    }

    /// Tells of a form, once a text.
    pub(super) fn tell(&mut self, form: Form) {
        self.notes.tell(self.line, form);
    }

    /// The value of a text, of which escapes stay.
    pub(super) fn text<'a>(&mut self, property: &Property<'a>) -> Cow<'a, [u8]> {
        let (text, form) = property.plain();
        form.into_iter().for_each(|form| self.tell(form));
        text
    }

    /// A date or a time on the clock that the line's TZID means.
    pub(super) fn stamp(&mut self, property: &Property, value: &[u8]) -> Option<Stamp> {
        let (mut stamp, form) = value::stamp(value, ZoneId::FLOATING)?;
        form.into_iter().for_each(|form| self.tell(form));
        if property.params.is_empty() || stamp.is_date() {
            return Some(stamp);
        }
        if property.param("VALUE").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("DATE")) {
            self.tell(Form::DateWithTime);
            return Some(Stamp { local: stamp.day() * super::civil::DAY, zone: ZoneId::DATE });
        }
        if stamp.zone == ZoneId::FLOATING {
            stamp.zone = self.zone(property);
        }
        Some(stamp)
    }

    /// A moment in UTC, in seconds since the epoch.
    pub(super) fn moment(&self, value: &[u8]) -> Option<i64> {
        let (stamp, _) = value::stamp(value, ZoneId::UTC)?;
        (!stamp.is_date()).then_some(stamp.local)
    }

    /// A length of time.
    pub(super) fn length(&mut self, value: &[u8]) -> Option<Length> {
        let (length, form) = value::duration(value)?;
        form.into_iter().for_each(|form| self.tell(form));
        Some(length)
    }

    /// The clock that a line's TZID means; names are looked up when the whole text is known.
    fn zone(&mut self, property: &Property) -> ZoneId {
        if let Some((params, id)) = &self.names.last
            && params == property.params
        {
            return *id;
        }
        let name = property.param("TZID").map(|name| unescape(name.as_bytes()));
        let Some(name) = name.as_deref().map(clean).filter(|name| !name.is_empty()) else {
            return ZoneId::FLOATING;
        };
        let next = ZoneId((self.base + self.all.len()) as u32);
        let id = *self.names.ids.entry(name.as_bytes().to_vec()).or_insert(next);
        if id == next {
            self.all.push(ZoneName {
                property: "TZID",
                name: name.to_owned(),
                line: self.line,
                calendar: self.calendar,
            });
        }
        self.names.last = Some((property.params.to_vec(), id));
        id
    }
}
