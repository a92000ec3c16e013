//! The texts of iCalendar sources: facts in their own words, expanded when they are read.

use super::Store;
use super::accounts::CalendarId;
use super::feed::good;
use super::past::PastChange;
use crate::diagnostic::Failure;
use crate::model::{IcsText, Told};
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};
use sha2::{Digest, Sha256};

/// A text is kept in parts of so many bytes.
const PART: usize = 1 << 20;

/// A text as it is kept, without its bytes.
pub struct KeptText {
    id: i64,
    pub file: String,
    pub stem: String,
    pub told: Told,
}

/// What a source holds now.
pub struct NewTexts<'a> {
    pub texts: &'a [IcsText],
    /// What the source looked like when they were read; with none they are read again next time.
    pub stamp: Option<&'a str>,
    /// How many events they hold; none where that is known.
    pub events: Option<u64>,
    /// What they no longer tell of the past.
    pub past: &'a PastChange,
}

fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn kept(row: &Row) -> rusqlite::Result<KeptText> {
    let told = Told { attendees: row.get("attendees")?, answers: row.get("answers")? };
    Ok(KeptText { id: row.get("id")?, file: row.get("file")?, stem: row.get("stem")?, told })
}

/// Keeps a text. What of it is there already is not written anew.
fn keep(t: &Transaction, of: CalendarId, text: &IcsText) -> rusqlite::Result<()> {
    let sql = "INSERT INTO ics_text (calendar, file, stem, attendees, answers) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT DO UPDATE SET stem = ?3, attendees = ?4, answers = ?5 RETURNING id";
    let row = params![of.0, text.file, text.stem, text.told.attendees, text.told.answers];
    let id: i64 = t.prepare_cached(sql)?.query_row(row, |row| row.get(0))?;
    let mut is_there = t.prepare_cached("SELECT 1 FROM ics_part WHERE text = ?1 AND place = ?2 AND digest = ?3")?;
    let mut write = t.prepare_cached("INSERT OR REPLACE INTO ics_part VALUES (?1, ?2, ?3, ?4)")?;
    for (place, bytes) in text.bytes.chunks(PART).enumerate() {
        let digest = digest(bytes);
        if !is_there.exists(params![id, place, digest])? {
            write.execute(params![id, place, digest, bytes])?;
        }
    }
    let rest = params![id, text.bytes.len().div_ceil(PART)];
    t.prepare_cached("DELETE FROM ics_part WHERE text = ?1 AND place >= ?2")?.execute(rest).map(|_| ())
}

impl Store {
    /// The texts of a source without their bytes, in the order of their files.
    pub fn kept_texts(&self, of: CalendarId) -> Result<Vec<KeptText>, Failure> {
        self.rows("SELECT * FROM ics_text WHERE calendar = ?1 ORDER BY file", [of.0], kept)
    }

    /// What is kept of a text is `text`, whatever it once told.
    fn is_kept(&self, kept: &KeptText, text: &IcsText) -> Result<bool, Failure> {
        type Part = (usize, Option<Vec<u8>>);
        let sql = "SELECT length(bytes), digest FROM ics_part WHERE text = ?1 ORDER BY place";
        let known: Vec<Part> = self.rows(sql, [kept.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let parts = text.bytes.chunks(PART);
        let is = |(known, part): (&Part, &[u8])| known.0 == part.len() && known.1.as_ref() == Some(&digest(part));
        let like = kept.file == text.file && kept.stem == text.stem && known.len() == parts.len();
        Ok(like && known.iter().zip(parts).all(is))
    }

    /// The texts that are kept are `texts`, whatever they once told.
    pub fn are_kept(&self, kept: &[KeptText], texts: &[IcsText]) -> Result<bool, Failure> {
        for (kept, text) in kept.iter().zip(texts) {
            if !self.is_kept(kept, text)? {
                return Ok(false);
            }
        }
        Ok(kept.len() == texts.len())
    }

    /// A text whole.
    pub fn text(&self, of: KeptText) -> Result<IcsText, Failure> {
        let mut bytes = Vec::new();
        let sql = "SELECT bytes FROM ics_part WHERE text = ?1 ORDER BY place";
        let add = |row: &Row| {
            bytes.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        };
        self.rows(sql, [of.id], add)?;
        Ok(IcsText { file: of.file, stem: of.stem, bytes, told: of.told })
    }

    /// All of them, one by one: only what is kept of them stands in memory at once.
    pub fn texts(&self, of: CalendarId) -> Result<impl Iterator<Item = Result<IcsText, Failure>>, Failure> {
        Ok(self.kept_texts(of)?.into_iter().map(|kept| self.text(kept)))
    }

    /// How many events the texts of a source hold; `None` where they were not counted.
    pub fn events_of_texts(&self, of: CalendarId) -> Result<Option<u64>, Failure> {
        let sql = "SELECT events FROM sync_state WHERE calendar = ?1";
        Ok(self.one(sql, [of.0], |row| row.get(0))?.flatten())
    }

    /// Replaces the texts of a source. What they no longer tell of the past is kept with them, and nothing is held back any
    /// more.
    pub fn keep_texts(&mut self, of: CalendarId, new: &NewTexts, now: DateTime<Utc>) -> Result<(), Failure> {
        let files: Vec<&str> = new.texts.iter().map(|text| text.file.as_str()).collect();
        let files = serde_json::to_string(&files).unwrap_or_default();
        self.whole(|t| {
            t.execute("DELETE FROM held WHERE calendar = ?1", [of.0])?;
            super::past::change(t, of, new.past)?;
            let gone = "DELETE FROM ics_text WHERE calendar = ?1 AND file NOT IN (SELECT value FROM json_each(?2))";
            t.execute(gone, params![of.0, files])?;
            new.texts.iter().try_for_each(|text| keep(t, of, text))?;
            let state = "UPDATE sync_state SET stamp = ?2, events = coalesce(?3, events) WHERE calendar = ?1";
            t.execute(state, params![of.0, new.stamp, new.events])?;
            good(t, of, now)
        })
    }

    /// The source was asked and has nothing new.
    pub fn unchanged(&mut self, of: CalendarId, now: DateTime<Utc>) -> Result<(), Failure> {
        self.whole(|t| good(t, of, now))
    }
}
