//! Vantage in the background: the user unit, and how it stands.

use super::context::{Setup, Talk};
use super::paths::{bases, config_path, shown, state_folder, unit_path};
use super::systemd::{lingers, namespaces, no_systemd, systemctl};
use super::unit::{self, Unit};
use super::{Done, Files, Format, output};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf, absolute};

const NAME: &str = "vantage.service";

#[derive(Subcommand)]
pub(super) enum Service {
    /// Write the unit of systemd that runs Vantage for you
    Install(Install),
    /// Stop the service and remove its unit; history and pictures stay
    Uninstall,
    /// Say whether the service is there and runs
    Status(Status),
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage service install --dry-run")]
pub(super) struct Install {
    /// The configuration instead of $XDG_CONFIG_HOME/vantage/vantage.toml (also: the variable VANTAGE_CONFIG)
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Print the unit and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct Status {
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Service {
    pub(super) fn run(self, talk: &Talk) -> Done {
        match self {
            Service::Install(install) => install.run(talk),
            Service::Uninstall => uninstall(talk),
            Service::Status(status) => status.run(),
        }
    }
}

impl Install {
    fn run(self, talk: &Talk) -> Done {
        let named = self.config.is_some() || std::env::var_os("VANTAGE_CONFIG").is_some_and(|v| !v.is_empty());
        let files = Files { config: self.config, rules: None };
        let setup = Setup::load(&files, talk)?;
        let whole = |path: PathBuf| absolute(&path).map_err(|e| unreadable(&path, &e));
        let program = std::env::current_exe().and_then(|path| path.canonicalize());
        let program =
            program.map_err(|e| Failure::new(Exit::Io, "where this program is could not be found").cause(e))?;
        let bases = bases()?.into_iter().map(|(name, path)| Ok((name, whole(path)?)));
        let mut environment = bases.collect::<Result<Vec<_>, Failure>>()?;
        if let Some(path) = config_path(&files).filter(|_| named) {
            environment.push(("VANTAGE_CONFIG", whole(path)?));
        }
        let folders = [state_folder()?, setup.charts()?.into()];
        let folders = folders.into_iter().map(whole).collect::<Result<_, _>>()?;
        let namespaces = namespaces();
        let text = Unit { program, environment, folders, namespaces }.text()?;
        if !namespaces {
            let message = "this machine lets no user make namespaces: the service goes without a part of its sandbox";
            talk.warn(message, Some("on Ubuntu, the setting is `kernel.apparmor_restrict_unprivileged_userns`"));
        }
        if self.dry_run {
            return output::print(&text);
        }
        if rustix::process::geteuid().is_root() {
            let help = "run it as the person whose calendar it is; for a server see systemd/README.md";
            talk.warn("this is the service of the user root", Some(help));
        }
        let path = unit_path()?;
        ours(&path)?;
        if systemctl(&["--version"]).is_err() {
            return Err(no_systemd());
        }
        disk::folder(path.parent().unwrap_or(Path::new("/")))?;
        disk::write(&path, text.as_bytes())?;
        if let Err(failure) = systemctl(&["daemon-reload"]) {
            talk.warn(&failure.line(), Some("`systemctl --user daemon-reload` where you are logged in"));
        }
        let next = match Standing::now() {
            Ok(Standing { active: true, .. }) => "systemctl --user restart vantage       # it runs: take the new unit",
            _ => "systemctl --user enable --now vantage  # starts it, now and at each login",
        };
        let linger = match lingers() {
            Some(true) => "",
            _ => "  loginctl enable-linger                 # starts it at boot, and keeps it when you log out\n",
        };
        output::print(&format!("wrote {}\nnext:\n  {next}\n{linger}", shown(&path)))
    }
}

fn uninstall(talk: &Talk) -> Done {
    let path = unit_path()?;
    if ours(&path)?.is_none() {
        return output::print("the service is not installed\n");
    }
    if let Err(failure) = systemctl(&["disable", "--now", NAME]) {
        talk.warn(&failure.line(), Some("if the service still runs, it runs until you log out"));
        // What `enable` made.
        let _ = std::fs::remove_file(path.with_file_name("default.target.wants").join(NAME));
    }
    std::fs::remove_file(&path)
        .map_err(|e| Failure::new(Exit::Io, format!("`{}` could not be removed", shown(&path))).cause(e))?;
    let _ = systemctl(&["daemon-reload"]);
    let _ = systemctl(&["reset-failed", NAME]);
    output::print(&format!("removed {}; the history and the pictures stay\n", shown(&path)))
}

/// What the user's manager says of the service.
#[derive(Default, Serialize)]
struct Standing {
    enabled: bool,
    active: bool,
    /// systemd's words: `active`, `activating`, `inactive`, `failed`; and finer ones such as `auto-restart`.
    state: String,
    substate: String,
    /// The daemon's own sentence.
    says: String,
    /// Why it failed: an exit code of ours, where it left with one.
    exit: Option<u8>,
}

impl Standing {
    fn now() -> Result<Standing, Failure> {
        let text = systemctl(&[
            "show",
            NAME,
            "-p",
            "UnitFileState,ActiveState,SubState,StatusText,ExecMainCode,ExecMainStatus",
        ])?;
        let value = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default().to_string()
        };
        let (state, exited) = (value("ActiveState"), value("ExecMainCode") == "1");
        Ok(Standing {
            enabled: value("UnitFileState") == "enabled",
            active: state == "active" || state == "reloading",
            says: value("StatusText"),
            exit: value("ExecMainStatus").parse().ok().filter(|_| exited && state == "failed"),
            state,
            substate: value("SubState"),
        })
    }

    /// What there is to do where it does not run.
    fn next(&self) -> &'static str {
        const LATER: u8 = Exit::Later as u8;
        const CONFIG: u8 = Exit::Config as u8;
        match (self.state.as_str(), self.exit) {
            ("failed", Some(CONFIG)) => "`vantage config check`, then `systemctl --user restart vantage`",
            ("failed", Some(LATER)) => "end the other Vantage, then `systemctl --user restart vantage`",
            ("activating", _) if self.substate != "auto-restart" => "it is starting: ask again in a moment",
            ("failed" | "activating", _) => "`journalctl --user -u vantage -n 20` says why",
            _ => "systemctl --user enable --now vantage",
        }
    }
}

/// Everything `vantage service status` tells.
#[derive(Serialize)]
struct Told {
    unit: String,
    /// The version of Vantage that wrote the unit.
    version: String,
    #[serde(flatten)]
    standing: Standing,
    /// It runs while nobody is logged in; `null` where nobody can say.
    linger: Option<bool>,
}

impl Status {
    fn run(self) -> Done {
        let path = unit_path()?;
        let Some(version) = ours(&path)? else {
            let failure = || Failure::new(Exit::Failed, "the service is not installed").help("vantage service install");
            return Err(systemctl(&["--version"]).map_or_else(|_| no_systemd(), |_| failure()));
        };
        let told = Told { unit: shown(&path), version, standing: Standing::now()?, linger: lingers() };
        let standing = &told.standing;
        match self.format {
            Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&told).unwrap_or_default()))?,
            Format::Text => {
                let said = |yes: bool, no: &'static str| if yes { "yes" } else { no };
                let older = match told.version.as_str() {
                    env!("CARGO_PKG_VERSION") => String::new(),
                    version => format!(", by version {version}: `vantage service install` writes it anew"),
                };
                let says = Some(&standing.says).filter(|s| !s.is_empty()).map(|s| format!(": {s}")).unwrap_or_default();
                let enabled = said(standing.enabled, "no, it will not start by itself");
                let linger = match told.linger {
                    Some(linger) => said(linger, "no, it ends when you log out: `loginctl enable-linger`"),
                    None => "not known",
                };
                output::print(&format!("unit     {}{older}\nenabled  {enabled}\n", told.unit))?;
                output::print(&format!(
                    "state    {} ({}){says}\nlinger   {linger}\n",
                    standing.state, standing.substate
                ))?;
            }
        }
        if standing.active {
            return Ok(());
        }
        Err(Failure::new(Exit::Failed, "the service does not run").help(standing.next()))
    }
}

/// The version of Vantage that wrote the unit; `None` where there is no unit.
///
/// # Errors
/// [`Exit::Failed`] where it is somebody else's, [`Exit::Io`].
fn ours(path: &Path) -> Result<Option<String>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(path, &e)),
    };
    let version = unit::version(&text).map(str::to_string);
    version.map(Some).ok_or_else(|| {
        let failure = Failure::new(Exit::Failed, format!("`{}` was not written by Vantage", shown(path)));
        failure.help("move it away first").note("nothing was changed")
    })
}

fn unreadable(path: &Path, e: &io::Error) -> Failure {
    Failure::new(Exit::Io, format!("`{}` could not be read", shown(path))).cause(e)
}

/// For `vantage doctor`: whether the service outlives the log-out, where it is installed.
pub(super) fn linger() -> Option<bool> {
    ours(&unit_path().ok()?).ok()??;
    lingers()
}
