//! What `rules check` and `rules diff` word alike.

use crate::classify::Rule;
use crate::model::{Exact, Preferences, Week};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::ops::Range;

/// The last twelve complete weeks.
pub(super) fn twelve_weeks(wishes: &Preferences, now: DateTime<Utc>) -> Vec<Week> {
    let this = Week::of(wishes.zones.date_of(now), wishes.week_start);
    (1..=12).rev().map(|back| this.plus(-back)).collect()
}

/// Decimal hours to a tenth.
pub(super) fn hours(seconds: &Exact) -> String {
    tenths(seconds.tenths())
}

/// Tenths of an hour, which are not negative, as decimal hours.
pub(super) fn tenths(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `~/.config/vantage/rules.toml:12`.
pub(super) fn place(rule: &Rule) -> String {
    format!("{}:{}", rule.source.name, rule.line)
}

/// A rule by its name and place.
pub(super) fn rule_json(rule: &Rule) -> Value {
    json!({ "rule": &*rule.name, "file": rule.source.name, "line": rule.line })
}

/// Where each line of `text` stands.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let line = |whole: &str| {
        start += whole.len();
        start - whole.len()..start - whole.len() + whole.trim_end_matches(['\r', '\n']).len()
    };
    text.split_inclusive('\n').map(line).collect()
}
