use super::context::{Setup, Talk, now};
use super::machine::Machine;
use super::paths::{config_path, home, rules_path, shown, state_folder};
use super::signin::{self, Standing};
use super::status::ago;
use super::{Done, Files, Format, output, sandbox, service};
use crate::config::{Config, Place};
use crate::diagnostic::{Exit, Failure};
use crate::jobs::SYNC;
use crate::jobs::sync::{AT_ONCE, google_sources};
use crate::model::count;
use crate::source::google::{Google, Grant, SCOPES};
use crate::source::{Trouble, ics};
use crate::store::{self, Store, SyncState};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A clock that is further off spoils sign-ins and windows.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// Less free space than this is a warning.
const SPACE: u64 = 200 << 20;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage doctor --offline")]
pub struct Doctor {
    /// Ask no server
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    machine: Machine,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    Warn,
    Fail,
}

#[derive(Serialize)]
struct Line {
    grade: Grade,
    what: String,
    says: String,
    fix: Option<String>,
}

/// The lines so far.
#[derive(Default)]
struct Findings(Vec<Line>);

impl Findings {
    fn add(&mut self, grade: Grade, what: &str, says: impl Into<String>, fix: Option<String>) {
        self.0.push(Line { grade, what: what.into(), says: says.into(), fix });
    }

    fn ok(&mut self, what: &str, says: impl Into<String>) {
        self.add(Grade::Ok, what, says, None);
    }

    fn failure(&mut self, what: &str, failure: &Failure) {
        let says = if failure.message.is_empty() {
            let mistakes: usize = failure.places.iter().map(|p| p.mistakes.len()).sum();
            count(mistakes, "mistake")
        } else {
            std::iter::once(&failure.message).chain(&failure.causes).cloned().collect::<Vec<_>>().join(": ")
        };
        let fix = failure.help.clone().or_else(|| Some("`vantage config check` shows each with its place".into()));
        self.add(Grade::Fail, what, says, fix);
    }

    fn trouble(&mut self, what: &str, trouble: &Trouble) {
        let grade = if trouble.is_transient() { Grade::Warn } else { Grade::Fail };
        let says = std::iter::once(&trouble.sentence).chain(&trouble.causes).cloned().collect::<Vec<_>>().join(": ");
        self.add(grade, what, says, trouble.help.clone());
    }
}

impl Doctor {
    pub fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let mut found = Findings::default();
        let now = now()?;
        let folder = state_folder()?;
        let config = config_path(&self.files);
        match Setup::load(&self.files, talk) {
            Ok(setup) => {
                let named = |path: Option<&Path>, other: &str| path.map_or(other.to_string(), shown);
                found.ok("configuration", named(config.as_deref(), "no file: the defaults hold"));
                let rules = rules_path(&self.files, config.as_deref());
                let rules_count = count(setup.rules.rules().len(), "rule");
                found.ok("rules", format!("{}, {rules_count}", named(rules.as_deref(), "the built-in ones")));
                found.ok("time zone", setup.wishes.zones.home.name());
                font(&setup, &mut found);
                notify(&setup, &mut found);
                readable_by_others(&setup, config.as_deref(), &mut found);
                sources(&setup.config, &folder, now, &mut found);
                self.accounts(&setup.config, &folder, now, &mut found);
            }
            Err(failure) => {
                found.failure("configuration", &failure);
                // Rules that cannot be read are no reason to leave the accounts unasked.
                if let Some(path) = &config
                    && let Some(config) = std::fs::read_to_string(path).ok().and_then(|t| Config::parse(&t).ok())
                {
                    sources(&config, &folder, now, &mut found);
                    self.accounts(&config, &folder, now, &mut found);
                }
            }
        }
        database(&folder, &mut found);
        private(&folder, &mut found);
        space(&folder, &mut found);
        linger(&mut found);
        match self.format {
            Format::Json => {
                output::print(&format!("{}\n", serde_json::to_string_pretty(&found.0).unwrap_or_default()))?;
            }
            Format::Text => {
                for line in &found.0 {
                    let grade = match line.grade {
                        Grade::Ok => "ok  ",
                        Grade::Warn => "warn",
                        Grade::Fail => "FAIL",
                    };
                    let fix = line.fix.as_ref().map(|fix| format!("\n      fix: {fix}")).unwrap_or_default();
                    output::print(&format!("{grade}  {}: {}{fix}\n", line.what, line.says))?;
                }
            }
        }
        match found.0.iter().filter(|line| line.grade == Grade::Fail).count() {
            0 => Ok(()),
            failed => Err(Failure::new(Exit::Failed, format!("{failed} of {} checks failed", found.0.len()))),
        }
    }

    fn accounts(&self, config: &Config, folder: &Path, now: DateTime<Utc>, found: &mut Findings) {
        let known = Store::reader(folder).ok().flatten().and_then(|s| s.accounts().ok()).unwrap_or_default();
        for source in google_sources(config, &known) {
            let what = format!("account {}", source.name);
            let standing = Standing::of(&source, folder, now);
            if !standing.good {
                found.add(Grade::Fail, &what, standing.sentence, standing.next);
                continue;
            }
            let grade = if standing.next.is_some() { Grade::Warn } else { Grade::Ok };
            found.add(grade, &what, standing.sentence, standing.next);
            if let Ok(grant) = Grant::load(&Grant::path(folder, &source.name)) {
                let lacking = SCOPES.iter().filter(|s| !grant.scopes.iter().any(|g| g == *s)).count();
                match lacking {
                    0 => found.ok(&format!("{what}, permissions"), "both were given"),
                    n => {
                        let fix = format!("`vantage login google --account {}`, and tick both boxes", source.name);
                        found.add(
                            Grade::Fail,
                            &format!("{what}, permissions"),
                            format!("{n} of 2 are missing"),
                            Some(fix),
                        );
                        continue;
                    }
                }
            }
            if self.offline {
                continue;
            }
            let asked = signin::runtime().map_err(Trouble::from).and_then(|runtime| {
                let credentials = runtime.block_on(signin::credentials(&source, folder, now))?;
                let google = Google::new(source.api_base.as_deref(), credentials, Arc::new(Semaphore::new(AT_ONCE)))?;
                let answer = runtime.block_on(google.calendars_page(None));
                // Measured even where the answer was no: a wrong clock explains many refusals.
                if let Some((date, at)) = google.server_date() {
                    let skew = date + TimeDelta::from_std(at.elapsed()).unwrap_or_default() - now;
                    clock(skew, &what, found);
                }
                answer.map(|page| page.items.len())
            });
            match asked {
                Ok(calendars) => {
                    found.ok(&format!("{what}, Google"), format!("it answers, with {}", count(calendars, "calendar")))
                }
                Err(trouble) => found.trouble(&format!("{what}, Google"), &trouble.of_account(&source.name)),
            }
        }
    }
}

