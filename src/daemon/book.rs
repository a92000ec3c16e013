//! What the daemon remembers about itself: for `status`, for metrics, and to say a thing once.

use super::wire::{Broken, Own, OwnConfig, OwnJob};
use crate::kinds::{AccountSummary, How};
use crate::model::{TroubleKind, count, hash};
use crate::schedule::Job;
use crate::source::Trouble;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// One kind of work.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub begun: Option<DateTime<Utc>>,
    pub running: bool,
    pub last_good: Option<DateTime<Utc>>,
    pub good: u64,
    pub failed: u64,
    pub panics: u64,
    pub took: f64,
    /// What the last failure said.
    pub trouble: Option<String>,
}

#[derive(Debug)]
pub(super) struct Book {
    pub since: DateTime<Utc>,
    pub read_at: DateTime<Utc>,
    pub broken: Option<Broken>,
    jobs: BTreeMap<Job, Record>,
    /// Failures of sources by kind.
    pub kinds: BTreeMap<String, u64>,
    pub drawn: u64,
    /// Why the last hand-over failed, if one did since the start.
    pub not_handed_over: Option<String>,
    /// When a sync last left no source in trouble.
    pub all_good: Option<DateTime<Utc>>,
    /// Calendars whose deletions are held back, with their accounts.
    held: BTreeSet<(String, String)>,
    /// What stands in the way of an account, or of a calendar by the hash of its id.
    troubles: BTreeMap<(String, Option<String>), TroubleKind>,
}

