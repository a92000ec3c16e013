//! A change of an instance and all that follow, in a source that does not hold the series: it reaches the series of another.

use super::component::Component;
use super::value::{Stamp, ZoneId};
use super::version::{belong, nominal};
use super::{Home, Parsed};
use crate::model::{EventStatus, Uid};
use std::collections::HashMap;
use std::sync::Arc;

/// The text of what was read in another source, which tells its own problems.
const ELSEWHERE: usize = usize::MAX;

impl Parsed {
    /// Takes such changes over from `other` where they are newer than the series here, or cancel an equal version of it.
    pub fn adopt(&mut self, other: &Parsed) {
        let orphans = other.series.iter().filter(|series| series.master.is_none()).flat_map(|series| &series.overrides);
        let is_stray = |one: &&Component| one.times.moves_all_that_follow() && !one.event.uid.0.is_empty();
        let mut strays = orphans.map(|place| &other.components[*place]).filter(is_stray).peekable();
        if strays.peek().is_none() {
            return;
        }
        let uid = |master: usize| self.components[master].event.uid.clone();
        let masters = self.series.iter().enumerate().filter_map(|(place, series)| Some((place, series.master?)));
        // Of several the first.
        let places: HashMap<Uid, (usize, usize)> =
            masters.rev().map(|(place, master)| (uid(master), (place, master))).collect();
        for stray in strays {
            if let Some(own) = places.get(&stray.event.uid) {
                self.take(stray, other, *own);
            }
        }
    }

    /// The series in `place`, which `master` tells, is of the same UID.
    fn take(&mut self, stray: &Component, other: &Parsed, (place, master): (usize, usize)) {
        let master = &self.components[master];
        let (own, new) = (master.times.version.sequence, stray.times.version.sequence);
        let cancels = stray.event.status == Some(EventStatus::Cancelled);
        if !master.event.recurring || !(new > own || cancels && new == own) {
            return;
        }
        let (series, length) = (Arc::clone(&master.event), nominal(&master.times));
        let mut change = stray.clone();
        let home = &other.calendars[stray.times.home];
        let times = &mut change.times;
        let slot = times.slot.iter_mut().map(|(slot, _)| slot);
        for stamp in slot.chain([&mut times.start]).chain(&mut times.end) {
            stamp.zone = self.zone_of(*stamp, home, other);
        }
        times.home = self.calendars.len();
        let (calendar, default_zone) = (Arc::clone(&home.calendar), home.default_zone.clone());
        self.calendars.push(Home { calendar, default_zone, text: ELSEWHERE });
        belong(&mut change, &series, length);
        self.components.push(change);
        self.series[place].overrides.push(self.components.len() - 1);
    }

    /// The zone of a time of `other` among those that are known here.
    fn zone_of(&mut self, stamp: Stamp, home: &Home, other: &Parsed) -> ZoneId {
        let zone = match stamp.zone {
            ZoneId::DATE | ZoneId::UTC => return stamp.zone,
            ZoneId::FLOATING => home.default_zone.clone(),
            ZoneId(place) => other.zones.get(place as usize).cloned(),
        };
        let Some(zone) = zone else { return ZoneId::FLOATING };
        self.zones.push(zone);
        ZoneId(self.zones.len() as u32 - 1)
    }
}
