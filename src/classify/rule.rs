use super::absence::{self, Foreign, Nature, foreign};
use super::predicates::{Finding, Look, Predicate};
use super::words::Title;
use super::{By, Decision, Outcome, insert};
use std::ops::Range;
use std::sync::Arc;

/// The text that rules were read from.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as it is shown, such as `~/.config/vantage/rules.toml` or `built-in rules "default"`.
    pub name: String,
    /// Inherited through `extends`.
    pub inherited: bool,
    pub text: Box<str>,
}

/// One rule, read and checked.
#[derive(Debug)]
pub struct Rule {
    pub name: Arc<str>,
    pub outcome: Outcome,
    pub kind: Nature,
    /// It wins only where no other rule matches that is not weak.
    pub weak: bool,
    pub theme: Option<Arc<str>>,
    pub source: Arc<Source>,
    /// Line of its `[[rule]]`, from 1.
    pub line: usize,
    /// All must hold. A `title`, if there is one, comes first.
    pub(super) predicates: Vec<Box<dyn Predicate>>,
    /// None of these may hold as a whole.
    pub(super) unless: Vec<Vec<Box<dyn Predicate>>>,
}

impl Rule {
    /// The first predicate that does not hold, with what it saw.
    pub(super) fn failure(&self, look: &Look<'_>) -> Option<(&dyn Predicate, Finding)> {
        self.predicates.iter().map(|predicate| (&**predicate, predicate.find(look))).find(|(_, found)| !found.holds)
    }

    /// The `unless` that holds, by its first predicate.
    pub(super) fn exclusion(&self, look: &Look<'_>) -> Option<(&dyn Predicate, Finding)> {
        let all = self.unless.iter().find(|all| all.iter().all(|predicate| predicate.holds(look)))?;
        all.first().map(|predicate| (&**predicate, predicate.find(look)))
    }

    /// Its `title` asks for a word of `title` that is more than a form.
    pub(super) fn asks_for_word_of(&self, title: &Title<'_>) -> bool {
        let phrases = self.predicates.first().and_then(|first| first.title_phrases());
        phrases.into_iter().flatten().any(|phrase| phrase.shares(&title.words))
    }

    /// It asks for `key`, in `unless` or outside.
    pub fn asks_for(&self, key: &str) -> bool {
        self.predicates.iter().chain(self.unless.iter().flatten()).any(|predicate| predicate.key() == key)
    }

    /// The rule as it stands in its file.
    pub fn written(&self) -> &str {
        insert::rule_at(&self.source.text, self.line)
    }

    /// It is not about absence, or what it matches is one and no meeting.
    pub(super) fn is_own(&self, look: &Look<'_>) -> bool {
        self.kind != Nature::OutOfOffice || self.refusal(look).is_none()
    }

    /// Why what it matches is no absence, with the words of the title that say so. That of somebody else is one, and takes nothing
    /// from the user.
    pub(super) fn refusal(&self, look: &Look<'_>) -> Option<Finding> {
        if self.kind != Nature::OutOfOffice {
            return None;
        }
        let own = look.subject.map(|subject| (subject.event, subject.people));
        if let Some(foreign @ Foreign::Guests) = own.and_then(|(event, people)| foreign(event, people)) {
            return Some(Finding { holds: false, wanted: foreign.reason().into(), seen: String::new() });
        }
        let mut asks = self.predicates.iter().filter_map(|predicate| predicate.taken(look)).peekable();
        asks.peek()?;
        let taken: Vec<Range<usize>> = asks.flatten().collect();
        let left = absence::remains(look.title, &taken, own);
        let wanted = "the title says more than absence, dates and your name".into();
        (!left.is_empty()).then(|| Finding { holds: false, wanted, seen: left.join(" ") })
    }

    /// What the rule says about an event that it matches; `index` is its place.
    pub(super) fn decision(&self, index: usize, sure: bool) -> Decision {
        Decision { outcome: self.outcome, kind: self.kind, theme: self.theme.clone(), by: By::Rule(index), sure }
    }
}
