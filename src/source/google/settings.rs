//! `[[source.google]]`.

use crate::config::{Entry, Format};
use std::sync::Arc;

/// How an account is written in a configuration.
pub const FORMAT: Format = Format {
    name: "google",
    keys: &[
        "name",
        "client_secret",
        "service_account",
        "subject",
        "calendars",
        "days_back",
        "days_ahead",
        "api_base",
        "auth_uri",
        "token_uri",
    ],
    read: |e| {
        let source = read(e);
        Some((source.name.clone(), Arc::new(source)))
    },
};

/// One `[[source.google]]`: an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleSource {
    pub name: String,
    /// The file of the OAuth client, as the console hands it out; `vantage login` keeps what is in it.
    pub client_secret: Option<String>,
    /// The key file of a service account, instead of a sign-in.
    pub service_account: Option<String>,
    /// Whom the service account acts for (domain-wide delegation).
    pub subject: Option<String>,
    /// Calendar ids that are synced whatever the account's list says: for a service account without delegation.
    pub calendars: Vec<String>,
    /// Days before and after now whose instances are kept.
    pub days_back: u32,
    pub days_ahead: u32,
    /// Other endpoints than Google's own: for tests and proxies. Plain `http` only on loopback.
    pub api_base: Option<String>,
    pub auth_uri: Option<String>,
    pub token_uri: Option<String>,
}

impl GoogleSource {
    /// An account that the configuration does not describe.
    pub fn named(name: impl Into<String>) -> GoogleSource {
        GoogleSource {
            name: name.into(),
            client_secret: None,
            service_account: None,
            subject: None,
            calendars: Vec::new(),
            days_back: 400,
            days_ahead: 400,
            api_base: None,
            auth_uri: None,
            token_uri: None,
        }
    }
}

fn read(e: &mut Entry) -> GoogleSource {
    let name = e.text("name").unwrap_or_else(|| FORMAT.name.to_string());
    let standard = GoogleSource::named(e.name(name));
    if e.has("subject") && !e.has("service_account") {
        let help = Some("leave it out: `vantage login google` asks whose calendar it is");
        e.wrong("subject", "`subject` belongs to a `service_account`", "there is none here", help);
    }
    if e.has("client_secret") && e.has("service_account") {
        let message = "a `[[source.google]]` must have a `client_secret` or a `service_account`, not both";
        e.wrong("client_secret", message, "the other is here too", Some("keep the one that you sign in with"));
    }
    GoogleSource {
        client_secret: e.path("client_secret"),
        service_account: e.path("service_account"),
        subject: e.text("subject"),
        calendars: e.texts("calendars", "the id of a calendar"),
        days_back: e.days("days_back").unwrap_or(standard.days_back),
        days_ahead: e.days("days_ahead").unwrap_or(standard.days_ahead),
        api_base: e.service("api_base"),
        auth_uri: e.service("auth_uri"),
        token_uri: e.service("token_uri"),
        ..standard
    }
}
