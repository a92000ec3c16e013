use super::*;
use crate::model::{Attendees, EventStatus, EventType, Span};
use proptest::prelude::*;

fn source() -> Source<'static> {
    Source { source: "work", stem: "side", folder: "", told: Default::default() }
}

fn calendar(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", lines.trim_end_matches(" | ").replace(" | ", "\n"))
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT | UID:a | {lines} | END:VEVENT | ")
}

fn window(from: &str, to: &str) -> Interval {
    let day = |text: &str| format!("{text}T00:00:00Z").parse().unwrap();
    Interval::new(day(from), day(to))
}

/// Starts and lengths in hours of one year, with the meter that counted the work.
fn expand(text: &str, window: Interval) -> (Vec<Instance>, Vec<Problem>, Meter) {
    let parsed = read(text.as_bytes(), &source());
    let (mut meters, mut problems) = ([Meter::file()], parsed.problems.clone());
    let found = parsed.expand(window, Tz::Europe__Berlin, &mut meters, &mut problems);
    let [meter] = meters;
    (series::in_order(found), problems, meter)
}

fn starts(text: &str) -> Vec<String> {
    let (found, _, _) = expand(text, window("2024-01-01", "2025-01-01"));
    let show = |instance: &Instance| match instance.span {
        Span::Timed(span) => span.start.format("%m-%dT%H:%M").to_string(),
        Span::AllDay { first, end } => format!("{} {}", first.format("%m-%d"), (end - first).num_days()),
    };
    found.iter().map(show).collect()
}

#[test]
fn an_override_named_by_a_date_takes_that_day() {
    let series = event("DTSTART:20240101T230000Z | RRULE:FREQ=DAILY;COUNT=3");
    let moved = event("DTSTART:20240110T100000Z | RECURRENCE-ID;VALUE=DATE:20240102");
    assert_eq!(starts(&calendar(&(series + &moved))), ["01-01T23:00", "01-03T23:00", "01-10T10:00"]);
    let days = event("DTSTART;VALUE=DATE:20240101 | RRULE:FREQ=DAILY;COUNT=2");
    let moved = event("DTSTART;VALUE=DATE:20240110 | RECURRENCE-ID:20240102T000000");
    assert_eq!(starts(&calendar(&(days + &moved))), ["01-01 1", "01-10 1"]);
}

#[test]
fn what_was_moved_out_of_the_window_is_still_told() {
    let series = event("DTSTART:20240110T100000Z | RRULE:FREQ=DAILY;COUNT=3");
    let moved = event("DTSTART:20240310T100000Z | RECURRENCE-ID:20240111T100000Z");
    let days = "BEGIN:VEVENT | UID:b | DTSTART;VALUE=DATE:20240110 | RRULE:FREQ=DAILY;COUNT=3 | END:VEVENT | ";
    let day = "BEGIN:VEVENT | UID:b | DTSTART;VALUE=DATE:20240301 | RECURRENCE-ID;VALUE=DATE:20240111 | END:VEVENT | ";
    let text = calendar(&(series + &moved + days + day));
    let found = |from, to| expand(&text, window(from, to)).0.len();
    // Each series' two that stand, and the one that left.
    assert_eq!(found("2024-01-08", "2024-01-15"), 6);
    // Both that left, and the day that begins in Berlin before the window ends.
    assert_eq!(found("2024-01-11", "2024-01-12"), 3);
    assert_eq!(found("2024-01-14", "2024-01-21"), 0);
    assert_eq!(found("2024-03-01", "2024-03-11"), 2);
}

#[test]
fn busy_times_are_events_of_which_nothing_else_is_known() {
    let text = calendar(
        "BEGIN:VFREEBUSY | UID:f | ATTENDEE:mailto:ada@x.example | DTSTART:20240101T000000Z | DTEND:20240201T000000Z | \
         FREEBUSY:20240102T100000Z/PT1H,20240103T100000Z/20240103T113000Z | FREEBUSY;FBTYPE=FREE:20240104T100000Z/PT1H | \
         FREEBUSY;FBTYPE=BUSY-TENTATIVE:20240105T100000Z/PT1H | FREEBUSY:nonsense | END:VFREEBUSY | ",
    );
    assert_eq!(starts(&text), ["01-02T10:00", "01-03T10:00", "01-05T10:00"]);
    let (found, problems, _) = expand(&text, window("2024-01-01", "2025-01-01"));
    let only = |i: &Instance| i.event.free_busy_only && i.event.attendees == Attendees::Unknown && !i.event.recurring;
    assert!(found.iter().all(only));
    assert_eq!(found[2].event.status, Some(EventStatus::Tentative));
    assert_eq!(problems.iter().map(|p| (p.line, p.lost)).collect::<Vec<_>>(), [(10, Lost::Event)]);
}

