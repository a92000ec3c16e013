//! What `vantage rules suggest` prints.

use crate::analyze::suggest::{Coverage, Evidence, Suggestion, Suggestions, word};
use crate::classify::Outcome;
use crate::cli::language::Offer;
use crate::diagnostic::plain;
use crate::model::{Class, Exact, count};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::fmt::Write;

/// Letters of a title that are shown.
const TITLE: usize = 80;

fn percent(permille: i64) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

fn hours(seconds: &Exact) -> String {
    format!("{}.{} h", seconds.tenths() / 10, seconds.tenths() % 10)
}

fn meetings(n: usize) -> String {
    count(n, "meeting")
}

/// `coverage 23.9 % → 41.8 % (+17.9 points)`.
pub(super) fn change(before: &Coverage, after: &Coverage) -> String {
    let points = after.permille() - before.permille();
    let (sign, points) = (if points < 0 { "−" } else { "+" }, points.abs());
    let (from, to) = (percent(before.permille()), percent(after.permille()));
    format!("coverage {from} → {to} ({sign}{}.{} points)", points / 10, points % 10)
}

/// What is classified, and what cannot be.
pub(super) fn heading(found: &Suggestions, (first, last): (NaiveDate, NaiveDate)) -> String {
    let open = &found.before.counted - &found.before.classified;
    let mut text = format!(
        "# {first} to {last}: coverage {} of {} counted, {} unclassified\n",
        percent(found.before.permille()),
        hours(&found.before.counted),
        hours(&open)
    );
    let (count, seconds) = &found.unnamed;
    if *count > 0 {
        text += &format!(
            "# {} of it in {}, private or without a title, which no rule can name\n",
            hours(seconds),
            meetings(*count)
        );
    }
    if found.list.is_empty() && found.more == 0 {
        text += "# there is nothing to suggest\n";
    }
    text
}

/// All suggestions as a rules file.
pub(super) fn text_of(found: &Suggestions, days: (NaiveDate, NaiveDate)) -> String {
    let mut text = heading(found, days);
    for suggestion in &found.list {
        text += "\n";
        text += &block(suggestion, &suggestion.before, &suggestion.after);
    }
    if found.more > 0 {
        let _ = writeln!(text, "\n# and {} more; `--top {}` shows all", found.more, found.more + found.list.len());
    }
    text
}

fn evidence(e: &Evidence) -> String {
    let range = |(low, high): (i64, i64), noun| match low == high {
        true => count(low, noun),
        false => format!("{low} to {}", count(high, noun)),
    };
    let people = e.people.map(|(low, high)| format!(", {}", range((low as i64, high as i64), "person")));
    let people = people.unwrap_or_else(|| ", people unknown".into());
    let recurring = if e.recurring { ", recurring" } else { "" };
    let external = if e.external == Some(true) { ", with guests from outside" } else { "" };
    format!(
        "{}, {}, {}{people}{recurring}{external}",
        meetings(e.meetings),
        hours(&e.hours),
        range(e.minutes, "minute")
    )
}

/// One suggestion: what speaks for it as comments, and its rule; a comment too where the class is left to the reader.
pub(super) fn block(suggestion: &Suggestion, before: &Coverage, after: &Coverage) -> String {
    let (s, mut text) = (suggestion, String::new());
    let titles = match s.titles {
        0 | 1 => String::new(),
        2 => " and another title".into(),
        n => format!(" and {} more titles", n - 1),
    };
    let title: String = plain(&s.title).chars().take(TITLE).collect();
    let _ = writeln!(text, "# \"{title}\"{titles}: {}", evidence(&s.evidence));
    match s.proposal.outcome {
        Some(outcome) => {
            let theme = s.proposal.theme.as_ref().map(|theme| format!(" ({theme})")).unwrap_or_default();
            let _ = writeln!(text, "# proposed: {}{theme}: {}", word(outcome), s.proposal.why);
        }
        None => {
            let _ = writeln!(text, "# no proposal: {}; with either class:", s.proposal.why);
        }
    }
    let _ = writeln!(text, "# {}", change(before, after));
    if s.moves > 0 {
        let _ = writeln!(text, "# it would decide {} otherwise than now", meetings(s.moves));
    }
    match s.proposal.outcome {
        Some(outcome) => text += &s.toml(outcome),
        None => {
            for line in s.toml(Outcome::Class(Class::Strategy)).lines() {
                let line =
                    if line.starts_with("class = ") { "class = \"\"  # strategy, execution or ignore" } else { line };
                let _ = writeln!(text, "# {line}");
            }
        }
    }
    text
}

/// What is written into the rules: the rule under its reason.
pub(super) fn commented(s: &Suggestion, outcome: Outcome) -> String {
    let why = if s.proposal.outcome == Some(outcome) { format!(", {}", s.proposal.why) } else { String::new() };
    format!("# {}{why}\n{}", evidence(&s.evidence), s.toml(outcome))
}

/// All of it for programs.
pub(super) fn json_of(found: &Suggestions, offer: Option<&Offer>, (first, last): (NaiveDate, NaiveDate)) -> String {
    let share = |c: &Coverage| c.classified.over(&c.counted).map(|share| share.to_f64());
    let mut suggestions: Vec<Value> = Vec::new();
    for s in &found.list {
        let e = &s.evidence;
        suggestions.push(json!({
            "name": s.name, "title": s.title, "titles": s.titles,
            "class": s.proposal.outcome.map(word), "theme": s.proposal.theme, "why": s.proposal.why,
            "meetings": e.meetings, "hours": e.hours.in_hours(), "people": e.people.map(|(low, high)| [low, high]),
            "minutes": [e.minutes.0, e.minutes.1], "recurring": e.recurring, "external": e.external,
            "coverage": share(&s.after), "points": (s.after.permille() - s.before.permille()) as f64 / 10.0,
            "takes": s.moves, "toml": s.proposal.outcome.map(|outcome| s.toml(outcome)),
        }));
    }
    let value = json!({
        "language": offer.map(|offer| {
            json!({ "name": offer.language.name, "pack": offer.language.pack, "coverage": share(&offer.after) })
        }),
        "from": first, "to": last, "counted": found.before.counted.in_hours(), "coverage": share(&found.before),
        "suggestions": suggestions, "more": found.more,
        "unnamed": { "meetings": found.unnamed.0, "hours": found.unnamed.1.in_hours() },
    });
    format!("{value}\n")
}
