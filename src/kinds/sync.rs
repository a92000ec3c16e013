//! What a sync is, whatever is synced.

use crate::config::Config;
use crate::diagnostic::Failure;
use crate::source::{Pace, Trouble};
use crate::store::{Changes, Store};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::path::Path;

/// What a sync is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// List everything anew, whatever the tokens say.
    pub full: bool,
    /// Apply what a listing would remove, however much it is.
    pub accept_deletions: bool,
    /// Only the source of that name.
    #[serde(rename = "account")]
    pub only: Option<String>,
    /// Leave alone what is not due yet: set by whoever comes again soon.
    #[serde(skip)]
    pub patient: bool,
    /// Somebody has just signed in to that source, which is of this kind.
    pub signed_in: Option<String>,
}

/// One run over all sources.
pub struct Sync<'a> {
    pub store: &'a RefCell<Store>,
    pub config: &'a Config,
    pub wish: Wish,
    pub now: DateTime<Utc>,
    pub pace: &'a dyn Pace,
    /// The state folder, in which sign-ins are kept.
    pub folder: &'a Path,
    /// Called with a calendar's name and how many items just came.
    pub progress: &'a dyn Fn(&str, usize),
}

/// How a calendar was brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum How {
    /// It was not: see the trouble, or it was not due.
    #[default]
    Not,
    /// From what changed since the last time.
    Changes,
    /// Everything was listed.
    Whole,
    /// The window was listed, because no token comes.
    Window,
}

/// What happened to a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarSummary {
    pub name: String,
    pub remote: String,
    pub how: How,
    pub changes: Changes,
    /// Why items could not be read, with how many each.
    pub skipped: Vec<(String, u64)>,
    /// Events that a listing would remove, and how many there are, while that is held back.
    pub held: Option<(usize, usize)>,
    pub trouble: Option<Trouble>,
    /// Meetings of the past that it no longer tells of, or otherwise, and that stay as they were seen last.
    pub stays: usize,
    /// Meetings of the past that stayed so until now, and that were let go as wished.
    pub let_go: u64,
}

impl CalendarSummary {
    pub(super) fn new(name: &str, remote: &str) -> CalendarSummary {
        CalendarSummary { name: name.into(), remote: remote.into(), ..CalendarSummary::default() }
    }
}

/// What happened to an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    pub name: String,
    pub calendars: Vec<CalendarSummary>,
    /// What stood in the way of the whole account.
    pub trouble: Option<Trouble>,
    /// Somebody signs in to it: what stands in its way names it.
    pub signs_in: bool,
    /// What to do where it has no calendar.
    pub without_calendars: String,
    /// Entries of the list of calendars that could not be read.
    pub unread: usize,
    /// How far the server's clock is ahead of ours, where an answer said.
    pub skew: Option<TimeDelta>,
    /// The configuration does not name it any more, and so many meetings went with it that only Vantage knew.
    pub forgotten: u64,
}

impl AccountSummary {
    /// Nothing happened to it yet.
    pub(super) fn of(name: &str) -> AccountSummary {
        AccountSummary { name: name.into(), ..AccountSummary::default() }
    }
}

/// What ends the sync of a calendar or an account early: a server's doing, or our own disk's.
pub(super) enum Stop {
    Trouble(Trouble),
    Failure(Failure),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        Stop::Trouble(trouble)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failure(failure)
    }
}
