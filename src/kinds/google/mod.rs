//! Accounts of Google Calendar.

mod account;
mod calendar;
mod examine;
mod list;
mod login;
mod read;

use super::{AccountSummary, Facts, Findings, Kind, Named, Read, SignIn, SignedIn, Source, Sync, Visit};
use crate::config::{Config, Format, Source as Entry};
use crate::diagnostic::{Exit, Failure};
use crate::model::TroubleKind;
use crate::source::Trouble;
use crate::source::google::{FORMAT, GoogleSource, Grant};
use crate::store::{Account, Store};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use std::path::Path;
use std::sync::Arc;

pub(super) struct Google;

impl Kind for Google {
    fn format(&self) -> Format {
        FORMAT
    }

    fn title(&self) -> &'static str {
        "Google"
    }

    fn folder(&self) -> Option<&'static str> {
        Some(Grant::FOLDER)
    }

    fn first_step(&self) -> Option<&'static str> {
        Some("run `vantage login google`")
    }

    fn configured(&self, entry: &Entry) -> Option<Arc<dyn Source>> {
        Some(entry.settings::<GoogleSource>()?)
    }

    fn unnamed(&self, name: &str) -> Option<Arc<dyn Source>> {
        Some(Arc::new(GoogleSource::named(name)))
    }

    /// Accounts that signed in while another process held the database left only their file.
    fn adopt(&self, store: &mut Store, config: &Config) -> Result<(), Failure> {
        let known = store.accounts()?;
        let taken = |name: &str| known.iter().any(|a| a.name == name) || super::is_named(config, name);
        let signed_in: Vec<String> = Grant::accounts(store.folder()).filter(|name| !taken(name)).collect();
        signed_in.iter().try_for_each(|name| store.account(name, FORMAT.name).map(|_| ()))
    }

    fn read(&self, read: &Read<'_>, sources: &[Named], facts: &mut Facts) -> Result<(), Failure> {
        read::read(read, sources, facts)
    }

    fn sign_in(&self) -> Option<&'static dyn SignIn> {
        Some(&Google)
    }
}

impl Source for GoogleSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn sync<'a>(
        &'a self,
        sync: &'a Sync<'a>,
        account: &'a Account,
    ) -> LocalBoxFuture<'a, Result<AccountSummary, Failure>> {
        Box::pin(account::AccountSync { sync, source: self, account }.run())
    }

    fn examine(&self, visit: &Visit<'_>, found: &mut Findings) {
        examine::examine(self, visit, found);
    }

    fn is_signed_in(&self, folder: &Path) -> bool {
        self.service_account.is_some() || Grant::path(folder, &self.name).exists()
    }

    fn signed_out(&self, folder: &Path) -> Option<Failure> {
        let load = || Grant::load(&Grant::path(folder, &self.name)).err();
        self.service_account.is_none().then(load).flatten().filter(|failure| failure.exit == Exit::SignIn)
    }

    fn standing(&self, folder: &Path, now: DateTime<Utc>) -> Option<SignedIn> {
        Some(login::standing(self, folder, now))
    }

    fn without_calendars(&self) -> &'static str {
        match (&self.service_account, &self.subject) {
            // Nobody shares a list of calendars with a service account, only calendars.
            (Some(_), None) => "name their ids as `calendars` in its `[[source.google]]`",
            _ => super::CHOOSE,
        }
    }
}

/// Such trouble is the account's, and is noted there: what one calendar met, the next would meet too.
fn is_accounts(trouble: &Trouble) -> bool {
    matches!(
        trouble.kind,
        TroubleKind::NeedsLogin
            | TroubleKind::Configuration
            | TroubleKind::RateLimited
            | TroubleKind::DailyLimit
            | TroubleKind::Offline
    )
}
