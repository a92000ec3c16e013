//! What reviewers found in reports, through the real binary.

use crate::support::{World, event};

const ME: &str = "my_addresses = [\"ada@example.com\"]\n[people]\nreports = [\"bo@example.com\"]\n";

/// Others in the room and my answer.
fn room(answer: &str) -> String {
    format!(
        "ATTENDEE;PARTSTAT={answer}:mailto:ada@example.com\nATTENDEE;CN=Bo;PARTSTAT=ACCEPTED:mailto:bo@example.com\n\
         ATTENDEE:mailto:cy@example.com\nORGANIZER:mailto:cy@example.com"
    )
}

#[test]
fn a_week_says_the_same_alone_and_in_a_range() {
    let daily = |answer| {
        let more = format!("RRULE:FREQ=DAILY;COUNT=3\n{}", room(answer));
        event("x", "Sprint planning", "20261116T100000", "20261116T110000", &more)
    };
    let moved = format!("RECURRENCE-ID;TZID=Europe/Berlin:20261117T100000\n{}", room("ACCEPTED"));
    let moved = event("x", "Sprint planning", "20261217T100000", "20261217T110000", &moved);
    // An earlier beginning of the calendar, which the week alone cannot see.
    let early = event("e", "Roadmap", "20260302T100000", "20260302T110000", &room("ACCEPTED"));
    let world = World::new()
        .config(ME)
        .ics("s2.ics", &[&daily("NEEDS-ACTION")])
        .ics("s3.ics", &[&daily("ACCEPTED"), &moved, &early]);
    let week =
        |range| world.run(["week", range, "--format", "json", "--ics", "s2.ics", "--ics", "s3.ics"]).json().remove(0);
    let alone = week("2026-W47");
    assert_eq!((&alone["hours"]["counted"], &alone["events"]["fetched"]), (&2.0.into(), &5.into()));
    assert_eq!(alone, week("2026-W47..2026-W51"));
    assert_eq!(week("2026-W51")["hours"]["counted"], 1.0);
    // Earlier weeks of the range know of nothing before the calendar either.
    let range =
        world.run(["week", "2026-W10..2026-W47", "--format", "json", "--ics", "s2.ics", "--ics", "s3.ics"]).json();
    assert_eq!(range.last(), Some(&alone));
}

#[test]
fn a_private_series_says_nothing_of_itself() {
    let more = format!("RRULE:FREQ=DAILY;COUNT=4\nCLASS:PRIVATE\n{}", room("ACCEPTED"));
    let series = event("p", "Sprint planning", "20261116T100000", "20261116T110000", &more);
    let world = World::new().config(ME).ics("a.ics", &[&series]);
    let shown = |privacy| world.run(["week", "2026-W47", "--privacy", privacy, "--ics", "a.ics"]).ok();
    assert!(shown("titles").contains("  Private — 13.0 h a quarter\n"), "{}", shown("titles"));
    assert!(shown("classes").contains("  a recurring meeting — 13.0 h a quarter\n"), "{}", shown("classes"));
    assert!(!shown("themes").contains("Private"), "{}", shown("themes"));
    let json = world.run(["week", "2026-W47", "--format", "json", "--ics", "a.ics"]).json();
    let candidate = &json[0]["let_go"][0];
    assert_eq!((&candidate["private"], candidate["report"].is_null()), (&true.into(), true));
    assert!(candidate["title"].is_null() && candidate["people"].is_null());
}

#[test]
fn an_event_without_a_title_is_not_called_private() {
    let more = format!("RRULE:FREQ=DAILY;COUNT=4\n{}", room("ACCEPTED"));
    let series = event("p", "", "20261116T100000", "20261116T110000", &more);
    let rules = "[[rule]]\nname = \"all\"\nclass = \"execution\"\nduration = \">0m\"\n";
    let world = World::new().config(ME).rules(rules).ics("a.ics", &[&series]);
    let shown = world.run(["week", "2026-W47", "--ics", "a.ics", "--out", "out"]);
    shown.ok();
    let alt = std::fs::read_to_string(world.path("out/2026-W47.txt")).unwrap();
    assert!(alt.contains("let go of (no title): 13.0 h a quarter, 3 people, Bo already attends"), "{alt}");
    let text = world.run(["week", "2026-W47", "--ics", "a.ics"]).ok();
    assert!(text.contains("  (no title) — 13.0 h a quarter · 3 people · Bo already attends"), "{text}");
}

#[test]
fn movers_without_titles_are_one_line_a_class() {
    let one = |uid: &str, title, day| {
        event(uid, title, &format!("{day}T100000"), &format!("{day}T150000"), &room("ACCEPTED"))
    };
    let events = [
        one("a", "Sprint planning", "20261109"),
        one("b", "Sprint planning", "20261116"),
        one("c", "Product strategy", "20261117"),
        one("d", "Product vision", "20261118"),
    ];
    let world = World::new().config(ME).ics("a.ics", &events.each_ref().map(String::as_str));
    let moved = |privacy| {
        let text = world.run(["week", "2026-W47", "--privacy", privacy, "--ics", "a.ics"]).ok();
        text.lines().filter(|line| line.contains(" points  ")).map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(moved("classes"), ["+66.6 points  strategy", "+0.1 points  execution"]);
    assert_eq!(moved("titles").len(), 4);
}

#[test]
fn columns_of_the_text_report_are_straight() {
    let maybe = event("p", "Sprint planning", "20261116T100000", "20261116T110000", &room("TENTATIVE"));
    let world = World::new().config(&format!("tentative = \"half\"\n{ME}")).ics("a.ics", &[&maybe]);
    let text = world.run(["week", "2026-W47", "--ics", "a.ics"]).ok();
    let hours = text.lines().skip(3).take_while(|line| line.starts_with("  "));
    let ends: Vec<usize> = hours.filter_map(|line| line.find(" h")).collect();
    assert!(ends.len() > 4 && ends.iter().all(|end| *end == ends[0]), "{text}");
    assert!(text.contains("tentative, not counted   0.5 h"), "{text}");
}

#[test]
fn busy_times_count_as_unclassified() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20261116T100000Z/PT1H\nEND:VFREEBUSY\n\
                END:VCALENDAR\n";
    let world = World::new().file("busy.ics", text);
    let week = world.run(["week", "2026-W47", "--format", "json", "--ics", "busy.ics"]).json().remove(0);
    assert_eq!((&week["hours"]["unclassified"], &week["events"]["meetings"]), (&1.0.into(), &1.into()));
}
