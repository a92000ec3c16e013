//! iCalendar sources into the store: files and folders where they changed, feeds where they were asked.

use super::calendar::obstacle;
use super::intake::{Reading, Taken};
use super::sync::{AccountSummary, CalendarSummary, How, Sync, hash};
use crate::config::{Config, IcsSource, Place};
use crate::diagnostic::Failure;
use crate::model::Told;
use crate::source::ics::{self, Feed, Fetched};
use crate::source::{Kind, Trouble};
use crate::store::{Account, Calendar, IcsText, Obstacle, Store};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a feed said about its own age, kept as the stamp of the source.
#[derive(Default, Serialize, Deserialize)]
struct Age {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Another address is another feed.
    of: String,
}

/// Reads the files and folders of the configuration that changed since they were read last, and returns what could not be
/// read. What was read before stays.
///
/// # Errors
/// Only the database's.
pub fn refresh(
    store: &mut Store,
    config: &Config,
    home: &dyn Fn(&str) -> String,
    now: DateTime<Utc>,
) -> Result<Vec<Failure>, Failure> {
    carry_over(store, config, home)?;
    let reading = Reading { now, zone: config.zone(), accept: false, moved: false };
    let mut unread = Vec::new();
    for source in &config.ics {
        let Place::Path(path) = &source.place else { continue };
        let account = store.account(&source.name, "ics")?;
        let calendar = store.ics_calendar(&account)?;
        if let Outcome::Unread(failure) = file(store, &calendar, &home(path), reading)? {
            let state = store.state(calendar.id)?;
            let since = state.obstacle.map_or(now, |o| o.since);
            let Trouble { kind, sentence, causes, help, .. } = trouble(&failure, state.last_good.is_some());
            let kind = format!("{kind:?}");
            let (failures, retry_at, basis) = (1, None, None);
            let obstacle = Obstacle { kind, sentence, causes, help, basis, since, failures, retry_at };
            store.obstruct(calendar.id, &obstacle)?;
            unread.push(failure);
        }
    }
    Ok(unread)
}

/// Forgets the files and feeds that `config` no longer names: a Google account lives by its sign-in, they by the configuration
/// alone. With some of them goes a past that nothing else tells: that is done, and told, where `told` to somebody.
///
/// # Errors
/// The database's.
pub fn forget_unnamed(store: &mut Store, config: &Config, told: bool) -> Result<Vec<AccountSummary>, Failure> {
    let mut forgotten = Vec::new();
    for account in store.accounts()?.iter().filter(|a| is_unnamed(a, config)) {
        let mut kept = 0;
        for calendar in store.calendars(account.id)? {
            kept += store.past_extent(calendar.id)?.map_or(0, |past| past.instances);
        }
        if kept == 0 || told {
            store.forget_account(account.id)?;
        }
        if kept > 0 && told {
            forgotten.push(AccountSummary { forgotten: kept, ..AccountSummary::of(&account.name) });
        }
    }
    Ok(forgotten)
}

fn is_unnamed(account: &Account, config: &Config) -> bool {
    account.kind == "ics" && !config.ics.iter().any(|source| source.name == account.name)
}

/// Gives what is known of a file or feed to the source that is at the same place under a new name.
///
/// # Errors
/// The database's.
pub(super) fn carry_over(store: &mut Store, config: &Config, home: &dyn Fn(&str) -> String) -> Result<(), Failure> {
    let accounts = store.accounts()?;
    let unnamed: Vec<&Account> = accounts.iter().filter(|a| is_unnamed(a, config)).collect();
    if unnamed.is_empty() {
        return Ok(());
    }
    for source in &config.ics {
        let own = accounts.iter().find(|a| a.kind == "ics" && a.name == source.name);
        if own.map(|own| is_read(store, own)).transpose()?.unwrap_or_default() {
            continue;
        }
        for account in &unnamed {
            if is_at(store, account, source, home)? {
                // It was only looked for.
                own.map(|own| store.forget_account(own.id)).transpose()?;
                store.rename_account(account, &source.name)?;
                break;
            }
        }
    }
    Ok(())
}

