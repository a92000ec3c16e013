//! Which version of an event counts where several calendars tell it. Within one source that is settled by `ical`; across sources
//! only a higher SEQUENCE, or a cancellation of an equal or higher one, goes before the copy that was answered.

use super::copies::{content, is_cancelled, place, preferred};
use crate::classify::{People, title_text};
use crate::model::{Event, EventStatus, Instance, Master, Original, Uid};
use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What two copies of a series tell so close to one another is told twice.
const BESIDE: TimeDelta = TimeDelta::days(7);

/// What all calendars together say of the events that are in several of them, also beyond the time that is looked at.
#[derive(Default)]
pub struct Versions {
    by_uid: HashMap<Uid, Vec<Master>>,
}

fn sequence(event: &Event) -> i64 {
    event.series_sequence.unwrap_or(event.sequence)
}

impl Versions {
    pub fn of(masters: impl IntoIterator<Item = Master>) -> Versions {
        let mut by_uid: HashMap<Uid, Vec<Master>> = HashMap::new();
        for master in masters.into_iter().filter(|m| !m.event.uid.0.is_empty() && !m.event.shared_uid) {
            by_uid.entry(master.event.uid.clone()).or_default().push(master);
        }
        Versions { by_uid }
    }

    /// Cancels what another calendar cancels, and marks what an older version still shows in a slot that the newest one has
    /// left. Where versions are equal and their times are not, one counts: the others are marked too, and their UIDs returned.
    pub fn settle(&self, instances: &mut [Instance], people: &People) -> BTreeSet<Uid> {
        let mut old = Vec::new();
        let mut standing: HashSet<(Uid, Original)> = HashSet::new();
        for (at, instance) in instances.iter_mut().enumerate() {
            let Some(masters) = self.by_uid.get(&instance.event.uid).filter(|_| !instance.event.shared_uid) else {
                continue;
            };
            let here = &instance.event.calendar;
            let others = masters.iter().filter(|m| place(&m.event) != (&*here.source, &*here.name));
            let (mut newest, mut ended) = (None, None);
            for other in others.filter(|other| !is_stranger(instance, other)) {
                if tells(other, instance.original.moment()) {
                    newest = newest.max(Some(sequence(&other.event)));
                }
                ended = ended.max(is_cancelled(&other.event).then(|| sequence(&other.event)));
            }
            if ended >= Some(instance.event.sequence) {
                Arc::make_mut(&mut instance.event).status = Some(EventStatus::Cancelled);
            } else if instance.event.series_sequence.is_some_and(|own| newest > Some(own.max(instance.event.sequence)))
            {
                old.push(at);
                continue;
            }
            standing.insert((instance.event.uid.clone(), instance.original));
        }
        for at in old {
            let instance = &mut instances[at];
            if !standing.contains(&(instance.event.uid.clone(), instance.original)) {
                Arc::make_mut(&mut instance.event).superseded = true;
            }
        }
        self.twice(instances, people)
    }

    /// One event takes place once: of equal versions at two times, in two calendars, the one that ranks first.
    fn twice(&self, instances: &mut [Instance], people: &People) -> BTreeSet<Uid> {
        let mut by_uid: BTreeMap<&Uid, Vec<usize>> = BTreeMap::new();
        for (at, instance) in instances.iter().enumerate().filter(|(_, i)| !i.event.shared_uid && !i.event.superseded) {
            if let Some((uid, _)) = self.by_uid.get_key_value(&instance.event.uid).filter(|(_, m)| m.len() > 1) {
                by_uid.entry(uid).or_default().push(at);
            }
        }
        let mut twice = BTreeSet::new();
        for (uid, places) in by_uid {
            let masters = &self.by_uid[uid];
            for at in &places {
                if masters.iter().any(|master| is_stranger(&instances[*at], master)) {
                    Arc::make_mut(&mut instances[*at].event).shared_uid = true;
                }
            }
            let latest = latest(masters, people);
            for at in self::lost(instances, &places, &latest) {
                Arc::make_mut(&mut instances[at].event).superseded = true;
                twice.insert(uid.clone());
            }
        }
        twice
    }
}

