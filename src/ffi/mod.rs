//! The C ABI: `oe_noun_verb` functions over opaque handles.
//!
//! Every exported function is one call of `guard::call`: guard panics, check
//! pointers, convert, act. Pointers are touched in `pointer.rs` only.

#![allow(non_camel_case_types, reason = "C's names are the names of the header")]

#[cfg(not(loom))]
mod batch;
#[cfg(not(loom))]
mod environment;
mod error;
mod guard;
#[cfg(not(loom))]
mod playbook;
mod pointer;
mod pool;
mod queue;
#[cfg(not(loom))]
mod report;
#[cfg(not(loom))]
mod run;
mod status;
#[cfg(not(loom))]
mod store;
mod text;
mod worker;
#[cfg(not(loom))]
mod workflow;

#[cfg(not(loom))]
pub use batch::*;
#[cfg(not(loom))]
pub use environment::*;
pub use error::*;
#[cfg(not(loom))]
pub use playbook::*;
pub use pool::*;
pub use queue::*;
#[cfg(not(loom))]
pub use report::*;
#[cfg(not(loom))]
pub use run::*;
pub use status::*;
#[cfg(not(loom))]
pub use store::*;
pub use text::*;
pub use worker::*;
#[cfg(not(loom))]
pub use workflow::*;

/// The version of this interface. It changes with every change that an older
/// caller would notice; a caller compares it with the number it was written
/// for before it calls anything else.
pub const OE_ABI_VERSION: u32 = 1;

/// Returns `OE_ABI_VERSION` as the library was built with.
///
/// Never fails; may be called from any thread at any time.
#[no_mangle]
pub extern "C" fn oe_abi_version() -> u32 {
    guard::value(0, || OE_ABI_VERSION)
}
