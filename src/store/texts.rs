//! The texts of iCalendar sources: facts in their own words, expanded when they are read.

use super::Store;
use super::accounts::CalendarId;
use super::feed::good;
use super::past::PastChange;
use crate::diagnostic::Failure;
use crate::model::{IcsText, Told};
use chrono::{DateTime, Utc};
use rusqlite::params;

impl Store {
    /// The texts of a source, in the order of their files.
    pub fn texts(&self, of: CalendarId) -> Result<Vec<IcsText>, Failure> {
        self.rows(
            "SELECT file, stem, bytes, attendees, answers FROM ics_text WHERE calendar = ?1 ORDER BY file",
            [of.0],
            |r| {
                let told = Told { attendees: r.get(3)?, answers: r.get(4)? };
                Ok(IcsText { file: r.get(0)?, stem: r.get(1)?, bytes: r.get(2)?, told })
            },
        )
    }

    /// Replaces the texts of a source by `texts`, read when it looked like `stamp`; with none it is read again next time.
    /// What they no longer tell of the past is kept with them, and nothing is held back any more.
    pub fn keep_texts(
        &mut self,
        of: CalendarId,
        texts: &[IcsText],
        stamp: Option<&str>,
        past: &PastChange,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        self.whole(|t| {
            t.execute("DELETE FROM held WHERE calendar = ?1", [of.0])?;
            super::past::change(t, of, past)?;
            t.execute("DELETE FROM ics_text WHERE calendar = ?1", [of.0])?;
            let mut insert = t.prepare("INSERT INTO ics_text VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for text in texts {
                let Told { attendees, answers } = text.told;
                insert.execute(params![of.0, text.file, text.stem, text.bytes, attendees, answers])?;
            }
            t.execute("UPDATE sync_state SET stamp = ?2 WHERE calendar = ?1", params![of.0, stamp])?;
            good(t, of, now)
        })
    }

    /// The source was asked and has nothing new.
    pub fn unchanged(&mut self, of: CalendarId, now: DateTime<Utc>) -> Result<(), Failure> {
        self.whole(|t| good(t, of, now))
    }
}
