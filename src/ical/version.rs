//! Which of several versions of an event counts, and what belongs together by UID (RFC 5546 §2.1.4, §2.1.5).

use super::component::{Component, Version};
use super::context::Notes;
use super::zone::Zone;
use super::{Lost, Problem};
use crate::model::{Calendar, Event, EventStatus};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What belongs together by UID, as places among the components.
#[derive(Debug)]
pub(super) struct Series {
    pub master: Option<usize>,
    pub overrides: Vec<usize>,
}

/// The newest of `all` by SEQUENCE, then DTSTAMP, then LAST-MODIFIED; several where nothing tells. Between two objects of
/// METHOD:PUBLISH the DTSTAMP says only when they were made, so those are settled among themselves first.
fn newest(all: &[usize], of: impl Fn(usize) -> Version) -> Vec<usize> {
    let best = |places: &[usize], key: &dyn Fn(Version) -> i64| -> Vec<usize> {
        let most = places.iter().map(|place| key(of(*place))).max();
        places.iter().copied().filter(|place| Some(key(of(*place))) == most).collect()
    };
    let latest = best(all, &|version| version.sequence);
    let (published, others): (Vec<usize>, Vec<usize>) = latest.into_iter().partition(|place| of(*place).published);
    let published = best(&published, &|version| version.modified);
    let others = best(&best(&others, &|version| version.stamp), &|version| version.modified);
    let age = |places: &[usize]| {
        let of = |key: fn(Version) -> i64| places.iter().map(|place| key(of(*place))).max();
        (of(|version| version.stamp), of(|version| version.modified))
    };
    match age(&published).cmp(&age(&others)) {
        _ if published.is_empty() => others,
        _ if others.is_empty() => published,
        std::cmp::Ordering::Less => others,
        std::cmp::Ordering::Greater => published,
        std::cmp::Ordering::Equal => [published, others].concat(),
    }
}

/// What an event says and when it takes place, so that equal versions are told apart by nothing else than that.
fn content(component: &Component, zones: &[Zone]) -> (i64, String) {
    let times = &component.times;
    let at = |stamp: super::value::Stamp| match zones.get(stamp.zone.0 as usize) {
        Some(zone) => zone.instant(stamp.local, Tz::UTC),
        None => stamp.local,
    };
    let event = Event { calendar: Arc::new(Calendar::default()), line: 0, ..Event::clone(&component.event) };
    let dates: Vec<i64> = times.rdates.iter().map(|date| at(date.start)).collect();
    let gone: Vec<i64> = times.exdates.iter().map(|stamp| at(*stamp)).collect();
    let says = format!("{event:?} {:?} {:?} {:?} {dates:?} {gone:?}", times.end.map(at), times.duration, times.rules);
    (at(times.start), says)
}

fn is_cancelled(component: &Component) -> bool {
    component.event.status == Some(EventStatus::Cancelled)
}

/// Puts components together by UID, in an order that their content gives. Notes hold what had to be decided without a word of
/// the calendar; `text` says which text a component came from.
pub(super) struct Grouping<'a> {
    pub components: &'a mut Vec<Component>,
    pub zones: &'a [Zone],
    pub text: &'a dyn Fn(&Component) -> usize,
    pub problems: &'a mut Vec<Problem>,
}

