//! Sync: every source into the store. One account's trouble, or one calendar's, leaves the others alone.

use super::account::{LONGEST, is_signed_out};
use super::calendar::{CalendarSync, obstacle};
use super::guard::is_due;
use crate::config::{Config, GoogleSource};
use crate::diagnostic::Failure;
use crate::model::Role;
use crate::source::google::{self, Credentials, Google, Pace};
use crate::source::{Kind, Trouble};
use crate::store::{Account, Calendar, Changes, Listed, Obstacle, Store};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::LocalBoxFuture;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Requests at once, over all accounts.
pub const AT_ONCE: usize = 4;
/// Longest time between two listings of an account's calendars.
const LIST: TimeDelta = TimeDelta::hours(1);

/// What a sync is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// List everything anew, whatever the tokens say.
    pub full: bool,
    /// Apply what a listing would remove, however much it is.
    pub accept_deletions: bool,
    /// Only the source of that name.
    pub only: Option<String>,
    /// Leave alone what is not due yet: set by whoever comes again soon.
    pub patient: bool,
}

/// One run over all sources.
pub struct Sync<'a> {
    pub store: &'a RefCell<Store>,
    pub config: &'a Config,
    pub wish: Wish,
    pub now: DateTime<Utc>,
    pub pace: &'a dyn Pace,
    /// Where paths that begin with `~/` lead.
    pub home: &'a dyn Fn(&str) -> String,
    /// The state folder, in which sign-ins are kept.
    pub folder: &'a Path,
    /// Who we are to an account.
    pub credentials: &'a dyn Fn(GoogleSource) -> LocalBoxFuture<'a, Result<Arc<dyn Credentials>, Trouble>>,
    /// Called with a calendar's name and how many items just came.
    pub progress: &'a dyn Fn(&str, usize),
}

/// How a calendar was brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum How {
    /// It was not: see the trouble, or it was not due.
    #[default]
    Not,
    /// From what changed since the last time.
    Changes,
    /// Everything was listed.
    Whole,
    /// The window was listed, because no token comes.
    Window,
}

/// What happened to a calendar.
#[derive(Clone, Debug, Default)]
pub struct CalendarSummary {
    pub name: String,
    pub remote: String,
    pub how: How,
    pub changes: Changes,
    /// Why items could not be read, with how many each.
    pub skipped: Vec<(String, u64)>,
    /// Events that a listing would remove, and how many there are, while that is held back.
    pub held: Option<(usize, usize)>,
    pub trouble: Option<Trouble>,
    /// Meetings of the past that it no longer tells of, or otherwise, and that stay as they were seen last.
    pub stays: usize,
    /// Meetings of the past that stayed so until now, and that were let go as wished.
    pub let_go: u64,
}

impl CalendarSummary {
    pub(super) fn new(name: &str, remote: &str) -> CalendarSummary {
        CalendarSummary { name: name.into(), remote: remote.into(), ..CalendarSummary::default() }
    }
}

/// What happened to an account.
#[derive(Clone, Debug, Default)]
pub struct AccountSummary {
    pub name: String,
    pub calendars: Vec<CalendarSummary>,
    /// What stood in the way of the whole account.
    pub trouble: Option<Trouble>,
    /// Entries of the list of calendars that could not be read.
    pub unread: usize,
    /// How far the server's clock is ahead of ours, where an answer said.
    pub skew: Option<TimeDelta>,
    /// The configuration does not name it any more, and so many meetings went with it that only Vantage knew.
    pub forgotten: u64,
}

impl AccountSummary {
    /// Nothing happened to it yet.
    pub(super) fn of(name: &str) -> AccountSummary {
        AccountSummary { name: name.into(), ..AccountSummary::default() }
    }
}

/// The accounts that are synced: the configuration's, and those that were signed in without being written there.
pub fn google_sources(config: &Config, accounts: &[Account]) -> Vec<GoogleSource> {
    let mut sources = config.google.clone();
    let known = |name: &str, sources: &[GoogleSource]| {
        sources.iter().any(|s| s.name == name) || config.ics.iter().any(|s| s.name == name)
    };
    for account in accounts.iter().filter(|a| a.kind == "google") {
        if !known(&account.name, &sources) {
            sources.push(GoogleSource::named(account.name.clone()));
        }
    }
    sources
}

