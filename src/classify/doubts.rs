//! What is odd in a pattern that can be read: it can never match, asks for less than it says, or for more than one may think.

use super::forms::is_form;
use super::phrase::Phrase;
use super::predicates::{PREDICATES, Predicate};
use super::reader::Reader;
use super::tags::without_prefixes;
use super::words::{TITLE_CAP, Words, is_unspaced};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind, Look};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_normalization::UnicodeNormalization;

/// Signs that mean something to people, and are compared only where they belong to a word.
const SIGNS: &str = "+#$%€£¥@=<>^~§°\\";

/// A pattern of `title`, `description` or `location`.
pub(super) fn about_phrase(reader: &mut Reader<'_>, key: &str, text: &str, span: &Range<usize>) {
    let composed: String = text.nfkc().collect();
    let words = Words::of_pattern(text);
    let compared = words.text();
    if key == "title" && compared.len() > TITLE_CAP {
        let message = format!("the `title` pattern is longer than the {} kB of a title that are read", TITLE_CAP >> 10);
        reader.warn(span.clone(), message, "never matches", "write a part of it");
        return;
    }
    let chars: Vec<char> = composed.chars().collect();
    if chars.windows(3).any(|c| c[1] == '*' && is_unspaced(c[0]) && is_unspaced(c[2])) {
        let message = format!("the `{key}` pattern `{text}` is read without its `*`");
        let help = "in scripts without spaces a phrase matches inside words, but only as a whole: use `title_regex`";
        reader.warn(span.clone(), message, "no wildcard here", help);
    }
    let count = |text: &str, sign: char| text.chars().filter(|c| *c == sign).count();
    let lost = SIGNS.chars().find(|sign| count(without_prefixes(&composed), *sign) > count(compared, *sign));
    if let Some(sign) = lost {
        let message =
            format!("the `{key}` pattern `{text}` is read as `{compared}`: the sign `{sign}` is not compared");
        let help = match key {
            "title" => format!("ask for it with `title_regex = '(?i){}'`", regex_syntax::escape(&composed)),
            _ => format!("write `{compared}`"),
        };
        reader.warn(span.clone(), message, "lost a sign", help);
    }
}

/// A regular expression on the title.
pub(super) fn about_regex(reader: &mut Reader<'_>, hir: &Hir, span: &Range<usize>) {
    if never(hir) {
        let message =
            "the `title_regex` pattern can never match: it asks for text before `^`, after `$` or of no letter";
        reader.warn(
            span.clone(),
            message,
            "never matches",
            "`^` begins a title and `$` ends it; for the signs write `\\^` and `\\$`",
        );
        return;
    }
    let is_free = |hir: &Hir| hir.properties().minimum_len() == Some(0) && hir.properties().look_set().is_empty();
    if let HirKind::Alternation(ways) = hir.kind()
        && ways.iter().any(is_free)
    {
        let message = "the `title_regex` pattern matches every title: one side of a `|` is empty";
        reader.warn(span.clone(), message, "every title", "take that `|` out");
        return;
    }
    if !hir.properties().look_set_prefix().contains(Look::Start) {
        return;
    }
    let heads = Extractor::new().kind(ExtractKind::Prefix).limit_class(4).extract(hir);
    let heads: Vec<&str> =
        heads.literals().into_iter().flatten().filter_map(|head| std::str::from_utf8(head.as_bytes()).ok()).collect();
    let is_taken_off =
        |head: &&str| !head.trim_end().is_empty() && without_prefixes(head).len() < head.trim_end().len();
    if !heads.is_empty() && heads.iter().all(is_taken_off) {
        let message = "the `title_regex` pattern begins with what is taken off a title before: tags such as `FW:` or `[EXT]`, \
                       blanks and emoji";
        reader.warn(span.clone(), message, "never matches", "leave it out, and begin with the title itself");
    }
}

/// Whether nothing matches: text stands before the beginning or after the end, or a class holds no letter.
fn never(hir: &Hir) -> bool {
    let begins = |part: &Hir| part.properties().look_set_prefix().contains(Look::Start);
    let ends = |part: &Hir| part.properties().look_set_suffix().contains(Look::End);
    let holds_text = |part: &Hir| part.properties().minimum_len().is_some_and(|len| len > 0);
    match hir.kind() {
        HirKind::Concat(parts) => {
            let split = |at: usize| (&parts[..at], &parts[at + 1..]);
            parts.iter().enumerate().any(|(at, part)| {
                let (before, after) = split(at);
                never(part)
                    || (begins(part) && before.iter().any(holds_text))
                    || (ends(part) && after.iter().any(holds_text))
            })
        }
        HirKind::Alternation(ways) => ways.iter().all(never),
        HirKind::Capture(capture) => never(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && never(&repetition.sub),
        _ => hir.properties().minimum_len().is_none(),
    }
}

/// The `title` of a rule beside all else that it asks for.
pub(super) fn about_title(reader: &mut Reader<'_>, table: &DeTable<'_>, unless: &[Vec<Box<dyn Predicate>>]) {
    let Some(title) = table.get("title") else { return };
    let patterns = texts(title);
    let taken_back = |text: &str| {
        let words = Words::of_pattern(text);
        let alone = unless.iter().filter(|all| all.len() == 1).filter_map(|all| all[0].title_phrases());
        alone.flatten().any(|phrase| phrase.find(&words).is_some())
    };
    for (text, span) in patterns.iter().filter(|(text, _)| taken_back(text)) {
        let message = format!("the `title` pattern `{text}` never matches: `unless` takes it back");
        reader.warn(span.clone(), message, "taken back", "take one of the two out");
    }
    let is_alone = PREDICATES.iter().filter(|kind| table.contains_key(kind.key)).count() == 1;
    for (text, span) in patterns.iter().filter(|(text, _)| is_alone && is_bare_form(text)) {
        let message =
            format!("the `title` pattern `{text}` names only a form or a time: it decides whatever it is about");
        let help = "add the subject, or ask for more, such as `with` or `attendees`";
        reader.note(span.clone(), message, "any subject", help);
    }
}

/// Every word is a form. `1:1` is more: it says who meets; and in scripts without spaces a sign is no word.
fn is_bare_form(text: &str) -> bool {
    let words = Words::of_pattern(text);
    let says_more = |word: &str| word.contains([':', '*']) || word == "1on1";
    let form = |word: &str| is_form(word) && !says_more(word);
    Phrase::parse(text).is_some()
        && !words.is_empty()
        && !text.contains(|c| SIGNS.contains(c))
        && (0..words.all()).all(|at| form(words.word(at)))
}

fn texts<'v>(value: &'v Spanned<DeValue<'_>>) -> Vec<(&'v str, Range<usize>)> {
    let items = value.get_ref().as_array().map_or_else(|| vec![value], |array| array.iter().collect());
    items.into_iter().filter_map(|item| Some((item.get_ref().as_str()?, item.span()))).collect()
}
