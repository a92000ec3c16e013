//! What a report says of how sure it is: zones, weeks ahead, and too little to compare.

use crate::support::{ADA, World, event, meeting};

const TEAM: &str = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example";

fn world(extra: &str) -> World {
    let events = [event("a", "Product strategy", "20261116T090000", "20261116T150000", TEAM)];
    let text = crate::support::calendar(&events.each_ref().map(String::as_str));
    World::new().file("ada.ics", text.replace("VERSION:2.0\r\n", &format!("VERSION:2.0\r\n{extra}")))
}

const NEW_YORK: &str = "X-WR-TIMEZONE:America/New_York\r\n";

#[test]
fn a_calendar_in_another_zone_than_the_systems_is_told_in_text_json_and_picture() {
    let note = "days follow the system's zone Europe/Berlin, but the calendar names America/New_York: set `timezone`";
    let world = world(NEW_YORK);
    assert!(world.run(["week", "--ics", "ada.ics"]).ok().contains(&format!("note: {note}")));
    assert_eq!(world.run(["week", "--ics", "ada.ics", "--format", "json"]).json()[0]["notes"][0], note);
    world.run(["week", "--ics", "ada.ics", "--out", "charts"]).ok();
    let alt = std::fs::read_to_string(world.path("charts/2026-W47.txt")).unwrap();
    assert!(alt.contains(note), "{alt}");
    // Whoever names a zone means it.
    let named = world.config("timezone = \"Europe/Berlin\"\n");
    assert!(!named.run(["week", "--ics", "ada.ics"]).ok().contains("note: days"));
}

#[test]
fn a_calendar_in_which_nobody_is_me_is_named() {
    let exchange = |number: usize| {
        let title = format!("Meeting {number}");
        let (start, end) = (format!("202611{:02}T090000", 16 + number), format!("202611{:02}T100000", 16 + number));
        let lines = "ATTENDEE;PARTSTAT=DECLINED:mailto:a.lovelace@corp.example\nATTENDEE:mailto:cy@corp.example";
        event(&title, &title, &start, &end, lines)
    };
    let notes = |number: usize, config: &str| {
        let events: Vec<String> = (0..number).map(exchange).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let world = world("").config(config).ics("exch.ics", &events);
        world.run(["week", "--ics", "ada.ics", "--ics", "exch.ics", "--format", "json"]).json().remove(0)["notes"]
            .clone()
    };
    let me = "timezone = \"Europe/Berlin\"\nmy_addresses = [\"ada@x.example\"";
    let note = "your own answers in `exch` are not known: add your address there to `my_addresses` so that declined meetings \
                are left out";
    assert_eq!(notes(3, &format!("{me}]\n")), serde_json::json!([note]));
    assert_eq!(notes(2, &format!("{me}]\n")), serde_json::json!([]));
    assert_eq!(notes(3, &format!("{me}, \"a.lovelace@corp.example\"]\n")), serde_json::json!([]));
}

#[test]
fn four_hours_and_fifty_nine_minutes_are_shown_and_compared_as_five() {
    let said = |end: &str| {
        let one = event("a", "Product strategy", "20261116T090000", end, TEAM);
        let world = World::new().config("goal = 0.4\n").ics("a.ics", &[&one]);
        world.run(["week", "--ics", "a.ics"]).ok()
    };
    let (five, less) = (said("20261116T135900"), said("20261116T135500"));
    assert!(five.contains("above your 40% goal") && !five.contains("too little"), "{five}");
    assert!(less.contains("too little to compare: 4.9 h counted"), "{less}");
}

#[test]
fn a_service_tells_of_the_calendars_zone_too() {
    let world = world(NEW_YORK).config("[[source.ics]]\nname = \"ada\"\npath = \"~/ada.ics\"\n");
    assert!(world.run(["week"]).ok().contains("names America/New_York"));
    world.run(["sync"]).ok();
    world.run(["render"]).ok();
    let alt = std::fs::read_to_string(world.path(".local/share/vantage/charts/2026-W47.txt")).unwrap();
    assert!(alt.contains("names America/New_York"), "{alt}");
}

