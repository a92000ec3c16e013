//! What holds for the whole process, set before anything else.

use rustix::fs::Mode;
use rustix::process::{Signal, umask};
use tokio::signal::unix::{SignalKind, signal};

/// Files are made readable by the user only. SIGXFSZ (setrlimit(2)) is handled and otherwise ignored, so that a write beyond
/// a limit is an error of that write and not the end of the process.
pub(super) fn begin() {
    umask(Mode::RWXG | Mode::RWXO);
    // A handler outlives the runtime that it was set with, and is the way to set one without unsafe code.
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() {
        let _inside = runtime.enter();
        // Where it cannot be set, only a process with a limit is worse off.
        let _ = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
    }
}
