//! A rules file as a whole: `[[rule]]`, `[labels]`, `extends`.

use super::Outcome;
use super::absence::Nature;
use super::doubts;
use super::predicates::{PREDICATES, Predicate};
use super::reader::Reader;
use super::rule::{Rule, Source};
use super::ruleset::{Labelled, RuleSet};
use super::words::caseless;
use crate::model::{Class, Mistake, Value};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// The rules that ship with the program: what `extends` can name, and the text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("default", include_str!("../../config/rules.toml")),
    ("de", include_str!("../../config/rules-de.toml")),
    ("fr", include_str!("../../config/rules-fr.toml")),
    ("es", include_str!("../../config/rules-es.toml")),
    ("pt", include_str!("../../config/rules-pt.toml")),
];

/// Groups that may be named without being defined; an undefined one is empty.
pub const KNOWN_GROUPS: &[&str] = &["reports", "peers", "leaders", "customers"];

/// The rules that apply where the user has none.
///
/// # Panics
/// If the built-in rules hold a mistake, which a test rules out.
pub fn defaults() -> RuleSet {
    match parse("rules.toml", "extends = \"default\"", &[]) {
        Ok(rules) => rules,
        Err(mistakes) => panic!("the built-in rules hold mistakes: {mistakes:?}"),
    }
}

/// Reads a rules file with all that it inherits. `file` is the name shown with each rule, `groups` are the names that
/// `@group` may take besides [`KNOWN_GROUPS`].
///
/// # Errors
/// Every mistake of the file, in its order.
pub fn parse(file: &str, text: &str, groups: &[&str]) -> Result<RuleSet, Vec<Mistake>> {
    let groups: Vec<&str> = groups.iter().map(|g| g.trim_start_matches('@')).collect();
    let mut reader = Reader::new(text, &groups);
    let own = read(&mut reader, Source { name: file.into(), inherited: false, text: text.into() });
    let (own, remarks) = reader.finish(own)?;
    let (mut rules, mut labels) = (own.rules, own.labels);
    let mut extends = own.extends;
    // A pack knows its language better, so the default rules are asked last.
    extends.sort_by_key(|(name, _)| *name == BUILTIN[0].0);
    for (name, text) in extends {
        let mut reader = Reader::new(text, &groups);
        let pack = {
            let name = format!("built-in rules `{name}`");
            read(&mut reader, Source { name, inherited: true, text: text.into() })
        };
        let (pack, _) = reader.finish(pack)?;
        rules.extend(pack.rules);
        // Of those no line of the user's own file tells.
        labels.extend(pack.labels.into_iter().map(|label| Labelled { line: 0, ..label }));
    }
    Ok(RuleSet::new(rules, labels, remarks))
}

#[derive(Default)]
struct Read {
    rules: Vec<Rule>,
    labels: Vec<Labelled>,
    extends: Vec<(&'static str, &'static str)>,
}

fn read(reader: &mut Reader<'_>, source: Source) -> Read {
    let source = Arc::new(source);
    let table = reader.top();
    let mut read = Read::default();
    for (key, value) in table.get_ref() {
        reader.at("");
        match key.get_ref().as_ref() {
            "rule" => read.rules = rules(reader, value, &source),
            "labels" => read.labels = labels(reader, value),
            "extends" => read.extends = extends(reader, value),
            unknown => reader.unknown(key.span(), unknown, "key", ["rule", "labels", "extends"]),
        }
    }
    read
}

fn extends(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<(&'static str, &'static str)> {
    let read = reader.each(value, "extends", "the name of built-in rules or a list of names", |reader, name, span| {
        let found = BUILTIN.iter().find(|(known, _)| *known == name);
        if found.is_none() {
            reader.unknown(span, name, "set of built-in rules", BUILTIN.iter().map(|(known, _)| *known));
        }
        found.copied()
    });
    read.unwrap_or_default()
}

fn rules(reader: &mut Reader<'_>, value: &Value<'_>, source: &Arc<Source>) -> Vec<Rule> {
    let Some(items) = value.get_ref().as_array() else {
        reader
            .mistake(value.span(), "`rule` is one table, but a list of them was expected", "expected `[[rule]]`")
            .with_help("write `[[rule]]` with two brackets on each side");
        return Vec::new();
    };
    let starts: Vec<usize> = items.iter().map(|item| item.span().start).collect();
    let mut names = BTreeSet::new();
    let mut rules = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        reader.at(format!("rule {}", index + 1));
        let Some(table) = item.get_ref().as_table() else {
            reader.wrong_type(item, "rule", "a table");
            continue;
        };
        let end = starts.get(index + 1).copied().unwrap_or(usize::MAX);
        // Where a line could not be read, what seems missing may stand on it.
        let whole = !reader.is_broken(starts[index]..end);
        rules.extend(rule(reader, index, item.span(), table, source, whole, &mut names));
    }
    rules
}

