//! Days that are no 24 hours: clocks that go forward at midnight, dates that are skipped, journeys over the date line.

use crate::reading::{rows, vcalendar, vevent};
use crate::support::World;

const ADA: &str = "my_addresses = [\"ada@example.com\"]\n";

fn world(zone: &str, more: &str, components: &[&str]) -> World {
    let config = format!("timezone = \"{zone}\"\n{ADA}{more}");
    World::new().config(&config).file("a.ics", vcalendar("", components))
}

fn travel(from: &str, to: &str, zone: &str) -> String {
    format!("[[travel]]\nfrom = {from}\nto = {to}\ntimezone = \"{zone}\"\n")
}

/// Half an hour of meeting in every hour of twelve days of UTC.
fn every_hour(first: &str) -> Vec<String> {
    let first: chrono::NaiveDateTime = format!("{first}T00:00:00").parse().unwrap();
    let hour = |hours| {
        let at = (first + chrono::TimeDelta::hours(hours)).format("%Y%m%dT%H%M%SZ").to_string();
        vevent(&at, "Stand-up", &format!("DTSTART:{at}\nDURATION:PT30M"))
    };
    (0..12 * 24).map(hour).collect()
}

/// Counted hours, fetched events, and the hours of each day of a week.
fn week(world: &World, week: &str) -> (f64, u64, Vec<f64>) {
    let report = world.run(["week", week, "--ics", "a.ics", "--format", "json"]).json().remove(0);
    let day = |day: &serde_json::Value| {
        ["strategy", "execution", "unclassified"].iter().filter_map(|class| day[class].as_f64()).sum()
    };
    let days = report["days"].as_array().unwrap().iter().map(day).collect();
    (report["hours"]["counted"].as_f64().unwrap(), report["events"]["fetched"].as_u64().unwrap(), days)
}

#[test]
fn a_journey_over_the_date_line_loses_no_day_of_the_week() {
    let events = every_hour("2026-11-14");
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let trip =
        |home: &str, there: &str| week(&world(home, &travel("2026-11-18", "2026-11-19", there), &events), "2026-W47");
    let home = [12.0, 12.0, 12.0, 12.0];
    // One date is lived twice, another not at all.
    assert_eq!(trip("Pacific/Apia", "Pacific/Pago_Pago"), (84.0, 168, [&[12.0, 24.0, 12.0, 0.0], &home[1..]].concat()));
    assert_eq!(trip("Pacific/Pago_Pago", "Pacific/Apia"), (84.0, 168, [&[12.0, 0.0, 12.0, 24.0], &home[1..]].concat()));
    // Further than a day: the date that home begins first is cut short.
    let (counted, fetched, days) = trip("Pacific/Kiritimati", "Pacific/Pago_Pago");
    assert_eq!((counted, fetched), (84.0, 168));
    assert_eq!(days, [12.0, 24.5, 11.5, 0.0, 12.0, 12.0, 12.0]);
    // Not over the line: longer and shorter days, none of them empty.
    let (counted, fetched, days) = trip("Asia/Tokyo", "America/New_York");
    assert_eq!((counted, fetched), (84.0, 168));
    assert_eq!(days, [12.0, 19.0, 12.0, 5.0, 12.0, 12.0, 12.0]);
}

#[test]
fn a_date_that_a_country_skips_ends_no_week() {
    let of = |zone: &str, first: &str, name: &str| {
        let events = every_hour(first);
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        week(&world(zone, "", &events), name)
    };
    assert_eq!(
        of("Pacific/Apia", "2011-12-24", "2011-W52"),
        (72.0, 144, vec![12.0, 12.0, 12.0, 12.0, 0.0, 12.0, 12.0])
    );
    assert_eq!(
        of("Pacific/Kwajalein", "1993-08-14", "1993-W33"),
        (72.0, 144, vec![12.0, 12.0, 12.0, 12.0, 12.0, 0.0, 12.0])
    );
    // A change of clocks alone skips nothing.
    let (counted, fetched, days) = of("Europe/Berlin", "2026-03-21", "2026-W13");
    assert_eq!((counted, fetched, days[6]), (83.5, 167, 11.5));
}

#[test]
fn a_day_that_begins_an_hour_late_is_whole() {
    for (zone, day, next, before) in [
        ("Africa/Cairo", "20260424", "20260425", "20260423"),
        ("Asia/Beirut", "20260329", "20260330", "20260328"),
        ("America/Santiago", "20260906", "20260907", "20260905"),
        ("America/Havana", "20260308", "20260309", "20260307"),
    ] {
        let dashed = |day: &str| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
        let shown = |user: &str, lines: &str| {
            let world = world(user, "", &[&vevent("u", "Fair", lines)]);
            rows(&world, &["a.ics"], (&dashed(before), &dashed(next)))
        };
        let timed = |user: &str, from: &str, to: &str| {
            shown(user, &format!("DTSTART;TZID={zone}:{from}\nDTEND;TZID={zone}:{to}"))
        };
        let whole = |day: &str| [format!("{} all-day Fair", &day[6..])];
        assert_eq!(timed(zone, &format!("{day}T000000"), &format!("{next}T000000")), whole(day), "{zone}");
        assert_eq!(timed("UTC", &format!("{day}T000000"), &format!("{day}T235900")), whole(day), "{zone}");
        assert_eq!(timed(zone, &format!("{before}T000000"), &format!("{day}T000000")), whole(before), "{zone}");
        // From the second hour of an ordinary day it is a time.
        let late = timed(zone, &format!("{before}T010000"), &format!("{day}T010000"));
        assert!(late[0].contains("T01:00 1380 long"), "{zone} {late:?}");
    }
    let cairo = |lines: &str| {
        let world = world("Africa/Cairo", "", &[&vevent("u", "Fair", lines)]);
        rows(&world, &["a.ics"], ("2026-04-22", "2026-04-26"))
    };
    assert_eq!(cairo("DTSTART:20260423T220000Z\nDTEND:20260424T210000Z"), ["24 all-day Fair"]);
    assert_eq!(cairo("DTSTART:20260422T220000Z\nDTEND:20260424T210000Z"), ["23 all-day Fair"]);
    assert_eq!(cairo("DTSTART:20260423T220000Z\nDTEND:20260424T200000Z"), ["24T01:00 1320 long Fair"]);
}

#[test]
fn midnight_on_a_journey_is_that_of_where_the_day_is_lived() {
    let of = |lines: &str| {
        let trip = travel("2026-11-16", "2026-11-20", "America/New_York");
        rows(&world("Europe/Berlin", &trip, &[&vevent("u", "Fair", lines)]), &["a.ics"], ("2026-11-14", "2026-11-23"))
    };
    assert_eq!(of("DTSTART:20261118T050000Z\nDTEND:20261119T050000Z"), ["18 all-day Fair"]);
    assert_eq!(of("DTSTART:20261118T050000Z\nDTEND:20261119T045900Z"), ["18 all-day Fair"]);
    assert_eq!(of("DTSTART:20261120T050000Z\nDTEND:20261121T050000Z"), ["20 all-day Fair"]);
    // Home's midnights stay days, and before the journey those of New York are times.
    assert_eq!(of("DTSTART:20261117T230000Z\nDTEND:20261118T230000Z"), ["18 all-day Fair"]);
    assert_eq!(of("DTSTART:20261115T050000Z\nDTEND:20261116T050000Z"), ["15T06:00 1440 long Fair"]);
}
