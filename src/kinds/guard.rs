//! Whether a listing may remove what it lacks. Pure: no answer of a server can empty a history in one go.

use crate::store::Hold;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// Events that one listing may remove, however few are there.
pub(super) const FEW: usize = 20;
/// Percent of the events that one listing may remove, however many that is.
const SHARE: usize = 30;
/// How far apart the two listings that agree must lie.
pub const APART: TimeDelta = TimeDelta::hours(1);

/// The moment has come, or lies further ahead than it was ever put: then the clock was set forward and back since.
pub(super) fn is_due(at: Option<DateTime<Utc>>, now: DateTime<Utc>, longest: TimeDelta) -> bool {
    at.is_none_or(|at| now >= at || at - now > longest)
}

/// Live events that a whole listing is compared with, and those that it lacks.
pub(super) type Removal = (usize, BTreeSet<String>);

/// What to do with a listing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Apply,
    /// Serve the old data, and remember this.
    Hold(Hold),
}

/// More than a few, and a large share.
pub(super) fn many((live, removed): &Removal) -> bool {
    removed.len() > FEW && removed.len() * 100 > live * SHARE
}

fn excessive(removal: &Removal) -> bool {
    let (live, removed) = removal;
    !removed.is_empty() && (removed.len() == *live || many(removal))
}

/// A listing that would remove everything, or more than 30 % and more than 20 events, is held until two later ones at least
/// an hour apart agree. One that would bring some of them back, or take many more, begins the wait anew.
pub(super) fn decide(held: Option<Hold>, removals: &[Removal], now: DateTime<Utc>) -> Step {
    if !removals.iter().any(excessive) {
        return Step::Apply;
    }
    let live = removals.iter().map(|(live, _)| *live).max().unwrap_or(0);
    let removed: BTreeSet<String> = removals.iter().flat_map(|(_, removed)| removed.iter().cloned()).collect();
    let fresh = Hold { since: now, agreed_at: None, live, removed };
    let Some(held) = held else { return Step::Hold(fresh) };
    let agrees = held.removed.is_subset(&fresh.removed) && fresh.removed.len() - held.removed.len() <= FEW;
    match held.agreed_at {
        _ if !agrees => Step::Hold(fresh),
        Some(first) if now - first >= APART => Step::Apply,
        // A clock that was set back must not make the wait endless.
        Some(first) if now >= first => Step::Hold(held),
        _ => Step::Hold(Hold { agreed_at: Some(now), ..held }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_too_far_ahead_is_due() {
        let due = |hours| is_due(Some(at(hours)), at(100), TimeDelta::hours(28));
        assert!(is_due(None, at(0), TimeDelta::hours(1)) && due(99) && due(100));
        assert!(!due(101) && !due(128));
        assert!(due(129), "the clock was a year ahead when this was noted");
    }

    fn removal(live: usize, removed: std::ops::Range<usize>) -> Vec<Removal> {
        vec![(live, removed.map(|n| n.to_string()).collect())]
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn held(step: Step) -> Option<Hold> {
        match step {
            Step::Hold(hold) => Some(hold),
            Step::Apply => None,
        }
    }

    #[test]
    fn a_few_deletions_or_a_small_share_pass() {
        for (live, removed) in [(100, 20), (20, 19), (1000, 300), (0, 0), (5, 0)] {
            assert_eq!(decide(None, &removal(live, 0..removed), at(0)), Step::Apply, "{removed} of {live}");
        }
    }

    #[test]
    fn everything_or_many_are_held() {
        for (live, removed) in [(100, 31), (1, 1), (21, 21), (70, 22)] {
            assert!(held(decide(None, &removal(live, 0..removed), at(0))).is_some(), "{removed} of {live}");
        }
    }

    #[test]
    fn two_later_listings_an_hour_apart_agree() {
        let all = removal(50, 0..50);
        let first = held(decide(None, &all, at(0)));
        let second = held(decide(first.clone(), &all, at(1)));
        assert_eq!(second.as_ref().and_then(|h| h.agreed_at), Some(at(1)));
        let soon = held(decide(second.clone(), &all, at(1) + TimeDelta::minutes(59)));
        assert_eq!(soon, second, "too soon: nothing changes");
        assert_eq!(decide(second, &all, at(2)), Step::Apply);
        assert_eq!(decide(first, &removal(50, 0..3), at(1)), Step::Apply, "the events are back");
    }

    #[test]
    fn a_listing_that_differs_begins_the_wait_anew() {
        let second = held(decide(held(decide(None, &removal(100, 0..50), at(0))), &removal(100, 0..50), at(1)));
        for other in [removal(100, 1..50), removal(100, 0..90)] {
            let hold = held(decide(second.clone(), &other, at(3))).unwrap();
            assert_eq!((hold.since, hold.agreed_at), (at(3), None));
        }
    }
}
