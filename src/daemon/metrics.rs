//! The counts as Prometheus text (exposition format 0.0.4). No label holds a name that a person gave.

use super::book::{Book, Record};
use crate::schedule::Job;
use chrono::{DateTime, Utc};
use std::fmt::Write;

/// What is measured when somebody asks, rather than counted.
#[derive(Default)]
pub(super) struct Gauges {
    pub events: Option<u64>,
    /// The strategy share of the last complete week.
    pub share: Option<f64>,
}

/// Families of samples, each with what it means.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str, samples: &[(String, f64)]) {
        if samples.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP vantage_{name} {help}\n# TYPE vantage_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "vantage_{name}{labels} {value}");
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: Option<f64>) {
        let sample = value.map(|value| (String::new(), value));
        self.family(name, kind, help, sample.as_slice());
    }
}

/// The counts of `book`.
pub(super) fn counted(book: &Book, now: DateTime<Utc>) -> String {
    let mut page = Page::default();
    let (sync, render) = (book.record(Job::Sync), book.record(Job::Render));
    let age = |at: DateTime<Utc>| (now - at).num_milliseconds().max(0) as f64 / 1000.0;
    let (counter, gauge) = ("counter", "gauge");
    page.one("up_seconds", gauge, "Time since the daemon started.", Some(age(book.since)));
    let help = "Syncs that ended, also those in which a source failed.";
    page.one("syncs_total", counter, help, Some(sync.good as f64));
    let kinds: Vec<_> = book.kinds.iter().map(|(kind, n)| (format!("{{kind=\"{kind}\"}}"), *n as f64)).collect();
    page.family("source_failures_total", counter, "Failures of accounts and calendars by kind.", &kinds);
    let help = "Accounts and calendars that failed when they were last tried.";
    page.one("sources_in_trouble", gauge, help, Some(book.troubles() as f64));
    let help = "Time since a sync left no source in trouble.";
    page.one("last_success_age_seconds", gauge, help, book.all_good.map(age));
    page.one("renders_total", counter, "Looks at the pictures that ended well.", Some(render.good as f64));
    page.one("weeks_drawn_total", counter, "Pictures that were drawn.", Some(book.drawn as f64));
    let each =
        |of: fn(&Record) -> f64| Job::ALL.map(|job| (format!("{{job=\"{}\"}}", job.name()), of(&book.record(job))));
    page.family("job_seconds_total", counter, "Time that each job took.", &each(|r| r.took));
    page.family("job_failures_total", counter, "Jobs that failed as a whole.", &each(|r| r.failed as f64));
    page.family("job_panics_total", counter, "Jobs that ran into a bug.", &each(|r| r.panics as f64));
    let broken = f64::from(u8::from(book.broken.is_some()));
    page.one("config_broken", gauge, "1 while the configuration or the rules cannot be read.", Some(broken));
    page.0
}

/// What was measured.
pub(super) fn measured(gauges: &Gauges) -> String {
    let mut page = Page::default();
    let events = gauges.events.map(|n| n as f64);
    page.one("events", "gauge", "Events that are kept, a series counted once.", events);
    let help = "Strategy share of the last complete week as it was drawn, of 1.";
    page.one("strategy_share", "gauge", help, gauges.share);
    page.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn counts_are_told_with_what_they_mean() {
        let now = DateTime::UNIX_EPOCH;
        let mut book = Book::new(now);
        book.begun(Job::Sync, now);
        book.ended(Job::Sync, None, 1.5, now);
        book.all_good = Some(now);
        book.kinds.insert("Offline".into(), 2);
        let told = counted(&book, now + TimeDelta::seconds(60)) + &measured(&Gauges { events: Some(3), share: None });
        for line in [
            "# TYPE vantage_syncs_total counter",
            "vantage_syncs_total 1",
            "vantage_source_failures_total{kind=\"Offline\"} 2",
            "vantage_last_success_age_seconds 60",
            "vantage_events 3",
            "vantage_job_seconds_total{job=\"sync\"} 1.5",
        ] {
            assert!(told.lines().any(|l| l == line), "{line} in\n{told}");
        }
        assert!(!told.contains("strategy_share"));
    }
}
