//! What happened in a run, in two files: one for people, one for programs.
//!
//! The files are made at the first line. What goes wrong with them is told once, and
//! the run goes on without. What a program writes beyond what a result holds is in files
//! beside these (`app/run/large.rs`).

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{json, Value};

use crate::store::{append_to_private, Secrets, Timestamp};

use super::course::News;
use super::notice::ToldNotice;
use super::outcome::Outcome;
use super::result::StepResult;

/// The log of a run.
#[derive(Debug)]
pub(super) struct RunLog {
    /// Where it is; nowhere if nobody wants it, or if it cannot be written.
    folder: Option<PathBuf>,
    name: String,
    secrets: Secrets,
    files: Option<Files>,
}

#[derive(Debug)]
struct Files {
    people: File,
    programs: File,
}

impl RunLog {
    /// The log of the run with an id, in a folder.
    pub(super) fn new(folder: Option<PathBuf>, id: &str, secrets: Secrets) -> Self {
        Self {
            folder,
            name: file_name(id),
            secrets,
            files: None,
        }
    }

    /// The run begins. What is wrong with the log, if anything is, here and below.
    pub(super) fn begin(&mut self, id: &str, name: &str, steps: usize) -> Option<String> {
        let plural = if steps == 1 { "" } else { "s" };
        let line = format!("begin  {name}, {steps} step{plural}, {id}");
        let event = json!({"workflowId": id, "name": name, "totalSteps": steps});
        self.write("Begun", &line, &[], &event)
    }

    /// Something happened.
    pub(super) fn tell(&mut self, news: &News) -> Option<String> {
        match news {
            News::Started(_, step, attempt) => {
                let line = match attempt {
                    1 => format!("start  {step}"),
                    _ => format!("start  {step} (attempt {attempt})"),
                };
                let event = json!({"stepName": step, "attempt": attempt});
                self.write("Started", &line, &[], &event)
            }
            News::Retrying(result) => {
                let line = format!("retry  {}", end_of(result));
                self.write("Retrying", &line, &lines_of(result), &json_of(result))
            }
            News::Ended(result) => {
                let line = format!("end    {}", end_of(result));
                self.write("Ended", &line, &lines_of(result), &json_of(result))
            }
            // Its end has it as a whole.
            News::Output(_) => None,
            News::Notice(notice) => self.notice(notice),
            News::Warning(text) => {
                let event = json!({"message": text});
                self.write("Warning", &format!("warn   {text}"), &[], &event)
            }
        }
    }

    /// The run is over.
    pub(super) fn end(&mut self, outcome: &Outcome) -> Option<String> {
        let work = || outcome.results.iter().filter(|it| it.does_work);
        let succeeded = work().filter(|it| it.success).count();
        let line = format!(
            "over   {}: {:?} in {:.2} s, {succeeded} of {} steps succeeded",
            outcome.name, outcome.verdict, outcome.duration, outcome.total_steps
        );
        let unmet = outcome.unmet.iter().chain(&outcome.error);
        let lines: Vec<_> = unmet.map(|text| format!("! {text}")).collect();
        let mut event = json_of(outcome);
        if let Value::Object(entries) = &mut event {
            // Each has an event of its own.
            entries.remove("results");
            entries.remove("notices");
        }
        self.write("Over", &line, &lines, &event)
    }

    fn notice(&mut self, notice: &ToldNotice) -> Option<String> {
        let level = notice.level.as_deref().unwrap_or("info");
        let line = format!("notice [{level}] {}", notice.message);
        self.write("Notice", &line, &[], &json_of(notice))
    }

    /// Writes an event: a line with lines below it, and an object.
    fn write(&mut self, kind: &str, line: &str, below: &[String], event: &Value) -> Option<String> {
        let folder = self.folder.clone()?;
        let written = self.try_write(kind, line, below, event);
        let error = written.err()?;
        // Once is enough.
        self.folder = None;
        self.files = None;
        Some(format!(
            "the log of the run cannot be written in {}: {error}. Make room or give rights there, \
             or go without.",
            folder.display()
        ))
    }

