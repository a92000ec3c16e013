//! What stays one series when its calendar splits or moves it.

use crate::reading::{CONFIG, vcalendar, vevent};
use crate::support::World;
use serde_json::Value;

/// A file of the configuration with an old meeting, so that the calendar is known to reach back.
fn filed(events: &[&str]) -> World {
    let source = "[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";
    World::new().config(&format!("{CONFIG}{source}")).file("work.ics", text(events))
}

fn text(events: &[&str]) -> String {
    let old = vevent("old", "Kick-off", "DTSTART:20250106T090000Z\nDURATION:PT1H");
    vcalendar("", &[&[old.as_str()], events].concat())
}

fn daily(uid: &str, title: &str, from: &str, more: &str) -> String {
    let others = "ORGANIZER:mailto:bo@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\n\
                  ATTENDEE:mailto:bo@example.com\nATTENDEE:mailto:cy@example.com";
    vevent(uid, title, &format!("DTSTART;TZID=Europe/Berlin:{from}\nDURATION:PT30M\n{more}\n{others}"))
}

/// Google's two halves of a stand-up that was changed from 11 November on.
fn halves(title: &str) -> [String; 2] {
    [
        daily("abc@google.com", "Acme daily", "20261102T090000", "RRULE:FREQ=DAILY;UNTIL=20261110T225959Z"),
        daily("abc_R20261111T080000@google.com", title, "20261111T093000", "RRULE:FREQ=DAILY;UNTIL=20261122T225959Z"),
    ]
}

/// Start, class and who decided of each meeting of these days.
fn decided(world: &World, from: &str, to: &str) -> Vec<String> {
    let rows = world.run(["events", "--from", from, "--to", to, "--format", "json"]).json();
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_string();
    rows.iter()
        .map(|row| format!("{} {} {}", &word(row, "start")[8..16], word(row, "class"), word(row, "by")))
        .collect()
}

#[test]
fn the_halves_of_a_series_are_one_for_a_mark_while_the_title_stays() {
    let [first, second] = halves("ACME - daily");
    let world = filed(&[&first, &second]);
    world.run(["mark", "Acme daily", "execution", "--series", "--on", "2026-11-09"]).ok();
    let by = |world: &World| decided(world, "2026-11-10", "2026-11-12");
    assert_eq!(by(&world), ["10T09:00 execution mark", "11T09:30 execution mark", "12T09:30 execution mark"]);
    // Renamed with the split, it is another thing; and so is a series that only looks like a half.
    let world = world.file("work.ics", text(&[&first, &halves("Acme vision")[1]]));
    assert!(!by(&world)[1].contains("mark"));
    let stranger = second.replace("abc_R20261111T080000", "abc_Raven");
    let world = world.file("work.ics", text(&[&first, &stranger]));
    assert!(!by(&world)[1].contains("mark"));
}

#[test]
fn what_is_said_of_a_series_holds_for_both_halves_where_each_is_marked() {
    let [first, second] = halves("Acme daily");
    let world = filed(&[&first, &second]);
    let marks = "[[mark]]\nuid = \"abc@google.com\"\nclass = \"strategy\"\n\n\
                 [[mark]]\nuid = \"abc_R20261111T080000@google.com\"\nclass = \"strategy\"\n";
    let world = world.file("marks.toml", marks);
    let by = || decided(&world, "2026-11-10", "2026-11-11");
    world.run(["marks", "--import", "marks.toml"]).ok();
    assert_eq!(by(), ["10T09:00 strategy mark", "11T09:30 strategy mark"]);
    world.run(["mark", "Acme daily", "execution", "--series", "--on", "2026-11-12"]).ok();
    assert_eq!(by(), ["10T09:00 execution mark", "11T09:30 execution mark"]);
    world.run(["unmark", "Acme daily", "--series", "--on", "2026-11-12"]).ok();
    assert!(by().iter().all(|row| !row.contains("mark")), "{:?}", by());
    assert_eq!(world.run(["marks"]).ok(), "");
    // Renamed with the split, each is a thing of its own.
    let world = world.file("work.ics", text(&[&first, &halves("Acme vision")[1]]));
    world.run(["marks", "--import", "marks.toml"]).ok();
    world.run(["unmark", "Acme vision", "--series"]).ok();
    assert_eq!(decided(&world, "2026-11-10", "2026-11-11")[0], "10T09:00 strategy mark");
}

