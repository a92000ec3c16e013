//! The kinds of source. Everything that a command or the daemon does with sources walks [`KINDS`]: a kind is a folder here
//! and a line there, and no code outside of its folder names it.

mod facts;
mod findings;
mod google;
mod guard;
mod history;
mod ics;
#[cfg(feature = "test-kinds")]
mod json;
mod obstacle;
mod sync;

pub use facts::{Facts, Read};
pub use findings::{Finding, Findings, Grade, Visit, skewed};
pub use guard::APART;
pub use history::told as told_past;
pub use sync::{AccountSummary, CalendarSummary, How, Sync, Wish};

use crate::config::{Config, Format, Home, Source as Entry};
use crate::diagnostic::{Exit, Failure, Secret, plain};
use crate::model::Mistake;
use crate::source::Calendars;
use crate::store::{Account, Calendar, Store};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every kind of source, in the order in which they are shown.
pub const KINDS: &[&dyn Kind] = &[
    &ics::Ics,
    &google::Google,
    #[cfg(feature = "test-kinds")]
    &json::Json,
];

/// What to do where none of a source's calendars counts.
const CHOOSE: &str = "`vantage calendars --select` chooses some";

/// A kind of source.
pub trait Kind: std::marker::Sync {
    /// How one is written in a configuration; its name stands in the database and in JSON too.
    fn format(&self) -> Format;
    /// How people call it.
    fn title(&self) -> &'static str;
    /// What the configuration keeps of one; `None` where it is of another kind.
    fn configured(&self, entry: &Entry) -> Option<Arc<dyn Source>>;

    /// What to do to get one, as half a sentence: "run `…`"; `None` where nobody is told.
    fn first_step(&self) -> Option<&'static str> {
        None
    }

    /// The folder in the state folder in which sign-ins are kept: nobody else's.
    fn folder(&self) -> Option<&'static str> {
        None
    }

    /// An account that the configuration does not name. `None`: what was known of it is forgotten.
    fn unnamed(&self, _name: &str) -> Option<Arc<dyn Source>> {
        None
    }

    /// Gives the sources what is theirs already: of another name, or of a sign-in while the database was held.
    ///
    /// # Errors
    /// The database's.
    fn adopt(&self, _store: &mut Store, _config: &Config) -> Result<(), Failure> {
        Ok(())
    }

    /// Adds the iCalendar texts that the store holds of `sources`, which are of this kind. Those of all kinds are expanded
    /// together.
    ///
    /// # Errors
    /// The database's.
    fn add_texts(&self, _read: &Read<'_>, _sources: &[Named], _facts: &mut Facts) -> Result<(), Failure> {
        Ok(())
    }

    /// Adds what else the store holds of them, once the instances of all texts are among the facts.
    ///
    /// # Errors
    /// The database's.
    fn read(&self, _read: &Read<'_>, _sources: &[Named], _facts: &mut Facts) -> Result<(), Failure> {
        Ok(())
    }

    /// How a person signs in, where one does.
    fn sign_in(&self) -> Option<&'static dyn SignIn> {
        None
    }
}

/// One source, as its kind knows it.
pub trait Source: Send + std::marker::Sync {
    fn name(&self) -> &str;

    /// Brings what the store holds of it up to date. What the source does is in the summary.
    fn sync<'a>(
        &'a self,
        sync: &'a Sync<'a>,
        account: &'a Account,
    ) -> LocalBoxFuture<'a, Result<AccountSummary, Failure>>;

    /// Whether it can be read now, and how its last sync went.
    fn examine(&self, visit: &Visit<'_>, found: &mut Findings);

    /// Nobody has to sign in, or somebody has.
    fn is_signed_in(&self, _folder: &Path) -> bool {
        true
    }

    /// Why nobody is signed in where somebody has to be, as far as what was kept says.
    fn signed_out(&self, _folder: &Path) -> Option<Failure> {
        None
    }

    /// How the sign-in stands, as far as its file says; `None` where nobody signs in.
    fn standing(&self, _folder: &Path, _now: DateTime<Utc>) -> Option<SignedIn> {
        None
    }

    /// It lies on this machine, and is as good as new for as long as it can be read: every command reads it by itself.
    fn is_local(&self) -> bool {
        false
    }

    /// Reads a local source where it changed; what could not be read is returned, and noted in the store.
    ///
    /// # Errors
    /// The database's.
    fn refresh(&self, _store: &mut Store, _config: &Config, _now: DateTime<Utc>) -> Result<Option<Failure>, Failure> {
        Ok(None)
    }

    /// Reads a local source past the store; `None` where it is none.
    fn look(&self, _calendars: &mut Calendars) -> Option<Result<(), Failure>> {
        None
    }

    /// Its lines in the configuration are as good as a password.
    fn is_secret(&self) -> bool {
        false
    }

    /// What to do where it has no calendar.
    fn without_calendars(&self) -> &'static str {
        CHOOSE
    }

    /// How many events of `calendar` the store holds; a series is one.
    ///
    /// # Errors
    /// The database's.
    fn events(&self, store: &Store, calendar: &Calendar) -> Result<u64, Failure> {
        Ok(store.coverage(calendar.id)?.events)
    }
}

