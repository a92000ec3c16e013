//! Who we are to Google: `login`, `logout`, `accounts`.

use super::context::{Setup, Talk, now};
use super::machine::{self, Machine, ask};
use super::mark::{tell_daemon, writer};
use super::paths::{home, is_of_the_machine, shown, state_folder};
use super::{Done, Files, Format, output};
use crate::config::{Config, GoogleSource};
use crate::daemon::{self, Request, SyncWish};
use crate::diagnostic::{Exit, Failure, plain};
use crate::disk;
use crate::jobs::sync::google_sources;
use crate::source::Trouble;
use crate::source::google::{self, Client, Credentials, Grant, ServiceAccount, SignedIn};
use crate::store::{Account, Store};
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What one can sign in to.
#[derive(Clone, Copy, ValueEnum)]
pub enum Service {
    Google,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage login google --client-secret ~/Downloads/client_secret.json\n  vantage login google --account work --no-browser"
)]
pub struct Login {
    /// The service to sign in to
    #[arg(value_enum)]
    service: Service,
    /// The OAuth client that you made in the Google Cloud console (a Desktop app); remembered after the first time
    #[arg(long, value_name = "FILE")]
    client_secret: Option<PathBuf>,
    /// The name of the account, as in `[[source.google]]`; default: the only one there, or `google`
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Print the address to open instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    #[command(flatten)]
    machine: Machine,
    #[command(flatten)]
    files: Files,
}

impl Login {
    pub fn run(self, talk: &Talk) -> Done {
        let Service::Google = self.service;
        self.machine.enter(&self.files)?;
        if is_of_the_machine() {
            // Nobody should sign in for nothing.
            ask(Request::Status)?;
        }
        let setup = Setup::load(&self.files, talk)?;
        let folder = state_folder()?;
        let store = Store::reader(&folder)?;
        let known = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let source = self.source(&setup.config, &known)?;
        // Whoever signed in before is offered first: the id of a primary calendar is its owner's address.
        let account = known.iter().find(|a| a.name == source.name && a.kind == "google");
        let calendars = store.as_ref().zip(account).map(|(store, account)| store.calendars(account.id)).transpose()?;
        let before = calendars.into_iter().flatten().find(|calendar| calendar.primary).map(|calendar| calendar.remote);
        if source.service_account.is_some() {
            let message = format!("the account `{}` is a service account and needs no sign-in", source.name);
            return Err(Failure::new(Exit::Usage, message).help("run `vantage sync`"));
        }
        let file = Grant::path(&folder, &source.name);
        let client = self.client(&source, &file)?;
        let show = |url: &url::Url, port: u16| {
            let opened = !self.no_browser && !is_of_the_machine() && google::open_browser(url);
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
            text += "Tick both boxes; Vantage only reads. It waits for five minutes.\n";
            // A terminal that has gone away is noticed by the wait.
            let _ = output::print(&text);
        };
        let now = now()?;
        let wish =
            google::Wish { client: &client, account: &source.name, hint: before.as_deref(), renews: file.exists() };
        let done = runtime()?.block_on(google::login(&wish, now, google::PATIENCE, &mut { show }));
        let grant = done.map_err(Trouble::failure)?;
        if is_of_the_machine() {
            return self.hand_over(source.name, &grant);
        }
        disk::private_folder(&folder)?;
        grant.save(&file)?;
        // The account's row, so that every command knows it; a daemon that holds the database learns it from the file.
        if let Ok(mut store) = Store::writer(&folder) {
            let account = store.account(&source.name, "google")?;
            store.clear_account(account.id)?;
        }
        // A service begins to sync it now; where none runs, or it does not listen, nothing is lost.
        let wish = SyncWish { account: Some(source.name.clone()), signed_in: true, ..SyncWish::default() };
        let _ = daemon::client::ask(&folder, Request::Sync(wish));
        let name = if source.name == "google" { String::new() } else { format!(" as `{}`", source.name) };
        output::print(&format!(
            "Signed in{name}. Next:\n  vantage sync         fetch the calendars\n  vantage calendars    choose which of them count\n"
        ))
    }

