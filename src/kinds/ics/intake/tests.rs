//! Weighing only what differs comes to the same as weighing all.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

#[derive(Clone, Debug)]
struct Event {
    uid: u8,
    day: i64,
    title: u8,
    kind: u8,
    stamp: u8,
    guest: u8,
}

/// More UIDs than events, so that most have their own; few have guests.
fn event() -> impl Strategy<Value = Event> {
    (0..200_u8, -60..20_i64, 0..4_u8, 0..12_u8, 0..2_u8, 0..10_u8)
        .prop_map(|(uid, day, title, kind, stamp, guest)| Event { uid, day, title, kind, stamp, guest })
}

fn text(events: &[Event]) -> String {
    let one = |Event { uid, day, title, kind, stamp, guest }: &Event| {
        let start = (now() + TimeDelta::days(*day)).format("%Y%m%dT090000Z");
        let uid = if uid.is_multiple_of(12) { String::new() } else { format!("UID:{uid}-of\r\n -a-calendar\r\n") };
        let kind = match kind {
            0 => "RRULE:FREQ=WEEKLY;COUNT=4\r\n".to_string(),
            1 => format!("RECURRENCE-ID:{start}\r\n"),
            2 => "BEGIN:VALARM\r\nUID:alarm\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n".into(),
            3 => "SEQUENCE:2\r\n".into(),
            4 => "STATUS:CANCELLED\r\n".into(),
            _ => String::new(),
        };
        let guest = match guest {
            0 => "ATTENDEE:mailto:bo@example.com\r\n",
            1 => "ATTENDEE;\r\n PARTSTAT=ACCEPTED:mailto:bo@example.com\r\n",
            _ => "",
        };
        format!(
            "BEGIN:VEVENT\r\n{uid}DTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:Title {title}\r\nDTSTAMP:2026010{stamp}T000000Z\r\n\
             {kind}{guest}END:VEVENT\r\n"
        )
    };
    let events: String = events.iter().map(one).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\n{events}END:VCALENDAR\r\n")
}

/// A change of one event: it goes, it comes, it says something else, or all are stamped anew.
fn edit(events: &mut Vec<Event>, what: u8, place: usize, other: Event) {
    let place = place % events.len().max(1);
    match what {
        0 if !events.is_empty() => drop(events.remove(place)),
        1 | 0 => events.insert(place, other),
        2 => events.iter_mut().for_each(|event| event.stamp = other.stamp),
        _ => {
            if let Some(event) = events.get_mut(place) {
                *event = Event { uid: event.uid, ..other };
            }
        }
    }
}

struct Shelf {
    _folder: tempfile::TempDir,
    store: Store,
    calendar: Calendar,
}

impl Shelf {
    fn new(text: &IcsText) -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::writer(folder.path()).unwrap();
        let account = store.account("work", "ics").unwrap();
        let calendar = store.only_calendar(&account).unwrap();
        let mut shelf = Shelf { _folder: folder, store, calendar };
        READING.all(&mut shelf.store, &shelf.calendar, vec![text.clone()], None).unwrap();
        shelf
    }

    fn holds(&self) -> String {
        let texts: Vec<IcsText> = self.store.texts(self.calendar.id).unwrap().map(Result::unwrap).collect();
        let texts: Vec<_> = texts.iter().map(|text| (&text.file, text.told, text.bytes.len())).collect();
        let past: Vec<_> = self.store.whole_past(self.calendar.id).unwrap();
        let past: Vec<_> = past.iter().map(|row| (&row.uid, &row.slot, row.until, row.last_seen, &row.json)).collect();
        format!("{texts:?} {past:?} {:?}", self.store.events_of_texts(self.calendar.id).unwrap())
    }
}

const READING: Reading =
    Reading { now: DateTime::from_timestamp(1_795_435_200, 0).unwrap(), zone: Tz::UTC, accept: false, moved: false };

fn ics(events: &[Event]) -> IcsText {
    let (file, stem) = ("c.ics".to_string(), "c".to_string());
    IcsText { file, stem, bytes: text(events).into_bytes(), told: Default::default() }
}

#[test]
fn weighing_what_differs_is_weighing_all() {
    let (few, all) = (Cell::new(0), Cell::new(0));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
    let edits = vec((0..4_u8, any::<prop::sample::Index>(), event()), 1..4);
    let world = (vec(event(), 4..60), edits);
    let check = |(events, edits): (Vec<Event>, Vec<(u8, prop::sample::Index, Event)>)| {
        let before = ics(&events);
        let mut after = events;
        for (what, place, other) in edits {
            let place = place.index(after.len().max(1));
            edit(&mut after, what, place, other);
        }
        let (mut one, mut other) = (Shelf::new(&before), Shelf::new(&before));
        let kept = one.store.kept_texts(one.calendar.id).unwrap();
        let mut texts = [ics(&after)];
        if one.store.are_kept(&kept, &texts).unwrap() {
            return Ok(());
        }
        let Some(changes) = READING.few(&mut one.store, &one.calendar, kept, &mut texts, None).unwrap() else {
            all.set(all.get() + 1);
            return Ok(());
        };
        few.set(few.get() + 1);
        match READING.all(&mut other.store, &other.calendar, vec![ics(&after)], None).unwrap() {
            Taken::New(weighed, stays) => prop_assert_eq!((changes, 0), (weighed, stays)),
            Taken::Held(hold) => prop_assert!(false, "{:?}", hold),
            Taken::Same => prop_assert!(false, "they differ"),
        }
        prop_assert_eq!(one.holds(), other.holds());
        Ok(())
    };
    runner.run(&world, check).unwrap();
    assert!(few.get() > 40 && all.get() > 0, "{} were few, {} were not", few.get(), all.get());
}
