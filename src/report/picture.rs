//! A picture (SVG), and a page (HTML) with it. Neither loads anything or runs
//! anything.

use std::fmt::Write;

use super::course::{show, RunCourse, TaskCourse, TaskState};
use super::escape::{columns, fit, line, xml};

const ROW: usize = 24;
const BARS: usize = 640;
const LETTER: usize = 7;
const TOP: usize = 44;

/// The style of the page, and its hash, by which alone browsers let it in.
const STYLE: &str =
    "body{font-family:sans-serif;margin:2em}td,th{text-align:left;padding:2px 12px}";
const STYLE_HASH: &str = "sha256-ZBYjp5Bg+gaztI+nEPDsNILixgGAapERWb0giBMxEHM=";

fn fill(state: TaskState) -> &'static str {
    match state {
        TaskState::Succeeded => "#2da44e",
        TaskState::Failed | TaskState::Interrupted => "#cf222e",
        TaskState::TimedOut | TaskState::Stopped => "#bf8700",
        TaskState::Running => "#0969da",
        TaskState::Skipped | TaskState::Waiting => "#8c959f",
    }
}

pub(super) fn svg(run: &RunCourse) -> String {
    let longest = run
        .tasks
        .iter()
        .map(|task| columns(&line(&task.name)).min(40));
    let names = (longest.max().unwrap_or(0) + 2) * LETTER;
    let (width, height) = (names + BARS + 100, TOP + ROW * run.tasks.len() + 28);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"8\" y=\"24\" font-size=\"15\" font-weight=\"bold\">{}</text>\n",
        xml(&heading(run))
    );
    let span = run.span();
    for (number, task) in run.tasks.iter().enumerate() {
        row(&mut picture, task, TOP + ROW * number, names, span);
    }
    let bottom = TOP + ROW * run.tasks.len() + 16;
    // Writing into a text never fails.
    let _ = writeln!(
        picture,
        "<text x=\"{names}\" y=\"{bottom}\" fill=\"#57606a\">0</text>\n\
         <text x=\"{}\" y=\"{bottom}\" fill=\"#57606a\" text-anchor=\"end\">{}</text>\n</svg>",
        names + BARS,
        show(span)
    );
    picture
}

fn heading(run: &RunCourse) -> String {
    let parts = [run.title.as_str(), run.status.as_str()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn row(picture: &mut String, task: &TaskCourse, y: usize, names: usize, span: f64) {
    let name = fit(&line(&task.name), 40, '…');
    let _ = writeln!(
        picture,
        "<g><title>{}</title><text x=\"8\" y=\"{}\"{}>{}</text>",
        xml(&about(task)),
        y + 15,
        if task.critical {
            " font-weight=\"bold\""
        } else {
            ""
        },
        xml(name.trim_end())
    );
    match task.bar() {
        Some((start, duration)) => {
            let scale = BARS as f64 / span;
            let x = names as f64 + start * scale;
            let edge = match task.critical {
                true => " stroke=\"#24292f\" stroke-width=\"2\"",
                false => "",
            };
            let _ = writeln!(
                picture,
                "<rect x=\"{x:.2}\" y=\"{}\" width=\"{:.2}\" height=\"14\" rx=\"2\" fill=\"{}\"{edge}/>\
                 <text x=\"{:.2}\" y=\"{}\" fill=\"#57606a\">{}</text></g>",
                y + 4,
                (duration * scale).max(1.0),
                fill(task.state),
                x + (duration * scale).max(1.0) + 6.0,
                y + 15,
                show(duration)
            );
        }
        None => {
            let _ = writeln!(
                picture,
                "<text x=\"{names}\" y=\"{}\" fill=\"{}\">{}</text></g>",
                y + 15,
                fill(task.state),
                task.state.name()
            );
        }
    }
}

fn about(task: &TaskCourse) -> String {
    let mut about = format!("{}: {}", task.name, task.state.name());
    if let Some(note) = &task.note {
        let _ = write!(about, ". {note}");
    }
    about
}

pub(super) fn html(run: &RunCourse) -> String {
    let mut rows = String::new();
    for task in &run.tasks {
        let (start, took) = match task.bar() {
            Some((start, duration)) => (show(start), show(duration)),
            None => Default::default(),
        };
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{start}</td><td>{took}</td><td>{}</td><td>{}</td></tr>",
            xml(&task.name),
            task.state.name(),
            task.attempts,
            xml(task.note.as_deref().unwrap_or_default())
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n{}<table>\n<tr><th>Task</th><th>State</th><th>Start</th><th>Duration</th><th>Attempts</th><th></th></tr>\n\
         {rows}</table>\n</body>\n</html>\n",
        xml(&heading(run)),
        svg(run)
    )
}
