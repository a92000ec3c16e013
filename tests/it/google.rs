//! A Google account through the real binary, told as stories. Google is played by `support::google`.

use crate::support::World;
use crate::support::google::Google;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const ADA: &str = "ada@example.com";

fn event(summary: &str, start: &str, end: &str) -> Value {
    json!({ "summary": summary, "start": { "dateTime": start }, "end": { "dateTime": end },
            "attendees": [{ "email": ADA, "self": true, "responseStatus": "accepted" }, { "email": "bo@example.com" }] })
}

/// A calendar with three events in the week of 16 November 2026.
fn google() -> Google {
    let google = Google::start();
    google.calendar(ADA, json!({ "summary": "Ada", "timeZone": "Europe/Berlin" }));
    google.put(ADA, event("Product strategy", "2026-11-16T09:00:00+01:00", "2026-11-16T11:00:00+01:00"));
    google.put(ADA, event("Bug triage", "2026-11-17T09:00:00+01:00", "2026-11-17T10:00:00+01:00"));
    let mut weekly = event("Daily stand-up", "2026-11-16T11:30:00+01:00", "2026-11-16T11:45:00+01:00");
    weekly["start"]["timeZone"] = "Europe/Berlin".into();
    weekly["end"]["timeZone"] = "Europe/Berlin".into();
    weekly["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=5"]);
    google.put(ADA, weekly);
    google
}

fn titles(world: &World) -> Vec<String> {
    let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"]).json();
    rows.iter()
        .map(|row| format!("{} {}", &row["start"].as_str().unwrap()[8..16], row["summary"].as_str().unwrap()))
        .collect()
}

#[test]
fn signing_in_syncing_and_a_week_in_three_commands() {
    let google = google();
    let world = World::new().signed_in(&google);
    let token = world.path(".local/state/vantage/google/work.json");
    assert_eq!(std::fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(world.run(["sync"]).ok(), "work / Ada: 3 added, 0 changed, 0 removed (listed whole)\n");
    insta::assert_snapshot!(titles(&world).join("\n"), @"
    16T09:00 Product strategy
    16T11:30 Daily stand-up
    17T09:00 Bug triage
    17T11:30 Daily stand-up
    18T11:30 Daily stand-up
    19T11:30 Daily stand-up
    20T11:30 Daily stand-up
    ");
    let week = world.run(["week", "2026-W47"]).ok();
    assert!(week.contains("60") || week.contains("strategy"), "{week}");
    insta::assert_snapshot!(world.run(["status"]).ok(), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
    ");
}

#[test]
fn a_quiet_poll_is_one_request_a_calendar() {
    let google = google();
    google.calendar("team@group.calendar.google.com", json!({ "summary": "Team", "selected": true }));
    let world = World::new().signed_in(&google);
    world.run(["sync"]).ok();
    google.clear();
    assert_eq!(world.run(["sync"]).ok(), "work / Ada: no change\nwork / Team: no change\n");
    let asked: Vec<String> = google.requests().iter().map(|r| r.path.clone()).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
}
