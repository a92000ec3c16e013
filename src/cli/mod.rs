//! The command line: one file per command. Standard output is data, standard error is talk.

mod ask;
mod calendars;
mod check;
mod context;
mod demo;
mod doctor;
mod events;
mod explain;
mod find;
mod init;
mod init_write;
mod language;
mod machine;
mod mark;
mod marks;
mod output;
mod paths;
mod process;
mod review;
mod rules_check;
mod rules_diff;
mod rules_list;
mod rules_text;
mod rules_use;
mod run;
mod sandbox;
mod service;
mod shell;
mod signin;
mod status;
mod suggest;
mod sync;
mod systemd;
mod text;
mod unit;
mod week;
mod zone;

use crate::diagnostic::{Exit, Failure};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use context::Talk;
use std::process::ExitCode;

/// Where leadership time goes: execution or strategy, from the calendar itself. Nothing leaves this machine.
#[derive(Parser)]
#[command(name = "vantage", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Start with:\n  vantage demo\n  vantage week --ics calendar.ics --out .\n  vantage explain \"Q3 roadmap review\""
)]
struct Cli {
    /// Never colour the output (also: the variable NO_COLOR)
    #[arg(long, global = true)]
    no_color: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draw three weeks of an invented product leader, to see what Vantage does
    Demo(demo::Demo),
    /// Write a first configuration from five questions
    Init(init::Init),
    /// Sign in to Google Calendar, read-only
    Login(signin::Login),
    /// Sign out, here and at Google
    Logout(signin::Logout),
    /// List the Google accounts and how their sign-ins stand
    Accounts(signin::Accounts),
    /// List the calendars of the accounts, and choose which of them count
    Calendars(calendars::Calendars),
    /// Fetch what changed in every account, file and feed
    Sync(sync::SyncArgs),
    /// Run as a service: sync, watch the rules, draw each week
    Run(run::Run),
    /// Have the running service read the configuration and the rules anew
    Reload(run::Reload),
    /// Draw what is due now
    Render(run::Render),
    /// Print the running service's counts as Prometheus text
    Metrics(run::Metrics),
    /// Say how every account and calendar stands, and what to do next
    Status(status::Status),
    /// Check everything Vantage depends on, each line with its fix
    Doctor(doctor::Doctor),
    /// Run Vantage in the background, under systemd
    Service {
        #[command(subcommand)]
        command: service::Service,
    },
    /// Report a week, and draw it with --out
    Week(week::WeekArgs),
    /// List the classified instances between two dates
    Events(events::Events),
    /// Say why a meeting is classed as it is
    Explain(explain::Explain),
    /// Go through the doubtful meetings of a week or of twelve, one key each, or audit the share
    Review(review::Review),
    /// Say yourself what a meeting or its series counts as; no rule and no label changes that
    Mark(mark::Mark),
    /// Take back what was said of a meeting or its series
    Unmark(mark::Unmark),
    /// List what was said of meetings, and carry it to another machine
    Marks(marks::Marks),
    /// Work on the rules
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Work on the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print what makes a shell complete the commands
    Completions(shell::Completions),
    /// Print the manual page of a command
    Man(shell::Man),
}

#[derive(Subcommand)]
enum RulesCommand {
    /// Show every mistake in the rules, and what each rule did in the last 12 weeks
    Check(rules_check::RulesCheck),
    /// List the rules in force, built-in ones too, with the hours that each decided in the last 12 weeks
    List(rules_list::RulesList),
    /// Show one rule as it stands in its file
    Show(rules_list::RulesShow),
    /// Show which meetings other rules would move, and write nothing
    Diff(rules_diff::RulesDiff),
    /// Suggest rules for what no rule classifies, with the coverage each would add
    Suggest(suggest::Suggest),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Show every mistake in the configuration and the rules, each with its place
    Check(check::ConfigCheck),
}

/// How data is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Which configuration and rules a command works under.
#[derive(Args, Clone, Default)]
struct Files {
    /// The configuration instead of $XDG_CONFIG_HOME/vantage/vantage.toml (also: the variable VANTAGE_CONFIG)
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// The rules instead of rules.toml beside the configuration
    #[arg(long, value_name = "FILE")]
    rules: Option<String>,
}

impl Files {
    /// None was named: the ones in force are meant.
    fn is_default(&self) -> bool {
        self.config.is_none() && self.rules.is_none()
    }
}

/// Runs the program on the process's arguments and prints what went wrong.
pub fn main() -> ExitCode {
    process::begin();
    std::panic::set_hook(Box::new(|info| {
        // A panic message may hold a title: only the place is told.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("error: vantage ran into a bug of its own at {place}\n = help: report it with this line");
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mut e) => {
            let is_path = |word: &ContextValue| matches!(word, ContextValue::String(word) if !word.starts_with('-'));
            if e.kind() == ErrorKind::UnknownArgument
                && e.get(ContextKind::InvalidArg).is_some_and(is_path)
                && std::env::args().any(|word| word.starts_with("--ics"))
            {
                let tips = ContextValue::StyledStrs(vec![find::REPEAT_ICS.into()]);
                e.insert(ContextKind::Suggested, tips);
            }
            let _ = e.print();
            return ExitCode::from(e.exit_code().clamp(0, 255) as u8);
        }
    };
    let talk = Talk::new(cli.no_color);
    let run = || match cli.command {
        Command::Demo(demo) => demo.run(&talk),
        Command::Init(init) => init.run(&talk),
        Command::Login(login) => login.run(&talk),
        Command::Logout(logout) => logout.run(&talk),
        Command::Accounts(accounts) => accounts.run(&talk),
        Command::Calendars(calendars) => calendars.run(&talk),
        Command::Sync(sync) => sync.run(&talk),
        Command::Run(run) => run.run(&talk),
        Command::Reload(reload) => reload.run(&talk),
        Command::Render(render) => render.run(&talk),
        Command::Metrics(metrics) => metrics.run(&talk),
        Command::Status(status) => status.run(&talk),
        Command::Doctor(doctor) => doctor.run(&talk),
        Command::Service { command } => command.run(&talk),
        Command::Week(week) => week.run(&talk),
        Command::Events(events) => events.run(&talk),
        Command::Explain(explain) => explain.run(&talk),
        Command::Review(review) => review.run(&talk),
        Command::Mark(mark) => mark.run(&talk),
        Command::Unmark(unmark) => unmark.run(&talk),
        Command::Marks(marks) => marks.run(&talk),
        Command::Rules { command: RulesCommand::Check(check) } => check.run(&talk),
        Command::Rules { command: RulesCommand::List(list) } => list.run(&talk),
        Command::Rules { command: RulesCommand::Show(show) } => show.run(&talk),
        Command::Rules { command: RulesCommand::Diff(diff) } => diff.run(&talk),
        Command::Rules { command: RulesCommand::Suggest(suggest) } => suggest.run(&talk),
        Command::Config { command: ConfigCommand::Check(check) } => check.run(&talk),
        Command::Completions(completions) => completions.run(&talk),
        Command::Man(man) => man.run(&talk),
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            talk.failure(&failure);
            ExitCode::from(failure.exit as u8)
        }
        Err(_) => ExitCode::from(Exit::Bug as u8),
    }
}

/// What every command returns.
type Done = Result<(), Failure>;
