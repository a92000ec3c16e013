//! What is fuzzed. Each target takes any bytes; nothing of it may panic, hang or contradict itself. `cargo fuzz` drives them with
//! new bytes; an ordinary test (`tests/it/fuzz.rs`) gives them every file of `fuzz/corpus`, so that CI needs no nightly.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use vantage::analyze::Analysis;
use vantage::chart::{Painter, Style, weekly};
use vantage::classify::{People, RuleSet, Title, defaults, parse};
use vantage::config::Config;
use vantage::daemon::{Answer, Request};
use vantage::diagnostic::Failure;
use vantage::model::{Address, Answer as Reply, Attendee, AttendeeKind, Attendees};
use vantage::model::{Calendar, Event, Instance, Interval, Mistake, Original, Span, Told, Uid, Week, Weekday};
use vantage::source::google;
use vantage::{ical, kinds};

/// A target takes bytes and panics where something is wrong.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its corpus.
pub const TARGETS: [(&str, Target); 8] = [
    ("calendar", calendar),
    ("recurrence", recurrence),
    ("rules", rules),
    ("config", config),
    ("title", title),
    ("google", google_item),
    ("wire", wire),
    ("chart", chart),
];

const SOURCE: ical::Source =
    ical::Source { source: "fuzz", stem: "fuzz", folder: "", told: Told { attendees: false, answers: false } };

static DEFAULTS: LazyLock<RuleSet> = LazyLock::new(defaults);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// The instances of a text in a window, each at its place; all of them overlap it or fill a slot in it.
fn expanded(text: &[u8], window: Interval) -> BTreeSet<String> {
    let mut problems = Vec::new();
    let instances = ical::read(text, &SOURCE).instances(window, Berlin, &mut problems);
    let told = |one: &Instance| format!("{} {:?} {:?} {}", one.event.uid, one.span, one.original, one.event.line);
    for one in &instances {
        if let Span::Timed(span) = one.span {
            assert!(span.start <= span.end, "{}", told(one));
        }
    }
    problems.iter().for_each(|problem| assert!(!problem.message.is_empty()));
    let inside = |one: &&Instance| matches!(one.span, Span::Timed(span) if span.intersection(&window).is_some());
    instances.iter().filter(inside).map(told).collect()
}

/// A file of any encoding and quality.
pub fn calendar(data: &[u8]) {
    let window = Interval::new(at("2026-11-16T00:00:00Z"), at("2026-11-23T00:00:00Z"));
    assert_eq!(expanded(data, window), expanded(data, window), "the same text says the same");
    let entries = ical::entries(data);
    let says: usize = ical::contents(entries.iter()).len();
    assert!(says <= entries.len());
    ical::extent(data);
    ical::home_zone(data);
}

