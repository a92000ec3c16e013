//! The past of an iCalendar source. Feeds publish a range that moves: what they stop telling of stays, as it was seen last.
//!
//! A deletion is believed only inside the range that a source still covers. That begins at the earliest single event that it
//! told before and still tells: a series tells its oldest instances for ever and proves nothing. Before the range, facts
//! are frozen: a series that has lost its moved and cancelled instances there must not rewrite the past either. Where
//! nothing says what the range is, all of the past is in doubt, and stays. Pure.

use crate::classify::Title;
use crate::model::{Calendar, Event, Instance, Original, Span, Uid, count, midnight};
use crate::source::Says;
use crate::store::{Past, PastChange};
use chrono::{DateTime, Datelike, IsoWeek, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How far back the past is looked at: beyond that, what a source stops telling of goes.
pub(super) const YEARS: i64 = 10;
/// A series that was moved by less than this has slots next to its old ones.
const BESIDE: TimeDelta = TimeDelta::days(1);

/// A source as one of its texts tells it.
pub(super) struct Told<'a> {
    /// What each UID says, as `ical::contents` gives it.
    pub contents: &'a BTreeMap<String, Says>,
    /// The instances up to now.
    pub instances: &'a [Instance],
    /// Those that are still to come, as far as one looks.
    pub ahead: &'a [Instance],
}

impl<'a> Told<'a> {
    /// The UIDs under which it tells more than one single event.
    fn several(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let all = self.instances.iter().chain(self.ahead);
        let single = all.filter(|i| !i.event.recurring && !i.event.uid.0.is_empty());
        let slots: HashSet<(&str, Original)> = single.map(|i| (&*i.event.uid.0, i.original)).collect();
        let mut seen = HashSet::new();
        slots.into_iter().map(|(uid, _)| uid).filter(move |uid| !seen.insert(*uid))
    }
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
    normal(event.summary.as_deref().unwrap_or_default())
}

