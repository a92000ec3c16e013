//! `vantage rules suggest`: rules for what no rule classifies.

mod text;

use super::context::{Setup, Talk, now};
use super::language::{self, DEFAULTS, Offer, rules_text};
use super::paths::{config_path, rules_path, rules_place, shown};
use super::{Done, Files, Format, output};
use crate::analyze::suggest::{Ground, Suggestions};
use crate::classify::{Outcome, append, with_pack};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::model::{Class, Interval, Mistake, Week, count};
use chrono::NaiveDate;
use clap::Args;
use std::io::{BufRead, Lines, StdinLock};
use std::path::PathBuf;
use text::{block, change, commented, heading, json_of, text_of};

/// Complete weeks that are looked at.
const WEEKS: i64 = 12;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage rules suggest\n  vantage rules suggest --apply\n  vantage rules suggest --ics calendar.ics \
                        --since 2026-09-01 >> rules.toml"
)]
pub(super) struct Suggest {
    /// How many rules are suggested, those with most hours first
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
    /// A calendar, once for each: a file, a folder, .zip, .gz, or -; default: the configuration's sources
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
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
    pub(super) fn run(self, talk: &Talk) -> Done {
        if self.apply && self.calendars.iter().any(|place| place == "-") {
            let failure =
                Failure::new(Exit::Usage, "the answers and the calendar cannot both come from standard input");
            return Err(failure.help("name the calendar's file after `--ics`"));
        }
        let mut setup = Setup::load(&self.files, talk)?;
        let path = rules_path(&self.files, config_path(&self.files).as_deref());
        let text = rules_text(path.as_deref())?;
        let is_first = text.is_none();
        let text = text.unwrap_or(DEFAULTS.into());
        let file = path.as_deref().map_or("rules.toml".into(), shown);
        let (window, days) = self.window(&setup)?;
        let instances = setup.instances(&self.calendars, window, now()?, talk)?;
        let ground = Ground {
            instances: &instances,
            window,
            people: &setup.config.people,
            wishes: &setup.wishes,
            file: &file,
            text: &text,
        };
        let offer = language::offer(&ground);
        if self.apply {
            return self.ask_all(ground, offer, days);
        }
        let found = ground.suggest(self.top).map_err(|broken| refused(&file, broken))?;
        match self.format {
            Format::Json => output::print(&json_of(&found, offer.as_ref(), days)),
            Format::Text => {
                // A first file must not lose the default rules.
                let first = if is_first { format!("{DEFAULTS}\n") } else { String::new() };
                let offer = offer.map(|offer| format!("# {}\n", offer.sentence())).unwrap_or_default();
                output::print(&format!("{first}{offer}{}", text_of(&found, days)))
            }
        }
    }

    /// The time that is looked at, and its first and last day.
    fn window(&self, setup: &Setup) -> Result<(Interval, (NaiveDate, NaiveDate)), Failure> {
        let zones = &setup.wishes.zones;
        let this = Week::of(zones.date_of(now()?), setup.wishes.week_start);
        let first = self.since.unwrap_or(this.plus(-WEEKS).first);
        if first >= this.first {
            let failure = Failure::new(Exit::Usage, format!("no complete week has ended since `{first}`"));
            return Err(failure.help(format!("write `--since` with a date before {}", this.first)));
        }
        Ok((Interval::new(zones.starts(first), zones.starts(this.first)), (first, this.plus(-1).last())))
    }

    fn place(&self) -> Result<PathBuf, Failure> {
        let nowhere =
            || Failure::new(Exit::Io, "there is no folder for the rules").help("set `HOME` or give `--rules`");
        rules_place(&self.files).ok_or_else(nowhere)
    }

    /// Where the rules are, and what they are now: the file may have been edited while its owner thought.
    fn written(&self) -> Result<(PathBuf, String), Failure> {
        let path = self.place()?;
        let there = path.try_exists().unwrap_or(true);
        let text = rules_text(there.then_some(&path))?.unwrap_or(DEFAULTS.into());
        Ok((path, text))
    }

    /// Asks about the pack, then about each suggestion, on standard input.
    fn ask_all(&self, ground: Ground<'_>, offer: Option<Offer>, days: (NaiveDate, NaiveDate)) -> Done {
        let mut answers = std::io::stdin().lock().lines();
        let text = match offer {
            Some(offer) => self.ask_pack(offer, &mut answers)?,
            None => None,
        };
        let text = text.as_deref().unwrap_or(ground.text);
        self.apply(&Ground { text, ..ground }, days, &mut answers)
    }