#[test]
fn the_halves_of_a_series_are_one_where_it_could_be_let_go() {
    let [first, second] = halves("Acme daily");
    let candidates = |events: &[&str]| {
        let world = filed(events).rules("[[rule]]\nname = \"daily\"\nclass = \"execution\"\ntitle = \"acme\"\n");
        let report: Value = serde_json::from_str(&world.run(["week", "2026-W47", "--format", "json"]).ok()).unwrap();
        let hours = |c: &Value| (c["hours_a_quarter"].as_f64().unwrap() * 100.0).round() / 100.0;
        let moved = report["moved"].as_array().unwrap().len();
        (report["let_go"].as_array().unwrap().iter().map(hours).collect::<Vec<_>>(), moved)
    };
    // Nine and twelve half hours of four weeks, times 13/4.
    assert_eq!(candidates(&[&first, &second]).0, [34.13]);
    assert_eq!(candidates(&[&first, &second.replace("abc_R20261111T080000", "xyz")]).0, [19.5, 14.63]);
}

#[test]
fn a_mark_follows_its_meeting_when_all_of_the_series_moves() {
    let series = |hour: u32, more: &str| {
        daily("d", "Acme daily", &format!("20261116T{hour:02}0000"), &format!("RRULE:FREQ=DAILY;COUNT=5{more}"))
    };
    let world = filed(&[&series(9, "")]);
    world.run(["mark", "Acme daily", "strategy", "--on", "2026-11-18"]).ok();
    let marked = |world: &World| {
        let rows = decided(world, "2026-11-16", "2026-11-22");
        rows.into_iter().filter(|row| row.contains("mark")).collect::<Vec<_>>()
    };
    assert_eq!(marked(&world), ["18T09:00 strategy mark"]);
    let world = world.file("work.ics", text(&[&series(10, "")]));
    assert_eq!(marked(&world), ["18T10:00 strategy mark"]);
    assert!(world.run(["marks"]).ok().contains("2026-11-18 10:00"));
    // The second half of a split series under another title is another thing.
    let halves = [
        daily("d", "Acme daily", "20261116T090000", "RRULE:FREQ=DAILY;UNTIL=20261117T225959Z"),
        daily("d_R20261118T080000", "Budget talk", "20261118T090000", "RRULE:FREQ=DAILY;COUNT=3"),
    ];
    let world = world.file("work.ics", text(&halves.each_ref().map(String::as_str)));
    assert_eq!(marked(&world), Vec::<String>::new());
    // Two on that day: nobody knows which. The mark is shown with its old time, and not lost.
    let world = world.file("work.ics", text(&[&series(10, ";BYHOUR=10,15").replace("COUNT=5", "COUNT=10")]));
    assert_eq!(marked(&world), Vec::<String>::new());
    let marks = world.run(["marks"]).ok();
    assert!(marks.contains("2026-11-18 09:00") && marks.contains("not in the calendars now"), "{marks}");
}

#[test]
fn a_lost_mark_shows_its_old_time_in_the_users_zone() {
    let day = "BEGIN:VEVENT\nUID:d\nSUMMARY:Offsite\nDTSTART;VALUE=DATE:20261117\nRRULE:FREQ=WEEKLY\nEND:VEVENT";
    let weekly = daily("w", "Acme weekly", "20261110T090000", "RRULE:FREQ=WEEKLY");
    let single = daily("s", "Acme vision", "20261118T140000", "");
    let world = filed(&[&weekly, &single, day]);
    let mark = |title: &str, on: &str| world.run(["mark", title, "execution", "--on", on]).ok();
    mark("Acme weekly", "2026-11-17");
    mark("Acme vision", "2026-11-18");
    mark("Offsite", "2026-11-17");
    let here = world.run(["marks"]).ok();
    assert!(here.contains("2026-11-17 09:00") && here.contains("2026-11-17 all-day"), "{here}");
    let gone = world.file("work.ics", text(&[]));
    let lost = gone.run(["marks"]).ok();
    let rows =
        |all: &str| all.lines().filter(|row| row.contains("2026-11-17")).map(|row| row[..18].to_owned()).collect();
    let (then, now): (Vec<String>, Vec<String>) = (rows(&here), rows(&lost));
    assert_eq!(then, now);
    assert!(lost.contains("not in the calendars now") && lost.lines().any(|row| row.starts_with("all ")), "{lost}");
    // Programs read the instant.
    let json = gone.run(["marks", "--format", "json"]).ok();
    assert!(
        json.contains("\"original\":\"2026-11-17T08:00:00Z\"") && json.contains("\"original\":\"2026-11-17\""),
        "{json}"
    );
}
