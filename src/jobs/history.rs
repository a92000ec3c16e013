//! The past of an iCalendar source. Feeds publish a range that moves: what they stop telling of stays, as it was seen last.
//!
//! A deletion is believed only inside the range that a source still covers. That begins at the earliest single event that it
//! told before and still tells: a series tells its oldest instances for ever and proves nothing. Before the range, facts
//! are frozen: a series that has lost its moved and cancelled instances there must not rewrite the past either. Where
//! nothing says what the range is, all of the past is in doubt, and stays. Pure.

use crate::model::{Event, Instance, Original, Span, midnight};
use crate::source::ics::Says;
use crate::store::{Past, PastChange};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How far back the past is looked at: beyond that, what a source stops telling of goes.
pub const YEARS: i64 = 10;
/// A series that was moved by less than this has slots next to its old ones.
const BESIDE: TimeDelta = TimeDelta::days(1);

/// A source as one of its texts tells it.
pub struct Told<'a> {
    /// What each UID says, as `ical::contents` gives it.
    pub contents: &'a BTreeMap<String, Says>,
    /// The instances up to now.
    pub instances: &'a [Instance],
}

/// UID and slot.
type Key = (String, String);

fn key(instance: &Instance) -> Key {
    let slot = match instance.original {
        Original::At(at) => at.timestamp().to_string(),
        Original::On(date) => date.to_string(),
    };
    let event = &instance.event;
    // Without a UID only all that is known says that two are the same.
    let more = if event.uid.0.is_empty() { format!(" {:?} {}", instance.span, title(event)) } else { String::new() };
    (event.uid.0.to_string(), slot + &more)
}

fn title(event: &Event) -> String {
    event.summary.as_deref().unwrap_or_default().trim().to_lowercase()
}

/// A meeting by what people know of it: a program that gives new UIDs to what is old tells it again.
fn face(instance: &Instance) -> (String, Span) {
    (title(&instance.event), instance.span)
}

fn bounds(span: &Span, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    match span {
        Span::Timed(interval) => (interval.start, interval.end),
        Span::AllDay { first, end } => {
            let end = (*end).max(first.succ_opt().unwrap_or(*first));
            (midnight(*first, zone), midnight(end, zone))
        }
    }
}

/// What a source still covers.
#[derive(Clone, Copy)]
struct Range {
    /// The first start and the first end of the single events that it still tells. With the end alone a long event at the
    /// edge would prove days that are not told any more; with the start alone so would one that began before the edge.
    from: Option<(DateTime<Utc>, DateTime<Utc>)>,
    now: DateTime<Utc>,
    zone: Tz,
}

impl Range {
    fn new(old: &Told, new: &Told, rows: &[Past], now: DateTime<Utc>, zone: Tz) -> Range {
        let kept: HashSet<&str> = rows.iter().filter(|row| row.json.is_some()).map(|row| &*row.uid).collect();
        let unnamed: HashSet<Key> = old.instances.iter().filter(|i| i.event.uid.0.is_empty()).map(key).collect();
        let still = |i: &&Instance| match &*i.event.uid.0 {
            "" => unnamed.contains(&key(i)),
            uid => old.contents.contains_key(uid) || kept.contains(uid),
        };
        let singles = new.instances.iter().filter(|i| !i.event.recurring).filter(still);
        let bounds = singles.map(|i| bounds(&i.span, zone));
        let from = bounds.reduce(|(start, end), (s, e)| (start.min(s), end.min(e)));
        Range { from, now, zone }
    }

    /// It was over before the range began.
    fn is_before(&self, instance: &Instance) -> bool {
        let (start, end) = bounds(&instance.span, self.zone);
        let outside = self.from.is_none_or(|(first, over)| start < first || end < over);
        outside && end <= self.now
    }

    /// Until when a row of that instance goes before what the source tells.
    fn until(&self, instance: &Instance) -> DateTime<Utc> {
        let cut = self.from.map_or(self.now, |(_, over)| over.min(self.now));
        cut.max(bounds(&instance.span, self.zone).1 + TimeDelta::seconds(1))
    }
}

/// What a new text means for the past.
#[derive(Default)]
pub struct Outcome {
    pub change: PastChange,
    /// UIDs of single events that are not told any more because the range moved on: nobody deleted them.
    pub outside: BTreeSet<String>,
}

