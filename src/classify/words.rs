//! Texts as the rules see them: whole words, one letter case, nothing that only decorates.

use super::tags::without_prefixes;
use crate::model::{is_hidden, is_joiner, is_selector};
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
            return Title { shown: Cow::Borrowed(shown), words: Words::fold(shown, false) };
        }
        let composed: String = cut.nfkc().collect();
        let shown = without_prefixes(&composed).to_owned();
        let words = Words::fold(&shown, false).with_emoji(&composed);
        Title { shown: Cow::Owned(shown), words }
    }
}

/// Words in one letter case (Unicode's full case folding). A word is a run of letters, digits and marks with the signs
/// that belong to it: `1:1`, `c++`, `c#`, `.net`, `r&d`. In scripts that set no spaces every character is a word of its
/// own, so that a phrase is found inside a run of them. Emoji stand behind all words, wherever they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    text: String,
    /// Where each word stands in `text`.
    spans: Vec<(u32, u32)>,
    /// How many of them are words; emoji follow.
    real: usize,
}

impl Words {
    /// Reads a description or a location.
    pub fn of(text: &str) -> Words {
        let text = cut(text, TEXT_CAP);
        if text.is_ascii() {
            return Words::fold(text, false);
        }
        let composed: String = text.nfkc().collect();
        Words::fold(&composed, false).with_emoji(&composed)
    }

    /// Reads a pattern: like a title, but `*` counts as a letter.
    pub fn of_pattern(pattern: &str) -> Words {
        let composed: String = pattern.nfkc().collect();
        Words::fold(without_prefixes(&composed), true).with_emoji(&composed)
    }

    /// How many words there are, emoji apart.
    pub fn len(&self) -> usize {
        self.real
    }

    /// No word at all.
    pub fn is_empty(&self) -> bool {
        self.real == 0
    }

    /// How many words and emoji there are.
    pub(super) fn all(&self) -> usize {
        self.spans.len()
    }

    /// The word at `index`.
    ///
    /// # Panics
    /// With an index that is not below the number of words and emoji.
    pub fn word(&self, index: usize) -> &str {
        let (start, end) = self.spans[index];
        &self.text[start as usize..end as usize]
    }

    /// The words of `range` as one text.
    ///
    /// # Panics
    /// With a range that reaches beyond the words and emoji.
    pub fn slice(&self, range: Range<usize>) -> &str {
        if range.is_empty() {
            return "";
        }
        &self.text[self.spans[range.start].0 as usize..self.spans[range.end - 1].1 as usize]
    }

    /// The words as people see them: in scripts that set no spaces a whole run is one. Emoji are none.
    pub fn runs(&self) -> impl Iterator<Item = &str> {
        let starts = (0..self.real).filter(|at| !self.is_joined(*at));
        let end = |start: usize| (start + 1..self.real).find(|at| !self.is_joined(*at)).unwrap_or(self.real);
        starts.map(move |start| self.slice(start..end(start)))
    }

    /// All words as one text.
    pub fn text(&self) -> &str {
        self.slice(0..self.len())
    }

    /// Whether nothing stands between the word at `index` and the one before it, as in scripts without spaces.
    pub(super) fn is_joined(&self, index: usize) -> bool {
        index > 0 && self.spans[index].0 == self.spans[index - 1].1
    }

    fn begin(&mut self) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len() as u32;
        self.spans.push((start, start));
    }

    fn close(&mut self) {
        if let Some(last) = self.spans.last_mut() {
            last.1 = self.text.len() as u32;
        }
    }

    fn fold(text: &str, wildcard: bool) -> Words {
        let mut words =
            if text.is_ascii() { Words::of_ascii(text, wildcard) } else { Words::of_unicode(text, wildcard) };
        words.real = words.spans.len();
        words
    }

    /// Most titles are ASCII: one table look-up a byte instead of Unicode properties. Must agree with `of_unicode`.
    fn of_ascii(text: &str, wildcard: bool) -> Words {
        let bytes = text.as_bytes();
        let mut words = Words {
            text: String::with_capacity(bytes.len() + 8),
            spans: Vec::with_capacity(bytes.len() / 4 + 1),
            real: 0,
        };
        let mut open = false;
        for (i, &byte) in bytes.iter().enumerate() {
            let at = |by: isize| i.checked_add_signed(by).and_then(|i| bytes.get(i)).map_or(' ', |b| char::from(*b));
            let keep = if byte.is_ascii_alphanumeric() || (wildcard && byte == b'*') {
                Sign::Inside
            } else {
                Sign::of(char::from(byte), at)
            };
            open = words.take(keep, open, char::from(byte.to_ascii_lowercase()));
        }
        words
    }

    fn of_unicode(text: &str, wildcard: bool) -> Words {
        let chars: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).collect();
        let mut words = Words { text: String::with_capacity(text.len() + 8), ..Words::default() };
        let mut open = false;
        for (i, &c) in chars.iter().enumerate() {
            let at = |by: isize| i.checked_add_signed(by).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
            if c.is_alphanumeric() || is_combining_mark(c) || (wildcard && c == '*') {
                let alone = !is_combining_mark(c) && (is_unspaced(c) || is_unspaced(base(&chars, i)));
                // In such a script a phrase matches inside a run anyway.
                if c == '*' && (is_unspaced(at(-1)) || is_unspaced(at(1))) {
                    continue;
                }
                if !open {
                    words.begin();
                } else if alone {
                    let end = words.text.len() as u32;
                    words.spans.push((end, end));
                }
                words.push_folded(c);
                words.close();
                open = true;
            } else {
                open = words.take(Sign::of(c, at), open, c);
            }
        }
        words
    }

    /// Takes a sign, or a plain letter, into the word that is open; whether one is open then.
    fn take(&mut self, sign: Sign, open: bool, c: char) -> bool {
        if sign == Sign::Apart {
            return false;
        }
        if !open {
            self.begin();
        }
        self.text.push(c);
        self.close();
        sign == Sign::Inside
    }

    fn push_folded(&mut self, c: char) {
        // The dot of a Turkish capital is none of its letter.
        if c == '\u{307}' && self.text.ends_with('i') {
            return;
        }
        folded(c, |c| self.text.push(c));
    }

    fn with_emoji(mut self, composed: &str) -> Words {
        for emoji in composed.chars().filter(|c| is_emoji(*c) && !is_invisible(*c)) {
            self.begin();
            self.text.push(emoji);
            self.close();
        }
        self
    }
}

