//! What outlives a process: runs, their journals, memo and remembered durations,
//! in one SQLite database under the state folder.
//!
//! | file | what |
//! |---|---|
//! | `folder`, `platform` | a folder that is the user's alone |
//! | `database`, `schema` | connections, tables, versions |
//! | `session` | which process is alive, by a lock and a lease |
//! | `shared` | one store of a folder for a whole process |
//! | `writer`, `entry` | the one thread that writes, in groups |
//! | `ownership`, `resume` | whose a run is, and what is kept when it goes on |
//! | `journal`, `translate`, `numbers`, `record` | what a run writes down |
//! | `memo`, `key` | what need not run again |
//! | `plan`, `secret` | what a run executes, and what is never written |
//! | `read`, `duration`, `retention` | as they are called |
//!
//! # Rights
//! A [`StoreReader`] only reads, in as many processes as like. A [`Store`] writes,
//! also beside those of other processes, but a run only through its
//! [`RunJournal`], of which there is one: it carries a token that whoever takes
//! the run over counts up, and every transaction compares it.
//!
//! # What is certain
//! What [`RunJournal`] has kept is committed: a killed process takes nothing of it
//! along, and the database needs no repair. Tasks run at least once: what had
//! started and not ended is [`Outcome::Interrupted`] and runs again.

mod database;
mod duration;
mod entry;
mod error;
mod folder;
mod journal;
mod key;
mod memo;
mod numbers;
mod ownership;
mod plan;
mod read;
mod record;
mod resume;
mod retention;
mod schema;
mod secret;
mod secret_stream;
mod session;
mod shared;
#[expect(clippy::module_inception, reason = "it is the part's own type")]
mod store;
mod timestamp;
mod translate;
mod writer;

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod platform;

pub use database::Durability;
pub use error::StoreError;
pub use folder::append_to_private;
pub use journal::{Detail, Details, RunJournal};
pub use key::{KeyParts, MemoKey, NotMemoized};
pub use memo::{Asked, Flight, Memo, Replay, StreamRecord, Waiting};
pub use plan::Plan;
pub use read::{AttemptRecord, RunRecord, StoreReader, TaskCounts};
pub use record::{Event, Outcome, Output, Skip};
pub use resume::{Again, Kept, Repeated, Resume, Resumed};
pub use retention::{Pruned, Retention};
pub use secret::Secrets;
pub use secret_stream::SecretStream;
pub use session::Owner;
pub use store::{Clock, Store, StoreOptions};
pub use timestamp::Timestamp;
pub use writer::News;

#[cfg(test)]
mod tests;
