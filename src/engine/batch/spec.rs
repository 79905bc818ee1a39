//! What a batch asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use super::encoding::Encoding;

/// The most tasks of one batch that may run at once.
pub const CONCURRENCY_LIMIT: u64 = 1024;

/// How long a program may go on after it was asked to end.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(10);

/// The longest such time that can be asked for: a day.
pub const GRACE_LIMIT_SECONDS: f64 = 86_400.0;

/// The longest timeout that can be asked for: 365 days.
pub const TIMEOUT_LIMIT_SECONDS: f64 = 31_536_000.0;

/// How much of each output stream is kept.
pub const DEFAULT_OUTPUT_BYTES: u64 = 1024 * 1024;

/// The most that can be asked for.
pub const OUTPUT_BYTES_LIMIT: u64 = 1024 * 1024 * 1024;

/// A batch as it was submitted, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchSpec {
    /// How many tasks may run at once, if the submitter said so.
    pub max_concurrency: Option<usize>,
    /// The tasks, in the order they are to start.
    pub tasks: Vec<TaskSpec>,
}

/// One task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSpec {
    /// Its name, unique in the batch.
    pub name: String,
    /// How long it may run, from its real start.
    pub timeout: Option<Duration>,
    /// What it does.
    pub work: Work,
}

/// What a task does: one variant a task kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// It runs a program.
    Program(ProgramSpec),
}

/// A program to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramSpec {
    /// The program: a name to be found on `PATH`, or a path.
    pub program: String,
    /// Its arguments, passed on as they are.
    pub arguments: Vec<String>,
    /// What its environment has besides the inherited one; `None` removes.
    pub environment: BTreeMap<String, Option<String>>,
    /// Where it runs, if not in the host's current directory.
    pub directory: Option<String>,
    /// How long it may go on after it was asked to end.
    pub grace: Duration,
    /// How many bytes of each output stream are kept.
    pub max_output_bytes: usize,
    /// How it writes its texts; what is kept of them is UTF-8.
    pub encoding: Encoding,
}

impl ProgramSpec {
    /// A program with every setting at its default.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            directory: None,
            grace: DEFAULT_GRACE,
            max_output_bytes: DEFAULT_OUTPUT_BYTES as usize,
            encoding: Encoding::default(),
        }
    }
}
