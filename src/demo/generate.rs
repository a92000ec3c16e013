//! Large calendars for benches and stress tests: as busy as a real one, and the same for the same seed.

use super::write::{Details, Person, Writer, stamp};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"];
const TITLES: [&str; 16] = [
    "Daily stand-up",
    "Sprint planning",
    "Roadmap review Q3",
    "1:1 Ana / Bo",
    "Customer call: Kestrel",
    "Pricing strategy",
    "Design review: onboarding",
    "Incident review",
    "Budget forecast",
    "Hiring: PM panel",
    "Backlog refinement",
    "Product vision 2030",
    "Team sync",
    "Kestrel x Meridian",
    "Board pre-read",
    "Release go/no-go",
];
const GUEST: Person = Person { name: "Guest", address: "guest@northlight.example" };

/// Numerical Recipes' linear congruential generator: good enough to scatter meetings, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// `years` of a calendar with about 35 meetings a week, 70 % of them recurring, with moved, cancelled and renamed
/// instances, four zones and up to 40 attendees. The same text for the same arguments.
pub fn generate(years: i64, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut w = Writer::new("Generated");
    let first = NaiveDate::from_ymd_opt(2016, 1, 4).unwrap_or_default();
    // Each quarter brings 25 new weekly series, which live for a quarter, and 11 single meetings a week.
    for quarter in 0..years * 4 {
        let monday = first + TimeDelta::weeks(quarter * 13);
        for _ in 0..25 {
            series(&mut w, &mut dice, monday);
        }
        for week in 0..13 {
            for _ in 0..11 {
                let zone = ZONES[dice.below(4) as usize];
                let start = start(&mut dice, monday + TimeDelta::weeks(week));
                let uid = w.next_uid();
                let minutes = 30 * (1 + dice.below(4) as i64);
                let d = details(&mut dice, start);
                w.timed(&uid, zone, start, minutes, &d);
            }
        }
    }
    w.finish()
}

fn start(dice: &mut Dice, monday: NaiveDate) -> NaiveDateTime {
    let date = monday + Days::new(dice.below(5));
    date.and_hms_opt(8 + dice.below(10) as u32, 15 * dice.below(4) as u32, 0).unwrap_or_default()
}

fn details(dice: &mut Dice, start: NaiveDateTime) -> Details<'static> {
    let title = TITLES[dice.below(16) as usize];
    // Most rooms are small; one in eight holds up to 40.
    let people = if dice.below(8) == 0 { dice.below(40) } else { 1 + dice.below(7) };
    let guest = |n| format!("ATTENDEE;PARTSTAT=ACCEPTED;CN=Guest {n}:mailto:guest{n}@northlight.example");
    let lines = (0..people).map(guest).collect();
    let created = Some(start - TimeDelta::hours(1 + dice.below(600) as i64));
    Details { title, organizer: Some(GUEST), lines, created, ..Details::default() }
}

fn series(w: &mut Writer, dice: &mut Dice, monday: NaiveDate) {
    let zone = ZONES[dice.below(4) as usize];
    let begin = start(dice, monday);
    let minutes = 30 * (1 + dice.below(3) as i64);
    let uid = w.next_uid();
    let mut d = details(dice, begin);
    d.lines.push("RRULE:FREQ=WEEKLY;COUNT=13".into());
    d.lines.push(format!("EXDATE;TZID={zone}:{}", stamp(begin + TimeDelta::weeks(dice.below(13) as i64))));
    w.timed(&uid, zone, begin, minutes, &d);
    let slot = begin + TimeDelta::weeks(dice.below(13) as i64);
    let mut changed = d.clone();
    changed.lines.truncate(d.lines.len() - 2);
    changed.lines.push(format!("RECURRENCE-ID;TZID={zone}:{}", stamp(slot)));
    let to = match dice.below(3) {
        0 => slot + TimeDelta::hours(2),
        1 => {
            changed.lines.push("STATUS:CANCELLED".into());
            slot
        }
        _ => {
            changed.title = "Renamed: decision on scope";
            slot
        }
    };
    w.timed(&uid, zone, to, minutes, &changed);
}
