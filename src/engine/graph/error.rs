//! What can be wrong with a graph. The texts are fragments.

use std::fmt;

use super::build::NESTING_LIMIT;

/// Why a graph was refused. Names of tasks in a graph inside have that of the
/// task around them in front: `outer/inner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphError {
    /// It has no task.
    Empty {
        /// The task whose graph it is; `None` for the whole.
        task: Option<String>,
    },
    /// There are more tasks than can be numbered.
    TooLarge,
    /// Tasks are inside each other more often than that may be.
    TooDeep {
        /// The task that may have no other inside.
        task: String,
    },
    /// A task has no name.
    NoName {
        /// Its place among the tasks beside it, from 0.
        position: usize,
    },
    /// Two tasks beside each other have one name.
    DuplicateName {
        /// The name.
        task: String,
    },
    /// Two groups have one name.
    DuplicateGroup {
        /// The name.
        group: String,
    },
    /// A task waits for one that is not there.
    UnknownDependency {
        /// The task.
        task: String,
        /// What it waits for.
        dependency: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// Tasks wait for each other.
    Cycle {
        /// Each waits for the next; the first comes again at the end.
        circle: Vec<String>,
    },
    /// A task waits for one that runs after all others.
    DependsOnFinally {
        /// The task.
        task: String,
        /// The one that runs at the end.
        dependency: String,
    },
    /// A task belongs to a group that is not there.
    UnknownGroup {
        /// The task.
        task: String,
        /// The group.
        group: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A limit is 0, so that nothing could ever run.
    NoSlots {
        /// The group; `None` for the run.
        group: Option<String>,
    },
    /// A task takes no slot.
    NoWeight {
        /// The task.
        task: String,
    },
    /// A task takes more slots than there are.
    WeightAboveLimit {
        /// The task.
        task: String,
        /// How many it takes.
        weight: u32,
        /// How many there are.
        limit: u32,
        /// In this group; `None` for the run.
        group: Option<String>,
    },
    /// A task has a setting that does not go with what it is.
    DoesNotApply {
        /// The task.
        task: String,
        /// The setting.
        setting: &'static str,
        /// What the task is.
        what: &'static str,
    },
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { task: None } => f.write_str("the graph has no task"),
            Self::Empty { task: Some(task) } => write!(f, "the graph of task '{task}' has no task"),
            Self::TooLarge => f.write_str("the graph has too many tasks or dependencies"),
            Self::TooDeep { task } => write!(
                f,
                "task '{task}' is inside {NESTING_LIMIT} others, and may have none inside itself"
            ),
            Self::NoName { position } => write!(f, "task {position} has no name"),
            Self::DuplicateName { task } => write!(f, "there are two tasks '{task}'"),
            Self::DuplicateGroup { group } => write!(f, "there are two groups '{group}'"),
            Self::UnknownDependency {
                task,
                dependency,
                nearest,
            } => {
                write!(
                    f,
                    "task '{task}' waits for '{dependency}', which is not there"
                )?;
                suggest(f, nearest.as_deref())
            }
            Self::Cycle { circle } => {
                write!(f, "tasks wait for each other: {}", circle.join(" -> "))
            }
            Self::DependsOnFinally { task, dependency } => write!(
                f,
                "task '{task}' waits for '{dependency}', which runs after all others"
            ),
            Self::UnknownGroup {
                task,
                group,
                nearest,
            } => {
                write!(f, "task '{task}' is of group '{group}', which is not there")?;
                suggest(f, nearest.as_deref())
            }
            Self::NoSlots { group: None } => f.write_str("the limit of the run is 0"),
            Self::NoSlots { group: Some(group) } => write!(f, "the limit of group '{group}' is 0"),
            Self::NoWeight { task } => write!(f, "the weight of task '{task}' is 0"),
            Self::WeightAboveLimit {
                task,
                weight,
                limit,
                group,
            } => {
                write!(f, "task '{task}' takes {weight} slots, and ")?;
                match group {
                    Some(group) => write!(f, "group '{group}' has {limit}"),
                    None => write!(f, "the run has {limit}"),
                }
            }
            Self::DoesNotApply {
                task,
                setting,
                what,
            } => write!(
                f,
                "{setting} does not apply to task '{task}', which is {what}"
            ),
        }
    }
}

fn suggest(f: &mut fmt::Formatter<'_>, nearest: Option<&str>) -> fmt::Result {
    match nearest {
        Some(nearest) => write!(f, "; did you mean '{nearest}'?"),
        None => Ok(()),
    }
}

impl std::error::Error for GraphError {}
