//! What Google, the network and hotel portals answer on bad days: yesterday's data serve, nothing is hammered, and nothing of
//! the calendar is told.

use crate::support::google::{CLIENT_SECRET, Fault, Google, What, bad_items};
use crate::support::{ADA, World, ada, meeting};
use serde_json::json;

/// Titles, people and secrets of the calendar: words that no message and no status may hold.
const CANARIES: &[&str] =
    &["Product strategy", "Bug triage", "stand-up", "bo@example.com", "ya29.", "1//refresh", "4/0code", CLIENT_SECRET];

/// A sync under a fault, with all that is told about it, which holds no secret.
fn told(world: &World) -> String {
    let sync = world.tell(["sync"]);
    let all = [
        sync.clone(),
        world.tell(["status"]),
        world.tell(["status", "--format", "json"]),
        world.run(["week", "2026-W47"]).err,
        world.tell(["doctor", "--offline"]),
    ]
    .concat();
    let found: Vec<_> = CANARIES.iter().filter(|word| all.contains(*word)).collect();
    assert!(found.is_empty(), "{found:?} in {all}");
    assert!(!sync.contains(ADA), "the id of a calendar is its owner's address: {sync}");
    sync
}

/// A change that the world has not seen yet.
fn changed(google: &Google) {
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
}

/// The fault ends a sync with this code; old data serve, and the next sync puts it right.
fn fails(fault: &Fault, code: i32) -> String {
    let google = ada();
    let world = World::synced(&google);
    let before = world.week();
    changed(&google);
    google.fault(fault.clone().for_ever());
    let sync = told(&world);
    assert!(sync.ends_with(&format!("exit {code}")), "{sync}");
    assert_eq!(world.week(), before);
    google.clear_faults();
    // The day's quota is not asked for again before it can be there.
    let world = world.later(&google, "2026-11-23T11:00:00Z");
    assert_eq!(world.sync(), "work / Ada: 1 added, 0 changed, 0 removed\n");
    assert!(world.status()["accounts"][0]["calendars"][0]["trouble"].is_null());
    assert!(world.status()["accounts"][0]["trouble"].is_null());
    sync
}

#[test]
fn what_passes_is_tried_again_and_nobody_notices() {
    // Each costs a wait of up to a second, so all meet one sync, on requests of their own.
    let google = ada();
    google.page_size(1);
    let world = World::new().signed_in(&google);
    let faults = [What::CutBody, What::Html(200), What::Reset, What::EmptyObject, What::PlainStatus(503)];
    for (place, what) in faults.into_iter().enumerate() {
        google.fault(Fault::new(what).after(2 * place));
    }
    assert_eq!(world.sync(), "work / Ada: 3 added, 0 changed, 0 removed (listed whole)\n");
    assert_eq!(google.faults_left(), 0);
    assert_eq!(world.week(), World::synced(&ada()).week());
}

