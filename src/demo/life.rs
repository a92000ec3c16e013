//! Ada Lindqvist, VP Product of the invented Northlight, from May to November 2026: she sheds ceremonies and takes up
//! market and roadmap work, so the share climbs; with a week off, a journey, double bookings and all the rest.

use super::write::{Details, Person, Writer, stamp};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";
/// Monday of 2026-W22, the first of 26 weeks.
const FIRST: (i32, u32, u32) = (2026, 5, 25);

const fn person(name: &'static str, address: &'static str) -> Person {
    Person { name, address }
}

const ADA: Person = person("Ada Lindqvist", "ada@northlight.example");
const JONAS: Person = person("Jonas", "jonas@northlight.example");
const AMARA: Person = person("Amara", "amara@northlight.example");
const MEI: Person = person("Mei", "mei@northlight.example");
const TEAM: [Person; 8] = [
    person("Sofia", "sofia@northlight.example"),
    person("Tomasz", "tomasz@northlight.example"),
    person("Lena", "lena@northlight.example"),
    person("Kofi", "kofi@northlight.example"),
    person("Ines", "ines@northlight.example"),
    person("Wei", "wei@northlight.example"),
    person("Pavel", "pavel@northlight.example"),
    person("Nadia", "nadia@northlight.example"),
];
const CUSTOMER: Person = person("Beatriz", "beatriz@kestrel.example");

/// A series: title, first week, number of weeks, every nth week, weekdays (0 is Monday), start, minutes, who.
struct Series(&'static str, i64, i64, u32, &'static [u32], (u32, u32), i64, Who);

/// Who is in the room; the first named organises.
#[derive(Clone, Copy)]
enum Who {
    /// Jonas, Ada and that many of the team.
    Jonas(usize),
    /// Amara, Ada as an optional guest, and that many of the team.
    AmaraOptional(usize),
    /// Ada and that many of the team.
    Ada(usize),
    One(Person),
    Customer,
    Alone,
}

const SERIES: &[Series] = &[
    Series("Daily stand-up", 0, 26, 1, &[0, 1, 2, 3, 4], (9, 0), 30, Who::Jonas(6)),
    Series("Sprint planning", 0, 26, 2, &[0], (9, 45), 90, Who::Jonas(7)),
    Series("Bug triage", 0, 26, 1, &[0], (11, 30), 45, Who::Jonas(3)),
    Series("Bug triage, mobile", 0, 17, 1, &[3], (9, 30), 60, Who::Jonas(3)),
    Series("1:1 Amara / Ada", 0, 26, 1, &[0], (13, 15), 30, Who::One(AMARA)),
    Series("Release readiness", 0, 26, 1, &[0], (14, 0), 60, Who::Jonas(5)),
    Series("Launch status", 0, 26, 1, &[0], (16, 0), 30, Who::Ada(5)),
    Series("Market landscape review", 12, 14, 2, &[1], (10, 0), 60, Who::Ada(4)),
    Series("Design review: export", 0, 26, 1, &[1], (13, 15), 60, Who::Jonas(4)),
    Series("Backlog refinement", 0, 26, 1, &[1], (14, 30), 60, Who::Jonas(5)),
    Series("Delivery sync", 0, 26, 1, &[1, 3], (11, 30), 45, Who::Jonas(5)),
    Series("Roadmap direction 2027", 10, 16, 1, &[2], (9, 30), 90, Who::Ada(3)),
    Series("Atlas with Tomasz", 0, 26, 1, &[2], (13, 15), 45, Who::Ada(3)),
    Series("Incident review", 0, 26, 1, &[2], (14, 0), 60, Who::Jonas(4)),
    Series("1:1 Jonas / Ada", 0, 26, 1, &[2], (16, 0), 30, Who::One(JONAS)),
    Series("Pricing hypothesis", 19, 7, 1, &[3], (10, 0), 60, Who::Ada(2)),
    Series("UAT walkthrough", 0, 26, 2, &[3], (13, 15), 60, Who::Jonas(5)),
    Series("1:1 Mei / Ada", 0, 26, 2, &[3], (16, 30), 30, Who::One(MEI)),
    Series("Sprint review", 1, 25, 2, &[3], (14, 30), 90, Who::AmaraOptional(8)),
    Series("Sprint retrospective", 1, 25, 2, &[4], (11, 0), 60, Who::Jonas(6)),
    Series("Stakeholder status", 0, 26, 1, &[4], (13, 15), 60, Who::Ada(6)),
    Series("Strategy off-site prep", 23, 3, 1, &[4], (10, 0), 90, Who::Ada(2)),
    Series("Focus time", 4, 22, 1, &[1], (16, 0), 120, Who::Alone),
    Series("Gym", 0, 26, 1, &[0, 3], (18, 30), 60, Who::Alone),
];

