//! Files that are whole or not there, and readable by the user only.

mod secret;

pub use secret::{read as read_secret, read_but as read_secret_but};

use crate::diagnostic::{Exit, Failure};
use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

/// Writes a file that is complete or not there: into a temporary one, readable by the user only, which then takes its name.
///
/// # Errors
/// [`Exit::Io`]; an older file of that name is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_as(path, bytes, None)
}

fn write_as(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> Result<(), Failure> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = move || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        permissions.map_or(Ok(()), |permissions| file.as_file().set_permissions(permissions))?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(folder)?.sync_all()
    };
    attempt().map_err(|e| {
        let failure = Failure::new(Exit::Io, format!("`{}` could not be written", path.display()));
        because(failure, e).note("a file of that name from before is unchanged")
    })
}

/// Writes a file of the user's own anew, complete or not at all: where it is a link, what it leads to, and with the mode
/// that it had. One that is not there is made with its folder, readable by the user only.
///
/// # Errors
/// [`Exit::Io`]; an older file of that name is then untouched.
pub fn rewrite(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let Ok(target) = path.canonicalize() else {
        path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), private_folder)?;
        return write(path, bytes);
    };
    let mode = std::fs::metadata(&target).map(|m| m.permissions()).ok();
    write_as(&target, bytes, mode)
}

/// The bytes of a file.
///
/// # Errors
/// [`Exit::Io`].
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::new(Exit::Io, format!("`{}` could not be read", path.display())).cause(e))
}

/// Removes a file, if it is there.
///
/// # Errors
/// [`Exit::Io`].
pub fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(Failure::new(Exit::Io, format!("`{}` could not be removed", path.display())).cause(e))
        }
        _ => Ok(()),
    }
}

/// Makes the folder that files go to.
///
/// # Errors
/// [`Exit::Io`].
pub fn folder(path: &Path) -> Result<(), Failure> {
    made(path, std::fs::create_dir_all(path))
}

/// Makes a folder that only the user can enter.
///
/// # Errors
/// [`Exit::Io`].
pub fn private_folder(path: &Path) -> Result<(), Failure> {
    made(path, DirBuilder::new().recursive(true).mode(0o700).create(path))
}

/// Takes from everybody but the user what rights there are to `path`. Where the file system knows no rights, or it is
/// somebody else's, nothing happens.
pub fn make_private(path: &Path) {
    if let Ok(facts) = std::fs::metadata(path)
        && facts.permissions().mode() & 0o077 != 0
    {
        let mode = if facts.is_dir() { 0o700 } else { 0o600 };
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    }
}

fn made(path: &Path, done: io::Result<()>) -> Result<(), Failure> {
    done.map_err(|e| because(Failure::new(Exit::Io, format!("the folder `{}` could not be made", path.display())), e))
}

/// `failure` with its cause. A service sees folders as read-only that its unit does not name.
fn because(failure: Failure, e: io::Error) -> Failure {
    let failure = match e.kind() {
        io::ErrorKind::ReadOnlyFilesystem => {
            failure.help("a service writes into the folders of its unit only: after a change of `charts_dir`, run `vantage service install`")
        }
        _ => failure,
    };
    failure.cause(e)
}
