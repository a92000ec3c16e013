//! Decisions to week report: hours, overlap, trend, focus, people, delegation, what moved the number. Pure: `now` is an
//! argument, and the result does not depend on the order of events or calendars.

mod absence;
pub mod account;
pub mod audit;
mod caller;
mod copies;
mod days;
mod delegate;
pub mod difference;
mod flow;
pub mod judge;
pub mod language;
pub mod ledger;
pub mod partners;
mod people;
pub mod report;
pub mod suggest;
mod tally;
#[cfg(test)]
mod tests;
pub mod topics;
mod trend;
mod unknown;
pub mod usage;
mod versions;

pub use caller::Alike;
pub use judge::{Judged, Verdict, judge};
pub use report::Report;
pub use tally::Tally;
pub use versions::Versions;

use crate::classify::{People, RuleSet};
use crate::model::{Audit, Class, Event, Exact, Instance, Interval, Preferences, Week};
use chrono::{DateTime, Utc};
use report::{Amount, Events, GoalGap, Hours, Theme};
use std::collections::BTreeMap;

/// Weeks on the trend line, the report's own included.
const TREND_WEEKS: i64 = 12;
/// Complete weeks before the report's that averages are made of.
const AVERAGE_WEEKS: i64 = 4;

/// All judged instances with the weeks counted so far.
pub struct Analysis<'a> {
    judged: Vec<Judged>,
    people: People,
    wishes: &'a Preferences,
    tallies: BTreeMap<Week, Tally>,
    /// What a reader of every report must know.
    notes: Vec<String>,
    audit: Option<Audit>,
}

/// One row of `vantage events`: an instance and its exact share of the window, in seconds.
pub struct Row<'a> {
    pub judged: &'a Judged,
    pub counted: Exact,
}

impl<'a> Analysis<'a> {
    /// Judges `instances`, which must cover [`Analysis::window`] of the weeks to report on: what overlaps it, and what was
    /// moved out of a slot in it, which only claims that slot and is in no number.
    pub fn new(instances: Vec<Instance>, rules: &RuleSet, people: &People, wishes: &'a Preferences) -> Analysis<'a> {
        let mut analysis = Analysis::by_rules(instances, rules, people, wishes);
        caller::follow(&mut analysis.judged, &analysis.people, wishes);
        analysis
    }

    /// The same with what no mark, label or rule decides left open, whoever calls it.
    pub fn by_rules(
        instances: Vec<Instance>,
        rules: &RuleSet,
        people: &People,
        wishes: &'a Preferences,
    ) -> Analysis<'a> {
        let mut events: Vec<&Event> = instances.iter().map(|instance| &*instance.event).collect();
        // Instances of a series mostly share their event.
        events.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let people = people.named_in(events.into_iter());
        let judged = judge(instances, rules, &people, wishes);
        Analysis { judged, people, wishes, tallies: BTreeMap::new(), notes: Vec::new(), audit: None }
    }

