//! Versions of one event, and what belongs together by UID, wherever it lies.

use crate::reading::{CONFIG, WE, quietly, rows, told, vcalendar, vevent, week_of};
use crate::support::World;

const WEEK: (&str, &str) = ("2026-11-16", "2026-11-22");

fn at(day: u32, hour: u32, more: &str) -> String {
    format!("DTSTART;TZID=Europe/Berlin:202611{day:02}T{hour:02}0000\nDURATION:PT1H\n{more}")
}

fn weekly(more: &str) -> String {
    at(11, 10, &format!("RRULE:FREQ=WEEKLY;COUNT=3\n{more}"))
}

/// A folder of these files as one source of the configuration, and as one path of the command line.
fn folder(files: &[String]) -> (Vec<String>, Vec<String>) {
    let source = "[[source.ics]]\nname = \"work\"\npath = \"~/work\"\n";
    let mut world = World::new().config(&format!("{CONFIG}{source}"));
    for (n, text) in files.iter().enumerate() {
        world = world.file(&format!("work/{n}.ics"), text);
    }
    world.sync();
    (rows(&world, &[], WEEK), rows(&world, &["work"], WEEK))
}

#[test]
fn the_newest_version_counts_whatever_file_it_lies_in() {
    let old = vevent("u", "Roadmap", &at(18, 10, "SEQUENCE:1\nDTSTAMP:20261102T000000Z"));
    for newer in [
        "SEQUENCE:2\nDTSTAMP:20261101T000000Z",
        "SEQUENCE:1\nDTSTAMP:20261103T000000Z",
        "SEQUENCE:1\nDTSTAMP:20261102T000000Z\nLAST-MODIFIED:20261103T000000Z",
    ] {
        let new = vevent("u", "Roadmap", &at(18, 14, newer));
        for files in [[&old, &new], [&new, &old]] {
            let files = files.map(|event| vcalendar("", &[event]));
            let wanted = vec!["18T14:00 60 counted Roadmap".to_string()];
            assert_eq!(folder(&files), (wanted.clone(), wanted), "{newer}");
        }
    }
}

#[test]
fn when_a_publisher_made_its_objects_says_nothing() {
    let event = |hour, stamp: &str, modified: &str| {
        let lines = format!("DTSTAMP:{stamp}\nLAST-MODIFIED:{modified}");
        vevent("u", "Roadmap", &at(18, hour, &lines))
    };
    let (old, new) =
        (event(10, "20261109T000000Z", "20261101T000000Z"), event(14, "20261105T000000Z", "20261104T000000Z"));
    assert_eq!(quietly("METHOD:PUBLISH", &[&old, &new]), ["18T14:00 60 counted Roadmap"]);
    // Without a method the stamp says which is newer, where both have one.
    assert_eq!(quietly("", &[&old, &new]), ["18T10:00 60 counted Roadmap"]);
    let stampless = new.lines().filter(|line| !line.starts_with("DTSTAMP")).collect::<Vec<_>>().join("\n");
    assert_eq!(quietly("", &[&old, &stampless]), ["18T14:00 60 counted Roadmap"]);
}

#[test]
fn events_that_only_share_a_uid_are_all_kept_and_that_is_told() {
    let same = "DTSTAMP:20261101T000000Z";
    let events =
        [(17, "Vision"), (18, "Vision"), (19, "Pricing")].map(|(day, title)| vevent("event", title, &at(day, 9, same)));
    let events = events.each_ref().map(String::as_str);
    let kept = ["17T09:00 60 counted Vision", "18T09:00 60 counted Vision", "19T09:00 60 counted Pricing"];
    assert_eq!(told("share one UID", "", &events), kept);
    assert_eq!(told("share one UID", "METHOD:PUBLISH", &events), kept);
    // The same thing twice is a duplicate, and counted as one.
    let twice = vevent("event", "Vision", &at(18, 9, same));
    assert_eq!(quietly("", &[&twice, &twice]), ["18T09:00 60 counted Vision", "18T09:00 60 duplicate Vision"]);
    // One that differs at the same time cannot be both.
    let other = vevent("event", "Pricing", &at(18, 9, same));
    assert_eq!(told("versions of one event differ", "", &[&twice, &other]).len(), 2);
}

