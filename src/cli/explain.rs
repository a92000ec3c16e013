use super::context::{Setup, Talk, now};
use super::find::{self, Found, Pick, Where, find};
use super::{Done, Files, Format, events, output};
use crate::analyze::account::Account;
use crate::analyze::judge::subject;
use crate::analyze::{Analysis, Judged, Verdict};
use crate::classify::{By, Decision, Evidence, Loser, Nature, People, RuleSet, Trace, Why};
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{Class, Interval, Visibility, Zones};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::BufRead;

mod time;

/// Most near misses on a screen.
const MOST: usize = 10;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage explain \"Q3 roadmap review\"\n  vantage explain 0001@example.com --ics calendar.ics\n  \
                        vantage explain roadmap --on 2026-11-17\n  vantage explain --batch < titles.txt"
)]
pub(super) struct Explain {
    /// A UID, an id, a title or a part of one in whole words; a title that is in no calendar is classed as it stands
    #[arg(value_name = "EVENT", required_unless_present = "batch", conflicts_with = "batch")]
    event: Option<String>,
    /// Read titles from standard input, one a line, and answer each with one line of JSON
    #[arg(long)]
    batch: bool,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    files: Files,
    /// Print the texts of private events too
    #[arg(long)]
    show_private: bool,
    /// Name every rule that lost, not only those that came near
    #[arg(long)]
    all: bool,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Explain {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let mut setup = Setup::load(&self.files, talk)?;
        let Some(wanted) = &self.event else { return batch(&setup.rules) };
        let now = now()?;
        // A title needs no calendar; where one is known, the event itself says more.
        let (instances, window) = match self.place.instances(&mut setup, now, talk) {
            Ok(read) => read,
            Err(failure)
                if self.place.calendars.is_empty()
                    && self.place.on.is_none()
                    && matches!(failure.exit, Exit::Usage | Exit::Failed) =>
            {
                return self.print(&Answer::bare(
                    wanted,
                    "no meeting was found, because no calendar is known",
                    &setup.rules,
                ));
            }
            Err(failure) => return Err(failure),
        };
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let zones = &setup.wishes.zones;
        match find(analysis.judged().iter(), wanted, self.place.on, &|_| true, Pick::Nearest, zones, now) {
            Found::One(one) => self.print(&explain(one, &analysis, window, &setup, self.show_private)),
            Found::Many(found) => self.list(&found, &setup),
            Found::Nothing if self.place.on.is_some() => Err(find::nothing()),
            Found::Nothing if wanted.contains('@') && !wanted.contains(' ') => {
                let failure =
                    Failure::new(Exit::Failed, format!("no event with the UID `{}` was found", plain(wanted)));
                Err(failure.help("`vantage events --format json` lists UIDs"))
            }
            Found::Nothing => self.print(&Answer::bare(wanted, "no meeting of this title was found", &setup.rules)),
        }
    }

    fn print(&self, answer: &Answer) -> Done {
        match self.format {
            Format::Json => output::print(&format!("{}\n", answer.json())),
            Format::Text => output::print(&answer.text(self.all)),
        }
    }

    /// Lists the meetings that may be meant, each with what decided it.
    fn list(&self, found: &[&Judged], setup: &Setup) -> Done {
        let zones = &setup.wishes.zones;
        let line = |j: &Judged| {
            let brief = brief(&find::title(j, self.show_private), &j.decision, &setup.rules);
            let (when, id) = (find::when(j, zones), find::id(&j.instance));
            if self.format == Format::Json {
                let more = json!({ "id": id, "start": when, "reason": reason(j.verdict) });
                return format!("{}\n", joined(brief, more));
            }
            let state = reason(j.verdict).or(brief["class"].as_str()).unwrap_or("ignored");
            let rule = brief["rule"].as_str().map(|rule| format!("  (`{}`)", plain(rule))).unwrap_or_default();
            format!("{when:<18} {id}  {state:<13} {}{rule}\n", find::title(j, self.show_private))
        };
        let help = "name one by its id or by its whole title, as in `vantage explain ID`, or add `--on DATE`";
        find::ambiguous(found, &line, help)
    }
}

/// Two objects as one.
fn joined(mut one: Value, other: Value) -> Value {
    if let (Some(one), Value::Object(other)) = (one.as_object_mut(), other) {
        one.extend(other);
    }
    one
}

/// Why a meeting is classed as it is, and where its time goes, as text; `one` is among what `analysis` judged in `window`.
pub(super) fn text(
    one: &Judged,
    analysis: &Analysis<'_>,
    window: Interval,
    setup: &Setup,
    show_private: bool,
) -> String {
    explain(one, analysis, window, setup, show_private).text(false)
}