    /// Gives the leave to the service of the machine, whose folder only it writes into.
    fn hand_over(&self, account: String, grant: &Grant) -> Done {
        ask(Request::SignIn { account, grant: grant.text()? })?;
        if let Some(path) = &self.client_secret {
            machine::keep_client(&disk::read(path)?)?;
        }
        output::print("Signed in; the service begins to sync. Next:\n  sudo vantage status --system\n")
    }

    /// The account meant: named, or the only one.
    fn source(&self, config: &Config, known: &[Account]) -> Result<GoogleSource, Failure> {
        let sources = google_sources(config, known);
        let Some(name) = &self.account else {
            return match &config.google[..] {
                [] => Ok(sources
                    .into_iter()
                    .find(|s| s.name == "google")
                    .unwrap_or_else(|| GoogleSource::named("google"))),
                [only] => Ok(only.clone()),
                several => {
                    let names: Vec<String> = several.iter().map(|s| format!("`{}`", s.name)).collect();
                    let failure = Failure::new(Exit::Usage, "the configuration has several Google accounts");
                    Err(failure.help(format!("add `--account NAME`, one of {}", names.join(", "))))
                }
            };
        };
        if config.ics.iter().any(|s| s.name == *name) || !Grant::names(name) {
            let failure = Failure::new(Exit::Usage, format!("`{}` cannot be the name of an account", plain(name)));
            return Err(failure.help("choose a name without `/` that no `[[source.ics]]` has"));
        }
        Ok(sources.into_iter().find(|s| s.name == *name).unwrap_or_else(|| GoogleSource::named(name)))
    }

