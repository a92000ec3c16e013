use super::context::{Setup, Talk, read, rules};
use super::paths::{config_path, rules_path, shown};
use super::{Done, Files, output};
use crate::config::Config;
use crate::diagnostic::Failure;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage rules check rules.toml")]
pub struct RulesCheck {
    /// The rules to check; default: the ones in force
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The configuration that names the groups; default: the one in force
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Print nothing where all is well
    #[arg(long)]
    quiet: bool,
}

impl RulesCheck {
    pub fn run(self, _: &Talk) -> Done {
        let files = Files { config: self.config, rules: None };
        let config_file = config_path(&files);
        // Groups come from a readable configuration; `config check` tells what is wrong with it.
        let text = config_file.as_deref().map(|path| read(path, "configuration")).transpose()?;
        let config = text.and_then(|text| Config::parse(&text).ok()).unwrap_or_default();
        let path = self.file.or_else(|| rules_path(&files, config_file.as_deref()));
        let parsed = rules(path.as_deref(), &config.people)?;
        let set = parsed.map_err(|place| Failure::mistakes(place.file, &place.text, place.mistakes))?;
        let inherited = set.rules().iter().filter(|rule| rule.source.inherited).count();
        let own = set.rules().len() - inherited;
        let name = path.as_deref().map_or("the built-in rules".to_string(), shown);
        let line = format!("{name}: no mistakes, {own} rules of its own and {inherited} inherited\n");
        if self.quiet { Ok(()) } else { output::print(&line) }
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  vantage config check --config vantage.toml")]
pub struct ConfigCheck {
    #[command(flatten)]
    files: Files,
    /// Print nothing where all is well
    #[arg(long)]
    quiet: bool,
}

impl ConfigCheck {
    pub fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        if self.quiet {
            return Ok(());
        }
        let name = config_path(&self.files).as_deref().map_or("no configuration file: the defaults hold".into(), shown);
        let zone = setup.wishes.zones.home;
        output::print(&format!("{name}: no mistakes; {} rules, time zone {zone}\n", setup.rules.rules().len()))
    }
}