fn is_read(store: &Store, account: &Account) -> Result<bool, Failure> {
    for calendar in store.calendars(account.id)? {
        if store.state(calendar.id)?.last_good.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The account was last read where `source` is.
fn is_at(store: &Store, account: &Account, source: &IcsSource, home: &dyn Fn(&str) -> String) -> Result<bool, Failure> {
    for calendar in store.calendars(account.id)? {
        let stamp = store.state(calendar.id)?.stamp.unwrap_or_default();
        let same = match &source.place {
            Place::Path(path) => match stamp.split_once('\n') {
                Some((of, _)) => of == home(path),
                // None is kept while a part of it cannot be read.
                None => store.texts(calendar.id)?.iter().any(|text| lies_in(&text.file, &home(path))),
            },
            Place::Url { url, .. } => serde_json::from_str(&stamp).is_ok_and(|age: Age| age.of == hash(url.expose())),
        };
        if same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The file is `path`, or stands in that folder or archive.
fn lies_in(file: &str, path: &str) -> bool {
    let rest = file.strip_prefix(path.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `known`: it was read before.
fn trouble(failure: &Failure, known: bool) -> Trouble {
    let causes = failure.causes.iter().map(|c| format!(": {c}")).collect::<String>();
    let help = match known {
        true => "put it back, or change `path` in the configuration; what was read before still counts",
        false => "put it there, or change `path` in the configuration: nothing of it counts yet",
    };
    Trouble::new(Kind::Inaccessible, format!("{}{causes}", failure.message)).help(help)
}

/// What became of a path.
enum Outcome {
    /// As it was read last.
    Untouched,
    Taken(Taken),
    Unread(Failure),
}

/// Reads one path where it changed. Parts that cannot be read, among others that can, are noted in the store.
fn file(store: &mut Store, calendar: &Calendar, path: &str, reading: Reading) -> Result<Outcome, Failure> {
    let stamp = format!("{path}\n{}", ics::stamp(path));
    let state = store.state(calendar.id)?;
    // What is held back waits for later readings that agree.
    if state.stamp.as_deref() == Some(&stamp) && state.obstacle.is_none() && store.hold(calendar.id)?.is_none() {
        if reading.accept {
            store.forget_past(calendar.id)?;
        }
        return Ok(Outcome::Untouched);
    }
    let there = |stamp: &String| stamp.split_once('\n').is_some_and(|(of, _)| of != path);
    let reading = Reading { moved: state.stamp.as_ref().is_some_and(there), ..reading };
    let (texts, unread) = match ics::checked_texts(path) {
        Ok(read) => read,
        Err(failure) => return Ok(Outcome::Unread(failure)),
    };
    let before = store.texts(calendar.id)?;
    // A file that is gone is gone; of one that is there and could not be read, the last good text stays.
    let kept: Vec<&IcsText> = before.iter().filter(|old| unread.iter().any(|part| part.is_of(&old.file))).collect();
    let odd = unread.iter().map(|part| {
        let stays = kept.iter().any(|old| part.is_of(&old.file));
        let note = if stays { "; what was read from it before still counts" } else { "" };
        (hash(&part.sentence), format!("{}{note}", part.sentence))
    });
    store.skip(calendar.id, &odd.collect::<Vec<_>>(), true, reading.now)?;
    let mut texts: Vec<IcsText> =
        texts.into_iter().map(|t| IcsText { file: t.file, stem: t.stem, bytes: t.bytes, told: t.told }).collect();
    texts.extend(kept.into_iter().cloned());
    texts.sort_by(|a, b| a.file.cmp(&b.file));
    // What could not be read may be readable the next time without a change that a stamp shows, as after `chmod`.
    let stamp = unread.is_empty().then_some(&*stamp);
    reading.take(store, calendar, texts, stamp).map(Outcome::Taken)
}

impl CalendarSummary {
    fn taken(&mut self, taken: Taken) {
        match taken {
            Taken::Same => self.how = How::Changes,
            Taken::New(changes, stays) => (self.how, self.changes, self.stays) = (How::Whole, changes, stays),
            Taken::Held(hold) => self.held = Some((hold.removed.len(), hold.live)),
        }
    }
}

impl Sync<'_> {
    /// Syncs one `[[source.ics]]`.
    pub(super) async fn ics(&self, source: &IcsSource) -> Result<AccountSummary, Failure> {
        let account = self.store.borrow_mut().account(&source.name, "ics")?;
        let calendar = self.store.borrow_mut().ics_calendar(&account)?;
        let state = self.store.borrow().state(calendar.id)?;
        let mut summary = CalendarSummary::new(&source.name, "");
        let kept = self.store.borrow().past_extent(calendar.id)?.filter(|_| self.wish.accept_deletions);
        let waits = state.obstacle.as_ref().and_then(|o| o.retry_at).is_some_and(|at| self.now < at);
        let done = match &source.place {
            _ if self.wish.patient && waits => Ok(()),
            Place::Path(path) => self.path(path, &calendar, &mut summary)?,
            Place::Url { url, allow_private } => {
                let feed = Feed { url, allow_private: *allow_private };
                self.feed(&feed, &calendar, &mut summary).await?
            }
        };
        if done.is_ok() && summary.how != How::Not {
            summary.let_go = kept.map_or(0, |kept| kept.instances);
        }
        if let Err(trouble) = done {
            self.store.borrow().obstruct(calendar.id, &obstacle(&trouble, state.obstacle.as_ref(), self))?;
            summary.trouble = Some(trouble);
        }
        Ok(AccountSummary { calendars: vec![summary], ..AccountSummary::of(&source.name) })
    }

    fn reading(&self) -> Reading {
        Reading { now: self.now, zone: self.config.zone(), accept: self.wish.accept_deletions, moved: false }
    }

    fn path(
        &self,
        path: &str,
        calendar: &Calendar,
        summary: &mut CalendarSummary,
    ) -> Result<Result<(), Trouble>, Failure> {
        let mut store = self.store.borrow_mut();
        let done = file(&mut store, calendar, &(self.home)(path), self.reading())?;
        summary.skipped = store.skipped(calendar.id)?;
        match done {
            Outcome::Unread(failure) => {
                let known = store.state(calendar.id)?.last_good.is_some();
                return Ok(Err(trouble(&failure, known)));
            }
            Outcome::Untouched => {
                summary.how = How::Changes;
                store.unchanged(calendar.id, self.now)?;
            }
            Outcome::Taken(taken) => summary.taken(taken),
        }
        Ok(Ok(()))
    }

    async fn feed(
        &self,
        feed: &Feed<'_>,
        calendar: &Calendar,
        summary: &mut CalendarSummary,
    ) -> Result<Result<(), Trouble>, Failure> {
        let held = self.store.borrow().hold(calendar.id)?;
        let of = hash(feed.url.expose());
        let stamp = self.store.borrow().state(calendar.id)?.stamp;
        let age: Age = stamp.and_then(|s| serde_json::from_str(&s).ok()).unwrap_or_default();
        let moved = !age.of.is_empty() && age.of != of;
        // Another address, a wish, or a wait for agreement asks for the whole text.
        let age = if age.of != of || self.wish.full || held.is_some() { Age::default() } else { age };
        let (bytes, age) = match feed.fetch(age.etag.as_deref(), age.last_modified.as_deref()).await {
            Err(trouble) => return Ok(Err(trouble)),
            Ok(Fetched::Unchanged) => {
                let mut store = self.store.borrow_mut();
                if self.wish.accept_deletions {
                    store.forget_past(calendar.id)?;
                }
                summary.how = How::Changes;
                return store.unchanged(calendar.id, self.now).map(Ok);
            }
            Ok(Fetched::Text { bytes, etag, last_modified }) => (bytes, Age { etag, last_modified, of }),
        };
        let (file, stem) = (calendar.name.clone(), calendar.name.clone());
        let text = IcsText { file, stem, bytes, told: Told::default() };
        let stamp = serde_json::to_string(&age).unwrap_or_default();
        let reading = Reading { moved, ..self.reading() };
        summary.taken(reading.take(&mut self.store.borrow_mut(), calendar, vec![text], Some(&stamp))?);
        Ok(Ok(()))
    }
}
