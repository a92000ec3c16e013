//! What a changed rule costs: 50,000 events (twenty years) classified anew by 200 rules, on one core. Figures belong with
//! the machine's name.

#![allow(clippy::pedantic, clippy::unwrap_used, unreachable_pub, reason = "nobody calls a bench")]
#![allow(clippy::print_stdout, reason = "a figure to read")]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Berlin;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use vantage::classify::{People, RuleSet, Subject, parse};
use vantage::model::*;

const EVENTS: usize = 50_000;
const RULES: usize = 200;
const WORDS: [&str; 25] = [
    "roadmap",
    "standup",
    "pricing",
    "triage",
    "vision",
    "release",
    "budget",
    "interview",
    "board",
    "retro",
    "falcon",
    "kestrel",
    "osprey",
    "heron",
    "review",
    "sync",
    "planning",
    "strategy",
    "team",
    "weekly",
    "kickoff",
    "market",
    "design",
    "support",
    "notes",
];

fn address(text: String) -> Address {
    Address::parse(&text).unwrap()
}

/// Every event has a title and a room of its own; a tenth of the titles are not ASCII.
fn event(i: usize, calendar: &Arc<Calendar>) -> Event {
    let word = |n: usize| WORDS[(i * 7 + i / 25 * n + n * 11) % WORDS.len()];
    let dash = if i.is_multiple_of(10) { "–" } else { "-" };
    let line = |n: usize| Attendee {
        address: address(format!("p{}@{}.example", (i * 3 + n * 17) % 900, if n == 3 { "acme" } else { "home" })),
        name: None,
        kind: AttendeeKind::Person,
        answer: Answer::Accepted,
        optional: false,
        is_me: n == 0,
    };
    Event {
        uid: Uid(format!("{i}@bench").into()),
        calendar: calendar.clone(),
        summary: Some(format!("{} {} {dash} {} {i}", word(1), word(2), word(3))),
        description: Some(format!("Agenda: {} and {}", word(4), word(5))),
        location: Some("Room 4".into()),
        organizer: Some(address(format!("p{}@home.example", i % 900))),
        attendees: Attendees::Known((0..1 + i % 9).map(line).collect()),
        recurring: i.is_multiple_of(3),
        line: 1,
        ..Event::default()
    }
}

/// Of the kinds that people write: most ask for words, every tenth for an expression, some for people or time besides.
fn rules() -> RuleSet {
    let rule = |i: usize| {
        let (a, b) = (WORDS[i % 25], WORDS[(i / 25 * 3 + i) % 25]);
        let what = match i % 10 {
            0 => format!("title_regex = '(?i)\\b{a} {b} \\d*{i}$'"),
            1 => format!("title = [\"{a} {b}\"]\nattendees = \"3..5\""),
            2 => format!("title = [\"{a} * {b}\"]\nwith = \"acme.example\""),
            3 => format!("with = \"p{i}@home.example\"\nattendees = 2"),
            4 => format!("title = [\"{a}*\"]\nduration = \">={}m\"\nweekday = \"fri\"", 60 + i),
            _ => format!("title = [\"{a} {i}\", \"{b} of {a}\", \"{a}x{i}\"]\nunless = {{ title = [\"{b} {a}\"] }}"),
        };
        format!("[[rule]]\nname = \"{i}\"\nclass = \"execution\"\n{what}\n")
    };
    parse("rules.toml", &(0..RULES).map(rule).collect::<String>(), &[]).unwrap()
}

fn reclassify(c: &mut Criterion) {
    let calendar = Arc::new(Calendar { name: "Work".into(), ..Calendar::default() });
    let events: Vec<Event> = (0..EVENTS).map(|i| event(i, &calendar)).collect();
    let first: DateTime<Utc> = Utc.with_ymd_and_hms(2006, 1, 2, 8, 0, 0).unwrap();
    let starts: Vec<_> =
        (0..EVENTS as i64).map(|i| (first + TimeDelta::minutes(i * 210)).with_timezone(&Berlin)).collect();
    let people = People {
        me: vec![address("p0@home.example".into())],
        domains: vec!["home.example".into()],
        ..People::default()
    };
    let rules = rules();
    assert_eq!(rules.rules().len(), RULES);
    let decide = || {
        let subjects = events.iter().zip(&starts).map(|(event, start)| Subject {
            event,
            start: *start,
            length: TimeDelta::minutes(60),
            all_day: false,
            people: &people,
            marked: None,
        });
        subjects.filter(|subject| rules.decide(black_box(subject)).class() == Some(Class::Execution)).count()
    };
    println!("{} of {EVENTS} events are matched by a rule", decide());
    let mut group = c.benchmark_group("twenty years");
    group.sample_size(10);
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function("reclassify 50,000 events, 200 rules", |b| b.iter(decide));
    group.finish();
}

criterion_group!(benches, reclassify);
criterion_main!(benches);