impl Grouping<'_> {
    pub fn series(mut self) -> Vec<Series> {
        let (mut all, mut by_uid): (Vec<Series>, HashMap<Arc<str>, usize>) = (Vec::new(), HashMap::new());
        let mut uids: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        for (index, component) in self.components.iter().enumerate() {
            let uid = &component.event.uid.0;
            let next = uids.len();
            let place = if uid.is_empty() { next } else { *by_uid.entry(Arc::clone(uid)).or_insert(next) };
            if place == next {
                uids.push((Vec::new(), Vec::new()));
            }
            let (masters, overrides) = &mut uids[place];
            if component.times.slot.is_some() { overrides } else { masters }.push(index);
        }
        for (masters, overrides) in uids {
            self.one(&masters, overrides, &mut all);
        }
        all
    }

    fn version(&self, place: usize) -> Version {
        self.components[place].times.version
    }

    /// All that bears one UID.
    fn one(&mut self, masters: &[usize], mut overrides: Vec<usize>, all: &mut Vec<Series>) {
        if masters.len() < 2 {
            let master = masters.first().copied();
            if let Some(master) = master {
                self.belong(master, &overrides);
            }
            return all.push(Series { master, overrides });
        }
        let latest = newest(masters, |place| self.version(place));
        let mut standing: Vec<usize> = latest.iter().copied().filter(|m| !is_cancelled(&self.components[*m])).collect();
        let cancelled: Vec<usize> = latest.iter().copied().filter(|m| is_cancelled(&self.components[*m])).collect();
        if standing.is_empty() {
            // A cancellation often names the event alone: what it cancels is in the version before.
            let before: Vec<usize> = masters.iter().copied().filter(|m| !is_cancelled(&self.components[*m])).collect();
            let word = self.in_order(cancelled)[0];
            let of = self.in_order(newest(&before, |place| self.version(place)));
            let master = of.first().map_or(word, |of| self.cancel(*of, word));
            let sequence = self.version(word).sequence;
            for place in &mut overrides {
                if self.version(*place).sequence <= sequence {
                    *place = self.cancel(*place, word);
                }
            }
            self.belong(master, &overrides);
            return all.push(Series { master: Some(master), overrides });
        }
        for word in cancelled {
            let start = content(&self.components[word], self.zones).0;
            let same = |m: &&mut usize| content(&self.components[**m], self.zones).0 == start;
            match standing.iter_mut().find(same) {
                Some(place) => *place = self.cancel(*place, word),
                None => standing.push(word),
            }
        }
        let standing = self.in_order(standing);
        self.tell(&standing);
        // Changes of single instances are those of a series.
        let is_series = |m: &usize| !self.components[*m].times.rules.is_empty();
        let first = standing.iter().copied().find(is_series).unwrap_or(standing[0]);
        self.belong(first, &overrides);
        for master in standing {
            let overrides = if master == first { std::mem::take(&mut overrides) } else { Vec::new() };
            all.push(Series { master: Some(master), overrides });
        }
    }

    fn in_order(&self, mut places: Vec<usize>) -> Vec<usize> {
        places.sort_by_cached_key(|place| content(&self.components[*place], self.zones));
        places
    }

    /// A copy of `place` that the newer `word` cancels.
    fn cancel(&mut self, place: usize, word: usize) -> usize {
        let (old, sequence) = (&self.components[place], self.version(word).sequence);
        let mut event = Event::clone(&old.event);
        (event.status, event.sequence) = (Some(EventStatus::Cancelled), sequence);
        let times = old.times.clone();
        self.components.push(Component { event: Arc::new(event), times });
        self.components.len() - 1
    }

    /// The changes of a series know its version.
    fn belong(&mut self, master: usize, overrides: &[usize]) {
        let sequence = self.components[master].event.series_sequence;
        for place in overrides {
            Arc::make_mut(&mut self.components[*place].event).series_sequence = sequence;
        }
    }

    fn tell(&mut self, standing: &[usize]) {
        let says: Vec<(i64, String)> = standing.iter().map(|m| content(&self.components[*m], self.zones)).collect();
        let Some(at) = (1..says.len()).find(|at| says[*at] != says[at - 1]) else { return };
        let message = match says.windows(2).any(|pair| pair[0].0 != pair[1].0) {
            true => "events of different times share one UID, and nothing says which is newer: all are kept",
            false => "versions of one event differ, and nothing says which is newer: one of them counts",
        };
        let component = &self.components[standing[at]];
        let mut notes = Notes::new((self.text)(component));
        notes.add(component.times.line, message, Lost::Nothing);
        self.problems.append(&mut notes.problems);
    }
}

/// The changes of a series by the slot that they take, the newest of each. Equal ones are settled by content, a cancellation
/// first.
pub(super) fn latest<'c, Slot: Ord>(
    changes: impl Iterator<Item = (Slot, &'c Component)>,
    zones: &[Zone],
) -> BTreeMap<Slot, &'c Component> {
    let mut by_slot: BTreeMap<Slot, Vec<&Component>> = BTreeMap::new();
    changes.for_each(|(slot, component)| by_slot.entry(slot).or_default().push(component));
    let one = |list: Vec<&'c Component>| -> Option<&'c Component> {
        let places: Vec<usize> = (0..list.len()).collect();
        let best = newest(&places, |place| list[place].times.version);
        let key = |place: &usize| (is_cancelled(list[*place]), content(list[*place], zones));
        match best[..] {
            [only] => Some(list[only]),
            _ => best.iter().max_by_key(|place| key(place)).map(|place| list[*place]),
        }
    };
    by_slot.into_iter().filter_map(|(slot, list)| Some((slot, one(list)?))).collect()
}
