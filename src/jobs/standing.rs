//! How far the store's facts can be trusted: since when they are whole, and until when.

use super::account::is_signed_out;
use super::sync::google_sources;
use crate::config::{Config, Place};
use crate::diagnostic::Failure;
use crate::source::Kind;
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};

/// Without a good sync for this long, the facts count as old.
const OLD: TimeDelta = TimeDelta::days(2);

/// How the facts stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Before this moment some calendar is not kept: what was drawn of that time knew more than a new picture would.
    pub known_from: Option<DateTime<Utc>>,
    pub stale: Option<Stale>,
    /// The last good sync of the followed calendar that is furthest behind.
    pub last_good: Option<DateTime<Utc>>,
}

/// Some calendar does not follow any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The last good sync of the calendar that is furthest behind; `None` where there was none.
    pub last_good: Option<DateTime<Utc>>,
    /// Somebody has to sign in.
    pub signed_out: bool,
}

/// Looks at every calendar that counts; only one that is to be followed grows stale.
///
/// # Errors
/// Only the database's.
pub fn standing(store: &Store, config: &Config, now: DateTime<Utc>) -> Result<Standing, Failure> {
    let login = format!("{:?}", Kind::NeedsLogin);
    let mut standing = Standing::default();
    let accounts = store.accounts()?;
    let sources = google_sources(config, &accounts);
    let files = config.ics.iter().map(|s| ("ics", &*s.name));
    let names: Vec<(&str, &str)> = files.chain(sources.iter().map(|s| ("google", &*s.name))).collect();
    for account in accounts.iter().filter(|a| names.contains(&(&a.kind, &a.name))) {
        let followed = account.kind != "google" || !is_signed_out(config, store.folder(), &account.name);
        let whole = store.account_obstacle(account.id)?;
        // A file that nobody touches is as good as new for as long as it can be read.
        let file = config.ics.iter().any(|s| s.name == account.name && matches!(s.place, Place::Path(_)));
        for calendar in store.calendars(account.id)?.iter().filter(|c| c.selected()) {
            let state = store.state(calendar.id)?;
            standing.known_from = standing.known_from.max(state.covered.map(|(from, _)| from));
            let obstacle = state.obstacle.as_ref().or(whole.as_ref());
            let signed_out = obstacle.is_some_and(|o| o.kind == login);
            let since = state.last_good.or(obstacle.map(|o| o.since));
            let old = since.is_some_and(|since| now - since > OLD) && !(file && obstacle.is_none());
            if followed {
                let good = state.last_good.unwrap_or(DateTime::UNIX_EPOCH);
                standing.last_good = Some(standing.last_good.map_or(good, |least| least.min(good)));
            }
            if followed && (signed_out || old) {
                standing.add(Stale { last_good: state.last_good, signed_out });
            }
        }
    }
    Ok(standing)
}

impl Standing {
    /// Of several, what is furthest behind.
    fn add(&mut self, more: Stale) {
        let stale = self.stale.get_or_insert_with(|| more.clone());
        stale.last_good = stale.last_good.min(more.last_good);
        stale.signed_out |= more.signed_out;
    }
}
