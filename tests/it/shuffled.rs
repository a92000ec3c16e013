//! The order of calendars, files and sources, and what files are called, decide nothing.

use crate::reading::{vcalendar, vevent};
use chrono_tz::Europe::Berlin;
use proptest::prelude::*;
use std::sync::LazyLock;
use vantage::analyze::Analysis;
use vantage::classify::{People, RuleSet, defaults};
use vantage::config::Config;
use vantage::model::{Address, Week, Weekday};
use vantage::source::ics::{Calendars, Text};

static RULES: LazyLock<RuleSet> = LazyLock::new(defaults);

/// One VCALENDAR of a source.
type Part = (usize, String);

fn component() -> impl Strategy<Value = String> {
    let when = prop_oneof![
        (16..20u32, 9..12u32).prop_map(|(day, hour)| format!("DTSTART:202611{day}T{hour:02}0000Z")),
        (9..11u32).prop_map(|hour| format!("DTSTART:20261102T{hour:02}0000Z\nRRULE:FREQ=DAILY;COUNT=20")),
        (9..12u32).prop_map(|hour| format!("DTSTART:20261118T{hour:02}0000Z\nRECURRENCE-ID:20261118T090000Z")),
    ];
    let more = prop_oneof![
        Just(""),
        Just("\nSTATUS:CANCELLED"),
        Just("\nX-ALONE:1"),
        Just("\nTRANSP:TRANSPARENT"),
        Just("\nATTENDEE;PARTSTAT=TENTATIVE:mailto:ada@example.com\nATTENDEE:mailto:cy@example.com"),
        Just("\nLAST-MODIFIED:20261103T000000Z"),
        Just("\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com\nATTENDEE:mailto:cy@example.com"),
        Just("\nEXDATE:20261117T090000Z"),
    ];
    let title = prop_oneof![Just("Roadmap"), Just("Sprint planning"), Just("Busy"), Just("")];
    (0..3usize, 0..3i64, 1..3u32, title, when, more).prop_map(|(uid, sequence, stamp, title, when, more)| {
        let lines = format!("{when}\nDURATION:PT1H\nSEQUENCE:{sequence}\nDTSTAMP:2026110{stamp}T000000Z{more}");
        vevent(["u", "v", "w"][uid], title, &lines)
    })
}

fn part() -> impl Strategy<Value = Part> {
    let method = prop_oneof![Just(""), Just("METHOD:PUBLISH"), Just("METHOD:REQUEST"), Just("METHOD:CANCEL")];
    (0..2usize, method, proptest::collection::vec(component(), 1..4)).prop_map(|(source, method, events)| {
        (source, vcalendar(method, &events.iter().map(String::as_str).collect::<Vec<_>>()))
    })
}

/// The report of these parts, `files` at a time in files of these names.
fn report(parts: &[Part], files: usize, names: &str) -> String {
    let mut calendars = Calendars::default();
    for (n, chunk) in parts.chunks(files).enumerate() {
        for source in 0..2 {
            let text: String = chunk.iter().filter(|(of, _)| *of == source).map(|(_, text)| text.as_str()).collect();
            if !text.is_empty() {
                let file = format!("{names}{}.ics", 9 - n % 9);
                let text = Text { file: file.clone(), stem: file, bytes: text.into_bytes(), told: Default::default() };
                calendars.add_text(Some(["private", "work"][source]), &text);
            }
        }
    }
    let wishes = Config::default().preferences(Berlin);
    let people = People { me: vec![Address::parse("ada@example.com").unwrap()], ..People::default() };
    let week = Week::from_iso(2026, 47, Weekday::Mon).unwrap();
    let mut instances = calendars.instances(Analysis::window(week, week, &wishes), Berlin);
    vantage::jobs::settle(&mut calendars, Vec::new(), &mut instances, &people, Berlin);
    let mut analysis = Analysis::new(instances, &RULES, &people, &wishes);
    let now = "2026-11-30T06:00:00Z".parse().unwrap();
    serde_json::to_string_pretty(&analysis.report(week, now)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_order_gives_the_same_report(
        (parts, other) in proptest::collection::vec(part(), 1..7).prop_flat_map(|parts| {
            let other = Just(parts.clone()).prop_shuffle();
            (Just(parts), other)
        }),
    ) {
        let first = report(&parts, parts.len(), "a");
        prop_assert_eq!(&report(&other, parts.len(), "a"), &first, "{:?}", other);
    }

    #[test]
    fn any_files_give_the_same_report(parts in proptest::collection::vec(part(), 1..7)) {
        let reversed: Vec<Part> = parts.iter().cloned().rev().collect();
        prop_assert_eq!(report(&parts, 1, "a"), report(&reversed, 1, "z"));
    }
}
