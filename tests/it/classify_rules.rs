//! How rules decide: each predicate on both sides, precedence, traces, and the index against the plain loop.

#![allow(clippy::print_stdout, reason = "a figure to read")]

use chrono::{DateTime, TimeDelta, TimeZone};
use chrono_tz::Europe::Berlin;
use chrono_tz::Tz;
use proptest::prelude::*;
use std::sync::Arc;
use vantage::classify::{By, Nature, Outcome, PREDICATES, People, RuleSet, Subject, Why, parse};
use vantage::model::*;

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn attendee(text: &str) -> Attendee {
    let kind = if text.starts_with("room") { AttendeeKind::Resource } else { AttendeeKind::Person };
    Attendee { address: address(text), name: None, kind, answer: Answer::Accepted, optional: false, is_me: false }
}

fn event(summary: &str, attendees: &[&str]) -> Event {
    Event {
        uid: Uid("1".into()),
        calendar: Arc::new(Calendar { name: "Work".into(), ..Calendar::default() }),
        summary: Some(summary.into()),
        description: Some("Agenda: roadmap dates".into()),
        location: Some("Board room 4".into()),
        organizer: Some(address("ada@example.com")),
        attendees: Attendees::Known(attendees.iter().map(|a| attendee(a)).collect()),
        labels: vec!["Deep Work".into()],
        color: Some("tomato".into()),
        recurring: true,
        line: 1,
        ..Event::default()
    }
}

fn people() -> People {
    People {
        me: vec![address("ada@example.com"), address("ada@old.example")],
        domains: vec!["example.com".into()],
        groups: [("reports".into(), vec![address("jonas@example.com")])].into(),
        ..People::default()
    }
}

/// Thursday.
fn start() -> DateTime<Tz> {
    Berlin.with_ymd_and_hms(2026, 8, 6, 9, 0, 0).unwrap()
}

fn subject<'a>(event: &'a Event, people: &'a People) -> Subject<'a> {
    Subject { event, start: start(), length: TimeDelta::minutes(90), all_day: false, people, marked: None }
}

fn rules(text: &str) -> RuleSet {
    parse("rules.toml", text, &[]).expect("rules without mistakes")
}

fn matches(event: &Event, predicate: &str) -> bool {
    let rules = rules(&format!("[[rule]]\nclass = \"strategy\"\n{predicate}\n"));
    rules.decide(&subject(event, &people())).outcome == Outcome::Class(Class::Strategy)
}

#[test]
fn every_predicate_holds_and_fails() {
    let event =
        event("Product sync", &["ada@example.com", "jonas@example.com", "bo@mail.partner.org", "room1@example.com"]);
    let holds = [
        "title = \"product sync\"",
        "title_regex = '^Product'",
        "description = \"roadmap\"",
        "location = \"board room\"",
        "organizer = \"me\"",
        "organizer = [\"x@y.z\", \"example.com\"]",
        "with = \"@reports\"",
        "with = \"partner.org\"",
        "with = \"Bo@mail.partner.org\"",
        "attendees = 3",
        "attendees = [2, \">=3\"]",
        "external = true",
        "duration = \">=1h30m\"",
        "duration = \"30m..2h\"",
        "recurring = true",
        "calendar = \"work\"",
        "color = \"Tomato\"",
        "label = \"deep work\"",
        "event_type = \"default\"",
        "weekday = \"mon-fri\"",
        "weekday = \"sat-thu\"",
        "time = \"09:00-10:00\"",
        "time = \"22:00-09:01\"",
        "status = \"accepted\"",
        "optional = false",
        "named = false",
    ];
    let fails = [
        "title = \"prod\"",
        "title_regex = 'product'",
        "description = \"road\"",
        "location = \"zoom\"",
        "organizer = \"jonas@example.com\"",
        "with = \"@peers\"",
        "with = \"ada@example.com\"",
        "with = \"artner.org\"",
        "attendees = \"4..\"",
        "external = false",
        "duration = \"<90m\"",
        "recurring = false",
        "calendar = \"side\"",
        "color = \"blue\"",
        "label = \"deep\"",
        "event_type = \"focusTime\"",
        "weekday = [\"monday\", \"fri-sun\"]",
        "time = \"08:00-09:00\"",
        "status = [\"declined\", \"tentative\"]",
        "optional = true",
        "named = true",
    ];
    for key in PREDICATES.iter().map(|kind| kind.key) {
        let asked = |predicates: &[&str]| predicates.iter().any(|predicate| predicate.split(' ').next() == Some(key));
        assert!(asked(&holds) && asked(&fails), "`{key}` is not tried here");
    }
    for predicate in holds {
        assert!(matches(&event, predicate), "{predicate}");
        assert!(!matches(&event, &format!("title = \"*\"\nunless = {{ {predicate} }}")), "unless {predicate}");
    }
    for predicate in fails {
        assert!(!matches(&event, predicate), "{predicate}");
    }
    assert!(matches(&event, "recurring = true\nunless = { title = \"sync\", recurring = false }"));
    assert!(!matches(&event, "recurring = true\nunless = [{ recurring = false }, { title = \"sync\" }]"));
}

