//! iCalendar text to events, instances and problems (RFC 5545, RFC 6868). Pure: reads no file, no clock, and never
//! fails as a whole: what cannot be read costs the smallest thing, an event or a property, and is named by its line.
//!
//! `decode → line → read → component` gives events; `shelf` puts the texts of one source together and finds out what the names
//! of zones mean in them; `version` says what belongs together by UID and which of several versions counts, `stray` what another
//! source adds. `rule → recur` (with `rule_v1` for those of vCalendar) gives wall-clock times; `zone` (with `names` and `custom`)
//! makes them instants; `series` puts rules, dates, exceptions and overrides together. `meter` bounds it all.
//!
//! The lexer and the expansion are our own: of the crates tried (calcard, icalendar, ical, caldata, rrule) none agrees
//! with the established implementations on UNTIL, overrides and zones; `tests/oracle` holds ours to them.

mod civil;
mod component;
mod context;
mod custom;
mod decode;
mod line;
mod meter;
mod names;
mod outline;
mod person;
mod read;
mod recur;
mod rule;
mod rule_v1;
mod series;
mod shelf;
mod stray;
#[cfg(test)]
mod tests;
mod value;
mod version;
mod zone;

use crate::model::{Calendar, Instance, Interval, Master, Told, Uid};
use chrono::DateTime;
use chrono_tz::Tz;
use component::Component;
use line::{Lines, Property, unescape};
use meter::Meter;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use version::Series;
use zone::Zone;

pub use outline::{Entry, Extent, Says, contents, entries, extent};
pub use shelf::Shelf;

/// Where a text comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Name of the source; becomes [`Calendar::source`].
    pub source: &'a str,
    /// Stem of the file's name: what a calendar without X-WR-CALNAME is called.
    pub stem: &'a str,
    /// Folder that the file lies in; files of one event each are pooled by it.
    pub folder: &'a str,
    /// What it told once, and still means where no event is left that says so.
    pub told: Told,
}

/// What was lost to a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// One event or one change of an instance.
    Event,
    /// One property; the event stands without it.
    Property,
    /// Some instances of a series.
    Instances,
    /// Everything from here to the end of the calendar.
    Calendar,
    /// Nothing: something was guessed or decided, which is told.
    Nothing,
}

/// Something in a calendar that could not be used. Holds nothing of what the event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Place of the text among those of its source.
    pub text: usize,
    /// Line in the text, from 1.
    pub line: usize,
    /// Lower-case sentence.
    pub message: String,
    /// What the reader goes without.
    pub lost: Lost,
}

/// The zone that a text is at home in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeZone {
    pub zone: Tz,
    /// By X-WR-TIMEZONE; else it is the one in which most of its events begin, wherever their organizers live.
    pub named: bool,
}

/// The zone that a text is at home in, as far as it tells.
pub fn home_zone(bytes: &[u8]) -> Option<HomeZone> {
    let bytes = decode::decode(bytes);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in Lines::new(&bytes) {
        let Some(property) = Property::split(&line.bytes) else { continue };
        if property.name.eq_ignore_ascii_case(b"X-WR-TIMEZONE") {
            if let Some(zone) = Zone::named(&unescape(property.value)) {
                return Some(HomeZone { zone, named: true });
            }
        } else if property.name.eq_ignore_ascii_case(b"DTSTART")
            && let Some(name) = property.param("TZID")
        {
            *counts.entry(name.into_owned()).or_default() += 1;
        }
    }
    let known = counts.into_iter().filter_map(|(name, count)| Some((count, Zone::named(&name)?)));
    known.max_by_key(|(count, _)| *count).map(|(_, zone)| HomeZone { zone, named: false })
}

/// Reads one text of any encoding and any quality. Never fails as a whole.
pub fn read(bytes: &[u8], source: &Source) -> Parsed {
    let mut shelf = Shelf::default();
    shelf.add(bytes, source);
    shelf.finish()
}

/// The texts of one source as they were read: their events, not yet expanded.
#[derive(Debug)]
pub struct Parsed {
    /// One for each VCALENDAR.
    pub calendars: Vec<Home>,
    /// In the order of texts and lines, at most a thousand a text.
    pub problems: Vec<Problem>,
    zones: Vec<Zone>,
    components: Vec<Component>,
    series: Vec<Series>,
    /// How many texts there were.
    texts: usize,
}

/// One VCALENDAR.
#[derive(Debug)]
pub struct Home {
    calendar: Arc<Calendar>,
    /// X-WR-TIMEZONE, where it is known.
    default_zone: Option<Zone>,
    text: usize,
}

impl Home {
    /// What the calendar is called and where it came from.
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }
}

impl Parsed {
    /// The UIDs of the events that could be read, each as often as it is there; events without one are left out.
    pub fn uids(&self) -> impl Iterator<Item = &str> {
        self.components.iter().map(|component| &*component.event.uid.0).filter(|uid| !uid.is_empty())
    }

    /// Each single event, and each series as a whole; floating times are in `zone`. Those without a UID of their own are left
    /// out.
    pub fn masters(&self, zone: Tz) -> impl Iterator<Item = Master> {
        let masters = self.series.iter().filter_map(|series| series.master).map(|master| &self.components[master]);
        let own =
            masters.filter(|master| !master.event.uid.0.is_empty() && !master.event.shared_uid && !master.times.adds);
        own.map(move |master| {
            let (first, last) = series::range(self, master, zone);
            let moment = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH);
            Master { event: Arc::clone(&master.event), range: Some((moment(first), moment(last))) }
        })
    }

    /// Of the events and series of these UIDs: the UID, the place of the text and the line.
    pub fn lines_of<'p>(&'p self, uids: &'p BTreeSet<Uid>) -> impl Iterator<Item = (&'p Uid, usize, usize)> {
        let masters = self.series.iter().filter_map(|series| series.master).map(|master| &self.components[master]);
        let own = masters.filter_map(|master| Some((uids.get(&master.event.uid)?, &master.times)));
        own.map(|(uid, times)| (uid, self.calendars[times.home].text, times.line))
    }

    /// All instances that overlap `window`, by start, then UID: timed ones that share time with it, or start inside it
    /// where they have no length, and all-day ones whose local days in `zone` do. Floating times are in X-WR-TIMEZONE, else
    /// in `zone`. Only what the window needs is expanded. Series that ask for more work than a text may have are cut
    /// short, which is added to `problems`.
    ///
    /// This is what every source owes: what overlaps the window, and what was moved out of a slot that lies in it. The
    /// latter takes no time there, but only with it can a stale copy that still stands in that slot be told for one. (What
    /// was moved into the window is not asked for its copies in a slot outside.)
    pub fn instances(&self, window: Interval, zone: Tz, problems: &mut Vec<Problem>) -> Vec<Instance> {
        let mut meters: Vec<Meter> = (0..self.texts).map(|_| Meter::file()).collect();
        series::in_order(self.expand(window, zone, &mut meters, problems))
    }
}
