//! What a title has in common with others of its kind: names and numbers are folded away.

use crate::classify::Title;
use crate::model::{AttendeeKind, Instance};
use std::collections::HashSet;

/// Words that say nothing alone.
const LINKS: &[&str] =
    &["and", "und", "et", "y", "with", "w", "mit", "avec", "con", "x", "me", "the", "a", "of", "for", "de", "la", "le"];
/// What stands before the `@` of addresses that belong to nobody.
const OFFICES: &[&str] =
    &["info", "team", "sales", "support", "product", "office", "hello", "contact", "admin", "board"];
/// Numbers that are words.
const NUMBERS: &[&str] = &["1:1", "1on1", "1to1", "o3", "360"];

/// A title with its names and numbers folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The words that are kept: equal for titles of one kind.
    pub key: String,
    /// Every word, `*` for one that is folded.
    pub words: Vec<String>,
}

impl Fold {
    /// Folds a title; `None` where it holds no word. What would lose all its words keeps them.
    pub fn of(title: &str, names: &HashSet<String>) -> Option<Fold> {
        let words = Title::of(title).words;
        let words: Vec<String> = (0..words.len()).map(|at| words.word(at).to_owned()).collect();
        let number = |word: &str| word.chars().any(|c| c.is_ascii_digit()) && !NUMBERS.contains(&word);
        let star = |word: &String| if names.contains(word) || number(word) { "*".to_owned() } else { word.clone() };
        let folded: Vec<String> = words.iter().map(star).collect();
        let kept: Vec<&str> = folded.iter().map(String::as_str).filter(|word| *word != "*").collect();
        if kept.iter().all(|word| LINKS.contains(word)) {
            return (!words.is_empty()).then(|| Fold { key: words.join(" "), words });
        }
        Some(Fold { key: kept.join(" "), words: folded })
    }

    /// For `title`: what stands between the first kept word and the last.
    pub fn phrase(&self) -> String {
        let kept = |word: &String| *word != "*";
        let first = self.words.iter().position(kept).unwrap_or(0);
        let last = self.words.iter().rposition(kept).map_or(self.words.len(), |last| last + 1);
        self.words[first..last].join(" ")
    }

    /// For `title_regex`: the whole title and nothing else. Words hold no sign that means something there.
    pub fn whole(&self) -> String {
        let word = |word: &String| if word == "*" { r"[\p{L}\p{M}\p{N}:]+".to_owned() } else { word.clone() };
        format!(r"(?i)^[\W_]*{}[\W_]*$", self.words.iter().map(word).collect::<Vec<_>>().join(r"[\W_]+"))
    }
}

/// The words of everybody's names and addresses, in lower case.
pub fn names(instances: &[Instance]) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut take = |text: &str| {
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
        names.extend(words.map(str::to_lowercase).filter(|word| !OFFICES.contains(&word.as_str())));
    };
    for line in instances.iter().flat_map(|instance| instance.event.attendees.lines()) {
        if line.kind == AttendeeKind::Person {
            let local = line.address.as_str().split('@').next().filter(|_| line.address.is_mail());
            take(local.unwrap_or_default());
            line.name.as_deref().filter(|name| !name.contains('@')).into_iter().for_each(&mut take);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(title: &str) -> (String, String) {
        let names = ["ana", "bo", "mei"].map(String::from).into();
        let fold = Fold::of(title, &names).unwrap();
        (fold.key.clone(), fold.phrase())
    }

    #[test]
    fn names_and_numbers_are_folded() {
        let cases = [
            ("1:1 Ana / Bo", "1:1", "1:1"),
            ("Falcon 41", "falcon", "falcon"),
            ("Falcon Q3 huddle, Mei", "falcon huddle", "falcon * huddle"),
            ("Ana / Bo", "ana bo", "ana bo"),
            ("Ana and Bo", "ana and bo", "ana and bo"),
            ("2026", "2026", "2026"),
        ];
        for (title, key, phrase) in cases {
            assert_eq!(fold(title), (key.into(), phrase.into()), "{title}");
        }
        assert_eq!(Fold::of("🎂", &HashSet::new()), None);
    }

    #[test]
    fn a_whole_title_is_one_expression() {
        let whole = Fold::of("Falcon 41: Mei", &["mei".to_owned()].into()).unwrap().whole();
        let rules = format!("[[rule]]\nclass = \"execution\"\ntitle_regex = '{whole}'\n");
        let set = crate::classify::parse("rules.toml", &rules, &[]).unwrap();
        let matches = |title| set.decide_title(title).class() == Some(crate::model::Class::Execution);
        assert!(
            matches("FALCON 7 – Ana")
                && matches("[EXT] Falcon 41: Mei!")
                && matches("falcon_41_mei")
                && !matches("Falcon 41: Mei again")
        );
    }
}
