//! Which instances a series has, where its rule and its dates leave that open.

use crate::reading::{CONFIG, quietly, rows, told, vcalendar, vevent};
use crate::support::World;

fn event(lines: &str) -> String {
    vevent("u", "Roadmap", lines)
}

/// `16T09:00 17T09:00`: when the counted hours of the week begin.
fn starts(rows: &[String]) -> String {
    assert!(rows.iter().all(|row| row.contains(" 60 counted ")), "{rows:?}");
    rows.iter().map(|row| &row[..8]).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_until_with_z_ends_a_floating_series_at_that_instant() {
    let of = |head: &str, hour: &str, until: &str| {
        let rule = format!("RRULE:FREQ=DAILY;UNTIL={until}");
        starts(&quietly(head, &[&event(&format!("DTSTART:20261116T{hour}0000\nDURATION:PT1H\n{rule}"))]))
    };
    assert_eq!(of("", "09", "20261118T080000Z"), "16T09:00 17T09:00 18T09:00");
    assert_eq!(of("", "09", "20261118T075959Z"), "16T09:00 17T09:00");
    // Late in the evening, and by night, when it is yesterday in UTC.
    assert_eq!(of("", "23", "20261117T223000Z"), "16T23:00 17T23:00");
    assert_eq!(of("", "00", "20261117T230000Z"), "16T00:00 17T00:00 18T00:00");
    assert_eq!(of("X-WR-TIMEZONE:Asia/Tokyo", "09", "20261118T000000Z"), "16T01:00 17T01:00 18T01:00");
    // Without Z it is on the series' own wall.
    assert_eq!(of("", "09", "20261118T080000"), "16T09:00 17T09:00");
}

#[test]
fn a_series_that_ends_before_it_starts_keeps_its_first_instance() {
    let of = |start: &str, rule: &str| event(&format!("DTSTART{start}\nDURATION:PT1H\nRRULE:{rule}"));
    let berlin = ";TZID=Europe/Berlin:20261118T090000";
    for series in [
        of(berlin, "FREQ=WEEKLY;UNTIL=20261118T000000Z"),
        of(berlin, "FREQ=DAILY;BYDAY=TU;UNTIL=20261101T080000Z"),
        of(":20261118T080000Z", "FREQ=DAILY;UNTIL=20261118T075959Z"),
        of(":20261118T090000", "FREQ=DAILY;UNTIL=20261117T090000"),
    ] {
        assert_eq!(starts(&told("lies before the `DTSTART`", "", &[&series])), "18T09:00", "{series}");
    }
    let day = vevent("u", "Fair", "DTSTART;VALUE=DATE:20261118\nRRULE:FREQ=DAILY;UNTIL=20261117");
    assert_eq!(told("lies before the `DTSTART`", "", &[&day]), ["18 all-day Fair"]);
    // One that ends with its first says so; what it takes out is out.
    assert_eq!(starts(&quietly("", &[&of(berlin, "FREQ=DAILY;UNTIL=20261118T080000Z")])), "18T09:00");
    let out = format!("FREQ=DAILY;UNTIL=20261118T080000Z\nEXDATE{berlin}");
    assert_eq!(quietly("", &[&of(berlin, &out)]).len(), 0);
}

#[test]
fn a_date_among_times_is_that_days_slot() {
    let of = |more: &str| event(&format!("DTSTART;TZID=Europe/Berlin:20261116T100000\nDURATION:PT1H\n{more}"));
    let said = "at the time of its `DTSTART`";
    assert_eq!(starts(&told(said, "", &[&of("RDATE;VALUE=DATE:20261118,20261120")])), "16T10:00 18T10:00 20T10:00");
    let week = "RRULE:FREQ=DAILY;COUNT=4";
    let out = format!("{week}\nEXDATE;VALUE=DATE:20261117");
    assert_eq!(starts(&told(said, "", &[&of(&out)])), "16T10:00 18T10:00 19T10:00");
    let moved = event("DTSTART;TZID=Europe/Berlin:20261120T150000\nDURATION:PT1H\nRECURRENCE-ID;VALUE=DATE:20261118");
    assert_eq!(starts(&told(said, "", &[&of(week), &moved])), "16T10:00 17T10:00 19T10:00 20T15:00");
    // Of two slots a day it is that of the start.
    let twice = "RRULE:FREQ=DAILY;COUNT=4;BYHOUR=10,14\nEXDATE;VALUE=DATE:20261117";
    assert_eq!(starts(&told(said, "", &[&of(twice)])), "16T10:00 16T14:00 17T14:00");
    // A start that is off its rule names no time of it: then the whole day is meant.
    let off = "RRULE:FREQ=DAILY;COUNT=4;BYHOUR=14\nEXDATE;VALUE=DATE:20261117";
    assert_eq!(starts(&told(said, "", &[&of(off)])), "16T10:00 16T14:00 18T14:00");
    // From there on, every later one goes with it, by as much.
    let later = event(
        "DTSTART;TZID=Europe/Berlin:20261118T113000\nDURATION:PT1H\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261118",
    );
    assert_eq!(starts(&told(said, "", &[&of(week), &later])), "16T10:00 17T10:00 18T11:30 19T11:30");
    // Once a file; and a series of days has dates by right.
    let (one, other) = (of(&out), of(&out).replace("UID:u", "UID:v"));
    assert_eq!(told(said, "", &[&one, &other]).len(), 6);
    let days = vevent("u", "Fair", "DTSTART;VALUE=DATE:20261116\nRDATE;VALUE=DATE:20261118");
    assert_eq!(quietly("", &[&days]), ["16 all-day Fair", "18 all-day Fair"]);
}

#[test]
fn a_rule_that_counts_to_one_makes_no_series() {
    let rules = "[[rule]]\nname = \"Series\"\nclass = \"execution\"\nrecurring = true\n";
    let repeats = |lines: &str| {
        let lines = format!("DTSTART:20261118T100000\nDURATION:PT1H\n{lines}");
        let world = World::new().config(CONFIG).rules(rules).file("a.ics", vcalendar("", &[&event(&lines)]));
        let row =
            world.run(["events", "--ics", "a.ics", "--from", "2026-11-18", "--to", "2026-11-18", "--format", "json"]);
        row.json()[0]["rule"] == "Series"
    };
    for single in ["RRULE:FREQ=DAILY;COUNT=1", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=1", "RRULE:D1 #1", ""] {
        assert!(!repeats(single), "{single}");
    }
    for series in [
        "RRULE:FREQ=DAILY;COUNT=2",
        "RRULE:FREQ=DAILY;COUNT=1\nRDATE:20261120T100000",
        "RRULE:FREQ=DAILY;COUNT=1\nRRULE:FREQ=WEEKLY;COUNT=2",
    ] {
        assert!(repeats(series), "{series}");
    }
}

#[test]
fn an_instance_that_the_clock_jumps_over_is_as_long_as_the_first() {
    let of = |components: &[&str], (from, to)| {
        let world = World::new().config(CONFIG).file("a.ics", vcalendar("", components));
        rows(&world, &["a.ics"], (from, to))
    };
    let series = |start: &str, end: &str| {
        let zone = "TZID=Europe/Berlin";
        let rule = "RRULE:FREQ=WEEKLY;COUNT=3";
        event(&format!("DTSTART;{zone}:20260322T{start}\nDTEND;{zone}:20260322T{end}\n{rule}"))
    };
    let march = ("2026-03-22", "2026-04-06");
    let all = |start: &str, end: &str| of(&[&series(start, end)], march);
    let row = |day: &str, minutes: u32| format!("{day} {minutes} counted Roadmap");
    assert_eq!(all("023000", "033000"), [row("22T02:30", 60), row("29T03:30", 60), row("05T02:30", 60)]);
    // Its end would come before it; and with the end in the gap, too.
    assert_eq!(all("023000", "030000"), [row("22T02:30", 30), row("29T03:30", 30), row("05T02:30", 30)]);
    assert_eq!(all("020000", "024500"), [row("22T02:00", 45), row("29T03:00", 45), row("05T02:00", 45)]);
    // Where some time is left, the wall clock tells, as by night in autumn.
    assert_eq!(all("010000", "033000")[1], row("29T01:00", 90));
    assert_eq!(all("023000", "034500")[1], row("29T03:30", 15));
    // A change of that very night knows its length by its clock, too.
    let change = "DTSTART;TZID=Europe/Berlin:20260329T023000\nDTEND;TZID=Europe/Berlin:20260329T033000\n\
                  RECURRENCE-ID;TZID=Europe/Berlin:20260329T023000\nSEQUENCE:1";
    let changed = of(&[&series("023000", "033000"), &vevent("u", "Budget", change)], march);
    assert_eq!(changed[1], "29T03:30 60 counted Budget");
    // A single event is no series: its end is its start.
    let single = "DTSTART;TZID=Europe/Berlin:20260329T023000\nDTEND;TZID=Europe/Berlin:20260329T033000";
    assert_eq!(of(&[&event(single)], march), ["29T03:30 0 no length Roadmap"]);
}