    /// The rules with the pack, where they extend it now.
    fn ask_pack(&self, offer: Offer, answers: &mut Answers) -> Result<Option<String>, Failure> {
        loop {
            output::print(&format!("{}\nTake it? y yes, n no: ", offer.sentence()))?;
            match next(answers)?.as_deref() {
                Some("y" | "yes") => break,
                None | Some("n" | "no") => return Ok(None),
                _ => {}
            }
        }
        let (path, text) = self.written()?;
        // Whoever wrote the pack into it meanwhile said yes too.
        let Some((whole, extends)) = with_pack(&text, offer.language.pack) else { return Ok(Some(text)) };
        disk::rewrite(&path, whole.as_bytes())?;
        output::print(&format!("`{extends}` stands in {}\n\n", shown(&path)))?;
        Ok(Some(whole))
    }

    /// Asks about each suggestion. Each answer is in the file before the next question.
    fn apply(&self, ground: &Ground<'_>, days: (NaiveDate, NaiveDate), answers: &mut Answers) -> Done {
        let broken = |broken| refused(ground.file, broken);
        let found: Suggestions = ground.suggest(self.top).map_err(broken)?;
        let (mut rules, mut reached): (Vec<String>, _) = (Vec::new(), found.before.clone());
        output::print(&format!("{}\n", heading(&found, days)))?;
        for suggestion in &found.list {
            // Those before it may have been turned down.
            let with =
                |outcome| rules.iter().cloned().chain([commented(suggestion, outcome)]).collect::<Vec<_>>().join("\n");
            let tried = suggestion.proposal.outcome.unwrap_or(Outcome::Class(Class::Execution));
            let after = ground.coverage(&with(tried)).map_err(broken)?;
            output::print(&block(suggestion, &reached, &after))?;
            match ask(suggestion.proposal.outcome, answers)? {
                Answer::Add(outcome) => {
                    reached = ground.coverage(&with(outcome)).map_err(broken)?;
                    rules.push(commented(suggestion, outcome));
                    self.keep(ground, &rules)?;
                }
                Answer::Skip => {}
                Answer::Stop => break,
            }
        }
        if rules.is_empty() {
            return output::print("nothing was added\n");
        }
        let were = if rules.len() == 1 { "was" } else { "were" };
        let (rules, path) = (count(rules.len(), "rule"), shown(&self.place()?));
        output::print(&format!("{rules} {were} added to {path}; {}\n", change(&found.before, &reached)))
    }

    /// Writes the last of `rules` behind what the file holds now.
    fn keep(&self, ground: &Ground<'_>, rules: &[String]) -> Done {
        let (path, text) = self.written()?;
        let groups: Vec<&str> = ground.people.groups.keys().map(String::as_str).collect();
        let rule = rules.last().map_or("", String::as_str);
        let (whole, _) = append(ground.file, &text, rule, &groups).map_err(|broken| {
            let failure = refused(ground.file, broken);
            match rules.len() - 1 {
                0 => failure,
                before => failure.note(format!(
                    "{} before it {}",
                    count(before, "answer"),
                    if before == 1 { "stays" } else { "stay" }
                )),
            }
        })?;
        disk::rewrite(&path, whole.as_bytes())
    }
}

type Answers = Lines<StdinLock<'static>>;

fn refused(file: &str, (text, mistakes): (String, Vec<Mistake>)) -> Failure {
    let failure = Failure::mistakes(file, &text, mistakes).help("write each rule under a `[[rule]]` of its own");
    failure.note("the rules are as they were")
}

enum Answer {
    Add(Outcome),
    Skip,
    Stop,
}

/// The next answer in lower case; `None` at the end of the input.
fn next(answers: &mut Answers) -> Result<Option<String>, Failure> {
    let line = answers.next().transpose();
    let line = line.map_err(|e| Failure::new(Exit::Io, "standard input could not be read").cause(e))?;
    output::print("\n")?;
    Ok(line.map(|line| line.trim().to_lowercase()))
}

/// Asks until the answer is one; the end of the input is no more of them.
fn ask(proposed: Option<Outcome>, answers: &mut Answers) -> Result<Answer, Failure> {
    let yes = if proposed.is_some() { "y yes, " } else { "" };
    loop {
        output::print(&format!("Add it? {yes}s as strategy, e as execution, i ignore it, n no, q no more: "))?;
        let Some(answer) = next(answers)? else { return Ok(Answer::Stop) };
        match (answer.as_str(), proposed) {
            ("y" | "yes", Some(outcome)) => return Ok(Answer::Add(outcome)),
            ("y" | "yes", None) => {
                output::print("no class is proposed, so it is not added\n")?;
                return Ok(Answer::Skip);
            }
            ("s" | "strategy", _) => return Ok(Answer::Add(Outcome::Class(Class::Strategy))),
            ("e" | "execution", _) => return Ok(Answer::Add(Outcome::Class(Class::Execution))),
            ("i" | "ignore", _) => return Ok(Answer::Add(Outcome::Ignore)),
            ("n" | "no", _) => return Ok(Answer::Skip),
            ("q" | "quit", _) => return Ok(Answer::Stop),
            _ => {}
        }
    }
}
