use super::Address;
use serde::{Deserialize, Serialize};

/// The access a calendar's owner gave, in the Google Calendar API's order of strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Role {
    /// Only when somebody is busy; no titles.
    FreeBusyReader,
    /// Everything but changes.
    Reader,
    /// May change events.
    Writer,
    /// Owns the calendar; what an iCalendar file counts as.
    #[default]
    Owner,
}

impl Role {
    /// The word of the Google Calendar API.
    pub fn name(self) -> &'static str {
        match self {
            Role::FreeBusyReader => "freeBusyReader",
            Role::Reader => "reader",
            Role::Writer => "writer",
            Role::Owner => "owner",
        }
    }

    /// The role of that name. One that is not known claims nothing, but hides nothing either.
    pub fn named(name: &str) -> Role {
        match name {
            "owner" => Role::Owner,
            "writer" => Role::Writer,
            "none" | "freeBusyReader" => Role::FreeBusyReader,
            _ => Role::Reader,
        }
    }
}

/// One calendar as its source describes it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Calendar {
    /// Name of the source in the configuration, or the path it was read from; orders duplicates.
    pub source: String,
    /// What people call it: the user's own name for it in Google, X-WR-CALNAME, else the file's stem.
    pub name: String,
    /// The account's own calendar.
    pub primary: bool,
    /// The access we have.
    pub role: Role,
    /// The address the calendar belongs to, where its source says so (X-OWNER, or X-WR-CALNAME when it is an address; in Google the
    /// primary calendar's id).
    pub owner: Option<Address>,
}
