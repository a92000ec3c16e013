//! A listing that would remove too much is not applied at once.

use super::Store;
use super::accounts::CalendarId;
use crate::diagnostic::Failure;
use chrono::{DateTime, Utc};
use rusqlite::params;
use std::collections::BTreeSet;

/// Deletions that wait for two later listings to agree.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    pub since: DateTime<Utc>,
    /// The first later listing that agreed.
    pub agreed_at: Option<DateTime<Utc>>,
    /// Events that were there when it began.
    pub live: usize,
    /// The events that the listing would remove, a series as one.
    pub removed: BTreeSet<String>,
}

/// Names no event.
impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Hold { since, agreed_at, live, removed } = self;
        write!(f, "Hold({} of {live} since {since}, agreed at {agreed_at:?})", removed.len())
    }
}

impl Store {
    /// What is held back of a calendar.
    pub fn hold(&self, of: CalendarId) -> Result<Option<Hold>, Failure> {
        let time = |s: i64| DateTime::from_timestamp(s, 0).unwrap_or_default();
        let found = self.one("SELECT since, agreed_at, live FROM held WHERE calendar = ?1", [of.0], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, Option<i64>>(1)?, r.get(2)?))
        })?;
        let Some((since, agreed, live)) = found else { return Ok(None) };
        let removed = self.rows("SELECT event FROM held_removal WHERE calendar = ?1", [of.0], |r| r.get(0))?;
        let removed = removed.into_iter().collect();
        Ok(Some(Hold { since: time(since), agreed_at: agreed.map(time), live, removed }))
    }

    /// Keeps `hold`, or ends what was held.
    pub fn keep_hold(&mut self, of: CalendarId, hold: Option<&Hold>) -> Result<(), Failure> {
        self.whole(|t| {
            t.execute("DELETE FROM held WHERE calendar = ?1", [of.0])?;
            let Some(hold) = hold else { return Ok(()) };
            let (since, agreed) = (hold.since.timestamp(), hold.agreed_at.map(|t| t.timestamp()));
            t.execute("INSERT INTO held VALUES (?1, ?2, ?3, ?4)", params![of.0, since, agreed, hold.live])?;
            let mut insert = t.prepare("INSERT INTO held_removal VALUES (?1, ?2)")?;
            hold.removed.iter().try_for_each(|event| insert.execute(params![of.0, event]).map(|_| ()))
        })
    }
}
