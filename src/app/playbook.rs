//! Playbooks from their files to their ends: found, read, planned, run.

mod afterwards;
mod conductor;
mod course;
mod folders;
mod open;
mod outcome;
mod program;
mod record;
mod scripts;
mod start;
mod world;

pub use course::{News, StepResult, Workflow};
pub use folders::{Folders, Listed, NotFound};
pub use open::{Draft, Opened, Wishes};
pub use outcome::{Outcome, Verdict};
pub use record::Asked;
pub use start::{NotStarted, StartOptions};
