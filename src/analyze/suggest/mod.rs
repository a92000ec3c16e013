//! Which rules would classify most of what no rule classifies, and what each would add.

mod condition;
mod group;
mod lore;
mod pattern;
mod propose;

pub use propose::Proposal;

use super::judge::settled;
use super::{Analysis, Row};
use crate::classify::{By, Outcome, People, RuleSet, append, parse};
use crate::model::{Class, Exact, Instance, Interval, Mistake, Preferences};
use group::{Group, groups};
use lore::{Lore, Seen};
use std::collections::HashSet;

/// What suggestions are made from.
pub struct Ground<'a> {
    /// Instances that cover `window`.
    pub instances: &'a [Instance],
    pub window: Interval,
    pub people: &'a People,
    pub wishes: &'a Preferences,
    /// The rules file as it is shown.
    pub file: &'a str,
    /// Its text; it must hold no mistake.
    pub text: &'a str,
}

/// Counted time and how much of it is classified, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub counted: Exact,
    pub classified: Exact,
}

impl Coverage {
    /// What nothing classifies.
    pub fn open(&self) -> Exact {
        &self.counted - &self.classified
    }

    /// The classified share in tenths of a percent, as it is shown; 0 where nothing is counted.
    pub fn permille(&self) -> i64 {
        self.classified.over(&self.counted).map_or(0, |share| share.in_units(&Exact::new(1, 1000)))
    }
}

/// What speaks for or against a proposal.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub meetings: usize,
    /// Counted time in seconds.
    pub hours: Exact,
    /// Fewest and most people; `None` where they are not known.
    pub people: Option<(usize, usize)>,
    /// All of them belong to a series.
    pub recurring: bool,
    /// Shortest and longest, in minutes.
    pub minutes: (i64, i64),
    /// Somebody outside `my_domains` takes part; `None` where that is not known.
    pub external: Option<bool>,
}

/// One kind of meeting with the rule that would classify it.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What the rule is called.
    pub name: String,
    /// One of the titles, never of a private event.
    pub title: String,
    /// How many different titles there are.
    pub titles: usize,
    pub proposal: Proposal,
    pub evidence: Evidence,
    /// Coverage with all rules before it that have a class.
    pub before: Coverage,
    /// The same with this rule too, whichever of the two classes it is given.
    pub after: Coverage,
    /// Meetings elsewhere that the rule would decide otherwise than they are.
    pub moves: usize,
    condition: String,
}

impl Suggestion {
    /// The rule as TOML with `outcome`; the proposed theme goes only with the proposed class.
    pub fn toml(&self, outcome: Outcome) -> String {
        let theme = self.proposal.theme.as_ref().filter(|_| self.proposal.outcome == Some(outcome));
        let theme = theme.map(|theme| format!("theme = {}\n", quoted(theme))).unwrap_or_default();
        format!("[[rule]]\nname = {}\nclass = \"{}\"\n{theme}{}", quoted(&self.name), word(outcome), self.condition)
    }
}

/// What a rule calls it.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Class(class) => class.name(),
        Outcome::Ignore => "ignore",
        Outcome::None => Class::Unclassified.name(),
    }
}

/// What is found in a window.
#[derive(Clone, Debug)]
pub struct Suggestions {
    pub before: Coverage,
    pub list: Vec<Suggestion>,
    /// Kinds of meetings that were not asked for.
    pub more: usize,
    /// Unclassified meetings that no rule can name by title, being private or without one, and their seconds.
    pub unnamed: (usize, Exact),
}

