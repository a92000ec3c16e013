//! Which meeting a person means: by UID, by id, or by a part of the title.

use super::context::{Setup, Talk};
use super::output;
use crate::analyze::report::Reason;
use crate::analyze::{Analysis, Judged, Verdict};
use crate::classify::{Phrase, Title};
use crate::diagnostic::{Exit, Failure, plain};
use crate::model::{Instance, Interval, Original, Slot, Visibility, Zones, hash};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use std::collections::BTreeSet;
use std::path::Path;

/// How far around now a meeting is looked for.
const REACH: TimeDelta = TimeDelta::days(400);
/// How far around a given date, so that what overlaps the meeting is known.
const BESIDE: TimeDelta = TimeDelta::days(35);
/// Most candidates that are listed.
const MOST: usize = 10;

/// Where and when a meeting is looked for.
#[derive(Args)]
pub(super) struct Where {
    /// The local date on which it begins, such as 2026-11-17
    #[arg(long, value_name = "DATE")]
    pub on: Option<NaiveDate>,
    /// A calendar to look in, once for each: a file, a folder, .zip, .gz, or -; default: the configuration's sources
    #[arg(long = "ics", value_name = "PATH")]
    pub calendars: Vec<String>,
}

impl Where {
    /// The instances that may be meant and what is around them, with the time that they cover.
    ///
    /// # Errors
    /// See [`Setup::instances`].
    pub(super) fn instances(
        &self,
        setup: &mut Setup,
        now: DateTime<Utc>,
        talk: &Talk,
    ) -> Result<(Vec<Instance>, Interval), Failure> {
        let window = match self.on {
            Some(date) => {
                let at = setup.wishes.zones.starts(date);
                Interval::new(at - BESIDE, at + BESIDE)
            }
            None => Interval::new(now - REACH, now + REACH),
        };
        Ok((setup.instances(&self.calendars, window, now, talk)?, window))
    }
}

/// What to do where something stands after the path of an `--ics`.
pub(super) const REPEAT_ICS: &str = "`--ics` takes one path each time: write `--ics work.ics --ics side.ics`";

/// `failure` of reading `text`; where that stands for a second path of an `--ics`, with the way to name it.
pub(super) fn second_path(given: &[String], text: &str, failure: Failure) -> Failure {
    let path = Path::new(text);
    let is_second = !given.is_empty() && path.exists() && path.extension().is_none_or(|kind| kind != "toml");
    if is_second { failure.help(REPEAT_ICS) } else { failure }
}

/// How many are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// One instance.
    One,
    /// A series, by any of its instances.
    Series,
    /// Any of the same title: the one nearest to now.
    Nearest,
}

/// What was found.
pub(super) enum Found<'a> {
    One(&'a Judged),
    Nothing,
    /// More than one may be meant; the nearest to now first.
    Many(Vec<&'a Judged>),
}

/// Looks for `wanted` among `judged`: a UID, else an id as `vantage events --format json` prints it, else a whole title,
/// else a part of one, in whole words and with the normalisation of the rules. `on` is the local date of its start. Of those
/// that `wanted` names best, the ones that are `meant` are found.
pub(super) fn find<'a>(
    judged: impl Iterator<Item = &'a Judged>,
    wanted: &str,
    on: Option<NaiveDate>,
    meant: &dyn Fn(&Judged) -> bool,
    pick: Pick,
    zones: &Zones,
    now: DateTime<Utc>,
) -> Found<'a> {
    let mut here: Vec<&Judged> = judged
        .filter(|j| j.verdict != Verdict::LeftOut(Reason::Duplicate))
        .filter(|j| on.is_none_or(|date| zones.date_of(j.interval.start) == date))
        .collect();
    here.sort_by_key(|j| (j.interval.start - now).abs());
    let (whole, phrase) = (Title::of(wanted).words, Phrase::parse(wanted));
    let title = |j: &Judged| Title::of(j.instance.event.summary.as_deref().unwrap_or_default()).words;
    let ways: [&dyn Fn(&Judged) -> bool; 4] = [
        &|j| *j.instance.event.uid.0 == *wanted,
        &|j| id(&j.instance) == wanted,
        &|j| !whole.is_empty() && title(j) == whole,
        &|j| phrase.as_ref().is_some_and(|phrase| phrase.find(&title(j)).is_some()),
    ];
    let found = ways.into_iter().map(|way| here.iter().copied().filter(|j| way(j)).collect::<Vec<_>>());
    let found = found.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    // What makes two of them different, as far as it matters.
    let mut seen = BTreeSet::new();
    let mut found = found;
    found.retain(|j| {
        let event = &j.instance.event;
        meant(j)
            && seen.insert(match pick {
                Pick::One => id(&j.instance),
                Pick::Series => event.uid.series().to_string(),
                Pick::Nearest if *event.uid.0 == *wanted => String::new(),
                Pick::Nearest => {
                    let words = title(j);
                    words.text().to_string()
                }
            })
    });
    match found[..] {
        [] => Found::Nothing,
        [one] => Found::One(one),
        _ => Found::Many(found),
    }
}