/// A single meeting: title, weekday, start, minutes, who.
type Single = (&'static str, u32, (u32, u32), i64, Who);

/// The pool of single meetings; three are drawn for each week.
const SINGLES: &[Single] = &[
    ("Kestrel Foods", 1, (10, 0), 60, Who::Customer),
    ("Competitor teardown: Meridian", 2, (11, 0), 60, Who::Ada(3)),
    ("Hotfix go/no-go", 3, (18, 0), 45, Who::Jonas(4)),
    ("Customer interview: Kestrel Foods", 1, (17, 0), 45, Who::Customer),
    ("Spec walkthrough: bulk edit", 3, (11, 0), 60, Who::Jonas(3)),
    ("Team time", 4, (15, 0), 60, Who::Ada(5)),
    ("Portfolio bets for 2027", 4, (9, 45), 75, Who::Ada(2)),
    ("Escalation: late data feed", 2, (10, 0), 60, Who::Jonas(5)),
    ("Vendor contract review", 0, (15, 15), 45, Who::Ada(1)),
    ("Ines and Ada", 3, (11, 30), 30, Who::Ada(1)),
    ("Product vision draft", 4, (10, 0), 60, Who::Ada(2)),
    ("Sprint demo rehearsal", 2, (14, 30), 60, Who::Jonas(4)),
];

fn monday(week: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(FIRST.0, FIRST.1, FIRST.2).unwrap_or_default();
    first + TimeDelta::weeks(week)
}

fn at(week: i64, day: u32, (hour, minute): (u32, u32)) -> NaiveDateTime {
    let date = monday(week) + Days::new(day.into());
    date.and_hms_opt(hour, minute, 0).unwrap_or_default()
}

fn room(who: Who) -> (Option<Person>, Vec<(Person, &'static str, bool)>) {
    let accepted = |p: Person| (p, "ACCEPTED", false);
    let team = |n: usize| TEAM.iter().take(n).map(move |p| accepted(*p));
    match who {
        Who::Jonas(n) => (Some(JONAS), [JONAS, ADA].map(accepted).into_iter().chain(team(n)).collect()),
        Who::AmaraOptional(n) => {
            (Some(AMARA), [accepted(AMARA), (ADA, "ACCEPTED", true)].into_iter().chain(team(n)).collect())
        }
        Who::Ada(n) => (Some(ADA), [accepted(ADA)].into_iter().chain(team(n)).collect()),
        Who::One(other) => (Some(ADA), vec![accepted(ADA), accepted(other)]),
        Who::Customer => (Some(ADA), vec![accepted(ADA), accepted(CUSTOMER), accepted(TEAM[0])]),
        Who::Alone => (None, Vec::new()),
    }
}

fn details(title: &'static str, who: Who, created: NaiveDateTime) -> Details<'static> {
    let (organizer, attendees) = room(who);
    Details { title, organizer, attendees, lines: Vec::new(), created: Some(created) }
}

/// Ada's week off: 2026-W33.
const OFF: i64 = 11;
/// Her journey to New York: 2026-W45.
const JOURNEY: i64 = 23;

/// The bundled calendar as iCalendar text.
pub fn calendar() -> String {
    let mut w = Writer::new("Ada Lindqvist");
    let long_ago = at(-3, 0, (8, 0));
    for Series(title, from, weeks, every, days, start, minutes, who) in SERIES {
        let uid = w.next_uid();
        let mut d = details(title, *who, long_ago);
        let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let by_day = days.iter().map(|d| names[*d as usize]).collect::<Vec<_>>().join(",");
        let until = stamp(at(from + weeks - 1, 6, (20, 0)));
        d.lines.push(format!("RRULE:FREQ=WEEKLY;INTERVAL={every};BYDAY={by_day};UNTIL={until}Z"));
        // In the week off and on the journey others run the ceremonies without her.
        for week in [OFF, JOURNEY] {
            let dates = days.iter().map(|day| stamp(at(week, *day, *start)));
            d.lines.push(format!("EXDATE;TZID={BERLIN}:{}", dates.collect::<Vec<_>>().join(",")));
        }
        if *title == "Gym" {
            d.lines.push("TRANSP:TRANSPARENT".into());
        }
        w.timed(&uid, BERLIN, at(*from, days[0], *start), *minutes, &d);
        changes(&mut w, &uid, title, *who, *start, *minutes);
    }
    for week in (0..26).filter(|week| ![OFF, JOURNEY].contains(week)) {
        for pick in 0..3 {
            let (title, day, start, minutes, who) = SINGLES[((week * 5 + pick * 4) % 12) as usize];
            let begin = at(week, day, start);
            // Every fourth was put in the calendar the evening before.
            let notice = if (week + pick) % 4 == 0 { TimeDelta::hours(14) } else { TimeDelta::days(6) };
            let uid = w.next_uid();
            w.timed(&uid, BERLIN, begin, minutes, &details(title, who, begin - notice));
        }
    }
    oddities(&mut w, long_ago);
    w.finish()
}

/// Instances that were moved, renamed, cancelled or declined.
fn changes(w: &mut Writer, uid: &str, title: &'static str, who: Who, start: (u32, u32), minutes: i64) {
    let mut change = |week, day, to: NaiveDateTime, title: &'static str, line: &str| {
        let mut d = details(title, who, at(-3, 0, (8, 0)));
        d.lines.push(format!("RECURRENCE-ID;TZID={BERLIN}:{}", stamp(at(week, day, start))));
        if line == "DECLINED" {
            d.attendees.iter_mut().filter(|a| a.0.address == ADA.address).for_each(|a| a.1 = "DECLINED");
        } else if !line.is_empty() {
            d.lines.push(line.into());
        }
        w.timed(uid, BERLIN, to, minutes, &d);
    };
    match title {
        "1:1 Jonas / Ada" => {
            change(24, 2, at(24, 3, (9, 30)), title, "");
            change(25, 2, at(25, 2, (16, 0)), "1:1 Jonas / Ada: next role", "");
        }
        "Design review: export" => {
            change(25, 1, at(25, 1, (13, 15)), title, "DECLINED");
            change(22, 1, at(22, 1, (13, 15)), title, "DECLINED");
        }
        "Stakeholder status" => change(24, 4, at(24, 4, (13, 15)), title, "STATUS:CANCELLED"),
        "Market landscape review" => change(24, 1, at(25, 1, (10, 0)), title, ""),
        "Launch status" => change(25, 0, at(25, 0, (16, 30)), title, ""),
        _ => {}
    }
}

/// All-day entries, time off, the journey, a private date, an invitation without an answer.
fn oddities(w: &mut Writer, created: NaiveDateTime) {
    let alone = |title, line: &str| {
        let lines = if line.is_empty() { Vec::new() } else { vec![line.to_string()] };
        Details { title, lines, created: Some(created), ..Details::default() }
    };
    let mut all_day = |week: i64, day: u32, days: i64, title, line: &str| {
        let uid = w.next_uid();
        w.all_day(&uid, monday(week) + Days::new(day.into()), days, &alone(title, line));
    };
    all_day(OFF, 0, 5, "Vacation", "X-MICROSOFT-CDO-BUSYSTATUS:OOF");
    all_day(JOURNEY, 0, 4, "New York", "TRANSP:TRANSPARENT");
    all_day(25, 2, 1, "Release 8.4", "");
    all_day(24, 3, 2, "Conference in town", "");
    let mut timed = |zone, begin, minutes, d: &Details| {
        let uid = w.next_uid();
        w.timed(&uid, zone, begin, minutes, d);
    };
    for (day, start, minutes, title, who) in [
        (0, (14, 0), 60, "Board strategy session", Who::Ada(2)),
        (1, (9, 0), 60, "Investor update: thesis", Who::Ada(2)),
        (1, (13, 15), 60, "Customer advisory council", Who::Customer),
        (2, (10, 0), 60, "Partner call: Harbor", Who::Customer),
        (2, (14, 0), 60, "Release readiness (remote)", Who::Jonas(5)),
        (3, (9, 0), 60, "Positioning workshop", Who::Ada(4)),
        (3, (11, 0), 60, "Incident review (remote)", Who::Jonas(4)),
        (0, (10, 0), 75, "Sprint planning (remote)", Who::Jonas(7)),
        (1, (10, 30), 60, "Backlog refinement (remote)", Who::Jonas(5)),
        (2, (11, 30), 90, "Sprint demo (remote)", Who::Jonas(6)),
    ] {
        timed(NEW_YORK, at(JOURNEY, day, start), minutes, &details(title, who, created));
    }
    let mut asked = details("Vendor Q&A", Who::Ada(6), created);
    asked.organizer = Some(TEAM[7]);
    asked.attendees[0].1 = "NEEDS-ACTION";
    timed(BERLIN, at(25, 3, (12, 0)), 30, &asked);
    let mut double = details("Talent review, product", Who::Ada(2), created);
    double.lines.push("CATEGORIES:People".into());
    timed(BERLIN, at(25, 4, (13, 45)), 60, &double);
    timed(BERLIN, at(25, 1, (18, 30)), 45, &alone("Dentist", "CLASS:PRIVATE"));
    let late = details("Hotfix go/no-go", Who::Jonas(4), at(25, 3, (15, 0)));
    timed(BERLIN, at(25, 3, (18, 0)), 45, &late);
    let mut declined = details("Marketing all-hands", Who::Ada(7), created);
    declined.organizer = Some(TEAM[3]);
    declined.attendees[0].1 = "DECLINED";
    timed(BERLIN, at(25, 3, (15, 0)), 60, &declined);
}
