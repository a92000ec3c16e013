//! Listings of a Google calendar on their way into the store: staged page by page, then applied as a whole.
//!
//! The feed (single events, series, changed instances) says what changed; the window (instances as Google expands them) says
//! what happens when. See the checklist's items in the tests for why each line is there.

use super::accounts::CalendarId;
use super::{Store, failed};
use crate::diagnostic::Failure;
use crate::model::{Item, ItemKind};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    Feed,
    Window,
}

impl Listing {
    fn name(self) -> &'static str {
        match self {
            Listing::Feed => "feed",
            Listing::Window => "window",
        }
    }
}

/// The time whose instances are kept, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// What a sync did to events; a series is one, and so is each of its changed instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

impl std::ops::AddAssign for Changes {
    fn add_assign(&mut self, more: Changes) {
        self.added += more.added;
        self.changed += more.changed;
        self.removed += more.removed;
    }
}

/// Live instances that a listing of the window `?2..?3` must show. Whole days are compared with slack, because Google
/// compares them in the calendar's zone.
const SHOWN: &str = "deleted_at IS NULL AND iif(starts % 86400 = 0 AND ends % 86400 = 0,
    starts < ?3 - 50400 AND ends > ?2 + 50400, starts < ?3 AND ends > ?2)";

fn item(row: &Row) -> rusqlite::Result<Item> {
    let kind = match row.get::<_, String>("kind")?.as_str() {
        "series" => ItemKind::Series,
        "instance" => ItemKind::Instance,
        _ => ItemKind::Single,
    };
    let span: Option<i64> = row.get("starts")?;
    Ok(Item {
        id: row.get("id")?,
        kind,
        series: row.get("series")?,
        original: row.get("original")?,
        etag: row.get("etag")?,
        cancelled: row.get("cancelled")?,
        span: span.zip(row.get("ends")?),
        json: row.get("json")?,
    })
}

impl Store {
    /// Begins a listing anew; what an earlier one left behind is dropped.
    pub fn stage_begin(&self, of: CalendarId, listing: Listing) -> Result<(), Failure> {
        self.run("DELETE FROM staged WHERE calendar = ?1 AND listing = ?2", params![of.0, listing.name()]).map(|_| ())
    }

