//! What changes a series from outside it: instances that are added, and changes that say little of themselves.

use crate::reading::{CONFIG, quietly, rows, vcalendar, vevent, week_of_text};
use crate::support::World;

const WEEK: (&str, &str) = ("2026-11-16", "2026-11-22");

fn at(day: u32, hour: u32, more: &str) -> String {
    format!("DTSTART;TZID=Europe/Berlin:202611{day:02}T{hour:02}0000\nDURATION:PT1H\n{more}")
}

/// Wednesdays at ten.
fn weekly(more: &str) -> String {
    vevent("u", "Roadmap", &at(4, 10, &format!("RRULE:FREQ=WEEKLY\n{more}")))
}

/// A change of one date, `20261118T100000` in Berlin, with these lines and nothing else.
fn bare(slot: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;TZID=Europe/Berlin:{slot}\n{lines}\nEND:VEVENT")
}

#[test]
fn a_method_add_adds_instances_and_erases_nothing() {
    let request = |more: &str| vcalendar("METHOD:REQUEST", &[&weekly(more)]);
    let add = |event: &str| vcalendar("METHOD:ADD", &[event]);
    let once = |more: &str| vevent("u", "Roadmap", &at(19, 14, &format!("SEQUENCE:1\n{more}")));
    let case = |texts: &[String]| {
        let (found, said) = week_of_text(&texts.concat());
        let other: Vec<String> = texts.iter().rev().cloned().collect();
        assert_eq!(week_of_text(&other.concat()).0, found);
        assert_eq!(said, "");
        found
    };
    let both = ["18T10:00 60 counted Roadmap", "19T14:00 60 counted Roadmap"];
    assert_eq!(case(&[request(""), add(&once(""))]), both);
    // Several at once, and more than one addition.
    let daily = vevent("u", "Roadmap", &at(20, 14, "RRULE:FREQ=DAILY;COUNT=2\nSEQUENCE:2"));
    let all = [&both[..], &["20T14:00 60 counted Roadmap", "21T14:00 60 counted Roadmap"]].concat();
    assert_eq!(case(&[request(""), add(&once("")), add(&daily)]), all);
    // To a single event too.
    let single = vcalendar("", &[&vevent("u", "Roadmap", &at(18, 10, ""))]);
    assert_eq!(case(&[single, add(&once(""))]), both);
    // What was added can be changed and cancelled.
    let moved = vcalendar("", &[&bare("20261119T140000", &at(20, 15, "SUMMARY:Roadmap\nSEQUENCE:2"))]);
    assert_eq!(case(&[request(""), add(&once("")), moved]), [both[0], "20T15:00 60 counted Roadmap"]);
    let cancel = vcalendar("METHOD:CANCEL", &[&weekly("SEQUENCE:2")]);
    let gone = all.iter().map(|row| row.replace("counted", "cancelled")).collect::<Vec<_>>();
    assert_eq!(case(&[request(""), add(&once("")), add(&daily), cancel]), gone);
    // A newer version of the series says what there is.
    let counted = |texts: &[String]| case(texts).iter().filter(|row| row.contains("counted")).count();
    assert_eq!(counted(&[request("SEQUENCE:3"), add(&once("")), add(&daily)]), 1);
    let taken_over = request("SEQUENCE:3\nRDATE;TZID=Europe/Berlin:20261119T140000");
    assert_eq!(counted(&[taken_over, add(&once(""))]), 2);
    // Sent as a request it is another version, as ever.
    let newer = vcalendar("METHOD:REQUEST", &[&once("")]);
    assert!(week_of_text(&[request(""), newer].concat()).0.iter().all(|row| !row.contains("18T10:00")));
}

