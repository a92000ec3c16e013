//! What a rules file with mistakes says: every mistake at once, each at its place.

use vantage::classify::{PREDICATES, parse};

/// `line:column "what the caret marks"`, message, label and help of every mistake.
fn mistakes(text: &str) -> String {
    let Err(mistakes) = parse("rules.toml", text, &["squad"]) else { return "no mistake".into() };
    let shown = mistakes.iter().map(|mistake| {
        let before = &text[..mistake.span.start];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().map_or(0, |rest| rest.chars().count());
        let marked = &text[mistake.span.clone()];
        let help = mistake.help.as_deref().map_or(String::new(), |help| format!("\n  help: {help}"));
        format!("{line}:{column} {marked:?}\n  {}\n  ^ {}{help}\n", mistake.message, mistake.label)
    });
    shown.collect()
}

#[test]
fn a_broken_expression_is_marked_at_the_bracket_itself() {
    let text = "[[rule]]\nname = \"1:1\"\nclass = \"strategy\"\ntitle_regex = '(?i)\\b(1:1|one on one\\b'\n";
    insta::assert_snapshot!(mistakes(text), @r###"
    4:22 "("
      rule 1 `1:1`: the `title_regex` pattern is not a valid regular expression
      ^ unclosed group
      help: close it with `)`, or write `\(` for a literal bracket
    "###);
}

#[test]
fn escapes_before_the_bracket_are_counted() {
    let text = "[[rule]]\nclass = \"strategy\"\ntitle_regex = [\"ok\", \"\\u00e4\\\\b[a-\"]\n";
    insta::assert_snapshot!(mistakes(text), @r###"
    3:32 "["
      rule 1: the `title_regex` pattern is not a valid regular expression
      ^ unclosed character class
      help: close it with `]`, or write `\[` for a literal bracket
    "###);
}

#[test]
fn every_mistake_of_every_rule_is_reported_at_once() {
    let text = r#"
extends = ["defualt"]
rules = 3

[[rule]]
name = "Standups"
class = "execuiton"
titel = ["standup"]

[[rule]]
name = "Standups"
class = "execution"
title = 7
attendees = "many"
weekday = "someday"

[[rule]]
name = "People"
class = "strategy"
with = ["@report", "nobody", "me"]
duration = "90"
time = "8-10"
status = "acepted"
event_type = "focustme"
recurring = "yes"

[[rule]]
name = "Nothing"
class = "strategy"

[[rule]]
title = ["🎂", "roadmap"]
unless = { titles = ["x"] }

[[rule]]
name = "Focus"
kind = "fokus"
title = []

[labels]
"Deep work" = { clas = "strategy" }
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    2:12 "\"defualt\""
      unknown set of built-in rules `defualt`
      ^ not a set of built-in rules
      help: did you mean `default`?
    3:1 "rules"
      unknown key `rules`
      ^ not a key
      help: did you mean `rule`?
    7:9 "\"execuiton\""
      rule 1 `Standups`: unknown class `execuiton`
      ^ not a class
      help: did you mean `execution`?
    8:1 "titel"
      rule 1 `Standups`: unknown key `titel`
      ^ not a key
      help: did you mean `title`?
    11:8 "\"Standups\""
      rule 2 `Standups`: an earlier rule has the same name
      ^ name used twice
      help: give it a name of its own: `explain` tells rules apart by it
    13:9 "7"
      rule 2 `Standups`: `title` must be a text or a list of texts
      ^ this is an integer
    14:13 "\"many\""
      rule 2 `Standups`: `attendees` cannot be read from `many`
      ^ expected a number of people such as `2`, `"3..8"` or `">=10"`
    15:11 "\"someday\""
      rule 2 `Standups`: `someday` is not a day of the week
      ^ expected a day
      help: write it like `monday`, `mon` or `mon-fri`
    20:9 "\"@report\""
      rule 3 `People`: there is no group `@report`
      ^ unknown group
      help: write `@reports`, or define `report` under `[people]`
    20:20 "\"nobody\""
      rule 3 `People`: `nobody` names nobody
      ^ expected an address, a domain or an `@group`
      help: write it like `"ada@example.com"`, `"example.com"` or `"@reports"`
    20:30 "\"me\""
      rule 3 `People`: `with` asks for somebody besides you
      ^ expected an address, a domain or an `@group`
      help: leave it out, or ask `organizer = "me"`
    21:12 "\"90\""
      rule 3 `People`: `duration` cannot be read from `90`
      ^ expected a length such as `"30m"`, `"30m..1h"` or `">=90m"`
    22:8 "\"8-10\""
      rule 3 `People`: `8-10` is not a stretch of the day
      ^ expected two times
      help: write it like `08:00-10:00`
    23:10 "\"acepted\""
      rule 3 `People`: unknown answer `acepted`
      ^ not an answer
      help: did you mean `accepted`?
    24:14 "\"focustme\""
      rule 3 `People`: unknown event type `focustme`
      ^ not an event type
      help: did you mean `focusTime`?
    25:13 "\"yes\""
      rule 3 `People`: `recurring` must be `true` or `false`
      ^ this is a text
    27:1 "[[rule]]"
      rule 4 `Nothing`: it asks for nothing, so it would match every event
      ^ no predicate
      help: add one, such as `title = ["roadmap"]`
    31:1 "[[rule]]"
      rule 5: `class` is missing
      ^ no class
      help: add `class = "strategy"`, `"execution"` or `"ignore"`
    33:12 "titles"
      rule 5: unknown key `titles`
      ^ not a key
      help: did you mean `title`?
    37:8 "\"fokus\""
      rule 6 `Focus`: unknown kind `fokus`
      ^ not a kind
      help: did you mean `focus`?
    38:9 "[]"
      rule 6 `Focus`: `title` is an empty list, which never matches
      ^ expected a text or a list of texts
      help: name at least one, or take `title` out
    41:15 "{ clas = \"strategy\" }"
      label `Deep work`: `class` is missing
      ^ no class
      help: add `class = "strategy"`, `"execution"` or `"ignore"`
    41:17 "clas"
      label `Deep work`: unknown key `clas`
      ^ not a key
      help: did you mean `class`?
    "#);
}

#[test]
fn broken_toml_hides_nothing_else() {
    let text = "[[rule]]\nname = \"A\"\nclass = \ntitle = [\"x\"]\n\n[[rule]]\nname = \"B\"\nclass = \"strategi\"\ntitle = [\"y\"]\n";
    insta::assert_snapshot!(mistakes(text), @r#"
    3:9 ""
      this is not TOML: string values must be quoted, expected literal string
      ^ cannot be read
    8:9 "\"strategi\""
      rule 2 `B`: unknown class `strategi`
      ^ not a class
      help: did you mean `strategy`?
    "#);
}

#[test]
fn a_table_where_a_list_is_meant() {
    insta::assert_snapshot!(mistakes("[rule]\ntitle = \"x\"\n"), @r###"
    1:1 "[rule]"
      `rule` is one table, but a list of them was expected
      ^ expected `[[rule]]`
      help: write `[[rule]]` with two brackets on each side
    "###);
}

#[test]
fn an_expression_that_is_too_large() {
    let text = "[[rule]]\nclass = \"strategy\"\ntitle_regex = '(\\w{500}){500}'\n";
    insta::assert_snapshot!(mistakes(text), @r###"
    3:15 "'(\\w{500}){500}'"
      rule 1: the `title_regex` pattern cannot be compiled
      ^ needs more than 1024 kB
      help: write a smaller count in `{…}`, or several rules
    "###);
}

#[test]
fn an_empty_file_and_every_example_are_right() {
    assert_eq!(mistakes(""), "no mistake");
    for kind in PREDICATES {
        let text = format!("[[rule]]\nclass = \"strategy\"\n{}\nunless = {{ {} }}\n", kind.example, kind.example);
        assert_eq!(mistakes(&text), "no mistake", "{}", kind.key);
        assert!(kind.example.starts_with(kind.key));
    }
    let known =
        "[[rule]]\nclass = \"strategy\"\nwith = [\"@reports\", \"@peers\", \"@leaders\", \"@customers\", \"@squad\"]\n";
    assert_eq!(mistakes(known), "no mistake");
}
