//! Questions to a person: a single key on a terminal, a line each where the answers come from a pipe.

use super::output;
use crate::diagnostic::{Exit, Failure};
use console::{Key, Term};
use std::io::{self, BufRead, ErrorKind, IsTerminal};

/// Where the answers come from.
pub(super) struct Asked {
    /// A person sits there: keys are read one by one, and echoed by us.
    keys: Option<Term>,
}

impl Asked {
    pub(super) fn new() -> Asked {
        let person = io::stdin().is_terminal() && io::stdout().is_terminal();
        Asked { keys: person.then(Term::stdout) }
    }

    /// One key after `prompt`; a line break for Enter and an empty line, `None` where no answer comes any more.
    ///
    /// # Errors
    /// [`Exit::Io`].
    pub(super) fn key(&self, prompt: &str) -> Result<Option<char>, Failure> {
        let Some(term) = &self.keys else {
            return Ok(self.line(prompt)?.map(|line| line.chars().next().unwrap_or('\n')));
        };
        output::print(prompt)?;
        let key = match term.read_key() {
            Ok(Key::Char(key)) => key,
            Ok(Key::Enter) => '\n',
            Ok(Key::Escape) => 'q',
            Ok(_) => '?',
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            Err(e) => return Err(unreadable(e)),
        };
        output::print(&format!("{}\n", if key.is_control() { ' ' } else { key }))?;
        Ok(Some(if key == '\r' { '\n' } else { key }))
    }

    /// A line after `prompt`, without spaces around it; `None` where no answer comes any more.
    ///
    /// # Errors
    /// [`Exit::Io`].
    pub(super) fn line(&self, prompt: &str) -> Result<Option<String>, Failure> {
        output::print(prompt)?;
        let mut line = Vec::new();
        io::stdin().lock().read_until(b'\n', &mut line).map_err(unreadable)?;
        if self.keys.is_none() {
            // Nobody typed the line break that a terminal would show.
            output::print("\n")?;
        }
        Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).trim().to_string()))
    }
}

fn unreadable(e: io::Error) -> Failure {
    Failure::new(Exit::Io, "standard input could not be read").cause(e)
}
