//! Writes what a playbook's file holds, in each of the formats that are read.

mod json;

pub use json::{json, portable};
