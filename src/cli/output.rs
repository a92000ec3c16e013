//! Data to standard output.

use crate::diagnostic::{Exit, Failure};
use std::io::{self, Write};

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
