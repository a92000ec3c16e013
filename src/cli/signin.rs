//! Who we are to a source: `login`, `logout`, `accounts`.

use super::context::{Setup, Talk, now};
use super::machine::{self, Machine, ask};
use super::mark::{tell_daemon, writer};
use super::paths::{is_of_the_machine, state_folder};
use super::{Done, Files, Format, output};
use crate::daemon::{self, Request};
use crate::diagnostic::{Exit, Failure, Secret, plain};
use crate::disk;
use crate::kinds::{self, Kind, LogIn, Named, SignIn, SignedIn, Wish, services};
use crate::store::{Account, Store};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage login google --client-secret ~/Downloads/client_secret.json\n  vantage login google --account work --no-browser"
)]
pub(super) struct Login {
    /// The service to sign in to
    #[arg(value_parser = PossibleValuesParser::new(services()))]
    service: String,
    /// The OAuth client that you made at the service (for Google a Desktop app in the Cloud console); remembered after the first time
    #[arg(long, value_name = "FILE")]
    client_secret: Option<PathBuf>,
    /// The name of the account, as in its `[[source.…]]`; default: the only one there, or the name of the service
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
    pub(super) fn run(self, talk: &Talk) -> Done {
        let (kind, sign_in) = kinds::service(&self.service)?;
        self.machine.enter(&self.files)?;
        if is_of_the_machine() {
            // Nobody should sign in for nothing.
            ask(Request::Status)?;
        }
        let setup = Setup::load(&self.files, talk)?;
        let folder = state_folder()?;
        let store = Store::reader(&folder)?;
        let known = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let sources = kinds::named(&setup.config, &known);
        let account = self.account(kind, sign_in, &sources)?;
        // Whoever signed in before is offered first: the id of a primary calendar is its owner's address.
        let row = known.iter().find(|a| a.name == account && a.kind == self.service);
        let calendars = store.as_ref().zip(row).map(|(store, row)| store.calendars(row.id)).transpose()?;
        let before = calendars.into_iter().flatten().find(|calendar| calendar.primary).map(|calendar| calendar.remote);
        let client = Path::new(machine::CLIENT);
        let given = sign_in.log_in(&LogIn {
            account: &account,
            config: &setup.config,
            folder: &folder,
            now: now()?,
            client: self.client_secret.clone(),
            kept: (is_of_the_machine() && client.exists()).then(|| client.into()),
            before,
            browser: !self.no_browser && !is_of_the_machine(),
            say: &|text| {
                // A terminal that has gone away is noticed by the wait.
                let _ = output::print(text);
            },
        })?;
        if is_of_the_machine() {
            return self.hand_over(account, given);
        }
        sign_in.keep(&folder, &account, &given)?;
        // The account's row, so that every command knows it; a daemon that holds the database learns it from the file.
        if let Ok(mut store) = Store::writer(&folder) {
            let row = store.account(&account, &self.service)?;
            store.clear_account(row.id)?;
        }
        let name = if account == self.service { String::new() } else { format!(" as `{account}`") };
        // A service begins to sync it now; where none runs, or it does not listen, nothing is lost.
        let wish = Wish { only: Some(account), signed_in: Some(self.service), ..Wish::default() };
        let _ = daemon::client::ask(&folder, Request::Sync(wish));
        output::print(&format!(
            "Signed in{name}. Next:\n  vantage sync         fetch the calendars\n  vantage calendars    choose which of them count\n"
        ))
    }

    /// Gives the leave to the service of the machine, whose folder only it writes into.
    fn hand_over(self, account: String, grant: Secret) -> Done {
        ask(Request::SignIn { kind: self.service, account, grant })?;
        if let Some(path) = &self.client_secret {
            machine::keep_client(&disk::read(path)?)?;
        }
        output::print("Signed in; the service begins to sync. Next:\n  sudo vantage status --system\n")
    }

