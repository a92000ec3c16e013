//! One account: when it is asked anything at all, and its calendars.

use super::calendar::CalendarSync;
use super::is_accounts;
use crate::diagnostic::Failure;
use crate::kinds::guard::is_due;
use crate::kinds::obstacle::{LONGEST, obstacle};
use crate::kinds::sync::{AccountSummary, CalendarSummary, Stop, Sync};
use crate::model::{TroubleKind, hash};
use crate::source::Trouble;
use crate::source::google::{AT_ONCE, GoogleSource, Grant, of_account};
use crate::store::{Account, Calendar, Obstacle};
use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use std::cell::RefCell;
use std::path::PathBuf;

/// Longest time between two listings of an account's calendars.
const LIST: TimeDelta = TimeDelta::hours(1);

/// An account being synced.
pub(super) struct AccountSync<'a> {
    pub sync: &'a Sync<'a>,
    pub source: &'a GoogleSource,
    pub account: &'a Account,
}

/// The server named the moment before which it wants no question.
fn is_asked_to_wait(obstacle: &Obstacle) -> bool {
    matches!(obstacle.kind, TroubleKind::RateLimited | TroubleKind::DailyLimit)
}

impl AccountSync<'_> {
    pub(super) async fn run(self) -> Result<AccountSummary, Failure> {
        let (store, id) = (self.sync.store, self.account.id);
        let mut summary = AccountSummary::of(&self.source.name);
        let before = store.borrow().account_obstacle(id)?;
        if let Some(obstacle) = before.as_ref().filter(|o| self.waits(o)) {
            summary.trouble = self.still(obstacle);
            return Ok(summary);
        }
        match self.calendars(&mut summary).await {
            Ok(()) => store.borrow().clear_account(id)?,
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Trouble(trouble)) => {
                let trouble = of_account(trouble, &self.source.name);
                let basis = Some(self.basis());
                let obstacle = Obstacle { basis, ..obstacle(&trouble, before.as_ref(), self.sync) };
                store.borrow().obstruct_account(id, &obstacle)?;
                summary.trouble = Some(trouble);
            }
        }
        Ok(summary)
    }

    /// All selected calendars.
    async fn calendars(&self, summary: &mut AccountSummary) -> Result<(), Stop> {
        let sync = self.sync;
        let google = self.source.connect(sync.folder, sync.now).await?;
        let due = sync.wish.full || is_due(self.account.list_due, sync.now, LIST);
        let mut unlisted = None;
        if due {
            match self.list(&google, &mut summary.unread).await {
                Err(Stop::Trouble(trouble)) => unlisted = Some(trouble),
                listed => listed?,
            }
        }
        let calendars = sync.store.borrow().calendars(self.account.id)?;
        // Calendars that are known do not wait for a list that fails.
        if let Some(trouble) = unlisted.take_if(|t| is_accounts(t) || !calendars.iter().any(Calendar::selected)) {
            return Err(trouble.into());
        }
        let selected: Vec<_> = calendars.iter().filter(|c| c.selected()).collect();
        let stopped = RefCell::new(None);
        let one = async |calendar: &Calendar| -> Result<Option<CalendarSummary>, Failure> {
            if stopped.borrow().is_some() {
                return Ok(None);
            }
            let waits = || -> Result<bool, Failure> {
                let obstacle = sync.store.borrow().state(calendar.id)?.obstacle;
                let at = obstacle.and_then(|o| o.retry_at);
                Ok(at.is_some() && !is_due(at, sync.now, LONGEST))
            };
            if sync.wish.patient && waits()? {
                return Ok(None);
            }
            let days = (self.source.days_back, self.source.days_ahead);
            let done = CalendarSync { sync, google: &google, calendar, days }.run().await?;
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
        summary.skew = google.skew(sync.now);
        stopped.into_inner().or(unlisted).map_or(Ok(()), |trouble| Err(trouble.into()))
    }

    /// What a sign-in rests on, as a hash: the configuration and the files that it names. While it stays the same, so does
    /// what only a person can mend.
    fn basis(&self) -> String {
        let source = self.source;
        let named = [&source.client_secret, &source.service_account].into_iter().flatten().map(PathBuf::from);
        let mut text = format!("{source:?}");
        for file in named.chain([Grant::path(self.sync.folder, &source.name)]) {
            text += &String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default());
        }
        hash(&text)
    }

    /// Nothing is asked while this stands in the way.
    fn waits(&self, obstacle: &Obstacle) -> bool {
        let Sync { wish, now, .. } = self.sync;
        let due = obstacle.retry_at.is_some_and(|at| is_due(Some(at), *now, LONGEST));
        if matches!(obstacle.kind, TroubleKind::NeedsLogin | TroubleKind::Configuration) {
            // Whoever types `vantage sync` may have mended it at Google, where we do not see it.
            return wish.patient && !due && obstacle.basis == Some(self.basis());
        }
        (wish.patient || is_asked_to_wait(obstacle)) && obstacle.retry_at.is_some() && !due
    }

    /// What is told instead of asking again, where the server named the moment and a person does not wait for it.
    fn still(&self, obstacle: &Obstacle) -> Option<Trouble> {
        if self.sync.wish.patient || !is_asked_to_wait(obstacle) {
            return None;
        }
        let retry_after = obstacle.retry_at.and_then(|at| (at - self.sync.now).to_std().ok());
        Some(Trouble { retry_after, ..Trouble::new(obstacle.kind, obstacle.sentence.clone()) })
    }
}
