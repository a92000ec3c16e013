//! The rules in force, built-in ones too: all of them in a line each, or one as it stands in its file.

use super::context::Talk;
use super::rules_text::{hours, place, rule_json};
use super::rules_use::{InUse, class};
use super::{Done, Files, Format, output};
use crate::classify::{Rule, caseless};
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{count, near};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage rules list\n  vantage rules list --rules new.toml --ics calendar.ics --format json"
)]
pub(super) struct RulesList {
    #[command(flatten)]
    look: Look,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage rules show Hiring\n  vantage rules show Hiring >> ~/.config/vantage/rules.toml"
)]
pub(super) struct RulesShow {
    /// The name of a rule, as `vantage rules list` prints it
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    look: Look,
}

#[derive(Args)]
struct Look {
    #[command(flatten)]
    files: Files,
    /// A calendar to count hours in, once for each: a file, a folder, .zip, .gz; default: what was synced
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    /// How the rules are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl RulesList {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let look = InUse::read(&self.look.files, &self.look.calendars, talk)?;
        if self.look.format == Format::Json {
            let rules: Vec<Value> = (0..look.setup.rules.rules().len()).map(|number| look.json(number)).collect();
            let (first, last) = (look.weeks[0].to_string(), look.weeks[look.weeks.len() - 1].to_string());
            let all = json!({ "schema_version": 1, "checked": !look.empty, "first_week": first, "last_week": last, "rules": rules });
            return output::print(&format!("{all}\n"));
        }
        output::print(&look.list())
    }
}

impl RulesShow {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let look = InUse::read(&self.look.files, &self.look.calendars, talk)?;
        let rules = look.setup.rules.rules();
        let wanted = caseless(&self.name);
        let found: Vec<usize> = (0..rules.len()).filter(|number| caseless(&rules[*number].name) == wanted).collect();
        if found.is_empty() {
            let failure = Failure::new(Exit::Usage, format!("there is no rule `{}`", plain(&self.name)));
            let slip = near(&self.name, rules.iter().map(|rule| &*rule.name));
            return Err(failure.help(match slip {
                Some(name) => format!("write `vantage rules show \"{}\"`", plain(name)),
                None => "`vantage rules list` names them all".into(),
            }));
        }
        let mut text = String::new();
        for number in found {
            let rule = &rules[number];
            // Writing to a String cannot fail.
            let _ = match self.look.format {
                Format::Json => {
                    let mut value = look.json(number);
                    value["toml"] = rule.written().into();
                    writeln!(text, "{value}")
                }
                Format::Text => writeln!(text, "# {}{}\n{}", place(rule), look.did(number), rule.written()),
            };
        }
        output::print(&text)
    }
}

impl InUse {
    /// One line a rule, in the order in which they are asked.
    fn list(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = match self.empty {
            true => writeln!(text, "{:<13}  rule", "class"),
            false => writeln!(text, "{:>7}  {:<13}  rule", "hours", "class"),
        };
        for (number, rule) in self.setup.rules.rules().iter().enumerate() {
            if !self.empty {
                let _ = write!(text, "{:>7}  ", hours(&self.usage.rules[number].hours));
            }
            let theme = rule.theme.as_deref().map(|theme| format!(", theme {}", plain(theme))).unwrap_or_default();
            let weak = if rule.weak { ", weak" } else { "" };
            let _ = writeln!(text, "{:<13}  {}{theme}{weak}  {}", class(rule), plain(&rule.name), place(rule));
        }
        if !self.empty {
            let _ = writeln!(text, "hours from {} to {}", self.weeks[0], self.weeks[self.weeks.len() - 1]);
        }
        text
    }

    /// What the rule decided, after its place; nothing where no calendar says.
    fn did(&self, number: usize) -> String {
        if self.empty {
            return String::new();
        }
        let (used, last) = (&self.usage.rules[number], self.weeks.len() - 1);
        let events = count(used.events, "event");
        format!(": {} h in {events}, {} to {}", hours(&used.hours), self.weeks[0], self.weeks[last])
    }

    fn json(&self, number: usize) -> Value {
        let (rule, used): (&Rule, _) = (&self.setup.rules.rules()[number], &self.usage.rules[number]);
        let mut value = rule_json(rule);
        value["class"] = class(rule).into();
        value["theme"] = rule.theme.as_deref().into();
        value["weak"] = rule.weak.into();
        value["inherited"] = rule.source.inherited.into();
        value["events"] = (!self.empty).then_some(used.events).into();
        value["hours"] = (!self.empty).then(|| used.hours.in_hours()).into();
        value
    }
}
