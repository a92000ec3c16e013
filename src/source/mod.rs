//! The only room that fetches calendars. A source yields facts: events with their instances in a window, and problems.
//! One module a kind: `ics` is files and feeds, `google` the Google Calendar API.

pub mod google;
mod http;
pub mod ics;
mod trouble;

pub use trouble::{Kind, Trouble};
