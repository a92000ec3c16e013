//! What people do to their Google calendars, and what a sync makes of it.

mod support;

use serde_json::{Value, json};
use support::google::{Fault, Google, What};
use support::{ADA, World, ada, meeting, series};

const TEAM: &str = "team#1@group.calendar.google.com";

/// Synced once.
fn synced(google: &Google) -> World {
    let world = World::new().signed_in(google);
    world.run(["sync"]).ok();
    world
}

/// The same world at another time, which Google's clock follows.
fn later(world: World, google: &Google, now: &str) -> World {
    google.now(now);
    world.at(now)
}

fn week(world: &World) -> String {
    world.titles("2026-11-16", "2026-11-22")
}

fn sync(world: &World) -> String {
    world.run(["sync"]).ok()
}

/// The id of the event of that title.
fn id(google: &Google, title: &str) -> String {
    let titled = |id: &String| google.event(ADA, id).is_some_and(|e| e["summary"] == title);
    google.ids(ADA).into_iter().find(titled).unwrap()
}

fn paths(google: &Google) -> Vec<String> {
    google.requests().iter().map(|r| r.path.clone()).filter(|p| p.contains("/calendar/v3/")).collect()
}

#[test]
fn added_changed_removed_and_nothing() {
    let google = ada();
    let world = synced(&google);
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    google.change(ADA, &id(&google, "Bug triage"), |e| e["summary"] = "Bug review".into());
    google.delete(ADA, &id(&google, "Product strategy"));
    assert_eq!(sync(&world), "work / Ada: 1 added, 1 changed, 1 removed\n");
    insta::assert_snapshot!(week(&world), @"
    16T11:30 Daily stand-up
    17T09:00 Bug review
    17T11:30 Daily stand-up
    18T09:00 Budget
    18T11:30 Daily stand-up
    19T11:30 Daily stand-up
    20T11:30 Daily stand-up
    ");
    assert_eq!(sync(&world), "work / Ada: no change\n");
    let json: Value = serde_json::from_str(&world.run(["sync", "--full", "--format", "json"]).ok()).unwrap();
    assert_eq!(json[0]["calendars"][0]["outcome"], "whole");
    assert_eq!((&json[0]["calendars"][0]["added"], &json[0]["calendars"][0]["removed"]), (&json!(0), &json!(0)));
}

#[test]
fn an_instance_is_moved_cancelled_and_comes_back() {
    let google = ada();
    let daily = id(&google, "Daily stand-up");
    let world = synced(&google);
    google.move_instance(
        ADA,
        &daily,
        "2026-11-17T11:30:00+01:00",
        "2026-11-17T15:00:00+01:00",
        "2026-11-17T15:15:00+01:00",
    );
    let gone = google.cancel_instance(ADA, &daily, "2026-11-18T11:30:00+01:00");
    google.move_instance(
        ADA,
        &daily,
        "2026-11-19T11:30:00+01:00",
        "2026-11-25T11:30:00+01:00",
        "2026-11-25T11:45:00+01:00",
    );
    sync(&world);
    insta::assert_snapshot!(week(&world), @"
    16T09:00 Product strategy
    16T11:30 Daily stand-up
    17T09:00 Bug triage
    17T15:00 Daily stand-up
    20T11:30 Daily stand-up
    ");
    google.revive(ADA, &gone);
    sync(&world);
    assert!(week(&world).contains("18T11:30 Daily stand-up"), "{}", week(&world));
    google.delete(ADA, &daily);
    assert_eq!(sync(&world), "work / Ada: 0 added, 0 changed, 1 removed\n");
    assert_eq!(week(&world), "16T09:00 Product strategy\n17T09:00 Bug triage");
    assert_eq!(world.titles("2026-11-23", "2026-11-29"), "", "the moved one went with its series");
}

#[test]
fn this_and_following_leaves_no_copy_behind() {
    for keeps_ids in [false, true] {
        let google = ada();
        google.split_keeps_ids(keeps_ids);
        let daily = id(&google, "Daily stand-up");
        let world = synced(&google);
        let new = google.split(ADA, &daily, "2026-11-18T11:30:00+01:00");
        google.change(ADA, &new, |e| e["summary"] = "Evening stand-up".into());
        sync(&world);
        insta::allow_duplicates! { insta::assert_snapshot!(week(&world), @"
        16T09:00 Product strategy
        16T11:30 Daily stand-up
        17T09:00 Bug triage
        17T11:30 Daily stand-up
        18T11:30 Evening stand-up
        19T11:30 Evening stand-up
        20T11:30 Evening stand-up
        "); }
    }
}

#[test]
fn a_single_becomes_a_series_and_a_series_a_single() {
    let google = ada();
    let world = synced(&google);
    google.make_recurring(ADA, &id(&google, "Bug triage"), &["RRULE:FREQ=DAILY;COUNT=2"]);
    google.make_single(ADA, &id(&google, "Daily stand-up"));
    sync(&world);
    insta::assert_snapshot!(week(&world), @"
    16T09:00 Product strategy
    16T11:30 Daily stand-up
    17T09:00 Bug triage
    18T09:00 Bug triage
    ");
}

#[test]
fn an_invitation_to_one_occurrence_stands_alone_until_its_series_comes() {
    let google = ada();
    let mut alone = meeting("Board", "2026-11-19T14:00", 60);
    alone["recurringEventId"] = "board".into();
    alone["originalStartTime"] = alone["start"].clone();
    google.put(ADA, alone);
    let world = synced(&google);
    assert!(week(&world).contains("19T14:00 Board"));
    let mut master = series("Board", "2026-11-18T14:00", 60, "RRULE:FREQ=DAILY;COUNT=3");
    master["id"] = "board".into();
    google.put(ADA, master);
    sync(&world);
    let boards: Vec<String> = week(&world).lines().filter(|l| l.contains("Board")).map(str::to_string).collect();
    assert_eq!(boards, ["18T14:00 Board", "19T14:00 Board", "20T14:00 Board"]);
}

#[test]
fn pages_in_any_order_with_repeats_make_the_same_week() {
    let google = ada();
    let daily = id(&google, "Daily stand-up");
    google.move_instance(
        ADA,
        &daily,
        "2026-11-17T11:30:00+01:00",
        "2026-11-17T15:00:00+01:00",
        "2026-11-17T15:15:00+01:00",
    );
    let expected = week(&synced(&google));
    google.page_size(2).duplicates(true).empty_pages(true).shuffle(7);
    let world = synced(&google);
    assert_eq!(week(&world), expected);
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    google.cancel_instance(ADA, &daily, "2026-11-20T11:30:00+01:00");
    google.cancel_instance(ADA, &daily, "2026-11-19T11:30:00+01:00");
    sync(&world);
    assert_eq!(week(&world), week(&synced(&google)));
}

#[test]
fn a_dead_token_means_everything_anew_and_nothing_lost() {
    let invalid = Fault::status(400, "invalid").with("syncToken");
    let invalid = match invalid.what {
        What::Status { code, reason, retry_after, details, .. } => {
            let message = "Invalid sync token value.".into();
            Fault { what: What::Status { code, reason, message, retry_after, details }, ..invalid }
        }
        _ => unreachable!(),
    };
    for how in 0..3 {
        let google = ada();
        let world = synced(&google);
        let before = week(&world);
        match how {
            0 => {
                google.forget_tokens();
            }
            1 => {
                google.page_size(1).fault(Fault::new(What::TokenGone { on_page: 2 }));
            }
            _ => {
                google.fault(invalid.clone());
            }
        }
        google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
        google.put(ADA, meeting("Hiring", "2026-11-18T10:00", 60));
        assert_eq!(sync(&world), "work / Ada: 2 added, 0 changed, 0 removed (listed whole)\n", "{how}");
        assert_eq!(week(&world).lines().count(), before.lines().count() + 2);
        assert_eq!(sync(&world), "work / Ada: no change\n");
    }
}

#[test]
fn a_token_that_dies_again_at_once_makes_no_loop() {
    let google = ada();
    let world = synced(&google);
    google.forget_tokens();
    sync(&world);
    google.forget_tokens();
    google.clear();
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    assert_eq!(sync(&world), "work / Ada: 1 added, 0 changed, 0 removed (by its window alone: no sync token comes)\n");
    assert!(week(&world).contains("Budget"));
    assert_eq!(paths(&google).len(), 2, "one delta that fails, one window: {:?}", paths(&google));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
        by its window alone: no sync token comes
    exit 0
    ");
    google.clear();
    sync(&world);
    assert_eq!(paths(&google).len(), 1, "the window alone");
    let world = later(world, &google, "2026-11-23T07:30:00Z");
    assert_eq!(sync(&world), "work / Ada: 0 added, 0 changed, 0 removed (listed whole)\n");
    assert_eq!(sync(&world), "work / Ada: no change\n");
}

#[test]
fn where_no_token_comes_the_window_is_followed_and_status_says_so() {
    let google = ada();
    google.fault(Fault::new(What::NoSyncToken).for_ever());
    let world = World::new().signed_in(&google);
    assert_eq!(sync(&world), "work / Ada: 3 added, 0 changed, 0 removed (listed whole)\n");
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    assert_eq!(sync(&world), "work / Ada: 1 added, 0 changed, 0 removed (by its window alone: no sync token comes)\n");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
        by its window alone: no sync token comes
    exit 0
    ");
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["mode"], "window");
    google.clear_faults();
    let world = later(world, &google, "2026-11-24T07:30:00Z");
    sync(&world);
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["mode"], "changes");
}

/// Thirty events of which a whole listing then lacks 25: the account's view broke, or somebody tidied up.
fn emptied() -> (Google, World) {
    let google = ada();
    let ids: Vec<String> =
        (0..25).map(|n| google.put(ADA, meeting(&format!("Talk {n}"), "2026-11-18T09:00", 30))).collect();
    let world = synced(&google);
    ids.iter().for_each(|id| google.delete(ADA, id));
    google.forget_tokens();
    (google, world)
}

#[test]
fn a_listing_that_lacks_much_is_held_until_two_later_ones_agree() {
    let (google, world) = emptied();
    let before = week(&world);
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work / Ada: held: the listing lacks 25 of 28 events, which still count; it is applied when two later listings at least an hour apart agree, or with `vantage sync --accept-deletions`
    exit 0
    ");
    assert_eq!(week(&world), before);
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"]["removed"], 25);
    let world = later(world, &google, "2026-11-23T07:00:00Z");
    assert!(sync(&world).contains("held"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (60 minutes ago), 28 events
        by its window alone: no sync token comes
        held since 2026-11-23 06:00 UTC (60 minutes ago): a listing lacks 25 of 28 events, which still count
        next: wait for two more listings, or `vantage sync --accept-deletions`
    exit 0
    ");
    insta::assert_snapshot!(world.run(["week", "2026-W47"]).err, @"
    warning: work: a listing lacked 25 of 28 events; they still count until it is confirmed
     |
     = help: `vantage status` says more
    ");
    let world = later(world, &google, "2026-11-23T07:50:00Z");
    assert!(sync(&world).contains("held"), "not an hour yet");
    assert_eq!(week(&world), before);
    let world = later(world, &google, "2026-11-23T08:01:00Z");
    assert_eq!(sync(&world), "work / Ada: 0 added, 0 changed, 25 removed (listed whole)\n");
    assert!(!week(&world).contains("Talk"));
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"], Value::Null);
    assert_eq!(sync(&world), "work / Ada: no change\n");
}

#[test]
fn held_deletions_can_be_accepted_or_turn_out_to_be_none() {
    let (_, world) = emptied();
    assert!(sync(&world).contains("held"));
    let accepted = world.run(["sync", "--accept-deletions"]).ok();
    assert_eq!(accepted, "work / Ada: 0 added, 0 changed, 25 removed (listed whole)\n");
    assert!(!week(&world).contains("Talk"));

    let (google, world) = emptied();
    let before = week(&world);
    sync(&world);
    for n in 0..25 {
        let id = google.ids(ADA).len();
        google.put(ADA, meeting(&format!("Talk {n}"), "2026-11-18T09:00", 30));
        assert_eq!(google.ids(ADA).len(), id + 1);
    }
    sync(&world);
    assert_eq!(week(&world), before);
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"], Value::Null);
}

#[test]
fn a_calendar_with_an_odd_id_is_synced_like_any_other() {
    let google = ada();
    google.calendar(TEAM, json!({ "summary": "Team", "accessRole": "reader" }));
    google.put(TEAM, meeting("Offsite", "2026-11-20T09:00", 60));
    let world = World::new().signed_in(&google);
    insta::assert_snapshot!(sync(&world), @"
    work / Ada: 3 added, 0 changed, 0 removed (listed whole)
    work / Team: 1 added, 0 changed, 0 removed (listed whole)
    ");
    google.put(TEAM, series("Demo", "2026-11-20T13:00", 60, "RRULE:FREQ=WEEKLY;COUNT=2"));
    insta::assert_snapshot!(sync(&world), @"
    work / Ada: no change
    work / Team: 1 added, 0 changed, 0 removed
    ");
    assert!(week(&world).contains("20T13:00 Demo"));
}
