//! What a title must hold before a regular expression can match: most rules with one need not be asked at all.

use super::rule::Rule;
use super::words::{Title, folded_text};
use aho_corasick::AhoCorasick;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Texts, folded, of which every title that matches holds one.
pub(super) type AnyOf = Vec<String>;

/// The texts that gates wait for, each with the rules behind it.
#[derive(Debug, Default)]
pub(super) struct Gates {
    texts: Option<AhoCorasick>,
    rules: Vec<Vec<usize>>,
}

impl Gates {
    /// Gates before those of `rules` that ask for a regular expression and for no word of the title. Which ones these are comes
    /// with them.
    pub(super) fn of(rules: &[Rule]) -> (Gates, Vec<usize>) {
        let asks = rules.iter().enumerate().filter_map(|(number, rule)| {
            let titled = rule.predicates.first().is_some_and(|first| first.title_phrases().is_some());
            let needs = rule.predicates.iter().map(|predicate| predicate.needs()).find(|needs| !needs.is_empty())?;
            (!titled && needs.iter().all(|all| !all.is_empty())).then_some((number, needs))
        });
        let asks: Vec<(usize, &[Vec<AnyOf>])> = asks.collect();
        let mut often: HashMap<&str, usize> = HashMap::new();
        for text in asks.iter().flat_map(|(_, needs)| needs.iter().flatten().flatten()) {
            *often.entry(text).or_default() += 1;
        }
        let (mut numbers, mut texts, mut behind) = (HashMap::new(), Vec::new(), Vec::<Vec<usize>>::new());
        for &(rule, needs) in &asks {
            for text in needs.iter().filter_map(|all| rarest(all, &often)).flatten() {
                let number = *numbers.entry(text.as_str()).or_insert_with(|| {
                    texts.push(text.as_str());
                    behind.push(Vec::new());
                    texts.len() - 1
                });
                behind[number].push(rule);
            }
        }
        // Without the automaton, which only a text of gigabytes prevents, every rule is asked.
        match AhoCorasick::builder().ascii_case_insensitive(true).build(&texts) {
            Ok(found) if !texts.is_empty() => {
                let gated = asks.iter().map(|(rule, _)| *rule).collect();
                (Gates { texts: Some(found), rules: behind }, gated)
            }
            _ => Default::default(),
        }
    }

    /// Calls `open` with every rule that the title may match, some of them several times.
    pub(super) fn ask(&self, title: &Title<'_>, mut open: impl FnMut(usize)) {
        let Some(texts) = &self.texts else { return };
        let shown = &*title.shown;
        let shown = if shown.is_ascii() { Cow::Borrowed(shown) } else { Cow::Owned(folded_text(shown)) };
        for found in texts.find_overlapping_iter(shown.as_bytes()) {
            self.rules[found.pattern().as_usize()].iter().for_each(|rule| open(*rule));
        }
    }
}

/// Of texts that must all be there, those that fewest rules wait for, the longer ones first.
fn rarest<'n>(all: &'n [AnyOf], often: &HashMap<&str, usize>) -> Option<&'n AnyOf> {
    all.iter().min_by_key(|any| {
        let rules: usize = any.iter().filter_map(|text| often.get(text.as_str())).sum();
        let blank = any.iter().any(|text| text.trim().is_empty());
        (blank, rules, Reverse(any.iter().map(String::len).min()))
    })
}

/// What every text that `hir` matches must hold, each for itself.
pub(super) fn needs(hir: &Hir) -> Vec<AnyOf> {
    match (exact(hir), hir.kind()) {
        (Some(text), _) => {
            if text.is_empty() {
                Vec::new()
            } else {
                vec![vec![text]]
            }
        }
        (_, HirKind::Capture(capture)) => needs(&capture.sub),
        (_, HirKind::Repetition(repetition)) if repetition.min > 0 => needs(&repetition.sub),
        (_, HirKind::Concat(parts)) => needs_of_all(parts),
        (_, HirKind::Alternation(branches)) => {
            let longest = |branch: &Hir| needs(branch).into_iter().max_by_key(|any| any.iter().map(String::len).min());
            let each: Option<Vec<AnyOf>> = branches.iter().map(longest).collect();
            each.into_iter().map(|any| any.concat()).collect()
        }
        _ => Vec::new(),
    }
}

