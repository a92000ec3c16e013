//! iCalendar sources into the store: files and folders where they changed, feeds where they were asked.

use super::calendar::obstacle;
use super::guard::{self, Step};
use super::sync::{AccountSummary, CalendarSummary, How, Sync, hash};
use crate::config::{Config, IcsSource, Place};
use crate::diagnostic::Failure;
use crate::source::ics::{self, Feed, Fetched};
use crate::source::{Kind, Trouble};
use crate::store::{Calendar, Changes, IcsText, Obstacle, Store};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    let mut unread = Vec::new();
    for source in &config.ics {
        let Place::Path(path) = &source.place else { continue };
        let account = store.account(&source.name, "ics")?;
        let calendar = store.ics_calendar(&account)?;
        if let Err(failure) = file(store, &calendar, &home(path), now)? {
            let since = store.state(calendar.id)?.obstacle.map_or(now, |o| o.since);
            let Trouble { kind, sentence, causes, help, .. } = trouble(&failure);
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
/// alone.
///
/// # Errors
/// The database's.
pub fn forget_unnamed(store: &mut Store, config: &Config) -> Result<(), Failure> {
    for account in store.accounts()?.iter().filter(|a| a.kind == "ics") {
        if !config.ics.iter().any(|source| source.name == account.name) {
            store.forget_account(account.id)?;
        }
    }
    Ok(())
}

fn trouble(failure: &Failure) -> Trouble {
    let causes = failure.causes.iter().map(|c| format!(": {c}")).collect::<String>();
    let help = "put it back, or change `path` in the configuration; what was read before still counts";
    Trouble::new(Kind::Inaccessible, format!("{}{causes}", failure.message)).help(help)
}

/// Reads one path where it changed. Parts that cannot be read, among others that can, are noted in the store.
fn file(
    store: &mut Store,
    calendar: &Calendar,
    path: &str,
    now: DateTime<Utc>,
) -> Result<Result<How, Failure>, Failure> {
    let stamp = format!("{path}\n{}", ics::stamp(path));
    let state = store.state(calendar.id)?;
    if state.stamp.as_deref() == Some(&stamp) && state.obstacle.is_none() {
        return Ok(Ok(How::Changes));
    }
    let (texts, unread) = match ics::checked_texts(path) {
        Ok(read) => read,
        Err(failure) => return Ok(Err(failure)),
    };
    let before = store.texts(calendar.id)?;
    // A file that is gone is gone; of one that is there and could not be read, the last good text stays.
    let kept: Vec<&IcsText> = before.iter().filter(|old| unread.iter().any(|part| part.is_of(&old.file))).collect();
    let odd = unread.iter().map(|part| {
        let stays = kept.iter().any(|old| part.is_of(&old.file));
        let note = if stays { "; what was read from it before still counts" } else { "" };
        (hash(&part.sentence), format!("{}{note}", part.sentence))
    });
    store.skip(calendar.id, &odd.collect::<Vec<_>>(), true, now)?;
    let mut texts: Vec<IcsText> =
        texts.into_iter().map(|t| IcsText { file: t.file, stem: t.stem, bytes: t.bytes }).collect();
    texts.extend(kept.into_iter().cloned());
    texts.sort_by(|a, b| a.file.cmp(&b.file));
    // What could not be read may be readable the next time without a change that a stamp shows, as after `chmod`.
    let stamp = unread.is_empty().then_some(&*stamp);
    store.keep_texts(calendar.id, &texts, stamp, now)?;
    Ok(Ok(if texts == before { How::Changes } else { How::Whole }))
}

fn uids(texts: &[IcsText]) -> BTreeSet<String> {
    texts.iter().flat_map(|text| ics::uids(&text.bytes)).collect()
}

fn changes(before: &[IcsText], after: &[IcsText]) -> Changes {
    let (before, after) = (uids(before), uids(after));
    Changes { added: after.difference(&before).count(), changed: 0, removed: before.difference(&after).count() }
}

impl Sync<'_> {
    /// Syncs one `[[source.ics]]`.
    pub(super) async fn ics(&self, source: &IcsSource) -> Result<AccountSummary, Failure> {
        let account = self.store.borrow_mut().account(&source.name, "ics")?;
        let calendar = self.store.borrow_mut().ics_calendar(&account)?;
        let state = self.store.borrow().state(calendar.id)?;
        let mut summary = CalendarSummary::new(&source.name, "");
        let waits = state.obstacle.as_ref().and_then(|o| o.retry_at).is_some_and(|at| self.now < at);
        let before = self.store.borrow().texts(calendar.id)?;
        let done = match &source.place {
            _ if self.wish.patient && waits => Ok(How::Not),
            Place::Path(path) => {
                let done = file(&mut self.store.borrow_mut(), &calendar, &(self.home)(path), self.now)?;
                summary.skipped = self.store.borrow().skipped(calendar.id)?;
                if let Ok(How::Changes) = done {
                    self.store.borrow_mut().unchanged(calendar.id, self.now)?;
                }
                done.map_err(|failure| trouble(&failure))
            }
            Place::Url { url, allow_private } => {
                let feed = Feed { url, allow_private: *allow_private };
                self.feed(&feed, &calendar, &before, &mut summary).await?
            }
        };
        match done {
            Ok(how) => {
                summary.how = how;
                if how == How::Whole {
                    summary.changes = changes(&before, &self.store.borrow().texts(calendar.id)?);
                }
            }
            Err(trouble) => {
                self.store.borrow().obstruct(calendar.id, &obstacle(&trouble, state.obstacle.as_ref(), self))?;
                summary.trouble = Some(trouble);
            }
        }
        Ok(AccountSummary { name: source.name.clone(), calendars: vec![summary], trouble: None, unread: 0, skew: None })
    }

    async fn feed(
        &self,
        feed: &Feed<'_>,
        calendar: &Calendar,
        before: &[IcsText],
        summary: &mut CalendarSummary,
    ) -> Result<Result<How, Trouble>, Failure> {
        let held = self.store.borrow().hold(calendar.id)?;
        let of = hash(feed.url.expose());
        let stamp = self.store.borrow().state(calendar.id)?.stamp;
        let age: Age = stamp.and_then(|s| serde_json::from_str(&s).ok()).unwrap_or_default();
        // Another address, a wish, or a wait for agreement asks for the whole text.
        let age = if age.of != of || self.wish.full || held.is_some() { Age::default() } else { age };
        let (bytes, age) = match feed.fetch(age.etag.as_deref(), age.last_modified.as_deref()).await {
            Err(trouble) => return Ok(Err(trouble)),
            Ok(Fetched::Unchanged) => {
                self.store.borrow_mut().unchanged(calendar.id, self.now)?;
                return Ok(Ok(How::Changes));
            }
            Ok(Fetched::Text { bytes, etag, last_modified }) => (bytes, Age { etag, last_modified, of }),
        };
        let text = IcsText { file: calendar.name.clone(), stem: calendar.name.clone(), bytes };
        let (known, now_there) = (uids(before), uids(std::slice::from_ref(&text)));
        let removal = (known.len(), known.difference(&now_there).cloned().collect());
        let accept = self.wish.accept_deletions;
        match if accept { Step::Apply } else { guard::decide(held, &[removal], self.now) } {
            Step::Hold(hold) => {
                summary.held = Some((hold.removed.len(), hold.live));
                self.store.borrow_mut().keep_hold(calendar.id, Some(&hold))?;
                Ok(Ok(How::Not))
            }
            Step::Apply => {
                let stamp = serde_json::to_string(&age).unwrap_or_default();
                let same = before == std::slice::from_ref(&text);
                let mut store = self.store.borrow_mut();
                store.keep_hold(calendar.id, None)?;
                store.keep_texts(calendar.id, &[text], Some(&stamp), self.now)?;
                Ok(Ok(if same { How::Changes } else { How::Whole }))
            }
        }
    }
}
