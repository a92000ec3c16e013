//! What the rule of a suggestion asks for: the most general words that leave other decisions alone.

use super::super::Row;
use super::group::{Bond, Group};
use super::lore::Seen;
use super::pattern::Fold;
use super::{Coverage, Ground, Proposal, Suggestion, coverage, quoted};
use crate::classify::{By, Outcome};
use crate::model::{Class, Exact, Mistake};
use std::collections::BTreeSet;

/// Most patterns of one rule.
const MOST: usize = 20;

/// What a rule would do.
pub(super) struct Effect {
    pub after: Coverage,
    /// Meetings elsewhere that it would decide otherwise than they are, and all that it would take.
    pub moves: usize,
    touched: usize,
}

impl Ground<'_> {
    /// Gives the rule its condition: the words, if they touch no other decision; else the same as a weak rule, since one of
    /// the user's goes before the inherited ones; else the words if they leave the other classes as they are; else the whole
    /// title. Where nothing does, the words, whatever they take; `None` where nothing is won.
    pub(super) fn choose(
        &self,
        suggestion: &mut Suggestion,
        reached: &Coverage,
        accepted: &str,
        group: &Group,
        (rows, seen): (&[Row<'_>], &[Option<Seen>]),
    ) -> Result<Option<Effect>, (String, Vec<Mistake>)> {
        let folds: Vec<&Fold> = group.rows.iter().filter_map(|&i| Some(&seen[i].as_ref()?.fold)).collect();
        let (words, weak, whole) = conditions(group, &folds, &suggestion.proposal, !self.people.domains.is_empty());
        let mut first: Option<(String, Effect)> = None;
        for (condition, is_weak) in [(words, false), (weak, true), (Some(whole), true)] {
            let Some(condition) = condition else { continue };
            suggestion.condition = condition;
            let effect = self.effect(suggestion, accepted, group, rows)?;
            let won = &reached.open() - &effect.after.open();
            // Half of what the words win is not given up for other decisions.
            let half = first.as_ref().map_or(Exact::default(), |(_, first)| &reached.open() - &first.after.open());
            if won <= Exact::default() || &won + &won < half {
                continue;
            }
            if effect.moves == 0 && (is_weak || effect.touched == 0) {
                return Ok(Some(effect));
            }
            first = first.or(Some((suggestion.condition.clone(), effect)));
            if first.as_ref().is_some_and(|(_, first)| first.moves == 0) && is_weak {
                break;
            }
        }
        Ok(first.map(|(condition, effect)| {
            suggestion.condition = condition;
            effect
        }))
    }

    /// Really classifies everything anew.
    fn effect(
        &self,
        suggestion: &Suggestion,
        accepted: &str,
        group: &Group,
        before: &[Row<'_>],
    ) -> Result<Effect, (String, Vec<Mistake>)> {
        let outcome = suggestion.proposal.outcome.unwrap_or(Outcome::Class(Class::Execution));
        let set = self.with(&format!("{accepted}{}", suggestion.toml(outcome)))?;
        let own = By::Rule(set.rules().iter().filter(|rule| !rule.source.inherited).count().saturating_sub(1));
        let analysis = self.analysis(&set);
        let rows = analysis.rows(self.window);
        // Both lists hold the same meetings in the same order; unclassified ones elsewhere are welcome.
        let elsewhere = |i: &usize| rows[*i].judged.decision.by == own && !group.rows.contains(i);
        let was: Vec<Outcome> = (0..rows.len())
            .filter(elsewhere)
            .map(|i| before[i].judged.decision.outcome)
            .filter(|was| *was != Outcome::None)
            .collect();
        let moves = was.iter().filter(|was| suggestion.proposal.outcome != Some(**was)).count();
        Ok(Effect { after: coverage(&rows), moves, touched: was.len() })
    }
}

/// What the rule may ask for: the words, where there are any that may stand alone, the same as a weak rule, the whole title.
fn conditions(
    group: &Group,
    folds: &[&Fold],
    proposal: &Proposal,
    domains: bool,
) -> (Option<String>, Option<String>, String) {
    let two = if proposal.two { "attendees = 2\n" } else { "" };
    let list = |key: &str, patterns: BTreeSet<String>| {
        let patterns: Vec<String> = patterns.iter().take(MOST).map(|pattern| quoted(pattern)).collect();
        format!("{key} = [{}]\n{two}", patterns.join(", "))
    };
    let phrases: BTreeSet<Option<String>> = folds.iter().map(|fold| fold.phrase()).collect();
    let words = match &group.bond {
        // Without domains nobody is from outside, and the predicate would never hold.
        Bond::Meals(words) => Some(list("title", words.clone()) + if domains { "external = false\n" } else { "" }),
        Bond::Word(word) => Some(list("title", [word.clone()].into())),
        Bond::Person(address) => Some(format!("attendees = 2\nwith = {}\n", quoted(address.as_str()))),
        Bond::Customer(domain) => Some(format!("with = {}\n", quoted(domain))),
        Bond::Title => phrases.iter().cloned().collect::<Option<_>>().map(|phrases| list("title", phrases)),
    };
    let weak = words.as_ref().map(|words| format!("weak = true\n{words}"));
    // One word of one title, for whose class nothing speaks, may mean anything elsewhere.
    let vague = phrases.len() == 1 && proposal.outcome.is_none();
    let strong = match group.bond {
        // Whom one meets says less than any word that a rule knows.
        Bond::Person(_) | Bond::Customer(_) => false,
        Bond::Word(_) => !vague,
        Bond::Title => !vague || phrases.iter().flatten().any(|phrase| phrase.contains(' ')),
        Bond::Meals(_) => true,
    };
    let words = words.filter(|_| strong);
    // An expression sees the title as it is written, and may miss what the words find.
    (words, weak, list("title_regex", folds.iter().map(|fold| fold.whole()).collect()))
}
