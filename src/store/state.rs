//! How the syncing of each calendar stands.

use super::Store;
use super::accounts::{AccountId, CalendarId, time};
use crate::diagnostic::Failure;
use crate::model::TroubleKind;
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

/// What stands between us and an account or a calendar, in words that hold no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub kind: TroubleKind,
    pub sentence: String,
    /// Why, as far as we know.
    pub causes: Vec<String>,
    pub help: Option<String>,
    /// Hash of what a person can change about it here.
    pub basis: Option<String>,
    pub since: DateTime<Utc>,
    /// Tries in a row that failed.
    pub failures: u32,
    /// Not before this moment.
    pub retry_at: Option<DateTime<Utc>>,
}

/// What a calendar's syncing goes on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    pub token: Option<String>,
    /// The question that the token belongs to.
    pub parameters: Option<String>,
    /// No new token is asked for before this moment.
    pub token_due: Option<DateTime<Utc>>,
    /// When a dead token last made us list everything anew.
    pub resynced_at: Option<DateTime<Utc>>,
    /// Instances are complete from here to there.
    pub covered: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// When the listing of the whole window is due again.
    pub window_due: Option<DateTime<Utc>>,
    pub last_good: Option<DateTime<Utc>>,
    /// What an iCalendar source looked like when it was last read.
    pub stamp: Option<String>,
    pub obstacle: Option<Obstacle>,
}

pub(super) fn obstacle(row: &Row) -> rusqlite::Result<Option<Obstacle>> {
    let Some(sentence) = row.get("trouble")? else { return Ok(None) };
    Ok(Some(Obstacle {
        kind: TroubleKind::named(&row.get::<_, Option<String>>("trouble_kind")?.unwrap_or_default()),
        sentence,
        causes: serde_json::from_str(&row.get::<_, Option<String>>("causes")?.unwrap_or_default()).unwrap_or_default(),
        help: row.get("help")?,
        basis: row.get("basis")?,
        since: time(row, "trouble_since")?.unwrap_or_default(),
        failures: row.get("failures")?,
        retry_at: time(row, "retry_at")?,
    }))
}

fn state(row: &Row) -> rusqlite::Result<SyncState> {
    Ok(SyncState {
        token: row.get("token")?,
        parameters: row.get("parameters")?,
        token_due: time(row, "token_due")?,
        resynced_at: time(row, "resynced_at")?,
        covered: time(row, "covered_from")?.zip(time(row, "covered_to")?),
        window_due: time(row, "window_due")?,
        last_good: time(row, "last_good")?,
        stamp: row.get("stamp")?,
        obstacle: obstacle(row)?,
    })
}

impl Store {
    /// How a calendar stands.
    pub fn state(&self, of: CalendarId) -> Result<SyncState, Failure> {
        Ok(self.one("SELECT * FROM sync_state WHERE calendar = ?1", [of.0], state)?.unwrap_or_default())
    }

    /// What stands between us and the whole account.
    pub fn account_obstacle(&self, of: AccountId) -> Result<Option<Obstacle>, Failure> {
        Ok(self.one("SELECT * FROM account WHERE id = ?1", [of.0], obstacle)?.flatten())
    }

    /// Notes what stands in the way of a calendar; its data stay.
    pub fn obstruct(&self, of: CalendarId, what: &Obstacle) -> Result<(), Failure> {
        self.obstruct_row("sync_state SET", "calendar", of.0, what)
    }

    /// Notes what stands in the way of a whole account; its data stay.
    pub fn obstruct_account(&self, of: AccountId, what: &Obstacle) -> Result<(), Failure> {
        self.obstruct_row("account SET", "id", of.0, what)
    }

    fn obstruct_row(&self, set: &str, key: &str, id: i64, o: &Obstacle) -> Result<(), Failure> {
        let sql = format!(
            "UPDATE {set} trouble = ?2, trouble_kind = ?3, help = ?4, trouble_since = ?5, failures = ?6, retry_at = ?7,
             causes = ?8, basis = ?9
             WHERE {key} = ?1"
        );
        let (since, retry) = (o.since.timestamp(), o.retry_at.map(|t| t.timestamp()));
        let causes = serde_json::to_string(&o.causes).unwrap_or_default();
        self.run(&sql, params![id, o.sentence, o.kind.name(), o.help, since, o.failures, retry, causes, o.basis])
            .map(|_| ())
    }

    /// Nothing stands in the way of the account any more.
    pub fn clear_account(&self, of: AccountId) -> Result<(), Failure> {
        self.clear_row("account SET", "id", of.0)
    }

    /// Nothing stands in the way of the calendar any more.
    pub fn clear(&self, of: CalendarId) -> Result<(), Failure> {
        self.clear_row("sync_state SET", "calendar", of.0)
    }

    fn clear_row(&self, set: &str, key: &str, id: i64) -> Result<(), Failure> {
        let sql = format!(
            "UPDATE {set} trouble = NULL, trouble_kind = NULL, causes = NULL, help = NULL, basis = NULL,
             trouble_since = NULL, failures = 0, retry_at = NULL WHERE {key} = ?1 AND trouble IS NOT NULL"
        );
        self.run(&sql, [id]).map(|_| ())
    }

    /// The token is dead: the next listing is a whole one. The rows stay.
    pub fn drop_token(&self, of: CalendarId, now: DateTime<Utc>) -> Result<(), Failure> {
        let sql = "UPDATE sync_state SET token = NULL, resynced_at = ?2 WHERE calendar = ?1";
        self.run(sql, params![of.0, now.timestamp()]).map(|_| ())
    }

    /// No token comes, or the new one died at once: the window alone is listed until `due`.
    pub fn no_token_until(&self, of: CalendarId, due: DateTime<Utc>) -> Result<(), Failure> {
        let sql = "UPDATE sync_state SET token = NULL, token_due = ?2 WHERE calendar = ?1";
        self.run(sql, params![of.0, due.timestamp()]).map(|_| ())
    }
}
