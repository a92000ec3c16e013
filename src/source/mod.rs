//! The only room that fetches calendars. A source yields facts: events with their instances in a window, and problems.

pub mod ics;

/// A kind of source, as it is written in the configuration.
pub struct Kind {
    /// `ics` in `[[source.ics]]`.
    pub name: &'static str,
    /// One line for help and documents.
    pub doc: &'static str,
}

/// Every kind of source: the registry that the config check and its "expected one of" read.
pub const KINDS: &[Kind] =
    &[Kind { name: "ics", doc: "iCalendar files: `path` names a file, a folder, a `.zip` or a `.gz`" }];
