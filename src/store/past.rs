//! What an iCalendar source no longer tells of its past.

use super::Store;
use super::accounts::{CalendarId, time};
use super::instances::SLACK;
use crate::diagnostic::Failure;
use crate::model::Interval;
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};

/// One instance of the past.
#[derive(Clone, PartialEq, Eq)]
pub struct Past {
    pub uid: String,
    /// Which instance of the UID, in words.
    pub slot: String,
    /// The moment of the slot; of whole days their midnight in UTC.
    pub slot_at: DateTime<Utc>,
    pub starts: DateTime<Utc>,
    pub ends: DateTime<Utc>,
    /// What the source tells of the same instance counts where it ends at this moment or later.
    pub until: DateTime<Utc>,
    /// When the source was last known to tell so.
    pub last_seen: DateTime<Utc>,
    /// The instance; `None` where there was none.
    pub json: Option<String>,
}

/// What a new text of a source means for the past that is kept.
#[derive(Default)]
pub struct PastChange {
    pub keep: Vec<Past>,
    /// UID and slot of what the source tells again.
    pub release: Vec<(String, String)>,
    /// What is kept goes first.
    pub forget: bool,
}

/// How much is kept of a source's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastExtent {
    /// Instances that the source tells no more, or otherwise.
    pub instances: u64,
    /// Instances that it tells of, and that were not there.
    pub absent: u64,
    /// All of them end before this moment.
    pub before: DateTime<Utc>,
    /// The first and the last moment at which they were seen last.
    pub seen: (DateTime<Utc>, DateTime<Utc>),
}

fn past(row: &Row) -> rusqlite::Result<Past> {
    let moment = |name| time(row, name).map(Option::unwrap_or_default);
    Ok(Past {
        uid: row.get("uid")?,
        slot: row.get("slot")?,
        slot_at: moment("slot_at")?,
        starts: moment("starts")?,
        ends: moment("ends")?,
        until: moment("until")?,
        last_seen: moment("last_seen")?,
        json: row.get("json")?,
    })
}

impl Store {
    /// All that is kept of a source's past.
    pub fn whole_past(&self, of: CalendarId) -> Result<Vec<Past>, Failure> {
        self.rows("SELECT * FROM past WHERE calendar = ?1 ORDER BY starts, uid, slot", [of.0], past)
    }

    /// What is kept of a source's past and may overlap `window`, or was moved out of a slot in it; the caller looks at each
    /// one's own time.
    pub fn past(&self, of: CalendarId, window: Interval) -> Result<Vec<Past>, Failure> {
        let (from, to) = ((window.start - SLACK).timestamp(), (window.end + SLACK).timestamp());
        self.rows(
            "SELECT * FROM past WHERE calendar = ?1
             AND ((starts < ?3 AND ends >= ?2) OR (slot_at >= ?2 AND slot_at < ?3)) ORDER BY starts, uid, slot",
            params![of.0, from, to],
            past,
        )
    }

    /// How much is kept of a source's past; `None` where that is nothing.
    pub fn past_extent(&self, of: CalendarId) -> Result<Option<PastExtent>, Failure> {
        let moment = |seconds: Option<i64>| DateTime::from_timestamp(seconds.unwrap_or(0), 0).unwrap_or_default();
        let found = self.one(
            "SELECT count(json), count(*) - count(json), max(ends), min(last_seen), max(last_seen) FROM past
             WHERE calendar = ?1",
            [of.0],
            |r| {
                let seen = (moment(r.get(3)?), moment(r.get(4)?));
                Ok(PastExtent { instances: r.get(0)?, absent: r.get(1)?, before: moment(r.get(2)?), seen })
            },
        )?;
        Ok(found.filter(|extent| extent.instances + extent.absent > 0))
    }

    /// Lets go of what is kept of a source's past.
    pub fn forget_past(&self, of: CalendarId) -> Result<(), Failure> {
        self.run("DELETE FROM past WHERE calendar = ?1", [of.0]).map(|_| ())
    }
}

pub(super) fn change(t: &Transaction, of: CalendarId, change: &PastChange) -> rusqlite::Result<()> {
    if change.forget {
        t.execute("DELETE FROM past WHERE calendar = ?1", [of.0])?;
    }
    let mut release = t.prepare_cached("DELETE FROM past WHERE calendar = ?1 AND uid = ?2 AND slot = ?3")?;
    for (uid, slot) in &change.release {
        release.execute(params![of.0, uid, slot])?;
    }
    let mut keep = t.prepare_cached("INSERT OR REPLACE INTO past VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for p in &change.keep {
        let [at, starts, ends, until, seen] =
            [p.slot_at, p.starts, p.ends, p.until, p.last_seen].map(|at| at.timestamp());
        keep.execute(params![of.0, p.uid, p.slot, at, starts, ends, until, seen, p.json])?;
    }
    Ok(())
}
