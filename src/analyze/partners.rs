//! Whom a calendar seems to belong to, and whom its owner meets alone: likely answers for a first configuration.

use super::judge::{Judged, Verdict};
use super::report::Reason;
use crate::classify::People;
use crate::model::{Address, AttendeeKind};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer 1:1s than this are chance.
const OFTEN: usize = 3;
/// More people than this are not one leader's reports.
const MOST: usize = 8;
/// Nobody is taken for the owner of a calendar on fewer meetings.
const ENOUGH: usize = 5;

/// What a calendar suggests; all of it is to be confirmed by the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likely {
    /// The user's own address, where neither the source nor the configuration says whose the calendar is.
    pub me: Option<Address>,
    /// The domain of the user's address.
    pub domain: Option<String>,
    /// Whom the user meets alone in that domain, but for who calls most of these, the most frequent first: the likely reports.
    pub partners: Vec<Address>,
}

/// Looks for likely answers. Every meeting that was not left out counts once, whatever the rules say about it.
pub fn likely(judged: &[Judged], people: &People) -> Likely {
    let held =
        || judged.iter().filter(|j| matches!(j.verdict, Verdict::Counted(_) | Verdict::LeftOut(Reason::Ignored)));
    let mine = |j: &Judged| {
        let event = &j.instance.event;
        let owner = event.calendar.owner.iter();
        let mut all = event.attendees.lines().iter().map(|line| &line.address).chain(&event.organizer).chain(owner);
        let me = people.me_in(event);
        all.find(|a| a.is_mail() && me.is(a)).cloned()
    };
    let known = most(held().filter_map(mine)).into_iter().next().map(|(address, _)| address);
    let me = if known.is_none() { in_every_meeting(held()) } else { None };
    let mut people = people.clone();
    people.me.extend(me.clone());
    let own = known.or(me.clone());
    let domain = own.as_ref().map(|own| own.domain().to_string()).filter(|domain| !shared(domain));
    let partner = |j: &Judged| {
        let event = &j.instance.event;
        let (known, me) = (people.people(event)?, people.me_in(event));
        let others: Vec<&&Address> = known.iter().filter(|a| !me.is(a)).collect();
        let [other] = others[..] else { return None };
        let two = known.len() == 2 && !people.has_group(event);
        let theirs = event.organizer.as_ref() == Some(*other);
        (two && Some(other.domain()) == domain.as_deref()).then(|| ((*other).clone(), theirs))
    };
    let all: Vec<(Address, bool)> = held().filter_map(partner).collect();
    // Who calls the 1:1s is the boss or an assistant rather than a report.
    let calls = |partner: &Address| all.iter().filter(|(one, theirs)| *theirs && one == partner).count();
    let partners = most(all.iter().map(|(partner, _)| partner.clone())).into_iter();
    let partners = partners.filter(|(partner, meetings)| *meetings >= OFTEN && calls(partner) * 2 <= *meetings);
    Likely { me, partners: partners.map(|(address, _)| address).take(MOST).collect(), domain }
}

/// The most frequent first; ties in the order of the addresses.
fn most(found: impl Iterator<Item = Address>) -> Vec<(Address, usize)> {
    let mut counts: BTreeMap<Address, usize> = BTreeMap::new();
    found.for_each(|address| *counts.entry(address).or_default() += 1);
    let mut counts: Vec<(Address, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The one person who takes part in nine of ten meetings with others, or, where several do, in all of them.
fn in_every_meeting<'a>(held: impl Iterator<Item = &'a Judged>) -> Option<Address> {
    let (mut meetings, mut all) = (0, Vec::new());
    for event in held.map(|j| &j.instance.event) {
        let lines = event.attendees.lines().iter().filter(|line| line.kind == AttendeeKind::Person);
        let here: BTreeSet<&Address> = lines.map(|line| &line.address).chain(&event.organizer).collect();
        if here.len() > 1 {
            meetings += 1;
            // A name or a place in one list says nothing about the next.
            all.extend(here.into_iter().filter(|address| address.is_mail()).cloned());
        }
    }
    let counts = most(all.into_iter());
    let often = |count: usize| count * 10 >= meetings * 9;
    let (address, most) = counts.first().filter(|(_, most)| meetings >= ENOUGH && often(*most))?;
    // Whoever is nearly always there too is told apart by being missed once.
    let next = counts.get(1).map_or(0, |(_, count)| *count);
    (!often(next) || (*most == meetings && next < meetings)).then(|| address.clone())
}

/// A domain at which everybody can have an address is nobody's own.
pub(super) fn shared(domain: &str) -> bool {
    let providers = [
        "gmail",
        "googlemail",
        "outlook",
        "hotmail",
        "live",
        "icloud",
        "me",
        "yahoo",
        "gmx",
        "web",
        "proton",
        "protonmail",
    ];
    domain.matches('.').count() == 1 && domain.split('.').next().is_some_and(|name| providers.contains(&name))
}
