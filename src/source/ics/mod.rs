//! iCalendar files: one file, a folder of them, standard input, calendars inside `.zip` as Google exports them, and `.gz`;
//! and feeds, which are the same by an address.

mod feed;
mod files;
mod public;
mod settings;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Exit, Failure};
pub use crate::ical::{Entry, Says, contents, entries};
use crate::ical::{Extent, HomeZone, Lost, Parsed, Problem, Shelf, Source, extent};
use crate::model::{IcsText, Instance, Interval, Master, Told, Uid};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

pub use feed::{Feed, Fetched};
pub use files::{Unread, stamp};
pub use settings::{FORMAT, IcsSource, Place};

/// For texts of which only is asked what is in them.
const NAMELESS: Source = Source { source: "", stem: "", folder: "", told: Told { attendees: false, answers: false } };
/// So many texts, and so many bytes of each, tell in which zone a calendar is at home; a folder may hold thousands.
const HOMES: usize = 64;
const HEAD: usize = 128 << 10;

/// The calendars that `path` names, not yet parsed, and the parts of it that could not be read.
///
/// # Errors
/// [`Exit::Io`] where the path itself cannot be opened.
fn texts(path: &str) -> Result<(Vec<IcsText>, Vec<Unread>), Failure> {
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    files::each(path, &mut |text| match text {
        Ok(text) => texts.push(text),
        Err(part) => unread.push(part),
    })?;
    Ok((texts, unread))
}

/// The UIDs of the events in an iCalendar text that can be read.
pub fn uids(bytes: &[u8]) -> BTreeSet<String> {
    crate::ical::read(bytes, &NAMELESS).uids().map(str::to_string).collect()
}

/// Reads `path` as texts of which one at least is a calendar, with the parts that are none, or not yet: whoever writes a file
/// may be in the middle of it.
///
/// # Errors
/// What [`Calendars::read`] says.
pub fn checked_texts(path: &str) -> Result<(Vec<IcsText>, Vec<Unread>), Failure> {
    let (texts, mut unread) = texts(path)?;
    let mut good = Vec::new();
    for text in texts {
        let file = &text.file;
        match extent(&text.bytes) {
            // A line that is folded in an odd place is found by reading alone.
            Extent::Nothing if crate::ical::read(&text.bytes, &NAMELESS).calendars.is_empty() => {
                unread.push(Unread::new(file, nothing_in(file)));
            }
            Extent::Part => {
                unread.push(Unread::new(file, format!("`{file}` ends in the middle: no `END:VCALENDAR` closes it")));
            }
            _ => good.push(text),
        }
    }
    if good.is_empty() {
        let sentences: Vec<String> = unread.into_iter().map(|part| part.sentence).collect();
        return Err(no_calendar(&[path.to_string()], &sentences));
    }
    Ok((good, unread))
}

fn nothing_in(file: &str) -> String {
    format!("`{file}` holds no calendar: no `BEGIN:VCALENDAR` in it")
}

fn no_calendar(paths: &[String], unread: &[String]) -> Failure {
    let failure = Failure::new(Exit::Data, format!("no calendar could be read from {}", list(paths)));
    let failure = unread.iter().fold(failure, |f, cause| f.cause(cause));
    failure.help("export the calendar as iCalendar: the file starts with `BEGIN:VCALENDAR`")
}

/// Calendars that were read, with what went wrong on the way. The texts of one source are read together: versions, changes and
/// cancellations of an event belong to it wherever they lie.
#[derive(Default)]
pub struct Calendars {
    sources: Vec<Reading>,
    /// Problems of events, with the file as the user named it.
    pub problems: Vec<(String, Problem)>,
    /// Files that are no calendar, or could not be read, among others that could: whole sentences.
    pub unread: Vec<String>,
    /// The zones that the texts are at home in.
    zones: Vec<HomeZone>,
    any: bool,
    /// How many texts were asked for their zone.
    homes: usize,
}

/// The texts of one source.
struct Reading {
    /// The source's name, or the path that the user named.
    key: String,
    files: Vec<String>,
    /// Until the first question, which ends it.
    shelf: Shelf,
    parsed: Option<Parsed>,
}

impl Reading {
    /// More of that source can be added.
    fn takes(&self, key: &str) -> bool {
        self.key == key && self.parsed.is_none()
    }
}

impl Calendars {
    /// Reads everything that `paths` name; `-` is standard input, and `name` (if any) is the source's name.
    ///
    /// # Errors
    /// [`Exit::Io`] where a path cannot be opened, [`Exit::Data`] where no calendar could be read at all.
    pub fn read(paths: &[String], name: Option<&str>) -> Result<Calendars, Failure> {
        let mut read = Calendars::default();
        for path in paths {
            files::each(path, &mut |text| match text {
                Ok(text) => read.add(name.unwrap_or(path), name, &text),
                Err(part) => read.unread.push(part.sentence),
            })?;
        }
        if !read.any {
            return Err(no_calendar(paths, &read.unread));
        }
        Ok(read)
    }

