//! Which pictures were drawn, each with the hash of what it shows.

use super::Store;
use crate::diagnostic::Failure;
use chrono::{DateTime, Utc};
use rusqlite::params;
use std::collections::BTreeMap;

impl Store {
    /// The hash of what each picture shows, by the picture's name; of those that were drawn by `until`.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn rendered(&self, until: DateTime<Utc>) -> Result<BTreeMap<String, String>, Failure> {
        let sql = "SELECT week, report FROM rendered_week WHERE drawn_at <= ?1";
        let rows = self.rows(sql, [until.timestamp()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.into_iter().collect())
    }

    /// A picture was drawn.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn keep_rendered(&self, name: &str, hash: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        let sql = "INSERT OR REPLACE INTO rendered_week VALUES (?1, ?2, ?3)";
        self.run(sql, params![name, hash, now.timestamp()]).map(|_| ())
    }

    /// A picture is not there any more, or stands for another.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn forget_rendered(&self, name: &str) -> Result<(), Failure> {
        self.run("DELETE FROM rendered_week WHERE week = ?1", [name]).map(|_| ())
    }
}
