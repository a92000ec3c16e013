//! The events that every source must tell alike.

use crate::support::ADA;
use crate::support::google::Google;
use serde_json::{Value, json};

/// An event in the words of each source.
pub struct Row {
    pub uid: &'static str,
    /// iCalendar, but for what all have: `UID`, `DTSTAMP`.
    pub ics: &'static [&'static str],
    /// The Calendar API, but for `iCalUID`.
    pub google: fn() -> Value,
    /// What happens to the series afterwards.
    pub edits: fn(&Google, &str),
}

fn timed(summary: &str, start: &str, end: &str) -> Value {
    let time = |text: &str| json!({ "dateTime": text, "timeZone": "Europe/Berlin" });
    json!({ "summary": summary, "start": time(start), "end": time(end), "attendees": invited("accepted") })
}

fn invited(answer: &str) -> Value {
    json!([{ "email": ADA, "self": true, "responseStatus": answer }, { "email": "bo@example.com", "responseStatus": "accepted" }])
}

pub fn with(mut event: Value, more: Value) -> Value {
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

pub const BERLIN: &str = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:+0100\n\
    TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:19701025T030000\n\
    TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE\n";
const ACCEPTED: &str =
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";
const DECLINED: &str =
    "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";
const PERHAPS: &str =
    "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";

fn nothing(_: &Google, _: &str) {}

pub const ROWS: &[Row] = &[
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
