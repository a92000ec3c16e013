//! Which calendars count, and how several of them live beside each other.

use crate::support::google::Google;
use crate::support::{ADA, World, ada, meeting, series};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const TEAM: &str = "team#1@group.calendar.google.com";

#[test]
fn a_calendar_with_an_odd_id_is_synced_like_any_other() {
    let google = ada();
    google.calendar(TEAM, json!({ "summary": "Team", "accessRole": "reader" }));
    google.put(TEAM, meeting("Offsite", "2026-11-20T09:00", 60));
    let world = World::new().signed_in(&google);
    insta::assert_snapshot!(world.sync(), @"
    work / Ada: 3 added, 0 changed, 0 removed (listed whole)
    work / Team: 1 added, 0 changed, 0 removed (listed whole)
    ");
    google.put(TEAM, series("Demo", "2026-11-20T13:00", 60, "RRULE:FREQ=WEEKLY;COUNT=2"));
    insta::assert_snapshot!(world.sync(), @"
    work / Ada: no change
    work / Team: 1 added, 0 changed, 0 removed
    ");
    assert!(world.week().contains("20T13:00 Demo"));
}

fn calendars(world: &World, arguments: &[&str]) -> String {
    world.tell(std::iter::once("calendars").chain(arguments.iter().copied()))
}

/// Ada's own calendar, one she follows, and one that she has not ticked in Google.
fn three() -> Google {
    let google = ada();
    google.calendar(TEAM, json!({ "summary": "Team", "accessRole": "reader" }));
    google.put(TEAM, meeting("Offsite", "2026-11-20T09:00", 60));
    google.calendar("holidays@group.v.calendar.google.com", json!({ "summary": "Holidays", "selected": false }));
    google.put("holidays@group.v.calendar.google.com", meeting("Fair", "2026-11-21T09:00", 60));
    google
}

#[test]
fn the_person_chooses_which_calendars_count() {
    let google = three();
    let world = World::new().signed_in(&google);
    insta::assert_snapshot!(calendars(&world, &[]), @"
    error: no calendars of a Google account are known yet
     |
     = help: run `vantage login google`, then `vantage sync`
    exit 1
    ");
    world.sync();
    insta::assert_snapshot!(calendars(&world, &[]), @"
    [x] work / Ada  ada@example.com  (yours)
    [ ] work / Holidays  holidays@group.v.calendar.google.com
    [x] work / Team  team#1@group.calendar.google.com  (read-only; counts as your time while selected)
    exit 0
    ");
    assert!(world.week().contains("Offsite") && !world.week().contains("Fair"));
    insta::assert_snapshot!(calendars(&world, &["--ignore", TEAM, "--select", "Holidays"]), @"
    [x] work / Ada  ada@example.com  (yours)
    [x] work / Holidays  holidays@group.v.calendar.google.com
    [ ] work / Team  team#1@group.calendar.google.com
    `vantage sync` fetches what is newly selected.
    exit 0
    ");
    assert!(!world.week().contains("Offsite"), "at once");
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work / Ada: no change
    work / Holidays: 1 added, 0 changed, 0 removed (listed whole)
    exit 0
    ");
    assert!(world.week().contains("Fair"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
      Holidays: last good sync 2026-11-23 07:00 CET (just now), 1 event
      1 more calendar is not selected; `vantage calendars` lists them
    exit 0
    ");
    insta::assert_snapshot!(calendars(&world, &["--select", "Teem"]), @"
    error: there is no calendar `Teem`
     |
     = help: `vantage calendars` lists their ids; a new one appears after `vantage sync --full`
    exit 2
    ");
    google.calendar("team2@group.calendar.google.com", json!({ "summary": "Team" }));
    world.run(["sync", "--full"]).ok();
    insta::assert_snapshot!(calendars(&world, &["--select", "Team"]), @"
    error: several calendars are called `Team`
     |
     = help: give the id, or add `--account NAME`
    exit 2
    ");
    let world = world.later(&google, "2026-11-23T08:00:00Z");
    google.calendar(TEAM, json!({ "summary": "Team one" }));
    world.sync();
    let json = world.run(["calendars", "--format", "json"]).ok();
    let list: Value = serde_json::from_str(&json).unwrap();
    let chosen: Vec<_> =
        list.as_array().unwrap().iter().map(|c| (c["calendar"].as_str(), c["selected"].as_bool())).collect();
    insta::assert_snapshot!(format!("{chosen:?}"), @r#"[(Some("Ada"), Some(true)), (Some("Holidays"), Some(true)), (Some("Team"), Some(true)), (Some("Team one"), Some(false))]"#);
}

#[test]
fn a_calendar_that_is_not_to_be_seen_is_marked_and_the_others_go_on() {
    for reason in ["forbidden", "notFound"] {
        let google = three();
        let world = World::synced(&google);
        google.forbid(TEAM, reason);
        google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
        let said = world.tell(["sync"]);
        let status = world.tell(["status"]);
        match reason {
            "forbidden" => {
                insta::assert_snapshot!(said, @"
                work / Ada: 1 added, 0 changed, 0 removed
                work / Team: Google does not let this account read the calendar
                exit 0
                ");
                insta::assert_snapshot!(status, @"
                work (Google): signed in since 2026-11-23
                  Ada: last good sync 2026-11-23 07:00 CET (just now), 4 events
                  Team: last good sync 2026-11-23 07:00 CET (just now), 1 event
                    Google does not let this account read the calendar; tried again after 2026-11-23 08:00 CET
                    next: ask its owner, or leave it out with `vantage calendars --ignore`
                  1 more calendar is not selected; `vantage calendars` lists them
                exit 0
                ");
            }
            _ => {
                insta::assert_snapshot!(said, @"
                work / Ada: 1 added, 0 changed, 0 removed
                work / Team: Google does not find the calendar
                exit 0
                ");
                insta::assert_snapshot!(status, @"
                work (Google): signed in since 2026-11-23
                  Ada: last good sync 2026-11-23 07:00 CET (just now), 4 events
                  Team: last good sync 2026-11-23 07:00 CET (just now), 1 event
                    Google does not find the calendar; tried again after 2026-11-23 08:00 CET
                    next: leave it out with `vantage calendars --ignore` if it is gone
                  1 more calendar is not selected; `vantage calendars` lists them
                exit 0
                ");
            }
        }
        assert!(world.week().contains("Offsite") && world.week().contains("Budget"));
        google.allow(TEAM);
        google.put(TEAM, meeting("Retreat", "2026-11-20T11:00", 60));
        world.sync();
        assert!(world.week().contains("Retreat"));
        assert_eq!(world.run(["week", "2026-W47"]).err, "");
    }
}

#[test]
fn a_calendar_that_is_gone_from_the_list_no_longer_counts_an_hour_later() {
    let google = three();
    let world = World::synced(&google);
    google.remove_calendar(TEAM);
    let world = world.later(&google, "2026-11-23T07:01:00Z");
    world.run(["sync"]);
    assert!(world.week().contains("Offsite"), "one list may err");
    let world = world.later(&google, "2026-11-23T08:02:00Z");
    world.sync();
    assert!(!world.week().contains("Offsite"));
    assert!(!world.tell(["status"]).contains("Team"));
    google.calendar(TEAM, json!({}));
    let world = world.later(&google, "2026-11-23T09:03:00Z");
    world.sync();
    assert!(world.week().contains("Offsite"));
}

#[test]
fn the_same_meeting_on_two_calendars_counts_once() {
    let google = three();
    for calendar in [ADA, TEAM] {
        let mut event = series("All hands", "2026-11-19T16:00", 60, "RRULE:FREQ=DAILY;COUNT=2");
        event["iCalUID"] = "all-hands@google.com".into();
        google.put(calendar, event);
    }
    let world = World::synced(&google);
    let rows = world.run(["events", "--from", "2026-11-19", "--to", "2026-11-20", "--format", "json"]).json();
    let counted = rows.iter().filter(|r| r["summary"] == "All hands" && r["counted"] == true);
    let calendars: Vec<_> = counted.map(|r| r["calendar"].as_str().unwrap()).collect();
    assert_eq!(calendars, ["Ada", "Ada"]);
}

#[test]
fn no_more_than_four_requests_at_once() {
    let google = ada();
    for n in 0..9 {
        let id = format!("c{n}@group.calendar.google.com");
        google.calendar(&id, json!({ "summary": format!("Team {n}") }));
        google.put(&id, meeting(&format!("Meeting {n}"), "2026-11-18T09:00", 30));
    }
    google.latency(std::time::Duration::from_millis(20));
    let world = World::synced(&google);
    assert!(google.peak_concurrency() <= 4, "{}", google.peak_concurrency());
    assert_eq!(world.week().matches("Meeting").count(), 9);
}

#[test]
fn an_account_without_calendars_says_what_to_do() {
    let google = Google::start();
    let world = World::new().signed_in(&google);
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: no calendar to sync; `vantage calendars --select` chooses some
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
    exit 0
    ");
    let robot = google.config("work") + "service_account = \"~/key.json\"\n";
    let world = World::new().config(&robot).file("key.json", google.service_account_json());
    std::fs::set_permissions(world.path("key.json"), PermissionsExt::from_mode(0o600)).unwrap();
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: no calendar to sync; name their ids as `calendars` in its `[[source.google]]`
    exit 0
    ");
}

#[test]
fn calendars_of_the_configuration_are_synced_whatever_is_ticked() {
    let google = three();
    let config = google.config("work") + "calendars = [\"holidays@group.v.calendar.google.com\"]\n";
    let world = World::new().signed_in(&google).config(&config);
    world.sync();
    assert!(world.week().contains("Fair"));
}
