//! Asking the daemon.

use super::socket::{self, POINTER};
use super::wire::{Answer, PROTOCOL, Question, Request};
use crate::diagnostic::{Exit, Failure};
use std::fmt::Display;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an answer may take that needs no work.
const SHORT: Duration = Duration::from_secs(20);

/// Asks the daemon that works on the state folder `state`; `None` where none runs.
///
/// # Errors
/// What the daemon says, and [`Exit::Io`] where it goes away in between.
pub fn ask(state: &Path, request: Request) -> Result<Option<Answer>, Failure> {
    let state = std::path::absolute(state).unwrap_or_else(|_| state.into());
    let noted = std::fs::read_to_string(state.join(POINTER)).ok().map(PathBuf::from);
    let Some(stream) = noted.into_iter().chain([socket::usual(&state)]).find_map(|path| UnixStream::connect(path).ok())
    else {
        return Ok(None);
    };
    let long = matches!(request, Request::Sync(_) | Request::Render);
    let question = Question { protocol: PROTOCOL, state: Some(state), request };
    let line = exchange(stream, &question, (!long).then_some(SHORT)).map_err(|e| {
        let message = match e.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => "the daemon does not answer",
            _ => "the daemon went away before it answered",
        };
        let help = "see its log: `journalctl --user -u vantage`, or `journalctl -u vantage`";
        Failure::new(Exit::Io, message).cause(e).help(help)
    })?;
    match serde_json::from_str(&line) {
        Ok(Answer::Elsewhere) => Ok(None),
        Ok(Answer::Failed(failure)) => Err(failure),
        Ok(answer) => Ok(Some(answer)),
        Err(e) => Err(not_understood().cause(Place(&e))),
    }
}

/// The daemon answered something else than was asked for.
pub fn not_understood() -> Failure {
    let help = "restart it, so that it is the version of this command";
    Failure::new(Exit::Failed, "the daemon's answer could not be understood").help(help)
}

/// Where an answer is none, without quoting it.
struct Place<'e>(&'e serde_json::Error);

impl Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {} is not as expected", self.0.line(), self.0.column())
    }
}

fn exchange(mut stream: UnixStream, question: &Question, patience: Option<Duration>) -> std::io::Result<String> {
    stream.set_read_timeout(patience)?;
    stream.write_all(format!("{}\n", serde_json::to_string(question)?).as_bytes())?;
    let mut line = String::new();
    if BufReader::new(stream).read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line)
}
