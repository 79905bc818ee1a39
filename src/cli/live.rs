//! The steps that run now, as lines for the bottom of a terminal.

use std::time::{Duration, Instant};

use crate::app::playbook::{News, StepOutput};

use super::printable::{columns, cut, plain};

/// The longest name that is shown as a whole beside what a step writes.
const MOST_NAME: usize = 40;

/// How large a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// What is known of a run while it runs.
#[derive(Debug)]
pub(super) struct LiveView {
    begun: Instant,
    running: Vec<RunningStep>,
    over: usize,
    total: usize,
    is_coloured: bool,
}

#[derive(Debug)]
struct RunningStep {
    task: u32,
    name: String,
    begun: Instant,
    last: String,
}

impl LiveView {
    /// Of a run of so many steps that begins now.
    pub(super) fn new(total: usize, is_coloured: bool, now: Instant) -> Self {
        Self {
            begun: now,
            running: Vec::new(),
            over: 0,
            total,
            is_coloured,
        }
    }

    /// Whether there is a step to show.
    pub(super) fn is_moving(&self) -> bool {
        !self.running.is_empty()
    }

    /// Something happened.
    pub(super) fn take(&mut self, news: &News, now: Instant) {
        match news {
            News::Started(task, path, attempt) => {
                let again = match attempt {
                    1 => String::new(),
                    _ => format!(" (attempt {attempt})"),
                };
                self.running.push(RunningStep {
                    task: *task,
                    name: plain(path) + &again,
                    begun: now,
                    last: String::new(),
                });
            }
            News::Output(output) => self.hear(output),
            News::Retrying(result) => self.running.retain(|it| it.task != result.task),
            News::Ended(result) => {
                self.running.retain(|it| it.task != result.task);
                self.over += usize::from(result.does_work);
            }
            News::Notice(_) | News::Warning(_) => {}
        }
    }

    fn hear(&mut self, output: &StepOutput) {
        let step = self.running.iter_mut().find(|it| it.task == output.task);
        let lines = output.text.lines().chain([output.begun.as_str()]);
        let mut lines = lines.map(plain);
        let last = lines.rfind(|line| !line.trim().is_empty());
        if let (Some(step), Some(last)) = (step, last) {
            step.last = last;
        }
    }

    /// What to draw, without line ends: no line is wider than the terminal, and all of
    /// them leave room for one more.
    pub(super) fn lines(&self, size: Size, now: Instant) -> Vec<String> {
        // A terminal that is full to its last column goes on in the next row.
        let width = size.columns.saturating_sub(1);
        let room = size.rows.saturating_sub(2);
        let shown = match self.running.len() {
            count if count <= room => count,
            _ => room.saturating_sub(1),
        };
        let shown = &self.running[..shown];
        let names = shown.iter().map(|it| columns(&it.name));
        let names = names.max().unwrap_or_default().min(MOST_NAME);
        let mut lines: Vec<_> = shown.iter().map(|it| it.line(names, width, now)).collect();
        let hidden = self.running.len() - shown.len();
        if hidden > 0 && room > 0 {
            lines.push(cut(&format!("  … and {hidden} more"), width));
        }
        if size.rows > 1 {
            let sum = cut(&self.sum(now), width);
            lines.push(match self.is_coloured {
                true => format!("\u{1b}[2m{sum}\u{1b}[0m"),
                false => sum,
            });
        }
        lines
    }

    fn sum(&self, now: Instant) -> String {
        format!(
            "{} of {} steps over, {} running, {}",
            self.over,
            self.total,
            self.running.len(),
            time(now.saturating_duration_since(self.begun))
        )
    }
}

impl RunningStep {
    fn line(&self, names: usize, width: usize, now: Instant) -> String {
        let name = cut(&self.name, names);
        let room = " ".repeat(names - columns(&name));
        let time = time(now.saturating_duration_since(self.begun));
        let line = format!("  > {name}{room}  {time:>7}  {}", self.last);
        cut(line.trim_end(), width)
    }
}

/// `1.2 s`, `2:05`, `1:02:05`.
fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        0..60 => format!("{:.1} s", time.as_millis() as f64 / 1000.0),
        60..3600 => format!("{minutes}:{:02}", seconds % 60),
        _ => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
