//! What a rule can ask. [`PREDICATES`] is the only registry: the check of the file and its mistakes come out of
//! it. A new predicate stands beside its like, and in one line here.

mod answer;
mod calendar;
mod named;
mod people;
mod text;
mod time;
mod title;
mod title_regex;

use super::Subject;
use super::forms::{Bearer, bearers};
use super::gates::AnyOf;
use super::phrase::Phrase;
use super::reader::Reader;
use super::words::Title;
use crate::model::{Address, Value};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt::Debug;
use std::ops::Range;

/// What a predicate looks at.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The title, read once for all rules.
    pub title: &'a Title<'a>,
    /// Everything else; `None` where only a title is known, and then no other predicate holds.
    pub subject: Option<&'a Subject<'a>>,
    room: OnceCell<Option<(usize, Vec<&'a Address>)>>,
    bearers: OnceCell<HashMap<&'a str, Bearer>>,
}

impl<'a> Look<'a> {
    /// A look at a title, and at the rest where it is known.
    pub fn new(title: &'a Title<'a>, subject: Option<&'a Subject<'a>>) -> Look<'a> {
        Look { title, subject, room: OnceCell::new(), bearers: OnceCell::new() }
    }

    /// How many people take part, and who besides the user; asked once for all rules, `None` where that is unknown.
    pub(super) fn room(&self) -> Option<&(usize, Vec<&'a Address>)> {
        let room = || {
            let subject = self.subject?;
            let mut people = subject.people.people(subject.event)?;
            let count = people.len();
            let me = subject.people.me_in(subject.event);
            people.retain(|address| !me.is(address));
            Some((count, people))
        };
        self.room.get_or_init(room).as_ref()
    }

    /// Who of those who take part bears a word of the title; asked once for all rules.
    pub(super) fn bearer(&self, word: &str) -> Bearer {
        let Some(subject) = self.subject else { return Bearer::Nobody };
        let bearers = self.bearers.get_or_init(|| bearers(&self.title.words, subject));
        bearers.get(word).copied().unwrap_or(Bearer::Nobody)
    }
}

/// What a predicate found, for the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The predicate holds.
    pub holds: bool,
    /// The pattern that matched, or what was asked for, as written in the rules.
    pub wanted: String,
    /// The part of the event that matched, or the value seen instead.
    pub seen: String,
}

/// One question of a rule, already read and checked.
pub trait Predicate: Debug + Send + Sync {
    /// The key in the rules file.
    fn key(&self) -> &'static str;

    /// The answer. Cheap: asked for every event.
    fn holds(&self, look: &Look<'_>) -> bool;

    /// The answer with its reason. Asked for one event at a time.
    fn find(&self, look: &Look<'_>) -> Finding;

    /// The phrases of which the title must hold at least one; lets the index leave the rule out unasked.
    fn title_phrases(&self) -> Option<&[Phrase]> {
        None
    }

    /// Which words of the title the predicate asks for, as far as they are there; `None` where it asks for no title.
    fn taken(&self, _look: &Look<'_>) -> Option<Vec<Range<usize>>> {
        None
    }

    /// For each of its patterns what the title must hold, each for itself; empty where that is unknown. Lets the index leave the
    /// rule out unasked.
    fn needs(&self) -> &[Vec<AnyOf>] {
        &[]
    }

    /// How many signs it is that this holds, besides words of the title that are counted one by one.
    fn signs(&self) -> usize {
        1
    }

    /// What was seen is private text of the event: its title, its description, its people.
    fn is_private(&self) -> bool {
        false
    }
}

/// Reads a value; `None` after a mistake, which is noted.
pub(super) type Parse = fn(&mut Reader<'_>, &Value<'_>) -> Option<Box<dyn Predicate>>;

/// One entry of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The key in the rules file.
    pub key: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// One line of TOML.
    pub example: &'static str,
    /// Reads the value; every mistake in it goes to the reader.
    pub parse: Parse,
}

/// Every predicate, cheap and telling ones first: a rule asks its questions in this order.
pub const PREDICATES: &[Kind] = &[
    title::KIND,
    calendar::RECURRING,
    time::DURATION,
    time::WEEKDAY,
    time::TIME,
    calendar::CALENDAR,
    calendar::COLOR,
    calendar::LABEL,
    calendar::EVENT_TYPE,
    answer::STATUS,
    answer::OPTIONAL,
    people::ATTENDEES,
    people::ORGANIZER,
    people::WITH,
    people::EXTERNAL,
    named::KIND,
    text::LOCATION,
    title_regex::KIND,
    text::DESCRIPTION,
];
