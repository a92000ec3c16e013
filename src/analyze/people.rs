//! Leverage, load, reaction and coaching: what the meetings do to other people.

use super::judge::Judged;
use super::report::{Coached, Leverage};
use super::tally::Tally;
use crate::classify::People;
use crate::model::{Address, Class, Exact};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Own hours against attendee-hours per class, and the attendee-hours of the meetings that I organise.
pub(super) fn leverage(all: &[Judged], tally: &Tally, people: &People) -> (BTreeMap<Class, Leverage>, Exact) {
    let mut by_class: BTreeMap<Class, Leverage> = BTreeMap::new();
    let mut load = Exact::default();
    for &i in &tally.fetched {
        let j = &all[i];
        let (Some(class), true, Some(heads)) = (j.class(), j.is_meeting(), j.heads(people)) else { continue };
        let parts = if j.all_day() { Vec::new() } else { tally.ledger.parts(j) };
        let length: Exact = parts.iter().map(|part| Exact::seconds(part.length())).sum();
        let attendee = length * Exact::new(heads as i64, 1);
        if people.is_mine(&j.instance.event) {
            load += &attendee;
        }
        let entry = by_class.entry(class).or_default();
        entry.own += &tally.share_of(i);
        entry.attendee += &attendee;
    }
    (by_class, load)
}

/// Hours of non-recurring events created less than 24 h before they start, over hours whose creation is known.
pub(super) fn reactive_share(all: &[Judged], tally: &Tally) -> Option<Exact> {
    let (mut known, mut late) = (Exact::default(), Exact::default());
    for (&i, share) in &tally.shares {
        let event = &all[i].instance.event;
        let Some(created) = event.created else { continue };
        known += share;
        if !event.recurring && all[i].interval.start - created < TimeDelta::hours(24) {
            late += share;
        }
    }
    late.over(&known)
}

/// The report of mine whom a 1:1 is with: two people, one of them a report.
pub(super) fn one_on_one_with<'a>(j: &'a Judged, people: &'a People) -> Option<&'a Address> {
    let event = &j.instance.event;
    let two = people.people(event).filter(|p| p.len() == 2 && !people.has_group(event))?;
    let (reports, me) = (people.group("reports"), people.me_in(event));
    two.into_iter().find(|a| reports.contains(a) && !me.is(a))
}

/// Hours with each report this week, and how many weeks since the last 1:1 since `since`. Names are those that `seen` gives.
pub(super) fn coaching(
    all: &[Judged],
    seen: &[&Judged],
    tally: &Tally,
    since: DateTime<Utc>,
    people: &People,
    weeks_ago: impl Fn(&Judged) -> i64,
) -> Vec<Coached> {
    let reports = people.group("reports");
    if reports.is_empty() {
        return Vec::new();
    }
    let before = |at| all.partition_point(|j| j.interval.start < at);
    let one_on_ones: Vec<(usize, &Address)> = (before(since)..before(tally.window.end))
        .filter(|&i| all[i].is_meeting())
        .filter_map(|i| Some((i, one_on_one_with(&all[i], people)?)))
        .collect();
    let coached = |report: &Address| {
        let with: Vec<usize> = one_on_ones.iter().filter(|(_, a)| *a == report).map(|(i, _)| *i).collect();
        let weeks = with.iter().map(|&i| weeks_ago(&all[i])).min();
        Coached {
            name: name_of(seen, report),
            hours: with.iter().map(|&i| tally.share_of(i)).sum(),
            weeks_since: weeks.and_then(|weeks| u32::try_from(weeks).ok()),
        }
    };
    reports.iter().map(coached).collect()
}

/// The first name that a calendar gives the address, else the address itself.
pub(super) fn name_of(seen: &[&Judged], address: &Address) -> String {
    let lines = seen.iter().flat_map(|j| j.instance.event.attendees.lines());
    let name = lines.filter(|l| l.address == *address).find_map(|l| l.name.clone());
    name.filter(|n| !n.contains('@')).unwrap_or_else(|| address.as_str().to_string())
}
