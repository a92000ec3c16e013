//! Whether the service can run the command of `[notify]`.

use super::paths::{home, is_of_the_machine, shown};
use super::systemd::exec_paths;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How to let the machine's service run it; `systemd/README.md` says more.
const DROP_IN: &str = "name it, and what it runs, in /etc/systemd/system/vantage.service.d/notify-command.conf \
                       (systemd/vantage.service.d has one), then `sudo systemctl daemon-reload`";

/// What is wrong with `program`, and what to do about it.
pub(super) fn fault(program: &str) -> Option<(String, String)> {
    let Some(path) = found(program) else {
        return Some((format!("`{program}` is not a program here"), "name it in full in `[notify] command`".into()));
    };
    if !is_of_the_machine() {
        return None;
    }
    let allowed = exec_paths()?;
    (!allows(&allowed, &path)).then(|| (format!("the service may not run `{}`", shown(&path)), DROP_IN.into()))
}

/// The file that is run, with its links followed.
fn found(program: &str) -> Option<PathBuf> {
    let runs = |path: &PathBuf| path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    let named = PathBuf::from(home(program));
    let path = match program.contains('/') {
        true => Some(named).filter(runs),
        false => std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(runs),
    };
    path?.canonicalize().ok()
}

/// Whether a setting such as `/usr/local/bin/vantage -/usr/bin/kill` covers `path`.
fn allows(setting: &str, path: &Path) -> bool {
    setting.split_whitespace().any(|word| {
        let listed = Path::new(word.trim_start_matches(['-', '+']));
        path.starts_with(listed.canonicalize().as_deref().unwrap_or(listed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_covered_by_itself_and_by_its_folders() {
        let setting = "/usr/local/bin/vantage -/no/such/kill /no/lib";
        for (path, covered) in [
            ("/no/such/kill", true),
            ("/no/such/killer", false),
            ("/no/lib/deep/tool", true),
            ("/no/such", false),
            ("/opt/tool", false),
        ] {
            assert_eq!(allows(setting, Path::new(path)), covered, "{path}");
        }
    }

    #[test]
    fn a_program_is_a_file_that_can_be_run() {
        assert!(fault("sh").is_none() && fault("/bin/sh").is_none());
        for none in ["/no/such/program", "no-such-program", "/usr"] {
            let (says, _) = fault(none).expect(none);
            assert_eq!(says, format!("`{none}` is not a program here"));
        }
    }
}
