//! `run`: from a draft to the end of its run.

use std::io::{self, IsTerminal};
use std::process;
use std::time::{Duration, Instant};

use crate::app::interrupt::when_interrupted;
use crate::app::playbook::{Draft, News, Outcome, StartOptions, Workflow};
use crate::process::powershell::find;

use super::arguments::RunArguments;
use super::live::LiveView;
use super::teller::Teller;
use super::{exit_code, human, kept, machine, screen, show};

/// How long to wait for news; they come at once, this only bounds a wait without any.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the running steps are drawn at most.
const BETWEEN_DRAWINGS: Duration = Duration::from_millis(100);

pub(super) fn run(given: &RunArguments) -> u8 {
    if let Some(path) = given.junit.as_ref().filter(|_| !given.dry_run) {
        // What is refused shall not look like the last run that was not.
        let _ = std::fs::remove_file(path);
    }
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
        junit: given.junit.clone(),
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
    let options = StartOptions {
        tells_output: !is_json && !is_quiet,
        ..options
    };
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
    if is_json {
        while !workflow.is_over() {
            workflow.next(PATIENCE);
        }
        return workflow.outcome();
    }
    if !is_quiet {
        human::begin(workflow.plan(), workflow.id());
    }
    let is_drawn = !is_quiet && screen::is_drawable();
    let mut teller = Teller::new(workflow.plan(), is_quiet, !is_drawn);
    let mut board = is_drawn.then(|| Board::new(workflow.total_steps()));
    let mut text = String::new();
    while !workflow.is_over() {
        let patience = board.as_ref().map_or(PATIENCE, Board::patience);
        for news in workflow.next(patience) {
            if let Some(board) = &mut board {
                board.view.take(&news, Instant::now());
            }
            text.push_str(&teller.tell(&news));
            match news {
                News::Notice(notice) => {
                    human::written(&std::mem::take(&mut text));
                    human::notice(&notice);
                }
                News::Warning(warning) => {
                    human::written(&std::mem::take(&mut text));
                    human::warning(&warning);
                }
                _ => {}
            }
        }
        match &mut board {
            Some(board) => board.draw(&mut text),
            None => human::written(&std::mem::take(&mut text)),
        }
    }
    human::written(&text);
    workflow.outcome()
}

/// What is drawn of a run, now and then.
struct Board {
    view: LiveView,
    drawn_at: Instant,
}

impl Board {
    fn new(steps: usize) -> Self {
        let now = Instant::now();
        Self {
            view: LiveView::new(steps, screen::is_coloured(), now),
            drawn_at: now,
        }
    }

    /// How long to wait for news until it is drawn again.
    fn patience(&self) -> Duration {
        match self.view.is_moving() {
            true => BETWEEN_DRAWINGS.saturating_sub(self.drawn_at.elapsed()),
            false => PATIENCE,
        }
    }

    /// Draws it below the text, once it is time.
    fn draw(&mut self, text: &mut String) {
        let is_due = self.drawn_at.elapsed() >= BETWEEN_DRAWINGS || !self.view.is_moving();
        if is_due {
            human::written(&std::mem::take(text));
            let size = screen::size();
            screen::draw(&self.view.lines(size, Instant::now()));
            self.drawn_at = Instant::now();
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
