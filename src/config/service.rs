//! The keys of the background service: when it works, where pictures go, and to whom they are handed.

use super::{Config, Reader};
use crate::model::{LocalTime, Privacy, RenderAt, Value, WEEKDAYS, length, weekday};
use chrono::TimeDelta;
use lettre::message::Mailbox;
use std::ops::Range;
use std::time::Duration;
use toml::de::DeTable;

const NOTIFY: &[&str] = &["command", "timeout", "privacy"];
const MAIL: &[&str] =
    &["host", "port", "security", "from", "to", "username", "password_file", "ca_file", "privacy", "timeout"];
/// The tables of this file with their keys.
#[cfg(test)]
pub(super) const TABLES: [(&str, &[&str]); 2] = [("notify", NOTIFY), ("mail", MAIL)];
pub(super) const PRIVACY: [(&str, Privacy); 3] =
    [("titles", Privacy::Titles), ("themes", Privacy::Themes), ("classes", Privacy::Classes)];
/// What `command` may hold in braces.
const PLACEHOLDERS: [&str; 3] = ["picture", "headline", "week"];
/// `[notify]`: a command of the user's that gets each new weekly picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// The program, with `~/` resolved, and its arguments, in which `{picture}`, `{headline}` and `{week}` are filled. No shell reads them.
    pub command: Vec<String>,
    /// After that long it is ended.
    pub timeout: Duration,
    /// What the picture that it gets tells.
    pub privacy: Privacy,
}

/// `[mail]`: a server that takes each new weekly picture, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    /// Without one, nobody signs in.
    pub username: Option<String>,
    /// The file of the password, with `~/` resolved; `None` is the systemd credential.
    pub password_file: Option<String>,
    /// A certificate that is trusted beside the system's, with `~/` resolved.
    pub ca_file: Option<String>,
    /// The longest that one step of the conversation may take.
    pub timeout: Duration,
    /// What the picture that is sent tells.
    pub privacy: Privacy,
}

/// How the connection to a mail server is encrypted. It always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Security {
    /// From the first byte on (RFC 8314), port 465.
    #[default]
    Tls,
    /// After a greeting in the clear (RFC 3207), port 587; nothing is sent where the server does not offer it.
    StartTls,
}

impl Security {
    fn port(self) -> u16 {
        match self {
            Security::Tls => 465,
            Security::StartTls => 587,
        }
    }
}

pub(super) fn charts_dir(v: &Value, c: &mut Config, r: &mut Reader) {
    let home = r.context.home;
    let path = |text: &str| (text.starts_with('/') || text.starts_with("~/")).then(|| home(text));
    c.charts_dir = r.parsed(v, "charts_dir", "a folder that begins with `/` or `~/`", path);
}

pub(super) fn poll(v: &Value, c: &mut Config, r: &mut Reader) {
    let expected = "a length from \"1m\" to \"24h\", such as \"15m\"";
    let length = |text: &str| duration(text)?.to_std().ok();
    c.poll = r.parsed(v, "poll", expected, length).unwrap_or(c.poll);
}

pub(super) fn render_at(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(text) = r.text(v, "render_at") else { return };
    let (day, time) = text.trim().split_once(' ').unwrap_or((text, ""));
    match (weekday(day), LocalTime::parse(time)) {
        (Some(day), Some(time)) => c.render_at = RenderAt { day, time },
        (None, Some(_)) => r.unknown(v.span(), day, "weekday", WEEKDAYS),
        (_, None) => {
            let message = "`render_at` must be a weekday and a time such as \"monday 06:00\"";
            r.mistake(v.span(), message, "not understood");
        }
    }
}

pub(super) fn retain(v: &Value, c: &mut Config, r: &mut Reader) {
    c.retain = whole(v, "retain", 1.0..=1040.0, "retain = 104", r).unwrap_or(c.retain);
}

fn whole(v: &Value, key: &str, bounds: std::ops::RangeInclusive<f64>, example: &str, r: &mut Reader) -> Option<u32> {
    let number = r.number(v, key, bounds, example)?.to_f64();
    if number.fract() != 0.0 {
        r.mistake(v.span(), format!("`{key}` must be a whole number"), "this is not whole");
        return None;
    }
    Some(number as u32)
}

/// A table of the configuration that is being read.
struct Section<'s, 'a, 'm> {
    name: &'static str,
    header: Range<usize>,
    table: &'s DeTable<'a>,
    r: &'s mut Reader<'m>,
}

