//! What no rule decides and the user did not mark is likely what the same person's other meetings of that week are.

use crate::support::{World, calendar, event};
use serde_json::Value;

const CONFIG: &str = "my_addresses = [\"ada@x.example\"]\n[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";

/// Bo's meeting on a day of 2026-W47.
fn by_bo(uid: &str, title: &str, day: u32, more: &str) -> String {
    let guests = "ORGANIZER:mailto:bo@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example\n\
                  ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:cy@x.example";
    let (from, to) = (format!("202611{day}T100000"), format!("202611{day}T110000"));
    event(uid, title, &from, &to, &format!("{guests}{more}"))
}

fn world(events: &[String]) -> World {
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    World::new().config(CONFIG).file("work.ics", calendar(&events))
}

fn decided(world: &World, from: &str, to: &str) -> Vec<String> {
    let rows = world.run(["events", "--from", from, "--to", to, "--format", "json"]).json();
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_string();
    let line = |row: &Value| ["summary", "class", "by", "certainty"].map(|key| word(row, key)).join(", ");
    rows.iter().map(line).collect()
}

#[test]
fn a_mark_speaks_for_what_else_its_caller_calls_in_the_week() {
    let week = [
        by_bo("a", "Okapi hour", 16, ""),
        by_bo("b", "Zebra hour", 17, ""),
        by_bo("c", "Pricing strategy for Nordlicht", 18, ""),
    ];
    let world = world(&week);
    assert_eq!(decided(&world, "2026-11-16", "2026-11-16"), ["Okapi hour, unclassified, -, -"]);
    world.run(["mark", "Zebra hour", "strategy"]).ok();
    // A part of the week says the same as the whole.
    assert_eq!(decided(&world, "2026-11-16", "2026-11-16"), ["Okapi hour, strategy, caller, likely"]);
    insta::assert_snapshot!(world.tell(["explain", "Okapi hour"]), @"
    Okapi hour  2026-11-16 10:00
      strategy  likely: who calls it
      no rule matched; 2 of the 2 others that bo@x.example calls that week are strategy

      time: 60 min, 60 min counted

      no rule came near
        and 38 more; --all prints them
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["events", "2026-W47"]), @"
    2026-11-16 10:00      60 min  strategy         Okapi hour  (by who calls it)
    2026-11-17 10:00      60 min  strategy         Zebra hour  (your mark)
    2026-11-18 10:00      60 min  strategy         Pricing strategy for Nordlicht  (Strategy)
    exit 0
    ");
    let report = world.run(["week", "2026-W47", "--format", "json"]).json();
    assert_eq!(report[0]["hours"]["likely"], 1.0, "{}", report[0]["hours"]);
    // Asked about after what is open, and answered like anything else.
    let world = world.input("e\n");
    insta::assert_snapshot!(world.tell(["review", "2026-W47"]), @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-16 10:00  Okapi hour  1.0 h, 3 people
      strategy: no rule matched; 2 of the 2 others by its caller that week are too
    s e i u r z ? n q > 
    execution; share 100% → 67%
    nothing is left to ask about; z undo, Enter to end > 
    2026-W47: coverage 100% → 100%, strategy share 100% → 67%
    exit 0
    ");
    assert_eq!(decided(&world, "2026-11-16", "2026-11-16"), ["Okapi hour, execution, mark, sure"]);
    // Who wants only what is sure is told that it is open.
    world.run(["unmark", "Okapi hour"]).ok();
    let world = world.config(&format!("likely = \"unclassified\"\n{CONFIG}"));
    assert_eq!(decided(&world, "2026-11-16", "2026-11-16"), ["Okapi hour, unclassified, -, -"]);
}

#[test]
fn a_rule_is_still_proposed_for_what_only_its_caller_speaks_for() {
    let world = world(&[
        by_bo("a", "Okapi hour", 16, "\nRRULE:FREQ=WEEKLY;COUNT=2"),
        by_bo("b", "Zebra hour", 17, ""),
        by_bo("c", "Pricing strategy for Nordlicht", 18, ""),
    ]);
    world.run(["mark", "Zebra hour", "strategy"]).ok();
    assert_eq!(decided(&world, "2026-11-16", "2026-11-16"), ["Okapi hour, strategy, caller, likely"]);
    let told = world.tell(["rules", "suggest"]);
    assert!(told.contains("okapi"), "{told}");
}

#[test]
fn an_answer_for_a_series_goes_for_one_that_is_begun_anew_under_its_title() {
    let old = by_bo("old", "Okapi circle", 10, "\nRRULE:FREQ=WEEKLY;COUNT=1").replace("202611", "202607");
    let world = world(&[old, by_bo("new", "Okapi circle", 16, "\nRRULE:FREQ=WEEKLY")]).input("s\n");
    world.run(["review", "--series"]).ok();
    assert_eq!(decided(&world, "2026-07-10", "2026-07-10"), ["Okapi circle, strategy, mark, sure"]);
    // Both are taken back as they were said: at once.
    let told = world.run(["unmark", "Okapi circle", "--series", "--on", "2026-11-16"]).ok();
    assert!(told.contains("Okapi circle, the whole series, and the mark of its title: unmarked"), "{told}");
    assert_eq!(world.run(["marks"]).ok(), "");
}

#[test]
fn who_calls_a_private_meeting_is_private_too() {
    let week = |more: &str| {
        [
            by_bo("a", "Okapi hour", 16, more),
            by_bo("b", "Zebra hour", 17, ""),
            by_bo("c", "Pricing strategy for Nordlicht", 18, ""),
        ]
    };
    let world = world(&week("\nCLASS:PRIVATE"));
    world.run(["mark", "Zebra hour", "strategy"]).ok();
    let told = world.tell(["explain", "a"]);
    assert!(told.contains("no rule matched; 2 of the 2 others that the same person calls that week"), "{told}");
    assert!(!told.contains("bo@x.example") && !told.contains("Okapi"), "{told}");
    let mine = week("").map(|event| event.replace("ORGANIZER:mailto:bo", "ORGANIZER:mailto:ada"));
    let refs: Vec<&str> = mine.iter().map(String::as_str).collect();
    let world = world.file("work.ics", calendar(&refs));
    let told = world.tell(["explain", "Okapi hour"]);
    assert!(told.contains("2 of the 2 others that you call that week are strategy"), "{told}");
}

#[test]
fn an_exception_is_taken_back_alone() {
    let old = by_bo("old", "Okapi circle", 10, "");
    let world = world(&[old, by_bo("new", "Okapi circle", 17, "")]).input("s\n");
    world.run(["review", "--series"]).ok();
    world.run(["mark", "Okapi circle", "execution", "--on", "2026-11-17"]).ok();
    let told = world.run(["unmark", "Okapi circle", "--on", "2026-11-17"]).ok();
    assert!(!told.contains("title"), "{told}");
    assert_eq!(decided(&world, "2026-11-17", "2026-11-17"), ["Okapi circle, strategy, mark, sure"]);
}

#[test]
fn what_crosses_the_edge_of_a_week_says_the_same_on_both_sides() {
    let late =
        by_bo("late", "Quagga", 15, "").replace("T100000", "T230000").replace("20261115T110000", "20261116T010000");
    let events = [late, by_bo("b", "Zebra hour", 12, ""), by_bo("c", "Pricing strategy for Nordlicht", 13, "")];
    let world = world(&events);
    world.run(["mark", "Zebra hour", "strategy"]).ok();
    for week in [("2026-11-15", "2026-11-15"), ("2026-11-16", "2026-11-16")] {
        assert_eq!(decided(&world, week.0, week.1), ["Quagga, strategy, caller, likely"]);
    }
}
