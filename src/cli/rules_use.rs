//! The rules in force and what they did in the last twelve weeks: what `rules check`, `list` and `show` look at.

use super::Files;
use super::context::{Setup, Talk, now};
use super::rules_text::twelve_weeks;
use crate::analyze::Analysis;
use crate::analyze::usage::Usage;
use crate::classify::{Nature, Outcome, Rule, caseless};
use crate::diagnostic::Failure;
use crate::model::{Interval, Week};
use std::collections::BTreeSet;

/// Rules and their use.
pub(super) struct InUse {
    pub setup: Setup,
    pub usage: Usage,
    pub weeks: Vec<Week>,
    /// Nothing happened in these weeks, or nobody knows.
    pub empty: bool,
    /// The labels and colours of all events, as [`caseless`] spells them.
    pub labels: BTreeSet<String>,
    /// Why no calendar was read.
    pub nothing: Option<Failure>,
}

impl InUse {
    /// Reads rules and calendars. Without `given` ones a missing calendar is no failure.
    ///
    /// # Errors
    /// See [`Setup::load`], and with `given` ones [`Setup::instances`].
    pub(super) fn read(files: &Files, given: &[String], talk: &Talk) -> Result<InUse, Failure> {
        let mut setup = Setup::load(files, talk)?;
        let now = now()?;
        let weeks = twelve_weeks(&setup.wishes, now);
        let zones = setup.wishes.zones.clone();
        let window = Interval::new(zones.week(weeks[0]).start, zones.week(weeks[weeks.len() - 1]).end);
        let (instances, nothing) = match setup.instances(given, window, now, talk) {
            Ok(instances) => (instances, None),
            Err(failure) if given.is_empty() => (Vec::new(), Some(failure)),
            Err(failure) => return Err(failure),
        };
        let analysis = Analysis::by_rules(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let rows = analysis.rows(window);
        let usage = Usage::of(&rows, &setup.rules, analysis.people(), &zones, &window);
        let empty = rows.is_empty();
        let labels = rows.iter().flat_map(|row| {
            let event = &row.judged.instance.event;
            event.labels.iter().chain(&event.color).map(|label| caseless(label))
        });
        let labels = labels.collect();
        Ok(InUse { setup, usage, weeks, empty, labels, nothing })
    }
}

/// What a rule makes of a meeting, in a word.
pub(super) fn class(rule: &Rule) -> &'static str {
    match rule.outcome {
        _ if rule.kind == Nature::OutOfOffice => "out-of-office",
        Outcome::Class(class) => class.name(),
        Outcome::Ignore => "ignore",
        Outcome::None if rule.kind == Nature::Focus => "focus",
        Outcome::None => "unclassified",
    }
}
