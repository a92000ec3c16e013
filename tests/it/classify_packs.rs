//! The rules for German, French and Spanish titles: each with a file of titles and what they must count as.

use crate::support::World;
use unicode_normalization::UnicodeNormalization;
use vantage::classify::{BUILTIN, Outcome, RuleSet, defaults, parse};
use vantage::model::Class;

/// A line: `S` strategy, `E` execution, `i` left out as private, `-` unclassified; a tab; the title.
const PACKS: [(&str, &str); 3] = [
    ("de", include_str!("../packs/de.tsv")),
    ("fr", include_str!("../packs/fr.tsv")),
    ("es", include_str!("../packs/es.tsv")),
];

fn rules(extends: &str) -> RuleSet {
    parse("rules.toml", &format!("extends = {extends}"), &[]).unwrap()
}

fn letter(rules: &RuleSet, title: &str) -> &'static str {
    match rules.decide_title(title).outcome {
        Outcome::Class(Class::Strategy) => "S",
        Outcome::Class(_) => "E",
        Outcome::Ignore => "i",
        Outcome::None => "-",
    }
}

fn titles(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once('\t'))
}

#[test]
fn every_title_of_every_pack_counts_as_it_should() {
    let mut wrong = String::new();
    for (name, text) in PACKS {
        let rules = rules(&format!("[\"default\", \"{name}\"]"));
        assert!(titles(text).count() >= 60);
        for (wanted, title) in titles(text) {
            let got = letter(&rules, title);
            if got != wanted {
                let by = rules.explain_title(title).winner.map(|step| rules.rules()[step.rule].name.to_string());
                wrong += &format!("{name}: {title:?} was {got}, not {wanted}, by {by:?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_way_a_title_is_spelled_does_not_matter() {
    for (name, text) in PACKS {
        let rules = rules(&format!("[\"default\", \"{name}\"]"));
        for (wanted, title) in titles(text) {
            let decomposed: String = title.nfd().collect();
            let curly = title.replace('\'', "’");
            let decorated = format!("[EXT] 📌 {}", title.to_lowercase());
            for spelled in [decomposed, curly, decorated] {
                assert_eq!(letter(&rules, &spelled), wanted, "{name}: {spelled}");
            }
        }
    }
}

#[test]
fn packs_stand_together_and_take_nothing_from_the_default_rules() {
    let (all, default) = (rules("[\"default\", \"de\", \"fr\", \"es\"]"), defaults());
    for (_, text) in PACKS {
        for (_, title) in titles(text).filter(|(_, title)| letter(&default, title) != "-") {
            assert_eq!(letter(&all, title), letter(&default, title), "{title}");
        }
    }
    // English calendars read the same with every pack.
    let english =
        ["Design review", "Board meeting", "Weekly", "Lunch with Sana", "Coffee", "Hold", "Placeholder", "Tim"];
    english.iter().for_each(|title| assert_eq!(letter(&all, title), letter(&default, title), "{title}"));
    assert_eq!(BUILTIN.len(), 1 + PACKS.len());
}

/// Titles that were written before a look at the rules, a third of them traps.
#[test]
fn english_titles_are_mostly_right_and_hardly_ever_wrong() {
    let (rules, text) = (defaults(), include_str!("../packs/en.tsv"));
    let classed: Vec<_> = titles(text).filter(|(wanted, _)| *wanted != "-").collect();
    let count = |test: &dyn Fn(&str, &str) -> bool| {
        classed.iter().filter(|(wanted, title)| test(wanted, letter(&rules, title))).count() * 100
    };
    assert!(count(&|wanted, got| wanted == got) >= 80 * classed.len());
    assert!(count(&|wanted, got| got != "-" && wanted != got) <= 5 * classed.len());
}

#[test]
fn an_unknown_pack_is_named_with_its_near_miss() {
    let world = World::new().rules("extends = [\"default\", \"deu\", \"klingon\"]\n");
    insta::assert_snapshot!(world.tell(["rules", "check"]), @r#"
    error: there are no built-in rules `deu`
     --> ~/.config/vantage/rules.toml:1:23
      |
    1 | extends = ["default", "deu", "klingon"]
      |                       ^^^^^ unknown name
      |
      = help: write `de`

    error: there are no built-in rules `klingon`
     --> ~/.config/vantage/rules.toml:1:30
      |
    1 | extends = ["default", "deu", "klingon"]
      |                              ^^^^^^^^^ unknown name
      |
      = help: expected one of `default`, `de`, `fr`, `es`
    exit 78
    "#);
}
