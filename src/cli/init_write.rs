//! Puts the first two files in their place, over older ones only where that is wanted.

use super::paths::shown;
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use std::path::{Path, PathBuf};

/// Refuses where a file is there already.
///
/// # Errors
/// [`Exit::Failed`], naming every such file.
pub(super) fn refuse(paths: &[PathBuf]) -> Result<(), Failure> {
    let there: Vec<String> = paths.iter().filter(|path| path.symlink_metadata().is_ok()).map(|p| shown(p)).collect();
    if there.is_empty() {
        return Ok(());
    }
    let (names, verb) = (there.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "), there.len());
    let verb = if verb == 1 { "is" } else { "are" };
    let failure = Failure::new(Exit::Failed, format!("{names} {verb} there already"));
    Err(failure.help("`vantage init --force` writes anew and keeps the old as `.bak`").note("nothing was changed"))
}

/// Writes `text` to `path`, for the user only where it is new, and keeps what stood there beside it; the name of what was kept.
///
/// # Errors
/// [`Exit::Io`]; the older file is then unchanged.
pub(super) fn write(path: &Path, text: &str) -> Result<Option<PathBuf>, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        disk::private_folder(folder)?;
    }
    let kept = match path.symlink_metadata() {
        Ok(_) => {
            // Every older one stays.
            let numbered = |n: usize| {
                let mut name = path.as_os_str().to_owned();
                name.push(if n == 1 { ".bak".into() } else { format!(".bak{n}") });
                PathBuf::from(name)
            };
            let free = (1..).map(numbered).find(|kept| kept.symlink_metadata().is_err());
            let kept = free.unwrap_or_else(|| numbered(1));
            disk::write(&kept, &disk::read(path)?)?;
            Some(kept)
        }
        Err(_) => None,
    };
    disk::rewrite(path, text.as_bytes())?;
    Ok(kept)
}
