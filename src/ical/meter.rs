//! How much work a file may ask for. Counted, never timed, so that the same file always gives the same answer.

/// Periods looked at and dates tried, for one expansion of a file.
const STEPS: u64 = 12_000_000;
/// Instances of series, for one expansion of a file.
const INSTANCES: u64 = 1_000_000;
/// The same for one series.
const SERIES_STEPS: u64 = 1_000_000;
const SERIES_INSTANCES: u64 = 200_000;

/// What is left of the budget that all series of a file share, and of the one a single series has.
#[derive(Debug)]
pub(super) struct Meter {
    steps: u64,
    instances: u64,
    series_steps: u64,
    series_instances: u64,
    /// Everything ever counted, for tests.
    pub counted: u64,
    /// Instances ever made, for tests.
    pub made: u64,
}

/// Which limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Series,
    File,
}

impl Meter {
    /// The budget of a whole file.
    pub(super) fn file() -> Meter {
        Meter {
            steps: STEPS,
            instances: INSTANCES,
            series_steps: SERIES_STEPS,
            series_instances: SERIES_INSTANCES,
            counted: 0,
            made: 0,
        }
    }

    /// Another series begins.
    pub(super) fn next_series(&mut self) {
        self.series_steps = SERIES_STEPS;
        self.series_instances = SERIES_INSTANCES;
    }

    /// Counts `steps`; `false` once too many were taken.
    pub(super) fn step(&mut self, steps: u64) -> bool {
        self.counted += steps;
        self.steps = self.steps.saturating_sub(steps);
        self.series_steps = self.series_steps.saturating_sub(steps);
        self.spent().is_none()
    }

    /// Counts one instance; `false` once too many were made.
    pub(super) fn instance(&mut self) -> bool {
        self.made += 1;
        self.instances = self.instances.saturating_sub(1);
        self.series_instances = self.series_instances.saturating_sub(1);
        self.spent().is_none()
    }

    /// The limit that was met, if any.
    pub(super) fn spent(&self) -> Option<Spent> {
        if self.steps == 0 || self.instances == 0 {
            Some(Spent::File)
        } else {
            (self.series_steps == 0 || self.series_instances == 0).then_some(Spent::Series)
        }
    }
}
