//! How every source and calendar stands: what `vantage status` tells.

use super::standing::{SYNC, is_old};
use crate::config::Config;
use crate::diagnostic::Failure;
use crate::kinds::{APART, Named, SignedIn, named, told_past};
use crate::model::{TroubleKind, local};
use crate::store::{Calendar, FILE, Obstacle, PastExtent, Store};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Everything `vantage status` tells.
#[derive(Debug, Serialize, Deserialize)]
pub struct Standings {
    /// The database.
    pub database: String,
    /// In which a text tells times; all others here are in UTC.
    pub timezone: Tz,
    pub accounts: Vec<AccountStanding>,
}

/// One source.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccountStanding {
    pub account: String,
    /// The word of its kind.
    pub kind: String,
    /// `null` where nobody signs in.
    pub signed_in: Option<bool>,
    pub sign_in: Option<String>,
    pub trouble: Option<String>,
    /// Why, as far as is known.
    pub causes: Vec<String>,
    pub retry_at: Option<DateTime<Utc>>,
    /// The next thing to do, if a person has to do one.
    pub next: Option<String>,
    pub calendars: Vec<CalendarStanding>,
}

/// One calendar of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct CalendarStanding {
    pub calendar: String,
    pub id: String,
    /// It is synced and counts.
    pub selected: bool,
    pub role: String,
    pub last_good_sync: Option<DateTime<Utc>>,
    /// What changed since then does not count: it is long ago, or a listing is held back, which `held` tells.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
    /// Single events and series.
    pub events: u64,
    pub instances: u64,
    /// `changes`, or `window` where no sync token comes.
    pub mode: String,
    pub covered_from: Option<DateTime<Utc>>,
    pub covered_to: Option<DateTime<Utc>>,
    pub skipped: Vec<Skipped>,
    pub held: Option<Held>,
    /// What the source no longer tells of its past.
    pub past: Option<Kept>,
    pub trouble: Option<String>,
    pub causes: Vec<String>,
    pub trouble_since: Option<DateTime<Utc>>,
    pub retry_at: Option<DateTime<Utc>>,
    pub next: Option<String>,
}

/// Items that could not be read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Skipped {
    pub reason: String,
    pub count: u64,
}

/// A past that is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    pub meetings: u64,
    pub absent: u64,
    pub before: DateTime<Utc>,
    pub seen_from: DateTime<Utc>,
    pub seen_to: DateTime<Utc>,
    /// The same in words.
    pub says: String,
}

/// A listing that is held back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    pub since: DateTime<Utc>,
    pub removed: usize,
    pub of: usize,
    pub agreed_at: Option<DateTime<Utc>>,
}

impl Standings {
    /// Reads how everything stands in the database of `folder`.
    ///
    /// # Errors
    /// The database's.
    pub fn read(config: &Config, folder: &Path, now: DateTime<Utc>) -> Result<Standings, Failure> {
        let store = Store::reader(folder)?;
        let known = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let mut accounts = Vec::new();
        for named in named(config, &known) {
            let mut standing = of_source(store.as_ref(), &named, named.source.standing(folder, now), config.zone())?;
            standing.age(&named, folder, now);
            accounts.push(standing);
        }
        let database = folder.join(FILE).display().to_string();
        Ok(Standings { database, timezone: config.zone(), accounts })
    }
}

impl AccountStanding {
    /// Marks the calendars that are to be followed and are old, with what to do where nothing else says it.
    fn age(&mut self, named: &Named, folder: &Path, now: DateTime<Utc>) {
        if named.account.is_none() || !named.is_followed(folder) {
            return;
        }
        let local = named.source.is_local();
        for c in self.calendars.iter_mut().filter(|c| c.selected) {
            let troubled = c.trouble.is_some() || self.trouble.is_some();
            c.stale = c.last_good_sync.is_some_and(|last| is_old(last, now, local, troubled, c.held.is_some()));
        }
        if self.next.is_none() && self.calendars.iter().any(|c| c.stale && c.next.is_none()) {
            self.next = Some(SYNC.into());
        }
    }
}