#[test]
fn nothing_about_people_holds_where_they_are_unknown() {
    let event = Event { attendees: Attendees::Unknown, ..event("Sync", &[]) };
    for predicate in ["attendees = \">=1\"", "with = \"example.com\"", "external = false", "status = \"accepted\""] {
        assert!(!matches(&event, predicate), "{predicate}");
    }
    assert_eq!(people().people(&event), None);
    assert!(!people().is_solo(&event));
}

#[test]
fn people_are_counted_once() {
    let mine = ["ada@example.com", "ada@old.example", "room1@example.com", "jonas@example.com", "jonas@example.com"];
    assert_eq!(people().people(&event("x", &mine)).map(|p| p.len()), Some(2));
    assert!(people().is_solo(&event("x", &[])));
    assert!(people().is_solo(&event("x", &["ada@old.example", "room1@example.com"])));
    let foreign = Event { organizer: Some(address("bo@example.com")), ..event("x", &[]) };
    assert!(!people().is_solo(&foreign));
    assert!(People::default().is_solo(&foreign));
    let flagged = Event {
        attendees: Attendees::Known(vec![Attendee {
            is_me: true,
            answer: Answer::Tentative,
            ..attendee("z@example.com")
        }]),
        ..event("x", &[])
    };
    assert_eq!(people().my_answer(&flagged), Some(Answer::Tentative));
    assert!(!people().is_me(&flagged, &address("ada@example.com")));
    // Whom the source marks stands for the user in the count, too.
    let flagged = Event { organizer: None, ..flagged };
    assert_eq!(people().people(&flagged).map(|p| p.len()), Some(1));
    assert!(people().is_solo(&flagged));
}

#[test]
fn the_owner_of_an_accounts_own_calendar_is_me_beside_my_addresses() {
    let work = |primary| {
        let owner = Some(address("ada@work.example"));
        let calendar = Arc::new(Calendar { primary, owner, ..Calendar::default() });
        Event { calendar, organizer: Some(address("ada@work.example")), ..event("x", &[]) }
    };
    assert!(people().is_solo(&work(true)));
    assert!(!people().is_solo(&work(false)));
    assert!(people().is_me(&work(true), &address("ada@old.example")));
}

#[test]
fn an_incomplete_list_answers_for_me_and_for_nobody_else() {
    let mine = Attendee { answer: Answer::Declined, optional: true, ..attendee("ada@example.com") };
    let list = vec![mine, attendee("jonas@example.com")];
    let event = Event { attendees: Attendees::Partial(list), ..event("Sync", &[]) };
    for predicate in ["attendees = \">=1\"", "with = \"@reports\"", "external = false", "status = \"accepted\""] {
        assert!(!matches(&event, predicate), "{predicate}");
    }
    assert!(matches(&event, "status = \"declined\"\noptional = true\norganizer = \"me\""));
    assert_eq!(people().my_answer(&event), Some(Answer::Declined));
    assert_eq!(people().people(&event), None);
    assert!(!people().is_solo(&event));
}

#[test]
fn a_color_is_asked_for_by_name_number_or_shade() {
    for (color, predicate, holds) in [
        ("tomato", "color = \"11\"", true),
        ("tomato", "color = \"#D50000\"", true),
        ("#dc2127", "color = \"Tomato\"", true),
        ("plum", "color = \"Plum\"", true),
        ("basil", "color = [\"11\", \"#123456\"]", false),
    ] {
        let event = Event { color: Some(color.into()), ..event("Sync", &[]) };
        assert_eq!(matches(&event, predicate), holds, "{color}, {predicate}");
    }
}

#[test]
fn a_description_is_asked_without_its_tags() {
    let event = Event { description: Some("<b>road</b>map<br>R&amp;D".into()), ..event("Sync", &[]) };
    assert!(matches(&event, "description = [\"roadmap r&d\"]"));
    assert!(!matches(&event, "description = [\"br\", \"amp\"]"));
}

const THREE: &str = r#"
extends = "default"
[[rule]]
name = "Mine"
class = "execution"
theme = "Own"
title = "strategy"
[[rule]]
name = "Quiet"
kind = "focus"
title = "quiet"
[[rule]]
name = "Never"
class = "strategy"
title = "strategy"
unless = { title = "product" }
[labels]
"deep work" = { class = "strategy", theme = "Thinking" }
"#;

