//! What someone else could carry, and what moved the number.

use super::judge::Judged;
use super::people::name_of;
use super::report::{Candidate, Mover};
use super::tally::Tally;
use crate::classify::People;
use crate::model::{Class, Exact, Uid};
use std::collections::BTreeMap;

/// Series with at least two instances and one hour in the weeks of `tallies`, that score three points or more; best first.
pub fn candidates(all: &[Judged], tallies: &[&Tally], people: &People) -> Vec<Candidate> {
    let mut series: BTreeMap<&Uid, (usize, Exact, &Judged)> = BTreeMap::new();
    for tally in tallies {
        for &i in &tally.fetched {
            let j = &all[i];
            if !j.is_meeting() || !j.instance.event.recurring || j.all_day() {
                continue;
            }
            let entry = series.entry(&j.instance.event.uid).or_insert((0, Exact::default(), j));
            // One that crosses a week's edge is fetched in both weeks and is still one instance.
            entry.0 += usize::from(tally.window.start <= j.interval.start);
            entry.1 += &tally.share_of(i);
            if j.interval.start >= entry.2.interval.start {
                entry.2 = j;
            }
        }
    }
    let often = series.into_values().filter(|(count, hours, _)| *count >= 2 && *hours >= Exact::hours(1));
    let scored = often.filter_map(|(_, hours, latest)| score(all, &hours, latest, people));
    let mut scored: Vec<Candidate> = scored.filter(|c| c.score >= 3).collect();
    scored.sort_by(|a, b| (b.score, &b.hours_a_quarter, &a.title).cmp(&(a.score, &a.hours_a_quarter, &b.title)));
    scored
}

fn score(all: &[Judged], hours: &Exact, latest: &Judged, people: &People) -> Option<Candidate> {
    let event = &*latest.instance.event;
    let room = people.people(event);
    let count = room.as_ref().map(Vec::len);
    if count == Some(2) {
        return None;
    }
    let reports = people.group("reports");
    let report = room.iter().flatten().find(|a| reports.contains(a) && !event.declined_by(a));
    let optional = event.attendees.lines().iter().any(|l| l.optional && (l.is_me || people.is_me(event, &l.address)));
    let organised_by_other = event.organizer.as_ref().is_some_and(|o| !people.is_me(event, o));
    let points = [
        latest.class() == Some(Class::Execution),
        event.recurring,
        organised_by_other,
        report.is_some(),
        count.is_some_and(|n| n > 6) || optional,
    ];
    Some(Candidate {
        title: latest.title(),
        theme: latest.decision.theme.as_ref().map(ToString::to_string),
        score: points.iter().filter(|p| **p).count() as u8,
        hours_a_quarter: hours * &Exact::new(13, 4),
        people: count,
        optional,
        report: report.map(|a| name_of(all, a)),
    })
}

/// Each series' part of the change of the share between two weeks: `(Δs·(1−R̄) − Δe·R̄) / T̄`, largest first.
pub fn moved(all: &[Judged], before: &Tally, after: &Tally) -> Vec<Mover> {
    let (Some(r0), Some(r1)) = (before.share(), after.share()) else { return Vec::new() };
    let half = Exact::new(1, 2);
    let mean_share = (r0 + r1) * half.clone();
    let mean_time = (before.hours.classified() + after.hours.classified()) * half;
    let rest = Exact::new(1, 1) - mean_share.clone();
    let zero = Exact::default();
    let keys: std::collections::BTreeSet<&Uid> = before.series.keys().chain(after.series.keys()).collect();
    let delta = |uid: &Uid, class| {
        let of = |t: &Tally| t.series.get(uid).map_or(zero.clone(), |s| s.of(class).clone());
        of(after) - of(before)
    };
    let parts: Vec<(&Uid, Class, Exact)> = keys
        .into_iter()
        .map(|uid| {
            let (s, e) = (delta(uid, Class::Strategy), delta(uid, Class::Execution));
            let magnitude = |x: &Exact| if *x < zero { -x.clone() } else { x.clone() };
            let class = if magnitude(&s) >= magnitude(&e) { Class::Strategy } else { Class::Execution };
            (uid, class, (s * rest.clone() - e * mean_share.clone()) / mean_time.clone())
        })
        .filter(|(.., part)| !part.is_zero())
        .collect();
    let exact: Vec<Exact> = parts.iter().map(|p| p.2.clone()).collect();
    let tenths = Exact::largest_remainder(&exact, &Exact::new(1, 1000));
    let latest = |uid: &Uid| {
        let shown = |t: &Tally| t.shares.keys().rev().map(|&i| &all[i]).find(|j| j.instance.event.uid == *uid);
        shown(after).or_else(|| shown(before))
    };
    let mut movers: Vec<Mover> = parts
        .iter()
        .zip(tenths)
        .map(|((uid, class, _), tenths)| Mover {
            title: latest(uid).and_then(Judged::title),
            theme: latest(uid).and_then(|j| j.decision.theme.as_ref().map(ToString::to_string)),
            class: *class,
            tenths,
        })
        .filter(|m| m.tenths != 0)
        .collect();
    movers.sort_by(|a, b| (b.tenths.abs(), &a.title).cmp(&(a.tenths.abs(), &b.title)));
    movers
}
