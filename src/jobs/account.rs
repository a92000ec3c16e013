//! When an account is asked anything at all: signing out, waiting for a person, and waiting because a server said so.

use super::files::carry_over;
use super::guard::is_due;
use super::sync::{Sync, hash};
use crate::config::{Config, GoogleSource};
use crate::diagnostic::Failure;
use crate::source::google::Grant;
use crate::source::{Kind, Trouble};
use crate::store::{Obstacle, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::{Path, PathBuf};

/// Longest wait that is noted for a try after a failure, with an hour to spare: a server may ask for a day.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(25);

/// Gives accounts that signed in while another process held the database their row, and files and feeds that are called
/// otherwise now what was known of them.
///
/// # Errors
/// The database's.
pub fn adopt(store: &mut Store, config: &Config, folder: &Path, home: &dyn Fn(&str) -> String) -> Result<(), Failure> {
    carry_over(store, config, home)?;
    let known = store.accounts()?;
    let files = std::fs::read_dir(folder.join("google")).into_iter().flatten().flatten().map(|entry| entry.path());
    for file in files.filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let Some(name) = file.file_stem().and_then(|name| name.to_str()) else { continue };
        let taken = known.iter().any(|a| a.name == name) || config.ics.iter().any(|s| s.name == name);
        if !taken {
            store.account(name, "google")?;
        }
    }
    Ok(())
}

fn is(obstacle: &Obstacle, kinds: &[Kind]) -> Option<Kind> {
    kinds.iter().copied().find(|kind| obstacle.kind == format!("{kind:?}"))
}

/// The person signed out, and the configuration does not ask for the account: what it has is kept, and that is all.
pub(super) fn is_signed_out(config: &Config, folder: &Path, account: &str) -> bool {
    !config.google.iter().any(|s| s.name == account) && !Grant::path(folder, account).exists()
}

impl Sync<'_> {
    /// What a sign-in rests on, as a hash: the configuration and the files that it names. While it stays the same, so does
    /// what only a person can mend.
    pub(super) fn basis(&self, source: &GoogleSource) -> String {
        let named = [&source.client_secret, &source.service_account].into_iter().flatten();
        let files = named.map(|path| PathBuf::from((self.home)(path)));
        let mut text = format!("{source:?}");
        for file in files.chain([Grant::path(self.folder, &source.name)]) {
            text += &String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default());
        }
        hash(&text)
    }

    /// Nothing is asked while this stands in the way.
    pub(super) fn waits(&self, source: &GoogleSource, obstacle: &Obstacle) -> bool {
        let due = obstacle.retry_at.is_some_and(|at| is_due(Some(at), self.now, LONGEST));
        if is(obstacle, &[Kind::NeedsLogin, Kind::Configuration]).is_some() {
            // Whoever types `vantage sync` may have mended it at Google, where we do not see it.
            return self.wish.patient && !due && obstacle.basis == Some(self.basis(source));
        }
        let asked = is(obstacle, &[Kind::RateLimited, Kind::DailyLimit]).is_some();
        (self.wish.patient || asked) && obstacle.retry_at.is_some() && !due
    }

    /// What is told instead of asking again, where the server named the moment and a person does not wait for it.
    pub(super) fn still(&self, obstacle: &Obstacle) -> Option<Trouble> {
        let kind = is(obstacle, &[Kind::RateLimited, Kind::DailyLimit]).filter(|_| !self.wish.patient)?;
        let retry_after = obstacle.retry_at.and_then(|at: DateTime<Utc>| (at - self.now).to_std().ok());
        Some(Trouble { retry_after, ..Trouble::new(kind, obstacle.sentence.clone()) })
    }
}
