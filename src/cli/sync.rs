use super::context::{Setup, Talk, now};
use super::machine::{Machine, ask};
use super::paths::state_folder;
use super::{Done, Files, Format, output};
use crate::daemon::client::not_understood;
use crate::daemon::{Answer, Request, Synced};
use crate::diagnostic::{Exit, Failure, plain};
use crate::jobs;
use crate::kinds::{self, AccountSummary, CalendarSummary, How, Sync, Wish};
use crate::model::{TroubleKind, count, local};
use crate::source::{RealPace, Trouble, runtime};
use crate::store::{Changes, Store};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fmt::Write;
use std::io::IsTerminal;

#[derive(Args)]
#[command(after_help = "Examples:\n  vantage sync\n  vantage sync --full --account work")]
pub(super) struct SyncArgs {
    /// Only this account or source
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// List everything anew instead of asking what changed
    #[arg(long)]
    full: bool,
    /// Remove what a listing lacks, even where that is suspiciously much, and let go of a past that is no longer told
    #[arg(long)]
    accept_deletions: bool,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    machine: Machine,
    /// How the summary is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl SyncArgs {
    pub(super) fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let folder = state_folder()?;
        // With files of its own the command means another configuration than the daemon's.
        if self.files.is_default()
            && let Some(answer) = ask(Request::Sync(self.wish()))?
        {
            let Answer::Synced(synced) = answer else { return Err(not_understood()) };
            return self.tell(&synced, talk);
        }
        let setup = Setup::load(&self.files, talk)?;
        let now = now()?;
        let mut store = Store::writer(&folder)?;
        kinds::adopt(&mut store, &setup.config)?;
        let store = RefCell::new(store);
        if let Some(name) = &self.account {
            kinds::known(name, &setup.config, &store.borrow().accounts()?)?;
        }
        let bar = progress();
        let came = std::cell::Cell::new(0);
        let sync = Sync {
            store: &store,
            config: &setup.config,
            wish: self.wish(),
            now,
            pace: &RealPace,
            folder: &folder,
            progress: &|calendar, items| {
                came.set(came.get() + items);
                bar.set_message(format!("{}, now {}", count(came.get(), "item"), plain(calendar)));
                bar.tick();
            },
        };
        let mut summaries = runtime()?.block_on(jobs::sync(&sync))?;
        // Another configuration says nothing of what the user's own names.
        if self.files.is_default() {
            summaries.extend(kinds::forget_unnamed(&mut store.borrow_mut(), &setup.config, true)?);
        }
        bar.finish_and_clear();
        self.tell(&Synced { accounts: summaries, zone: setup.config.zone(), now }, talk)
    }

    fn tell(&self, synced: &Synced, talk: &Talk) -> Done {
        let told = told(synced)?;
        match self.format {
            Format::Text => output::print(&told.text)?,
            Format::Json => output::print(&format!("{}\n", told.summary))?,
        }
        told.warnings.iter().for_each(|(says, fix)| talk.warn(says, Some(fix)));
        told.failure.map_or(Ok(()), Err)
    }

    fn wish(&self) -> Wish {
        let (full, accept_deletions, only) = (self.full, self.accept_deletions, self.account.clone());
        Wish { full, accept_deletions, only, ..Wish::default() }
    }
}

/// What is printed, and how the command ends.
struct Told {
    text: String,
    summary: Value,
    /// What is worth a warning, and what to do about it.
    warnings: Vec<(String, String)>,
    failure: Option<Failure>,
}

/// What a sync did, as it is printed, and how the command ends.
///
/// # Errors
/// [`Exit::Usage`] where there was nothing to sync.
fn told(synced: &Synced) -> Result<Told, Failure> {
    let Synced { accounts: summaries, zone, now } = synced;
    if summaries.is_empty() {
        let failure = Failure::new(Exit::Usage, "there is nothing to sync");
        return Err(failure.help(kinds::first_steps()));
    }
    // Everything that could be stored is; the first trouble says how the run ends. One calendar that is not to be seen
    // among others that are is no failure: it would be one every time.
    let mut failures = summaries.iter().flat_map(|account| {
        let some_good = account.calendars.iter().any(|c| c.trouble.is_none());
        let calendars = account.calendars.iter().filter_map(|c| c.trouble.as_ref());
        let counts = move |t: &&Trouble| !(some_good && t.kind == TroubleKind::Inaccessible);
        let all = account.trouble.iter().chain(calendars.filter(counts));
        all.map(move |trouble| match failure(trouble, *now, *zone) {
            // What stands in the way of an account names it.
            failure if account.signs_in => failure,
            failure => Failure { message: format!("{}: {}", account.name, failure.message), ..failure },
        })
    });
    let failure = failures.next().map(|first| {
        let worst = failures.find(|f| f.exit == Exit::SignIn && first.exit != Exit::SignIn).unwrap_or(first);
        worst.note("what was stored before is still there; `vantage status` shows how each calendar stands")
    });
    let warnings = summaries.iter().filter_map(|account| {
        let (says, fix) = account.skew.and_then(kinds::skewed)?;
        Some((format!("{}: this machine's clock is {says}", account.name), fix.into()))
    });
    Ok(Told {
        text: summaries.iter().map(text).collect(),
        summary: summaries.iter().map(value).collect(),
        warnings: warnings.collect(),
        failure,
    })
}

