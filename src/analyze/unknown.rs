//! Calendars in which nobody is known to be the user, so that what they declined counts.

use super::judge::{Judged, Series};
use crate::classify::People;
use crate::model::{Event, Role};
use std::collections::{BTreeMap, HashSet};

/// Fewer events with guests prove nothing: others meet without the user as well.
const ENOUGH: usize = 3;

/// What is known of one calendar: who it is, and its events with guests.
#[derive(Default)]
struct Seen<'a> {
    known: bool,
    series: HashSet<Series>,
    name: &'a str,
}

/// The sentence about it, where there is anything to say.
pub(super) fn note(judged: &[&Judged], people: &People) -> Option<String> {
    let calendars = calendars(judged, people);
    if calendars.is_empty() {
        return None;
    }
    if !calendars.values().any(|seen| seen.known) {
        let told = match people.me.is_empty() {
            true => "your own answers are not known: set `my_addresses` so that declined meetings are left out",
            false => {
                "none of `my_addresses` takes part in any meeting, so your own answers are not known: add the address of this calendar"
            }
        };
        return Some(told.to_owned());
    }
    let unknown = |seen: &&Seen<'_>| !seen.known && seen.series.len() >= ENOUGH;
    let mut names: Vec<String> = calendars.values().filter(unknown).map(|seen| format!("`{}`", seen.name)).collect();
    names.dedup();
    let last = names.pop()?;
    let list = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    Some(format!(
        "your own answers in {list} are not known: add your address there to `my_addresses` so that declined meetings are left out"
    ))
}

/// The calendars with guests by name and source. Those that the user reads only, and those of an account that marks the user
/// itself, can know them and still never name them: of these only that they do counts.
fn calendars<'a>(judged: &[&'a Judged], people: &People) -> BTreeMap<(&'a str, &'a str), Seen<'a>> {
    let mut calendars: BTreeMap<(&str, &str), Seen<'_>> = BTreeMap::new();
    for j in judged.iter().filter(|j| !j.instance.event.attendees.lines().is_empty()) {
        let event = &*j.instance.event;
        let calendar = &event.calendar;
        let seen = calendars.entry((&calendar.name, &calendar.source)).or_default();
        seen.name = &calendar.name;
        if is_own_file(event) {
            seen.series.insert(j.series());
        }
        seen.known = seen.known || people.my_line(event).is_some() || people.is_mine(event);
    }
    calendars
}

/// It stands in a file or feed of the user's: an account's own interface, which has no lines, says itself who they are.
fn is_own_file(event: &Event) -> bool {
    event.calendar.role == Role::Owner && event.line > 0
}
