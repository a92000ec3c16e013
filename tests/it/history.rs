//! A source that stops telling of the past does not erase it. Now is Monday, 23 November 2026, seven in the morning.

use crate::support::{World, calendar, event, feed};
use std::sync::{Arc, Mutex};

const SIDE: &str = "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";

fn at(day: &str, hour: u32) -> (String, String) {
    (format!("{day}T{hour:02}0000"), format!("{day}T{:02}0000", hour + 1))
}

/// One hour with Bo.
fn one(uid: &str, title: &str, day: &str, hour: u32) -> String {
    let (start, end) = at(day, hour);
    event(uid, title, &start, &end, "ATTENDEE:mailto:ada@example.com\nATTENDEE:mailto:bo@example.com")
}

/// A weekly hour on Tuesdays since 3 November; `more` are its exceptions.
fn weekly(title: &str, more: &str) -> String {
    one("weekly", title, "20261103", 14) + "\nRRULE:FREQ=WEEKLY" + more
}

fn texts(events: &[String]) -> String {
    calendar(&events.iter().map(String::as_str).collect::<Vec<_>>())
}

fn saved(world: World, events: &[String]) -> World {
    world.file("side.ics", texts(events))
}

/// A feed with these events, and what it serves.
fn served(events: &[String]) -> (World, Arc<Mutex<String>>) {
    let (address, served) = feed(texts(events));
    let source = format!("[[source.ics]]\nname = \"side\"\nurl = \"{address}\"\nallow_private = true\n");
    (World::new().config(&source), served)
}

/// Every working day from 2 November to 18 December: a stand-up of an hour, and two more of everything.
fn days() -> Vec<(u32, String)> {
    let days =
        (2..=30).map(|d| (d, format!("202611{d:02}"))).chain((1..=18).map(|d| (30 + d, format!("202612{d:02}"))));
    // The 1st of November was a Sunday.
    days.filter(|(n, _)| !matches!(n % 7, 0 | 1)).collect()
}

