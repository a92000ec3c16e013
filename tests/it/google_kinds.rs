//! What counts of what Google knows: kinds of events, answers, people, and the words of rules for them.

use crate::support::google::Google;
use crate::support::{ADA, World, ada, meeting};
use serde_json::{Value, json};

const BO: &str = "bo@example.com";
/// Rules that say nothing here, so that the kinds alone decide.
const NONE: &str = "[[rule]]\nname = \"none\"\nclass = \"execution\"\ntitle = \"xyzzy\"\n";

/// Ada's calendar with one meeting on Monday, changed by `more`; a field that is `null` is taken away.
fn put(google: &Google, title: &str, time: &str, more: Value) -> String {
    let mut event = meeting(title, &format!("2026-11-{time}"), 60);
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    google.put(ADA, event)
}

fn empty() -> Google {
    let google = Google::start();
    google.calendar(ADA, json!({ "summary": "Ada" }));
    google
}

fn me(answer: &str) -> Value {
    json!([{ "email": ADA, "self": true, "responseStatus": answer }, { "email": BO, "responseStatus": "accepted" }])
}

/// One line an event: title, what it counts as or why not, and by which rule.
fn judged(world: &World) -> String {
    let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"]).json();
    let line = |row: &Value| {
        let text = |key: &str| row[key].as_str().map(str::to_string);
        let verdict = [text("class"), text("reason")].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let rule = text("rule").map(|rule| format!(" by `{rule}`")).unwrap_or_default();
        format!("{}: {verdict}{rule}, {} min", text("summary").unwrap_or("-".into()), row["counted_minutes"])
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn kinds_of_events() {
    let google = empty();
    put(&google, "Heads down", "16T09:00", json!({ "eventType": "focusTime", "attendees": null }));
    put(&google, "Dentist", "16T11:00", json!({ "eventType": "outOfOffice", "attendees": null }));
    let day = json!({ "start": { "date": "2026-11-16" }, "end": { "date": "2026-11-17" }, "attendees": null });
    let mut home = day.clone();
    home["eventType"] = "workingLocation".into();
    home["transparency"] = "transparent".into();
    home["workingLocationProperties"] = json!({ "type": "homeOffice", "homeOffice": {} });
    put(&google, "Home", "16T00:00", home);
    let mut birthday = day.clone();
    birthday["eventType"] = "birthday".into();
    birthday["recurrence"] = json!(["RRULE:FREQ=YEARLY"]);
    put(&google, "Bo's birthday", "16T00:00", birthday);
    put(&google, "Flight to Rome", "17T09:00", json!({ "eventType": "fromGmail", "attendees": null }));
    put(&google, "Hold", "17T11:00", json!({ "transparency": "transparent" }));
    put(&google, "A kind of next year", "17T13:00", json!({ "eventType": "somethingNew" }));
    put(&google, "Offsite", "18T00:00", day);
    put(&google, "Desk work", "18T09:00", json!({ "attendees": null }));
    let world = World::synced(&google).rules(NONE);
    insta::assert_snapshot!(judged(&world), @"
    Home: working location, 0.0 min
    Bo's birthday: birthday, 0.0 min
    Offsite: all-day, 0.0 min
    Heads down: focus, 0.0 min
    Dentist: out of office, 0.0 min
    Flight to Rome: from Gmail, 0.0 min
    Hold: free, 0.0 min
    A kind of next year: unclassified, 60.0 min
    Desk work: solo, 0.0 min
    ");
}

#[test]
fn out_of_office_is_taken_off_the_working_hours() {
    let hours = |google: &Google| {
        let week = World::synced(google).run(["week", "2026-W47", "--format", "json"]).json();
        week[0]["hours"]["working"].as_f64().unwrap()
    };
    let google = ada();
    let before = hours(&google);
    put(
        &google,
        "Off",
        "19T08:00",
        json!({ "eventType": "outOfOffice", "attendees": null,
        "start": { "dateTime": "2026-11-19T00:00:00+01:00" }, "end": { "dateTime": "2026-11-20T00:00:00+01:00" } }),
    );
    let after = hours(&google);
    assert!((8.0..12.0).contains(&(before - after)), "a day of working hours: {before} - {after}");
}

#[test]
fn answers_and_people() {
    let google = empty();
    put(&google, "Accepted", "16T09:00", json!({}));
    put(&google, "Declined", "16T10:00", json!({ "attendees": me("declined") }));
    put(&google, "Tentative", "16T11:00", json!({ "attendees": me("tentative") }));
    put(&google, "Unanswered", "16T12:00", json!({ "attendees": me("needsAction") }));
    put(&google, "Tentative itself", "16T13:00", json!({ "status": "tentative" }));
    put(
        &google,
        "Through a group",
        "17T09:00",
        json!({ "attendees": [{ "email": BO, "responseStatus": "accepted" }] }),
    );
    put(
        &google,
        "Town hall",
        "17T10:00",
        json!({ "attendees": [{ "email": ADA, "self": true, "responseStatus": "accepted" }],
        "attendeesOmitted": true }),
    );
    put(
        &google,
        "Room for me",
        "17T11:00",
        json!({ "attendees": [
        { "email": ADA, "self": true, "responseStatus": "accepted", "organizer": true },
        { "email": "c_1@resource.calendar.google.com", "resource": true, "responseStatus": "declined" }] }),
    );
    put(&google, "Mine alone", "17T12:00", json!({ "attendees": null, "organizer": { "email": ADA, "self": true } }));
    put(&google, "Secret", "17T13:00", json!({ "visibility": "private" }));
    let world = World::synced(&google).rules(NONE);
    insta::assert_snapshot!(judged(&world), @"
    Accepted: unclassified, 60.0 min
    Declined: declined, 0.0 min
    Tentative: unclassified, 60.0 min
    Unanswered: unclassified, 60.0 min
    Tentative itself: unclassified, 60.0 min
    Through a group: unclassified, 60.0 min
    Town hall: unclassified, 60.0 min
    Room for me: solo, 0.0 min
    Mine alone: solo, 0.0 min
    -: unclassified, 60.0 min
    ");
    let shown = world.run(["events", "--from", "2026-11-17", "--to", "2026-11-17", "--show-private"]).ok();
    assert!(shown.contains("Secret"), "{shown}");
}

#[test]
fn the_words_of_rules_for_google() {
    const RULES: &str = r#"
[[rule]]
name = "kind"
class = "strategy"
event_type = "focusTime"
[[rule]]
name = "colour"
class = "strategy"
color = "tomato"
[[rule]]
name = "number"
class = "execution"
color = "5"
[[rule]]
name = "label"
class = "strategy"
label = "Deep work"
[[rule]]
name = "optional"
class = "execution"
optional = true
[[rule]]
name = "maybe"
class = "execution"
status = ["tentative", "needs-action"]
"#;
    let google = empty();
    google.labels_in_list(true);
    let labels = json!({ "eventLabels": [{ "id": "l1", "name": "Deep work", "backgroundColor": "#0b8043" }] });
    google.calendar(ADA, json!({ "labelProperties": labels }));
    put(&google, "Kind", "16T09:00", json!({ "eventType": "focusTime", "attendees": null }));
    put(&google, "Tomato", "16T10:00", json!({ "colorId": "11" }));
    put(&google, "Banana", "16T11:00", json!({ "colorId": "5" }));
    put(&google, "Label", "16T12:00", json!({ "eventLabelId": "l1" }));
    put(
        &google,
        "Optional",
        "16T13:00",
        json!({ "attendees": [
        { "email": ADA, "self": true, "responseStatus": "accepted", "optional": true }, { "email": BO }] }),
    );
    put(&google, "Maybe", "16T14:00", json!({ "attendees": me("tentative") }));
    put(&google, "Nothing of it", "16T15:00", json!({}));
    let world = World::synced(&google).rules(RULES);
    insta::assert_snapshot!(judged(&world), @"
    Kind: strategy by `kind`, 60.0 min
    Tomato: strategy by `colour`, 60.0 min
    Banana: execution by `number`, 60.0 min
    Label: strategy by `label`, 60.0 min
    Optional: execution by `optional`, 60.0 min
    Maybe: execution by `maybe`, 60.0 min
    Nothing of it: unclassified, 60.0 min
    ");
    // Where the list does not name labels, the calendar itself is asked; where that may not be read, the id stands.
    google.labels_in_list(false);
    let rules = RULES.replace("\"tomato\"", "\"11\"").replace("\"Deep work\"", "\"l1\"");
    let world = World::synced(&google).rules(&rules);
    insta::assert_snapshot!(judged(&world), @"
    Kind: strategy by `kind`, 60.0 min
    Tomato: strategy by `colour`, 60.0 min
    Banana: execution by `number`, 60.0 min
    Label: strategy by `label`, 60.0 min
    Optional: execution by `optional`, 60.0 min
    Maybe: execution by `maybe`, 60.0 min
    Nothing of it: unclassified, 60.0 min
    ");
}

#[test]
fn a_calendar_of_busy_times_alone() {
    let google = empty();
    put(&google, "Own", "16T09:00", json!({}));
    let boss = "boss@example.com";
    google.calendar(boss, json!({ "summary": "Boss", "accessRole": "freeBusyReader", "selected": true }));
    google.put(boss, meeting("Acquisition", "2026-11-16T13:00", 60));
    let world = World::synced(&google).rules(NONE);
    insta::assert_snapshot!(judged(&world), @"
    Own: unclassified, 60.0 min
    Busy: unclassified, 60.0 min
    ");
    insta::assert_snapshot!(world.tell(["calendars"]), @"
    [x] work / Ada  ada@example.com  (yours)
    [x] work / Boss  boss@example.com  (busy times only; counts as your time while selected)
    exit 0
    ");
    // What was once shown in full is not told any more when the owner lets one see less.
    google.role(boss, "reader");
    let world = world.later(&google, "2026-11-23T07:30:00Z");
    world.sync();
    assert!(judged(&world).contains("Acquisition"));
    google.role(boss, "freeBusyReader");
    let world = world.later(&google, "2026-11-23T09:00:00Z");
    world.sync();
    assert!(!judged(&world).contains("Acquisition"), "{}", judged(&world));
    let store = rusqlite::Connection::open(world.path(".local/state/vantage/vantage.db")).unwrap();
    let titles = "SELECT (SELECT count(*) FROM instance WHERE json LIKE '%Acquisition%')
                       + (SELECT count(*) FROM event_raw WHERE json LIKE '%Acquisition%')";
    assert_eq!(store.query_row(titles, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "nor kept");
}
