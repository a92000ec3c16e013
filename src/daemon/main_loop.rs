//! The loop: what comes next, and what is done about it.

use super::book::Book;
use super::event::{Event, Events, Outcome, Reply, Signal};
use super::jobs::{self, Bench, Turn, Work};
use super::signals::{never_ends, signals};
use super::watcher::{SETTLED, Watch};
use super::wire::Answer;
use super::{Host, socket, systemd, timing};
use crate::diagnostic::{Exit, Failure};
use crate::jobs::Setup;
use crate::kinds::Wish;
use crate::model::count;
use crate::schedule::{self, Action, Job, Moment, Observation, State, TICK};
use std::collections::VecDeque;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior};

/// Whether this machine has a way to other networks. Nothing is sent: connecting a datagram socket looks up the route.
fn has_route() -> bool {
    // Addresses of documentation (RFC 5737, RFC 3849).
    [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")]
        .iter()
        .any(|(here, there)| UdpSocket::bind(here).is_ok_and(|socket| socket.connect(there).is_ok()))
}

/// How long jobs may take to end when the daemon stops.
const FAREWELL: Duration = Duration::from_secs(20);
/// A job that shows no sign of life for so long hangs, and with it the daemon: the watchdog hears no more of it.
const HUNG: Duration = Duration::from_secs(30 * 60);

pub(super) struct Daemon {
    pub host: Arc<Host>,
    pub setup: Arc<Setup>,
    pub schedule: State,
    pub book: Book,
    pub watch: Option<Watch>,
    turn: Turn,
    events: Events,
    inbox: mpsc::UnboundedReceiver<Event>,
    ticks: Interval,
    /// When a touched file counts as settled.
    settles: Option<tokio::time::Instant>,
    stop: watch::Sender<bool>,
    started: Instant,
    under_way: Vec<(Job, Instant)>,
    beat: Arc<AtomicU64>,
    /// The last sign of life of a job.
    life: (u64, Instant),
    hangs: bool,
    /// A source is in trouble, and there was no way out at the last look.
    away: bool,
    /// Who waits for a sync of their own, and who is being served.
    pub syncs: VecDeque<(Wish, Reply)>,
    serving: Option<(Wish, Reply)>,
    /// Who waits for the next look at the pictures, and for the one under way.
    pub renders: Vec<Reply>,
    rendering: Vec<Reply>,
    said: String,
}

/// Sets everything up and runs until it is told to stop.
///
/// # Errors
/// See [`super::run`].
pub(super) async fn run(host: Arc<Host>, setup: Setup) -> Result<(), Failure> {
    let (events, inbox) = mpsc::unbounded_channel();
    signals(&events)?;
    // Without a socket or a watch the daemon still does its work.
    let door = match socket::open(&host.state) {
        Ok((listener, door)) => {
            never_ends("socket", socket::serve(listener, host.state.clone(), events.clone()), &events);
            Some(door)
        }
        Err(failure) => {
            tracing::error!("{}", failure.render(false).trim_end());
            None
        }
    };
    let watch = Watch::new(&host.files, events.clone());
    let watch = watch.inspect_err(|failure| tracing::warn!("{}", failure.render(false).trim_end())).ok();
    let rhythm = systemd::rhythm().map_or(TICK, |rhythm| rhythm.min(TICK)).max(Duration::from_millis(10));
    let mut ticks = tokio::time::interval(rhythm);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let now = (host.now)();
    let mut daemon = Daemon {
        schedule: State::new(timing(&setup)),
        setup: Arc::new(setup),
        book: Book::new(now),
        watch,
        turn: Turn::default(),
        events,
        inbox,
        ticks,
        settles: None,
        stop: watch::Sender::new(false),
        started: Instant::now(),
        under_way: Vec::new(),
        beat: Arc::default(),
        life: (0, Instant::now()),
        hangs: false,
        away: false,
        syncs: VecDeque::new(),
        serving: None,
        renders: Vec::new(),
        rendering: Vec::new(),
        said: String::new(),
        host,
    };
    let sources = daemon.setup.config.sources.len();
    let rules = daemon.setup.rules.rules().len();
    tracing::info!(
        sources,
        rules,
        version = env!("CARGO_PKG_VERSION"),
        "started: {}, {}",
        count(sources, "configured source"),
        count(rules, "rule")
    );
    daemon.said = daemon.book.line(daemon.setup.config.zone());
    systemd::ready(&daemon.said);
    daemon.observe(Observation::Started);
    let done = daemon.live().await;
    drop(door);
    done
}

impl Daemon {
    async fn live(&mut self) -> Result<(), Failure> {
        loop {
            match self.next_event().await {
                Event::Signal(Signal::Stop) => {
                    self.farewell().await;
                    return Ok(());
                }
                Event::Lost(part) => {
                    tracing::error!(part, "the part `{part}` of the daemon ended unexpectedly");
                    let message = format!("the part `{part}` of the daemon ended unexpectedly");
                    return Err(Failure::new(Exit::Bug, message).help("report it with the log"));
                }
                event => self.handle(event),
            }
        }
    }

    async fn next_event(&mut self) -> Event {
        let settles = self.settles;
        let settled = async {
            match settles {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // The loop holds a sender itself: the channel never closes.
            Some(event) = self.inbox.recv() => event,
            _ = self.ticks.tick() => Event::Tick,
            () = settled => Event::Settled,
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Tick => {
                let away = std::mem::replace(&mut self.away, self.book.troubles() > 0 && !has_route());
                self.observe(if away && !self.away { Observation::Online } else { Observation::Tick });
                if self.is_alive() {
                    systemd::alive();
                }
            }
            Event::Touched => self.settles = Some(tokio::time::Instant::now() + SETTLED),
            Event::Settled => {
                self.settles = None;
                self.saved();
            }
            Event::Signal(_) => {
                let _ = self.reload();
            }
            Event::Ask(request, reply) => self.answer(request, reply),
            Event::Ended(job, outcome) => self.ended(job, outcome),
            Event::Lost(_) => {}
        }
        let said = self.book.line(self.setup.config.zone());
        if said != self.said {
            systemd::status(&said);
            self.said = said;
        }
    }

    /// Tells `schedule` what happened, and does what it says.
    pub(super) fn observe(&mut self, what: Observation) {
        let wall = (self.host.now)();
        let at = Moment { wall, steady: self.started.elapsed(), chance: fastrand::f64() };
        for action in schedule::step(&mut self.schedule, what, at) {
            let work = match action {
                Action::Sync { patient: true } => Work::Sync(Wish { patient: true, ..Wish::default() }),
                Action::Sync { patient: false } => {
                    self.serving = self.syncs.pop_front();
                    Work::Sync(self.serving.as_ref().map(|(wish, _)| wish.clone()).unwrap_or_default())
                }
                Action::Render => {
                    self.rendering.append(&mut self.renders);
                    Work::Render
                }
                Action::Maintain => Work::Maintain,
            };
            let job = work.job();
            self.book.begun(job, wall);
            self.under_way.push((job, Instant::now()));
            self.life.1 = Instant::now();
            let bench = Bench {
                host: self.host.clone(),
                setup: self.setup.clone(),
                turn: self.turn.clone(),
                stop: self.stop.subscribe(),
                beat: self.beat.clone(),
                events: self.events.clone(),
            };
            jobs::begin(bench, work);
        }
    }

    pub(super) fn steady(&self) -> Duration {
        self.started.elapsed()
    }

    /// No job hangs.
    fn is_alive(&mut self) -> bool {
        let beat = self.beat.load(Ordering::Relaxed);
        if beat != self.life.0 || self.under_way.is_empty() {
            self.life = (beat, Instant::now());
        }
        let hung = self.life.1.elapsed() > HUNG;
        if hung && !std::mem::replace(&mut self.hangs, hung) {
            let jobs: Vec<&str> = self.under_way.iter().map(|(job, _)| job.name()).collect();
            tracing::error!(jobs = jobs.join(" "), "{} hangs; systemd is to start the daemon anew", jobs.join(" and "));
        }
        !hung
    }

    fn ended(&mut self, job: Job, outcome: Outcome) {
        let took = self.under_way.iter().position(|(one, _)| *one == job).map(|n| self.under_way.remove(n).1.elapsed());
        let took = took.unwrap_or_default().as_secs_f64();
        let trouble = self.failed(job, &outcome);
        self.book.ended(job, trouble.as_ref().map(|t| t.message.clone()), took, (self.host.now)());
        match job {
            Job::Sync => {
                let serving = self.serving.take();
                let partial = serving.as_ref().is_some_and(|(wish, _)| wish.only.is_some());
                let done = self.synced(&outcome, partial);
                if let Some((_, reply)) = serving {
                    let _ = reply.send(self.sync_answer(outcome, trouble));
                }
                self.observe(Observation::SyncDone(done));
                if !self.syncs.is_empty() {
                    self.observe(Observation::Asked(Job::Sync));
                }
            }
            Job::Render => {
                let mut again = false;
                if let Outcome::Rendered(drawn, _, handed) = &outcome {
                    self.rendered(drawn, handed);
                    again = handed.again;
                }
                for reply in std::mem::take(&mut self.rendering) {
                    let _ = reply.send(self.render_answer(&outcome, trouble.clone()));
                }
                self.observe(Observation::RenderDone { ok: trouble.is_none() && !again });
                if !self.renders.is_empty() {
                    self.observe(Observation::Asked(Job::Render));
                }
            }
            Job::Maintain => self.observe(Observation::MaintainDone { ok: trouble.is_none() }),
        }
    }

    /// STOPPING, then a bounded wait for what is under way. A second signal ends it at once.
    async fn farewell(&mut self) {
        tracing::info!("stopping");
        systemd::stopping();
        let _ = self.stop.send(true);
        let end = tokio::time::sleep(FAREWELL);
        tokio::pin!(end);
        while !self.under_way.is_empty() {
            let event = tokio::select! {
                Some(event) = self.inbox.recv() => event,
                () = &mut end => {
                    tracing::warn!("a job did not end in time; what it had not stored is fetched again");
                    return;
                }
            };
            match event {
                Event::Signal(Signal::Stop) => return,
                Event::Ended(job, _) => self.under_way.retain(|(one, _)| *one != job),
                Event::Ask(_, reply) => {
                    let _ = reply.send(Answer::from(Failure::new(Exit::Later, "the daemon is stopping")));
                }
                _ => {}
            }
        }
    }
}
