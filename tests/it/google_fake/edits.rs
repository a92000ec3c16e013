//! Series, their instances, and what people do to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;

#[test]
fn instances_keep_the_wall_clock_over_the_change_of_clocks() {
    let google = ada();
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=3");
    let window = "timeMin=2026-10-01T00:00:00Z&timeMax=2026-12-01T00:00:00Z";
    let found = items(&google, &format!("{LIST}?singleEvents=true&orderBy=startTime&{window}"));
    assert_eq!(ids(&found), ["week_20261019T070000Z", "week_20261026T080000Z", "week_20261102T080000Z"]);
    assert_eq!(found[1]["start"]["dateTime"], "2026-10-26T09:00:00+01:00");
    assert_eq!(found[1]["end"]["dateTime"], "2026-10-26T09:30:00+01:00");
    assert_eq!(found[1]["originalStartTime"], found[1]["start"]);
    assert_eq!(found[1]["recurringEventId"], "week");
    assert_eq!(found[1]["iCalUID"], "week@google.com");
    assert!(found[1]["recurrence"].is_null());
    let one = items(&google, &format!("/calendars/primary/events/week/instances?{window}&timeZone=UTC"));
    assert_eq!(one[0]["start"]["dateTime"], "2026-10-19T07:00:00Z");
    let truth = google.truth(ADA, "2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z");
    assert_eq!(truth.into_values().collect::<Vec<_>>(), found);
}

#[test]
fn both_bounds_of_the_window_are_exclusive() {
    let google = ada();
    single(&google, "a");
    let seen = |from: &str, to: &str| !google.truth(ADA, from, to).is_empty();
    assert!(seen("2026-11-23T08:29:59Z", "2026-11-24T00:00:00Z"));
    assert!(!seen("2026-11-23T08:30:00Z", "2026-11-24T00:00:00Z"));
    assert!(seen("2026-11-20T00:00:00Z", "2026-11-23T08:00:01Z"));
    assert!(!seen("2026-11-20T00:00:00Z", "2026-11-23T08:00:00Z"));
}

#[test]
fn rules_of_all_kinds_fall_on_the_right_days() {
    let days = |rule: &[&str], until: &str| {
        let google = ada();
        let event =
            json!({"id": "x", "start": {"date": "2026-01-30"}, "end": {"date": "2026-01-31"}, "recurrence": rule});
        google.put(ADA, event);
        let found = google.truth(ADA, "2026-01-01T00:00:00Z", &format!("{until}T00:00:00Z"));
        found.into_values().map(|i| i["start"]["date"].as_str().unwrap()[5..].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(days(&["RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"], "2027-01-01"), "01-30 02-01 02-03");
    assert_eq!(days(&["RRULE:FREQ=WEEKLY;BYDAY=FR,MO;UNTIL=20260209"], "2027-01-01"), "01-30 02-02 02-06 02-09");
    assert_eq!(days(&["RRULE:FREQ=MONTHLY"], "2026-06-01"), "01-30 03-30 04-30 05-30");
    assert_eq!(days(&["RRULE:FREQ=MONTHLY;BYDAY=-1FR"], "2026-04-01"), "01-30 02-27 03-27");
    assert_eq!(days(&["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"], "2026-04-01"), "01-30 02-27 03-31");
    assert_eq!(days(&["RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"], "2026-04-02"), "01-31 02-28 03-31");
    assert_eq!(days(&["RRULE:FREQ=YEARLY"], "2028-01-01"), "01-30 01-30");
    let holes = ["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260131", "RDATE;VALUE=DATE:20260301"];
    assert_eq!(days(&holes, "2027-01-01"), "01-30 02-01 03-01");
}

#[test]
fn a_cancelled_instance_leaves_a_hole_and_can_come_back() {
    let google = ada();
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=3");
    let before = token(&google);
    let id = google.cancel_instance(ADA, "week", "2026-10-26T09:00:00+01:00");
    assert_eq!(id, "week_20261026T080000Z");
    let hole = delta(&google, &before).remove(0);
    let names: BTreeSet<_> = hole.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["etag", "id", "kind", "originalStartTime", "recurringEventId", "status"]));
    assert_eq!(items(&google, LIST).len(), 2, "a full listing has the hole too");
    let count = || google.truth(ADA, "2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z").len();
    assert_eq!(count(), 2);
    let between = token(&google);
    google.revive(ADA, &id);
    assert_eq!(delta(&google, &between)[0]["status"], "confirmed");
    assert_eq!(count(), 3);
}

