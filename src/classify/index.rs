//! Which `title` predicates hold, found word by word of the title instead of rule by rule.

use super::forms;
use super::gates::Gates;
use super::phrase::{Anchor, Phrase};
use super::predicates::{Look, Predicate};
use super::rule::Rule;
use super::words::{Title, Words};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A phrase, filed under one of its words.
#[derive(Debug)]
struct Entry {
    /// The `title` it belongs to.
    title: usize,
    /// Which word of the phrase it is filed under.
    offset: usize,
    phrase: Phrase,
}

/// Which `title` predicates hold: a bit for each, and by which words of the title.
#[derive(Debug)]
pub(super) struct Hits {
    bits: Vec<u64>,
    /// The title and a bit for each of the first 64 words that one of its phrases matched.
    words: Vec<(usize, u64)>,
}

impl Hits {
    fn none(titles: usize) -> Hits {
        Hits { bits: vec![0; titles.div_ceil(64)], words: Vec::new() }
    }

    fn holds(&self, title: usize) -> bool {
        self.bits[title / 64] >> (title % 64) & 1 == 1
    }

    fn set(&mut self, title: usize, words: Range<usize>) {
        self.bits[title / 64] |= 1 << (title % 64);
        let mask = words.take_while(|word| *word < 64).fold(0, |mask, word| mask | 1 << word);
        self.words.push((title, mask));
    }

    /// The words that phrases of the titles that `counts` say matched, a bit each.
    fn mask(&self, counts: impl Fn(usize) -> bool) -> u64 {
        self.words.iter().filter(|(title, _)| counts(*title)).fold(0, |mask, (_, words)| mask | words)
    }
}

/// How many words the bits stand for; a run without spaces is one.
fn count(mask: u64, words: &Words) -> usize {
    ones(mask).filter(|word| !(words.is_joined(*word) && mask >> (word - 1) & 1 == 1)).count()
}

/// Every `title` of every rule by the words it asks for. The one of rule `n` has number `n`, those in `unless` follow.
#[derive(Debug, Default)]
pub(super) struct Index {
    words: HashMap<Box<str>, Vec<Entry>, BuildHasherDefault<Fast>>,
    /// By the first two bytes of what a word begins with.
    prefixes: Vec<Vec<(Head, Entry)>>,
    /// By the only byte that is known.
    initials: Vec<Vec<Entry>>,
    /// Phrases whose every word begins with `*`.
    loose: Vec<Entry>,
    /// The `title` of each table of each rule's `unless`, if it begins with one.
    unless: Vec<Vec<Option<usize>>>,
    /// A bit for each rule that does not ask for words of the title.
    untitled: Vec<u64>,
    /// A bit for each of these that no gate stands before either.
    always: Vec<u64>,
    gates: Gates,
    titles: usize,
}

/// The first eight bytes of a word as one number: comparing them is one instruction, and the phrase checks the rest.
#[derive(Clone, Copy, Debug)]
struct Head {
    bytes: u64,
    mask: u64,
}

impl Head {
    fn of(word: &str) -> Head {
        let add = |(bytes, shift): (u64, u32), byte: u8| (bytes | u64::from(byte) << shift, shift + 8);
        let (bytes, bits) = word.bytes().take(8).fold((0, 0), add);
        Head { bytes, mask: u64::MAX.checked_shr(64 - bits).unwrap_or(0) }
    }
}

const BUCKETS: usize = 1024;

fn bucket(first: u8, second: u8) -> usize {
    (usize::from(first) * 37 + usize::from(second)) % BUCKETS
}

