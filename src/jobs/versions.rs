//! Which version of an event counts where files, feeds and accounts tell it.

use crate::analyze::Versions;
use crate::classify::People;
use crate::model::{Instance, Master};
use crate::source::Calendars;
use chrono_tz::Tz;

/// Settles it over all of `instances`, and tells what nothing decides. `more` is what others than `calendars` tell.
pub fn settle(calendars: &mut Calendars, more: Vec<Master>, instances: &mut [Instance], people: &People, zone: Tz) {
    let versions = Versions::of(calendars.masters(zone).chain(more));
    let twice = versions.settle(instances, people);
    calendars.tell_twice(&twice);
}
