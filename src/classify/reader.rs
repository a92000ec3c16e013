//! What only rules are read for: patterns, bounds, groups.

use super::doubts;
use super::file::KNOWN_GROUPS;
use super::phrase::Phrase;
use super::range::Bounds;
use super::words::caseless;
use crate::model::{self, Value, near};
use std::ops::Range;
use toml::de::DeValue;

/// Most patterns in one list.
const MOST: usize = 200;

/// A reader of rules; it knows the names that `@group` may take.
pub type Reader<'a> = model::Reader<'a, &'a [&'a str]>;

impl Reader<'_> {
    /// One text or a list of them, each read by `one`, which notes its own mistakes. `None` after any mistake.
    pub fn each<T>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        expected: &str,
        mut one: impl FnMut(&mut Self, &str, Range<usize>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.items(value, key, expected)?;
        let before = self.count();
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => read.extend(one(self, text, item.span())),
                None => self.wrong_type(item, key, expected),
            }
        }
        (self.count() == before).then_some(read)
    }

    /// One of a few words, as they are spelled.
    pub fn one_of<T: Copy>(&mut self, value: &Value<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let all = || words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        let text = self.expected(value.get_ref().as_str(), value, key, &format!("one of {}", all()))?;
        self.among(value, text, key, words, |word| word == text)
    }

    fn items<'v, 'i>(&mut self, value: &'v Value<'i>, key: &str, expected: &str) -> Option<Vec<&'v Value<'i>>> {
        let Some(array) = value.get_ref().as_array() else { return Some(vec![value]) };
        if array.is_empty() {
            self.mistake(
                value.span(),
                format!("`{key}` is an empty list, which never matches"),
                format!("expected {expected}"),
            )
            .with_help(format!("name at least one, or take `{key}` out"));
            return None;
        }
        if array.len() > MOST {
            self.mistake(
                value.span(),
                format!("`{key}` holds {} entries", array.len()),
                format!("expected at most {MOST}"),
            )
            .with_help("split the rule in two");
            return None;
        }
        Some(array.iter().collect())
    }

    /// Texts to compare in any letter case, as [`caseless`] spells them.
    pub fn names(&mut self, value: &Value<'_>, key: &str) -> Option<Vec<String>> {
        self.each(value, key, "a text or a list of texts", |reader, text, span| {
            if text.trim().is_empty() {
                reader.mistake(span, format!("`{key}` is empty"), "expected a name");
                return None;
            }
            Some(caseless(text))
        })
    }

    /// Patterns of whole words.
    pub fn phrases(&mut self, value: &Value<'_>, key: &str) -> Option<Vec<Phrase>> {
        self.each(value, key, "a text or a list of texts", |reader, text, span| {
            if text.contains('\u{8}') {
                reader
                    .mistake(
                        span,
                        format!("the `{key}` pattern holds a backspace: `\\b` in double quotes is one"),
                        "backspace",
                    )
                    .with_help("words are whole anyway: take `\\b` out");
                return None;
            }
            let phrase = Phrase::parse(text);
            if phrase.is_some() {
                doubts::about_phrase(reader, key, text, &span);
            } else {
                reader
                    .mistake(span, format!("the `{key}` pattern `{text}` holds no word"), "expected letters or digits")
                    .with_help("punctuation is not compared; ask for it with `title_regex`");
            }
            phrase
        })
    }

    /// Bounds, written as a text, a whole number, or a list of these.
    pub fn bounds<T: PartialOrd + Clone>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        expected: &str,
        one: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<Bounds<T>>> {
        let items = self.items(value, key, expected)?;
        let before = self.count();
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            let text = match item.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.to_string(),
                _ => {
                    self.wrong_type(item, key, expected);
                    continue;
                }
            };
            match Bounds::parse(&text, &one) {
                Some(bounds) => read.push(bounds),
                None => {
                    let turned = text.split_once("..").map(|(low, high)| format!("{high}..{low}"));
                    let turned = turned.filter(|turned| Bounds::parse(turned, &one).is_some());
                    let message = format!("`{key}` cannot be read from `{text}`");
                    let note = self.mistake(item.span(), message, format!("expected {expected}"));
                    if let Some(turned) = turned {
                        note.with_help(format!("the lower bound comes first: write `{turned}`"));
                    }
                }
            }
        }
        (self.count() == before).then_some(read)
    }

    /// Whether `@name` exists; notes a mistake where it does not.
    pub fn group(&mut self, name: &str, span: Range<usize>) -> bool {
        if self.context.contains(&name) {
            return true;
        }
        if KNOWN_GROUPS.contains(&name) {
            let help = format!("define it in the configuration: `[people]` with `{name} = [\"ada@example.com\"]`");
            self.warn(span, format!("the group `@{name}` is empty, so it names nobody"), "nobody", help);
            return true;
        }
        let help = match near(name, self.context.iter().chain(KNOWN_GROUPS).copied()) {
            Some(known) => format!("write `@{known}`, or define `{name}` under `[people]`"),
            None => format!("define it: `[people]` with `{name} = [\"ada@example.com\"]`"),
        };
        self.mistake(span, format!("there is no group `@{name}`"), "unknown group").with_help(help);
        false
    }

    /// A broken regular expression: the caret goes to the very character.
    pub fn regex_mistake(&mut self, error: &regex_syntax::Error, span: &Range<usize>) {
        let (start, end, label) = match error {
            regex_syntax::Error::Parse(e) => (e.span().start.offset, e.span().end.offset, e.kind().to_string()),
            regex_syntax::Error::Translate(e) => (e.span().start.offset, e.span().end.offset, e.kind().to_string()),
            other => (0, 0, other.to_string()),
        };
        let raw = &self.source()[span.clone()];
        let (start, end) = (span.start + in_source(raw, start), span.start + in_source(raw, end));
        let help = match label.as_str() {
            "unclosed group" => Some("close it with `)`, or write `\\(` for a literal bracket"),
            "unopened group" => Some("open it with `(`, or write `\\)` for a literal bracket"),
            l if l.starts_with("unclosed character class") => {
                Some("close it with `]`, or write `\\[` for a literal bracket")
            }
            l if l.starts_with("repetition operator missing") => {
                Some("put what repeats before it, or a `\\` for the literal sign")
            }
            l if l.starts_with("look-around") => Some("look-around is not available; say it with `unless`"),
            _ => None,
        };
        let note = self.mistake(start..end, "the `title_regex` pattern is not a valid regular expression", label);
        if let Some(help) = help {
            note.with_help(help);
        }
    }
}

