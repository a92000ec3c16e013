//! Rules → decision with its reason. Pure: no clock, no I/O, and nothing but `model` is known here.
//!
//! A rules file is read once into a [`RuleSet`] ([`parse`], or [`defaults`]); [`RuleSet::decide`] then says for one
//! event what it was, and [`RuleSet::explain`] why. The first rule that matches wins, a label named in `[labels]`
//! beats every rule, and what the user said of a meeting beats both. Without a match an event stays unclassified; [`By::Caller`] is for
//! who sees the whole week.

mod absence;
mod append;
mod dates;
mod doubts;
mod extend;
mod file;
mod forms;
mod gates;
mod index;
mod insert;
mod marks;
mod markup;
mod people;
mod phrase;
mod predicates;
mod range;
mod reader;
mod rule;
mod ruleset;
mod tags;
mod trace;
mod words;

pub use absence::{Foreign, Nature, foreign};
pub use append::append;
pub use extend::with_pack;
pub use file::{BUILTIN, KNOWN_GROUPS, defaults, parse};
pub use forms::is_form;
pub use insert::{TitleRule, with_rule};
pub use marks::{other_halves, put as put_marks, title_key, title_text, titled};
pub use people::{Me, People};
pub use phrase::Phrase;
pub use predicates::{Finding, Kind, Look, PREDICATES, Predicate};
pub use range::Bounds;
pub use reader::Reader;
pub use rule::{Rule, Source};
pub use ruleset::RuleSet;
pub use tags::says_cancelled;
pub use trace::{Evidence, Loser, Step, Trace, Why};
pub use words::{Title, Words, caseless};

use crate::model::{Class, Event, Marked};
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use std::sync::Arc;

/// What a predicate sees: one instance of an event.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub event: &'a Event,
    /// The instance's start, local.
    pub start: DateTime<Tz>,
    /// Its whole length, not cut at midnight or at a week's edge.
    pub length: TimeDelta,
    pub all_day: bool,
    pub people: &'a People,
    /// What the user said of it.
    pub marked: Option<&'a Marked>,
}

/// What an event counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// `Strategy` or `Execution`; never `Unclassified`.
    Class(Class),
    /// Left out: private time.
    Ignore,
    /// No class: nothing matched, or a rule keeps the event unclassified.
    None,
}

/// Who decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The user's own word for one instance or for its series.
    Override { series: bool, answer: bool },
    /// A label named in `[labels]`, as it is spelled there.
    Label(Arc<str>),
    /// The rule at this index of [`RuleSet::rules`].
    Rule(usize),
    /// Nothing but who calls it: most of that person's other meetings of the week are of one class.
    Caller,
    /// Nobody.
    Nothing,
}

/// The answer for one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    /// Focus is never a meeting, and counted only if `outcome` is a class; out of office is the user's own absence.
    pub kind: Nature,
    pub theme: Option<Arc<str>>,
    pub by: By,
    /// Sure: a mark, a label, the user's own rule, or a rule of the defaults that is not weak and saw two signs. Otherwise it is
    /// only likely.
    pub sure: bool,
}

impl Decision {
    /// Nothing matched.
    pub const UNCLASSIFIED: Decision =
        Decision { outcome: Outcome::None, kind: Nature::Ordinary, theme: None, by: By::Nothing, sure: false };

    /// `sure` or `likely`; `None` where nothing decided, or to leave it open.
    pub fn certainty(&self) -> Option<&'static str> {
        let open = self.by == By::Nothing || self.outcome == Outcome::None && self.kind == Nature::Ordinary;
        (!open).then_some(if self.sure { "sure" } else { "likely" })
    }

    /// The class the decision counts as; `None` where the event is ignored.
    pub fn class(&self) -> Option<Class> {
        match self.outcome {
            Outcome::Class(class) => Some(class),
            Outcome::None => Some(Class::Unclassified),
            Outcome::Ignore => None,
        }
    }
}