/// A trouble as how the run ends, with the moment that the server named, if it did.
fn failure(trouble: &Trouble, now: DateTime<Utc>, zone: Tz) -> Failure {
    let failure = trouble.clone().failure();
    match trouble.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()) {
        Some(wait) if failure.help.is_none() => {
            failure.help(format!("run `vantage sync` again after {}", local(now + wait, zone)))
        }
        _ => failure,
    }
}

/// A bar on a terminal, nothing elsewhere.
fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn counted(Changes { added, changed, removed }: Changes) -> String {
    format!("{added} added, {changed} changed, {removed} removed")
}

// Writing to a String cannot fail.
fn text(account: &AccountSummary) -> String {
    let mut text = String::new();
    if account.forgotten > 0 {
        let meetings = count(account.forgotten, "meeting");
        return format!(
            "{}: the configuration no longer names it; {meetings} of its past that no source tells any more went with it\n",
            account.name
        );
    }
    if account.trouble.is_none() && account.calendars.is_empty() {
        let _ = writeln!(text, "{}: no calendar to sync; {}", account.name, account.without_calendars);
    }
    if let Some(trouble) = &account.trouble {
        let _ = writeln!(text, "{}: {}", account.name, trouble.sentence);
    }
    if account.unread > 0 {
        let _ = writeln!(text, "{}: {} of its list of calendars could not be read", account.name, account.unread);
    }
    // The account's trouble is told once.
    let sentence = |trouble: &Option<Trouble>| trouble.as_ref().map(|t| t.sentence.clone());
    let told = sentence(&account.trouble);
    let own = |c: &&CalendarSummary| c.trouble.is_none() || sentence(&c.trouble) != told;
    for calendar in account.calendars.iter().filter(own) {
        let name = if calendar.remote.is_empty() {
            account.name.clone()
        } else {
            format!("{} / {}", account.name, plain(&calendar.name))
        };
        let _ = writeln!(text, "{name}: {}", outcome(calendar));
        match calendar.stays {
            0 => {}
            1 => text += "  1 meeting of the past is no longer told and stays as it was seen last\n",
            more => {
                _ = writeln!(text, "  {more} meetings of the past are no longer told and stay as they were seen last");
            }
        }
        match calendar.let_go {
            0 => {}
            1 => text += "  1 meeting of the past was let go\n",
            more => _ = writeln!(text, "  {more} meetings of the past were let go"),
        }
        for (reason, count) in &calendar.skipped {
            let _ = writeln!(text, "  skipped {count}: {reason}");
        }
    }
    text
}

fn outcome(calendar: &CalendarSummary) -> String {
    if let Some((removed, live)) = calendar.held {
        return format!(
            "held: the listing lacks {removed} of {}, which still count; nothing of it is applied, not even what is new or \
             changed in it, until two later listings at least an hour apart agree, or with `vantage sync --accept-deletions`",
            count(live, "event")
        );
    }
    match (&calendar.trouble, calendar.how) {
        (Some(trouble), _) => trouble.sentence.clone(),
        (None, How::Not) => "not due".into(),
        (None, How::Changes) if calendar.changes == Changes::default() => "no change".into(),
        (None, How::Changes) => counted(calendar.changes),
        (None, How::Whole) => format!("{} (listed whole)", counted(calendar.changes)),
        (None, How::Window) => format!("{} (by its window alone: no sync token comes)", counted(calendar.changes)),
    }
}

fn value(account: &AccountSummary) -> Value {
    let calendar = |c: &CalendarSummary| {
        json!({
            "calendar": c.name,
            "id": c.remote,
            "outcome": match c.how {
                _ if c.trouble.is_some() => "failed",
                _ if c.held.is_some() => "held",
                How::Not => "not due",
                How::Changes => "changes",
                How::Whole => "whole",
                How::Window => "window",
            },
            "added": c.changes.added,
            "changed": c.changes.changed,
            "removed": c.changes.removed,
            "held": c.held.map(|(removed, of)| json!({ "removed": removed, "of": of })),
            "stays": c.stays,
            "let_go": c.let_go,
            "skipped": c.skipped.iter().map(|(reason, count)| json!({ "reason": reason, "count": count })).collect::<Value>(),
            "trouble": c.trouble.as_ref().map(|t| &t.sentence),
        })
    };
    if account.forgotten > 0 {
        return json!({ "account": account.name, "forgotten": account.forgotten, "trouble": null, "calendars": [] });
    }
    json!({
        "account": account.name,
        "trouble": account.trouble.as_ref().map(|t| &t.sentence),
        "calendars": account.calendars.iter().map(calendar).collect::<Value>(),
    })
}