/// Where byte `offset` of a TOML string's value stands in `raw`, the string as it is written with its quotes.
///
/// Always a place where `raw` can be cut: the reader of TOML also hands on the remains of strings it found broken.
fn in_source(raw: &str, offset: usize) -> usize {
    let mut at = unescaped(raw, offset).min(raw.len());
    while !raw.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn unescaped(raw: &str, offset: usize) -> usize {
    if !raw.starts_with(['"', '\'']) {
        return offset;
    }
    let quote = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
    let newline = if quote == 1 {
        0
    } else {
        raw[3..].len() - raw[3..].trim_start_matches('\r').strip_prefix('\n').map_or(raw[3..].len(), str::len)
    };
    let start = quote + newline;
    if raw.starts_with('\'') {
        return start + offset;
    }
    let (mut source, mut value) = (start, 0);
    while value < offset && source < raw.len() {
        let Some(rest) = raw.get(source..) else { break };
        let Some(first) = rest.chars().next() else { break };
        if first != '\\' {
            source += first.len_utf8();
            value += first.len_utf8();
            continue;
        }
        let digits = match rest.as_bytes().get(1) {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            // A backslash at the end of a line swallows the white space after it.
            Some(b' ' | b'\t' | b'\r' | b'\n') => {
                source += 1 + rest[1..].len() - rest[1..].trim_start().len();
                continue;
            }
            _ => 0,
        };
        let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        value += if digits == 0 { 1 } else { code.map_or(1, char::len_utf8) };
        source += 2 + digits;
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_escapes() {
        assert_eq!(in_source(r"'a(b'", 1), 2);
        assert_eq!(in_source(r#""\\b(""#, 2), 4);
        assert_eq!(in_source(r#""\u00e4(""#, 2), 7);
        assert_eq!(in_source("'''\nab'''", 1), 5);
        assert_eq!(in_source("\"\"\"\\\n  ab\"\"\"", 1), 8);
    }

    #[test]
    fn offsets_in_broken_strings_fall_between_letters() {
        for raw in ["ä'(", "'ä", "\"\\ä(\"", "\"\\xä", "\"\\", "'''", "\"\"\"\\\r"] {
            assert!((0..8).all(|offset| raw.is_char_boundary(in_source(raw, offset))), "{raw}");
        }
    }
}
