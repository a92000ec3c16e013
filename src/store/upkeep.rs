//! What keeps the file sound and small, and a copy of it for the day it is not.

use super::{Store, migrate};
use crate::diagnostic::{Exit, Failure};
use chrono::{DateTime, TimeDelta, Utc};
use std::fs::File;
use std::path::{Path, PathBuf};

/// How old the copy may grow.
const BACKUP: TimeDelta = TimeDelta::days(7);
/// How many times the size of the database must be free for a copy: the copy, and room to go on.
const ROOM: u64 = 2;

/// A file is written anew without its free pages where they are more than this part of it, and more than so many bytes.
const FREE: (u64, u64) = (4, 8 << 20);

/// Where the copy of a database is.
pub(super) fn backup(database: &Path) -> PathBuf {
    database.with_extension("db.backup")
}

impl Store {
    /// What SQLite's own check says: nothing where all is well.
    ///
    /// # Errors
    /// See [`Store::reader`]; so for every method.
    pub fn check(&self) -> Result<Vec<String>, Failure> {
        let mut found: Vec<String> = self.rows("PRAGMA integrity_check(10)", [], |row| row.get(0))?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    /// Rows that were deleted before `then` are removed for good; how many they were.
    pub fn purge(&mut self, then: DateTime<Utc>) -> Result<usize, Failure> {
        self.whole(|t| {
            let raw = t.execute("DELETE FROM event_raw WHERE deleted_at < ?1 AND cancelled = 0", [then.timestamp()])?;
            Ok(raw + t.execute("DELETE FROM instance WHERE deleted_at < ?1", [then.timestamp()])?)
        })
    }

    /// Gives the pages back that nothing needs any more, where they are many and space is not short; whether it did.
    pub fn shrink(&self) -> Result<bool, Failure> {
        let number = |name: &str| Ok(self.one(&format!("PRAGMA {name}"), [], |row| row.get(0))?.unwrap_or(0));
        let (pages, free, size): (u64, u64, u64) =
            (number("page_count")?, number("freelist_count")?, number("page_size")?);
        if free * FREE.0 < pages || free * size < FREE.1 || !self.has_room() {
            return Ok(false);
        }
        self.run("VACUUM", []).map(|_| true)
    }

    /// Moves the write-ahead log into the database and empties it. A reader that is under way keeps some of it until the
    /// next time.
    pub fn checkpoint(&self) -> Result<(), Failure> {
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map(|_| ())
    }

    /// Where the copy is, whether or not there is one.
    pub fn backup(&self) -> PathBuf {
        backup(&self.path)
    }

    /// Copies the database to [`Store::backup`] where the copy there is a week old, or none; whether it did. Where space is
    /// short, nothing is copied.
    pub fn back_up(&self, now: DateTime<Utc>) -> Result<bool, Failure> {
        let copy = self.backup();
        let made = std::fs::metadata(&copy).and_then(|facts| facts.modified()).ok().map(DateTime::<Utc>::from);
        // A clock that was set back must not make the wait endless.
        if made.is_some_and(|made| (now - made).abs() < BACKUP) || !self.has_room() {
            return Ok(false);
        }
        migrate::copy(&self.db, &self.path, &copy)?;
        // By the clock that asks for the next one.
        let dated = File::options().write(true).open(&copy).and_then(|file| file.set_modified(now.into()));
        dated
            .map(|()| true)
            .map_err(|e| Failure::new(Exit::Io, format!("the copy `{}` could not be dated", copy.display())).cause(e))
    }

    fn has_room(&self) -> bool {
        let size = std::fs::metadata(&self.path).map_or(0, |facts| facts.len());
        // Where nobody can say, the copy itself will.
        rustix::fs::statvfs(&self.path).map_or(true, |disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= size * ROOM)
    }
}
