//! Everything that can happen to the daemon.

use super::jobs::Outcome;
use super::wire::{Answer, Request};
use crate::schedule::Job;
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
