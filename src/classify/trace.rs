//! Why a decision came out as it did.

use super::Decision;
use super::predicates::Finding;
use std::sync::Arc;

/// A decision with its reasons. Rules are named by their index in [`super::RuleSet::rules`], where name, file and line
/// stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub decision: Decision,
    /// A label named in `[labels]` that lost to the user's own word.
    pub label: Option<Arc<str>>,
    /// The rule that won; `None` where the user, a label or nothing decided.
    pub winner: Option<Step>,
    /// All others, in file order.
    pub losers: Vec<Loser>,
}

/// The winning rule with what each of its predicates matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub rule: usize,
    pub matched: Vec<Evidence>,
}

/// A rule that lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loser {
    pub rule: usize,
    pub why: Why,
    /// It came near: it asks for a word of the title, `unless` took it back, or it would win without the winner.
    pub near: bool,
}

/// Why a rule lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The first predicate that did not hold, and the value seen.
    Failed(Evidence),
    /// All predicates held, and so did `unless`, by this.
    Unless(Evidence),
    /// It is about the user's absence, and this is none: the reason, and the words that say so.
    NotMine(Evidence),
    /// It matches too, but something above it won.
    Later,
    /// It matches, but it is weak, and another matches that is not, or a weak one above it.
    Weak,
}

/// What one predicate asked and saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The predicate's key.
    pub predicate: &'static str,
    /// The pattern that matched, or all that was asked for, as written in the rules.
    pub wanted: String,
    /// What matched, or what was there instead; `None` once hidden.
    pub seen: Option<String>,
    private: bool,
}

impl From<(&'static str, bool, Finding)> for Evidence {
    fn from((predicate, private, found): (&'static str, bool, Finding)) -> Evidence {
        Evidence { predicate, wanted: found.wanted, seen: Some(found.seen), private }
    }
}

impl Trace {
    /// Without any text of the event: for private events only the patterns are named.
    pub fn without_text(mut self) -> Trace {
        let losing = self.losers.iter_mut().filter_map(|loser| match &mut loser.why {
            Why::Failed(evidence) | Why::Unless(evidence) | Why::NotMine(evidence) => Some(evidence),
            Why::Later | Why::Weak => None,
        });
        let winning = self.winner.iter_mut().flat_map(|step| &mut step.matched);
        for evidence in winning.chain(losing).filter(|evidence| evidence.private) {
            evidence.seen = None;
        }
        self
    }
}
