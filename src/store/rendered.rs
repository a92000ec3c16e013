//! Which pictures were drawn, each with the hash of what it shows, and which of them are still to be handed over.

use super::Store;
use crate::diagnostic::Failure;
use chrono::{DateTime, Utc};
use rusqlite::params;
use std::collections::BTreeMap;

/// A week as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// After its end.
    Complete,
    /// While it ran.
    SoFar,
}

impl Drawn {
    fn table(self) -> &'static str {
        match self {
            Drawn::Complete => "drawn_week",
            Drawn::SoFar => "drawn_so_far",
        }
    }
}

impl Store {
    /// The hash of what each picture shows, by its week; of those that were drawn by `until`.
    ///
    /// # Errors
    /// See [`Store::reader`]; so for every method.
    pub fn drawn(&self, so: Drawn, until: DateTime<Utc>) -> Result<BTreeMap<String, String>, Failure> {
        let sql = format!("SELECT week, shows FROM {} WHERE drawn_at <= ?1", so.table());
        let rows = self.rows(&sql, [until.timestamp()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.into_iter().collect())
    }

    /// A picture was drawn. That of a complete week takes the place of the one while it ran.
    pub fn keep_drawn(&mut self, week: &str, so: Drawn, shows: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        self.whole(|t| {
            if so == Drawn::Complete {
                t.execute("DELETE FROM drawn_so_far WHERE week = ?1", [week])?;
            }
            let sql = format!("INSERT OR REPLACE INTO {} VALUES (?1, ?2, ?3)", so.table());
            t.execute(&sql, params![week, shows, now.timestamp()]).map(|_| ())
        })
    }

    /// A week is still to go these ways, since `since`.
    pub fn owe(&mut self, week: &str, ways: &[&str], since: DateTime<Utc>) -> Result<(), Failure> {
        self.whole(|t| {
            let mut insert = t.prepare("INSERT OR REPLACE INTO owed VALUES (?1, ?2, ?3)")?;
            ways.iter().try_for_each(|way| insert.execute(params![week, way, since.timestamp()]).map(|_| ()))
        })
    }

    /// The ways that a week is still to go, and since when. Nothing is owed any more, of other weeks neither.
    pub fn redeem(&mut self, week: &str) -> Result<Vec<(String, DateTime<Utc>)>, Failure> {
        self.whole(|t| {
            let since = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            let mut owed = t.prepare("SELECT way, since FROM owed WHERE week = ?1")?;
            let ways = owed.query_map([week], |row| Ok((row.get(0)?, since(row.get(1)?))))?.collect();
            t.execute("DELETE FROM owed", [])?;
            ways
        })
    }
}
