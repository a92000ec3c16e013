//! Who the user is, whom they named, and who takes part.

use crate::model::{Address, Answer, Attendee, AttendeeKind, Attendees, Event, EventStatus, WORKING_ELSEWHERE};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Lists of more people than this are hashed.
const FEW: usize = 24;

/// Who the user is and whom they named: feeds `me`, `with = "@reports"` and `external`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The user's own addresses.
    pub me: Vec<Address>,
    /// The user's own names, as their lines in the calendars give them.
    pub names: BTreeSet<String>,
    /// `ada+travel@example.com` is somebody else than `ada@example.com`: `plus_addresses = false`.
    pub no_plus_addresses: bool,
    /// Domains whose addresses are colleagues, with their subdomains, as [`crate::model::domain`] spells them.
    pub domains: Vec<String>,
    /// Named groups without the `@`; one that is missing is empty.
    pub groups: BTreeMap<String, Vec<Address>>,
}

/// The user in one event, looked up once for all its people.
#[derive(Clone, Debug)]
pub struct Me<'a> {
    people: &'a People,
    /// Whom the source marks.
    marked: Vec<&'a Address>,
    owner: Option<&'a Address>,
}

impl Me<'_> {
    /// `address` is the user.
    pub fn is(&self, address: &Address) -> bool {
        let same = |mine: &Address| self.people.same(mine, address);
        if self.marked.iter().any(|marked| same(marked)) {
            return true;
        }
        // A row of the user's own that bears no address leaves open which one is theirs.
        let told = self.marked.iter().any(|marked| marked.is_mail());
        !told && (self.people.me.iter().any(same) || self.owner.is_some_and(same))
    }

    /// The line is the user's.
    fn has(&self, line: &Attendee) -> bool {
        line.is_me || self.is(&line.address)
    }
}

impl People {
    /// The user in `event`: the attendee whom the source marks, else one of `me`, else the calendar's owner. The owner of an
    /// account's own calendar is the user whatever `me` holds: what has no guests is organised by that address, and marks
    /// nobody.
    pub fn me_in<'a>(&'a self, event: &'a Event) -> Me<'a> {
        let marked = event.attendees.lines().iter().filter(|line| line.is_me).map(|line| &line.address).collect();
        let owned = self.me.is_empty() || event.calendar.primary;
        Me { people: self, marked, owner: event.calendar.owner.as_ref().filter(|_| owned) }
    }

