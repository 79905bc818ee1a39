//! What is drawn.

use serde::Deserialize;

/// A run from its beginning to its end, or as far as it has come. Times are
/// seconds since its beginning.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunCourse {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// How it stands, in a word.
    #[serde(default)]
    pub status: String,
    /// How long it took.
    #[serde(default)]
    pub duration_seconds: f64,
    /// Its tasks, in the order in which they are drawn.
    pub tasks: Vec<TaskCourse>,
}

/// A task of a run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskCourse {
    /// What it is called.
    pub name: String,
    /// How it ended, or stands.
    #[serde(default)]
    pub state: TaskState,
    /// When its last attempt started; `None` if none did in this part of the run.
    pub start_seconds: Option<f64>,
    /// How long that took.
    #[serde(default)]
    pub duration_seconds: f64,
    /// Who ran it.
    pub worker: Option<u32>,
    /// How many attempts there were.
    #[serde(default)]
    pub attempts: u32,
    /// Whether the run would have been faster if it had been.
    #[serde(default)]
    pub critical: bool,
    /// What there is to say beyond that, such as why it failed.
    pub note: Option<String>,
}

/// How a task stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum TaskState {
    /// It has not started.
    #[default]
    Waiting,
    /// It runs.
    Running,
    /// It did what it was to do.
    Succeeded,
    /// It did not.
    Failed,
    /// It took longer than it may.
    TimedOut,
    /// It was stopped, or kept from starting.
    Stopped,
    /// A condition or what it waited for kept it from starting.
    Skipped,
    /// Its process died.
    Interrupted,
}

impl TaskState {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimedOut => "TimedOut",
            Self::Stopped => "Stopped",
            Self::Skipped => "Skipped",
            Self::Interrupted => "Interrupted",
        }
    }
}

/// The longest that can be drawn, about 30 years: beyond it a number is no time.
const LONGEST: f64 = 1e9;

impl RunCourse {
    /// How many seconds it took.
    pub(super) fn duration(&self) -> f64 {
        time(self.duration_seconds)
    }

    /// How many seconds the drawing is wide: all that happened, and never none.
    pub(super) fn span(&self) -> f64 {
        let ends = self.tasks.iter().filter_map(|task| task.bar());
        let end = ends.map(|(start, duration)| start + duration);
        end.fold(self.duration(), f64::max).max(1e-6)
    }
}

impl TaskCourse {
    /// Where its bar begins and how long it is, if there is one.
    pub(super) fn bar(&self) -> Option<(f64, f64)> {
        let start = self.start_seconds?;
        Some((time(start), time(self.duration_seconds)))
    }
}

fn time(seconds: f64) -> f64 {
    match seconds.is_finite() {
        true => seconds.clamp(0.0, LONGEST),
        false => 0.0,
    }
}

/// A time for a person: three digits and a unit.
pub(super) fn show(seconds: f64) -> String {
    match seconds {
        s if s >= 3600.0 => format!(
            "{:.0} h {:02.0} min",
            (s / 3600.0).floor(),
            (s % 3600.0 / 60.0).floor()
        ),
        s if s >= 60.0 => format!(
            "{:.0} min {:02.0} s",
            (s / 60.0).floor(),
            (s % 60.0).floor()
        ),
        s if s >= 10.0 => format!("{s:.1} s"),
        s if s >= 1.0 => format!("{s:.2} s"),
        s => format!("{:.0} ms", s * 1000.0),
    }
}
