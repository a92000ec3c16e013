//! Small calendars through the real binary, for the tests of what is read from them.

use crate::support::World;
use serde_json::Value;

pub const CONFIG: &str = "timezone = \"Europe/Berlin\"\nmy_addresses = [\"ada@example.com\"]\n";
/// Ada accepted, and Bo comes too.
pub const WE: &str =
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com\n";

/// A VCALENDAR with these head lines and components, each a text of lines.
pub fn vcalendar(head: &str, components: &[&str]) -> String {
    let head: String = head.lines().map(|line| format!("{line}\r\n")).collect();
    let body: String = components.iter().map(|c| format!("{}\r\n", c.trim().replace('\n', "\r\n"))).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{body}END:VCALENDAR\r\n")
}

/// A VEVENT of these lines; one of Ada and Bo unless it names its guests.
pub fn vevent(uid: &str, title: &str, lines: &str) -> String {
    let guests = if lines.contains("ATTENDEE") || lines.contains("X-ALONE") { "" } else { WE };
    format!("BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\n{}\n{guests}END:VEVENT", lines.trim())
}

/// `18T10:00 60 counted Title` of every event of these days, in the order of their starts. Days have no time and no minutes.
pub fn rows(world: &World, sources: &[&str], (from, to): (&str, &str)) -> Vec<String> {
    let mut arguments = vec!["events", "--from", from, "--to", to, "--format", "json"];
    sources.iter().for_each(|source| arguments.extend(["--ics", *source]));
    let shown = |row: &Value| {
        let (start, title) = (row["start"].as_str().unwrap(), row["summary"].as_str().unwrap_or("-"));
        let verdict = if row["counted"] == true { "counted" } else { row["reason"].as_str().unwrap_or("?") };
        match row["all_day"] == true {
            true => format!("{} {verdict} {title}", &start[8..10]),
            false => format!("{} {} {verdict} {title}", &start[8..16], row["minutes"]),
        }
    };
    world.run(arguments).json().iter().map(shown).collect()
}

/// The same of one file with these components, in the week of 16 November 2026, with what was said on standard error.
pub fn week_of(head: &str, components: &[&str]) -> (Vec<String>, String) {
    week_of_text(&vcalendar(head, components))
}

pub fn week_of_text(text: &str) -> (Vec<String>, String) {
    let world = World::new().config(CONFIG).file("a.ics", text);
    let said = world.run(["events", "--ics", "a.ics", "--from", "2026-11-16", "--to", "2026-11-22"]).err;
    (rows(&world, &["a.ics"], ("2026-11-16", "2026-11-22")), said)
}

/// Only the events of one file, where nothing is to be said.
#[track_caller]
pub fn quietly(head: &str, components: &[&str]) -> Vec<String> {
    let (rows, said) = week_of(head, components);
    assert_eq!(said, "", "{components:?}");
    rows
}

/// Only the events of one file, where one line is told that holds `words`.
#[track_caller]
pub fn told(words: &str, head: &str, components: &[&str]) -> Vec<String> {
    let (rows, said) = week_of(head, components);
    assert_eq!(said.matches("warning").count(), 1, "{said}");
    assert!(said.contains(words) && said.contains("a.ics:"), "{said}");
    rows
}