    /// The same with the user's names as `events` give them: what has no attendees names nobody, and its title may.
    pub fn named_in<'a>(&self, events: impl Iterator<Item = &'a Event>) -> People {
        let mut people = self.clone();
        for event in events {
            let named = event.attendees.lines().iter().filter(|line| line.name.is_some());
            let mut named = named.peekable();
            if named.peek().is_some() {
                let me = self.me_in(event);
                people
                    .names
                    .extend(named.filter(|line| me.has(line)).filter_map(|line| line.name.as_deref().map(own_name)));
            }
        }
        people
    }

    /// Whether `address` is the user. Whoever asks about many people of one event asks [`People::me_in`] once.
    pub fn is_me(&self, event: &Event, address: &Address) -> bool {
        self.me_in(event).is(address)
    }

    fn same(&self, mine: &Address, address: &Address) -> bool {
        mine == address || !self.no_plus_addresses && address.is_plus_address_of(mine)
    }

    /// Whoever calls `event`: no shared calendar, no room.
    pub fn caller<'e>(&self, event: &'e Event) -> Option<&'e Address> {
        event.organizer.as_ref().filter(|organizer| is_person(organizer, event.attendees.lines()))
    }

    /// The user organises `event`.
    pub fn is_mine(&self, event: &Event) -> bool {
        event.organizer.as_ref().is_some_and(|organizer| self.is_me(event, organizer))
    }

    /// The user's own attendee line; of several the one with the best answer, whatever their order.
    pub fn my_line<'e>(&self, event: &'e Event) -> Option<&'e Attendee> {
        let me = self.me_in(event);
        let mine = event.attendees.lines().iter().filter(|line| me.has(line));
        // Whoever is needed by one of several equal lines is needed.
        mine.min_by_key(|line| (line.answer.rank(), line.optional))
    }

    /// The user's own answer; `None` where nothing tells of one. Outlook's BUSYSTATUS stands for the lines where these carry
    /// no answers, and as tentative for the user's line where that has none. Whoever organises comes, unless a line of theirs, BUSYSTATUS or the event's STATUS says otherwise; where attendees are
    /// unknown, so is that.
    pub fn my_answer(&self, event: &Event) -> Option<Answer> {
        let line = self.my_line(event).map(|line| line.answer);
        let told = event.my_answer.or(line.filter(|answer| *answer != Answer::NeedsAction));
        let held = event.held.filter(|held| *held == Answer::Tentative);
        let organised = || {
            let maybe = event.status == Some(EventStatus::Tentative) || event.held == Some(Answer::Tentative);
            let known = event.attendees != Attendees::Unknown && self.is_mine(event);
            known.then_some(if maybe { Answer::Tentative } else { Answer::Accepted })
        };
        told.or(held).or_else(organised).or(line)
    }

    /// The people of a meeting, distinct by address: attendees, organizer and the user, who is one however many of
    /// their addresses are invited. Rooms and resources are not people, a group is one. `None` where the attendees
    /// are unknown.
    pub fn people<'a>(&'a self, event: &'a Event) -> Option<Vec<&'a Address>> {
        let me = self.me_in(event);
        let everybody = self.everybody(event, &me)?;
        let mut people: Vec<&Address> = Vec::with_capacity(event.attendees.lines().len() + 2);
        // Few are compared faster than they are hashed.
        let mut seen: Option<HashSet<&Address>> = (people.capacity() > FEW).then(HashSet::new);
        let mut me_seen = false;
        for address in everybody {
            let mine = me.is(address);
            let again = (mine && me_seen)
                || seen.as_mut().map_or_else(|| people.contains(&address), |seen| !seen.insert(address));
            if !again {
                people.push(address);
            }
            me_seen |= mine;
        }
        Some(people)
    }

    /// The same, each as often as the event names them.
    fn everybody<'a>(&'a self, event: &'a Event, me: &Me<'a>) -> Option<impl Iterator<Item = &'a Address> + use<'a>> {
        let Attendees::Known(lines) = &event.attendees else { return None };
        let attendees = lines.iter().filter(|line| line.kind != AttendeeKind::Resource).map(|line| &line.address);
        let organizer = event.organizer.as_ref().filter(|o| is_person(o, lines));
        // Whom the source marks is among the attendees, and may have another address than those that the user gave.
        let me = match me.marked.is_empty() {
            false => None,
            true => self.me.first().or(event.calendar.owner.as_ref().filter(|o| is_person(o, lines))),
        };
        Some(attendees.chain(organizer).chain(me))
    }

    /// The attendees are known, and nobody but the user takes part.
    pub fn is_solo(&self, event: &Event) -> bool {
        let me = self.me_in(event);
        let (mut others, mut mine) = (false, false);
        for address in self.everybody(event, &me).into_iter().flatten() {
            let is_me = me.is(address);
            (others, mine) = (others || !is_me, mine || is_me);
        }
        let guests = event.attendees.lines().iter().any(|line| line.kind != AttendeeKind::Resource);
        // Without attendees and without a known self, the organizer is taken for the user.
        matches!(event.attendees, Attendees::Known(_)) && (!others || (!mine && !guests))
    }

    /// A group takes part: there may be more people than are listed, and it is no 1:1.
    pub fn has_group(&self, event: &Event) -> bool {
        event.attendees.lines().iter().any(|line| line.kind == AttendeeKind::Group)
    }

    /// Exactly two people meet, the user or not.
    pub fn are_two(&self, event: &Event) -> bool {
        !self.has_group(event) && self.people(event).is_some_and(|people| people.len() == 2)
    }

    /// Outlook's "working elsewhere" says where the user is, and is no meeting: all day, or where nobody else comes.
    pub fn is_working_elsewhere(&self, event: &Event, all_day: bool) -> bool {
        event.event_type.name() == WORKING_ELSEWHERE && (all_day || self.is_solo(event))
    }

    /// `address` is a colleague's; `None` where no domains were configured, or it has none.
    pub fn is_internal(&self, address: &Address) -> Option<bool> {
        if self.domains.is_empty() || !address.is_mail() {
            return None;
        }
        let mine = self.me.iter().any(|mine| self.same(mine, address));
        Some(mine || self.domains.iter().any(|domain| in_domain(address, domain)))
    }

    /// The members of a group; empty for one that is not defined.
    pub fn group(&self, name: &str) -> &[Address] {
        self.groups.get(name).map_or(&[], Vec::as_slice)
    }
}

