//! One Google calendar: the feed as the truth of what changed, the window as the truth of what happens when.

use super::is_accounts;
use crate::diagnostic::Failure;
use crate::kinds::guard::{self, Removal, Step, is_due};
use crate::kinds::obstacle::obstacle;
use crate::kinds::sync::{CalendarSummary, How, Stop, Sync};
use crate::model::{Item, TroubleKind, hash};
use crate::source::Trouble;
use crate::source::google::{Ask, Google, list, read_item};
use crate::store::{Calendar, Changes, Hold, Listing, SyncState, Window};
use chrono::TimeDelta;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// More changed series than this are not asked for one by one: one listing of the window answers for all.
const MANY_SERIES: usize = 20;
/// How long a calendar that gave no token is followed by its window alone.
const NO_TOKEN: TimeDelta = TimeDelta::hours(24);
/// Longest time between two listings of the window.
const LISTED: TimeDelta = TimeDelta::hours(28);
/// A second death of the token within this time is not answered with another whole listing.
const DYING: TimeDelta = TimeDelta::hours(1);

/// A calendar being synced.
pub(super) struct CalendarSync<'a, 's> {
    pub sync: &'a Sync<'s>,
    pub google: &'a Google,
    pub calendar: &'a Calendar,
    pub days: (u32, u32),
}