impl Index {
    /// Files every phrase.
    pub(super) fn of(rules: &[Rule]) -> Index {
        let mut index = Index { titles: rules.len(), ..Index::default() };
        index.prefixes.resize_with(BUCKETS, Vec::new);
        index.initials.resize_with(256, Vec::new);
        index.untitled.resize(rules.len().div_ceil(64), 0);
        for (number, rule) in rules.iter().enumerate() {
            let phrases = titles(&rule.predicates);
            if phrases.is_none() {
                index.untitled[number / 64] |= 1 << (number % 64);
            }
            index.file(number, phrases.unwrap_or_default());
            let mut tables = Vec::with_capacity(rule.unless.len());
            for table in &rule.unless {
                tables.push(titles(table).map(|phrases| {
                    index.titles += 1;
                    index.file(index.titles - 1, phrases);
                    index.titles - 1
                }));
            }
            index.unless.push(tables);
        }
        let gated;
        (index.gates, gated) = Gates::of(rules);
        index.always = index.untitled.clone();
        gated.into_iter().for_each(|number| index.always[number / 64] &= !(1 << (number % 64)));
        index
    }

    fn file(&mut self, title: usize, phrases: &[Phrase]) {
        for phrase in phrases {
            let (anchor, offset) = phrase.anchor();
            let entry = Entry { title, offset, phrase: phrase.clone() };
            match anchor {
                Anchor::Word(word) => self.words.entry(word.into()).or_default().push(entry),
                Anchor::Prefix(prefix) => match prefix.as_bytes() {
                    [] => self.loose.push(entry),
                    [only] => self.initials[usize::from(*only)].push(entry),
                    [first, second, ..] => self.prefixes[bucket(*first, *second)].push((Head::of(prefix), entry)),
                },
            }
        }
    }

    /// Which `title` predicates hold for this title, and which rules without one may match it.
    pub(super) fn hits(&self, title: &Title<'_>) -> Hits {
        let (words, mut hits) = (&title.words, Hits::none(self.titles));
        self.gates.ask(title, |rule| hits.bits[rule / 64] |= 1 << (rule % 64));
        let mut ask = |entry: &Entry, at: usize, known: Option<usize>| {
            if at >= entry.offset && entry.phrase.matches_at(words, at - entry.offset, known) {
                let start = at - entry.offset;
                hits.set(entry.title, start..start + entry.phrase.len());
            }
        };
        for at in 0..words.all() {
            let word = words.word(at);
            for entry in self.words.get(word).into_iter().flatten() {
                ask(entry, at, Some(entry.offset));
            }
            for entry in &self.loose {
                ask(entry, at, None);
            }
            let [first, rest @ ..] = word.as_bytes() else { continue };
            for entry in &self.initials[usize::from(*first)] {
                ask(entry, at, None);
            }
            let Some(second) = rest.first() else { continue };
            let head = Head::of(word).bytes;
            for (prefix, entry) in &self.prefixes[bucket(*first, *second)] {
                if head & prefix.mask == prefix.bytes {
                    ask(entry, at, None);
                }
            }
        }
        hits
    }

    /// The rule that wins, and whether it is sure: the first that matches and is not weak, else the first that matches.
    pub(super) fn winner(&self, rules: &[Rule], look: &Look<'_>) -> Option<(usize, bool)> {
        let hits = self.hits(look.title);
        let mut weak = None;
        let strong = self.matching(rules, look, &hits).find(|&number| {
            if rules[number].weak {
                weak = weak.or(Some(number));
            }
            !rules[number].weak
        });
        let winner = strong.or(weak)?;
        Some((winner, self.is_sure(winner, rules, &hits, look)))
    }

