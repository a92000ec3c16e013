//! The order of calendars, files and sources, and what files are called, decide nothing.

use crate::reading::{vcalendar, vevent};
use chrono_tz::Europe::Berlin;
use proptest::prelude::*;
use std::sync::LazyLock;
use vantage::analyze::Analysis;
use vantage::classify::{People, RuleSet, defaults};
use vantage::config::Config;
use vantage::model::IcsText;
use vantage::model::{Address, Week, Weekday};
use vantage::source::ics::Calendars;

static RULES: LazyLock<RuleSet> = LazyLock::new(defaults);

/// One VCALENDAR of a source.
type Part = (usize, String);

fn component() -> impl Strategy<Value = String> {
    let when = prop_oneof![
        (16..20u32, 9..12u32).prop_map(|(day, hour)| format!("DTSTART:202611{day}T{hour:02}0000Z")),
        (9..11u32).prop_map(|hour| format!("DTSTART:20261102T{hour:02}0000Z\nRRULE:FREQ=DAILY;COUNT=20")),
        (9..12u32).prop_map(|hour| format!("DTSTART:20261118T{hour:02}0000Z\nRECURRENCE-ID:20261118T090000Z")),
        (9..12u32).prop_map(|hour| {
            format!("DTSTART:20261118T{hour:02}0000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261118T090000Z")
        }),
        (16..20u32).prop_map(|day| format!("DTSTART;TZID=Europe/Berlin:202611{day}T100000\nRDATE:20261119T110000Z")),
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
        Just("\nCLASS:PRIVATE\nORGANIZER:mailto:bo@example.com"),
        Just("\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"),
    ];
    let title = prop_oneof![
        Just("Roadmap"),
        Just("Sprint planning"),
        Just("Copy: Roadmap"),
        Just("Cancelled: Roadmap"),
        Just("Busy"),
        Just("")
    ];
    (0..4usize, 0..3i64, 1..3u32, title, when, more).prop_map(|(uid, sequence, stamp, title, when, more)| {
        let lines = format!("{when}\nDURATION:PT1H\nSEQUENCE:{sequence}\nDTSTAMP:2026110{stamp}T000000Z{more}");
        vevent(["u", "v", "w", ""][uid], title, &lines)
    })
}

fn part() -> impl Strategy<Value = Part> {
    let method = prop_oneof![Just(""), Just("METHOD:PUBLISH"), Just("METHOD:REQUEST"), Just("METHOD:CANCEL")];
    (0..3usize, method, proptest::collection::vec(component(), 1..4)).prop_map(|(source, method, events)| {
        (source, vcalendar(method, &events.iter().map(String::as_str).collect::<Vec<_>>()))
    })
}

/// One component of the only UID, in one of three sources: a single event, a series or a change of one, with my answer.
fn of_one_uid() -> impl Strategy<Value = Part> {
    let when = prop_oneof![
        (16..19u32, 9..11u32).prop_map(|(day, hour)| format!("DTSTART:202611{day}T{hour:02}0000Z")),
        (16..19u32, 9..11u32)
            .prop_map(|(day, hour)| format!("DTSTART:202611{day}T{hour:02}0000Z\nRRULE:FREQ=DAILY;COUNT=3")),
        Just("DTSTART:20261118T120000Z\nRECURRENCE-ID:20261118T090000Z".to_string()),
    ];
    let answer = prop_oneof![Just("ACCEPTED"), Just("DECLINED"), Just("NEEDS-ACTION"), Just("TENTATIVE")];
    let version = prop_oneof![
        8 => Just("SEQUENCE:0\nDTSTAMP:20261101T000000Z"),
        2 => Just("SEQUENCE:0"),
        2 => Just("SEQUENCE:0\nDTSTAMP:20261102T000000Z"),
        1 => Just("SEQUENCE:1\nDTSTAMP:20261101T000000Z"),
        1 => Just("SEQUENCE:0\nSTATUS:CANCELLED"),
    ];
    let title = prop_oneof![3 => Just("Roadmap"), 1 => Just("Vision")];
    (0..3usize, title, when, version, answer).prop_map(|(source, title, when, version, answer)| {
        let guests = "ORGANIZER:mailto:bo@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";
        let me = format!("ATTENDEE;PARTSTAT={answer}:mailto:ada@example.com");
        let lines = format!("{when}\nDURATION:PT1H\n{version}\n{guests}\n{me}");
        (source, vcalendar("", &[&vevent("u", title, &lines)]))
    })
}

