//! Patterns of `title`, `description` and `location`: consecutive whole words with `*` inside a word.

use super::forms::is_form;
use super::words::Words;
use std::ops::Range;

/// One pattern such as `"sprint planning"` or `"retrospective*"`.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// As it stands in the file.
    pub written: Box<str>,
    pieces: Box<[Piece]>,
    anchor: usize,
}

#[derive(Clone, Debug)]
enum Piece {
    Word(Box<str>),
    /// The texts between the stars, in order: what a word begins with, holds, ends with.
    Wild(Box<[Box<str>]>),
}

/// The word by which an index finds a phrase.
#[derive(Clone, Copy, Debug)]
pub enum Anchor<'a> {
    /// Exactly this word.
    Word(&'a str),
    /// A word that begins with this; empty for any word.
    Prefix(&'a str),
}

impl Phrase {
    /// Reads a pattern; `None` where it holds no letter, digit, emoji or `*`.
    pub fn parse(written: &str) -> Option<Phrase> {
        let words = Words::of_pattern(written);
        let pieces: Box<[Piece]> = (0..words.all()).map(|i| Piece::parse(words.word(i))).collect();
        // The longest plain word is the rarest.
        let anchor = (0..pieces.len()).max_by_key(|&i| pieces[i].weight())?;
        Some(Phrase { written: written.into(), pieces, anchor })
    }

    /// How many words it has.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Where the index looks, and which of the phrase's words that is.
    pub fn anchor(&self) -> (Anchor<'_>, usize) {
        let anchor = match &self.pieces[self.anchor] {
            Piece::Word(word) => Anchor::Word(word),
            Piece::Wild(parts) => Anchor::Prefix(&parts[0]),
        };
        (anchor, self.anchor)
    }

    /// One of its words that is no form is a word of `words`.
    pub fn shares(&self, words: &Words) -> bool {
        let telling = (0..words.all()).map(|at| words.word(at)).filter(|word| !is_form(word));
        telling.into_iter().any(|word| self.pieces.iter().any(|piece| !piece.is_star() && piece.matches(word)))
    }

    /// The words from `start` on match; the one for the piece `known` need not be asked.
    pub fn matches_at(&self, words: &Words, start: usize, known: Option<usize>) -> bool {
        let matches = |(i, piece): (usize, &Piece)| known == Some(i) || piece.matches(words.word(start + i));
        start + self.pieces.len() <= words.all() && self.pieces.iter().enumerate().all(matches)
    }

    /// Every place that matches, in order.
    pub fn every<'w>(&'w self, words: &'w Words) -> impl Iterator<Item = Range<usize>> + 'w {
        let starts = (words.all() + 1).saturating_sub(self.pieces.len());
        let matches = (0..starts).filter(|&start| self.matches_at(words, start, None));
        matches.map(|start| start..start + self.pieces.len())
    }

    /// The first place that matches.
    pub fn find(&self, words: &Words) -> Option<Range<usize>> {
        self.every(words).next()
    }
}

impl Piece {
    fn parse(word: &str) -> Piece {
        if word.contains('*') {
            Piece::Wild(word.split('*').map(Into::into).collect())
        } else {
            Piece::Word(word.into())
        }
    }

    /// It matches every word.
    fn is_star(&self) -> bool {
        matches!(self, Piece::Wild(parts) if parts.iter().all(|part| part.is_empty()))
    }

    fn weight(&self) -> usize {
        match self {
            Piece::Word(word) => 1000 + word.len(),
            Piece::Wild(parts) => parts[0].len(),
        }
    }

    fn matches(&self, word: &str) -> bool {
        match self {
            // Most words differ at once: a call would cost more than the look.
            Piece::Word(exact) => exact.as_bytes().first() == word.as_bytes().first() && **exact == *word,
            Piece::Wild(parts) => wild(parts, word),
        }
    }
}

fn wild(parts: &[Box<str>], word: &str) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    // A star stands for letters: an emoji is no word.
    if first.is_empty() && !word.starts_with(char::is_alphanumeric) {
        return false;
    }
    let Some(mut rest) = word.strip_prefix(&**first) else { return false };
    for part in middle {
        let Some(at) = rest.find(&**part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(&**last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::words::Title;

    fn hits(pattern: &str, title: &str) -> bool {
        Phrase::parse(pattern).is_some_and(|p| p.find(&Title::of(title).words).is_some())
    }

    #[test]
    fn patterns_match_whole_consecutive_words() {
        assert!(hits("sprint planning", "Web: Sprint-Planning (24)"));
        assert!(!hits("sprint planning", "sprint and planning"));
        assert!(!hits("sync", "async"));
        assert!(!hits("board", "onboarding"));
        assert!(hits("Retro*", "retrospective"));
        assert!(hits("retro*", "retro"));
        assert!(hits("*runde", "Statusrunde"));
        assert!(hits("prior*s*tion", "prioritisation"));
        assert!(!hits("ab*ba", "aba"));
        assert!(hits("discuss * strategy", "Discuss energy strategy"));
        assert!(!hits("discuss * strategy", "discuss strategy"));
        assert!(hits("1:1", "1:1 Ana") && !hits("1:1", "11:10 call"));
        assert!(hits("show & tell", "Show and tell") == hits("show and tell", "show & tell"));
        assert!(Phrase::parse(" & ").is_none());
        assert!(
            hits("🌴", "Bali 🌴🌴") && hits("🌴", "🌴 Bali") && !hits("🌴", "Bali 🎉") && !hits("kita *", "Kita 🎉")
        );
        assert!(
            hits("戦略", "製品戦略会議")
                && hits("1on1", "1on1ミーティング")
                && hits("面談", "1:1面談")
                && !hits("会議", "会談議")
        );
        assert!(hits("전략*", "제품전략회의") && hits("ｸﾞﾙｰﾌﾟ", "新グループ長"));
        assert!(
            hits("c++", "C++ guild")
                && !hits("c++", "Plan C")
                && !hits("c", "C++ guild")
                && hits(".NET", "move to .net")
        );
        assert!(
            hits("STRASSE", "Straße 5")
                && hits("strasse", "STRAẞE 5")
                && hits("r&d", "R&D budget")
                && !hits("r&d", "R budget D")
        );
    }
}
