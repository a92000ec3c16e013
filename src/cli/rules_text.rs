//! What `rules check` and `rules diff` word alike.

use crate::classify::Rule;
use crate::model::{Exact, Preferences, Week};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::ops::Range;

/// The last twelve complete weeks.
pub fn twelve_weeks(wishes: &Preferences, now: DateTime<Utc>) -> Vec<Week> {
    let this = Week::of(wishes.zones.date_of(now), wishes.week_start);
    (1..=12).rev().map(|back| this.plus(-back)).collect()
}

/// Decimal hours to a tenth.
pub fn hours(seconds: &Exact) -> String {
    tenths(seconds.tenths())
}

/// Tenths of an hour, which are not negative, as decimal hours.
pub fn tenths(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `~/.config/vantage/rules.toml:12`.
pub fn place(rule: &Rule) -> String {
    format!("{}:{}", rule.source.name, rule.line)
}

/// A rule by its name and place.
pub fn rule_json(rule: &Rule) -> Value {
    json!({ "rule": &*rule.name, "file": rule.source.name, "line": rule.line })
}

/// Where line `line` of `text`, counted from 1, stands.
pub fn span(text: &str, line: usize) -> Range<usize> {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start..start + text[start..].lines().next().map_or(0, str::len)
}
