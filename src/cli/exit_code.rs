//! What `orchestrate` ends with. A number never changes its meaning.

use crate::app::playbook::Verdict;

/// Everything succeeded.
pub(super) const SUCCESS: u8 = 0;

/// A step failed.
pub(super) const FAILED: u8 = 1;

/// What was given cannot be used; nothing was started.
pub(super) const BAD_INPUT: u8 = 2;

/// Somebody stopped it.
pub(super) const STOPPED: u8 = 3;

/// It went to its end, although steps failed.
pub(super) const PARTLY: u8 = 10;

/// A time limit was reached.
pub(super) const TIMED_OUT: u8 = 124;

pub(super) fn of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Completed => SUCCESS,
        Verdict::PartlyCompleted => PARTLY,
        Verdict::Failed => FAILED,
        Verdict::TimedOut => TIMED_OUT,
        Verdict::Stopped => STOPPED,
    }
}
