//! Questions that came over the socket, and their answers.

use super::event::{Handed, Outcome, Reply};
use super::main_loop::Daemon;
use super::metrics::{self, Gauges};
use super::timing;
use super::wire::{Answer, Drawn, Request, Synced};
use crate::config::Config;
use crate::diagnostic::{Exit, Failure, Secret};
use crate::jobs::{self, Standings};
use crate::kinds::{self, How, Wish};
use crate::model::Week;
use crate::schedule::{self, Job, Observation, complete_weeks};
use crate::store::{Changes, Store};
use serde_json::Value;
use std::path::Path;

/// How many events are kept. Counted by a reader, beside whatever is under way.
fn counted_events(state: &Path, config: &Config) -> Result<u64, Failure> {
    Store::reader(state)?.map_or(Ok(0), |store| jobs::events(&store, config))
}

impl Daemon {
    pub(super) fn answer(&mut self, request: Request, reply: Reply) {
        match request {
            Request::Status => self.status(reply),
            Request::Metrics => self.metrics(reply),
            Request::SignIn { kind, account, grant } => {
                let said = self.sign_in(&kind, account, &grant);
                let _ = reply.send(said.map_or_else(Answer::from, |()| Answer::Begun));
            }
            Request::Sync(wish) => {
                let reply = match wish.signed_in.is_some() {
                    true => begun(reply),
                    false => reply,
                };
                self.syncs.push_back((wish, reply));
                self.observe(Observation::Asked(Job::Sync));
            }
            Request::Render => {
                self.renders.push(reply);
                self.observe(Observation::Asked(Job::Render));
            }
            Request::Redraw => {
                // Where a picture is being drawn, another look follows.
                self.renders.push(begun(reply));
                self.observe(Observation::Asked(Job::Render));
            }
            Request::Reload => {
                let said = self.reload();
                let _ = reply.send(said.map_or_else(Answer::from, Answer::Reloaded));
            }
        }
    }

    fn sign_in(&mut self, kind: &str, account: String, given: &Secret) -> Result<(), Failure> {
        kinds::service(kind)?.1.keep(&self.host.state, &account, given)?;
        let wish = Wish { only: Some(account), signed_in: Some(kind.into()), ..Wish::default() };
        self.syncs.push_back((wish, nobody()));
        self.observe(Observation::Asked(Job::Sync));
        Ok(())
    }

    /// Reads the store beside whatever is under way, and not on the loop's own thread.
    fn status(&self, reply: Reply) {
        let now = (self.host.now)();
        let own = self.book.own(|job| self.schedule.due(job, self.steady()), now);
        let (host, setup) = (self.host.clone(), self.setup.clone());
        tokio::task::spawn_blocking(move || {
            let standings = Standings::read(&setup.config, &host.state, now);
            let _ = reply.send(standings.map_or_else(Answer::from, |standings| Answer::Status(standings, own)));
        });
    }

    fn metrics(&self, reply: Reply) {
        let now = (self.host.now)();
        let timing = timing(&self.setup);
        let counted = metrics::counted(&self.book, now);
        let (host, setup) = (self.host.clone(), self.setup.clone());
        tokio::task::spawn_blocking(move || {
            let week = complete_weeks(now, &timing.zones, timing.week_start, timing.render_at, 1);
            let file =
                week.first().zip(setup.charts.as_ref()).map(|(week, charts)| charts.join(format!("{week}.json")));
            let drawn = file.and_then(|file| std::fs::read(file).ok());
            let report = drawn.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let gauges = Gauges {
                events: counted_events(&host.state, &setup.config).ok(),
                share: report.and_then(|report| report["share"].as_f64()),
            };
            let text = counted + &metrics::measured(&gauges);
            let _ = reply.send(Answer::Metrics(text));
        });
    }

