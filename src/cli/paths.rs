//! Where things are.

use super::Files;
use crate::diagnostic::{Exit, Failure};
use std::path::{Path, PathBuf};

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from)
}

/// `$XDG_CONFIG_HOME/vantage` or its default.
fn config_folder() -> Option<PathBuf> {
    let folder = variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")))?;
    Some(folder.join("vantage"))
}

/// The configuration that is in force, if there is a file.
pub fn config_path(files: &Files) -> Option<PathBuf> {
    let named = files.config.clone().map(PathBuf::from).or_else(|| variable("VANTAGE_CONFIG"));
    named.or_else(|| Some(config_folder()?.join("vantage.toml")).filter(|path| path.exists()))
}

/// The rules that are in force, if there is a file: the named one, or `rules.toml` beside the configuration.
pub fn rules_path(files: &Files, config: Option<&Path>) -> Option<PathBuf> {
    let beside = || {
        let folder = match config {
            Some(config) => config.parent()?.to_path_buf(),
            None => config_folder()?,
        };
        Some(folder.join("rules.toml")).filter(|path| path.exists())
    };
    files.rules.clone().map(PathBuf::from).or_else(beside)
}

/// Where the configuration and the rules are or would be: what a service watches.
pub fn watched(files: &Files) -> Vec<PathBuf> {
    let named = files.config.clone().map(PathBuf::from).or_else(|| variable("VANTAGE_CONFIG"));
    let config = named.or_else(|| Some(config_folder()?.join("vantage.toml")));
    let beside = config.as_deref().and_then(Path::parent).map(|folder| folder.join("rules.toml"));
    let rules = files.rules.clone().map(PathBuf::from).or(beside);
    config.into_iter().chain(rules).collect()
}

/// Where the pictures go: the folder that the configuration names, else `$XDG_DATA_HOME/vantage/charts` or its default.
///
/// # Errors
/// [`Exit::Io`] where no variable says.
pub fn charts_folder(own: Option<&str>) -> Result<PathBuf, Failure> {
    let base = || variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")));
    let usual = || Some(base()?.join("vantage/charts"));
    own.map(|path| home(path).into()).or_else(usual).ok_or_else(|| {
        Failure::new(Exit::Io, "there is no folder for the pictures").help("set `HOME` or `XDG_DATA_HOME`")
    })
}

/// Where the database and the tokens are: systemd's folder, else `$XDG_STATE_HOME/vantage` or its default.
///
/// # Errors
/// [`Exit::Io`] where no variable says.
pub fn state_folder() -> Result<PathBuf, Failure> {
    let given = variable("STATE_DIRECTORY");
    let usual = || {
        let folder = variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state")))?;
        Some(folder.join("vantage"))
    };
    given.or_else(usual).ok_or_else(|| {
        Failure::new(Exit::Io, "there is no folder for the database").help("set `HOME` or `XDG_STATE_HOME`")
    })
}

/// `~` for the home folder, as people write it.
pub fn shown(path: &Path) -> String {
    let home = std::env::var("HOME").ok().filter(|h| h.len() > 1);
    let inside = home.and_then(|h| path.strip_prefix(h).ok().map(|rest| format!("~/{}", rest.display())));
    inside.unwrap_or_else(|| path.display().to_string())
}

/// The home folder for `~`.
pub fn home(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => path.to_string(),
    }
}
