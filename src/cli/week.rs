use super::context::{Gathered, Setup, Talk, last_audit, now};
use super::find::second_path;
use super::machine::{Machine, hand_out};
use super::paths::is_of_the_machine;
use super::{Done, Files, Format, output, text};
use crate::analyze::Analysis;
use crate::chart::{Painter, Style};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::jobs::picture::{fallback_font, files, json, last_seen};
use crate::jobs::{SYNC, Standing};
use crate::model::{Interval, Privacy, Week, Weekday, Zones};
use crate::schedule::newest;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use std::path::PathBuf;

/// Weeks from which a progress bar helps.
const LONG: usize = 8;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage week --ics calendar.ics\n  vantage week 2026-W47 --ics work.ics --ics side.ics --out charts\n  \
                        vantage week 2026-W01..2026-W47 --ics calendar.ics --format json"
)]
pub(super) struct WeekArgs {
    /// 2026-W47, a date, `last` (the last complete week), `this`, or a range 2026-W01..2026-W47
    #[arg(default_value = "last")]
    week: String,
    #[command(flatten)]
    machine: Machine,
    /// A calendar, once for each: a file, a folder, .zip, .gz, or - for standard input; default: the configuration's sources
    #[arg(long = "ics", value_name = "PATH", conflicts_with = "system")]
    calendars: Vec<String>,
    #[command(flatten)]
    files: Files,
    /// Write WEEK.png, WEEK.json and WEEK.txt into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draw at 1 to 4 times 1600×1000
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "system", value_parser = clap::value_parser!(u32).range(1..=4))]
    scale: u32,
    /// What is told about single meetings; default: the configuration's
    #[arg(long, value_parser = Privacy::NAMES, conflicts_with = "system")]
    privacy: Option<String>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t, conflicts_with = "system")]
    format: Format,
}

impl WeekArgs {
    pub(super) fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let mut setup = Setup::load(&self.files, talk)?;
        let now = now()?;
        if is_of_the_machine() {
            let (zones, start) = (&setup.wishes.zones, setup.wishes.week_start);
            let week = match self.week.as_str() {
                // The one that the service drew last: before `render_at` that is not last week's.
                "last" => newest(now, zones, start, setup.config.render_at),
                week => one_week(week, start, zones, now)?,
            };
            return hand_out(week, setup.charts()?, self.out.as_deref());
        }
        let weeks = parse_weeks(&self.week, setup.wishes.week_start, &setup.wishes.zones, now)
            .map_err(|failure| second_path(&self.calendars, &self.week, failure))?;
        let privacy = self.privacy.as_deref().and_then(Privacy::parse).unwrap_or(setup.config.privacy);
        let mut style = Style {
            scale: self.scale,
            privacy,
            palette: setup.config.palette,
            fallback_font: fallback_font(setup.config.fallback_font.as_deref())?,
            banner: None,
        };
        let window = Analysis::window(weeks[0], weeks[weeks.len() - 1], &setup.wishes);
        let ends = [weeks[0], weeks[weeks.len() - 1]].map(|week| setup.wishes.zones.week(week));
        let shown = Interval::new(ends[0].start, ends[1].end);
        let Gathered { instances, notes } = setup.gathered(&self.calendars, window, shown, now, talk)?;
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let mut analysis = analysis.noting(notes).audited(last_audit(&self.calendars));
        if let Some(out) = &self.out {
            disk::folder(out)?;
        }
        let progress =
            (weeks.len() >= LONG && self.out.is_some()).then(|| indicatif::ProgressBar::new(weeks.len() as u64));
        let mut painter = Painter::default();
        let (zones, start) = (&setup.wishes.zones, setup.wishes.week_start);
        let last = newest(now, zones, start, setup.config.render_at);
        let standing = if self.calendars.is_empty() { setup.standing(now) } else { Standing::default() };
        let banner = |week: &Week| standing.banner(*week, last, zones);
        // Any other reason was said when the calendars were read.
        if let Some(says) = weeks.iter().find_map(banner).filter(|_| standing.is_quiet()) {
            talk.warn(&says, Some(SYNC));
        }
        for week in &weeks {
            style.banner = banner(week);
            let mut full = analysis.report(*week, now);
            full.notes.extend(last_seen(&analysis, &zones.week(*week)));
            let mut report = full.clone().shown_at(privacy);
            report.notes.splice(0..0, style.banner.clone());
            match &self.out {
                Some(out) => {
                    for file in files(out, &full, &style, &mut painter)? {
                        if progress.is_none() && self.format == Format::Text {
                            output::print(&format!("{}\n", file.display()))?;
                        }
                    }
                }
                None if self.format == Format::Text => output::print(&text::report(&report))?,
                None => {}
            }
            if self.format == Format::Json {
                output::print(&json(&report))?;
            }
            progress.as_ref().inspect(|bar| bar.inc(1));
        }
        if let (Some(bar), Some(out)) = (progress, &self.out) {
            bar.finish_and_clear();
            output::print(&format!("{} weeks in {}\n", weeks.len(), out.display()))?;
        }
        Ok(())
    }
}

/// The weeks that `text` names: one, as [`one_week`] reads it, or a range.
///
/// # Errors
/// [`Exit::Usage`].
pub(super) fn parse_weeks(text: &str, start: Weekday, zones: &Zones, now: DateTime<Utc>) -> Result<Vec<Week>, Failure> {
    let one = |text: &str| one_week(text, start, zones, now);
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (one(first)?, one(last)?),
        None => (one(text)?, one(text)?),
    };
    let weeks: Vec<Week> =
        (0..).map(|n| first.plus(n)).take_while(|w| *w <= last && w.first < NaiveDate::MAX).collect();
    if weeks.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("the range `{text}` ends before it begins")));
    }
    Ok(weeks)
}

/// The week that `text` names: `2026-W47`, a date, `last` or `this`.
///
/// # Errors
/// [`Exit::Usage`].
pub(super) fn one_week(text: &str, start: Weekday, zones: &Zones, now: DateTime<Utc>) -> Result<Week, Failure> {
    let this = Week::of(zones.date_of(now), start);
    let numbered = || {
        let (year, number) = text.split_once("-W").or_else(|| text.split_once("-w"))?;
        Week::from_iso(year.parse().ok()?, number.parse().ok()?, start)
    };
    let week = match text {
        "this" => Some(this),
        "last" => Some(this.plus(-1)),
        _ => numbered().or_else(|| Some(Week::of(text.parse().ok()?, start))),
    };
    // The years that a four-digit calendar can name, with room for the trend before and the week after.
    week.filter(|w| (1..=9998).contains(&chrono::Datelike::year(&w.first))).ok_or_else(|| {
        let failure = Failure::new(Exit::Usage, format!("`{text}` is not a week"));
        failure.help("write `2026-W47`, a date such as `2026-11-18`, `last`, `this`, or a range `2026-W01..2026-W47`")
    })
}
