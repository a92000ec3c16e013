//! Listings, tokens, calendars and who may see them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::support::google::wire::ask;
use crate::support::google::{CALENDAR_LIST, EVENTS};

#[test]
fn a_full_listing_ends_with_a_token_and_the_delta_has_only_what_changed() {
    let google = ada();
    for id in ["a", "b", "c"] {
        single(&google, id);
    }
    google.page_size(2).empty_pages(true);
    let all = pages(&google, LIST);
    assert_eq!(all.len(), 4);
    assert!(all[..3].iter().all(|p| p["nextSyncToken"].is_null() && p["nextPageToken"].is_string()));
    assert_eq!(ids(&items(&google, LIST)), ["a", "b", "c"]);
    let before = token(&google);
    assert_eq!(delta(&google, &before), Vec::<Value>::new());

    google.change(ADA, "b", |event| event["summary"] = "Planning".into());
    google.delete(ADA, "c");
    let changes = delta(&google, &before);
    assert_eq!(ids(&changes), ["b", "c"]);
    assert_eq!(changes[0]["summary"], "Planning");
    let names: BTreeSet<_> = changes[1].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["etag", "id", "kind", "status"]));
    assert_eq!(ids(&items(&google, LIST)), ["a", "b"]);
}

#[test]
fn what_changes_between_two_pages_is_in_the_next_delta() {
    let google = ada();
    single(&google, "a");
    single(&google, "b");
    google.page_size(1);
    let first = google.get(LIST).json();
    google.change(ADA, "a", |event| event["summary"] = "Late".into());
    let last = google.get(&format!("{LIST}?pageToken={}", first["nextPageToken"].as_str().unwrap())).json();
    let changes = delta(&google, last["nextSyncToken"].as_str().unwrap());
    assert_eq!(ids(&changes), ["a"]);
}

#[test]
fn a_token_is_refused_with_what_narrows_and_with_other_parameters() {
    let google = ada();
    let token = token(&google);
    let narrow = [
        "iCalUID=x",
        "orderBy=updated",
        "privateExtendedProperty=a%3Db",
        "q=x",
        "sharedExtendedProperty=a%3Db",
        "timeMin=2026-01-01T00:00:00Z",
        "timeMax=2026-01-01T00:00:00Z",
        "updatedMin=2026-01-01T00:00:00Z",
        "showDeleted=false",
        "singleEvents=true",
        "eventTypes=default",
        "maxAttendees=1",
        "showHiddenInvitations=true",
    ];
    for more in narrow {
        assert_eq!(google.get(&format!("{LIST}?syncToken={token}&{more}")).status, 400, "{more}");
    }
    let manner = "maxResults=7&fields=kind,items,nextSyncToken&prettyPrint=false&alt=json&singleEvents=false";
    let heard = google.get(&format!("{LIST}?syncToken={token}&{manner}"));
    assert_eq!(heard.status, 200, "{}", heard.body);
    assert!(heard.json()["summary"].is_null(), "`fields` leaves out what it does not name");

    let other = google.get(&format!("{LIST}?syncToken=sync-999-abc"));
    assert_eq!((other.status, other.json()["error"]["message"].clone()), (400, json!("Invalid sync token value.")));
}

#[test]
fn requests_without_sense_are_refused() {
    let google = ada();
    let wrong = [
        "orderBy=startTime",
        "maxResults=2501",
        "maxResults=0",
        "timeMin=2026-01-01",
        "timeMin=2026-01-02T00:00:00Z&timeMax=2026-01-01T00:00:00Z",
        "singleEvents=yes",
        "timeZone=Mars/Base",
        "maxattendees=1",
        "pageToken=nonsense",
    ];
    for query in wrong {
        assert_eq!(google.get(&format!("{LIST}?{query}")).status, 400, "{query}");
    }
    google.page_size(1);
    single(&google, "a");
    single(&google, "b");
    let next = google.get(LIST).json()["nextPageToken"].as_str().unwrap().to_string();
    assert_eq!(google.get(&format!("{LIST}?pageToken={next}&q=x")).status, 400);
    assert_eq!(google.get(&format!("{LIST}?pageToken={next}&maxResults=5")).status, 200);
    assert_eq!(google.get("/calendars/nobody@example.com/events").status, 404);
}

