//! What the store holds, as the instances that everything else works on.

use super::account::is_signed_out;
use super::history;
use super::sync::google_sources;
use super::versions::{of_google, settle};
use super::zones::zone_note;
use crate::classify::put_marks;
use crate::config::{Config, Place};
use crate::diagnostic::Failure;
use crate::model::{self, Address, Instance, Interval, Master, Original, Span, Uid, count};
use crate::source::google::{Reading, instance, is_own};
use crate::source::ics::{Calendars, Text, checked_texts};
use crate::store::{Account, Calendar, CalendarId, Past, Store};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The instances of a window, with what a reader of them should know.
#[derive(Default)]
pub struct Facts {
    pub instances: Vec<Instance>,
    /// The user's own address on each account.
    pub me: Vec<Address>,
    /// Problems of iCalendar texts.
    pub ics: Calendars,
    /// Remarks in sentences: data that are old, incomplete or held back.
    pub remarks: Vec<String>,
    /// The same of time that some calendar is not kept for.
    pub beyond: Vec<String>,
    /// What sources no longer tell of their past, or tell otherwise.
    pasts: Vec<(String, Seen)>,
    /// Some calendar has been read at least once.
    pub any: bool,
    /// The zones of the user's own Google calendars.
    pub zones: Vec<Tz>,
}

/// One instance of a past that is kept, without saying which.
struct Seen {
    /// It stands there; else it is told and was not there.
    kept: bool,
    time: (DateTime<Utc>, DateTime<Utc>),
    last_seen: DateTime<Utc>,
}

/// Reads everything that overlaps `window` from the sources that the configuration names and the accounts that are signed
/// in. `zone` is that of floating times and whole days.
///
/// # Errors
/// Only the database's.
pub fn read(store: &Store, config: &Config, window: Interval, zone: Tz) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    let accounts = store.accounts()?;
    facts.files(store, config, &accounts, (window, zone))?;
    let shared: HashSet<Uid> = facts.instances.iter().map(|i| i.event.uid.clone()).collect();
    let kept = facts.instances.iter().filter(|i| i.event.last_seen.is_some() && !i.event.recurring);
    let mut masters: Vec<Master> = kept.map(Master::single).collect();
    for source in google_sources(config, &accounts) {
        let account = accounts.iter().find(|a| a.kind == "google" && a.name == source.name);
        let calendars = account.map(|a| store.calendars(a.id)).transpose()?.unwrap_or_default();
        let Some(account) = account.filter(|a| a.listed_at.is_some() || !calendars.is_empty()) else {
            if !is_signed_out(config, store.folder(), &source.name) {
                facts.unlisted(store, &source.name, account)?;
            }
            continue;
        };
        let owner = calendars.iter().find(|c| c.primary).and_then(|c| Address::parse(&c.remote));
        facts.me.extend(owner.clone());
        for calendar in calendars.iter().filter(|c| c.selected()) {
            let described = described(account, calendar, owner.clone());
            let reading = Reading {
                calendar: &described,
                own: is_own(&calendar.remote, calendar.primary, calendar.role),
                zone: calendar.zone.as_deref().and_then(|name| name.parse().ok()),
                labels: &calendar.labels,
                colors: &calendar.shades,
            };
            let mut own = facts.google(store, calendar.id, &reading, (window, zone))?;
            masters.append(&mut of_google(store, calendar.id, &reading, &shared, &mut own)?);
            facts.instances.append(&mut own);
            facts.note(store, account, calendar, window)?;
        }
    }
    settle(&mut facts.ics, masters, &mut facts.instances, &config.people, zone);
    put_marks(&store.overrides()?, &mut facts.instances, zone);
    facts.me.sort();
    facts.me.dedup();
    // Every calendar of an account tells of the account's trouble.
    facts.remarks.dedup();
    facts.beyond.dedup();
    Ok(facts)
}

fn described(account: &Account, calendar: &Calendar, owner: Option<Address>) -> Arc<model::Calendar> {
    Arc::new(model::Calendar {
        source: account.name.clone(),
        name: calendar.name.clone(),
        primary: calendar.primary,
        role: calendar.role,
        owner,
    })
}

/// The same from the files and folders that the configuration names, past the store, for when it cannot be written. What
/// could not be read comes beside it. `home` says where paths that begin with `~/` lead.
pub fn read_files(config: &Config, home: &dyn Fn(&str) -> String, window: Interval, zone: Tz) -> (Facts, Vec<Failure>) {
    let (mut facts, mut failures) = (Facts::default(), Vec::new());
    for source in &config.ics {
        let Place::Path(path) = &source.place else { continue };
        match checked_texts(&home(path)) {
            Ok((texts, unread)) => {
                texts.iter().for_each(|text| facts.ics.add_text(Some(&source.name), text));
                facts.ics.unread.extend(unread.into_iter().map(|part| part.sentence));
                facts.any = true;
            }
            Err(failure) => failures.push(failure),
        }
    }
    facts.instances = facts.ics.instances(window, zone);
    settle(&mut facts.ics, Vec::new(), &mut facts.instances, &config.people, zone);
    (facts, failures)
}

