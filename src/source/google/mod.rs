//! The Google Calendar API: who we are to it, what we ask, and how we read its answers.

mod client;
mod convert;
mod item;
mod listing;
mod login;
mod service;
mod token;

pub use login::{PATIENCE, Wish, login, open_browser};
pub use service::ServiceAccount;
pub use token::{Client, Credentials, Grant, SCOPES, SignedIn};