/// A stable short name for what must not be named.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// Such trouble is the account's, and is noted there: what one calendar met, the next would meet too.
pub(super) fn is_accounts(trouble: &Trouble) -> bool {
    matches!(
        trouble.kind,
        Kind::NeedsLogin | Kind::Configuration | Kind::RateLimited | Kind::DailyLimit | Kind::Offline
    )
}

/// A known calendar, as it stands.
fn as_listed(c: Calendar) -> Listed {
    let Calendar { remote, name, zone, role, primary, shown, labels, shades, .. } = c;
    Listed { remote, name, zone, role, primary, shown, labels, shades }
}

impl Sync<'_> {
    /// Syncs every source.
    ///
    /// # Errors
    /// Only our own: the disk, the database. What servers do is in the summary and in the store.
    pub async fn run(&self) -> Result<Vec<AccountSummary>, Failure> {
        let mut summaries = Vec::new();
        let wanted = |name: &str| self.wish.only.as_deref().is_none_or(|only| only == name);
        for source in self.config.ics.iter().filter(|s| wanted(&s.name)) {
            summaries.push(self.ics(source).await?);
        }
        let accounts = self.store.borrow().accounts()?;
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        for source in google_sources(self.config, &accounts).iter().filter(|s| wanted(&s.name)) {
            if self.wish.only.is_some() || !is_signed_out(self.config, self.folder, &source.name) {
                summaries.push(self.google(source, &slots).await?);
            }
        }
        Ok(summaries)
    }

    async fn google(&self, source: &GoogleSource, slots: &Arc<Semaphore>) -> Result<AccountSummary, Failure> {
        let account = self.store.borrow_mut().account(&source.name, "google")?;
        let mut summary = AccountSummary::of(&source.name);
        let before = self.store.borrow().account_obstacle(account.id)?;
        if let Some(obstacle) = before.as_ref().filter(|o| self.waits(source, o)) {
            summary.trouble = self.still(obstacle);
            return Ok(summary);
        }
        match self.calendars(source, &account, slots, &mut summary).await? {
            Ok(()) => self.store.borrow().clear_account(account.id)?,
            Err(trouble) => {
                let trouble = trouble.of_account(&source.name);
                let obstacle =
                    Obstacle { basis: Some(self.basis(source)), ..obstacle(&trouble, before.as_ref(), self) };
                self.store.borrow().obstruct_account(account.id, &obstacle)?;
                summary.trouble = Some(trouble);
            }
        }
        Ok(summary)
    }

    /// All selected calendars of an account. The inner error is the account's.
    async fn calendars(
        &self,
        source: &GoogleSource,
        account: &Account,
        slots: &Arc<Semaphore>,
        summary: &mut AccountSummary,
    ) -> Result<Result<(), Trouble>, Failure> {
        let connected = (self.credentials)(source.clone())
            .await
            .and_then(|credentials| Google::new(source.api_base.as_deref(), credentials, slots.clone()));
        let google = match connected {
            Ok(google) => google,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let due = self.wish.full || is_due(account.list_due, self.now, LIST);
        let mut unlisted = None;
        if due && let Err(trouble) = self.list(source, account, &google, &mut summary.unread).await? {
            unlisted = Some(trouble);
        }
        let calendars = self.store.borrow().calendars(account.id)?;
        // Calendars that are known do not wait for a list that fails.
        if let Some(trouble) = unlisted.take_if(|t| is_accounts(t) || !calendars.iter().any(Calendar::selected)) {
            return Ok(Err(trouble));
        }
        let selected: Vec<_> = calendars.iter().filter(|c| c.selected()).collect();
        let stopped = RefCell::new(None);
        let one = async |calendar: &Calendar| -> Result<Option<CalendarSummary>, Failure> {
            if stopped.borrow().is_some() {
                return Ok(None);
            }
            let waits = || -> Result<bool, Failure> {
                let obstacle = self.store.borrow().state(calendar.id)?.obstacle;
                let at = obstacle.and_then(|o| o.retry_at);
                Ok(at.is_some() && !is_due(at, self.now, LONGEST))
            };
            if self.wish.patient && waits()? {
                return Ok(None);
            }
            let days = (source.days_back, source.days_ahead);
            let done = CalendarSync { sync: self, google: &google, calendar, days }.run().await?;
            if let Some(trouble) = done.trouble.as_ref().filter(|t| is_accounts(t)) {
                *stopped.borrow_mut() = Some(trouble.clone());
            }
            Ok(Some(done))
        };
        let mut done: Vec<_> = stream::iter(selected.iter().enumerate())
            .map(|(place, &calendar)| {
                let one = one(calendar);
                async move { (place, one.await) }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        done.sort_by_key(|(place, _)| *place);
        for (_, done) in done {
            summary.calendars.extend(done?);
        }
        // Whom Google asks to wait is asked nothing more.
        if due && unlisted.is_none() && stopped.borrow().is_none() {
            self.labels(&calendars, &google).await?;
        }
        summary.skew = google.server_date().map(|(date, at)| {
            let age = TimeDelta::from_std(at.elapsed()).unwrap_or_default();
            date + age - self.now
        });
        Ok(stopped.into_inner().or(unlisted).map_or(Ok(()), Err))
    }

    /// The account's list of calendars.
    async fn list(
        &self,
        source: &GoogleSource,
        account: &Account,
        google: &Google,
        unread: &mut usize,
    ) -> Result<Result<(), Trouble>, Failure> {
        let entries = match google::calendars(google, self.pace).await {
            Ok(entries) => entries,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let read: Vec<_> = entries.iter().filter_map(|entry| google::calendar(entry).ok()).collect();
        *unread = entries.len() - read.len();
        let mut list: Vec<Listed> = read
            .into_iter()
            .filter(|c| !c.deleted)
            .map(|c| Listed {
                shown: c.primary || (c.selected && !c.hidden),
                remote: c.id,
                name: c.name,
                zone: c.zone,
                role: c.role,
                primary: c.primary,
                labels: c.labels,
                shades: c.label_colors,
            })
            .collect();
        let known = self.store.borrow().calendars(account.id)?;
        let own = |known: &&Calendar| known.primary && known.gone_at.is_none();
        if let (Some(old), Some(new)) = (known.iter().find(own), list.iter().find(|c| c.primary))
            && old.remote != new.remote
        {
            // Somebody else signed in: what the list lacks was the other person's.
            self.store.borrow().doubt_calendars(account.id)?;
        } else if list.is_empty() || *unread > 0 {
            // Such a list says nothing about what it lacks.
            let lacks = |c: &Calendar| c.gone_at.is_none() && list.iter().all(|l| l.remote != c.remote);
            let kept: Vec<_> = known.into_iter().filter(lacks).map(as_listed).collect();
            list.extend(kept);
        }
        for id in &source.calendars {
            match list.iter_mut().find(|c| c.remote == *id) {
                Some(listed) => listed.shown = true,
                None => list.push(Listed {
                    remote: id.clone(),
                    name: id.clone(),
                    zone: None,
                    role: Role::Reader,
                    primary: source.subject.as_deref() == Some(id),
                    shown: true,
                    labels: BTreeMap::new(),
                    shades: BTreeMap::new(),
                }),
            }
        }
        let due = self.now + TimeDelta::minutes(40 + (self.pace.random() * 20.0) as i64);
        self.store.borrow_mut().keep_list(account.id, &list, self.now, due)?;
        Ok(Ok(()))
    }

    /// Names of event labels, where events have some that the list did not name. Not every sign-in may read them.
    async fn labels(&self, calendars: &[Calendar], google: &Google) -> Result<(), Failure> {
        for calendar in calendars.iter().filter(|c| c.selected() && c.labels.is_empty()) {
            if !self.store.borrow().has_labels(calendar.id)? {
                continue;
            }
            if let Ok(json) = google.labels(&calendar.remote).await
                && let Ok(read) = google::calendar(&json)
            {
                self.store.borrow().keep_labels(calendar.id, &read.labels, &read.label_colors)?;
            }
        }
        Ok(())
    }
}
