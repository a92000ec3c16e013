//! Whether what looks like an absence is the user's own.

use super::dates;
use super::people::{People, is_person};
use super::words::{Title, Words};
use crate::model::{Address, AttendeeKind, Attendees, Event, Role};
use std::ops::Range;

/// What a rule or an event type makes of an entry beside its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nature {
    #[default]
    Ordinary,
    /// `kind = "focus"`: time to work alone.
    Focus,
    /// `kind = "out-of-office"`: the user is away.
    OutOfOffice,
}

/// Why an absence is not the user's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Somebody else takes part, or called the user to it: a meeting, whatever it is marked as.
    Guests,
    /// Somebody else called it.
    Organizer,
    /// It stands in a calendar that the user merely subscribes to.
    Calendar,
}

impl Foreign {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Foreign::Guests => "others take part",
            Foreign::Organizer => "somebody else organises it",
            Foreign::Calendar => "it is in a calendar that you only subscribe to",
        }
    }
}

/// Why an absence is somebody else's; `None` where it is the user's own. Where nobody is known to be the user, the organizer
/// is taken for them.
pub fn foreign(event: &Event, people: &People) -> Option<Foreign> {
    let mine = |address: &Address| people.is_me(event, address);
    let lines = event.attendees.lines();
    let guests = || lines.iter().filter(|line| line.kind != AttendeeKind::Resource).map(|line| &line.address);
    let others: Vec<&Address> = guests().filter(|address| !mine(address)).collect();
    let organizer = event.organizer.as_ref().filter(|o| is_person(o, lines)).filter(|address| !mine(address));
    let known = lines.iter().any(|line| line.is_me) || !people.me.is_empty() || event.calendar.owner.is_some();
    let alone = match organizer {
        _ if known => others.is_empty(),
        Some(organizer) => others.iter().all(|other| *other == organizer),
        None => others.len() < 2,
    };
    let held_back = matches!(event.attendees, Attendees::Partial(_)) && !lines.is_empty();
    // Where the user has a line of their own, who organises it is the other one.
    let invited = || known && organizer.is_some() && people.my_line(event).is_some();
    if held_back || !alone || invited() {
        Some(Foreign::Guests)
    } else if known && organizer.is_some() {
        Some(Foreign::Organizer)
    } else {
        subscribed(event, people).then_some(Foreign::Calendar)
    }
}

fn subscribed(event: &Event, people: &People) -> bool {
    let calendar = &event.calendar;
    let mine = |owner: &Address| {
        calendar.primary || people.me.is_empty() || people.me.contains(owner) || people.is_me(event, owner)
    };
    calendar.role < Role::Writer || calendar.owner.as_ref().is_some_and(|owner| !mine(owner))
}

/// The words of a title that are no part of an absence: neither `taken` by what a rule asks for, nor a date, nor a small word
/// around one, nor a name of the user.
pub(super) fn remains<'w>(
    title: &'w Title<'_>,
    taken: &[Range<usize>],
    own: Option<(&Event, &People)>,
) -> Vec<&'w str> {
    let words = &title.words;
    let names = own.map(|(event, people)| names(event, people)).unwrap_or_default();
    let said = dates::said(title, taken);
    let free = |at: &usize| !taken.iter().any(|range| range.contains(at));
    let all = (0..words.len()).filter(|at| free(at) && !said[*at]).map(|at| words.word(at));
    all.filter(|word| !names.iter().any(|name| name == word)).collect()
}

/// The words of the user's own names: of their addresses, their attendee lines here and elsewhere, and the owner of the
/// calendar; and of the calendar's own name where one of these is in it.
fn names(event: &Event, people: &People) -> Vec<String> {
    let owner = event.calendar.owner.as_ref();
    let line = people.my_line(event);
    let local = |address: &Address| address.as_str().rsplit_once('@').map_or(String::new(), |(local, _)| local.into());
    let mut texts: Vec<String> = people.me.iter().chain(owner).chain(line.map(|l| &l.address)).map(local).collect();
    texts.extend(people.names.iter().cloned().chain(line.and_then(|line| line.name.clone())));
    let each = |text: &String| {
        let words = Words::of(text);
        (0..words.len()).map(|at| words.word(at).to_owned()).collect::<Vec<_>>()
    };
    let mut names: Vec<String> = texts.iter().flat_map(each).collect();
    let calendar = each(&event.calendar.name);
    if calendar.iter().any(|word| names.contains(word)) {
        names.extend(calendar);
    }
    names
}
