//! The user's own words put to the instances that they were said of.

use super::words::Title;
use crate::model::{Instance, Marked, Original, Override, Overrides, Slot, Uid};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Puts to each instance what was said of it: of itself, else of its series. Two things move on their own: a series that Google
/// goes on with under another UID keeps its mark while its title stays, and where "all events" were moved by hours, the mark of
/// one goes to the only instance that its series has on that day of `zone`.
pub fn put(overrides: &Overrides, instances: &mut [Instance], zone: Tz) {
    instances.iter_mut().for_each(|instance| instance.marked = None);
    if overrides.0.is_empty() {
        return;
    }
    let halves = Halves::of(overrides, instances);
    let moved = moved(overrides, instances, zone);
    for (at, instance) in instances.iter_mut().enumerate() {
        let Some(own) = Slot::of(instance) else { continue };
        let recurring = instance.event.recurring;
        let found = said(overrides, &own, own.original.is_none() && recurring);
        let found = found.or_else(|| said(overrides, moved.get(&at)?, false));
        let found = found.or_else(|| said(overrides, &own.clone().series(), true));
        let found = found.or_else(|| said(overrides, halves.get(instance)?, true));
        instance.marked = found.map(Arc::new);
    }
}

fn said(overrides: &Overrides, slot: &Slot, series: bool) -> Option<Marked> {
    let word: &Override = overrides.0.get(slot)?;
    Some(Marked { word: word.clone(), series, slot: slot.clone() })
}

/// Marks of series by what all their parts share.
struct Halves<'o> {
    /// With the title that the marked part bears, where it is among the instances.
    by_series: HashMap<Uid, Vec<(&'o Slot, Option<String>)>>,
}

fn title(instance: &Instance) -> String {
    Title::of(instance.event.summary.as_deref().unwrap_or_default()).words.text().to_owned()
}

impl<'o> Halves<'o> {
    fn of(overrides: &'o Overrides, instances: &[Instance]) -> Halves<'o> {
        let whole: Vec<&Slot> = overrides.0.keys().filter(|slot| slot.original.is_none()).collect();
        let mut titles: HashMap<&Uid, String> = HashMap::new();
        let marked: HashSet<&Uid> = whole.iter().map(|slot| &slot.uid).collect();
        for instance in instances.iter().filter(|i| marked.contains(&i.event.uid)) {
            titles.insert(&instance.event.uid, title(instance));
        }
        let mut by_series: HashMap<Uid, Vec<(&Slot, Option<String>)>> = HashMap::new();
        for slot in whole {
            by_series.entry(slot.uid.series()).or_default().push((slot, titles.get(&slot.uid).cloned()));
        }
        Halves { by_series }
    }

    fn get(&self, instance: &Instance) -> Option<&'o Slot> {
        let parts = self.by_series.get(&instance.event.uid.series()).filter(|_| instance.event.recurring)?;
        let same = |(_, known): &&(&Slot, Option<String>)| known.as_ref().is_none_or(|known| *known == title(instance));
        parts.iter().rev().find(same).map(|(slot, _)| *slot)
    }
}

fn day(original: Original, zone: Tz) -> NaiveDate {
    match original {
        Original::At(at) => at.with_timezone(&zone).date_naive(),
        Original::On(date) => date,
    }
}

/// The instances that a mark goes to whose own slot is gone, by their places.
fn moved(overrides: &Overrides, instances: &[Instance], zone: Tz) -> HashMap<usize, Slot> {
    let known: HashSet<(&Uid, Original)> = instances.iter().map(|i| (&i.event.uid, i.original)).collect();
    let lost = |slot: &&Slot| slot.original.is_some_and(|original| !known.contains(&(&slot.uid, original)));
    let lost: Vec<&Slot> = overrides.0.keys().filter(lost).collect();
    if lost.is_empty() {
        return HashMap::new();
    }
    let mut days: BTreeMap<(Uid, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (at, instance) in instances.iter().enumerate().filter(|(_, i)| i.event.recurring) {
        let place = days.entry((instance.event.uid.series(), day(instance.original, zone))).or_default();
        // Copies on other calendars are the same instance.
        if place.iter().all(|other| instances[*other].original != instance.original) {
            place.push(at);
        }
    }
    let mut titles: HashMap<&Uid, String> = HashMap::new();
    for instance in instances.iter().filter(|i| lost.iter().any(|slot| slot.uid == i.event.uid)) {
        titles.insert(&instance.event.uid, title(instance));
    }
    let mut moved = HashMap::new();
    for slot in lost {
        let Some(original) = slot.original else { continue };
        if let Some([only]) = days.get(&(slot.uid.series(), day(original, zone))).map(Vec::as_slice) {
            let one = &instances[*only];
            if one.event.uid != slot.uid && titles.get(&slot.uid).is_some_and(|known| *known != title(one)) {
                continue;
            }
            let marked = instances[*only].original;
            let copies = instances.iter().enumerate();
            let same = copies.filter(|(_, i)| i.original == marked && i.event.uid == instances[*only].event.uid);
            moved.extend(same.map(|(at, _)| (at, slot.clone())));
        }
    }
    moved
}
