//! What the plan of a run says of its tasks.

use serde::Deserialize;

/// A task as its plan describes it.
pub(super) struct Planned {
    /// Its name with those of the tasks around it, as those below.
    pub(super) path: String,
    /// The task that it is inside.
    pub(super) parent: Option<String>,
    pub(super) kind: String,
    pub(super) depends_on: Vec<String>,
    pub(super) after: Vec<String>,
    pub(super) phase: Option<u32>,
    pub(super) group: Option<String>,
    pub(super) is_finally: bool,
}

#[derive(Deserialize)]
struct Plan {
    tasks: Vec<Task>,
}

/// The keys of a task that somebody may want to draw; the others are of no matter.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    name: String,
    kind: Option<String>,
    #[serde(default)]
    depends_on: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    phase: Option<u32>,
    group: Option<String>,
    #[serde(default)]
    finally: bool,
    tasks: Option<Vec<Task>>,
}

/// The tasks of a plan, each before those inside it. None if the text is not the
/// JSON of a run: the store keeps whatever its caller calls a plan.
pub(super) fn of(plan: &str) -> Vec<Planned> {
    let mut planned = Vec::new();
    if let Ok(plan) = serde_json::from_str::<Plan>(plan) {
        add(plan.tasks, None, &mut planned);
    }
    planned
}

fn add(tasks: Vec<Task>, parent: Option<&str>, planned: &mut Vec<Planned>) {
    let path = |name: &String| match parent {
        Some(parent) => format!("{parent}/{name}"),
        None => name.clone(),
    };
    for task in tasks {
        let own = path(&task.name);
        planned.push(Planned {
            path: own.clone(),
            parent: parent.map(str::to_owned),
            kind: task.kind.unwrap_or_else(|| "host".to_owned()),
            depends_on: task.depends_on.iter().map(path).collect(),
            after: task.after.iter().map(path).collect(),
            phase: task.phase,
            group: task.group,
            is_finally: task.finally,
        });
        add(task.tasks.unwrap_or_default(), Some(&own), planned);
    }
}
