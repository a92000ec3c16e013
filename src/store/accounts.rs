//! Accounts and their calendars.

use super::Store;
use crate::diagnostic::Failure;
use crate::model::Role;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Row, params};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub(super) i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarId(pub(super) i64);

/// A source with its calendars: a Google account, or one `[[source.ics]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// When the list of calendars was last read whole.
    pub listed_at: Option<DateTime<Utc>>,
    /// When it is due again.
    pub list_due: Option<DateTime<Utc>>,
}

/// A calendar as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub id: CalendarId,
    pub account: AccountId,
    /// The source's own id; empty for an iCalendar source.
    pub remote: String,
    pub name: String,
    /// Default zone of its events.
    pub zone: Option<String>,
    pub role: Role,
    /// The account's own calendar.
    pub primary: bool,
    /// Names of event labels by id.
    pub labels: BTreeMap<String, String>,
    /// Shades of event labels by id.
    pub shades: BTreeMap<String, String>,
    /// Ticked at the source.
    pub shown: bool,
    /// What the user chose here, if anything; goes before `shown`.
    pub chosen: Option<bool>,
    /// Since when the source no longer has it.
    pub gone_at: Option<DateTime<Utc>>,
}

impl Calendar {
    /// It is synced and its events count.
    pub fn selected(&self) -> bool {
        self.gone_at.is_none() && self.chosen.unwrap_or(self.shown)
    }
}

/// A calendar in a list that the source gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub remote: String,
    pub name: String,
    pub zone: Option<String>,
    pub role: Role,
    pub primary: bool,
    pub shown: bool,
    pub labels: BTreeMap<String, String>,
    pub shades: BTreeMap<String, String>,
}

/// How long a calendar must be missing from whole lists before it counts as gone.
const MISSING: TimeDelta = TimeDelta::hours(1);

pub(super) fn time(row: &Row, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|s| DateTime::from_timestamp(s, 0)))
}

fn account(row: &Row) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get("id")?),
        name: row.get("name")?,
        kind: row.get("kind")?,
        listed_at: time(row, "listed_at")?,
        list_due: time(row, "list_due")?,
    })
}

fn calendar(row: &Row) -> rusqlite::Result<Calendar> {
    let names =
        |column| Ok::<_, rusqlite::Error>(serde_json::from_str(&row.get::<_, String>(column)?).unwrap_or_default());
    Ok(Calendar {
        id: CalendarId(row.get("id")?),
        account: AccountId(row.get("account")?),
        remote: row.get("remote")?,
        name: row.get("name")?,
        zone: row.get("zone")?,
        role: Role::named(&row.get::<_, String>("role")?),
        primary: row.get("main")?,
        labels: names("labels")?,
        shades: names("shades")?,
        shown: row.get("shown")?,
        chosen: row.get("chosen")?,
        gone_at: time(row, "gone_at")?,
    })
}

fn json(names: &BTreeMap<String, String>) -> String {
    serde_json::to_string(names).unwrap_or_default()
}

impl Store {
    /// All accounts, by name.
    ///
    /// # Errors
    /// See [`Store::reader`]; so for every method.
    pub fn accounts(&self) -> Result<Vec<Account>, Failure> {
        self.rows("SELECT * FROM account ORDER BY name, kind", [], account)
    }