/// One series by lines of its own: what lies in a week lies in the month around it, too.
pub fn recurrence(data: &[u8]) {
    let lines = String::from_utf8_lossy(data).replace("BEGIN", "").replace("END", "");
    let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:x\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    let week = Interval::new(at("2026-11-16T00:00:00Z"), at("2026-11-23T00:00:00Z"));
    let month = Interval::new(at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let (few, many) = (expanded(text.as_bytes(), week), expanded(text.as_bytes(), month));
    assert!(few.is_subset(&many), "{few:?} of {many:?}");
}

/// Every mistake stands in the text, and is shown.
fn shown(text: &str, mistakes: Vec<Mistake>) {
    assert!(!mistakes.is_empty(), "a refusal says why");
    for mistake in &mistakes {
        assert!(text.get(mistake.span.clone()).is_some(), "{mistake:?}");
    }
    assert!(!Failure::mistakes("file.toml", text, mistakes).render(false).is_empty());
}

/// A rules file, and what it says of some titles.
pub fn rules(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match parse("rules.toml", &text, &["reports"]) {
        Ok(rules) => {
            for title in ["Roadmap review", "1:1 Ana / Bo", "Стратегия", "1on1ミーティング", "", "🌴"]
            {
                let (decided, explained) = (rules.decide_title(title), rules.explain_title(title));
                assert_eq!(decided.class(), explained.decision.class(), "{title}");
            }
        }
        Err(mistakes) => shown(&text, mistakes),
    }
}

/// A configuration.
pub fn config(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match kinds::configuration(&text, &|path| path.to_owned()) {
        Ok(config) => drop(config.preferences(Berlin)),
        Err(mistakes) => shown(&text, mistakes),
    }
}

/// A title: its words are words of themselves, and a rule that asks for all of them matches it.
pub fn title(data: &[u8]) {
    let title = String::from_utf8_lossy(data);
    let words = Title::of(&title).words;
    for at in 0..words.len() {
        assert!(!words.word(at).is_empty());
    }
    let text = words.text().to_owned();
    let again = Title::of(&text).words;
    // A prefix such as `Re` may stand behind another one, and which signs belong to a word its capitals say.
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    assert!(plain(&text).ends_with(&plain(again.text())), "{text:?} {:?}", again.text());
    DEFAULTS.decide_title(&title);
}

/// An item of Google's, as the store and the reports read it.
pub fn google_item(data: &[u8]) {
    let json = String::from_utf8_lossy(data);
    let (calendar, labels, colors) = (Arc::new(Calendar::default()), BTreeMap::new(), BTreeMap::new());
    let reading =
        google::Reading { calendar: &calendar, own: true, zone: Some(Berlin), labels: &labels, colors: &colors };
    let (item, instance) = (google::read_item(&json, Some(Berlin)), google::instance(&json, &reading));
    for reason in [item.err(), instance.as_ref().err().cloned()].into_iter().flatten() {
        assert!(!reason.is_empty());
    }
    if let Ok(Instance { span: Span::Timed(span), .. }) = instance {
        assert!(span.start <= span.end);
    }
}

/// What goes over the socket is read as it was written.
pub fn wire(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Request>(data) {
        let json = serde_json::to_vec(&request).expect("a request can be written");
        assert_eq!(request, serde_json::from_slice(&json).expect("and read"));
    }
    if let Ok(answer) = serde_json::from_slice::<Answer>(data) {
        let json = serde_json::to_string(&answer).expect("an answer can be written");
        let again: Answer = serde_json::from_str(&json).expect("and read");
        assert_eq!(json, serde_json::to_string(&again).expect("as before"));
    }
}

/// Meetings of eight bytes each, with a title behind the first of them.
fn meetings(data: &[u8]) -> Vec<Instance> {
    let (numbers, titles) = data.split_at(data.len().min(8 * 64));
    let titles = String::from_utf8_lossy(titles);
    let mut titles = titles.split('\n');
    let person = |n: u8| Attendee {
        address: Address::parse(&format!("p{n}@{}.example", if n.is_multiple_of(3) { "acme" } else { "home" }))
            .expect("an address"),
        name: None,
        kind: AttendeeKind::Person,
        answer: [Reply::Accepted, Reply::Declined, Reply::Tentative, Reply::NeedsAction][usize::from(n % 4)],
        optional: n.is_multiple_of(5),
        is_me: n == 0,
    };
    let one = |(place, bytes): (usize, &[u8])| {
        let &[day, minute, length, kind, people, series, title, created] = bytes else { return None };
        let minutes = i64::from(day) * 1440 / 2 + i64::from(minute) * 11;
        let start = at("2026-09-01T06:00:00Z") + TimeDelta::minutes(minutes);
        let span = match kind % 7 {
            0 => {
                let first = start.date_naive();
                Span::AllDay { first, end: first + TimeDelta::days(i64::from(length % 5)) }
            }
            _ => {
                let long = if length > 250 { 3000 } else { i64::from(length) };
                Span::Timed(Interval::new(start, start + TimeDelta::minutes(long)))
            }
        };
        let words = ["Roadmap strategy", "Standup", "1:1 Bo", "Urlaub", "Board review", "Lunch", "Pricing", "Hiring"];
        let summary = titles.next().filter(|title| !title.is_empty()).unwrap_or(words[usize::from(title % 8)]);
        let event = Event {
            uid: Uid(format!("{}", if series > 100 { usize::from(series) } else { place + 1000 }).into()),
            summary: (kind != 1).then(|| summary.to_owned()),
            attendees: if people > 250 {
                Attendees::Unknown
            } else {
                Attendees::Known((0..people % 40).map(person).collect())
            },
            organizer: Some(person(people % 7).address),
            transparent: kind == 2,
            recurring: series > 100,
            created: (created > 20).then(|| start - TimeDelta::hours(i64::from(created))),
            ..Event::default()
        };
        let original = match span {
            Span::Timed(span) => Original::At(span.start),
            Span::AllDay { first, .. } => Original::On(first),
        };
        Some(Instance { event: Arc::new(event), span, original, marked: None })
    };
    numbers.chunks(8).enumerate().filter_map(one).collect()
}

/// A picture of any week that any meetings make.
pub fn chart(data: &[u8]) {
    let wishes = Config::default().preferences(Berlin);
    let me = Address::parse("p0@home.example").expect("an address");
    let people = People { me: vec![me], domains: vec!["home.example".into()], ..People::default() };
    let mut analysis = Analysis::new(meetings(data), &DEFAULTS, &people, &wishes);
    let day = NaiveDate::from_ymd_opt(2026, 9, 1).expect("a day")
        + TimeDelta::days(data.first().map_or(0, |b| i64::from(*b) / 2));
    let report = analysis.report(Week::of(day, Weekday::Mon), at("2026-11-20T12:00:00Z"));
    let hours = |exact: &vantage::model::Exact| exact.in_hours();
    let classes = hours(&report.hours.strategy) + hours(&report.hours.execution) + hours(&report.hours.unclassified);
    assert!((classes - hours(&report.hours.counted)).abs() < 1e-6, "the classes are all that counts");
    assert!(weekly(&report, &Style::default(), &mut Painter::new()).starts_with(b"\x89PNG"));
}
