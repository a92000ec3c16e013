//! Scores the default rules on labelled titles: `TITLES=file.tsv cargo test --test it classify_score:: -- --ignored
//! --nocapture`, one `title<TAB>strategy|execution|other` a line; `SHOW=1` lists what went wrong,
//! `EXTENDS='["default", "de"]'` adds a pack.

#![allow(clippy::print_stdout, reason = "a score to read")]

use vantage::classify::{By, Outcome, parse};

#[test]
#[ignore = "needs a file of labelled titles in TITLES"]
fn score_of_the_default_rules() {
    let Ok(path) = std::env::var("TITLES") else { return };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let show = std::env::var("SHOW").is_ok();
    let extends = std::env::var("EXTENDS").unwrap_or_else(|_| "\"default\"".into());
    let rules = parse("rules.toml", &format!("extends = {extends}"), &[]).unwrap();
    let (mut right, mut wrong, mut open, mut others, mut claimed) = (0, 0, 0, 0, 0);
    for (title, label) in text.lines().filter_map(|line| line.split_once('\t')) {
        let decision = rules.decide_title(title);
        let got = match decision.outcome {
            Outcome::Class(class) => class.name(),
            Outcome::Ignore => "ignore",
            Outcome::None => "-",
        };
        let by = if let By::Rule(rule) = decision.by { &*rules.rules()[rule].name } else { "" };
        others += i32::from(label == "other");
        let verdict = match (label, got) {
            ("other", "-" | "ignore") => continue,
            ("other", _) => {
                claimed += 1;
                "CLAIMED"
            }
            _ if label == got => {
                right += 1;
                continue;
            }
            (_, "-") => {
                open += 1;
                "OPEN"
            }
            _ => {
                wrong += 1;
                "WRONG"
            }
        };
        if show {
            println!("{verdict}\t{label}\t{got}\t{by}\t{title}");
        }
    }
    let (all, percent) =
        (right + wrong + open, |part: i32, whole: i32| 100.0 * f64::from(part) / f64::from(whole.max(1)));
    println!("rules {}", rules.rules().len());
    println!(
        "right {right}/{all} {:.1} %, wrong {wrong} {:.1} %, open {open}",
        percent(right, all),
        percent(wrong, all)
    );
    println!("others claimed {claimed}/{others} {:.1} %", percent(claimed, others));
}
