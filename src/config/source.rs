//! `[[source.…]]`: what every kind of source has in common. Which kinds there are, and what each of them reads, is given.

use super::Reader;
use super::address;
use crate::model::{Mistake, Value, list};
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;
use toml::de::DeTable;

/// What a kind of source keeps of its `[[source.…]]`; only the kind knows its type.
pub type Settings = Arc<dyn Any + Send + Sync>;

/// How a kind of source is written in a configuration.
pub struct Format {
    /// The word of `[[source.WORD]]`.
    pub name: &'static str,
    /// Every key that one may have.
    pub keys: &'static [&'static str],
    /// The name of one and the rest; `None` where a mistake was noted that leaves nothing.
    pub read: fn(&mut Entry) -> Option<(String, Settings)>,
}

/// One `[[source.…]]`.
#[derive(Clone)]
pub struct Source {
    /// [`Format::name`].
    pub kind: &'static str,
    pub name: String,
    settings: Settings,
}

impl Source {
    /// What its kind keeps of it; `None` where that is no `T`, and it is of another kind.
    pub fn settings<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.settings).downcast().ok()
    }
}

/// Without its settings, which may hold a secret.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// Reads all of `source`.
pub(super) fn sources(v: &Value, r: &mut Reader) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let Some(kinds) = r.table(v, "source") else { return sources };
    for (kind, entries) in kinds {
        let word: &str = kind.get_ref();
        let Some(format) = r.context.formats.iter().find(|format| format.name == word) else {
            r.unknown(kind.span(), word, "kind of source", r.context.formats.iter().map(|format| format.name));
            continue;
        };
        for entry in list(entries) {
            let Some(table) = r.table(entry, &format!("source.{kind}")) else { continue };
            for name in table.keys().filter(|name| !format.keys.contains(&name.get_ref().as_ref())) {
                let what = format!("key of `[[source.{kind}]]`");
                r.unknown(name.span(), name.get_ref(), &what, format.keys.iter().copied());
            }
            let mut entry = Entry { header: entry.span(), table, before: &sources, r };
            if let Some((name, settings)) = (format.read)(&mut entry) {
                sources.push(Source { kind: format.name, name, settings });
            }
        }
    }
    sources
}

/// Where a path that begins with `~/` leads.
pub type Home<'h> = &'h dyn Fn(&str) -> String;

/// One `[[source.…]]` that is being read.
pub struct Entry<'e, 'a, 'm> {
    header: Range<usize>,
    table: &'e DeTable<'a>,
    before: &'e [Source],
    r: &'e mut Reader<'m>,
}

impl<'e, 'a> Entry<'e, 'a, '_> {
    fn get(&self, key: &str) -> Option<&'e Value<'a>> {
        self.table.get(key)
    }

    /// The key is there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub fn text(&mut self, key: &str) -> Option<String> {
        self.get(key).and_then(|v| self.r.text(v, key)).map(str::to_string)
    }

    /// A text that is shown nowhere; an inner `None` is a value of another type.
    pub fn secret(&self, key: &str) -> Option<Option<&'e str>> {
        self.get(key).map(|v| v.get_ref().as_str())
    }

    pub fn flag(&mut self, key: &str) -> Option<bool> {
        self.get(key).and_then(|v| self.r.flag(v, key))
    }

    /// A list of texts that are not blank.
    pub fn texts(&mut self, key: &str, expected: &str) -> Vec<String> {
        let filled = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_string());
        self.get(key).map(|v| self.r.texts(v, key, expected, filled)).unwrap_or_default()
    }

    /// A path, with `~/` resolved.
    pub fn path(&mut self, key: &str) -> Option<String> {
        self.text(key).map(|path| (self.r.context.home)(&path))
    }

    /// A mistake that is shown at the value of `key`, or at the header where there is none. The key of a secret is never
    /// such a key, because the line is shown.
    pub fn wrong(&mut self, key: &str, message: impl Into<String>, label: impl Into<String>, help: Option<&str>) {
        let span = self.get(key).map_or(self.header.clone(), |value| value.span());
        self.r.add(Mistake { help: help.map(str::to_string), ..Mistake::new(span, message, label) });
    }

    /// A name that is that of a file too, and is there once.
    pub fn name(&mut self, name: String) -> String {
        if name.is_empty() || name.starts_with('.') || name.contains('/') || name.chars().any(char::is_control) {
            let label = "a name is not empty, does not begin with `.` and holds no `/`";
            self.wrong("name", "`name` of a source must be usable as the name of a file", label, None);
        }
        self.once(name)
    }

    /// A name that is there once.
    pub fn once(&mut self, name: String) -> String {
        if self.before.iter().any(|source| source.name == name) {
            let help = Some("give each source its own `name`");
            self.wrong("name", format!("two sources are named `{name}`"), "the second one", help);
        }
        name
    }

    /// A whole number of days, at least one and at most ten years.
    pub fn days(&mut self, key: &str) -> Option<u32> {
        let value = self.get(key)?;
        let days = self.r.number(value, key, 1.0..=3660.0, &format!("{key} = 400"))?.to_f64();
        if days.fract() != 0.0 {
            self.wrong(key, format!("`{key}` must be a whole number of days"), "this is not whole", None);
        }
        Some(days as u32)
    }

    /// An address that tokens are sent to.
    pub fn service(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if let Err(why) = address::service(&text) {
            self.wrong(key, format!("`{key}` must be an `https` address"), why, None);
        }
        Some(text)
    }
}