#[test]
fn each_403_by_its_reason() {
    insta::assert_snapshot!(fails(&Fault::status(403, "dailyLimitExceeded"), 75), @"
    work: the day's quota of the Google Cloud project is used up
    error: the day's quota of the Google Cloud project is used up
     |
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
    insta::assert_snapshot!(fails(&Fault::status(403, "accessNotConfigured"), 78), @"
    work: the Google Calendar API is not enabled in the project
    error: the Google Calendar API is not enabled in the project
     |
     = help: enable it at https://console.cloud.google.com/apis/library/calendar-json.googleapis.com
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 78
    ");
    insta::assert_snapshot!(fails(&Fault::status(403, "insufficientPermissions"), 77), @"
    work: the sign-in lacks a permission: a box was not ticked
    error: the sign-in lacks a permission: a box was not ticked
     |
     = help: run `vantage login google --account work` again and tick both boxes
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 77
    ");
    insta::assert_snapshot!(fails(&Fault::status(403, "forbidden"), 1), @"
    work / Ada: Google does not let this account read the calendar
    error: Google does not let this account read the calendar
     |
     = help: ask its owner, or leave it out with `vantage calendars --ignore`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 1
    ");
    insta::assert_snapshot!(fails(&Fault::status(403, "neverHeardOf"), 1), @"
    work / Ada: Google refused to show the calendar
    error: Google refused to show the calendar
     |
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 1
    ");
    insta::assert_snapshot!(fails(&Fault::status(400, "badRequest"), 1), @"
    work / Ada: Google did not understand the request
    error: Google did not understand the request
     |
     = help: run `vantage sync --full`; if that fails too, `vantage doctor` shows what to check
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 1
    ");
}

#[test]
fn a_long_wait_is_kept_to_and_nothing_is_hammered() {
    let google = ada();
    google.calendar("team@group.calendar.google.com", json!({ "summary": "Team" }));
    let world = World::synced(&google);
    let before = world.week();
    google.fault(Fault::status(429, "rateLimitExceeded").retry_after("1800").for_ever());
    google.clear();
    insta::assert_snapshot!(told(&world), @"
    work: Google asks to wait: too many requests
    error: Google asks to wait: too many requests
     |
     = help: run `vantage sync` again after 2026-11-23 07:30 CET
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
    let asked = google.requests().iter().filter(|r| r.path.starts_with("/calendar")).count();
    assert!(asked <= 2, "{asked} requests: one each that were on their way at once");
    assert_eq!(world.week(), before);
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Google asks to wait: too many requests; tried again after 2026-11-23 07:30 CET
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
      Team: last good sync 2026-11-23 07:00 CET (just now), 0 events
    exit 0
    ");
    let retry = world.status()["accounts"][0]["retry_at"].as_str().unwrap().to_string();
    assert!(retry.as_str() >= "2026-11-23T06:30:00Z", "{retry}");
    google.clear_faults().clear();
    insta::assert_snapshot!(world.tell(["sync", "--full"]), @"
    work: Google asks to wait: too many requests
    error: Google asks to wait: too many requests
     |
     = help: run `vantage sync` again after 2026-11-23 07:30 CET
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
    assert!(google.requests().is_empty(), "whoever is asked to wait waits");
    let world = world.later(&google, "2026-11-23T06:31:00Z");
    world.sync();
    assert!(world.status()["accounts"][0]["retry_at"].is_null());
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let google = ada();
    let world = World::synced(&google);
    changed(&google);
    google.fault(Fault::status(401, "authError"));
    google.clear();
    assert_eq!(world.sync(), "work / Ada: 1 added, 0 changed, 0 removed\n");
    let renewed = google.requests().iter().filter(|r| r.path == "/token").count();
    assert_eq!(renewed, 1);
    google.fault(Fault::status(401, "authError").for_ever());
    google.clear();
    insta::assert_snapshot!(told(&world), @"
    work: Google does not accept the sign-in any more
    error: Google does not accept the sign-in any more
     |
     = help: run `vantage login google --account work`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 77
    ");
    let asked = google.requests().iter().filter(|r| r.path.starts_with("/calendar")).count();
    assert_eq!(asked, 2, "no loop");
}

#[test]
fn the_token_server_has_bad_days_too() {
    let google = ada();
    let world = World::synced(&google);
    google.expire_access_tokens();
    google.fault(Fault::oauth(400, "invalid_grant").for_ever());
    assert!(told(&world).ends_with("exit 77"));
    google.clear_faults().fault(Fault::oauth(401, "deleted_client").for_ever());
    assert!(told(&world).ends_with("exit 78"));
    google.clear_faults();
    changed(&google);
    assert_eq!(world.sync(), "work / Ada: 1 added, 0 changed, 0 removed\n");
}

#[test]
fn a_storm_ends_the_sync_and_the_old_data_serve() {
    let sync = fails(&Fault::new(What::PlainStatus(502)), 75);
    insta::assert_snapshot!(sync, @"
    work / Ada: Google has trouble of its own (status 502)
    error: Google has trouble of its own (status 502)
     |
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
}

#[test]
fn a_page_that_fails_throws_the_partial_listing_away() {
    let google = ada();
    let world = World::synced(&google);
    let before = world.week();
    google.page_size(1);
    changed(&google);
    google.put(ADA, meeting("Hiring", "2026-11-18T10:00", 60));
    google.fault(Fault::status(403, "accessNotConfigured").with("pageToken"));
    assert!(told(&world).ends_with("exit 78"));
    assert_eq!(world.week(), before);
    assert_eq!(world.sync(), "work / Ada: 2 added, 0 changed, 0 removed\n");
}

#[test]
fn an_odd_item_costs_that_item() {
    let google = ada();
    bad_items().into_iter().for_each(|item| {
        google.fault(Fault::new(What::BadItem(item)).on("/events"));
    });
    google.page_size(1);
    let world = World::new().signed_in(&google);
    insta::assert_snapshot!(told(&world), @"
    work / Ada: 4 added, 0 changed, 0 removed (listed whole)
      skipped 1: it is not a JSON object
      skipped 1: its start is no date
      skipped 1: its start is no date with a time
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 4 events
        skipped 1: it is not a JSON object
        skipped 1: its start is no date
        skipped 1: its start is no date with a time
    exit 0
    ");
    assert!(world.week().contains("Product strategy"));
    google.clear_faults().page_size(2500);
    world.run(["sync", "--full"]).ok();
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["skipped"], json!([]), "the settled ones are forgotten");
}

#[test]
fn without_a_network_all_commands_work_but_sync() {
    let google = ada();
    let world = World::synced(&google);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = google.config("work").replace(&google.base(), &format!("http://{closed}"));
    let world = world.config(&config);
    let before = world.week();
    insta::assert_snapshot!(told(&world), @"
    work: Google could not be reached
    error: Google could not be reached
     |
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
    assert_eq!(world.week(), before);
}

#[test]
fn a_listing_that_goes_round_in_a_circle_ends() {
    let sync = fails(&Fault::new(What::RepeatPageToken).on("/events"), 75);
    insta::assert_snapshot!(sync, @"
    work / Ada: Google's listing went round in a circle
    error: Google's listing went round in a circle
     |
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
}

/// The list of calendars has bad days of its own; calendars that are known go on.
#[test]
fn a_list_that_fails_does_not_stop_the_calendars() {
    let google = ada();
    let world = World::synced(&google).later(&google, "2026-11-23T08:00:00Z");
    changed(&google);
    google.fault(Fault::new(What::PlainStatus(502)).on("/calendarList").for_ever());
    let told = world.tell(["sync"]);
    assert!(
        told.contains("work: Google has trouble of its own (status 502)\nwork / Ada: 1 added, 0 changed, 0 removed"),
        "{told}"
    );
    assert!(told.ends_with("exit 75"), "{told}");
}

/// A refusal may have several causes, and what was seen once is named by `status` for as long as it stands.
#[test]
fn status_names_the_causes() {
    let google = ada();
    let world = World::synced(&google);
    google.expire_access_tokens();
    google.fault(Fault::oauth(400, "invalid_grant").for_ever());
    world.run(["sync"]).fails(77);
    let status = world.tell(["status"]);
    assert!(status.contains("cause: ") && status.contains("7 days"), "{status}");
}

/// An obstacle far ahead of any wait was noted by a clock that was set forward, and back since.
#[test]
fn a_clock_that_jumped_does_not_stop_the_sync() {
    let google = ada();
    let world = World::synced(&google).later(&google, "2028-11-23T06:00:00Z");
    world.run(["sync"]);
    let world = world.later(&google, "2026-11-23T07:00:00Z");
    google.clear();
    world.run(["sync"]);
    let asked = |path: &str| google.requests().iter().any(|r| r.path.contains(path));
    assert!(asked("calendarList"), "the list is due");
}