/// The short name of a meeting: that of the slot it fills, the same on all calendars and after every sync.
pub(super) fn id(instance: &Instance) -> String {
    match Slot::of(instance) {
        Some(slot) => slot_id(&slot),
        // Without a UID nothing else tells two meetings apart.
        None => short(&format!("{}\n{}", instance.original, instance.event.summary.as_deref().unwrap_or_default())),
    }
}

/// The short name of a slot, or of a series.
pub(super) fn slot_id(Slot { uid, original }: &Slot) -> String {
    short(&format!("{uid}\n{}", original.map(|original| original.to_string()).unwrap_or_default()))
}

fn short(text: &str) -> String {
    const DIGITS: usize = 12;
    let mut name = hash(text);
    name.truncate(DIGITS);
    name
}

/// Local date and time, or the date of a whole day.
pub(super) fn when(j: &Judged, zones: &Zones) -> String {
    if j.all_day() { format!("{} all-day", zones.date_of(j.interval.start)) } else { local(j.interval.start, zones) }
}

/// The same of a slot of which no instance is known.
pub(super) fn slot_when(original: Original, zones: &Zones) -> String {
    match original {
        Original::At(at) => local(at, zones),
        Original::On(date) => format!("{date} all-day"),
    }
}

/// Local date and time.
pub(super) fn local(at: DateTime<Utc>, zones: &Zones) -> String {
    at.with_timezone(&zones.at(at)).format("%Y-%m-%d %H:%M").to_string()
}

/// The title for the user's own terminal.
pub(super) fn title(j: &Judged, show_private: bool) -> String {
    let event = &j.instance.event;
    let shown = event.summary.as_deref().filter(|_| show_private || event.visibility == Visibility::Public);
    plain(shown.filter(|title| !title.trim().is_empty()).unwrap_or("(private or no title)"))
}

/// A meeting in a list.
pub(super) fn line(j: &Judged, zones: &Zones) -> String {
    format!("{:<18} {}  {}\n", when(j, zones), id(&j.instance), title(j, false))
}

/// Lists the candidates, as data: titles are in no message.
///
/// # Errors
/// [`Exit::Usage`], always: the question has no answer.
pub(super) fn ambiguous<T>(found: &[&Judged], line: &dyn Fn(&Judged) -> String, help: &str) -> Result<T, Failure> {
    let mut listed: Vec<&Judged> = found.iter().take(MOST).copied().collect();
    listed.sort_by_key(|j| j.interval.start);
    output::print(&listed.into_iter().map(line).collect::<String>())?;
    let failure = Failure::new(Exit::Usage, format!("{} meetings may be meant", found.len()));
    Err(match found.len() > MOST {
        true => failure.note(format!("the {MOST} nearest to now are listed")),
        false => failure,
    }
    .help(help))
}

/// The one meeting that is meant.
///
/// # Errors
/// [`Exit::Failed`] where there is none, [`Exit::Usage`] where there are several; they are listed.
pub(super) fn the_one<'a>(
    analysis: &'a Analysis<'_>,
    wanted: &str,
    on: Option<NaiveDate>,
    series: bool,
    zones: &Zones,
    now: DateTime<Utc>,
) -> Result<&'a Judged, Failure> {
    let pick = if series { Pick::Series } else { Pick::One };
    let line = |j: &Judged| line(j, zones);
    match find(analysis.judged().iter(), wanted, on, &|_| true, pick, zones, now) {
        Found::One(one) => Ok(one),
        Found::Nothing => Err(nothing()),
        Found::Many(found) if series => ambiguous(&found, &line, "give one of these ids"),
        Found::Many(found) => {
            ambiguous(&found, &line, "give one of these ids, or add `--on DATE`, or `--series` for all of one series")
        }
    }
}

/// No meeting is what was asked for.
pub(super) fn nothing() -> Failure {
    let help = "`vantage events --from DATE --to DATE --format json` lists titles, UIDs and ids";
    Failure::new(Exit::Failed, "no such meeting was found").help(help)
}