fn hours(world: &World, week: &str) -> (serde_json::Value, String) {
    let run = world.run(["week", week, "--format", "json"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    (report["hours"].clone(), run.err)
}

#[test]
fn a_window_that_moves_on_every_day_leaves_past_weeks_and_their_pictures_as_they_were() {
    // From ten days ago to three weeks ahead, as Exchange publishes it, with a series that is told whole for ever.
    let window = |today: u32| {
        let days = days().into_iter().filter(|(n, _)| *n + 10 >= today && *n <= today + 21);
        let mut events: Vec<String> = days
            .flat_map(|(n, day)| {
                let own = |k: u32, title: &str| one(&format!("{title}-{n}"), title, &day, 9 + 2 * k);
                [own(0, "Roadmap"), own(1, "Sprint planning"), own(3, "Interview")]
            })
            .collect();
        events.push(weekly("Staff", ""));
        texts(&events)
    };
    let (world, feed) = served(&[]);
    *feed.lock().unwrap() = window(15);
    let world = world.at("2026-11-15T20:00:00+01:00");
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = window(16);
    let world = world.at("2026-11-16T20:00:00+01:00");
    world.run(["sync"]).ok();
    let before = hours(&world, "2026-W46");
    world.run(["render"]).ok();
    let picture = std::fs::read(world.path(".local/share/vantage/charts/2026-W46.png")).unwrap();
    let mut world = world;
    for today in 17..=36 {
        *feed.lock().unwrap() = window(today);
        let (month, day) = if today > 30 { (12, today - 30) } else { (11, today) };
        world = world.at(&format!("2026-{month}-{day:02}T20:00:00+01:00"));
        world.run(["sync"]).ok();
        assert_eq!(hours(&world, "2026-W46").0, before.0, "on {month}-{day}");
        let drawn = world.run(["render"]).ok();
        assert!(!drawn.contains("2026-W46"), "{drawn}");
    }
    assert_eq!(std::fs::read(world.path(".local/share/vantage/charts/2026-W46.png")).unwrap(), picture);
    let told = hours(&world, "2026-W46").1;
    assert!(told.contains("no longer told like that by the source and count as last seen between 2026-11-"), "{told}");
    let status = world.run(["status"]).ok();
    assert!(status.contains("meetings before 2026-11-26 are no longer told like that by the source"), "{status}");
    assert!(status.contains("`vantage sync --accept-deletions` lets go of it"), "{status}");
}

#[test]
fn inside_its_range_a_source_is_believed_at_once() {
    let all =
        [one("a", "Roadmap", "20261102", 9), one("b", "Budget", "20261116", 9), one("c", "Vision", "20261117", 9)];
    let world = saved(World::new().config(SIDE), &all);
    assert_eq!(world.week(), "16T09:00 Budget\n17T09:00 Vision");
    let world = saved(world, &[all[0].clone(), one("c", "Vision 2030", "20261117", 9)]);
    let run = world.run(["events", "--from", "2026-11-02", "--to", "2026-11-22"]);
    assert!(run.out.contains("Vision 2030") && !run.out.contains("Budget"), "{}", run.out);
    assert!(run.err.is_empty(), "{}", run.err);
}

#[test]
fn before_its_range_a_source_erases_nothing_until_it_is_told_to() {
    let all =
        [one("a", "Roadmap", "20261109", 9), one("b", "Budget", "20261110", 9), one("c", "Vision", "20261117", 9)];
    let world = saved(World::new().config(SIDE), &all);
    let past = |world: &World| world.titles("2026-11-09", "2026-11-22");
    let whole = past(&world);
    // The earliest single event is now on the 17th: what was before that may be deleted, or not told any more.
    let world = saved(world, &all[2..]);
    assert_eq!(past(&world), whole);
    insta::assert_snapshot!(world.tell(["events", "--from", "2026-11-09", "--to", "2026-11-10"]), @"
    2026-11-09 09:00      60 min  strategy         Roadmap  (Vision, roadmap and portfolio)  (as last seen on 2026-11-23)
    2026-11-10 09:00      60 min  strategy         Budget  (Planning of a quarter or a year)  (as last seen on 2026-11-23)
    warning: side: 2 meetings before 2026-11-11 are no longer told like that by the source and count as last seen on 2026-11-23
     |
     = help: `vantage status` says more
    exit 0
    ");
    // Rules read it again, and marks find it.
    let world = world.rules("[[rule]]\nname = \"money\"\nclass = \"execution\"\ntitle = \"budget\"\n");
    assert!(world.run(["explain", "budget"]).ok().contains("money"));
    world.run(["mark", "roadmap", "ignore"]).ok();
    assert!(world.run(["events", "--from", "2026-11-09", "--to", "2026-11-09"]).ok().contains("ignored by rule"));
    // It comes back, changed: the source covers it again.
    let again = [one("a", "Roadmap", "20261109", 9), one("b", "Budgets", "20261110", 9), all[2].clone()];
    let world = saved(world, &again);
    assert!(past(&world).contains("Budgets"), "{}", past(&world));
    let world = saved(world, &again[2..]);
    assert!(past(&world).contains("Budgets"), "{}", past(&world));
    let told = world.run(["sync", "--accept-deletions"]).ok();
    assert_eq!(told, "side: no change\n  2 meetings of the past were let go\n");
    assert_eq!(past(&world), "17T09:00 Vision");
    assert!(!world.run(["status"]).ok().contains("no longer told"));
}

#[test]
fn an_old_series_that_lost_its_exceptions_does_not_rewrite_the_past() {
    let moved = one("weekly", "Staff", "20261111", 16) + "\nRECURRENCE-ID;TZID=Europe/Berlin:20261110T140000";
    let late = |day: &str| one("late", "Vision", day, 9);
    let cancelled = "\nEXDATE;TZID=Europe/Berlin:20261103T140000";
    let world = saved(World::new().config(SIDE), &[weekly("Staff", cancelled), moved, late("20261117")]);
    let past = |world: &World| world.titles("2026-11-02", "2026-11-22");
    let whole = "11T16:00 Staff\n17T09:00 Vision\n17T14:00 Staff";
    assert_eq!(past(&world), whole);
    let world = saved(world, &[weekly("Staff", ""), late("20261117")]);
    assert_eq!(past(&world), whole);
    let told = world.tell(["events", "--from", "2026-11-02", "--to", "2026-11-15"]);
    assert!(told.contains("1 meeting before 2026-11-12 is no longer told like that by the source"), "{told}");
    assert!(told.contains("that it tells of now"), "{told}");
    // Another title begins where the source covers: the 17th.
    let world = saved(world, &[weekly("Leads", ""), late("20261117")]);
    assert_eq!(past(&world), "11T16:00 Staff\n17T09:00 Vision\n17T14:00 Leads");
}

#[test]
fn a_series_alone_proves_nothing_and_what_is_new_counts() {
    let world = saved(World::new().config(SIDE), &[weekly("Staff", "")]);
    let past = |world: &World| world.titles("2026-11-02", "2026-11-25");
    assert_eq!(past(&world), "03T14:00 Staff\n10T14:00 Staff\n17T14:00 Staff\n24T14:00 Staff");
    // An hour later from the first to the last: what is over stays where it was.
    let later = one("weekly", "Staff", "20261103", 15) + "\nRRULE:FREQ=WEEKLY";
    let fresh = one("monday", "Portfolio", "20261102", 9) + "\nRRULE:FREQ=WEEKLY;COUNT=2";
    let world = saved(world, &[later, fresh]);
    let expected =
        "02T09:00 Portfolio\n03T14:00 Staff\n09T09:00 Portfolio\n10T14:00 Staff\n17T14:00 Staff\n24T15:00 Staff";
    assert_eq!(past(&world), expected);
}

#[test]
fn a_program_that_gives_new_uids_to_old_meetings_doubles_nothing() {
    let named = |by: &str| {
        let days = [("a", "20261109"), ("b", "20261110"), ("c", "20261116")];
        days.map(|(uid, day)| one(&format!("{uid}-{by}"), "Roadmap", day, 9)).to_vec()
    };
    let (world, feed) = served(&named("x"));
    world.run(["sync"]).ok();
    let whole = world.titles("2026-11-02", "2026-11-22");
    let mut world = world;
    for hour in [8, 9] {
        world = world.at(&format!("2026-11-23T{hour:02}:30:00+01:00"));
        *feed.lock().unwrap() = texts(&named(if hour == 8 { "y" } else { "z" }));
        assert_eq!(world.run(["sync"]).ok(), "side: 0 added, 0 changed, 0 removed (listed whole)\n");
    }
    assert_eq!(world.titles("2026-11-02", "2026-11-22"), whole);
}

#[test]
fn a_file_that_loses_almost_everything_in_one_save_is_held() {
    let all: Vec<String> =
        (0..400).map(|n| one(&format!("m{n}"), "Roadmap", &format!("202611{:02}", 9 + n % 14), 8 + n % 9)).collect();
    let world = saved(World::new().config(SIDE), &all);
    let there = |world: &World| world.titles("2026-11-09", "2026-11-22").lines().count();
    assert_eq!(there(&world), 400);
    let world = saved(world, &[]);
    assert_eq!(there(&world), 400);
    let told = world.tell(["sync"]);
    assert!(told.contains("held: the listing lacks 400 of 400 events, which still count"), "{told}");
    assert!(world.run(["status"]).ok().contains("a listing lacks 400 of 400 events"));
    // The save was a mistake, and is undone.
    let world = saved(world, &all);
    assert_eq!(world.run(["sync"]).ok(), "side: no change\n");
    assert!(!world.run(["status"]).ok().contains("held"));
}

#[test]
fn a_window_that_jumps_is_no_deletion_and_one_amid_what_is_told_is_held() {
    let all: Vec<String> =
        (0..40).map(|n| one(&format!("m{n}"), "Roadmap", &format!("202610{:02}", 1 + n % 20), 8 + n / 20)).collect();
    let latest = || [one("late", "Vision", "20261116", 9), one("first", "Start", "20260901", 9)];
    let (world, feed) = served(&[&all[..], &latest()].concat());
    world.run(["sync"]).ok();
    let there = |world: &World| world.titles("2026-10-01", "2026-11-22").lines().count();
    assert_eq!(there(&world), 41);
    // The earliest event is still there: the others are gone from what the source covers.
    *feed.lock().unwrap() = texts(&latest());
    assert!(world.run(["sync"]).ok().contains("held: the listing lacks 40 of 42 events"));
    // Nobody asked for two months: the range begins on 16 November.
    *feed.lock().unwrap() = texts(&latest()[..1]);
    insta::assert_snapshot!(world.tell(["sync"]), @"
    side: 0 added, 0 changed, 41 removed (listed whole)
      41 meetings of the past are no longer told and stay as they were seen last
    exit 0
    ");
    assert_eq!(there(&world), 41);
}

#[test]
fn sync_tells_what_was_renamed_or_lengthened() {
    let all = [one("a", "Roadmap", "20261109", 9), one("b", "Budget", "20261116", 9)];
    let world = saved(World::new().config(SIDE), &all);
    assert_eq!(world.run(["sync"]).ok(), "side: 2 added, 0 changed, 0 removed (listed whole)\n");
    let longer = all[1].replace("T100000", "T113000");
    let world = saved(world, &[one("a", "Vision", "20261109", 9), longer.clone()]);
    assert_eq!(world.run(["sync"]).ok(), "side: 0 added, 2 changed, 0 removed (listed whole)\n");
    // A new stamp of the same is none.
    let stamped = longer.replace("DTSTAMP:2026", "DTSTAMP:2027");
    let world = saved(world, &[stamped, one("a", "Vision", "20261109", 9), one("c", "Staff", "20261118", 9)]);
    assert_eq!(world.run(["sync"]).ok(), "side: 1 added, 0 changed, 0 removed (listed whole)\n");
}

/// Four hundred half hours of twenty days, of which program and UID say nothing.
fn nameless(uid: Option<&str>) -> Vec<String> {
    let one = |n: usize| {
        let (day, half) = (1 + n % 20, n / 20);
        let time = |half: usize| format!("202611{day:02}T{:02}{:02}00", 8 + half / 2, half % 2 * 30);
        let text =
            event(uid.unwrap_or("none"), "Roadmap", &time(half), &time(half + 1), "ATTENDEE:mailto:bo@example.com");
        if uid.is_some() { text } else { text.replace("UID:none", "X-NOTHING:none") }
    };
    (0..400).map(one).collect()
}

#[test]
fn events_without_a_uid_of_their_own_are_guarded_like_others() {
    for uid in [None, Some("event")] {
        let all = nameless(uid);
        let world = saved(World::new().config(SIDE), &all);
        assert_eq!(world.run(["sync"]).ok(), "side: 400 added, 0 changed, 0 removed (listed whole)\n", "{uid:?}");
        assert!(world.run(["status"]).ok().contains("400 events"), "{uid:?}");
        let there = |world: &World| world.titles("2026-11-01", "2026-11-22").lines().count();
        let few = [&all[..201], &all[204..]].concat();
        let world = saved(world, &few);
        assert!(world.run(["sync"]).ok().contains("0 added, 0 changed, 3 removed"), "{uid:?}: a few go");
        let before = there(&world);
        for (left, lacks) in [(&all[..0], "397 of 397"), (&all[..3], "394 of 397")] {
            let world = saved(World::new().config(SIDE), &few);
            world.run(["sync"]).ok();
            let world = saved(world, left);
            let told = world.run(["sync"]).ok();
            assert!(told.contains(&format!("held: the listing lacks {lacks} events")), "{uid:?}: {told}");
            assert_eq!(there(&world), before, "{uid:?}");
        }
    }
}

#[test]
fn a_window_moves_on_over_events_that_share_a_uid_or_have_none() {
    for uid in ["exp", ""] {
        let days = ["20261103", "20261110", "20261117", "20261124"];
        let all = days.map(|day| one(uid, "Vision", day, 9).replace("UID:\n", "").replace("UID:\r\n", ""));
        let world = saved(World::new().config(SIDE).at("2026-11-20T20:00:00+01:00"), &all);
        let past = |world: &World| world.titles("2026-11-02", "2026-11-25");
        let whole = past(&world);
        assert_eq!(whole.lines().count(), 4, "{whole}");
        let world = saved(world.at("2026-11-21T20:00:00+01:00"), &all[1..]);
        assert!(world.run(["sync"]).ok().contains("1 meeting of the past is no longer told"), "{uid:?}");
        assert_eq!(past(&world), whole, "{uid:?}");
        let world = saved(world.at("2026-11-22T20:00:00+01:00"), &all[2..]);
        assert_eq!(past(&world), whole, "{uid:?}");
        // Inside the range it is deleted.
        let world = saved(world, &[all[2].clone()]);
        assert_eq!(past(&world), whole.lines().take(3).collect::<Vec<_>>().join("\n"), "{uid:?}");
    }
}

#[test]
fn a_series_that_moves_to_another_weekday_counts_once_a_week() {
    let ser = |day: &str| one("ser", "Staff", day, 9) + "\nRRULE:FREQ=WEEKLY";
    let ahead = one("x", "Vision", "20261202", 9);
    for (old, new, kept) in [("20261012", "20261016", "16T09:00 Staff"), ("20261014", "20261015", "18T09:00 Staff")] {
        let world = World::new().config(SIDE).at("2026-11-20T20:00:00+01:00");
        let world = saved(world, &[ser(old), ahead.clone()]);
        let week = |world: &World| world.titles("2026-11-16", "2026-11-22");
        assert_eq!(week(&world), kept);
        let world = saved(world.at("2026-11-21T20:00:00+01:00"), &[ser(new), ahead.clone()]);
        assert_eq!(week(&world), kept, "{new}: it was over and not told");
        // It is moved back, and nothing is kept of it any more.
        let world = saved(world, &[ser(old), ahead.clone()]);
        assert_eq!(week(&world), kept);
        assert!(!world.run(["status"]).ok().contains("no longer told"), "{}", world.run(["status"]).ok());
    }
    // Also where it may have taken place since it was seen last: the week has its meeting.
    let world = saved(World::new().config(SIDE).at("2026-11-19T20:00:00+01:00"), &[ser("20261012"), ahead.clone()]);
    world.run(["sync"]).ok();
    let world = saved(world.at("2026-11-21T20:00:00+01:00"), &[ser("20261016"), ahead]);
    assert_eq!(world.titles("2026-11-16", "2026-11-22"), "16T09:00 Staff");
}

#[test]
fn edits_of_a_feed_that_gives_new_uids_at_every_fetch_double_nothing() {
    let told = |by: &str, second: &str| {
        let days = [("a", "Roadmap", "20261109"), ("b", second, "20261110"), ("c", "Vision", "20261116")];
        days.map(|(uid, title, day)| one(&format!("{uid}-{by}"), title, day, 9)).to_vec()
    };
    let (world, feed) = served(&told("x", "Budget"));
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = texts(&told("y", "Money"));
    let mut world = world;
    for hour in [8, 9, 10] {
        world = world.at(&format!("2026-11-23T{hour:02}:30:00+01:00"));
        world.run(["sync"]).ok();
    }
    assert_eq!(world.titles("2026-11-09", "2026-11-22"), "09T09:00 Roadmap\n10T09:00 Money\n16T09:00 Vision");
}

#[test]
fn a_meeting_that_is_no_longer_told_says_so_wherever_it_stands() {
    let all =
        [one("a", "Roadmap", "20261109", 9), one("b", "Budget", "20261110", 9), one("c", "Vision", "20261117", 9)];
    let world = saved(World::new().config(SIDE), &all);
    world.run(["sync"]).ok();
    let world = saved(world, &all[1..]);
    world.run(["sync"]).ok();
    let lines = world.run(["events", "--from", "2026-11-09", "--to", "2026-11-10", "--format", "json"]).json();
    assert!(lines[0]["last_seen"].as_str().unwrap().starts_with("2026-11-23T"), "{}", lines[0]);
    assert!(lines[1].get("last_seen").is_none(), "{}", lines[1]);
    let explained = world.run(["explain", "roadmap"]).ok();
    assert!(explained.contains("as last seen on 2026-11-23: its source no longer tells it like that"), "{explained}");
    let explained = world.run(["explain", "roadmap", "--format", "json"]).json();
    assert!(explained[0]["time"]["last_seen"].as_str().unwrap().starts_with("2026-11-23"), "{}", explained[0]);
    assert!(!world.run(["explain", "budget"]).ok().contains("as last seen"));
    let note = "1 meeting stands as last seen on 2026-11-23: its source no longer tells it like that";
    let (text, json) = (world.run(["week", "2026-W46"]), world.run(["week", "2026-W46", "--format", "json"]));
    assert!(text.out.contains(&format!("note: {note}\n")) && json.out.contains(note), "{}", text.out);
    assert!(text.err.contains("1 meeting before 2026-11-10 is no longer told"), "{}", text.err);
    // A week that holds none of them says nothing, though its trend looks back at them.
    let next = world.run(["week", "2026-W47"]);
    assert!(!next.out.contains("last seen") && next.err.is_empty(), "{}{}", next.out, next.err);
}

#[test]
fn a_source_under_a_new_name_keeps_its_past() {
    let all = [one("a", "Roadmap", "20261109", 9), one("c", "Vision", "20261117", 9)];
    let past = |world: &World| world.titles("2026-11-09", "2026-11-22");
    let named = SIDE.replace("side\"", "board\"");
    let world = saved(World::new().config(SIDE), &all);
    let whole = past(&world);
    let world = saved(world, &all[1..]);
    assert_eq!(past(&world), whole);
    let world = world.config(&named);
    assert_eq!(past(&world), whole, "a file");
    assert_eq!(world.run(["sync"]).ok(), "board: no change\n");
    // A folder of which a part cannot be read.
    let folder = |name: &str| SIDE.replace("side\"", &format!("{name}\"")).replace("side.ics", "side");
    let whole_folder = World::new().config(&folder("side")).file("side/a.ics", texts(&all));
    let world = whole_folder.file("side/b.ics", "BEGIN:VCALENDAR\r\n");
    assert_eq!(past(&world), whole);
    let world = world.file("side/a.ics", texts(&all[1..]));
    assert_eq!(past(&world), whole);
    assert_eq!(past(&world.config(&folder("board"))), whole, "a folder");
    let (world, feed) = served(&all);
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = texts(&all[1..]);
    world.run(["sync"]).ok();
    let config = std::fs::read_to_string(world.path(".config/vantage/vantage.toml")).unwrap();
    let world = world.config(&config.replace("\"side\"", "\"board\""));
    let synced = world.run(["sync"]);
    assert!(synced.err.is_empty() && synced.out.starts_with("board: "), "{}{}", synced.out, synced.err);
    assert_eq!(past(&world), whole, "a feed");
    // Elsewhere is another source: what goes is told, once.
    let world = saved(world.config(&named), &all);
    let says = "board: the configuration no longer names it";
    let world = world.config(&SIDE.replace("side", "third"));
    let world = world.file("third.ics", texts(&all));
    let first = world.run(["sync"]).ok();
    assert!(first.contains(says) && first.contains("; 1 meeting of its past that no source tells"), "{first}");
    assert!(!world.run(["sync"]).ok().contains(says));
}

#[test]
fn who_takes_part_stays_known_when_the_last_event_with_guests_is_gone() {
    let alone = |day: &str| event(&format!("alone-{day}"), "Errand", &at(day, 9).0, &at(day, 9).1, "");
    let blocks = ["20261116", "20261117", "20261118"].map(alone);
    let with = |more: Option<String>| blocks.iter().cloned().chain(more).collect::<Vec<_>>();
    let solo = |world: &World| {
        let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-18", "--format", "json"]).json();
        rows.iter().filter(|row| row["reason"] == "solo").count()
    };
    let (world, feed) = served(&with(Some(one("guests", "Sync", "20261123", 15))));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 3);
    *feed.lock().unwrap() = texts(&with(None));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 3, "nobody was invited to them");
    *feed.lock().unwrap() = texts(&with(Some(alone("20261119"))));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 3, "and so it stays");
    // Whoever believes the deletion begins anew.
    *feed.lock().unwrap() = texts(&with(None));
    world.run(["sync", "--accept-deletions"]).ok();
    assert_eq!(solo(&world), 0);
    // Its owner publishes less of every event from now on, so that nobody knows who comes.
    let (world, feed) = served(&with(Some(one("guests", "Sync", "20261123", 15))));
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = texts(&with(Some(event("guests", "Busy", "20261123T150000", "20261123T160000", ""))));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 0);
    // Another feed under the same name begins anew, too.
    *feed.lock().unwrap() = texts(&with(Some(one("guests", "Sync", "20261123", 15))));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 3);
    let (address, _other) = crate::support::feed(texts(&with(None)));
    let source = format!("[[source.ics]]\nname = \"side\"\nurl = \"{address}\"\nallow_private = true\n");
    let world = world.config(&source);
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 0);
    // A feed that never told of anybody says nothing.
    let (world, _feed) = served(&with(None));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), 0);
}

