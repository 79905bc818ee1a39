//! Batches: tasks that are submitted as one JSON text and polled.
//!
//! Pure like the rest of the engine: [`read`] turns the text into a
//! [`BatchSpec`], [`Schedule`] decides what starts, stops and ends when, and
//! keeps the log that a [`BatchReport`] is cut from. Whoever drives it passes
//! the time in and does what the returned [`Action`]s say.
//!
//! # The JSON of a batch
//!
//! ```json
//! {
//!   "maxConcurrency": 4,
//!   "tasks": [
//!     { "name": "build", "kind": "program", "argv": ["make", "-j2"],
//!       "env": { "CI": "1", "DEBUG": null }, "cwd": "/srv/site",
//!       "timeoutSeconds": 1.5, "graceSeconds": 2, "maxOutputBytes": 65536 }
//!   ]
//! }
//! ```
//!
//! Of the batch:
//!
//! | key | value | default |
//! |---|---|---|
//! | `tasks` | array of tasks; an empty one is `Completed` at once | required |
//! | `maxConcurrency` | how many run at once: 1 to 1,024 | the larger of 5 and the number of processors |
//!
//! Of every task:
//!
//! | key | value | default |
//! |---|---|---|
//! | `name` | string, not empty, unique in the batch | required |
//! | `kind` | `"program"` | required |
//! | `timeoutSeconds` | number above 0, at most 31,536,000 (365 days); counted from the real start | no limit |
//!
//! Of a task whose kind is `program`:
//!
//! | key | value | default |
//! |---|---|---|
//! | `argv` | array of strings: the program, then its arguments, passed on as they are; no shell reads them | required |
//! | `env` | object: name to string, added to the inherited environment, or to `null`, which removes the name | `{}` |
//! | `cwd` | string: the directory to run in | the host process's current directory |
//! | `graceSeconds` | number from 0 to 86,400: how long the program may go on after it was asked to end | 10 |
//! | `maxOutputBytes` | how much of each of stdout and stderr is kept: 0 to 1,073,741,824 bytes | 1,048,576 |
//!
//! A program without a path separator is searched for on `PATH` (the one of
//! `env`, if that sets it); a relative path with a separator starts at `cwd`.
//! Standard input is empty. Tasks start in the order given. Times may have a
//! fraction. `null` for a key that has a default is as good as leaving it out. An unknown or repeated
//! key is an error, as is a NUL byte in any string.
//!
//! # The JSON of a report
//!
//! | key | value |
//! |---|---|
//! | `status` | `Running`, `Completed` (every task succeeded), `Failed` (a task failed or timed out) or `Stopped` (the batch was cancelled and that ended a task) |
//! | `reason` | `null` while it runs or when it completed; else `TaskFailed`, `TaskTimedOut` or `Cancelled` |
//! | `elapsedSeconds` | from the submission to now, or to the end |
//! | `counts` | `total`, and of these `queued`, `running`, `succeeded`, `failed`, `timedOut`, `stopped` |
//! | `tasks` | for cursor 0 every task, else those that the events of this report are about: `task` (index from 0), `name`, `state` (as it is now) |
//! | `events` | the events after the cursor, at most 1,024 or about 8 MiB of output, but at least one |
//! | `cursor` | what to pass the next time |
//! | `more` | whether there are events beyond these already |
//!
//! So whoever keeps the states of the first report and overwrites them with
//! those of the following ones always has the state of every task, and a poll
//! costs what changed. The end is reached when `status` is not `Running` and
//! `more` is false.
//!
//! Every event has `sequence` (from 1, without gaps), `task`, `name`,
//! `atSeconds` (since the submission) and `kind`:
//!
//! | `kind` | further keys |
//! |---|---|
//! | `Started` | `processId` |
//! | `Stopping` | `reason`: `TaskTimeout`, `Cancelled` or `HostGone` |
//! | `Ended` | `state`; `durationSeconds` (0 if it never started); `error`: `null`, or why it could not be run; `result`: `null` if it never started |
//!
//! The `result` of a program has `exitCode` and `signal` (one of them is
//! `null`; both are if its end was not seen), `stdout`, `stderr` and
//! `outputLeftOpen` (a process that it left behind still held its output open
//! when reading ended; such a process is left alone). A captured text has
//! `text`, `totalBytes`, `omittedBytes` (left out of the middle, where the text
//! has a line `[... N bytes left out ...]`) and `lossy` (it had bytes that are
//! not UTF-8, now U+FFFD).
//!
//! Results are kept until the batch is freed, so a batch may hold twice
//! `maxOutputBytes` for each of its tasks.

mod encoding;
mod log;
mod read;
mod read_values;
mod report;
mod result;
mod schedule;
mod spec;

pub use encoding::Encoding;
pub use log::{Ended, What};
pub use read::{read, SpecError};
pub use report::{BatchEvent, BatchReport, BatchStatus, Counts, StatusReason, TaskReport};
pub use result::{CapturedText, Ending, Exit, OutputFile, ProgramResult};
pub use schedule::{Action, Input, Schedule, TaskState};
pub use spec::{
    BatchSpec, ProgramSpec, TaskSpec, Work, CONCURRENCY_LIMIT, DEFAULT_GRACE, DEFAULT_OUTPUT_BYTES,
    GRACE_LIMIT_SECONDS, OUTPUT_BYTES_LIMIT, TIMEOUT_LIMIT_SECONDS,
};