#[test]
fn changes_and_cancellations_belong_to_their_series_wherever_they_lie() {
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let series = vevent("u", "Roadmap", &weekly(""));
    let moved = vevent("u", "Roadmap", &at(18, 15, &format!("{slot}\nSEQUENCE:1")));
    let renamed = vevent("u", "Pricing", &at(18, 10, &format!("{slot}\nSEQUENCE:1")));
    let future =
        vevent("u", "Roadmap", &at(18, 15, "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261118T100000"));
    let cancelled = vevent("u", "Roadmap", &at(18, 10, &format!("{slot}\nSEQUENCE:1\nSTATUS:CANCELLED")));
    for (change, wanted) in [
        (&moved, "18T15:00 60 counted Roadmap"),
        (&renamed, "18T10:00 60 counted Pricing"),
        (&future, "18T15:00 60 counted Roadmap"),
        (&cancelled, "18T10:00 60 cancelled Roadmap"),
    ] {
        for files in [[&series, change], [change, &series]] {
            let files = files.map(|event| vcalendar("", &[event]));
            let wanted = vec![wanted.to_string()];
            assert_eq!(folder(&files), (wanted.clone(), wanted), "{change}");
        }
    }
    // A newer copy that took a date away is believed over the old one that still has it.
    let newer = vevent("u", "Roadmap", &weekly("SEQUENCE:2\nEXDATE;TZID=Europe/Berlin:20261118T100000"));
    assert_eq!(folder(&[vcalendar("", &[&newer]), vcalendar("", &[&series])]).0, Vec::<String>::new());
    // A change of another event is none of this one's.
    let strange = vevent("v", "Roadmap", &at(18, 15, &format!("{slot}\nSEQUENCE:1")));
    assert_eq!(folder(&[vcalendar("", &[&series]), vcalendar("", &[&strange])]).0.len(), 2);
}

#[test]
fn a_method_says_what_its_calendar_is() {
    let invited = vcalendar("METHOD:REQUEST", &[&vevent("u", "Roadmap", &at(18, 10, "SEQUENCE:1"))]);
    let cancel = |lines: &str| vcalendar("METHOD:CANCEL", &[&vevent("u", "Roadmap", lines)]);
    let cancelled = vec!["18T10:00 60 cancelled Roadmap".to_string()];
    assert_eq!(folder(&[invited.clone(), cancel(&at(18, 10, "SEQUENCE:1"))]).0, cancelled);
    assert_eq!(folder(&[cancel(&at(18, 10, "SEQUENCE:2")), invited.clone()]).0, cancelled);
    assert_eq!(folder(&[cancel(&at(18, 10, ""))]).0, cancelled);
    // A cancellation of an earlier version is past.
    let standing = vec!["18T10:00 60 counted Roadmap".to_string()];
    assert_eq!(folder(&[cancel(&at(18, 10, "SEQUENCE:0")), invited]).0, standing);
    // A whole series is cancelled by an event that names no rule.
    let series = vcalendar("", &[&vevent("u", "Roadmap", &weekly("SEQUENCE:1"))]);
    assert_eq!(folder(&[series, cancel(&at(11, 10, "SEQUENCE:2"))]).0, cancelled);
    // Answers and questions are no meetings.
    for method in ["COUNTER", "REPLY", "REFRESH", "DECLINECOUNTER"] {
        let answer = vevent("v", "Pricing", &at(18, 12, ""));
        assert!(told(&format!("METHOD:{method}"), &format!("METHOD:{method}"), &[&answer]).is_empty(), "{method}");
    }
    assert_eq!(quietly("METHOD:REQUEST", &[&vevent("v", "Pricing", &at(18, 12, ""))]).len(), 1);
}

#[test]
fn across_sources_a_newer_version_or_a_cancellation_outranks_the_copy_that_was_answered() {
    let unanswered = "ATTENDEE:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com\n";
    let case = |a: String, b: String| {
        let world = World::new().config(CONFIG);
        let world = world.file("a.ics", vcalendar("", &[&a])).file("b.ics", vcalendar("", &[&b]));
        let counted = |sources: &[&str]| -> Vec<String> {
            rows(&world, sources, WEEK).into_iter().filter(|row| !row.contains("duplicate")).collect()
        };
        let found = counted(&["a.ics", "b.ics"]);
        assert_eq!(found, counted(&["b.ics", "a.ics"]));
        found
    };
    let mine = |hour, more: &str| vevent("u", "Roadmap", &at(18, hour, &format!("{more}\n{WE}")));
    let theirs = |hour, more: &str| vevent("u", "Roadmap", &at(18, hour, &format!("{more}\n{unanswered}")));
    // Moved in one calendar, stale in the other.
    assert_eq!(case(mine(10, "SEQUENCE:0"), theirs(14, "SEQUENCE:1")), ["18T14:00 60 counted Roadmap"]);
    assert_eq!(case(mine(14, "SEQUENCE:1"), theirs(10, "SEQUENCE:0")), ["18T14:00 60 counted Roadmap"]);
    assert_eq!(
        case(mine(10, "SEQUENCE:1"), theirs(10, "SEQUENCE:1\nSTATUS:CANCELLED")),
        ["18T10:00 60 cancelled Roadmap"]
    );
    // An older cancellation was overtaken, and of equal versions the answered one counts.
    assert_eq!(
        case(mine(10, "SEQUENCE:2"), theirs(10, "SEQUENCE:1\nSTATUS:CANCELLED")),
        ["18T10:00 60 counted Roadmap"]
    );
    // A date that the newer copy of a series lacks.
    let short = vevent("u", "Roadmap", &weekly("SEQUENCE:2\nEXDATE;TZID=Europe/Berlin:20261118T100000"));
    assert_eq!(case(vevent("u", "Roadmap", &weekly("SEQUENCE:1")), short), Vec::<String>::new());
    // Two events that only stand in two calendars are two.
    assert_eq!(case(mine(10, ""), vevent("v", "Pricing", &at(18, 14, ""))).len(), 2);
}

