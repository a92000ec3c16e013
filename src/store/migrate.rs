//! The schema's steps, forward only. `user_version` says how many of them a file has seen.

use super::failed;
use crate::diagnostic::{Exit, Failure};
use rusqlite::Connection;
use std::path::Path;

/// Marks the file as ours: "VNTG".
const APPLICATION: i64 = 0x564e_5447;

/// Every step that was ever shipped, in order. A step is never edited; a new one is added.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("past.sql"),
    include_str!("told.sql"),
    include_str!("audit.sql"),
    include_str!("versions.sql"),
    include_str!("answers.sql"),
    include_str!("kinds.sql"),
    include_str!("texts.sql"),
    include_str!("typed.sql"),
];

/// The file has seen fewer steps than there are.
///
/// # Errors
/// [`Exit::Failed`] where it has seen more, [`Exit::Data`] where it is not ours.
pub(super) fn is_behind(db: &Connection, path: &Path) -> Result<bool, Failure> {
    Ok(seen(db, path, STEPS.len())? < STEPS.len())
}

fn seen(db: &Connection, path: &Path, known: usize) -> Result<usize, Failure> {
    let read = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(|e| failed(path, &e));
    let (version, application) = (read("user_version")?, read("application_id")?);
    if version > 0 && application != APPLICATION {
        return Err(Failure::new(Exit::Data, format!("`{}` is not a database of Vantage", path.display())));
    }
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > known {
        let message = format!("the database `{}` was made by a newer Vantage", path.display());
        return Err(Failure::new(Exit::Failed, message).help("install that version again; nothing was changed"));
    }
    Ok(version)
}

/// Copies the database, which lies at `path`, to a file `to` beside it that is whole or not there.
///
/// # Errors
/// [`Exit::Io`]; an older file of that name is then untouched.
pub(super) fn copy(db: &Connection, path: &Path, to: &Path) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = tempfile::NamedTempFile::new_in(folder).map_err(|e| {
        Failure::new(Exit::Io, format!("no copy of the database could be made in `{}`", folder.display())).cause(e)
    })?;
    // An empty file that is readable by us only: what SQLite fills stays so.
    db.execute("VACUUM INTO ?1", [made.path().to_string_lossy()]).map_err(|e| failed(path, &e))?;
    let keep = || {
        made.as_file().sync_all()?;
        made.persist(to)?;
        // The new name, too, outlives a power cut.
        std::fs::File::open(folder)?.sync_all()
    };
    let kept: std::io::Result<()> = keep();
    kept.map_err(|e| Failure::new(Exit::Io, format!("the copy `{}` could not be made", to.display())).cause(e))
}

/// Brings the file up to the last of `steps`. Before the first one, what is there is copied to `vantage.db.before-N`, N being
/// the step.
///
/// # Errors
/// As [`is_behind`]; the file is then as it was.
pub(super) fn migrate(db: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), Failure> {
    let version = seen(db, path, steps.len())?;
    if version == steps.len() {
        return Ok(());
    }
    if version > 0 {
        copy(db, path, &path.with_extension(format!("db.before-{}", version + 1)))?;
    }
    // A table is made anew under its name without what refers to it going with the old one.
    db.pragma_update(None, "foreign_keys", false).map_err(|e| failed(path, &e))?;
    for (number, step) in steps.iter().enumerate().skip(version) {
        let apply = |db: &mut Connection| {
            let transaction = db.transaction()?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", number as i64 + 1)?;
            transaction.commit()
        };
        apply(db).map_err(|e| failed(path, &e))?;
    }
    db.pragma_update(None, "foreign_keys", true).map_err(|e| failed(path, &e))
}