    /// Says in the log how a job failed, and returns it.
    pub(super) fn failed(&mut self, job: Job, outcome: &Outcome) -> Option<Failure> {
        let name = job.name();
        let again = self.book.record(job).trouble;
        match outcome {
            Outcome::Failed(failure) => {
                // A wrong question is the asker's affair; the rest is said once.
                if again.as_ref() != Some(&failure.message) {
                    let text = failure.render(false);
                    match failure.exit {
                        Exit::Usage => {}
                        Exit::Later => tracing::warn!(job = name, "{name}: {}", text.trim_end()),
                        _ => tracing::error!(job = name, "{name}: {}", text.trim_end()),
                    }
                }
                Some(failure.clone())
            }
            Outcome::Panicked => {
                self.book.panicked(job);
                Some(Failure::new(Exit::Bug, format!("{name} ran into a bug; the log has the place")))
            }
            Outcome::Cancelled => Some(Failure::new(Exit::Later, "the daemon is stopping")),
            Outcome::Synced(..) | Outcome::Rendered(..) | Outcome::Maintained => {
                if again.is_some() {
                    tracing::info!(job = name, "{name}: it works again");
                }
                None
            }
        }
    }

    /// What a sync that ended means for what comes next.
    pub(super) fn synced(&mut self, outcome: &Outcome, partial: bool) -> schedule::Synced {
        let Outcome::Synced(summaries, retry_at) = outcome else {
            let asked_wrongly = matches!(outcome, Outcome::Failed(failure) if failure.exit == Exit::Usage);
            return schedule::Synced { retry: !asked_wrongly, partial, ..schedule::Synced::default() };
        };
        let calendars = || summaries.iter().flat_map(|account| &account.calendars);
        let mut total = Changes::default();
        for changes in calendars().map(|c| c.changes) {
            total.added += changes.added;
            total.changed += changes.changed;
            total.removed += changes.removed;
        }
        let whole = calendars().any(|c| c.how == How::Whole);
        let news = self.book.note(summaries, !partial);
        let troubles = summaries.iter().filter_map(|a| a.trouble.as_ref());
        let retry = troubles.chain(calendars().filter_map(|c| c.trouble.as_ref())).any(|t| t.is_transient());
        let now = (self.host.now)();
        if self.book.troubles() == 0 && !partial {
            self.book.all_good = Some(now);
        }
        let changed = total != Changes::default() || whole;
        if changed {
            let Changes { added, changed, removed } = total;
            tracing::info!(added, changed, removed, "synced: {added} added, {changed} changed, {removed} removed");
        }
        // A picture tells of a trouble too.
        schedule::Synced { changed: changed || news, retry, retry_at: *retry_at, partial }
    }

    /// Notes what was drawn, and what could not be handed over, once for each reason.
    pub(super) fn rendered(&mut self, drawn: &[Week], handed: &Handed) {
        self.book.drawn += drawn.len() as u64;
        match drawn {
            [] => {}
            [week] => tracing::info!(week = %week, "drew {week}"),
            [first, .., last] => tracing::info!(weeks = drawn.len(), "drew {} weeks, {first} to {last}", drawn.len()),
        }
        for failure in handed.failures.iter().filter(|f| self.book.not_handed_over.as_ref() != Some(&f.message)) {
            let again = if handed.again { "\n = note: it is tried again for a day" } else { "" };
            tracing::error!(job = "render", "{}{again}", failure.render(false).trim_end());
        }
        if handed.tried {
            self.book.not_handed_over = handed.failures.last().map(|failure| failure.message.clone());
        }
    }

    pub(super) fn sync_answer(&self, outcome: Outcome, trouble: Option<Failure>) -> Answer {
        match (outcome, trouble) {
            (_, Some(failure)) => failure.into(),
            (Outcome::Synced(accounts, _), None) => {
                let (zone, now) = (self.setup.config.zone(), (self.host.now)());
                Answer::Synced(Synced { accounts, zone, now })
            }
            (_, None) => Failure::new(Exit::Bug, "a sync ended as something else").into(),
        }
    }

    pub(super) fn render_answer(&self, outcome: &Outcome, trouble: Option<Failure>) -> Answer {
        let (weeks, warnings) = match outcome {
            Outcome::Rendered(drawn, says, _) => (drawn.iter().map(ToString::to_string).collect(), says.clone()),
            _ => (Vec::new(), Vec::new()),
        };
        let drawn = Drawn { weeks, charts: self.setup.charts.clone().unwrap_or_default(), warnings };
        trouble.map_or(Answer::Drawn(drawn), Answer::from)
    }
}

/// Nobody waits.
fn nobody() -> Reply {
    tokio::sync::oneshot::channel().0
}

/// Answers at once: nobody waits for the end.
fn begun(reply: Reply) -> Reply {
    let _ = reply.send(Answer::Begun);
    nobody()
}