#[test]
fn the_zone_of_ones_own_google_calendar_is_heeded_and_that_of_another_is_not() {
    let google = crate::support::google::Google::start();
    let zone = |name: &str, zone: &str| serde_json::json!({ "summary": name, "timeZone": zone });
    google.calendar(ADA, zone("Ada", "Europe/Berlin"));
    google.put(ADA, meeting("Product strategy", "2026-11-16T09:00", 120));
    let mut holidays = zone("Holidays", "Asia/Tokyo");
    holidays["accessRole"] = "reader".into();
    google.calendar("ja.japanese#holiday@group.v.calendar.google.com", holidays);
    let world = World::synced(&google);
    assert!(!world.run(["week"]).ok().contains("note: days"));
    let away = world.zone("UTC").run(["week"]).ok();
    assert!(away.contains("the system's zone UTC, but the calendar names Europe/Berlin: set `timezone`"), "{away}");
}

#[test]
fn zones_with_the_same_clock_are_one_and_one_calendar_at_home_is_enough() {
    let stockholm = world("X-WR-TIMEZONE:Europe/Stockholm\r\n");
    assert!(!stockholm.run(["week", "--ics", "ada.ics"]).ok().contains("note: days"));
    let away = event("b", "Sync", "20261117T090000", "20261117T100000", TEAM);
    let told = |extra: &str, name: &str, head: &str| {
        let text = crate::support::calendar(&[&away]).replace("VERSION:2.0\r\n", &format!("VERSION:2.0\r\n{head}"));
        let both = world(extra).file("other.ics", text);
        let said = both.run(["week", "--ics", "ada.ics", "--ics", "other.ics"]).ok();
        let turned = both.run(["week", "--ics", "other.ics", "--ics", "ada.ics"]).ok();
        assert_eq!(said.contains("note: days"), turned.contains("note: days"));
        said.contains(&format!("names {name}: set"))
    };
    assert!(!told(NEW_YORK, "", "X-WR-TIMEZONE:Europe/Berlin\r\n"));
    // One that names no zone says nothing of it, wherever its events are.
    assert!(told(NEW_YORK, "America/New_York", ""));
    assert!(told(NEW_YORK, "America/New_York", "X-WR-TIMEZONE:Mars/Olympus\r\n"));
    // Where none does, their events tell.
    assert!(!told("", "Europe/Berlin", ""));
}

#[test]
fn the_zone_of_the_system_is_known_or_doubted_aloud() {
    let told = |zone: &str| {
        let run = world("").zone(zone).run(["week", "--ics", "ada.ics"]);
        (run.out.lines().next().unwrap_or_default().rsplit_once("  ").unwrap().1.to_string(), run.err)
    };
    assert_eq!(told("CET-1CEST,M3.5.0,M10.5.0/3"), ("Europe/Berlin".into(), String::new()));
    assert_eq!(told(":Asia/Tokyo"), ("Asia/Tokyo".into(), String::new()));
    let (zone, err) = told("Mars/Olympus");
    assert_eq!(zone, "UTC");
    assert!(err.contains("`Mars/Olympus` of `TZ` is not known; UTC is used") && err.contains("timezone ="), "{err}");
}

#[test]
fn a_week_ahead_says_booked_and_a_week_of_little_says_its_hours() {
    let ahead = world("").at("2026-11-02T08:00:00+01:00");
    let text = ahead.run(["week", "2026-W47", "--ics", "ada.ics"]).ok();
    assert!(text.contains("Europe/Berlin  booked\n100% strategy booked"), "{text}");
    let running = world("").at("2026-11-17T08:00:00+01:00").run(["week", "this", "--ics", "ada.ics"]).ok();
    assert!(running.contains("100% strategy so far booked"), "{running}");
    let little = event("a", "Product strategy", "20261116T090000", "20261116T100000", TEAM);
    let world = World::new().config("goal = 0.4\n").ics("little.ics", &[&little]);
    let text = world.run(["week", "--ics", "little.ics"]).ok();
    assert!(text.contains("1.0 h strategy, 0.0 h execution — too little to compare: 1.0 h counted"), "{text}");
    assert!(!text.contains("goal"), "{text}");
}
