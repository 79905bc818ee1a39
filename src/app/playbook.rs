//! Playbooks from their files to their ends: found, read, planned, run.

mod afterwards;
mod ask;
pub mod background;
mod catalogue;
mod conductor;
mod course;
mod event;
mod folders;
mod given;
mod log;
mod look;
mod notice;
mod open;
mod order;
mod outcome;
mod program;
mod record;
mod remote;
mod result;
mod scripts;
mod source;
mod start;
mod world;

pub use ask::{ask, AskError};
pub use background::{Background, StartError};
pub use course::{News, Workflow};
pub use folders::{Folders, Listed, NotFound};
pub use look::{draw, export, list, told, Checked, Estimate, ListedPlaybook, Told, ToldPlan};
pub use notice::ToldNotice;
use open::DEFINITION;
pub use open::{Draft, Opened, Wishes, Written};
pub use outcome::{Outcome, Verdict};
pub use record::Asked;
pub use remote::Remote;
pub use result::StepResult;
pub use start::{NotStarted, StartOptions};
