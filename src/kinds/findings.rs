//! What `doctor` finds.

use crate::diagnostic::{Failure, with_causes};
use crate::model::count;
use crate::source::Trouble;
use crate::store::{Account, Store};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use std::path::Path;

/// A clock that is further off spoils sign-ins and windows.
const SKEW: TimeDelta = TimeDelta::minutes(2);

/// How a check ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Serialize)]
pub struct Finding {
    pub grade: Grade,
    pub what: String,
    pub says: String,
    pub fix: Option<String>,
}

/// The checks so far.
#[derive(Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    pub fn add(&mut self, grade: Grade, what: &str, says: impl Into<String>, fix: Option<String>) {
        self.0.push(Finding { grade, what: what.into(), says: says.into(), fix });
    }

    pub fn ok(&mut self, what: &str, says: impl Into<String>) {
        self.add(Grade::Ok, what, says, None);
    }

    pub fn failure(&mut self, what: &str, failure: &Failure) {
        let says = if failure.message.is_empty() {
            let mistakes: usize = failure.places.iter().map(|p| p.mistakes.len()).sum();
            count(mistakes, "mistake")
        } else {
            failure.line()
        };
        let fix = failure.help.clone().or_else(|| Some("`vantage config check` shows each with its place".into()));
        self.add(Grade::Fail, what, says, fix);
    }

    pub fn trouble(&mut self, what: &str, trouble: &Trouble) {
        let grade = if trouble.is_transient() { Grade::Warn } else { Grade::Fail };
        self.add(grade, what, with_causes(&trouble.sentence, &trouble.causes), trouble.help.clone());
    }
}

/// What a source is examined with.
pub struct Visit<'a> {
    /// The state folder.
    pub folder: &'a Path,
    /// The database, where there is one.
    pub store: Option<&'a Store>,
    /// What the database knows of the source.
    pub account: Option<&'a Account>,
    pub now: DateTime<Utc>,
    /// In which times are told.
    pub zone: Tz,
    /// No server is asked.
    pub offline: bool,
}

/// What to say about a clock that the server's is ahead of by `skew`, and the fix; none where they agree.
pub fn skewed(skew: TimeDelta) -> Option<(String, &'static str)> {
    if skew.abs() <= SKEW {
        return None;
    }
    let (minutes, side) = (skew.num_minutes().abs(), if skew > TimeDelta::zero() { "behind" } else { "ahead of" });
    let fix = "set it, for example with `timedatectl set-ntp true`";
    Some((format!("{} {side} the server's", count(minutes, "minute")), fix))
}