fn of_source(
    store: Option<&Store>,
    named: &Named,
    standing: Option<SignedIn>,
    zone: Tz,
) -> Result<AccountStanding, Failure> {
    let account = named.account.as_ref();
    let (mut calendars, mut obstacle) = (Vec::new(), None);
    if let (Some(store), Some(account)) = (store, account) {
        obstacle = store.account_obstacle(account.id)?;
        for calendar in store.calendars(account.id)?.iter().filter(|c| c.gone_at.is_none()) {
            calendars.push(of_calendar(store, named, calendar, zone)?);
        }
    }
    // The file of a sign-in looks the same after Google has ended it; a newer one settles that.
    let lost = |o: &Obstacle| o.kind == TroubleKind::NeedsLogin;
    let since = standing.as_ref().and_then(|s| s.since);
    let obstacle = obstacle.filter(|o| !(lost(o) && since.is_some_and(|since| since > o.since)));
    let ended = obstacle.as_ref().filter(|o| lost(o));
    let standing = match (standing, ended) {
        (Some(SignedIn { good: true, since, .. }), Some(o)) => {
            Some(SignedIn { good: false, sentence: o.sentence.clone(), next: o.help.clone(), since })
        }
        (standing, _) => standing,
    };
    let sign_in_next = standing.as_ref().and_then(|s| s.next.clone());
    let mut selected = calendars.iter().filter(|c| c.selected).peekable();
    let never = match (selected.peek(), account) {
        (None, Some(account)) => account.listed_at.is_none(),
        _ => selected.all(|c| c.last_good_sync.is_none()),
    };
    let next = obstacle.as_ref().and_then(|o| o.help.clone()).or(sign_in_next);
    let said = calendars.iter().any(|c| c.next.is_some());
    let next = next.or_else(|| (never && !said).then(|| SYNC.to_string()));
    Ok(AccountStanding {
        account: named.name().into(),
        kind: named.kind.format().name.into(),
        signed_in: standing.as_ref().map(|s| s.good),
        sign_in: standing.map(|s| s.sentence),
        retry_at: obstacle.as_ref().and_then(|o| o.retry_at),
        causes: obstacle.as_ref().map(|o| o.causes.clone()).unwrap_or_default(),
        trouble: obstacle.map(|o| o.sentence),
        next,
        calendars,
    })
}

fn of_calendar(store: &Store, named: &Named, calendar: &Calendar, zone: Tz) -> Result<CalendarStanding, Failure> {
    let state = store.state(calendar.id)?;
    let held = store.hold(calendar.id)?;
    // A listing that is held back keeps its token back, too.
    let tokenless = state.token.is_none() && state.token_due.is_some() && held.is_none();
    let next = match (&held, &state.obstacle) {
        (Some(hold), _) => {
            let wait = match hold.agreed_at {
                Some(at) => format!("a listing after {}", local(at + APART, zone)),
                None => "two more listings".into(),
            };
            Some(format!("wait for {wait}, or run `vantage sync --accept-deletions`"))
        }
        (None, Some(Obstacle { help, .. })) => help.clone(),
        (None, None) => None,
    };
    Ok(CalendarStanding {
        calendar: calendar.name.clone(),
        id: calendar.remote.clone(),
        selected: calendar.selected(),
        role: calendar.role.name().into(),
        last_good_sync: state.last_good,
        stale: false,
        events: named.source.events(store, calendar)?,
        instances: store.coverage(calendar.id)?.instances,
        mode: if tokenless { "window" } else { "changes" }.into(),
        covered_from: state.covered.map(|(from, _)| from),
        covered_to: state.covered.map(|(_, to)| to),
        skipped: store.skipped(calendar.id)?.into_iter().map(|(reason, count)| Skipped { reason, count }).collect(),
        held: held.map(|h| Held { since: h.since, removed: h.removed.len(), of: h.live, agreed_at: h.agreed_at }),
        past: store.past_extent(calendar.id)?.map(kept),
        trouble_since: state.obstacle.as_ref().map(|o| o.since),
        retry_at: state.obstacle.as_ref().and_then(|o| o.retry_at),
        causes: state.obstacle.as_ref().map(|o| o.causes.clone()).unwrap_or_default(),
        trouble: state.obstacle.map(|o| o.sentence),
        next,
    })
}

fn kept(PastExtent { instances, absent, before, seen }: PastExtent) -> Kept {
    Kept {
        meetings: instances,
        absent,
        before,
        seen_from: seen.0,
        seen_to: seen.1,
        says: told_past(instances, absent, before, seen),
    }
}
