//! Listings that are not to be believed at once: dead tokens, no tokens, and much that is missing.

use crate::support::google::{Fault, Google, What};
use crate::support::{ADA, World, ada, meeting, series};
use serde_json::Value;

fn paths(google: &Google) -> Vec<String> {
    google.requests().iter().map(|r| r.path.clone()).filter(|p| p.contains("/calendar/v3/")).collect()
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
        let world = World::synced(&google);
        let before = world.week();
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
        assert_eq!(world.sync(), "work / Ada: 2 added, 0 changed, 0 removed (listed whole)\n", "{how}");
        assert_eq!(world.week().lines().count(), before.lines().count() + 2);
        assert_eq!(world.sync(), "work / Ada: no change\n");
    }
}

#[test]
fn a_token_that_dies_again_at_once_makes_no_loop() {
    let google = ada();
    let world = World::synced(&google);
    google.forget_tokens();
    world.sync();
    google.forget_tokens();
    google.clear();
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    assert_eq!(world.sync(), "work / Ada: 1 added, 0 changed, 0 removed (by its window alone: no sync token comes)\n");
    assert!(world.week().contains("Budget"));
    assert_eq!(paths(&google).len(), 2, "one delta that fails, one window: {:?}", paths(&google));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 4 events
        by its window alone: no sync token comes
    exit 0
    ");
    google.clear();
    world.sync();
    assert_eq!(paths(&google).len(), 1, "the window alone");
    let world = world.later(&google, "2026-11-23T07:30:00Z");
    assert!(world.sync().ends_with("(listed whole)\n"));
    assert_eq!(world.sync(), "work / Ada: no change\n");
}

#[test]
fn where_no_token_comes_the_window_is_followed_and_status_says_so() {
    let google = ada();
    google.fault(Fault::new(What::NoSyncToken).for_ever());
    let world = World::new().signed_in(&google);
    assert_eq!(world.sync(), "work / Ada: 3 added, 0 changed, 0 removed (listed whole)\n");
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    assert_eq!(world.sync(), "work / Ada: 1 added, 0 changed, 0 removed (by its window alone: no sync token comes)\n");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 4 events
        by its window alone: no sync token comes
    exit 0
    ");
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["mode"], "window");
    google.clear_faults();
    let world = world.later(&google, "2026-11-24T07:30:00Z");
    world.sync();
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["mode"], "changes");
}

/// Thirty events of which a whole listing then lacks 25: the account's view broke, or somebody tidied up.
fn emptied() -> (Google, World, Vec<String>) {
    let google = ada();
    let ids: Vec<String> =
        (0..25).map(|n| google.put(ADA, meeting(&format!("Talk {n}"), "2026-11-18T09:00", 30))).collect();
    let world = World::synced(&google);
    ids.iter().for_each(|id| google.delete(ADA, id));
    google.forget_tokens();
    (google, world, ids)
}

#[test]
fn a_listing_that_lacks_much_is_held_until_two_later_ones_agree() {
    let (google, world, _) = emptied();
    let before = world.week();
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work / Ada: held: the listing lacks 25 of 28 events, which still count; nothing of it is applied, not even what is new or changed in it, until two later listings at least an hour apart agree, or with `vantage sync --accept-deletions`
    exit 0
    ");
    assert_eq!(world.week(), before);
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"]["removed"], 25);
    let world = world.later(&google, "2026-11-23T07:00:00Z");
    assert!(world.sync().contains("held"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (60 minutes ago), 28 events
        held since 2026-11-23 07:00 CET (60 minutes ago): a listing lacks 25 of 28 events, which still count
        next: wait for a listing after 2026-11-23 09:00 CET, or run `vantage sync --accept-deletions`
    exit 0
    ");
    insta::assert_snapshot!(world.run(["week", "2026-W47"]).err, @"
    warning: work: a listing lacked 25 of 28 events; they still count until it is confirmed
     |
     = help: `vantage status` says more
    ");
    let world = world.later(&google, "2026-11-23T07:50:00Z");
    assert!(world.sync().contains("held"), "not an hour yet");
    assert_eq!(world.week(), before);
    let world = world.later(&google, "2026-11-23T08:01:00Z");
    assert_eq!(world.sync(), "work / Ada: 0 added, 0 changed, 25 removed (listed whole)\n");
    assert!(!world.week().contains("Talk"));
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"], Value::Null);
    assert_eq!(world.sync(), "work / Ada: no change\n");
}

#[test]
fn held_deletions_can_be_accepted_or_turn_out_to_be_none() {
    let (_google, world, _) = emptied();
    assert!(world.sync().contains("held"));
    let accepted = world.run(["sync", "--accept-deletions"]).ok();
    assert_eq!(accepted, "work / Ada: 0 added, 0 changed, 25 removed (listed whole)\n");
    assert!(!world.week().contains("Talk"));

    let (google, world, ids) = emptied();
    let before = world.week();
    world.sync();
    ids.iter().for_each(|id| google.revive(ADA, id));
    world.sync();
    assert_eq!(world.week(), before);
    assert_eq!(world.status()["accounts"][0]["calendars"][0]["held"], Value::Null);
}

#[test]
fn a_series_that_lost_most_of_its_instances_is_believed_when_the_window_agrees() {
    let google = ada();
    let id = google.put(ADA, series("Check-in", "2026-10-26T15:00", 15, "RRULE:FREQ=DAILY;COUNT=28"));
    let world = World::synced(&google);
    assert_eq!(world.week().matches("Check-in").count(), 7);
    google.make_recurring(ADA, &id, &["RRULE:FREQ=DAILY;COUNT=2"]);
    google.clear();
    world.sync();
    let asked = paths(&google);
    assert!(asked.len() == 3 && asked[1].contains("/instances"), "changes, the series, the window: {asked:?}");
    assert_eq!(world.week().matches("Check-in").count(), 0);
}
