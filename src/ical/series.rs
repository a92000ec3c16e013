//! One UID: its rules, dates, exceptions and overrides put together (RFC 5545 §3.8.5, §3.8.4.4).

mod emit;

use super::civil::DAY;
use super::component::{Component, Times};
use super::meter::{Meter, Spent};
use super::recur::Occurrences;
use super::rule::Rule;
use super::value::{Length, Stamp, ZoneId};
use super::version::{self, Series};
use super::zone::Zone;
use super::{Lost, Parsed, Problem};
use crate::model::{Event, EventStatus, Instance, Interval, Original};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

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
    length: Option<Length>,
}

impl Parsed {
    /// `meters` has one for each text.
    pub(super) fn expand(
        &self,
        window: Interval,
        zone: Tz,
        meters: &mut [Meter],
        problems: &mut Vec<Problem>,
    ) -> Vec<Placed> {
        if window.is_empty() {
            return Vec::new();
        }
        let (start, end) = (window.start.timestamp(), window.end.timestamp());
        let date = |at: DateTime<Utc>| {
            at.with_timezone(&zone).date_naive().signed_duration_since(NaiveDate::default()).num_days()
        };
        let user = Zone::Named(zone);
        let days = (date(window.start), date(window.end - TimeDelta::nanoseconds(1)));
        let mut found = Vec::new();
        for series in &self.series {
            let Some(first) = series.master.or(series.overrides.first().copied()) else { continue };
            let home = &self.calendars[self.components[first].times.home];
            let (floating, meter) = (home.default_zone.as_ref().unwrap_or(&user), &mut meters[home.text]);
            let mut expansion = Expansion { parsed: self, start, end, days, zone, floating, meter, problems, found };
            expansion.series(series);
            found = expansion.found;
        }
        found
    }
}

/// The first start of a series, and the last moment at which one of its instances may start, as far as it says so; in seconds.
pub(super) fn range(parsed: &Parsed, master: &Component, zone: Tz) -> (i64, i64) {
    let user = Zone::Named(zone);
    let floating = parsed.calendars[master.times.home].default_zone.as_ref().unwrap_or(&user);
    let times = &master.times;
    let instant = |stamp: Stamp| match stamp.zone {
        ZoneId::DATE => stamp.local,
        zone => parsed.zones[zone.0 as usize].instant(stamp.local, floating),
    };
    let first = instant(times.start);
    let untils = times.rules.iter().map(|rule| rule.until.map_or(DateTime::<Utc>::MAX_UTC.timestamp(), instant));
    (first, untils.chain(times.rdates.iter().map(|date| instant(date.start))).fold(first, i64::max))
}

/// Whether the rule gives the DTSTART itself.
fn gives_start(rule: &Rule, start: Stamp, meter: &mut Meter) -> bool {
    Occurrences::new(rule, start.local, start.is_date(), start.local, start.local).next(meter).is_some()
}

struct Expansion<'a, 'b> {
    parsed: &'a Parsed,
    start: i64,
    end: i64,
    /// First and last local day of the window.
    days: (i64, i64),
    zone: Tz,
    /// Zone of floating times: the calendar's, else the user's.
    floating: &'b Zone,
    meter: &'b mut Meter,
    problems: &'b mut Vec<Problem>,
    found: Vec<Placed>,
}

