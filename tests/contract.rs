//! What every source must hold: the same calendar, told by each in its own words, gives the same instances and the same
//! decisions. Each event is a row; a source that joins tells each row once more.

mod support;

use serde_json::{Value, json};
use support::google::Google;
use support::{ADA, World};

/// An event in the words of each source.
struct Row {
    uid: &'static str,
    /// iCalendar, but for what all have: `UID`, `DTSTAMP`.
    ics: &'static [&'static str],
    /// The Calendar API, but for `iCalUID`.
    google: fn() -> Value,
    /// What happens to the series afterwards.
    edits: fn(&Google, &str),
}

fn timed(summary: &str, start: &str, end: &str) -> Value {
    let time = |text: &str| json!({ "dateTime": text, "timeZone": "Europe/Berlin" });
    json!({ "summary": summary, "start": time(start), "end": time(end), "attendees": invited("accepted") })
}

fn invited(answer: &str) -> Value {
    json!([{ "email": ADA, "self": true, "responseStatus": answer }, { "email": "bo@example.com", "responseStatus": "accepted" }])
}

fn with(mut event: Value, more: Value) -> Value {
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

const BERLIN: &str = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:+0100\n\
    TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:19701025T030000\n\
    TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE\n";
const ACCEPTED: &str =
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";
const DECLINED: &str =
    "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";
const PERHAPS: &str =
    "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";

fn nothing(_: &Google, _: &str) {}

const ROWS: &[Row] = &[
    Row {
        uid: "timed@x",
        ics: &[
            "SUMMARY:Roadmap\nDTSTART;TZID=Europe/Berlin:20261021T090000\nDTEND;TZID=Europe/Berlin:20261021T103000",
            ACCEPTED,
        ],
        google: || timed("Roadmap", "2026-10-21T09:00:00+02:00", "2026-10-21T10:30:00+02:00"),
        edits: nothing,
    },
    Row {
        uid: "utc@x",
        ics: &["SUMMARY:Bridge\nDTSTART:20261021T150000Z\nDTEND:20261021T154500Z", ACCEPTED],
        google: || {
            let time = |text: &str| json!({ "dateTime": text, "timeZone": "UTC" });
            with(
                timed("Bridge", "", ""),
                json!({ "start": time("2026-10-21T15:00:00Z"), "end": time("2026-10-21T15:45:00Z") }),
            )
        },
        edits: nothing,
    },
    Row {
        uid: "allday@x",
        ics: &["SUMMARY:Offsite\nDTSTART;VALUE=DATE:20261022\nDTEND;VALUE=DATE:20261024", ACCEPTED],
        google: || {
            with(
                timed("Offsite", "", ""),
                json!({ "start": { "date": "2026-10-22" }, "end": { "date": "2026-10-24" } }),
            )
        },
        edits: nothing,
    },
    // Over the change of clocks on 25 October; one left out by the rule, one moved, one cancelled.
    Row {
        uid: "weekly@x",
        ics: &[
            "SUMMARY:One to one\nDTSTART;TZID=Europe/Berlin:20261019T140000\nDTEND;TZID=Europe/Berlin:20261019T150000\n\
             RRULE:FREQ=WEEKLY;COUNT=7\nEXDATE;TZID=Europe/Berlin:20261026T140000,20261116T140000",
            ACCEPTED,
            "\nEND:VEVENT\nBEGIN:VEVENT\nUID:weekly@x\nDTSTAMP:20260101T000000Z\nSUMMARY:One to one\n\
             RECURRENCE-ID;TZID=Europe/Berlin:20261109T140000\nDTSTART;TZID=Europe/Berlin:20261110T160000\n\
             DTEND;TZID=Europe/Berlin:20261110T173000",
            ACCEPTED,
        ],
        google: || {
            let rules = json!(["RRULE:FREQ=WEEKLY;COUNT=7", "EXDATE;TZID=Europe/Berlin:20261026T140000"]);
            let event = timed("One to one", "2026-10-19T14:00:00+02:00", "2026-10-19T15:00:00+02:00");
            with(event, json!({ "recurrence": rules }))
        },
        edits: |google, id| {
            let (start, end) = ("2026-11-10T16:00:00+01:00", "2026-11-10T17:30:00+01:00");
            google.move_instance(ADA, id, "2026-11-09T14:00:00+01:00", start, end);
            google.cancel_instance(ADA, id, "2026-11-16T14:00:00+01:00");
        },
    },
    Row {
        uid: "monthly@x",
        ics: &[
            "SUMMARY:Board\nDTSTART;TZID=America/New_York:20261030T090000\nDTEND;TZID=America/New_York:20261030T110000\n\
             RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231T000000Z",
            ACCEPTED,
        ],
        google: || {
            let time = |text: &str| json!({ "dateTime": text, "timeZone": "America/New_York" });
            let times = json!({ "start": time("2026-10-30T09:00:00-04:00"), "end": time("2026-10-30T11:00:00-04:00"),
                "recurrence": ["RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231T000000Z"] });
            with(timed("Board", "", ""), times)
        },
        edits: nothing,
    },
    Row {
        uid: "days@x",
        ics: &[
            "SUMMARY:On call\nDTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261103\nRRULE:FREQ=DAILY;INTERVAL=3;COUNT=4",
            ACCEPTED,
        ],
        google: || {
            let days = json!({ "start": { "date": "2026-11-02" }, "end": { "date": "2026-11-03" },
                "recurrence": ["RRULE:FREQ=DAILY;INTERVAL=3;COUNT=4"] });
            with(timed("On call", "", ""), days)
        },
        edits: nothing,
    },
    Row {
        uid: "declined@x",
        ics: &[
            "SUMMARY:Webinar\nDTSTART;TZID=Europe/Berlin:20261027T090000\nDTEND;TZID=Europe/Berlin:20261027T100000",
            DECLINED,
        ],
        google: || {
            let event = timed("Webinar", "2026-10-27T09:00:00+01:00", "2026-10-27T10:00:00+01:00");
            with(event, json!({ "attendees": invited("declined") }))
        },
        edits: nothing,
    },
    Row {
        uid: "perhaps@x",
        ics: &[
            "SUMMARY:Panel\nDTSTART;TZID=Europe/Berlin:20261027T110000\nDTEND;TZID=Europe/Berlin:20261027T120000",
            PERHAPS,
        ],
        google: || {
            let event = timed("Panel", "2026-10-27T11:00:00+01:00", "2026-10-27T12:00:00+01:00");
            with(event, json!({ "attendees": invited("tentative") }))
        },
        edits: nothing,
    },
    Row {
        uid: "unsure@x",
        ics: &[
            "STATUS:TENTATIVE\nSUMMARY:Visit\nDTSTART;TZID=Europe/Berlin:20261027T130000\nDTEND;TZID=Europe/Berlin:20261027T140000",
            ACCEPTED,
        ],
        google: || {
            let event = timed("Visit", "2026-10-27T13:00:00+01:00", "2026-10-27T14:00:00+01:00");
            with(event, json!({ "status": "tentative" }))
        },
        edits: nothing,
    },
    Row {
        uid: "private@x",
        ics: &[
            "CLASS:PRIVATE\nSUMMARY:Salary\nDTSTART;TZID=Europe/Berlin:20261028T090000\nDTEND;TZID=Europe/Berlin:20261028T100000",
            ACCEPTED,
        ],
        google: || {
            let event = timed("Salary", "2026-10-28T09:00:00+01:00", "2026-10-28T10:00:00+01:00");
            with(event, json!({ "visibility": "private" }))
        },
        edits: nothing,
    },
    Row {
        uid: "free@x",
        ics: &[
            "TRANSP:TRANSPARENT\nSUMMARY:Hold\nDTSTART;TZID=Europe/Berlin:20261028T110000\nDTEND;TZID=Europe/Berlin:20261028T120000",
            ACCEPTED,
        ],
        google: || {
            let event = timed("Hold", "2026-10-28T11:00:00+01:00", "2026-10-28T12:00:00+01:00");
            with(event, json!({ "transparency": "transparent" }))
        },
        edits: nothing,
    },
    Row {
        uid: "night@x",
        ics: &[
            "SUMMARY:Release\nDTSTART;TZID=Europe/Berlin:20261104T220000\nDTEND;TZID=Europe/Berlin:20261105T013000",
            ACCEPTED,
        ],
        google: || timed("Release", "2026-11-04T22:00:00+01:00", "2026-11-05T01:30:00+01:00"),
        edits: nothing,
    },
    Row {
        uid: "alone@x",
        ics: &["SUMMARY:Writing\nDTSTART;TZID=Europe/Berlin:20261106T090000\nDTEND;TZID=Europe/Berlin:20261106T120000"],
        google: || {
            let mut event = timed("Writing", "2026-11-06T09:00:00+01:00", "2026-11-06T12:00:00+01:00");
            event.as_object_mut().unwrap().remove("attendees");
            event
        },
        edits: nothing,
    },
    Row {
        uid: "label@x",
        ics: &[
            "CATEGORIES:Deep work\nSUMMARY:Design\nDTSTART;TZID=Europe/Berlin:20261112T090000\nDTEND;TZID=Europe/Berlin:20261112T100000",
            ACCEPTED,
        ],
        google: || {
            let event = timed("Design", "2026-11-12T09:00:00+01:00", "2026-11-12T10:00:00+01:00");
            with(event, json!({ "eventLabelId": "l1" }))
        },
        edits: nothing,
    },
    Row {
        uid: "point@x",
        ics: &[
            "SUMMARY:Deadline\nDTSTART;TZID=Europe/Berlin:20261113T170000\nDTEND;TZID=Europe/Berlin:20261113T170000",
            ACCEPTED,
        ],
        google: || timed("Deadline", "2026-11-13T17:00:00+01:00", "2026-11-13T17:00:00+01:00"),
        edits: nothing,
    },
];

const CONFIG: &str = "me = [\"ada@example.com\"]\n";
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

fn by_file() -> Vec<Value> {
    let event = |row: &Row| {
        let lines = [&[&format!("UID:{}\nDTSTAMP:20260101T000000Z", row.uid)[..]], row.ics].concat();
        let text = lines.join("\n").replace("\n\n", "\n");
        format!("BEGIN:VEVENT\n{text}\nEND:VEVENT\n")
    };
    let events: String = ROWS.iter().map(event).collect();
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{BERLIN}{events}END:VCALENDAR\n");
    let config = CONFIG.to_string() + "[[source.ics]]\nname = \"work\"\npath = \"~/ada.ics\"\n";
    six_weeks(&World::new().config(&config).rules(RULES).file("ada.ics", text.replace('\n', "\r\n")))
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
    insta::assert_snapshot!(google.iter().map(short).collect::<Vec<_>>().join("\n"), @"");
}