/// Unicode's full case folding, as upper and then lower case give it: `ß` is `ss`, every sigma is one.
fn folded(c: char, mut push: impl FnMut(char)) {
    match c {
        'İ' => return push('i'),
        'ẞ' => return ['s', 's'].into_iter().for_each(push),
        _ => {}
    }
    c.to_uppercase().flat_map(char::to_lowercase).for_each(|c| push(if c == 'ς' { 'σ' } else { c }));
}

/// `text` with every letter folded.
pub(super) fn folded_text(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    text.chars().for_each(|c| folded(c, |c| all.push(c)));
    all
}

/// A name as names are compared: labels, calendars, colours. NFKC, one letter case, no blanks around it.
pub fn caseless(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    text.trim().nfkc().for_each(|c| folded(c, |c| name.push(c)));
    name
}

/// What a sign does to the word that it stands at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It separates.
    Apart,
    /// It belongs to the word, which goes on.
    Inside,
    /// It belongs to the word and ends it.
    Last,
}

impl Sign {
    /// What `c` is by the characters around it; `at(-1)` is the one before, a blank beyond the ends.
    fn of(c: char, at: impl Fn(isize) -> char) -> Sign {
        let letter = |by: isize| at(by).is_alphabetic() && !is_unspaced(at(by));
        let digit = |by: isize| at(by).is_ascii_digit();
        let ends = |by: isize| !at(by).is_alphanumeric();
        match c {
            ':' if digit(-1) && digit(1) => Sign::Inside,
            '-' if is_ticket(&at) => Sign::Inside,
            '+' if letter(-1) && at(1) == '+' && at(2) != '+' => Sign::Inside,
            '+' if at(-1) == '+' && letter(-2) && at(1) != '+' => Sign::Last,
            '#' if letter(-1) && ends(-2) && !letter(1) && at(1) != '#' => Sign::Last,
            '.' if ends(-1) && at(-1) != '.' && letter(1) => Sign::Inside,
            '&' if letter(-1) && letter(1) && (ends(-2) || ends(2)) => Sign::Inside,
            _ => Sign::Apart,
        }
    }
}

/// Whether the hyphen at 0 is that of a ticket's id such as `OKR-4471`, which is one word: no OKR, and no year.
fn is_ticket(at: &impl Fn(isize) -> char) -> bool {
    let digits = (1..7).take_while(|by| at(*by).is_ascii_digit()).count();
    let is_year = digits == 4 && at(1) == '2' && at(2) == '0';
    (1..=3).all(|by| at(-by).is_ascii_uppercase()) && digits > 1 && !is_year
}

/// The letter that a mark at `i` stands on, or the one before a letter at `i`.
fn base(chars: &[char], i: usize) -> char {
    chars[..i].iter().rev().copied().find(|c| !is_combining_mark(*c)).unwrap_or(' ')
}

/// Scripts that set no spaces between words, or glue what follows to a word: Chinese, Japanese, Korean, Thai, Lao, Khmer and
/// Burmese.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// No word holds it.
fn is_invisible(c: char) -> bool {
    is_hidden(c) || is_joiner(c) || is_selector(c)
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
        let each: String = (0..title.words.len()).fold(String::new(), |text, i| {
            let gap = if text.is_empty() || title.words.is_joined(i) { "" } else { " " };
            text + gap + title.words.word(i)
        });
        assert_eq!(whole, each);
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
            ("ÜBERBLICK Größe", "überblick grösse"),
            ("İSTANBUL İstanbul", "istanbul istanbul"),
            ("ΟΔΟΣ ὁδός", "οδοσ ὁδόσ"),
            ("Plan C: C++, C++17, C# & .NET", "plan c c++ c++ 17 c# .net"),
            ("R&D, Q&A, M&A, AT&T; food&drink", "r&d q&a m&a at&t food drink"),
            ("Done.Then PR#123 #12 A+ 2+2", "done then pr 123 12 a 2 2"),
            ("OKR-15 fails, OKR-2027, SEV-1, Okr-15", "okr-15 fails okr 2027 sev 1 okr 15"),
            ("1on1ミーティング", "1on1ミーティング"),
            ("1:1面談（仮） 製品戦略", "1:1面談 仮 製品戦略"),
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

    #[test]
    fn a_run_without_spaces_is_one_word_to_people() {
        let runs = |title| Title::of(title).words.runs().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(runs("製品戦略 1on1ミーティング 🎂"), ["製品戦略", "1on1ミーティング"]);
        assert_eq!(runs("Falcon 41: C++ plan"), ["falcon", "41", "c++", "plan"]);
        assert!(runs("🎂").is_empty());
    }

    proptest! {
        #[test]
        fn both_ways_of_folding_agree(text in "[ -~]{0,40}", wildcard in any::<bool>()) {
            prop_assert_eq!(Words::of_ascii(&text, wildcard), Words::of_unicode(&text, wildcard));
        }

        #[test]
        fn any_title_can_be_read(text in "\\PC{0,60}") {
            words(&text);
        }
    }
}
