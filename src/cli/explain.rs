use super::context::{Setup, Talk, now};
use super::{Done, Files, Format, output};
use crate::analyze::judge::{elapsed, subject};
use crate::analyze::{Analysis, Verdict};
use crate::classify::{By, Decision, Evidence, RuleSet, Trace, Why};
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{Class, Instance, Interval, Visibility};
use chrono::TimeDelta;
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::BufRead;

/// How far around now an event is looked for.
const REACH: TimeDelta = TimeDelta::days(400);

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage explain \"Q3 roadmap review\"\n  vantage explain 0001@example.com --ics calendar.ics\n  \
                        vantage explain --batch < titles.txt"
)]
pub struct Explain {
    /// A title, or the UID of an event in the calendars
    #[arg(value_name = "TEXT|UID", required_unless_present = "batch", conflicts_with = "batch")]
    event: Option<String>,
    /// Where a UID or a title is looked up: files, folders, .zip, .gz, or -
    #[arg(long, value_name = "PATH", num_args = 1..)]
    ics: Vec<String>,
    /// Read titles from standard input, one a line, and answer each with one line of JSON
    #[arg(long)]
    batch: bool,
    #[command(flatten)]
    files: Files,
    /// Print the texts of private events too
    #[arg(long)]
    show_private: bool,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Explain {
    pub fn run(self, talk: &Talk) -> Done {
        let mut setup = Setup::load(&self.files, talk)?;
        let Some(wanted) = &self.event else { return batch(&setup.rules) };
        // A title needs no calendar; where one is known, the event itself says more.
        let (found, looked) = match self.find(wanted, &mut setup, talk) {
            Ok(found) => (found, true),
            Err(failure) if self.ics.is_empty() && matches!(failure.exit, Exit::Usage | Exit::Failed) => {
                (Vec::new(), false)
            }
            Err(failure) => return Err(failure),
        };
        let answer = match found.into_iter().next() {
            Some(instance) => self.of_instance(instance, &setup)?,
            None if looked && wanted.contains('@') && !wanted.contains(' ') => {
                let failure =
                    Failure::new(Exit::Failed, format!("no event with the UID `{}` was found", plain(wanted)));
                return Err(failure.help("`vantage events --format json` lists UIDs"));
            }
            None => {
                let trace = setup.rules.explain_title(wanted);
                Answer { title: wanted.clone(), verdict: None, trace, rules: &setup.rules }
            }
        };
        match self.format {
            Format::Json => output::print(&format!("{}\n", answer.json())),
            Format::Text => output::print(&answer.text()),
        }
    }

    /// Instances of that UID or exact title, the nearest to now first.
    fn find(&self, wanted: &str, setup: &mut Setup, talk: &Talk) -> Result<Vec<Instance>, Failure> {
        let now = now()?;
        let mut found = setup.instances(&self.ics, Interval::new(now - REACH, now + REACH), now, talk)?;
        let lower = wanted.to_lowercase();
        let titled = |i: &Instance| i.event.summary.as_ref().is_some_and(|s| s.to_lowercase() == lower);
        found.retain(|i| *i.event.uid.0 == *wanted || titled(i));
        found.sort_by_key(|i| (elapsed(&i.span, &setup.wishes.zones).start - now).abs());
        Ok(found)
    }

    fn of_instance<'a>(&self, instance: Instance, setup: &'a Setup) -> Result<Answer<'a>, Failure> {
        let zones = &setup.wishes.zones;
        let interval = elapsed(&instance.span, zones);
        let private = instance.event.visibility != Visibility::Public && !self.show_private;
        let trace = setup.rules.explain(&subject(&instance, interval, &setup.config.people, zones));
        let trace = if private { trace.without_text() } else { trace };
        let title =
            instance.event.summary.clone().filter(|_| !private).unwrap_or_else(|| "(private or no title)".into());
        let analysis = Analysis::new(vec![instance], &setup.rules, &setup.config.people, &setup.wishes);
        let verdict = analysis.judged().first().map(|j| j.verdict);
        Ok(Answer { title, verdict, trace, rules: &setup.rules })
    }
}

struct Answer<'a> {
    title: String,
    /// What becomes of its time; `None` for a bare title.
    verdict: Option<Verdict>,
    trace: Trace,
    rules: &'a RuleSet,
}

