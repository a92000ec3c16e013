//! Which rules can match a title at all, found word by word instead of rule by rule.

use super::phrase::{Anchor, Phrase};
use super::rule::Rule;
use super::words::Words;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A phrase of a rule, filed under one of its words.
#[derive(Debug)]
struct Entry {
    rule: usize,
    /// Which word of the phrase it is filed under.
    offset: usize,
    phrase: Phrase,
}

/// Rules by the words of their titles.
#[derive(Debug, Default)]
pub struct Index {
    words: HashMap<Box<str>, Vec<Entry>, BuildHasherDefault<Fast>>,
    /// By the first byte of what a word begins with.
    prefixes: Vec<Vec<(Box<str>, Entry)>>,
    /// Phrases whose every word begins with `*`.
    loose: Vec<Entry>,
    /// Rules that do not ask for the title: always candidates.
    open: Vec<u64>,
}

impl Index {
    /// Files every rule.
    pub fn of(rules: &[Rule]) -> Index {
        let mut index = Index { open: vec![0; rules.len().div_ceil(64)], ..Index::default() };
        index.prefixes.resize_with(256, Vec::new);
        for (rule, phrases) in rules.iter().map(titles).enumerate() {
            let Some(phrases) = phrases else {
                index.open[rule / 64] |= 1 << (rule % 64);
                continue;
            };
            for phrase in phrases {
                let (anchor, offset) = phrase.anchor();
                let entry = Entry { rule, offset, phrase: phrase.clone() };
                match anchor {
                    Anchor::Word(word) => index.words.entry(word.into()).or_default().push(entry),
                    Anchor::Prefix("") => index.loose.push(entry),
                    Anchor::Prefix(prefix) => {
                        index.prefixes[prefix.as_bytes()[0] as usize].push((prefix.into(), entry));
                    }
                }
            }
        }
        index
    }

    /// The rules whose title phrases match, and those that do not ask for the title, in file order. With `true` the
    /// rule's first predicate is known to hold.
    pub fn candidates<'a>(&'a self, words: &Words) -> impl Iterator<Item = (usize, bool)> + use<'a> {
        let mut hits = vec![0u64; self.open.len()];
        let mut file = |entry: &Entry, at: usize| {
            let (slot, bit) = (entry.rule / 64, 1 << (entry.rule % 64));
            if hits[slot] & bit == 0 && at >= entry.offset && entry.phrase.matches_at(words, at - entry.offset) {
                hits[slot] |= bit;
            }
        };
        for at in 0..words.len() {
            let word = words.word(at);
            for entry in self.words.get(word).into_iter().flatten() {
                file(entry, at);
            }
            for (prefix, entry) in &self.prefixes[word.as_bytes()[0] as usize] {
                if word.starts_with(&**prefix) {
                    file(entry, at);
                }
            }
            for entry in &self.loose {
                file(entry, at);
            }
        }
        hits.into_iter().zip(&self.open).enumerate().flat_map(|(slot, (hit, open))| {
            let mut left = hit | open;
            std::iter::from_fn(move || {
                let bit = left.checked_ilog2().map(|_| left.trailing_zeros())?;
                left &= left - 1;
                Some((slot * 64 + bit as usize, hit >> bit & 1 == 1))
            })
        })
    }
}

fn titles(rule: &Rule) -> Option<&[Phrase]> {
    rule.predicates.first().and_then(|predicate| predicate.title_phrases())
}

/// FNV-1a: the words are short and the keys are the user's own, so flooding the table is no threat.
struct Fast(u64);

impl Default for Fast {
    fn default() -> Fast {
        Fast(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