#[test]
fn a_meeting_copied_under_another_uid_is_one() {
    let pair = |a: &str, b: &str| {
        let world = World::new().config(CONFIG);
        let world = world.file("a.ics", vcalendar("", &[a, &vevent("x", "Other", &at(20, 8, ""))]));
        let world = world.file("b.ics", vcalendar("", &[b]));
        let found = rows(&world, &["a.ics", "b.ics"], ("2026-11-18", "2026-11-18"));
        let mut found: Vec<String> = found.iter().map(|row| row[9..].to_string()).collect();
        found.sort();
        found
    };
    let original = vevent("u", "Roadmap review", &at(18, 10, ""));
    let copy = |title: &str, more: &str| vevent("sync-1", title, &at(18, 10, &format!("X-ALONE:1\n{more}")));
    assert_eq!(
        pair(&original, &copy("ROADMAP - Review", "")),
        ["60 counted Roadmap review", "60 duplicate ROADMAP - Review"]
    );
    assert_eq!(pair(&original, &copy("Busy", "")), ["60 counted Roadmap review", "60 duplicate Busy"]);
    assert_eq!(pair(&original, &copy("", "")), ["60 counted Roadmap review", "60 duplicate -"]);
    // A declined original takes its copy with it; a block may stand for something else.
    let declined = original.replace("ACCEPTED:mailto:ada", "DECLINED:mailto:ada");
    assert_eq!(
        pair(&declined, &copy("Roadmap review", "")),
        ["60 declined Roadmap review", "60 duplicate Roadmap review"]
    );
    assert_eq!(pair(&declined, &copy("Busy", ""))[0], "60 counted Busy");
    // What takes my time without being counted takes the block's too.
    let away = vevent("u", "Clinic", &at(18, 10, "X-ALONE:1\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"));
    assert_eq!(pair(&away, &copy("Busy", "")), ["60 duplicate Busy", "60 out of office Clinic"]);
    let long = |event: &str| event.replace("PT1H", "PT32H");
    assert_eq!(pair(&long(&original), &long(&copy("Busy", ""))), ["1920 duplicate Busy", "1920 long Roadmap review"]);
    // Of two copies of one UID the one that says that I am away is right.
    let plain = away.replace("\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", "");
    assert_eq!(pair(&away, &plain), ["60 duplicate Clinic", "60 out of office Clinic"]);
    assert_eq!(pair(&plain, &away), ["60 duplicate Clinic", "60 out of office Clinic"]);
    // Two meetings: other guests, another length, another title, no title on either side.
    let strangers = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\nATTENDEE:mailto:cy@example.com";
    for other in
        [copy("Roadmap review", strangers), copy("Roadmap", ""), copy("Roadmap review", "X:1").replace("PT1H", "PT2H")]
    {
        assert!(pair(&original, &other).iter().all(|row| !row.contains("duplicate")), "{other}");
    }
    assert!(pair(&copy("", ""), &copy("", "").replace("sync-1", "v")).iter().all(|row| !row.contains("duplicate")));
}

#[test]
fn in_one_calendar_two_meetings_of_one_name_are_two() {
    let (a, b) = (vevent("u", "Roadmap", &at(18, 10, "")), vevent("v", "Roadmap", &at(18, 10, "")));
    let (rows, said) = week_of("", &[&a, &b]);
    assert_eq!((rows.len(), said.as_str()), (2, ""));
    assert!(rows.iter().all(|row| row.contains("counted")));
    // As files of one folder they are still one calendar.
    let files = [vcalendar("", &[&a]), vcalendar("", &[&b])];
    assert!(folder(&files).0.iter().all(|row| row.contains("counted")));
}

