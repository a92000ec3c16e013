//! Which version of an event counts where files, feeds and accounts tell it.

use crate::analyze::Versions;
use crate::classify::People;
use crate::diagnostic::Failure;
use crate::model::{Event, Instance, Master, Uid};
use crate::source::google::{Reading, instance};
use crate::source::ics::Calendars;
use crate::store::{CalendarId, Known, Store};
use chrono_tz::Tz;
use std::collections::HashSet;
use std::sync::Arc;

/// Settles it over all of `instances`, and tells what nothing decides. `more` is what others than `calendars` tell.
pub fn settle(calendars: &mut Calendars, more: Vec<Master>, instances: &mut [Instance], people: &People, zone: Tz) {
    let versions = Versions::of(calendars.masters(zone).chain(more));
    let twice = versions.settle(instances, people);
    calendars.tell_twice(&twice);
}

/// What a Google calendar tells of single events in `own`, its instances, and of the `shared` events and series that files tell
/// too, wherever in time. Google tells each instance's version, and not that of its series: that is put to them.
///
/// # Errors
/// The database's.
pub(super) fn of_google(
    store: &Store,
    of: CalendarId,
    reading: &Reading,
    shared: &HashSet<Uid>,
    own: &mut [Instance],
) -> Result<Vec<Master>, Failure> {
    let mut masters: Vec<Master> = own.iter().filter(|i| !i.event.recurring).map(Master::single).collect();
    let range = store.state(of)?.covered;
    let there: HashSet<Uid> = masters.iter().map(|master| master.event.uid.clone()).collect();
    for uid in shared.iter().filter(|uid| !there.contains(*uid)) {
        for Known { series, sequence, json } in store.known(of, &uid.0)? {
            if series {
                let mut event = None;
                for instance in own.iter_mut().filter(|i| i.event.uid == *uid) {
                    Arc::make_mut(&mut instance.event).series_sequence = Some(sequence);
                    event = event.or_else(|| Some(Arc::clone(&instance.event)));
                }
                let (uid, calendar) = (uid.clone(), Arc::clone(reading.calendar));
                let series_sequence = Some(sequence);
                let unseen = || Event { uid, calendar, series_sequence, recurring: true, ..Event::default() };
                masters.push(Master { event: event.unwrap_or_else(|| Arc::new(unseen())), range });
            } else if let Ok(one) = instance(&json, reading) {
                masters.push(Master::single(&one));
            }
        }
    }
    Ok(masters)
}
