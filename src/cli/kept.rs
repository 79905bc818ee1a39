//! `history`, `status`, `stop`, `resume` and `cache`: runs that are kept in a folder, also
//! those of other processes.

use std::path::Path;

use serde_json::{json, Value};

use crate::app::playbook::{Asked, Folders, StartOptions};
use crate::app::store;
use crate::process::powershell::find;

use super::arguments::{
    CacheArguments, HistoryArguments, ResumeArguments, StatusArguments, StopArguments,
};
use super::show::refuse;
use super::{exit_code, human, machine, run, Ending};

/// Where runs are kept: where somebody says, or where the project keeps them.
pub(super) fn state(given: Option<&Path>) -> std::path::PathBuf {
    given.map_or_else(|| Folders::around_here().state(), Path::to_owned)
}

/// Where the logs of runs are.
pub(super) fn logs() -> std::path::PathBuf {
    Folders::around_here().logs()
}

/// Asks the store; says why there is no answer.
fn ask(question: &Value, is_json: bool) -> Result<Value, u8> {
    match store::ask(&question.to_string()) {
        Ok(answer) => Ok(serde_json::from_str(&answer).unwrap_or_default()),
        Err(problem) => Err(refuse(&problem.to_string(), is_json)),
    }
}

/// Tells machines the answer, or people what there is to say of it.
fn tell(answer: &Value, is_json: bool, to_people: impl FnOnce(&Value)) -> Ending {
    match is_json {
        true => machine::value(answer),
        false => to_people(answer),
    }
    Ok(exit_code::SUCCESS)
}

fn items<'a>(answer: &'a Value, key: &str) -> &'a [Value] {
    answer[key].as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn history(given: &HistoryArguments) -> Ending {
    let folder = state(given.state.as_deref());
    let question = json!({
        "ask": "runs", "folder": folder, "name": given.playbook, "limit": given.limit,
    });
    tell(&ask(&question, given.json)?, given.json, |answer| {
        let runs = items(answer, "runs");
        if runs.is_empty() {
            human::text("no runs yet");
        }
        for run in runs {
            human::text(&line_of(run));
        }
    })
}

/// `workflow-… Completed release 1.25 s, 6 of 8 succeeded`.
fn line_of(run: &Value) -> String {
    let text = |key: &str| run[key].as_str().unwrap_or_default();
    let time = run["durationSeconds"].as_f64();
    let time = time.map_or_else(String::new, |time| format!(" {time:.2} s,"));
    let reason = match run["reason"].as_str() {
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    };
    format!(
        "{}  {:<9} {}{time} {} of {} succeeded{reason}",
        text("id"),
        text("status"),
        text("name"),
        run["succeeded"],
        run["tasks"]
    )
}

pub(super) fn status(given: &StatusArguments) -> Ending {
    let folder = state(given.state.as_deref());
    let mut name = given.run.clone();
    if name.is_none() {
        let latest = json!({ "ask": "runs", "folder": folder, "limit": 1 });
        let answer = ask(&latest, given.json)?;
        name = answer["runs"][0]["id"].as_str().map(str::to_owned);
    }
    let Some(name) = name else {
        return Err(refuse("there is no run yet", given.json));
    };
    let question = json!({ "ask": "run", "folder": folder, "run": name });
    tell(&ask(&question, given.json)?, given.json, |answer| {
        human::text(&line_of(&answer["run"]));
        for task in items(answer, "tasks") {
            human::text(&line_of_task(task));
        }
    })
}

fn line_of_task(task: &Value) -> String {
    let text = |key: &str| task[key].as_str().unwrap_or_default();
    let error = match task["error"].as_str() {
        Some(error) => format!(": {error}"),
        None => String::new(),
    };
    format!("  {:<11} {}{error}", text("state"), text("name"))
}

pub(super) fn stop(given: &StopArguments) -> Ending {
    let folder = state(given.state.as_deref());
    let question = json!({ "ask": "stop", "folder": folder, "run": given.run });
    ask(&question, given.json)?;
    let asked = json!({ "success": true, "workflowId": given.run });
    tell(&asked, given.json, |_| {
        human::text(&format!("{} was asked to stop", given.run));
    })
}

/// Tasks are found whatever the case of their names, as by `Clear-OrchestrationCache`.
pub(super) fn cache(given: &CacheArguments) -> Ending {
    let (what, became) = match given.clear {
        true => ("clearCache", "forgotten"),
        false => ("cache", "remembered"),
    };
    let label = given.name.as_ref().map(|name| name.to_lowercase());
    let folder = state(given.state.as_deref());
    let question = json!({ "ask": what, "folder": folder, "label": label });
    tell(&ask(&question, given.json)?, given.json, |answer| {
        human::text(&format!("results that are {became}: {}", answer["memos"]));
    })
}

/// Plans the playbook of a run again, and goes on with it.
pub(super) fn resume(given: &ResumeArguments) -> u8 {
    let folder = state(given.state.as_deref());
    let (id, asked) = match Asked::of(&folder, &given.run) {
        Ok(Some(found)) => found,
        Ok(None) => {
            let problem = format!("the run `{}` is none of a playbook", given.run);
            return refuse(&problem, given.json);
        }
        Err(problem) => {
            return refuse(&format!("{problem}; {}", problem.advice()), given.json);
        }
    };
    let opened = match asked.open() {
        Ok(opened) => opened,
        Err(diagnostics) => return super::show::refuse_all(&diagnostics, given.json),
    };
    let draft = opened.plan(asked.wishes(given.params.clone()), &Folders::around_here());
    if !draft.is_usable() {
        return super::show::refuse_all(&draft.diagnostics, given.json);
    }
    let options = StartOptions {
        id: Some(id),
        directory: Some(asked.directory),
        state: Some(folder),
        logs: Some(logs()),
        resume: Some(given.failed),
        accepts_changed_plan: given.accept_changed_playbook,
        is_approved: given.approve || run::approve(&draft, given.json),
        powershell: find(None).ok(),
        junit: given.junit.clone(),
        ..StartOptions::default()
    };
    run::start(draft, options, given.json, given.quiet)
}
