//! Words that name only the form or the time of a meeting. They decide nothing, and beside them a word stands alone.

use super::Subject;
use super::predicates::Look;
use super::words::{Words, is_unspaced};
use crate::model::AttendeeKind;
use std::collections::HashMap;

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
    (0..words.len()).all(|at| matched(at) || is_form(words.word(at)) || look.bearer(words.word(at)) != Bearer::Nobody)
}

/// Whose name, or mailbox, has a word of the title in it: of those who take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bearer {
    Nobody,
    /// The user, and nobody else.
    Me,
    Other,
}

/// Who bears each word of a title. There may be thousands of guests: each is read once.
pub(super) fn bearers<'w>(words: &'w Words, subject: &Subject<'_>) -> HashMap<&'w str, Bearer> {
    let named = (0..words.len()).map(|at| words.word(at)).filter(|word| word.chars().nth(1).is_some());
    let mut bearers: HashMap<&str, Bearer> = named.map(|word| (word, Bearer::Nobody)).collect();
    let me = subject.people.me_in(subject.event);
    for line in subject.event.attendees.lines().iter().filter(|line| line.kind == AttendeeKind::Person) {
        let mailbox = line.address.as_str().split('@').next();
        let bearer = if me.is(&line.address) { Bearer::Me } else { Bearer::Other };
        for name in line.name.as_deref().into_iter().chain(mailbox).map(Words::of) {
            for at in 0..name.len() {
                if let Some(known) = bearers.get_mut(name.word(at)) {
                    *known = bearer.max(*known);
                }
            }
        }
    }
    bearers
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
