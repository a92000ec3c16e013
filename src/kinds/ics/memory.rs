//! What a source told of people once, and tells no more: when the last event with guests is gone, the others are not silent of
//! theirs on a sudden.

use super::outline::{Outline, Page};
use crate::model::{IcsText, Told};
use std::collections::{HashMap, HashSet};

/// What one text tells.
struct Says<'a> {
    told: Told,
    /// It holds one UID: files of one event each are one calendar with the others of their folder.
    alone: bool,
    uids: HashSet<&'a str>,
    /// The UIDs of events with guests.
    guests: HashSet<&'a str>,
}

impl<'a> Says<'a> {
    fn of(Page { told, entries, .. }: &'a Page) -> Says<'a> {
        let told = entries.iter().fold(*told, |told, entry| told.or(entry.told));
        let invited = entries.iter().filter(|entry| entry.told.attendees && !entry.uid.is_empty());
        let guests = invited.map(|entry| entry.uid.as_str()).collect();
        let uids: HashSet<&str> = entries.iter().map(|entry| entry.uid.as_str()).collect();
        Says { told, alone: uids.len() < 2, uids, guests }
    }
}

/// Notes in the texts what they, and the texts `before` them, told of people.
pub(super) fn remember(before: &Outline, (texts, there): (&mut [IcsText], &Outline)) {
    let [old, new] = [before, there].map(|outline| outline.texts().iter().map(Says::of).collect::<Vec<Says>>());
    // Its events are still there without their guests: it was told to say less, and its silence means nothing.
    let guests: HashSet<&str> = old.iter().flat_map(|says| &says.guests).copied().collect();
    let less = |says: &Says| says.guests.is_empty() && says.uids.iter().any(|uid| guests.contains(uid));
    let silent = new.iter().any(less);
    let (mut files, mut folders): (HashMap<&str, Told>, HashMap<&str, Told>) = (HashMap::new(), HashMap::new());
    for (text, says) in before.texts().iter().zip(&old).filter(|_| !silent) {
        files.insert(&text.file, says.told);
        if says.alone {
            let known = folders.entry(folder(&text.file)).or_default();
            *known = known.or(says.told);
        }
    }
    for (text, says) in texts.iter_mut().zip(&new) {
        let file = files.get(text.file.as_str()).copied().unwrap_or_default();
        let shared = folders.get(folder(&text.file)).filter(|_| says.alone).copied().unwrap_or_default();
        text.told = says.told.or(file).or(shared);
    }
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