/// `address` lies in `domain` or below it; `domain` is spelled as [`crate::model::domain`] does.
pub(super) fn in_domain(address: &Address, domain: &str) -> bool {
    address.domain().strip_suffix(domain).is_some_and(|head| head.is_empty() || head.ends_with('.'))
        && address.is_mail()
}

/// A name without what programs write behind it: `Ada Lovelace (Product)`, `Ada Lovelace - Corp`; of an address the part that may be a name.
fn own_name(name: &str) -> String {
    let name = name.split(['(', '[', '|']).next().unwrap_or_default();
    let name = name.split(" - ").next().unwrap_or_default();
    let name = name.split_once('@').map_or(name, |(local, _)| local);
    name.trim().to_owned()
}

/// Google names a shared calendar, or nobody known, as the organizer of events; these and rooms are nobody.
pub(super) fn is_person(address: &Address, lines: &[Attendee]) -> bool {
    !in_domain(address, "calendar.google.com")
        && !lines.iter().any(|line| line.kind == AttendeeKind::Resource && line.address == *address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn line(text: &str, answer: Answer) -> Attendee {
        let kind = if text.starts_with("all") { AttendeeKind::Group } else { AttendeeKind::Person };
        Attendee { address: address(text), name: None, kind, answer, optional: false, is_me: false }
    }

    fn ada() -> People {
        People { me: vec![address("ada@example.com"), address("ada@old.example")], ..People::default() }
    }

    fn event(lines: Vec<Attendee>) -> Event {
        Event { attendees: Attendees::Known(lines), ..Event::default() }
    }

    #[test]
    fn of_several_lines_of_mine_the_best_answer_counts_in_any_order() {
        use Answer::*;
        let order = [Accepted, Tentative, Delegated, Declined, NeedsAction];
        for (i, best) in order.into_iter().enumerate() {
            for other in &order[i..] {
                let lines = vec![
                    line("ada@old.example", *other),
                    line("bo@example.com", Accepted),
                    line("ada@example.com", best),
                ];
                let turned = lines.iter().rev().cloned().collect();
                for lines in [lines, turned] {
                    assert_eq!(ada().my_answer(&event(lines)), Some(best), "{best:?} {other:?}");
                }
            }
        }
        let mut lines = vec![line("ada@old.example", Accepted), line("ada@example.com", NeedsAction)];
        lines[1].optional = true;
        assert!(!ada().my_line(&event(lines)).unwrap().optional);
    }

    #[test]
    fn who_organises_has_answered_unless_a_line_of_theirs_answers_otherwise() {
        let mine = |lines| Event { organizer: Some(address("ada@example.com")), ..event(lines) };
        let bo = line("bo@example.com", Answer::NeedsAction);
        let with = |answer| vec![bo.clone(), line("ada@example.com", answer)];
        assert_eq!(ada().my_answer(&mine(vec![bo.clone()])), Some(Answer::Accepted));
        assert_eq!(ada().my_answer(&mine(with(Answer::NeedsAction))), Some(Answer::Accepted));
        assert_eq!(ada().my_answer(&mine(with(Answer::Declined))), Some(Answer::Declined));
        let maybe = Event { status: Some(EventStatus::Tentative), ..mine(vec![bo.clone()]) };
        assert_eq!(ada().my_answer(&maybe), Some(Answer::Tentative));
        let held = Event { held: Some(Answer::Tentative), ..mine(with(Answer::NeedsAction)) };
        assert_eq!(ada().my_answer(&held), Some(Answer::Tentative));
        // Another's meeting is not answered by being his.
        let his = Event { organizer: Some(address("bo@example.com")), ..event(with(Answer::NeedsAction)) };
        assert_eq!(ada().my_answer(&his), Some(Answer::NeedsAction));
        assert_eq!(ada().my_answer(&event(vec![bo])), None);
    }

    #[test]
    fn busystatus_answers_where_lines_do_not() {
        let lines = |answer| vec![line("ada@example.com", answer), line("bo@example.com", Answer::NeedsAction)];
        let told = |answer| Event { my_answer: answer, held: answer, ..event(lines(Answer::NeedsAction)) };
        assert_eq!(ada().my_answer(&told(Some(Answer::Accepted))), Some(Answer::Accepted));
        assert_eq!(ada().my_answer(&told(Some(Answer::Tentative))), Some(Answer::Tentative));
        // In a file with answers it counts as tentative, and only where no line of mine answers.
        let held = |held, lines| Event { held: Some(held), ..event(lines) };
        let bo = || vec![line("bo@example.com", Answer::Accepted)];
        assert_eq!(ada().my_answer(&held(Answer::Tentative, bo())), Some(Answer::Tentative));
        assert_eq!(ada().my_answer(&held(Answer::Accepted, bo())), None);
        assert_eq!(ada().my_answer(&held(Answer::Tentative, lines(Answer::Accepted))), Some(Answer::Accepted));
        assert_eq!(ada().my_answer(&held(Answer::Tentative, lines(Answer::Declined))), Some(Answer::Declined));
        assert_eq!(ada().my_answer(&held(Answer::Tentative, lines(Answer::NeedsAction))), Some(Answer::Tentative));
        assert_eq!(ada().my_answer(&held(Answer::Accepted, lines(Answer::NeedsAction))), Some(Answer::NeedsAction));
    }

    #[test]
    fn my_plus_addresses_are_me_and_those_of_others_are_others() {
        let lines = ["ada+travel@example.com", "bo+travel@example.com", "bo@example.com"];
        let event = event(lines.map(|text| line(text, Answer::Declined)).to_vec());
        assert_eq!(ada().my_answer(&event), Some(Answer::Declined));
        assert_eq!(ada().people(&event).unwrap().len(), 3);
        let strict = People { no_plus_addresses: true, ..ada() };
        assert_eq!((strict.my_answer(&event), strict.people(&event).unwrap().len()), (None, 4));
    }

    #[test]
    fn a_row_that_is_mine_needs_no_address() {
        let own = Attendee { address: Address::nth(1), is_me: true, ..line("x@example.com", Answer::Declined) };
        let organizer = Some(address("ada@example.com"));
        let event = Event { organizer, ..event(vec![own, line("bo@example.com", Answer::Accepted)]) };
        assert_eq!(ada().my_answer(&event), Some(Answer::Declined));
        assert_eq!(ada().people(&event).unwrap().len(), 2);
    }

    #[test]
    fn a_group_makes_no_two() {
        let two = |text| event(vec![line("ada@example.com", Answer::Accepted), line(text, Answer::Accepted)]);
        assert!(ada().are_two(&two("bo@example.com")) && !ada().are_two(&two("all@example.com")));
        assert_eq!(ada().people(&two("all@example.com")).unwrap().len(), 2);
    }

    #[test]
    fn forty_thousand_guests_are_counted_in_a_moment() {
        let lines = (0..40_000).map(|n| line(&format!("p{}@example.com", n / 2), Answer::Declined)).collect();
        let event = event(lines);
        let begun = std::time::Instant::now();
        assert_eq!(ada().people(&event).unwrap().len(), 20_001);
        assert!(!ada().is_solo(&event) && ada().my_answer(&event).is_none());
        assert_eq!(event.declined().len(), 20_000);
        // Comparing each with each takes minutes without optimisation.
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
