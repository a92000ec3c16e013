//! What is said over the socket: one line of JSON each way.

use crate::diagnostic::{Exit, Failure, Place, Secret};
use crate::model::Mistake;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// A question to the daemon that works on `state`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
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
    /// The counts, as Prometheus text in `text`.
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
    Sync(SyncWish),
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

    pub fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// What a sync is asked to do; see [`crate::kinds::Wish`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncWish {
    pub full: bool,
    pub account: Option<String>,
    pub accept_deletions: bool,
    /// Somebody has just signed in to the account, which is of that kind; the answer comes at once.
    pub signed_in: Option<String>,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done(Value),
    Failed(Said),
}

impl From<Result<Value, Failure>> for Answer {
    fn from(result: Result<Value, Failure>) -> Answer {
        match result {
            Ok(value) => Answer::Done(value),
            Err(failure) => Answer::Failed(Said::from(&failure)),
        }
    }
}

/// A [`Failure`] on its way, so that the one who asked sees what the daemon saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Said {
    exit: u8,
    message: String,
    places: Vec<SaidPlace>,
    causes: Vec<String>,
    help: Option<String>,
    note: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SaidPlace {
    file: String,
    text: String,
    /// Start, end, message, label, help.
    mistakes: Vec<(usize, usize, String, String, Option<String>)>,
}

impl From<&Failure> for Said {
    fn from(failure: &Failure) -> Said {
        let mistakes = |place: &Place| {
            let one = |m: &Mistake| (m.span.start, m.span.end, m.message.clone(), m.label.clone(), m.help.clone());
            place.mistakes.iter().map(one).collect()
        };
        let place = |p: &Place| SaidPlace { file: p.file.clone(), text: p.text.clone(), mistakes: mistakes(p) };
        Said {
            exit: failure.exit as u8,
            message: failure.message.clone(),
            places: failure.places.iter().map(place).collect(),
            causes: failure.causes.clone(),
            help: failure.help.clone(),
            note: failure.note.clone(),
        }
    }
}

impl Said {
    /// What was said.
    pub fn failure(self) -> Failure {
        const EXITS: [Exit; 8] =
            [Exit::Usage, Exit::Data, Exit::Bug, Exit::Io, Exit::Later, Exit::SignIn, Exit::Config, Exit::Failed];
        let mistake = |(start, end, message, label, help): (usize, usize, String, String, Option<String>)| Mistake {
            span: start..end,
            message,
            label,
            help,
        };
        let place = |p: SaidPlace| Place {
            file: p.file,
            text: p.text,
            mistakes: p.mistakes.into_iter().map(mistake).collect(),
        };
        Failure {
            exit: EXITS.into_iter().find(|exit| *exit as u8 == self.exit).unwrap_or(Exit::Failed),
            message: self.message,
            places: self.places.into_iter().map(place).collect(),
            causes: self.causes,
            help: self.help,
            note: self.note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_arrives_as_it_was() {
        let mistakes = vec![Mistake::new(0..1, "`goal` is wrong", "here").help("write `0.4`")];
        let mut failure =
            Failure::mistakes("vantage.toml", "goal = 4\n", mistakes).cause("why").help("do").note("still");
        failure.message = "it did not work".into();
        let line = serde_json::to_string(&Answer::from(Err(failure.clone()))).unwrap();
        let Answer::Failed(said) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        assert_eq!(said.failure(), failure);
    }

    #[test]
    fn a_question_is_one_flat_object() {
        let question: Question = serde_json::from_str(r#"{"request":"sync","account":"work"}"#).unwrap();
        let wish = SyncWish { account: Some("work".into()), ..SyncWish::default() };
        assert_eq!(question.request, Request::Sync(wish));
        assert_eq!(
            serde_json::to_string(&Question { state: None, request: Request::Status }).unwrap(),
            r#"{"state":null,"request":"status"}"#
        );
        assert!(serde_json::from_str::<Question>(r#"{"request":"quit"}"#).is_err());
    }
}
