//! What the store holds, as the instances that everything else works on.

use super::{Named, history};
use crate::diagnostic::Failure;
use crate::model::{self, Address, Instance, Interval, Master, Original, Span, count};
use crate::source::Calendars;
use crate::store::{Account, Calendar, Past, Store};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// What is read, and from where.
pub struct Read<'a> {
    pub store: &'a Store,
    pub window: Interval,
    /// Of floating times and whole days.
    pub zone: Tz,
}

impl Read<'_> {
    /// An instance belongs to what is read: it takes time in the window, in what was `covered`, or fills a slot there.
    pub fn shows(&self, one: &Instance, covered: Option<(DateTime<Utc>, DateTime<Utc>)>) -> bool {
        match overlaps(&one.span, self.window, self.zone) {
            true => covered.is_some_and(|(from, to)| within(&one.span, from, to)),
            false => slot(&one.original, self.window, self.zone),
        }
    }
}

/// The instances of a window, with what a reader of them should know.
#[derive(Default)]
pub struct Facts {
    pub instances: Vec<Instance>,
    /// The user's own address on each account.
    pub me: Vec<Address>,
    /// The iCalendar texts, with their problems.
    pub calendars: Calendars,
    /// What others than texts tell of events and series as a whole.
    pub masters: Vec<Master>,
    /// Remarks in sentences: data that are old, incomplete or held back.
    pub remarks: Vec<String>,
    /// The same of time that some calendar is not kept for.
    pub beyond: Vec<(Interval, String)>,
    /// What sources no longer tell of their past, or tell otherwise.
    pasts: Vec<(String, Seen)>,
    /// Some calendar has been read at least once.
    pub any: bool,
    /// The zones of the user's own calendars.
    pub zones: Vec<Tz>,
}

/// One instance of a past that is kept, without saying which.
struct Seen {
    /// It stands there; else it is told and was not there.
    kept: bool,
    time: (DateTime<Utc>, DateTime<Utc>),
    at: DateTime<Utc>,
}

impl Facts {
    /// Adds the iCalendar texts of a calendar, with how it stands.
    pub(super) fn add_texts(&mut self, read: &Read<'_>, of: &Account, calendar: &Calendar) -> Result<(), Failure> {
        for text in read.store.texts(calendar.id)? {
            self.calendars.add_text(Some(&of.name), &text?);
            self.any = true;
        }
        self.note(read, of, calendar)
    }

    /// A source that is configured and never answered.
    pub(super) fn never(&mut self, name: &str) {
        self.remarks.push(format!("{name}: it was never read, and nothing of it counts"));
    }

    /// The same of an account whose calendars nobody knows.
    pub(super) fn unlisted(&mut self, store: &Store, named: &Named) -> Result<(), Failure> {
        let name = named.name();
        match named.account.as_ref().map(|a| store.account_obstacle(a.id)).transpose()?.flatten() {
            Some(o) => self.remarks.push(format!("{name}: {}; last good sync: never", o.sentence)),
            None => self.never(name),
        }
        Ok(())
    }

    /// Adds what the source `name` told of its past.
    pub(super) fn keep(&mut self, read: &Read<'_>, name: &str, rows: &[Past]) {
        if rows.is_empty() {
            return;
        }
        let (window, zone) = (read.window, read.zone);
        let wanted = |i: &Instance| overlaps(&i.span, window, zone) || slot(&i.original, window, zone);
        let merged = history::merge(&mut self.instances, name, rows, wanted, zone);
        for (kept, rows) in [(true, &merged.kept), (false, &merged.absent)] {
            let seen = |row: &&Past| Seen { kept, time: (row.starts, row.ends), at: row.last_seen };
            self.pasts.extend(rows.iter().map(|row| (name.to_string(), seen(row))));
        }
        if merged.odd > 0 {
            self.remarks.push(format!("{name}: {} of its past could not be read", count(merged.odd, "meeting")));
        }
    }

    /// What is kept of the past tells its versions too.
    pub(super) fn settle_kept(&mut self) {
        let kept = self.instances.iter().filter(|i| i.event.last_seen.is_some() && !i.event.recurring);
        self.masters.extend(kept.map(Master::single));
    }

    /// How much of the past in `shown` the sources no longer tell, in sentences.
    pub fn told_past(&self, shown: Interval) -> Vec<String> {
        let touches = |(starts, ends): (DateTime<Utc>, DateTime<Utc>)| {
            starts < shown.end && (ends > shown.start || starts >= shown.start)
        };
        let mut sources: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
        for (name, seen) in self.pasts.iter().filter(|(_, seen)| touches(seen.time)) {
            sources.entry(name).or_default().push(seen);
        }
        let told = |(name, seen): (&str, Vec<&Seen>)| {
            let kept = seen.iter().filter(|seen| seen.kept).count() as u64;
            let before = seen.iter().map(|seen| seen.time.1).max()?;
            let (first, last) = (seen.iter().map(|s| s.at).min()?, seen.iter().map(|s| s.at).max()?);
            Some(format!("{name}: {}", history::told(kept, seen.len() as u64 - kept, before, (first, last))))
        };
        sources.into_iter().filter_map(told).collect()
    }

    /// What a reader should know about one calendar: that it is behind, held back, or does not reach that far.
    pub(super) fn note(&mut self, read: &Read<'_>, account: &Account, calendar: &Calendar) -> Result<(), Failure> {
        let Read { store, window, .. } = *read;
        let state = store.state(calendar.id)?;
        let day = |at: DateTime<Utc>| at.format("%Y-%m-%d");
        let name = &account.name;
        if let Some(obstacle) = state.obstacle.or(store.account_obstacle(account.id)?) {
            let last = state.last_good.map_or("never".to_string(), |at| day(at).to_string());
            self.remarks.push(format!("{name}: {}; last good sync: {last}", obstacle.sentence));
        } else if state.last_good.is_none() && calendar.selected() && store.hold(calendar.id)?.is_none() {
            self.never(name);
        }
        if let Some(hold) = store.hold(calendar.id)? {
            let (removed, live) = (hold.removed.len(), count(hold.live, "event"));
            self.remarks
                .push(format!("{name}: a listing lacked {removed} of {live}; they still count until it is confirmed"));
        }
        if let Some((from, to)) = state.covered
            && (window.start < from || window.end > to)
        {
            let says = format!("{name}: events before {} and after {} are not kept", day(from), day(to));
            self.beyond.push((Interval::new(from, to), says));
        }
        Ok(())
    }
}

/// It takes time in the window.
fn overlaps(span: &Span, window: Interval, zone: Tz) -> bool {
    match span {
        Span::Timed(i) if i.is_empty() => window.start <= i.start && i.start < window.end,
        Span::Timed(i) => i.intersection(&window).is_some(),
        Span::AllDay { first, end } => {
            let end = (*end).max(first.succ_opt().unwrap_or(*first));
            model::midnight(*first, zone) < window.end && model::midnight(end, zone) > window.start
        }
    }
}

/// The slot that an instance fills lies in the window, wherever it was moved to.
fn slot(original: &Original, window: Interval, zone: Tz) -> bool {
    let at = match original {
        Original::At(at) => *at,
        Original::On(date) => model::midnight(*date, zone),
    };
    window.start <= at && at < window.end
}

/// Outside of what was listed whole there are singles without their series: they would tell a wrong story.
fn within(span: &Span, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
    match span {
        Span::Timed(i) => i.end >= from && i.start < to,
        Span::AllDay { first, end } => *end >= from.date_naive() && *first < to.date_naive(),
    }
}