impl Ground<'_> {
    /// The coverage with `rules` (TOML) after those of the file.
    ///
    /// # Errors
    /// As [`append`].
    pub fn coverage(&self, rules: &str) -> Result<Coverage, (String, Vec<Mistake>)> {
        let set = self.with(rules)?;
        Ok(coverage(&self.analysis(&set).rows(self.window)))
    }

    /// The `top` kinds of unclassified meetings with most hours, each with a rule.
    ///
    /// # Errors
    /// As [`append`]: no suggestion of its own causes one.
    pub fn suggest(&self, top: usize) -> Result<Suggestions, (String, Vec<Mistake>)> {
        let rules = self.with("")?;
        let analysis = self.analysis(&rules);
        let rows = analysis.rows(self.window);
        let names = pattern::names(self.instances, self.people);
        let seen: Vec<Option<Seen>> = rows.iter().map(|row| Seen::of(row.judged, &names, self.people)).collect();
        // Left open by the user's own word: no rule added here would be asked.
        let settled = |by: &By| settled(by, &rules);
        let (groups, unnamed) = groups(&rows, &seen, &Lore::of(&rows, &seen), &settled);
        let mut taken: HashSet<String> =
            rules.rules().iter().filter(|r| !r.source.inherited).map(|r| r.name.to_string()).collect();
        let mut accepted = String::new();
        let mut list: Vec<Suggestion> = Vec::new();
        let (before, mut asked) = (coverage(&rows), 0);
        let mut reached = before.clone();
        for group in &groups {
            if list.len() == top {
                break;
            }
            asked += 1;
            let mut suggestion = self.suggestion(group, &rows, &mut taken);
            let Some(effect) = self.choose(&mut suggestion, &reached, &accepted, group, (&rows, &seen))? else {
                continue;
            };
            suggestion.before = reached.clone();
            (suggestion.after, suggestion.moves) = (effect.after, effect.moves);
            // Where the class is left to the reader, the next ones do not build on it.
            if let Some(outcome) = suggestion.proposal.outcome {
                accepted += &format!("{}\n", suggestion.toml(outcome));
                reached = suggestion.after.clone();
            }
            list.push(suggestion);
        }
        Ok(Suggestions { before, more: groups.len() - asked, list, unnamed })
    }

    fn with(&self, rules: &str) -> Result<RuleSet, (String, Vec<Mistake>)> {
        let groups: Vec<&str> = self.people.groups.keys().map(String::as_str).collect();
        if rules.is_empty() {
            return parse(self.file, self.text, &groups).map_err(|mistakes| (self.text.to_owned(), mistakes));
        }
        append(self.file, self.text, rules, &groups).map(|(_, set)| set)
    }

    fn analysis(&self, rules: &RuleSet) -> Analysis<'_> {
        Analysis::by_rules(self.instances.to_vec(), rules, self.people, self.wishes)
    }

    fn suggestion(&self, group: &Group, rows: &[Row<'_>], taken: &mut HashSet<String>) -> Suggestion {
        let meetings: Vec<_> = group.rows.iter().map(|&i| rows[i].judged).collect();
        let proposal = propose::propose(group, &meetings, self.people);
        let heads: Option<Vec<usize>> =
            meetings.iter().map(|j| Some(self.people.people(&j.instance.event)?.len().max(1))).collect();
        let minutes: Vec<i64> = meetings.iter().map(|j| j.interval.length().num_minutes()).collect();
        let span = |all: &[i64]| (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
        let everybody = || meetings.iter().flat_map(|j| self.people.people(&j.instance.event).unwrap_or_default());
        let external = heads.is_some() && !self.people.domains.is_empty();
        let external = external.then(|| everybody().any(|a| self.people.is_internal(a) == Some(false)));
        Suggestion {
            name: unique(&group.key, taken),
            title: group.titles.first().cloned().unwrap_or_default(),
            titles: group.titles.len(),
            condition: String::new(),
            proposal,
            evidence: Evidence {
                meetings: meetings.len(),
                hours: group.hours.clone(),
                people: heads.and_then(|heads| Some((*heads.iter().min()?, *heads.iter().max()?))),
                recurring: meetings.iter().all(|j| j.instance.event.recurring),
                minutes: span(&minutes),
                external,
            },
            before: Coverage::default(),
            after: Coverage::default(),
            moves: 0,
        }
    }
}

fn coverage(rows: &[Row<'_>]) -> Coverage {
    let mut coverage = Coverage::default();
    for row in rows {
        match row.judged.class() {
            Some(Class::Unclassified) => coverage.counted += &row.counted,
            Some(_) => {
                coverage.counted += &row.counted;
                coverage.classified += &row.counted;
            }
            None => {}
        }
    }
    coverage
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The key with a capital letter; numbered where a rule of that name exists.
fn unique(key: &str, taken: &mut HashSet<String>) -> String {
    let mut letters = key.chars();
    let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).take(60).collect();
    let numbered = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name} ({n})") });
    let name = numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or(name.clone());
    taken.insert(name.clone());
    name
}
