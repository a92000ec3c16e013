use super::context::{Setup, Talk, now};
use super::machine::{Machine, ask};
use super::paths::{is_of_the_machine, shown, state_folder};
use super::run::daemon_text;
use super::{Done, Files, Format, output};
use crate::config::Config;
use crate::daemon::Request;
use crate::diagnostic::{Exit, Failure, plain};
use crate::jobs;
use crate::kinds::{APART, Named, SignedIn, first_steps, kind, named, told_past};
use crate::model::{TroubleKind, ago, count, local};
use crate::store::{Calendar, Obstacle, PastExtent, Store};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage status --format json")]
pub struct Status {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    machine: Machine,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Everything `vantage status` tells.
#[derive(Serialize, Deserialize)]
pub struct Standings {
    /// The database.
    database: String,
    /// In which the text tells times; all others here are in UTC.
    #[serde(default)]
    timezone: String,
    pub accounts: Vec<AccountStanding>,
    /// How the daemon is; `null` where none runs.
    #[serde(default)]
    daemon: Value,
}

#[derive(Serialize, Deserialize)]
pub struct AccountStanding {
    pub account: String,
    /// `google`, or `ics` for files and feeds.
    kind: String,
    /// `null` where nobody signs in.
    signed_in: Option<bool>,
    sign_in: Option<String>,
    trouble: Option<String>,
    /// Why, as far as is known.
    #[serde(default)]
    causes: Vec<String>,
    retry_at: Option<String>,
    /// The next thing to do, if a person has to do one.
    pub next: Option<String>,
    pub calendars: Vec<CalendarStanding>,
}

#[derive(Serialize, Deserialize)]
pub struct CalendarStanding {
    pub calendar: String,
    id: String,
    /// It is synced and counts.
    selected: bool,
    role: String,
    last_good_sync: Option<String>,
    /// What changed since then does not count: it is long ago, or a listing is held back, which `held` tells.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    /// Single events and series.
    events: u64,
    instances: u64,
    /// `changes`, or `window` where no sync token comes.
    mode: String,
    covered_from: Option<String>,
    covered_to: Option<String>,
    skipped: Vec<Skipped>,
    held: Option<Held>,
    /// What the source no longer tells of its past.
    #[serde(default)]
    past: Option<Kept>,
    trouble: Option<String>,
    #[serde(default)]
    causes: Vec<String>,
    trouble_since: Option<String>,
    retry_at: Option<String>,
    next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Skipped {
    reason: String,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    meetings: u64,
    absent: u64,
    before: String,
    seen_from: String,
    seen_to: String,
    /// The same in words.
    says: String,
}

#[derive(Serialize, Deserialize)]
struct Held {
    since: String,
    removed: usize,
    of: usize,
    agreed_at: Option<String>,
}

impl Status {
    pub fn run(self, talk: &Talk) -> Done {
        self.machine.enter(&self.files)?;
        let (folder, now) = (state_folder()?, now()?);
        let standings = match self.asked(talk)? {
            Some(standings) => standings,
            None => Standings::read(&Setup::load(&self.files, talk)?.config, &folder, now)?,
        };
        match self.format {
            Format::Json => {
                output::print(&format!("{}\n", serde_json::to_string_pretty(&standings).unwrap_or_default()))
            }
            Format::Text => output::print(&standings.text(now)),
        }
    }
}

impl Status {
    /// What the daemon says, where one runs; a configuration that is broken by now is no reason to say nothing.
    fn asked(&self, talk: &Talk) -> Result<Option<Standings>, Failure> {
        if !self.files.is_default() {
            return Ok(None);
        }
        let value = match ask(Request::Status) {
            Ok(Some(value)) => value,
            Ok(None) => return Ok(None),
            // One that hangs is known by its silence; the store says the rest.
            Err(failure) if failure.exit == Exit::Io && !is_of_the_machine() => {
                talk.warn(&failure.message, failure.help.as_deref());
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        let odd = |e| Failure::new(Exit::Failed, "the daemon's answer could not be understood").cause(e);
        serde_json::from_value(value).map(Some).map_err(odd)
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Standings {
    /// # Errors
    /// The database's.
    pub fn read(config: &Config, folder: &Path, now: DateTime<Utc>) -> Result<Standings, Failure> {
        let store = Store::reader(folder)?;
        let known = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let mut accounts = Vec::new();
        for named in named(config, &known) {
            let mut standing = of_source(store.as_ref(), &named, named.source.standing(folder, now), config.zone())?;
            standing.age(&named, folder, now);
            accounts.push(standing);
        }
        let (database, timezone) = (shown(&folder.join(crate::store::FILE)), config.zone().name().into());
        Ok(Standings { database, timezone, accounts, daemon: Value::Null })
    }

    // Writing to a String cannot fail.
    fn text(&self, now: DateTime<Utc>) -> String {
        let zone = self.timezone.parse().unwrap_or(Tz::UTC);
        let mut text = daemon_text(&self.daemon, now, zone);
        if self.accounts.is_empty() {
            text += &format!("No calendar yet. Next: {}\n", first_steps());
        }
        for a in &self.accounts {
            let sign_in = a.sign_in.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
            let _ = writeln!(text, "{} ({}){sign_in}", a.account, kind(&a.kind).map_or(&*a.kind, |kind| kind.title()));
            if let Some(trouble) = a.trouble.as_ref().filter(|t| a.sign_in.as_ref() != Some(t)) {
                let _ = writeln!(text, "  {trouble}{}", again(&a.retry_at, zone));
            }
            for cause in &a.causes {
                let _ = writeln!(text, "  cause: {cause}");
            }
            if a.signed_in.is_none() && a.calendars.is_empty() {
                let _ = writeln!(text, "  never read, and nothing of it counts");
            }
            for c in a.calendars.iter().filter(|c| c.selected) {
                let last = c.last_good_sync.as_deref().map_or("never".into(), |at| ago_of(at, now, zone));
                let name = if c.id.is_empty() { String::new() } else { format!("{}: ", plain(&c.calendar)) };
                let _ = writeln!(text, "  {name}last good sync {last}, {}", count(c.events, "event"));
                if c.stale && c.held.is_none() {
                    let _ = writeln!(text, "    out of date: what changed since then does not count");
                }
                if c.mode == "window" && c.last_good_sync.is_some() {
                    let _ = writeln!(text, "    by its window alone: no sync token comes");
                }
                if let Some(trouble) = &c.trouble {
                    let _ = writeln!(text, "    {trouble}{}", again(&c.retry_at, zone));
                }
                for cause in &c.causes {
                    let _ = writeln!(text, "    cause: {cause}");
                }
                if let Some(held) = &c.held {
                    let _ = writeln!(
                        text,
                        "    held since {}: a listing lacks {} of {}, which still count",
                        ago_of(&held.since, now, zone),
                        held.removed,
                        count(held.of, "event")
                    );
                }
                if let Some(past) = &c.past {
                    let _ = writeln!(text, "    {}; `vantage sync --accept-deletions` lets go of it", past.says);
                }
                for skipped in &c.skipped {
                    let _ = writeln!(text, "    skipped {}: {}", skipped.count, skipped.reason);
                }
                if let Some(next) = &c.next {
                    let _ = writeln!(text, "    next: {next}");
                }
            }
            let ignored = a.calendars.iter().filter(|c| !c.selected).count();
            if ignored > 0 {
                let (more, are) = (count(ignored, "more calendar"), if ignored == 1 { "is" } else { "are" });
                let _ = writeln!(text, "  {more} {are} not selected; `vantage calendars` lists them");
            }
            if let Some(next) = &a.next {
                let _ = writeln!(text, "  next: {next}");
            }
        }
        text
    }
}

impl AccountStanding {
    /// Marks the calendars that are to be followed and are old, with what to do where nothing else says it.
    fn age(&mut self, named: &Named, folder: &Path, now: DateTime<Utc>) {
        if named.account.is_none() || !named.is_followed(folder) {
            return;
        }
        let local = named.source.is_local();
        for c in self.calendars.iter_mut().filter(|c| c.selected) {
            let last = c.last_good_sync.as_deref().and_then(|at| at.parse::<DateTime<Utc>>().ok());
            let troubled = c.trouble.is_some() || self.trouble.is_some();
            c.stale = last.is_some_and(|last| jobs::is_old(last, now, local, troubled, c.held.is_some()));
        }
        if self.next.is_none() && self.calendars.iter().any(|c| c.stale && c.next.is_none()) {
            self.next = Some("run `vantage sync`".into());
        }
    }
}

fn again(at: &Option<String>, zone: Tz) -> String {
    let at = at.as_deref().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    at.map(|at| format!("; tried again after {}", local(at, zone))).unwrap_or_default()
}

/// The same of a moment in JSON.
pub fn ago_of(at: &str, now: DateTime<Utc>, zone: Tz) -> String {
    at.parse().map_or_else(|_| at.to_string(), |at| ago(at, now, zone))
}

fn of_source(
    store: Option<&Store>,
    named: &Named,
    standing: Option<SignedIn>,
    zone: Tz,
) -> Result<AccountStanding, Failure> {
    let account = named.account.as_ref();
    let (mut calendars, mut obstacle) = (Vec::new(), None);
    if let (Some(store), Some(account)) = (store, account) {
        obstacle = store.account_obstacle(account.id)?;
        for calendar in store.calendars(account.id)?.iter().filter(|c| c.gone_at.is_none()) {
            calendars.push(of_calendar(store, named, calendar, zone)?);
        }
    }
    // The file of a sign-in looks the same after Google has ended it; a newer one settles that.
    let lost = |o: &Obstacle| o.kind == TroubleKind::NeedsLogin;
    let since = standing.as_ref().and_then(|s| s.since);
    let obstacle = obstacle.filter(|o| !(lost(o) && since.is_some_and(|since| since > o.since)));
    let ended = obstacle.as_ref().filter(|o| lost(o));
    let standing = match (standing, ended) {
        (Some(SignedIn { good: true, since, .. }), Some(o)) => {
            Some(SignedIn { good: false, sentence: o.sentence.clone(), next: o.help.clone(), since })
        }
        (standing, _) => standing,
    };
    let sign_in_next = standing.as_ref().and_then(|s| s.next.clone());
    let mut selected = calendars.iter().filter(|c| c.selected).peekable();
    let never = match (selected.peek(), account) {
        (None, Some(account)) => account.listed_at.is_none(),
        _ => selected.all(|c| c.last_good_sync.is_none()),
    };
    let next = obstacle.as_ref().and_then(|o| o.help.clone()).or(sign_in_next);
    let said = calendars.iter().any(|c| c.next.is_some());
    let next = next.or_else(|| (never && !said).then(|| "run `vantage sync`".to_string()));
    Ok(AccountStanding {
        account: named.name().into(),
        kind: named.kind.format().name.into(),
        signed_in: standing.as_ref().map(|s| s.good),
        sign_in: standing.map(|s| s.sentence),
        retry_at: obstacle.as_ref().and_then(|o| o.retry_at).map(stamp),
        causes: obstacle.as_ref().map(|o| o.causes.clone()).unwrap_or_default(),
        trouble: obstacle.map(|o| o.sentence),
        next,
        calendars,
    })
}

fn of_calendar(store: &Store, named: &Named, calendar: &Calendar, zone: Tz) -> Result<CalendarStanding, Failure> {
    let state = store.state(calendar.id)?;
    let held = store.hold(calendar.id)?;
    // A listing that is held back keeps its token back, too.
    let tokenless = state.token.is_none() && state.token_due.is_some() && held.is_none();
    let next = match (&held, &state.obstacle) {
        (Some(hold), _) => {
            let wait = match hold.agreed_at {
                Some(at) => format!("a listing after {}", local(at + APART, zone)),
                None => "two more listings".into(),
            };
            Some(format!("wait for {wait}, or run `vantage sync --accept-deletions`"))
        }
        (None, Some(Obstacle { help, .. })) => help.clone(),
        (None, None) => None,
    };
    Ok(CalendarStanding {
        calendar: calendar.name.clone(),
        id: calendar.remote.clone(),
        selected: calendar.selected(),
        role: calendar.role.name().into(),
        last_good_sync: state.last_good.map(stamp),
        stale: false,
        events: named.source.events(store, calendar)?,
        instances: store.coverage(calendar.id)?.instances,
        mode: if tokenless { "window" } else { "changes" }.into(),
        covered_from: state.covered.map(|(from, _)| stamp(from)),
        covered_to: state.covered.map(|(_, to)| stamp(to)),
        skipped: store.skipped(calendar.id)?.into_iter().map(|(reason, count)| Skipped { reason, count }).collect(),
        held: held.map(|h| Held {
            since: stamp(h.since),
            removed: h.removed.len(),
            of: h.live,
            agreed_at: h.agreed_at.map(stamp),
        }),
        past: store.past_extent(calendar.id)?.map(kept),
        trouble_since: state.obstacle.as_ref().map(|o| stamp(o.since)),
        retry_at: state.obstacle.as_ref().and_then(|o| o.retry_at).map(stamp),
        causes: state.obstacle.as_ref().map(|o| o.causes.clone()).unwrap_or_default(),
        trouble: state.obstacle.map(|o| o.sentence),
        next,
    })
}

fn kept(PastExtent { instances, absent, before, seen }: PastExtent) -> Kept {
    Kept {
        meetings: instances,
        absent,
        before: stamp(before),
        seen_from: stamp(seen.0),
        seen_to: stamp(seen.1),
        says: told_past(instances, absent, before, seen),
    }
}
