use super::context::{Setup, Talk, now};
use super::week::parse_weeks;
use super::{Done, Files, Format, find, output};
use crate::analyze::{Analysis, Row, Verdict};
use crate::classify::By;
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{EventStatus, Interval, Span, Visibility, Zones};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;
use std::fmt::Write;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage events 2026-W47 --ics calendar.ics\n  vantage events --ics calendar.ics --from 2026-11-16 --to 2026-11-22 --format json"
)]
pub(super) struct Events {
    /// 2026-W47, a date, `last` (the last complete week), `this`, or a range 2026-W01..2026-W47
    #[arg(default_value = "last", conflicts_with_all = ["from", "to"])]
    week: String,
    /// A calendar, once for each: a file, a folder, .zip, .gz, or - for standard input; default: the configuration's sources
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    /// First date, inclusive, instead of a week
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<NaiveDate>,
    /// Last date, inclusive
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
    #[command(flatten)]
    files: Files,
    /// Print the titles of private events too
    #[arg(long)]
    show_private: bool,
    /// How events are printed; JSON is one object a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    /// What `mark`, `explain` and `unmark` take.
    id: String,
    uid: &'a str,
    summary: Option<&'a str>,
    start: String,
    end: String,
    all_day: bool,
    status: Option<&'static str>,
    calendar: &'a str,
    class: Option<&'static str>,
    /// `sure` or `likely`; null where it has no class.
    certainty: Option<&'static str>,
    theme: Option<&'a str>,
    rule: Option<&'a str>,
    /// Who decided: `mark`, `label`, `rule`, `caller`, or nobody.
    by: Option<&'static str>,
    counted: bool,
    /// Why it is left out, or `focus` or `solo` where it is set apart.
    reason: Option<&'static str>,
    minutes: i64,
    counted_minutes: f64,
    /// When its source told it last, where it does so no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<String>,
}

impl Events {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let (mut setup, now) = (Setup::load(&self.files, talk)?, now()?);
        let zones = setup.wishes.zones.clone();
        let window = self.window(&setup, now)?;
        let instances = setup.instances(&self.calendars, window, now, talk)?;
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let mut text = String::new();
        for row in analysis.rows(window) {
            let line = self.line(&row, &setup, &zones);
            match self.format {
                Format::Json => text += &(serde_json::to_string(&line).unwrap_or_default() + "\n"),
                Format::Text => human(&mut text, &line),
            }
        }
        output::print(&text)
    }

    /// The days or the weeks that were asked for.
    fn window(&self, setup: &Setup, now: DateTime<Utc>) -> Result<Interval, Failure> {
        let zones = &setup.wishes.zones;
        if let (Some(from), Some(to)) = (self.from, self.to) {
            if to < from {
                return Err(Failure::new(Exit::Usage, "`--to` lies before `--from`"));
            }
            return Ok(Interval::new(zones.starts(from), zones.starts(to.succ_opt().unwrap_or(to))));
        }
        let weeks = parse_weeks(&self.week, setup.wishes.week_start, zones, now)
            .map_err(|failure| find::second_path(&self.calendars, &self.week, failure))?;
        Ok(Interval::new(zones.week(weeks[0]).start, zones.week(weeks[weeks.len() - 1]).end))
    }

    fn line<'a>(&self, row: &Row<'a>, setup: &'a Setup, zones: &Zones) -> Line<'a> {
        let (j, event) = (row.judged, &*row.judged.instance.event);
        let (start, end) = match j.instance.span {
            Span::AllDay { first, end } => (first.to_string(), end.to_string()),
            Span::Timed(i) => (local(i.start, zones), local(i.end, zones)),
        };
        let shown = self.show_private || event.visibility == Visibility::Public;
        // That somebody is busy is all that is known, whatever the event calls itself.
        let summary = event.summary.as_deref().filter(|_| shown).or(event.free_busy_only.then_some("Busy"));
        let rule = match &j.decision.by {
            By::Rule(index) => Some(&*setup.rules.rules()[*index].name),
            By::Label(label) => Some(label.as_ref()),
            _ => None,
        };
        let class = j.class();
        Line {
            id: find::id(&j.instance),
            uid: &event.uid.0,
            summary,
            start,
            end,
            all_day: j.all_day(),
            status: event.status.map(|s| match s {
                EventStatus::Confirmed => "CONFIRMED",
                EventStatus::Tentative => "TENTATIVE",
                EventStatus::Cancelled => "CANCELLED",
            }),
            calendar: &event.calendar.name,
            class: class.map(|c| c.name()),
            certainty: j.certainty(),
            theme: j.decision.theme.as_deref(),
            rule,
            by: by(&j.decision.by),
            counted: class.is_some(),
            reason: match j.verdict {
                Verdict::Counted(_) => None,
                Verdict::Apart(apart) => Some(apart.name()),
                Verdict::LeftOut(reason) => Some(reason.name()),
            },
            minutes: j.interval.length().num_minutes(),
            counted_minutes: row.counted.to_f64() / 60.0,
            last_seen: event.last_seen.map(|at| local(at, zones)),
        }
    }
}

/// The word for who decided.
pub(super) fn by(by: &By) -> Option<&'static str> {
    match by {
        By::Override { .. } => Some("mark"),
        By::Label(_) => Some("label"),
        By::Rule(_) => Some("rule"),
        By::Caller => Some("caller"),
        By::Nothing => None,
    }
}

fn local(at: DateTime<Utc>, zones: &Zones) -> String {
    at.with_timezone(&zones.at(at)).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// `2026-11-16 09:00  30 min  execution     Daily stand-up  (Stand-ups)`.
fn human(text: &mut String, line: &Line) {
    let start = if line.all_day { format!("{} all-day", line.start) } else { line.start[..16].replace('T', " ") };
    let what = line.class.or(line.reason).unwrap_or_default();
    let title = plain(line.summary.unwrap_or("(private or no title)"));
    let why = line.rule.or(match line.by {
        Some("mark") => Some("your mark"),
        Some("caller") => Some("by who calls it"),
        _ => None,
    });
    let why = why.map(|r| format!("  ({r})")).unwrap_or_default();
    let seen = line.last_seen.as_ref().map(|at| format!("  (as last seen on {})", &at[..10])).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{start:<18} {:>5} min  {what:<16} {title}{why}{seen}", line.minutes);
}