    /// The account meant: named, or the only one that the configuration has of its kind.
    fn account(&self, kind: &dyn Kind, sign_in: &dyn SignIn, sources: &[Named]) -> Result<String, Failure> {
        let own = |named: &&Named| named.kind.format().name == kind.format().name;
        let Some(name) = &self.account else {
            let configured: Vec<&str> = sources.iter().filter(own).filter(|n| n.configured).map(Named::name).collect();
            return match configured[..] {
                [] => Ok(self.service.clone()),
                [only] => Ok(only.to_string()),
                _ => {
                    let names: Vec<String> = configured.iter().map(|name| format!("`{name}`")).collect();
                    let message = format!("the configuration has several {} accounts", kind.title());
                    Err(Failure::new(Exit::Usage, message)
                        .help(format!("add `--account NAME`, one of {}", names.join(", "))))
                }
            };
        };
        let taken = sources.iter().any(|named| named.name() == name && !own(&named));
        let other = || Failure::new(Exit::Usage, format!("`{}` cannot be the name of an account", plain(name)));
        let free = sign_in.check(name).and_then(|()| if taken { Err(other()) } else { Ok(()) });
        let told = kinds::KINDS.iter().filter(|kind| kind.first_step().is_some());
        let others = told.map(|kind| kind.format().name).filter(|other| *other != self.service);
        let others: Vec<String> = others.map(|other| format!("`[[source.{other}]]`")).collect();
        let help = format!("choose a name without `/` that no {} has", others.join(" or "));
        free.map(|()| name.clone()).map_err(|failure| failure.help(help))
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage logout --account work")]
pub(super) struct Logout {
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
    pub(super) fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        let folder = state_folder()?;
        // Signing out goes beside a process that writes; removing does not.
        let mut store = if self.delete_data { Some(writer()?) } else { Store::reader(&folder)? };
        let accounts = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let sources = kinds::named(&setup.config, &accounts);
        let signing: Vec<&str> =
            sources.iter().filter(|named| named.kind.sign_in().is_some()).map(Named::name).collect();
        let name = match (&self.account, &signing[..]) {
            (Some(name), _) => name.clone(),
            (None, [only]) => only.to_string(),
            (None, []) => {
                return Err(Failure::new(Exit::Usage, format!("no {} account is signed in", kinds::titles())));
            }
            (None, _) => {
                return Err(Failure::new(Exit::Usage, "there are several accounts").help("add `--account NAME`"));
            }
        };
        // A sign-in may be there without a row, and a row beside a source of that name: whoever signs out means both.
        for kind in kinds::KINDS {
            let Some(sign_in) = kind.sign_in().filter(|sign_in| sign_in.check(&name).is_ok()) else { continue };
            let row = accounts.iter().find(|row| row.name == name && row.kind == kind.format().name);
            let said = sign_in.log_out(&folder, &name)?;
            if said.is_some() || row.is_some() {
                return self.end(said, row, store.as_mut(), talk);
            }
        }
        Err(Failure::new(Exit::Usage, format!("there is no {} account `{}`", kinds::titles(), plain(&name))))
    }

    fn end(&self, said: Option<&str>, row: Option<&Account>, store: Option<&mut Store>, talk: &Talk) -> Done {
        let said = said.unwrap_or("It was not signed in.");
        let (Some(row), Some(store), true) = (row, store, self.delete_data) else {
            let kept = "What was fetched from it is kept and still counts; `vantage logout --delete-data` removes it.";
            return output::print(&format!("{said} {kept}\n"));
        };
        store.forget_account(row.id)?;
        tell_daemon(talk);
        output::print(&format!("{said} What was fetched from it is removed.\n"))
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage accounts --format json")]
pub(super) struct Accounts {
    #[command(flatten)]
    files: Files,
    /// How they are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Accounts {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        let (folder, now) = (state_folder()?, now()?);
        let known = Store::reader(&folder)?.map(|s| s.accounts()).transpose()?.unwrap_or_default();
        let sources = kinds::named(&setup.config, &known);
        let standing: Vec<(&str, SignedIn)> =
            sources.iter().filter_map(|named| Some((named.name(), named.source.standing(&folder, now)?))).collect();
        match self.format {
            Format::Json => {
                let list = standing.iter().map(|(account, standing)| {
                    json!({ "account": account, "signed_in": standing.good, "sign_in": standing.sentence, "next": standing.next })
                });
                output::print(&format!("{}\n", list.collect::<Value>()))
            }
            Format::Text if standing.is_empty() => {
                output::print(&format!("No {} account. To add one, {}.\n", kinds::titles(), kinds::sign_ins()))
            }
            Format::Text => {
                let lines = standing.iter().map(|(account, standing)| {
                    let next = standing.next.as_ref().map(|n| format!("; next: {n}")).unwrap_or_default();
                    format!("{account}: {}{next}\n", standing.sentence)
                });
                output::print(&lines.collect::<String>())
            }
        }
    }
}