    /// The OAuth client: the file that was given, the configuration's, or the one of the last sign-in.
    fn client(&self, source: &GoogleSource, file: &Path) -> Result<Client, Failure> {
        let configured = source.client_secret.as_deref().map(|path| PathBuf::from(home(path)));
        let kept = || Some(PathBuf::from(machine::CLIENT)).filter(|path| is_of_the_machine() && path.exists());
        let given = self.client_secret.clone().or(configured).or_else(kept);
        match given {
            Some(path) => Client::read(&path, source),
            None if file.exists() => Ok(Grant::load(file)?.at(source)?.client),
            None => {
                let failure = Failure::new(Exit::Config, "no OAuth client is known to sign in with");
                let help = "make one as the README's section \"Connect Google\" shows, then add `--client-secret FILE`";
                Err(failure.help(help))
            }
        }
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage logout --account work")]
pub struct Logout {
    /// The account; default: the only one
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Remove everything that was fetched from it, too
    #[arg(long)]
    delete_data: bool,
    #[command(flatten)]
    files: Files,
}

impl Logout {
    pub fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        let folder = state_folder()?;
        // Signing out goes beside a process that writes; removing does not.
        let mut store = if self.delete_data { Some(writer()?) } else { Store::reader(&folder)? };
        let accounts = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let sources = google_sources(&setup.config, &accounts);
        let name = match (&self.account, &sources[..]) {
            (Some(name), _) => name.clone(),
            (None, [only]) => only.name.clone(),
            (None, []) => return Err(Failure::new(Exit::Usage, "no Google account is signed in")),
            (None, _) => {
                return Err(Failure::new(Exit::Usage, "there are several accounts").help("add `--account NAME`"));
            }
        };
        let file = Grant::path(&folder, &name);
        let account = accounts.iter().find(|a| a.name == name && a.kind == "google");
        let mut said = String::new();
        if file.exists() {
            // Ended at Google too, where Google can be reached; the file goes in any case.
            let revoked = match Grant::load(&file) {
                Ok(grant) => runtime()?.block_on(grant.revoke()).is_ok(),
                Err(_) => false,
            };
            std::fs::remove_file(&file)
                .map_err(|e| Failure::new(Exit::Io, format!("`{}` could not be removed", shown(&file))).cause(e))?;
            said += if revoked {
                "Signed out, here and at Google."
            } else {
                "Signed out here. Google could not be told: remove Vantage at https://myaccount.google.com/connections"
            };
        } else if account.is_none() {
            return Err(Failure::new(Exit::Usage, format!("there is no Google account `{}`", plain(&name))));
        } else {
            said += "It was not signed in.";
        }
        if let (Some(account), Some(store), true) = (account, &mut store, self.delete_data) {
            store.forget_account(account.id)?;
            said += " What was fetched from it is removed.";
        } else {
            said += " What was fetched from it is kept and still counts; `vantage logout --delete-data` removes it.";
        }
        drop(store);
        if self.delete_data && account.is_some() {
            tell_daemon(talk);
        }
        output::print(&format!("{said}\n"))
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage accounts --format json")]
pub struct Accounts {
    #[command(flatten)]
    files: Files,
    /// How they are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Accounts {
    pub fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        let (folder, now) = (state_folder()?, now()?);
        let known = Store::reader(&folder)?.map(|s| s.accounts()).transpose()?.unwrap_or_default();
        let sources = google_sources(&setup.config, &known);
        let standing: Vec<(&GoogleSource, Standing)> =
            sources.iter().map(|s| (s, Standing::of(s, &folder, now))).collect();
        match self.format {
            Format::Json => {
                let list = standing.iter().map(|(source, standing)| {
                    json!({ "account": source.name, "signed_in": standing.good, "sign_in": standing.sentence, "next": standing.next })
                });
                output::print(&format!("{}\n", Value::from_iter(list)))
            }
            Format::Text if standing.is_empty() => {
                output::print("No Google account. `vantage login google` adds one.\n")
            }
            Format::Text => {
                let lines = standing.iter().map(|(source, standing)| {
                    let next = standing.next.as_ref().map(|n| format!("; next: {n}")).unwrap_or_default();
                    format!("{}: {}{next}\n", source.name, standing.sentence)
                });
                output::print(&lines.collect::<String>())
            }
        }
    }
}

/// How the sign-in of an account stands, as far as its file says.
pub struct Standing {
    pub good: bool,
    pub sentence: String,
    /// What the person can do about it.
    pub next: Option<String>,
    /// When the person last signed in.
    pub since: Option<DateTime<Utc>>,
}

impl Standing {
    pub fn of(source: &GoogleSource, folder: &Path, now: DateTime<Utc>) -> Standing {
        let bad =
            |failure: Failure| Standing { good: false, sentence: failure.message, next: failure.help, since: None };
        if let Some(path) = &source.service_account {
            return match runtime().and_then(|r| r.block_on(ServiceAccount::open(Path::new(&home(path)), source))) {
                Ok(_) => Standing { good: true, sentence: "service account".into(), next: None, since: None },
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
                Standing { good: false, sentence, next: Some(again), since: at }
            }
            Some(end) if end - now < TimeDelta::days(3) => {
                let sentence = format!("signed in since {since}; Google ends it on {}", end.format("%Y-%m-%d"));
                Standing { good: true, sentence, next: Some(again), since: at }
            }
            _ => Standing { good: true, sentence: format!("signed in since {since}"), next: None, since: at },
        }
    }
}

/// Who we are to an account.
///
/// # Errors
/// [`crate::source::Kind::NeedsLogin`] where nobody signed in, [`crate::source::Kind::Configuration`].
pub async fn credentials(
    source: &GoogleSource,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Arc<dyn Credentials>, Trouble> {
    let opened: Result<Arc<dyn Credentials>, Failure> = match &source.service_account {
        Some(path) => ServiceAccount::open(Path::new(&home(path)), source).await.map(|a| Arc::new(a) as _),
        None => SignedIn::open(&Grant::path(folder, &source.name), source, now).map(|a| Arc::new(a) as _),
    };
    opened.map_err(Trouble::from)
}

/// # Errors
/// [`Exit::Usage`] where no source has that name.
pub fn known(name: &str, config: &Config, accounts: &[Account]) -> Result<(), Failure> {
    let google = google_sources(config, accounts);
    let mut names = config.ics.iter().map(|s| s.name.as_str()).chain(google.iter().map(|s| s.name.as_str()));
    if names.any(|n| n == name) {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, format!("there is no account or source `{}`", plain(name)));
    Err(failure.help("`vantage status` lists them"))
}

/// One thread is enough for four requests.
///
/// # Errors
/// [`Exit::Io`].
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Io, "no network could be set up").cause(e))
}
