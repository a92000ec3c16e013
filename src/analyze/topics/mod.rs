//! What is worth a question, and in which order: meetings of one kind, whose class is doubtful, by the hours that one answer
//! settles.

mod doubt;

pub use doubt::Doubt;

use super::{Analysis, Judged, Verdict};
use crate::analyze::report::Reason;
use crate::classify::{RuleSet, title_key};
use crate::model::{Class, Interval, Slot, Uid, Week};
use chrono::TimeDelta;
use doubt::Doubts;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// More of one meeting is nothing that an answer could count.
const LONGEST: TimeDelta = TimeDelta::hours(8);
/// What an answer about a meeting that never comes back settles is worth so much, and about a series that ended: no later week is in
/// it.
const ONCE: f64 = 0.25;
const ENDED: f64 = 0.5;
/// What was not there for so long does not come again; a meeting a month does.
const GONE: TimeDelta = TimeDelta::weeks(5);
/// A sure series is asked about in the end, where it takes as much: a quarter of an hour a week.
const MUCH: f64 = 3.0 * 3600.0;

/// What meetings of one kind have in common. The last word keeps private ones apart: what is said of a title is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Their titles, and whether they are private.
    Title(String, bool),
    /// A series whose title says nothing, with that title.
    Series(Uid, String),
    /// The people, where the title says nothing.
    People(String, Vec<String>),
    /// One meeting, by its place.
    One(usize),
}

/// Meetings that one answer settles.
pub struct Topic<'a> {
    pub kind: Kind,
    /// Not answered yet, in order of start; those without any doubt too.
    pub open: Vec<&'a Judged>,
    /// The one to show.
    pub shown: &'a Judged,
    pub doubt: Doubt,
    /// It is a series, or was there in several weeks.
    again: bool,
    /// Its last meeting lies so far back that it comes no more.
    ended: bool,
    /// What an answer settles: seconds of the doubtful ones.
    pub seconds: f64,
    /// What an answer for all of them is said of; empty where nothing would find them again.
    pub slots: Vec<Slot>,
    /// How many of them an answer may be expected to change: seconds times doubt.
    pub doubtful: f64,
}

impl Topic<'_> {
    fn worth(&self) -> f64 {
        match (self.again, self.ended) {
            (false, _) => self.doubtful * ONCE,
            (true, true) => self.doubtful * ENDED,
            (true, false) => self.doubtful,
        }
    }
}

/// The topics of `span` that come again or lie in `within`, by the doubtful hours that an answer settles: first the doubtful ones
/// that come again. The one to show lies in `within` where it can; of several the most doubtful, then the latest.
pub fn topics<'a>(analysis: &'a Analysis<'_>, rules: &RuleSet, span: Interval, within: Interval) -> Vec<Topic<'a>> {
    let rows: Vec<(&Judged, f64)> = (analysis.rows(span).into_iter())
        .filter(|row| row.judged.verdict != Verdict::LeftOut(Reason::Duplicate))
        .map(|row| (row.judged, row.counted.to_f64()))
        .collect();
    let mut groups: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
    for (at, (j, _)) in rows.iter().enumerate() {
        groups.entry(kind(j, at, analysis)).or_default().push(at);
    }
    let ground = Ground { analysis, span, within, rows: &rows, of_uid: of_uid(&rows) };
    let doubts =
        Doubts::new(analysis, rules, span, &groups.values().map(|places| ground.all(places)).collect::<Vec<_>>());
    let mut topics: Vec<Topic<'_>> =
        groups.into_iter().filter_map(|(kind, places)| ground.topic(kind, &places, &doubts)).collect();
    let last = |topic: &Topic<'_>| !topic.again || topic.doubt.is_sure();
    let rank = |topic: &Topic<'_>| (last(topic), Reverse((topic.worth() * 1000.0) as i64), topic.shown.interval.start);
    topics.sort_by_key(rank);
    topics
}

fn kind(j: &Judged, at: usize, analysis: &Analysis<'_>) -> Kind {
    let event = &*j.instance.event;
    let summary = event.summary.as_deref().filter(|_| !event.free_busy_only).unwrap_or_default();
    if let Some(key) = title_key(summary) {
        return Kind::Title(key, j.private());
    }
    if event.recurring && !event.uid.0.is_empty() {
        return Kind::Series(event.uid.series(), summary.to_lowercase());
    }
    let me = analysis.people.me_in(event);
    let others = analysis.people.people(event).unwrap_or_default().into_iter().filter(|one| !me.is(one));
    let others: BTreeSet<String> = others.map(|one| one.as_str().to_owned()).collect();
    match others.is_empty() || summary.is_empty() {
        true => Kind::One(at),
        false => Kind::People(summary.to_lowercase(), others.into_iter().collect()),
    }
}

