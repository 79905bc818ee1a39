//! What a graph is made of, as its author says it.

use std::time::Duration;

use crate::engine::retry::RetryPolicy;

/// A graph: tasks, what they wait for, and what they share.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphSpec {
    /// How many slots the run has; a task takes as many as its weight.
    pub limit: u32,
    /// Groups of tasks with a limit of their own beside that of the run.
    pub groups: Vec<GroupSpec>,
    /// The tasks, in the order in which they are written.
    pub tasks: Vec<TaskSpec>,
}

/// A group that tasks may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSpec {
    /// Its name, unique in the graph.
    pub name: String,
    /// How many slots its tasks may take together.
    pub limit: u32,
}

/// What a task is.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskKind {
    /// Something that somebody runs.
    Work,
    /// A graph inside: it ends when all of its tasks have.
    Graph(Vec<TaskSpec>),
    /// Alternatives: the first to succeed decides, and the others are stopped.
    Race(Vec<TaskSpec>),
    /// A graph whose tasks are not known before it is ready.
    ForEach,
}

/// What becomes of a task that was under way when the process of its run died,
/// once the run goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnResume {
    /// It runs again, though part of its work may be done.
    #[default]
    Rerun,
    /// It is skipped, and whoever depends on it may start.
    Skip,
    /// It fails, and is not tried again in this part of the run.
    Fail,
}

/// One task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSpec {
    /// Its name, unique among the tasks beside it.
    pub name: String,
    /// What it is.
    pub kind: TaskKind,
    /// Tasks beside it that have to succeed first. A task that its own
    /// condition skipped, or whose failure is tolerated, is good enough.
    pub depends_on: Vec<String>,
    /// Tasks beside it that have to be over first, however they ended.
    pub after: Vec<String>,
    /// It starts once every task of a lower phase beside it is over, however
    /// those ended. Without a phase it takes no part in this.
    pub phase: Option<u32>,
    /// The group that it belongs to.
    pub group: Option<String>,
    /// How many slots it takes, at least 1.
    pub weight: u32,
    /// The higher it is, the earlier it starts among those that are ready.
    /// Tasks of a graph inside add that of the task that they are in.
    pub priority: i16,
    /// How long it took before, if that is known.
    pub estimate: Option<Duration>,
    /// How long an attempt may run, from its real start; a graph inside, from
    /// when it is ready.
    pub timeout: Option<Duration>,
    /// Whether it is tried again if it fails.
    pub retry: Option<RetryPolicy>,
    /// Whether somebody has to be asked, once it is ready, if it runs.
    pub is_conditional: bool,
    /// Whether it runs at the end of its graph, whatever came of the others,
    /// also if the run was stopped.
    pub is_finally: bool,
    /// Whether its failure is tolerated: it is reported, but stops nothing and
    /// skips nobody.
    pub continue_on_error: bool,
    /// What becomes of it if the run is interrupted meanwhile. Only for work.
    pub on_resume: OnResume,
}

impl TaskSpec {
    /// Work without any policy.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: TaskKind::Work,
            depends_on: Vec::new(),
            after: Vec::new(),
            phase: None,
            group: None,
            weight: 1,
            priority: 0,
            estimate: None,
            timeout: None,
            retry: None,
            is_conditional: false,
            is_finally: false,
            continue_on_error: false,
            on_resume: OnResume::Rerun,
        }
    }

    /// The same, waiting for the success of others.
    #[must_use]
    pub fn needs<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.depends_on.extend(names.into_iter().map(Into::into));
        self
    }

    /// The same, as something else than work.
    #[must_use]
    pub fn of(mut self, kind: TaskKind) -> Self {
        self.kind = kind;
        self
    }
}
