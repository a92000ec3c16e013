//! What stands before a title and is no part of it: `FW:`, `[EXT]`, `Canceled:`.

use super::words::{TITLE_CAP, cut, is_emoji};
use unicode_normalization::UnicodeNormalization;

/// What mail programs and calendars put before a title, without what encloses it or the colon that ends it.
const TAGS: &[&str] = &[
    "ext",
    "extern",
    "external",
    "fw",
    "fwd",
    "wg",
    "tr",
    "rv",
    "re",
    "aw",
    "sv",
    "updated",
    "aktualisiert",
    "verschoben",
    "invitation",
    "updated invitation",
    "einladung",
    "accepted",
    "declined",
    "tentative",
    "confirmed",
    "rescheduled",
    "new time proposed",
    "reminder",
];

/// What calendars put before the title of a meeting that does not take place, in the languages of all packs and in those
/// of Outlook's and Google's own words.
const CANCELLED: &[&str] = &[
    "canceled",
    "cancelled",
    "canceled event",
    "cancelled event",
    "canceled event with note",
    "abgesagt",
    "abgesagter termin",
    "storniert",
    "entfällt",
    "termin abgesagt",
    "annulé",
    "annulée",
    "annule",
    "annulee",
    "événement annulé",
    "cancelado",
    "cancelada",
    "evento cancelado",
    "anulado",
    "anulada",
    "geannuleerd",
    "afgelast",
    "annullato",
    "annullata",
    "inställt",
    "aflyst",
    "avlyst",
    "peruttu",
    "peruutettu",
    "anulowano",
    "anulowane",
    "odwołane",
    "zrušeno",
    "отменено",
    "キャンセル済み",
    "已取消",
    "취소됨",
];

/// The title begins with a word such as `Canceled:`, after tags such as `FW:`: whoever keeps the calendar says so. Without
/// the colon it is a title like any other.
pub fn says_cancelled(title: &str) -> bool {
    let title = cut(title, TITLE_CAP);
    if !title.contains([':', '\u{ff1a}', '\u{fe55}', '\u{fe13}']) {
        return false;
    }
    let composed: String = title.nfkc().collect();
    let mut text = undecorated(&composed);
    loop {
        let head = cut(text, LONGEST).split_once(':').map_or("", |(head, _)| head);
        if is_one_of(CANCELLED, head) {
            return true;
        }
        let rest = text.strip_prefix(head).and_then(|rest| rest.strip_prefix(':')).filter(|_| is_one_of(TAGS, head));
        let Some(rest) = rest.or_else(|| without_tag(text)) else { return false };
        text = undecorated(rest);
    }
}

/// Takes tags such as `[EXT]`, `(EXT)`, `FW:` and `Canceled:` and emoji off the front, however many there are.
pub(super) fn without_prefixes(mut text: &str) -> &str {
    loop {
        text = undecorated(text);
        let Some(rest) = without_tag(text) else { return text.trim_end() };
        text = rest;
    }
}

fn undecorated(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || is_emoji(c))
}

fn is_one_of(list: &[&str], tag: &str) -> bool {
    let tag = tag.trim();
    list.iter().any(|known| known.eq_ignore_ascii_case(tag) || (!tag.is_ascii() && tag.to_lowercase() == *known))
}

/// Bytes of the longest tag, with what encloses it.
const LONGEST: usize = 32;

fn without_tag(text: &str) -> Option<&str> {
    let head = cut(text, LONGEST);
    let is_tag = |tag: &str| is_one_of(TAGS, tag) || is_one_of(CANCELLED, tag);
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some(inside) = head.strip_prefix(open) {
            let end = inside.find(close)?;
            return is_tag(&inside[..end]).then(|| text[end + 2..].trim_start_matches([':', '-', ' ']));
        }
    }
    let end = head.find(':')?;
    let rest = &text[end + 1..];
    // "re:Invent" is a name, "Re: invent" an answer.
    ((rest.is_empty() || rest.starts_with(char::is_whitespace)) && is_tag(&head[..end])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_that_the_meeting_is_cancelled() {
        for title in [
            "Canceled: Roadmap",
            "CANCELLED: Roadmap",
            "Canceled:Roadmap",
            "Canceled : Roadmap",
            "Canceled：Roadmap",
            "FW: Canceled: Roadmap",
            "RE：Canceled：Roadmap",
            "ANNULE : réunion",
            "[EXT] AW: Abgesagt: Fahrplan",
            "❌ Cancelled: Roadmap",
            "Annulé\u{a0}: feuille de route",
            "ANNULE\u{301}E : réunion",
            "Cancelado: hoja de ruta",
            "Cancelada: reunión",
            "Storniert: Fahrplan",
            "Geannuleerd: overleg",
            "Canceled event with note: Roadmap",
        ] {
            assert!(says_cancelled(title), "{title}");
        }
        for title in [
            "Cancelled contracts: review",
            "Canceled",
            "Canceled Roadmap",
            "[Canceled] Roadmap",
            "Roadmap (Canceled: see mail)",
            "Roadmap: canceled: what now",
            "Cancellations: weekly",
            "Not canceled: Roadmap",
            "1:1 Canceled: Ana",
            "Re:Canceled",
            "",
        ] {
            assert!(!says_cancelled(title), "{title}");
        }
    }
}
