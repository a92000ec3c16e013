//! How long is waited before something is tried again.

use std::pin::Pin;
use std::time::Duration;

/// Bounds of the back-off (checklist item 31).
const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(15 * 60);

/// How time and chance enter: given, so that tests need neither.
pub trait Pace {
    /// Waits before the next try.
    fn wait(&self, how_long: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>>;
    /// From 0 to 1, evenly.
    fn random(&self) -> f64;
}

/// Real time and real chance.
pub struct RealPace;

impl Pace for RealPace {
    fn wait(&self, how_long: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(tokio::time::sleep(how_long))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

/// Truncated exponential back-off with full jitter: the `attempt`-th failure, from 1, waits up to 1, 2, 4 … seconds, at most
/// 15 minutes, and no less than the server asked for.
pub fn backoff(attempt: u32, random: f64, retry_after: Option<Duration>) -> Duration {
    let most = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(LAST);
    most.mul_f64(random.clamp(0.0, 1.0)).max(retry_after.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = [1, 2, 3, 10, 11, 40].map(|n| backoff(n, 1.0, None).as_secs()).to_vec();
        assert_eq!(waits, [1, 2, 4, 512, 900, 900]);
        assert_eq!(backoff(3, 0.0, None), Duration::ZERO, "full jitter");
        assert_eq!(backoff(1, 0.5, Some(Duration::from_secs(30))), Duration::from_secs(30));
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_asked_or_longer_than_the_bounds(
            attempt in any::<u32>(), random in 0.0..=1.0, more in 0.0..=1.0, asked in proptest::option::of(0_u64..90_000),
        ) {
            let asked = asked.map(Duration::from_secs);
            let wait = backoff(attempt, random, asked);
            prop_assert!(wait >= asked.unwrap_or_default());
            prop_assert!(wait <= LAST.max(asked.unwrap_or_default()));
            prop_assert!(backoff(attempt, f64::max(random, more), asked) >= wait);
            prop_assert!(backoff(attempt.saturating_add(1), random, asked) >= wait);
        }
    }
}