impl<'a> Expansion<'a, '_> {
    fn instant(&self, local: i64, zone: ZoneId) -> i64 {
        match zone {
            ZoneId::DATE => local,
            _ => self.parsed.zones[zone.0 as usize].instant(local, self.floating),
        }
    }

    /// The wall-clock time that `stamp` shows in `zone`; a date is its midnight on any wall.
    fn local_in(&self, stamp: Stamp, zone: ZoneId) -> i64 {
        if stamp.zone == zone || stamp.is_date() || zone == ZoneId::DATE {
            return stamp.local;
        }
        self.parsed.zones[zone.0 as usize].local(self.instant(stamp.local, stamp.zone), self.floating)
    }

    /// A time without a zone beside a DTSTART that has one means that zone.
    fn beside(stamp: Stamp, start: Stamp) -> Stamp {
        let zone = if stamp.zone == ZoneId::FLOATING && !start.is_date() { start.zone } else { stamp.zone };
        Stamp { zone, ..stamp }
    }

    /// From start to end; `None` where neither DTEND nor DURATION is given.
    fn length(&self, start: Stamp, end: Option<Stamp>, duration: Option<Length>) -> Option<Length> {
        let Some(end) = end else { return duration };
        let end = Self::beside(end, start);
        let seconds = if start.zone == end.zone || start.is_date() || end.is_date() {
            end.local - start.local
        } else {
            self.instant(end.local, end.zone) - self.instant(start.local, start.zone)
        };
        // A whole day ends on the next: one that ends on itself is one day.
        let same_day = start.is_date() && end.local == start.local;
        Some(Length::nominal(if same_day { DAY } else { seconds }))
    }

    /// The slot lies in the window, wherever its instance went.
    fn asked(&self, original: &Original) -> bool {
        match original {
            Original::At(at) => (self.start..self.end).contains(&at.timestamp()),
            Original::On(on) => (self.days.0..=self.days.1).contains(&days_of(*on)),
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
    fn slot(&self, master: Option<&Component>, times: &Times, on_rules: bool) -> Option<Original> {
        let (slot, _) = times.slot?;
        match master.map(|master| master.times.start) {
            Some(start) if start.is_date() && !slot.is_date() => {
                let midnight = slot.local.rem_euclid(DAY) == 0;
                let local = if midnight { slot.local } else { self.local_in(slot, ZoneId::FLOATING) };
                day(local.div_euclid(DAY)).map(Original::On)
            }
            Some(start) if on_rules => self.original(Self::date_slot(slot, start).1),
            start => self.original(Self::beside(slot, start.unwrap_or(times.start))),
        }
    }

    fn series(&mut self, series: &Series) {
        let parsed = self.parsed;
        let master = series.master.map(|index| &parsed.components[index]);
        let changes = || series.overrides.iter().map(|index| &parsed.components[*index]);
        let on_rules = master.is_some_and(|master| self.dates_of_times(&master.times, changes()));
        let changes = changes().filter_map(|change| Some((self.slot(master, &change.times, on_rules)?, change)));
        let mut changes: Vec<(Original, &'a Component)> = changes.collect();
        let mut best: BTreeMap<Original, &'a Component> = version::latest(changes.iter().copied(), &parsed.zones);
        let futures = master.map_or_else(Vec::new, |master| self.futures(master, &best));
        if let Some(master) = master.filter(|_| !futures.is_empty()) {
            for (slot, change) in &mut changes {
                *slot = self.old_slot(master, *slot, change, &futures);
            }
            best = version::latest(changes.into_iter(), &parsed.zones);
        }
        let (excluded, excluded_days) =
            master.map_or_else(Default::default, |master| self.excluded(&master.times, on_rules));
        // From when on everything is cancelled, and by which version.
        let later = best.iter().filter(|(_, change)| change.times.moves_all_that_follow());
        let ends = later.filter(|(_, change)| change.event.status == Some(EventStatus::Cancelled));
        let ends: Vec<(Original, i64)> = ends.map(|(slot, end)| (*slot, end.times.version.sequence)).collect();
        for (slot, component) in &best {
            // A change that is newer than the series is the last word on its date, whatever the series excludes.
            let newer = master.is_some_and(|m| component.times.version.sequence > m.times.version.sequence);
            let gone = !newer
                && match slot {
                    Original::At(at) => excluded.binary_search(&at.timestamp()).is_ok(),
                    Original::On(_) => false,
                };
            let on_excluded_day = !newer
                && master.is_some_and(|master| master.times.start.is_date())
                && matches!(slot, Original::On(on) if excluded_days.binary_search(&days_of(*on)).is_ok());
            if gone || on_excluded_day {
                continue;
            }
            let word = |event: Event| Component { event: Arc::new(event), times: component.times.clone() };
            if ends.iter().any(|(at, end)| at <= slot && *end >= component.times.version.sequence) {
                let status = Some(EventStatus::Cancelled);
                self.whole(&word(Event { status, ..Event::clone(&component.event) }), *slot);
            } else if master.is_some_and(|master| self.has_left(master, component, *slot)) {
                self.whole(&word(Event { superseded: true, ..Event::clone(&component.event) }), *slot);
            } else {
                self.whole(component, *slot);
            }
        }
        let Some(master) = master else { return };
        let times = &master.times;
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
                let text = self.parsed.calendars[times.home].text;
                self.problems.push(Problem { text, line: times.line, message, lost: Lost::Instances });
            }
        }
    }

    /// The changes of all that follow, in their order.
    fn futures(&self, master: &Component, best: &BTreeMap<Original, &'a Component>) -> Vec<Future<'a>> {
        let mut futures: Vec<Future> = Vec::new();
        for (slot, component) in best {
            let Some((written, true)) = component.times.slot else { continue };
            futures.push(self.future(master, *slot, Self::date_slot(written, master.times.start).1, component));
        }
        futures.sort_by_key(|future| future.at);
        futures
    }

    /// The slot that a change means: some programs name the time to which a change of all that follow has moved it.
    fn old_slot(&mut self, master: &Component, slot: Original, change: &Component, futures: &[Future]) -> Original {
        let times = &master.times;
        let Some((local, at)) = self.place_of(times, slot) else { return slot };
        if change.times.moves_all_that_follow() || self.has_slot(times, local, at) {
            return slot;
        }
        let Some(last) = futures.iter().rev().find(|last| last.at + last.shift <= at) else { return slot };
        let old = Stamp { local: local - last.shift, zone: times.start.zone };
        let key = self.instant(old.local, old.zone);
        let is_its = last.at <= key && last.component.times.start.is_date() == times.start.is_date();
        match is_its && self.has_slot(times, old.local, key) {
            true => self.original(old).unwrap_or(slot),
            false => slot,
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
                return match a <= b {
                    true => self.emit_timed(component, a, b, times.start.zone, slot),
                    false => self.emit_backwards(component, times.start, slot),
                };
            }
        }
        self.emit(component, times.start, length, slot);
    }

    /// The change of a slot that a newer version of the series does not have: all its dates were moved.
    fn has_left(&mut self, master: &Component, change: &Component, slot: Original) -> bool {
        let (times, own) = (&master.times, change.times.version.sequence);
        if times.rules.is_empty() || own >= times.version.sequence {
            return false;
        }
        self.place_of(times, slot).is_some_and(|(local, at)| !self.has_slot(times, local, at))
    }

    /// Where a slot lies on the wall of the series and in time; `None` where it is a time and the series of days, or the other way.
    fn place_of(&self, times: &Times, slot: Original) -> Option<(i64, i64)> {
        match slot {
            Original::On(on) if times.start.is_date() => Some((days_of(on) * DAY, days_of(on) * DAY)),
            Original::At(at) if !times.start.is_date() => {
                let at = at.timestamp();
                Some((self.local_in(Stamp { local: at, zone: ZoneId::UTC }, times.start.zone), at))
            }
            _ => None,
        }
    }

    /// A rule or a date of the series gives that slot.
    fn has_slot(&mut self, times: &Times, local: i64, at: i64) -> bool {
        let mut dates = times.rdates.iter().map(|date| Self::date_slot(date.start, times.start).1);
        dates.any(|date| self.instant(date.local, date.zone) == at) || !self.locals(times, local, local).is_empty()
    }

    /// Tells where dates stand for slots of a series of times; whether they mean those at the time of its DTSTART.
    fn dates_of_times(&mut self, times: &Times, mut changes: impl Iterator<Item = &'a Component>) -> bool {
        let dates = times.rdates.iter().map(|date| date.start).chain(times.exdates.iter().copied());
        let dated = |change: &Component| change.times.slot.is_some_and(|(slot, _)| slot.is_date());
        if times.start.is_date() || !(dates.into_iter().any(Stamp::is_date) || changes.any(dated)) {
            return false;
        }
        let message =
            "dates of a series of times have no time: they are read as those days at the time of its `DTSTART`";
        self.tell(times, message, false);
        self.starts_on_its_rules(times)
    }

    fn excluded(&self, times: &Times, on_rules: bool) -> (Vec<i64>, Vec<i64>) {
        let (mut instants, mut days) = (Vec::new(), Vec::new());
        for stamp in &times.exdates {
            if stamp.is_date() && !on_rules {
                days.push(stamp.day());
            } else if times.start.is_date() {
                let local = self.local_in(*stamp, ZoneId::FLOATING);
                days.extend([stamp.local, local].iter().filter(|l| l.rem_euclid(DAY) == 0).map(|l| l.div_euclid(DAY)));
            } else {
                let slot = Self::date_slot(*stamp, times.start).1;
                instants.push(self.instant(slot.local, slot.zone));
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

    fn is_replaced(&self, slot: Stamp, best: &BTreeMap<Original, &Component>) -> bool {
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
        best: &BTreeMap<Original, &Component>,
        futures: &[Future],
        (excluded, excluded_days): (&[i64], &[i64]),
    ) {
        let times = &master.times;
        let start = times.start;
        let length = self.length(start, times.end, times.duration);
        let periods = self.periods(times);
        // Slots whose instance may reach into the window, however it is moved and stretched.
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        let seconds = |length: Option<Length>| length.unwrap_or_default().seconds();
        let variants = futures.iter().map(|future| (future.shift, seconds(future.length)));
        let own = periods.values().map(|length| (0, seconds(*length)));
        for (shift, length) in variants.chain(own).chain([(0, seconds(length))]) {
            low = low.min(self.start - shift - length.max(0));
            high = high.max(self.end - shift - length.min(0));
        }
        let (low, high) = (low - 2 * DAY, high + 2 * DAY);

        let locals = self.locals(times, low, high);
        let gone = self.rule_locals(&times.exrules, start, (low, high), false);
        let mut seen: Vec<i64> = Vec::new();
        for local in locals {
            let slot = Stamp { local, zone: start.zone };
            if gone.binary_search(&local).is_ok() {
                continue;
            }
            let mut length = length;
            if !times.rdates.is_empty() {
                let at = self.instant(local, start.zone);
                length = periods.get(&at).copied().unwrap_or(length);
                seen.push(at);
            }
            self.fill(master, slot, length, best, futures, (excluded, excluded_days));
        }
        seen.sort_unstable();
        let mut dates_seen = std::collections::HashSet::new();
        for date in &times.rdates {
            let (written, slot) = Self::date_slot(date.start, start);
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

    /// What an RDATE says, and the slot of the series that it stands for.
    fn date_slot(date: Stamp, start: Stamp) -> (Stamp, Stamp) {
        let written = Self::beside(date, start);
        let slot = match (start.is_date(), written.is_date()) {
            (true, _) => Stamp { local: written.day() * DAY, zone: ZoneId::DATE },
            (false, true) => Self::on_day(written.day(), start),
            (false, false) => written,
        };
        (written, slot)
    }

    /// The slot of a series of times that a date names: that day, at the time of its DTSTART.
    fn on_day(day: i64, start: Stamp) -> Stamp {
        Stamp { local: day * DAY + start.local.rem_euclid(DAY), zone: start.zone }
    }

    /// Whether the series has a slot at its DTSTART's time each day that it has any, as far as its rules tell.
    fn starts_on_its_rules(&mut self, times: &Times) -> bool {
        let start = times.start;
        times.rules.is_empty() || times.rules.iter().any(|rule| gives_start(rule, start, self.meter))
    }

    /// The lengths that RDATEs give to their slots, whether or not a rule fills those too.
    fn periods(&self, times: &Times) -> HashMap<i64, Option<Length>> {
        let own = times.rdates.iter().filter(|date| date.is_period()).map(|date| {
            let (written, slot) = Self::date_slot(date.start, times.start);
            (self.instant(slot.local, slot.zone), self.length(written, date.end, date.duration))
        });
        own.collect()
    }

    /// Wall-clock times of all rules and of DTSTART itself, which belongs to the series whether a rule gives it or not
    /// (§3.8.5.3), in order, each once.
    fn locals(&mut self, times: &Times, low: i64, high: i64) -> Vec<i64> {
        let start = times.start;
        let mut locals = self.rule_locals(&times.rules, start, (low, high), true);
        if (low..=high).contains(&start.local)
            && let Err(place) = locals.binary_search(&start.local)
        {
            locals.insert(place, start.local);
            if times.rules.iter().any(|rule| !self.lasts(rule, start, start.local)) {
                let message = "an `UNTIL` lies before the `DTSTART`: its rule gives only the first instance";
                self.tell(times, message, true);
            }
        }
        locals
    }

    /// A rule has not ended at this wall-clock time.
    fn lasts(&self, rule: &Rule, start: Stamp, local: i64) -> bool {
        let (until_local, until_instant) = self.until(rule, start);
        local <= until_local
            && (local <= until_instant.saturating_sub(DAY) || self.instant(local, start.zone) <= until_instant)
    }

    /// The times of `rules`. `counts`: DTSTART is one of what COUNT counts.
    fn rule_locals(&mut self, rules: &[Rule], start: Stamp, (low, high): (i64, i64), counts: bool) -> Vec<i64> {
        let mut locals = Vec::new();
        for rule in rules {
            let (until_local, until_instant) = self.until(rule, start);
            let last = until_local.min(until_instant.saturating_add(DAY));
            // DTSTART is the first of COUNT, whether its rule gives it or not (§3.3.10).
            let counts = counts && rules.len() == 1;
            let left = rule.count.filter(|_| counts).filter(|_| !gives_start(rule, start, self.meter));
            let fewer = left.map(|count| Rule { count: Some(count - 1), ..rule.clone() });
            let rule = fewer.as_ref().unwrap_or(rule);
            let mut occurrences = Occurrences::new(rule, start.local, start.is_date(), low, high.min(last));
            while let Some(local) = occurrences.next(self.meter) {
                if !self.lasts(rule, start, local) || !self.meter.instance() {
                    break;
                }
                locals.push(local);
            }
        }
        if rules.len() > 1 {
            locals.sort_unstable();
            locals.dedup();
        }
        locals
    }

    /// UNTIL as the last wall-clock time and the last instant. Without a zone it is on the wall of DTSTART, and a date is all of
    /// that day there (RFC 2445 §4.3.10 lets a date end a series of times); with one it is an instant, also where DTSTART floats.
    fn until(&self, rule: &Rule, start: Stamp) -> (i64, i64) {
        match rule.until {
            None => (i64::MAX, i64::MAX),
            Some(until) if start.is_date() => (until.day() * DAY, i64::MAX),
            Some(until) if until.is_date() => (until.local + DAY - 1, i64::MAX),
            Some(until) if until.zone == ZoneId::FLOATING => (until.local, i64::MAX),
            Some(until) => (i64::MAX, until.local),
        }
    }

    /// Adds what takes place at one slot of a series, unless it is excluded or replaced.
    fn fill(
        &mut self,
        master: &Component,
        slot: Stamp,
        written: Option<Length>,
        best: &BTreeMap<Original, &Component>,
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
            let length = written.unwrap_or_default();
            return match original {
                // The common case: the slot's instant is known already.
                Original::At(_) if length.seconds() >= 0 => {
                    let finish = self.finish(&master.times, key, slot, length);
                    self.emit_timed(master, key, finish, slot.zone, original);
                }
                _ => self.emit(master, slot, written, original),
            };
        };
        let new = future.component.times.start;
        let moved = if new.is_date() {
            Stamp { local: slot.day() * DAY + future.shift, zone: ZoneId::DATE }
        } else {
            let zone = if slot.is_date() { new.zone } else { slot.zone };
            Stamp { local: slot.local + future.shift, zone }
        };
        self.emit(future.component, moved, future.length, original);
    }
}

fn days_of(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}