fn explain<'a>(
    one: &'a Judged,
    analysis: &'a Analysis<'_>,
    window: Interval,
    setup: &'a Setup,
    show_private: bool,
) -> Answer<'a> {
    let (zones, people) = (&setup.wishes.zones, analysis.people());
    let private = one.instance.event.visibility != Visibility::Public && !show_private;
    let trace = setup.rules.explain(&subject(&one.instance, one.interval, people, zones));
    let mut trace = if private { trace.without_text() } else { trace };
    // More than the rules may have had a say.
    trace.decision = one.decision.clone();
    let time = Time { one, people, account: analysis.account(one, window), zones, show_private };
    Answer { title: find::title(one, show_private), time: Some(time), note: None, trace, rules: &setup.rules }
}

/// The time of a meeting.
struct Time<'a> {
    one: &'a Judged,
    people: &'a People,
    account: Account<'a>,
    zones: &'a Zones,
    show_private: bool,
}

struct Answer<'a> {
    title: String,
    /// What becomes of its time; `None` for a bare title.
    time: Option<Time<'a>>,
    /// Why there is no meeting.
    note: Option<&'static str>,
    trace: Trace,
    rules: &'a RuleSet,
}

impl<'a> Answer<'a> {
    fn bare(title: &str, note: &'static str, rules: &'a RuleSet) -> Answer<'a> {
        Answer { title: title.into(), time: None, note: Some(note), trace: rules.explain_title(title), rules }
    }

    /// Why the decision is sure, or only likely.
    fn because(&self) -> &'static str {
        let step = match (&self.trace.decision.by, &self.trace.winner) {
            (By::Override { .. }, _) => return "your mark",
            (By::Label(_), _) => return "a label of yours",
            (By::Caller, _) => return "who calls it",
            (By::Rule(_), Some(step)) => step,
            _ => return "",
        };
        let rule = &self.rules.rules()[step.rule];
        let words = |e: &Evidence| e.seen.as_deref().unwrap_or(&e.wanted).split_whitespace().count();
        let agreed = || {
            self.trace.losers.iter().any(|loser| {
                let other = &self.rules.rules()[loser.rule];
                loser.why == Why::Later && other.outcome == rule.outcome && !other.weak
            })
        };
        match step.matched.as_slice() {
            _ if !rule.source.inherited => "a rule of yours",
            _ if rule.weak => "a weak rule",
            _ if !self.trace.decision.sure => "one word",
            [one] if one.predicate == "title" && words(one) > 1 => "a phrase",
            [one] if one.predicate == "title_regex" => "the form of the title",
            [one] if one.predicate == "title" && agreed() => "two words that say the same",
            [one]
                if one.predicate == "title"
                    && self.time.as_ref().is_some_and(|time| time.one.instance.event.recurring) =>
            {
                "the word of a series"
            }
            [one] if one.predicate == "title" => "one word, and nothing beside it says more",
            _ => "two signs",
        }
    }

    fn verdict(&self) -> Option<Verdict> {
        self.time.as_ref().map(|time| time.one.verdict)
    }

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
        value["because"] = self.because().into();
        value["note"] = self.note.into();
        value["reason"] = self.verdict().and_then(reason).into();
        value["by"] = events::by(&self.trace.decision.by).into();
        if let Some(time) = &self.time {
            value["id"] = find::id(&time.one.instance).into();
            value["time"] = time.json();
        }
        value["winner"] =
            self.trace.winner.as_ref().map_or(Value::Null, |step| {
                with(place(step.rule), "matched", step.matched.iter().map(evidence).collect())
            });
        value["losers"] = (self.trace.losers.iter())
            .map(|loser| {
                let (why, what) = match &loser.why {
                    Why::Failed(e) => ("failed", evidence(e)),
                    Why::Unless(e) => ("unless", evidence(e)),
                    Why::NotMine(e) => ("not-mine", evidence(e)),
                    Why::Later => ("later", Value::Null),
                    Why::Weak => ("weak", Value::Null),
                };
                let loser = with(with(place(loser.rule), "near", loser.near.into()), "why", why.into());
                with(loser, "evidence", what)
            })
            .collect();
        value
    }

    // Writing to a String cannot fail.
    fn text(&self, all: bool) -> String {
        let mut text = self.answer();
        if let Some(note) = self.note {
            let _ = writeln!(text, "  {note}: this answers for the title alone");
        }
        text += &self.time.as_ref().map(Time::text).unwrap_or_default();
        let shown = |loser: &&Loser| all || loser.near;
        let most = if all { usize::MAX } else { MOST };
        let losers: Vec<&Loser> = self.trace.losers.iter().filter(shown).take(most).collect();
        if !self.trace.losers.is_empty() || self.trace.label.is_some() {
            let none = losers.is_empty() && self.trace.label.is_none();
            let heading = if all {
                "lost:"
            } else if none {
                "no rule came near"
            } else {
                "near misses:"
            };
            let _ = writeln!(text, "\n  {heading}");
        }
        if let Some(label) = &self.trace.label {
            let _ = writeln!(text, "    the label `{}`: your mark goes before it", plain(label));
        }
        for loser in &losers {
            let rule = &self.rules.rules()[loser.rule];
            let why = why(&loser.why);
            let _ = writeln!(text, "    `{}` at {}:{}: {why}", rule.name, rule.source.name, rule.line);
        }
        if let Some(more @ 1..) = self.trace.losers.len().checked_sub(losers.len()) {
            let _ = writeln!(text, "    and {more} more; --all prints them");
        }
        text
    }

    /// The title, what it is, how sure that is, and the rule with what it matched.
    fn answer(&self) -> String {
        let (decision, mut text) = (&self.trace.decision, String::new());
        let class = match (self.verdict().and_then(reason), decision.class()) {
            (Some(_), None) if matches!(decision.by, By::Override { .. }) => "left out: ignored by your mark".into(),
            (Some(reason), _) if matches!(self.verdict(), Some(Verdict::Apart(_))) => format!("set apart: {reason}"),
            (Some(reason), _) => format!("left out: {reason}"),
            (None, None) if decision.kind == Nature::OutOfOffice => "out of office".into(),
            (None, None) => "ignored".into(),
            (None, Some(Class::Unclassified)) if decision.kind == Nature::Focus => "focus time, set apart".into(),
            (None, Some(class)) => class.name().into(),
        };
        let theme = decision.theme.as_ref().map(|t| format!(", theme {t}")).unwrap_or_default();
        let when = self.time.as_ref().map(|time| format!("  {}", find::when(time.one, time.zones))).unwrap_or_default();
        let counts = self.verdict().is_none_or(|verdict| matches!(verdict, Verdict::Counted(_)));
        let sure = decision.certainty().filter(|_| counts);
        let sure = sure.map(|sure| format!("  {sure}: {}", self.because())).unwrap_or_default();
        let _ = writeln!(text, "{}{when}\n  {class}{theme}{sure}", plain(&self.title));
        match (&self.trace.winner, &decision.by) {
            (Some(step), _) => {
                let rule = &self.rules.rules()[step.rule];
                let _ = writeln!(text, "  won: `{}` at {}:{}", rule.name, rule.source.name, rule.line);
                if self.time.as_ref().is_some_and(|time| time.one.left_open.is_some()) {
                    let _ = writeln!(text, "       only likely, which `likely = \"unclassified\"` leaves open");
                }
                for e in &step.matched {
                    let _ = writeln!(text, "       {} = {}{}", e.predicate, head(&e.wanted), seen(e, ", matched"));
                }
            }
            (None, By::Override { series, .. }) => {
                let marked = self.time.as_ref().and_then(|time| time.one.instance.marked.as_ref());
                let of = match marked {
                    Some(marked) if marked.slot.title().is_some() => "its title",
                    _ if *series => "its series",
                    _ => "this meeting",
                };
                let _ = writeln!(text, "  won: your mark of {of}, which goes before labels and rules");
            }
            (None, By::Label(label)) => {
                let _ = writeln!(text, "  won: the label `{label}`, which goes before rules");
            }
            (None, By::Caller) => {
                let _ = writeln!(text, "  no rule matched{}", self.time.as_ref().map(Time::alike).unwrap_or_default());
            }
            _ => {
                let _ = writeln!(text, "  no rule matched, and nothing is guessed");
            }
        }
        text
    }
}

/// The beginning of a long expression, on one line; `rules show` prints the whole.
fn head(wanted: &str) -> String {
    let line = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

fn why(why: &Why) -> String {
    match why {
        Why::Failed(e) => format!("`{}` did not match{}", e.predicate, seen(e, ", saw")),
        Why::Unless(e) => format!("`unless {} = {}` held{}", e.predicate, head(&e.wanted), seen(e, ", by")),
        Why::NotMine(e) => format!("is no absence of yours: {}{}", e.wanted, seen(e, ",")),
        Why::Later => "matches too, but comes later".into(),
        Why::Weak => "matches too, but is weak".into(),
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
    json!({ "title": title, "class": decision.class().map(Class::name), "theme": decision.theme.as_deref(), "rule": rule,
        "certainty": decision.certainty() })
}

/// Answers each line when it comes; where nobody reads the answers any more, that is the end.
fn batch(rules: &RuleSet) -> Done {
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.map_err(|e| Failure::new(Exit::Io, "standard input could not be read").cause(e))?;
        let title = String::from_utf8_lossy(&line);
        let title = title.trim_end_matches('\r');
        if !output::print_on(&format!("{}\n", brief(title, &rules.decide_title(title), rules)))? {
            break;
        }
    }
    Ok(())
}
