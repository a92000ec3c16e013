//! The work itself, each kind on a thread of its own. A panic in one is an outcome like another.

use super::Host;
use super::event::{Event, Events, Handed, Outcome};
use crate::config::Config;
use crate::diagnostic::{Exit, Failure};
use crate::jobs::render::Rendered;
use crate::jobs::{self, Setup, Way};
use crate::kinds::{self, Sync, Wish};
use crate::schedule::Job;
use crate::source::{RealPace, runtime};
use crate::store::{self, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The turn to work on the database. It is opened for each piece of work and closed after it, so that a command may write in
/// between: `vantage calendars`, `login`, `logout`. That there is one daemon is the promise of another lock.
pub(super) type Turn = Arc<Mutex<()>>;

/// How long work waits for a command that is writing.
const COMMAND: Duration = Duration::from_secs(30);

/// How long what was deleted is kept, in case it comes back.
const TOMBSTONES: TimeDelta = TimeDelta::days(90);

/// What to do.
pub(super) enum Work {
    Sync(Wish),
    Render,
    Maintain,
}

impl Work {
    pub(super) fn job(&self) -> Job {
        match self {
            Work::Sync(_) => Job::Sync,
            Work::Render => Job::Render,
            Work::Maintain => Job::Maintain,
        }
    }
}

/// What a piece of work is done with.
#[derive(Clone)]
pub(super) struct Bench {
    pub host: Arc<Host>,
    pub setup: Arc<Setup>,
    pub turn: Turn,
    pub stop: watch::Receiver<bool>,
    /// Counts up while something happens, so that what hangs is seen.
    pub beat: Arc<AtomicU64>,
    pub events: Events,
}

/// Hands the latest complete week over, where that is due. It may take minutes: the database is closed meanwhile, and opened
/// by `open` where something is to be tried again.
///
/// # Errors
/// The database's.
pub fn hand_over(
    rendered: &Rendered,
    setup: &Setup,
    open: impl FnOnce() -> Result<Option<Store>, Failure>,
) -> Result<Handed, Failure> {
    let Some(latest) = &rendered.latest else { return Ok(Handed { again: rendered.waits, ..Handed::default() }) };
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let failures = jobs::hand_over(latest, &setup.config, credentials.as_deref());
    let later: Vec<Way> = failures.iter().filter(|(_, f)| f.exit == Exit::Later).map(|(way, _)| *way).collect();
    if !later.is_empty()
        && let Some(mut store) = open()?
    {
        jobs::owe(&mut store, latest.week, &later, latest.since)?;
    }
    let failures = failures.into_iter().map(|(_, failure)| failure).collect();
    Ok(Handed { tried: true, failures, again: !later.is_empty() })
}

/// Begins `work`. Its end comes as an event, whatever happens.
pub(super) fn begin(bench: Bench, work: Work) {
    let (job, events) = (work.job(), bench.events.clone());
    let thread = std::thread::Builder::new().name(job.name().into()).spawn(move || {
        let events = bench.events.clone();
        let done = catch_unwind(AssertUnwindSafe(|| bench.work(work)));
        let outcome = match done {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => Outcome::Failed(failure),
            Err(_) => Outcome::Panicked,
        };
        let _ = events.send(Event::Ended(job, outcome));
    });
    if let Err(e) = thread {
        let failure = Failure::new(Exit::Io, "no thread could be started").cause(e);
        let _ = events.send(Event::Ended(job, Outcome::Failed(failure)));
    }
}

impl Bench {
    fn work(&self, work: Work) -> Result<Outcome, Failure> {
        // What a panic left half done was rolled back with its transaction.
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(store) = self.open()? else { return Ok(Outcome::Cancelled) };
        let store = RefCell::new(store);
        let now = (self.host.now)();
        self.beat.fetch_add(1, Ordering::Relaxed);
        match work {
            Work::Sync(wish) => self.sync(&store, wish, now),
            Work::Render => {
                let rendered = jobs::render::run(&mut store.borrow_mut(), &self.setup, true, now)?;
                drop((store, turn));
                let handed = hand_over(&rendered, &self.setup, || self.open())?;
                Ok(Outcome::Rendered(rendered.drawn, rendered.warnings, handed))
            }
            Work::Maintain => maintain(&mut store.borrow_mut(), &self.setup.config, now),
        }
    }

    /// The database, once no command writes to it; `None` where the daemon is stopping.
    fn open(&self) -> Result<Option<Store>, Failure> {
        let begun = Instant::now();
        while !*self.stop.borrow() {
            match Store::writer(&self.host.state) {
                Err(failure) if failure.exit == Exit::Later && begun.elapsed() < COMMAND => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                done => return done.map(Some),
            }
        }
        Ok(None)
    }

    fn sync(&self, store: &RefCell<Store>, wish: Wish, now: DateTime<Utc>) -> Result<Outcome, Failure> {
        let patient = wish.patient;
        let config = &self.setup.config;
        // A sign-in while the database was held left only its file.
        kinds::adopt(&mut store.borrow_mut(), config)?;
        if let Some((name, kind)) = wish.only.as_ref().zip(wish.signed_in.as_ref()) {
            kinds::service(kind)?.1.check(name)?;
            // The configuration need not name it: the row makes it an account that is synced.
            let row = store.borrow_mut().account(name, kind)?;
            store.borrow().clear_account(row.id)?;
        }
        if let Some(name) = &wish.only {
            kinds::known(name, config, &store.borrow().accounts()?)?;
        }
        let sync = Sync {
            store,
            config,
            wish,
            now,
            pace: &RealPace,
            folder: &self.host.state,
            progress: &|_, _| {
                self.beat.fetch_add(1, Ordering::Relaxed);
            },
        };
        let mut stop = self.stop.clone();
        let summaries = runtime()?.block_on(async {
            // Everything that belongs together is one transaction: a sync may be dropped anywhere.
            tokio::select! {
                summaries = jobs::sync(&sync) => summaries.map(Some),
                _ = stop.wait_for(|stop| *stop) => Ok(None),
            }
        })?;
        let Some(mut summaries) = summaries else { return Ok(Outcome::Cancelled) };
        // Somebody waits for the answer.
        if !patient {
            summaries.extend(kinds::forget_unnamed(&mut store.borrow_mut(), config, true)?);
        }
        Ok(Outcome::Synced(summaries, jobs::retry_at(&store.borrow(), config, now)?))
    }
}

/// Checks that the database is sound; if so, drops what was deleted long ago or is no longer named, gives back the space of it,
/// empties its log, and keeps a copy of it.
fn maintain(store: &mut Store, config: &Config, now: DateTime<Utc>) -> Result<Outcome, Failure> {
    let found = store.check()?;
    if !found.is_empty() {
        return Err(damaged(store, found));
    }
    kinds::forget_unnamed(store, config, false)?;
    store.purge(now - TOMBSTONES)?;
    store.shrink()?;
    store.checkpoint()?;
    store.back_up(now)?;
    Ok(Outcome::Maintained)
}

fn damaged(store: &Store, found: Vec<String>) -> Failure {
    let failure = Failure::new(Exit::Data, format!("the database `{}` is damaged", store.path().display()));
    let failure = found.into_iter().take(3).fold(failure, Failure::cause);
    failure.help(store::move_away(store.path())).note("what can be read still counts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;
    use tokio::sync::mpsc;

    /// The next look at the clock fails.
    static STOPPED: AtomicBool = AtomicBool::new(false);

    fn host(state: &Path) -> Host {
        Host {
            state: state.into(),
            now: || match STOPPED.swap(false, Ordering::Relaxed) {
                true => panic!("the clock stands still"),
                false => DateTime::UNIX_EPOCH,
            },
            files: Vec::new(),
            load: Box::new(|| unreachable!()),
            log: crate::daemon::Form::Auto,
        }
    }

    #[test]
    fn maintenance_keeps_a_copy_and_names_it_where_the_database_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::writer(folder.path()).unwrap();
        let help = |store: &Store| damaged(store, vec!["row 7 is missing".into()]).render(false);
        assert!(help(&store).contains("run `vantage sync`"), "{}", help(&store));
        assert!(matches!(maintain(&mut store, &Config::default(), DateTime::UNIX_EPOCH), Ok(Outcome::Maintained)));
        assert!(store.backup().exists());
        assert!(
            help(&store).contains("and copy `") && help(&store).contains("vantage.db.backup` to"),
            "{}",
            help(&store)
        );
    }

    #[test]
    fn a_panic_is_an_outcome_and_the_next_job_works() {
        let folder = tempfile::tempdir().unwrap();
        let (events, mut inbox) = mpsc::unbounded_channel();
        let config = Config::default();
        let wishes = config.preferences(chrono_tz::UTC);
        let setup = Setup {
            config,
            rules: crate::classify::defaults(),
            wishes,
            charts: Some(folder.path().into()),
            texts: Vec::new(),
        };
        let stop = watch::Sender::new(false);
        let bench = Bench {
            host: Arc::new(host(folder.path())),
            setup: Arc::new(setup),
            turn: Turn::default(),
            stop: stop.subscribe(),
            beat: Arc::default(),
            events,
        };
        let mut run = |wish: Wish| {
            begin(bench.clone(), Work::Sync(wish));
            match inbox.blocking_recv() {
                Some(Event::Ended(Job::Sync, outcome)) => outcome,
                _ => panic!("no end"),
            }
        };
        STOPPED.store(true, Ordering::Relaxed);
        assert!(matches!(run(Wish::default()), Outcome::Panicked));
        assert!(matches!(run(Wish::default()), Outcome::Synced(summaries, None) if summaries.is_empty()));
        let _ = stop.send(true);
        assert!(matches!(run(Wish::default()), Outcome::Cancelled));
    }
}