impl Facts {
    /// The instances of files and feeds, with what is kept of their past.
    fn files(
        &mut self,
        store: &Store,
        config: &Config,
        accounts: &[Account],
        (window, zone): (Interval, Tz),
    ) -> Result<(), Failure> {
        let mut pasts = Vec::new();
        for source in &config.ics {
            let Some(account) = accounts.iter().find(|a| a.kind == "ics" && a.name == source.name) else {
                self.never(&source.name);
                continue;
            };
            for calendar in store.calendars(account.id)? {
                for text in store.texts(calendar.id)? {
                    let text = Text { file: text.file, stem: text.stem, bytes: text.bytes, told: text.told };
                    self.ics.add_text(Some(&account.name), &text);
                    self.any = true;
                }
                self.ics.unread.extend(store.skipped(calendar.id)?.into_iter().map(|(reason, _)| reason));
                self.note(store, account, &calendar, window)?;
                pasts.push((&account.name, store.past(calendar.id, window)?));
            }
        }
        self.instances = self.ics.instances(window, zone);
        for (name, rows) in pasts.iter().filter(|(_, rows)| !rows.is_empty()) {
            self.keep(name, rows, window, zone);
        }
        Ok(())
    }

    /// The instances of a Google calendar, with those that were moved out of a slot in the window: they take no time in it, but no
    /// copy of them is there either.
    fn google(
        &mut self,
        store: &Store,
        of: CalendarId,
        reading: &Reading,
        (window, zone): (Interval, Tz),
    ) -> Result<Vec<Instance>, Failure> {
        let (mut found, mut odd) = (Vec::new(), 0);
        let covered = store.state(of)?.covered;
        for row in store.instances(of, window)? {
            let Ok(one) = instance(&row.json, reading) else {
                odd += 1;
                continue;
            };
            let here = match overlaps(&one.span, window, zone) {
                true => covered.is_some_and(|(from, to)| within(&one.span, from, to)),
                false => slot(&one.original, window, zone),
            };
            found.extend(here.then_some(one));
        }
        if odd > 0 {
            let name = &reading.calendar.source;
            self.remarks.push(format!("{name}: {} of a calendar could not be read", count(odd, "event")));
        }
        self.zones.extend(reading.zone.filter(|_| reading.own));
        self.any |= covered.is_some();
        Ok(found)
    }

    /// A source that is configured and never answered.
    fn never(&mut self, name: &str) {
        self.remarks.push(format!("{name}: it was never read, and nothing of it counts"));
    }

    /// The same of an account whose calendars nobody knows.
    fn unlisted(&mut self, store: &Store, name: &str, account: Option<&Account>) -> Result<(), Failure> {
        match account.map(|a| store.account_obstacle(a.id)).transpose()?.flatten() {
            Some(o) => self.remarks.push(format!("{name}: {}; last good sync: never", o.sentence)),
            None => self.never(name),
        }
        Ok(())
    }

    /// Adds what the source `name` told of its past.
    fn keep(&mut self, name: &str, rows: &[Past], window: Interval, zone: Tz) {
        let wanted = |i: &Instance| overlaps(&i.span, window, zone) || slot(&i.original, window, zone);
        let merged = history::merge(&mut self.instances, name, rows, wanted, zone);
        for (kept, rows) in [(true, &merged.kept), (false, &merged.absent)] {
            let seen = |row: &&Past| Seen { kept, time: (row.starts, row.ends), last_seen: row.last_seen };
            self.pasts.extend(rows.iter().map(|row| (name.to_string(), seen(row))));
        }
        if merged.odd > 0 {
            self.remarks.push(format!("{name}: {} of its past could not be read", count(merged.odd, "meeting")));
        }
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
            let (first, last) = (seen.iter().map(|s| s.last_seen).min()?, seen.iter().map(|s| s.last_seen).max()?);
            Some(format!("{name}: {}", history::told(kept, seen.len() as u64 - kept, before, (first, last))))
        };
        sources.into_iter().filter_map(told).collect()
    }

    /// What a report in the system's zone says where the calendars name only others.
    pub fn zone_note(&self, config: &Config, system: Tz) -> Option<String> {
        let named: Vec<Tz> = self.zones.iter().copied().chain(self.ics.zones()).collect();
        zone_note(config, system, &named)
    }

    /// What a reader should know about one calendar: that it is behind, held back, or does not reach that far.
    fn note(&mut self, store: &Store, account: &Account, calendar: &Calendar, window: Interval) -> Result<(), Failure> {
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
            self.beyond.push(format!("{name}: events before {} and after {} are not kept", day(from), day(to)));
        }
        Ok(())
    }
}

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
