//! Data to standard output, files to disk.

use crate::diagnostic::{Exit, Failure};
use std::io::{self, Write};
use std::path::Path;

/// Prints to standard output. A reader who has gone away, as in `vantage events … | head`, is no failure.
///
/// # Errors
/// [`Exit::Io`].
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Io, "standard output could not be written").cause(e))
        }
        _ => Ok(()),
    }
}

/// Writes a file that is complete or not there: into a temporary one, readable by the user only, which then takes its name.
///
/// # Errors
/// [`Exit::Io`]; an older file of that name is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    attempt().map_err(|e| {
        let failure = Failure::new(Exit::Io, format!("`{}` could not be written", path.display())).cause(e);
        failure.note("a file of that name from before is unchanged")
    })
}

/// Makes the folder that files go to.
///
/// # Errors
/// [`Exit::Io`].
pub fn folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path)
        .map_err(|e| Failure::new(Exit::Io, format!("the folder `{}` could not be made", path.display())).cause(e))
}
