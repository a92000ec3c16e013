//! A first `vantage.toml`: the shipped one with the answers in it.

use super::{Config, TEMPLATE};
use crate::model::{Address, Mistake, share};
use toml::Value;

/// A first `rules.toml`: the default rules are inherited, and examples show the rest.
pub const RULES_TEMPLATE: &str = include_str!("../../config/my-rules.toml");

/// What one answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Timezone,
    WorkingHours,
    Aim,
    Domains,
    Reports,
}

/// What is aimed at.
#[derive(Clone, Debug, PartialEq)]
pub enum Aim {
    /// The word for a role.
    Role(String),
    /// A share, as it is written in the file.
    Goal(String),
}

/// The answers, as a person types them, each found good; what is missing keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    timezone: Option<String>,
    working_hours: Option<String>,
    aim: Option<Aim>,
    domains: Vec<String>,
    reports: Vec<String>,
    /// The user's own addresses.
    pub me: Vec<Address>,
    /// iCalendar files, by their names as sources.
    pub calendars: Vec<(String, String)>,
}

impl Answers {
    /// Takes one answer, as it is typed.
    ///
    /// # Errors
    /// The first mistake that the configuration's own reader finds in it; nothing is taken then.
    pub fn take(&mut self, question: Question, text: &str) -> Result<(), Mistake> {
        let mut answers = self.clone();
        match question {
            Question::Timezone => answers.timezone = Some(text.trim().into()),
            Question::WorkingHours => answers.working_hours = Some(week(text)),
            Question::Aim => answers.aim = Some(aim(text)),
            Question::Domains => answers.domains = words(text),
            Question::Reports => answers.reports = words(text),
        }
        // What was found on the disk is no answer, and its kinds are not known here.
        let typed = Answers { calendars: Vec::new(), ..answers.clone() };
        if let Err(mistakes) = Config::parse(&typed.text(), &[], &str::to_string)
            && let Some(first) = mistakes.into_iter().next()
        {
            return Err(first);
        }
        *self = answers;
        Ok(())
    }

    /// The whole file, with every key that was not asked for in a comment.
    pub fn text(&self) -> String {
        let mut text = TEMPLATE.to_string();
        let list = |items: &[String]| Value::from(items.to_vec()).to_string();
        let mut set = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                put(&mut text, &[&format!("# {key} =")], &format!("{key} = {value}"));
            }
        };
        set("timezone", self.timezone.as_deref().map(quoted));
        set("working_hours", self.working_hours.clone());
        match &self.aim {
            Some(Aim::Goal(goal)) => set("goal", Some(goal.clone())),
            Some(Aim::Role(role)) => set("role", Some(quoted(role))),
            None => {}
        }
        set("my_domains", (!self.domains.is_empty()).then(|| list(&self.domains)));
        let me: Vec<String> = self.me.iter().map(|address| address.as_str().to_string()).collect();
        set("my_addresses", (!me.is_empty()).then(|| list(&me)));
        if !self.reports.is_empty() {
            put(&mut text, &["# [people]", "# reports ="], &format!("[people]\nreports = {}", list(&self.reports)));
        }
        if !self.calendars.is_empty() {
            let one = |(name, path): &(String, String)| {
                format!("[[source.ics]]\nname = {}\npath = {}", quoted(name), quoted(path))
            };
            let all: Vec<String> = self.calendars.iter().map(one).collect();
            put(&mut text, &["# [[source.ics]]", "# name =", "# path ="], &all.join("\n\n"));
        }
        text
    }
}

