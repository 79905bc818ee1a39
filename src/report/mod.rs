//! Drawings of runs, what happened when, and of steps, what waits for what: as text,
//! pictures and for other tools. Pure: a [`RunCourse`] or [`Flow`] in, text out. Names and messages are whatever somebody
//! wrote, so each drawing escapes them in its own way.

mod chart;
mod course;
mod escape;
mod flow;
mod junit;
mod mermaid;
mod picture;
mod trace;

pub use chart::Screen;
pub use course::{RunCourse, TaskCourse, TaskState};
pub use flow::{draw_flow, Flow, FlowForm, FlowStep};
pub use junit::{draw_junit, JUnitCase, JUnitEnd, JUnitSuite};

/// What a run is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// A Gantt chart for a terminal.
    Text(Screen),
    /// A picture.
    Svg,
    /// A page with the picture and a table.
    Html,
    /// A Gantt chart as Mermaid's text.
    Mermaid,
    /// What `chrome://tracing` and Perfetto show.
    Trace,
}

/// Draws a run.
pub fn draw(run: &RunCourse, drawing: Drawing) -> String {
    match drawing {
        Drawing::Text(screen) => chart::draw(run, screen),
        Drawing::Svg => picture::svg(run),
        Drawing::Html => picture::html(run),
        Drawing::Mermaid => mermaid::draw(run),
        Drawing::Trace => trace::draw(run),
    }
}

#[cfg(test)]
mod tests;
