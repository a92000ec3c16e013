//! A source that is configured and never answered is missing from every number: that is said wherever one looks.

use crate::support::google::{Fault, What};
use crate::support::{World, ada, calendar, event, feed};

const GOOD: &str = "[[source.ics]]\nname = \"good\"\npath = \"~/good.ics\"\n";

fn world(source: &str) -> World {
    let one = event("a", "Roadmap", "20261116T090000", "20261116T100000", "ATTENDEE:mailto:bo@example.com");
    World::new().config(&format!("{GOOD}{source}")).ics("good.ics", &[&one])
}

/// The warnings of `week`, which are those of `render`, the first words of the picture and the lines of `status` about the source.
fn marked(world: &World) -> String {
    // One source that fails keeps the others from nothing.
    world.run(["sync"]);
    let week = world.run(["week", "last"]);
    let drawn = world.run(["render"]);
    let picture = std::fs::read_to_string(world.path(".local/share/vantage/charts/2026-W47.txt")).unwrap_or_default();
    let picture = picture.split(" · ").next().unwrap_or_default();
    let status = world.run(["status"]).ok();
    let status: Vec<&str> = status.lines().skip_while(|line| !line.starts_with("work")).collect();
    assert_eq!(week.err, drawn.err);
    let text = format!("{}picture: {picture}\n{}", week.err, status.join("\n"));
    text.replace(world.path("").to_str().unwrap().trim_end_matches('/'), "HOME")
}

