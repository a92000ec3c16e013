//! The user's own words put to the instances that they were said of.

use super::forms::is_form;
use super::words::Title;
use crate::model::{Event, Instance, Marked, Original, Override, Overrides, Slot, Uid};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What titles of one kind have in common: their words, with `*` for counts such as `41`, `q3` or `2026`. `None` where only counts
/// and names of a form are left ("Sync", "Q3 review"): such a title says nothing about its meeting.
pub fn title_key(summary: &str) -> Option<String> {
    let words = Title::of(summary).words;
    let mut key: Vec<&str> =
        (0..words.len()).map(|at| if is_count(words.word(at)) { "*" } else { words.word(at) }).collect();
    key.dedup_by(|a, b| *a == "*" && *b == "*");
    key.iter().any(|word| *word != "*" && !is_form(word)).then(|| key.join(" "))
}

/// Digits behind at most two letters.
fn is_count(word: &str) -> bool {
    let digits = word.trim_start_matches(char::is_alphabetic);
    let letters = word[..word.len() - digits.len()].chars().count();
    letters <= 2 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Puts to each instance what was said of it: of itself, else of its series, else of its title. Two things move on their own: a series that Google
/// goes on with under another UID keeps its mark while its title stays, and where "all events" were moved by hours, the mark of
/// one goes to the only instance that its series has on that day of `zone`.
pub fn put(overrides: &Overrides, instances: &mut [Instance], zone: Tz) {
    instances.iter_mut().for_each(|instance| instance.marked = None);
    if overrides.0.is_empty() {
        return;
    }
    let halves = Halves::of(overrides, instances);
    let moved = moved(overrides, instances, zone);
    let titles = overrides.0.keys().any(|slot| slot.title().is_some());
    for (at, instance) in instances.iter_mut().enumerate() {
        let (own, recurring) = (Slot::of(instance), instance.event.recurring);
        let found = own.as_ref().and_then(|own| said(overrides, own, own.original.is_none() && recurring));
        let found = found.or_else(|| said(overrides, moved.get(&at)?, false));
        let found = found.or_else(|| said(overrides, &own.clone()?.series(), true));
        let found = found.or_else(|| said(overrides, halves.get(instance)?, true));
        let found = found.or_else(|| said(overrides, &titles.then(|| titled(instance))??, true));
        instance.marked = found.map(Arc::new);
    }
}

/// What is said of all meetings that are called like this one.
pub fn titled(instance: &Instance) -> Option<Slot> {
    title_key(instance.event.summary.as_deref()?).map(|key| Slot::titled(&key))
}

/// The other marks of the series that `slot` is a part of: those of parts that are called like it, or that are gone.
pub fn other_halves<'i>(
    overrides: &Overrides,
    instances: impl Iterator<Item = &'i Instance>,
    slot: &Slot,
) -> Vec<Slot> {
    let series = slot.uid.series();
    let titles: HashMap<&Uid, String> = instances
        .filter(|instance| instance.event.uid.series() == series)
        .map(|instance| (&instance.event.uid, title_text(&instance.event)))
        .collect();
    let own = titles.get(&slot.uid);
    let is_other = |other: &&Slot| {
        other.original.is_none()
            && other.uid != slot.uid
            && other.uid.series() == series
            && titles.get(&other.uid).is_none_or(|title| own.is_none_or(|own| own == title))
    };
    overrides.0.keys().filter(is_other).cloned().collect()
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

/// The words of an event's title as one text: equal where titles are alike.
pub fn title_text(event: &Event) -> String {
    Title::of(event.summary.as_deref().unwrap_or_default()).words.text().to_owned()
}

impl<'o> Halves<'o> {
    fn of(overrides: &'o Overrides, instances: &[Instance]) -> Halves<'o> {
        let whole: Vec<&Slot> = overrides.0.keys().filter(|slot| slot.original.is_none()).collect();
        let mut titles: HashMap<&Uid, String> = HashMap::new();
        let marked: HashSet<&Uid> = whole.iter().map(|slot| &slot.uid).collect();
        for instance in instances.iter().filter(|i| marked.contains(&i.event.uid)) {
            titles.insert(&instance.event.uid, title_text(&instance.event));
        }
        let mut by_series: HashMap<Uid, Vec<(&Slot, Option<String>)>> = HashMap::new();
        for slot in whole {
            by_series.entry(slot.uid.series()).or_default().push((slot, titles.get(&slot.uid).cloned()));
        }
        Halves { by_series }
    }

    fn get(&self, instance: &Instance) -> Option<&'o Slot> {
        let parts = self.by_series.get(&instance.event.uid.series()).filter(|_| instance.event.recurring)?;
        let same = |(_, known): &&(&Slot, Option<String>)| {
            known.as_ref().is_none_or(|known| *known == title_text(&instance.event))
        };
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
        titles.insert(&instance.event.uid, title_text(&instance.event));
    }
    let mut moved = HashMap::new();
    for slot in lost {
        let Some(original) = slot.original else { continue };
        if let Some([only]) = days.get(&(slot.uid.series(), day(original, zone))).map(Vec::as_slice) {
            let one = &instances[*only];
            if one.event.uid != slot.uid && titles.get(&slot.uid).is_some_and(|known| *known != title_text(&one.event))
            {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_one_kind_have_one_key() {
        for (title, key) in [
            ("Sprint 41 planning", Some("sprint * planning")),
            ("[EXT] SPRINT 42: planning", Some("sprint * planning")),
            ("Payroll Q3 2027", Some("payroll *")),
            ("B2B pricing", Some("b2b pricing")),
            ("Sync", None),
            ("Q3 review", None),
            ("1:1", None),
            ("", None),
        ] {
            assert_eq!(title_key(title).as_deref(), key, "{title}");
        }
    }
}
