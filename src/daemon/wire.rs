//! What is said over the socket: one line of JSON each way.

use crate::diagnostic::{Failure, Secret};
use crate::jobs::Standings;
use crate::kinds::{AccountSummary, Wish};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What questions and answers look like; one more with each change of either. A command and a daemon of two versions do not
/// guess what the other means.
pub(super) const PROTOCOL: u32 = 2;

/// What is read of a question before all else.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub protocol: u32,
    #[serde(default)]
    pub state: Option<PathBuf>,
}

/// A question to the daemon that works on `state`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question {
    /// [`PROTOCOL`]; the first version did not say.
    #[serde(default)]
    pub protocol: u32,
    /// The state folder that is meant; one who does not say means whoever listens.
    #[serde(default)]
    pub state: Option<PathBuf>,
    #[serde(flatten)]
    pub request: Request,
}

/// What one can ask of the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// How everything stands.
    Status,
    /// The counts, as Prometheus text.
    Metrics,
    /// Keep what a source of that kind gave at a sign-in (see [`crate::kinds::SignIn::log_in`]) for the account, and begin to
    /// sync it. From `login --system`, which may not write into the service's folder.
    SignIn {
        kind: String,
        account: String,
        #[serde(with = "exposed")]
        grant: Secret,
    },
    /// Sync now.
    Sync(Wish),
    /// Draw what is due now.
    Render,
    /// What the user says of meetings has changed: draw what is due. The answer comes at once.
    Redraw,
    /// Read the configuration and the rules anew.
    Reload,
}

/// A secret on its way through a socket that only the user (or root) can open.
mod exposed {
    use crate::diagnostic::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The daemon works on another state folder. So a daemon of the first version said it: with nothing done.
    #[serde(alias = "done")]
    Elsewhere,
    Status(Standings, Own),
    /// Prometheus text.
    Metrics(String),
    Synced(Synced),
    Drawn(Drawn),
    /// It is under way, and nobody waits for it.
    Begun,
    /// What changed.
    Reloaded(String),
    Failed(Failure),
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Answer {
        Answer::Failed(failure)
    }
}

/// What a sync did, and how the daemon tells the time.
#[derive(Debug, Serialize, Deserialize)]
pub struct Synced {
    pub accounts: Vec<AccountSummary>,
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

/// What was drawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct Drawn {
    pub weeks: Vec<String>,
    /// The folder of the pictures.
    pub charts: PathBuf,
    /// What is to be said of sources that are behind, each with what to do.
    pub warnings: Vec<(String, String)>,
}

/// How the daemon itself is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Own {
    pub pid: u32,
    pub version: String,
    pub since: DateTime<Utc>,
    pub config: OwnConfig,
    /// Why the last picture was not handed over.
    pub not_handed_over: Option<String>,
    pub jobs: Vec<OwnJob>,
}

/// What the daemon works under.
#[derive(Debug, Serialize, Deserialize)]
pub struct OwnConfig {
    pub read_at: DateTime<Utc>,
    /// What was saved since and cannot be read.
    pub broken: Option<Broken>,
}

/// A configuration that cannot be read, while the last good one is in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Broken {
    pub files: Vec<String>,
    pub text: String,
    pub since: DateTime<Utc>,
}

/// One kind of the daemon's work.
#[derive(Debug, Serialize, Deserialize)]
pub struct OwnJob {
    pub job: String,
    pub running: bool,
    pub last_begun: Option<DateTime<Utc>>,
    pub last_good: Option<DateTime<Utc>>,
    pub good: u64,
    pub failed: u64,
    pub panics: u64,
    /// What the last failure said.
    pub trouble: Option<String>,
    pub next: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mistake;

    #[test]
    fn a_failure_arrives_as_it_was() {
        let mistakes = vec![Mistake::new(0..1, "`goal` is wrong", "here").help("write `0.4`")];
        let mut failure =
            Failure::mistakes("vantage.toml", "goal = 4\n", mistakes).cause("why").help("do").note("still");
        failure.message = "it did not work".into();
        let line = serde_json::to_string(&Answer::from(failure.clone())).unwrap();
        let Answer::Failed(said) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        assert_eq!(said, failure);
    }

    #[test]
    fn a_question_is_one_flat_object() {
        let question: Question = serde_json::from_str(r#"{"request":"sync","account":"work"}"#).unwrap();
        let wish = Wish { only: Some("work".into()), ..Wish::default() };
        assert_eq!(question.request, Request::Sync(wish));
        assert_eq!(
            serde_json::to_string(&Question { protocol: PROTOCOL, state: None, request: Request::Status }).unwrap(),
            r#"{"protocol":2,"state":null,"request":"status"}"#
        );
        assert!(serde_json::from_str::<Question>(r#"{"request":"quit"}"#).is_err());
    }
}
