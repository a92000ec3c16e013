//! The text of the user unit, with paths as systemd reads them.

use super::paths::shown;
use crate::diagnostic::{Exit, Failure};
use std::path::{Path, PathBuf};

const TEMPLATE: &str = include_str!("../../systemd/vantage-user.service");
const MARK: &str = "# Written by `vantage service install`, version ";
/// The heading of the lines that a machine without user namespaces refuses; an empty line ends them.
const NAMESPACES: &str = "needs user namespaces";
/// The service has temporary folders of its own in these places.
const PRIVATE: [&str; 2] = ["/tmp", "/var/tmp"];

/// What differs between one user's unit and another's.
pub(super) struct Unit {
    pub program: PathBuf,
    /// Variables with the paths that they hold.
    pub environment: Vec<(&'static str, PathBuf)>,
    /// What the service writes into.
    pub folders: Vec<PathBuf>,
    /// The user's manager may make user namespaces.
    pub namespaces: bool,
}

impl Unit {
    /// The whole file.
    ///
    /// # Errors
    /// [`Exit::Usage`] with the path that a service cannot be told of, or cannot see.
    pub(super) fn text(&self) -> Result<String, Failure> {
        let environment = self.environment.iter().map(|(name, path)| quoted(&format!("{name}="), path));
        let folders = self.folders.iter().map(|path| quoted("", path));
        let all = |parts: Vec<String>| parts.join(" ");
        let fields = [
            ("@VERSION@", env!("CARGO_PKG_VERSION").to_string()),
            ("@PROGRAM@", quoted("", &self.program)?),
            ("@ENVIRONMENT@", environment.collect::<Result<_, _>>().map(all)?),
            ("@FOLDERS@", folders.collect::<Result<_, _>>().map(all)?),
        ];
        let mut text = String::new();
        let mut kept = true;
        for line in TEMPLATE.lines() {
            kept = if line.ends_with(NAMESPACES) { self.namespaces } else { kept || line.is_empty() };
            if kept {
                text.push_str(&filled(line, &fields));
                text.push('\n');
            }
        }
        Ok(text)
    }
}

/// `line` with its field, of which a line has one at most.
fn filled(line: &str, fields: &[(&str, String)]) -> String {
    let cut = fields.iter().find_map(|(name, value)| Some((line.split_once(name)?, value)));
    cut.map_or(line.to_string(), |((before, after), value)| format!("{before}{value}{after}"))
}

/// The version of Vantage that wrote `unit`; `None` where somebody else did.
pub(super) fn version(unit: &str) -> Option<&str> {
    let rest = unit.lines().next()?.strip_prefix(MARK)?;
    rest.split(". ").next()
}

/// `before` and the path as one word of a setting. A percent sign would begin a specifier. Settings disagree on what a
/// backslash does, so none is written: the quotes are of the kind that the path does not hold.
fn quoted(before: &str, path: &Path) -> Result<String, Failure> {
    let refused = |why: &str| Failure::new(Exit::Usage, format!("`{}` {why}", shown(path)));
    let text = path.to_str().filter(|t| !t.contains('\\') && !t.chars().any(char::is_control));
    let text = text.ok_or_else(|| refused("holds a character that systemd cannot be told"));
    let text = text.map_err(|f| f.help("use a path without backslashes and control characters"))?;
    if !path.is_absolute() {
        return Err(refused("is not an absolute path"));
    }
    if PRIVATE.iter().any(|private| path.starts_with(private)) {
        let help = "use a place that lasts: a service has a temporary folder of its own";
        return Err(refused("is in the temporary folder, where a service cannot see it").help(help));
    }
    let word = format!("{before}{}", text.replace('%', "%%"));
    match (word.contains('"'), word.contains('\'')) {
        (true, true) => Err(refused("holds both kinds of quotes, which systemd cannot be told")),
        (true, false) => Ok(format!("'{word}'")),
        (false, true) => Ok(format!("\"{word}\"")),
        (false, false) if word.contains([' ', ';', '#']) => Ok(format!("\"{word}\"")),
        (false, false) => Ok(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(folder: &str) -> Unit {
        Unit {
            program: "/opt/my tools/vantage".into(),
            environment: vec![("XDG_STATE_HOME", "/home/ada/.local/state".into()), ("XDG_DATA_HOME", folder.into())],
            folders: vec!["/home/ada/.local/state/vantage".into(), folder.into()],
            namespaces: true,
        }
    }

    #[test]
    fn paths_become_words_that_systemd_reads() {
        for (path, word) in [
            ("/home/ada/charts", "/home/ada/charts"),
            ("/home/ada/my charts", "\"/home/ada/my charts\""),
            ("/home/ada/50% done", "\"/home/ada/50%% done\""),
            ("/home/ada/%h", "/home/ada/%%h"),
            ("/home/ada/a\"b", "'/home/ada/a\"b'"),
            ("/home/ada/ada's", "\"/home/ada/ada's\""),
            ("/home/ada/$HOME", "/home/ada/$HOME"),
            ("/home/ädá/図", "/home/ädá/図"),
        ] {
            assert_eq!(quoted("", Path::new(path)).as_deref(), Ok(word));
        }
        assert_eq!(quoted("A=", Path::new("/a b")).as_deref(), Ok("\"A=/a b\""));
    }

    #[test]
    fn what_systemd_cannot_be_told_is_refused() {
        for path in ["/a\\b", "/a\nb", "/a\"b'c", "charts", "/tmp/charts", "/var/tmp/charts"] {
            assert_eq!(quoted("", Path::new(path)).unwrap_err().exit, Exit::Usage, "{path}");
        }
        assert!(unit("/tmp/charts").text().is_err());
        assert!(quoted("", Path::new("/tmpfs/charts")).is_ok());
    }

    #[test]
    fn the_unit_holds_every_path() {
        let text = unit("/srv/50% charts").text().unwrap();
        for line in [
            "ExecStart=:\"/opt/my tools/vantage\" run",
            "ExecReload=:\"/opt/my tools/vantage\" config check --quiet",
            "Environment=XDG_STATE_HOME=/home/ada/.local/state \"XDG_DATA_HOME=/srv/50%% charts\"",
            "ExecStartPre=+:mkdir -p -m 0700 /home/ada/.local/state/vantage \"/srv/50%% charts\"",
            "ReadWritePaths=/home/ada/.local/state/vantage \"/srv/50%% charts\"",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert_eq!(text.matches('@').count(), "@system-service@privileged@resources".matches('@').count());
    }

    #[test]
    fn a_value_is_not_filled_in_again() {
        let text = unit("/srv/@PROGRAM@").text().unwrap();
        assert!(text.contains("ReadWritePaths=/home/ada/.local/state/vantage /srv/@PROGRAM@\n"), "{text}");
    }

    #[test]
    fn without_user_namespaces_the_rest_stays() {
        let text = Unit { namespaces: false, ..unit("/srv/charts") }.text().unwrap();
        for gone in ["PrivateUsers", "ProtectSystem", "ReadWritePaths", "CapabilityBoundingSet", NAMESPACES] {
            assert!(!text.contains(gone), "{gone}");
        }
        for there in ["NoNewPrivileges=yes", "SystemCallFilter", "ExecStartPre=+:mkdir", "WantedBy=default.target"] {
            assert!(text.contains(there), "{there}");
        }
    }

    #[test]
    fn a_unit_of_somebody_else_is_told_from_ours() {
        assert_eq!(version(&unit("/srv/charts").text().unwrap()), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(version("[Unit]\nDescription=Vantage\n"), None);
        assert_eq!(version(""), None);
    }
}
