use super::absence::{Foreign, Nature, foreign};
use super::index::Index;
use super::predicates::Look;
use super::rule::Rule;
use super::trace::{Loser, Step, Trace, Why};
use super::words::{Title, caseless};
use super::{By, Decision, Outcome, Subject};
use crate::model::{Class, Marked, Remarks};
use std::sync::Arc;

/// What `[labels]` says about one label.
#[derive(Debug)]
pub(super) struct Labelled {
    pub name: Arc<str>,
    /// The name as [`caseless`] spells it.
    pub key: String,
    pub line: usize,
    pub outcome: Outcome,
    pub kind: Nature,
    pub theme: Option<Arc<str>>,
}

/// A rules file ready to decide: its own rules first, then the inherited ones.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Rule>,
    labels: Vec<Labelled>,
    index: Index,
    remarks: Remarks,
}

impl RuleSet {
    pub(super) fn new(rules: Vec<Rule>, labels: Vec<Labelled>, remarks: Remarks) -> RuleSet {
        let index = Index::of(&rules);
        RuleSet { rules, labels, index, remarks }
    }

    /// What is odd in the file itself.
    pub fn remarks(&self) -> &Remarks {
        &self.remarks
    }

    /// All rules in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The labels of `[labels]` as they are spelled there, with their lines in the user's own file; 0 for inherited ones.
    pub fn labels(&self) -> impl Iterator<Item = (&str, usize)> {
        self.labels.iter().map(|label| (&*label.name, label.line))
    }

    /// What one instance of an event counts as: what the user said of it first, then a label named in `[labels]`, then the
    /// first rule that matches.
    pub fn decide(&self, subject: &Subject<'_>) -> Decision {
        let decision = self.by_label(subject).unwrap_or_else(|| {
            let title = Title::of(subject.event.summary.as_deref().unwrap_or_default());
            self.first(&Look::new(&title, Some(subject)))
        });
        by_override(subject, &decision).unwrap_or(decision)
    }

    /// What a bare title counts as: nothing else is known, so every predicate but those on the title fails.
    pub fn decide_title(&self, title: &str) -> Decision {
        self.first(&Look::new(&Title::of(title), None))
    }

    /// Every rule that matches, in order, weak ones last; the first one wins.
    pub fn claims(&self, subject: &Subject<'_>) -> Vec<usize> {
        let title = Title::of(subject.event.summary.as_deref().unwrap_or_default());
        let look = Look::new(&title, Some(subject));
        self.index.all(&self.rules, &look)
    }

    /// The decision and why every other rule lost.
    pub fn explain(&self, subject: &Subject<'_>) -> Trace {
        let title = Title::of(subject.event.summary.as_deref().unwrap_or_default());
        let look = Look::new(&title, Some(subject));
        let trace = self.trace(self.by_label(subject), &look);
        match by_override(subject, &trace.decision) {
            Some(decision) => self.beaten(trace, decision, &look),
            None => trace,
        }
    }

    /// The same for a bare title.
    pub fn explain_title(&self, title: &str) -> Trace {
        self.trace(None, &Look::new(&Title::of(title), None))
    }

    fn by_label(&self, subject: &Subject<'_>) -> Option<Decision> {
        if self.labels.is_empty() {
            return None;
        }
        let event = subject.event;
        let meeting = || foreign(event, subject.people) == Some(Foreign::Guests);
        let holds = |label: &&Labelled| label.kind != Nature::OutOfOffice || !meeting();
        let named = |label: &String| {
            let key = caseless(label);
            self.labels.iter().filter(|known| known.key == key).find(holds)
        };
        let label = event.labels.iter().chain(&event.color).find_map(named)?;
        let by = By::Label(label.name.clone());
        Some(Decision { outcome: label.outcome, kind: label.kind, theme: label.theme.clone(), by, sure: true })
    }

    /// A rule for time out of office would hold, did the title not say more: nobody knows whose absence it is.
    pub fn may_be_absence(&self, subject: &Subject<'_>) -> bool {
        let title = Title::of(subject.event.summary.as_deref().unwrap_or_default());
        foreign(subject.event, subject.people).is_none()
            && self.index.refuses(&self.rules, &Look::new(&title, Some(subject)))
    }

    fn first(&self, look: &Look<'_>) -> Decision {
        let winner = self.index.winner(&self.rules, look);
        winner.map_or(Decision::UNCLASSIFIED, |(rule, sure)| self.rules[rule].decision(rule, sure))
    }

    fn trace(&self, label: Option<Decision>, look: &Look<'_>) -> Trace {
        let decision = label.unwrap_or_else(|| self.first(look));
        let winning = if let By::Rule(index) = decision.by { Some(index) } else { None };
        let winner = winning.map(|index| Step {
            rule: index,
            matched: self.rules[index]
                .predicates
                .iter()
                .map(|p| (p.key(), p.is_private(), p.find(look)).into())
                .collect(),
        });
        let losers = self.losers(winning, look);
        Trace { decision, label: None, winner, losers }
    }

    /// The same trace where the user's own word beats what it led to.
    fn beaten(&self, trace: Trace, decision: Decision, look: &Look<'_>) -> Trace {
        let label = if let By::Label(label) = trace.decision.by { Some(label) } else { None };
        Trace { decision, label, winner: None, losers: self.losers(None, look) }
    }

    fn losers(&self, winning: Option<usize>, look: &Look<'_>) -> Vec<Loser> {
        let rules = (0..self.rules.len()).filter(|index| Some(*index) != winning);
        let mut losers: Vec<Loser> = rules
            .map(|rule| {
                let why = self.why(rule, look);
                let near =
                    matches!(why, Why::Unless(_) | Why::NotMine(_)) || self.rules[rule].asks_for_word_of(look.title);
                Loser { rule, why, near }
            })
            .collect();
        for matching in [Why::Later, Why::Weak] {
            if let Some(next) = losers.iter_mut().find(|loser| loser.why == matching) {
                next.near = true;
                break;
            }
        }
        losers
    }

    fn why(&self, rule: usize, look: &Look<'_>) -> Why {
        let rule = &self.rules[rule];
        if let Some((predicate, found)) = rule.failure(look) {
            return Why::Failed((predicate.key(), predicate.is_private(), found).into());
        }
        match rule.exclusion(look) {
            Some((predicate, found)) => Why::Unless((predicate.key(), predicate.is_private(), found).into()),
            None => match rule.refusal(look) {
                Some(found) => Why::NotMine(("kind", true, found).into()),
                None if rule.weak => Why::Weak,
                None => Why::Later,
            },
        }
    }
}

/// What the user said decides class and theme; what kind of time it is stays true.
fn by_override(subject: &Subject<'_>, otherwise: &Decision) -> Option<Decision> {
    let Marked { word, series, .. } = subject.marked?;
    let outcome = match word.class {
        Some(Class::Unclassified) => Outcome::None,
        Some(class) => Outcome::Class(class),
        None => Outcome::Ignore,
    };
    let by = By::Override { series: *series, answer: word.answer };
    Some(Decision { outcome, kind: otherwise.kind, theme: word.theme.clone(), by, sure: true })
}