#[test]
fn an_account_that_nobody_signed_in_to() {
    insta::assert_snapshot!(marked(&world("[[source.google]]\nname = \"work\"\n")), @"
    warning: work: the account `work` is not signed in; last good sync: never
     |
     = help: `vantage status` says more
    picture: Signed out: work was never read
    work (Google): the account `work` is not signed in
      next: run `vantage login google --account work`
    ");
}

#[test]
fn a_service_account_without_its_key_file() {
    insta::assert_snapshot!(marked(&world("[[source.google]]\nname = \"work\"\nservice_account = \"~/key.json\"\n")), @"
    warning: work: there is no key file `HOME/key.json`; last good sync: never
     |
     = help: `vantage status` says more
    picture: Out of date: work was never read
    work (Google): there is no key file `HOME/key.json`
      next: check `service_account`
    ");
}

#[test]
fn a_file_that_was_never_there() {
    insta::assert_snapshot!(marked(&world("[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n")), @"
    warning: work: the calendar `HOME/work.ics` could not be read: No such file or directory (os error 2); last good sync: never
     |
     = help: `vantage status` says more
    picture: Out of date: work was never read
    work (iCalendar)
      last good sync never, 0 events
        the calendar `HOME/work.ics` could not be read: No such file or directory (os error 2)
        next: put it there, or change `path` in the configuration: nothing of it counts yet
    ");
}

#[test]
fn a_feed_whose_first_answer_was_none() {
    let feed = "[[source.ics]]\nname = \"work\"\nurl = \"http://127.0.0.1:1/x.ics\"\nallow_private = true\n";
    insta::assert_snapshot!(marked(&world(feed)), @"
    warning: work: the feed's server could not be reached; last good sync: never
     |
     = help: `vantage status` says more
    picture: Out of date: work was never read
    work (iCalendar)
      last good sync never, 0 events
        the feed's server could not be reached; tried again after 2026-11-23 07:00 CET
        next: the next sync tries again; if this machine is online, look for a typo in the `url` of the source
    ");
}

#[test]
fn a_feed_that_nobody_asked_yet() {
    let world = world("");
    world.run(["sync"]).ok();
    let source = "[[source.ics]]\nname = \"work\"\nurl = \"https://example.com/x.ics\"\n";
    let world = world.config(&format!("{GOOD}{source}"));
    assert!(world.run(["week", "last"]).err.contains("work: it was never read, and nothing of it counts"));
    assert!(world.run(["render"]).err.contains("work: it was never read, and nothing of it counts"));
    world.run(["week", "2026-W40..2026-W47", "--out", "out"]).ok();
    let says = |week: &str| std::fs::read_to_string(world.path(&format!("out/2026-{week}.txt"))).unwrap();
    assert!(says("W47").starts_with("Out of date: work was never read"), "{}", says("W47"));
    assert!(says("W40").starts_with("Out of date: work was never read"), "it is missing there too: {}", says("W40"));
    let status = world.run(["status"]).ok();
    assert!(
        status.ends_with("work (iCalendar)\n  never read, and nothing of it counts\n  next: run `vantage sync`\n"),
        "{status}"
    );
}

#[test]
fn sources_that_answered_are_not_marked() {
    assert_eq!(marked(&world("")).lines().count(), 1);
}

#[test]
fn an_account_and_a_calendar_whose_first_listing_failed() {
    let google = ada();
    let config = format!("{GOOD}{}", google.config("work"));
    let one = event("a", "Roadmap", "20261116T090000", "20261116T100000", "ATTENDEE:mailto:bo@example.com");
    let world = World::new().signed_in(&google).config(&config).ics("good.ics", &[&one]);
    for part in ["/calendarList", "/events"] {
        google.fault(Fault::new(What::PlainStatus(404)).on(part).for_ever());
        let told = marked(&world);
        assert!(told.starts_with("warning: work: ") && told.contains("; last good sync: never"), "{part}: {told}");
        assert!(told.contains("picture: Out of date: work was never read"), "{part}: {told}");
        google.clear_faults();
    }
    let told = marked(&world);
    assert!(!told.contains("never"), "{told}");
}

#[test]
fn a_feed_that_nobody_asked_for_a_week_is_old_wherever_its_numbers_stand() {
    let one = event("a", "Roadmap", "20261116T090000", "20261116T100000", "ATTENDEE:mailto:bo@example.com");
    let (address, _served) = feed(calendar(&[&one]));
    let source = format!("[[source.ics]]\nname = \"work\"\nurl = \"{address}\"\nallow_private = true\n");
    let world = World::new().config(&source).at("2026-11-15T09:00:00+01:00");
    world.run(["sync"]).ok();
    let world = world.at("2026-11-16T09:00:00+01:00");
    assert!(world.run(["week", "last"]).err.is_empty(), "a day is not old");
    assert!(!world.run(["status"]).ok().contains("out of date"));
    let world = world.at("2026-11-23T09:00:00+01:00");
    let says = "Out of date: the last good sync of work was on 15 November 2026";
    let text = world.run(["week", "last"]);
    assert!(text.out.contains(&format!("note: {says}")), "{}", text.out);
    let range = world.run(["week", "2026-W46..2026-W47", "--format", "json", "--out", "out"]);
    assert_eq!(range.err.matches(says).count(), 1, "{}", range.err);
    for (week, line) in ["W46", "W47"].iter().zip(range.out.lines()) {
        let file = std::fs::read_to_string(world.path(&format!("out/2026-{week}.json"))).unwrap();
        assert_eq!(file.trim_end(), line);
        let report: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(report["notes"][0].as_str().unwrap().starts_with(says), "{week}: {}", report["notes"]);
    }
    // What ended before it was asked last is whole.
    assert!(world.run(["week", "2026-W45"]).err.is_empty());
    let status = world.run(["status"]).ok();
    assert!(
        status.contains("    out of date: what changed since then does not count\n  next: run `vantage sync`\n"),
        "{status}"
    );
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["stale"], true);
    world.run(["sync"]).ok();
    assert!(!world.run(["status"]).ok().contains("out of date") && world.run(["week", "last"]).err.is_empty());
}

#[test]
fn a_file_whose_newest_save_is_held_back_is_old_and_one_that_nobody_touches_is_not() {
    let one = event("a", "Roadmap", "20261116T090000", "20261116T100000", "ATTENDEE:mailto:bo@example.com");
    let says = |world: &World| std::fs::read_to_string(world.path(".local/share/vantage/charts/2026-W48.txt")).unwrap();
    let world = World::new().config(GOOD).ics("good.ics", &[&one]).at("2026-11-23T09:00:00+01:00");
    world.run(["sync"]).ok();
    let world = world.at("2026-11-30T09:00:00+01:00");
    world.run(["render"]).ok();
    assert!(says(&world).starts_with("Week 48"), "{}", says(&world));
    world.run(["sync"]).ok();
    // Nobody wrote to it for a week, and then it is empty.
    let world = world.ics("good.ics", &[]).at("2026-12-03T09:00:00+01:00");
    world.run(["sync"]).ok();
    world.run(["render"]).ok();
    assert!(
        says(&world).starts_with("Out of date: the last good sync of good was on 30 November 2026"),
        "{}",
        says(&world)
    );
    let status = world.run(["status"]).ok();
    assert!(status.contains("held since") && status.matches("next:").count() == 1, "{status}");
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["stale"], true);
}

#[test]
fn what_goes_wrong_names_its_source_and_tells_the_time_of_its_reader() {
    let feed = |name: &str| {
        format!("[[source.ics]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:1/x.ics\"\nallow_private = true\n")
    };
    let world = world(&format!("{}{}{}", feed("work"), feed("team"), feed("board")));
    let told = world.run(["sync"]).err;
    assert!(told.starts_with("error: work: the feed's server could not be reached"), "{told}");
    world.run(["render"]).ok();
    let picture = std::fs::read_to_string(world.path(".local/share/vantage/charts/2026-W47.txt")).unwrap();
    assert!(picture.starts_with("Out of date: work, team and 1 more were never read"), "{picture}");
    // A minute or so of random wait lies in it.
    assert!(world.run(["status"]).ok().contains("tried again after 2026-11-23 07:0"), "Berlin's");
    let google = "[[source.google]]\nname = \"mail\"\n";
    let world = world.config(&format!("{GOOD}{}{google}", feed("work")));
    world.run(["render"]).ok();
    let picture = std::fs::read_to_string(world.path(".local/share/vantage/charts/2026-W47.txt")).unwrap();
    assert!(picture.starts_with("Out of date: work and mail were never read"), "not all are signed out: {picture}");
    let world = world.zone("America/New_York");
    let status = world.run(["status"]).ok();
    assert!(status.contains("last good sync 2026-11-23 01:00 EST (just now)"), "{status}");
    assert_eq!(world.status()["timezone"], "America/New_York");
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["last_good_sync"], "2026-11-23T06:00:00Z");
    let world = world.config(&format!("timezone = \"Asia/Tokyo\"\n{GOOD}"));
    assert!(world.run(["status"]).ok().contains("last good sync 2026-11-23 15:00 JST"), "the configured zone");
}

#[test]
fn doctor_looks_at_files_and_feeds() {
    let feed = "[[source.ics]]\nname = \"feed\"\nurl = \"http://127.0.0.1:1/x.ics\"\nallow_private = true\n";
    let gone = "[[source.ics]]\nname = \"gone\"\npath = \"~/gone.ics\"\n";
    let lines = |world: &World| {
        let told = world.tell(["doctor", "--offline"]);
        told.lines()
            .skip_while(|l| !l.contains("source "))
            .take_while(|l| !l.contains("database"))
            .fold(String::new(), |text, line| text + line + "\n")
    };
    let world = world(&format!("{gone}{feed}"));
    insta::assert_snapshot!(lines(&world), @"
    ok    source good: it can be read
    FAIL  source gone: the calendar `HOME/gone.ics` could not be read: No such file or directory (os error 2)
          fix: put it there, or change `path` in the configuration
    warn  source feed: it was never read, and nothing of it counts
          fix: run `vantage sync`
    ");
    world.run(["sync"]);
    let tried = lines(&world);
    assert!(tried.contains("ok    source good: last read 2026-11-23 07:00 CET (just now)"), "{tried}");
    assert!(tried.contains("FAIL  source feed: the feed's server could not be reached\n      fix: "), "{tried}");
    let (address, _served) = crate::support::feed(calendar(&[]));
    let world = world.config(&format!("{GOOD}{}", feed.replace("http://127.0.0.1:1/x.ics", &address)));
    world.run(["sync"]).ok();
    assert_eq!(lines(&world).matches("ok    source").count(), 2, "{}", lines(&world));
}
