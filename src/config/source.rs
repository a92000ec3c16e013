//! `[[source.ics]]` and `[[source.google]]`.

use super::Config;
use super::value::{Reader, Value};
use crate::diagnostic::Secret;
use crate::model::Mistake;

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
        match kind.get_ref().as_ref() {
            "ics" => r.list(entries).into_iter().for_each(|entry| ics(entry, c, r)),
            "google" => r.list(entries).into_iter().for_each(|entry| google(entry, c, r)),
            other => r.unknown(kind.span(), other, "kind of source", ["ics", "google"]),
        }
    }
}

/// The name of a source, once.
fn name(entry: &Value, given: Option<&str>, c: &Config, r: &mut Reader) -> Option<String> {
    let name = given?.to_string();
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) || name.chars().any(char::is_control) {
        let label = "a name is not empty, does not begin with `.` and holds no `/`";
        r.wrong(Mistake::new(entry.span(), "`name` of a source must be usable as the name of a file", label));
        return None;
    }
    if c.ics.iter().map(|s| &s.name).chain(c.google.iter().map(|s| &s.name)).any(|n| *n == name) {
        r.wrong(Mistake::new(entry.span(), format!("two sources are named `{name}`"), "the second one"));
    }
    Some(name)
}

fn ics(entry: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(entry, "source.ics") else { return };
    let known = ["name", "path", "url", "allow_private"];
    for name in table.keys().filter(|name| !known.contains(&name.get_ref().as_ref())) {
        r.unknown(name.span(), name.get_ref(), "key of `[[source.ics]]`", known);
    }
    let text = |key: &str, r: &mut Reader| table.get(key).and_then(|v| r.text(v, key)).map(str::to_string);
    let (path, url, given) = (text("path", r), text("url", r), text("name", r));
    let allow_private = table.get("allow_private").and_then(|v| r.flag(v, "allow_private"));
    let place = match (path, url) {
        (Some(path), None) => Place::Path(path),
        (None, Some(url)) => Place::Url { url: Secret::new(url), allow_private: allow_private.unwrap_or(false) },
        (Some(_), Some(_)) => {
            let message = "`[[source.ics]]` must have a `path` or a `url`, not both";
            return r.wrong(Mistake::new(entry.span(), message, "both are here"));
        }
        (None, None) if table.contains_key("path") || table.contains_key("url") => return,
        (None, None) => {
            let mistake = Mistake::new(entry.span(), "`[[source.ics]]` needs a `path` or a `url`", "neither is here");
            return r.wrong(mistake.help("add `path = \"~/calendars/team.ics\"`, a file or a folder"));
        }
    };
    let name = match (&place, given) {
        // A path may be its own name; an address may not, because it is secret.
        (Place::Path(path), None) => {
            if c.ics.iter().any(|s| s.name == *path) {
                r.wrong(Mistake::new(entry.span(), format!("two sources are named `{path}`"), "the second one"));
            }
            Some(path.clone())
        }
        (Place::Url { .. }, None) => {
            let mistake =
                Mistake::new(entry.span(), "a `[[source.ics]]` with a `url` needs a `name`", "no `name` here");
            return r.wrong(mistake.help("the address is as good as a password and is shown nowhere; the name is"));
        }
        (_, given) => name(entry, given.as_deref(), c, r),
    };
    if let (Place::Path(_), Some(_)) = (&place, allow_private) {
        r.wrong(Mistake::new(entry.span(), "`allow_private` belongs to a `url`", "this source has a `path`"));
    }
    if let Some(name) = name {
        c.ics.push(IcsSource { name, place });
    }
}

const GOOGLE: [&str; 10] = [
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

fn google(entry: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(entry, "source.google") else { return };
    for name in table.keys().filter(|name| !GOOGLE.contains(&name.get_ref().as_ref())) {
        r.unknown(name.span(), name.get_ref(), "key of `[[source.google]]`", GOOGLE);
    }
    let text = |key: &str, r: &mut Reader| table.get(key).and_then(|v| r.text(v, key)).map(str::to_string);
    let days = |key: &str, r: &mut Reader| {
        let number = table.get(key).and_then(|v| r.number(v, key, 1.0..=3660.0, &format!("{key} = 400")))?;
        Some(number.to_f64() as u32)
    };
    let address = |key: &str, r: &mut Reader| {
        let value = table.get(key)?;
        let text = r.text(value, key)?;
        if let Err(why) = endpoint(text) {
            r.wrong(Mistake::new(value.span(), format!("`{key}` must be an `https` address"), why));
        }
        Some(text.to_string())
    };
    let given = text("name", r).unwrap_or_else(|| "google".to_string());
    let Some(name) = name(entry, Some(&given), c, r) else { return };
    let source = GoogleSource {
        client_secret: text("client_secret", r),
        service_account: text("service_account", r),
        subject: text("subject", r),
        calendars: table
            .get("calendars")
            .map(|v| r.texts(v, "calendars", "the id of a calendar", |id| (!id.is_empty()).then(|| id.to_string())))
            .unwrap_or_default(),
        days_back: days("days_back", r).unwrap_or(400),
        days_ahead: days("days_ahead", r).unwrap_or(400),
        api_base: address("api_base", r),
        auth_uri: address("auth_uri", r),
        token_uri: address("token_uri", r),
        ..GoogleSource::named(name)
    };
    if let (Some(value), None) = (table.get("subject"), &source.service_account) {
        let mistake = Mistake::new(value.span(), "`subject` belongs to a `service_account`", "there is none here");
        r.wrong(mistake.help("leave it out: `vantage login google` asks whose calendar it is"));
    }
    c.google.push(source);
}

/// A token is sent there: encrypted, or not off this machine.
fn endpoint(text: &str) -> Result<(), &'static str> {
    let url = url::Url::parse(text).map_err(|_| "this is not an address")?;
    match (url.scheme(), url.host()) {
        (_, None) => Err("this names no host"),
        ("https", _) => Ok(()),
        ("http", _) if is_loopback(&url) => Ok(()),
        ("http", _) => Err("plain `http` would show the token to everybody on the way; it is for 127.0.0.1 only"),
        _ => Err("this is another scheme"),
    }
}

/// The host of `url` is this machine, by name or by number.
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
