use super::*;
use crate::model::{Calendar, Interval, Uid};

/// Hours since the beginning of a Monday.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_577_600, 0).unwrap_or_default() + TimeDelta::hours(hours)
}

const NOW: i64 = 1000;

fn meeting(uid: &str, hours: i64, length: i64) -> Instance {
    let calendar = Arc::new(Calendar { source: "side".into(), ..Calendar::default() });
    let event = Event { uid: Uid(uid.into()), calendar, summary: Some(format!("{uid} meets")), ..Event::default() };
    let span = Span::Timed(Interval::new(at(hours), at(hours + length)));
    Instance { event: Arc::new(event), span, original: Original::At(at(hours)), marked: None }
}

/// An instance of a series, moved from its slot by so many hours.
fn of_series(uid: &str, slot: i64, by: i64) -> Instance {
    let moved = meeting(uid, slot + by, 1);
    let event = Event { recurring: true, ..(*moved.event).clone() };
    Instance { event: Arc::new(event), original: Original::At(at(slot)), ..moved }
}

fn contents(instances: &[Instance], frame: u64) -> BTreeMap<String, Says> {
    let mut contents = BTreeMap::new();
    for i in instances {
        let says = format!("{:?} {:?} {}", i.span, i.event.summary, i.event.recurring);
        let all = says.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        *contents.entry(i.event.uid.0.to_string()).or_default() += Says { all, frame };
    }
    contents
}

fn changed(old: &[Instance], new: &[Instance], rows: &[Past], frames: (u64, u64)) -> PastChange {
    let (known, there) = (contents(old, frames.0), contents(new, frames.1));
    let (old, new) = (Told { contents: &known, instances: old }, Told { contents: &there, instances: new });
    change(&old, &new, rows, at(NOW - 24), at(NOW), Tz::UTC).change
}

/// What is kept, by UID and start; a slot that was not there with a `-`.
fn kept(old: &[Instance], new: &[Instance]) -> Vec<String> {
    names(&changed(old, new, &[], (1, 1)))
}

fn names(change: &PastChange) -> Vec<String> {
    let sign = |row: &Past| if row.json.is_some() { "" } else { "-" };
    change.keep.iter().map(|row| format!("{}{} {}", sign(row), row.uid, (row.starts - at(0)).num_hours())).collect()
}

#[test]
fn what_was_over_before_the_earliest_single_that_is_still_told_stays() {
    let all = [meeting("a", 10, 1), meeting("b", 20, 1), meeting("c", 30, 1), meeting("d", 40, 1)];
    assert_eq!(kept(&all, &all[2..]), ["a 10", "b 20"], "the window moved");
    assert!(kept(&all, &[all[0].clone(), all[3].clone()]).is_empty(), "inside, they are deleted");
    assert_eq!(kept(&all, &[]), ["a 10", "b 20", "c 30", "d 40"], "nothing says what is covered");
    let fresh = [meeting("e", 5, 1), all[3].clone()];
    assert_eq!(kept(&all, &fresh), ["a 10", "b 20", "c 30"], "what is new proves nothing of what was");
    let future = [meeting("a", 10, 1), meeting("z", NOW + 5, 1)];
    assert_eq!(kept(&future, &[]), ["a 10"], "what is still to come is believed");
}

#[test]
fn an_event_at_the_edge_proves_nothing_of_the_days_before_it() {
    let all = [
        meeting("a", 10, 1),
        meeting("trip", 0, 200),
        meeting("b", 190, 1),
        meeting("c", 210, 1),
        meeting("d", 230, 1),
    ];
    assert_eq!(kept(&all, &[all[1].clone(), all[3].clone(), all[4].clone()]), ["a 10", "b 190"]);
    // Told by its start: the long one is gone, though it ended behind the next one.
    let all = [meeting("long", 8, 6), meeting("short", 10, 1), meeting("c", 30, 1)];
    assert_eq!(kept(&all, &all[1..]), ["long 8"]);
}

#[test]
fn a_single_event_that_moved_or_was_renamed_is_where_it_is_told() {
    let all = [meeting("a", 10, 1), meeting("b", 20, 1), meeting("c", 30, 1)];
    let moved = [meeting("a", 25, 1), all[1].clone(), all[2].clone()];
    assert!(kept(&all, &moved).is_empty());
    let other = |uid: &str, hours| {
        let event = Event { summary: Some("A Meets ".into()), ..(*meeting(uid, hours, 1).event).clone() };
        Instance { event: Arc::new(event), ..meeting(uid, hours, 1) }
    };
    assert!(kept(&all, &[other("x", 10), all[1].clone(), all[2].clone()]).is_empty(), "the same under another UID");
    assert_eq!(
        kept(&all, &[other("x", 11), all[1].clone(), all[2].clone()]),
        ["a 10"],
        "another hour is another meeting"
    );
}