/// What to say about a clock that the server's is ahead of by `skew`, and the fix; none where they agree.
pub fn skewed(skew: TimeDelta) -> Option<(String, &'static str)> {
    if skew.abs() <= SKEW {
        return None;
    }
    let (minutes, side) = (skew.num_minutes().abs(), if skew > TimeDelta::zero() { "behind" } else { "ahead of" });
    let fix = "set it, for example with `timedatectl set-ntp true`";
    Some((format!("{} {side} the server's", count(minutes, "minute")), fix))
}

/// Files and feeds: whether a path can be read now, and how the last sync of a feed went. No server is asked.
fn sources(config: &Config, folder: &Path, now: DateTime<Utc>, found: &mut Findings) {
    let store = Store::reader(folder).ok().flatten();
    for source in &config.ics {
        let what = format!("source {}", source.name);
        let unread = match &source.place {
            Place::Path(path) => match ics::checked_texts(&home(path)) {
                Ok((_, unread)) => unread,
                Err(failure) => {
                    found.failure(&what, &failure.help("put it there, or change `path` in the configuration"));
                    continue;
                }
            },
            Place::Url { .. } => Vec::new(),
        };
        for part in unread {
            found.add(Grade::Warn, &what, part.sentence, None);
        }
        let state = store.as_ref().and_then(|store| state(store, &source.name));
        let (last, obstacle) = state.map_or((None, None), |state| (state.last_good, state.obstacle));
        match (obstacle, last) {
            (Some(o), _) if matches!(source.place, Place::Url { .. }) => {
                let says = std::iter::once(o.sentence).chain(o.causes).collect::<Vec<_>>().join(": ");
                found.add(if last.is_some() { Grade::Warn } else { Grade::Fail }, &what, says, o.help);
            }
            // Every command reads it by itself.
            (_, None) if matches!(source.place, Place::Path(_)) => found.ok(&what, "it can be read"),
            (_, None) => {
                found.add(Grade::Warn, &what, "it was never read, and nothing of it counts", Some(SYNC.into()))
            }
            (_, Some(at)) => {
                let at = at.to_rfc3339();
                found.ok(&what, format!("last read {}", ago(&at, now, config.zone())));
            }
        }
    }
}

/// How the file or feed of that name stands in the database.
fn state(store: &Store, name: &str) -> Option<SyncState> {
    let accounts = store.accounts().ok()?;
    let account = accounts.iter().find(|account| account.kind == "ics" && account.name == name)?;
    let calendars = store.calendars(account.id).ok()?;
    store.state(calendars.first()?.id).ok()
}

