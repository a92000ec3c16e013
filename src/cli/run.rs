//! The service and what one asks of it: `run`, `reload`, `render`, `metrics`.

use super::context::{Setup, Talk, now};
use super::machine::{Machine, ask, none_runs};
use super::paths::{config_path, rules_path, shown, state_folder, watched};
use super::{Done, Files, output};
use crate::daemon::client::not_understood;
use crate::daemon::{self, Answer, Drawn, Form, Host, Own, OwnJob, Request};
use crate::diagnostic::Failure;
use crate::jobs;
use crate::model::{ago, count};
use crate::store::Store;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use std::fmt::Write;
use std::path::Path;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage run\n  vantage run --log-format json\n\nIt stops at Ctrl-C. The clock is the machine's, \
                        whatever VANTAGE_NOW says: a clock that stands still does not tick."
)]
pub(super) struct Run {
    /// How the log is written; auto is the journal under systemd, text elsewhere
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
    #[command(flatten)]
    files: Files,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum LogFormat {
    #[default]
    Auto,
    Text,
    Json,
}

/// The machine's clock.
#[allow(clippy::disallowed_methods, reason = "the service's part of the one clock")]
fn clock() -> DateTime<Utc> {
    Utc::now()
}

/// What the service works under.
fn setup(files: &Files, talk: &Talk) -> Result<Setup, Failure> {
    let config = config_path(files);
    let rules = rules_path(files, config.as_deref());
    // Read before they are parsed: a save in between is noticed by itself.
    let text = |path: &Path| std::fs::read_to_string(path).map(|text| (shown(path), text)).ok();
    let configured = config.as_deref().and_then(text).unwrap_or_default();
    let texts = [configured].into_iter().chain(rules.as_deref().and_then(text)).collect();
    let setup = Setup { texts, ..Setup::load(files, talk)? };
    setup.charts()?;
    Ok(setup)
}

impl Run {
    pub(super) fn run(self, _: &Talk) -> Done {
        let Run { log_format, files } = self;
        let load = {
            let files = files.clone();
            Box::new(move || setup(&files, &Talk::new(true)))
        };
        daemon::run(Host {
            state: state_folder()?,
            now: clock,
            files: watched(&files),
            load,
            log: match log_format {
                LogFormat::Auto => Form::Auto,
                LogFormat::Text => Form::Text,
                LogFormat::Json => Form::Json,
            },
        })
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage reload")]
pub(super) struct Reload {
    #[command(flatten)]
    machine: Machine,
}

impl Reload {
    pub(super) fn run(self, _: &Talk) -> Done {
        self.machine.enter(&Files::default())?;
        match ask(Request::Reload)?.ok_or_else(none_runs)? {
            Answer::Reloaded(said) => output::print(&format!("{said}\n")),
            _ => Err(not_understood()),
        }
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage render")]
pub(super) struct Render {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    machine: Machine,
}

impl Render {
    pub(super) fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let asked = match self.files.is_default() {
            true => ask(Request::Render)?,
            false => None,
        };
        let Drawn { weeks, charts, warnings } = match asked {
            Some(Answer::Drawn(drawn)) => drawn,
            Some(_) => return Err(not_understood()),
            None => {
                let setup = setup(&self.files, talk)?;
                let (folder, now) = (state_folder()?, now()?);
                let done = jobs::render::run(&mut Store::writer(&folder)?, &setup, false, now)?;
                let mut handed = daemon::jobs::hand_over(&done, &setup, || Store::writer(&folder).map(Some))?;
                if let Some(failure) = handed.failures.pop() {
                    return Err(failure.note("the pictures are drawn"));
                }
                let weeks = done.drawn.iter().map(ToString::to_string).collect();
                Drawn { weeks, charts: setup.charts()?.into(), warnings: done.warnings }
            }
        };
        warnings.iter().for_each(|(says, help)| talk.warn(says, Some(help)));
        let charts = shown(&charts);
        match &weeks[..] {
            [] => output::print(&format!("nothing is due; the pictures are in {charts}\n")),
            weeks => output::print(&format!("{} in {charts}\n", weeks.join(", "))),
        }
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage metrics > /var/lib/node_exporter/vantage.prom")]
pub(super) struct Metrics {
    #[command(flatten)]
    machine: Machine,
}

impl Metrics {
    pub(super) fn run(self, _: &Talk) -> Done {
        self.machine.enter(&Files::default())?;
        match ask(Request::Metrics)?.ok_or_else(none_runs)? {
            Answer::Metrics(text) => output::print(&text),
            _ => Err(not_understood()),
        }
    }
}

/// What the daemon does, and what keeps it from doing it.
// Writing to a String cannot fail.
pub(super) fn daemon_text(own: &Own, now: DateTime<Utc>, zone: Tz) -> String {
    let mut text = format!("daemon: running as process {}, since {}\n", own.pid, ago(own.since, now, zone));
    if let Some(broken) = &own.config.broken {
        let read = ago(own.config.read_at, now, zone);
        let _ = writeln!(text, "  {} cannot be read; what was read {read} is in force", broken.files.join(", "));
        let _ = writeln!(text, "  next: `vantage config check` shows every mistake");
    }
    if let Some(why) = &own.not_handed_over {
        let _ = writeln!(text, "  a picture was not handed over: {why}");
    }
    for OwnJob { job, trouble, panics, .. } in &own.jobs {
        if let Some(trouble) = trouble {
            let _ = writeln!(text, "  {job} failed: {trouble}");
        }
        if *panics > 0 {
            let _ = writeln!(text, "  {job} ran into a bug {}; the log has the place", count(*panics, "time"));
        }
    }
    text
}
