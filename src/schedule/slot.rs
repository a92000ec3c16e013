use super::FIRST_WAIT;
use std::time::Duration;

/// One kind of work: whether it runs, whether it is wanted, when it is due by the steady clock, and its back-off.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub running: bool,
    wanted: bool,
    pub due: Option<Duration>,
    pub failures: u32,
    /// When it was last begun.
    pub begun: Option<Duration>,
}

impl Slot {
    /// It is to run as soon as it may: now, after the run that is under way, or when the back-off is over.
    pub(super) fn want(&mut self) {
        self.wanted |= self.running || self.failures == 0 || self.due.is_none();
    }

    /// It is to run whatever failed before.
    pub(super) fn demand(&mut self) {
        self.wanted = true;
    }

    /// It begins if it is due.
    pub(super) fn start(&mut self, steady: Duration) -> bool {
        let now = !self.running && (self.wanted || self.due.is_some_and(|due| due <= steady));
        if now {
            self.running = true;
            self.wanted = false;
            self.begun = Some(steady);
            self.due = self.due.filter(|due| *due > steady);
        }
        now
    }

    /// It ended. After a failure it is due again: 30 s later, then 1, 2, 4 … minutes, at most `longest`.
    pub(super) fn ended(&mut self, ok: bool, steady: Duration, longest: Duration) {
        self.running = false;
        self.failures = if ok { 0 } else { self.failures.saturating_add(1) };
        // What was wanted meanwhile would fail too.
        self.wanted &= ok;
        self.due = (!ok).then(|| {
            let wait = FIRST_WAIT.saturating_mul(1 << (self.failures - 1).min(20));
            steady + wait.min(longest)
        });
    }
}
