//! Another configuration, other rules: parse all, then swap, or keep what is in force.

use super::main_loop::Daemon;
use super::wire::Broken;
use super::{systemd, timing};
use crate::diagnostic::{Exit, Failure};
use crate::jobs::Setup;
use crate::schedule::Observation;
use chrono::SubsecRound;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Daemon {
    /// A file was saved: what is new in it counts.
    pub(super) fn saved(&mut self) {
        if let Some(Err(failure)) = self.watch.as_mut().map(|watch| watch.arm()) {
            tracing::warn!("{}", failure.render(false).trim_end());
        }
        let _ = self.reload();
    }

    /// Reads the configuration and the rules anew, and says in the log what changed. Broken ones change nothing; the log has
    /// the same text as `vantage config check`, once.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn reload(&mut self) -> Result<String, Failure> {
        systemd::reloading();
        let now = (self.host.now)();
        let done = match (self.host.load)().and_then(|setup| there(&self.setup, setup)) {
            Ok(setup) => {
                let mended = self.book.broken.take().is_some();
                self.book.read_at = now;
                let said = changes(&self.setup, &setup);
                if said.is_empty() && !mended {
                    Ok("nothing changed".to_string())
                } else {
                    let said = if said.is_empty() { "as before".to_string() } else { said.join("; ") };
                    tracing::info!("{}: {said}", if mended { "mended" } else { "read anew" });
                    let sources = setup.texts.first() != self.setup.texts.first();
                    let timing = timing(&setup);
                    self.setup = Arc::new(setup);
                    self.observe(Observation::ConfigChanged { timing, sources });
                    Ok(said)
                }
            }
            Err(failure) => {
                let text = failure.render(false);
                let mut files: Vec<String> = failure.places.iter().map(|place| place.file.clone()).collect();
                files.dedup();
                if files.is_empty() {
                    // It could not be read at all: the text says why.
                    files.push("the configuration".to_string());
                }
                if self.book.broken.as_ref().is_none_or(|before| before.text != text) {
                    tracing::error!("{}", text.trim_end());
                    tracing::warn!("the configuration and the rules that were read before are in force");
                }
                let since = self.book.broken.as_ref().map_or(now, |before| before.since);
                self.book.broken = Some(Broken { files, text, since: since.trunc_subsecs(0) });
                let read_at = self.book.read_at.with_timezone(&self.setup.config.zone()).format("%H:%M %Z");
                let note = format!("the daemon keeps running with what it read at {read_at}");
                Err(failure.note(note))
            }
        };
        systemd::ready(&self.book.line(self.setup.config.zone()));
        done
    }
}

/// A file that was read before and is not there now counts as broken: whoever writes it anew may have moved it away first.
fn there(old: &Setup, new: Setup) -> Result<Setup, Failure> {
    let gone = |(file, _): &&(String, String)| !file.is_empty() && !new.texts.iter().any(|(name, _)| name == file);
    match old.texts.iter().find(gone) {
        None => Ok(new),
        Some((file, _)) => {
            let failure = Failure::new(Exit::Config, format!("`{file}` is not there any more"));
            Err(failure.help("put it back, or restart the service to run without it"))
        }
    }
}

/// What differs, by the names of keys and the number of rules; values may be secret.
fn changes(old: &Setup, new: &Setup) -> Vec<String> {
    let texts = |setup: &Setup| setup.texts.iter().cloned().collect::<BTreeSet<_>>();
    let (before, after) = (texts(old), texts(new));
    let files: BTreeSet<&String> =
        before.symmetric_difference(&after).map(|(file, _)| file).filter(|f| !f.is_empty()).collect();
    let text = |setup: &Setup, file: &str| {
        let found = setup.texts.iter().find(|(name, _)| name == file);
        found.and_then(|(_, text)| text.parse::<toml::Table>().ok()).unwrap_or_default()
    };
    let describe = |file: &String| {
        let (a, b) = (text(old, file), text(new, file));
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).filter(|key| a.get(*key) != b.get(*key)).collect();
        let keys: Vec<String> = keys.into_iter().map(|key| format!("`{key}`")).collect();
        let count = (old.rules.rules().len(), new.rules.rules().len());
        let rules = if count.0 == count.1 {
            String::new()
        } else {
            format!(" ({}, were {})", crate::model::count(count.1, "rule"), count.0)
        };
        match keys.is_empty() {
            true => format!("{file}{rules}"),
            false => format!("{file}: {}{rules}", keys.join(", ")),
        }
    };
    files.into_iter().map(describe).collect()
}
