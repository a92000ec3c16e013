//! What stands in the way of a source, and when it is tried again.

use super::sync::Sync;
use crate::model::TroubleKind;
use crate::source::{Trouble, backoff};
use crate::store::Obstacle;
use chrono::{DateTime, TimeDelta, Utc};

/// Longest wait that is noted for a try after a failure, with an hour to spare: a server may ask for a day.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(25);

/// A trouble as the store keeps it: when to try again depends on what it is and on how often it came.
pub(super) fn obstacle(trouble: &Trouble, before: Option<&Obstacle>, sync: &Sync<'_>) -> Obstacle {
    let before = before.filter(|o| o.kind == trouble.kind);
    let failures = before.map_or(0, |o| o.failures) + 1;
    Obstacle {
        kind: trouble.kind,
        sentence: trouble.sentence.clone(),
        causes: trouble.causes.clone(),
        help: trouble.help.clone(),
        basis: None,
        since: before.map_or(sync.now, |o| o.since),
        failures,
        retry_at: retry(trouble, failures, sync.pace.random(), sync.now),
    }
}

/// When to try again by oneself; `None` where a person has to sign in first.
fn retry(trouble: &Trouble, failures: u32, random: f64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let asked = trouble.retry_after.and_then(|d| TimeDelta::from_std(d).ok());
    let own = match trouble.kind {
        TroubleKind::NeedsLogin => return None,
        // It may be mended at the server, which we do not see.
        TroubleKind::Configuration => TimeDelta::hours(1),
        TroubleKind::DailyLimit => TimeDelta::hours(4),
        // Hourly, and daily once it has been so for a day.
        TroubleKind::Inaccessible if failures <= 24 => TimeDelta::hours(1),
        TroubleKind::Inaccessible => TimeDelta::days(1),
        TroubleKind::RateLimited
        | TroubleKind::Offline
        | TroubleKind::Transient
        | TroubleKind::TokenDead
        | TroubleKind::Unexpected => {
            TimeDelta::from_std(backoff(failures, random, None)).unwrap_or(TimeDelta::minutes(15))
        }
    };
    Some(now + asked.map_or(own, |asked| asked.max(own)))
}
