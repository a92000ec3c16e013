//! Whether what looks like an absence is the user's own.

use super::people::People;
use super::words::Words;
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
    /// Somebody else takes part: a meeting, whatever it is marked as.
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
    let room = |address: &Address| lines.iter().any(|l| l.kind == AttendeeKind::Resource && l.address == *address);
    // Google names a calendar as the organizer of what stands in it.
    let person = |address: &&Address| !address.domain().ends_with("calendar.google.com") && !room(address);
    let organizer = event.organizer.as_ref().filter(person).filter(|address| !mine(address));
    let known = lines.iter().any(|line| line.is_me) || !people.me.is_empty() || event.calendar.owner.is_some();
    let alone = match organizer {
        _ if known => others.is_empty(),
        Some(organizer) => others.iter().all(|other| *other == organizer),
        None => others.len() < 2,
    };
    let held_back = matches!(event.attendees, Attendees::Partial(_)) && !lines.is_empty();
    if held_back || !alone {
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
pub(super) fn remains<'w>(words: &'w Words, taken: &[Range<usize>], own: Option<(&Event, &People)>) -> Vec<&'w str> {
    let names = own.map(|(event, people)| names(event, people)).unwrap_or_default();
    let word = |at: usize| if at < words.len() { words.word(at) } else { "" };
    // "Back on Monday" tells the end of an absence, "back from vacation" that there is none.
    let back = |at: usize| BACK.contains(&word(at)) && !FROM.contains(&word(at + 1));
    let said = |at: &usize| {
        let word = word(*at);
        is_date(word) || AROUND.contains(&word) || back(*at) || names.iter().any(|name| name == word)
    };
    let free = |at: &usize| !taken.iter().any(|range| range.contains(at));
    (0..words.len()).filter(|at| free(at) && !said(at)).map(word).collect()
}

/// The words of the user's own names: of their addresses, their attendee line, and the owner of the calendar; and of the
/// calendar's own name where one of these is in it.
fn names(event: &Event, people: &People) -> Vec<String> {
    let owner = event.calendar.owner.as_ref();
    let line = people.my_line(event);
    let local = |address: &Address| address.as_str().rsplit_once('@').map_or(String::new(), |(local, _)| local.into());
    let mut texts: Vec<String> = people.me.iter().chain(owner).chain(line.map(|l| &l.address)).map(local).collect();
    texts.extend(line.and_then(|line| line.name.clone()));
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

/// `5`, `5th`, `2027`, `10:30`, `9h`, `12am`, or the name of a month or of a day of the week.
fn is_date(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    let number = rest.len() < word.len() && NUMBER_ENDS.contains(&rest);
    number || NAMES.contains(&word)
}

const BACK: &[&str] = &["back", "returning", "zurück", "retour"];
const FROM: &[&str] = &["from", "aus", "vom", "von", "de", "du"];
const NUMBER_ENDS: &[&str] = &["", "st", "nd", "rd", "th", "h", "am", "pm", "er", "d", "w", "uhr"];

/// Months and days of the week in the languages of the rule packs, as they are written out and cut short.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "january", "jan", "february", "feb", "march", "mar", "april", "apr", "may", "june", "jun", "july", "jul", "august", "aug",
    "september", "sept", "sep", "october", "oct", "november", "nov", "december", "dec",
    "monday", "mon", "tuesday", "tue", "tues", "wednesday", "wed", "thursday", "thu", "thur", "thurs", "friday", "fri",
    "saturday", "sat", "sunday", "sun",
    "januar", "jänner", "februar", "märz", "mär", "mai", "juni", "juli", "oktober", "okt", "dezember", "dez",
    "montag", "mo", "dienstag", "di", "mittwoch", "mi", "donnerstag", "do", "freitag", "fr", "samstag", "sa", "sonnabend",
    "sonntag", "so",
    "janvier", "janv", "février", "févr", "fév", "mars", "avril", "avr", "juin", "juillet", "juil", "août", "aout",
    "septembre", "octobre", "novembre", "décembre", "déc",
    "lundi", "lun", "mardi", "mercredi", "mer", "jeudi", "jeu", "vendredi", "ven", "samedi", "sam", "dimanche", "dim",
    "enero", "ene", "febrero", "marzo", "abril", "abr", "mayo", "junio", "julio", "agosto", "ago", "septiembre", "octubre",
    "noviembre", "diciembre", "dic",
    "lunes", "martes", "miércoles", "mié", "jueves", "jue", "viernes", "vie", "sábado", "sáb", "domingo", "dom",
];

/// What stands around dates and names and says nothing of its own.
#[rustfmt::skip]
const AROUND: &[&str] = &[
    "until", "till", "til", "through", "thru", "from", "to", "on", "in", "at", "for", "of", "by", "since", "starting", "and",
    "the", "a", "an", "is", "am", "pm", "i", "m", "my", "me", "s", "be", "all", "whole", "full", "entire", "half", "day", "days",
    "week", "weeks", "weekend", "month", "cw", "morning", "afternoon", "evening", "noon", "midnight", "h", "hrs", "hours",
    "today", "tomorrow", "this", "next",
    "bis", "von", "vom", "ab", "im", "zum", "zur", "der", "die", "das", "den", "dem", "und", "ganztägig", "ganzer", "ganze",
    "ganzen", "halber", "halbe", "halben", "halbtags", "tag", "tage", "woche", "wochen", "kw", "vormittag", "vormittags",
    "nachmittag", "nachmittags", "morgen", "heute", "mittag", "uhr", "mein", "meine", "ich", "bin", "ist",
    "jusqu", "jusque", "au", "aux", "à", "de", "du", "des", "le", "la", "les", "l", "et", "en", "journée", "demi", "matin",
    "après", "midi", "aujourd", "hui", "demain", "semaine", "jour", "jours", "mon", "ma", "mes", "je", "suis", "partir",
    "hasta", "desde", "del", "el", "los", "al", "y", "día", "dia", "días", "dias", "medio", "media", "mañana", "tarde", "hoy",
    "semana", "mi", "mis", "estoy",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_the_words_around_them_leave_nothing_of_a_title() {
        let left = |title: &str| {
            let words = Words::of(title);
            remains(&words, &[], None).join(" ")
        };
        for title in
            ["until 5th January", "bis Freitag, 12.8.", "del 3 al 7 de agosto", "half day (Fri 9:30–12h)", "KW 32"]
        {
            assert_eq!(left(title), "", "{title}");
        }
        assert_eq!(left("Jonas until Friday"), "jonas");
        assert_eq!(left("5k run"), "5k run");
    }
}