#[test]
fn a_folder_of_single_events_says_what_one_file_would() {
    let block = vevent("v", "Zzz block", &at(18, 14, "X-ALONE:1"));
    let meeting = vevent("u", "Roadmap", &at(18, 10, ""));
    let one = folder(&[vcalendar("", &[&meeting, &block])]).0;
    let files = [vcalendar("", &[&meeting]), vcalendar("", &[&block])];
    assert_eq!(folder(&files).0, one);
    assert!(one[1].contains("solo"), "{one:?}");
    // A file with several events is judged alone.
    let two = vcalendar("", &[&block, &vevent("w", "Zzz reading", &at(19, 14, "X-ALONE:1"))]);
    assert!(folder(&[vcalendar("", &[&meeting]), two]).0.iter().all(|row| !row.contains("solo")));
}

#[test]
fn a_cancellation_may_leave_out_all_but_what_it_cancels() {
    let series = vcalendar("", &[&vevent("u", "Roadmap", &weekly("SEQUENCE:0"))]);
    let single = vcalendar("METHOD:REQUEST", &[&vevent("u", "Roadmap", &at(18, 10, "SEQUENCE:0"))]);
    let cancel = |lines: &str| {
        vcalendar("", &[&format!("BEGIN:VEVENT\nUID:u\nSEQUENCE:1\n{lines}\nEND:VEVENT")]).replacen(
            "VERSION:2.0\r\n",
            "VERSION:2.0\r\nMETHOD:CANCEL\r\n",
            1,
        )
    };
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let future = slot.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE");
    let cancelled = vec!["18T10:00 60 cancelled Roadmap".to_string()];
    for (of, lines) in [(&single, ""), (&series, ""), (&series, slot), (&series, &*future)] {
        for files in [[of.clone(), cancel(lines)], [cancel(lines), of.clone()]] {
            assert_eq!(folder(&files).0, cancelled, "{lines}");
        }
    }
    // Of nothing it is the cancellation of nothing, and told.
    let (rows, said) = crate::reading::week_of_text(&cancel(""));
    assert!(rows.is_empty() && said.contains("not there"), "{said}");
    // Who does not cancel has to say when.
    let (rows, said) = week_of("", &["BEGIN:VEVENT\nUID:u\nSUMMARY:Roadmap\nEND:VEVENT"]);
    assert!(rows.is_empty() && said.contains("no `DTSTART`"), "{said}");
}

#[test]
fn events_of_one_uid_are_each_marked_alone() {
    let events = [(17, "Vision"), (18, "Pricing")].map(|(day, title)| vevent("event", title, &at(day, 9, "")));
    let source = "[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";
    let world = World::new().config(&format!("{CONFIG}{source}"));
    let world = world.file("work.ics", vcalendar("", &events.each_ref().map(String::as_str)));
    world.run(["mark", "Vision", "execution"]).ok();
    let by = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"]).json();
    let by: Vec<&str> = by.iter().map(|row| row["by"].as_str().unwrap()).collect();
    assert_eq!((by[0], by[1] == "mark"), ("mark", false));
}

#[test]
fn what_ties_is_told() {
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let series = vevent("u", "Roadmap", &weekly(""));
    let change = |hour| vevent("u", "Roadmap", &at(18, hour, slot));
    assert_eq!(told("changes of one date differ", "", &[&series, &change(14), &change(16)]).len(), 1);
    assert_eq!(quietly("", &[&series, &change(14), &change(14)]).len(), 1);
    let cancelled = vevent("v", "Pricing", &at(18, 9, "STATUS:CANCELLED"));
    let standing = vevent("v", "Pricing", &at(18, 9, ""));
    assert_eq!(told("it is cancelled", "", &[&standing, &cancelled]), ["18T09:00 60 cancelled Pricing"]);
    // A stamp decides between two versions, and tells where they look like two things.
    let stamped = |lines: &str, day: u32| format!("{lines}\nDTSTAMP:202611{day:02}T000000Z");
    let series = vevent("w", "Roadmap", &stamped(&weekly(""), 1));
    let single = vevent("w", "Pricing", &stamped(&at(18, 14, ""), 2));
    assert_eq!(told("same UID with a later stamp", "", &[&series, &single]), ["18T14:00 60 counted Pricing"]);
    let moved = vevent("w", "Roadmap", &stamped(&at(18, 14, ""), 2));
    assert_eq!(quietly("", &[&vevent("w", "Roadmap", &stamped(&at(18, 10, ""), 1)), &moved]).len(), 1);
}

