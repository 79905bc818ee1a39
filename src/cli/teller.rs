//! What people are told of a run where nothing can be drawn, and what stays above what
//! is drawn.
//!
//! A step that runs alone has what it writes told line by line, as it comes; of steps
//! beside each other, each one's is told as a whole at its end.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::app::playbook::{News, OutputKind, StepOutput, StepResult};
use crate::playbook::plan::Plan;

use super::human::{self, MOST_LINES};

/// Tells of a run, in texts to be printed.
#[derive(Debug)]
pub(super) struct Teller {
    is_quiet: bool,
    /// Whether begins and lines are told; what is drawn shows them otherwise.
    tells_course: bool,
    /// The steps that the plan has run alone.
    alone: HashSet<String>,
    running: HashSet<u32>,
    floor: Option<Floor>,
}

/// The step whose lines are told as they come.
#[derive(Debug)]
struct Floor {
    task: u32,
    /// Another step has begun meanwhile: what else comes is told at the end.
    is_closed: bool,
    held: VecDeque<String>,
    left_out: usize,
    /// How many lines of its values were told.
    values: usize,
}

impl Teller {
    /// For a plan.
    pub(super) fn new(plan: &Plan, is_quiet: bool, tells_course: bool) -> Self {
        Self {
            is_quiet,
            tells_course,
            alone: alone(plan),
            running: HashSet::new(),
            floor: None,
        }
    }

    /// What to print of something that happened; whole lines or nothing.
    pub(super) fn tell(&mut self, news: &News) -> String {
        match news {
            News::Started(task, path, attempt) => self.start(*task, path, *attempt),
            News::Output(output) => self.hear(output),
            News::Retrying(result) => {
                let floor = self.end(result.task);
                human::retrying(result) + &floor.map(Floor::rest).unwrap_or_default()
            }
            News::Ended(result) => {
                let floor = self.end(result.task);
                if self.is_quiet && (result.success || result.status == "Skipped") {
                    return String::new();
                }
                match floor {
                    Some(floor) => human::end(result) + &floor.ended(result),
                    None => human::ended(result),
                }
            }
            News::Notice(_) | News::Warning(_) => String::new(),
        }
    }

    fn start(&mut self, task: u32, path: &str, attempt: u32) -> String {
        if self.is_quiet || !self.tells_course {
            return String::new();
        }
        if let Some(floor) = &mut self.floor {
            floor.is_closed = true;
        } else if self.running.is_empty() && self.alone.contains(path) {
            self.floor = Some(Floor {
                task,
                is_closed: false,
                held: VecDeque::new(),
                left_out: 0,
                values: 0,
            });
        }
        self.running.insert(task);
        human::started(path, attempt)
    }

    /// Its step has the floor no more; it, if it had.
    fn end(&mut self, task: u32) -> Option<Floor> {
        self.running.remove(&task);
        self.floor.take_if(|floor| floor.task == task)
    }

    fn hear(&mut self, output: &StepOutput) -> String {
        let floor = self.floor.as_mut().filter(|it| it.task == output.task);
        let Some(floor) = floor else {
            return String::new();
        };
        let mut lines = Vec::new();
        if output.missed > 0 {
            lines.push(human::missed(output.missed));
        }
        let mark = match output.output_kind {
            OutputKind::Complaint => '!',
            OutputKind::Shown | OutputKind::Value => '|',
        };
        lines.extend(output.text.lines().map(|line| human::line(mark, line)));
        if output.output_kind == OutputKind::Value {
            floor.values += output.text.lines().count();
        }
        if !floor.is_closed {
            return lines.concat();
        }
        floor.held.extend(lines);
        let too_many = floor.held.len().saturating_sub(MOST_LINES);
        floor.held.drain(..too_many);
        floor.left_out += too_many;
        String::new()
    }
}

impl Floor {
    /// What was held back since another step began.
    fn rest(self) -> String {
        let before = match self.left_out {
            0 => String::new(),
            count => human::left_out('|', count),
        };
        before + &Vec::from(self.held).concat()
    }

    /// The same, with the values that only its end tells.
    fn ended(self, result: &StepResult) -> String {
        let values = result.value_lines();
        let values = values.iter().skip(self.values);
        let lines: Vec<_> = values.map(|line| human::line('|', line)).collect();
        self.rest() + &lines.concat()
    }
}

/// The steps that have no other beside them, wherever they are inside.
fn alone(plan: &Plan) -> HashSet<String> {
    let leaves = plan.flat().leaves;
    let mut beside: HashMap<_, usize> = HashMap::new();
    // Of the branches of a condition, one runs.
    let place = |index: usize| {
        let leaf = &leaves[index];
        let branch = ["then", "else"]
            .into_iter()
            .find(|it| leaf.step.label == *it);
        (leaf.parent, leaf.step.wave, branch)
    };
    for index in 0..leaves.len() {
        *beside.entry(place(index)).or_default() += 1;
    }
    let is_alone = |mut index: usize| loop {
        if beside[&place(index)] > 1 {
            return false;
        }
        match leaves[index].parent {
            Some(parent) => index = parent,
            None => return true,
        }
    };
    let alone = (0..leaves.len()).filter(|&index| is_alone(index));
    alone.map(|index| leaves[index].path.clone()).collect()
}

#[cfg(test)]
#[path = "teller_tests.rs"]
mod tests;