/// A title as the rules see it; without words it is what is written.
pub(super) fn normal(written: &str) -> String {
    let title = Title::of(written);
    if title.words.is_empty() { written.trim().to_lowercase() } else { title.words.text().to_owned() }
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

/// What an instance is called in an outline: its UID, or of a busy time its start.
fn name(instance: &Instance) -> String {
    match instance.span {
        Span::Timed(span) if instance.event.free_busy_only => span.start.format("%Y%m%dT%H%M%SZ").to_string(),
        _ => instance.event.uid.0.to_string(),
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
    fn new((old, new): (&Told, &Told), several: &HashSet<&str>, rows: &[Past], now: DateTime<Utc>, zone: Tz) -> Range {
        let kept = rows.iter().filter(|row| row.json.is_some());
        let uids: HashSet<&str> = kept.clone().map(|row| &*row.uid).collect();
        let slots = kept.map(|row| (row.uid.clone(), row.slot.clone()));
        let keys: HashSet<Key> = old.instances.iter().map(key).chain(slots).collect();
        let faces: HashSet<_> = old.instances.iter().filter(|i| !i.event.recurring).map(face).collect();
        let still = |i: &&Instance| {
            let uid = &*i.event.uid.0;
            let own = || !uid.is_empty() && !several.contains(uid);
            // Some programs give new UIDs at every fetch.
            keys.contains(&key(i))
                || faces.contains(&face(i))
                || (own() && (old.contents.contains_key(uid) || uids.contains(uid)))
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
pub(super) struct Outcome {
    pub change: PastChange,
    /// Name and line of single events that are not told any more because the range moved on: nobody deleted them.
    pub outside: BTreeSet<(String, usize)>,
    /// Something is told otherwise from before the range on: what else the source tells decides what that means.
    pub open: bool,
}

/// What to keep of `old` now that the source tells `new`; `rows` is what was kept before, `last_seen` when `old` was last
/// known to be told.
pub(super) fn change(
    old: &Told,
    new: &Told,
    rows: &[Past],
    last_seen: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Outcome {
    let several: HashSet<&str> = old.several().chain(new.several()).collect();
    let mut step = Step {
        old,
        new,
        range: Range::new((old, new), &several, rows, now, zone),
        several,
        told: new.instances.iter().map(|i| (key(i), i)).collect(),
        before: old.instances.iter().map(|i| (key(i), i)).collect(),
        faces: new.instances.iter().map(face).collect(),
        rows: rows.iter().map(|row| ((row.uid.clone(), row.slot.clone()), row)).collect(),
        ahead: old.ahead.iter().filter(|i| i.event.recurring).map(|i| i.event.uid.series()).collect(),
        last_seen,
        followed: HashSet::new(),
    };
    step.followed = step.moved_inside();
    let over: Vec<&Instance> = old.instances.iter().filter(|i| step.keeps(i)).collect();
    let single = |i: &&&Instance| step.range.from.is_some() && !i.event.recurring;
    let outside = over.iter().filter(single).map(|i| (name(i), i.event.line)).collect();
    let kept = over.iter().map(|i| step.row(i, json(i)));
    let slots = step.slots();
    let absent = new.instances.iter().filter(|i| step.is_news(i, &slots)).map(|i| step.row(i, None));
    let keep = kept.chain(absent).collect();
    let again = rows.iter().filter(|row| step.is_told_again(row));
    let release = again.map(|row| (row.uid.clone(), row.slot.clone())).collect();
    let open = old.instances.iter().chain(new.instances).any(|i| step.is_open(i));
    Outcome { change: PastChange { keep, release, forget: false }, outside, open }
}

struct Step<'a> {
    old: &'a Told<'a>,
    new: &'a Told<'a>,
    range: Range,
    /// UIDs that are shared by single events, before or now.
    several: HashSet<&'a str>,
    told: HashMap<Key, &'a Instance>,
    before: HashMap<Key, &'a Instance>,
    faces: HashSet<(String, Span)>,
    rows: HashMap<Key, &'a Past>,
    /// The series that went on past now.
    ahead: HashSet<Uid>,
    last_seen: DateTime<Utc>,
    /// Instances before the range that the source tells inside it now.
    followed: HashSet<Key>,
}

/// What a series told before.
struct Slots<'a> {
    /// The first and the last slot up to now.
    over: (DateTime<Utc>, DateTime<Utc>),
    /// All instances by their slots, also those still to come.
    all: BTreeMap<DateTime<Utc>, &'a Instance>,
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
            None if !old.event.recurring && self.moved(uid) => false,
            None if self.followed.contains(&key(old)) => false,
            None => !self.faces.contains(&face(old)),
        }
    }

    /// A single event that is told at another time was moved there, unless others share its UID.
    fn moved(&self, uid: &str) -> bool {
        !uid.is_empty() && !self.several.contains(uid) && self.new.contents.contains_key(uid)
    }

    /// The slots that each series told before.
    fn slots(&self) -> HashMap<Uid, Slots<'_>> {
        let mut slots: HashMap<Uid, Slots> = HashMap::new();
        let of_series = |i: &&Instance| i.event.recurring && !i.event.uid.0.is_empty();
        for instance in self.old.instances.iter().filter(of_series) {
            let at = instance.original.moment();
            let fresh = || Slots { over: (at, at), all: BTreeMap::new() };
            let own = slots.entry(instance.event.uid.series()).or_insert_with(fresh);
            own.over = (own.over.0.min(at), own.over.1.max(at));
            own.all.insert(at, instance);
        }
        for instance in self.old.ahead.iter().filter(of_series) {
            if let Some(own) = slots.get_mut(&instance.event.uid.series()) {
                own.all.insert(instance.original.moment(), instance);
            }
        }
        slots
    }

    /// An instance of a series that it did not tell before: the rules are the same, and an exception was lost; or it lies
    /// amid the others, and all were moved, maybe to a half of their own. A series that was made longer has new ones. One that
    /// goes on past now was told up to when it was seen last: what was over by then, and was not told, was not there. Later,
    /// what stands in the place of an instance that stays was not there either.
    fn is_news(&self, new: &Instance, slots: &HashMap<Uid, Slots>) -> bool {
        let (at, uid, series) = (new.original.moment(), &*new.event.uid.0, new.event.uid.series());
        let frame = |told: &Told| told.contents.get(uid).map(|says| says.frame);
        let same = frame(self.old) == frame(self.new);
        let goes_on = self.ahead.contains(&series);
        let unseen = || goes_on && bounds(&new.span, self.range.zone).1 <= self.last_seen;
        let amid = |own: &Slots| own.over.0 - BESIDE < at && (at < own.over.1 + BESIDE || unseen());
        let replaces = |own: &Slots| goes_on && self.counterpart(at, own).is_some_and(|old| self.stays(old));
        new.event.recurring
            && (same && goes_on || slots.get(&series).is_some_and(|own| same || amid(own) || replaces(own)))
            && !self.before.contains_key(&key(new))
            && self.is_open(new)
    }

    /// The old instance in whose place a new one at `at` stands: the nearest of the same week, and without one the nearest of all.
    fn counterpart<'s>(&self, at: DateTime<Utc>, own: &Slots<'s>) -> Option<&'s Instance> {
        let week = self.week(at);
        let before = own.all.range(..=at).next_back();
        let sides = before.into_iter().chain(own.all.range(at..).next());
        let (_, old) = sides.min_by_key(|(slot, _)| (self.week(**slot) != week, (**slot - at).abs()))?;
        Some(old)
    }

    /// It counts as it was seen last, and is not told.
    fn stays(&self, old: &Instance) -> bool {
        let kept = || self.rows.get(&key(old)).is_some_and(|row| row.json.is_some());
        !self.told.contains_key(&key(old)) && (self.keeps(old) || kept())
    }

    fn week(&self, at: DateTime<Utc>) -> IsoWeek {
        at.with_timezone(&self.range.zone).iso_week()
    }

    /// Instances of a series before the range that are told inside it now, in the same week: as with a single event, the source is
    /// believed that it was moved there. Those inside that are not told any more were moved first.
    fn moved_inside(&self) -> HashSet<Key> {
        let inside = |i: &&Instance| i.event.recurring && !self.range.is_before(i) && self.range.from.is_some();
        let place = |i: &Instance| (i.event.uid.series(), self.week(i.original.moment()));
        let mut more: HashMap<(Uid, IsoWeek), i64> = HashMap::new();
        for new in self.new.instances.iter().filter(inside).filter(|i| !self.before.contains_key(&key(i))) {
            *more.entry(place(new)).or_default() += 1;
        }
        for old in self.old.instances.iter().filter(inside).filter(|i| !self.told.contains_key(&key(i))) {
            more.entry(place(old)).and_modify(|left| *left -= 1);
        }
        let mut followed = HashSet::new();
        let before = self.old.instances.iter().rev().filter(|i| i.event.recurring && !self.told.contains_key(&key(i)));
        for old in before.filter(|i| self.is_open(i)) {
            if let Some(left) = more.get_mut(&place(old)).filter(|left| **left > 0) {
                *left -= 1;
                followed.insert(key(old));
            }
        }
        followed
    }

    /// The source covers it again, tells it just so, or tells the single event at another time: then its word counts.
    fn is_told_again(&self, row: &Past) -> bool {
        let told = self.told.get(&(row.uid.clone(), row.slot.clone()));
        let inside = self.range.from.is_some_and(|(first, over)| row.starts >= first && row.ends >= over);
        let Some(kept) = row.json.as_deref() else {
            // Nothing is to be hidden of a series that does not tell the slot.
            return inside || (told.is_none() && self.new.contents.contains_key(&row.uid));
        };
        let kept = instance(kept);
        let is = |so: &dyn Fn(&Instance) -> bool| kept.as_ref().is_some_and(so);
        (inside && told.is_some())
            // Under another UID it is the same.
            || is(&|kept| self.faces.contains(&face(kept)))
            || told.is_some_and(|told| is(&|kept| is_same(kept, told)))
            || (self.returns(&row.uid) && is(&|kept| !kept.event.recurring))
    }

    /// The one event of that UID is told again, wherever it was moved to.
    fn returns(&self, uid: &str) -> bool {
        let kept = || self.rows.values().filter(|row| row.uid == uid && row.json.is_some()).count();
        self.moved(uid) && !self.old.contents.contains_key(uid) && kept() == 1
    }

    fn row(&self, instance: &Instance, json: Option<String>) -> Past {
        let (uid, slot) = key(instance);
        let (starts, ends) = bounds(&instance.span, self.range.zone);
        let (slot_at, until) = (instance.original.moment(), self.range.until(instance));
        Past { uid, slot, slot_at, starts, ends, until, last_seen: self.last_seen, json }
    }
}