fn clock(skew: TimeDelta, what: &str, found: &mut Findings) {
    let what = format!("{what}, clock");
    match skewed(skew) {
        None => found.ok(&what, "agrees with the server's"),
        Some((says, fix)) => found.add(Grade::Warn, &what, format!("it is {says}"), Some(fix.into())),
    }
}

fn font(setup: &Setup, found: &mut Findings) {
    let Some(path) = &setup.config.fallback_font else {
        return found.ok("font", "the built-in one");
    };
    match std::fs::read(path) {
        Ok(bytes) if crate::chart::is_font(&bytes) => {
            found.ok("font", format!("the built-in one, and {}", shown(path)))
        }
        Ok(_) => {
            let fix = "name a TrueType or OpenType file, or leave `fallback_font` out";
            found.add(Grade::Fail, "font", format!("{} is no font", shown(path)), Some(fix.into()));
        }
        Err(e) => found.add(Grade::Fail, "font", format!("{}: {e}", shown(path)), Some("check `fallback_font`".into())),
    }
}

/// A feed's address is as good as a password, and it stands in the configuration.
fn readable_by_others(setup: &Setup, config: Option<&Path>, found: &mut Findings) {
    let Some(mode) = config.and_then(|path| std::fs::metadata(path).ok()).map(|m| m.mode()) else { return };
    let path = config.map(shown).unwrap_or_default();
    let secret = setup.config.ics.iter().any(|s| matches!(s.place, Place::Url { .. }));
    if mode & 0o022 != 0 {
        let says = format!("others can write {path}");
        found.add(Grade::Warn, "configuration, mode", says, Some(format!("`chmod go-w {path}`")));
    } else if secret && mode & 0o044 != 0 {
        let says = format!("others can read {path}, which holds the address of a feed");
        found.add(Grade::Warn, "configuration, mode", says, Some(format!("`chmod 600 {path}`")));
    }
}

fn database(folder: &Path, found: &mut Findings) {
    let store = match Store::reader(folder) {
        Ok(Some(store)) => store,
        Ok(None) => return found.ok("database", "none yet; `vantage sync` makes it"),
        Err(failure) => return found.failure("database", &failure),
    };
    match store.check() {
        Ok(problems) if problems.is_empty() => found.ok("database", format!("{}, whole", shown(store.path()))),
        Ok(problems) => {
            let fix = store::move_away(store.path());
            found.add(Grade::Fail, "database", format!("{} found in it", count(problems.len(), "problem")), Some(fix));
        }
        Err(failure) => found.failure("database", &failure),
    }
}

/// Everything in the state folder is the user's alone: what others can read or write is named, with what to type.
fn private(folder: &Path, found: &mut Findings) {
    let inside = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let (top, tokens) = (inside(folder), folder.join("google"));
    for path in std::iter::once(folder.to_path_buf()).chain(top).chain(inside(&tokens)) {
        // The socket has its own ways, and a link's mode means nothing.
        let Ok(about) = std::fs::symlink_metadata(&path) else { continue };
        if about.mode() & 0o077 == 0 || !(about.is_file() || about.is_dir()) {
            continue;
        }
        let (path, mode) = (shown(&path), if about.is_dir() { 700 } else { 600 });
        let says = format!("others can get at {path}");
        found.add(Grade::Warn, "state folder, mode", says, Some(format!("`chmod {mode} {path}`")));
    }
}

fn space(folder: &Path, found: &mut Findings) {
    // The folder may not be there yet: what counts is the disk it will be on.
    let there = Path::new(&home("~/")).to_path_buf();
    let place = folder.ancestors().find(|p| p.exists()).unwrap_or(&there);
    match rustix::fs::statvfs(place) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let says = format!("{} MB free", free >> 20);
            if free < SPACE {
                found.add(Grade::Warn, "disk", says, Some("make room: a full disk stops syncing and drawing".into()));
            } else {
                found.ok("disk", says);
            }
        }
        Err(e) => found.add(Grade::Warn, "disk", format!("its free space is not known: {e}"), None),
    }
}

/// Only where a command is to be run.
fn notify(setup: &Setup, found: &mut Findings) {
    let Some(program) = setup.config.notify.as_ref().and_then(|notify| notify.command.first()) else { return };
    match sandbox::fault(program) {
        None => found.ok("notify", format!("`{program}` can be run")),
        Some((says, fix)) => found.add(Grade::Fail, "notify", says, Some(fix)),
    }
}

/// Only where the service is installed.
fn linger(found: &mut Findings) {
    match service::linger() {
        None => (),
        Some(true) => found.ok("service", "it runs while you are logged out, too"),
        Some(false) => {
            let fix = "`loginctl enable-linger`, and it starts at boot";
            found.add(Grade::Warn, "service", "it ends when you log out", Some(fix.into()));
        }
    }
}
