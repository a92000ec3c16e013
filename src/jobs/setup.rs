//! What every job and command works under.

use crate::classify::RuleSet;
use crate::config::Config;
use crate::diagnostic::{Exit, Failure};
use crate::model::Preferences;
use std::path::{Path, PathBuf};

/// A checked configuration with its rules.
pub struct Setup {
    pub config: Config,
    pub rules: RuleSet,
    pub wishes: Preferences,
    /// Where pictures go; `None` where no variable says.
    pub charts: Option<PathBuf>,
    /// Each file that was read, as people name it, with its text: whoever reads them again sees what changed.
    pub texts: Vec<(String, String)>,
}

impl Setup {
    /// Where pictures go.
    ///
    /// # Errors
    /// [`Exit::Io`] where nothing says.
    pub fn charts(&self) -> Result<&Path, Failure> {
        let nowhere = || Failure::new(Exit::Io, "there is no folder for the pictures");
        self.charts.as_deref().ok_or_else(|| nowhere().help("set `HOME` or `XDG_DATA_HOME`, or `charts_dir`"))
    }
}