/// How a person signs in to a kind of source.
pub trait SignIn {
    /// An account can have that name.
    ///
    /// # Errors
    /// [`Exit::Usage`].
    fn check(&self, account: &str) -> Result<(), Failure>;

    /// Lets the person sign in; returns what the source gave, as text for [`SignIn::keep`].
    ///
    /// # Errors
    /// Why it was not given.
    fn log_in(&self, ask: &LogIn<'_>) -> Result<Secret, Failure>;

    /// Keeps what [`SignIn::log_in`] returned for the account.
    ///
    /// # Errors
    /// Where it is none, or the account can have no such name; the disk's.
    fn keep(&self, folder: &Path, account: &str, given: &Secret) -> Result<(), Failure>;

    /// Ends the sign-in; says in a sentence how, or nothing where there was none.
    ///
    /// # Errors
    /// The disk's.
    fn log_out(&self, folder: &Path, account: &str) -> Result<Option<&'static str>, Failure>;
}

/// What a sign-in is done with.
pub struct LogIn<'a> {
    pub account: &'a str,
    pub config: &'a Config,
    /// The state folder.
    pub folder: &'a Path,
    pub now: DateTime<Utc>,
    /// The file of the client that the person made, where there is one.
    pub client: Option<PathBuf>,
    /// Another such file, for where the configuration names none.
    pub kept: Option<PathBuf>,
    /// Whoever signed in before.
    pub before: Option<String>,
    /// A browser may be opened on this machine.
    pub browser: bool,
    /// Shows a text to the person.
    pub say: &'a dyn Fn(&str),
}

/// How the sign-in of an account stands.
pub struct SignedIn {
    pub good: bool,
    pub sentence: String,
    /// What the person can do about it.
    pub next: Option<String>,
    /// When the person last signed in.
    pub since: Option<DateTime<Utc>>,
}

/// A source that a configuration names, or an account without it.
pub struct Named {
    pub kind: &'static dyn Kind,
    pub source: Arc<dyn Source>,
    /// What the store knows of it.
    pub account: Option<Account>,
    /// The configuration names it.
    pub configured: bool,
}

impl Named {
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// Its calendars that are synced and count, as far as the store knows them.
    ///
    /// # Errors
    /// The database's.
    pub fn calendars(&self, store: &Store) -> Result<Vec<Calendar>, Failure> {
        let Some(account) = &self.account else { return Ok(Vec::new()) };
        Ok(store.calendars(account.id)?.into_iter().filter(Calendar::selected).collect())
    }

    /// It is to be kept up to date. Of an account that its person signed out of, what there is is kept, and that is all.
    pub fn is_followed(&self, folder: &Path) -> bool {
        self.configured || self.source.is_signed_in(folder)
    }
}

/// All sources: those of the configuration, and the accounts of which the store knows without it.
pub fn named(config: &Config, accounts: &[Account]) -> Vec<Named> {
    KINDS.iter().flat_map(|kind| of_kind(*kind, config, accounts)).collect()
}

/// Those of one kind.
pub fn of_kind(kind: &'static dyn Kind, config: &Config, accounts: &[Account]) -> Vec<Named> {
    let name = kind.format().name;
    let account = |source: &str| accounts.iter().find(|a| a.kind == name && a.name == source).cloned();
    let entries = config.sources.iter().filter_map(|entry| kind.configured(entry));
    let entries = entries.map(|source| (source, true));
    let others = accounts.iter().filter(|a| a.kind == name && !is_named(config, &a.name));
    let others = others.filter_map(|a| Some((kind.unnamed(&a.name)?, false)));
    let named = |(source, configured): (Arc<dyn Source>, bool)| {
        let account = account(source.name());
        Named { kind, source, account, configured }
    };
    entries.chain(others).map(named).collect()
}

