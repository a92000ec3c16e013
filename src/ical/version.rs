//! Which of several versions of an event counts, and what belongs together by UID (RFC 5546 §2.1.4, §2.1.5).

use super::civil::DAY;
use super::component::{Component, Times, Version};
use super::context::Notes;
use super::value::Length;
use super::zone::Zone;
use super::{Lost, Problem};
use crate::model::{Calendar, Event, EventStatus};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What belongs together by UID, as places among the components.
#[derive(Debug)]
pub(super) struct Series {
    pub master: Option<usize>,
    pub overrides: Vec<usize>,
}

/// The newest of `all` by SEQUENCE, then DTSTAMP where all have one, then LAST-MODIFIED; several where nothing tells. Between two objects of
/// METHOD:PUBLISH the DTSTAMP says only when they were made, so those are settled among themselves first.
fn newest(all: &[usize], of: impl Fn(usize) -> Version) -> Vec<usize> {
    let best = |places: &[usize], key: &dyn Fn(Version) -> i64| -> Vec<usize> {
        let most = places.iter().map(|place| key(of(*place))).max();
        places.iter().copied().filter(|place| Some(key(of(*place))) == most).collect()
    };
    let latest = best(all, &|version| version.sequence);
    let (published, others): (Vec<usize>, Vec<usize>) = latest.into_iter().partition(|place| of(*place).published);
    let published = best(&published, &|version| version.modified);
    // A DTSTAMP that one of them lacks compares nothing.
    let stamped = others.iter().all(|place| of(*place).stamp != i64::MIN);
    let others = if stamped { best(&others, &|version| version.stamp) } else { others };
    let others = best(&others, &|version| version.modified);
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

/// What an event says, when it takes place and whether that moves what follows, so that equal versions are told apart by nothing
/// else than that.
fn content(component: &Component, zones: &[Zone]) -> (i64, String) {
    let times = &component.times;
    let at = |stamp: super::value::Stamp| match zones.get(stamp.zone.0 as usize) {
        Some(zone) => zone.instant(stamp.local, &Zone::Utc),
        None => stamp.local,
    };
    let event = Event { calendar: Arc::new(Calendar::default()), line: 0, ..Event::clone(&component.event) };
    let dates: Vec<i64> = times.rdates.iter().map(|date| at(date.start)).collect();
    let gone: Vec<i64> = times.exdates.iter().map(|stamp| at(*stamp)).collect();
    let span = (times.end.map(at), times.duration, times.moves_all_that_follow());
    (at(times.start), format!("{event:?} {span:?} {:?} {dates:?} {gone:?}", times.rules))
}

fn is_cancelled(component: &Component) -> bool {
    component.event.status == Some(EventStatus::Cancelled)
}

/// How long each instance of a series takes by its clock.
pub(super) fn nominal(times: &Times) -> Option<Length> {
    times.duration.or_else(|| {
        let end = times.end.filter(|end| end.zone == times.start.zone)?;
        Some(Length::nominal(end.local - times.start.local))
    })
}

/// A change of `series`, whose instances are so long, knows the version of it.
pub(super) fn belong(change: &mut Component, series: &Event, length: Option<Length>) {
    if !change.times.starts {
        // A cancellation of one date that says nothing else of it.
        let (line, sequence) = (change.event.line, change.event.sequence);
        let status = Some(EventStatus::Cancelled);
        change.event = Arc::new(Event { status, line, sequence, recurring: true, ..series.clone() });
        change.times.duration = length;
    }
    // What a change does not say is as in the series (Exchange ActiveSync writes only what differs).
    if !change.times.titled {
        let event = Arc::make_mut(&mut change.event);
        event.summary.clone_from(&series.summary);
        if event.organizer.is_none() && event.attendees.lines().is_empty() {
            event.organizer.clone_from(&series.organizer);
            event.attendees.clone_from(&series.attendees);
        }
    }
    let times = &mut change.times;
    let days = length.is_some_and(|length| length.seconds() % DAY == 0);
    if times.end.is_none() && times.duration.is_none() && (times.start.is_date() || !days) {
        times.duration = length;
    }
    Arc::make_mut(&mut change.event).series_sequence = series.series_sequence;
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
    pub(super) fn series(mut self) -> Vec<Series> {
        let (mut all, mut by_uid): (Vec<Series>, HashMap<Arc<str>, usize>) = (Vec::new(), HashMap::new());
        let mut uids: Vec<[Vec<usize>; 3]> = Vec::new();
        for (index, component) in self.components.iter().enumerate() {
            let uid = &component.event.uid.0;
            let next = uids.len();
            let place = if uid.is_empty() { next } else { *by_uid.entry(Arc::clone(uid)).or_insert(next) };
            if place == next {
                uids.push(Default::default());
            }
            let [masters, overrides, added] = &mut uids[place];
            let times = &component.times;
            let kind = if times.slot.is_some() {
                overrides
            } else if times.adds {
                added
            } else {
                masters
            };
            kind.push(index);
        }
        for [masters, overrides, added] in uids {
            if !masters.is_empty() || !overrides.is_empty() {
                self.one(&masters, overrides, &mut all);
            }
            for place in added {
                self.add(place, &masters);
                all.push(Series { master: Some(place), overrides: Vec::new() });
            }
        }
        all
    }

    fn version(&self, place: usize) -> Version {
        self.components[place].times.version
    }

    /// A series of added instances beside these words on the whole: a cancellation of its version ends it, and so does a newer
    /// version.
    fn add(&mut self, place: usize, masters: &[usize]) {
        let own = self.version(place).sequence;
        let newest = masters.iter().map(|master| self.version(*master).sequence).max();
        let latest = |master: &usize| Some(self.version(*master).sequence) == newest;
        let ended = masters.iter().any(|master| latest(master) && is_cancelled(&self.components[*master]));
        let event = Arc::make_mut(&mut self.components[place].event);
        match ended && newest >= Some(own) {
            true => event.status = Some(EventStatus::Cancelled),
            false => event.superseded = newest > Some(own),
        }
    }

    /// All that bears one UID.
    fn one(&mut self, masters: &[usize], overrides: Vec<usize>, all: &mut Vec<Series>) {
        if masters.len() < 2 && masters.iter().all(|master| self.components[*master].times.starts) {
            let master = masters.first().copied();
            if let Some(master) = master {
                if !overrides.is_empty() && is_cancelled(&self.components[master]) && self.version(master).sequence > 0
                {
                    return self.cancel_all(master, &[], overrides, all);
                }
                self.belong(master, &overrides);
            }
            self.tell_changes(&overrides);
            if master.is_none() {
                // Without their series they are of the version that they say themselves.
                for place in &overrides {
                    let event = Arc::make_mut(&mut self.components[*place].event);
                    event.series_sequence = Some(event.sequence);
                }
            }
            return all.push(Series { master, overrides });
        }
        let latest = newest(masters, |place| self.version(place));
        let mut standing: Vec<usize> = latest.iter().copied().filter(|m| !is_cancelled(&self.components[*m])).collect();
        let cancelled = latest.iter().copied().filter(|m| is_cancelled(&self.components[*m])).collect();
        let cancelled = self.in_order(cancelled);
        if standing.is_empty() {
            // A cancellation often names the event alone: what it cancels is in the version before.
            let before: Vec<usize> = masters.iter().copied().filter(|m| !is_cancelled(&self.components[*m])).collect();
            return self.cancel_all(cancelled[0], &before, overrides, all);
        }
        for word in cancelled {
            let said = &self.components[word];
            let (starts, start) = (said.times.starts, content(said, self.zones).0);
            let mut any = false;
            for place in &mut standing {
                if !starts || content(&self.components[*place], self.zones).0 == start {
                    any = true;
                    if !is_cancelled(&self.components[*place]) {
                        self.note(
                            word,
                            "versions of one event differ, and nothing says which is newer: it is cancelled",
                        );
                        *place = self.cancel(*place, word);
                    }
                }
            }
            if !any {
                standing.push(word);
            }
        }
        let standing = self.in_order(standing);
        self.tell(&standing);
        self.tell_older(masters, &standing);
        self.tell_changes(&overrides);
        let starts: BTreeSet<i64> =
            standing.iter().map(|master| content(&self.components[*master], self.zones).0).collect();
        if starts.len() > 1 {
            for master in &standing {
                Arc::make_mut(&mut self.components[*master].event).shared_uid = true;
            }
        }
        // Changes of single instances are those of a series.
        let series: Vec<usize> = standing.iter().copied().filter(|m| self.components[*m].event.recurring).collect();
        let first = series.first().copied().unwrap_or(standing[0]);
        self.belong(first, &overrides);
        let start = content(&self.components[first], self.zones).0;
        for master in standing {
            // A copy of the series has them too.
            let same =
                master == first || series.contains(&master) && content(&self.components[master], self.zones).0 == start;
            let overrides = if same { overrides.clone() } else { Vec::new() };
            all.push(Series { master: Some(master), overrides });
        }
    }

    /// Cancels the newest of `before`, and the changes of it that are no newer than the word.
    fn cancel_all(&mut self, word: usize, before: &[usize], mut overrides: Vec<usize>, all: &mut Vec<Series>) {
        let starts = self.components[word].times.starts;
        let of = self.in_order(newest(before, |place| self.version(place))).first().copied();
        if of.is_none() && overrides.is_empty() && !starts {
            return self.note(word, "the cancellation names no time, and the event that it cancels is not there");
        }
        let master = of.map(|of| self.cancel(of, word)).or(starts.then_some(word));
        let sequence = self.version(word).sequence;
        for place in &mut overrides {
            if self.version(*place).sequence <= sequence {
                *place = self.cancel(*place, word);
            }
        }
        if let Some(master) = master {
            self.belong(master, &overrides);
        }
        all.push(Series { master, overrides });
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
        event.series_sequence = event.series_sequence.map(|_| sequence);
        let times = old.times.clone();
        self.components.push(Component { event: Arc::new(event), times });
        self.components.len() - 1
    }

    /// The changes of a series know its version.
    fn belong(&mut self, master: usize, overrides: &[usize]) {
        let (series, length) = (Arc::clone(&self.components[master].event), nominal(&self.components[master].times));
        overrides.iter().for_each(|place| belong(&mut self.components[*place], &series, length));
    }

    fn note(&mut self, place: usize, message: &str) {
        let component = &self.components[place];
        let mut notes = Notes::new((self.text)(component));
        notes.add(component.times.line, message, Lost::Nothing);
        self.problems.append(&mut notes.problems);
    }

    /// Tells where a stamp alone decides between what does not look like two versions of one thing.
    fn tell_older(&mut self, masters: &[usize], standing: &[usize]) {
        let newest = &self.components[standing[0]];
        let (sequence, series) = (newest.times.version.sequence, !newest.times.rules.is_empty());
        let (title, start) = (newest.event.summary.clone(), content(newest, self.zones).0);
        let other = |place: &usize| {
            let old = &self.components[*place];
            let differs = old.event.summary != title && content(old, self.zones).0 != start;
            old.times.version.sequence == sequence && (differs || series == old.times.rules.is_empty())
        };
        let gone = masters.iter().copied().filter(|master| !standing.contains(master));
        if let Some(place) = gone.filter(other).min_by_key(|place| self.components[*place].times.line) {
            self.note(place, "another event bears the same UID with a later stamp: it counts in place of this one");
        }
    }

    /// Tells where changes of one date differ and nothing says which of them is newer.
    fn tell_changes(&mut self, overrides: &[usize]) {
        let mut by_slot: BTreeMap<(i64, bool), Vec<usize>> = BTreeMap::new();
        for place in overrides {
            let Some((slot, future)) = self.components[*place].times.slot else { continue };
            let zone = self.zones.get(slot.zone.0 as usize);
            let at = zone.map_or(slot.local, |zone| zone.instant(slot.local, &Zone::Utc));
            by_slot.entry((at, future)).or_default().push(*place);
        }
        for places in by_slot.into_values().filter(|places| places.len() > 1) {
            let latest = newest(&places, |place| self.version(place));
            let says: BTreeSet<_> = latest.iter().map(|place| content(&self.components[*place], self.zones)).collect();
            if says.len() > 1 {
                self.note(latest[1], "changes of one date differ, and nothing says which is newer: one of them counts");
            }
        }
    }

    fn tell(&mut self, standing: &[usize]) {
        let says: Vec<(i64, String)> = standing.iter().map(|m| content(&self.components[*m], self.zones)).collect();
        let Some(at) = (1..says.len()).find(|at| says[*at] != says[at - 1]) else { return };
        let message = match says.windows(2).any(|pair| pair[0].0 != pair[1].0) {
            true => "events of different times share one UID, and nothing says which is newer: all are kept",
            false => "versions of one event differ, and nothing says which is newer: one of them counts",
        };
        self.note(standing[at], message);
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