/// Nobody is told parts of a second.
fn second(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

impl Book {
    pub(super) fn new(now: DateTime<Utc>) -> Book {
        Book {
            since: now,
            read_at: now,
            broken: None,
            jobs: BTreeMap::new(),
            kinds: BTreeMap::new(),
            drawn: 0,
            all_good: None,
            not_handed_over: None,
            held: BTreeSet::new(),
            troubles: BTreeMap::new(),
        }
    }

    pub(super) fn record(&self, job: Job) -> Record {
        self.jobs.get(&job).cloned().unwrap_or_default()
    }

    pub(super) fn begun(&mut self, job: Job, now: DateTime<Utc>) {
        let record = self.jobs.entry(job).or_default();
        (record.begun, record.running) = (Some(now), true);
    }

    /// Notes the end of a piece of work; `trouble` is what it said where it failed.
    pub(super) fn ended(&mut self, job: Job, trouble: Option<String>, took: f64, now: DateTime<Utc>) {
        let record = self.jobs.entry(job).or_default();
        record.running = false;
        record.took += took;
        match trouble {
            None => (record.last_good, record.good) = (Some(now), record.good + 1),
            Some(_) => record.failed += 1,
        }
        record.trouble = trouble;
    }

    pub(super) fn panicked(&mut self, job: Job) {
        self.jobs.entry(job).or_default().panics += 1;
    }

    /// How many sources are in trouble.
    pub(super) fn troubles(&self) -> usize {
        self.troubles.len()
    }

    /// Notes what sources met, and says in the log what is new: each trouble once, and once that it is over. Whether
    /// anything began or ended. `whole`: every source was looked at, and what stood in the way of others stands there no more.
    pub(super) fn note(&mut self, summaries: &[AccountSummary], whole: bool) -> bool {
        let before = self.troubles.len();
        if whole {
            self.troubles.retain(|(account, _), _| summaries.iter().any(|summary| summary.name == *account));
        }
        let mut news = self.troubles.len() < before;
        for account in summaries {
            let tried = account.calendars.iter().any(|c| c.trouble.is_none());
            news |= self.turn(&account.name, None, account.trouble.as_ref(), tried);
            for calendar in &account.calendars {
                // What the account met is told once, for the account.
                let trouble = calendar.trouble.as_ref().filter(|t| account.trouble.as_ref() != Some(t));
                let place = (!calendar.remote.is_empty()).then(|| hash(&calendar.remote));
                self.hold(&account.name, place.clone().unwrap_or_default(), calendar.held);
                if place.is_some() || account.trouble.is_none() {
                    let done = calendar.trouble.is_none() && calendar.how != How::Not;
                    let key = Some(place.unwrap_or_default());
                    news |= self.turn(&account.name, key, trouble, done);
                }
            }
        }
        news
    }

    /// Says once that a deletion is held back: nobody may look at `status` for weeks.
    fn hold(&mut self, account: &str, calendar: String, held: Option<(usize, usize)>) {
        let Some((removed, live)) = held else {
            self.held.remove(&(account.to_string(), calendar));
            return;
        };
        if self.held.insert((account.to_string(), calendar)) {
            tracing::warn!(
                account,
                removed,
                live,
                "{account}: a listing lacks {removed} of {}; they still count until two later listings agree; \
                 help: `vantage sync --accept-deletions` if you removed them",
                count(live, "event")
            );
        }
    }

    fn turn(&mut self, account: &str, calendar: Option<String>, trouble: Option<&Trouble>, good: bool) -> bool {
        let key = (account.to_string(), calendar.clone());
        let calendar = calendar.filter(|c| !c.is_empty());
        let place = calendar.as_ref().map(|c| format!(", calendar {c}")).unwrap_or_default();
        match trouble {
            Some(trouble) => {
                *self.kinds.entry(trouble.kind.name().into()).or_default() += 1;
                if self.troubles.insert(key, trouble.kind) == Some(trouble.kind) {
                    return false;
                }
                let help = trouble.help.as_ref().map(|h| format!("; help: {h}")).unwrap_or_default();
                let kind = trouble.kind.name();
                let text = format!("{account}{place}: {}{help}", trouble.sentence);
                if matches!(trouble.kind, TroubleKind::NeedsLogin | TroubleKind::Configuration) {
                    tracing::error!(account, calendar, kind, "{text}");
                } else {
                    tracing::warn!(account, calendar, kind, "{text}");
                }
                true
            }
            None if good && self.troubles.remove(&key).is_some() => {
                tracing::info!(account, calendar, "{account}{place}: it is back");
                true
            }
            None => false,
        }
    }

    /// One line for `systemctl status`.
    pub(super) fn line(&self, zone: Tz) -> String {
        let local = |at: DateTime<Utc>, format| at.with_timezone(&zone).format(format).to_string();
        let sync = match self.record(Job::Sync).last_good {
            Some(at) => format!("last sync {}", local(at, "%Y-%m-%d %H:%M %Z")),
            None => "no sync yet".to_string(),
        };
        let troubles = match self.troubles() {
            0 => String::new(),
            n => format!("; {n} in trouble, see `vantage status`"),
        };
        let broken = self.broken.as_ref().map(|b| {
            format!(
                "; {}: broken since {}, the last good one is in force",
                b.files.join(", "),
                local(b.since, "%H:%M %Z")
            )
        });
        format!("Running: {sync}{troubles}{}", broken.unwrap_or_default())
    }

    /// What `vantage status` tells about the daemon; `due` is how long each kind of work has to wait.
    pub(super) fn own(&self, due: impl Fn(Job) -> Option<std::time::Duration>, now: DateTime<Utc>) -> Own {
        let job = |job: Job| {
            let record = self.record(job);
            OwnJob {
                job: job.name().into(),
                running: record.running,
                last_begun: record.begun.map(second),
                last_good: record.last_good.map(second),
                good: record.good,
                failed: record.failed,
                panics: record.panics,
                trouble: record.trouble,
                next: due(job).and_then(|wait| TimeDelta::from_std(wait).ok()).map(|wait| second(now + wait)),
            }
        };
        Own {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").into(),
            since: second(self.since),
            config: OwnConfig { read_at: second(self.read_at), broken: self.broken.clone() },
            not_handed_over: self.not_handed_over.clone(),
            jobs: Job::ALL.map(job).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::CalendarSummary;

    fn account(trouble: Option<Trouble>, calendars: Vec<CalendarSummary>) -> Vec<AccountSummary> {
        vec![AccountSummary { name: "work".into(), calendars, trouble, ..AccountSummary::default() }]
    }

    fn calendar(how: How, trouble: Option<Trouble>) -> CalendarSummary {
        CalendarSummary { remote: "ada@x.example".into(), how, trouble, ..CalendarSummary::default() }
    }

    #[test]
    fn a_trouble_is_news_once_and_its_end_too() {
        let mut book = Book::new(DateTime::UNIX_EPOCH);
        let login = || Some(Trouble::new(TroubleKind::NeedsLogin, "the sign-in has ended"));
        assert!(book.note(&account(login(), vec![calendar(How::Not, login())]), false));
        assert_eq!(book.troubles(), 1, "the account's, not each calendar's");
        assert!(!book.note(&account(login(), vec![]), false));
        assert!(!book.note(&account(None, vec![]), false), "not tried: it was not due");
        assert_eq!(book.troubles(), 1);
        assert!(book.note(&account(None, vec![calendar(How::Changes, None)]), false));
        assert_eq!(book.troubles(), 0);
        assert_eq!(book.kinds["NeedsLogin"], 2);
        book.note(&account(login(), vec![]), true);
        assert!(!book.note(&[], false) && book.troubles() == 1);
        assert!(book.note(&[], true) && book.troubles() == 0, "its source is named no more");
    }

    #[test]
    fn a_calendar_has_its_own_troubles() {
        let mut book = Book::new(DateTime::UNIX_EPOCH);
        let gone = Some(Trouble::new(TroubleKind::Inaccessible, "it is not there"));
        assert!(book.note(&account(None, vec![calendar(How::Not, gone.clone())]), false));
        assert!(!book.note(&account(None, vec![calendar(How::Not, gone)]), false));
        assert!(!book.note(&account(None, vec![calendar(How::Not, None)]), false), "held or not due is not back");
        assert!(book.note(&account(None, vec![calendar(How::Whole, None)]), false));
    }
}
