//! A folder of jCal files (RFC 7265), for tests alone: a kind of source that nothing outside of this folder knows of, so that
//! what a new kind needs is seen. Values of the type `unknown` stand as they are in iCalendar; no other type is read.

use super::{AccountSummary, CalendarSummary, Facts, Findings, Grade, How, Kind, Named, Read, Source, Sync, Visit};
use crate::config::{Format, Source as Entry};
use crate::diagnostic::Failure;
use crate::model::{IcsText, Told, TroubleKind};
use crate::source::{Trouble, uids};
use crate::store::{Account, Calendar, NewTexts, PastChange, Store};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) struct Json;

struct Folder {
    name: String,
    path: String,
}

const FORMAT: Format = Format {
    name: "json",
    keys: &["name", "path"],
    read: |e| {
        let (name, path) = (e.text("name")?, e.path("path")?);
        let name = e.name(name);
        Some((name.clone(), Arc::new(Folder { name, path })))
    },
};

impl Kind for Json {
    fn format(&self) -> Format {
        FORMAT
    }

    fn title(&self) -> &'static str {
        "jCal"
    }

    fn configured(&self, entry: &Entry) -> Option<Arc<dyn Source>> {
        Some(entry.settings::<Folder>()?)
    }

    fn add_texts(&self, read: &Read<'_>, sources: &[Named], facts: &mut Facts) -> Result<(), Failure> {
        for (named, account) in sources.iter().filter_map(|named| Some((named, named.account.as_ref()?))) {
            let calendars = named.calendars(read.store)?;
            calendars.iter().try_for_each(|calendar| facts.add_texts(read, account, calendar))?;
        }
        Ok(())
    }
}

impl Folder {
    fn files(&self) -> std::io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(&self.path)?.collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        files.sort();
        Ok(files)
    }

    fn texts(&self) -> Result<Vec<IcsText>, Trouble> {
        let trouble = |what: String| Trouble::new(TroubleKind::Inaccessible, what).help("check its `path`");
        let files = self.files().map_err(|e| trouble(format!("the folder `{}` could not be read: {e}", self.path)))?;
        let read = |path: &PathBuf| {
            let unread = || trouble(format!("`{}` is no jCal", path.display()));
            let json = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            let mut text = String::new();
            json.and_then(|json: Value| component(&json, &mut text)).ok_or_else(unread)?;
            let file = path.display().to_string();
            Ok(IcsText { stem: file.clone(), file, bytes: text.into_bytes(), told: Told::default() })
        };
        files.iter().map(read).collect()
    }
}

/// `[name, properties, components]` as iCalendar.
fn component(json: &Value, text: &mut String) -> Option<()> {
    let name = json.get(0)?.as_str()?.to_uppercase();
    *text += &format!("BEGIN:{name}\r\n");
    for property in json.get(1)?.as_array()? {
        *text += &property.get(0)?.as_str()?.to_uppercase();
        for (name, value) in property.get(1)?.as_object()? {
            *text += &format!(";{}=\"{}\"", name.to_uppercase(), value.as_str()?);
        }
        *text += &format!(":{}\r\n", property.get(3)?.as_str()?);
    }
    json.get(2)?.as_array()?.iter().try_for_each(|inner| component(inner, text))?;
    *text += &format!("END:{name}\r\n");
    Some(())
}

impl Source for Folder {
    fn name(&self) -> &str {
        &self.name
    }

    fn sync<'a>(
        &'a self,
        sync: &'a Sync<'a>,
        account: &'a Account,
    ) -> LocalBoxFuture<'a, Result<AccountSummary, Failure>> {
        Box::pin(async {
            let mut store = sync.store.borrow_mut();
            let calendar = store.only_calendar(account)?;
            let mut summary = CalendarSummary { name: self.name.clone(), ..CalendarSummary::default() };
            match self.texts() {
                Ok(texts) => {
                    let events = Some(texts.iter().map(|text| uids(&text.bytes).len() as u64).sum());
                    let new = NewTexts { texts: &texts, stamp: None, events, past: &PastChange::default() };
                    store.keep_texts(calendar.id, &new, sync.now)?;
                    summary.how = How::Whole;
                }
                Err(trouble) => {
                    let before = store.state(calendar.id)?.obstacle;
                    let obstacle = super::obstacle::obstacle(&trouble, before.as_ref(), sync);
                    store.obstruct(calendar.id, &obstacle)?;
                    summary.trouble = Some(trouble);
                }
            }
            Ok(AccountSummary { name: self.name.clone(), calendars: vec![summary], ..AccountSummary::default() })
        })
    }

    fn events(&self, store: &Store, calendar: &Calendar) -> Result<u64, Failure> {
        Ok(store.events_of_texts(calendar.id)?.unwrap_or_default())
    }

    fn examine(&self, _visit: &Visit<'_>, found: &mut Findings) {
        let what = format!("source {}", self.name);
        match Path::new(&self.path).is_dir() {
            true => found.ok(&what, "it can be read"),
            false => found.add(Grade::Fail, &what, "it is no folder", Some("check its `path`".into())),
        }
    }
}
