//! All pointer work of the C ABI: handles, slices, texts and outputs.
//!
//! A handle type such as `oe_pool` is an empty struct for the header; its
//! [`Handle`] impl names what it really points to.

use std::mem::MaybeUninit;

use super::error::Failure;
use super::oe_status;

/// An opaque type of the header.
pub(super) trait Handle {
    /// What a pointer to it really points to.
    type Inner;
}

fn null(name: &str) -> Failure {
    Failure::new(
        oe_status::OE_STATUS_NULL_ARGUMENT,
        format!("`{name}` is NULL"),
    )
}

/// Gives a value to the caller, who frees it with [`free`].
pub(super) fn give<H: Handle>(inner: H::Inner) -> *mut H {
    Box::into_raw(Box::new(inner)).cast()
}

/// Lends a value for as long as the host's callback runs.
pub(super) fn lend<H: Handle>(inner: &H::Inner) -> *const H {
    std::ptr::from_ref(inner).cast()
}

/// Looks through a handle.
///
/// # Safety
/// `handle` is NULL, or came from [`give`] or [`lend`] for the same `H` and
/// was not freed for the time that the reference is used.
pub(super) unsafe fn borrow<'a, H: Handle>(
    handle: *const H,
    name: &str,
) -> Result<&'a H::Inner, Failure> {
    // SAFETY: the caller's contract; the cast undoes that of `give` or `lend`.
    unsafe { handle.cast::<H::Inner>().as_ref() }.ok_or_else(|| null(name))
}

/// Takes a value back and drops it; NULL is fine.
///
/// # Safety
/// `handle` is NULL, or came from [`give`] for the same `H`, is freed for the
/// first time, and nobody uses it any more.
pub(super) unsafe fn free<H: Handle>(handle: *mut H) {
    if !handle.is_null() {
        // SAFETY: the caller's contract; the cast undoes that of `give`.
        drop(unsafe { Box::from_raw(handle.cast::<H::Inner>()) });
    }
}

/// Reads a struct of the caller's.
///
/// # Safety
/// `value` is NULL or valid for a read of one `T`.
pub(super) unsafe fn read<T: Copy>(value: *const T, name: &str) -> Result<T, Failure> {
    // SAFETY: the caller's contract.
    unsafe { value.as_ref() }.copied().ok_or_else(|| null(name))
}

/// Looks at an array of the caller's; NULL is fine for an empty one.
///
/// # Safety
/// `values` is NULL or valid for reads of `length` values for the time that
/// the slice is used.
pub(super) unsafe fn slice<'a, T>(
    values: *const T,
    length: usize,
    name: &str,
) -> Result<&'a [T], Failure> {
    match (values.is_null(), length) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(null(name)),
        // SAFETY: the caller's contract, and it is not NULL.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(values, length) }),
    }
}

/// Looks at a text of the caller's: UTF-8 with a length.
///
/// # Safety
/// As for [`slice`].
pub(super) unsafe fn text<'a>(
    bytes: *const u8,
    length: usize,
    name: &str,
) -> Result<&'a str, Failure> {
    // SAFETY: the caller's contract.
    let bytes = unsafe { slice(bytes, length, name)? };
    std::str::from_utf8(bytes).map_err(|error| {
        let text = format!("`{name}` is not valid UTF-8: {error}");
        Failure::new(oe_status::OE_STATUS_INVALID_UTF8, text)
    })
}

/// Where one output goes. Checked for NULL at the start of a call, written at
/// its end, so that a failed call leaves it as it was.
pub(super) struct OutValue<'a, T>(&'a mut MaybeUninit<T>);

impl<T> OutValue<'_, T> {
    /// # Safety
    /// `out` is NULL or valid for a write of one `T` for the life of the
    /// result, and nothing else refers to it meanwhile.
    pub(super) unsafe fn new(out: *mut T, name: &str) -> Result<Self, Failure> {
        // SAFETY: the caller's contract; `MaybeUninit<T>` is laid out as `T`.
        unsafe { out.cast::<MaybeUninit<T>>().as_mut() }
            .map(Self)
            .ok_or_else(|| null(name))
    }

    pub(super) fn set(self, value: T) {
        self.0.write(value);
    }
}

/// Where an array of outputs goes.
pub(super) struct OutSlice<'a, T>(&'a mut [MaybeUninit<T>]);

impl<T> OutSlice<'_, T> {
    /// # Safety
    /// `out` is NULL or valid for writes of `capacity` values for the life of
    /// the result, and nothing else refers to them meanwhile.
    pub(super) unsafe fn new(out: *mut T, capacity: usize, name: &str) -> Result<Self, Failure> {
        match (out.is_null(), capacity) {
            (_, 0) => Ok(Self(&mut [])),
            (true, _) => Err(null(name)),
            (false, _) => {
                // SAFETY: the caller's contract, and it is not NULL.
                let slice = unsafe { std::slice::from_raw_parts_mut(out.cast(), capacity) };
                Ok(Self(slice))
            }
        }
    }

    /// Writes one value. An index beyond the capacity panics, which the guard
    /// turns into a status.
    pub(super) fn set(&mut self, index: usize, value: T) {
        self.0[index].write(value);
    }
}
