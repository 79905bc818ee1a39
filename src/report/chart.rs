//! A Gantt chart for a terminal.

use super::course::{show, RunCourse, TaskCourse, TaskState};
use super::escape::{columns, fit, line};

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// How many columns it has; at least 40 are used.
    pub width: usize,
    /// Whether it shows colours.
    pub has_colour: bool,
    /// Whether it shows more than ASCII.
    pub has_unicode: bool,
}

const LEAST_WIDTH: usize = 40;
const LEAST_BARS: usize = 10;
const TIME_WIDTH: usize = 11;

/// The letters that a chart is drawn with.
struct Letters {
    bar: char,
    critical: char,
    edge: char,
    dots: char,
}

impl Screen {
    fn letters(self) -> Letters {
        match self.has_unicode {
            true => Letters {
                bar: '▒',
                critical: '█',
                edge: '│',
                dots: '…',
            },
            false => Letters {
                bar: '=',
                critical: '#',
                edge: '|',
                dots: '~',
            },
        }
    }

    fn mark(self, state: TaskState) -> char {
        match (state, self.has_unicode) {
            (TaskState::Succeeded, true) => '✓',
            (TaskState::Succeeded, false) => '+',
            (TaskState::Failed | TaskState::Interrupted, true) => '✗',
            (TaskState::Failed | TaskState::Interrupted, false) => 'x',
            (TaskState::TimedOut, _) => '!',
            (TaskState::Running, _) => '>',
            (TaskState::Stopped, _) => '.',
            (TaskState::Skipped | TaskState::Waiting, _) => '-',
        }
    }

    fn paint(self, state: TaskState, text: &str) -> String {
        let colour = match state {
            TaskState::Succeeded => 32,
            TaskState::Failed | TaskState::Interrupted => 31,
            TaskState::TimedOut | TaskState::Stopped => 33,
            TaskState::Running => 36,
            TaskState::Skipped | TaskState::Waiting => 90,
        };
        match self.has_colour {
            true => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// How the columns of a screen are shared out.
struct Layout {
    names: usize,
    bars: usize,
    span: f64,
}

impl Layout {
    fn new(run: &RunCourse, screen: Screen) -> Self {
        // A mark, the name, the time, two edges and the spaces between.
        let free = screen.width.max(LEAST_WIDTH) - (TIME_WIDTH + 6);
        let longest = run.tasks.iter().map(|task| columns(&line(&task.name)));
        let names = longest.max().unwrap_or(0).min(free * 2 / 5).max(4);
        Self {
            names,
            bars: (free - names).max(LEAST_BARS),
            span: run.span(),
        }
    }

    /// From which column to before which a bar goes; at least one is drawn.
    fn columns_of(&self, start: f64, duration: f64) -> (usize, usize) {
        let column = |time: f64| (time / self.span * self.bars as f64).round() as usize;
        let first = column(start).min(self.bars - 1);
        (first, column(start + duration).clamp(first + 1, self.bars))
    }
}

pub(super) fn draw(run: &RunCourse, screen: Screen) -> String {
    let layout = Layout::new(run, screen);
    let letters = screen.letters();
    let mut lines = Vec::with_capacity(run.tasks.len() + 4);
    let mut heading = line(&run.title);
    for part in [line(&run.status), show(run.duration())] {
        if !part.is_empty() {
            heading =
                [heading.as_str(), part.as_str()].join(if heading.is_empty() { "" } else { "  " });
        }
    }
    let width = screen.width.max(LEAST_WIDTH);
    lines.push(fit(&heading, width, letters.dots).trim_end().to_owned());
    lines.extend(
        run.tasks
            .iter()
            .map(|task| row(task, screen, &layout, &letters)),
    );
    lines.push(axis(&layout));
    if run.tasks.iter().any(|task| task.critical) {
        lines.push(format!("  {} critical path", letters.critical));
    }
    lines.extend(notes(run, width, letters.dots));
    lines.join("\n")
}

fn row(task: &TaskCourse, screen: Screen, layout: &Layout, letters: &Letters) -> String {
    let name = fit(&line(&task.name), layout.names, letters.dots);
    let mark = screen.paint(task.state, &screen.mark(task.state).to_string());
    let edge = letters.edge;
    let Some((start, duration)) = task.bar() else {
        let word = fit(task.state.name(), TIME_WIDTH, letters.dots);
        let empty = " ".repeat(layout.bars);
        return format!("{mark} {name} {word} {edge}{empty}{edge}");
    };
    let (first, end) = layout.columns_of(start, duration);
    let letter = if task.critical {
        letters.critical
    } else {
        letters.bar
    };
    let bar = letter.to_string().repeat(end - first);
    format!(
        "{mark} {name} {:>TIME_WIDTH$} {edge}{}{}{}{edge}",
        show(duration),
        " ".repeat(first),
        screen.paint(task.state, &bar),
        " ".repeat(layout.bars - end)
    )
}

fn axis(layout: &Layout) -> String {
    let end = show(layout.span);
    let before = " ".repeat(layout.names + TIME_WIDTH + 5);
    let between = layout.bars.saturating_sub(1 + columns(&end));
    format!("{before}0{}{end}", " ".repeat(between))
}

/// What there is to say of single tasks, below the chart.
fn notes(run: &RunCourse, width: usize, dots: char) -> Vec<String> {
    let noted = run.tasks.iter().filter_map(|task| {
        let note = line(task.note.as_deref()?);
        let text = format!("  {}: {note}", line(&task.name));
        Some(fit(&text, width, dots).trim_end().to_owned())
    });
    noted.collect()
}