#[test]
fn labels_beat_rules_and_own_rules_beat_inherited_ones() {
    let rules = rules(THREE);
    let people = people();
    let labelled = event("Product strategy", &[]);
    let decision = rules.decide(&subject(&labelled, &people));
    assert_eq!((decision.by, decision.theme.as_deref()), (By::Label("deep work".into()), Some("Thinking")));
    let plain = Event { labels: vec![], ..labelled };
    let decision = rules.decide(&subject(&plain, &people));
    assert_eq!((decision.by, decision.outcome), (By::Rule(0), Outcome::Class(Class::Execution)));
    let quiet = Event { summary: Some("Quiet hour".into()), ..plain.clone() };
    let decision = rules.decide(&subject(&quiet, &people));
    assert!(decision.kind == Nature::Focus && decision.outcome == Outcome::None);
    let untitled = Event { summary: None, ..plain };
    assert_eq!(rules.decide(&subject(&untitled, &people)).by, By::Nothing);
    assert!(rules.rules()[3].source.inherited && !rules.rules()[0].source.inherited);
    assert_eq!((rules.rules()[0].line, rules.rules()[1].line), (3, 8));
}

#[test]
fn a_trace_says_why_each_rule_won_or_lost() {
    let (rules, people) = (rules(THREE), people());
    let event = Event { labels: vec![], ..event("Product strategy", &[]) };
    let trace = rules.explain(&subject(&event, &people));
    let winner = trace.winner.as_ref().expect("a winner");
    assert_eq!((winner.rule, winner.matched[0].wanted.as_str()), (0, "strategy"));
    assert_eq!(winner.matched[0].seen.as_deref(), Some("strategy"));
    let why = |rule: usize| trace.losers.iter().find(|l| l.rule == rule).map(|l| l.why.clone());
    assert!(
        matches!(why(1), Some(Why::Failed(e)) if e.predicate == "title" && e.seen.as_deref() == Some("Product strategy"))
    );
    assert!(matches!(why(2), Some(Why::Unless(e)) if e.wanted == "product"));
    assert!(trace.losers.iter().any(|l| l.why == Why::Later));
    assert_eq!(trace.losers.len() + 1, rules.rules().len());
    assert_eq!(rules.claims(&subject(&event, &people))[0], 0);
    let hidden = format!("{:?}", trace.without_text());
    assert!(!hidden.contains("Product strategy") && hidden.contains("\"strategy\""));
}

const MIXED: &str = r#"
[[rule]]
class = "strategy"
title = ["a b", "c*", "*d", "* e"]
[[rule]]
class = "execution"
weak = true
title = "a"
[[rule]]
class = "execution"
title_regex = ['(?i)^B', '\bä']
[[rule]]
class = "ignore"
title = ["b", "1:1", "a*c d"]
unless = [{ title = "a" }, { title_regex = '^c' }]
[[rule]]
class = "strategy"
recurring = true
unless = { title = ["a", "d"] }
"#;

proptest! {
    #[test]
    fn the_index_agrees_with_the_plain_loop(words in prop::collection::vec("[abcdeäB]{1,3}|1:1|[-/:]", 0..6)) {
        let rules = rules(MIXED);
        let (title, people) = (words.join(" "), people());
        let event = event(&title, &[]);
        let subject = subject(&event, &people);
        let trace = rules.explain(&subject);
        let later = trace.losers.iter().filter(|loser| matches!(loser.why, Why::Later | Why::Weak)).map(|loser| loser.rule);
        let mut plain: Vec<usize> = trace.winner.iter().map(|step| step.rule).chain(later).collect();
        plain.sort_by_key(|rule| (rules.rules()[*rule].weak, *rule));
        let by = plain.first().map_or(By::Nothing, |rule| By::Rule(*rule));
        prop_assert_eq!(&rules.decide(&subject).by, &by);
        prop_assert_eq!(&trace.decision.by, &by);
        prop_assert_eq!(rules.claims(&subject), plain);
    }

    #[test]
    fn any_rules_file_is_read_or_refused(text in "(\\[\\[rule\\]\\]\n|class = \"strategy\"\n|title = |\"a\"\n|title_regex = |'\\(|'\n|\\[|\\]|unless = \\{|\\}|\n|ä){0,12}") {
        if let Err(mistakes) = parse("rules.toml", &text, &[]) {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(text.get(mistake.span.clone()).is_some(), "{mistake:?}");
            }
        }
    }
}

#[test]
#[ignore = "measures; run with --release"]
fn titles_a_second() {
    let rules = vantage::classify::defaults();
    let text = std::env::var("TITLES").ok().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let titles: Vec<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
    let before = std::time::Instant::now();
    let (mut count, mut classed) = (0u32, 0u32);
    while before.elapsed().as_secs() < 2 {
        for title in &titles {
            count += 1;
            classed += u32::from(rules.decide_title(title).by != By::Nothing);
        }
    }
    println!("{:.2} M titles/s, {classed} of {count}", f64::from(count) / before.elapsed().as_secs_f64() / 1e6);
}
