//! What other rules would change, before they are put in force.

use super::context::{Setup, Talk, now, rules};
use super::find::second_path;
use super::paths::{config_path, rules_path, shown};
use super::rules_text::{hours, place, rule_json, tenths, twelve_weeks};
use super::{Done, Files, Format, output};
use crate::analyze::difference::{Difference, Moved, Side};
use crate::analyze::ledger::ByClass;
use crate::analyze::{Analysis, Verdict};
use crate::classify::{By, RuleSet};
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{Class, Exact, Interval, Week};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Most lines of moved meetings on a terminal.
const MOST: usize = 40;

#[derive(Args)]
#[command(
    override_usage = "vantage rules diff [OPTIONS] [OLD] <NEW>",
    after_help = "Examples:\n  vantage rules diff new.toml\n  vantage rules diff old.toml new.toml --since 2026-09-01 --ics calendar.ics"
)]
pub(super) struct RulesDiff {
    /// The new rules, compared with the ones in force; or the old and the new ones
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    rules: Vec<String>,
    /// The configuration that names the groups; default: the one in force
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// A calendar to compare on, once for each: a file, a folder, .zip, .gz; default: what was synced
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    /// Compare from the week of this date on; default: the last 12 complete weeks
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// End with exit code 1 where a meeting moves
    #[arg(long)]
    exit_code: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl RulesDiff {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let moved = self.compare(talk).map_err(|failure| match failure.exit {
            // 1 says that meetings move, so what cannot be compared says something else.
            Exit::Failed | Exit::Usage => Failure { exit: Exit::Data, ..failure },
            _ => failure,
        })?;
        // As with `diff`, the difference is the answer: nothing is wrong that would have to be said.
        if self.exit_code && moved { Err(Failure::new(Exit::Failed, "")) } else { Ok(()) }
    }

    /// Prints what would change; whether any meeting would.
    fn compare(&self, talk: &Talk) -> Result<bool, Failure> {
        let (old, new) = match self.rules.as_slice() {
            [old, new] => (Some(old.clone()), new),
            [.., new] => (None, new),
            [] => return Err(Failure::new(Exit::Usage, "no rules file is named")),
        };
        let files = Files { config: self.config.clone(), rules: old };
        let second =
            |failure| self.rules.iter().fold(failure, |failure, file| second_path(&self.calendars, file, failure));
        let mut setup = Setup::load(&files, talk).map_err(second)?;
        let parsed = rules(Some(Path::new(new)), &setup.config.people).map_err(second)?;
        let changed = parsed.map_err(|place| Failure::mistakes(place.file, &place.text, place.mistakes))?;
        let now = now()?;
        let weeks = self.weeks(&setup, now)?;
        let zones = &setup.wishes.zones;
        // As far back as a report looks, so that both say the same.
        let window = Analysis::window(weeks[0], weeks[weeks.len() - 1], &setup.wishes);
        let compared = Interval::new(zones.week(weeks[0]).start, window.end);
        let instances = setup.gathered(&self.calendars, window, compared, now, talk)?.instances;
        let analysis = |rules| Analysis::new(instances.clone(), rules, &setup.config.people, &setup.wishes);
        let difference = Difference::of(&analysis(&setup.rules), &analysis(&changed), &weeks);
        let in_force = rules_path(&files, config_path(&files).as_deref());
        let names = (in_force.as_deref().map_or("built-in rules".into(), shown), shown(Path::new(new)));
        let shown = Shown { names, old: &setup.rules, new: &changed, difference: &difference };
        match self.format {
            Format::Json => output::print(&format!("{}\n", shown.json()))?,
            Format::Text => output::print(&shown.text())?,
        }
        Ok(!difference.moved.is_empty())
    }

    fn weeks(&self, setup: &Setup, now: DateTime<Utc>) -> Result<Vec<Week>, Failure> {
        let usual = twelve_weeks(&setup.wishes, now);
        let (Some(since), Some(last)) = (self.since, usual.last().copied()) else { return Ok(usual) };
        let first = Week::of(since, setup.wishes.week_start);
        if since > setup.wishes.zones.date_of(now) {
            return Err(Failure::new(Exit::Usage, "`--since` lies in the future"));
        }
        // This week is compared as booked so far where nothing before it is asked for.
        let last = last.max(first);
        let weeks: Vec<Week> = (0..).map(|n| first.plus(n)).take_while(|week| *week <= last).take(5300).collect();
        match weeks.last() == Some(&last) {
            true => Ok(weeks),
            false => Err(Failure::new(Exit::Usage, "`--since` lies more than a hundred years back")),
        }
    }
}

struct Shown<'a> {
    names: (String, String),
    old: &'a RuleSet,
    new: &'a RuleSet,
    difference: &'a Difference,
}