#[test]
fn a_moved_instance_keeps_its_id_and_may_leave_the_window() {
    let google = ada();
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=2");
    let id = google.move_instance(
        ADA,
        "week",
        "2026-10-26T08:00:00Z",
        "2026-12-24T09:00:00+01:00",
        "2026-12-24T10:00:00+01:00",
    );
    assert_eq!(google.truth(ADA, "2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z").len(), 1);
    let moved = google.truth(ADA, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(moved[&id]["originalStartTime"]["dateTime"], "2026-10-26T09:00:00+01:00");
    let window = "timeMin=2026-12-01T00:00:00Z&timeMax=2027-01-01T00:00:00Z";
    assert_eq!(ids(&items(&google, &format!("{LIST}/week/instances?{window}"))), [&id]);
}

#[test]
fn a_deleted_series_sends_one_tombstone_and_its_instances_are_gone() {
    let google = ada();
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=3");
    google.cancel_instance(ADA, "week", "2026-10-19T07:00:00Z");
    google.change_instance(ADA, "week", "2026-10-26T08:00:00Z", |event| event["summary"] = "Special".into());
    let before = token(&google);
    google.delete(ADA, "week");
    assert_eq!(ids(&delta(&google, &before)), ["week"]);
    assert_eq!(items(&google, LIST), Vec::<Value>::new());
    assert_eq!(refused(&google, &format!("{LIST}/week/instances")), (410, "deleted".into()));
    assert_eq!(refused(&google, &format!("{LIST}/never/instances")), (404, "notFound".into()));
    let between = token(&google);
    google.revive(ADA, "week");
    assert_eq!(delta(&google, &between).len(), 3, "its exceptions come back with it");
}

#[test]
fn this_and_following_makes_a_second_series() {
    let google = ada();
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=5");
    let late = google.change_instance(ADA, "week", "2026-11-09T08:00:00Z", |event| event["summary"] = "Special".into());
    let before = token(&google);
    let new = google.split(ADA, "week", "2026-11-02T08:00:00Z");
    assert_eq!(new, "week_R20261102T080000");
    let truth = google.truth(ADA, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let names: Vec<_> = truth.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "week_20261019T070000Z",
            "week_20261026T080000Z",
            "week_R20261102T080000_20261102T080000Z",
            "week_R20261102T080000_20261109T080000Z",
            "week_R20261102T080000_20261116T080000Z",
        ]
    );
    assert_eq!(truth[names[3]]["summary"], "Special");
    let changes = delta(&google, &before);
    assert_eq!(google.event(ADA, "week").unwrap()["recurrence"][0], "RRULE:FREQ=WEEKLY;UNTIL=20261102T075959Z");
    assert!(changes.iter().any(|c| c["id"] == late.as_str() && c["status"] == "cancelled"));
}

#[test]
fn an_all_day_series_with_a_hole_is_split_at_a_day() {
    let google = ada();
    let (rule, hole) = ("RRULE:FREQ=DAILY;COUNT=5", "EXDATE;VALUE=DATE:20261124");
    let (start, end) = (json!({"date": "2026-11-23"}), json!({"date": "2026-11-24"}));
    google.put(ADA, json!({"id": "day", "start": start, "end": end, "recurrence": [rule, hole]}));
    let new = google.split(ADA, "day", "2026-11-26");
    assert_eq!(new, "day_R20261126");
    assert_eq!(google.event(ADA, "day").unwrap()["recurrence"][0], "RRULE:FREQ=DAILY;UNTIL=20261125");
    assert_eq!(google.event(ADA, &new).unwrap()["recurrence"][0], "RRULE:FREQ=DAILY;COUNT=2");
    let truth = google.truth(ADA, "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let days: Vec<_> = truth.values().map(|i| i["start"]["date"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-11-23", "2026-11-25", "2026-11-26", "2026-11-27"]);
}