#[test]
fn a_change_that_names_the_new_time_of_its_slot_takes_that_slot() {
    let from = |day: u32, hour: u32, slot: &str| {
        let slot = format!("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:{slot}");
        vevent("u", "Roadmap", &at(day, hour, &slot))
    };
    let change = |slot: &str| vevent("u", "Vision", &at(18, 17, &format!("RECURRENCE-ID;TZID=Europe/Berlin:{slot}")));
    let moved = "18T17:00 60 counted Vision";
    let later = from(11, 15, "20261111T100000");
    assert_eq!(quietly("", &[&weekly(""), &later, &change("20261118T150000")]), [moved]);
    // As the standard has it, by the slot that the rule gives.
    assert_eq!(quietly("", &[&weekly(""), &later, &change("20261118T100000")]), [moved]);
    // The first of those that follow, and one that went to another day.
    assert_eq!(quietly("", &[&weekly(""), &from(18, 15, "20261118T100000"), &change("20261118T150000")]), [moved]);
    assert_eq!(quietly("", &[&weekly(""), &from(12, 15, "20261111T100000"), &change("20261119T150000")]), [moved]);
    let days = "BEGIN:VEVENT\nUID:u\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261104\nRRULE:FREQ=WEEKLY\nEND:VEVENT";
    let shifted = "BEGIN:VEVENT\nUID:u\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261112\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261111\nEND:VEVENT";
    let one =
        "BEGIN:VEVENT\nUID:u\nSUMMARY:Trip\nDTSTART;VALUE=DATE:20261120\nRECURRENCE-ID;VALUE=DATE:20261119\nEND:VEVENT";
    assert_eq!(quietly("", &[days, shifted, one]), ["20 all-day Trip"]);
    // Before the change, or at a time that no slot moved to, it is beside the series.
    let future = from(25, 15, "20261125T100000");
    assert_eq!(quietly("", &[&weekly(""), &future, &change("20261118T150000")]).len(), 2);
    assert_eq!(quietly("", &[&weekly(""), &later, &change("20261118T160000")]).len(), 2);
    // Where a day's new time is the next day's old one, the rule's own slots are meant.
    let daily = vevent("u", "Roadmap", &at(16, 10, "RRULE:FREQ=DAILY;COUNT=3"));
    let next = from(17, 10, "20261116T100000");
    let found = quietly("", &[&daily, &next, &change("20261118T100000")]);
    assert_eq!(found, ["17T10:00 60 counted Roadmap", "18T10:00 60 counted Roadmap", moved]);
}

#[test]
fn what_a_change_does_not_say_is_as_in_its_series() {
    let slot = "20261118T100000";
    let when = "DTSTART;TZID=Europe/Berlin:20261118T150000";
    let series = weekly("");
    assert_eq!(quietly("", &[&series, &bare(slot, when)]), ["18T15:00 60 counted Roadmap"]);
    assert_eq!(
        quietly("", &[&series, &bare(slot, &format!("{when}\nSUMMARY:Vision"))]),
        ["18T15:00 60 counted Vision"]
    );
    let ends = format!("{when}\nDTEND;TZID=Europe/Berlin:20261118T153000");
    assert_eq!(quietly("", &[&series, &bare(slot, &ends)]), ["18T15:00 30 counted Roadmap"]);
    // All that follow, and a change in another file of the source.
    let future = bare(slot, when).replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;");
    assert_eq!(quietly("", &[&series, &future]), ["18T15:00 60 counted Roadmap"]);
    let world = World::new().config(CONFIG).file("work/a.ics", vcalendar("", &[&series]));
    let world = world.file("work/b.ics", vcalendar("", &[&bare(slot, when)]));
    assert_eq!(rows(&world, &["work"], WEEK), ["18T15:00 60 counted Roadmap"]);
    // An empty title is one that was taken away, and a change that lasts no time says so.
    assert_eq!(quietly("", &[&series, &bare(slot, &format!("{when}\nSUMMARY:"))]), ["18T15:00 60 solo -"]);
    assert_eq!(quietly("", &[&series, &bare(slot, &format!("{when}\nDURATION:PT0S"))]).len(), 1);
    assert!(quietly("", &[&series, &bare(slot, &format!("{when}\nDURATION:PT0S"))])[0].contains("no length"));
    // A date without an end is a day, and a single event without one has no length.
    assert_eq!(quietly("", &[&series, &bare(slot, "DTSTART;VALUE=DATE:20261118")]), ["18 all-day Roadmap"]);
    assert!(quietly("", &[&vevent("v", "Vision", when)])[0].contains("no length"));
}