#[test]
fn the_newest_word_on_a_date_goes_before_what_the_series_excludes() {
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let series = vevent("u", "Roadmap", &weekly("SEQUENCE:1\nEXDATE;TZID=Europe/Berlin:20261118T100000"));
    let change = |sequence| vevent("u", "Roadmap", &at(18, 15, &format!("{slot}\nSEQUENCE:{sequence}")));
    assert_eq!(quietly("", &[&series, &change(2)]), ["18T15:00 60 counted Roadmap"]);
    assert_eq!(quietly("", &[&series, &change(1)]).len(), 0);
}

#[test]
fn across_sources_one_uid_is_one_meeting_and_one_cancellation_ends_it() {
    let case = |a: &str, b: &str| {
        let world = World::new().config(CONFIG).file("a.ics", vcalendar("", &[a])).file("b.ics", b);
        let rows = rows(&world, &["a.ics", "b.ics"], WEEK);
        rows.into_iter().filter(|row| row.contains("counted")).collect::<Vec<_>>()
    };
    let unanswered = "ATTENDEE:mailto:ada@example.com\nATTENDEE:mailto:bo@example.com\n";
    let other = vcalendar("", &[&vevent("u", "Roadmap", &at(18, 15, unanswered))]);
    assert_eq!(case(&vevent("u", "Roadmap", &at(18, 10, "")), &other), ["18T10:00 60 counted Roadmap"]);
    let cancel = vcalendar("METHOD:CANCEL", &[&vevent("u", "Roadmap", &at(11, 10, "SEQUENCE:1"))]);
    let series = |sequence: u32| vevent("u", "Roadmap", &weekly(&format!("SEQUENCE:{sequence}")));
    assert!(case(&series(1), &cancel).is_empty());
    assert_eq!(case(&series(2), &cancel).len(), 1);
    // One guest in common is enough, though he is the organizer of one copy and a guest of the other.
    let with = |more: &str| format!("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\n{more}");
    let hosted =
        vevent("x", "Roadmap", &at(18, 10, &with("ORGANIZER:mailto:bo@example.com\nATTENDEE:mailto:cy@example.com")));
    let listed = vcalendar("", &[&vevent("y", "Roadmap", &at(18, 10, &with("ATTENDEE:mailto:bo@example.com")))]);
    assert_eq!(case(&hosted, &listed).len(), 1);
    let stranger = listed.replace("bo@", "di@");
    assert_eq!(case(&hosted, &stranger).len(), 2);
}

/// What two sources of these components tell in the week, each line once, and what is said of it.
fn across(a: &[&str], b: &[&str]) -> (Vec<String>, String) {
    let world = World::new().config(CONFIG).file("a.ics", vcalendar("", a)).file("b.ics", vcalendar("", b));
    let found = rows(&world, &["a.ics", "b.ics"], WEEK);
    assert_eq!(found, rows(&world, &["b.ics", "a.ics"], WEEK));
    let said = world.run(["events", "--ics", "a.ics", "--ics", "b.ics", "--from", WEEK.0, "--to", WEEK.1]).err;
    (found.into_iter().filter(|row| !row.contains("duplicate")).collect(), said)
}

#[test]
fn a_change_of_all_that_follows_reaches_the_series_of_another_source() {
    let series = |sequence: u32| vevent("u", "Roadmap", &weekly(&format!("SEQUENCE:{sequence}")));
    let from = |slot: u32, lines: &str| {
        let slot = format!("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:202611{slot}T100000");
        vevent("u", "Roadmap", &format!("{slot}\n{lines}"))
    };
    // Of the instance a week before, so that the one of this week is not in the file itself.
    let later = from(11, "DTSTART;TZID=Europe/Berlin:20261112T150000\nDURATION:PT2H\nSEQUENCE:2");
    assert_eq!(across(&[&series(1)], &[&later]).0, ["19T15:00 120 counted Roadmap"]);
    let utc = from(11, "DTSTART:20261112T140000Z\nDURATION:PT2H\nSEQUENCE:2");
    assert_eq!(across(&[&series(1)], &[&utc]).0, ["19T15:00 120 counted Roadmap"]);
    // An equal version changes nothing, but it cancels; an older one does neither.
    assert_eq!(across(&[&series(2)], &[&later]).0, ["18T10:00 60 counted Roadmap"]);
    let cancel = "DTSTART;TZID=Europe/Berlin:20261111T100000\nDURATION:PT1H\nSTATUS:CANCELLED\nSEQUENCE:2";
    assert_eq!(across(&[&series(2)], &[&from(11, cancel)]).0, ["18T10:00 60 cancelled Roadmap"]);
    assert_eq!(across(&[&series(3)], &[&from(11, cancel)]).0, ["18T10:00 60 counted Roadmap"]);
    // What follows a later date does not begin before it, and another event is another.
    assert_eq!(across(&[&series(2)], &[&from(25, cancel)]).0, ["18T10:00 60 counted Roadmap"]);
    assert_eq!(across(&[&series(1)], &[&later.replace("UID:u", "UID:v")]).0, ["18T10:00 60 counted Roadmap"]);
}

