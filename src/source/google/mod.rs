//! The Google Calendar API: who we are to it, what we ask, and how we read its answers.

mod client;
mod convert;
mod entry;
mod field;
mod item;
mod listing;
mod login;
mod moment;
mod refused;
mod service;
mod settings;
mod token;

pub use client::{AT_ONCE, Ask, Google, Page};
pub use convert::{Reading, instance, is_own};
pub use entry::{RemoteCalendar, calendar};
pub use item::read as read_item;
pub use listing::{calendars, list};
pub use login::{PATIENCE, Wish, login, open_browser};
pub use service::ServiceAccount;
pub use settings::{FORMAT, GoogleSource};
pub use token::refusal::{command as sign_in, of_account};
pub use token::{Client, Credentials, Grant, SCOPES, SignedIn};
