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

fn obstacle(row: &Row) -> rusqlite::Result<Obstacle> {
    Ok(Obstacle {
        kind: TroubleKind::named(&row.get::<_, String>("kind")?),
        sentence: row.get("sentence")?,
        causes: serde_json::from_str(&row.get::<_, String>("causes")?).unwrap_or_default(),
        help: row.get("help")?,
        basis: row.get("basis")?,
        since: time(row, "since")?.unwrap_or_default(),
        failures: row.get("failures")?,
        retry_at: time(row, "retry_at")?,
    })
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
        obstacle: None,
    })
}

impl Store {
    /// How a calendar stands.
    pub fn state(&self, of: CalendarId) -> Result<SyncState, Failure> {
        let obstacle = self.one("SELECT * FROM obstacle WHERE calendar = ?1", [of.0], obstacle)?;
        let state = self.one("SELECT * FROM sync_state WHERE calendar = ?1", [of.0], state)?;
        Ok(SyncState { obstacle, ..state.unwrap_or_default() })
    }

    /// What stands between us and the whole account.
    pub fn account_obstacle(&self, of: AccountId) -> Result<Option<Obstacle>, Failure> {
        self.one("SELECT * FROM obstacle WHERE account = ?1", [of.0], obstacle)
    }

    /// Notes what stands in the way of a calendar; its data stay.
    pub fn obstruct(&self, of: CalendarId, what: &Obstacle) -> Result<(), Failure> {
        self.obstruct_row((None, Some(of.0)), what)
    }

    /// Notes what stands in the way of a whole account; its data stay.
    pub fn obstruct_account(&self, of: AccountId, what: &Obstacle) -> Result<(), Failure> {
        self.obstruct_row((Some(of.0), None), what)
    }

    fn obstruct_row(&self, (account, calendar): (Option<i64>, Option<i64>), o: &Obstacle) -> Result<(), Failure> {
        let sql = "INSERT OR REPLACE INTO obstacle VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let (since, retry) = (o.since.timestamp(), o.retry_at.map(|t| t.timestamp()));
        let causes = serde_json::to_string(&o.causes).unwrap_or_default();
        let (kind, failures) = (o.kind.name(), o.failures);
        let row = params![account, calendar, kind, o.sentence, causes, o.basis, o.help, since, failures, retry];
        self.run(sql, row).map(|_| ())
    }

    /// Nothing stands in the way of the account any more.
    pub fn clear_account(&self, of: AccountId) -> Result<(), Failure> {
        self.run("DELETE FROM obstacle WHERE account = ?1", [of.0]).map(|_| ())
    }

    /// Nothing stands in the way of the calendar any more.
    pub fn clear(&self, of: CalendarId) -> Result<(), Failure> {
        self.run("DELETE FROM obstacle WHERE calendar = ?1", [of.0]).map(|_| ())
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
