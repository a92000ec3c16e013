//! What every source must hold: the same calendar, told by each in its own words, gives the same instances and the same
//! decisions. Each event is a row; a source that joins tells each row once more.

mod rows;

use crate::support::google::Google;
use crate::support::{ADA, World};
use rows::{BERLIN, ROWS, Row, with};
use serde_json::{Value, json};

const CONFIG: &str = "my_addresses = [\"ada@example.com\"]\n";
const RULES: &str = r#"
[[rule]]
name = "deep"
class = "strategy"
label = "Deep work"
[[rule]]
name = "board"
class = "strategy"
title = ["board", "roadmap"]
duration = ">=90m"
[[rule]]
name = "series"
class = "execution"
recurring = true
attendees = 2
"#;

/// Six weeks, each event without its calendar's name.
fn six_weeks(world: &World) -> Vec<Value> {
    let mut rows = world.run(["events", "--from", "2026-10-19", "--to", "2026-11-29", "--format", "json"]).json();
    rows.iter_mut().for_each(|row| row["calendar"] = Value::Null);
    rows
}

fn by_google() -> Vec<Value> {
    let google = Google::start();
    google.labels_in_list(true);
    let labels = json!({ "eventLabels": [{ "id": "l1", "name": "Deep work", "backgroundColor": "#0b8043" }] });
    google.calendar(ADA, json!({ "summary": "Ada", "labelProperties": labels }));
    for row in ROWS {
        let id = google.put(ADA, with((row.google)(), json!({ "iCalUID": row.uid })));
        (row.edits)(&google, &id);
    }
    let world = World::new().signed_in(&google).rules(RULES).config(&(CONFIG.to_string() + &google.config("work")));
    world.sync();
    six_weeks(&world)
}

/// All rows as one iCalendar file.
fn text() -> String {
    let event = |row: &Row| {
        let lines = row.ics.join("\n");
        // Google says it of every event.
        let status = if lines.contains("STATUS:") { "" } else { "STATUS:CONFIRMED\n" };
        let text = format!("{status}{lines}").replace("DTSTAMP", &format!("{status}DTSTAMP")).replace("\n\n", "\n");
        format!("BEGIN:VEVENT\nUID:{}\nDTSTAMP:20260101T000000Z\n{text}\nEND:VEVENT\n", row.uid)
    };
    let events: String = ROWS.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{BERLIN}{events}END:VCALENDAR\n")
}

fn by_file() -> Vec<Value> {
    let config = CONFIG.to_string() + "[[source.ics]]\nname = \"work\"\npath = \"~/ada.ics\"\n";
    six_weeks(&World::new().config(&config).rules(RULES).file("ada.ics", text().replace('\n', "\r\n")))
}

/// A line of iCalendar as a property of jCal, its value as it stands.
fn property(line: &str) -> Value {
    let (name, value) = line.split_once(':').unwrap();
    let mut parts = name.split(';');
    let name = parts.next().unwrap().to_lowercase();
    let parameters = parts.map(|part| part.split_once('=').unwrap());
    let parameters: serde_json::Map<String, Value> =
        parameters.map(|(name, value)| (name.to_lowercase(), value.into())).collect();
    json!([name, parameters, "unknown", value])
}

/// A component of iCalendar as jCal; `lines` begin behind its `BEGIN`.
fn component<'l>(name: &str, lines: &mut impl Iterator<Item = &'l str>) -> Value {
    let (mut properties, mut inner) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next() {
        match line.split_once(':').unwrap() {
            ("END", _) => break,
            ("BEGIN", name) => inner.push(component(name, lines)),
            _ => properties.push(property(line)),
        }
    }
    json!([name.to_lowercase(), properties, inner])
}

fn by_json() -> (Vec<Value>, World) {
    let text = text();
    let calendar = component("vcalendar", &mut text.lines().skip(1).filter(|line| !line.is_empty()));
    let config = CONFIG.to_string() + "[[source.json]]\nname = \"work\"\npath = \"~/jcal\"\n";
    let world = World::new().config(&config).rules(RULES).file("jcal/ada.json", calendar.to_string());
    world.sync();
    (six_weeks(&world), world)
}