    fn try_write(
        &mut self,
        kind: &str,
        line: &str,
        below: &[String],
        event: &Value,
    ) -> io::Result<()> {
        let time = Timestamp::now().text();
        let mut text = format!("{time} {}\n", line.replace('\n', "\n    "));
        for line in below {
            text.push_str(&format!("    {line}\n"));
        }
        let object = json!({"time": time, "kind": kind});
        let mut object = object.as_object().cloned().unwrap_or_default();
        object.extend(event.as_object().cloned().unwrap_or_default());
        let object = format!("{}\n", Value::Object(object));
        let (text, object) = (self.masked(text), self.masked(object));
        let files = self.files()?;
        // Each event is one write, so that whoever reads along sees whole lines.
        files.people.write_all(&text)?;
        files.programs.write_all(&object)
    }

    fn masked(&self, text: String) -> Vec<u8> {
        let masked = self.secrets.masked(text.as_bytes());
        masked.map_or_else(|| text.into_bytes(), |masked| masked.to_vec())
    }

    fn files(&mut self) -> io::Result<&mut Files> {
        let files = match self.files.take() {
            Some(files) => files,
            None => {
                let folder = self.folder.clone().unwrap_or_default();
                let open =
                    |ending: &str| append_to_private(&folder, &format!("{}.{ending}", self.name));
                Files {
                    people: open("log")?,
                    programs: open("jsonl")?,
                }
            }
        };
        Ok(self.files.insert(files))
    }
}

/// An id as the name of a file.
pub(super) fn file_name(id: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let plain = id.chars().map(|it| if is_plain(it) { it } else { '_' });
    plain.take(120).collect()
}

fn json_of(value: &impl Serialize) -> Value {
    // Fails only for maps with keys that are no strings; there is none.
    serde_json::to_value(value).unwrap_or_default()
}

/// `build: Succeeded in 0.52 s`.
fn end_of(result: &StepResult) -> String {
    let mut text = format!("{}: {}", result.step_name, result.status);
    if result.kept {
        text.push_str(" before");
    } else if result.attempts > 0 {
        text.push_str(&format!(" in {:.2} s", result.duration));
    }
    if let Some(code) = result.exit_code.filter(|&code| code != 0) {
        text.push_str(&format!(", code {code}"));
    }
    if let Some(step) = &result.blocked_by {
        text.push_str(&format!(", `{step}` did not succeed"));
    } else if let Some(reason) = &result.skip_reason {
        text.push_str(&format!(", {reason}"));
    }
    if let Some(error) = &result.error {
        text.push_str(&format!(", {error}"));
    }
    text
}

/// What a step wrote, with a mark for each stream.
fn lines_of(result: &StepResult) -> Vec<String> {
    let marked = |mark: &'static str, text: &str| -> Vec<String> {
        text.lines().map(|line| format!("{mark} {line}")).collect()
    };
    let mut lines = marked("|", &result.output);
    lines.extend(marked("!", &result.error_output));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_file_in_the_folder_and_nowhere_else() {
        assert_eq!(file_name("workflow-1-2"), "workflow-1-2");
        assert_eq!(file_name("../a b/.c"), "___a_b__c");
    }

    #[test]
    fn what_cannot_be_written_is_told_once() {
        let file = std::env::temp_dir().join(format!("oe-log-{}", std::process::id()));
        std::fs::write(&file, "").expect("a file");
        let mut log = RunLog::new(Some(file.clone()), "a", Secrets::default());
        let problem = log.begin("a", "play", 1).expect("a problem");
        assert!(problem.contains(&file.display().to_string()), "{problem}");
        assert_eq!(log.begin("a", "play", 1), None);
        std::fs::remove_file(file).expect("the file");
    }
}