#[test]
fn one_version_at_two_times_in_two_sources_counts_once_and_that_is_told() {
    let told = "another source tells the event at another time, and nothing says which is newer: one of them counts";
    let unanswered = "ATTENDEE:mailto:ada@example.com\nATTENDEE:mailto:bo@example.com\n";
    let rule = |more: &str| format!("RRULE:FREQ=WEEKLY;COUNT=3\n{more}");
    let mine = vevent("u", "Roadmap", &at(12, 10, &rule("SEQUENCE:1")));
    let other = |day, hour, more: &str| vevent("u", "Roadmap", &at(day, hour, &rule(&format!("{more}\n{unanswered}"))));
    let (found, said) = across(&[&mine], &[&other(11, 14, "SEQUENCE:1")]);
    assert_eq!((found, said.matches(told).count()), (vec!["19T10:00 60 counted Roadmap".to_string()], 1), "{said}");
    assert!(said.contains("a.ics:3: "), "{said}");
    let (single, moved) = (vevent("v", "Pricing", &at(18, 10, "")), vevent("v", "Pricing", &at(25, 10, unanswered)));
    let (found, said) = across(&[&single], &[&moved]);
    assert_eq!((found.len(), said.matches(told).count()), (1, 0), "the other is not looked at: {said}");
    let (found, said) = across(&[&moved.replace("20261125", "20261118")], &[&single.replace("20261118", "20261125")]);
    assert_eq!((found.len(), said.matches(told).count()), (0, 1), "it counts a week later: {said}");
    // A newer version needs no telling, and neither do the same times in other words, or with one date less.
    let (found, said) = across(&[&mine], &[&other(11, 14, "SEQUENCE:2")]);
    assert_eq!((found[0].as_str(), said.as_str()), ("18T14:00 60 counted Roadmap", ""));
    for same in ["EXDATE;TZID=Europe/Berlin:20261112T100000", "RDATE;TZID=Europe/Berlin:20261120T100000"] {
        let (found, said) = across(&[&mine], &[&other(12, 10, &format!("SEQUENCE:1\n{same}"))]);
        assert_eq!((found.len(), said.as_str()), (if same.starts_with('R') { 2 } else { 1 }, ""), "{same}");
    }
    // One half of a series ends where the other begins.
    let half = |day, more: &str| vevent("u", "Roadmap", &at(day, 10, &format!("RRULE:FREQ=DAILY;{more}")));
    let (found, said) = across(&[&half(14, "UNTIL=20261117T235959Z")], &[&half(18, "COUNT=9")]);
    assert_eq!((found.len(), said.as_str()), (7, ""), "{found:?}");
}

#[test]
fn what_ends_a_series_ends_its_older_changes_too() {
    let slot = |future: &str| format!("RECURRENCE-ID{future};TZID=Europe/Berlin:20261118T100000");
    let series = vevent("u", "Roadmap", &weekly(""));
    let end = "STATUS:CANCELLED\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261111T100000\nSEQUENCE:2";
    let end = vevent("u", "Roadmap", &at(11, 10, end));
    let change = |sequence: u32| vevent("u", "Roadmap", &at(19, 15, &format!("{}\nSEQUENCE:{sequence}", slot(""))));
    assert_eq!(quietly("", &[&series, &change(1), &end]), ["19T15:00 60 cancelled Roadmap"]);
    assert_eq!(quietly("", &[&series, &change(3), &end]), ["19T15:00 60 counted Roadmap"]);
    // It begins later, and what follows is changed and not cancelled.
    let later = end.replace("20261111", "20261125");
    assert_eq!(quietly("", &[&series, &change(1), &later]), ["19T15:00 60 counted Roadmap"]);
    // The series itself is all that says so.
    let gone = vevent("u", "Roadmap", &weekly("STATUS:CANCELLED\nSEQUENCE:2"));
    assert_eq!(quietly("", &[&gone, &change(1)]), ["19T15:00 60 cancelled Roadmap"]);
    assert_eq!(quietly("", &[&gone, &change(3)]), ["19T15:00 60 counted Roadmap"]);
    let moved = end.replace("STATUS:CANCELLED\n", "");
    assert_eq!(quietly("", &[&series, &change(1), &moved]), ["19T15:00 60 counted Roadmap"]);
}

