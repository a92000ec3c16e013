//! What the texts of an iCalendar source hold, event by event, for telling what a newer text lacks. Pure.

use crate::kinds::history::normal;
use crate::model::{IcsText, Told, hash};
use crate::source::ics::{self, Entry, Says};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What people know an event by: its title, and when it takes place.
type Face = (String, u64);

/// Every event of a source.
pub(super) struct Outline {
    texts: Vec<Page>,
}

/// What one text holds.
pub(super) struct Page {
    pub file: String,
    /// What it, or an older state of it, told of people.
    pub told: Told,
    pub entries: Vec<Entry>,
}

/// How many events the texts hold, of which `outline` is made; a series is one. Of what cannot be read only the UID counts for
/// nothing.
pub(super) fn events(texts: &[IcsText], outline: &Outline) -> u64 {
    let readable: usize = texts.iter().map(|text| ics::uids(&text.bytes).len()).sum();
    let named: HashSet<&str> = outline.entries().map(|entry| &*entry.uid).filter(|uid| !uid.is_empty()).collect();
    (readable + outline.count().saturating_sub(named.len())) as u64
}

/// The UIDs under which one of the texts tells events of different times, none of them newer: some programs give all their
/// events the same.
pub(super) fn several(outlines: [&Outline; 2]) -> HashSet<String> {
    let mut several = HashSet::new();
    for outline in outlines {
        let events = || outline.entries().filter(|entry| !entry.uid.is_empty() && !entry.change);
        let mut newest: HashMap<&str, &Entry> = HashMap::new();
        for entry in events() {
            let known = newest.entry(&entry.uid).or_insert(entry);
            *known = if entry.sequence > known.sequence { entry } else { known };
        }
        let other = |entry: &&Entry| {
            let newest = newest.get(entry.uid.as_str());
            newest.is_some_and(|newest| newest.sequence == entry.sequence && newest.start != entry.start)
        };
        several.extend(events().filter(other).map(|entry| entry.uid.clone()));
    }
    several
}

/// What tells an event from all others: its UID, where that is its own; of a busy time its start.
fn key(entry: &Entry, several: &HashSet<String>) -> String {
    let Entry { uid, start, title, change, busy, .. } = entry;
    match uid.as_str() {
        "" if *busy => format!("\n{start}"),
        // What is kept of it names no meeting.
        "" => format!("\n{start}\n{}", hash(title)),
        uid if !change && several.contains(uid) => format!("{uid}\n{start}"),
        uid => uid.to_string(),
    }
}

impl Outline {
    pub(super) fn of(texts: &[IcsText]) -> Outline {
        let page = |text: &IcsText| {
            let (file, entries) = (text.file.clone(), ics::entries(&text.bytes));
            Page { file, told: text.told, entries }
        };
        Outline { texts: texts.iter().map(page).collect() }
    }

    /// Text by text.
    pub(super) fn texts(&self) -> &[Page] {
        &self.texts
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.texts.iter().flat_map(|text| &text.entries)
    }

    /// What the events of each UID say.
    pub(super) fn contents(&self) -> BTreeMap<String, Says> {
        ics::contents(self.entries())
    }

    /// What each event says, by its key.
    pub(super) fn events(&self, several: &HashSet<String>) -> BTreeMap<String, Says> {
        let mut events: BTreeMap<String, Says> = BTreeMap::new();
        for entry in self.entries() {
            *events.entry(key(entry, several)).or_default() += entry.says;
        }
        events
    }

    /// The keys of events in `new` that are told here under another UID, with their keys here: some programs give new UIDs at
    /// every fetch.
    pub(super) fn renamed(&self, new: &Outline, several: &HashSet<String>) -> HashMap<String, String> {
        let keys = |outline: &Outline| -> HashSet<String> { outline.entries().map(|e| key(e, several)).collect() };
        let (gone, come) = (self.faces(several, &keys(new)), new.faces(several, &keys(self)));
        let mut by_face: HashMap<&[Face], Vec<&String>> = HashMap::new();
        for (key, faces) in &come {
            by_face.entry(faces).or_default().push(key);
        }
        let pair = |(key, faces): (&String, &Vec<Face>)| Some((by_face.get_mut(&**faces)?.pop()?.clone(), key.clone()));
        gone.iter().filter_map(pair).collect()
    }

