//! `mark` and `unmark`: the user's own word about a meeting.

use super::context::{Setup, Talk, now, overrides};
use super::find::{self, Found, Pick, Where, find, slot_id, the_one};
use super::paths::state_folder;
use super::{Done, Files, output};
use crate::analyze::{Analysis, Judged, Verdict};
use crate::classify::{other_halves, titled};
use crate::daemon::{self, Request};
use crate::diagnostic::{Exit, Failure};
use crate::model::{Class, Instance, Marked, Override, Overrides, Slot};
use crate::store::{Change, Store};
use chrono::{DateTime, Utc};
use clap::Args;
use std::sync::Arc;
use std::time::Duration;

/// How often, and with what pause, a busy database is tried: the daemon has it while it syncs or draws.
const TRIES: usize = 150;
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage mark \"vendor sync\" execution --series\n  vantage mark \"Q3 roadmap\" strategy --on 2026-11-17 --theme Roadmap\n\n\
                  A mark hangs on the meeting itself: it stays when the meeting is moved, renamed or synced anew."
)]
pub(super) struct Mark {
    /// A UID, an id from `vantage events --format json`, or a part of the title in whole words
    event: String,
    /// What it counts as
    #[arg(value_parser = Override::CLASSES)]
    class: String,
    /// The theme that its hours go to
    #[arg(long)]
    theme: Option<String>,
    /// Mark all meetings of its series
    #[arg(long)]
    series: bool,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    files: Files,
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage unmark \"vendor sync\" --series")]
pub(super) struct Unmark {
    /// A UID, an id from `vantage marks`, or a part of the title in whole words
    event: String,
    /// Take back what was said of the whole series, and with it of its title
    #[arg(long)]
    series: bool,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    files: Files,
}

impl Mark {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let Some(class) = Override::class(&self.class) else {
            return Err(Failure::new(Exit::Usage, "no such class"));
        };
        let theme = self.theme.as_deref().map(str::trim).filter(|theme| !theme.is_empty()).map(Arc::from);
        let word = Override { class, theme, answer: false };
        let (mut setup, now) = (Setup::load(&self.files, talk)?, now()?);
        let (instances, _) = self.place.instances(&mut setup, now, talk)?;
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let zones = &setup.wishes.zones;
        let one = the_one(&analysis, &self.event, self.place.on, self.series, zones, now)?;
        let slot = slot(one, self.series)?;
        let said = format!("{}: {} → {}\n", what(one, &slot, zones), counts_as(one), spoken(&word));
        keep(&said_of_all(&analysis, &slot, Some(&word), &overrides()?), now)?;
        tell_daemon(talk);
        output::print(&said)?;
        if word.class.is_none() {
            return Ok(());
        }
        // A mark counts what is away or too long, but not what is declined or cancelled.
        let marked = Some(Arc::new(Marked { word, series: self.series, slot }));
        let alone = vec![Instance { marked, ..one.instance.clone() }];
        let after = Analysis::new(alone, &setup.rules, &setup.config.people, &setup.wishes);
        match after.judged().first().map(|j| j.verdict) {
            Some(Verdict::LeftOut(reason)) => {
                output::print(&format!("it stays left out all the same: {}\n", reason.name()))
            }
            _ => Ok(()),
        }
    }
}

impl Unmark {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let (mut setup, now) = (Setup::load(&self.files, talk)?, now()?);
        let known = overrides()?;
        // A mark may outlive its meeting, and is then found by what `vantage marks` tells.
        let named = |slot: &&Slot| {
            (slot_id(slot) == self.event || *slot.uid.0 == *self.event)
                && (!self.series || slot.original.is_none())
                && self.place.on.is_none()
        };
        let mut named = known.0.keys().filter(named);
        if let (Some(slot), None) = (named.next(), named.next()) {
            keep(&[(slot.clone(), None)], now)?;
            tell_daemon(talk);
            return output::print("unmarked\n");
        }
        let (instances, _) = self.place.instances(&mut setup, now, talk)?;
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let zones = &setup.wishes.zones;
        let said = |j: &Judged| said_of(j, self.series, &known);
        let marked = |j: &Judged| said(j).is_some();
        let pick = if self.series { Pick::Series } else { Pick::One };
        match find(analysis.judged().iter(), &self.event, self.place.on, &marked, pick, zones, now) {
            Found::One(one) => {
                let slot = said(one).map_or_else(|| slot(one, self.series), Ok)?;
                let mut changes = said_of_all(&analysis, &slot, None, &known);
                // One answer of `review` says both.
                let as_said = |title: &Slot| known.0.get(title).is_some_and(|word| known.0.get(&slot) == Some(word));
                let whole = self.series && one.instance.event.recurring;
                let title = titled(&one.instance).filter(|title| whole && *title != slot && as_said(title));
                let also = if title.is_some() { ", and the mark of its title" } else { "" };
                changes.extend(title.map(|title| (title, None)));
                let said = format!("{}{also}: unmarked\n", what(one, &slot, zones));
                keep(&changes, now)?;
                tell_daemon(talk);
                output::print(&said)
            }
            Found::Nothing => {
                let help = "`vantage marks` lists what is marked; what was said of a series needs `--series`";
                Err(Failure::new(Exit::Failed, "no such marked meeting was found").help(help))
            }
            Found::Many(found) => {
                find::ambiguous(&found, &|j| find::line(j, zones), "give one of these ids, or add `--on DATE`")
            }
        }
    }
}

