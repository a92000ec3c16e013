//! Copies of a meeting that other programs made under UIDs of their own.

use crate::reading::{CONFIG, rows, vcalendar, vevent};
use crate::support::World;

const DAY: (&str, &str) = ("2026-11-18", "2026-11-18");

/// At ten, with these people beside me; each as an address without its host.
fn with(uid: &str, title: &str, people: &[&str]) -> String {
    let me = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\n".to_string();
    let guests = people.iter().map(|who| format!("ATTENDEE;PARTSTAT=ACCEPTED:mailto:{who}@example.com\n"));
    let guests: String =
        if people.is_empty() { "X-ALONE:1\n".into() } else { [me].into_iter().chain(guests).collect() };
    vevent(uid, title, &format!("DTSTART;TZID=Europe/Berlin:20261118T100000\nDURATION:PT1H\n{guests}"))
}

/// Who is counted, of these in a calendar each: the same in any order.
fn counted(events: &[String]) -> Vec<String> {
    let found = |order: &[usize]| {
        let (mut world, mut names) = (World::new().config(CONFIG), Vec::new());
        for (n, at) in order.iter().enumerate() {
            names.push(format!("{n}.ics"));
            let other = vevent("x", "Other", "DTSTART:20261120T080000Z\nDURATION:PT1H");
            world = world.file(&names[n], vcalendar("", &[&events[*at], &other]));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows = rows(&world, &names, DAY).into_iter();
        let rows = rows.filter_map(|row| Some(row.split_once(" counted ")?.1.to_owned()));
        let mut rows: Vec<String> = rows.collect();
        rows.sort();
        rows
    };
    let forward: Vec<usize> = (0..events.len()).collect();
    let mut turned = forward.clone();
    let first = found(&forward);
    for _ in 1..events.len() {
        turned.rotate_left(1);
        assert_eq!(found(&turned), first, "{turned:?}");
    }
    assert_eq!(found(&forward.into_iter().rev().collect::<Vec<_>>()), first);
    first
}

#[test]
fn the_copy_that_names_most_people_stands_for_those_that_share_one_with_it() {
    let three = |a: &[&str], b: &[&str], c: &[&str]| {
        counted(&[with("u", "Planning", a), with("v", "Planning", b), with("w", "Planning", c)]).len()
    };
    assert_eq!(three(&["bo"], &["bo", "cy"], &["cy"]), 1);
    assert_eq!(three(&["bo", "di"], &["bo", "cy", "di"], &["cy"]), 1);
    assert_eq!(three(&["bo"], &["bo", "cy"], &[]), 1);
    // Nobody in common, and nobody between them.
    assert_eq!(three(&["bo"], &["di", "cy"], &["cy"]), 2);
    assert_eq!(three(&["bo"], &["cy"], &["di"]), 3);
}

#[test]
fn a_block_says_by_its_title_that_it_is_one() {
    let beside = |title: &str| counted(&[with("u", "Roadmap review", &["bo"]), with("v", title, &[])]);
    for block in
        ["Free/Busy", "Busy (Private)", "Private appointment", "(busy)", "Gebucht", "Privater Termin", "BUSY - free"]
    {
        assert_eq!(beside(block), ["Roadmap review"], "{block}");
    }
    for title in ["Free pricing", "Busy season planning", "Appointment with Bo", "Free"] {
        let both = counted(&[with("u", "Roadmap review", &["bo"]), with("v", title, &["cy"])]);
        assert_eq!(both.len(), 2, "{title}: {both:?}");
    }
}

#[test]
fn a_copy_that_says_so_is_one_of_what_it_names() {
    let beside = |title: &str| counted(&[with("u", "Roadmap review", &["bo"]), with("v", title, &["bo"])]).len();
    for copy in ["Copy: Roadmap review", "COPY:Roadmap Review", "Kopie: Roadmap review", "Copie : Roadmap review"] {
        assert_eq!(beside(copy), 1, "{copy}");
    }
    for other in ["Copy Roadmap review", "Copy: Pricing review", "Copy desk: Roadmap review"] {
        assert_eq!(beside(other), 2, "{other}");
    }
}