#[test]
fn forgotten_tokens_are_gone_and_new_ones_live() {
    let google = ada();
    let old = token(&google);
    google.forget_tokens();
    assert_eq!(refused(&google, &format!("{LIST}?syncToken={old}")), (410, "fullSyncRequired".into()));
    assert_eq!(delta(&google, &token(&google)), Vec::<Value>::new());
}

#[test]
fn calendars_are_listed_hidden_removed_and_refused() {
    let google = ada();
    let holidays = "en.usa#holiday@group.v.calendar.google.com";
    google.calendar(holidays, json!({"accessRole": "reader"})).calendar("b@example.com", json!({"hidden": true}));
    let list = "/users/me/calendarList";
    assert_eq!(ids(&items(&google, list)), [ADA, holidays]);
    assert_eq!(items(&google, &format!("{list}?showHidden=true")).len(), 3);
    assert_eq!(google.get("/calendars/en.usa%23holiday%40group.v.calendar.google.com/events").status, 200);
    assert_eq!(google.get(&format!("/calendars/{holidays}/events")).status, 403, "an unencoded # cuts the path");
    google.remove_calendar(holidays);
    assert_eq!(ids(&items(&google, list)), [ADA]);
    assert_eq!(items(&google, &format!("{list}?showDeleted=true"))[1]["deleted"], true);
    google.forbid(ADA, "forbidden");
    assert_eq!(refused(&google, LIST), (403, "forbidden".into()));
    google.allow(ADA).page_size(1);
    assert_eq!(google.get(&format!("{list}?maxResults=251")).status, 400);
    assert_eq!(pages(&google, &format!("{list}?showHidden=true")).len(), 2);
}

#[test]
fn labels_are_for_those_who_may_read_calendars() {
    let google = ada();
    google.calendar(ADA, json!({"labelProperties": {"eventLabels": [{"id": "1", "name": "Strategy"}]}}));
    let path = "/calendars/ada%40example.com";
    assert_eq!(refused(&google, path), (403, "insufficientPermissions".into()));
    let token = google.access_token(&["https://www.googleapis.com/auth/calendar.readonly"]);
    let url = Url::parse(&format!("{}/calendar/v3{path}", google.base())).unwrap();
    let heard = ask("GET", &url, &[("Authorization", &format!("Bearer {token}"))], "").unwrap();
    assert_eq!(heard.json()["labelProperties"]["eventLabels"][0]["name"], "Strategy");
    assert!(items(&google, "/users/me/calendarList")[0]["labelProperties"].is_null());
    assert_eq!(google.get("/colors").json()["event"]["11"]["background"], "#dc2127");
}

#[test]
fn who_may_see_only_busy_sees_no_title() {
    let google = ada();
    single(&google, "a");
    let old = token(&google);
    google.role(ADA, "freeBusyReader");
    assert_eq!(google.get(&format!("{LIST}?syncToken={old}")).status, 410);
    let seen = items(&google, LIST).remove(0);
    assert!(seen["summary"].is_null() && seen["start"].is_object());
}

#[test]
fn a_dead_token_is_unauthorized_and_the_log_says_so() {
    let google = ada();
    let token = google.access_token(&[CALENDAR_LIST, EVENTS]);
    let url = Url::parse(&format!("{}/calendar/v3{LIST}?maxResults=5", google.base())).unwrap();
    let status = || ask("GET", &url, &[("Authorization", &format!("Bearer {token}"))], "").unwrap().status;
    assert_eq!(status(), 200);
    google.now("2026-11-23T07:00:00Z");
    assert_eq!(status(), 401);
    let log = google.requests();
    assert_eq!(log.iter().map(|r| r.authorized).collect::<Vec<_>>(), [true, false]);
    assert_eq!(
        (log[0].path.as_str(), log[0].get("maxResults")),
        ("/calendar/v3/calendars/ada@example.com/events", Some("5"))
    );
    assert_eq!(google.clear().requests(), []);
}
