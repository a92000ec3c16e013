use super::context::{Setup, Talk, now};
use super::machine::Machine;
use super::paths::{config_path, home, rules_path, shown, state_folder};
use super::{Done, Files, Format, output, sandbox, service};
use crate::config::Config;
use crate::diagnostic::{Exit, Failure};
use crate::kinds::{Findings, Grade, KINDS, Visit, configuration, named};
use crate::model::count;
use crate::store::{self, Store};
use chrono::{DateTime, Utc};
use clap::Args;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Less free space than this is a warning.
const SPACE: u64 = 200 << 20;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage doctor --offline")]
pub(super) struct Doctor {
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

impl Doctor {
    pub(super) fn run(self, talk: &Talk) -> Done {
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
                self.sources(&setup.config, &folder, now, &mut found);
            }
            Err(failure) => {
                found.failure("configuration", &failure);
                // Rules that cannot be read are no reason to leave the accounts unasked.
                if let Some(path) = &config
                    && let Some(config) = std::fs::read_to_string(path).ok().and_then(|t| configuration(&t, &home).ok())
                {
                    self.sources(&config, &folder, now, &mut found);
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

    fn sources(&self, config: &Config, folder: &Path, now: DateTime<Utc>, found: &mut Findings) {
        let store = Store::reader(folder).ok().flatten();
        let known = store.as_ref().and_then(|store| store.accounts().ok()).unwrap_or_default();
        for named in named(config, &known) {
            let visit = Visit {
                folder,
                store: store.as_ref(),
                account: named.account.as_ref(),
                now,
                zone: config.zone(),
                offline: self.offline,
            };
            named.source.examine(&visit, found);
        }
    }
}

fn font(setup: &Setup, found: &mut Findings) {
    let Some(path) = &setup.config.fallback_font else {
        return found.ok("font", "the built-in one");
    };
    match std::fs::read(path) {
        Ok(bytes) if crate::chart::is_font(&bytes) => {
            found.ok("font", format!("the built-in one, and {}", shown(path)));
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
    let secret = named(&setup.config, &[]).iter().any(|named| named.source.is_secret());
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
    let top = inside(folder);
    let kept = KINDS.iter().filter_map(|kind| kind.folder()).map(|name| folder.join(name));
    let below: Vec<_> = kept.flat_map(|path| inside(&path)).collect();
    for path in std::iter::once(folder.to_path_buf()).chain(top).chain(below) {
        // The socket has its own ways, and a link's mode means nothing.
        let Ok(about) = std::fs::symlink_metadata(&path) else { continue };
        let others = about.mode() & 0o077;
        if others == 0 || !(about.is_file() || about.is_dir()) {
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