    /// Reads one text of the source of that name and adds it; of a source without a name it is all.
    pub fn add_text(&mut self, source: Option<&str>, text: &IcsText) {
        self.add(source.unwrap_or(&text.file), source, text);
    }

    fn add(&mut self, key: &str, source: Option<&str>, text: &IcsText) {
        if !self.sources.iter().any(|reading| reading.takes(key)) {
            let (files, shelf) = (Vec::new(), Shelf::default());
            self.sources.push(Reading { key: key.to_owned(), files, shelf, parsed: None });
        }
        let Some(reading) = self.sources.iter_mut().find(|reading| reading.takes(key)) else { return };
        let folder = text.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let source = Source { source: source.unwrap_or(&text.file), stem: &text.stem, folder, told: text.told };
        reading.files.push(text.file.clone());
        if self.homes < HOMES {
            self.homes += 1;
            let head = text.bytes.get(..HEAD).unwrap_or(&text.bytes);
            self.zones.extend(crate::ical::home_zone(head).filter(|zone| !self.zones.contains(zone)));
        }
        if reading.shelf.add(&text.bytes, &source) {
            self.any = true;
        } else {
            self.unread.push(nothing_in(&text.file));
        }
    }

    /// All instances that overlap `window`; `zone` is that of floating times. Problems are kept. Which of several sources' versions
    /// counts is not yet settled.
    pub fn instances(&mut self, window: Interval, zone: Tz) -> Vec<Instance> {
        self.finish();
        let mut instances = Vec::new();
        for reading in &mut self.sources {
            let (mut problems, files) = (Vec::new(), &reading.files);
            let Some(parsed) = &reading.parsed else { continue };
            instances.append(&mut parsed.instances(window, zone, &mut problems));
            let named = |problem: Problem| Some((files.get(problem.text)?.clone(), problem));
            self.problems.extend(problems.into_iter().filter_map(named));
        }
        instances
    }

    /// Puts the texts of each source together, and what one source adds to the series of another.
    fn finish(&mut self) {
        let mut fresh = false;
        for reading in self.sources.iter_mut().filter(|reading| reading.parsed.is_none()) {
            let mut parsed = std::mem::take(&mut reading.shelf).finish();
            let files = &reading.files;
            let named = |problem: Problem| Some((files.get(problem.text)?.clone(), problem));
            self.problems.extend(std::mem::take(&mut parsed.problems).into_iter().filter_map(named));
            (reading.parsed, fresh) = (Some(parsed), true);
        }
        let several = if fresh && self.sources.len() > 1 { self.sources.len() } else { 0 };
        for at in 0..several {
            let Some(mut own) = self.sources.get_mut(at).and_then(|reading| reading.parsed.take()) else { continue };
            self.sources.iter().filter_map(|reading| reading.parsed.as_ref()).for_each(|other| own.adopt(other));
            if let Some(reading) = self.sources.get_mut(at) {
                reading.parsed = Some(own);
            }
        }
    }

    /// What the sources tell of each event and series as a whole, once their instances were asked for.
    pub fn masters(&self, zone: Tz) -> impl Iterator<Item = Master> {
        self.sources.iter().filter_map(|reading| reading.parsed.as_ref()).flat_map(move |parsed| parsed.masters(zone))
    }

    /// The zones that the calendars name as theirs; those of their events only where none names one.
    pub fn zones(&self) -> impl Iterator<Item = Tz> {
        let any = self.zones.iter().any(|home| home.named);
        self.zones.iter().filter(move |home| home.named || !any).map(|home| home.zone)
    }

    /// Notes that events which several sources tell at several times in one version count once.
    pub fn tell_twice(&mut self, uids: &BTreeSet<Uid>) {
        let message =
            "another source tells the event at another time, and nothing says which is newer: one of them counts";
        let mut places: BTreeMap<&Uid, (&String, usize, usize)> = BTreeMap::new();
        for reading in &self.sources {
            for (uid, text, line) in reading.parsed.iter().flat_map(|parsed| parsed.lines_of(uids)) {
                let Some(file) = reading.files.get(text) else { continue };
                let known = places.entry(uid).or_insert((file, text, line));
                *known = (*known).min((file, text, line));
            }
        }
        let told = |(file, text, line): (&String, usize, usize)| {
            (file.clone(), Problem { text, line, message: message.into(), lost: Lost::Nothing })
        };
        self.problems.extend(places.into_values().map(told));
    }
}

fn list(paths: &[String]) -> String {
    paths
        .iter()
        .map(|p| if p == "-" { "standard input".into() } else { format!("`{p}`") })
        .collect::<Vec<_>>()
        .join(", ")
}
