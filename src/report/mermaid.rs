//! A Gantt chart as Mermaid's text.

use super::course::{RunCourse, TaskCourse, TaskState};
use super::escape;

pub(super) fn draw(run: &RunCourse) -> String {
    let mut text = String::from("gantt\n");
    let title = escape::mermaid(run.title.trim());
    if !title.is_empty() {
        text.push_str(&format!("    title {title}\n"));
    }
    // Milliseconds since an epoch, which is the beginning of the run.
    text.push_str("    dateFormat x\n    axisFormat %H:%M:%S\n    section Tasks\n");
    for (number, task) in run.tasks.iter().enumerate() {
        text.push_str(&row(number + 1, task));
    }
    text
}

/// The number in front keeps a name from being one of Mermaid's words.
fn row(number: usize, task: &TaskCourse) -> String {
    let name = escape::mermaid(task.name.trim());
    let (start, duration) = task.bar().unwrap_or((0.0, 0.0));
    let (from, to) = (milliseconds(start), milliseconds(start + duration));
    let critical = match task.critical || task.state == TaskState::Failed {
        true => "crit, ",
        false => "",
    };
    let state = match (task.bar(), task.state) {
        (None, _) => "milestone, ",
        (_, TaskState::Running) => "active, ",
        (_, TaskState::Succeeded) => "done, ",
        _ => "",
    };
    let to = to.max(from + 1);
    format!("    {number}. {name} :{critical}{state}t{number}, {from}, {to}\n")
}

fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}
