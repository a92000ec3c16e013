//! The rules against themselves, and against the last twelve weeks.

use super::context::{Talk, read};
use super::find::second_path;
use super::paths::{config_path, rules_path, shown};
use super::rules_text::{hours, lines, place, rule_json};
use super::rules_use::{InUse, class};
use super::{Done, Files, Format, output};
use crate::analyze::usage::{Clash, Usage, Use};
use crate::classify::{By, Rule, RuleSet, caseless};
use crate::diagnostic::{Exit, Failure, Place, plain};
use crate::model::{self, Exact, Mistake, Week};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Most titles of a list.
const MOST: usize = 20;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage rules check\n  vantage rules check rules.toml --strict\n  vantage rules check --ics work.ics --ics side.ics rules.toml"
)]
pub(super) struct RulesCheck {
    /// The rules to check; default: the ones in force
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// The configuration that names the groups; default: the one in force
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// A calendar to check against, once for each: a file, a folder, .zip, .gz; default: what was synced
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    /// End with exit code 1 where there is a warning
    #[arg(long)]
    strict: bool,
    /// Print nothing where all is well
    #[arg(long)]
    quiet: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl RulesCheck {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let files = Files { config: self.config.clone(), rules: self.file.clone() };
        let second = |failure| second_path(&self.calendars, self.file.as_deref().unwrap_or_default(), failure);
        let InUse { setup, usage, weeks, empty, labels, nothing } =
            InUse::read(&files, &self.calendars, talk).map_err(second)?;
        let path = rules_path(&files, config_path(&files).as_deref());
        let text = path.as_deref().map(|path| read(path, "rules")).transpose()?.unwrap_or_default();
        let name = path.as_deref().map_or("the built-in rules".to_string(), shown);
        let check = Check { name, rules: &setup.rules, own_file: path.is_some(), usage: &usage, weeks: &weeks };
        let mut mistakes = check.odd(&text, setup.config.people.domains.is_empty(), (!empty).then_some(&labels));
        mistakes.extend(if empty { Vec::new() } else { check.warnings(&text) });
        mistakes.sort_by_key(|warning| warning.span.start);
        let count = mistakes.len();
        match self.format {
            Format::Json => output::print(&format!("{}\n", check.json(!empty, &mistakes)))?,
            Format::Text if !self.quiet => output::print(&check.text(&nothing, empty))?,
            Format::Text => {}
        }
        if self.format == Format::Text {
            let notes = if self.quiet { Vec::new() } else { setup.rules.remarks().notes.clone() };
            talk.remarks(&Place { file: check.name.clone(), text: text.clone(), mistakes });
            if count > 0 && !notes.is_empty() {
                eprintln!();
            }
            talk.notes(&Place { file: check.name.clone(), text, mistakes: notes });
        }
        if self.strict && count > 0 {
            return Err(Failure::new(
                Exit::Failed,
                format!("{}, and `--strict` takes them for mistakes", model::count(count, "warning")),
            ));
        }
        Ok(())
    }
}

struct Check<'a> {
    name: String,
    rules: &'a RuleSet,
    /// There is a file of the user's own.
    own_file: bool,
    usage: &'a Usage,
    weeks: &'a [Week],
}

