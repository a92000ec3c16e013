//! What a whole text says about people, which decides what its silence about one event means.

use super::{IcalCalendar, Parsed};
use crate::model::Attendees;
use std::sync::Arc;

/// What some event of a text tells, or of several texts that are judged together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Who takes part: an event without attendees has none.
    pub attendees: bool,
    /// What people answered: a line without an answer has none yet.
    pub answers: bool,
}

impl Told {
    /// What either tells.
    pub fn or(self, other: Told) -> Told {
        Told { attendees: self.attendees || other.attendees, answers: self.answers || other.answers }
    }
}

impl Parsed {
    /// All events have one UID: what a folder with a file for each event is made of.
    pub fn is_one_event(&self) -> bool {
        let mut uids = self.calendars.iter().flat_map(IcalCalendar::components_uids);
        uids.next().is_some_and(|first| !first.is_empty() && uids.all(|uid| uid == first))
    }

    /// Reads the events' silence anew, by what `told` says of the texts that they are judged with.
    pub fn settle(&mut self, told: Told) {
        for component in self.calendars.iter_mut().flat_map(|calendar| &mut calendar.components) {
            let event = &component.event;
            let silent = !event.free_busy_only && event.attendees.lines().is_empty();
            let attendees = silent.then_some(if told.attendees { Attendees::default() } else { Attendees::Unknown });
            let my_answer = event.held.filter(|_| !told.answers);
            if event.my_answer != my_answer || attendees.as_ref().is_some_and(|new| *new != event.attendees) {
                let event = Arc::make_mut(&mut component.event);
                event.my_answer = my_answer;
                event.attendees = attendees.unwrap_or_else(|| std::mem::take(&mut event.attendees));
            }
        }
    }
}

impl IcalCalendar {
    fn components_uids(&self) -> impl Iterator<Item = &str> {
        self.components.iter().map(|component| &*component.event.uid.0)
    }
}
