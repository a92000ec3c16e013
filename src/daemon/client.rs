//! Asking the daemon.

use super::socket::{self, POINTER};
use super::wire::{Answer, Question, Request};
use crate::diagnostic::{Exit, Failure};
use serde_json::Value;
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
pub fn ask(state: &Path, request: Request) -> Result<Option<Value>, Failure> {
    let state = std::path::absolute(state).unwrap_or_else(|_| state.into());
    let noted = std::fs::read_to_string(state.join(POINTER)).ok().map(PathBuf::from);
    let Some(stream) = noted.into_iter().chain([socket::usual(&state)]).find_map(|path| UnixStream::connect(path).ok())
    else {
        return Ok(None);
    };
    let long = matches!(request, Request::Sync(_) | Request::Render);
    let question = Question { state: Some(state), request };
    let line = exchange(stream, &question, (!long).then_some(SHORT)).map_err(|e| {
        let message = match e.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => "the daemon does not answer",
            _ => "the daemon went away before it answered",
        };
        let help = "see its log: `journalctl --user -u vantage`, or `journalctl -u vantage`";
        Failure::new(Exit::Io, message).cause(e).help(help)
    })?;
    match serde_json::from_str(&line) {
        Ok(Answer::Done(Value::Null)) => Ok(None),
        Ok(Answer::Done(value)) => Ok(Some(value)),
        Ok(Answer::Failed(said)) => Err(said.failure()),
        Err(e) => {
            let help = "restart it, so that it is the version of this command";
            Err(Failure::new(Exit::Failed, "the daemon's answer could not be understood").cause(e).help(help))
        }
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