    /// Adds a page. Of an item that comes twice, the later one stands.
    pub fn stage(&mut self, of: CalendarId, listing: Listing, items: &[Item]) -> Result<(), Failure> {
        self.whole(|t| {
            let mut insert = t.prepare_cached(
                "INSERT OR REPLACE INTO staged (calendar, listing, id, kind, series, original, etag, cancelled, starts, ends,
                 json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            items.iter().try_for_each(|i| {
                let (starts, ends) = i.span.unzip();
                insert
                    .execute(params![
                        of.0,
                        listing.name(),
                        i.id,
                        i.kind.name(),
                        i.series,
                        i.original,
                        i.etag,
                        i.cancelled,
                        starts,
                        ends,
                        i.json
                    ])
                    .map(|_| ())
            })
        })
    }

    /// How many live events a whole listing is compared with, and which of them it lacks; a series is one event.
    pub fn removal(
        &self,
        of: CalendarId,
        listing: Listing,
        window: Window,
    ) -> Result<(usize, BTreeSet<String>), Failure> {
        let (live, found) = match listing {
            Listing::Feed => (
                "SELECT id FROM event_raw WHERE calendar = ?1 AND deleted_at IS NULL AND cancelled = 0
                 AND kind <> 'instance' AND ?2 < ?3"
                    .to_string(),
                "SELECT id FROM staged WHERE calendar = ?1 AND listing = 'feed' AND cancelled = 0",
            ),
            Listing::Window => (
                format!("SELECT DISTINCT coalesce(series, id) FROM instance WHERE calendar = ?1 AND {SHOWN}"),
                "SELECT coalesce(series, id) FROM staged WHERE calendar = ?1 AND listing = 'window'",
            ),
        };
        let bounds = params![of.0, window.from.timestamp(), window.to.timestamp()];
        let count = self.one(&format!("SELECT count(*) FROM ({live})"), bounds, |r| r.get(0))?.unwrap_or(0);
        let removed = self.rows(&format!("{live} EXCEPT {found}"), bounds, |r| r.get(0))?;
        Ok((count, removed.into_iter().collect()))
    }

    /// Applies the staged feed as what changed since the last token, and keeps the new one, in one transaction. Applying the
    /// same changes twice does nothing the second time.
    pub fn apply_delta(&mut self, of: CalendarId, token: &str, now: DateTime<Utc>) -> Result<Changes, Failure> {
        self.whole(|t| {
            let mut changes = Changes::default();
            // Deletions of whole events go last: the order of a feed means nothing, and they take instances with them.
            for deletions in [false, true] {
                for item in staged(t, of, Listing::Feed, deletions)? {
                    let item = item?;
                    changes += if deletions { delete(t, of, &item, now)? } else { keep(t, of, &item, now)? };
                    if !item.cancelled && item.kind == ItemKind::Series {
                        t.prepare_cached("INSERT OR IGNORE INTO dirty VALUES (?1, ?2)")?
                            .execute(params![of.0, item.id])?;
                    } else if !item.cancelled {
                        keep_instance(t, of, &item)?;
                    }
                }
            }
            clear_staged(t, of)?;
            t.execute("UPDATE sync_state SET token = ?2 WHERE calendar = ?1", params![of.0, token])?;
            good(t, of, now)?;
            Ok(changes)
        })
    }

    /// Series whose instances must be asked for again.
    pub fn dirty(&self, of: CalendarId) -> Result<Vec<String>, Failure> {
        self.rows("SELECT series FROM dirty WHERE calendar = ?1 ORDER BY series", [of.0], |r| r.get(0))
    }

    /// How many live instances of a series lie in the window, and which of them `items` lack.
    pub fn series_removal(
        &self,
        of: CalendarId,
        series: &str,
        items: &[Item],
        window: Window,
    ) -> Result<(usize, BTreeSet<String>), Failure> {
        let known = shown(&self.db, of, series, window).map_err(|e| failed(&self.path, &e))?;
        Ok((known.len(), lacking(known, items)))
    }

    /// Replaces the instances of one series in the window by `items`.
    pub fn replace_series(
        &mut self,
        of: CalendarId,
        series: &str,
        items: &[Item],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        self.whole(|t| {
            for id in lacking(shown(t, of, series, window)?, items) {
                t.prepare_cached("UPDATE instance SET deleted_at = ?3 WHERE calendar = ?1 AND id = ?2")?
                    .execute(params![of.0, id, now.timestamp()])?;
            }
            for item in items.iter().filter(|i| !i.cancelled) {
                keep_instance(t, of, item)?;
            }
            t.execute("DELETE FROM dirty WHERE calendar = ?1 AND series = ?2", params![of.0, series]).map(|_| ())
        })
    }

    /// Swaps a whole listing in: the staged window, and with it the staged feed where there is one, with its token if it
    /// brought one. What they lack is deleted, but for instances outside the window, which stay as they were seen last.
    /// `skipped` are the items that could not be read: older notes of such are settled.
    pub fn swap(
        &mut self,
        of: CalendarId,
        feed: Option<(Option<&str>, &str)>,
        window: Window,
        skipped: &[(String, String)],
        due: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Changes, Failure> {
        let (at, from, to) = (now.timestamp(), window.from.timestamp(), window.to.timestamp());
        self.whole(|t| {
            let mut changes = Changes::default();
            if let Some((token, parameters)) = feed {
                for item in staged(t, of, Listing::Feed, false)? {
                    let item = item?;
                    let kept = keep(t, of, &item, now)?;
                    if !item.cancelled {
                        changes += kept;
                    }
                    let inside = item.span.is_none_or(|(starts, ends)| starts < to && ends > from);
                    if !inside && !item.cancelled && item.kind != ItemKind::Series {
                        keep_instance(t, of, &item)?;
                    }
                }
                changes.removed += t.execute(
                    "UPDATE event_raw SET deleted_at = ?2 WHERE calendar = ?1 AND deleted_at IS NULL AND id NOT IN
                     (SELECT id FROM staged WHERE calendar = ?1 AND listing = 'feed'
                      AND (cancelled = 0 OR kind = 'instance'))",
                    params![of.0, at],
                )?;
                t.execute(
                    &format!(
                        "UPDATE instance SET deleted_at = ?2 WHERE calendar = ?1 AND deleted_at IS NULL AND EXISTS
                         (SELECT 1 FROM event_raw r WHERE r.calendar = ?1 AND r.id = coalesce(instance.series, instance.id)
                          AND r.deleted_at IS NOT NULL) AND id NOT IN ({ALIVE})"
                    ),
                    params![of.0, at],
                )?;
                t.execute(
                    "UPDATE sync_state SET token = ?2, parameters = ?3 WHERE calendar = ?1",
                    params![of.0, token, parameters],
                )?;
            }
            let lacking = format!(
                "UPDATE instance SET deleted_at = ?4 WHERE calendar = ?1 AND {SHOWN} AND id NOT IN
                 (SELECT id FROM staged WHERE calendar = ?1 AND listing = 'window')"
            );
            let removed = t.execute(&lacking, params![of.0, from, to, at])?;
            let (mut added, mut changed) = (0, 0);
            for item in staged(t, of, Listing::Window, false)? {
                match keep_instance(t, of, &item?)? {
                    Some(true) => added += 1,
                    Some(false) => changed += 1,
                    None => {}
                }
            }
            if feed.is_none() {
                changes = Changes { added, changed, removed };
            }
            clear_staged(t, of)?;
            t.execute("DELETE FROM dirty WHERE calendar = ?1", [of.0])?;
            t.execute("DELETE FROM held WHERE calendar = ?1", [of.0])?;
            keep_skipped(t, of, skipped, true, now)?;
            t.execute(
                "UPDATE sync_state SET covered_from = iif(covered_to >= ?2, min(covered_from, ?2), ?2), covered_to = ?3,
                 window_due = ?4 WHERE calendar = ?1",
                params![of.0, from, to, due.timestamp()],
            )?;
            good(t, of, now)?;
            Ok(changes)
        })
    }

    /// Drops a listing that is not applied.
    pub fn unstage(&mut self, of: CalendarId) -> Result<(), Failure> {
        self.whole(|t| clear_staged(t, of))
    }

    /// Notes items that could not be read. `whole`: the listing showed everything, so that older notes are settled.
    pub fn skip(
        &mut self,
        of: CalendarId,
        items: &[(String, String)],
        whole: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        self.whole(|t| keep_skipped(t, of, items, whole, now))
    }
}

fn keep_skipped(
    t: &Transaction,
    of: CalendarId,
    items: &[(String, String)],
    whole: bool,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    if whole {
        t.execute("DELETE FROM skipped WHERE calendar = ?1", [of.0])?;
    }
    let mut insert = t.prepare_cached("INSERT OR IGNORE INTO skipped VALUES (?1, ?2, ?3, ?4)")?;
    items.iter().try_for_each(|(item, reason)| insert.execute(params![of.0, item, reason, now.timestamp()]).map(|_| ()))
}

/// The live instances of a series that a listing of the window must show.
fn shown(db: &Connection, of: CalendarId, series: &str, window: Window) -> rusqlite::Result<BTreeSet<String>> {
    let sql = format!("SELECT id FROM instance WHERE calendar = ?1 AND {SHOWN} AND series = ?4");
    let bounds = params![of.0, window.from.timestamp(), window.to.timestamp(), series];
    db.prepare_cached(&sql)?.query_map(bounds, |r| r.get(0))?.collect()
}

fn lacking(mut known: BTreeSet<String>, items: &[Item]) -> BTreeSet<String> {
    for item in items.iter().filter(|i| !i.cancelled) {
        known.remove(&item.id);
    }
    known
}

/// The staged items; `deletions` are cancelled events that are no instances.
fn staged<'t>(
    t: &'t Transaction,
    of: CalendarId,
    listing: Listing,
    deletions: bool,
) -> rusqlite::Result<impl Iterator<Item = rusqlite::Result<Item>> + 't> {
    let mut ids = t.prepare_cached(
        "SELECT id FROM staged WHERE calendar = ?1 AND listing = ?2 AND (cancelled = 1 AND kind <> 'instance') = ?3",
    )?;
    let ids = ids.query_map(params![of.0, listing.name(), deletions], |r| r.get::<_, String>(0))?;
    let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
    // One item at a time in memory.
    Ok(ids.into_iter().map(move |id| {
        t.prepare_cached("SELECT * FROM staged WHERE calendar = ?1 AND listing = ?2 AND id = ?3")?
            .query_row(params![of.0, listing.name(), id], item)
    }))
}

