//! The service of the machine, as root asks it: `--system`.

use super::paths::{self, state_folder};
use super::{Done, Files, output, systemd};
use crate::daemon::{self, Answer, Request};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::model::Week;
use clap::Args;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const UNIT: &str = "/etc/systemd/system/vantage.service.d/credentials.conf";
const DROP_IN: &str = include_str!("../../systemd/vantage.service.d/credentials.conf");
/// Where systemd finds what `LoadCredential=` names.
pub(super) const CLIENT: &str = "/etc/credstore/vantage-google-client";

#[derive(Args, Clone, Copy, Default)]
pub(super) struct Machine {
    /// Ask the service of the machine instead of your own; as root
    #[arg(long = "system")]
    system: bool,
}

impl Machine {
    /// From here on, every path is one of the service of the machine, where it is meant.
    ///
    /// # Errors
    /// [`Exit::Usage`] with files of its own; [`Exit::Io`] for who may not enter its folder.
    pub(super) fn enter(self, files: &Files) -> Done {
        if !self.system {
            return Ok(());
        }
        if !files.is_default() {
            return Err(Failure::new(Exit::Usage, "`--system` goes without `--config` and `--rules`"));
        }
        paths::of_the_machine();
        match std::fs::read_dir(state_folder()?) {
            Err(e) if e.kind() == ErrorKind::PermissionDenied => {
                let failure = Failure::new(Exit::Io, "only root can ask the service of the machine");
                Err(failure.help("the same command with `sudo`"))
            }
            _ => Ok(()),
        }
    }
}

/// What the daemon answers; `None` where none runs, and the command does it by itself.
///
/// # Errors
/// What the daemon says; of the machine's service also that none runs, for root must not write into its folder.
pub(super) fn ask(request: Request) -> Result<Option<Answer>, Failure> {
    match daemon::client::ask(&state_folder()?, request)? {
        None if paths::is_of_the_machine() => Err(none_runs()),
        answer => Ok(answer),
    }
}

/// No daemon runs on this state.
pub(super) fn none_runs() -> Failure {
    let help = match paths::is_of_the_machine() {
        true => "start it: `sudo systemctl start vantage`",
        false => "start it: `systemctl --user start vantage`, or `vantage run`",
    };
    Failure::new(Exit::Failed, "no Vantage service is running").help(help)
}

/// Keeps the OAuth client where the service can be given it, and lets systemd do so.
///
/// # Errors
/// [`Exit::Io`].
pub(super) fn keep_client(client: &[u8]) -> Done {
    let store = Path::new(CLIENT);
    disk::private_folder(store.parent().unwrap_or(Path::new("/")))?;
    disk::write(store, client)?;
    let unit = Path::new(UNIT);
    if !unit.exists() {
        disk::folder(unit.parent().unwrap_or(Path::new("/")))?;
        disk::write(unit, DROP_IN.as_bytes())?;
        // There is no secret in it, and systemd remarks on a unit that not all can read.
        let _ = std::fs::set_permissions(unit, std::fs::Permissions::from_mode(0o644));
        systemd::reload_machine()?;
    }
    output::print(&format!("The client is kept in {CLIENT}, for {UNIT}.\n"))
}

/// Copies a drawn week out of the folder `charts` into `out`, for whoever called `sudo`; without `out` it prints the text.
///
/// # Errors
/// [`Exit::Failed`] where the service has not drawn it, [`Exit::Io`].
pub(super) fn hand_out(week: Week, charts: &Path, out: Option<&Path>) -> Done {
    let file = |ending: &str| charts.join(format!("{week}.{ending}"));
    if !file("png").exists() {
        let failure = Failure::new(Exit::Failed, format!("the service has no picture of {week}"));
        return Err(failure.help(match newest(charts) {
            Some(newest) => format!("the newest is {newest}; `sudo vantage render --system` draws what is due"),
            None => "it has none yet: `sudo vantage status --system` says why".into(),
        }));
    }
    let Some(out) = out else {
        return output::print(&String::from_utf8_lossy(&disk::read(&file("txt"))?));
    };
    let new = !out.exists();
    disk::folder(out)?;
    if new {
        hand_over(out)?;
    }
    for ending in ["png", "json", "txt"] {
        let target = out.join(format!("{week}.{ending}"));
        disk::write(&target, &disk::read(&file(ending))?)?;
        hand_over(&target)?;
        output::print(&format!("{}\n", target.display()))?;
    }
    Ok(())
}

fn newest(charts: &Path) -> Option<String> {
    let names = std::fs::read_dir(charts).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| name.strip_suffix(".png").map(str::to_string)).filter(|name| name.contains("-W")).max()
}

/// Makes the one who called `sudo` the owner.
fn hand_over(path: &Path) -> Done {
    let id = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    let (Some(user), Some(group)) = (id("SUDO_UID"), id("SUDO_GID")) else { return Ok(()) };
    std::os::unix::fs::lchown(path, Some(user), Some(group)).map_err(|e| {
        Failure::new(Exit::Io, format!("`{}` could not be handed over", PathBuf::from(path).display())).cause(e)
    })
}