impl<'s, 'a, 'm> Section<'s, 'a, 'm> {
    fn of(v: &'s Value<'a>, name: &'static str, keys: &[&str], r: &'s mut Reader<'m>) -> Option<Self> {
        let table = r.table(v, name)?;
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            if name == "mail" && key.get_ref().starts_with("pass") {
                r.mistake(key.span(), "a password does not stand in the configuration", "hidden here")
                    .with_help("put it into a file of its own and name that as `password_file`");
                continue;
            }
            r.unknown(key.span(), key.get_ref(), &format!("key of `[{name}]`"), keys.iter().copied());
        }
        Some(Section { name, header: v.span(), table, r })
    }

    fn need(&mut self, key: &str, example: &str) -> Option<&'s Value<'a>> {
        let found = self.table.get(key);
        if found.is_none() {
            let message = format!("`[{}]` needs `{key}`", self.name);
            self.r
                .mistake(self.header.clone(), message, format!("no `{key}` here"))
                .with_help(format!("add `{key} = {example}`"));
        }
        found
    }

    fn read<T>(&mut self, key: &str, read: impl FnOnce(&Value<'a>, &str, &mut Reader) -> Option<T>) -> Option<T> {
        let name = format!("{}.{key}", self.name);
        self.table.get(key).and_then(|value| read(value, &name, self.r))
    }

    fn privacy(&mut self) -> Privacy {
        self.read("privacy", |v, key, r| r.word(v, key, &PRIVACY)).unwrap_or(Privacy::Themes)
    }

    fn timeout(&mut self) -> Duration {
        let expected = "a length from \"1s\" to \"10m\", such as \"30s\"";
        self.read("timeout", |v, key, r| r.parsed(v, key, expected, seconds)).unwrap_or(Duration::from_secs(30))
    }

    /// A path, when it is one that does not depend on where the service was started.
    fn path(&mut self, key: &str) -> Option<String> {
        let home = self.r.context.home;
        let path = |text: &str| (text.starts_with('/') || text.starts_with("~/")).then(|| home(text));
        self.read(key, |v, key, r| r.parsed(v, key, "a file that begins with `/` or `~/`", path))
    }
}

/// From a second to ten minutes.
fn seconds(text: &str) -> Option<Duration> {
    length(text)?.to_std().ok().filter(|length| (1..=600).contains(&length.as_secs()))
}

pub(super) fn notify(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(mut section) = Section::of(v, "notify", NOTIFY, r) else { return };
    let command = section.need("command", "[\"notify-send\", \"Vantage\", \"{headline}\"]");
    let command = command.and_then(|v| command_line(v, section.r));
    let (timeout, privacy) = (section.timeout(), section.privacy());
    c.notify = command.map(|command| Notify { command, timeout, privacy });
}

/// A list of texts: were it one text, its author would expect a shell.
fn command_line(v: &Value, r: &mut Reader) -> Option<Vec<String>> {
    let words = v.get_ref().as_array().filter(|words| !words.is_empty());
    let Some(words) = words else {
        let message = "`notify.command` must be a list: the program and its arguments, which no shell reads";
        r.mistake(v.span(), message, "not such a list")
            .with_help("for example `command = [\"notify-send\", \"Vantage\", \"{headline}\"]`");
        return None;
    };
    let mut texts: Vec<String> = words.iter().filter_map(|word| placeholders(word, r)).map(String::from).collect();
    if texts.first().is_some_and(String::is_empty) {
        r.mistake(words[0].span(), "`notify.command` must begin with a program", "this is empty");
    }
    if let Some(program) = texts.first_mut() {
        *program = (r.context.home)(program);
    }
    Some(texts)
}

/// A word of the command. Braces may hold anything, but what looks like a placeholder must be one.
fn placeholders<'v>(word: &'v Value, r: &mut Reader) -> Option<&'v str> {
    let text = r.text(word, "notify.command")?;
    for inside in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(inside, _)| inside) {
        let looks = !inside.is_empty() && inside.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        if looks && !PLACEHOLDERS.contains(&inside) {
            r.unknown(word.span(), inside, "placeholder", PLACEHOLDERS);
        }
    }
    Some(text)
}

pub(super) fn mail(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(mut s) = Section::of(v, "mail", MAIL, r) else { return };
    let host = |text: &str| {
        let name = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        (name || text.parse::<std::net::IpAddr>().is_ok()).then(|| text.to_string())
    };
    let words = [("tls", Security::Tls), ("starttls", Security::StartTls)];
    let address = |text: &str| text.parse::<Mailbox>().ok();
    let expected = "an address such as \"ada@example.com\"";
    s.need("host", "\"smtp.example.com\"");
    let host = s.read("host", |v, key, r| r.parsed(v, key, "the name of a server, without a scheme or a port", host));
    let security = s.read("security", |v, key, r| r.word(v, key, &words)).unwrap_or_default();
    let port = s.read("port", |v, key, r| whole(v, key, 1.0..=65535.0, "port = 465", r));
    let from = s.need("from", "\"ada@example.com\"").and_then(|v| s.r.parsed(v, "mail.from", expected, address));
    let to = s.need("to", "[\"ada@example.com\"]").map(|v| (v, s.r.texts(v, "mail.to", expected, address)));
    if let Some((v, _)) = to.as_ref().filter(|(v, _)| v.get_ref().as_array().is_some_and(|list| list.is_empty())) {
        s.r.mistake(v.span(), "`mail.to` must name somebody", "this is empty");
    }
    let username = s.read("username", |v, key, r| r.text(v, key).map(str::to_string));
    if let (Some(file), false) = (s.table.get("password_file"), s.table.contains_key("username")) {
        s.r.mistake(file.span(), "`mail.password_file` belongs to a `username`", "there is none here");
    }
    let (password_file, ca_file) = (s.path("password_file"), s.path("ca_file"));
    let (timeout, privacy) = (s.timeout(), s.privacy());
    let (Some(host), Some(from), Some((_, to))) = (host, from, to) else { return };
    let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(security.port());
    c.mail = Some(Mail { host, port, security, from, to, username, password_file, ca_file, timeout, privacy });
}

/// A length of at least a minute and at most a day.
pub(super) fn duration(text: &str) -> Option<TimeDelta> {
    length(text).filter(|length| (TimeDelta::minutes(1)..=TimeDelta::days(1)).contains(length))
}
