//! Times that outlive the process.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time of day: nanoseconds since 1970, UTC, for the years 1677 to 2262.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time of the system's clock.
    pub fn now() -> Self {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => Self(nanoseconds(since)),
            Err(before) => Self(-nanoseconds(before.duration())),
        }
    }

    /// The time that is so many nanoseconds after the beginning of 1970.
    pub fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// How many nanoseconds after the beginning of 1970 it is.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// The time so long after this one.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanoseconds(time)))
    }

    /// The time so long before this one.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(nanoseconds(time)))
    }

    /// How long after another one it is; zero if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        let difference = self.0.saturating_sub(earlier.0);
        Duration::from_nanos(difference.try_into().unwrap_or(0))
    }
}

fn nanoseconds(time: Duration) -> i64 {
    time.as_nanos().try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_is_added_is_the_difference() {
        let time = Timestamp::from_nanoseconds(5);
        assert_eq!(time.after(SECOND).since(time), SECOND);
        assert_eq!(time.after(SECOND).before(SECOND), time);
        assert_eq!(time.since(time.after(SECOND)), Duration::ZERO);
    }

    #[test]
    fn what_no_time_can_express_is_the_last() {
        let last = Timestamp::from_nanoseconds(i64::MAX);
        assert_eq!(Timestamp::default().after(Duration::MAX), last);
    }
}