#[test]
fn a_series_is_frozen_before_the_range_and_follows_inside() {
    let single = meeting("single", 350, 1);
    let old = [of_series("s", 100, 0), of_series("s", 200, 5), of_series("s", 400, 0), single.clone()];
    let plain = [100, 200, 300, 400].map(|slot| of_series("s", slot, 0));
    let new = [&plain[..], std::slice::from_ref(&single)].concat();
    assert_eq!(kept(&old, &new), ["s 205", "-s 300"], "a move and an exception are lost");
    let moved = [100, 200, 300, 400].map(|slot| of_series("s", slot + 1, 0));
    let new = [&moved[..], std::slice::from_ref(&single)].concat();
    let all = ["s 100", "s 205", "-s 101", "-s 201", "-s 301"];
    assert_eq!(names(&changed(&old, &new, &[], (1, 2))), all, "all were moved by an hour");
    let longer = [&old[..3], &[of_series("s", 430, 0), of_series("s", 460, 0)]].concat();
    assert!(names(&changed(&old[..3], &longer, &[], (1, 2))).is_empty(), "it goes on longer");
    // Moved out of the past into what is covered: told, and so it is there.
    let ahead = [of_series("s", 100, 0), of_series("s", 200, 250), of_series("s", 400, 0), single];
    assert!(kept(&old, &ahead).is_empty());
}

#[test]
fn busy_times_without_uids_stay_too() {
    let all = [meeting("", 10, 1), meeting("", 20, 1), meeting("", 30, 1)];
    assert_eq!(kept(&all, &all[1..]), [" 10"]);
}

#[test]
fn what_is_kept_stands_in_the_place_of_what_is_told_until_it_is_covered_again() {
    let single = meeting("single", 350, 1);
    let old = [meeting("a", 50, 1), of_series("s", 100, 0), of_series("s", 200, 5), of_series("s", 400, 0), single];
    let plain = [100, 200, 300, 400].map(|slot| of_series("s", slot, 0));
    let told = [&plain[..], &old[4..]].concat();
    let rows = changed(&old, &told, &[], (1, 1)).keep;
    let mut now = told.clone();
    let merged = merge(&mut now, "side", &rows, |_| true, Tz::UTC);
    assert_eq!(merged, Merged { kept: 2, absent: 1, odd: 0 });
    let times = |instances: &[Instance]| {
        let mut times: Vec<i64> = instances.iter().map(|i| (bounds(&i.span, Tz::UTC).0 - at(0)).num_hours()).collect();
        times.sort_unstable();
        times
    };
    assert_eq!(times(&now), times(&old));
    assert!(changed(&told, &told[1..], &rows, (1, 1)).keep.iter().all(|row| row.slot_at == at(100)), "each once");
    let mut other = told.clone();
    assert_eq!(merge(&mut other, "work", &rows, |_| false, Tz::UTC), Merged::default(), "another source's");
    // The whole calendar is told again, and something was moved meanwhile.
    let whole = [&[meeting("a", 60, 1)], &told[..]].concat();
    let change = changed(&told, &whole, &rows, (1, 1));
    let slot = |hours: i64| at(hours).timestamp().to_string();
    let release = [("a".to_string(), slot(50)), ("s".into(), slot(200)), ("s".into(), slot(300))];
    assert_eq!(change.release, release, "a single event was moved, and the series is covered");
    let odd = [Past { json: Some("{}".into()), ..rows[0].clone() }];
    assert_eq!(merge(&mut whole.clone(), "side", &odd, |_| true, Tz::UTC).odd, 1);
}

#[test]
fn how_much_is_kept_is_told_in_words() {
    let (one, two) = (at(0), at(48));
    assert_eq!(
        told(12, 0, at(20), (one, two)),
        "12 meetings before 2026-11-03 are no longer told like that by the source and count as last seen between 2026-11-02 and \
         2026-11-04"
    );
    assert_eq!(
        told(1, 0, at(20), (one, one)),
        "1 meeting before 2026-11-03 is no longer told like that by the source and counts as last seen on 2026-11-02"
    );
    assert_eq!(
        told(0, 2, at(20), (one, one)),
        "2 meetings before 2026-11-03 that it tells of now were not there when seen on 2026-11-02"
    );
}
