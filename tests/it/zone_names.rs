//! What the names of zones mean, of times and of a calendar's own zone.

use crate::reading::{CONFIG, quietly, rows, told, vcalendar, vevent, week_of};
use crate::support::World;

/// A VTIMEZONE with the summer time of the United States, so many hours east in winter and in summer.
fn american(name: &str, winter: &str, summer: &str) -> String {
    let part = |kind: &str, from: &str, to: &str, rule: &str| {
        format!(
            "BEGIN:{kind}\nDTSTART:20070101T020000\nTZOFFSETFROM:{from}\nTZOFFSETTO:{to}\nRRULE:FREQ=YEARLY;{rule}\nEND:{kind}"
        )
    };
    let standard = part("STANDARD", summer, winter, "BYMONTH=11;BYDAY=1SU");
    let daylight = part("DAYLIGHT", winter, summer, "BYMONTH=3;BYDAY=2SU");
    format!("BEGIN:VTIMEZONE\nTZID:{name}\n{standard}\n{daylight}\nEND:VTIMEZONE")
}

fn one(start: &str) -> String {
    vevent("u", "Roadmap", &format!("DTSTART{start}\nDURATION:PT1H"))
}

#[test]
fn the_zone_of_a_calendar_is_looked_up_like_that_of_a_time() {
    let july = |head: &str, components: &[&str]| {
        let world = World::new().config(CONFIG).file("a.ics", vcalendar(head, components));
        assert_eq!(world.run(["events", "--ics", "a.ics", "--from", "2026-07-15", "--to", "2026-07-15"]).err, "");
        rows(&world, &["a.ics"], ("2026-07-15", "2026-07-15"))
    };
    let floating = one(":20260715T100000");
    for name in ["EST", "Plant", "Eastern Standard Time", "Plant\\, East"] {
        let zone = american(name, "-0500", "-0400");
        let found = july(&format!("X-WR-TIMEZONE:{name}"), &[&zone, &floating]);
        assert_eq!(found, ["15T16:00 60 counted Roadmap"], "{name}");
        // Times with a zone, and in UTC, mean what they say.
        let utc = july(&format!("X-WR-TIMEZONE:{name}"), &[&zone, &one(":20260715T100000Z")]);
        assert_eq!(utc, ["15T12:00 60 counted Roadmap"], "{name}");
    }
    // A day from its own midnight on is whole, and its series ends where it says.
    let head = "X-WR-TIMEZONE:Plant";
    let zone = american("Plant", "-0500", "-0400");
    let day = vevent("u", "Fair", "DTSTART:20260715T040000Z\nDTEND:20260716T040000Z");
    assert_eq!(july(head, &[&zone, &day]), ["15 all-day Fair"]);
    // A place goes before the file's word, and without one come the tables.
    let place = american("Asia/Tokyo", "-0500", "-0400");
    assert_eq!(july("X-WR-TIMEZONE:Asia/Tokyo", &[&place, &floating]), ["15T03:00 60 counted Roadmap"]);
    assert_eq!(july("X-WR-TIMEZONE:EST", &[&floating]), ["15T17:00 60 counted Roadmap"]);
    assert_eq!(july("X-WR-TIMEZONE:Tokyo Standard Time", &[&floating]), ["15T03:00 60 counted Roadmap"]);
    // What is guessed is told, and so is what nobody knows.
    let winter = one(":20261118T100000");
    let offset = told("`X-WR-TIMEZONE` names an offset", "X-WR-TIMEZONE:GMT+0400", &[&winter]);
    assert_eq!(offset, ["18T07:00 60 counted Roadmap"]);
    let unknown = told("`X-WR-TIMEZONE` is not known", "X-WR-TIMEZONE:Plant", &[&winter]);
    assert_eq!(unknown, ["18T10:00 60 counted Roadmap"]);
}

#[test]
fn a_name_means_its_zone_however_it_is_dotted_and_whenever_it_was_shown() {
    for (name, hour) in [
        ("S.A. Pacific Standard Time", "16"),
        ("SA Pacific Standard Time", "16"),
        ("U.S. Eastern Standard Time", "16"),
        ("A.U.S. Eastern Standard Time", "00"),
        ("S.E. Asia Standard Time", "04"),
        ("W.Europe Standard Time", "10"),
        ("Jerusalem Standard Time", "09"),
        ("Russia TZ 2 Standard Time", "08"),
        ("Eastern Time", "16"),
        ("(GMT-05:00) Eastern Time", "16"),
        ("Pacific Time", "19"),
        ("(UTC+02:00) Damascus", "08"),
        ("(GMT+02:00) Minsk", "08"),
        ("(UTC+05:00) Ekaterinburg (RTZ 4)", "06"),
    ] {
        let rows = quietly("", &[&one(&format!(";TZID=\"{name}\":20261118T100000"))]);
        assert_eq!(rows, [format!("18T{hour}:00 60 counted Roadmap")], "{name}");
    }
    // In summer by the rules of the place.
    let july = vevent("u", "Roadmap", "DTSTART;TZID=Eastern Time:20261025T110000\nDURATION:PT1H\nRRULE:FREQ=DAILY");
    assert_eq!(quietly("", &[&july])[0], "16T17:00 60 counted Roadmap");
    // Who shows an offset that none of its places ever had means the offset alone.
    for name in ["(UTC+07:00) Nowhere", "(UTC+07:00) Damascus", "(UTC+07:00) Eastern Time"] {
        let rows = told("names an offset", "", &[&one(&format!(";TZID=\"{name}\":20261118T100000"))]);
        assert_eq!(rows, ["18T04:00 60 counted Roadmap"], "{name}");
    }
    let (rows, said) = week_of("", &[&one(";TZID=\"S.A. Somewhere Standard Time\":20261118T100000")]);
    assert!(rows == ["18T10:00 60 counted Roadmap"] && said.contains("not known"), "{rows:?} {said}");
}
