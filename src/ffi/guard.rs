//! The one way into an exported function.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use super::error::{remember, Failure};
use super::oe_status;

/// Runs the body of an exported function: no panic crosses the border, and the
/// text of an error is kept for `oe_last_error`.
pub(super) fn call(body: impl FnOnce() -> Result<(), Failure>) -> oe_status {
    // Whatever a panic leaves half done is behind the engine's own locks, whose
    // states hold between any two statements.
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return oe_status::OE_STATUS_OK,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure::new(oe_status::OE_STATUS_PANIC, message(panic.as_ref())),
    };
    if !failure.text.is_empty() {
        remember(failure.text);
    }
    failure.status
}

/// The same for a function that returns a value; `otherwise` after a panic.
pub(super) fn value<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        remember(message(panic.as_ref()));
        otherwise
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    format!("the engine panicked: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(call(|| panic!("on purpose")), oe_status::OE_STATUS_PANIC);
    }

    #[test]
    fn a_panic_in_a_value_gives_the_other_value() {
        assert_eq!(value(7, || panic!("on purpose")), 7);
    }

    #[test]
    fn a_failure_keeps_its_status() {
        let status = call(|| Err(Failure::argument("too small")));
        assert_eq!(status, oe_status::OE_STATUS_INVALID_ARGUMENT);
    }
}
