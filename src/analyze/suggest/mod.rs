//! Which rules would classify most of what no rule classifies, and what each would add.

mod pattern;
mod propose;

pub use propose::Proposal;

use super::{Analysis, Row};
use crate::classify::{By, People, RuleSet, append, parse};
use crate::model::{Class, Exact, Instance, Interval, Mistake, Preferences};
use pattern::Fold;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Most patterns of one rule.
const MOST: usize = 20;

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
    /// Meetings elsewhere that the rule would take from another decision.
    pub moves: usize,
    condition: String,
}

impl Suggestion {
    /// The rule as TOML with `class`; the proposed theme goes only with the proposed class.
    pub fn toml(&self, class: Class) -> String {
        let theme = self.proposal.theme.filter(|_| self.proposal.class == Some(class));
        let theme = theme.map(|theme| format!("theme = {}\n", quoted(theme))).unwrap_or_default();
        format!("[[rule]]\nname = {}\nclass = \"{}\"\n{theme}{}", quoted(&self.name), class.name(), self.condition)
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
        let names = pattern::names(self.instances);
        // Left open by the user's own word: no rule added here would be asked.
        let settled = |by: &By| match by {
            By::Rule(rule) => !rules.rules()[*rule].source.inherited,
            By::Label(_) | By::Override { .. } => true,
            By::Nothing => false,
        };
        let (groups, unnamed) = groups(&rows, &names, &settled);
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
            // A rule of the user's goes before the inherited ones: where its words take other meetings from them, the
            // rule asks for the whole title instead.
            let mut effect = self.effect(&suggestion, &accepted, group, &rows)?;
            if effect.1 > 0 {
                let words = suggestion.condition;
                suggestion.condition = condition("title_regex", &group.folds, Fold::whole, suggestion.proposal.two);
                let whole = self.effect(&suggestion, &accepted, group, &rows)?;
                // An expression sees the title as it is written, and may miss what the words find.
                match whole.0.classified > reached.classified {
                    true => effect = whole,
                    false => suggestion.condition = words,
                }
            }
            if effect.0.classified <= reached.classified {
                continue;
            }
            suggestion.before = reached.clone();
            (suggestion.after, suggestion.moves) = effect;
            // Where the class is left to the reader, the next ones do not build on it.
            if let Some(class) = suggestion.proposal.class {
                accepted += &format!("{}\n", suggestion.toml(class));
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
        Analysis::new(self.instances.to_vec(), rules, self.people, self.wishes)
    }

    /// Really classifies everything anew: the coverage, and how many meetings the rule takes from other decisions.
    fn effect(
        &self,
        suggestion: &Suggestion,
        accepted: &str,
        group: &Group,
        before: &[Row<'_>],
    ) -> Result<(Coverage, usize), (String, Vec<Mistake>)> {
        let set = self.with(&format!("{accepted}{}", suggestion.toml(any_class(suggestion))))?;
        let own = By::Rule(set.rules().iter().filter(|rule| !rule.source.inherited).count().saturating_sub(1));
        let analysis = self.analysis(&set);
        let rows = analysis.rows(self.window);
        // Both lists hold the same meetings in the same order; unclassified ones elsewhere are welcome.
        let taken = |i: &usize| {
            let open = before[*i].judged.class() == Some(Class::Unclassified);
            rows[*i].judged.decision.by == own && !open && !group.rows.contains(i)
        };
        Ok((coverage(&rows), (0..rows.len()).filter(taken).count()))
    }

    fn suggestion(&self, group: &Group, rows: &[Row<'_>], taken: &mut HashSet<String>) -> Suggestion {
        let meetings: Vec<_> = group.rows.iter().map(|&i| rows[i].judged).collect();
        let proposal = propose::propose(&group.key, &meetings, self.people);
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
            condition: condition("title", &group.folds, Fold::phrase, proposal.two),
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

/// The class by which a rule is tried: the coverage is the same for both.
fn any_class(suggestion: &Suggestion) -> Class {
    suggestion.proposal.class.unwrap_or(Class::Execution)
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

/// Unclassified meetings of one kind.
struct Group {
    key: String,
    folds: Vec<Fold>,
    titles: BTreeSet<String>,
    /// Places among the rows.
    rows: Vec<usize>,
    hours: Exact,
}

/// Groups of the same series or the same folded title, most hours first; and what has no title that may be told.
/// What is `settled` is left alone.
fn groups(rows: &[Row<'_>], names: &HashSet<String>, settled: &dyn Fn(&By) -> bool) -> (Vec<Group>, (usize, Exact)) {
    let mut unnamed = (0, Exact::default());
    // By its first row; joined where a series was renamed.
    let mut leaders: Vec<usize> = (0..rows.len()).collect();
    let mut folds: BTreeMap<usize, Fold> = BTreeMap::new();
    let (mut series, mut keys) = (HashMap::new(), HashMap::new());
    for (i, row) in rows.iter().enumerate() {
        let j = row.judged;
        if j.class() != Some(Class::Unclassified) || row.counted.is_zero() || settled(&j.decision.by) {
            continue;
        }
        let summary = j.instance.event.summary.as_deref().filter(|_| !j.private() && !j.instance.event.free_busy_only);
        let Some(fold) = summary.and_then(|title| Fold::of(title, names)) else {
            unnamed = (unnamed.0 + 1, unnamed.1 + row.counted.clone());
            continue;
        };
        let first = [*series.entry(j.series()).or_insert(i), *keys.entry(fold.key.clone()).or_insert(i)];
        let first = first.map(|row| leader(&leaders, row));
        let (low, high) = (first[0].min(first[1]), first[0].max(first[1]));
        leaders[high] = low;
        leaders[i] = low;
        folds.insert(i, fold);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (i, fold) in folds {
        let group = groups.entry(leader(&leaders, i)).or_insert_with(|| Group {
            key: fold.key.clone(),
            folds: Vec::new(),
            titles: BTreeSet::new(),
            rows: Vec::new(),
            hours: Exact::default(),
        });
        group.rows.push(i);
        group.hours += &rows[i].counted;
        group.titles.extend(rows[i].judged.title());
        if !group.folds.contains(&fold) {
            group.folds.push(fold);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| (&b.hours, &a.key).cmp(&(&a.hours, &b.key)));
    (groups, unnamed)
}

fn leader(leaders: &[usize], mut row: usize) -> usize {
    while leaders[row] != row {
        row = leaders[row];
    }
    row
}

fn condition(predicate: &str, folds: &[Fold], pattern: fn(&Fold) -> String, two: bool) -> String {
    let patterns: BTreeSet<String> = folds.iter().map(pattern).collect();
    let patterns: Vec<String> = patterns.iter().take(MOST).map(|pattern| quoted(pattern)).collect();
    let two = if two { "attendees = 2\n" } else { "" };
    format!("{predicate} = [{}]\n{two}", patterns.join(", "))
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
