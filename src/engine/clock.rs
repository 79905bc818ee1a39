//! The time of a run. Whoever drives it reads a clock and passes the time in.

use std::time::Duration;

/// A moment of a run: how long after its beginning, to the nanosecond and for
/// some 580 years.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// The beginning of the run.
    pub const START: Self = Self(0);

    /// The moment so long after the beginning.
    pub fn after_start(time: Duration) -> Self {
        Self(nanoseconds(time))
    }

    /// How long after the beginning it is.
    pub fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// How long after another one it is; zero if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment so long after this one.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanoseconds(time)))
    }
}

fn nanoseconds(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_counted_from_the_start() {
        let moment = Moment::START.after(Duration::from_secs(3));
        assert_eq!(moment, Moment::after_start(Duration::from_secs(3)));
        assert_eq!(moment.since_start(), Duration::from_secs(3));
        assert_eq!(moment.since(Moment::START), Duration::from_secs(3));
    }

    #[test]
    fn what_no_moment_can_express_is_the_last_or_none() {
        let last = Moment::START.after(Duration::MAX);
        assert_eq!(last.after(Duration::from_secs(1)), last);
        assert_eq!(Moment::START.since(last), Duration::ZERO);
    }
}