#[test]
fn a_change_of_a_date_that_a_newer_version_moved_counts_no_more() {
    let change = |hour, sequence: u32| {
        let slot = format!("RECURRENCE-ID;TZID=Europe/Berlin:20261118T{hour}0000\nSEQUENCE:{sequence}");
        vevent("u", "Roadmap", &at(18, 15, &slot))
    };
    let series = vevent("u", "Roadmap", &at(11, 11, "RRULE:FREQ=WEEKLY;COUNT=3\nSEQUENCE:2"));
    let moved = "18T15:00 60 duplicate Roadmap";
    assert_eq!(quietly("", &[&series, &change(10, 1)]), ["18T11:00 60 counted Roadmap", moved]);
    // Of a date that it has, of the same version, or beside its dates: it counts.
    assert_eq!(quietly("", &[&series, &change(11, 1)]), ["18T15:00 60 counted Roadmap"]);
    assert_eq!(quietly("", &[&series, &change(10, 2)]).len(), 2);
    assert!(!quietly("", &[&series, &change(10, 2)]).contains(&moved.to_string()));
    let dated = series.replace("SEQUENCE:2", "SEQUENCE:2\nRDATE;TZID=Europe/Berlin:20261118T100000");
    assert!(!quietly("", &[&dated, &change(10, 1)]).contains(&moved.to_string()));
    // In two sources the same.
    let found = across(&[&series], &[&change(10, 1)]).0;
    assert_eq!(found, ["18T11:00 60 counted Roadmap"]);
}

#[test]
fn a_cancellation_in_another_source_spares_what_is_newer() {
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let series = vevent("u", "Roadmap", &weekly("SEQUENCE:1"));
    let cancel = vevent("u", "Roadmap", &at(11, 10, "SEQUENCE:2\nSTATUS:CANCELLED"));
    let change = |sequence: u32| vevent("u", "Roadmap", &at(18, 15, &format!("{slot}\nSEQUENCE:{sequence}")));
    assert_eq!(across(&[&series, &change(3)], &[&cancel]).0, ["18T15:00 60 counted Roadmap"]);
    assert_eq!(across(&[&series, &change(2)], &[&cancel]).0, ["18T15:00 60 cancelled Roadmap"]);
    assert_eq!(across(&[&series], &[&cancel]).0, ["18T10:00 60 cancelled Roadmap"]);
}

#[test]
fn a_series_that_is_told_twice_has_its_changes_twice() {
    let slot = "RECURRENCE-ID;TZID=Europe/Berlin:20261118T100000";
    let series = vevent("u", "Roadmap", &weekly(""));
    let rows = |components: &[&str]| quietly("", components);
    let wanted = ["18T15:00 60 counted Roadmap", "18T15:00 60 duplicate Roadmap"];
    assert_eq!(rows(&[&series, &series, &vevent("u", "Roadmap", &at(18, 15, slot))]), wanted);
    let gone = vevent("u", "Roadmap", &at(18, 10, &format!("{slot}\nSTATUS:CANCELLED")));
    assert!(rows(&[&series, &gone, &series]).iter().all(|row| !row.contains("counted")));
    // A single event that only shares the UID has no part in them.
    let other = vevent("u", "Pricing", &at(18, 12, ""));
    let (found, _) = week_of("", &[&series, &other, &vevent("u", "Roadmap", &at(18, 15, slot))]);
    assert_eq!(found, ["18T12:00 60 counted Pricing", "18T15:00 60 counted Roadmap"]);
}

#[test]
fn a_newer_version_that_begins_later_says_nothing_of_the_time_before() {
    let old = vevent("u", "Roadmap", &at(3, 10, "RRULE:FREQ=WEEKLY"));
    let since = |day: u32| vevent("u", "Roadmap", &at(day, 12, "RRULE:FREQ=WEEKLY\nSEQUENCE:1"));
    assert_eq!(across(&[&old], &[&since(26)]).0, ["17T10:00 60 counted Roadmap"]);
    // A day later from the first to the last is a move.
    assert_eq!(across(&[&old], &[&since(4)]).0, ["18T12:00 60 counted Roadmap"]);
    assert_eq!(across(&[&old], &[&since(18)]).0, ["18T12:00 60 counted Roadmap"]);
}

