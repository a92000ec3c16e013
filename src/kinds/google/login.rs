//! Who we are to an account, and how a person signs in and out.

use super::Google;
use crate::config::Source as Entry;
use crate::diagnostic::{Exit, Failure, Secret, plain};
use crate::disk;
use crate::kinds::{LogIn, SignIn, SignedIn};
use crate::source::google::{self, Client, Credentials, GoogleSource, Grant, ServiceAccount};
use crate::source::{Trouble, runtime};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use url::Url;

impl GoogleSource {
    /// The account's API.
    ///
    /// # Errors
    /// [`crate::model::TroubleKind::NeedsLogin`] where nobody signed in, [`crate::model::TroubleKind::Configuration`].
    pub(super) async fn connect(&self, folder: &Path, now: DateTime<Utc>) -> Result<google::Google, Trouble> {
        let opened: Result<Arc<dyn Credentials>, Failure> = match &self.service_account {
            Some(path) => ServiceAccount::open(Path::new(path), self).await.map(|a| Arc::new(a) as _),
            None => google::SignedIn::open(&Grant::path(folder, &self.name), self, now).map(|a| Arc::new(a) as _),
        };
        google::Google::new(self.api_base.as_deref(), opened.map_err(Trouble::from)?)
    }
}

pub(super) fn standing(source: &GoogleSource, folder: &Path, now: DateTime<Utc>) -> SignedIn {
    let bad = |failure: Failure| SignedIn { good: false, sentence: failure.message, next: failure.help, since: None };
    if let Some(path) = &source.service_account {
        return match runtime().and_then(|r| r.block_on(ServiceAccount::open(Path::new(path), source))) {
            Ok(_) => SignedIn { good: true, sentence: "service account".into(), next: None, since: None },
            Err(failure) => bad(failure),
        };
    }
    let grant = match Grant::load(&Grant::path(folder, &source.name)) {
        Ok(grant) => grant,
        Err(failure) => return bad(failure),
    };
    let again = format!("run `vantage login google --account {}`", source.name);
    let at = Some(grant.obtained_at);
    let since = grant.obtained_at.format("%Y-%m-%d");
    match grant.refresh_expires_at {
        Some(end) if end <= now => {
            let sentence = format!("the sign-in was granted until {} only", end.format("%Y-%m-%d"));
            SignedIn { good: false, sentence, next: Some(again), since: at }
        }
        Some(end) if end - now < TimeDelta::days(3) => {
            let sentence = format!("signed in since {since}; Google ends it on {}", end.format("%Y-%m-%d"));
            SignedIn { good: true, sentence, next: Some(again), since: at }
        }
        _ => SignedIn { good: true, sentence: format!("signed in since {since}"), next: None, since: at },
    }
}

/// The OAuth client: the file that was given, the configuration's, or the one of the last sign-in.
fn client(ask: &LogIn<'_>, source: &GoogleSource, file: &Path) -> Result<Client, Failure> {
    let configured = source.client_secret.as_ref().map(Into::into);
    match ask.client.clone().or(configured).or_else(|| ask.kept.clone()) {
        Some(path) => Client::read(&path, source),
        None if file.exists() => Ok(Grant::load(file)?.at(source)?.client),
        None => {
            let failure = Failure::new(Exit::Config, "no OAuth client is known to sign in with");
            let help = "make one as the README's section \"Connect Google\" shows, then add `--client-secret FILE`";
            Err(failure.help(help))
        }
    }
}

/// Tells the person where to sign in.
fn show(ask: &LogIn<'_>, url: &Url, port: u16) {
    let opened = ask.browser && google::open_browser(url);
    let mut text = String::new();
    if opened {
        text += "Your browser opens Google's sign-in. If it does not, open this address in it:\n\n";
    } else {
        text += "Open this address in a browser on this machine:\n\n";
    }
    let _ = write!(text, "  {url}\n\n");
    if !opened {
        let _ = write!(
            text,
            "Over SSH, first forward the port from where the browser is:\n\n  ssh -L {port}:127.0.0.1:{port} THIS-MACHINE\n\n"
        );
    }
    (ask.say)(&(text + "Tick both boxes; Vantage only reads. It waits for five minutes.\n"));
}

impl SignIn for Google {
    fn check(&self, account: &str) -> Result<(), Failure> {
        if Grant::names(account) {
            return Ok(());
        }
        Err(Failure::new(Exit::Usage, format!("`{}` cannot be the name of an account", plain(account))))
    }

    fn log_in(&self, ask: &LogIn<'_>) -> Result<Secret, Failure> {
        let entry = ask.config.sources.iter().find(|entry| entry.name == ask.account);
        let configured = entry.and_then(Entry::settings::<GoogleSource>);
        let source = configured.unwrap_or_else(|| Arc::new(GoogleSource::named(ask.account)));
        if source.service_account.is_some() {
            let message = format!("the account `{}` is a service account and needs no sign-in", source.name);
            return Err(Failure::new(Exit::Usage, message).help("run `vantage sync`"));
        }
        let file = Grant::path(ask.folder, &source.name);
        let client = client(ask, &source, &file)?;
        let hint = ask.before.as_deref();
        let wish = google::Wish { client: &client, account: &source.name, hint, renews: file.exists() };
        let shown = &mut |url: &Url, port| show(ask, url, port);
        let grant = runtime()?.block_on(google::login(&wish, ask.now, google::PATIENCE, shown));
        grant.map_err(Trouble::failure)?.text()
    }

    fn keep(&self, folder: &Path, account: &str, given: &Secret) -> Result<(), Failure> {
        let grant = Grant::parse(given.expose())
            .map_err(|cause| Failure::new(Exit::Data, "the sign-in could not be understood").cause(cause))?;
        self.check(account)?;
        disk::private_folder(folder)?;
        grant.save(&Grant::path(folder, account))
    }

    fn log_out(&self, folder: &Path, account: &str) -> Result<Option<&'static str>, Failure> {
        let file = Grant::path(folder, account);
        if !file.exists() {
            return Ok(None);
        }
        // Ended at Google too, where Google can be reached; the file goes in any case.
        let revoked = match Grant::load(&file) {
            Ok(grant) => runtime()?.block_on(grant.revoke()).is_ok(),
            Err(_) => false,
        };
        disk::remove(&file)?;
        Ok(Some(if revoked {
            "Signed out, here and at Google."
        } else {
            "Signed out here. Google could not be told: remove Vantage at https://myaccount.google.com/connections"
        }))
    }
}
