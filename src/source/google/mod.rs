//! The Google Calendar API: who we are to it, what we ask, and how we read its answers.

mod client;
mod convert;
mod entry;
mod item;
mod listing;
mod login;
mod moment;
mod service;
mod token;

pub use convert::{Reading, instance};
pub use entry::{RemoteCalendar, calendar};
pub use item::read as read_item;
