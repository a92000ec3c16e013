use super::context::{Setup, Talk};
use super::paths::{config_path, shown};
use super::{Done, Files, output};
use crate::model::count;
use clap::Args;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage config check --config vantage.toml")]
pub(super) struct ConfigCheck {
    #[command(flatten)]
    files: Files,
    /// Print nothing where all is well
    #[arg(long)]
    quiet: bool,
}

impl ConfigCheck {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        if self.quiet {
            return Ok(());
        }
        let name = config_path(&self.files).as_deref().map_or("no configuration file: the defaults hold".into(), shown);
        let zone = setup.wishes.zones.home;
        output::print(&format!("{name}: no mistakes; {}, time zone {zone}\n", count(setup.rules.rules().len(), "rule")))
    }
}
