//! The only room that says SQL: one SQLite file of facts, sync state and the user's own decisions. Opinions (classes, hours)
//! are derived from it each time and never kept.
//!
//! Everything that belongs together is one transaction, and `synchronous=FULL` makes a commit survive a power cut: what
//! was reported as stored is stored. Many may read; one process at a time writes, and holds [`Lock`] while it does.

mod accounts;
mod audit;
mod feed;
mod hold;
mod instances;
mod lock;
mod migrate;
mod overrides;
mod past;
mod rendered;
mod state;
#[cfg(test)]
mod tests;
mod texts;
mod upkeep;

pub use accounts::{Account, AccountId, Calendar, CalendarId, Listed};
pub use feed::{Changes, Listing, Window};
pub use hold::Hold;
pub use instances::{Coverage, Known, Row};
pub use lock::Lock;
pub use overrides::Change;
pub use past::{Past, PastChange, PastExtent};
pub use rendered::Drawn;
pub use state::{Obstacle, SyncState};
pub use texts::{KeptText, NewTexts};

use crate::diagnostic::{Exit, Failure};
use crate::disk;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the database inside the state folder.
pub const FILE: &str = "vantage.db";
/// Says that a database was made, outside of it: SQLite opens an emptied file as a fresh one without a word.
const MARK: &str = "vantage.db.made";

/// The database.
pub struct Store {
    db: Connection,
    path: PathBuf,
    /// Held by a writer.
    _lock: Option<Lock>,
}

impl Store {
    /// The state folder, in which the database lies.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Opens the database of `folder` for writing, and makes it where there is none. What others may read is closed to them.
    ///
    /// # Errors
    /// [`Exit::Later`] where another process writes, [`Exit::Io`], [`Exit::Data`] where the file is damaged.
    pub fn writer(folder: &Path) -> Result<Store, Failure> {
        disk::private_folder(folder)?;
        let lock = Lock::take(folder)?;
        disk::make_private(folder);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            // Its companions and its copies too.
            if entry.file_name().as_encoded_bytes().starts_with(FILE.as_bytes()) {
                disk::make_private(&entry.path());
            }
        }
        let path = folder.join(FILE);
        let made = folder.join(MARK);
        if made.exists() && std::fs::metadata(&path).map_or(0, |m| m.len()) == 0 {
            return Err(lost(&path));
        }
        // Made by us first, so that it and its companions are readable by the user only.
        OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(|e| {
            Failure::new(Exit::Io, format!("the database `{}` could not be opened", path.display())).cause(e)
        })?;
        let mut db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate::migrate(&mut db, &path, migrate::STEPS)?;
        if !made.exists() {
            disk::write(&made, b"")?;
        }
        Ok(Store { db, path, _lock: Some(lock) })
    }

    /// Opens the database of `folder` for reading; `None` where there is none yet.
    ///
    /// # Errors
    /// [`Exit::Io`], [`Exit::Data`] where the file is damaged, [`Exit::Failed`] where a newer Vantage made it.
    pub fn reader(folder: &Path) -> Result<Option<Store>, Failure> {
        let path = folder.join(FILE);
        if std::fs::metadata(&path).map_or(0, |m| m.len()) == 0 {
            return if folder.join(MARK).exists() { Err(lost(&path)) } else { Ok(None) };
        }
        let db = match connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            Err(failure) if failure.exit == Exit::Io => frozen(&path).map_err(|_| failure)?,
            db => db?,
        };
        if migrate::is_behind(&db, &path)? {
            drop(db);
            return Store::writer(folder).map(|store| Some(Store { _lock: None, ..store }));
        }
        Ok(Some(Store { db, path, _lock: None }))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does `work` as a whole or not at all.
    fn whole<T>(&mut self, work: impl FnOnce(&rusqlite::Transaction) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let path = &self.path;
        let transaction = self.db.transaction().map_err(|e| failed(path, &e))?;
        let done = work(&transaction).map_err(|e| failed(path, &e))?;
        transaction.commit().map_err(|e| failed(path, &e))?;
        Ok(done)
    }

    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let all =
            || -> rusqlite::Result<Vec<T>> { self.db.prepare_cached(sql)?.query_map(parameters, read)?.collect() };
        all().map_err(|e| failed(&self.path, &e))
    }

    fn one<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Failure> {
        Ok(self.rows(sql, parameters, read)?.pop())
    }

    fn run(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize, Failure> {
        let run = || self.db.prepare_cached(sql)?.execute(parameters);
        run().map_err(|e| failed(&self.path, &e))
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Failure> {
    let open = || {
        let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(Duration::from_secs(10))?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304;",
        )?;
        Ok(db)
    };
    open().map_err(|e: rusqlite::Error| failed(path, &e))
}

/// Opens a database beside which nothing can be written, not even the index of its log that a reader needs. Only where no log
/// lies there: then nobody writes it, and it is whole.
fn frozen(path: &Path) -> rusqlite::Result<Connection> {
    let log = path.with_extension("db-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = if std::fs::metadata(log).map_or(0, |facts| facts.len()) > 0 {
        Connection::open_with_flags(path, flags)?
    } else {
        let name =
            percent_encoding::percent_encode(path.as_os_str().as_encoded_bytes(), percent_encoding::NON_ALPHANUMERIC);
        Connection::open_with_flags(format!("file:{name}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)?
    };
    db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; SELECT count(*) FROM sqlite_schema")?;
    Ok(db)
}

fn lost(path: &Path) -> Failure {
    let failure =
        Failure::new(Exit::Data, format!("the database `{}` is empty, and it was not before", path.display()));
    let help = format!("restore it from a backup, or remove `{}.made` beside it to begin anew", path.display());
    failure.help(help)
}

/// What to do about a damaged database: its companions go with it, and a copy takes its place where there is one.
pub fn move_away(path: &Path) -> String {
    let (backup, path) = (upkeep::backup(path), path.display());
    match backup.exists() {
        true => {
            format!("stop Vantage, remove `{path}-wal` and `{path}-shm`, and copy `{}` to `{path}`", backup.display())
        }
        false => format!("stop Vantage, move `{path}`, `{path}-wal` and `{path}.made` away, and run `vantage sync`"),
    }
}

/// The words of SQLite name tables and columns, never their content.
fn failed(path: &Path, e: &rusqlite::Error) -> Failure {
    let code = e.sqlite_error_code();
    let (exit, what) = match code {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (Exit::Data, "is damaged"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (Exit::Later, "is in use by another program"),
        Some(ErrorCode::DiskFull) => (Exit::Io, "could not be written: the disk is full"),
        _ => (Exit::Io, "could not be used"),
    };
    let failure = Failure::new(exit, format!("the database `{}` {what}", path.display())).cause(e);
    match code {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            failure.help(move_away(path)).note("everything in it but your own marks can be fetched again")
        }
        Some(ErrorCode::DiskFull) => failure.note("everything that was stored before is still there"),
        _ => failure,
    }
}
