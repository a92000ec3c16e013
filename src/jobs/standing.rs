//! How far the store's facts can be trusted: since when they are whole, and until when.

use crate::config::Config;
use crate::diagnostic::Failure;
use crate::kinds::{Named, named};
use crate::model::{TroubleKind, Week, Zones};
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};

/// Without a good sync for this long, the facts count as old.
const OLD: TimeDelta = TimeDelta::days(2);

/// What to do about a remark on a source.
pub const SAYS_MORE: &str = "`vantage status` says more";
/// What to do about a source that is old for no other reason.
pub const SYNC: &str = "run `vantage sync`";

/// How the facts stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Before this moment some calendar is not kept: what was drawn of that time knew more than a new picture would.
    pub known_from: Option<DateTime<Utc>>,
    pub stale: Option<Stale>,
    /// The last good sync of the followed calendar that is furthest behind.
    pub last_good: Option<DateTime<Utc>>,
}

/// Some calendar does not follow any more, or never did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// The last good sync of the calendar that is furthest behind; `None` where there was none.
    pub last_good: Option<DateTime<Utc>>,
    /// The sources of which some calendar is behind.
    pub behind: Vec<String>,
    /// The sources that have never answered, or some calendar of theirs.
    pub never: Vec<String>,
    /// Somebody has to sign in, and that is all.
    pub signed_out: bool,
    /// Nothing stands in the way of one of them: nobody asked it for a long time, and nothing else says so.
    pub quiet: bool,
}

/// A calendar that was asked last at `last_good` and that is to be followed counts as old. What lies on this machine is as
/// good as new for as long as it can be read; a listing that is held back is news that does not count yet.
pub fn is_old(last_good: DateTime<Utc>, now: DateTime<Utc>, local: bool, troubled: bool, held: bool) -> bool {
    held || (now - last_good > OLD && (troubled || !local))
}

/// Looks at every source that is configured or signed in, and every calendar of it that counts; only what is to be followed
/// grows stale, at once where it never answered.
///
/// # Errors
/// Only the database's.
pub fn standing(store: &Store, config: &Config, now: DateTime<Utc>) -> Result<Standing, Failure> {
    let mut standing = Standing::default();
    for named in named(config, &store.accounts()?) {
        let followed = named.is_followed(store.folder());
        if !standing.source(store, &named, followed.then_some(now))? && followed {
            let signed_out = !named.source.is_signed_in(store.folder());
            standing.add(Stale { never: vec![named.name().into()], signed_out, ..Stale::default() });
        }
    }
    Ok(standing)
}

impl Standing {
    /// Looks at one source, and says whether its calendars are known. At `now` it is to be followed; with none it is not.
    fn source(&mut self, store: &Store, named: &Named, now: Option<DateTime<Utc>>) -> Result<bool, Failure> {
        let Some(account) = &named.account else { return Ok(false) };
        let whole = store.account_obstacle(account.id)?;
        let local = named.source.is_local();
        let calendars = store.calendars(account.id)?;
        for calendar in calendars.iter().filter(|calendar| calendar.selected()) {
            let state = store.state(calendar.id)?;
            self.known_from = self.known_from.max(state.covered.map(|(from, _)| from));
            let Some(now) = now else { continue };
            let obstacle = state.obstacle.as_ref().or(whole.as_ref());
            let signed_out = obstacle.is_some_and(|o| o.kind == TroubleKind::NeedsLogin);
            let held = store.hold(calendar.id)?.is_some();
            let old = state.last_good.is_some_and(|since| is_old(since, now, local, obstacle.is_some(), held));
            let good = state.last_good.unwrap_or(DateTime::UNIX_EPOCH);
            self.last_good = Some(self.last_good.map_or(good, |least| least.min(good)));
            if signed_out || old || state.last_good.is_none() {
                let name = vec![account.name.clone()];
                let (behind, never) = if state.last_good.is_some() { (name, vec![]) } else { (vec![], name) };
                let quiet = old && obstacle.is_none() && !held;
                self.add(Stale { last_good: state.last_good, behind, never, signed_out, quiet });
            }
        }
        Ok(account.listed_at.is_some() || !calendars.is_empty())
    }

    /// Some source is old, and nothing else says why.
    pub fn is_quiet(&self) -> bool {
        self.stale.as_ref().is_some_and(|stale| stale.quiet)
    }

    /// What the picture of `week` says where the facts are old: weeks that ended after the last good sync, all of them where a
    /// calendar was never read, and the two that people look at, `last` and the one that runs.
    pub fn banner(&self, week: Week, last: Week, zones: &Zones) -> Option<String> {
        let Stale { last_good, behind, never, signed_out, .. } = self.stale.as_ref()?;
        let concerned = !never.is_empty() || last_good.is_some_and(|at| at < zones.week(week).end);
        if week < last && !concerned {
            return None;
        }
        let why = if *signed_out { "Signed out" } else { "Out of date" };
        let date = |at| zones.date_of(at).format("%-d %B %Y");
        let at = last_good.map(|at| format!("the last good sync of {} was on {}", listed(behind), date(at)));
        let were = if never.len() == 1 { "was" } else { "were" };
        let never = (!never.is_empty()).then(|| format!("{} {were} never read", listed(never)));
        let says: Vec<String> = at.into_iter().chain(never).collect();
        Some(format!("{why}: {} · vantage status says what to do", says.join(", and ")))
    }

    /// Of several, what is furthest behind.
    fn add(&mut self, more: Stale) {
        let Some(stale) = &mut self.stale else { return self.stale = Some(more) };
        stale.last_good = stale.last_good.into_iter().chain(more.last_good).min();
        stale.behind.extend(more.behind);
        stale.never.extend(more.never);
        stale.behind.dedup();
        stale.never.dedup();
        // Of several sources only the word for all of them is said.
        stale.signed_out &= more.signed_out;
        stale.quiet |= more.quiet;
    }
}

/// `work`, `work and side`, `work, side and 2 more`.
fn listed(sources: &[String]) -> String {
    match sources {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, more @ ..] => format!("{one}, {other} and {} more", more.len()),
    }
}

/// The earliest moment after `now` at which something that failed is to be tried again.
///
/// # Errors
/// The database's.
pub fn retry_at(store: &Store, config: &Config, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
    let mut moments = Vec::new();
    for named in named(config, &store.accounts()?) {
        let account = named.account.as_ref().map(|account| store.account_obstacle(account.id)).transpose()?;
        moments.extend(account.flatten().and_then(|o| o.retry_at));
        for calendar in named.calendars(store)? {
            moments.extend(store.state(calendar.id)?.obstacle.and_then(|o| o.retry_at));
        }
    }
    Ok(moments.into_iter().filter(|at| *at > now).min())
}

/// How many events the store holds.
///
/// # Errors
/// The database's.
pub fn events(store: &Store, config: &Config) -> Result<u64, Failure> {
    let mut count = 0;
    for named in named(config, &store.accounts()?) {
        for calendar in named.calendars(store)? {
            count += named.source.events(store, &calendar)?;
        }
    }
    Ok(count)
}
