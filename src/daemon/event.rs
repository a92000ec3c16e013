//! Everything that can happen to the daemon.

use super::wire::{Answer, Request};
use crate::diagnostic::Failure;
use crate::kinds::AccountSummary;
use crate::model::Week;
use crate::schedule::Job;
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

/// The way to the loop. What is sent after the loop has ended is lost, and nobody needs it.
pub(super) type Events = mpsc::UnboundedSender<Event>;
/// The way back to the one who asked.
pub(super) type Reply = oneshot::Sender<Answer>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM, or SIGINT from a terminal.
    Stop,
    /// SIGHUP.
    Reload,
}

pub(super) enum Event {
    /// Time to look at the clocks.
    Tick,
    Signal(Signal),
    /// A file of the configuration was touched.
    Touched,
    /// Half a second has passed since a file was touched last.
    Settled,
    Ask(Request, Reply),
    Ended(Job, Outcome),
    /// A task that never ends has ended.
    Lost(&'static str),
}

/// How a piece of work ended.
pub(super) enum Outcome {
    /// With the earliest moment that a source named for its next try.
    Synced(Vec<AccountSummary>, Option<DateTime<Utc>>),
    /// What was drawn, and what is to be said of sources that are behind.
    Rendered(Vec<Week>, Vec<(String, String)>, Handed),
    Maintained,
    Failed(Failure),
    /// It ran into a bug; the log has the place.
    Panicked,
    /// The daemon is stopping.
    Cancelled,
}

/// What became of the latest week.
#[derive(Default)]
pub struct Handed {
    /// It was due.
    pub tried: bool,
    pub failures: Vec<Failure>,
    /// It is due again later.
    pub again: bool,
}