/// What there is a mark of: this meeting, or with `series` its series, also by the other half of a split one; and the title of
/// both, where nothing closer is marked.
fn said_of(j: &Judged, series: bool, known: &Overrides) -> Option<Slot> {
    let event = &j.instance.event;
    let now = j.instance.marked.as_ref().map(|marked| (marked.series, &marked.slot));
    let theirs = now.filter(|(of_series, slot)| *of_series == series && slot.title().is_none());
    let titled = now.filter(|(_, slot)| slot.title().is_some() && (series || !event.recurring));
    let own = slot(j, series).ok().filter(|slot| known.0.contains_key(slot));
    own.or_else(|| theirs.or(titled).map(|(_, slot)| slot.clone()))
}

/// What is to be kept: what was said of a series holds for all of it, also where another half bears a mark of its own.
fn said_of_all(analysis: &Analysis, slot: &Slot, word: Option<&Override>, known: &Overrides) -> Vec<Change> {
    let instances = analysis.judged().iter().map(|j| &j.instance);
    let others = match slot.original.is_none() && slot.title().is_none() {
        true => other_halves(known, instances, slot),
        false => Vec::new(),
    };
    std::iter::once(slot.clone()).chain(others).map(|slot| (slot, word.cloned())).collect()
}

/// What a mark of this meeting hangs on.
///
/// # Errors
/// [`Exit::Data`] where the calendar gives it no UID.
pub(super) fn slot(j: &Judged, series: bool) -> Result<Slot, Failure> {
    let slot = Slot::of(&j.instance).ok_or_else(|| {
        let failure =
            Failure::new(Exit::Data, "the calendar gives this meeting no UID, so nothing would find it again");
        failure.help("write a rule for it instead")
    })?;
    Ok(if series { slot.series() } else { slot })
}

fn what(j: &Judged, slot: &Slot, zones: &crate::model::Zones) -> String {
    let title = find::title(j, false);
    if slot.title().is_some() {
        return format!("{title}, all of this title");
    }
    match slot.original.is_none() && j.instance.event.recurring {
        true => format!("{title}, the whole series"),
        false => format!("{} {title}", find::when(j, zones)),
    }
}

/// What a meeting counted as before.
fn counts_as(j: &Judged) -> &'static str {
    j.decision.class().map_or("ignore", Class::name)
}

fn spoken(word: &Override) -> String {
    match &word.theme {
        Some(theme) => format!("{}, theme {}", word.word(), crate::diagnostic::plain(theme)),
        None => word.word().into(),
    }
}

/// Writes what the user said, once nobody else writes.
///
/// # Errors
/// [`Exit::Later`] where somebody writes for long, the database's.
pub(super) fn keep(changes: &[Change], now: DateTime<Utc>) -> Result<(), Failure> {
    writer()?.keep_overrides(changes, now)
}

/// The database, once nobody else writes.
///
/// # Errors
/// As [`keep`].
pub(super) fn writer() -> Result<Store, Failure> {
    let folder = state_folder()?;
    let mut tries = 0;
    loop {
        match Store::writer(&folder) {
            Err(failure) if failure.exit == Exit::Later && tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

/// Has a running service draw the pictures anew.
pub(super) fn tell_daemon(talk: &Talk) {
    let told = state_folder().and_then(|folder| daemon::client::ask(&folder, Request::Redraw));
    if let Err(failure) = told {
        let message = format!("the running service could not be told: {}", failure.message);
        talk.warn(&message, Some("what was said is kept; `vantage render` draws it"));
    }
}
