//! What of a calendar holds meetings, and what does not.

use crate::reading::{quietly, told, vcalendar, vevent, week_of, week_of_text};

fn one(start: &str) -> String {
    vevent("u", "Roadmap", &format!("{start}\nDURATION:PT1H"))
}

#[test]
fn what_is_no_part_of_the_calendar_is_left_out() {
    let inner = format!("BEGIN:X-ARCHIVE\n{}\nEND:X-ARCHIVE", one("DTSTART:20261117T100000"));
    let outer = one("DTSTART:20261118T100000").replace("UID:u", "UID:v");
    assert_eq!(told("not known holds events", "", &[&inner, &outer]), ["18T10:00 60 counted Roadmap"]);
    let busy = "BEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20261118T140000Z/PT1H\nEND:VFREEBUSY";
    assert_eq!(told("busy times beside events", "", &[busy, &outer]), ["18T10:00 60 counted Roadmap"]);
    // Also where its events are no meetings.
    let (rows, _) = week_of_text(&vcalendar("METHOD:REPLY", &[busy, &outer]));
    assert!(rows.is_empty(), "{rows:?}");
    // In a calendar of its own it is all there is.
    let (rows, _) = week_of_text(&(vcalendar("", &[busy]) + &vcalendar("", &[&outer])));
    assert_eq!(rows.len(), 2);
    // An unclosed to-do swallows nothing, whatever closed ones follow.
    let todo = "BEGIN:VTODO\nUID:t\nDTSTART:20261118T080000";
    assert_eq!(quietly("", &[todo, &outer]).len(), 1);
    assert_eq!(quietly("", &[todo, &outer, todo, "END:VTODO"]).len(), 1);
    let alarm = outer.replace("UID:v", "UID:v\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM");
    assert_eq!(quietly("", &[todo, &alarm]).len(), 1);
}

#[test]
fn an_event_inside_another_component_is_none() {
    let event =
        |uid: &str, day: &str| one(&format!("DTSTART:202611{day}T100000")).replace("UID:u", &format!("UID:{uid}"));
    let (inner, outer) = (event("a", "17"), event("b", "18"));
    let (todo, journal) = ("BEGIN:VTODO\nUID:t\nDTSTART:20261118T080000", "BEGIN:VJOURNAL\nUID:j");
    let rows = ["18T10:00 60 counted Roadmap"];
    let inside = "inside another component";
    assert_eq!(told(inside, "", &[todo, &inner, "SUMMARY:Buy paper\nEND:VTODO", &outer]), rows);
    assert_eq!(told(inside, "", &[&outer, journal, &inner, &event("c", "19"), "END:VJOURNAL"]), rows);
    assert_eq!(told(inside, "", &[todo, "BEGIN:VALARM\nTRIGGER:-PT5M", &inner, "END:VALARM\nEND:VTODO", &outer]), rows);
    // One in another leaves that other; it had no end before the inner one.
    let (rest, end) = outer.rsplit_once("\n").unwrap();
    let (found, said) = week_of("", &[rest, &inner, end]);
    assert!(found == rows && said.contains(inside), "{found:?} {said}");
    // One whose end is missing stands beside the next.
    let (found, said) = week_of("", &[inner.rsplit_once("\n").unwrap().0, &outer]);
    assert!(found.len() == 2 && !said.contains(inside), "{found:?} {said}");
}

#[test]
fn hours_at_which_nobody_can_be_asked_are_no_meetings() {
    let of = |lines: &str| format!("BEGIN:VFREEBUSY\nUID:f\n{lines}\nEND:VFREEBUSY");
    let busy = "FREEBUSY:20261118T140000Z/PT1H";
    let closed = "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261117T170000Z/20261118T070000Z,20261118T170000Z/PT14H";
    let rows = ["18T15:00 60 counted Busy"];
    assert_eq!(told("no meetings: 2 left out", "", &[&of(&format!("{closed}\n{busy}"))]), rows);
    let twice = of(&format!("{closed}\n{busy}\n{}", closed.replace("BUSY-UNAVAILABLE", "\"busy-unavailable\"")));
    assert_eq!(told("no meetings: 4 left out", "", &[&twice]), rows);
    assert_eq!(told("no meetings: 2 left out", "", &[&of(closed)]).len(), 0);
    // Busy by any other name is busy.
    for kind in ["BUSY", "BUSY-TENTATIVE", "X-MEETING"] {
        let busy = of(&busy.replace("FREEBUSY", &format!("FREEBUSY;FBTYPE={kind}")));
        assert_eq!(quietly("", &[&busy]), rows, "{kind}");
    }
}