impl Check<'_> {
    fn own(&self, rule: usize) -> bool {
        !self.rules.rules()[rule].source.inherited
    }

    fn counts(&self) -> (usize, usize) {
        let inherited = self.rules.rules().iter().filter(|rule| rule.source.inherited).count();
        (self.rules.rules().len() - inherited, inherited)
    }

    fn note(&self) -> Option<&'static str> {
        let without = self.own_file && self.counts().1 == 0;
        without.then_some("the default rules are not in use: add `extends = \"default\"`")
    }

    /// Own rules, and the inherited ones that decide something; the longest first.
    fn used(&self) -> Vec<(usize, &Use)> {
        let mut used: Vec<(usize, &Use)> =
            self.usage.rules.iter().enumerate().filter(|(rule, used)| self.own(*rule) || used.events > 0).collect();
        used.sort_by_key(|(_, used)| std::cmp::Reverse(&used.hours));
        used
    }

    fn unused(&self) -> usize {
        self.usage.rules.iter().enumerate().filter(|(rule, used)| !self.own(*rule) && used.matched == 0).count()
    }

    /// Where an own rule wins. That inherited ones argue among themselves is settled by their order.
    fn clashes(&self) -> impl Iterator<Item = &Clash> {
        self.usage.clashes.iter().filter(|clash| self.own(clash.winner))
    }

    fn inherited_clashes(&self) -> usize {
        self.usage.clashes.len() - self.clashes().count()
    }

    /// What is odd about the file whatever happened; `labels` are those of the calendars, where one was looked at.
    fn odd(&self, text: &str, no_domains: bool, labels: Option<&BTreeSet<String>>) -> Vec<Mistake> {
        let (mut odd, lines) = (self.rules.remarks().warnings.clone(), lines(text));
        let line = |number: usize| lines.get(number - 1).cloned().unwrap_or_default();
        let own = self.rules.rules().iter().filter(|rule| !rule.source.inherited && no_domains);
        for rule in own.filter(|rule| rule.asks_for("external")) {
            let message =
                format!("rule `{}`: `external` never holds, because `my_domains` is empty", plain(&rule.name));
            let help = "write `my_domains = [\"example.com\"]` in the configuration";
            odd.push(Mistake::new(line(rule.line), message, "asks for `external`").help(help));
        }
        let unseen =
            |(name, line): &(&str, usize)| *line > 0 && labels.is_some_and(|labels| !labels.contains(&caseless(name)));
        for (name, number) in self.rules.labels().filter(unseen) {
            let message = format!("the label `{}` stands on no event of the last 12 weeks", plain(name));
            let help =
                "labels are Google's event labels and colours and the CATEGORIES of iCalendar, in any letter case";
            odd.push(Mistake::new(line(number), message, "no event").help(help));
        }
        odd
    }

    /// What is odd about what the user's own rules did, each at its place in `text`.
    fn warnings(&self, text: &str) -> Vec<Mistake> {
        let (mut warnings, lines) = (Vec::new(), lines(text));
        let line = |rule: &Rule| lines.get(rule.line - 1).cloned().unwrap_or_default();
        for (number, used) in self.usage.rules.iter().enumerate().filter(|(rule, _)| self.own(*rule)) {
            let rule = &self.rules.rules()[number];
            let span = line(rule);
            if used.matched == 0 {
                let message = format!("rule `{}` matches nothing in the last 12 weeks", plain(&rule.name));
                let help = "`vantage explain TITLE` says why it does not match; a rule for rare meetings may stay";
                warnings.push(Mistake::new(span, message, "no event").help(help));
            } else if used.shadowed() {
                let message =
                    format!("rule `{}` never wins: something before it decides all it matches", plain(&rule.name));
                let label = format!("matches {}, decides none", events(used.matched));
                let by = used.lost_to.iter().map(|(by, n)| format!("{} by {}", events(*n), self.decider(by)));
                let help = format!("{}; move it up, or take it out", by.collect::<Vec<_>>().join(", "));
                warnings.push(Mistake::new(span, message, label).help(help));
            }
        }
        // An own rule is made to beat inherited ones, and one that never wins was named above.
        let beaten = |clash: &&Clash| self.own(clash.loser) && !self.usage.rules[clash.loser].shadowed();
        let mut told = BTreeSet::new();
        for clash in self.clashes().filter(beaten).filter(|clash| told.insert((clash.winner, clash.loser))) {
            let (winner, loser) = (&self.rules.rules()[clash.winner], &self.rules.rules()[clash.loser]);
            // No title is put into a message: the list above the warnings names it.
            let message = format!(
                "rules `{}` and `{}` give the same meetings different classes",
                plain(&winner.name),
                plain(&loser.name)
            );
            let help = format!("{} is first and wins; tell them apart with `unless`", place(winner));
            warnings.push(Mistake::new(line(loser), message, "this one loses").help(help));
        }
        warnings
    }

    fn decider(&self, by: &By) -> String {
        match by {
            By::Rule(rule) => {
                let rule = &self.rules.rules()[*rule];
                format!("`{}` ({})", plain(&rule.name), place(rule))
            }
            By::Label(label) => format!("the label `{}`", plain(label)),
            By::Override { .. } => "a mark of yours".into(),
            By::Caller | By::Nothing => "nothing".into(),
        }
    }

    fn text(&self, nothing: &Option<Failure>, empty: bool) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text, nothing, empty);
        text
    }

    fn write(&self, t: &mut String, nothing: &Option<Failure>, empty: bool) -> std::fmt::Result {
        let (own, inherited) = self.counts();
        writeln!(t, "{}: no mistakes, {} of its own and {inherited} inherited", self.name, model::count(own, "rule"))?;
        if let Some(note) = self.note() {
            writeln!(t, "note: {note}")?;
        }
        match nothing {
            Some(failure) => {
                let help = failure.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
                return writeln!(t, "not checked against meetings: {}{help}", failure.message);
            }
            None if empty => return writeln!(t, "not checked against meetings: there are none in the last 12 weeks"),
            None => {}
        }
        let a = self.usage;
        writeln!(t, "\nWhat they decide, {} to {}", self.weeks[0], self.weeks[self.weeks.len() - 1])?;
        writeln!(t, "{:>8}  {:>6}  {:<12}  rule", "hours", "events", "class")?;
        let mut line = |used: &Use, class: &str, rule: &str| {
            writeln!(t, "{:>8}  {:>6}  {class:<12}  {rule}", hours(&used.hours), used.events)
        };
        for (number, used) in self.used() {
            let rule = &self.rules.rules()[number];
            let overruled = used.won == 0 && !used.lost_to.is_empty() && !used.shadowed();
            let marked = if overruled { ", all it matches is marked or labelled" } else { "" };
            line(used, class(rule), &format!("{}  {}{marked}", plain(&rule.name), place(rule)))?;
        }
        if a.beside.events > 0 {
            line(&a.beside, "", "(labels and your own marks)")?;
        }
        if a.open.events > 0 {
            line(&a.open, "unclassified", "(no rule)")?;
        }
        let (unused, rules) = (self.unused(), model::count(inherited, "inherited rule"));
        writeln!(t, "{unused} of {rules} {} nothing", if unused == 1 { "matches" } else { "match" })?;
        let percent = a.coverage().as_ref().map_or("no".into(), |c| format!("{}%", c.percent()));
        writeln!(t, "coverage: {percent} of {} h counted", hours(&a.counted()))?;
        let clashes: Vec<&Clash> = self.clashes().collect();
        if !clashes.is_empty() {
            writeln!(t, "\nMatched by rules of both classes")?;
        }
        for clash in clashes.iter().take(MOST) {
            let side = |rule: usize| {
                let rule = &self.rules.rules()[rule];
                format!("{} by `{}` ({})", class(rule), plain(&rule.name), place(rule))
            };
            let title = plain(clash.title.as_deref().unwrap_or("Private"));
            writeln!(t, "  {title}: {}, not {}", side(clash.winner), side(clash.loser))?;
        }
        if let Some(more @ 1..) = clashes.len().checked_sub(MOST) {
            writeln!(t, "  and {}", model::count(more, "more title"))?;
        }
        let settled = self.inherited_clashes();
        if settled > 0 {
            writeln!(t, "titles matched by inherited rules of both classes: {settled}; the first of these rules wins")?;
        }
        Ok(())
    }

    fn json(&self, checked: bool, warnings: &[Mistake]) -> Value {
        let (own, inherited) = self.counts();
        let a = self.usage;
        let notes = self.rules.remarks().notes.iter();
        let amount = |used: &Use| json!({ "events": used.events, "hours": used.hours.in_hours() });
        let rule = |(number, used): (usize, &Use)| {
            let rule = &self.rules.rules()[number];
            let mut value = rule_json(rule);
            value["class"] = class(rule).into();
            value["theme"] = rule.theme.as_deref().into();
            value["inherited"] = rule.source.inherited.into();
            value["events"] = used.events.into();
            value["hours"] = used.hours.in_hours().into();
            value["matched"] = used.matched.into();
            let lost = used.shadowed().then_some(&used.lost_to).into_iter().flatten();
            value["shadowed_by"] = lost.map(|(by, n)| json!({ "decided_by": self.by_json(by), "events": n })).collect();
            value
        };
        let clash = |clash: &Clash| {
            json!({
                "title": clash.title, "private": clash.title.is_none(), "events": clash.events,
                "winner": rule_json(&self.rules.rules()[clash.winner]),
                "loser": rule_json(&self.rules.rules()[clash.loser]),
            })
        };
        json!({
            "schema_version": 1,
            "file": self.name,
            "own": own,
            "inherited": inherited,
            "notes": self.note().into_iter().chain(notes.map(|note| note.message.as_str())).collect::<Vec<_>>(),
            "checked": checked,
            "first_week": self.weeks[0].to_string(),
            "last_week": self.weeks[self.weeks.len() - 1].to_string(),
            "rules": if checked { self.used().into_iter().map(rule).collect() } else { Vec::new() },
            "unused_inherited": self.unused(),
            "beside": amount(&a.beside),
            "unclassified": amount(&a.open),
            "counted": a.counted().in_hours(),
            "coverage": a.coverage().as_ref().map(Exact::to_f64),
            "clashes": self.clashes().map(clash).collect::<Vec<_>>(),
            "inherited_clashes": self.inherited_clashes(),
            "warnings": warnings.iter().map(|w| w.message.as_str()).collect::<Vec<_>>(),
        })
    }

    fn by_json(&self, by: &By) -> Value {
        match by {
            By::Rule(rule) => rule_json(&self.rules.rules()[*rule]),
            other => json!(self.decider(other)),
        }
    }
}

fn events(n: usize) -> String {
    model::count(n, "event")
}
