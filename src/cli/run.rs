//! `run`: from a draft to the end of its run.

use std::io::{self, IsTerminal};
use std::process;
use std::time::Duration;

use crate::app::interrupt::when_interrupted;
use crate::app::playbook::{Draft, News, Outcome, StartOptions, Workflow};
use crate::process::powershell::find;

use super::arguments::RunArguments;
use super::{exit_code, human, kept, machine, show};

/// How long to wait for news; they come at once, this only bounds a wait without any.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(given: &RunArguments) -> u8 {
    let draft = match show::draft(&given.playbook) {
        Ok(draft) => draft,
        Err(code) => return code,
    };
    let is_json = given.playbook.json;
    if given.dry_run {
        return show::plan(&given.playbook, given.state.as_deref());
    }
    if !is_json {
        human::diagnostics(&draft.diagnostics);
    }
    let options = StartOptions {
        id: given.id.clone(),
        directory: given.directory.clone(),
        state: (!given.no_state).then(|| kept::state(given.state.as_deref())),
        is_approved: given.approve || approve(&draft, is_json),
        powershell: find(None).ok(),
        logs: (!given.no_state && !given.no_log).then(kept::logs),
        ..StartOptions::default()
    };
    start(draft, options, is_json, given.quiet)
}

/// Asks a person at a terminal for what a draft needs the approval of. Nobody is asked
/// where nobody could answer.
pub(super) fn approve(draft: &Draft, is_json: bool) -> bool {
    let approvals = draft.approvals();
    let is_asked = !is_json && io::stdin().is_terminal() && io::stderr().is_terminal();
    is_asked
        && !approvals.is_empty()
        && approvals.iter().all(|(path, what)| human::asks(path, what))
}

/// Starts a draft and follows it to its end.
pub(super) fn start(draft: Draft, options: StartOptions, is_json: bool, is_quiet: bool) -> u8 {
    let mut workflow = match draft.start(options, None) {
        Ok(workflow) => workflow,
        Err(why) => return show::refuse(&why.to_string(), is_json),
    };
    let outcome = follow(&mut workflow, is_json, is_quiet);
    match is_json {
        true => machine::outcome(&outcome),
        false => human::outcome(&outcome),
    }
    exit_code::of(outcome.verdict)
}

/// Tells what happens until the run is over.
fn follow(workflow: &mut Workflow, is_json: bool, is_quiet: bool) -> Outcome {
    stop_when_interrupted(workflow);
    if !is_json && !is_quiet {
        human::begin(workflow.plan(), workflow.id());
    }
    loop {
        for news in workflow.next(PATIENCE) {
            if is_json {
                continue;
            }
            match news {
                News::Started(_, path, attempt) if !is_quiet => human::started(&path, attempt),
                News::Started(..) => {}
                News::Notice(notice) => human::notice(&notice),
                News::Warning(text) => human::warning(&text),
                News::Retrying(result) => human::retrying(&result),
                News::Ended(result) => {
                    if !is_quiet || !(result.success || result.status == "Skipped") {
                        human::ended(&result);
                    }
                }
            }
        }
        if workflow.is_over() {
            return workflow.outcome();
        }
    }
}

/// The first time the steps are asked to end, the second time they are killed.
fn stop_when_interrupted(workflow: &Workflow) {
    let (cancel, kill) = workflow.cancellers();
    // Without signals, the run simply ends with its process.
    let _ = when_interrupted(move |asked| match asked {
        0 => {
            human::error("stopping; once more to kill what runs");
            cancel();
        }
        _ => {
            kill();
            process::exit(i32::from(exit_code::STOPPED));
        }
    });
}
