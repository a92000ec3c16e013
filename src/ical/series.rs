//! One UID: its rules, dates, exceptions and overrides put together (RFC 5545 §3.8.5, §3.8.4.4).

use super::civil::DAY;
use super::component::{Component, Times};
use super::meter::{Meter, Spent};
use super::recur::Occurrences;
use super::rule::Rule;
use super::value::{Stamp, ZoneId};
use super::{IcalCalendar, Lost, Problem};
use crate::model::{Event, Instance, Interval, Original, Span, midnight};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::Arc;

/// What belongs together by UID, as places in the calendar's components.
#[derive(Debug)]
pub(super) struct Series {
    master: Option<usize>,
    overrides: Vec<usize>,
}

/// Newest first by SEQUENCE, then DTSTAMP (RFC 5546 §2.1.5).
fn newness(times: &Times) -> (i64, i64) {
    (times.sequence, times.stamp)
}

/// The series of a calendar, in the order of their first lines. Of several masters with one UID the newest counts, and of
/// equally new ones the first; an event without UID stands alone.
pub(super) fn group(components: &[Component]) -> Vec<Series> {
    let mut all: Vec<Series> = Vec::new();
    let mut by_uid: HashMap<&str, usize> = HashMap::with_capacity(components.len());
    for (index, component) in components.iter().enumerate() {
        let uid = &*component.event.uid.0;
        let next = all.len();
        let place = if uid.is_empty() { next } else { *by_uid.entry(uid).or_insert(next) };
        if place == next {
            all.push(Series { master: None, overrides: Vec::new() });
        }
        let series = &mut all[place];
        if component.times.slot.is_some() {
            series.overrides.push(index);
        } else if series.master.is_none_or(|old| newness(&components[old].times) < newness(&component.times)) {
            series.master = Some(index);
        }
    }
    all
}

/// An instance with the second it starts in, for sorting.
pub(super) type Placed = (i64, Instance);

/// By start, then UID.
pub(super) fn in_order(mut found: Vec<Placed>) -> Vec<Instance> {
    found.sort_by(|(a, x), (b, y)| {
        a.cmp(b).then_with(|| x.event.uid.cmp(&y.event.uid)).then_with(|| x.original.cmp(&y.original))
    });
    found.into_iter().map(|(_, instance)| instance).collect()
}

fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

fn day(number: i64) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(number)?)
}

/// How later instances differ from the series: a THISANDFUTURE override.
struct Future<'a> {
    at: i64,
    component: &'a Component,
    /// Nominal seconds from the old slot to the new start.
    shift: i64,
    length: Option<i64>,
}

impl IcalCalendar {
    pub(super) fn expand(
        &self,
        window: Interval,
        zone: Tz,
        meter: &mut Meter,
        problems: &mut Vec<Problem>,
    ) -> Vec<Placed> {
        if window.is_empty() {
            return Vec::new();
        }
        let (start, end) = (window.start.timestamp(), window.end.timestamp());
        let date = |at: DateTime<Utc>| {
            at.with_timezone(&zone).date_naive().signed_duration_since(NaiveDate::default()).num_days()
        };
        let days = (date(window.start), date(window.end - TimeDelta::nanoseconds(1)));
        let floating = self.default_zone.unwrap_or(zone);
        let found = Vec::new();
        let mut expansion = Expansion { calendar: self, start, end, days, zone, floating, meter, problems, found };
        for series in &self.series {
            expansion.series(series);
        }
        expansion.found
    }
}

struct Expansion<'a, 'b> {
    calendar: &'a IcalCalendar,
    start: i64,
    end: i64,
    /// First and last local day of the window.
    days: (i64, i64),
    zone: Tz,
    floating: Tz,
    meter: &'b mut Meter,
    problems: &'b mut Vec<Problem>,
    found: Vec<Placed>,
}

