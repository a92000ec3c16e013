//! iCalendar sources into the store: files and folders where they changed, feeds where they were asked.

use super::intake::{Reading, Taken};
use crate::config::{Config, Source as Entry};
use crate::diagnostic::Failure;
use crate::kinds::obstacle::obstacle;
use crate::kinds::sync::{AccountSummary, CalendarSummary, How, Stop, Sync};
use crate::model::{IcsText, Told, TroubleKind, hash};
use crate::source::Trouble;
use crate::source::ics::{self, FORMAT, Feed, Fetched, IcsSource, Place};
use crate::store::{Account, Calendar, Obstacle, Store};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a feed said about its own age, kept as the stamp of the source.
#[derive(Default, Serialize, Deserialize)]
struct Age {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Another address is another feed.
    of: String,
}

/// Reads a file or folder that changed since it was read last, and returns what could not be read. What was read before stays.
///
/// # Errors
/// Only the database's.
pub(super) fn refresh(
    source: &IcsSource,
    store: &mut Store,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<Option<Failure>, Failure> {
    let Place::Path(path) = &source.place else { return Ok(None) };
    let reading = Reading { now, zone: config.zone(), accept: false, moved: false };
    let account = store.account(&source.name, FORMAT.name)?;
    let calendar = store.only_calendar(&account)?;
    let Outcome::Unread(failure) = file(store, &calendar, path, reading)? else { return Ok(None) };
    let state = store.state(calendar.id)?;
    let since = state.obstacle.map_or(now, |o| o.since);
    let Trouble { kind, sentence, causes, help, .. } = trouble(&failure, state.last_good.is_some());
    let (failures, retry_at, basis) = (1, None, None);
    let obstacle = Obstacle { kind, sentence, causes, help, basis, since, failures, retry_at };
    store.obstruct(calendar.id, &obstacle)?;
    Ok(Some(failure))
}

/// The configuration's own files and feeds.
fn configured(config: &Config) -> impl Iterator<Item = Arc<IcsSource>> {
    config.sources.iter().filter_map(Entry::settings)
}

/// Gives what is known of a file or feed to the source that is at the same place under a new name.
///
/// # Errors
/// The database's.
pub(super) fn carry_over(store: &mut Store, config: &Config) -> Result<(), Failure> {
    let mut accounts = store.accounts()?;
    accounts.retain(|account| account.kind == FORMAT.name);
    let is_unnamed = |account: &&Account| configured(config).all(|source| source.name != account.name);
    let unnamed: Vec<&Account> = accounts.iter().filter(is_unnamed).collect();
    if unnamed.is_empty() {
        return Ok(());
    }
    for source in configured(config) {
        let own = accounts.iter().find(|account| account.name == source.name);
        if own.map(|own| is_read(store, own)).transpose()?.unwrap_or_default() {
            continue;
        }
        for account in &unnamed {
            if is_at(store, account, &source)? {
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
fn is_at(store: &Store, account: &Account, source: &IcsSource) -> Result<bool, Failure> {
    for calendar in store.calendars(account.id)? {
        let stamp = store.state(calendar.id)?.stamp.unwrap_or_default();
        let same = match &source.place {
            Place::Path(path) => match stamp.split_once('\n') {
                Some((of, _)) => of == path,
                // None is kept while a part of it cannot be read.
                None => store.kept_texts(calendar.id)?.iter().any(|text| lies_in(&text.file, path)),
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
    let help = match known {
        true => "put it back, or change `path` in the configuration; what was read before still counts",
        false => "put it there, or change `path` in the configuration: nothing of it counts yet",
    };
    Trouble::new(TroubleKind::Inaccessible, failure.line()).help(help)
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
    // A file that is gone is gone; of one that is there and could not be read, the last good text stays.
    let mut kept = store.kept_texts(calendar.id)?;
    kept.retain(|old| unread.iter().any(|part| part.is_of(&old.file)));
    let odd = unread.iter().map(|part| {
        let stays = kept.iter().any(|old| part.is_of(&old.file));
        let note = if stays { "; what was read from it before still counts" } else { "" };
        (hash(&part.sentence), format!("{}{note}", part.sentence))
    });
    store.skip(calendar.id, &odd.collect::<Vec<_>>(), true, reading.now)?;
    let mut texts = texts;
    for old in kept {
        texts.push(store.text(old)?);
    }
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

/// Syncs one file, folder or feed.
pub(super) async fn sync(source: &IcsSource, sync: &Sync<'_>, account: &Account) -> Result<AccountSummary, Failure> {
    let (store, wish) = (sync.store, &sync.wish);
    let calendar = store.borrow_mut().only_calendar(account)?;
    let state = store.borrow().state(calendar.id)?;
    let mut summary = CalendarSummary::new(&source.name, "");
    let kept = store.borrow().past_extent(calendar.id)?.filter(|_| wish.accept_deletions);
    let waits = state.obstacle.as_ref().and_then(|o| o.retry_at).is_some_and(|at| sync.now < at);
    let done = match &source.place {
        _ if wish.patient && waits => Ok(()),
        Place::Path(path) => of_path(path, sync, &calendar, &mut summary),
        Place::Url { url, allow_private } => {
            let feed = Feed { url, allow_private: *allow_private };
            of_feed(&feed, sync, &calendar, &mut summary).await
        }
    };
    match done {
        Ok(()) if summary.how != How::Not => summary.let_go = kept.map_or(0, |kept| kept.instances),
        Ok(()) => {}
        Err(Stop::Failure(failure)) => return Err(failure),
        Err(Stop::Trouble(trouble)) => {
            store.borrow().obstruct(calendar.id, &obstacle(&trouble, state.obstacle.as_ref(), sync))?;
            summary.trouble = Some(trouble);
        }
    }
    Ok(AccountSummary { calendars: vec![summary], ..AccountSummary::of(&source.name) })
}

fn reading(sync: &Sync<'_>) -> Reading {
    Reading { now: sync.now, zone: sync.config.zone(), accept: sync.wish.accept_deletions, moved: false }
}

fn of_path(path: &str, sync: &Sync<'_>, calendar: &Calendar, summary: &mut CalendarSummary) -> Result<(), Stop> {
    let mut store = sync.store.borrow_mut();
    let done = file(&mut store, calendar, path, reading(sync))?;
    summary.skipped = store.skipped(calendar.id)?;
    match done {
        Outcome::Unread(failure) => {
            let known = store.state(calendar.id)?.last_good.is_some();
            return Err(trouble(&failure, known).into());
        }
        Outcome::Untouched => {
            summary.how = How::Changes;
            store.unchanged(calendar.id, sync.now)?;
        }
        Outcome::Taken(taken) => summary.taken(taken),
    }
    Ok(())
}

async fn of_feed(
    feed: &Feed<'_>,
    sync: &Sync<'_>,
    calendar: &Calendar,
    summary: &mut CalendarSummary,
) -> Result<(), Stop> {
    let held = sync.store.borrow().hold(calendar.id)?;
    let of = hash(feed.url.expose());
    let stamp = sync.store.borrow().state(calendar.id)?.stamp;
    let age: Age = stamp.and_then(|s| serde_json::from_str(&s).ok()).unwrap_or_default();
    let moved = !age.of.is_empty() && age.of != of;
    // Another address, a wish, or a wait for agreement asks for the whole text.
    let age = if age.of != of || sync.wish.full || held.is_some() { Age::default() } else { age };
    let (bytes, age) = match feed.fetch(age.etag.as_deref(), age.last_modified.as_deref()).await? {
        Fetched::Unchanged => {
            let mut store = sync.store.borrow_mut();
            if sync.wish.accept_deletions {
                store.forget_past(calendar.id)?;
            }
            summary.how = How::Changes;
            return Ok(store.unchanged(calendar.id, sync.now)?);
        }
        Fetched::Text { bytes, etag, last_modified } => (bytes, Age { etag, last_modified, of }),
    };
    let (file, stem) = (calendar.name.clone(), calendar.name.clone());
    let text = IcsText { file, stem, bytes, told: Told::default() };
    let stamp = serde_json::to_string(&age).unwrap_or_default();
    let reading = Reading { moved, ..reading(sync) };
    summary.taken(reading.take(&mut sync.store.borrow_mut(), calendar, vec![text], Some(&stamp))?);
    Ok(())
}
