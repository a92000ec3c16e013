//! What a source told of people once, and tells no more: when the last event with guests is gone, the others are not silent of
//! theirs on a sudden.

use super::outline::Outline;
use crate::model::{IcsText, Told};
use crate::source::ics::Entry;
use std::collections::{HashMap, HashSet};

/// What one text tells.
struct Says {
    told: Told,
    /// It holds one UID: files of one event each are one calendar with the others of their folder.
    alone: bool,
    uids: HashSet<String>,
    /// The UIDs of events with guests.
    guests: HashSet<String>,
}

impl Says {
    fn of((text, entries): (&IcsText, &[Entry])) -> Says {
        let told = entries.iter().fold(text.told, |told, entry| told.or(entry.told));
        let invited = entries.iter().filter(|entry| entry.told.attendees && !entry.uid.is_empty());
        let guests = invited.map(|entry| entry.uid.clone()).collect();
        let uids: HashSet<String> = entries.iter().map(|entry| entry.uid.clone()).collect();
        Says { told, alone: uids.len() < 2, uids, guests }
    }
}

/// Notes in the texts what they, and the texts `before` them, told of people.
pub(super) fn remember((before, known): (&[IcsText], &Outline), (texts, there): (&mut [IcsText], &Outline)) {
    let says = |texts: &[IcsText], outline: &Outline| -> Vec<Says> {
        texts.iter().zip(outline.texts()).map(Says::of).collect()
    };
    let (old, new) = (says(before, known), says(texts, there));
    // Its events are still there without their guests: it was told to say less, and its silence means nothing.
    let guests: HashSet<&String> = old.iter().flat_map(|says| &says.guests).collect();
    let less = |says: &Says| says.guests.is_empty() && says.uids.iter().any(|uid| guests.contains(uid));
    let silent = new.iter().any(less);
    let (mut files, mut folders): (HashMap<&str, Told>, HashMap<&str, Told>) = (HashMap::new(), HashMap::new());
    for (text, says) in before.iter().zip(&old).filter(|_| !silent) {
        files.insert(&text.file, says.told);
        if says.alone {
            let known = folders.entry(folder(text)).or_default();
            *known = known.or(says.told);
        }
    }
    for (text, says) in texts.iter_mut().zip(&new) {
        let file = files.get(text.file.as_str()).copied().unwrap_or_default();
        let shared = folders.get(folder(text)).filter(|_| says.alone).copied().unwrap_or_default();
        text.told = says.told.or(file).or(shared);
    }
}

fn folder(text: &IcsText) -> &str {
    text.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