    /// What people know each event by that is not among `others`, but for busy times; a series without its exceptions.
    fn faces(&self, several: &HashSet<String>, others: &HashSet<String>) -> BTreeMap<String, Vec<Face>> {
        let mut faces: BTreeMap<String, Vec<(bool, Face)>> = BTreeMap::new();
        for entry in self.entries().filter(|entry| !entry.busy) {
            let key = key(entry, several);
            if !others.contains(&key) {
                faces.entry(key).or_default().push((entry.change, (normal(&entry.title), entry.times)));
            }
        }
        let own = |mut all: Vec<(bool, Face)>| {
            all.sort_unstable();
            let alone = all.iter().all(|(change, _)| *change);
            all.into_iter().filter(|(change, _)| alone || !change).map(|(_, face)| face).collect()
        };
        faces.into_iter().map(|(key, all)| (key, own(all))).collect()
    }

    /// How many events there are; a series is one.
    pub(super) fn count(&self) -> usize {
        self.events(&several([self, self])).keys().filter(|key| !key.is_empty()).count()
    }

    /// The keys of events by UID and line, of busy times by start and line. Where two texts have different ones there, nobody knows which is meant.
    pub(super) fn keys(&self, of: &BTreeSet<(String, usize)>, several: &HashSet<String>) -> HashSet<String> {
        let mut keys: HashMap<(&str, usize), Option<String>> = HashMap::new();
        for entry in self.entries() {
            let own = key(entry, several);
            let name = if entry.busy { &entry.start } else { &entry.uid };
            let known = keys.entry((name, entry.line)).or_insert_with(|| Some(own.clone()));
            *known = known.take().filter(|known| *known == own);
        }
        of.iter().filter_map(|(uid, line)| keys.remove(&(uid.as_str(), *line)).flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(events: &[(&str, &str, &str)]) -> Outline {
        let event = |(uid, start, title): &(&str, &str, &str)| {
            let uid = if uid.is_empty() { String::new() } else { format!("UID:{uid}\n") };
            format!("BEGIN:VEVENT\n{uid}DTSTART:{start}\nSUMMARY:{title}\nEND:VEVENT\n")
        };
        let bytes = events.iter().map(event).collect::<String>().into_bytes();
        Outline::of(&[IcsText { file: String::new(), stem: String::new(), bytes, told: Default::default() }])
    }

    #[test]
    fn every_event_is_one_whatever_its_uid() {
        assert_eq!(outline(&[("", "20261103", "a"), ("", "20261103", "b"), ("", "20261104", "a")]).count(), 3);
        assert_eq!(outline(&[("x", "20261103", "a"), ("x", "20261104", "a"), ("y", "20261104", "a")]).count(), 3);
        assert_eq!(outline(&[("x", "20261103", "a"), ("x", "20261103", "b")]).count(), 1, "versions of one");
    }

    #[test]
    fn an_older_version_is_no_event_of_its_own() {
        let mut both = outline(&[("x", "20261103", "a"), ("x", "20261104", "a")]);
        both.texts[0].entries[1].sequence = 1;
        assert!(several([&both, &both]).is_empty() && both.count() == 1);
    }

    #[test]
    fn a_uid_of_one_event_is_its_key_when_it_moves() {
        let (old, new) = (outline(&[("x", "20261103", "a")]), outline(&[("x", "20261110", "a")]));
        let several = several([&old, &new]);
        assert!(several.is_empty() && old.events(&several).keys().eq(new.events(&several).keys()));
    }

    #[test]
    fn a_line_names_an_event_of_a_shared_uid() {
        let all = outline(&[("x", "20261103", "a"), ("x", "20261104", "b"), ("", "20261105", "c")]);
        let several = several([&all, &all]);
        let keys = all.keys(&BTreeSet::from([("x".to_string(), 6)]), &several);
        assert_eq!(keys, HashSet::from(["x\n20261104".to_string()]));
    }
}
