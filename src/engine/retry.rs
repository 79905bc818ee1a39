//! Whether and when a task that failed is tried again.

use std::time::Duration;

/// The host's word for what sort of failure one is, such as an exit code's
/// class. The engine only compares it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FailureKind(pub u16);

impl FailureKind {
    /// The worker that ran the task was lost.
    pub const LOST: Self = Self(u16::MAX);
}

/// How the delays grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Every delay is the same.
    Fixed,
    /// Every delay is twice the one before, up to a cap.
    Exponential {
        /// The longest delay.
        cap: Duration,
    },
}

/// After which failures a task is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryOn {
    /// Whether running into its time limit is one.
    pub timeouts: bool,
    /// Which other failures are; `None` means all.
    pub kinds: Option<Vec<FailureKind>>,
}

impl RetryOn {
    /// After any failure and any time limit of the task.
    pub const ANYTHING: Self = Self {
        timeouts: true,
        kinds: None,
    };
}

/// How a task is tried again.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// How often, after the first attempt.
    pub count: u32,
    /// How long after the first failure.
    pub delay: Duration,
    /// How the delays grow.
    pub backoff: Backoff,
    /// By which part of itself a delay may be shortened at random, 0 to 1.
    pub jitter: f64,
    /// After which failures.
    pub on: RetryOn,
}

impl RetryPolicy {
    /// So many times after any failure, at once.
    pub fn times(count: u32) -> Self {
        Self {
            count,
            delay: Duration::ZERO,
            backoff: Backoff::Fixed,
            jitter: 0.0,
            on: RetryOn::ANYTHING,
        }
    }

    /// Whether there is another attempt after so many (from 1), the last of
    /// which failed in this way; `None` stands for its time limit.
    pub fn allows(&self, attempts: u32, failure: Option<FailureKind>) -> bool {
        let is_meant = match (failure, &self.on.kinds) {
            (None, _) => self.on.timeouts,
            (Some(_), None) => true,
            (Some(kind), Some(kinds)) => kinds.contains(&kind),
        };
        is_meant && attempts <= self.count
    }

    /// How long to wait after so many attempts (from 1). `chance` decides how
    /// much of the jitter takes effect, from 0 (none) to 1 (all).
    pub fn delay_after(&self, attempts: u32, chance: f64) -> Duration {
        let delay = match self.backoff {
            Backoff::Fixed => self.delay,
            Backoff::Exponential { cap } => {
                let factor = 1_u32.checked_shl(attempts - 1).unwrap_or(u32::MAX);
                self.delay.saturating_mul(factor).min(cap)
            }
        };
        delay.mul_f64(1.0 - (self.jitter * chance).clamp(0.0, 1.0))
    }
}

/// A chance from 0 to 1 for an attempt of a task: the same seed gives the same
/// chances, so a run that is replayed waits for as long as it did.
pub(crate) fn chance(seed: u64, task: u32, attempts: u32) -> f64 {
    let mut mixed = seed ^ (u64::from(task) << 32 | u64::from(attempts));
    // The finish of SplitMix64, which spreads neighbouring numbers evenly.
    mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn exponential(delay: Duration, cap: Duration) -> RetryPolicy {
        RetryPolicy {
            delay,
            backoff: Backoff::Exponential { cap },
            ..RetryPolicy::times(10)
        }
    }

    #[test]
    fn there_are_as_many_attempts_more_as_asked_for() {
        let policy = RetryPolicy::times(2);
        let allowed = [1, 2, 3].map(|attempts| policy.allows(attempts, None));
        assert_eq!(allowed, [true, true, false]);
        assert!(!RetryPolicy::times(0).allows(1, None));
    }

    #[test]
    fn only_failures_that_are_meant_are_tried_again() {
        let (meant, other) = (FailureKind(7), FailureKind(8));
        let policy = RetryPolicy {
            on: RetryOn {
                timeouts: false,
                kinds: Some(vec![meant]),
            },
            ..RetryPolicy::times(9)
        };
        let allowed = [Some(meant), Some(other), None].map(|it| policy.allows(1, it));
        assert_eq!(allowed, [true, false, false]);
    }

    #[test]
    fn fixed_delays_are_all_the_same() {
        let policy = RetryPolicy {
            delay: SECOND,
            ..RetryPolicy::times(3)
        };
        assert_eq!(
            [1, 2, 30].map(|it| policy.delay_after(it, 1.0)),
            [SECOND; 3]
        );
    }

    #[test]
    fn exponential_delays_double_up_to_the_cap() {
        let policy = exponential(SECOND, 5 * SECOND);
        let delays = [1, 2, 3, 4, 100].map(|attempts| policy.delay_after(attempts, 0.0));
        assert_eq!(delays, [1, 2, 4, 5, 5].map(|seconds| seconds * SECOND));
    }

    #[test]
    fn jitter_shortens_a_delay_by_its_part_at_most() {
        let policy = RetryPolicy {
            jitter: 0.25,
            ..exponential(4 * SECOND, 60 * SECOND)
        };
        let delays = [0.0, 0.5, 1.0].map(|chance| policy.delay_after(1, chance));
        assert_eq!(delays, [4.0, 3.5, 3.0].map(Duration::from_secs_f64));
    }

    #[test]
    fn chances_repeat_with_their_seed_and_are_spread_evenly() {
        let chances: Vec<_> = (0..10_000).map(|task| chance(1, task, 1)).collect();
        let again: Vec<_> = (0..10_000).map(|task| chance(1, task, 1)).collect();
        assert_eq!(chances, again);
        assert_ne!(chance(1, 0, 1), chance(2, 0, 1));
        assert_ne!(chance(1, 0, 1), chance(1, 0, 2));
        assert!(chances.iter().all(|chance| (0.0..1.0).contains(chance)));
        let mean = chances.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