#[test]
fn what_the_rules_exclude_is_excluded() {
    let text = event("DTSTART:20240101T100000Z | RRULE:FREQ=DAILY;COUNT=4 | EXRULE:FREQ=DAILY;INTERVAL=2");
    assert_eq!(starts(&calendar(&text)), ["01-02T10:00", "01-04T10:00"]);
}

#[test]
fn floating_times_are_in_the_calendars_zone_or_else_in_ours() {
    let floating = event("DTSTART:20240101T100000");
    assert_eq!(starts(&calendar(&floating)), ["01-01T09:00"]);
    assert_eq!(starts(&calendar(&format!("X-WR-TIMEZONE:Asia/Tokyo | {floating}"))), ["01-01T01:00"]);
    let unknown = calendar(&event("DTSTART;TZID=Shire:20240101T100000"));
    assert_eq!(starts(&unknown), ["01-01T09:00"]);
    assert_eq!(expand(&unknown, window("2024-01-01", "2025-01-01")).1[0].line, 4);
}

#[test]
fn a_bad_line_costs_the_smallest_thing() {
    let text = calendar(
        &[
            event("DTSTART:2024 | SUMMARY:secret"),
            event("DTSTART:20240102T100000Z | RRULE:FREQ=DAILY;COUNT=x").replace("UID:a", "UID:b"),
            event("DTSTART:20240103T100000Z | DURATION:P99999999999999D | EXDATE:x | junk").replace("UID:a", "UID:c"),
            "BEGIN:VEVENT | UID:d | DTSTART:20240104T100000Z".into(),
        ]
        .concat(),
    );
    let (found, problems, _) = expand(&text, window("2024-01-01", "2025-01-01"));
    assert_eq!(found.len(), 3);
    let lost: Vec<_> = problems.iter().map(|problem| (problem.line, problem.lost)).collect();
    let expected =
        [(2, Lost::Event), (10, Lost::Instances), (15, Lost::Property), (16, Lost::Property), (19, Lost::Property)];
    assert_eq!(lost, expected, "{problems:?}");
    assert!(problems.iter().all(|problem| !problem.message.contains("secret")));
}

#[test]
fn fields() {
    let text = "begin:vcalendar\nX-WR-CALNAME:Ada@Example.com\nBEGIN:VTODO\nDUE:20240101\nEND:VTODO\nbegin:vevent\nuid:a\n\
        dtstart:20240101T100000Z\nSUMMARY:a\\, b\nCATEGORIES:Deep work,x\\,y\nCLASS:PRIVATE\nSTATUS:TENTATIVE\n\
        TRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nORGANIZER:MAILTO:Ada@Example.com\n\
        ATTENDEE;CN=\"Bo, B.\";PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:bo@example.com\n\
        BEGIN:VALARM\nSUMMARY:alarm\nDTSTART:20240101T110000Z\nEND:VALARM\nEND:VEVENT\n";
    let (found, problems, _) = expand(text, window("2024-01-01", "2025-01-01"));
    assert!(problems.is_empty(), "{problems:?}");
    let event = &found[0].event;
    assert_eq!(event.calendar.owner.as_ref().unwrap().as_str(), "ada@example.com");
    assert_eq!(event.summary.as_deref(), Some("a, b"));
    assert_eq!(event.labels, ["Deep work", "x,y"]);
    assert_eq!((event.status, event.transparent), (Some(EventStatus::Tentative), true));
    assert_eq!(event.event_type, EventType::OutOfOffice);
    let bo = &event.attendees.lines()[0];
    assert_eq!((bo.name.as_deref(), bo.optional), (Some("Bo, B."), true));
    let (plain, _, _) = expand(&calendar(&self::event("DTSTART:20240101")), window("2024-01-01", "2025-01-01"));
    assert_eq!(plain[0].event.attendees, Attendees::Unknown);
    assert_eq!(plain[0].event.calendar.name, "side");
}

