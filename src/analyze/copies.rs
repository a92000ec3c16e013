//! Which of several instances are one meeting: copies by UID, stale versions, and what sync tools write under another UID.

use crate::classify::{People, Title, says_cancelled};
use crate::model::{
    Address, Answer, AttendeeKind, Calendar, Event, EventStatus, EventType, Instance, Original, Role, Span, Uid,
};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What a calendar writes where it shows only that time is taken, in the languages of the packs, folded.
const BUSY: [&str; 7] = ["busy", "beschäftigt", "gebucht", "occupé", "ocupado", "ocupada", "besetzt"];
/// What may stand beside such a word, and alone says something else: "Free/Busy", "Busy (Private)".
const BESIDE_BUSY: [&str; 10] =
    ["free", "frei", "libre", "private", "privat", "privé", "privado", "privada", "appointment", "termin"];
/// The same of an appointment that is nobody else's business, as Outlook shows it.
const PRIVATE: [&str; 5] =
    ["private appointment", "privater termin", "rendez vous privé", "cita privada", "compromisso privado"];
/// What Outlook puts before the title of a meeting that was copied to another calendar.
const COPY: [&str; 7] = ["copy", "kopie", "copie", "copia", "cópia", "kopia", "kopi"];

/// Where the copies of one meeting stand, by their places among the ranked instances.
pub(super) struct Copies {
    /// Of each instance the one that stands for it: itself, unless it is a copy.
    pub of: Vec<usize>,
    /// Of a block without a title, the meeting in another calendar that takes exactly its time: a copy of it where that
    /// counts.
    pub shadows: Vec<Option<usize>>,
}

/// Orders the versions and copies of one meeting: what still stands first, of that the newest word, and of equally new ones a
/// cancellation, then the copy that I answered, that says that I am away, primary, highest role; the last ties are broken by what
/// they say. The order is total. What was superseded never stands for what supersedes it.
pub(super) fn compare(a: &Instance, b: &Instance, people: &People) -> Ordering {
    rank(a, people).cmp(&rank(b, people)).then_with(|| content(&a.event).cmp(&content(&b.event)))
}

fn rank(i: &Instance, people: &People) -> impl Ord + use<> {
    let newest = (i.event.superseded, Reverse(i.event.sequence), !is_cancelled(&i.event));
    (newest, preferred(&i.event, people), (i.span, i.original))
}

/// Which of equally new copies stands for the others: the one that I answered, that says that I am away, primary, highest role.
pub(super) fn preferred(event: &Event, people: &People) -> impl Ord + use<> {
    let answered = people.my_answer(event).is_some_and(|a| a != Answer::NeedsAction);
    let away = event.event_type == EventType::OutOfOffice;
    let role: Reverse<Role> = Reverse(event.calendar.role);
    (!answered, !away, !event.calendar.primary, role)
}

/// The whole of what an event says, and only then where it stands.
pub(super) fn content(event: &Event) -> impl Ord + use<> {
    let calendar = Arc::clone(&event.calendar);
    let plain = Event { calendar: Arc::new(Calendar::default()), line: 0, ..event.clone() };
    (format!("{plain:?}"), calendar.source.clone(), calendar.name.clone(), event.line)
}

/// STATUS, or the title, says that it does not take place.
pub(super) fn is_cancelled(event: &Event) -> bool {
    event.status == Some(EventStatus::Cancelled) || event.summary.as_deref().is_some_and(says_cancelled)
}

/// What the copies of one meeting have in common. Without a UID nothing says that two events are the same.
type Key<'a> = (&'a Uid, Original);

fn key(i: &Instance) -> Option<Key<'_>> {
    (!i.event.uid.0.is_empty()).then_some((&i.event.uid, i.original))
}

/// A calendar: its source and its name.
type Place<'a> = (&'a str, &'a str);

/// The calendar that an event lies in.
pub(super) fn place(event: &Event) -> Place<'_> {
    (&event.calendar.source, &event.calendar.name)
}

/// Finds the copies among `ranked`, which are in the order of [`compare`].
pub(super) fn find(ranked: &[Instance], people: &People) -> Copies {
    let mut of: Vec<usize> = (0..ranked.len()).collect();
    let mut first: HashMap<Key<'_>, usize> = HashMap::with_capacity(ranked.len());
    for (at, instance) in ranked.iter().enumerate() {
        if let Some(key) = key(instance) {
            of[at] = *first.entry(key).or_insert(at);
        }
    }
    superseded(ranked, &mut of);
    let mut shadows = vec![None; ranked.len()];
    Alike { ranked, people, of: &mut of, shadows: &mut shadows }.find();
    for at in 0..of.len() {
        // What a copy stands for may be a copy itself.
        while of[of[at]] != of[at] {
            of[at] = of[of[at]];
        }
    }
    Copies { of, shadows }
}

/// What another version goes before, which stands at another time, is a copy of that.
fn superseded(ranked: &[Instance], of: &mut [usize]) {
    let lost: Vec<usize> = (0..ranked.len()).filter(|at| ranked[*at].event.superseded && of[*at] == *at).collect();
    let uids: HashSet<&Uid> = lost.iter().map(|at| &ranked[*at].event.uid).collect();
    let standing = ranked.iter().enumerate().rev().filter(|(_, i)| !i.event.superseded && uids.contains(&i.event.uid));
    let first: HashMap<&Uid, usize> = standing.map(|(at, i)| (&i.event.uid, at)).collect();
    for at in lost {
        of[at] = first.get(&ranked[at].event.uid).copied().unwrap_or(at);
    }
}

