//! What a title has in common with others of its kind: names and numbers are folded away.

use crate::classify::{People, Title, is_form};
use crate::model::{AttendeeKind, Instance};
use std::collections::{HashMap, HashSet};

/// Words that join others.
const LINKS: &[&str] = &[
    "and", "und", "et", "y", "e", "with", "w", "mit", "avec", "con", "com", "x", "me", "the", "a", "of", "for", "de",
    "la", "le", "les", "du", "des", "der", "die", "das", "für", "pour", "para",
];
/// Words that stand for no kind of meeting: days, and what fills a sentence.
const FILLERS: &[&str] = &[
    "project",
    "projekt",
    "projet",
    "proyecto",
    "projeto",
    "to",
    "from",
    "what",
    "how",
    "who",
    "why",
    "are",
    "our",
    "your",
    "you",
    "one",
    "two",
    "all",
    "not",
    "new",
    "next",
    "first",
    "last",
    "day",
    "week",
    "neu",
    "neue",
    "wie",
    "was",
    "wer",
    "wir",
    "ich",
    "ist",
    "nur",
    "tag",
    "woche",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "sur",
    "dans",
    "une",
    "que",
    "qui",
    "jour",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "por",
    "los",
    "las",
    "como",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "segunda",
    "terça",
    "quarta",
    "quinta",
    "sexta",
];
/// After these comes a person.
const BESIDE: &[&str] = &["1:1", "1on1", "1to1", "o3", "w", "with", "mit", "avec", "con", "com"];
/// What stands before the `@` of addresses that belong to nobody.
const OFFICES: &[&str] =
    &["info", "team", "sales", "support", "product", "office", "hello", "contact", "admin", "board"];
/// Numbers that are words.
const NUMBERS: &[&str] = &["1:1", "1on1", "1to1", "o3", "360"];
/// Fewer letters make no word that stands for a kind of meeting.
const SHORT: usize = 3;

/// A title with its names and numbers folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    /// The words that are kept: equal for titles of one kind.
    pub key: String,
    /// Every word, `*` for one that is folded.
    pub words: Vec<String>,
    /// Without names and numbers nothing would be left that says something, so the names were kept.
    lost: bool,
}

impl Fold {
    /// Folds a title; `None` where it holds no word, or nothing but numbers. What would lose all words that say something
    /// keeps its names: "Projekt Adler".
    pub(super) fn of(title: &str, names: &HashSet<String>) -> Option<Fold> {
        let words: Vec<String> = Title::of(title).words.runs().map(str::to_owned).collect();
        if words.iter().all(|word| word.chars().filter(|c| c.is_alphabetic()).count() < 2 && is_number(word)) {
            return None;
        }
        let fold = |is_folded: &dyn Fn(&String) -> bool| -> Vec<String> {
            words.iter().map(|word| if is_folded(word) { "*".to_owned() } else { word.clone() }).collect()
        };
        let kept = |words: &[String]| words.iter().filter(|word| *word != "*").cloned().collect::<Vec<_>>().join(" ");
        let folded = fold(&|word| names.contains(word) || is_number(word));
        if folded.iter().any(|word| says(word) && !FILLERS.contains(&word.as_str())) {
            return Some(Fold { key: kept(&folded), words: folded, lost: false });
        }
        let named = fold(&|word| is_number(word));
        let all_numbers = kept(&named).is_empty();
        let words = if all_numbers { words } else { named };
        Some(Fold { key: kept(&words), words, lost: true })
    }

    /// The words that may stand for a kind of meeting: no form, no name, no number.
    pub(super) fn general<'f>(&'f self, names: &'f HashSet<String>) -> impl Iterator<Item = &'f str> {
        let long = |word: &str| word.chars().count() >= if word.is_ascii() { SHORT } else { 2 };
        let general = move |word: &&str| {
            says(word) && long(word) && !FILLERS.contains(word) && !is_number(word) && !names.contains(*word)
        };
        self.words.iter().map(String::as_str).filter(general)
    }

    /// For `title`: what stands between the first word that says something and the last; `None` where no word does.
    pub(super) fn phrase(&self) -> Option<String> {
        let first = self.words.iter().position(|word| says(word))?;
        let last = self.words.iter().rposition(|word| says(word))?;
        let only = last == first && (self.lost || FILLERS.contains(&self.words[first].as_str()));
        // A name or a day alone is in too many titles.
        (!only).then(|| self.words[first..=last].join(" "))
    }

    /// For `title_regex`: the whole title and nothing else. Words hold no sign that means something there but these.
    pub(super) fn whole(&self) -> String {
        let escaped = |word: &String| word.replace(['+', '.'], ".");
        let word = |word: &String| if word == "*" { r"[\p{L}\p{M}\p{N}:]+".to_owned() } else { escaped(word) };
        format!(r"(?i)^[\W_]*{}[\W_]*$", self.words.iter().map(word).collect::<Vec<_>>().join(r"[\W_]+"))
    }
}

