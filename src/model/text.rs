//! The text of a calendar.

use super::Told;

/// One iCalendar file.
#[derive(Clone, PartialEq, Eq)]
pub struct IcsText {
    /// The file as the user would name it, `export.zip/work.ics` inside an archive, or the source's name for a feed.
    pub file: String,
    /// What a calendar without a name of its own is called.
    pub stem: String,
    pub bytes: Vec<u8>,
    /// What it, or an older state of it, told of people.
    pub told: Told,
}