/// The title says only that the time is taken.
fn is_block(words: &str) -> bool {
    let mut each = words.split(' ');
    let busy = |word: &str| BUSY.contains(&word);
    PRIVATE.contains(&words) || each.clone().any(busy) && each.all(|word| busy(word) || BESIDE_BUSY.contains(&word))
}

/// `X` of `Copy: X`.
fn without_copy(shown: &str) -> Option<&str> {
    let (before, rest) = shown.split_once(':')?;
    let before = before.trim().to_lowercase();
    (COPY.contains(&&*before) && !rest.trim().is_empty()).then_some(rest)
}

/// What is alike without sharing a UID.
struct Alike<'a> {
    ranked: &'a [Instance],
    people: &'a People,
    of: &'a mut [usize],
    shadows: &'a mut [Option<usize>],
}

impl Alike<'_> {
    fn find(mut self) {
        let mut by_time: HashMap<Span, Vec<usize>> = HashMap::new();
        let mut copies: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, instance) in self.ranked.iter().enumerate() {
            match self.of[at] {
                of if of == at => by_time.entry(instance.span).or_default().push(at),
                of => copies.entry(of).or_default().push(at),
            }
        }
        for places in by_time.into_values().filter(|places| places.len() > 1) {
            let one = place(&self.ranked[places[0]].event);
            if places.iter().any(|at| copies.contains_key(at) || place(&self.ranked[*at].event) != one) {
                self.same_time(places, &copies);
            }
        }
    }

    /// The copy with guests or an answer stands for the others; a live one before one that is not to be. Of those with an answer the
    /// one that names most people: whoever shares somebody with another copy shares them with it, too.
    fn order(&self, at: usize) -> impl Ord + use<> {
        let event = &self.ranked[at].event;
        let answer = self.people.my_answer(event);
        let (answered, guests) = (answer.is_some_and(|a| a != Answer::NeedsAction), self.guests(at).len());
        let not_to_be = (is_cancelled(event), answer == Some(Answer::Declined));
        (!answered && guests == 0, not_to_be, !answered, Reverse(guests), at)
    }

    fn same_time(&mut self, mut places: Vec<usize>, copies: &HashMap<usize, Vec<usize>>) {
        let ranked = self.ranked;
        places.sort_by_cached_key(|at| self.order(*at));
        // The calendars that tell each of them, or what is alike: a calendar holds a meeting once, and two alike in one are two.
        let told = |at: usize| copies.get(&at).into_iter().flatten().copied().chain([at]);
        let calendars = places.iter().map(|at| told(*at).map(|at| place(&ranked[at].event)).collect());
        let mut calendars: Vec<BTreeSet<Place<'_>>> = calendars.collect();
        let titles: Vec<Option<String>> = places.iter().map(|at| self.title(*at)).collect();
        for (n, at) in places.iter().copied().enumerate() {
            let free = |m: usize| calendars[n].is_disjoint(&calendars[m]);
            let meeting = (0..places.len()).filter(|m| titles[*m].is_some()).map(|m| (m, places[m]));
            let found = match &titles[n] {
                Some(title) => meeting
                    .filter(|(m, other)| *m < n && self.of[*other] == *other && titles[*m].as_ref() == Some(title))
                    .find(|(m, other)| free(*m) && self.may_be_one(at, *other)),
                None => meeting.filter(|(_, other)| self.of[*other] == *other).find(|(m, _)| free(*m)),
            };
            let Some((m, other)) = found else { continue };
            let own = calendars[n].clone();
            calendars[m].extend(own);
            match titles[n] {
                Some(_) => self.of[at] = other,
                None => self.shadows[at] = Some(other),
            }
        }
    }

    /// The title as the rules see it; `None` of a block that only takes time.
    fn title(&self, at: usize) -> Option<String> {
        let event = &self.ranked[at].event;
        let title = Title::of(event.summary.as_deref().filter(|_| !event.free_busy_only)?);
        let original = without_copy(&title.shown).map(|rest| Title::of(rest).words.text().to_owned());
        let words = original.unwrap_or_else(|| title.words.text().to_owned());
        (!words.is_empty() && !is_block(&words)).then_some(words)
    }

    fn guests(&self, at: usize) -> HashSet<&Address> {
        let event = &self.ranked[at].event;
        let lines = event.attendees.lines().iter().filter(|line| line.kind != AttendeeKind::Resource);
        let me = self.people.me_in(event);
        lines.map(|line| &line.address).filter(|address| !me.is(address)).collect()
    }

    /// Both name guests, and nobody is in both: two meetings of one name.
    fn may_be_one(&self, a: usize, b: usize) -> bool {
        let (guests, others) = (self.guests(a), self.guests(b));
        // Outlook leaves the organizer out of the guests, Google lists them.
        let in_room = |at: usize, guests: &HashSet<&Address>, who: &Address| {
            guests.contains(who) || self.ranked[at].event.organizer.as_ref() == Some(who)
        };
        let host = |at: usize| {
            let event = &self.ranked[at].event;
            event.organizer.as_ref().filter(|host| !self.people.is_me(event, host))
        };
        let mut people = guests.iter().copied().chain(host(a)).filter(|who| !who.is_place());
        guests.is_empty() || others.is_empty() || people.any(|who| in_room(b, &others, who))
    }
}
