//! Asking the systemd of the user.

use crate::diagnostic::{Exit, Failure};
use std::io;
use std::process::{Command, Output, Stdio};

/// What there is to say where `systemctl` is not there.
pub(super) fn no_systemd() -> Failure {
    let failure = Failure::new(Exit::Failed, "this machine has no systemd");
    failure.help("let your own supervisor run `vantage run`")
}

fn ran(program: &str, arguments: &[&str]) -> io::Result<Output> {
    Command::new(program).args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).output()
}

/// What `systemctl --user` printed.
///
/// # Errors
/// [`Exit::Failed`] where there is no systemd, where the user's manager cannot be reached, or where it refuses.
pub(super) fn systemctl(arguments: &[&str]) -> Result<String, Failure> {
    let all: Vec<&str> = ["--user", "--no-pager"].iter().chain(arguments).copied().collect();
    let output = ran("systemctl", &all).map_err(|_| no_systemd())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let failure = Failure::new(Exit::Failed, format!("`systemctl --user {}` failed", arguments.join(" ")));
    let said = String::from_utf8_lossy(&output.stderr);
    let failure = said.lines().next().map_or(failure.clone(), |line| failure.cause(line));
    Err(if said.contains("connect to bus") {
        failure.help("log in as yourself (not with `su` or `sudo`), or set XDG_RUNTIME_DIR=/run/user/$(id -u)")
    } else {
        failure
    })
}

/// Has the manager of the machine read its units anew.
///
/// # Errors
/// [`Exit::Failed`].
pub(super) fn reload_machine() -> Result<(), Failure> {
    match ran("systemctl", &["daemon-reload"]) {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(Failure::new(Exit::Failed, "systemd could not be told").help("run `sudo systemctl daemon-reload`")),
    }
}

/// What the sandbox of the machine's service may run; `None` where there is no such service, or all may run.
pub(super) fn exec_paths() -> Option<String> {
    let output = ran("systemctl", &["show", "vantage.service", "-p", "ExecPaths", "--value"]).ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string()).filter(|paths| !paths.is_empty())
}

/// Whether the user's manager can build the sandbox: tried, for what kernels and security modules forbid differs.
pub(super) fn namespaces() -> bool {
    let probe = ["--user", "--wait", "--quiet", "--collect", "-p", "PrivateUsers=yes", "-p", "ProtectSystem=strict"];
    let probe: Vec<&str> = probe.iter().chain(&["--", "true"]).copied().collect();
    // The codes of systemd for a service whose namespaces failed. Where nothing could be tried, the sandbox stays.
    !matches!(ran("systemd-run", &probe).ok().and_then(|o| o.status.code()), Some(217 | 226))
}

/// Whether the user's services outlive the log-out; `None` where nobody can say.
pub(super) fn lingers() -> Option<bool> {
    let user = rustix::process::geteuid().as_raw().to_string();
    let output = ran("loginctl", &["show-user", &user, "-p", "Linger", "--value"]).ok()?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
