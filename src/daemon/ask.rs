//! Questions that came over the socket, and their answers.

use super::event::Reply;
use super::jobs::{Handed, Outcome};
use super::main_loop::Daemon;
use super::metrics::{self, Gauges};
use super::wire::{Answer, Request, SyncWish};
use crate::config::Config;
use crate::diagnostic::{Exit, Failure, Secret, plain};
use crate::jobs;
use crate::kinds::{self, How};
use crate::model::Week;
use crate::schedule::{Job, Observation, Synced, complete_weeks};
use crate::store::{Changes, Store};
use serde_json::{Value, json};
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
                let said = self.sign_in(&kind, account, &grant).map(|()| json!({ "said": "signed in" }));
                let _ = reply.send(Answer::from(said));
            }
            Request::Sync(wish) => {
                let reply = match wish.signed_in.is_some() {
                    true => {
                        let _ = reply.send(Answer::Done(json!({ "said": "begun" })));
                        // Nobody waits any more.
                        tokio::sync::oneshot::channel().0
                    }
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
                let _ = reply.send(Answer::Done(json!({ "said": "begun" })));
                // Nobody waits; where a picture is being drawn, another look follows.
                self.renders.push(tokio::sync::oneshot::channel().0);
                self.observe(Observation::Asked(Job::Render));
            }
            Request::Reload => {
                let said = self.reload().map(|said| json!({ "said": said }));
                let _ = reply.send(Answer::from(said));
            }
        }
    }

    fn sign_in(&mut self, kind: &str, account: String, given: &Secret) -> Result<(), Failure> {
        let sign_in = kinds::kind(kind).and_then(|kind| kind.sign_in());
        let unknown = || Failure::new(Exit::Usage, format!("nobody signs in to `{}`", plain(kind)));
        sign_in.ok_or_else(unknown)?.keep(&self.host.state, &account, given)?;
        let wish = SyncWish { account: Some(account), signed_in: Some(kind.into()), ..SyncWish::default() };
        self.syncs.push_back((wish, tokio::sync::oneshot::channel().0));
        self.observe(Observation::Asked(Job::Sync));
        Ok(())
    }

    /// Reads the store beside whatever is under way, and not on the loop's own thread.
    fn status(&self, reply: Reply) {
        let now = (self.host.now)();
        let own = self.book.value(|job| self.schedule.due(job, self.steady()), now);
        let (host, setup) = (self.host.clone(), self.setup.clone());
        tokio::task::spawn_blocking(move || {
            let standings = (host.standings)(&setup.config, &host.state, now).map(|mut standings| {
                standings["daemon"] = own;
                standings
            });
            let _ = reply.send(Answer::from(standings));
        });
    }

    fn metrics(&self, reply: Reply) {
        let now = (self.host.now)();
        let timing = self.setup.timing();
        let counted = metrics::counted(&self.book, now);
        let (host, setup) = (self.host.clone(), self.setup.clone());
        tokio::task::spawn_blocking(move || {
            let week = complete_weeks(now, &timing.zones, timing.week_start, timing.render_at, 1);
            let file = week.first().map(|week| setup.charts.join(format!("{week}.json")));
            let drawn = file.and_then(|file| std::fs::read(file).ok());
            let report = drawn.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let gauges = Gauges {
                events: counted_events(&host.state, &setup.config).ok(),
                share: report.and_then(|report| report["share"].as_f64()),
            };
            let text = counted + &metrics::measured(&gauges);
            let _ = reply.send(Answer::Done(json!({ "text": text })));
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
    pub(super) fn synced(&mut self, outcome: &Outcome, partial: bool) -> Synced {
        let Outcome::Synced(summaries, retry_at) = outcome else {
            let asked_wrongly = matches!(outcome, Outcome::Failed(failure) if failure.exit == Exit::Usage);
            return Synced { retry: !asked_wrongly, partial, ..Synced::default() };
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
        Synced { changed: changed || news, retry, retry_at: *retry_at, partial }
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

    pub(super) fn sync_answer(&self, outcome: &Outcome, trouble: Option<Failure>) -> Answer {
        let told = match (outcome, trouble) {
            (_, Some(failure)) => Err(failure),
            (Outcome::Synced(summaries, _), None) => (self.host.told)(summaries, &self.setup.config, (self.host.now)()),
            (_, None) => Err(Failure::new(Exit::Bug, "a sync ended as something else")),
        };
        Answer::from(told.map(|told| {
            let failure = told.failure.as_ref().map(super::wire::Said::from);
            json!({ "text": told.text, "summary": told.summary, "warnings": told.warnings, "failure": failure })
        }))
    }

    pub(super) fn render_answer(&self, outcome: &Outcome, trouble: Option<Failure>) -> Answer {
        let (drawn, warnings) = match outcome {
            Outcome::Rendered(drawn, says, _) => (drawn.iter().map(ToString::to_string).collect(), &says[..]),
            _ => (Vec::new(), &[][..]),
        };
        let value = json!({ "drawn": drawn, "charts": self.setup.charts, "warnings": warnings });
        Answer::from(trouble.map_or(Ok(value), Err))
    }
}
