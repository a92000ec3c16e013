//! Who the user is, whom they named, and who takes part.

use crate::model::{Address, Answer, Attendee, AttendeeKind, Attendees, Event};
use std::collections::BTreeMap;

/// Who the user is and whom they named: feeds `me`, `with = "@reports"` and `external`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The user's own addresses.
    pub me: Vec<Address>,
    /// Domains whose addresses are colleagues, with their subdomains.
    pub domains: Vec<String>,
    /// Named groups without the `@`; one that is missing is empty.
    pub groups: BTreeMap<String, Vec<Address>>,
}

impl People {
    /// Whether `address` is the user: the attendee whom the source marks, else one of `me`, else the calendar's owner. The
    /// owner of an account's own calendar is the user whatever `me` holds: what has no guests is organised by that
    /// address, and marks nobody.
    pub fn is_me(&self, event: &Event, address: &Address) -> bool {
        if let Some(marked) = marked(event) {
            return marked.address == *address;
        }
        let owned = self.me.is_empty() || event.calendar.primary;
        self.me.contains(address) || owned && event.calendar.owner.as_ref() == Some(address)
    }

    /// The user's own attendee line.
    pub fn my_line<'e>(&self, event: &'e Event) -> Option<&'e Attendee> {
        event.attendees.lines().iter().find(|line| self.is_me(event, &line.address))
    }

    /// The user's own answer; `None` without an attendee line of theirs.
    pub fn my_answer(&self, event: &Event) -> Option<Answer> {
        self.my_line(event).map(|line| line.answer)
    }

    /// The people of a meeting, distinct by address: attendees, organizer and the user, who is one however many of
    /// their addresses are invited. Rooms and resources are not people, a group is one. `None` where the attendees
    /// are unknown.
    pub fn people<'a>(&'a self, event: &'a Event) -> Option<Vec<&'a Address>> {
        let Attendees::Known(lines) = &event.attendees else { return None };
        let mut people: Vec<&Address> = Vec::with_capacity(lines.len() + 2);
        let mut me_seen = false;
        let attendees = lines.iter().filter(|line| line.kind != AttendeeKind::Resource).map(|line| &line.address);
        let organizer = event.organizer.as_ref().filter(|o| is_person(o, lines));
        // Whom the source marks is among the attendees, and may have another address than those that the user gave.
        let me = match marked(event) {
            Some(_) => None,
            None => self.me.first().or(event.calendar.owner.as_ref().filter(|o| is_person(o, lines))),
        };
        for address in attendees.chain(organizer).chain(me) {
            let mine = self.is_me(event, address);
            let again = mine && me_seen;
            if !again && !people.contains(&address) {
                people.push(address);
            }
            me_seen |= mine;
        }
        Some(people)
    }

    /// The attendees are known, and nobody but the user takes part.
    pub fn is_solo(&self, event: &Event) -> bool {
        let Some(people) = self.people(event) else { return false };
        let others = people.iter().filter(|a| !self.is_me(event, a)).count();
        // Without attendees and without a known self, the organizer is taken for the user.
        let nobody_is_me = others == people.len();
        let guests = event.attendees.lines().iter().any(|line| line.kind != AttendeeKind::Resource);
        others == 0 || (nobody_is_me && !guests)
    }

    /// `address` is a colleague's; `None` where no domains were configured.
    pub fn is_internal(&self, address: &Address) -> Option<bool> {
        if self.domains.is_empty() {
            return None;
        }
        Some(self.me.contains(address) || self.domains.iter().any(|domain| in_domain(address, domain)))
    }

    /// The members of a group; empty for one that is not defined.
    pub fn group(&self, name: &str) -> &[Address] {
        self.groups.get(name).map_or(&[], Vec::as_slice)
    }
}

/// `address` lies in `domain` or below it; letter case does not matter.
pub(super) fn in_domain(address: &Address, domain: &str) -> bool {
    let (have, want) = (address.domain(), domain.trim_start_matches('@').to_lowercase());
    have.strip_suffix(want.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// The attendee whom the source itself takes for the user.
fn marked(event: &Event) -> Option<&Attendee> {
    event.attendees.lines().iter().find(|line| line.is_me)
}

/// Google names a shared calendar as the organizer of its events; it and rooms are nobody.
fn is_person(address: &Address, lines: &[Attendee]) -> bool {
    let calendar = ["group.calendar.google.com", "resource.calendar.google.com", "import.calendar.google.com"];
    !calendar.contains(&address.domain())
        && !lines.iter().any(|line| line.kind == AttendeeKind::Resource && line.address == *address)
}
