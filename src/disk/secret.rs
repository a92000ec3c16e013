//! Files that hold a secret are read only where nobody else can read them.

use crate::diagnostic::{Exit, Failure};
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path};

/// More than any token or key file holds.
const LARGEST: u64 = 1 << 20;

/// The text of the `what` file at `path`; none where there is no such file.
///
/// # Errors
/// [`Exit::Config`] where others can read it, or it belongs to another user, or is a link; [`Exit::Io`].
pub fn read(path: &Path, what: &str) -> Result<Option<String>, Failure> {
    let kept = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    read_but(path, what, kept.as_deref().map(Path::new))
}

/// The same, where files in the folder `kept` are the service manager's business (systemd.exec(5), CREDENTIALS).
pub fn read_but(path: &Path, what: &str, kept: Option<&Path>) -> Result<Option<String>, Failure> {
    let name = format!("the {what} file `{}`", path.display());
    let unsafe_file = |why: &str| Failure::new(Exit::Config, format!("{name} {why}"));
    let unread = |e: io::Error| Failure::new(Exit::Io, format!("{name} could not be read")).cause(e);
    // Not through a link, and without waiting where it is a pipe.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = match OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) if e.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
            return Err(unsafe_file("is a symbolic link").help("put the file itself there"));
        }
        Err(e) => return Err(unread(e)),
    };
    // What was opened, not what may stand there by now.
    let facts = file.metadata().map_err(unread)?;
    if !facts.is_file() {
        return Err(unsafe_file("is not a file"));
    }
    let exempt =
        kept.is_some_and(|folder| path.starts_with(folder) && !path.components().any(|c| c == Component::ParentDir));
    // Root reads for the one whose folder it is.
    let me = rustix::process::geteuid();
    let folder = || path.parent().and_then(|folder| folder.metadata().ok()).map(|folder| folder.uid());
    if !exempt && facts.uid() != me.as_raw() && !(me.is_root() && folder() == Some(facts.uid())) {
        return Err(unsafe_file("belongs to another user").help(format!("`chown $USER {}`", path.display())));
    }
    if !exempt && facts.mode() & 0o077 != 0 {
        return Err(unsafe_file("can be read by others").help(format!("`chmod 600 {}`", path.display())));
    }
    text(file).map(Some).map_err(unread)
}

fn text(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}
