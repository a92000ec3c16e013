//! `vantage rules suggest`: rules for what no rule classifies.

use super::context::{Setup, Talk, now, read};
use super::paths::{config_path, rules_path, rules_place, shown};
use super::{Done, Files, Format, output};
use crate::analyze::suggest::{Coverage, Evidence, Ground, Suggestion, Suggestions};
use crate::classify::append;
use crate::diagnostic::{Exit, Failure, plain};
use crate::disk;
use crate::model::{Class, Exact, Interval, Mistake, Week, count};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::BufRead;
use std::path::Path;

/// Complete weeks that are looked at.
const WEEKS: i64 = 12;
/// Letters of a title that are shown.
const TITLE: usize = 80;
/// The rules that hold where there is no file.
const DEFAULTS: &str = "extends = \"default\"\n";

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage rules suggest\n  vantage rules suggest --apply\n  vantage rules suggest --ics calendar.ics \
                        --since 2026-09-01 >> rules.toml"
)]
pub struct Suggest {
    /// How many rules are suggested, those with most hours first
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
    /// A calendar, once for each: a file, a folder, .zip, .gz, or -; default: the configuration's sources
    #[arg(long, value_name = "PATH")]
    ics: Vec<String>,
    /// From this day to the end of the last complete week; default: its twelve last weeks
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Ask about each, and add the accepted ones to the rules
    #[arg(long, conflicts_with = "format")]
    apply: bool,
    #[command(flatten)]
    files: Files,
    /// How the suggestions are printed; as text they are a rules file
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Suggest {
    pub fn run(self, talk: &Talk) -> Done {
        if self.apply && self.ics.iter().any(|place| place == "-") {
            let failure =
                Failure::new(Exit::Usage, "the answers and the calendar cannot both come from standard input");
            return Err(failure.help("name the calendar's file after `--ics`"));
        }
        let mut setup = Setup::load(&self.files, talk)?;
        let path = rules_path(&self.files, config_path(&self.files).as_deref());
        let text = written(path.as_deref())?;
        let is_first = text.is_none();
        let text = text.unwrap_or(DEFAULTS.into());
        let file = path.as_deref().map_or("rules.toml".into(), shown);
        let now = now()?;
        let zones = setup.wishes.zones.clone();
        let this = Week::of(zones.date_of(now), setup.wishes.week_start);
        let first = self.since.unwrap_or(this.plus(-WEEKS).first);
        if first >= this.first {
            let failure = Failure::new(Exit::Usage, format!("no complete week has ended since `{first}`"));
            return Err(failure.help(format!("write `--since` with a date before {}", this.first)));
        }
        let window = Interval::new(zones.starts(first), zones.starts(this.first));
        let instances = setup.instances(&self.ics, window, now, talk)?;
        let ground = Ground {
            instances: &instances,
            window,
            people: &setup.config.people,
            wishes: &setup.wishes,
            file: &file,
            text: &text,
        };
        let found = ground.suggest(self.top).map_err(|broken| refused(&file, broken))?;
        let days = (first, this.plus(-1).last());
        match self.format {
            Format::Json => output::print(&json_of(&found, days)),
            Format::Text if self.apply => self.apply(&ground, &found, days),
            // A first file must not lose the default rules.
            Format::Text if is_first => output::print(&format!("{DEFAULTS}\n{}", text_of(&found, days))),
            Format::Text => output::print(&text_of(&found, days)),
        }
    }

    /// Asks about each suggestion on standard input. Nothing is written before the last answer.
    fn apply(&self, ground: &Ground<'_>, found: &Suggestions, days: (NaiveDate, NaiveDate)) -> Done {
        let broken = |broken| refused(ground.file, broken);
        let mut answers = std::io::stdin().lock().lines();
        let (mut rules, mut reached): (Vec<String>, _) = (Vec::new(), found.before.clone());
        output::print(&format!("{}\n", heading(found, days)))?;
        for suggestion in &found.list {
            // Those before it may have been turned down.
            let with =
                |class| rules.iter().cloned().chain([commented(suggestion, class)]).collect::<Vec<_>>().join("\n");
            let after = ground.coverage(&with(Class::Strategy)).map_err(broken)?;
            output::print(&block(suggestion, &reached, &after))?;
            match ask(suggestion.proposal.class, &mut answers)? {
                Answer::Add(class) => {
                    rules.push(commented(suggestion, class));
                    reached = after;
                }
                Answer::Skip => {}
                Answer::Stop => break,
            }
        }
        if rules.is_empty() {
            return output::print("nothing was added\n");
        }
        let nowhere =
            || Failure::new(Exit::Io, "there is no folder for the rules").help("set `HOME` or give `--rules`");
        let path = rules_place(&self.files).ok_or_else(nowhere)?;
        // The file may have been edited while its owner thought.
        let there = path.try_exists().unwrap_or(true);
        let text = written(there.then_some(&path))?.unwrap_or(DEFAULTS.into());
        let groups: Vec<&str> = ground.people.groups.keys().map(String::as_str).collect();
        let (whole, _) = append(ground.file, &text, &rules.join("\n"), &groups).map_err(broken)?;
        disk::rewrite(&path, whole.as_bytes())?;
        let were = if rules.len() == 1 { "was" } else { "were" };
        let rules = count(rules.len(), "rule");
        output::print(&format!("{rules} {were} added to {}; {}\n", shown(&path), change(&found.before, &reached)))
    }
}

/// The rules that were written; none where there is no file, or an empty one: a shell makes that of `>> rules.toml` before we
/// are asked.
fn written(path: Option<&Path>) -> Result<Option<String>, Failure> {
    let text = path.map(|path| read(path, "rules")).transpose()?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

fn refused(file: &str, (text, mistakes): (String, Vec<Mistake>)) -> Failure {
    let failure = Failure::mistakes(file, &text, mistakes).help("write each rule under a `[[rule]]` of its own");
    failure.note("the rules are as they were")
}

enum Answer {
    Add(Class),
    Skip,
    Stop,
}

/// Asks until the answer is one; the end of the input is no more of them.
fn ask(
    proposed: Option<Class>,
    answers: &mut impl Iterator<Item = std::io::Result<String>>,
) -> Result<Answer, Failure> {
    let yes = if proposed.is_some() { "y yes, " } else { "" };
    loop {
        output::print(&format!("Add it? {yes}s as strategy, e as execution, n no, q no more: "))?;
        let Some(line) = answers.next() else {
            output::print("\n")?;
            return Ok(Answer::Stop);
        };
        let line = line.map_err(|e| Failure::new(Exit::Io, "standard input could not be read").cause(e))?;
        output::print("\n")?;
        match (line.trim().to_lowercase().as_str(), proposed) {
            ("y" | "yes", Some(class)) => return Ok(Answer::Add(class)),
            ("y" | "yes", None) => {
                output::print("no class is proposed, so it is not added\n")?;
                return Ok(Answer::Skip);
            }
            ("s" | "strategy", _) => return Ok(Answer::Add(Class::Strategy)),
            ("e" | "execution", _) => return Ok(Answer::Add(Class::Execution)),
            ("n" | "no", _) => return Ok(Answer::Skip),
            ("q" | "quit", _) => return Ok(Answer::Stop),
            _ => {}
        }
    }
}

fn percent(permille: i64) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

fn hours(seconds: &Exact) -> String {
    format!("{}.{} h", seconds.tenths() / 10, seconds.tenths() % 10)
}

fn meetings(n: usize) -> String {
    count(n, "meeting")
}

fn change(before: &Coverage, after: &Coverage) -> String {
    let points = after.permille() - before.permille();
    let (sign, points) = (if points < 0 { "−" } else { "+" }, points.abs());
    let (from, to) = (percent(before.permille()), percent(after.permille()));
    format!("coverage {from} → {to} ({sign}{}.{} points)", points / 10, points % 10)
}

fn heading(found: &Suggestions, (first, last): (NaiveDate, NaiveDate)) -> String {
    let open = &found.before.counted - &found.before.classified;
    let mut text = format!(
        "# {first} to {last}: coverage {} of {} counted, {} unclassified\n",
        percent(found.before.permille()),
        hours(&found.before.counted),
        hours(&open)
    );
    let (count, seconds) = &found.unnamed;
    if *count > 0 {
        text += &format!(
            "# {} of it in {}, private or without a title, which no rule can name\n",
            hours(seconds),
            meetings(*count)
        );
    }
    if found.list.is_empty() && found.more == 0 {
        text += "# there is nothing to suggest\n";
    }
    text
}

fn text_of(found: &Suggestions, days: (NaiveDate, NaiveDate)) -> String {
    let mut text = heading(found, days);
    for suggestion in &found.list {
        text += "\n";
        text += &block(suggestion, &suggestion.before, &suggestion.after);
    }
    if found.more > 0 {
        let _ = writeln!(text, "\n# and {} more; `--top {}` shows all", found.more, found.more + found.list.len());
    }
    text
}

fn evidence(e: &Evidence) -> String {
    let range = |(low, high): (i64, i64), noun| match low == high {
        true => count(low, noun),
        false => format!("{low} to {}", count(high, noun)),
    };
    let people = e.people.map(|(low, high)| format!(", {}", range((low as i64, high as i64), "person")));
    let people = people.unwrap_or_else(|| ", people unknown".into());
    let recurring = if e.recurring { ", recurring" } else { "" };
    let external = if e.external == Some(true) { ", with guests from outside" } else { "" };
    format!(
        "{}, {}, {}{people}{recurring}{external}",
        meetings(e.meetings),
        hours(&e.hours),
        range(e.minutes, "minute")
    )
}

/// One suggestion: what speaks for it as comments, and its rule; a comment too where the class is left to the reader.
fn block(suggestion: &Suggestion, before: &Coverage, after: &Coverage) -> String {
    let (s, mut text) = (suggestion, String::new());
    let titles = match s.titles {
        0 | 1 => String::new(),
        2 => " and another title".into(),
        n => format!(" and {} more titles", n - 1),
    };
    let title: String = plain(&s.title).chars().take(TITLE).collect();
    let _ = writeln!(text, "# \"{title}\"{titles}: {}", evidence(&s.evidence));
    match s.proposal.class {
        Some(class) => {
            let theme = s.proposal.theme.map(|theme| format!(" ({theme})")).unwrap_or_default();
            let _ = writeln!(text, "# proposed: {}{theme}: {}", class.name(), s.proposal.why);
        }
        None => {
            let _ = writeln!(text, "# no proposal: {}; with either class:", s.proposal.why);
        }
    }
    let _ = writeln!(text, "# {}", change(before, after));
    if s.moves > 0 {
        let _ = writeln!(text, "# it would also take {} from other rules", meetings(s.moves));
    }
    match s.proposal.class {
        Some(class) => text += &s.toml(class),
        None => {
            for line in s.toml(Class::Strategy).lines() {
                let line =
                    if line.starts_with("class = ") { "class = \"\"  # strategy, execution or ignore" } else { line };
                let _ = writeln!(text, "# {line}");
            }
        }
    }
    text
}

/// What is written into the rules: the rule under its reason.
fn commented(s: &Suggestion, class: Class) -> String {
    let why = if s.proposal.class == Some(class) { format!(", {}", s.proposal.why) } else { String::new() };
    format!("# {}{why}\n{}", evidence(&s.evidence), s.toml(class))
}

fn json_of(found: &Suggestions, (first, last): (NaiveDate, NaiveDate)) -> String {
    let share = |c: &Coverage| c.classified.over(&c.counted).map(|share| share.to_f64());
    let mut suggestions: Vec<Value> = Vec::new();
    for s in &found.list {
        let e = &s.evidence;
        suggestions.push(json!({
            "name": s.name, "title": s.title, "titles": s.titles,
            "class": s.proposal.class.map(Class::name), "theme": s.proposal.theme, "why": s.proposal.why,
            "meetings": e.meetings, "hours": e.hours.in_hours(), "people": e.people.map(|(low, high)| [low, high]),
            "minutes": [e.minutes.0, e.minutes.1], "recurring": e.recurring, "external": e.external,
            "coverage": share(&s.after), "points": (s.after.permille() - s.before.permille()) as f64 / 10.0,
            "takes": s.moves, "toml": s.proposal.class.map(|class| s.toml(class)),
        }));
    }
    let value = json!({
        "from": first, "to": last, "counted": found.before.counted.in_hours(), "coverage": share(&found.before),
        "suggestions": suggestions, "more": found.more,
        "unnamed": { "meetings": found.unnamed.0, "hours": found.unnamed.1.in_hours() },
    });
    format!("{value}\n")
}
