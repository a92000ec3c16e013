//! What happens when.

use super::Store;
use super::accounts::CalendarId;
use crate::diagnostic::Failure;
use crate::model::Interval;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rusqlite::params;

/// A live instance in its source's words.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub json: String,
}

/// A single event or a series of a calendar, as its source told it last.
pub struct Known {
    pub series: bool,
    /// SEQUENCE.
    pub sequence: i64,
    pub json: String,
}

/// How much a calendar holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Singles and series.
    pub events: u64,
    /// Live instances.
    pub instances: u64,
}

/// Whole days are kept as if in UTC; a local day lies up to 14 hours beside it.
pub(super) const SLACK: TimeDelta = TimeDelta::hours(14);

impl Store {
    /// The live instances of a calendar that may overlap `window`, and those that were moved out of a slot in it; the
    /// caller looks at each one's own time.
    pub fn instances(&self, of: CalendarId, window: Interval) -> Result<Vec<Row>, Failure> {
        let (from, to) = (window.start - SLACK, window.end + SLACK);
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        self.rows(
            "SELECT id, json, starts FROM instance
             WHERE calendar = ?1 AND deleted_at IS NULL AND starts < ?3 AND ends >= ?2
             UNION ALL SELECT id, json, starts FROM instance
             WHERE calendar = ?1 AND deleted_at IS NULL AND original IS NOT NULL AND original >= ?4 AND original < ?5
               AND NOT (starts < ?3 AND ends >= ?2) ORDER BY starts, id",
            params![of.0, from.timestamp(), to.timestamp(), text(from), text(to)],
            |row| Ok(Row { id: row.get(0)?, json: row.get(1)? }),
        )
    }

    /// The live events and series of a calendar that bear one iCalendar UID, whenever they take place.
    pub fn known(&self, of: CalendarId, uid: &str) -> Result<Vec<Known>, Failure> {
        self.rows(
            "SELECT kind = 'series' AS series, coalesce(CAST(json ->> '$.sequence' AS INTEGER), 0) AS sequence, json
             FROM event_raw WHERE calendar = ?1 AND iif(json_valid(json), json ->> '$.iCalUID', NULL) = ?2
             AND deleted_at IS NULL AND cancelled = 0 AND kind <> 'instance' ORDER BY id",
            params![of.0, uid],
            |row| Ok(Known { series: row.get(0)?, sequence: row.get(1)?, json: row.get(2)? }),
        )
    }

    /// How much a calendar holds.
    pub fn coverage(&self, of: CalendarId) -> Result<Coverage, Failure> {
        let found = self.one(
            // Where no token comes, the feed is not read again, and the window alone knows.
            "SELECT iif(EXISTS (SELECT 1 FROM sync_state WHERE calendar = ?1 AND token IS NULL AND token_due IS NOT NULL),
                      (SELECT count(DISTINCT coalesce(series, id)) FROM instance WHERE calendar = ?1
                       AND deleted_at IS NULL),
                      (SELECT count(*) FROM event_raw WHERE calendar = ?1 AND deleted_at IS NULL AND cancelled = 0
                       AND kind <> 'instance')),
                    (SELECT count(*) FROM instance WHERE calendar = ?1 AND deleted_at IS NULL)",
            [of.0],
            |r| Ok(Coverage { events: r.get(0)?, instances: r.get(1)? }),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Why items of a calendar could not be read, with how many each.
    pub fn skipped(&self, of: CalendarId) -> Result<Vec<(String, u64)>, Failure> {
        let sql = "SELECT reason, count(*) FROM skipped WHERE calendar = ?1 GROUP BY reason ORDER BY 2 DESC, 1";
        self.rows(sql, [of.0], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// Some live instance carries an event label.
    pub fn has_labels(&self, of: CalendarId) -> Result<bool, Failure> {
        // The index holds these rows and no others; left alone, SQLite reads the text of every instance.
        let sql =
            "SELECT 1 FROM instance INDEXED BY instance_labelled WHERE calendar = ?1 AND deleted_at IS NULL AND instr(json, '\"eventLabelId\"') > 0
                   LIMIT 1";
        Ok(self.one(sql, [of.0], |_| Ok(()))?.is_some())
    }
}
