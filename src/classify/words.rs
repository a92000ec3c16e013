//! Texts as the rules see them: whole words, lower case, nothing that only decorates.

use super::tags::without_prefixes;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer titles are cut here, in bytes: nobody reads on, and a hostile feed must not slow a reload down.
pub(super) const TITLE_CAP: usize = 4 << 10;
/// The same for descriptions and locations.
const TEXT_CAP: usize = 64 << 10;

/// A title in both forms that rules look at.
#[derive(Debug)]
pub struct Title<'a> {
    /// After NFKC and removal of prefixes, case and punctuation kept: what `title_regex` sees.
    pub shown: Cow<'a, str>,
    /// What `title` sees.
    pub words: Words,
}

impl Title<'_> {
    /// Reads a SUMMARY; a missing one is an empty title.
    pub fn of(summary: &str) -> Title<'_> {
        let cut = cut(summary, TITLE_CAP);
        if cut.is_ascii() {
            let shown = without_prefixes(cut);
            return Title { shown: Cow::Borrowed(shown), words: Words::fold_ascii(shown, false) };
        }
        let composed: String = cut.nfkc().collect();
        let shown = without_prefixes(&composed).to_owned();
        let words = Words::fold_unicode(&shown, false);
        Title { shown: Cow::Owned(shown), words }
    }
}

/// Words in lower case with one space between them. A word is a run of letters, digits and marks; a `:` between
/// digits belongs to its word, so that `1:1` is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Words {
    /// Reads a description or a location.
    pub fn of(text: &str) -> Words {
        let text = cut(text, TEXT_CAP);
        if text.is_ascii() {
            Words::fold_ascii(text, false)
        } else {
            Words::fold_unicode(&text.nfkc().collect::<String>(), false)
        }
    }

    /// Reads a pattern: like a title, but `*` counts as a letter.
    pub fn of_pattern(pattern: &str) -> Words {
        let composed: String = pattern.nfkc().collect();
        Words::fold_unicode(without_prefixes(&composed), true)
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No word at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The word at `index`.
    ///
    /// # Panics
    /// With an index that is not below `len`.
    pub fn word(&self, index: usize) -> &str {
        &self.text[self.start(index)..self.ends[index] as usize]
    }

    /// The words of `range` as one text.
    ///
    /// # Panics
    /// With a range that reaches beyond `len`.
    pub fn slice(&self, range: Range<usize>) -> &str {
        if range.is_empty() { "" } else { &self.text[self.start(range.start)..self.ends[range.end - 1] as usize] }
    }

    /// All words as one text.
    pub fn text(&self) -> &str {
        self.slice(0..self.len())
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize + 1 }
    }

    fn close(&mut self) {
        let end = self.text.len() as u32;
        if self.ends.last().map_or(end > 0, |&last| end > last + 1) {
            self.ends.push(end);
        }
    }

    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.close();
            self.text.push(' ');
        }
    }

    fn finish(mut self) -> Words {
        if self.text.ends_with(' ') {
            self.text.pop();
        } else {
            self.close();
        }
        self
    }

    /// Most titles are ASCII: one table look-up a byte instead of Unicode properties. Must agree with `fold_unicode`.
    fn fold_ascii(text: &str, wildcard: bool) -> Words {
        let bytes = text.as_bytes();
        let mut words =
            Words { text: String::with_capacity(bytes.len()), ends: Vec::with_capacity(bytes.len() / 4 + 1) };
        let mut in_word = false;
        for (i, &byte) in bytes.iter().enumerate() {
            let keep = byte.is_ascii_alphanumeric()
                || (wildcard && byte == b'*')
                || (byte == b':'
                    && i > 0
                    && bytes[i - 1].is_ascii_digit()
                    && bytes.get(i + 1).is_some_and(u8::is_ascii_digit));
            if keep {
                if !in_word && !words.text.is_empty() {
                    words.text.push(' ');
                }
                words.text.push(char::from(byte.to_ascii_lowercase()));
            } else if in_word {
                words.ends.push(words.text.len() as u32);
            }
            in_word = keep;
        }
        if in_word {
            words.ends.push(words.text.len() as u32);
        }
        words
    }

    fn fold_unicode(text: &str, wildcard: bool) -> Words {
        let mut words = Words { text: String::with_capacity(text.len()), ends: Vec::new() };
        let mut before = ' ';
        let mut rest = text.chars().filter(|c| !is_invisible(*c)).peekable();
        while let Some(c) = rest.next() {
            let colon = c == ':' && is_digit(before) && rest.peek().is_some_and(|next| is_digit(*next));
            if colon || c.is_alphanumeric() || is_combining_mark(c) || (wildcard && c == '*') {
                // The two small sigmas differ only by their place in a word.
                words.text.extend(c.to_lowercase().map(|l| if l == 'ς' { 'σ' } else { l }));
            } else {
                words.separate();
            }
            before = c;
        }
        words.finish()
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Characters that change how others are drawn but are themselves not seen: variation selectors, joiners, keycaps.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{20e3}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0020}'..='\u{e007f}')
}

/// Pictures and arrows that people put before a title.
pub(super) fn is_emoji(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
            | '\u{1f000}'..='\u{1faff}')
}

pub(super) fn cut(text: &str, cap: usize) -> &str {
    if text.len() <= cap {
        return text;
    }
    let mut end = cap;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(title: &str) -> String {
        let title = Title::of(title);
        let whole = title.words.text().to_owned();
        let each: Vec<&str> = (0..title.words.len()).map(|i| title.words.word(i)).collect();
        assert_eq!(whole, each.join(" "));
        whole
    }

    #[test]
    fn titles_lose_what_only_decorates() {
        let cases = [
            ("[EXT] FW: Canceled: Sprint-Planning", "sprint planning"),
            ("AW: AW: Termin", "termin"),
            ("(EXT) Roadmap", "roadmap"),
            ("(External): Roadmap (ext)", "roadmap ext"),
            ("(Q3) Roadmap", "q3 roadmap"),
            ("☀️ [Updated] Stand–up / Team_A | web", "stand up team a web"),
            ("re:Invent recap", "re invent recap"),
            ("1:1 Ana", "1:1 ana"),
            ("call at 11:10: Bo", "call at 11:10 bo"),
            ("Ｒｏａｄｍａｐ １：１", "roadmap 1:1"),
            ("show & tell (web)", "show tell web"),
            ("sprint🏃planning", "sprint planning"),
            ("ÜBERBLICK Größe", "überblick größe"),
            ("1️⃣:1️⃣ Ana", "1:1 ana"),
            ("हिन्दी बैठक", "हिन्दी बैठक"),
            ("Canceled:", ""),
            ("  ", ""),
            ("[", ""),
            ("🎂", ""),
        ];
        for (title, expected) in cases {
            assert_eq!(words(title), expected, "{title}");
        }
        assert_eq!(Title::of("[EXT] Ana / Bo").shown, "Ana / Bo");
        assert_eq!(Title::of(&"ä".repeat(9000)).shown.len(), TITLE_CAP);
    }

    proptest! {
        #[test]
        fn both_ways_of_folding_agree(text in "[ -~]{0,40}", wildcard in any::<bool>()) {
            prop_assert_eq!(Words::fold_ascii(&text, wildcard), Words::fold_unicode(&text, wildcard));
        }

        #[test]
        fn any_title_can_be_read(text in "\\PC{0,60}") {
            words(&text);
        }
    }
}
