//! Meetings drawn at random: how far the share is off.

use crate::support::{World, calendar, event};
use serde_json::Value;

const TEAM: &str = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example\nATTENDEE:mailto:cy@x.example";
const RULES: &str = "[[rule]]\nname = \"Bets\"\nclass = \"strategy\"\ntitle = \"bets\"\n\n\
                     [[rule]]\nname = \"Works\"\nclass = \"execution\"\ntitle = \"works\"\ntheme = \"Delivery\"\n";

/// Twelve weeks of an hour of bets, two of works and one that is open.
fn world() -> World {
    let weekly = |uid: &str, title: &str, hour: u32, hours: u32| {
        let at = |hour| format!("20260831T{hour:02}0000");
        event(uid, title, &at(hour), &at(hour + hours), &format!("RRULE:FREQ=WEEKLY;COUNT=12\n{TEAM}"))
    };
    World::new().config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n").rules(RULES).file(
        "side.ics",
        calendar(&[&weekly("b", "Bets", 9, 1), &weekly("w", "Works", 11, 2), &weekly("o", "Okapi", 15, 1)]),
    )
}

const AUDIT: [&str; 5] = ["review", "--audit", "12", "--seed", "7"];

fn week(world: &World) -> Value {
    serde_json::from_str(&world.run(["week", "--format", "json"]).ok()).unwrap()
}

#[test]
fn an_audit_shows_no_class_before_its_end_and_is_quoted_by_the_report() {
    let world = world();
    assert_eq!(week(&world)["audit"], Value::Null);
    // One answer is taken back, one cannot be given.
    let world = world.input(format!("s\nz\n{}u\n\n", "e\n".repeat(11)));
    let told = world.tell(AUDIT);
    insta::assert_snapshot!(told, @"
    2026-W36 to 2026-W47: 12 meetings drawn at random by their hours (`--audit 12 --seed 7` draws them again)
    s strategy  e execution  i should not count  u cannot say  z undo  q quit

    2026-09-28 11:00  Works  2.0 h, 3 people
    s e i u z q (1 of 12) > 

    2026-11-02 11:00  Works  2.0 h, 3 people
    s e i u z q (2 of 12) > 

    2026-09-28 11:00  Works  2.0 h, 3 people
    s e i u z q (1 of 12) > 

    2026-11-02 11:00  Works  2.0 h, 3 people
    s e i u z q (2 of 12) > 

    2026-10-26 11:00  Works  2.0 h, 3 people
    s e i u z q (3 of 12) > 

    2026-11-16 11:00  Works  2.0 h, 3 people
    s e i u z q (4 of 12) > 

    2026-09-07 11:00  Works  2.0 h, 3 people
    s e i u z q (5 of 12) > 

    2026-09-21 11:00  Works  2.0 h, 3 people
    s e i u z q (6 of 12) > 

    2026-09-14 09:00  Bets  1.0 h, 3 people
    s e i u z q (7 of 12) > 

    2026-10-12 15:00  Okapi  1.0 h, 3 people
    s e i u z q (8 of 12) > 

    2026-08-31 15:00  Okapi  1.0 h, 3 people
    s e i u z q (9 of 12) > 

    2026-11-09 11:00  Works  2.0 h, 3 people
    s e i u z q (10 of 12) > 

    2026-11-16 15:00  Okapi  1.0 h, 3 people
    s e i u z q (11 of 12) > 

    2026-08-31 09:00  Bets  1.0 h, 3 people
    s e i u z q (12 of 12) > 

    strategy share 16% ± 20 in 9 of 10 cases; 11 meetings drawn at random, 1 of 8 with a class was wrong
    shown: 33%, coverage 75%
    k keeps these answers as marks of their meetings, Enter does not > 
    exit 0
    ");
    let asked = told.split("\nstrategy share").next().unwrap();
    assert!(!asked.contains("Bets  1.0 h, 3 people, ") && !asked.contains("unclassified"), "{asked}");
    let week = week(&world);
    insta::assert_snapshot!(week["audit"].to_string(), @r#"{"answered":11,"classed":8,"coverage":0.75,"date":"2026-11-23","first_day":"2026-08-31","last_day":"2026-11-22","margin":0.19180305507787063,"seed":7,"share":0.15555555555555556,"shown":0.3333333333333333,"wrong":1}"#);
    let text = world.run(["week"]).ok();
    assert!(text.contains("audit of 2026-11-23 over 2026-08-31 to 2026-11-22: strategy share "), "{text}");
    assert!(week["audit"]["answered"] == 11 && world.run(["marks"]).ok().is_empty(), "it steers nothing by itself");
    // The draw is the same for the same seed, and another for another.
    let drawn = |seed: &str| {
        world
            .run(["review", "--audit", "12", "--seed", seed])
            .ok()
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(drawn("7"), drawn("7"));
    assert_ne!(drawn("7"), drawn("8"));
}

#[test]
fn answers_become_marks_where_one_says_so_and_few_say_nothing() {
    let world = world().input("e\ne\nq\n");
    insta::assert_snapshot!(world.run(AUDIT).ok().lines().last().unwrap(), @"2 answers are too few to say anything; nothing is kept");
    assert_eq!(week(&world)["audit"], Value::Null);
    let world = world.input(format!("{}k\n", "e\n".repeat(12)));
    let told = world.run(AUDIT).ok();
    assert!(told.contains("marks kept; share 33% → "), "{told}");
    let marks = world.run(["marks", "--format", "json"]).json();
    let of = |uid: &str| {
        marks.iter().filter(|mark| mark["uid"] == uid).map(|mark| mark["theme"].clone()).collect::<Vec<_>>()
    };
    assert!(of("w").iter().all(|theme| theme == "Delivery") && !of("w").is_empty());
    assert!(of("o").iter().all(Value::is_null) && marks.iter().all(|mark| mark["class"] == "execution"));
}

#[test]
fn an_audit_of_files_is_quoted_where_they_are_read() {
    let world = world().input("e\n".repeat(13));
    world.run(["review", "--audit", "12", "--ics", "side.ics"]).ok();
    assert_eq!(week(&world)["audit"], Value::Null);
    let week = world.run(["week", "--ics", "side.ics", "--format", "json"]).json();
    assert_eq!(week[0]["audit"]["date"], "2026-11-23");
    // A week before those that were looked at is older than what is known of it.
    let older = world.run(["week", "2026-W30", "--ics", "side.ics", "--format", "json"]).json();
    assert_eq!(older[0]["audit"], Value::Null);
}
