//! What the store holds of accounts.

use crate::diagnostic::Failure;
use crate::kinds::{Facts, Named, Read};
use crate::model::{self, Address, Event, Instance, Master, Uid, count};
use crate::source::google::{Reading, instance, is_own};
use crate::store::{Account, Calendar, CalendarId, Known, Store};
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn read(read: &Read<'_>, sources: &[Named], facts: &mut Facts) -> Result<(), Failure> {
    let store = read.store;
    let shared: HashSet<Uid> = facts.instances.iter().map(|i| i.event.uid.clone()).collect();
    for named in sources {
        let calendars = named.account.as_ref().map(|a| store.calendars(a.id)).transpose()?.unwrap_or_default();
        let known = named.account.as_ref().filter(|a| a.listed_at.is_some() || !calendars.is_empty());
        let Some(account) = known else {
            if named.is_followed(store.folder()) {
                facts.unlisted(store, named)?;
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
            let mut own = instances(read, calendar.id, &reading, facts)?;
            facts.masters.append(&mut masters(store, calendar.id, &reading, &shared, &mut own)?);
            facts.instances.append(&mut own);
            facts.note(read, account, calendar)?;
        }
    }
    Ok(())
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

/// The instances of a calendar, with those that were moved out of a slot in the window: they take no time in it, but no copy of
/// them is there either.
fn instances(
    read: &Read<'_>,
    of: CalendarId,
    reading: &Reading<'_>,
    facts: &mut Facts,
) -> Result<Vec<Instance>, Failure> {
    let (mut found, mut odd) = (Vec::new(), 0);
    let covered = read.store.state(of)?.covered;
    for row in read.store.instances(of, read.window)? {
        match instance(&row.json, reading) {
            Ok(one) => found.extend(read.shows(&one, covered).then_some(one)),
            Err(_) => odd += 1,
        }
    }
    if odd > 0 {
        let name = &reading.calendar.source;
        facts.remarks.push(format!("{name}: {} of a calendar could not be read", count(odd, "event")));
    }
    facts.zones.extend(reading.zone.filter(|_| reading.own));
    facts.any |= covered.is_some();
    Ok(found)
}

/// What a calendar tells of single events in `own`, its instances, and of the `shared` events and series that files tell
/// too, wherever in time. Google tells each instance's version, and not that of its series: that is put to them.
///
/// # Errors
/// The database's.
fn masters(
    store: &Store,
    of: CalendarId,
    reading: &Reading<'_>,
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