#[test]
fn after_a_split_the_instances_can_keep_their_ids() {
    let google = ada();
    google.split_keeps_ids(true);
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=5");
    let late = google.change_instance(ADA, "week", "2026-11-09T08:00:00Z", |event| event["summary"] = "Special".into());
    let all = || google.truth(ADA, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let before: Vec<_> = all().into_keys().collect();
    let new = google.split(ADA, "week", "2026-11-02T08:00:00Z");
    assert_eq!(all().into_keys().collect::<Vec<_>>(), before);
    assert_eq!((&all()[&late]["recurringEventId"], &all()[&late]["summary"]), (&json!(new), &json!("Special")));
}

#[test]
fn single_and_series_change_places_under_one_id() {
    let google = ada();
    single(&google, "a");
    let all = || google.truth(ADA, "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z").into_keys().collect::<Vec<_>>();
    google.make_recurring(ADA, "a", &["RRULE:FREQ=DAILY;COUNT=2"]);
    assert_eq!(all(), ["a_20261123T080000Z", "a_20261124T080000Z"]);
    let hole = google.cancel_instance(ADA, "a", "2026-11-24T08:00:00Z");
    let before = token(&google);
    google.make_single(ADA, "a");
    assert_eq!(all(), ["a"]);
    assert_eq!(ids(&delta(&google, &before)), ["a", &hole]);
}

#[test]
fn an_invitation_to_one_occurrence_stands_alone() {
    let google = ada();
    let mut event = at("2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00");
    event["recurringEventId"] = "elsewhere".into();
    event["originalStartTime"] = event["start"].clone();
    let id = google.put(ADA, event);
    assert_eq!(id, "elsewhere_20261124T080000Z");
    assert_eq!(google.truth(ADA, "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z").len(), 1);
    assert_eq!(ids(&items(&google, LIST)), [&id]);
}

/// A mirror as simple as can be: it only ever applies deltas.
#[test]
fn deltas_add_up_to_the_full_listing() {
    for seed in 1..16_u64 {
        let mut random = seed;
        let mut below = |n: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % n
        };
        let google = ada();
        google.split_keeps_ids(seed % 2 == 0);
        let mut mirror = BTreeMap::new();
        let mut token = token(&google);
        for step in 0..12 {
            for edit in 0..=below(3) {
                random_edit(&google, &mut below, &format!("s{step}e{edit}"));
            }
            let pages = pages(&google, &format!("{LIST}?syncToken={token}"));
            token = pages.last().unwrap()["nextSyncToken"].as_str().unwrap().to_string();
            for item in pages.iter().flat_map(|p| p["items"].as_array().unwrap().clone()) {
                let id = item["id"].as_str().unwrap().to_string();
                if item["status"] == "cancelled" && item["recurringEventId"].is_null() {
                    mirror.retain(|_, i: &mut Value| i["recurringEventId"] != id.as_str());
                    mirror.remove(&id);
                } else {
                    mirror.insert(id, item);
                }
            }
            let live = |items: Vec<Value>| {
                let live = items.into_iter().filter(|i| i["status"] != "cancelled");
                live.map(|i| (i["id"].as_str().unwrap().to_string(), i)).collect::<BTreeMap<_, _>>()
            };
            let all = items(&google, LIST);
            assert!(all.iter().all(|i| mirror.contains_key(i["id"].as_str().unwrap())), "seed {seed}, step {step}");
            assert_eq!(live(mirror.values().cloned().collect()), live(all), "seed {seed}, step {step}");

            // What the program does: singles and exceptions from the feed, the rest of a series from its instances.
            let window = "timeMin=2026-10-01T00:00:00Z&timeMax=2027-02-01T00:00:00Z";
            let mut shown: BTreeMap<String, Value> = BTreeMap::new();
            for (id, item) in live(mirror.values().cloned().collect()) {
                match item["recurrence"].is_null() {
                    true => drop(shown.insert(id, item)),
                    false => shown.extend(live(items(&google, &format!("{LIST}/{id}/instances?{window}")))),
                }
            }
            assert_eq!(shown, google.truth(ADA, "2026-10-01T00:00:00Z", "2027-02-01T00:00:00Z"), "seed {seed}");
        }
    }
}

fn random_edit(google: &Google, below: &mut impl FnMut(usize) -> usize, name: &str) {
    let ids: Vec<_> = google.ids(ADA).into_iter().collect();
    let stored: Vec<_> = ids.iter().map(|id| google.event(ADA, id).unwrap()).collect();
    let masters: Vec<_> = stored.iter().filter(|e| e["recurrence"].is_array()).collect();
    if ids.is_empty() || below(4) == 0 {
        match below(2) {
            0 => single(google, name),
            _ => series(google, name, ["RRULE:FREQ=WEEKLY;COUNT=8", "RRULE:FREQ=DAILY;UNTIL=20261130"][below(2)]),
        };
        return;
    }
    let id = &ids[below(ids.len())];
    match below(10) {
        0 => google.delete(ADA, id),
        1 => google.change(ADA, id, |e| e["summary"] = format!("Changed {name}").into()),
        2 => google.change(ADA, id, |e| {
            e["start"]["dateTime"] = "2026-10-20T11:00:00+02:00".into();
            e["end"]["dateTime"] = "2026-10-20T12:00:00+02:00".into();
        }),
        3 if stored.iter().any(|e| e["id"] == id.as_str() && e["recurringEventId"].is_null()) => match below(2) {
            0 => google.make_single(ADA, id),
            _ => google.make_recurring(ADA, id, &["RRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=5"]),
        },
        _ if masters.is_empty() => {}
        kind => {
            let master = masters[below(masters.len())]["id"].as_str().unwrap();
            let path = format!("{LIST}/{master}/instances?timeMax=2027-02-01T00:00:00Z&showDeleted=true");
            let instances = items(google, &path);
            if instances.len() < 2 {
                return;
            }
            let chosen = &instances[1 + below(instances.len() - 1)];
            let original = chosen["originalStartTime"]["dateTime"].as_str().unwrap();
            match (kind, chosen["status"] == "cancelled") {
                (_, true) => google.revive(ADA, chosen["id"].as_str().unwrap()),
                (4 | 5, _) => drop(google.cancel_instance(ADA, master, original)),
                (6 | 7, _) => {
                    let (start, end) = ("2026-12-01T09:00:00+01:00", "2026-12-01T10:00:00+01:00");
                    drop(google.move_instance(ADA, master, original, start, end));
                }
                _ => {
                    let first = google.event(ADA, master).unwrap()["start"]["dateTime"].as_str().unwrap().to_string();
                    let instant = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
                    if instant(original) > instant(&first) {
                        google.split(ADA, master, original);
                    }
                }
            }
        }
    }
}
