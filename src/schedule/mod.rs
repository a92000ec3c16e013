//! What to do next, from what has happened and what time it is. A year of weeks with summer time, suspends and clock
//! changes is a test of plain values.
//!
//! Two clocks are looked at. The *wall* clock says which weeks have ended; it may jump. The *steady* one (time since start,
//! which stands still while the machine sleeps) spaces out what is repeated; it never goes back. Where the two disagree about
//! the time between two looks, the machine slept or its clock was set, and everything is looked at anew.

mod slot;
#[cfg(test)]
mod tests;
mod weeks;

pub use weeks::{complete_weeks, newest};

use crate::model::{RenderAt, Week, Weekday, Zones};
use chrono::{DateTime, TimeDelta, Utc};
use slot::Slot;
use std::time::Duration;

/// How often the clocks are looked at.
pub const TICK: Duration = Duration::from_secs(20);
/// Clocks that drift apart by more than this between two looks have jumped; a clock that is slewed never does.
const JUMP: TimeDelta = TimeDelta::seconds(15);
/// The shortest time between two syncs that nobody asked for, however often the clock jumps.
const GAP: Duration = Duration::from_secs(120);
/// The first wait after a failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait after failures of a job other than sync, which waits no longer than `poll`.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// How long a picture waits for a sync that is under way.
const PATIENCE: Duration = Duration::from_secs(600);
/// When the database is looked after first, and how often.
const MAINTAIN_FIRST: Duration = Duration::from_secs(600);
const MAINTAIN: TimeDelta = TimeDelta::hours(24);

/// What the configuration says about time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Between two syncs, on average.
    pub poll: Duration,
    pub render_at: RenderAt,
    pub week_start: Weekday,
    pub zones: Zones,
}

/// A moment, by both clocks, with a chance between 0 and 1 that spreads what is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub wall: DateTime<Utc>,
    pub steady: Duration,
    pub chance: f64,
}

/// A kind of work. One of each kind runs at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Job {
    Sync,
    Render,
    Maintain,
}

impl Job {
    pub const ALL: [Job; 3] = [Job::Sync, Job::Render, Job::Maintain];

    /// The word in `status`, metrics and the log.
    pub fn name(self) -> &'static str {
        match self {
            Job::Sync => "sync",
            Job::Render => "render",
            Job::Maintain => "maintain",
        }
    }
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The daemon is up.
    Started,
    /// Nothing but time has passed.
    Tick,
    /// There is a way out to the network again.
    Online,
    /// A sync has ended.
    SyncDone(Synced),
    RenderDone {
        ok: bool,
    },
    MaintainDone {
        ok: bool,
    },
    /// Another configuration or other rules are in force; with `sources`, other calendars may be named.
    ConfigChanged {
        timing: Timing,
        sources: bool,
    },
    /// A person asked: back-off does not count.
    Asked(Job),
}

/// How a sync ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Something in the store is other than before.
    pub changed: bool,
    /// Trying again soon may help: the network was away, a server failed, the disk was full.
    pub retry: bool,
    /// The earliest moment that a source named for its next try.
    pub retry_at: Option<DateTime<Utc>>,
    /// Only one source was asked for: the others are due when they were.
    pub partial: bool,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sync; a patient one leaves alone what is not due yet.
    Sync { patient: bool },
    /// Draw what is due; the job itself finds out what is.
    Render,
    /// Look after the database.
    Maintain,
}

/// What is remembered between two looks. It dies with the process; what must outlive it is in the store.
#[derive(Clone, Debug)]
pub struct State {
    timing: Timing,
    before: Option<(DateTime<Utc>, Duration)>,
    /// The newest complete week and the current one, at the last look.
    seen: Option<(Week, Week)>,
    sync: Slot,
    asked_sync: bool,
    asked_render: bool,
    render: Slot,
    maintain: Slot,
    maintained: Option<DateTime<Utc>>,
}

impl State {
    pub fn new(timing: Timing) -> State {
        State {
            timing,
            before: None,
            seen: None,
            sync: Slot::default(),
            asked_sync: false,
            asked_render: false,
            render: Slot::default(),
            maintain: Slot::default(),
            maintained: None,
        }
    }

    /// How long until `job` is due by the steady clock; `None` where nothing but an event will start it.
    pub fn due(&self, job: Job, steady: Duration) -> Option<Duration> {
        self.slot(job).due.map(|due| due.saturating_sub(steady))
    }

    /// Failures of `job` in a row.
    pub fn failures(&self, job: Job) -> u32 {
        self.slot(job).failures
    }