/// The configuration has a source of that name.
fn is_named(config: &Config, name: &str) -> bool {
    config.sources.iter().any(|source| source.name == name)
}

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.format().name == name)
}

/// Reads a configuration with the sources of all kinds.
///
/// # Errors
/// See [`Config::parse`].
pub fn configuration(text: &str, home: Home<'_>) -> Result<Config, Vec<Mistake>> {
    let formats: Vec<Format> = KINDS.iter().map(|kind| kind.format()).collect();
    Config::parse(text, &formats, home)
}

/// What to do where there is no source yet, as half a sentence.
pub fn first_steps() -> String {
    KINDS.iter().rev().filter_map(|kind| kind.first_step()).collect::<Vec<_>>().join(", or ")
}

/// The kinds that a person can sign in to.
fn with_sign_in() -> impl Iterator<Item = &'static dyn Kind> {
    KINDS.iter().copied().filter(|kind| kind.sign_in().is_some())
}

/// What to do to sign in to one, as half a sentence.
pub fn sign_ins() -> String {
    with_sign_in().filter_map(Kind::first_step).collect::<Vec<_>>().join(", or ")
}

/// How people call the kinds that a person can sign in to.
pub fn titles() -> String {
    with_sign_in().map(Kind::title).collect::<Vec<_>>().join(" or ")
}

/// The names of the kinds that a person can sign in to.
pub fn services() -> Vec<&'static str> {
    with_sign_in().map(|kind| kind.format().name).collect()
}

/// The kind of that name, and how a person signs in to it.
///
/// # Errors
/// [`Exit::Usage`] where nobody does.
pub fn service(name: &str) -> Result<(&'static dyn Kind, &'static dyn SignIn), Failure> {
    let nobody = || Failure::new(Exit::Usage, format!("nobody signs in to `{}`", plain(name)));
    kind(name).and_then(|kind| Some((kind, kind.sign_in()?))).ok_or_else(nobody)
}

/// See [`Kind::adopt`].
///
/// # Errors
/// The database's.
pub fn adopt(store: &mut Store, config: &Config) -> Result<(), Failure> {
    KINDS.iter().try_for_each(|kind| kind.adopt(store, config))
}

/// Reads the local sources where they changed since they were read last, and returns what could not be read. What was read
/// before stays.
///
/// # Errors
/// Only the database's.
pub fn refresh(store: &mut Store, config: &Config, now: DateTime<Utc>) -> Result<Vec<Failure>, Failure> {
    adopt(store, config)?;
    let mut unread = Vec::new();
    for named in named(config, &store.accounts()?) {
        unread.extend(named.source.refresh(store, config, now)?);
    }
    Ok(unread)
}

/// Forgets the sources that `config` no longer names, where nothing else keeps them. With some of them goes a past that
/// nothing else tells: that is done, and told, where `told` to somebody.
///
/// # Errors
/// The database's.
pub fn forget_unnamed(store: &mut Store, config: &Config, told: bool) -> Result<Vec<AccountSummary>, Failure> {
    let mut forgotten = Vec::new();
    for account in store.accounts()?.iter().filter(|a| is_unnamed(a, config)) {
        let mut kept = 0;
        for calendar in store.calendars(account.id)? {
            kept += store.past_extent(calendar.id)?.map_or(0, |past| past.instances);
        }
        if kept == 0 || told {
            store.forget_account(account.id)?;
        }
        if kept > 0 && told {
            forgotten.push(AccountSummary { forgotten: kept, ..AccountSummary::of(&account.name) });
        }
    }
    Ok(forgotten)
}

/// The configuration does not name it, and nothing else keeps it. What only a newer version knows is left alone.
fn is_unnamed(account: &Account, config: &Config) -> bool {
    let entries = config.sources.iter();
    let there = || entries.filter(|entry| entry.kind == account.kind).any(|entry| entry.name == account.name);
    kind(&account.kind).is_some_and(|kind| kind.unnamed(&account.name).is_none()) && !there()
}

/// # Errors
/// [`Exit::Usage`] where no source has that name.
pub fn known(name: &str, config: &Config, accounts: &[Account]) -> Result<(), Failure> {
    if named(config, accounts).iter().any(|named| named.name() == name) {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, format!("there is no account or source `{}`", plain(name)));
    Err(failure.help("`vantage status` lists them"))
}