/// They say the same; where and in which version does not matter.
fn is_same(a: &Instance, b: &Instance) -> bool {
    let plain = |event: &Event| Event {
        calendar: Arc::clone(&b.event.calendar),
        line: 0,
        sequence: 0,
        series_sequence: None,
        unversioned: false,
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
    let are = |n: u64| if n == 1 { "is" } else { "are" };
    let kept = (kept > 0).then(|| {
        let counts = if kept == 1 { "counts" } else { "count" };
        format!(
            "{} before {before} {} no longer told like that by the source and {counts} as last seen {seen}",
            count(kept, "meeting"),
            are(kept)
        )
    });
    let absent = (absent > 0).then(|| {
        let were = if absent == 1 { "was" } else { "were" };
        format!("{} before {before} that it tells of now {were} not there when seen {seen}", count(absent, "meeting"))
    });
    kept.into_iter().chain(absent).collect::<Vec<_>>().join("; ")
}

/// What rows did to the instances of a source.
#[derive(Default)]
pub(super) struct Merged<'a> {
    /// Instances that stand there because they are kept.
    pub kept: Vec<&'a Past>,
    /// Instances that the source tells and that were not there.
    pub absent: Vec<&'a Past>,
    /// Rows that cannot be read.
    pub odd: usize,
}