fn clear_staged(t: &Transaction, of: CalendarId) -> rusqlite::Result<()> {
    t.execute("DELETE FROM staged WHERE calendar = ?1", [of.0]).map(|_| ())
}

/// Keeps an item of the feed. A cancelled instance is remembered, with what was known of it.
fn keep(t: &Transaction, of: CalendarId, item: &Item, now: DateTime<Utc>) -> rusqlite::Result<Changes> {
    let known: Option<(String, Option<String>, bool, bool, String)> = t
        .prepare_cached(
            "SELECT kind, etag, cancelled, deleted_at IS NULL, json FROM event_raw WHERE calendar = ?1 AND id = ?2",
        )?
        .query_row(params![of.0, item.id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))
        .optional()?;
    if item.cancelled {
        t.prepare_cached("UPDATE instance SET deleted_at = ?3 WHERE calendar = ?1 AND id = ?2 AND deleted_at IS NULL")?
            .execute(params![of.0, item.id, now.timestamp()])?;
    }
    let mut changes = Changes::default();
    if let Some((kind, etag, cancelled, live, json)) = &known {
        let same = (etag.is_some() && *etag == item.etag) || *json == item.json;
        if *live && *cancelled == item.cancelled && kind == item.kind.name() && (same || item.cancelled) {
            return Ok(changes);
        }
        // An event that became a series, or the other way round, keeps its id: the other form goes.
        if kind != item.kind.name() && item.kind != ItemKind::Instance {
            t.prepare_cached("UPDATE instance SET deleted_at = ?3 WHERE calendar = ?1 AND (id = ?2 OR series = ?2)")?
                .execute(params![of.0, item.id, now.timestamp()])?;
            // Where it is a series now, whoever applies it says so again.
            t.prepare_cached("DELETE FROM dirty WHERE calendar = ?1 AND series = ?2")?
                .execute(params![of.0, item.id])?;
        }
    }
    // The first change of one meeting of a series comes as a new item; that meeting was there before.
    let was_there = matches!(known, Some((_, _, false, true, _)))
        || t.prepare_cached("SELECT 1 FROM instance WHERE calendar = ?1 AND id = ?2 AND deleted_at IS NULL")?
            .exists(params![of.0, item.id])?;
    *match (item.cancelled, was_there) {
        (true, _) => &mut changes.removed,
        (false, true) => &mut changes.changed,
        (false, false) => &mut changes.added,
    } += 1;
    // Of a cancelled item only ids are sure to come: what was known stays.
    t.prepare_cached(
        "INSERT INTO event_raw (calendar, id, kind, series, original, etag, cancelled, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (calendar, id) DO UPDATE SET kind = ?3, series = ?4, original = coalesce(?5, original), etag = ?6,
           cancelled = ?7, json = iif(?7, json, ?8), deleted_at = NULL",
    )?
    .execute(params![
        of.0,
        item.id,
        item.kind.name(),
        item.series,
        item.original,
        item.etag,
        item.cancelled,
        item.json
    ])?;
    Ok(changes)
}

