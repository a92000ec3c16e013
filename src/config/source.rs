//! `[[source.ics]]` and `[[source.google]]`.

use super::value::{Reader, Value};
use super::{Config, address};
use crate::diagnostic::Secret;
use crate::model::Mistake;
use std::ops::Range;
use toml::de::DeTable;

pub(super) const ICS: &[&str] = &["name", "path", "url", "allow_private"];
const GOOGLE: &[&str] = &[
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
];
type Read = fn(&mut Entry, &mut Config);

/// Every kind of source with its keys.
pub(super) const KINDS: &[(&str, &[&str], Read)] = &[("ics", ICS, ics), ("google", GOOGLE, google)];

/// One `[[source.ics]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsSource {
    pub name: String,
    pub place: Place,
}

/// Where iCalendar text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file or a folder.
    Path(String),
    /// A feed. Its address is as good as a password.
    Url {
        url: Secret,
        /// The feed may be on this machine or in a private network.
        allow_private: bool,
    },
}

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

pub(super) fn source(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(kinds) = r.table(v, "source") else { return };
    for (kind, entries) in kinds {
        let word: &str = kind.get_ref();
        let Some((kind, keys, read)) = KINDS.iter().find(|(name, ..)| *name == word) else {
            r.unknown(kind.span(), word, "kind of source", KINDS.iter().map(|(name, ..)| *name));
            continue;
        };
        for entry in r.list(entries) {
            let Some(table) = r.table(entry, &format!("source.{kind}")) else { continue };
            for name in table.keys().filter(|name| !keys.contains(&name.get_ref().as_ref())) {
                r.unknown(name.span(), name.get_ref(), &format!("key of `[[source.{kind}]]`"), keys.iter().copied());
            }
            read(&mut Entry { header: entry.span(), table, r }, c);
        }
    }
}

/// One `[[source.…]]` that is being read.
pub(super) struct Entry<'e, 'a, 'm> {
    header: Range<usize>,
    table: &'e DeTable<'a>,
    r: &'e mut Reader<'m>,
}

impl<'e, 'a> Entry<'e, 'a, '_> {
    fn get(&self, key: &str) -> Option<&'e Value<'a>> {
        self.table.get(key)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.get(key).and_then(|v| self.r.text(v, key)).map(str::to_string)
    }

    /// A mistake that is shown at the value of `key`, or at the header where there is none. `url` is never such a key,
    /// because the line is shown, and the address is as good as a password.
    fn wrong(&mut self, key: &str, message: impl Into<String>, label: impl Into<String>, help: Option<&str>) {
        let span = self.get(key).map_or(self.header.clone(), |value| value.span());
        self.r.wrong(Mistake { help: help.map(str::to_string), ..Mistake::new(span, message, label) });
    }

    /// The name is that of a file too, and each is there once.
    fn name(&mut self, name: String, c: &Config) -> String {
        if name.is_empty() || name.starts_with('.') || name.contains('/') || name.chars().any(char::is_control) {
            let label = "a name is not empty, does not begin with `.` and holds no `/`";
            self.wrong("name", "`name` of a source must be usable as the name of a file", label, None);
        }
        self.once(name, c)
    }

    fn once(&mut self, name: String, c: &Config) -> String {
        if c.ics.iter().map(|s| &s.name).chain(c.google.iter().map(|s| &s.name)).any(|other| *other == name) {
            let help = Some("give each source its own `name`");
            self.wrong("name", format!("two sources are named `{name}`"), "the second one", help);
        }
        name
    }

    fn days(&mut self, key: &str) -> Option<u32> {
        let value = self.get(key)?;
        let days = self.r.number(value, key, 1.0..=3660.0, &format!("{key} = 400"))?.to_f64();
        if days.fract() != 0.0 {
            self.wrong(key, format!("`{key}` must be a whole number of days"), "this is not whole", None);
        }
        Some(days as u32)
    }

    /// An address that tokens are sent to.
    fn service(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if let Err(why) = address::service(&text) {
            self.wrong(key, format!("`{key}` must be an `https` address"), why, None);
        }
        Some(text)
    }
}

