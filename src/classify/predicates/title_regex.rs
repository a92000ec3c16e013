use super::{Finding, Kind, Look, Predicate};
use crate::classify::words::Words;
use regex::{Regex, RegexBuilder, bytes};
use std::ops::Range;

/// Compiled size of one expression, in bytes.
const SIZE: usize = 1 << 20;

pub const KIND: Kind = Kind {
    key: "title_regex",
    doc: "a regular expression on the title, case and punctuation kept; starts with `(?i)` to ignore case",
    example: r"title_regex = '^\w+ (/|<>) \w+$'",
    parse: |reader, value| {
        let patterns = reader.list("title_regex", value, "a regular expression", |reader, pattern, span| {
            if let Err(error) = regex_syntax::Parser::new().parse(pattern) {
                reader.regex_mistake(&error, &span);
                return None;
            }
            match RegexBuilder::new(pattern).size_limit(SIZE).build() {
                Ok(unicode) => Some(Pattern { unicode, ascii: ascii(pattern) }),
                Err(error) => {
                    let label = match error {
                        regex::Error::CompiledTooBig(limit) => format!("needs more than {} kB", limit >> 10),
                        other => other.to_string(),
                    };
                    reader
                        .mistake(span, "the `title_regex` pattern cannot be compiled", label)
                        .with_help("write a smaller count in `{…}`, or several rules");
                    None
                }
            }
        })?;
        Some(Box::new(TitleRegex(patterns)))
    },
};

#[derive(Debug)]
struct TitleRegex(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    unicode: Regex,
    /// The same without Unicode classes and boundaries, for titles in ASCII: several times as fast, with the same
    /// result there. Absent where the pattern itself needs Unicode.
    ascii: Option<bytes::Regex>,
}

fn ascii(pattern: &str) -> Option<bytes::Regex> {
    let ascii = pattern.is_ascii().then(|| bytes::RegexBuilder::new(pattern).unicode(false).size_limit(SIZE).build());
    ascii.and_then(Result::ok)
}

impl Pattern {
    fn find<'t>(&self, title: &'t str) -> Option<&'t str> {
        self.unicode.find(title).map(|hit| hit.as_str())
    }
}

impl Predicate for TitleRegex {
    fn key(&self) -> &'static str {
        "title_regex"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let title = &*look.title.shown;
        let plain = title.is_ascii();
        self.0.iter().any(|pattern| match &pattern.ascii {
            Some(ascii) if plain => ascii.is_match(title.as_bytes()),
            _ => pattern.unicode.is_match(title),
        })
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let title = &*look.title.shown;
        match self.0.iter().find_map(|pattern| Some((pattern, pattern.find(title)?))) {
            Some((pattern, text)) => {
                Finding { holds: true, wanted: pattern.unicode.to_string(), seen: text.to_owned() }
            }
            None => {
                let wanted: Vec<&str> = self.0.iter().map(|pattern| pattern.unicode.as_str()).collect();
                Finding { holds: false, wanted: wanted.join(", "), seen: title.to_owned() }
            }
        }
    }

    /// A word of the title is taken where the expression matched it, or a good part of it.
    fn taken(&self, look: &Look<'_>) -> Option<Vec<Range<usize>>> {
        let (title, words) = (&*look.title.shown, &look.title.words);
        let found =
            self.0.iter().flat_map(|pattern| pattern.unicode.find_iter(title)).map(|hit| Words::of(hit.as_str()));
        let found: Vec<Words> = found.collect();
        let is_part = |word: &str, part: &str| word == part || (part.len() > 2 && word.contains(part));
        let taken = |at: &usize| {
            let word = words.word(*at);
            found.iter().any(|hit| (0..hit.len()).any(|i| is_part(word, hit.word(i))))
        };
        Some((0..words.len()).filter(taken).map(|at| at..at + 1).collect())
    }

    fn is_private(&self) -> bool {
        true
    }
}