fn needs_of_all(parts: &[Hir]) -> Vec<AnyOf> {
    let (mut all, mut run) = (Vec::new(), String::new());
    for part in parts {
        match exact(part) {
            Some(text) => run += &text,
            None => {
                all.push(vec![std::mem::take(&mut run)]);
                all.extend(needs(part));
            }
        }
    }
    all.push(vec![run]);
    all.retain(|any| any.iter().all(|text| !text.is_empty()));
    all
}

/// The only text, folded, that `hir` matches.
fn exact(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(folded_text),
        HirKind::Class(Class::Unicode(class)) => {
            const FEW: usize = 4;
            let letters = class.iter().flat_map(|range| range.start()..=range.end());
            let mut folds = letters.take(FEW + 1).map(|letter| folded_text(letter.encode_utf8(&mut [0; 4])));
            let first = folds.next()?;
            let mut count = 1;
            folds.inspect(|_| count += 1).all(|fold| fold == first).then_some(first).filter(|_| count <= FEW)
        }
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(exact).collect(),
        _ => None,
    }
}

/// About how many bytes the compiled expression takes: rather too many than too few.
pub(super) fn size(hir: &Hir) -> usize {
    /// Of any expression.
    const WHOLE: usize = 1024;
    part(hir).saturating_add(WHOLE)
}

fn part(hir: &Hir) -> usize {
    /// Of a state, of one range of letters in UTF-8, and of a class that holds nearly all of it, such as `.`.
    const STATE: usize = 48;
    const RANGE: usize = 70;
    const CLASS: usize = 1200;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len() * STATE,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() * RANGE + CLASS,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() * RANGE,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            part(&repetition.sub).saturating_add(STATE).saturating_mul(times)
        }
        HirKind::Capture(capture) => part(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(STATE, |sum, each| sum.saturating_add(part(each)).saturating_add(STATE))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::{By, parse};
    use proptest::prelude::*;

    fn needed(pattern: &str) -> Vec<AnyOf> {
        needs(&regex_syntax::parse(pattern).unwrap())
    }

    #[test]
    fn a_title_must_hold_what_every_match_holds() {
        assert_eq!(needed(r"(?i)\broad(map)s?\b"), [["roadmap"]]);
        assert_eq!(needed("(?i)ask.*Straße"), [["ask"], ["strasse"]]);
        assert_eq!(needed("^(vision|Mission 7) x+"), [vec!["vision", "mission 7"], vec![" "], vec!["x"]]);
        for open in ["(vision)?", "a|", r"^\w+$", "(a|[0-9])", "[ab]", ".*", ""] {
            assert_eq!(needed(open), Vec::<AnyOf>::new(), "{open}");
        }
    }

    #[test]
    fn an_expression_takes_no_more_bytes_than_were_reckoned() {
        let patterns =
            [r"(?i)\bstraße \w+", r"\w \d", "(?i)(a|b|c){40}", r"(?i)[\p{Greek}k]{3}", "(.[^a]){9}", "(a*)+|x?"];
        for pattern in patterns.into_iter().chain([r"\w{20}", r"^(?:team|squad) \w+ 17$", r"[\s\S]\pL{2,}", "a", ""]) {
            let reckoned = size(&regex_syntax::parse(pattern).unwrap());
            let built = regex::RegexBuilder::new(pattern).size_limit(reckoned).build();
            assert!(built.is_ok(), "{pattern}: {reckoned}");
        }
    }

    proptest! {
        /// Whatever a gate keeps away would not have matched.
        #[test]
        fn no_gate_hides_a_match(
            parts in prop::collection::vec(prop::sample::select(vec![
                "(?-i:kS)", "[abkKß]", "K", "ſ", "İ", "ς", "Σ", r"\.", ".*", "(ab|K)?", "[kK]", "(k|ß)+", r"\bs", r"\w", "(?:[kſ]a)",
                " ", "a", "ss", "(a|Σi)", "(k){2}",
            ]), 1..6),
            title in "[abkKsSßẞ\u{212a}ſİiςΣ ]{0,8}",
        ) {
            let pattern = format!("(?i){}", parts.concat());
            let Ok(plain) = regex::Regex::new(&pattern) else { return Ok(()) };
            let file = format!("[[rule]]\nclass = \"strategy\"\ntitle_regex = '''{pattern}'''\n");
            let Ok(rules) = parse("r", &file, &[]) else { return Ok(()) };
            let matches = plain.is_match(&Title::of(&title).shown);
            prop_assert_eq!(rules.decide_title(&title).by == By::Rule(0), matches, "{} on {}", pattern, title);
        }
    }
}