/// Puts `lines` in the place of the first lines of `text` that begin so, one after the other.
fn put(text: &mut String, begin: &[&str], lines: &str) {
    let old: Vec<&str> = text.lines().collect();
    let there = |window: &[&str]| window.iter().zip(begin).all(|(line, begin)| line.starts_with(begin));
    let Some(at) = old.windows(begin.len()).position(there) else { return };
    let mut new = old[..at].to_vec();
    new.push(lines);
    new.extend(&old[at + begin.len()..]);
    *text = new.join("\n") + "\n";
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn words(text: &str) -> Vec<String> {
    text.split([',', ' ', ';']).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// `08:00-18:00`, or `mon-thu 08:00-17:00, fri 08:00-14:00, lunch 12:00-13:00`, as TOML.
fn week(text: &str) -> String {
    let part = |part: &str| {
        let (days, hours) = part.trim().rsplit_once(char::is_whitespace).unwrap_or(("mon-fri", part.trim()));
        let days = days.trim().trim_end_matches([':', '=']).to_lowercase();
        let bare = days.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !days.is_empty();
        format!("{} = {}", if bare { days } else { quoted(&days) }, quoted(hours))
    };
    format!("{{ {} }}", text.split(',').filter(|p| !p.trim().is_empty()).map(part).collect::<Vec<_>>().join(", "))
}

/// What [`share`] reads is a goal, and so is a bare `40`; everything else is a role.
fn aim(text: &str) -> Aim {
    match share(text).or_else(|| share(&format!("{text}%"))) {
        Some(goal) => Aim::Goal(format!("{:?}", goal.to_f64())),
        // No role has a digit: what is wrong with it is said of the goal.
        None if text.contains(|c: char| c.is_ascii_digit()) => Aim::Goal(quoted(text)),
        None => Aim::Role(text.trim().to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_finds_its_place_in_the_shipped_file() {
        let mut answers = Answers::default();
        answers.take(Question::Timezone, "Europe/Berlin").unwrap();
        answers.take(Question::WorkingHours, "mon-thu 08:00-17:00, fri: 08:00-14:00").unwrap();
        answers.take(Question::Aim, "40 %").unwrap();
        answers.take(Question::Domains, "example.com, example.org").unwrap();
        answers.take(Question::Reports, "jonas@example.com amara@example.com").unwrap();
        answers.me = vec![Address::parse("ada@example.com").unwrap()];
        answers.calendars = vec![("a".into(), "/a \"b\".ics".into()), ("b".into(), "/b.ics".into())];
        let text = answers.text();
        let set: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        insta::assert_snapshot!(set.join("\n"), @r###"
        timezone = "Europe/Berlin"
        working_hours = { mon-thu = "08:00-17:00", fri = "08:00-14:00" }
        goal = 0.4
        my_addresses = ["ada@example.com"]
        my_domains = ["example.com", "example.org"]
        [people]
        reports = ["jonas@example.com", "amara@example.com"]
        [[source.ics]]
        name = "a"
        path = '/a "b".ics'
        [[source.ics]]
        name = "b"
        path = "/b.ics"
        "###);
        let config = crate::kinds::configuration(&text, &str::to_string).unwrap();
        assert_eq!((config.people.group("reports").len(), config.sources.len()), (2, 2));
    }

    #[test]
    fn a_goal_is_a_number_and_all_else_a_role() {
        for (text, expected) in [
            ("40", Aim::Goal("0.4".into())),
            ("0.45", Aim::Goal("0.45".into())),
            ("1", Aim::Goal("1.0".into())),
            ("55%", Aim::Goal("0.55".into())),
            ("33,3 %", Aim::Goal("0.333".into())),
            ("140%", Aim::Goal("\"140%\"".into())),
            ("Executive", Aim::Role("executive".into())),
        ] {
            assert_eq!(aim(text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_configuration_would_refuse_is_not_taken() {
        let mut answers = Answers::default();
        for (question, text) in [
            (Question::Timezone, "Europe/Berlim"),
            (Question::WorkingHours, "morning"),
            (Question::WorkingHours, "mon-\"fri 8-18"),
            (Question::Aim, "boss"),
            (Question::Aim, "140"),
            (Question::Aim, "nan"),
            (Question::Domains, "example"),
            (Question::Reports, "jonas"),
        ] {
            assert!(answers.take(question, text).is_err(), "{text}");
        }
        assert_eq!(answers, Answers::default());
    }

    #[test]
    fn the_first_rules_inherit_the_default_ones() {
        let rules = crate::classify::parse("rules.toml", RULES_TEMPLATE, &[]).unwrap();
        assert!(!rules.rules().is_empty() && rules.rules().iter().all(|rule| rule.source.inherited));
        let examples = RULES_TEMPLATE.split("\n# [[rule]]").skip(1).count();
        let used = RULES_TEMPLATE.lines().map(|l| match l.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.starts_with('"') || rest.contains(" = ") => rest,
            _ => l,
        });
        let used = crate::classify::parse("rules.toml", &used.collect::<Vec<_>>().join("\n"), &[]).unwrap();
        assert_eq!(used.rules().iter().filter(|rule| !rule.source.inherited).count(), examples);
    }
}
