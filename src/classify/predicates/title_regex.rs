use super::{Finding, Kind, Look, Predicate};
use crate::classify::doubts;
use crate::classify::gates::{AnyOf, needs, size};
use crate::classify::reader::Reader;
use crate::classify::words::Words;
use regex::{Regex, RegexBuilder, bytes};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// Compiled size of one expression, in bytes.
const SIZE: usize = 1 << 20;

pub(super) const KIND: Kind = Kind {
    key: "title_regex",
    doc: "a regular expression on the title, case and punctuation kept; starts with `(?i)` to ignore case",
    example: r"title_regex = '^\w+ (/|<>) \w+$'",
    parse: |reader, value| {
        let patterns = reader.each(value, "title_regex", "a regular expression", |reader, pattern, span| {
            let mut hir = match regex_syntax::parse(pattern) {
                Ok(hir) => hir,
                Err(error) => {
                    reader.regex_mistake(&error, &span);
                    return None;
                }
            };
            if pattern.contains('\u{8}') {
                reader
                    .mistake(
                        span,
                        "the `title_regex` pattern holds a backspace: `\\b` in double quotes is one",
                        "backspace",
                    )
                    .with_help("write the pattern in single quotes");
                return None;
            }
            if pattern.trim().is_empty() {
                reader.mistake(span, "the `title_regex` pattern is empty, so it would match every title", "no pattern");
                return None;
            }
            let composed = composed(pattern);
            if let Cow::Owned(composed) = &composed {
                hir = regex_syntax::parse(composed).unwrap_or(hir);
            }
            doubts::about_regex(reader, &hir, &span);
            // What is known to be small is compiled when a title asks for it first, and the rest is not kept either: most are
            // asked about titles in ASCII only.
            if size(&hir) > SIZE {
                compiles(reader, &composed, span)?;
            }
            let (unicode, ascii) = Default::default();
            Some((Pattern { written: pattern.into(), composed: composed.into(), unicode, ascii }, needs(&hir)))
        })?;
        let (patterns, needs) = patterns.into_iter().unzip();
        Some(Box::new(TitleRegex { patterns, needs }))
    },
};

fn compiles(reader: &mut Reader<'_>, pattern: &str, span: Range<usize>) -> Option<()> {
    let Err(error) = RegexBuilder::new(pattern).size_limit(SIZE).build() else { return Some(()) };
    let label = match error {
        regex::Error::CompiledTooBig(limit) => format!("needs more than {} kB", limit >> 10),
        other => other.to_string(),
    };
    reader
        .mistake(span, "the `title_regex` pattern cannot be compiled", label)
        .with_help("write a smaller count in `{…}`, or several rules");
    None
}

#[derive(Debug)]
struct TitleRegex {
    patterns: Vec<Pattern>,
    needs: Vec<Vec<AnyOf>>,
}

#[derive(Debug)]
struct Pattern {
    /// As it stands in the file.
    written: Box<str>,
    /// What is compiled of it.
    composed: Box<str>,
    unicode: OnceLock<Option<Regex>>,
    /// The same without Unicode classes and boundaries, for titles in ASCII: several times as fast, with the same
    /// result there. Absent where the pattern itself needs Unicode.
    ascii: OnceLock<Option<bytes::Regex>>,
}

/// The pattern as titles are read, after NFKC: `（仮）` asks for `(仮)`, and a letter with its mark is one character.
fn composed(pattern: &str) -> Cow<'_, str> {
    if pattern.is_ascii() {
        return Cow::Borrowed(pattern);
    }
    let (mut text, mut in_class, mut escaped) = (String::with_capacity(pattern.len()), false, false);
    for c in pattern.nfc() {
        let plain: String = std::iter::once(c).nfkc().collect();
        if plain.chars().eq([c]) {
            in_class = if escaped { in_class } else { c == '[' || in_class && c != ']' };
            escaped = c == '\\' && !escaped;
            text.push(c);
            continue;
        }
        // An escape of a sign that NFKC makes plain is written by what follows.
        if std::mem::take(&mut escaped) {
            text.pop();
        }
        let literal = regex_syntax::escape(&plain);
        text.push_str(&if in_class || plain.chars().count() == 1 { literal } else { format!("(?:{literal})") });
    }
    Cow::Owned(text)
}

fn ascii(pattern: &str) -> Option<bytes::Regex> {
    let ascii = pattern.is_ascii().then(|| bytes::RegexBuilder::new(pattern).unicode(false).size_limit(SIZE).build());
    ascii.and_then(Result::ok)
}

impl Pattern {
    fn unicode(&self) -> Option<&Regex> {
        self.unicode.get_or_init(|| Regex::new(&self.composed).ok()).as_ref()
    }

    fn is_match(&self, title: &str) -> bool {
        let ascii = if title.is_ascii() { self.ascii.get_or_init(|| ascii(&self.composed)).as_ref() } else { None };
        match ascii {
            Some(ascii) => ascii.is_match(title.as_bytes()),
            None => self.unicode().is_some_and(|unicode| unicode.is_match(title)),
        }
    }

    fn find<'t>(&self, title: &'t str) -> Option<&'t str> {
        self.unicode()?.find(title).map(|hit| hit.as_str())
    }
}

impl Predicate for TitleRegex {
    fn key(&self) -> &'static str {
        "title_regex"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_match(&look.title.shown))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let title = &*look.title.shown;
        match self.patterns.iter().find_map(|pattern| Some((pattern, pattern.find(title)?))) {
            Some((pattern, text)) => {
                Finding { holds: true, wanted: pattern.written.to_string(), seen: text.to_owned() }
            }
            None => {
                let wanted: Vec<&str> = self.patterns.iter().map(|pattern| &*pattern.written).collect();
                Finding { holds: false, wanted: wanted.join(", "), seen: title.to_owned() }
            }
        }
    }

    /// A word of the title is taken where the expression matched it, or a good part of it.
    fn taken(&self, look: &Look<'_>) -> Option<Vec<Range<usize>>> {
        let (title, words) = (&*look.title.shown, &look.title.words);
        let found = self.patterns.iter().filter_map(Pattern::unicode).flat_map(|unicode| unicode.find_iter(title));
        let found: Vec<Words> = found.map(|hit| Words::of(hit.as_str())).collect();
        let is_part = |word: &str, part: &str| word == part || (part.len() > 2 && word.contains(part));
        let taken = |at: &usize| {
            let word = words.word(*at);
            found.iter().any(|hit| (0..hit.len()).any(|i| is_part(word, hit.word(i))))
        };
        Some((0..words.len()).filter(taken).map(|at| at..at + 1).collect())
    }

    fn needs(&self) -> &[Vec<AnyOf>] {
        &self.needs
    }

    /// The form of a whole title.
    fn signs(&self) -> usize {
        2
    }

    fn is_private(&self) -> bool {
        true
    }
}