#[test]
fn a_folder_of_single_events_remembers_its_guests_and_the_files_beside_it_do_not() {
    let solo = |world: &World| {
        let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-18", "--format", "json"]).json();
        let known = rows.iter().filter(|row| row["reason"] == "solo");
        known.map(|row| row["uid"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let alone = |uid: &str, day: &str| event(uid, "Errand", &at(day, 9).0, &at(day, 9).1, "");
    let world = World::new()
        .config("[[source.ics]]\nname = \"side\"\npath = \"~/side\"\n")
        .file("side/a.ics", texts(&[alone("a", "20261116")]))
        .file("side/b.ics", texts(&[one("b", "Sync", "20261117", 9)]))
        .file("side/busy.ics", texts(&[alone("c", "20261117"), alone("d", "20261118")]));
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), ["a"]);
    std::fs::remove_file(world.path("side/b.ics")).unwrap();
    world.run(["sync"]).ok();
    assert_eq!(solo(&world), ["a"]);
}

#[test]
fn a_window_that_moves_on_under_new_uids_at_every_fetch_holds_nothing_and_doubles_nothing() {
    let window = |today: u32| {
        let days = days().into_iter().filter(|(n, _)| *n + 10 >= today && *n <= today + 21);
        let one = |(n, day): (u32, String)| {
            let meeting = |title: &str, hour| one(&format!("{title}-{n}-{today}"), title, &day, hour);
            [
                meeting("Roadmap", 9),
                meeting(if today.is_multiple_of(2) { "Sprint planning" } else { "[EXT] Sprint-Planning" }, 11),
            ]
        };
        let mut events: Vec<String> = days.flat_map(one).collect();
        events.push(weekly("Staff", "").replace("UID:weekly", &format!("UID:weekly-{today}")));
        texts(&events)
    };
    let (world, feed) = served(&[]);
    *feed.lock().unwrap() = window(16);
    let mut world = world.at("2026-11-16T20:00:00+01:00");
    world.run(["sync"]).ok();
    let before = hours(&world, "2026-W46").0;
    for today in 17..=30 {
        *feed.lock().unwrap() = window(today);
        world = world.at(&format!("2026-11-{today}T20:00:00+01:00"));
        let told = world.run(["sync"]).ok();
        assert!(!told.contains("held"), "{today}: {told}");
        assert_eq!(hours(&world, "2026-W46").0, before, "{today}");
    }
    // Of ten days from the 6th to the 19th, two a day.
    let status = world.run(["status"]).ok();
    assert!(status.contains("20 meetings before 2026-11-20 are no longer told"), "{status}");
    // The source looks back further again, under new UIDs: nothing is kept beside what it tells.
    *feed.lock().unwrap() = window(16).replace("-16\r", "-99\r");
    world.run(["sync"]).ok();
    assert_eq!(hours(&world, "2026-W46").0, before);
    assert!(!world.run(["status"]).ok().contains("no longer told"), "{}", world.run(["status"]).ok());
}

#[test]
fn meetings_that_are_gone_are_missed_though_others_have_new_uids() {
    let all = |by: &str, left: u32| -> Vec<String> {
        (0..left)
            .map(|n| one(&format!("{n}-{by}"), "Roadmap", &format!("202611{:02}", 9 + n % 12), 8 + n / 12))
            .collect()
    };
    let (world, feed) = served(&all("x", 60));
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = texts(&all("y", 30));
    let told = world.run(["sync"]).ok();
    assert!(told.contains("held: the listing lacks 30 of 60 events"), "{told}");
}

#[test]
fn busy_times_are_guarded_and_their_past_stays() {
    let busy = |days: std::ops::RangeInclusive<u32>| {
        let times = |day: u32| (8..18).map(move |hour| format!("202611{day:02}T{hour:02}0000Z/PT1H"));
        let times: Vec<String> = days.flat_map(times).collect();
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:me\r\nFREEBUSY:{}\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n",
            times.join(",")
        )
    };
    let world = World::new().config(SIDE).file("side.ics", busy(9..=30));
    let there = |world: &World| world.titles("2026-11-09", "2026-11-30").lines().count();
    assert_eq!(there(&world), 220);
    // The window moved on.
    let world = world.file("side.ics", busy(16..=30));
    let told = world.run(["sync"]).ok();
    assert!(told.contains("70 removed") && told.contains("70 meetings of the past are no longer told"), "{told}");
    assert_eq!(there(&world), 220);
    // Nothing is left: whoever publishes lost the right to see it.
    let world =
        world.file("side.ics", "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:me\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    let told = world.run(["sync"]).ok();
    assert!(told.contains("held: the listing lacks"), "{told}");
    assert_eq!(there(&world), 220);
    // One meeting that is cancelled is believed.
    let world = world.file("side.ics", busy(16..=30).replace("20261126T080000Z/PT1H,", ""));
    world.run(["sync"]).ok();
    assert_eq!(there(&world), 219);
}

#[test]
fn a_series_that_was_split_before_the_range_does_not_rewrite_the_past() {
    let late = one("late", "Vision", "20261117", 9);
    let world = saved(World::new().config(SIDE), &[weekly("Staff", ""), late.clone()]);
    let past = |world: &World| world.titles("2026-11-09", "2026-11-22");
    assert_eq!(past(&world), "10T14:00 Staff\n17T09:00 Vision\n17T14:00 Staff");
    let half = |uid: &str| one(uid, "Staff", "20261110", 15) + "\nRRULE:FREQ=WEEKLY";
    let first = weekly("Staff", ";UNTIL=20261109T000000Z");
    let halves = [first.clone(), half("weekly_R20261110T130000"), late.clone()];
    let world = saved(world, &halves);
    assert_eq!(past(&world), "10T14:00 Staff\n17T09:00 Vision\n17T15:00 Staff");
    // Another series is no half of it.
    let world = saved(World::new().config(SIDE), &[weekly("Staff", ""), late.clone()]);
    past(&world);
    let world = saved(world, &[first, half("other"), late]);
    assert_eq!(past(&world), "10T14:00 Staff\n10T15:00 Staff\n17T09:00 Vision\n17T15:00 Staff");
}

#[test]
fn a_series_under_a_new_uid_that_lost_its_changes_counts_once() {
    let moved = |uid: &str| one(uid, "Staff", "20261111", 16) + "\nRECURRENCE-ID;TZID=Europe/Berlin:20261110T140000";
    let series = |uid: &str, title: &str| weekly(title, "").replace("UID:weekly", &format!("UID:{uid}"));
    let late = one("late", "Vision", "20261117", 9);
    let past = |world: &World| world.titles("2026-11-09", "2026-11-18");
    let start = || saved(World::new().config(SIDE), &[series("a", "Staff"), moved("a"), late.clone()]);
    let world = start();
    let whole = past(&world);
    assert_eq!(whole, "11T16:00 Staff\n17T09:00 Vision\n17T14:00 Staff");
    let world = saved(world, &[series("b", "STAFF"), late.clone()]);
    assert_eq!(past(&world).to_lowercase(), whole.to_lowercase());
    // Under another title it is another one.
    let world = start();
    past(&world);
    let world = saved(world, &[series("b", "Leads"), late.clone()]);
    assert_eq!(past(&world), "10T14:00 Leads\n11T16:00 Staff\n17T09:00 Vision\n17T14:00 Leads");
}

#[test]
fn the_first_dates_of_a_series_that_were_taken_out_stay_so() {
    let out = "\nEXDATE;TZID=Europe/Berlin:20261103T140000,20261110T140000,20261117T140000";
    let late = one("late", "Vision", "20261118", 9);
    let world = saved(World::new().config(SIDE), &[weekly("Staff", out), late.clone()]);
    let past = |world: &World| world.titles("2026-11-02", "2026-11-25");
    assert_eq!(past(&world), "18T09:00 Vision\n24T14:00 Staff");
    let world = saved(world, &[weekly("Staff", ""), late]);
    assert_eq!(past(&world), "18T09:00 Vision\n24T14:00 Staff");
}

#[test]
fn events_that_are_given_uids_are_the_same() {
    let days = ["20261109", "20261110", "20261117"];
    let named = days.map(|day| one(day, "Roadmap", day, 9));
    let nameless = named.each_ref().map(|event| event.split_once('\n').unwrap().1.to_string());
    let world = saved(World::new().config(SIDE), &nameless);
    let whole = world.titles("2026-11-09", "2026-11-22");
    let world = saved(world, &named);
    assert_eq!(world.run(["sync"]).ok(), "side: 0 added, 0 changed, 0 removed (listed whole)\n");
    assert_eq!(world.titles("2026-11-09", "2026-11-22"), whole);
}

#[test]
fn what_one_source_keeps_and_another_moved_counts_once() {
    let config = SIDE.to_string() + "[[source.ics]]\nname = \"full\"\npath = \"~/full.ics\"\n";
    let all =
        [one("a", "Roadmap", "20261109", 9), one("b", "Budget", "20261110", 9), one("c", "Vision", "20261117", 9)];
    let past = |world: &World| {
        let rows = world.run(["events", "--from", "2026-11-09", "--to", "2026-11-22", "--format", "json"]).json();
        let counted = rows.iter().filter(|row| row["reason"].is_null());
        counted.map(|row| row["start"].as_str().unwrap()[8..13].to_string()).collect::<Vec<_>>()
    };
    let start = || {
        let world = World::new().config(&config).file("full.ics", texts(&all)).file("side.ics", texts(&all));
        world.run(["sync"]).ok();
        let world = saved(world, &all[2..]);
        assert_eq!(past(&world), ["09T09", "10T09", "17T09"]);
        world
    };
    for (more, wanted) in [("", "10T09"), ("\nSEQUENCE:1", "12T09")] {
        let moved = one("b", "Budget", "20261112", 9) + more;
        let world = start().file("full.ics", texts(&[all[0].clone(), moved, all[2].clone()]));
        assert_eq!(past(&world), ["09T09", wanted, "17T09"], "{more}");
    }
}

/// How many meetings of these Mondays' weeks count, where the feed first told one series, and then another of the same UID.
fn by_week(first: &[String], synced: &str, then: &[String], now: &str, weeks: &[(&str, &str)]) -> Vec<usize> {
    let (world, feed) = served(first);
    let world = world.at(synced);
    world.run(["sync"]).ok();
    *feed.lock().unwrap() = texts(then);
    let world = world.at(now);
    world.run(["sync"]).ok();
    let count = |world: &World| {
        let weeks = weeks.iter().map(|(from, to)| world.titles(from, to).lines().count());
        weeks.collect::<Vec<_>>()
    };
    let found = count(&world);
    world.run(["sync", "--full"]).ok();
    assert_eq!(count(&world), found, "read again it says the same");
    found
}

const NOVEMBER: [(&str, &str); 4] = [
    ("2026-11-09", "2026-11-15"),
    ("2026-11-16", "2026-11-22"),
    ("2026-11-23", "2026-11-29"),
    ("2026-11-30", "2026-12-06"),
];

#[test]
fn a_series_that_changes_its_weekday_counts_once_in_the_week_up_to_which_it_is_kept() {
    let on = |day: &str| vec![one("s", "Staff", day, 15) + "\nRRULE:FREQ=WEEKLY"];
    let case = |from: &str, to: &str, synced: &str| {
        by_week(&on(from), &format!("{synced}T12:00:00+01:00"), &on(to), "2026-11-30T12:00:00+01:00", &NOVEMBER)
    };
    // From Monday to Tuesday and to Friday, and from Friday to Monday, however long ago it was read.
    for synced in ["2026-11-02", "2026-11-19", "2026-11-29"] {
        assert_eq!(case("20261005", "20261006", synced), [1; 4], "{synced}");
        assert_eq!(case("20261005", "20261009", synced), [1; 4], "{synced}");
        assert_eq!(case("20261009", "20261005", synced), [1; 4], "{synced}");
    }
    // Another series is another one, and so are more days of the same.
    let other = [on("20261005"), vec![one("t", "Leads", "20261006", 15) + "\nRRULE:FREQ=WEEKLY"]].concat();
    let at = ("2026-11-02T12:00:00+01:00", "2026-11-30T12:00:00+01:00");
    assert_eq!(by_week(&on("20261005"), at.0, &other, at.1, &NOVEMBER), [2; 4]);
    let more = vec![one("s", "Staff", "20261005", 15) + "\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE"];
    assert_eq!(by_week(&on("20261005"), at.0, &more, at.1, &NOVEMBER)[2..], [2, 2]);
}

#[test]
fn a_series_that_moves_into_the_range_within_a_week_counts_once_in_it() {
    let singles = |from: u32| (from..=29).map(|day| one(&format!("e{day}"), "Review", &format!("202611{day}"), 10));
    let with = |series: &str, from: u32| {
        let series = one("s", "Staff", series, 15) + "\nRRULE:FREQ=WEEKLY";
        [series].into_iter().chain(singles(from)).collect::<Vec<_>>()
    };
    let at = ("2026-11-29T12:00:00+01:00", "2026-11-30T12:00:00+01:00");
    let weeks = &NOVEMBER[..3];
    // The range begins on Wednesday: the Monday before it is now the Friday in it.
    assert_eq!(by_week(&with("20261005", 10), at.0, &with("20261009", 18), at.1, weeks), [7, 8, 8]);
    // What was on a Friday before, and is on another day in the range, was moved inside.
    assert_eq!(by_week(&with("20261009", 10), at.0, &with("20261008", 18), at.1, weeks), [7, 8, 8]);
    // Before the range the old day stays.
    assert_eq!(by_week(&with("20261005", 10), at.0, &with("20261006", 18), at.1, weeks), [7, 8, 8]);
    // A new series in the range takes nothing from the old one.
    let mut both = with("20261005", 18);
    both.push(one("t", "Leads", "20261009", 15) + "\nRRULE:FREQ=WEEKLY");
    assert_eq!(by_week(&with("20261005", 10), at.0, &both, at.1, weeks)[1..], [9, 9]);
}

#[test]
fn of_a_held_listing_nothing_is_applied_and_sync_says_so() {
    let days: Vec<String> =
        (2..=27).map(|day| one(&format!("e{day}"), "Roadmap", &format!("202611{day:02}"), 9)).collect();
    let world = saved(World::new().config(SIDE), &days);
    world.run(["sync"]).ok();
    let before = world.titles("2026-11-02", "2026-11-30");
    let fresh = [days[0].clone(), one("new", "Vision", "20261126", 15), one("e27", "Pricing", "20261127", 9)];
    let world = saved(world, &fresh);
    let said = world.run(["sync"]).ok();
    assert!(said.contains("nothing of it is applied, not even what is new or changed in it"), "{said}");
    assert_eq!(world.titles("2026-11-02", "2026-11-30"), before);
    let said = world.run(["sync", "--accept-deletions"]).ok();
    assert!(!said.contains("nothing of it"), "{said}");
    assert!(world.titles("2026-11-26", "2026-11-27").contains("Vision"));
}