/// It is no form of meetings, links nothing and was not folded.
fn says(word: &str) -> bool {
    word != "*" && !LINKS.contains(&word) && (!is_form(word) || NUMBERS.contains(&word))
}

/// A date, a year, a version, a ticket; a long run with a digit in it is none.
fn is_number(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    word.chars().any(|c| c.is_ascii_digit()) && letters < SHORT && !NUMBERS.contains(&word)
}

/// The words of everybody's names and addresses, in lower case, and of the user's own organisation. What bears a guest's
/// domain is a company; what more titles say without such a guest than with one is a codename.
pub(super) fn names(instances: &[Instance], people: &People) -> HashSet<String> {
    let (mut names, mut guests) = (HashSet::new(), HashMap::<String, i64>::new());
    for event in instances.iter().map(|instance| &instance.event) {
        for line in event.attendees.lines().iter().filter(|line| line.kind == AttendeeKind::Person) {
            let local = line.address.as_str().split('@').next().filter(|_| line.address.is_mail());
            let name = line.name.as_deref().filter(|name| !name.contains('@'));
            let all = local.into_iter().chain(name).flat_map(words);
            if people.is_internal(&line.address) == Some(false) {
                let company = line.address.domain().split('.').next().unwrap_or_default();
                all.filter(|word| word != company).for_each(|word| *guests.entry(word).or_default() += 0);
            } else {
                names.extend(all);
            }
        }
        let title = event.summary.as_deref().filter(|_| people.are_two(event)).unwrap_or_default();
        names.extend(beside(title).into_iter().flat_map(words));
    }
    names.extend(people.domains.iter().filter_map(|domain| domain.split('.').next()).flat_map(words));
    let mut titles = HashSet::new();
    for event in instances.iter().map(|instance| &instance.event) {
        let Some(title) = event.summary.as_deref().filter(|title| titles.insert(*title)) else { continue };
        let here: HashSet<String> =
            event.attendees.lines().iter().filter_map(|line| line.name.as_deref()).flat_map(words).collect();
        for word in Title::of(title).words.runs() {
            if let Some(balance) = guests.get_mut(word) {
                *balance += if here.contains(word) { 1 } else { -1 };
            }
        }
    }
    names.extend(guests.into_iter().filter(|(_, balance)| *balance > -2).map(|(word, _)| word));
    names
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    words.map(str::to_lowercase).filter(|word| !OFFICES.contains(&word.as_str()))
}

/// In a meeting of two, the capitalised word after `1:1` or `with` is the other one's name.
fn beside(title: &str) -> Option<&str> {
    let mut words = title.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty());
    words.find(|word| BESIDE.contains(&word.to_lowercase().as_str()))?;
    words.next().filter(|word| word.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(title: &str) -> (String, Option<String>) {
        let names = ["ana", "bo", "mei"].map(String::from).into();
        let fold = Fold::of(title, &names).unwrap();
        (fold.key.clone(), fold.phrase())
    }

    #[test]
    fn names_and_numbers_are_folded() {
        let cases = [
            ("1:1 Ana / Bo", "1:1", Some("1:1")),
            ("Falcon 41", "falcon", Some("falcon")),
            ("Falcon Q3 huddle, Mei", "falcon huddle", Some("falcon * huddle")),
            ("Ana / Bo", "ana bo", Some("ana bo")),
            ("Ana and Bo", "ana and bo", Some("ana and bo")),
            ("Ana", "ana", None),
            ("Projekt Bo", "projekt bo", Some("projekt bo")),
            ("Project 7", "project", None),
            ("Ana weekly 41", "ana weekly", None),
            ("ISO27001", "iso27001", None),
            ("Weekly Falcon review", "weekly falcon review", Some("falcon")),
            ("Weekly review", "weekly review", None),
            ("製品戦略 3月", "製品戦略", Some("製品戦略")),
        ];
        for (title, key, phrase) in cases {
            assert_eq!(fold(title), (key.into(), phrase.map(str::to_owned)), "{title}");
        }
        for title in ["🎂", "2026", "Q3 / 2027"] {
            assert_eq!(Fold::of(title, &HashSet::new()), None, "{title}");
        }
    }

    #[test]
    fn a_general_word_is_no_form_no_name_and_no_number() {
        let names = ["ana".to_owned()].into();
        let general = |title| Fold::of(title, &names).unwrap().general(&names).collect::<Vec<_>>().join(" ");
        assert_eq!(general("Weekly Falcon review Q3, Ana und das Lager"), "falcon lager");
        assert_eq!(general("Ana Weekly"), "");
        assert_eq!(general("製品戦略 会議"), "製品戦略 会議");
    }

    #[test]
    fn whom_one_meets_is_a_name() {
        assert_eq!(beside("Coffee w/ Helen"), Some("Helen"));
        assert_eq!(beside("1:1 Tomasz"), Some("Tomasz"));
        assert_eq!(beside("call with finance"), None);
        assert_eq!(beside("Helen"), None);
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
