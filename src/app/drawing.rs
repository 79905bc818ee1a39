//! Drawings of runs, asked for as JSON.
//!
//! | key | |
//! |---|---|
//! | `as` | `Text`, `Svg`, `Html`, `Mermaid` or `Trace` |
//! | `width`, `colour`, `unicode` | of `Text`: the columns of the terminal, and whether it shows colours and more than ASCII |
//! | `run` | `title`, `status`, `durationSeconds`, `tasks`: [`RunCourse`] |
//!
//! A task has `name`, `state`, `startSeconds` (since the beginning of the run;
//! null if it did not start), `durationSeconds`, `worker`, `attempts`,
//! `critical` and `note`. Keys that are not named here are refused.

use serde::Deserialize;

use crate::report::{self, Drawing, RunCourse, Screen};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(rename = "as")]
    form: Form,
    #[serde(default)]
    width: usize,
    #[serde(default)]
    colour: bool,
    #[serde(default)]
    unicode: bool,
    run: RunCourse,
}

#[derive(Deserialize)]
enum Form {
    Text,
    Svg,
    Html,
    Mermaid,
    Trace,
}

/// The widest that a chart is drawn.
const WIDEST: usize = 1000;

/// Draws a run; [`self`] describes the JSON.
pub fn draw(json: &str) -> Result<String, serde_json::Error> {
    let asked: Asked = serde_json::from_str(json)?;
    let drawing = match asked.form {
        Form::Text => Drawing::Text(Screen {
            width: asked.width.min(WIDEST),
            has_colour: asked.colour,
            has_unicode: asked.unicode,
        }),
        Form::Svg => Drawing::Svg,
        Form::Html => Drawing::Html,
        Form::Mermaid => Drawing::Mermaid,
        Form::Trace => Drawing::Trace,
    };
    Ok(report::draw(&asked.run, drawing))
}
