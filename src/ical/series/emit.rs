//! From one slot of a series to an instance, or to whole days, where the window asks for it.

use super::{Expansion, day, instant};
use crate::ical::civil::DAY;
use crate::ical::component::{Component, Times};
use crate::ical::value::{Length, Stamp, ZoneId};
use crate::ical::zone::Zone;
use crate::ical::{Lost, Problem};
use crate::model::{Event, Instance, Interval, Original, Span, midnight};
use std::sync::Arc;

/// Shorter than this, not even a day on which the clock goes forward is whole.
const NEARLY_A_DAY: i64 = DAY - 2 * 3600;

impl Expansion<'_, '_> {
    /// Adds an instance that starts at `start` if it overlaps the window, or fills a slot of it.
    pub(super) fn emit(&mut self, of: &Component, start: Stamp, length: Option<Length>, original: Original) {
        let length = length.unwrap_or(Length::nominal(if start.is_date() { DAY } else { 0 }));
        if length.seconds() < 0 {
            return self.emit_backwards(of, start, original);
        }
        let end = start.local + length.seconds();
        if start.is_date() {
            let last = end.div_euclid(DAY) + i64::from(end.rem_euclid(DAY) > 0);
            return self.emit_days(&of.event, start.day(), last, original);
        }
        let begin = self.instant(start.local, start.zone);
        let finish = self.finish(&of.times, begin, start, length);
        self.emit_timed(of, begin, finish, start.zone, original);
    }

    /// Where what begins at `start` ends: days and DTEND go by the wall clock, hours of a DURATION are elapsed (§3.3.6). Where
    /// the clock jumps over an instance of a series, that lasts as long as the series' first does.
    pub(super) fn finish(&self, of: &Times, begin: i64, start: Stamp, length: Length) -> i64 {
        let end = |begin: i64, local: i64| match length.nominal {
            0 => begin + length.exact,
            nominal => self.instant(local + nominal, start.zone) + length.exact,
        };
        let finish = end(begin, start.local);
        if finish > begin || length.nominal <= 0 {
            return finish.max(begin);
        }
        // The change of a single night does not know that first one: a week before stands for it.
        let first = if of.slot.is_some() { start.local - 7 * DAY } else { self.local_in(of.start, start.zone) };
        let begun = self.instant(first, start.zone);
        begin + (end(begun, first) - begun).max(0)
    }

    /// Tells something of an event: once an event, or once a text.
    pub(super) fn tell(&mut self, of: &Times, message: &str, each: bool) {
        let (text, line) = (self.parsed.calendars[of.home].text, of.line);
        let same = |p: &Problem| (p.text, &*p.message) == (text, message) && (p.line == line || !each);
        if !self.problems.iter().any(same) {
            self.problems.push(Problem { text, line, message: message.into(), lost: Lost::Nothing });
        }
    }

    /// The end was written before the start, and nobody knows which of them is wrong: it has no length.
    pub(super) fn emit_backwards(&mut self, of: &Component, start: Stamp, original: Original) {
        let message = "the event ends before it starts: it has no length";
        self.tell(&of.times, message, true);
        let event = Arc::new(Event { ends_before_start: true, ..Event::clone(&of.event) });
        if start.is_date() {
            return self.emit_days(&event, start.day(), start.day() + 1, original);
        }
        let begin = self.instant(start.local, start.zone);
        self.emit_span(&event, begin, begin, original);
    }

    pub(super) fn emit_timed(&mut self, of: &Component, begin: i64, finish: i64, zone: ZoneId, original: Original) {
        match self.whole_days(of, begin, finish, zone) {
            Some((first, end)) => self.emit_days(&of.event, first, end, original),
            None => self.emit_span(&of.event, begin, finish, original),
        }
    }

    fn emit_span(&mut self, event: &Arc<Event>, begin: i64, finish: i64, original: Original) {
        let inside = begin < self.end && (finish > self.start || begin >= self.start);
        let inside = inside || self.asked(&original);
        if let (true, Some(start), Some(end)) = (inside, instant(begin), instant(finish)) {
            let span = Span::Timed(Interval::new(start, end));
            self.found.push((begin, Instance { event: Arc::clone(event), span, original, marked: None }));
        }
    }

    /// The days that a timed event stands for: from midnight to midnight, or to the minute before it, in the event's zone, the
    /// calendar's or the user's; or whatever it is, where a vendor's mark says so.
    fn whole_days(&self, of: &Component, begin: i64, finish: i64, zone: ZoneId) -> Option<(i64, i64)> {
        if !of.times.whole_days && finish - begin < NEARLY_A_DAY {
            return None;
        }
        let user = Zone::Named(self.zone);
        let zones = [self.parsed.zones.get(zone.0 as usize), Some(self.floating), Some(&user)];
        let days = |zone: &Zone| {
            let local = |at| zone.local(at, self.floating);
            let day = |at| local(at).div_euclid(DAY);
            // Where the clock goes forward at midnight, the day begins an hour later.
            let begins = |at| local(at).rem_euclid(DAY) == 0 || day(at - 1) < day(at);
            let last_minute = local(finish).rem_euclid(DAY) >= DAY - 60;
            (begins(begin) && (last_minute || begins(finish)))
                .then(|| (day(begin), day(finish) + i64::from(last_minute)))
        };
        let fits = zones.into_iter().flatten().find_map(days).filter(|(first, end)| first < end);
        if fits.is_some() || !of.times.whole_days {
            return fits;
        }
        // In UTC it is midnight of a place that nobody names: the day began there in the last twelve hours, or begins in the next.
        let first = match zone {
            ZoneId::UTC => (begin + DAY / 2).div_euclid(DAY),
            _ => user.local(begin, self.floating).div_euclid(DAY),
        };
        Some((first, first + ((finish - begin + DAY / 2) / DAY).max(1)))
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
}
