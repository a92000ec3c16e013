//! Words that name only the form or the time of a meeting. They decide nothing, and beside them a word stands alone.

use super::predicates::Look;
use super::words::{Words, is_unspaced};
use crate::model::{Attendee, AttendeeKind};

/// In lower case and sorted, of all languages that have rules of their own.
const FORMS: &[&str] = &[
    "a",
    "abgleich",
    "about",
    "abstimmung",
    "alignment",
    "an",
    "and",
    "annual",
    "appel",
    "april",
    "at",
    "atelier",
    "august",
    "austausch",
    "besprechung",
    "bi",
    "biweekly",
    "block",
    "call",
    "catch",
    "catchup",
    "check",
    "checkin",
    "conversa",
    "conversation",
    "das",
    "de",
    "dec",
    "december",
    "deck",
    "deep",
    "der",
    "des",
    "die",
    "discussion",
    "dive",
    "do",
    "doc",
    "du",
    "durchsprache",
    "el",
    "encontro",
    "encuentro",
    "feb",
    "february",
    "final",
    "follow",
    "for",
    "fortnightly",
    "forum",
    "fr",
    "fri",
    "friday",
    "fyi",
    "group",
    "hebdo",
    "hour",
    "in",
    "internal",
    "issue",
    "issues",
    "jan",
    "january",
    "jour",
    "july",
    "june",
    "kick",
    "kickoff",
    "la",
    "le",
    "les",
    "live",
    "llamada",
    "march",
    "may",
    "meeting",
    "meetings",
    "mensual",
    "mensuel",
    "mit",
    "mo",
    "mon",
    "monday",
    "monthly",
    "my",
    "new",
    "nov",
    "november",
    "o",
    "oct",
    "october",
    "of",
    "off",
    "on",
    "our",
    "part",
    "plan",
    "planning",
    "point",
    "prep",
    "process",
    "product",
    "produit",
    "produkt",
    "quarterly",
    "quick",
    "reminder",
    "retro",
    "reunion",
    "reunião",
    "review",
    "revisión",
    "revisão",
    "revue",
    "runde",
    "réunion",
    "rückblick",
    "semanal",
    "sep",
    "sept",
    "september",
    "sesión",
    "session",
    "sessão",
    "short",
    "sitzung",
    "status",
    "suivi",
    "support",
    "sync",
    "talk",
    "team",
    "termin",
    "the",
    "thu",
    "thursday",
    "time",
    "to",
    "touch",
    "treffen",
    "tue",
    "tuesday",
    "um",
    "und",
    "up",
    "update",
    "updates",
    "wed",
    "wednesday",
    "weekly",
    "with",
    "working",
    "workshop",
    "y",
    "équipe",
];

/// Whether `word` names only a form: `review`, `weekly`, `2027`, a date, a number.
pub fn is_form(word: &str) -> bool {
    let mut chars = word.chars();
    let letter = chars.next().is_some_and(|c| !is_unspaced(c)) && chars.next().is_none();
    letter || word.bytes().any(|byte| byte.is_ascii_digit()) || FORMS.binary_search(&word).is_ok()
}

/// Whether every word of the title but those that `matched` says is a form, or names somebody who takes part.
pub(super) fn stands_alone(look: &Look<'_>, matched: impl Fn(usize) -> bool) -> bool {
    let words = &look.title.words;
    (0..words.len()).all(|at| matched(at) || is_form(words.word(at)) || names(look, words.word(at), false))
}

/// Whether `word` is a name, or in the name of the mailbox, of somebody who takes part; with `others` of somebody but the user.
pub(super) fn names(look: &Look<'_>, word: &str, others: bool) -> bool {
    let Some(subject) = look.subject else { return false };
    let is_in = |text: &str| {
        let words = Words::of(text);
        (0..words.len()).any(|at| words.word(at) == word)
    };
    let named = |line: &Attendee| {
        line.name.as_deref().is_some_and(is_in) || is_in(line.address.as_str().split('@').next().unwrap_or_default())
    };
    let counts = |line: &&Attendee| {
        line.kind == AttendeeKind::Person && !(others && subject.people.is_me(subject.event, &line.address))
    };
    word.chars().count() > 1 && subject.event.attendees.lines().iter().filter(counts).any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_sorted_and_found() {
        assert!(FORMS.is_sorted());
        assert!(
            is_form("review")
                && is_form("q3")
                && is_form("2027")
                && is_form("um")
                && !is_form("roadmap")
                && !is_form("会")
        );
    }
}
