//! What someone else could carry, and what moved the number.

use super::judge::{Judged, Series};
use super::people::name_of;
use super::report::{Candidate, Mover};
use super::tally::Tally;
use crate::classify::{People, Words};
use crate::model::{Class, Exact};
use std::collections::{BTreeMap, BTreeSet};

/// Series with at least two instances and one hour in the weeks of `tallies`, that score three points or more; best first.
/// Names are those that `seen` gives.
pub(super) fn candidates(all: &[Judged], seen: &[&Judged], tallies: &[&Tally], people: &People) -> Vec<Candidate> {
    let mut series: BTreeMap<Series, (usize, Exact, &Judged)> = BTreeMap::new();
    for tally in tallies {
        for &i in &tally.fetched {
            let j = &all[i];
            if !j.is_meeting() || !j.instance.event.recurring || j.all_day() {
                continue;
            }
            let entry = series.entry(j.series()).or_insert((0, Exact::default(), j));
            // One that crosses a week's edge is fetched in both weeks and is still one instance.
            entry.0 += usize::from(tally.window.start <= j.interval.start);
            entry.1 += &tally.share_of(i);
            if j.interval.start >= entry.2.interval.start {
                entry.2 = j;
            }
        }
    }
    let often = series.into_values().filter(|(count, hours, _)| *count >= 2 && *hours >= Exact::hours(1));
    let scored = often.filter_map(|(_, hours, latest)| score(seen, &hours, latest, people));
    let mut scored: Vec<Candidate> = scored.filter(|c| c.score >= 3).collect();
    scored.sort_by(|a, b| (b.score, &b.hours_a_quarter, &a.title).cmp(&(a.score, &a.hours_a_quarter, &b.title)));
    scored
}

fn score(seen: &[&Judged], hours: &Exact, latest: &Judged, people: &People) -> Option<Candidate> {
    let event = &*latest.instance.event;
    let room = people.people(event);
    let count = room.as_ref().map(Vec::len);
    if count.map_or_else(|| says_one_on_one(latest), |_| people.are_two(event)) {
        return None;
    }
    let reports = people.group("reports");
    let declined = event.declined();
    let report = room.iter().flatten().find(|a| reports.contains(a) && !declined.contains(*a));
    let optional = people.my_line(event).is_some_and(|line| line.optional);
    let organised_by_other = event.organizer.as_ref().is_some_and(|o| !people.is_me(event, o));
    let points = [
        latest.class() == Some(Class::Execution),
        event.recurring,
        organised_by_other,
        report.is_some(),
        count.is_some_and(|n| n > 6) || optional,
    ];
    // Who comes to a private meeting is part of what is private.
    let shown = !latest.private();
    Some(Candidate {
        title: latest.title(),
        private: latest.private(),
        theme: latest.decision.theme.as_ref().map(ToString::to_string),
        score: points.iter().filter(|p| **p).count() as u8,
        hours_a_quarter: hours * &Exact::new(13, 4),
        people: count.filter(|_| shown),
        optional,
        report: report.filter(|_| shown).map(|a| name_of(seen, a)),
    })
}

/// The title names a 1:1: what is left to go by where the attendees are unknown.
fn says_one_on_one(j: &Judged) -> bool {
    let words = Words::of(j.instance.event.summary.as_deref().unwrap_or_default());
    let words: Vec<&str> = (0..words.len()).map(|i| words.word(i)).collect();
    words.iter().any(|w| matches!(*w, "1:1" | "1on1" | "121" | "1x1" | "1o1"))
        || words.windows(2).any(|w| w == ["1", "1"])
        || words.windows(3).any(|w| w == ["one", "on", "one"] || w == ["1", "on", "1"] || w == ["one", "to", "one"])
}

/// Each series' part of the change of the share between two weeks: `(Δs·(1−R̄) − Δe·R̄) / T̄`, largest first.
pub(super) fn moved(all: &[Judged], before: &Tally, after: &Tally) -> Vec<Mover> {
    let (Some(r0), Some(r1)) = (before.share(), after.share()) else { return Vec::new() };
    let half = Exact::new(1, 2);
    let mean_share = (r0 + r1) * half.clone();
    let mean_time = (before.hours.classified() + after.hours.classified()) * half;
    let rest = Exact::new(1, 1) - mean_share.clone();
    let zero = Exact::default();
    let keys: BTreeSet<&Series> = before.series.keys().chain(after.series.keys()).collect();
    let delta = |series: &Series, class| {
        let of = |t: &Tally| t.series.get(series).map_or(zero.clone(), |s| s.of(class).clone());
        of(after) - of(before)
    };
    let parts: Vec<(&Series, Class, Exact)> = keys
        .into_iter()
        .map(|series| {
            let (s, e) = (delta(series, Class::Strategy), delta(series, Class::Execution));
            let magnitude = |x: &Exact| if *x < zero { -x.clone() } else { x.clone() };
            let class = if magnitude(&s) >= magnitude(&e) { Class::Strategy } else { Class::Execution };
            (series, class, (s * rest.clone() - e * mean_share.clone()) / mean_time.clone())
        })
        .filter(|(.., part)| !part.is_zero())
        .collect();
    let exact: Vec<Exact> = parts.iter().map(|p| p.2.clone()).collect();
    let tenths = Exact::largest_remainder(&exact, &Exact::new(1, 1000));
    let latest = |series: &Series| {
        let shown = |t: &Tally| t.shares.keys().rev().map(|&i| &all[i]).find(|j| j.series() == *series);
        shown(after).or_else(|| shown(before))
    };
    let mut movers: Vec<Mover> = parts
        .iter()
        .zip(tenths)
        .map(|((series, class, _), tenths)| (latest(series), class, tenths))
        .map(|(latest, class, tenths)| Mover {
            title: latest.and_then(Judged::title),
            private: latest.is_some_and(Judged::private),
            theme: latest.and_then(|j| j.decision.theme.as_ref().map(ToString::to_string)),
            class: *class,
            tenths,
        })
        .filter(|m| m.tenths != 0)
        .collect();
    movers.sort_by(|a, b| (b.tenths.abs(), &a.title).cmp(&(a.tenths.abs(), &b.title)));
    movers
}