    /// The account of that name and kind, made if there is none. One of another kind is another account.
    pub fn account(&mut self, name: &str, kind: &str) -> Result<Account, Failure> {
        self.whole(|t| {
            t.execute("INSERT INTO account (name, kind) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![name, kind])?;
            t.query_row("SELECT * FROM account WHERE name = ?1 AND kind = ?2", [name, kind], account)
        })
    }

    /// Gives an iCalendar source another name, and its calendar with it.
    pub fn rename_account(&mut self, account: &Account, name: &str) -> Result<(), Failure> {
        self.whole(|t| {
            t.execute("UPDATE account SET name = ?2 WHERE id = ?1", params![account.id.0, name])?;
            t.execute("UPDATE calendar SET name = ?2 WHERE account = ?1", params![account.id.0, name])?;
            // The text of a feed is called like its source.
            t.execute(
                "UPDATE ics_text SET file = ?3, stem = ?3 WHERE file = ?2 AND stem = ?2
                 AND calendar IN (SELECT id FROM calendar WHERE account = ?1)",
                params![account.id.0, account.name, name],
            )
            .map(|_| ())
        })
    }

    /// Removes an account with everything that came from it.
    pub fn forget_account(&mut self, id: AccountId) -> Result<(), Failure> {
        self.run("DELETE FROM account WHERE id = ?1", [id.0]).map(|_| ())
    }

    /// The calendars of an account, its own first, then by name.
    pub fn calendars(&self, of: AccountId) -> Result<Vec<Calendar>, Failure> {
        self.rows("SELECT * FROM calendar WHERE account = ?1 ORDER BY main DESC, name, remote", [of.0], calendar)
    }

    /// The one calendar of a source without a list of them, made if there is none.
    pub fn only_calendar(&mut self, of: &Account) -> Result<Calendar, Failure> {
        self.whole(|t| {
            t.execute(
                "INSERT INTO calendar (account, remote, name, role, main, labels, shades, shown)
                 VALUES (?1, '', ?2, 'owner', 1, '{}', '{}', 1) ON CONFLICT DO NOTHING",
                params![of.id.0, of.name],
            )?;
            state(t, of.id)?;
            t.query_row("SELECT * FROM calendar WHERE account = ?1", [of.id.0], calendar)
        })
    }

    /// Keeps a whole list of an account's calendars. One that it lacks is not gone at once: only when a list an hour later
    /// or more lacks it too, and never because a list is empty. Choices stay.
    pub fn keep_list(
        &mut self,
        of: AccountId,
        list: &[Listed],
        now: DateTime<Utc>,
        due: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let at = now.timestamp();
        self.whole(|t| {
            for c in list {
                t.execute(
                    "INSERT INTO calendar (account, remote, name, zone, role, main, shown, labels, shades)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                     ON CONFLICT (account, remote) DO UPDATE SET name = ?3, zone = ?4, role = ?5, main = ?6, shown = ?7,
                       labels = iif(?8 = '{}', labels, ?8), shades = iif(?9 = '{}', shades, ?9), missing_since = NULL,
                       gone_at = NULL",
                    params![
                        of.0,
                        c.remote,
                        c.name,
                        c.zone,
                        c.role.name(),
                        c.primary,
                        c.shown,
                        json(&c.labels),
                        json(&c.shades)
                    ],
                )?;
            }
            if !list.is_empty() {
                let mut known = t.prepare("SELECT id, remote, missing_since FROM calendar WHERE account = ?1")?;
                let known: Vec<(i64, String, Option<i64>)> =
                    known.query_map([of.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<Result<_, _>>()?;
                for (id, _, since) in known.into_iter().filter(|(_, r, _)| list.iter().all(|c| c.remote != *r)) {
                    let gone = since.is_some_and(|since| at - since >= MISSING.num_seconds());
                    t.execute(
                        "UPDATE calendar SET missing_since = coalesce(missing_since, ?2),
                         gone_at = iif(?3, coalesce(gone_at, ?2), gone_at) WHERE id = ?1",
                        params![id, at, gone],
                    )?;
                }
            }
            state(t, of)?;
            t.execute(
                "UPDATE account SET listed_at = ?2, list_due = ?3 WHERE id = ?1",
                params![of.0, at, due.timestamp()],
            )?;
            Ok(())
        })
    }

    /// The next list is believed at once about what it lacks.
    pub fn doubt_calendars(&self, of: AccountId) -> Result<(), Failure> {
        self.run("UPDATE calendar SET missing_since = 0 WHERE account = ?1", [of.0]).map(|_| ())
    }

    /// Keeps the names and shades of a calendar's event labels.
    pub fn keep_labels(
        &self,
        of: CalendarId,
        names: &BTreeMap<String, String>,
        shades: &BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        let sql = "UPDATE calendar SET labels = ?2, shades = ?3 WHERE id = ?1";
        self.run(sql, params![of.0, json(names), json(shades)]).map(|_| ())
    }

    /// The user's choice about a calendar; `None` follows the source again.
    pub fn choose(&self, calendar: CalendarId, chosen: Option<bool>) -> Result<(), Failure> {
        self.run("UPDATE calendar SET chosen = ?2 WHERE id = ?1", params![calendar.0, chosen]).map(|_| ())
    }
}

/// Every calendar of the account has a row of sync state.
fn state(t: &rusqlite::Transaction, of: AccountId) -> rusqlite::Result<()> {
    t.execute("INSERT OR IGNORE INTO sync_state (calendar) SELECT id FROM calendar WHERE account = ?1", [of.0])
        .map(|_| ())
}
