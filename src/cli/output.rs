//! Data to standard output.

use crate::diagnostic::{Exit, Failure};
use std::io::{self, Write};

/// Prints to standard output. A reader who has gone away, as in `vantage events … | head`, is no failure.
///
/// # Errors
/// [`Exit::Io`].
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_on(text).map(|_| ())
}

/// The same for one who has more to say; `false` where the reader has gone away.
///
/// # Errors
/// [`Exit::Io`].
pub(super) fn print_on(text: &str) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(Failure::new(Exit::Io, "standard output could not be written").cause(e)),
    }
}
