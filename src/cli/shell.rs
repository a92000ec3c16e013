//! What a shell and `man` want to know, made from the definition of the command line itself.

use super::context::Talk;
use super::output::print;
use super::{Cli, Done};
use crate::diagnostic::{Exit, Failure};
use clap::{Args, CommandFactory};

/// `vantage completions`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage completions bash > ~/.local/share/bash-completion/completions/vantage\n  vantage completions fish > ~/.config/fish/completions/vantage.fish"
)]
pub(super) struct Completions {
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self, _: &Talk) -> Done {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "vantage", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}

/// `vantage man`.
#[derive(Args)]
#[command(after_help = "Examples:\n  vantage man | man -l -\n  vantage man rules diff > vantage-rules-diff.1")]
pub(super) struct Man {
    /// A command; without one, the page of all
    command: Vec<String>,
}

impl Man {
    pub(super) fn run(self, _: &Talk) -> Done {
        let mut all = Cli::command();
        // Fills in the names of pages, such as `vantage-rules-diff`.
        all.build();
        let mut page = &all;
        for name in &self.command {
            page = page.find_subcommand(name).ok_or_else(|| {
                let message = format!("there is no command `{}`", self.command.join(" "));
                Failure::new(Exit::Usage, message).help("`vantage help` lists the commands")
            })?;
        }
        let mut roff = Vec::new();
        // Writing to memory cannot fail.
        let _ = clap_mangen::Man::new(page.clone()).render(&mut roff);
        print(&String::from_utf8_lossy(&roff))
    }
}
