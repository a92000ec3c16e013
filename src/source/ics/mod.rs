//! iCalendar files: one file, a folder of them, standard input, `.ics` inside `.zip` as Google exports it, and `.ics.gz`.

mod feed;
mod files;

use crate::diagnostic::{Exit, Failure};
use crate::ical::{Parsed, Problem, Source};
use crate::model::{Instance, Interval};
use chrono_tz::Tz;
use files::Text;

/// Calendars that were read, with what went wrong on the way.
#[derive(Default)]
pub struct Calendars {
    files: Vec<(String, Parsed)>,
    /// Problems of events, with the file as the user named it.
    pub problems: Vec<(String, Problem)>,
    /// Files that are no calendar, or could not be read, among others that could: whole sentences.
    pub unread: Vec<String>,
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
                Ok(text) => read.add(&text, name),
                Err(sentence) => read.unread.push(sentence),
            })?;
        }
        if read.files.iter().all(|(_, parsed)| parsed.calendars.is_empty()) {
            let failure = Failure::new(Exit::Data, format!("no calendar could be read from {}", list(paths)));
            let failure = read.unread.iter().fold(failure, |f, cause| f.cause(cause));
            let help = "export the calendar as iCalendar: the file starts with `BEGIN:VCALENDAR`";
            return Err(failure.help(help));
        }
        Ok(read)
    }

    /// Adds what another source read.
    pub fn append(&mut self, other: Calendars) {
        self.files.extend(other.files);
        self.problems.extend(other.problems);
        self.unread.extend(other.unread);
    }

    fn add(&mut self, text: &Text, name: Option<&str>) {
        let source = name.unwrap_or(&text.file);
        let mut parsed = crate::ical::read(&text.bytes, &Source { source, stem: &text.stem });
        if parsed.calendars.is_empty() {
            self.unread.push(format!("`{}` holds no calendar: no `BEGIN:VCALENDAR` in it", text.file));
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
