use super::context::{Setup, Talk, now};
use super::machine::{Machine, ask};
use super::paths::{is_of_the_machine, shown, state_folder};
use super::run::daemon_text;
use super::{Done, Files, Format, output};
use crate::daemon::client::not_understood;
use crate::daemon::{Answer, Own, Request};
use crate::diagnostic::{Exit, Failure, plain};
use crate::jobs::Standings;
use crate::kinds::{first_steps, kind};
use crate::model::{ago, count, local};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage status --format json")]
pub(super) struct Status {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    machine: Machine,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Everything that is told.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    standings: Standings,
    /// How the daemon is; `null` where none runs.
    daemon: Option<Own>,
}

impl Status {
    pub(super) fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let (folder, now) = (state_folder()?, now()?);
        let (mut standings, daemon) = match self.asked(talk)? {
            Some((standings, own)) => (standings, Some(own)),
            None => (Standings::read(&Setup::load(&self.files, talk)?.config, &folder, now)?, None),
        };
        standings.database = shown(Path::new(&standings.database));
        let told = Told { standings, daemon };
        match self.format {
            Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&told).unwrap_or_default())),
            Format::Text => output::print(&told.text(now)),
        }
    }
}

impl Status {
    /// What the daemon says, where one runs; a configuration that is broken by now is no reason to say nothing.
    fn asked(&self, talk: &Talk) -> Result<Option<(Standings, Own)>, Failure> {
        if !self.files.is_default() {
            return Ok(None);
        }
        match ask(Request::Status) {
            Ok(Some(Answer::Status(standings, own))) => Ok(Some((standings, own))),
            Ok(Some(_)) => Err(not_understood()),
            Ok(None) => Ok(None),
            // One that hangs is known by its silence; the store says the rest.
            Err(failure) if failure.exit == Exit::Io && !is_of_the_machine() => {
                talk.warn(&failure.message, failure.help.as_deref());
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

impl Told {
    // Writing to a String cannot fail.
    fn text(&self, now: DateTime<Utc>) -> String {
        let Standings { timezone: zone, accounts, .. } = &self.standings;
        let zone = *zone;
        let mut text = self.daemon.as_ref().map(|own| daemon_text(own, now, zone)).unwrap_or_default();
        if accounts.is_empty() {
            text += &format!("No calendar yet. Next: {}\n", first_steps());
        }
        for a in accounts {
            let sign_in = a.sign_in.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
            let _ = writeln!(text, "{} ({}){sign_in}", a.account, kind(&a.kind).map_or(&*a.kind, |kind| kind.title()));
            if let Some(trouble) = a.trouble.as_ref().filter(|t| a.sign_in.as_ref() != Some(t)) {
                let _ = writeln!(text, "  {trouble}{}", again(a.retry_at, zone));
            }
            for cause in &a.causes {
                let _ = writeln!(text, "  cause: {cause}");
            }
            if a.signed_in.is_none() && a.calendars.is_empty() {
                let _ = writeln!(text, "  never read, and nothing of it counts");
            }
            for c in a.calendars.iter().filter(|c| c.selected) {
                let last = c.last_good_sync.map_or("never".into(), |at| ago(at, now, zone));
                let name = if c.id.is_empty() { String::new() } else { format!("{}: ", plain(&c.calendar)) };
                let _ = writeln!(text, "  {name}last good sync {last}, {}", count(c.events, "event"));
                if c.stale && c.held.is_none() {
                    let _ = writeln!(text, "    out of date: what changed since then does not count");
                }
                if c.mode == "window" && c.last_good_sync.is_some() {
                    let _ = writeln!(text, "    by its window alone: no sync token comes");
                }
                if let Some(trouble) = &c.trouble {
                    let _ = writeln!(text, "    {trouble}{}", again(c.retry_at, zone));
                }
                for cause in &c.causes {
                    let _ = writeln!(text, "    cause: {cause}");
                }
                if let Some(held) = &c.held {
                    let _ = writeln!(
                        text,
                        "    held since {}: a listing lacks {} of {}, which still count",
                        ago(held.since, now, zone),
                        held.removed,
                        count(held.of, "event")
                    );
                }
                if let Some(past) = &c.past {
                    let _ = writeln!(text, "    {}; `vantage sync --accept-deletions` lets go of it", past.says);
                }
                for skipped in &c.skipped {
                    let _ = writeln!(text, "    skipped {}: {}", skipped.count, skipped.reason);
                }
                if let Some(next) = &c.next {
                    let _ = writeln!(text, "    next: {next}");
                }
            }
            let ignored = a.calendars.iter().filter(|c| !c.selected).count();
            if ignored > 0 {
                let (more, are) = (count(ignored, "more calendar"), if ignored == 1 { "is" } else { "are" });
                let _ = writeln!(text, "  {more} {are} not selected; `vantage calendars` lists them");
            }
            if let Some(next) = &a.next {
                let _ = writeln!(text, "  next: {next}");
            }
        }
        text
    }
}

fn again(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map(|at| format!("; tried again after {}", local(at, zone))).unwrap_or_default()
}
