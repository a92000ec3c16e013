//! Writing iCalendar text for calendars that we invent.

use chrono::{NaiveDate, NaiveDateTime};
use std::fmt::Write;

/// An iCalendar file in the making.
pub(super) struct Writer {
    text: String,
    count: usize,
}

/// One person of an invented organisation.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub name: &'static str,
    pub address: &'static str,
}

/// What an event says beside its times.
#[derive(Clone, Default)]
pub(super) struct Details<'a> {
    pub title: &'a str,
    pub organizer: Option<Person>,
    /// With the answer and whether they are optional.
    pub attendees: Vec<(Person, &'a str, bool)>,
    /// Whole further lines, such as `RRULE:…`.
    pub lines: Vec<String>,
    pub created: Option<NaiveDateTime>,
}

/// `20261116T090000`.
pub(super) fn stamp(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}

impl Writer {
    /// An empty calendar of that name.
    pub(super) fn new(name: &str) -> Writer {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Vantage//Invented calendar//EN\r\nX-WR-CALNAME:{name}\r\n"
        );
        Writer { text, count: 0 }
    }

    /// The UID of the next event.
    pub(super) fn next_uid(&mut self) -> String {
        self.count += 1;
        format!("{:05}@northlight.example", self.count)
    }

    /// A timed event in `zone`.
    pub(super) fn timed(&mut self, uid: &str, zone: &str, start: NaiveDateTime, minutes: i64, details: &Details) {
        let end = start + chrono::TimeDelta::minutes(minutes);
        let times = format!("DTSTART;TZID={zone}:{}\r\nDTEND;TZID={zone}:{}\r\n", stamp(start), stamp(end));
        self.event(uid, &times, details);
    }

    /// An event of whole days, `days` long.
    pub(super) fn all_day(&mut self, uid: &str, first: NaiveDate, days: i64, details: &Details) {
        let end = first + chrono::TimeDelta::days(days);
        let day = |d: NaiveDate| d.format("%Y%m%d").to_string();
        let times = format!("DTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n", day(first), day(end));
        self.event(uid, &times, details);
    }

    fn event(&mut self, uid: &str, times: &str, d: &Details) {
        // Writing to a String cannot fail.
        let _ = write!(
            self.text,
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260501T000000Z\r\n{times}SUMMARY:{}\r\n",
            escaped(d.title)
        );
        if let Some(created) = d.created {
            let _ = write!(self.text, "CREATED:{}Z\r\n", stamp(created));
        }
        if let Some(o) = d.organizer {
            let _ = write!(self.text, "ORGANIZER;CN={}:mailto:{}\r\n", o.name, o.address);
        }
        for (person, answer, optional) in &d.attendees {
            let role = if *optional { "OPT-PARTICIPANT" } else { "REQ-PARTICIPANT" };
            // Folded where Google folds too: no line is longer than 75 bytes.
            let _ = write!(
                self.text,
                "ATTENDEE;ROLE={role};PARTSTAT={answer};\r\n CN={}:mailto:{}\r\n",
                person.name, person.address
            );
        }
        for line in &d.lines {
            let _ = write!(self.text, "{line}\r\n");
        }
        self.text.push_str("END:VEVENT\r\n");
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("END:VCALENDAR\r\n");
        self.text
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;")
}
