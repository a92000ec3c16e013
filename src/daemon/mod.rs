//! The service: one loop over one closed enum of events. It obeys `schedule`, runs the jobs on threads, reads the
//! configuration anew when it is edited, answers on a Unix socket, tells systemd how it is, and keeps the log.
//!
//! Nothing wakes it but a tick every 20 s (less where the watchdog wants it), a signal, an edit, a question and the end of a
//! job. The tick is the loop's own: a loop that hangs pings no watchdog.

mod ask;
mod book;
pub mod client;
mod event;
pub mod jobs;
mod logs;
mod main_loop;
mod metrics;
mod reload;
mod signals;
mod socket;
mod systemd;
mod watcher;
mod wire;

pub use logs::Form;
pub use socket::usual as usual_socket;
pub use wire::{Answer, Broken, Drawn, Own, OwnConfig, OwnJob, Request, Synced};

use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::jobs::Setup;
use crate::schedule::Timing;
use crate::store::{Lock, Store};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `schedule` needs.
fn timing(setup: &Setup) -> Timing {
    Timing {
        poll: setup.config.poll,
        render_at: setup.config.render_at,
        week_start: setup.wishes.week_start,
        zones: setup.wishes.zones.clone(),
    }
}

/// What the process around the daemon gives it: its places, the clock, and the configuration.
pub struct Host {
    /// The state folder.
    pub state: PathBuf,
    /// The one clock. It must be a real one: what does not go on does not tick.
    pub now: fn() -> DateTime<Utc>,
    /// The files that are watched. They need not exist.
    pub files: Vec<PathBuf>,
    /// Reads the configuration and the rules.
    pub load: Box<dyn Fn() -> Result<Setup, Failure> + Send + Sync>,
    pub log: Form,
}

/// Runs until SIGTERM.
///
/// # Errors
/// [`Exit::Config`] where the configuration or the rules are broken at the start, [`Exit::Later`] where another process
/// writes to the state folder, [`Exit::Bug`] where a part of the daemon ended that never does, the database's.
pub fn run(host: Host) -> Result<(), Failure> {
    logs::begin(host.log);
    let setup = (host.load)()?;
    let state = std::path::absolute(&host.state).unwrap_or_else(|_| host.state.clone());
    let _only = only_one(&state)?;
    // A damaged database is told at once; a command that is writing is waited for by the first job.
    if let Err(failure) = Store::writer(&state)
        && failure.exit != Exit::Later
    {
        return Err(failure);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Io, "the event loop could not be set up").cause(e))?;
    let done = runtime.block_on(main_loop::run(Arc::new(Host { state, ..host }), setup));
    // A job that did not end in time ends with the process; its transaction is rolled back.
    runtime.shutdown_background();
    done
}

/// The right to be the daemon of a state folder: a lock beside that of the database, which each job takes for itself.
fn only_one(state: &Path) -> Result<Lock, Failure> {
    let folder = state.join("service");
    disk::private_folder(&folder)?;
    Lock::take(&folder).map_err(|failure| match failure.exit {
        Exit::Later => {
            let message = failure.message.replace(" is writing to ", " runs as the service of ");
            let message = message.replace(&folder.display().to_string(), &state.display().to_string());
            Failure::new(Exit::Later, message)
                .help("stop it first: `systemctl --user stop vantage`, or end that process")
        }
        _ => failure,
    })
}
