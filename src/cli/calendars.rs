use super::context::{Setup, Talk};
use super::mark::{tell_daemon, writer};
use super::paths::state_folder;
use super::{Done, Files, Format, output};
use crate::diagnostic::{Exit, Failure, plain};
use crate::kinds::{named, sign_ins, titles};
use crate::model::Role;
use crate::store::{Account, Calendar, Store};
use clap::Args;
use serde_json::{Value, json};

#[derive(Args)]
#[command(after_help = "Examples:\n  vantage calendars\n  vantage calendars --ignore \"Public holidays\"")]
pub(super) struct Calendars {
    /// Sync and count these calendars (id or name)
    #[arg(long, value_name = "ID", num_args = 1..)]
    select: Vec<String>,
    /// Leave these calendars out
    #[arg(long, value_name = "ID", num_args = 1..)]
    ignore: Vec<String>,
    /// Only this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    #[command(flatten)]
    files: Files,
    /// How they are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Calendars {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let setup = Setup::load(&self.files, talk)?;
        let folder = state_folder()?;
        let changing = !(self.select.is_empty() && self.ignore.is_empty());
        let store = if changing { Some(writer()?) } else { Store::reader(&folder)? };
        let Some(store) = store else { return Err(none()) };
        let mut all: Vec<(Account, Calendar)> = Vec::new();
        // A file has but one.
        let listed =
            named(&setup.config, &store.accounts()?).into_iter().filter(|named| named.kind.sign_in().is_some());
        for account in listed.filter_map(|named| named.account) {
            if self.account.as_ref().is_none_or(|name| *name == account.name) {
                let calendars = store.calendars(account.id)?.into_iter().filter(|c| c.gone_at.is_none());
                all.extend(calendars.map(|c| (account.clone(), c)));
            }
        }
        all.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        if all.is_empty() {
            return Err(none());
        }
        // All are found before the first is changed.
        let find = |names: &[String]| names.iter().map(|name| one(name, &all)).collect::<Result<Vec<_>, _>>();
        let (select, ignore) = (find(&self.select)?, find(&self.ignore)?);
        for (chosen, places) in [(true, select), (false, ignore)] {
            for place in places {
                store.choose(all[place].1.id, Some(chosen))?;
                all[place].1.chosen = Some(chosen);
            }
        }
        drop(store);
        if changing {
            tell_daemon(talk);
        }
        match self.format {
            Format::Json => {
                let list = all.iter().map(|(account, c)| {
                    json!({ "account": account.name, "id": c.remote, "calendar": c.name, "role": c.role.name(),
                            "primary": c.primary, "selected": c.selected() })
                });
                output::print(&format!("{}\n", list.collect::<Value>()))
            }
            Format::Text => {
                let lines = all.iter().map(|(account, c)| {
                    let mark = if c.selected() { 'x' } else { ' ' };
                    format!("[{mark}] {} / {}  {}{}\n", account.name, plain(&c.name), plain(&c.remote), whose(c))
                });
                output::print(&lines.collect::<String>())?;
                if changing {
                    output::print("`vantage sync` fetches what is newly selected.\n")?;
                }
                Ok(())
            }
        }
    }
}

/// Somebody else's calendar counts as the user's own time while it is selected.
fn whose(calendar: &Calendar) -> &'static str {
    match calendar.role {
        _ if calendar.primary => "  (yours)",
        Role::FreeBusyReader => "  (busy times only; counts as your time while selected)",
        Role::Reader if calendar.selected() => "  (read-only; counts as your time while selected)",
        _ => "",
    }
}

/// The calendar of that id, or of that name where only one has it.
fn one(wanted: &str, all: &[(Account, Calendar)]) -> Result<usize, Failure> {
    let places = |is: &dyn Fn(&Calendar) -> bool| -> Vec<usize> { (0..all.len()).filter(|i| is(&all[*i].1)).collect() };
    let found = match places(&|c| c.remote == wanted) {
        by_id if by_id.is_empty() => places(&|c| c.name == wanted),
        by_id => by_id,
    };
    match found[..] {
        [place] => Ok(place),
        [] => {
            let failure = Failure::new(Exit::Usage, format!("there is no calendar `{}`", plain(wanted)));
            Err(failure.help("`vantage calendars` lists their ids; a new one appears after `vantage sync --full`"))
        }
        _ => {
            let failure = Failure::new(Exit::Usage, format!("several calendars are called `{}`", plain(wanted)));
            Err(failure.help("give the id, or add `--account NAME`"))
        }
    }
}

fn none() -> Failure {
    let failure = Failure::new(Exit::Failed, format!("no calendars of a {} account are known yet", titles()));
    failure.help(format!("{}, then `vantage sync`", sign_ins()))
}