    fn slot(&self, job: Job) -> &Slot {
        match job {
            Job::Sync => &self.sync,
            Job::Render => &self.render,
            Job::Maintain => &self.maintain,
        }
    }

    fn observe(&mut self, what: Observation, at: Moment) {
        match what {
            Observation::Tick => {}
            Observation::Online => {
                // What the network alone kept from us does not wait for its back-off.
                self.asked_sync = true;
                self.hurry(at);
            }
            Observation::Started => {
                self.sync.want();
                self.render.want();
                self.maintain.due = Some(at.steady + MAINTAIN_FIRST);
            }
            Observation::SyncDone(done) => {
                if done.changed {
                    self.render.want();
                }
                self.synced(done, at);
            }
            Observation::RenderDone { ok } => self.render.ended(ok, at.steady, LONGEST_WAIT),
            Observation::MaintainDone { ok } => {
                self.maintained = Some(at.wall);
                self.maintain.ended(ok, at.steady, LONGEST_WAIT);
            }
            Observation::ConfigChanged { timing, sources } => {
                self.timing = timing;
                self.render.demand();
                if sources {
                    self.sync.demand();
                }
            }
            Observation::Asked(Job::Sync) => {
                self.asked_sync = true;
                self.sync.demand();
            }
            Observation::Asked(Job::Render) => {
                self.asked_render = true;
                self.render.demand();
            }
            Observation::Asked(Job::Maintain) => self.maintain.demand(),
        }
    }

    /// When the next sync is due after one that ended.
    fn synced(&mut self, done: Synced, at: Moment) {
        let kept = self.sync.due.filter(|_| done.partial);
        let usual = self.timing.poll.mul_f64(0.75 + at.chance.clamp(0.0, 1.0) / 2.0).max(FIRST_WAIT);
        self.sync.ended(!done.retry, at.steady, usual);
        let named = done.retry_at.map(|retry| (retry - at.wall).to_std().unwrap_or_default().max(FIRST_WAIT));
        // The back-off is the least, a source's own wish may be more, and the usual time is the most.
        let wait = match (self.sync.due, named) {
            (Some(due), named) => due.saturating_sub(at.steady).max(named.unwrap_or_default()),
            (None, named) => named.unwrap_or(usual),
        };
        self.sync.due = kept.or(Some(at.steady + wait.min(usual)));
    }

    /// Has a sync begin soon; not in a loop, though, where a clock jumps or a network comes and goes all the time.
    fn hurry(&mut self, at: Moment) {
        let ready = self.sync.begun.map_or(at.steady, |begun| (begun + GAP).max(at.steady));
        self.sync.due = Some(self.sync.due.map_or(ready, |due| due.min(ready)));
    }

    /// What the clocks themselves say: a jump, a week that has ended, the daily work.
    fn look(&mut self, at: Moment) {
        let jumped = self.before.is_some_and(|(wall, steady)| {
            let passed = TimeDelta::from_std(at.steady.saturating_sub(steady)).unwrap_or_default();
            ((at.wall - wall) - passed).abs() > JUMP
        });
        self.before = Some((at.wall, at.steady));
        let Timing { render_at, week_start, zones, .. } = &self.timing;
        let newest = weeks::newest(at.wall, zones, *week_start, *render_at);
        let seen = Some((newest, Week::of(zones.date_of(at.wall), *week_start)));
        let turned = self.seen.is_some() && self.seen != seen;
        self.seen = seen;
        if jumped || turned {
            // The newest facts first.
            self.hurry(at);
            self.render.want();
        }
        if !self.maintain.running && self.maintain.due.is_none() {
            let daily = self.maintained.is_none_or(|last| (at.wall - last).abs() >= MAINTAIN);
            if daily {
                self.maintain.want();
            }
        }
    }

    fn act(&mut self, at: Moment) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.sync.start(at.steady) {
            actions.push(Action::Sync { patient: !std::mem::take(&mut self.asked_sync) });
        }
        // A picture of what is about to change would be drawn twice, and sent too early.
        let waits = self.sync.running && self.sync.begun.is_some_and(|begun| at.steady < begun + PATIENCE);
        if (self.asked_render || !waits) && self.render.start(at.steady) {
            self.asked_render = false;
            actions.push(Action::Render);
        }
        if self.maintain.start(at.steady) {
            actions.push(Action::Maintain);
        }
        actions
    }
}

/// What to do after `what` has happened at `at`. Every action is begun: its end is to be observed.
pub fn step(state: &mut State, what: Observation, at: Moment) -> Vec<Action> {
    state.observe(what, at);
    state.look(at);
    state.act(at)
}