/// Puts the kept past of `source` in the place of what it tells of the same instances.
pub(super) fn merge<'a>(
    instances: &mut Vec<Instance>,
    source: &str,
    rows: &'a [Past],
    wanted: impl Fn(&Instance) -> bool,
    zone: Tz,
) -> Merged<'a> {
    let mut merged = Merged::default();
    let mut open: HashMap<Key, &'a Past> = rows.iter().map(|row| ((row.uid.clone(), row.slot.clone()), row)).collect();
    let mut answered: HashSet<Key> = HashSet::new();
    let moved = moved(rows, instances, source);
    instances.retain(|told| {
        if told.event.calendar.source != source {
            return true;
        }
        let key = key(told);
        let Some(row) = open.get(&key) else {
            let ends = bounds(&told.span, zone).1;
            return moved.get(&(title(&told.event), told.original)).is_none_or(|row| ends >= row.until);
        };
        if bounds(&told.span, zone).1 < row.until {
            merged.absent.extend(row.json.is_none().then_some(*row));
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
                merged.kept.push(row);
                instances.push(seen(kept, source, row.last_seen));
            }
            Some(None) => merged.odd += 1,
            _ => {}
        }
    }
    merged
}

/// Kept instances of series that `source` does not tell any more under their UIDs, by title and slot: it may tell them under
/// others.
fn moved<'a>(rows: &'a [Past], told: &[Instance], source: &str) -> HashMap<(String, Original), &'a Past> {
    let own = told.iter().filter(|i| i.event.calendar.source == source && i.event.recurring);
    let uids: HashSet<&str> = own.map(|i| &*i.event.uid.0).collect();
    if uids.is_empty() {
        return HashMap::new();
    }
    let gone = rows.iter().filter(|row| !uids.contains(&*row.uid));
    let kept = gone.filter_map(|row| Some((instance(row.json.as_deref()?)?, row)));
    kept.filter(|(kept, _)| kept.event.recurring)
        .map(|(kept, row)| ((title(&kept.event), kept.original), row))
        .collect()
}

/// As it stands in a report: marked, and of the source as it is called now.
fn seen(mut kept: Instance, source: &str, at: DateTime<Utc>) -> Instance {
    let event = Arc::make_mut(&mut kept.event);
    event.last_seen = Some(at);
    if event.calendar.source != source {
        event.calendar = Arc::new(Calendar { source: source.into(), ..(*event.calendar).clone() });
    }
    kept
}

#[cfg(test)]
mod tests;
