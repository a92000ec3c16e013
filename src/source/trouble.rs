//! What can go wrong between us and a server, by what has to happen next.

use crate::diagnostic::{Exit, Failure};
use std::time::Duration;

/// What has to happen before it can go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The person has to sign in (again).
    NeedsLogin,
    /// The person has to change the client, the configuration, or the project at the server.
    Configuration,
    /// Too many requests: wait, the whole account.
    RateLimited,
    /// The day's quota is used up: wait for hours.
    DailyLimit,
    /// No connection, no name, no network.
    Offline,
    /// A server error, a timeout, an answer that was cut off or is not from the server.
    Transient,
    /// The sync token is dead: list everything anew.
    TokenDead,
    /// This one calendar (or series) is not there for us: forbidden or not found.
    Inaccessible,
    /// The server says that we asked wrongly, or its answer is none that we know: our bug, or not the server we think.
    Unexpected,
}

/// Something that went wrong, in words that hold no secret and no title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub kind: Kind,
    /// Lower-case sentence.
    pub sentence: String,
    /// Why, as far as we know; where there are several, any of them may be it.
    pub causes: Vec<String>,
    /// One thing to type or change.
    pub help: Option<String>,
    /// How long the server asked us to wait.
    pub retry_after: Option<Duration>,
}

impl Trouble {
    pub fn new(kind: Kind, sentence: impl Into<String>) -> Trouble {
        Trouble { kind, sentence: sentence.into(), causes: Vec::new(), help: None, retry_after: None }
    }

    /// The same with a cause.
    pub fn cause(mut self, cause: impl Into<String>) -> Trouble {
        self.causes.push(cause.into());
        self
    }

    /// The same with one thing to type or change.
    pub fn help(self, help: impl Into<String>) -> Trouble {
        Trouble { help: Some(help.into()), ..self }
    }

    /// The same as the trouble of an account: its help signs that one in, whatever others there are.
    pub fn of_account(mut self, name: &str) -> Trouble {
        let (any, this) = ("`vantage login google`", format!("`{}`", super::google::sign_in(name)));
        self.help = self.help.map(|help| help.replace(any, &this));
        self
    }

    /// Trying again soon may help.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::RateLimited | Kind::Offline | Kind::Transient)
    }

    /// The same as a failure of a command.
    pub fn failure(self) -> Failure {
        let exit = match self.kind {
            Kind::NeedsLogin => Exit::SignIn,
            Kind::Configuration => Exit::Config,
            Kind::RateLimited | Kind::DailyLimit | Kind::Offline | Kind::Transient => Exit::Later,
            Kind::TokenDead | Kind::Inaccessible | Kind::Unexpected => Exit::Failed,
        };
        Failure { causes: self.causes, help: self.help, ..Failure::new(exit, self.sentence) }
    }
}

/// What a command would say, as what stands in the way of an account.
impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        let kind = match failure.exit {
            Exit::SignIn => Kind::NeedsLogin,
            Exit::Config | Exit::Usage => Kind::Configuration,
            // A full disk may have room again.
            Exit::Later | Exit::Io => Kind::Transient,
            Exit::Failed | Exit::Data | Exit::Bug => Kind::Unexpected,
        };
        let Failure { message, causes, help, .. } = failure;
        Trouble { causes, help, ..Trouble::new(kind, message) }
    }
}