fn rule(
    reader: &mut Reader<'_>,
    index: usize,
    header: Range<usize>,
    table: &DeTable<'_>,
    source: &Arc<Source>,
    whole: bool,
    names: &mut BTreeSet<String>,
) -> Option<Rule> {
    let before = reader.count();
    let mut name = format!("rule {}", index + 1);
    if let Some(value) = table.get("name")
        && let Some(text) = reader.text(value, "name")
    {
        reader.at(format!("rule {} `{text}`", index + 1));
        if !names.insert(text.to_owned()) {
            reader
                .mistake(value.span(), "an earlier rule has the same name", "name used twice")
                .with_help("give it a name of its own: `explain` tells rules apart by it");
        }
        name = text.to_owned();
    }
    let known: Vec<&str> = ["name", "class", "theme", "kind", "weak", "unless"].into_iter().chain(keys()).collect();
    for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
        reader.unknown(key.span(), key.get_ref(), "key", known.iter().copied());
    }
    let what = outcome(reader, table, &header, whole);
    let predicates = predicates(reader, table);
    let unless = unless(reader, table);
    doubts::about_title(reader, table, &unless);
    let weak = table.get("weak").is_some_and(|value| reader.flag(value, "weak") == Some(true));
    if !keys().any(|key| table.contains_key(key)) && whole && reader.count() == before {
        reader
            .mistake(header.clone(), "it asks for nothing, so it would match every event", "no predicate")
            .with_help("add one, such as `title = [\"roadmap\"]`");
    }
    let (outcome, kind, theme) = what?;
    let line = reader.line(header.start);
    let rule = Rule { name: name.into(), outcome, kind, weak, theme, source: source.clone(), line, predicates, unless };
    (reader.count() == before).then_some(rule)
}

fn keys() -> impl Iterator<Item = &'static str> {
    PREDICATES.iter().map(|kind| kind.key)
}

/// In the order of the registry, so that cheap questions come first.
fn predicates(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Box<dyn Predicate>> {
    let given = PREDICATES.iter().filter_map(|kind| table.get(kind.key).map(|value| (kind, value)));
    given.filter_map(|(kind, value)| (kind.parse)(reader, value)).collect()
}

fn unless(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Vec<Box<dyn Predicate>>> {
    let Some(value) = table.get("unless") else { return Vec::new() };
    let items: Vec<&Value<'_>> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut any = Vec::new();
    for item in items {
        let Some(table) = item.get_ref().as_table() else {
            reader.wrong_type(item, "unless", "a table such as `{ title = [\"strategy\"] }`");
            continue;
        };
        let known: Vec<&str> = keys().collect();
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            reader.unknown(key.span(), key.get_ref(), "key", known.iter().copied());
        }
        if table.is_empty() {
            reader
                .mistake(item.span(), "`unless` is empty, so the rule would never match", "no predicate")
                .with_help("name what excludes an event, or take `unless` out");
        }
        any.push(predicates(reader, table));
    }
    any
}

type What = (Outcome, Nature, Option<Arc<str>>);

/// `class`, `kind` and `theme`, of a rule or a label.
fn outcome(reader: &mut Reader<'_>, table: &DeTable<'_>, header: &Range<usize>, whole: bool) -> Option<What> {
    let theme = match table.get("theme") {
        Some(value) => Some(reader.text(value, "theme")?.into()),
        None => None,
    };
    let kind = table.get("kind").map_or(Some(Nature::Ordinary), |value| nature(reader, value))?;
    let Some(value) = table.get("class") else {
        match kind {
            Nature::Focus => return Some((Outcome::None, kind, theme)),
            Nature::OutOfOffice => return Some((Outcome::Ignore, kind, theme)),
            Nature::Ordinary => {}
        }
        if whole {
            reader
                .mistake(header.clone(), "`class` is missing", "no class")
                .with_help("add `class = \"strategy\"`, `\"execution\"` or `\"ignore\"`");
        }
        return None;
    };
    let outcome = class(reader, value)?;
    if kind == Nature::OutOfOffice && outcome != Outcome::Ignore {
        reader
            .mistake(value.span(), "time out of office is in no hours, so it has no class", "expected no class")
            .with_help("take `class` or `kind = \"out-of-office\"` out");
        return None;
    }
    Some((outcome, kind, theme))
}

fn nature(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Nature> {
    reader.one_of(value, "kind", &[("focus", Nature::Focus), ("out-of-office", Nature::OutOfOffice)])
}

fn class(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Outcome> {
    let [strategy, execution] = [Class::Strategy, Class::Execution].map(Outcome::Class);
    let words = [
        ("strategy", strategy),
        ("execution", execution),
        ("ignore", Outcome::Ignore),
        ("unclassified", Outcome::None),
    ];
    reader.one_of(value, "class", &words)
}

fn labels(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Labelled> {
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_type(value, "labels", "a table");
        return Vec::new();
    };
    let (mut labels, mut names) = (Vec::new(), BTreeSet::new());
    for (name, value) in table {
        reader.at(format!("label `{}`", name.get_ref()));
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong_type(value, name.get_ref(), "a table such as `{ class = \"strategy\" }`");
            continue;
        };
        let key = caseless(name.get_ref());
        if !names.insert(key.clone()) {
            reader.mistake(name.span(), "the same label stands here in another letter case", "label named twice");
        }
        for (key, _) in table.iter().filter(|(key, _)| !["class", "theme", "kind"].contains(&key.get_ref().as_ref())) {
            reader.unknown(key.span(), key.get_ref(), "key", ["class", "theme", "kind"]);
        }
        if let Some((outcome, kind, theme)) = outcome(reader, table, &value.span(), true) {
            let (name, line) = (name.get_ref().as_ref().into(), reader.line(name.span().start));
            labels.push(Labelled { name, key, line, outcome, kind, theme });
        }
    }
    labels
}