/// What these sources tell together, the same in whatever order they come, and how often it is told that one time counts.
fn in_any_order(sources: &[&str]) -> (Vec<String>, usize) {
    let orders: &[&[usize]] = match sources.len() {
        2 => &[&[0, 1], &[1, 0]],
        _ => &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
    };
    let found = orders.iter().map(|order| {
        let (mut world, mut names) = (World::new().config(CONFIG), Vec::new());
        for (n, at) in order.iter().enumerate() {
            names.push(format!("{n}.ics"));
            world = world.file(&names[n], vcalendar("", &[sources[*at]]));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let arguments = names.iter().flat_map(|name| ["--ics", *name]);
        let run = world.run(["events", "--from", WEEK.0, "--to", WEEK.1].into_iter().chain(arguments));
        (rows(&world, &names, WEEK), run.err.matches("another source tells the event at another time").count())
    });
    let mut found: Vec<_> = found.collect();
    found.dedup();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn what_lies_between_two_sources_does_not_keep_them_apart() {
    let mine =
        |answer: &str| format!("ATTENDEE;PARTSTAT={answer}:mailto:ada@example.com\nATTENDEE:mailto:bo@example.com\n");
    let single = |day, hour, answer: &str| vevent("u", "Roadmap", &at(day, hour, &mine(answer)));
    let series = vevent("u", "Roadmap", &at(18, 10, &format!("RRULE:FREQ=DAILY;COUNT=2\n{}", mine("ACCEPTED"))));
    let (unanswered, declined) = (single(17, 14, "NEEDS-ACTION"), single(16, 10, "DECLINED"));
    let both = ["18T10:00 60 counted Roadmap", "19T10:00 60 counted Roadmap"];
    let (found, told) = in_any_order(&[&series, &unanswered, &declined]);
    let more = ["16T10:00 60 declined Roadmap", "17T14:00 60 duplicate Roadmap"];
    assert_eq!((found, told), ([more, both].concat().iter().map(|row| row.to_string()).collect(), 1));
    // Three single events: one of them counts.
    let (found, told) = in_any_order(&[&single(18, 9, "ACCEPTED"), &unanswered, &single(16, 10, "NEEDS-ACTION")]);
    assert_eq!((found.iter().filter(|row| row.contains("counted")).count(), told), (1, 1), "{found:?}");
    // Of two series beside a single, one; the single says nothing of them.
    let later = vevent("u", "Roadmap", &at(18, 14, &format!("RRULE:FREQ=DAILY;COUNT=2\n{}", mine("NEEDS-ACTION"))));
    let (found, told) = in_any_order(&[&series, &unanswered, &later]);
    assert_eq!((found.iter().filter(|row| row.contains("counted")).count(), told), (3, 1), "{found:?}");
    // A series and a single event: nothing tells them apart from two meetings.
    let (found, told) = in_any_order(&[&series, &unanswered]);
    assert_eq!((found.iter().filter(|row| row.contains("counted")).count(), told), (3, 0));
}

#[test]
fn events_of_two_sources_that_share_but_a_uid_that_says_nothing_both_count() {
    let budget = vevent("event", "Budget", &at(18, 10, ""));
    let other = |title: &str, more: &str| vevent("event", title, &at(17, 14, more));
    let counted = |sources: &[&str]| {
        let (found, told) = in_any_order(sources);
        (found.iter().filter(|row| row.contains("counted")).count(), told)
    };
    assert_eq!(counted(&[&budget, &other("Hiring", "")]), (2, 0));
    assert_eq!(counted(&[&budget, &other("Hiring", ""), &vevent("event", "Vision", &at(16, 9, ""))]), (3, 0));
    // Not even a cancellation of one is meant for the other.
    assert_eq!(counted(&[&budget, &other("Hiring", "STATUS:CANCELLED")]), (1, 0));
    // The same title was moved, and where a stamp or a SEQUENCE tells, it may have been renamed too.
    assert_eq!(counted(&[&budget, &other("BUDGET", "")]), (1, 1));
    assert_eq!(counted(&[&budget, &other("Hiring", "DTSTAMP:20261101T000000Z")]), (1, 1));
    assert_eq!(counted(&[&budget, &other("Hiring", "SEQUENCE:1")]), (1, 0));
    // At one time it is one event.
    assert_eq!(counted(&[&budget, &vevent("event", "Hiring", &at(18, 10, ""))]), (1, 0));
}
