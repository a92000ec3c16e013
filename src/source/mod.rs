//! The only room that fetches calendars. A source yields facts: events with their instances in a window, and problems.
//! One module a kind: `ics` is files and feeds, `google` the Google Calendar API.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, reason = "what strangers send must not stop a program")
)]

pub mod google;
mod http;
pub mod ics;
mod pace;
mod trouble;

pub use ics::{Calendars, Says, checked_texts, uids};
pub use pace::{Pace, RealPace, backoff};
pub use trouble::Trouble;

use crate::diagnostic::{Exit, Failure};

/// One thread is enough for a few requests at once.
///
/// # Errors
/// [`Exit::Io`].
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Io, "no network could be set up").cause(e))
}
