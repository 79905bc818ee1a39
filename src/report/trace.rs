//! What `chrome://tracing` and Perfetto show.

use serde_json::{json, Value};

use super::course::{RunCourse, TaskCourse};

pub(super) fn draw(run: &RunCourse) -> String {
    let mut events = vec![json!({
        "ph": "M", "pid": 1, "name": "process_name", "args": {"name": run.title},
    })];
    let mut workers: Vec<_> = run.tasks.iter().map(lane).collect();
    workers.sort_unstable();
    workers.dedup();
    events.extend(workers.into_iter().map(|worker| {
        let name = match worker {
            0 => "programs".to_owned(),
            worker => format!("worker {worker}"),
        };
        json!({"ph": "M", "pid": 1, "tid": worker, "name": "thread_name", "args": {"name": name}})
    }));
    events.extend(run.tasks.iter().filter_map(event));
    json!({"traceEvents": events, "displayTimeUnit": "ms"}).to_string()
}

/// Tasks of which no worker is known share a lane.
fn lane(task: &TaskCourse) -> u32 {
    task.worker.unwrap_or(0)
}

fn event(task: &TaskCourse) -> Option<Value> {
    let (start, duration) = task.bar()?;
    let microseconds = |seconds: f64| (seconds * 1e6).round() as u64;
    Some(json!({
        "ph": "X", "pid": 1, "tid": lane(task), "name": task.name, "cat": task.state.name(),
        "ts": microseconds(start), "dur": microseconds(duration),
        "args": {"state": task.state.name(), "attempts": task.attempts, "critical": task.critical, "note": task.note},
    }))
}
