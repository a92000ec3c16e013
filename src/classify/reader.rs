//! Reading values with their places, collecting every mistake instead of stopping at the first.

use super::doubts;
use super::file::KNOWN_GROUPS;
use super::phrase::Phrase;
use super::range::Bounds;
use super::words::caseless;
use crate::model::Mistake;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// Most patterns in one list.
const MOST: usize = 200;

/// Collects the mistakes of a file; knows which rule is being read.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    groups: &'a [&'a str],
    /// What messages begin with: ``rule 7 `1:1` ``.
    place: String,
    mistakes: Vec<Mistake>,
    /// Lines that are not TOML, as bytes. What the parser put in their place is nobody's mistake.
    broken: BTreeMap<usize, usize>,
    /// Where lines end.
    ends: Vec<usize>,
    hidden: Vec<Mistake>,
    remarks: Remarks,
}

/// What is odd in a rules file and stops nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// It cannot do what it says.
    pub warnings: Vec<Mistake>,
    /// It does more than one may think.
    pub notes: Vec<Mistake>,
}

/// A mistake just noted, to add a help line to.
#[derive(Debug)]
pub struct Note<'r>(&'r mut Mistake);

impl Note<'_> {
    /// One thing to type or change.
    pub fn with_help(self, help: impl Into<String>) {
        self.0.help = Some(help.into());
    }
}

impl<'a> Reader<'a> {
    /// A reader of `text`; `groups` are the names that `@group` may take.
    pub fn new(text: &'a str, groups: &'a [&'a str]) -> Reader<'a> {
        Reader {
            text,
            groups,
            place: String::new(),
            mistakes: Vec::new(),
            broken: BTreeMap::new(),
            ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            hidden: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// What messages begin with from now on; empty for the file as a whole.
    pub fn at(&mut self, place: impl Into<String>) {
        self.place = place.into();
    }

    /// What was read, if there is no mistake.
    ///
    /// # Errors
    /// All mistakes in the order of the file.
    pub fn finish<T>(mut self, read: T) -> Result<(T, Remarks), Vec<Mistake>> {
        self.mistakes.sort_by_key(|mistake| mistake.span.start);
        if self.mistakes.is_empty() { Ok((read, self.remarks)) } else { Err(self.mistakes) }
    }

    /// Notes that something cannot do what it says.
    pub fn warn(&mut self, span: Range<usize>, message: impl AsRef<str>, label: &str, help: impl Into<String>) {
        let message = self.placed(message.as_ref());
        self.remarks.warnings.push(Mistake::new(span, message, label).help(help));
    }

    /// Notes that something does more than one may think.
    pub fn note(&mut self, span: Range<usize>, message: impl AsRef<str>, label: &str, help: impl Into<String>) {
        let message = self.placed(message.as_ref());
        self.remarks.notes.push(Mistake::new(span, message, label).help(help));
    }

    fn placed(&self, message: &str) -> String {
        match self.place.as_str() {
            "" => message.to_owned(),
            place => format!("{place}: {message}"),
        }
    }

    /// The text being read.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The line in which the byte `at` stands, from 1.
    pub fn line(&self, at: usize) -> usize {
        1 + self.ends.partition_point(|end| *end < at)
    }

    /// Notes that a line is not TOML; a second report about the same line is dropped.
    pub fn not_toml(&mut self, span: Range<usize>, message: &str) {
        let line = self.line(span.start) - 1;
        let start = line.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        let end = self.ends.get(line).copied().unwrap_or(self.text.len());
        if self.broken.insert(start, end).is_none() {
            self.mistakes.push(Mistake::new(span, format!("this is not TOML: {message}"), "cannot be read"));
        }
    }

    /// Whether one of the lines from `start` to `end` is not TOML.
    pub fn is_broken(&self, span: Range<usize>) -> bool {
        self.broken.range(..span.end).next_back().is_some_and(|(_, end)| span.start <= *end)
    }

    /// How many mistakes there are so far.
    pub fn count(&self) -> usize {
        self.mistakes.len() + self.hidden.len()
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, span: Range<usize>, message: impl AsRef<str>, label: impl Into<String>) -> Note<'_> {
        let message = self.placed(message.as_ref());
        let mistake = Mistake::new(span, message, label);
        if self.is_broken(mistake.span.start..mistake.span.start + 1) {
            // Counted, so that the rule is not used, but reported only as broken.
            self.hidden.push(mistake);
            let last = self.hidden.len() - 1;
            return Note(&mut self.hidden[last]);
        }
        self.mistakes.push(mistake);
        let last = self.mistakes.len() - 1;
        Note(&mut self.mistakes[last])
    }

    /// A value of the wrong type.
    pub fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = describe(value.get_ref());
        self.mistake(
            value.span(),
            format!("`{key}` is {found}, but {expected} was expected"),
            format!("expected {expected}"),
        );
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let wanted = value.get_ref().as_bool();
        if wanted.is_none() {
            self.wrong_type(key, value, "`true` or `false`");
        }
        wanted
    }

    /// One text.
    pub fn text_of(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, value, expected);
        }
        text
    }

    /// One text or a list of them, each read by `one`, which notes its own mistakes. `None` after any mistake.
    pub fn list<T>(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        mut one: impl FnMut(&mut Self, &str, Range<usize>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.items(key, value, expected)?;
        let before = self.count();
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => read.extend(one(self, text, item.span())),
                None => self.wrong_type(key, item, expected),
            }
        }
        (self.count() == before).then_some(read)
    }

    fn items<'v, 'i>(
        &mut self,
        key: &str,
        value: &'v Spanned<DeValue<'i>>,
        expected: &str,
    ) -> Option<Vec<&'v Spanned<DeValue<'i>>>> {
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
    pub fn texts(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
        self.list(key, value, "a text or a list of texts", |reader, text, span| {
            if text.trim().is_empty() {
                reader.mistake(span, format!("`{key}` is empty"), "expected a name");
                return None;
            }
            Some(caseless(text))
        })
    }

    /// Patterns of whole words.
    pub fn phrases(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<Phrase>> {
        self.list(key, value, "a text or a list of texts", |reader, text, span| {
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
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        one: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<Bounds<T>>> {
        let items = self.items(key, value, expected)?;
        let before = self.count();
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            let text = match item.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.to_string(),
                _ => {
                    self.wrong_type(key, item, expected);
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
        if self.groups.contains(&name) {
            return true;
        }
        if KNOWN_GROUPS.contains(&name) {
            let help = format!("define it in the configuration: `[people]` with `{name} = [\"ada@example.com\"]`");
            self.warn(span, format!("the group `@{name}` is empty, so it names nobody"), "nobody", help);
            return true;
        }
        let help = match near(name, self.groups.iter().chain(KNOWN_GROUPS).copied()) {
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
        let raw = &self.text[span.clone()];
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

/// The nearest of `known`, where it is near enough to be a slip.
pub fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&word, &name.to_lowercase());
    let nearest = known.into_iter().map(|name| (distance(name), name)).min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= 2.max(word.chars().count() / 3) && nearest.0 < word.chars().count()).then_some(nearest.1)
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
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

    #[test]
    fn slips_are_recognised() {
        assert_eq!(near("titel", ["title", "time"]), Some("title"));
        assert_eq!(near("x", ["title", "time"]), None);
        assert_eq!(near("strategie", ["strategy", "execution"]), Some("strategy"));
    }
}
