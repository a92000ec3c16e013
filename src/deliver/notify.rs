use super::Handover;
use crate::config::Notify;
use crate::diagnostic::{Exit, Failure};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a command needs to reach the user's desktop, and no more: a service's environment may hold anything.
const ENVIRONMENT: [&str; 8] =
    ["PATH", "HOME", "LANG", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];
/// How often we look whether the command has ended: std has no wait with a limit.
const LOOK: Duration = Duration::from_millis(20);

/// Runs the user's command with the picture, without a shell, and waits for its end. What it prints is dropped. When its
/// time is up, it and everything that it started is killed.
///
/// # Errors
/// [`Exit::Failed`] where it could not be started, failed, or took too long.
pub fn notify(notify: &Notify, handover: &Handover) -> Result<(), Failure> {
    let Some((program, arguments)) = notify.command.split_first() else { return Ok(()) };
    let failed = |what: String| {
        let failure = Failure::new(Exit::Failed, format!("the notify command `{program}` {what}"));
        failure.note("the picture itself is drawn")
    };
    let kept = ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| filled(argument, handover))).env_clear().envs(kept).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().map_err(|e| {
        let help =
            "check `command` of `[notify]`: the program must be on the service's `PATH`, or be named by its path";
        failed("could not be started".into()).cause(e).help(help)
    })?;
    match wait(&mut child, notify.timeout) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(failed(match (status.code(), status.signal()) {
            (Some(code), _) => format!("failed with exit code {code}"),
            (None, signal) => format!("was ended by signal {}", signal.unwrap_or_default()),
        })),
        Ok(None) => {
            let limit = notify.timeout.as_secs();
            Err(failed(format!("was ended after {limit} s")).help("raise `timeout` of `[notify]` if it needs longer"))
        }
        Err(e) => Err(failed("could not be waited for".into()).cause(e)),
    }
}

/// How the child ended; `None` where its time was up.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            // Its group has its own number; that it is gone by now is no failure.
            let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
            child.wait()?;
            return Ok(None);
        }
        sleep(LOOK);
    }
}

/// `argument` with its placeholders filled, once: what is filled in is not looked through again.
fn filled(argument: &str, handover: &Handover) -> OsString {
    let week = handover.week.to_string();
    let values = [
        ("{picture}", handover.path.as_os_str()),
        ("{headline}", handover.headline.as_ref()),
        ("{week}", week.as_ref()),
    ];
    let (mut text, mut rest) = (OsString::new(), argument);
    while let Some(at) = rest.find('{') {
        text.push(&rest[..at]);
        rest = &rest[at..];
        let known = values.iter().find(|(name, _)| rest.starts_with(name));
        let (length, value) = known.map_or((1, "{".as_ref()), |(name, value)| (name.len(), *value));
        text.push(value);
        rest = &rest[length..];
    }
    text.push(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Week, Weekday};

    #[test]
    fn placeholders_are_filled_once_and_other_braces_stay() {
        let handover = Handover {
            week: Week::from_iso(2026, 47, Weekday::Mon).unwrap(),
            headline: "33% {week} `$(id)`".into(),
            alt: String::new(),
            picture: Vec::new(),
            path: "/p/handover.png".into(),
        };
        assert_eq!(filled("{week}: {headline}", &handover), "2026-W47: 33% {week} `$(id)`");
        assert_eq!(filled("{\"file\": \"{picture}\"} {x", &handover), "{\"file\": \"/p/handover.png\"} {x");
    }
}
