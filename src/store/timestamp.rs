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

    /// Year, month, day, hour, minute and second, in UTC.
    pub fn date_and_time(self) -> [i64; 6] {
        let seconds = self.0.div_euclid(1_000_000_000);
        let (day, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(day);
        [year, month, day, time / 3600, time / 60 % 60, time % 60]
    }

    /// `2026-01-29T14:30:22.051Z`.
    pub fn text(self) -> String {
        let [year, month, day, hour, minute, second] = self.date_and_time();
        let thousandth = self.0.rem_euclid(1_000_000_000) / 1_000_000;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandth:03}Z")
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

/// The date of a day counted from the beginning of 1970, by the calendar that begins
/// its years in March, so that the leap day is the last.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
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
    fn days_are_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_454), (2026, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        let time = Timestamp::from_nanoseconds(1_767_225_661_007_000_000);
        assert_eq!(time.text(), "2026-01-01T00:01:01.007Z");
        assert_eq!(
            Timestamp::from_nanoseconds(-1).text(),
            "1969-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn what_no_time_can_express_is_the_last() {
        let last = Timestamp::from_nanoseconds(i64::MAX);
        assert_eq!(Timestamp::default().after(Duration::MAX), last);
    }
}