fn ics(e: &mut Entry, c: &mut Config) {
    let place = place(e);
    let name = match (e.get("name").is_some(), e.text("name"), &place) {
        (_, Some(name), _) => Some(e.name(name, c)),
        // A path may be its own name; an address may not.
        (false, _, Some(Place::Path(path))) => Some(e.once(path.clone(), c)),
        (false, _, Some(Place::Url { .. })) => {
            let help = Some("the address is as good as a password and is shown nowhere; the name is");
            e.wrong("name", "a `[[source.ics]]` with a `url` needs a `name`", "no `name` here", help);
            None
        }
        _ => None,
    };
    if let (Some(name), Some(place)) = (name, place) {
        c.ics.push(IcsSource { name, place });
    }
}

fn place(e: &mut Entry) -> Option<Place> {
    let allow_private = e.get("allow_private").and_then(|v| e.r.flag(v, "allow_private")).unwrap_or(false);
    if e.get("allow_private").is_some() && e.get("url").is_none() {
        e.wrong("allow_private", "`allow_private` belongs to a `url`", "this source has none", None);
    }
    match (e.get("path"), e.get("url")) {
        (Some(_), Some(_)) => {
            e.wrong("name", "a `[[source.ics]]` must have a `path` or a `url`, not both", "both are here", None);
            None
        }
        (None, None) => {
            let help = Some("add `path = \"~/calendars/team.ics\"`, a file or a folder");
            e.wrong("name", "a `[[source.ics]]` needs a `path` or a `url`", "neither is here", help);
            None
        }
        (Some(_), None) => {
            let path = e.text("path")?;
            if path.contains("://") {
                e.wrong("name", "`path` must be a file or a folder", "it is an address", Some("write it as `url`"));
            }
            Some(Place::Path(path))
        }
        (None, Some(value)) => {
            let text = value.get_ref().as_str();
            let checked = text.ok_or("it is not a text in quotes").and_then(|t| address::feed(t, allow_private));
            if let Err(why) = checked {
                let help = text.map_or("put the address in quotes", address::feed_help);
                e.wrong("name", "the `url` of this source must be the `https` address of a feed", why, Some(help));
            }
            Some(Place::Url { url: Secret::new(text.unwrap_or_default()), allow_private })
        }
    }
}

fn google(e: &mut Entry, c: &mut Config) {
    let name = e.text("name").unwrap_or_else(|| "google".to_string());
    let name = e.name(name, c);
    if e.get("subject").is_some() && e.get("service_account").is_none() {
        let help = Some("leave it out: `vantage login google` asks whose calendar it is");
        e.wrong("subject", "`subject` belongs to a `service_account`", "there is none here", help);
    }
    if e.get("client_secret").is_some() && e.get("service_account").is_some() {
        let message = "a `[[source.google]]` must have a `client_secret` or a `service_account`, not both";
        e.wrong("client_secret", message, "the other is here too", Some("keep the one that you sign in with"));
    }
    let id = |id: &str| (!id.trim().is_empty()).then(|| id.trim().to_string());
    let calendars = e.get("calendars").map(|v| e.r.texts(v, "calendars", "the id of a calendar", id));
    let standard = GoogleSource::named(name);
    c.google.push(GoogleSource {
        client_secret: e.text("client_secret"),
        service_account: e.text("service_account"),
        subject: e.text("subject"),
        calendars: calendars.unwrap_or_default(),
        days_back: e.days("days_back").unwrap_or(standard.days_back),
        days_ahead: e.days("days_ahead").unwrap_or(standard.days_ahead),
        api_base: e.service("api_base"),
        auth_uri: e.service("auth_uri"),
        token_uri: e.service("token_uri"),
        ..standard
    });
}