impl Shown<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, t: &mut String) -> std::fmt::Result {
        let d = self.difference;
        let ends = d.weeks.first().zip(d.weeks.last());
        let span = ends.map(|(first, last)| format!("{} to {}", first.week, last.week)).unwrap_or_default();
        writeln!(t, "{} → {}, {span}", self.names.0, self.names.1)?;
        if d.moved.is_empty() {
            writeln!(t, "\nNo meeting moves.")?;
        } else {
            writeln!(t, "\nWhat moves\n{:>8}  {:>6}  meeting", "hours", "events")?;
        }
        for moved in d.moved.iter().take(MOST) {
            let title = plain(moved.title.as_deref().unwrap_or("Private"));
            writeln!(t, "{:>8}  {:>6}  {title}", hours(moved.held()), moved.events)?;
            for (sign, side, rules) in [('-', &moved.from, self.old), ('+', &moved.to, self.new)] {
                writeln!(t, "{:>18}{sign} {}", "", line(side, rules))?;
            }
        }
        if let Some(more @ 1..) = d.moved.len().checked_sub(MOST) {
            writeln!(t, "          and {}; `--format json` has them all", crate::model::count(more, "more line"))?;
        }
        writeln!(t, "\n{:<10}  {:>16}  {:>16}  {:>16}  share", "hours", "strategy", "execution", "unclassified")?;
        for week in &d.weeks {
            writeln!(t, "{}", row(&week.week.to_string(), &week.from, &week.to))?;
        }
        writeln!(t, "{}", row("total", &d.from, &d.to))?;
        writeln!(t, "\nNothing was written.")
    }

    fn json(&self) -> Value {
        let d = self.difference;
        let numbers = |hours: &ByClass| {
            json!({
                "strategy": hours.of(Class::Strategy).in_hours(),
                "execution": hours.of(Class::Execution).in_hours(),
                "unclassified": hours.of(Class::Unclassified).in_hours(),
                "share": hours.share().as_ref().map(Exact::to_f64),
            })
        };
        let moved = |moved: &Moved| {
            json!({
                "title": moved.title, "private": moved.title.is_none(), "events": moved.events,
                "hours": moved.held().in_hours(),
                "from": side_json(&moved.from, &moved.hours[0], self.old),
                "to": side_json(&moved.to, &moved.hours[1], self.new),
            })
        };
        let weeks = d
            .weeks
            .iter()
            .map(|week| json!({ "week": week.week.to_string(), "from": numbers(&week.from), "to": numbers(&week.to) }));
        json!({
            "schema_version": 1,
            "old": self.names.0,
            "new": self.names.1,
            "moved": d.moved.iter().map(moved).collect::<Vec<_>>(),
            "weeks": weeks.collect::<Vec<_>>(),
            "total": { "from": numbers(&d.from), "to": numbers(&d.to) },
        })
    }
}

fn state(side: &Side) -> &'static str {
    match side.verdict {
        Verdict::Counted(class) => class.name(),
        Verdict::Apart(apart) => apart.name(),
        Verdict::LeftOut(reason) => reason.name(),
    }
}

/// `strategy, Growing people: 1:1s at rules.toml:12`.
fn line(side: &Side, rules: &RuleSet) -> String {
    let theme = side.theme.as_deref().filter(|_| side.verdict != Verdict::Counted(Class::Unclassified));
    let theme = theme.map(|theme| format!(", {}", plain(theme))).unwrap_or_default();
    let by = match &side.by {
        By::Rule(rule) => {
            let rule = &rules.rules()[*rule];
            format!("`{}` at {}", plain(&rule.name), place(rule))
        }
        By::Label(label) => format!("the label `{}`", plain(label)),
        By::Override { .. } => "a mark of yours".into(),
        By::Caller => "who calls it".into(),
        By::Nothing => "no rule".into(),
    };
    format!("{}{theme}: {by}", state(side))
}

fn side_json(side: &Side, hours: &Exact, rules: &RuleSet) -> Value {
    let decided = match &side.by {
        By::Rule(rule) => rule_json(&rules.rules()[*rule]),
        By::Label(label) => json!({ "label": &**label }),
        By::Override { .. } => json!({ "mark": true }),
        By::Caller => json!({ "caller": true }),
        By::Nothing => Value::Null,
    };
    let class = if let Verdict::Counted(class) = side.verdict { Some(class.name()) } else { None };
    json!({ "class": class, "state": state(side), "theme": side.theme, "hours": hours.in_hours(), "decided_by": decided })
}

fn row(name: &str, from: &ByClass, to: &ByClass) -> String {
    let (before, after) = (from.tenths(), to.tenths());
    let percent = |hours: &ByClass| hours.share().map_or("–".into(), |share| format!("{}%", share.percent()));
    let share = arrow(percent(from), percent(to));
    let [s, e, u] = [0, 1, 2].map(|class| arrow(tenths(before[class]), tenths(after[class])));
    format!("{name:<10}  {s:>16}  {e:>16}  {u:>16}  {share}")
}

fn arrow(from: String, to: String) -> String {
    if from == to { from } else { format!("{from} → {to}") }
}