impl<'a> Expansion<'a, '_> {
    fn instant(&self, local: i64, zone: ZoneId) -> i64 {
        match zone {
            ZoneId::DATE => local,
            _ => self.calendar.zones[zone.0 as usize].instant(local, self.floating),
        }
    }

    /// The wall-clock time that `stamp` shows in `zone`; a date is its midnight on any wall.
    fn local_in(&self, stamp: Stamp, zone: ZoneId) -> i64 {
        if stamp.zone == zone || stamp.is_date() || zone == ZoneId::DATE {
            return stamp.local;
        }
        self.calendar.zones[zone.0 as usize].local(self.instant(stamp.local, stamp.zone), self.floating)
    }

    /// A time without a zone beside a DTSTART that has one means that zone.
    fn beside(stamp: Stamp, start: Stamp) -> Stamp {
        let zone = if stamp.zone == ZoneId::FLOATING && !start.is_date() { start.zone } else { stamp.zone };
        Stamp { zone, ..stamp }
    }

    /// Nominal seconds from start to end; `None` where neither DTEND nor DURATION is given.
    fn length(&self, start: Stamp, end: Option<Stamp>, duration: Option<i64>) -> Option<i64> {
        let Some(end) = end else { return duration };
        let end = Self::beside(end, start);
        if start.zone == end.zone || start.is_date() || end.is_date() {
            return Some(end.local - start.local);
        }
        Some(self.instant(end.local, end.zone) - self.instant(start.local, start.zone))
    }

    /// The slot lies in the window, wherever its instance went.
    fn asked(&self, original: &Original) -> bool {
        match original {
            Original::At(at) => (self.start..self.end).contains(&at.timestamp()),
            Original::On(on) => (self.days.0..=self.days.1).contains(&days_of(*on)),
        }
    }

    /// Adds an instance that starts at `local` if it overlaps the window, or fills a slot of it.
    fn emit(&mut self, event: &Arc<Event>, start: Stamp, length: Option<i64>, original: Original) {
        let length = length.unwrap_or(if start.is_date() { DAY } else { 0 });
        // An end before the start: readers take the two for swapped.
        let (from, to) = (start.local.min(start.local + length), start.local.max(start.local + length));
        if start.is_date() {
            self.emit_days(
                event,
                from.div_euclid(DAY),
                to.div_euclid(DAY) + i64::from(to.rem_euclid(DAY) > 0),
                original,
            );
        } else {
            // Wall clock to wall clock: DURATION, too, is nominal in every implementation, whatever §3.3.6 says of hours.
            let begin = self.instant(from, start.zone);
            let finish = if from == to { begin } else { self.instant(to, start.zone).max(begin) };
            self.emit_timed(event, begin, finish, original);
        }
    }

    fn emit_timed(&mut self, event: &Arc<Event>, begin: i64, finish: i64, original: Original) {
        let inside = begin < self.end && (finish > self.start || begin >= self.start);
        let inside = inside || self.asked(&original);
        if let (true, Some(start), Some(end)) = (inside, instant(begin), instant(finish)) {
            let span = Span::Timed(Interval::new(start, end));
            self.found.push((begin, Instance { event: Arc::clone(event), span, original, marked: None }));
        }
    }

    fn emit_days(&mut self, event: &Arc<Event>, first: i64, end: i64, original: Original) {
        let inside = first <= self.days.1 && (end > self.days.0 || first >= self.days.0);
        let inside = inside || self.asked(&original);
        if let (true, Some(first), Some(end)) = (inside, day(first), day(end)) {
            let begin = midnight(first, self.zone).timestamp();
            if first < end || (self.start..self.end).contains(&begin) {
                let span = Span::AllDay { first, end };
                self.found.push((begin, Instance { event: Arc::clone(event), span, original, marked: None }));
            }
        }
    }

    fn original(&self, stamp: Stamp) -> Option<Original> {
        if stamp.is_date() {
            day(stamp.day()).map(Original::On)
        } else {
            instant(self.instant(stamp.local, stamp.zone)).map(Original::At)
        }
    }

    /// The slot that an override takes: a date for a series of days, whatever the RECURRENCE-ID is.
    fn slot(&self, master: Option<&Component>, times: &Times) -> Option<Original> {
        let (slot, _) = times.slot?;
        match master.map(|master| master.times.start) {
            Some(start) if start.is_date() && !slot.is_date() => {
                let midnight = slot.local.rem_euclid(DAY) == 0;
                let local = if midnight { slot.local } else { self.local_in(slot, ZoneId::FLOATING) };
                day(local.div_euclid(DAY)).map(Original::On)
            }
            start => self.original(Self::beside(slot, start.unwrap_or(times.start))),
        }
    }

    fn series(&mut self, series: &Series) {
        let calendar = self.calendar;
        let master = series.master.map(|index| &calendar.components[index]);
        let mut best: HashMap<Original, &'a Component> = HashMap::with_capacity(series.overrides.len());
        for index in &series.overrides {
            let component = &calendar.components[*index];
            let Some(slot) = self.slot(master, &component.times) else { continue };
            let place = best.entry(slot).or_insert(component);
            if newness(&place.times) <= newness(&component.times) {
                *place = component;
            }
        }
        let (excluded, excluded_days) = master.map_or_else(Default::default, |master| self.excluded(&master.times));
        for (slot, component) in &best {
            let gone = match slot {
                Original::At(at) => excluded.binary_search(&at.timestamp()).is_ok(),
                Original::On(_) => false,
            };
            let on_excluded_day = master.is_some_and(|master| master.times.start.is_date())
                && matches!(slot, Original::On(on) if excluded_days.binary_search(&days_of(*on)).is_ok());
            if !gone && !on_excluded_day {
                self.whole(component, *slot);
            }
        }
        let Some(master) = master else { return };
        let times = &master.times;
        let mut futures: Vec<Future> = Vec::new();
        for (slot, component) in &best {
            let Some((written, true)) = component.times.slot else { continue };
            futures.push(self.future(master, *slot, Self::beside(written, times.start), component));
        }
        futures.sort_by_key(|future| future.at);
        if times.rules.is_empty() && times.rdates.is_empty() && futures.is_empty() {
            let Some(slot) = self.original(times.start) else { return };
            let gone = self.is_excluded(times.start, &excluded, &excluded_days) || self.is_replaced(times.start, &best);
            if !gone {
                self.whole(master, slot);
            }
            return;
        }
        self.meter.next_series();
        if self.meter.spent().is_none() {
            self.recurring(master, &best, &futures, (&excluded, &excluded_days));
        }
        if let Some(spent) = self.meter.spent() {
            let message = match spent {
                Spent::Series => "the series asks for more instances than are followed: the rest is left out",
                Spent::File => "the series of this file ask for more work than is done: the rest is left out",
            };
            let message = message.to_owned();
            if self.problems.last().is_none_or(|last| spent == Spent::Series || last.message != message) {
                self.problems.push(Problem { line: times.line, message, lost: Lost::Instances });
            }
        }
    }

    /// A single event or an override at its own time, ends in other zones taken exactly.
    fn whole(&mut self, component: &Component, slot: Original) {
        let times = &component.times;
        let length = self.length(times.start, times.end, times.duration);
        if let (Some(end), false) = (times.end, times.start.is_date()) {
            let end = Self::beside(end, times.start);
            if !end.is_date() && end.zone != times.start.zone {
                let (a, b) = (self.instant(times.start.local, times.start.zone), self.instant(end.local, end.zone));
                return self.emit_timed(&component.event, a.min(b), a.max(b), slot);
            }
        }
        self.emit(&component.event, times.start, length, slot);
    }

    fn excluded(&self, times: &Times) -> (Vec<i64>, Vec<i64>) {
        let (mut instants, mut days) = (Vec::new(), Vec::new());
        for stamp in &times.exdates {
            if stamp.is_date() {
                days.push(stamp.day());
            } else if times.start.is_date() {
                let local = self.local_in(*stamp, ZoneId::FLOATING);
                days.extend([stamp.local, local].iter().filter(|l| l.rem_euclid(DAY) == 0).map(|l| l.div_euclid(DAY)));
            } else {
                let stamp = Self::beside(*stamp, times.start);
                instants.push(self.instant(stamp.local, stamp.zone));
            }
        }
        instants.sort_unstable();
        days.sort_unstable();
        (instants, days)
    }

    fn is_excluded(&self, slot: Stamp, instants: &[i64], days: &[i64]) -> bool {
        (!days.is_empty() && days.binary_search(&slot.day()).is_ok())
            || (!instants.is_empty()
                && !slot.is_date()
                && instants.binary_search(&self.instant(slot.local, slot.zone)).is_ok())
    }

    fn is_replaced(&self, slot: Stamp, best: &HashMap<Original, &Component>) -> bool {
        !best.is_empty()
            && (self.original(slot).is_some_and(|slot| best.contains_key(&slot))
                || day(slot.day()).is_some_and(|day| best.contains_key(&Original::On(day))))
    }

    fn future(&self, master: &Component, slot: Original, written: Stamp, component: &'a Component) -> Future<'a> {
        let (base, times) = (master.times.start.zone, &component.times);
        let at = match slot {
            Original::At(at) => at.timestamp(),
            Original::On(_) if base == ZoneId::DATE => written.day() * DAY,
            Original::On(_) => self.instant(written.local, base),
        };
        let wall = if times.start.is_date() { ZoneId::DATE } else { base };
        let old = self.local_in(written, wall);
        let old = if times.start.is_date() { old.div_euclid(DAY) * DAY } else { old };
        let shift = self.local_in(times.start, wall) - old;
        Future { at, component, shift, length: self.length(times.start, times.end, times.duration) }
    }

    fn recurring(
        &mut self,
        master: &'a Component,
        best: &HashMap<Original, &Component>,
        futures: &[Future],
        (excluded, excluded_days): (&[i64], &[i64]),
    ) {
        let times = &master.times;
        let (start, dates) = (times.start, times.start.is_date());
        let length = self.length(start, times.end, times.duration);
        // Slots whose instance may reach into the window, however it is moved and stretched.
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        let variants = futures.iter().map(|future| (future.shift, future.length.unwrap_or(0)));
        for (shift, length) in variants.chain([(0, length.unwrap_or(0))]) {
            low = low.min(self.start - shift - length.max(0));
            high = high.max(self.end - shift - length.min(0));
        }
        let (low, high) = (low - 2 * DAY, high + 2 * DAY);

        let locals = self.locals(times, low, high);
        let gone = self.rule_locals(&times.exrules, start, low, high).0;
        let mut seen: Vec<i64> = Vec::new();
        for local in locals {
            let slot = Stamp { local, zone: start.zone };
            if gone.binary_search(&local).is_ok() {
                continue;
            }
            if !times.rdates.is_empty() {
                seen.push(self.instant(local, start.zone));
            }
            self.fill(master, slot, length, best, futures, (excluded, excluded_days));
        }
        seen.sort_unstable();
        let mut dates_seen = std::collections::HashSet::new();
        for date in &times.rdates {
            let written = Self::beside(date.start, start);
            let slot = match (dates, written.is_date()) {
                (true, _) => Stamp { local: written.day() * DAY, zone: ZoneId::DATE },
                (false, true) => Stamp { local: written.local, zone: start.zone },
                (false, false) => written,
            };
            let at = self.instant(slot.local, slot.zone);
            if seen.binary_search(&at).is_ok() || !dates_seen.insert(at) {
                continue;
            }
            if !times.exrules.is_empty() && gone.binary_search(&self.local_in(slot, start.zone)).is_ok() {
                continue;
            }
            let own = self.length(written, date.end, date.duration).or(length);
            self.fill(master, slot, own, best, futures, (excluded, excluded_days));
        }
    }

    /// Wall-clock times of all rules and of DTSTART itself, which belongs to the series whether a rule gives it or not
    /// (§3.8.5.3), in order, each once.
    fn locals(&mut self, times: &Times, low: i64, high: i64) -> Vec<i64> {
        let start = times.start;
        let (mut locals, started) = self.rule_locals(&times.rules, start, low, high);
        if started
            && (low..=high).contains(&start.local)
            && let Err(place) = locals.binary_search(&start.local)
        {
            locals.insert(place, start.local);
        }
        locals
    }

    /// The times of `rules`, and whether any of them (or none at all) lets the series start.
    fn rule_locals(&mut self, rules: &[Rule], start: Stamp, low: i64, high: i64) -> (Vec<i64>, bool) {
        let mut locals = Vec::new();
        let mut started = rules.is_empty();
        for rule in rules {
            let (until_local, until_instant) = self.until(rule, start);
            let last = until_local.min(until_instant.saturating_add(DAY));
            let within = |this: &Self, local: i64| {
                local <= until_local
                    && (local <= until_instant.saturating_sub(DAY) || this.instant(local, start.zone) <= until_instant)
            };
            started |= within(self, start.local);
            let mut occurrences = Occurrences::new(rule, start.local, start.is_date(), low, high.min(last));
            while let Some(local) = occurrences.next(self.meter) {
                if !within(self, local) || !self.meter.instance() {
                    break;
                }
                locals.push(local);
            }
        }
        if rules.len() > 1 {
            locals.sort_unstable();
            locals.dedup();
        }
        (locals, started)
    }

    /// UNTIL as the last wall-clock time and the last instant. Beside a DTSTART with a zone, an UNTIL without one is read
    /// as UTC, by all implementations alike.
    fn until(&self, rule: &Rule, start: Stamp) -> (i64, i64) {
        match rule.until {
            None => (i64::MAX, i64::MAX),
            Some(until) if start.is_date() => (until.day() * DAY, i64::MAX),
            Some(until) if start.zone == ZoneId::FLOATING => {
                if until.zone == ZoneId::UTC && self.calendar.default_zone.is_some() {
                    (i64::MAX, until.local)
                } else {
                    (until.local, i64::MAX)
                }
            }
            Some(until) => (i64::MAX, until.local),
        }
    }

    /// Adds what takes place at one slot of a series, unless it is excluded or replaced.
    fn fill(
        &mut self,
        master: &Component,
        slot: Stamp,
        written: Option<i64>,
        best: &HashMap<Original, &Component>,
        futures: &[Future],
        (excluded, excluded_days): (&[i64], &[i64]),
    ) {
        if self.is_excluded(slot, excluded, excluded_days) || self.is_replaced(slot, best) {
            return;
        }
        let Some(original) = self.original(slot) else { return };
        let key = match original {
            Original::At(at) => at.timestamp(),
            Original::On(_) => slot.local,
        };
        let after = futures.partition_point(|future| future.at <= key);
        let Some(future) = after.checked_sub(1).map(|last| &futures[last]) else {
            let length = written.unwrap_or(0);
            return match original {
                // The common case: the slot's instant is known already.
                Original::At(_) if length >= 0 => {
                    let finish = if length == 0 { key } else { self.instant(slot.local + length, slot.zone).max(key) };
                    self.emit_timed(&master.event, key, finish, original);
                }
                _ => self.emit(&master.event, slot, written, original),
            };
        };
        let new = future.component.times.start;
        let moved = if new.is_date() {
            Stamp { local: slot.day() * DAY + future.shift, zone: ZoneId::DATE }
        } else {
            let zone = if slot.is_date() { new.zone } else { slot.zone };
            Stamp { local: slot.local + future.shift, zone }
        };
        self.emit(&future.component.event, moved, future.length, original);
    }
}

fn days_of(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}