/// Of `places` those that tell the event at another time than a master that ranks before theirs. Whatever lies between two of
/// them: each is compared with all that stand, because a single says nothing of a series.
fn lost(instances: &[Instance], places: &[usize], latest: &[&Master]) -> BTreeSet<usize> {
    let of = |master: &Master, lost: &BTreeSet<usize>| -> Vec<usize> {
        let here = |at: &usize| place(&instances[*at].event) == place(&master.event) && !lost.contains(at);
        places.iter().copied().filter(here).collect()
    };
    let mut lost = BTreeSet::new();
    let mut gone = vec![false; latest.len()];
    for (n, first) in latest.iter().enumerate() {
        if gone[n] {
            continue;
        }
        for (m, other) in latest.iter().enumerate().skip(n + 1).filter(|(_, other)| differ(first, other)) {
            let theirs = of(other, &lost);
            if first.event.recurring {
                lost.extend(beside(instances, &of(first, &lost), theirs));
            } else {
                gone[m] = true;
                lost.extend(theirs);
            }
        }
    }
    lost
}

/// What takes place at `at` would be among what it tells: a series says nothing of the time before it.
fn tells(master: &Master, at: DateTime<Utc>) -> bool {
    !master.event.recurring || master.range.is_none_or(|(from, _)| at > from - BESIDE)
}

/// The newest of the masters, in the order in which they stand for one another.
fn latest<'m>(masters: &'m [Master], people: &People) -> Vec<&'m Master> {
    let newest = masters.iter().map(|m| sequence(&m.event)).max();
    let mut latest: Vec<&Master> = masters.iter().filter(|m| Some(sequence(&m.event)) == newest).collect();
    let rank = |a: &&Master, b: &&Master| -> Ordering {
        let known = preferred(&a.event, people).cmp(&preferred(&b.event, people));
        known.then_with(|| a.range.cmp(&b.range)).then_with(|| content(&a.event).cmp(&content(&b.event)))
    };
    if latest.iter().enumerate().any(|(n, a)| latest[..n].iter().any(|b| differ(a, b))) {
        latest.retain(|m| !is_cancelled(&m.event));
        latest.sort_by(rank);
        return latest;
    }
    Vec::new()
}

/// They may be told at two times: single events of two starts, or series of which neither ends where the other begins.
fn differ(a: &Master, b: &Master) -> bool {
    let strange = || a.range != b.range && are_strangers(&a.event, &b.event);
    if place(&a.event) == place(&b.event) || a.event.recurring != b.event.recurring || strange() {
        return false;
    }
    match (a.range, b.range) {
        (Some(a), Some(b)) if a.0 == a.1 && b.0 == b.1 => a.0 != b.0,
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        _ => a.event.recurring,
    }
}

/// Single events that have nothing in common but a UID that some program gives to all of them: other titles, and no version that
/// could say that one was renamed.
fn are_strangers(a: &Event, b: &Event) -> bool {
    let silent = |event: &Event| event.unversioned && !event.recurring;
    silent(a) && silent(b) && title_text(a) != title_text(b)
}

fn is_stranger(instance: &Instance, master: &Master) -> bool {
    let elsewhere = place(&instance.event) != place(&master.event);
    let other_time = master.range.is_some_and(|(from, _)| from != instance.original.moment());
    elsewhere && other_time && are_strangers(&instance.event, &master.event)
}

/// Those of `others`, copies of a series, that stand beside the `first`, where the two share no slot.
fn beside(instances: &[Instance], first: &[usize], others: Vec<usize>) -> Vec<usize> {
    let slots: BTreeSet<DateTime<Utc>> = first.iter().map(|at| instances[*at].original.moment()).collect();
    if others.iter().any(|at| slots.contains(&instances[*at].original.moment())) {
        return Vec::new();
    }
    let near = |at: &usize| {
        let start = instances[*at].original.moment();
        let mut near = slots.range(start - BESIDE..=start + BESIDE);
        near.any(|slot| (*slot - start).abs() < BESIDE)
    };
    others.into_iter().filter(near).collect()
}
