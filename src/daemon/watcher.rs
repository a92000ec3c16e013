//! The files of the configuration, watched by their folders: an editor that saves by renaming makes a new file.

use super::event::{Event, Events};
use crate::diagnostic::{Exit, Failure};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a file must have been left alone.
pub(super) const SETTLED: Duration = Duration::from_millis(500);

pub(super) struct Watch {
    watcher: RecommendedWatcher,
    files: Vec<PathBuf>,
    armed: BTreeSet<PathBuf>,
}

impl Watch {
    /// Watches `files`, which need not exist yet.
    ///
    /// # Errors
    /// [`Exit::Io`] where the system watches nothing.
    pub(super) fn new(files: &[PathBuf], events: Events) -> Result<Watch, Failure> {
        let absolute = files.iter().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone()));
        // A link is watched where it is and where it leads.
        let leads: Vec<PathBuf> = files.iter().filter_map(|file| std::fs::canonicalize(file).ok()).collect();
        let files: Vec<PathBuf> = absolute.chain(leads).collect::<BTreeSet<_>>().into_iter().collect();
        let ours = files.clone();
        let handler = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| matters(&event, &ours)) {
                let _ = events.send(Event::Touched);
            }
        };
        let watcher = notify::recommended_watcher(handler).map_err(failed)?;
        let mut watch = Watch { watcher, files, armed: BTreeSet::new() };
        watch.arm()?;
        Ok(watch)
    }

    /// Watches the folders anew: one that was replaced has a new inode, and one that was missing may be there now.
    ///
    /// # Errors
    /// [`Exit::Io`].
    pub(super) fn arm(&mut self) -> Result<(), Failure> {
        let folders: BTreeSet<PathBuf> = self.files.iter().filter_map(|file| nearest(file)).collect();
        for old in std::mem::take(&mut self.armed) {
            let _ = self.watcher.unwatch(&old);
        }
        for folder in folders {
            self.watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(failed)?;
            self.armed.insert(folder);
        }
        Ok(())
    }
}

fn failed(e: notify::Error) -> Failure {
    let failure = Failure::new(Exit::Io, "edits of the configuration cannot be noticed by themselves").cause(e);
    failure.help("after an edit, run `vantage reload`")
}

/// The folder of a file, or the nearest one above it that exists.
fn nearest(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_path_buf)
}

/// Something was written, made, renamed or removed that is one of `files` or on the way to it. To read one is no event.
fn matters(event: &notify::Event, files: &[PathBuf]) -> bool {
    let kind = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
    kind && event.paths.iter().any(|path| files.iter().any(|file| file.starts_with(path)))
}
