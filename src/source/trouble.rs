//! What can go wrong between us and a server, by what has to happen next.

use crate::diagnostic::{Exit, Failure};
use crate::model::TroubleKind;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something that went wrong, in words that hold no secret and no title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub kind: TroubleKind,
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
    pub fn new(kind: TroubleKind, sentence: impl Into<String>) -> Trouble {
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

    /// Trying again soon may help.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, TroubleKind::RateLimited | TroubleKind::Offline | TroubleKind::Transient)
    }

    /// The same as a failure of a command.
    pub fn failure(self) -> Failure {
        let exit = match self.kind {
            TroubleKind::NeedsLogin => Exit::SignIn,
            TroubleKind::Configuration => Exit::Config,
            TroubleKind::RateLimited | TroubleKind::DailyLimit | TroubleKind::Offline | TroubleKind::Transient => {
                Exit::Later
            }
            TroubleKind::TokenDead | TroubleKind::Inaccessible | TroubleKind::Unexpected => Exit::Failed,
        };
        Failure { causes: self.causes, help: self.help, ..Failure::new(exit, self.sentence) }
    }
}

/// What a command would say, as what stands in the way of an account.
impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        let kind = match failure.exit {
            Exit::SignIn => TroubleKind::NeedsLogin,
            Exit::Config | Exit::Usage => TroubleKind::Configuration,
            // A full disk may have room again.
            Exit::Later | Exit::Io => TroubleKind::Transient,
            Exit::Failed | Exit::Data | Exit::Bug => TroubleKind::Unexpected,
        };
        let Failure { message, causes, help, .. } = failure;
        Trouble { causes, help, ..Trouble::new(kind, message) }
    }
}