/// The report of these parts, `files` at a time in files of these names; sources come in the order of their first parts.
fn report(parts: &[Part], files: usize, names: &str) -> String {
    let mut calendars = Calendars::default();
    for (n, chunk) in parts.chunks(files).enumerate() {
        let mut order: Vec<usize> = Vec::new();
        chunk.iter().for_each(|(of, _)| order.extend((!order.contains(of)).then_some(*of)));
        for source in order {
            let text: String = chunk.iter().filter(|(of, _)| *of == source).map(|(_, text)| text.as_str()).collect();
            if !text.is_empty() {
                let file = format!("{names}{}.ics", 9 - n % 9);
                let text =
                    IcsText { file: file.clone(), stem: file, bytes: text.into_bytes(), told: Default::default() };
                calendars.add_text(Some(["private", "work", "shared"][source]), &text);
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
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
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
    fn one_uid_over_three_sources_is_the_same_in_any_order(
        (parts, other) in proptest::collection::vec(of_one_uid(), 3..5).prop_flat_map(|mut parts| {
            // Each source tells something.
            parts.iter_mut().take(3).enumerate().for_each(|(source, part)| part.0 = source);
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

#[test]
fn a_meeting_holds_its_place_in_each_calendar_that_tells_it() {
    let series = vevent("u", "Sprint planning", "DTSTART:20261116T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nDURATION:PT1H");
    let other = vevent("v", "Sprint planning", "DTSTART:20261116T100000Z\nDURATION:PT1H");
    // The second calendar holds both, so that they are two meetings, whichever copy of the series stands for it.
    let parts = [(0, vcalendar("", &[&series])), (0, vcalendar("", &[&other, &series]))];
    let [first, second] = parts.clone();
    let told = report(&parts, 1, "a");
    assert!(told.contains("\"counted\": 4"), "{told}");
    assert_eq!(report(&[second, first], 1, "z"), told);
}

#[test]
fn what_no_longer_stands_gives_way_to_what_does() {
    let event =
        |at: &str, lines: &str| vevent("w", "Roadmap", &format!("DTSTART:202611{at}0000Z\nDURATION:PT1H\n{lines}"));
    let slot = "RECURRENCE-ID:20261118T090000Z";
    let ours = [event("18T09", "SEQUENCE:2"), event("18T10", &format!("{slot}\nSEQUENCE:0"))];
    let theirs = [event("18T09", &format!("{slot}\nSEQUENCE:1\nSTATUS:CANCELLED")), event("19T10", "SEQUENCE:2")];
    let parts = [(0, vcalendar("", &[&ours[0], &ours[1]])), (1, vcalendar("", &[&theirs[0], &theirs[1]]))];
    let told = report(&parts, 2, "a");
    assert!(told.contains("\"counted\": 1"), "{told}");
}

#[test]
fn equal_cancellations_of_a_series_count_the_same_in_any_order() {
    let series = |more: &str| {
        let times = "DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;COUNT=20\nDURATION:PT1H\nSTATUS:CANCELLED";
        (0, vcalendar("", &[&vevent("u", "Roadmap", &format!("{times}{more}"))]))
    };
    let single = vevent("u", "Roadmap", "DTSTART:20261116T090000Z\nDURATION:PT1H");
    let mut parts = vec![series(""), series("\nEXDATE:20261117T090000Z"), (0, vcalendar("", &[&single]))];
    let told = report(&parts, 3, "a");
    parts.swap(0, 1);
    assert_eq!(report(&parts, 3, "a"), told);
}

#[test]
fn equal_changes_of_a_date_and_of_all_that_follow_count_the_same_in_any_order() {
    let series = vevent("u", "Roadmap", "DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;COUNT=20\nDURATION:PT1H");
    let change = |range: &str| {
        let slot = format!("DTSTART:20261118T110000Z\nRECURRENCE-ID{range}:20261118T090000Z\nDURATION:PT1H");
        (0, vcalendar("", &[&vevent("u", "Roadmap", &slot)]))
    };
    let mut parts = vec![(0, vcalendar("", &[&series])), change(""), change(";RANGE=THISANDFUTURE")];
    let told = report(&parts, 3, "a");
    parts.swap(1, 2);
    assert_eq!(report(&parts, 3, "a"), told);
}
