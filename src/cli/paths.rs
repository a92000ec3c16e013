//! Where things are.

use super::Files;
use crate::diagnostic::{Exit, Failure};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from)
}

/// The base folders of the XDG specification, by their variables.
const CONFIG: (&str, &str) = ("XDG_CONFIG_HOME", ".config");
const STATE: (&str, &str) = ("XDG_STATE_HOME", ".local/state");
const DATA: (&str, &str) = ("XDG_DATA_HOME", ".local/share");

/// Set once, from the command line: the folders of the machine's service are meant (see `systemd/vantage.service`).
static MACHINE: OnceLock<()> = OnceLock::new();

/// From now on, the folders are those of the machine's service.
pub(super) fn of_the_machine() {
    MACHINE.get_or_init(|| ());
}

/// Whether the folders of the machine's service are meant.
pub(super) fn is_of_the_machine() -> bool {
    MACHINE.get().is_some()
}

fn base((name, usual): (&str, &str)) -> Option<PathBuf> {
    if is_of_the_machine() {
        return Some(if name == CONFIG.0 { "/etc" } else { "/var/lib" }.into());
    }
    variable(name).or_else(|| Some(variable("HOME")?.join(usual)))
}

fn nowhere(what: &str, (name, _): (&str, &str)) -> Failure {
    Failure::new(Exit::Io, format!("there is no folder for {what}")).help(format!("set `HOME` or `{name}`"))
}

/// `$XDG_CONFIG_HOME/vantage` or its default.
fn config_folder() -> Option<PathBuf> {
    Some(base(CONFIG)?.join("vantage"))
}

/// There, if only as a link that leads nowhere, or behind a folder that may not be entered: what cannot be read must not pass
/// for what is not there.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().map_or_else(|e| e.kind() == std::io::ErrorKind::PermissionDenied, |_| true)
}

fn named_config(files: &Files) -> Option<PathBuf> {
    let variable = || variable("VANTAGE_CONFIG").filter(|_| !is_of_the_machine());
    files.config.clone().map(PathBuf::from).or_else(variable)
}

/// The configuration that is in force, if there is a file.
pub(super) fn config_path(files: &Files) -> Option<PathBuf> {
    named_config(files).or_else(|| Some(config_folder()?.join("vantage.toml")).filter(|path| is_there(path)))
}

/// The rules that are in force, if there is a file: the named one, or `rules.toml` beside the configuration.
pub(super) fn rules_path(files: &Files, config: Option<&Path>) -> Option<PathBuf> {
    let beside = || {
        let folder = match config {
            Some(config) => config.parent()?.to_path_buf(),
            None => config_folder()?,
        };
        Some(folder.join("rules.toml")).filter(|path| is_there(path))
    };
    files.rules.clone().map(PathBuf::from).or_else(beside)
}

/// Where the configuration would be, if nothing else is named.
fn config_place(files: &Files) -> Option<PathBuf> {
    named_config(files).or_else(|| Some(config_folder()?.join("vantage.toml")))
}

/// Where the rules are, or would be if there were a file.
pub(super) fn rules_place(files: &Files) -> Option<PathBuf> {
    let beside = || Some(config_place(files)?.parent()?.join("rules.toml"));
    files.rules.clone().map(PathBuf::from).or_else(beside)
}

/// Where the configuration and the rules are or would be: what a service watches.
pub(super) fn watched(files: &Files) -> Vec<PathBuf> {
    config_place(files).into_iter().chain(rules_place(files)).collect()
}

/// Where the database and the tokens are: systemd's folder, else `$XDG_STATE_HOME/vantage` or its default.
///
/// # Errors
/// [`Exit::Io`] where no variable says.
pub(super) fn state_folder() -> Result<PathBuf, Failure> {
    let given = variable("STATE_DIRECTORY").filter(|_| !is_of_the_machine());
    given.or_else(|| Some(base(STATE)?.join("vantage"))).ok_or_else(|| nowhere("the database", STATE))
}

/// Where the pictures go: the folder that the configuration names, else `$XDG_DATA_HOME/vantage/charts` or its default; `None`
/// where no variable says.
pub(super) fn charts_folder(own: Option<&str>) -> Option<PathBuf> {
    own.map(Into::into).or_else(|| Some(base(DATA)?.join("vantage/charts")))
}

/// The base folders that hold what Vantage has, with the variables that name them: for a process elsewhere.
///
/// # Errors
/// [`Exit::Io`] where no variable says.
pub(super) fn bases() -> Result<[(&'static str, PathBuf); 3], Failure> {
    let named = |of: (&'static str, &'static str)| Ok((of.0, base(of).ok_or_else(|| nowhere("the service", of))?));
    Ok([named(CONFIG)?, named(STATE)?, named(DATA)?])
}

/// Where systemd looks for the units of the user.
///
/// # Errors
/// [`Exit::Io`] where no variable says.
pub(super) fn unit_path() -> Result<PathBuf, Failure> {
    let folder = base(CONFIG).ok_or_else(|| nowhere("the service", CONFIG))?;
    Ok(folder.join("systemd/user/vantage.service"))
}

/// `~` for the home folder, as people write it.
pub(super) fn shown(path: &Path) -> String {
    let home = std::env::var("HOME").ok().filter(|h| h.len() > 1);
    let inside = home.and_then(|h| path.strip_prefix(h).ok().map(|rest| format!("~/{}", rest.display())));
    inside.unwrap_or_else(|| path.display().to_string())
}

/// The home folder for `~`.
pub(super) fn home(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => path.to_string(),
    }
}