    /// The same with sentences that every report has among its notes.
    pub fn noting(mut self, notes: impl IntoIterator<Item = String>) -> Analysis<'a> {
        self.notes.extend(notes);
        self
    }

    /// The same with the last audit, which the reports of its weeks and of later ones quote.
    pub fn audited(self, audit: Option<Audit>) -> Analysis<'a> {
        Analysis { audit, ..self }
    }

    /// The time whose instances the reports from `first` to `last` need.
    pub fn window(first: Week, last: Week, wishes: &Preferences) -> Interval {
        let start = wishes.zones.week(first.plus(1 - TREND_WEEKS)).start;
        Interval::new(start, wishes.zones.week(last).end)
    }

    /// Who the user is, with the names that the instances give them.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// All judged instances, ordered by start.
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }

    /// Everything that touches `window`, ordered by start and UID, with its counted share inside the window.
    pub fn rows(&self, window: Interval) -> Vec<Row<'_>> {
        let here: Vec<&Judged> = self.judged.iter().filter(|j| j.touches(&window)).collect();
        let working = tally::Working::of(&here, &window, self.wishes);
        let all_day = ledger::all_day(&here, &window, &working.net, self.wishes);
        let ledger = ledger::Ledger::new(here.iter().copied(), window, &working.net, &all_day);
        let mut counted: Vec<Exact> = here.iter().map(|j| ledger.share(j, &window)).collect();
        for added in all_day {
            counted[added.index] += &added.share;
        }
        here.into_iter().zip(counted).map(|(judged, counted)| Row { judged, counted }).collect()
    }

    fn count(&mut self, week: Week) {
        let (judged, wishes) = (&self.judged, self.wishes);
        self.tallies.entry(week).or_insert_with(|| Tally::new(judged, wishes.zones.week(week), wishes));
    }

    /// The report of one week as seen at `now`. It is made of the twelve weeks of its trend and nothing else, so that a
    /// week says the same in every range.
    pub fn report(&mut self, week: Week, now: DateTime<Utc>) -> Report {
        (0..TREND_WEEKS).for_each(|back| self.count(week.plus(-back)));
        let (all, wishes, people) = (&self.judged, self.wishes, &self.people);
        let tally = &self.tallies[&week];
        let since = wishes.zones.week(week.plus(1 - TREND_WEEKS)).start;
        let span = Interval::new(since, tally.window.end);
        let seen: Vec<&Judged> = all.iter().filter(|j| j.touches(&span)).collect();
        let before = self.before(week, now);
        let (trend, moved) = self.trend(week, &before, now);
        let share = tally.share();
        let recent: Vec<&Tally> = (0..AVERAGE_WEEKS).map(|back| &self.tallies[&week.plus(-back)]).collect();
        let (open, fragmented) = flow::open(all, tally, wishes);
        let (leverage, load_generated) = people::leverage(all, tally, people);
        let reports = people::coaching(all, &seen, tally, since, people, |j| {
            let theirs = Week::of(wishes.zones.date_of(j.interval.start), wishes.week_start);
            (week.first - theirs.first).num_days() / 7
        });
        let here: Vec<&Judged> = seen.iter().copied().filter(|j| j.touches(&tally.window)).collect();
        let notes = self.notes.iter().cloned();
        let notes = notes.chain(unknown::note(&seen, people)).chain(absence::note(&here, &seen, people)).collect();
        Report {
            schema_version: report::SCHEMA_VERSION,
            week,
            first_day: week.first,
            last_day: week.last(),
            zone: zone_names(week, wishes),
            complete: wishes.zones.week(week).end <= now,
            ahead: wishes.zones.week(week).start > now,
            hollow: tally.working.hollow(),
            events: self.events(tally),
            hours: self.hours(tally, length_of(&open), fragmented),
            goal: wishes.goal.clone(),
            goal_gap: wishes.goal.as_ref().zip(share.as_ref()).filter(|_| !tally.thin()).map(|(goal, share)| GoalGap {
                points: share.percent() - goal.percent(),
                hours_to_convert: (goal - share) * tally.hours.classified(),
            }),
            share,
            coverage: tally.coverage(),
            provisional: tally.provisional(),
            thin: tally.thin(),
            trend,
            themes: themes(tally, &before.comparable),
            left_out: self.amounts(tally, |v| match v {
                Verdict::LeftOut(reason) => Some(reason),
                _ => None,
            }),
            set_apart: self.amounts(tally, |v| match v {
                Verdict::Apart(apart) => Some(apart),
                _ => None,
            }),
            days: week.days().map(|date| self.day(date, tally, &open)).collect(),
            flow: flow::flow(all, tally),
            leverage,
            load_generated,
            reactive_share: people::reactive_share(all, tally),
            coaching: reports.iter().map(|r| &r.hours).sum(),
            reports,
            let_go: delegate::candidates(all, &seen, &recent, people),
            moved,
            long: self.long(tally),
            cut_by_absence: self.cut_by_absence(tally),
            audit: self.audit.clone().filter(|audit| audit.first_day <= week.last()),
            notes,
        }
    }

    fn events(&self, tally: &Tally) -> Events {
        let here = || tally.fetched.iter().map(|&i| &self.judged[i]);
        Events {
            fetched: tally.fetched.len(),
            counted: here().filter(|j| j.class().is_some()).count(),
            set_apart: here().filter(|j| matches!(j.verdict, Verdict::Apart(_))).count(),
            left_out: here().filter(|j| matches!(j.verdict, Verdict::LeftOut(_))).count(),
            meetings: here().filter(|j| j.is_meeting()).count(),
            unclassified: here().filter(|j| j.class() == Some(Class::Unclassified)).count(),
        }
    }

    fn hours(&self, tally: &Tally, open: Exact, fragmented: Exact) -> Hours {
        let here = || tally.fetched.iter().map(|&i| &self.judged[i]);
        let union = |keep: &dyn Fn(&Judged) -> bool| {
            let parts = here().filter(|j| keep(j) && !j.all_day()).flat_map(|j| tally.ledger.parts(j));
            length_of(&Interval::union(parts.collect()))
        };
        let shares = |within: &Interval, j: &Judged| tally.ledger.share(j, within);
        let inside: Exact = tally.working.spans.iter().flat_map(|s| here().map(move |j| shares(s, j))).sum();
        let all_day: Exact = tally.all_day.iter().map(|a| &a.share).sum();
        let dropped_of_all_day: Exact = tally.all_day.iter().map(|a| &a.full - &a.share).sum();
        let dropped = here().filter(|j| j.half).map(|j| tally.ledger.full_share(j, &tally.window) * Exact::new(1, 2));
        let tentative_not_counted = dropped.sum::<Exact>() + dropped_of_all_day;
        let timed = tally.counted() - all_day.clone();
        Hours {
            counted: tally.counted(),
            strategy: tally.hours.of(Class::Strategy).clone(),
            execution: tally.hours.of(Class::Execution).clone(),
            unclassified: tally.hours.of(Class::Unclassified).clone(),
            likely: tally.shares.iter().filter(|(i, _)| self.judged[**i].is_likely()).map(|(_, share)| share).sum(),
            focus: union(&|j| j.focus && !matches!(j.verdict, Verdict::LeftOut(_))),
            solo: union(&|j| j.verdict == Verdict::Apart(report::Apart::Solo)),
            conflict: length_of(&tally.ledger.stretches(2)),
            after_hours: timed - inside,
            open,
            fragmented,
            working: tally.working.net_length.clone(),
            tentative_not_counted,
            all_day,
        }
    }

    fn amounts<K: Ord>(&self, tally: &Tally, key: impl Fn(Verdict) -> Option<K>) -> BTreeMap<K, Amount> {
        let mut amounts: BTreeMap<K, Amount> = BTreeMap::new();
        for j in tally.fetched.iter().map(|&i| &self.judged[i]) {
            let Some(key) = key(j.verdict) else { continue };
            let amount = amounts.entry(key).or_default();
            amount.events += 1;
            let parts = match j.verdict {
                Verdict::LeftOut(_) => j.interval.intersection(&tally.window).into_iter().collect(),
                _ => tally.ledger.parts(j),
            };
            amount.hours += &length_of(&parts);
        }
        amounts
    }
}

fn length_of(stretches: &[Interval]) -> Exact {
    tally::length(stretches)
}

fn zone_names(week: Week, wishes: &Preferences) -> String {
    let mut names: Vec<&str> = Vec::new();
    for zone in week.days().map(|d| wishes.zones.on(d).name()) {
        if !names.contains(&zone) {
            names.push(zone);
        }
    }
    names.join(", ")
}

/// Themes by hours, with the change against their mean in the comparable weeks.
fn themes(tally: &Tally, comparable: &[(Week, &Tally)]) -> Vec<Theme> {
    let weeks = Exact::new(comparable.len() as i64, 1);
    let mean = |key: &(String, Class)| {
        let sum: Exact = comparable.iter().filter_map(|(_, t)| t.themes.get(key)).sum();
        sum.over(&weeks)
    };
    let mut themes: Vec<Theme> = tally
        .themes
        .iter()
        .map(|(key, hours)| Theme {
            name: key.0.clone(),
            class: key.1,
            hours: hours.clone(),
            change: mean(key).map(|mean| hours - &mean),
        })
        .collect();
    themes.sort_by(|a, b| (&b.hours, &a.name).cmp(&(&a.hours, &b.name)));
    themes
}