#[test]
fn the_past_of_a_series_costs_nothing() {
    for rule in ["FREQ=DAILY", "FREQ=MINUTELY;BYHOUR=9", "FREQ=MINUTELY;COUNT=99999999", "FREQ=WEEKLY;BYDAY=MO,TU"] {
        let text = calendar(&event(&format!("DTSTART:19700101T090000Z | RRULE:{rule}")));
        let (found, _, meter) = expand(&text, window("2024-01-01", "2024-01-08"));
        assert!(!found.is_empty(), "{rule}");
        assert!(meter.counted < 20_000, "{rule}: {}", meter.counted);
    }
}

#[test]
fn hostile_files_meet_their_limits() {
    let century = window("2000-01-01", "2100-01-01");
    let many: String = (0..2000)
        .map(|n| {
            event("DTSTART:20000101T000000Z | RRULE:FREQ=SECONDLY;COUNT=4000000000").replace(":a", &format!(":{n}"))
        })
        .collect();
    let overlapping: String = (1..400)
        .map(|n| {
            event(&format!(
                "DTSTART:20000101T00{:02}{:02}Z | RECURRENCE-ID;RANGE=THISANDFUTURE:2000010{}T000000Z",
                n / 60,
                n % 60,
                n % 9 + 1
            ))
        })
        .collect();
    for (name, body) in [
        ("endless", event("DTSTART:20000101T000000Z | RRULE:FREQ=SECONDLY")),
        ("impossible", event("DTSTART:20000101T000000Z | RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")),
        ("rare", event("DTSTART:20000101T000000Z | RRULE:FREQ=SECONDLY;INTERVAL=61;BYSECOND=1;BYHOUR=3;BYSETPOS=2")),
        ("fast start", event("DTSTART:00010101T000000Z | RRULE:FREQ=SECONDLY;BYSECOND=5;COUNT=4000000000")),
        ("far interval", event("DTSTART:99991231T000000Z | RRULE:FREQ=YEARLY;INTERVAL=4294967295")),
        ("year zero", event("DTSTART:00000101T000000Z | DURATION:P3650000D | RRULE:FREQ=DAILY")),
        ("many", many),
        ("futures", event("DTSTART:20000101T000000Z | RRULE:FREQ=HOURLY") + &overlapping),
        (
            "exdates",
            event(&format!(
                "DTSTART:20000101T000000Z | RRULE:FREQ=DAILY | EXDATE:{}",
                "20000101T000000Z,".repeat(50_000)
            )),
        ),
        ("rdates", event(&format!("DTSTART:20000101T000000Z | RDATE:{}", "20000101T000000Z,".repeat(50_000)))),
        ("deep", "BEGIN:VEVENT | ".repeat(10_000) + &"BEGIN:X | ".repeat(10_000) + &"END:Y | ".repeat(10_000)),
        ("long", format!("{} | X:{}", "é".repeat(500_000), " | ".repeat(1000))),
    ] {
        let (found, problems, meter) = expand(&calendar(&body), century);
        assert!(found.len() <= 1_000_000 && meter.counted <= 13_000_000 && meter.made <= 1_000_100, "{name}");
        assert!(problems.len() <= 5000, "{name}");
        if matches!(name, "endless" | "many") {
            assert!(problems.iter().any(|problem| problem.lost == Lost::Instances), "{name}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes, &source());
    }

    #[test]
    fn any_lines_are_read_and_expanded(lines in proptest::collection::vec(
        prop_oneof![
            Just("BEGIN:VCALENDAR".to_owned()), Just("BEGIN:VEVENT".to_owned()), Just("END:VEVENT".to_owned()),
            Just("UID:a".to_owned()), Just("BEGIN:VTIMEZONE\nTZID:Q".to_owned()), Just("BEGIN:DAYLIGHT".to_owned()),
            "(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(;TZID=(Q|Europe/Berlin)|;VALUE=DATE|;RANGE=THISANDFUTURE)?:(0000|1997|2024|9999)(01|02|12)(01|28|31)(T(00|23)5959Z?)?",
            "(RRULE|EXRULE):FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY)(;INTERVAL=[0-9]{1,12})?(;COUNT=[0-9]{1,3})?(;(BYDAY|BYMONTH|BYSETPOS|BYWEEKNO|BYYEARDAY|BYMONTHDAY|BYHOUR)=-?[0-9]{1,2}(MO)?)?",
            "(DURATION|TZOFFSETFROM|TZOFFSETTO):[-+]?P?[0-9]{1,20}[WDHMST]?",
            "\\PC{0,30}",
        ], 0..40)) {
        expand(&lines.join("\n"), window("2024-01-01", "2024-02-01"));
    }
}
