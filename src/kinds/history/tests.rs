use super::*;
use crate::model::{Interval, Uid};

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
    let split = |all: &[Instance]| -> (Vec<Instance>, Vec<Instance>) {
        all.iter().cloned().partition(|i| bounds(&i.span, Tz::UTC).0 < at(NOW))
    };
    let ((old, ahead), (new, later)) = (split(old), split(new));
    let (old, new) = (
        Told { contents: &known, instances: &old, ahead: &ahead },
        Told { contents: &there, instances: &new, ahead: &later },
    );
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
fn instances_of_a_shared_uid_are_told_apart() {
    let all = [10, 20, 30, NOW + 10].map(|hours| meeting("x", hours, 1));
    assert_eq!(kept(&all, &all[1..]), ["x 10"], "the window moved");
    assert_eq!(kept(&all, &all[2..]), ["x 10", "x 20"]);
    assert_eq!(kept(&[all[0].clone(), all[1].clone()], &all[1..2]), ["x 10"], "two of them, and then one");
    assert!(kept(&all, &[all[0].clone(), all[2].clone()]).is_empty(), "inside, it is deleted");
    assert!(kept(&all[..1], &[meeting("x", NOW + 10, 1)]).is_empty(), "the only one was moved");
    // What is kept of it stays when less is told.
    let rows = changed(&all, &all[1..], &[], (1, 1)).keep;
    assert!(changed(&all[1..], &all[2..], &rows, (1, 1)).release.is_empty());
    assert!(changed(&all[2..3], &all[3..], &rows, (1, 1)).release.is_empty(), "also when one of them is left");
}

#[test]
fn a_series_that_goes_on_had_no_slot_that_was_over_when_it_was_seen_last() {
    let weekly = |day: i64, weeks: std::ops::Range<i64>| -> Vec<Instance> {
        weeks.map(|week| of_series("s", day * 24 + week * 168, 0)).collect()
    };
    // Now is hour 16 of a Saturday, and it was seen a day before.
    let absent = |old: &[Instance], new: &[Instance]| names(&changed(old, new, &[], (1, 2)));
    let hidden = [96, 264, 432, 600, 768, 936].map(|slot| format!("-s {slot}"));
    let told = absent(&weekly(0, 0..8), &weekly(4, 0..8));
    assert!(hidden.iter().all(|slot| told.contains(slot)), "{told:?}");
    let ended = absent(&weekly(0, 0..6), &weekly(4, 0..8));
    assert!(!ended.contains(&"-s 936".to_string()), "it was made longer: {ended:?}");
    // What was over only after that may have taken place.
    let late = [&weekly(0, 0..6)[..], &[of_series("s", NOW - 10, 0)]].concat();
    assert!(!absent(&weekly(0, 0..8), &late).contains(&format!("-s {}", NOW - 10)));
}

#[test]
fn a_series_that_is_told_again_just_so_lets_go_of_what_was_kept() {
    let (first, second) =
        ([100, 268, 436].map(|slot| of_series("s", slot, 0)), [124, 292, 460].map(|slot| of_series("s", slot, 0)));
    let rows = changed(&first, &second, &[], (1, 2)).keep;
    assert!(rows.iter().any(|row| row.json.is_none()) && rows.iter().any(|row| row.json.is_some()));
    let back = changed(&second, &first, &rows, (2, 1));
    let left: Vec<&Past> = rows.iter().filter(|r| !back.release.contains(&(r.uid.clone(), r.slot.clone()))).collect();
    assert!(left.is_empty(), "{} are left", left.len());
    let renamed = first.clone().map(|i| {
        let event = Event { summary: Some("other".into()), ..(*i.event).clone() };
        Instance { event: Arc::new(event), ..i }
    });
    let back = changed(&second, &renamed, &rows, (2, 1));
    assert!(
        back.release.iter().all(|(_, slot)| second.iter().any(|i| key(i).1 == *slot)),
        "not so under another title"
    );
}

#[test]
fn an_event_that_is_told_under_another_uid_proves_what_is_covered() {
    let titled = |uid: &str, hours: i64, title: &str| {
        let event = Event { summary: Some(title.into()), ..(*meeting(uid, hours, 1).event).clone() };
        Instance { event: Arc::new(event), ..meeting(uid, hours, 1) }
    };
    let old = [titled("1", 10, "Roadmap"), titled("2", 20, "Budget"), titled("3", 30, "Vision")];
    let edited = [titled("4", 10, "Roadmap"), titled("5", 20, "Money"), titled("6", 30, "Vision")];
    assert!(kept(&old, &edited).is_empty(), "an edit inside doubles nothing");
    assert_eq!(kept(&old, &edited[1..]), ["1 10", "2 20"], "before the first that is known nothing is proved");
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
    assert_eq!((merged.kept.len(), merged.absent.len(), merged.odd), (2, 1, 0));
    let marked: Vec<_> = now.iter().filter_map(|i| i.event.last_seen).collect();
    assert_eq!(marked, [at(NOW - 24); 2], "what is kept says since when");
    let times = |instances: &[Instance]| {
        let mut times: Vec<i64> = instances.iter().map(|i| (bounds(&i.span, Tz::UTC).0 - at(0)).num_hours()).collect();
        times.sort_unstable();
        times
    };
    assert_eq!(times(&now), times(&old));
    assert!(changed(&told, &told[1..], &rows, (1, 1)).keep.iter().all(|row| row.slot_at == at(100)), "each once");
    let mut other = told.clone();
    let merged = merge(&mut other, "work", &rows, |_| false, Tz::UTC);
    assert_eq!((merged.kept.len(), merged.absent.len(), merged.odd), (0, 0, 0), "another source's");
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