/// What to keep of `old` now that the source tells `new`; `rows` is what was kept before, `last_seen` when `old` was last
/// known to be told.
pub fn change(
    old: &Told,
    new: &Told,
    rows: &[Past],
    last_seen: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Outcome {
    let step = Step {
        old,
        new,
        range: Range::new(old, new, rows, now, zone),
        told: new.instances.iter().map(|i| (key(i), i)).collect(),
        before: old.instances.iter().map(|i| (key(i), i)).collect(),
        faces: new.instances.iter().map(face).collect(),
        rows: rows.iter().map(|row| ((row.uid.clone(), row.slot.clone()), row)).collect(),
        last_seen,
    };
    let over: Vec<&Instance> = old.instances.iter().filter(|i| step.keeps(i)).collect();
    let single = |i: &&&Instance| step.range.from.is_some() && !i.event.recurring && !i.event.uid.0.is_empty();
    let outside = over.iter().filter(single).map(|i| i.event.uid.0.to_string()).collect();
    let kept = over.iter().map(|i| step.row(i, json(i)));
    let slots = step.slots();
    let absent = new.instances.iter().filter(|i| step.is_news(i, &slots)).map(|i| step.row(i, None));
    let keep = kept.chain(absent).collect();
    let again = rows.iter().filter(|row| step.is_told_again(row));
    let release = again.map(|row| (row.uid.clone(), row.slot.clone())).collect();
    Outcome { change: PastChange { keep, release, forget: false }, outside }
}

struct Step<'a> {
    old: &'a Told<'a>,
    new: &'a Told<'a>,
    range: Range,
    told: HashMap<Key, &'a Instance>,
    before: HashMap<Key, &'a Instance>,
    faces: HashSet<(String, Span)>,
    rows: HashMap<Key, &'a Past>,
    last_seen: DateTime<Utc>,
}

impl Step<'_> {
    /// Its UID says something else now, or nothing.
    fn differs(&self, instance: &Instance) -> bool {
        let uid = &*instance.event.uid.0;
        self.old.contents.get(uid).map(|says| says.all) != self.new.contents.get(uid).map(|says| says.all)
    }

    /// An instance before the range of which nothing is kept yet.
    fn is_open(&self, instance: &Instance) -> bool {
        let end = bounds(&instance.span, self.range.zone).1;
        let kept = || self.rows.get(&key(instance)).is_some_and(|row| end < row.until);
        self.differs(instance) && self.range.is_before(instance) && !kept()
    }

    fn keeps(&self, old: &Instance) -> bool {
        if !self.is_open(old) {
            return false;
        }
        let uid = &*old.event.uid.0;
        match self.told.get(&key(old)) {
            Some(new) => old.event.recurring && self.range.is_before(new) && !is_same(old, new),
            // A single event that is told at another time was moved there.
            None if !old.event.recurring && !uid.is_empty() && self.new.contents.contains_key(uid) => false,
            None => !self.faces.contains(&face(old)),
        }
    }

    /// The first and the last slot that each series told before.
    fn slots(&self) -> HashMap<&str, (DateTime<Utc>, DateTime<Utc>)> {
        let mut slots = HashMap::new();
        for instance in self.old.instances.iter().filter(|i| i.event.recurring && !i.event.uid.0.is_empty()) {
            let at = slot_at(instance);
            let (first, last) = slots.entry(&*instance.event.uid.0).or_insert((at, at));
            (*first, *last) = ((*first).min(at), (*last).max(at));
        }
        slots
    }

    /// An instance of a series that it did not tell before: the rules are the same, and an exception was lost; or it lies
    /// amid the others, and all were moved. A series that was made longer has new ones.
    fn is_news(&self, new: &Instance, slots: &HashMap<&str, (DateTime<Utc>, DateTime<Utc>)>) -> bool {
        let (at, uid) = (slot_at(new), &*new.event.uid.0);
        let frame = |told: &Told| told.contents.get(uid).map(|says| says.frame);
        let same = frame(self.old) == frame(self.new);
        let amid = |(first, last): &(DateTime<Utc>, DateTime<Utc>)| *first - BESIDE < at && at < *last + BESIDE;
        new.event.recurring
            && slots.get(uid).is_some_and(|slots| same || amid(slots))
            && !self.before.contains_key(&key(new))
            && self.is_open(new)
    }

    /// The source covers it again, or tells the single event at another time: then its word counts.
    fn is_told_again(&self, row: &Past) -> bool {
        let single = || row.json.as_deref().and_then(instance).is_some_and(|kept| !kept.event.recurring);
        if !row.uid.is_empty() && self.new.contents.contains_key(&row.uid) && single() {
            return true;
        }
        let inside = self.range.from.is_some_and(|(first, over)| row.starts >= first && row.ends >= over);
        inside && (row.json.is_none() || self.told.contains_key(&(row.uid.clone(), row.slot.clone())))
    }

    fn row(&self, instance: &Instance, json: Option<String>) -> Past {
        let (uid, slot) = key(instance);
        let (starts, ends) = bounds(&instance.span, self.range.zone);
        let (slot_at, until) = (slot_at(instance), self.range.until(instance));
        Past { uid, slot, slot_at, starts, ends, until, last_seen: self.last_seen, json }
    }
}