/// What the staged feed says is alive.
const ALIVE: &str = "SELECT id FROM staged WHERE calendar = ?1 AND listing = 'feed' AND cancelled = 0";

/// A deleted event: with a series go its changed instances and everything that it was expanded to, but for a date to which one
/// is still invited alone: the feed tells of it beside the deletion.
fn delete(t: &Transaction, of: CalendarId, item: &Item, now: DateTime<Utc>) -> rusqlite::Result<Changes> {
    let at = now.timestamp();
    let gone = |sql: &str| t.prepare_cached(sql)?.execute(params![of.0, item.id, at]);
    let removed = gone("UPDATE event_raw SET deleted_at = ?3 WHERE calendar = ?1 AND id = ?2 AND deleted_at IS NULL")?;
    gone("UPDATE instance SET deleted_at = ?3 WHERE calendar = ?1 AND id = ?2 AND deleted_at IS NULL")?;
    for table in ["event_raw", "instance"] {
        gone(&format!(
            "UPDATE {table} SET deleted_at = ?3 WHERE calendar = ?1 AND series = ?2 AND deleted_at IS NULL
             AND id NOT IN ({ALIVE})"
        ))?;
    }
    t.prepare_cached("DELETE FROM dirty WHERE calendar = ?1 AND series = ?2")?.execute(params![of.0, item.id])?;
    Ok(Changes { removed, ..Changes::default() })
}

/// Keeps what happens when: `Some(true)` where it is new, `Some(false)` where it changed.
fn keep_instance(t: &Transaction, of: CalendarId, item: &Item) -> rusqlite::Result<Option<bool>> {
    let Some((starts, ends)) = item.span else { return Ok(None) };
    let known: Option<(bool, bool)> = t
        .prepare_cached(
            "SELECT deleted_at IS NULL, deleted_at IS NULL AND json = ?3 FROM instance WHERE calendar = ?1 AND id = ?2",
        )?
        .query_row(params![of.0, item.id, item.json], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    if let Some((_, true)) = known {
        return Ok(None);
    }
    t.prepare_cached(
        "INSERT OR REPLACE INTO instance (calendar, id, series, original, starts, ends, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![of.0, item.id, item.series, item.original, starts, ends, item.json])?;
    Ok(Some(!matches!(known, Some((true, _)))))
}

/// The calendar is as the source says, as of now.
pub(super) fn good(t: &Transaction, of: CalendarId, now: DateTime<Utc>) -> rusqlite::Result<()> {
    t.execute("DELETE FROM obstacle WHERE calendar = ?1", [of.0])?;
    let sql = "UPDATE sync_state SET last_good = ?2 WHERE calendar = ?1";
    t.execute(sql, params![of.0, now.timestamp()]).map(|_| ())
}
