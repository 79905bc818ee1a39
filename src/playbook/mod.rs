//! Playbooks: what their files hold, whatever they are written in.
//!
//! Everything in here is pure: text in, values or errors out. Nothing is run, and no
//! file, variable of the environment or clock is looked at.

pub mod dialect;
pub mod digest;
pub mod expression;
pub mod flaw;
pub mod format;
pub mod json;
pub mod model;
pub mod parameter;
pub mod place;
pub mod plan;
pub mod problem;
pub mod psd1;
#[cfg(test)]
mod random_data;
pub mod schema;
pub mod shell;
pub mod step_type;
pub mod template;
pub mod value;
pub mod values;
pub mod write;
pub mod yaml;