impl Answer<'_> {
    fn json(&self) -> Value {
        let mut value = brief(&self.title, &self.trace.decision, self.rules);
        let evidence = |e: &Evidence| json!({ "predicate": e.predicate, "wanted": e.wanted, "seen": e.seen });
        let place = |index: usize| {
            let rule = &self.rules.rules()[index];
            json!({ "rule": &*rule.name, "file": rule.source.name, "line": rule.line })
        };
        let with = |mut value: Value, key: &str, more: Value| {
            value[key] = more;
            value
        };
        value["reason"] = self.verdict.and_then(reason).into();
        value["winner"] =
            self.trace.winner.as_ref().map_or(Value::Null, |step| {
                with(place(step.rule), "matched", step.matched.iter().map(evidence).collect())
            });
        value["losers"] = (self.trace.losers.iter())
            .map(|loser| {
                let (why, what) = match &loser.why {
                    Why::Failed(e) => ("failed", evidence(e)),
                    Why::Unless(e) => ("unless", evidence(e)),
                    Why::Later => ("later", Value::Null),
                };
                with(with(place(loser.rule), "why", why.into()), "evidence", what)
            })
            .collect();
        value
    }

    // Writing to a String cannot fail.
    fn text(&self) -> String {
        let (decision, mut text) = (&self.trace.decision, String::new());
        let class = match (self.verdict.and_then(reason), decision.class()) {
            (Some(reason), _) if matches!(self.verdict, Some(Verdict::Apart(_))) => format!("set apart: {reason}"),
            (Some(reason), _) => format!("left out: {reason}"),
            (None, None) => "ignored".into(),
            (None, Some(Class::Unclassified)) if decision.focus => "focus time, set apart".into(),
            (None, Some(class)) => class.name().into(),
        };
        let theme = decision.theme.as_ref().map(|t| format!(", theme {t}")).unwrap_or_default();
        let _ = writeln!(text, "{}\n  {class}{theme}", plain(&self.title));
        match (&self.trace.winner, &decision.by) {
            (Some(step), _) => {
                let rule = &self.rules.rules()[step.rule];
                let _ = writeln!(text, "  won: `{}` at {}:{}", rule.name, rule.source.name, rule.line);
                for e in &step.matched {
                    let _ = writeln!(text, "       {} = {}{}", e.predicate, e.wanted, seen(e, ", matched"));
                }
            }
            (None, By::Label(label)) => {
                let _ = writeln!(text, "  won: the label `{label}`, which goes before rules");
            }
            _ => {
                let _ = writeln!(text, "  no rule matched, and nothing is guessed");
            }
        }
        if !self.trace.losers.is_empty() {
            let _ = writeln!(text, "\n  lost:");
        }
        for loser in &self.trace.losers {
            let rule = &self.rules.rules()[loser.rule];
            let why = match &loser.why {
                Why::Failed(e) => format!("`{}` did not match{}", e.predicate, seen(e, ", saw")),
                Why::Unless(e) => format!("`unless {} = {}` held{}", e.predicate, e.wanted, seen(e, ", by")),
                Why::Later => "matches too, but comes later".into(),
            };
            let _ = writeln!(text, "    `{}` at {}:{}: {why}", rule.name, rule.source.name, rule.line);
        }
        text
    }
}

fn seen(evidence: &Evidence, before: &str) -> String {
    let seen = evidence.seen.as_deref().filter(|s| !s.is_empty());
    seen.map(|s| format!("{before} `{}`", plain(s))).unwrap_or_default()
}

fn reason(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Counted(_) => None,
        Verdict::Apart(apart) => Some(apart.name()),
        Verdict::LeftOut(reason) => Some(reason.name()),
    }
}

/// The answer of `--batch`; `class` is null where the rules ignore the title.
fn brief(title: &str, decision: &Decision, rules: &RuleSet) -> Value {
    let rule = match &decision.by {
        By::Rule(index) => Some(&*rules.rules()[*index].name),
        By::Label(label) => Some(&**label),
        _ => None,
    };
    json!({ "title": title, "class": decision.class().map(Class::name), "theme": decision.theme.as_deref(), "rule": rule })
}

fn batch(rules: &RuleSet) -> Done {
    let mut out = String::new();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.map_err(|e| Failure::new(Exit::Io, "standard input could not be read").cause(e))?;
        let title = String::from_utf8_lossy(&line);
        let title = title.trim_end_matches('\r');
        out += &format!("{}\n", brief(title, &rules.decide_title(title), rules));
    }
    output::print(&out)
}
