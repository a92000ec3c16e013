//! The fake Google of the other tests, told as stories.

mod edits;
mod faults;
mod oauth;
mod sync;

use crate::support::google::Google;
use serde_json::{Value, json};

const ADA: &str = "ada@example.com";
const LIST: &str = "/calendars/ada@example.com/events";

fn ada() -> Google {
    let google = Google::start();
    google.calendar(ADA, json!({}));
    google
}

fn at(start: &str, end: &str) -> Value {
    let time = |t: &str| json!({"dateTime": t, "timeZone": "Europe/Berlin"});
    json!({"summary": "Standup", "start": time(start), "end": time(end)})
}

fn single(google: &Google, id: &str) -> String {
    let mut event = at("2026-11-23T09:00:00+01:00", "2026-11-23T09:30:00+01:00");
    event["id"] = id.into();
    google.put(ADA, event)
}

fn series(google: &Google, id: &str, rule: &str) -> String {
    let mut event = at("2026-10-19T09:00:00+02:00", "2026-10-19T09:30:00+02:00");
    (event["id"], event["recurrence"]) = (id.into(), json!([rule]));
    google.put(ADA, event)
}

#[track_caller]
fn pages(google: &Google, path: &str) -> Vec<Value> {
    let mut found = vec![google.get(path).json()];
    while let Some(token) = found.last().unwrap()["nextPageToken"].as_str() {
        assert!(found.len() < 50, "no end");
        let join = if path.contains('?') { '&' } else { '?' };
        let next = google.get(&format!("{path}{join}pageToken={token}")).json();
        found.push(next);
    }
    found
}

#[track_caller]
fn items(google: &Google, path: &str) -> Vec<Value> {
    let pages = pages(google, path);
    pages.iter().flat_map(|p| p["items"].as_array().unwrap_or_else(|| panic!("{p}")).clone()).collect()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|i| i["id"].as_str().unwrap()).collect()
}

#[track_caller]
fn token(google: &Google) -> String {
    pages(google, LIST).last().unwrap()["nextSyncToken"].as_str().unwrap().to_string()
}

#[track_caller]
fn delta(google: &Google, token: &str) -> Vec<Value> {
    items(google, &format!("{LIST}?syncToken={token}"))
}

#[track_caller]
fn refused(google: &Google, path: &str) -> (u16, String) {
    let heard = google.get(path);
    let error = heard.json()["error"].clone();
    assert_eq!(error["code"], heard.status);
    (heard.status, error["errors"][0]["reason"].as_str().unwrap().to_string())
}