/// Nothing outside of its folder knows of the kind.
#[test]
fn a_kind_that_only_tests_know_is_a_source_like_any_other() {
    let (rows, world) = by_json();
    assert_eq!(rows, by_file());
    insta::assert_snapshot!(world.tell(["sync", "--account", "work"]), @"
    work: 0 added, 0 changed, 0 removed (listed whole)
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["sync", "--account", "home"]), @"
    error: there is no account or source `home`
     |
     = help: `vantage status` lists them
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (jCal)
      last good sync 2026-11-23 07:00 CET (just now), 15 events
    exit 0
    ");
    let doctor = world.tell(["doctor", "--offline"]);
    let says: Vec<&str> = doctor.lines().filter(|line| line.contains("work")).collect();
    insta::assert_snapshot!(says.join("\n"), @"ok    source work: it can be read");
    insta::assert_snapshot!(world.tell(["week", "2026-W45"]), @"
    2026-W45  2026-11-02 to 2026-11-08  Europe/Berlin
    0.0 h strategy, 1.0 h execution — too little to compare: 22% of 4.5 h is classified

      counted                  4.5 h
        strategy               0.0 h
        execution              1.0 h
        unclassified           3.5 h
      provisional: only 22% of the counted time is classified
      open blocks             44.5 h
      fragmented               0.8 h
      solo                     3.0 h
      after hours              3.5 h

    Where it went                         vs 4-week average
      Unclassified                 3.5 h     +1.6  unclassified
      Execution                    1.0 h     +0.5  execution

    6 fetched: 2 counted, 1 set apart, 3 left out (3 all-day)
    exit 0
    ");
    let world = world.config("[[source.json]]\nname = \"work\"\npath = \"~/nowhere\"\n");
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: the folder `HOME/nowhere` could not be read: No such file or directory (os error 2)
    error: work: the folder `HOME/nowhere` could not be read: No such file or directory (os error 2)
     |
     = help: check its `path`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 1
    ");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (jCal)
      last good sync 2026-11-23 07:00 CET (just now), 15 events
        the folder `HOME/nowhere` could not be read: No such file or directory (os error 2); tried again after 2026-11-23 08:00 CET
        next: check its `path`
    exit 0
    ");
}

#[test]
fn the_same_calendar_by_each_source_is_the_same() {
    let (google, file) = (by_google(), by_file());
    let text = |rows: &[Value]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
    assert_eq!(google.len(), file.len(), "google:\n{}\nics:\n{}", text(&google), text(&file));
    for (google, file) in google.iter().zip(&file) {
        assert_eq!(google, file);
    }
    let short = |row: &Value| {
        let verdict = row["class"].as_str().or(row["reason"].as_str()).unwrap_or_default();
        format!("{} {} {verdict}", row["start"].as_str().unwrap(), row["summary"].as_str().unwrap_or("-"))
    };
    insta::assert_snapshot!(google.iter().map(short).collect::<Vec<_>>().join("\n"), @"
    2026-10-19T14:00:00+02:00 One to one execution
    2026-10-21T09:00:00+02:00 Roadmap strategy
    2026-10-21T17:00:00+02:00 Bridge unclassified
    2026-10-22 Offsite all-day
    2026-10-27T09:00:00+01:00 Webinar declined
    2026-10-27T11:00:00+01:00 Panel unclassified
    2026-10-27T13:00:00+01:00 Visit unclassified
    2026-10-28T09:00:00+01:00 - unclassified
    2026-10-28T11:00:00+01:00 Hold free
    2026-10-30T14:00:00+01:00 Board strategy
    2026-11-02 On call all-day
    2026-11-02T14:00:00+01:00 One to one execution
    2026-11-04T22:00:00+01:00 Release unclassified
    2026-11-05 On call all-day
    2026-11-06T09:00:00+01:00 Writing solo
    2026-11-08 On call all-day
    2026-11-10T16:00:00+01:00 One to one execution
    2026-11-11 On call all-day
    2026-11-12T09:00:00+01:00 Design strategy
    2026-11-13T17:00:00+01:00 Deadline no length
    2026-11-23T14:00:00+01:00 One to one execution
    2026-11-27T15:00:00+01:00 Board strategy
    ");
}
