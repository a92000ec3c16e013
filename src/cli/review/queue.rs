//! A topic as a question.

use super::super::find;
use crate::analyze::topics::{Doubt, Topic};
use crate::analyze::{Analysis, Judged, Verdict};
use crate::classify::{By, RuleSet};
use crate::cli::context::Setup;
use crate::model::{Class, Override, Slot, count};
use std::sync::Arc;

/// What is asked about.
pub(super) struct Item {
    /// The same after every answer.
    pub key: String,
    /// The id of the meeting that is shown.
    pub id: String,
    /// That one; `None` where it has no UID, and cannot be marked.
    pub slot: Option<Slot>,
    /// All that one answer settles.
    pub slots: Vec<Slot>,
    /// What these are, where there are others than the one that is shown.
    pub others: Option<String>,
    /// Seconds that an answer may be expected to change.
    pub doubtful: f64,
    pub private: bool,
    pub summary: String,
    /// What it counts as now, kept where the answer is the same.
    pub decided: Option<(Class, Option<Arc<str>>)>,
    /// The line of its own rule in the user's file, before which a rule must stand to beat it.
    pub line: Option<usize>,
    /// What a person sees.
    pub text: String,
}

impl Item {
    pub(super) fn new(topic: &Topic<'_>, analysis: &Analysis<'_>, setup: &Setup, show_private: bool) -> Item {
        let (j, event) = (topic.shown, &topic.shown.instance.event);
        let slot = Slot::of(&j.instance);
        let decision = j.left_open.as_ref().unwrap_or(&j.decision);
        let decided = decision.class().filter(|class| *class != Class::Unclassified);
        let class = match j.verdict {
            Verdict::Counted(class) => class.name(),
            _ => "not counted",
        };
        let others = others(topic);
        let of = others.as_ref().map(|others| format!(", {others}, {}", hours(topic.seconds))).unwrap_or_default();
        Item {
            key: format!("{:?}", topic.kind),
            id: find::id(&j.instance),
            slots: topic.slots.clone(),
            doubtful: topic.doubtful,
            private: j.private() && !show_private,
            summary: event.summary.clone().unwrap_or_default(),
            decided: decided.map(|class| (class, decision.theme.clone())),
            line: own_line(&setup.rules, &j.decision.by),
            text: format!("{}{of}\n  {class}: {}\n", about(j, analysis, setup, show_private), why(topic, &setup.rules)),
            others,
            slot,
        }
    }

    /// What an answer says: the theme stays where it confirms the class.
    pub(super) fn word(&self, class: Option<Class>) -> Override {
        let kept = self.decided.as_ref().filter(|(decided, _)| Some(*decided) == class);
        Override { class, theme: kept.and_then(|(_, theme)| theme.clone()), answer: true }
    }
}

/// `2026-11-17 10:00  Zebra hour  1.5 h, 2 people`.
pub(super) fn about(j: &Judged, analysis: &Analysis<'_>, setup: &Setup, show_private: bool) -> String {
    let length = hours(j.interval.length().num_seconds() as f64);
    let people = match j.heads(analysis.people()) {
        Some(n) => count(n, "person"),
        None => "people unknown".to_string(),
    };
    format!("{}  {}  {length}, {people}", find::when(j, &setup.wishes.zones), find::title(j, show_private))
}

fn hours(seconds: f64) -> String {
    format!("{:.1} h", seconds / 3600.0)
}

/// `a series`, `a series of 12`, or `5 of this title`.
fn others(topic: &Topic<'_>) -> Option<String> {
    let series = topic.shown.instance.event.recurring;
    match topic.open.len() {
        1 => series.then(|| "a series".into()),
        many if series => Some(format!("a series of {many}")),
        many => Some(format!("{many} of this title")),
    }
}

fn why(topic: &Topic<'_>, rules: &RuleSet) -> String {
    let name = |rule: usize| &rules.rules()[rule].name;
    let times = |asked: usize, wrong: usize| match wrong {
        0 => String::new(),
        _ => format!(", and {wrong} of {asked} answers about that rule said otherwise"),
    };
    match &topic.doubt {
        Doubt::Open => "no rule matched".into(),
        Doubt::Kept { rule } => format!("`{}` leaves it open", name(*rule)),
        Doubt::LeftOpen { rule, class } => {
            format!("only likely {}, by `{}`", class.name(), name(*rule))
        }
        Doubt::Marked(class) => format!("you marked the same title as {}", class.name()),
        Doubt::Caller { same, of } => {
            format!("no rule matched; {same} of the {of} others by its caller that week are too")
        }
        Doubt::Solo { .. } => "a block of your own that comes again and no rule classes".into(),
        Doubt::Evening { rule } => {
            format!("`{}` decided, but you are alone, outside your working days and hours", name(*rule))
        }
        Doubt::Out { rule } => format!("`{}` leaves it out, but others take part", name(*rule)),
        Doubt::Long => {
            "longer than 16 h, so left out; an answer counts it in the working hours that nothing else holds".into()
        }
        Doubt::Unusual { against, of, class } => {
            format!("{against} of the {of} other meetings of its series are {}", class.name())
        }
        Doubt::Both { won, against, class, .. } => {
            format!("`{}` decided, but `{}` says {} and comes later", name(*won), name(*against), class.name())
        }
        Doubt::Likely { rule, asked, wrong, .. } => {
            format!("`{}` decided, and is only likely{}", name(*rule), times(*asked, *wrong))
        }
        Doubt::Shaken { rule, asked, wrong } => format!("`{}` decided{}", name(*rule), times(*asked, *wrong)),
        Doubt::Sure { rule, .. } => format!("`{}` decided and is sure; asked for its hours alone", name(*rule)),
        Doubt::New { rule } => format!("`{}` decided, and it is new", name(*rule)),
    }
}

/// Where the rule that decided stands, if it is in the user's own file.
fn own_line(rules: &RuleSet, by: &By) -> Option<usize> {
    let By::Rule(index) = by else { return None };
    let rule = &rules.rules()[*index];
    (!rule.source.inherited).then_some(rule.line)
}
