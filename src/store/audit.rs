//! The audits that the user answered.

use super::Store;
use crate::diagnostic::Failure;
use crate::model::Audit;
use chrono::{DateTime, Utc};
use rusqlite::params;

impl Store {
    /// The last audit of these calendars: an empty text stands for the configuration's.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn last_audit(&self, calendars: &str) -> Result<Option<Audit>, Failure> {
        let sql = "SELECT json FROM audit WHERE calendars = ?1 ORDER BY made_at DESC LIMIT 1";
        let json: Option<String> = self.one(sql, [calendars], |row| row.get(0))?;
        // One that a later version wrote otherwise is none.
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Keeps an audit.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn keep_audit(&mut self, calendars: &str, audit: &Audit, now: DateTime<Utc>) -> Result<(), Failure> {
        let json = serde_json::to_string(audit).unwrap_or_default();
        self.run("INSERT OR REPLACE INTO audit VALUES (?1, ?2, ?3)", params![now.timestamp(), calendars, json])
            .map(|_| ())
    }
}