impl CalendarSync<'_, '_> {
    /// Brings the calendar up to date. A trouble is noted in the store, and its data stay.
    pub(super) async fn run(&self) -> Result<CalendarSummary, Failure> {
        let state = self.sync.store.borrow().state(self.calendar.id)?;
        let mut summary = CalendarSummary::new(&self.calendar.name, &self.calendar.remote);
        match self.steps(&state, &mut summary).await {
            Ok(()) => {}
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Trouble(trouble)) => {
                let obstacle = obstacle(&trouble, state.obstacle.as_ref(), self.sync);
                let mut store = self.sync.store.borrow_mut();
                store.unstage(self.calendar.id)?;
                if !is_accounts(&trouble) {
                    store.obstruct(self.calendar.id, &obstacle)?;
                }
                summary.trouble = Some(trouble);
            }
        }
        summary.skipped = self.sync.store.borrow().skipped(self.calendar.id)?;
        Ok(summary)
    }

    async fn steps(&self, state: &SyncState, summary: &mut CalendarSummary) -> Result<(), Stop> {
        let now = self.sync.now;
        let hold = self.sync.store.borrow().hold(self.calendar.id)?;
        let token = state
            .token
            .as_deref()
            .filter(|_| !self.sync.wish.full && state.parameters.as_deref() == Some(Ask::parameters()));
        let mut state = state.clone();
        let Some(token) = token else {
            let tokenless =
                !self.sync.wish.full && state.token_due.is_some() && !is_due(state.token_due, now, NO_TOKEN);
            return self.whole(!tokenless, hold, summary).await;
        };
        match self.stage(&Ask::Feed { sync_token: Some(token) }, Listing::Feed).await {
            Ok((Some(next), skipped)) => {
                let mut store = self.sync.store.borrow_mut();
                store.skip(self.calendar.id, &skipped, false, now)?;
                summary.changes = store.apply_delta(self.calendar.id, &next, now)?;
                summary.how = How::Changes;
            }
            // The last page brought no token: nothing of it is kept, and everything is listed once.
            Ok((None, _)) => return self.whole(true, hold, summary).await,
            Err(Stop::Trouble(trouble)) if trouble.kind == TroubleKind::TokenDead => {
                // One that dies again at once would have us list everything in a loop.
                let dying = state.resynced_at.is_some_and(|at| now >= at && now - at < DYING);
                if let (true, Some(at)) = (dying, state.resynced_at) {
                    self.sync.store.borrow().no_token_until(self.calendar.id, at + DYING)?;
                } else {
                    self.sync.store.borrow().drop_token(self.calendar.id, now)?;
                }
                state.token = None;
                return self.whole(!dying, hold, summary).await;
            }
            Err(stop) => return Err(stop),
        }
        let dirty = self.sync.store.borrow().dirty(self.calendar.id)?;
        let window = self.window();
        // The edge ahead may lag by the days between two listings, the edge behind never.
        let short = state.covered.is_none_or(|(from, to)| from > window.from || to + TimeDelta::days(3) < window.to);
        if hold.is_some() || short || dirty.len() > MANY_SERIES || is_due(state.window_due, now, LISTED) {
            return self.whole(false, hold, summary).await;
        }
        for series in dirty {
            if !self.series(&series, window).await? {
                // Deleted since the feed told of it, only out of sight, or much shorter: the window knows.
                return self.whole(false, hold, summary).await;
            }
        }
        Ok(())
    }

    /// Lists the window whole, and before it the feed where `feed`, and swaps them in unless they would remove too much.
    async fn whole(&self, feed: bool, hold: Option<Hold>, summary: &mut CalendarSummary) -> Result<(), Stop> {
        let (id, now, window) = (self.calendar.id, self.sync.now, self.window());
        let (mut token, mut skipped) = (None, Vec::new());
        if feed {
            (token, skipped) = self.stage(&Ask::Feed { sync_token: None }, Listing::Feed).await?;
        }
        let (_, more) = self.stage(&Ask::Window { from: window.from, to: window.to }, Listing::Window).await?;
        skipped.extend(more);
        let mut store = self.sync.store.borrow_mut();
        let mut removals: Vec<Removal> = vec![store.removal(id, Listing::Window, window)?];
        if feed {
            removals.push(store.removal(id, Listing::Feed, window)?);
        }
        let step = if self.sync.wish.accept_deletions { Step::Apply } else { guard::decide(hold, &removals, now) };
        match step {
            Step::Hold(hold) => {
                store.unstage(id)?;
                store.skip(id, &skipped, false, now)?;
                summary.held = Some((hold.removed.len(), hold.live));
                store.keep_hold(id, Some(&hold))?;
                // The server answered: what stood in the way does not any more.
                store.clear(id)?;
            }
            Step::Apply => {
                // Daily, and not at the same minute for everybody.
                let due = now + TimeDelta::hours(20) + TimeDelta::minutes((self.sync.pace.random() * 480.0) as i64);
                let listed = feed.then_some((token.as_deref(), Ask::parameters()));
                let changes = store.swap(id, listed, window, &skipped, due, now)?;
                if summary.changes == Changes::default() {
                    summary.changes = changes;
                }
                if feed && token.is_none() {
                    store.no_token_until(id, now + NO_TOKEN)?;
                }
                summary.how = match summary.how {
                    How::Changes => How::Changes,
                    _ if feed => How::Whole,
                    _ => How::Window,
                };
            }
        }
        Ok(())
    }

    /// Reads a listing into the staging area; its next sync token, if it has one, and what of it could not be read.
    async fn stage(&self, ask: &Ask<'_>, listing: Listing) -> Result<(Option<String>, Vec<(String, String)>), Stop> {
        let id = self.calendar.id;
        self.sync.store.borrow().stage_begin(id, listing)?;
        let mut skipped = BTreeMap::new();
        let mut failure = None;
        let next = list(self.google, &self.calendar.remote, ask, self.sync.pace, &mut |page| {
            let (items, odd) = self.items(&page.items, page.zone.as_deref());
            (self.sync.progress)(&self.calendar.name, page.items.len());
            skipped.extend(odd);
            let staged = self.sync.store.borrow_mut().stage(id, listing, &items);
            staged.map_err(|e| {
                failure = Some(e);
                Trouble::new(TroubleKind::Unexpected, "the listing could not be stored")
            })
        })
        .await;
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        Ok((next?, skipped.into_iter().collect()))
    }

    /// Replaces the instances of a series; `false` where Google does not find it, or shows so few of them that this answer
    /// alone is not believed.
    async fn series(&self, series: &str, window: Window) -> Result<bool, Stop> {
        let (mut items, mut skipped) = (Vec::new(), Vec::new());
        let ask = Ask::Instances { series, from: window.from, to: window.to };
        let answer = list(self.google, &self.calendar.remote, &ask, self.sync.pace, &mut |page| {
            let (read, odd) = self.items(&page.items, page.zone.as_deref());
            items.extend(read);
            skipped.extend(odd);
            Ok(())
        })
        .await;
        match answer {
            Err(trouble) if trouble.kind == TroubleKind::Inaccessible => return Ok(false),
            Err(trouble) => return Err(trouble.into()),
            Ok(_) => {}
        }
        let mut store = self.sync.store.borrow_mut();
        store.skip(self.calendar.id, &skipped, false, self.sync.now)?;
        if guard::many(&store.series_removal(self.calendar.id, series, &items, window)?) {
            return Ok(false);
        }
        store.replace_series(self.calendar.id, series, &items, window, self.sync.now)?;
        Ok(true)
    }

    /// The readable items, and why the others are not, by their hash.
    fn items(&self, raw: &[String], zone: Option<&str>) -> (Vec<Item>, Vec<(String, String)>) {
        let zone: Option<Tz> = zone.or(self.calendar.zone.as_deref()).and_then(|name| name.parse().ok());
        let (mut items, mut odd) = (Vec::with_capacity(raw.len()), Vec::new());
        for json in raw {
            match read_item(json, zone) {
                Ok(item) => items.push(item),
                Err(reason) => odd.push((hash(json), reason)),
            }
        }
        (items, odd)
    }

    /// Whole days, so that every listing of a day asks for the same.
    fn window(&self) -> Window {
        let today = self.sync.now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let days = |n: u32| TimeDelta::days(i64::from(n));
        Window { from: today - days(self.days.0), to: today + days(self.days.1) + TimeDelta::days(1) }
    }
}
