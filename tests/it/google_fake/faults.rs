//! What goes wrong, and how the connections behave.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::*;
use crate::support::google::wire::{ask, hear};
use crate::support::google::{Fault, What, bad_items};

#[test]
fn a_token_can_die_on_a_later_page() {
    let google = ada();
    let old = token(&google);
    ["a", "b", "c"].iter().for_each(|id| drop(single(&google, id)));
    google.page_size(1).fault(Fault::new(What::TokenGone { on_page: 2 }));
    let delta = format!("{LIST}?syncToken={old}");
    let first = google.get(&delta).json();
    let second = format!("{delta}&pageToken={}", first["nextPageToken"].as_str().unwrap());
    assert_eq!(refused(&google, &second), (410, "fullSyncRequired".into()));
}

#[test]
fn faults_come_when_they_are_told_to() {
    let google = ada();
    single(&google, "a");
    let body = |fault: What| google.fault(Fault::new(fault)).get(LIST);
    assert!(google.fault(Fault::new(What::CutBody)).try_get(LIST).is_err());
    assert!(google.fault(Fault::new(What::Reset)).try_get(LIST).is_err());
    assert!(body(What::Html(200)).body.contains("<title>"));
    assert_eq!(body(What::EmptyObject).body, "{}");
    assert_eq!(body(What::PlainStatus(502)).status, 502);
    assert!(body(What::HugeBody(100_000)).body.len() > 100_000);
    assert!(body(What::NoSyncToken).json()["nextSyncToken"].is_null());
    for item in bad_items() {
        assert!(body(What::BadItem(item.clone())).json()["items"].as_array().unwrap().contains(&item));
    }
    let empty = body(What::EmptyPage).json();
    assert_eq!(empty["items"], json!([]));
    let again = format!("{LIST}?pageToken={}", empty["nextPageToken"].as_str().unwrap());
    google.fault(Fault::new(What::RepeatPageToken));
    assert_eq!(google.get(&again).json()["nextPageToken"], empty["nextPageToken"]);
    let round = body(What::RepeatPageToken).json();
    let round = round["nextPageToken"].as_str().unwrap();
    assert_eq!(google.get(&format!("{LIST}?pageToken={round}")).json()["nextPageToken"], round);

    google.fault(Fault::status(429, "rateLimitExceeded").retry_after("7").on("/instances").after(1).times(2));
    assert_eq!(google.get(LIST).status, 200);
    let statuses: Vec<_> = (0..4).map(|_| google.get(&format!("{LIST}/a/instances"))).collect();
    assert_eq!(statuses.iter().map(|h| h.status).collect::<Vec<_>>(), [200, 429, 429, 200]);
    assert_eq!(statuses[1].headers["retry-after"], "7");
    assert_eq!(google.faults_left(), 0);
}

#[test]
fn after_any_random_fault_all_is_well_again() {
    let google = ada();
    single(&google, "a");
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        seed >> 33
    };
    for _ in 0..60 {
        google.fault(Fault::random(&mut next));
    }
    for _ in 0..80 {
        let _ = google.try_get(LIST);
    }
    google.clear_faults();
    assert_eq!(ids(&items(&google, LIST)), ["a"]);
}

#[test]
fn silence_ends_with_the_fake() {
    let google = ada();
    google.fault(Fault::new(What::Silence));
    let client = google.clone();
    let thread = std::thread::spawn(move || {
        let url = Url::parse(&format!("{}/calendar/v3/colors", client.base())).unwrap();
        drop(client);
        ask("GET", &url, &[], "")
    });
    while google.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(google);
    assert!(thread.join().unwrap().is_err());
}

#[test]
fn one_connection_serves_many_requests_and_the_date_can_be_wrong() {
    let google = ada();
    google.skew(chrono::TimeDelta::minutes(10)).latency(Duration::from_millis(30));
    let address = google.base().replace("http://", "");
    let stream = TcpStream::connect(&address).unwrap();
    for _ in 0..2 {
        (&stream).write_all(b"GET /calendar/v3/colors HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").unwrap();
        let heard = hear(&stream).unwrap();
        assert_eq!((heard.status, heard.headers["date"].as_str()), (401, "Mon, 23 Nov 2026 06:10:00 GMT"));
        assert_eq!(heard.json()["error"]["errors"][0]["reason"], "authError");
    }
    assert_eq!(google.peak_concurrency(), 1);
    std::thread::scope(|scope| {
        (0..3).for_each(|_| drop(scope.spawn(|| google.get("/colors"))));
    });
    assert!(google.peak_concurrency() > 1);
}

#[test]
fn shuffled_and_doubled_listings_have_the_same_events() {
    let google = ada();
    ["a", "b", "c", "d", "e"].iter().for_each(|id| drop(single(&google, id)));
    google.shuffle(7).duplicates(true).page_size(2);
    let found = items(&google, LIST);
    assert_eq!(found.len(), 7);
    assert_ne!(ids(&found)[..5], ["a", "b", "c", "d", "e"]);
    assert_eq!(ids(&found).into_iter().collect::<BTreeSet<_>>().len(), 5);
}
