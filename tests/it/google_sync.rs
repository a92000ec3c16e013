//! What people do to their Google calendars, and what a sync makes of it.

use crate::support::google::Google;
use crate::support::{ADA, World, ada, meeting, series};
use serde_json::{Value, json};

/// The id of the event of that title.
fn id(google: &Google, title: &str) -> String {
    let titled = |id: &String| google.event(ADA, id).is_some_and(|e| e["summary"] == title);
    google.ids(ADA).into_iter().find(titled).unwrap()
}

#[test]
fn added_changed_removed_and_nothing() {
    let google = ada();
    let world = World::synced(&google);
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    google.change(ADA, &id(&google, "Bug triage"), |e| e["summary"] = "Bug review".into());
    google.delete(ADA, &id(&google, "Product strategy"));
    assert_eq!(world.sync(), "work / Ada: 1 added, 1 changed, 1 removed\n");
    insta::assert_snapshot!(world.week(), @"
    16T11:30 Daily stand-up
    17T09:00 Bug review
    17T11:30 Daily stand-up
    18T09:00 Budget
    18T11:30 Daily stand-up
    19T11:30 Daily stand-up
    20T11:30 Daily stand-up
    ");
    assert_eq!(world.sync(), "work / Ada: no change\n");
    let json: Value = serde_json::from_str(&world.run(["sync", "--full", "--format", "json"]).ok()).unwrap();
    assert_eq!(json[0]["calendars"][0]["outcome"], "whole");
    assert_eq!((&json[0]["calendars"][0]["added"], &json[0]["calendars"][0]["removed"]), (&json!(0), &json!(0)));
}

#[test]
fn an_instance_is_moved_cancelled_and_comes_back() {
    let google = ada();
    let daily = id(&google, "Daily stand-up");
    let world = World::synced(&google);
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
    // A changed instance is an event of its own at Google, and was one of the series for whoever looks.
    insta::assert_snapshot!(world.sync(), @"work / Ada: 0 added, 2 changed, 1 removed");
    insta::assert_snapshot!(world.week(), @"
    16T09:00 Product strategy
    16T11:30 Daily stand-up
    17T09:00 Bug triage
    17T15:00 Daily stand-up
    20T11:30 Daily stand-up
    ");
    google.revive(ADA, &gone);
    world.sync();
    assert!(world.week().contains("18T11:30 Daily stand-up"), "{}", world.week());
    google.delete(ADA, &daily);
    assert_eq!(world.sync(), "work / Ada: 0 added, 0 changed, 1 removed\n");
    assert_eq!(world.week(), "16T09:00 Product strategy\n17T09:00 Bug triage");
    assert_eq!(world.titles("2026-11-23", "2026-11-29"), "", "the moved one went with its series");
}

#[test]
fn this_and_following_leaves_no_copy_behind() {
    for keeps_ids in [false, true] {
        let google = ada();
        google.split_keeps_ids(keeps_ids);
        let daily = id(&google, "Daily stand-up");
        let world = World::synced(&google);
        let new = google.split(ADA, &daily, "2026-11-18T11:30:00+01:00");
        google.change(ADA, &new, |e| e["summary"] = "Evening stand-up".into());
        world.sync();
        insta::allow_duplicates! { insta::assert_snapshot!(world.week(), @"
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
    let world = World::synced(&google);
    google.make_recurring(ADA, &id(&google, "Bug triage"), &["RRULE:FREQ=DAILY;COUNT=2"]);
    google.make_single(ADA, &id(&google, "Daily stand-up"));
    world.sync();
    insta::assert_snapshot!(world.week(), @"
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
    let world = World::synced(&google);
    assert!(world.week().contains("19T14:00 Board"));
    let mut master = series("Board", "2026-11-18T14:00", 60, "RRULE:FREQ=DAILY;COUNT=3");
    master["id"] = "board".into();
    google.put(ADA, master);
    world.sync();
    let boards: Vec<String> = world.week().lines().filter(|l| l.contains("Board")).map(str::to_string).collect();
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
    let expected = World::synced(&google).week();
    google.page_size(2).duplicates(true).empty_pages(true).shuffle(7);
    let world = World::synced(&google);
    assert_eq!(world.week(), expected);
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    google.cancel_instance(ADA, &daily, "2026-11-20T11:30:00+01:00");
    google.cancel_instance(ADA, &daily, "2026-11-19T11:30:00+01:00");
    world.sync();
    assert_eq!(world.week(), World::synced(&google).week());
}

#[test]
fn a_week_beyond_what_is_kept_says_so() {
    let google = ada();
    let world = World::synced(&google);
    let old = world.run(["week", "2024-W10"]);
    insta::assert_snapshot!(old.err, @"
    warning: work: events before 2025-10-19 and after 2027-12-29 are not kept
     |
     = help: `vantage status` says more
    ");
    let ahead = world.run(["week", "2026-W52"]);
    assert_eq!(ahead.err, "");
    let config = google.config("work") + "days_back = 10\ndays_ahead = 20\n";
    let world = World::new().signed_in(&google).config(&config);
    world.sync();
    insta::assert_snapshot!(world.run(["week", "2026-W46"]).err, @"
    warning: work: events before 2026-11-13 and after 2026-12-14 are not kept
     |
     = help: `vantage status` says more
    ");
    let status = &world.status()["accounts"][0]["calendars"][0];
    insta::assert_snapshot!(format!("{} to {}", status["covered_from"], status["covered_to"]), @r#""2026-11-13T00:00:00Z" to "2026-12-14T00:00:00Z""#);
    // A wider window is fetched by the next sync, whatever the last one left to do.
    let world = world.config(&google.config("work"));
    world.sync();
    assert_eq!(world.run(["week", "2026-W46"]).err, "");
}