fn of_uid<'a>(rows: &[(&'a Judged, f64)]) -> HashMap<&'a Uid, usize> {
    let mut all = HashMap::new();
    rows.iter().for_each(|(j, _)| *all.entry(&j.instance.event.uid).or_default() += 1);
    all
}

struct Ground<'r, 'a> {
    analysis: &'r Analysis<'r>,
    span: Interval,
    within: Interval,
    rows: &'r [(&'a Judged, f64)],
    /// How many meetings bear each UID.
    of_uid: HashMap<&'a Uid, usize>,
}

impl<'a> Ground<'_, 'a> {
    fn all(&self, places: &[usize]) -> Vec<&'a Judged> {
        places.iter().map(|at| self.rows[*at].0).collect()
    }

    /// One that is already answered is no topic, nor is one without a doubt.
    fn topic(&self, kind: Kind, places: &[usize], doubts: &Doubts<'_>) -> Option<Topic<'a>> {
        let again = self.again(places);
        let since = self.rows[*places.first()?].0.interval.start;
        let open: Vec<usize> = places.iter().copied().filter(|at| self.rows[*at].0.instance.marked.is_none()).collect();
        let asked: Vec<(usize, Doubt)> =
            open.iter().filter_map(|at| doubts.of(self.rows[*at].0, again, since).map(|doubt| (*at, doubt))).collect();
        let touches = |at: usize| self.rows[at].0.touches(&self.within);
        let odds = |doubt: &Doubt| (doubt.odds() * 1000.0) as i64;
        let rank = |(at, doubt): &&(usize, Doubt)| (touches(*at), odds(doubt), Reverse(doubt.clone()), *at);
        let (shown, doubt) = asked.iter().max_by_key(rank)?;
        if !touches(*shown) && !again {
            return None;
        }
        let seconds: f64 = asked.iter().map(|(at, _)| self.seconds(*at)).sum();
        if doubt.is_sure() && !(again && seconds >= MUCH) {
            return None;
        }
        Some(Topic {
            slots: self.slots(&kind, places, again),
            kind,
            again,
            ended: self.rows[*places.last()?].0.interval.start < self.span.end - GONE,
            shown: self.rows[*shown].0,
            doubt: doubt.clone(),
            seconds,
            doubtful: asked.iter().map(|(at, doubt)| self.seconds(*at) * doubt.odds()).sum(),
            open: self.all(&open),
        })
    }

    fn again(&self, places: &[usize]) -> bool {
        let wishes = self.analysis.wishes;
        let week = |j: &Judged| Week::of(wishes.zones.date_of(j.interval.start), wishes.week_start);
        let weeks: BTreeSet<Week> = places.iter().map(|at| week(self.rows[*at].0)).collect();
        weeks.len() > 1 || places.iter().any(|at| self.rows[*at].0.instance.event.recurring)
    }

    /// What it counts, or would.
    fn seconds(&self, at: usize) -> f64 {
        let (j, counted) = &self.rows[at];
        let length = j.interval.intersection(&self.span).map_or(TimeDelta::zero(), |part| part.length());
        if j.class().is_some() { *counted } else { length.min(LONGEST).num_seconds() as f64 }
    }

    /// A series is marked by its UID where most of it is meant, all that comes again by its title where that may be listed, and what is
    /// left one by one.
    fn slots(&self, kind: &Kind, places: &[usize], again: bool) -> Vec<Slot> {
        let mut of_topic: HashMap<&Uid, usize> = HashMap::new();
        places.iter().for_each(|at| *of_topic.entry(&self.rows[*at].0.instance.event.uid).or_default() += 1);
        let slot = |j: &Judged| {
            let (event, own) = (&j.instance.event, Slot::of(&j.instance));
            let count = |counts: &HashMap<&Uid, usize>| counts.get(&event.uid).copied().unwrap_or_default();
            match kind {
                _ if event.recurring && count(&of_topic) * 2 > count(&self.of_uid) => own.map(Slot::series),
                Kind::Title(key, false) if again && !event.recurring => Some(Slot::titled(key)),
                _ => own,
            }
        };
        let open = places.iter().map(|at| self.rows[*at].0).filter(|j| j.instance.marked.is_none());
        let mut slots: BTreeSet<Slot> = open.filter_map(slot).collect();
        // A series that was begun anew under another UID is called the same.
        if let (Kind::Title(key, false), true) = (kind, again) {
            slots.insert(Slot::titled(key));
        }
        slots.into_iter().collect()
    }
}

impl Analysis<'_> {
    /// Counted seconds of each class in `window`.
    pub fn hours_in(&self, window: Interval) -> super::ledger::ByClass {
        let mut hours = super::ledger::ByClass::default();
        for row in self.rows(window) {
            row.judged.class().into_iter().for_each(|class: Class| hours.add(class, &row.counted));
        }
        hours
    }
}