fn slot_at(instance: &Instance) -> DateTime<Utc> {
    match instance.original {
        Original::At(at) => at,
        Original::On(date) => midnight(date, Tz::UTC),
    }
}

/// They say the same; where and in which version does not matter.
fn is_same(a: &Instance, b: &Instance) -> bool {
    let plain = |event: &Event| Event {
        calendar: Arc::clone(&b.event.calendar),
        line: 0,
        sequence: 0,
        series_sequence: None,
        ..event.clone()
    };
    a.span == b.span && plain(&a.event) == plain(&b.event)
}

fn json(instance: &Instance) -> Option<String> {
    serde_json::to_string(&(&*instance.event, &instance.span, &instance.original)).ok()
}

/// The instance that a row keeps.
fn instance(json: &str) -> Option<Instance> {
    let (event, span, original): (Event, Span, Original) = serde_json::from_str(json).ok()?;
    Some(Instance { event: Arc::new(event), span, original, marked: None })
}

/// How much of its past a source no longer tells, as a sentence without its subject.
pub fn told(kept: u64, absent: u64, before: DateTime<Utc>, (first, last): (DateTime<Utc>, DateTime<Utc>)) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    // All of them are over before the next midnight.
    let before = day(before + TimeDelta::days(1));
    let seen = match (day(first), day(last)) {
        (first, last) if first == last => format!("on {last}"),
        (first, last) => format!("between {first} and {last}"),
    };
    let count = |n: u64| if n == 1 { "1 meeting".to_string() } else { format!("{n} meetings") };
    let are = |n: u64| if n == 1 { "is" } else { "are" };
    let kept = (kept > 0).then(|| {
        let counts = if kept == 1 { "counts" } else { "count" };
        format!(
            "{} before {before} {} no longer told like that by the source and {counts} as last seen {seen}",
            count(kept),
            are(kept)
        )
    });
    let absent = (absent > 0).then(|| {
        let were = if absent == 1 { "was" } else { "were" };
        format!("{} before {before} that it tells of now {were} not there when seen {seen}", count(absent))
    });
    kept.into_iter().chain(absent).collect::<Vec<_>>().join("; ")
}

/// What rows did to the instances of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Instances that stand there because they are kept.
    pub kept: usize,
    /// Instances that the source tells and that were not there.
    pub absent: usize,
    /// Rows that cannot be read.
    pub odd: usize,
}

/// Puts the kept past of `source` in the place of what it tells of the same instances.
pub fn merge(
    instances: &mut Vec<Instance>,
    source: &str,
    rows: &[Past],
    wanted: impl Fn(&Instance) -> bool,
    zone: Tz,
) -> Merged {
    let mut merged = Merged::default();
    let mut open: HashMap<Key, &Past> = rows.iter().map(|row| ((row.uid.clone(), row.slot.clone()), row)).collect();
    let mut answered: HashSet<Key> = HashSet::new();
    instances.retain(|told| {
        if told.event.calendar.source != source {
            return true;
        }
        let key = key(told);
        let Some(row) = open.get(&key) else { return true };
        if bounds(&told.span, zone).1 < row.until {
            merged.absent += usize::from(row.json.is_none());
            return false;
        }
        answered.insert(key);
        true
    });
    open.retain(|key, _| !answered.contains(key));
    let own = instances.iter().filter(|i| i.event.calendar.source == source);
    let faces: HashSet<_> = own.map(face).collect();
    for row in rows.iter().filter(|row| open.contains_key(&(row.uid.clone(), row.slot.clone()))) {
        match row.json.as_deref().map(instance) {
            Some(Some(kept)) if wanted(&kept) && !faces.contains(&face(&kept)) => {
                merged.kept += 1;
                instances.push(kept);
            }
            Some(None) => merged.odd += 1,
            _ => {}
        }
    }
    merged
}

#[cfg(test)]
mod tests;