    /// The user's own rule, or one of the defaults that is not weak and sees two signs: two words of the title that say the same
    /// class, a word beside which only forms and dates stand, a word and something else that the rule asks for, or the word of a
    /// series that no rule contradicts: what meets again and again is named by what it is for, unless the word is a form ("weekly").
    fn is_sure(&self, number: usize, rules: &[Rule], hits: &Hits, look: &Look<'_>) -> bool {
        let (rule, words) = (&rules[number], &look.title.words);
        if !rule.source.inherited || rule.weak {
            return !rule.source.inherited;
        }
        let beside = &rule.predicates[usize::from(self.is_titled(number))..];
        let own = hits.mask(|title| title == number);
        let strong = |title: usize| rules.get(title).filter(|other| !other.weak);
        let agrees = |title: usize| strong(title).is_some_and(|other| other.outcome == rule.outcome);
        let contradicts = |title: usize| strong(title).is_some_and(|other| other.outcome != rule.outcome);
        let subject = || ones(own).any(|at| !forms::is_form(words.word(at)));
        let recurs = || look.subject.is_some_and(|subject| subject.event.recurring);
        let again = || recurs() && subject() && hits.mask(contradicts) == 0;
        let signs = beside.iter().map(|predicate| predicate.signs()).sum::<usize>();
        signs + count(own, words) > 1
            || own != 0
                && (signs > 0
                    || count(hits.mask(agrees), words) > 1
                    || forms::stands_alone(look, |at| at < 64 && own >> at & 1 == 1)
                    || again())
    }

    fn is_titled(&self, number: usize) -> bool {
        self.untitled[number / 64] >> (number % 64) & 1 == 0
    }

    /// The rules that match, in order, those that are weak last.
    pub(super) fn all(&self, rules: &[Rule], look: &Look<'_>) -> Vec<usize> {
        let hits = self.hits(look.title);
        let mut all: Vec<usize> = self.matching(rules, look, &hits).collect();
        all.sort_by_key(|&number| rules[number].weak);
        all
    }

    /// Whether a rule about absence holds of what is none.
    pub(super) fn refuses(&self, rules: &[Rule], look: &Look<'_>) -> bool {
        let hits = self.hits(look.title);
        self.holding(rules, look, &hits).any(|number| !rules[number].is_own(look))
    }

    /// The rules that match, in order.
    fn matching<'i>(
        &'i self,
        rules: &'i [Rule],
        look: &'i Look<'_>,
        hits: &'i Hits,
    ) -> impl Iterator<Item = usize> + 'i {
        self.holding(rules, look, hits).filter(|&number| rules[number].is_own(look))
    }

    /// The rules all of whose predicates hold, in order.
    fn holding<'i>(
        &'i self,
        rules: &'i [Rule],
        look: &'i Look<'_>,
        hits: &'i Hits,
    ) -> impl Iterator<Item = usize> + 'i {
        // Where a rule asks for the title, its bit tells; the others are asked always.
        let candidates = (0..self.always.len()).flat_map({
            let bits: Vec<u64> = self.always.iter().zip(&hits.bits).map(|(always, hit)| always | hit).collect();
            move |word| ones(bits[word]).map(move |bit| word * 64 + bit)
        });
        let all = rules.len();
        candidates.take_while(move |&rule| rule < all).filter(move |&rule| self.holds(rule, &rules[rule], hits, look))
    }

    /// Whether the rule with this number, which the title does not keep from it, holds; its `title`s are looked up, not
    /// asked again.
    fn holds(&self, number: usize, rule: &Rule, hits: &Hits, look: &Look<'_>) -> bool {
        let titled = self.is_titled(number);
        let all = |predicates: &[Box<dyn Predicate>]| predicates.iter().all(|predicate| predicate.holds(look));
        let excluded = |(table, title): (&Vec<Box<dyn Predicate>>, &Option<usize>)| match title {
            Some(title) => hits.holds(*title) && all(&table[1..]),
            None => all(table),
        };
        all(&rule.predicates[usize::from(titled)..]) && !rule.unless.iter().zip(&self.unless[number]).any(excluded)
    }
}

/// The places of the bits that are set, lowest first.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = bits.trailing_zeros() as usize;
        bits &= bits.checked_sub(1)?;
        Some(bit)
    })
}

fn titles(predicates: &[Box<dyn Predicate>]) -> Option<&[Phrase]> {
    predicates.first().and_then(|predicate| predicate.title_phrases())
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
