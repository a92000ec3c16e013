//! The meetings of a week that are worth a look.

use super::super::find;
use crate::analyze::judge::subject;
use crate::analyze::report::Reason;
use crate::analyze::{Analysis, Judged, Verdict};
use crate::classify::{By, Outcome, RuleSet, Subject, Title};
use crate::cli::context::Setup;
use crate::model::{Class, Interval, Slot};
use chrono::TimeDelta;
use std::cmp::Reverse;

/// A series needs so many other meetings before one is measured against them.
const USUAL: usize = 3;

const LONG: &str = "longer than 16 h, so left out; an answer counts it in the working hours that nothing else holds";

/// A meeting to ask about.
pub struct Item {
    pub id: String,
    /// `None` where it has no UID, and cannot be marked.
    pub slot: Option<Slot>,
    pub recurring: bool,
    pub private: bool,
    pub summary: String,
    /// The line of its own rule in the user's file, before which a rule must stand to beat it.
    pub line: Option<usize>,
    /// What a person sees.
    pub text: String,
}

/// The events of `week` that are too long to count unasked and its unclassified meetings, then the surprising ones, the longest first. Surprising is what a rule decided,
/// where a rule of the other class matches too (unless the first one names the whole title), or where most of the other meetings of its series in the twelve weeks count
/// as the other class. What the user marked is neither.
pub fn queue(analysis: &Analysis<'_>, setup: &Setup, week: Interval, show_private: bool) -> Vec<Item> {
    let mut found: Vec<(bool, Reverse<TimeDelta>, &Judged, String)> = Vec::new();
    for j in analysis.judged().iter().filter(|j| j.touches(&week)) {
        let why = match (&j.decision.by, j.class()) {
            _ if j.verdict == Verdict::LeftOut(Reason::Long) => LONG.to_string(),
            (By::Override { .. }, _) | (_, None) => continue,
            (By::Nothing, Some(_)) => "no rule matched".to_string(),
            (_, Some(Class::Unclassified)) => "a rule or a label keeps it so".to_string(),
            (By::Rule(_), Some(class)) => match surprise(analysis, j, class, setup) {
                Some(why) => why,
                None => continue,
            },
            _ => continue,
        };
        let classed = !matches!(j.class(), None | Some(Class::Unclassified));
        found.push((classed, Reverse(j.interval.length()), j, why));
    }
    found.sort_by_key(|(classed, length, j, _)| (*classed, *length, j.interval.start));
    found.into_iter().map(|(_, _, j, why)| item(j, &why, setup, show_private)).collect()
}

fn other(class: Class) -> Class {
    if class == Class::Strategy { Class::Execution } else { Class::Strategy }
}

fn surprise(analysis: &Analysis<'_>, j: &Judged, class: Class, setup: &Setup) -> Option<String> {
    let (rules, other) = (setup.rules.rules(), other(class));
    let seen = subject(&j.instance, j.interval, &setup.config.people, &setup.wishes.zones);
    let against = setup.rules.matching(&seen).into_iter().find(|rule| rules[*rule].outcome == Outcome::Class(other));
    if let (Some(against), By::Rule(won)) = (against, &j.decision.by)
        && !names_it(&seen, &setup.rules)
    {
        let (won, against) = (&rules[*won].name, &rules[against].name);
        return Some(format!("`{won}` decided, but `{against}` says {} and comes later", other.name()));
    }
    let series = |k: &&Judged| j.instance.event.recurring && k.series() == j.series() && !std::ptr::eq(*k, j);
    let classes: Vec<Class> = analysis.judged().iter().filter(series).filter_map(Judged::class).collect();
    let against = classes.iter().filter(|class| **class == other).count();
    (classes.len() >= USUAL && against * 2 > classes.len())
        .then(|| format!("{against} of the {} other meetings of its series are {}", classes.len(), other.name()))
}

/// The rule that decided names the whole title: somebody meant it.
fn names_it(seen: &Subject<'_>, rules: &RuleSet) -> bool {
    let words = Title::of(seen.event.summary.as_deref().unwrap_or_default()).words;
    let whole = words.text();
    let matched = rules.explain(seen).winner.into_iter().flat_map(|step| step.matched);
    matched.into_iter().any(|e| e.predicate == "title" && e.seen.as_deref() == Some(whole))
}

fn item(j: &Judged, why: &str, setup: &Setup, show_private: bool) -> Item {
    let (event, zones) = (&j.instance.event, &setup.wishes.zones);
    let tenths = j.interval.length().num_minutes() as f64 / 60.0;
    let people = match j.heads(&setup.config.people) {
        Some(1) => "1 person".to_string(),
        Some(n) => format!("{n} people"),
        None => "people unknown".to_string(),
    };
    let series = if event.recurring { ", a series" } else { "" };
    let class = match j.verdict {
        Verdict::Counted(class) => class.name(),
        _ => "not counted",
    };
    Item {
        id: find::id(&j.instance),
        slot: Slot::of(&j.instance),
        recurring: event.recurring,
        private: j.private() && !show_private,
        summary: event.summary.clone().unwrap_or_default(),
        line: own_line(&setup.rules, &j.decision.by),
        text: format!(
            "{}  {}  {tenths:.1} h, {people}{series}\n  {class}: {why}\n",
            find::when(j, zones),
            find::title(j, show_private)
        ),
    }
}

/// Where the rule that decided stands, if it is in the user's own file.
fn own_line(rules: &RuleSet, by: &By) -> Option<usize> {
    let By::Rule(index) = by else { return None };
    let rule = &rules.rules()[*index];
    (!rule.source.inherited).then_some(rule.line)
}
