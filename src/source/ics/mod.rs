//! iCalendar files: one file, a folder of them, standard input, `.ics` inside `.zip` as Google exports it, and `.ics.gz`;
//! and feeds, which are the same by an address.

mod feed;
mod files;
mod public;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Exit, Failure};
use crate::ical::{Parsed, Problem, Source};
use crate::model::{Instance, Interval};
use chrono_tz::Tz;
use std::collections::BTreeSet;

pub use feed::{Feed, Fetched};
pub use files::{Text, Unread, stamp};

/// So many texts, and so many bytes of each, tell in which zone a calendar is at home; a folder may hold thousands.
const HOMES: usize = 64;
const HEAD: usize = 128 << 10;

/// The calendars that `path` names, not yet parsed, and the parts of it that could not be read.
///
/// # Errors
/// [`Exit::Io`] where the path itself cannot be opened.
fn texts(path: &str) -> Result<(Vec<Text>, Vec<Unread>), Failure> {
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    files::each(path, &mut |text| match text {
        Ok(text) => texts.push(text),
        Err(part) => unread.push(part),
    })?;
    Ok((texts, unread))
}

/// The UIDs of the events in an iCalendar text: what a newer text must still have most of, to be believed.
pub fn uids(bytes: &[u8]) -> BTreeSet<String> {
    let parsed = crate::ical::read(bytes, &Source { source: "", stem: "" });
    parsed.calendars.iter().flat_map(|calendar| calendar.uids()).map(str::to_string).collect()
}

/// Reads `path` as texts of which one at least is a calendar, with the parts that are none, or not yet: whoever writes a file
/// may be in the middle of it.
///
/// # Errors
/// What [`Calendars::read`] says.
pub fn checked_texts(path: &str) -> Result<(Vec<Text>, Vec<Unread>), Failure> {
    let (texts, mut unread) = texts(path)?;
    let mut good = Vec::new();
    for text in texts {
        let file = &text.file;
        if crate::ical::read(&text.bytes, &Source { source: "", stem: "" }).calendars.is_empty() {
            unread.push(Unread::new(file, nothing_in(file)));
        } else if !crate::ical::is_whole(&text.bytes) {
            unread.push(Unread::new(file, format!("`{file}` ends in the middle: no `END:VCALENDAR` closes it")));
        } else {
            good.push(text);
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

/// Calendars that were read, with what went wrong on the way.
#[derive(Default)]
pub struct Calendars {
    files: Vec<(String, Parsed)>,
    /// Problems of events, with the file as the user named it.
    pub problems: Vec<(String, Problem)>,
    /// Files that are no calendar, or could not be read, among others that could: whole sentences.
    pub unread: Vec<String>,
    /// The zones that the texts are at home in.
    pub zones: Vec<Tz>,
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
                Ok(text) => read.add_text(name, &text),
                Err(part) => read.unread.push(part.sentence),
            })?;
        }
        if read.files.iter().all(|(_, parsed)| parsed.calendars.is_empty()) {
            return Err(no_calendar(paths, &read.unread));
        }
        Ok(read)
    }

    /// Parses one text and adds it; `source` is the source's name, if it has another than the file's.
    pub fn add_text(&mut self, source: Option<&str>, text: &Text) {
        let source = source.unwrap_or(&text.file);
        let mut parsed = crate::ical::read(&text.bytes, &Source { source, stem: &text.stem });
        if parsed.calendars.is_empty() {
            self.unread.push(nothing_in(&text.file));
        }
        if self.files.len() < HOMES {
            let head = &text.bytes[..text.bytes.len().min(HEAD)];
            self.zones.extend(crate::ical::home_zone(head).filter(|zone| !self.zones.contains(zone)));
        }
        self.problems.extend(parsed.problems.drain(..).map(|p| (text.file.clone(), p)));
        self.files.push((text.file.clone(), parsed));
    }

    /// All instances that overlap `window`; `zone` is that of floating times. Problems of expansion are kept.
    pub fn instances(&mut self, window: Interval, zone: Tz) -> Vec<Instance> {
        let mut instances = Vec::new();
        for (file, parsed) in &self.files {
            let mut problems = Vec::new();
            instances.extend(parsed.instances(window, zone, &mut problems));
            self.problems.extend(problems.into_iter().map(|p| (file.clone(), p)));
        }
        instances
    }
}

fn list(paths: &[String]) -> String {
    paths
        .iter()
        .map(|p| if p == "-" { "standard input".into() } else { format!("`{p}`") })
        .collect::<Vec<_>>()
        .join(", ")
}
