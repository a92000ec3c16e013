//! What commands share: the configuration, the rules, the clock, and how to talk to the person.

use super::Files;
use crate::classify::{People, RuleSet};
use crate::config::{Config, redact};
use crate::diagnostic::{Exit, Failure, Place, warning, warnings};
use crate::model::Preferences;
use crate::source::ics::Calendars;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Most problems of calendars that one run names.
const PROBLEMS_SHOWN: usize = 20;

/// Standard error, coloured or not.
pub struct Talk {
    color: bool,
}

impl Talk {
    pub fn new(no_color: bool) -> Talk {
        let wanted = !no_color && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Talk { color: wanted && std::io::stderr().is_terminal() }
    }

    pub fn failure(&self, failure: &Failure) {
        eprint!("{}", failure.render(self.color));
    }

    pub fn warn(&self, message: &str, help: Option<&str>) {
        eprint!("{}", warning(message, help, self.color));
    }

    pub fn remarks(&self, place: &Place) {
        if !place.mistakes.is_empty() {
            eprint!("{}", warnings(place, self.color));
        }
    }

    /// What was lost while calendars were read: each problem with its file and line, and never a title.
    pub fn problems(&self, calendars: &Calendars) {
        for sentence in &calendars.unread {
            self.warn(sentence, None);
        }
        for (file, problem) in calendars.problems.iter().take(PROBLEMS_SHOWN) {
            self.warn(&format!("{file}:{}: {}", problem.line, problem.message), None);
        }
        if let Some(more @ 1..) = calendars.problems.len().checked_sub(PROBLEMS_SHOWN) {
            self.warn(&format!("{more} more problems of this kind; everything else was read"), None);
        }
    }
}

/// A checked configuration with its rules.
pub struct Setup {
    pub config: Config,
    pub rules: RuleSet,
    pub wishes: Preferences,
}

impl Setup {
    /// Reads what `files` name, or the user's own files where they exist, or the defaults.
    ///
    /// # Errors
    /// [`Exit::Config`] with every mistake of both files, [`Exit::Io`] where a named file cannot be read.
    pub fn load(files: &Files, talk: &Talk) -> Result<Setup, Failure> {
        let path = config_path(files);
        let mut failure = Failure::new(Exit::Config, "");
        let mut config = Config::default();
        if let Some(path) = &path {
            let text = read(path, "configuration")?;
            match Config::parse(&text) {
                Ok(parsed) => {
                    let mistakes = parsed.remarks.clone();
                    talk.remarks(&Place { file: shown(path), text: redact(&text), mistakes });
                    config = parsed;
                }
                Err(mistakes) => failure.places.push(Place { file: shown(path), text: redact(&text), mistakes }),
            }
        }
        let rules = rules(rules_path(files, path.as_deref()).as_deref(), &config.people)?;
        let rules = rules.map_err(|place| failure.places.push(place));
        match (rules, failure.places.is_empty()) {
            (Ok(rules), true) => {
                let wishes = config.preferences(system_zone(&config, talk));
                Ok(Setup { config, rules, wishes })
            }
            _ => Err(failure),
        }
    }

    /// The paths that a command reads: those it was given, else the configuration's.
    ///
    /// # Errors
    /// [`Exit::Usage`] where neither names any, and what [`Calendars::read`] says.
    pub fn calendars(&self, ics: &[String]) -> Result<Calendars, Failure> {
        if !ics.is_empty() {
            return Calendars::read(ics, None);
        }
        let mut calendars = Calendars::default();
        for source in &self.config.ics {
            if let crate::config::Place::Path(path) = &source.place {
                calendars.append(Calendars::read(&[home(path)], Some(&source.name))?);
            }
        }
        if self.config.ics.is_empty() {
            let failure = Failure::new(Exit::Usage, "no calendar is named");
            return Err(failure.help("add `--ics calendar.ics`, or a `[[source.ics]]` to the configuration"));
        }
        Ok(calendars)
    }
}

/// The rules of a file, with the default ones where there is no file.
///
/// # Errors
/// [`Exit::Io`] where the file cannot be read; the inner error holds its mistakes.
pub fn rules(path: Option<&Path>, people: &People) -> Result<Result<RuleSet, Place>, Failure> {
    let Some(path) = path else { return Ok(Ok(crate::classify::defaults())) };
    let text = read(path, "rules")?;
    let groups: Vec<&str> = people.groups.keys().map(String::as_str).collect();
    let parsed = crate::classify::parse(&shown(path), &text, &groups);
    Ok(parsed.map_err(|mistakes| Place { file: shown(path), text, mistakes }))
}

pub fn read(path: &Path, what: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::Io, format!("the {what} `{}` could not be read", shown(path))).cause(e))
}

/// The configuration that is in force, if there is a file.
pub fn config_path(files: &Files) -> Option<PathBuf> {
    let named = files.config.clone().map(PathBuf::from);
    named.or_else(|| std::env::var_os("VANTAGE_CONFIG").filter(|v| !v.is_empty()).map(PathBuf::from)).or_else(|| {
        let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()).map(PathBuf::from);
        let folder = folder.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".config")))?;
        Some(folder.join("vantage/vantage.toml")).filter(|path| path.exists())
    })
}

/// The rules that are in force, if there is a file: the named one, or `rules.toml` beside the configuration.
pub fn rules_path(files: &Files, config: Option<&Path>) -> Option<PathBuf> {
    let beside = || {
        let folder = match config {
            Some(config) => config.parent()?.to_path_buf(),
            None => {
                let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()).map(PathBuf::from);
                folder.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".config")))?.join("vantage")
            }
        };
        Some(folder.join("rules.toml")).filter(|path| path.exists())
    };
    files.rules.clone().map(PathBuf::from).or_else(beside)
}

/// `~` for the home folder, as people write it.
pub fn shown(path: &Path) -> String {
    let home = std::env::var("HOME").ok().filter(|h| h.len() > 1);
    let inside = home.and_then(|h| path.strip_prefix(h).ok().map(|rest| format!("~/{}", rest.display())));
    inside.unwrap_or_else(|| path.display().to_string())
}

fn home(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => path.to_string(),
    }
}

/// TZ, else the machine's zone.
fn system_zone(config: &Config, talk: &Talk) -> Tz {
    if config.timezone.is_some() {
        return Tz::UTC;
    }
    let variable = std::env::var("TZ").ok().map(|v| v.trim_start_matches(':').to_string()).filter(|v| !v.is_empty());
    let name = variable.or_else(|| iana_time_zone::get_timezone().ok()).unwrap_or_else(|| "UTC".into());
    let name = name.split("zoneinfo/").last().unwrap_or_default();
    name.parse().unwrap_or_else(|_| {
        talk.warn(
            &format!("the system's time zone `{name}` is not known; UTC is used"),
            Some("set `timezone` in the configuration"),
        );
        Tz::UTC
    })
}

/// The one clock. `VANTAGE_NOW` (RFC 3339) stands in for it, so that a report can be repeated as of another moment.
///
/// # Errors
/// [`Exit::Usage`] where the variable is not an instant.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Result<DateTime<Utc>, Failure> {
    match std::env::var("VANTAGE_NOW") {
        Ok(text) => text.parse::<DateTime<Utc>>().map_err(|e| {
            Failure::new(
                Exit::Usage,
                "the variable `VANTAGE_NOW` must be an instant such as `2026-11-23T07:00:00+01:00`",
            )
            .cause(e)
        }),
        Err(_) => Ok(Utc::now()),
    }
}
