//! What the store holds, as the instances that everything else works on.

use super::versions::settle;
use super::zones::zone_note;
use crate::classify::put_marks;
use crate::config::Config;
use crate::diagnostic::Failure;
use crate::kinds::{Facts, KINDS, Read, named, of_kind};
use crate::model::Interval;
use crate::store::Store;
use chrono_tz::Tz;

/// Reads everything that overlaps `window` from the sources that the configuration names and the accounts that are signed
/// in. `zone` is that of floating times and whole days.
///
/// # Errors
/// Only the database's.
pub fn read(store: &Store, config: &Config, window: Interval, zone: Tz) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    let (accounts, read) = (store.accounts()?, Read { store, window, zone });
    let kinds: Vec<_> = KINDS.iter().map(|kind| (kind, of_kind(*kind, config, &accounts))).collect();
    kinds.iter().try_for_each(|(kind, sources)| kind.add_texts(&read, sources, &mut facts))?;
    facts.instances = facts.calendars.instances(window, zone);
    kinds.iter().try_for_each(|(kind, sources)| kind.read(&read, sources, &mut facts))?;
    let masters = std::mem::take(&mut facts.masters);
    settle(&mut facts.calendars, masters, &mut facts.instances, &config.people, zone);
    put_marks(&store.overrides()?, &mut facts.instances, zone);
    facts.me.sort();
    facts.me.dedup();
    // Every calendar of an account tells of the account's trouble.
    facts.remarks.dedup();
    facts.beyond.dedup();
    Ok(facts)
}

/// The same from what lies on this machine, past the store, for when it cannot be written. What could not be read comes
/// beside it.
pub fn read_local(config: &Config, window: Interval, zone: Tz) -> (Facts, Vec<Failure>) {
    let (mut facts, mut failures) = (Facts::default(), Vec::new());
    for named in named(config, &[]) {
        match named.source.look(&mut facts.calendars) {
            Some(Err(failure)) => failures.push(failure),
            Some(Ok(())) => facts.any = true,
            None => {}
        }
    }
    facts.instances = facts.calendars.instances(window, zone);
    settle(&mut facts.calendars, Vec::new(), &mut facts.instances, &config.people, zone);
    (facts, failures)
}

/// What a report in the system's zone says where the calendars name only others.
pub fn note_on_zone(facts: &Facts, config: &Config, system: Tz) -> Option<String> {
    let named: Vec<Tz> = facts.zones.iter().copied().chain(facts.calendars.zones()).collect();
    zone_note(config, system, &named)
}
