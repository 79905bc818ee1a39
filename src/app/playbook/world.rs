//! What the names in a playbook stand for while it runs.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::graph::Graph;
use crate::engine::schedule::{Schedule, TaskEnd};
use crate::engine::value::Value;
use crate::playbook::expression::{Reference, Scope, StepPart};
use crate::playbook::plan::{Plan, Step, Work};
use crate::playbook::value::is_same_name;
use crate::playbook::values::{known, Values};

/// The exit code of a step that ran into its time limit.
pub(super) const TIMED_OUT: i64 = 124;

/// A step as the run knows it, with the place of its task in the graph.
#[derive(Debug, Clone)]
struct Place {
    name: String,
    task: u32,
    parent: Option<usize>,
    wave: usize,
    does_work: bool,
}

/// The steps of a plan in the order written, by task and by name.
#[derive(Debug, Default)]
pub(super) struct Steps {
    places: Vec<Place>,
    of_task: HashMap<u32, usize>,
    named: HashMap<String, Vec<usize>>,
}

impl Steps {
    /// The steps of a plan in the graph that was made of it.
    pub(super) fn of(plan: &Plan, graph: &Graph) -> Self {
        let mut steps = Self::default();
        steps.add(&plan.steps, graph.root_tasks(), None, graph);
        steps
    }

    fn add(
        &mut self,
        planned: &[Step],
        tasks: std::ops::Range<u32>,
        parent: Option<usize>,
        graph: &Graph,
    ) {
        for (step, task) in planned.iter().zip(tasks) {
            let place = self.places.len();
            self.of_task.insert(task, place);
            let inside = match &step.work {
                Work::Inside(inside, _) => Some(inside),
                _ => None,
            };
            self.places.push(Place {
                name: step.label.clone(),
                task,
                parent,
                wave: step.wave,
                does_work: inside.is_none(),
            });
            if let Some(inside) = inside {
                self.add(inside, graph.children(task), Some(place), graph);
            }
        }
    }

    /// The place of a task's step in the order written.
    pub(super) fn place_of(&self, task: u32) -> Option<usize> {
        self.of_task.get(&task).copied()
    }

    /// The task of the step at a place.
    pub(super) fn task_at(&self, place: usize) -> Option<u32> {
        self.places.get(place).map(|it| it.task)
    }

    /// The names of all steps with their places, in the order written.
    fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        let places = self.places.iter().enumerate();
        places.map(|(place, it)| (it.name.as_str(), place))
    }

    /// Remembers what steps a name may mean.
    pub(super) fn learn_name(&mut self, name: &str, plan: &Plan) {
        if !self.named.contains_key(name) {
            let places = plan.flat().named(name);
            self.named.insert(name.to_owned(), places);
        }
    }

    /// The task that a name means: of several, the last written that has ended.
    fn meant(&self, name: &str, run: &Schedule) -> Option<u32> {
        let places = self.named.get(name)?;
        let mut last_first = places.iter().rev().filter_map(|&place| self.task_at(place));
        last_first.find(|&task| run.end_of(task).is_some())
    }

    /// The exit code of the last step before a place that ended; of a parallel
    /// group, the highest.
    fn last_exit_code(&self, before: usize, run: &Schedule, codes: &ExitCodes) -> i64 {
        let code = |place: &Place| codes.of(place.task, run);
        let earlier = self.places[..before].iter().filter(|it| it.does_work);
        let ended: Vec<_> = earlier
            .filter_map(|place| code(place).map(|code| (place, code)))
            .collect();
        let Some((last, _)) = ended.last() else {
            return 0;
        };
        let beside = ended
            .iter()
            .filter(|(it, _)| it.parent == last.parent && it.wave == last.wave);
        beside.map(|(_, code)| *code).max().unwrap_or(0)
    }
}

/// The exit codes that tasks ended with, as far as they had one: a success may have
/// another than 0, such as one that wants the machine restarted.
#[derive(Debug, Default)]
pub(super) struct ExitCodes(HashMap<u32, i32>);

impl ExitCodes {
    /// Takes in what a task has ended with.
    pub(super) fn put(&mut self, task: u32, exit_code: Option<i32>) {
        match exit_code {
            Some(code) => self.0.insert(task, code),
            None => self.0.remove(&task),
        };
    }

    /// That of a task that has run to an end.
    fn of(&self, task: u32, run: &Schedule) -> Option<i64> {
        match run.end_of(task)? {
            TaskEnd::Succeeded => Some(self.0.get(&task).map_or(0, |&code| code.into())),
            TaskEnd::Failed => {
                let code = run.failure_of(task).map_or(0, |failure| failure.kind.0);
                Some(i64::from(code.max(1)))
            }
            TaskEnd::TimedOut => Some(TIMED_OUT),
            TaskEnd::Stopped | TaskEnd::Skipped(_) => None,
        }
    }
}

/// How a task ended, in a word.
pub(super) fn status(end: TaskEnd) -> &'static str {
    match end {
        TaskEnd::Succeeded => "Succeeded",
        TaskEnd::Failed => "Failed",
        TaskEnd::TimedOut => "TimedOut",
        TaskEnd::Stopped => "Stopped",
        TaskEnd::Skipped(_) => "Skipped",
    }
}

/// What a run happens in.
#[derive(Debug)]
pub(super) struct World {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) directory: PathBuf,
    /// The playbook's file, if it is in one.
    pub(super) file: Option<PathBuf>,
}

/// What names stand for when a step is asked or begins.
pub(super) struct During<'a> {
    pub(super) world: &'a World,
    pub(super) steps: &'a Steps,
    pub(super) run: &'a Schedule,
    pub(super) exit_codes: &'a ExitCodes,
    pub(super) values: &'a Arc<Values>,
    /// The place of the step in the order written.
    pub(super) place: usize,
}

impl Scope for During<'_> {
    fn value(&self, reference: &Reference) -> Value {
        match reference {
            Reference::LastExitCode => Value::Int(self.last_exit_code()),
            Reference::Step(name, part) => self.of_step(name, *part).unwrap_or_default(),
            _ => {
                let look = |name: &str| self.world.environment.get(name).cloned();
                known(self.values, &look, reference).unwrap_or_default()
            }
        }
    }

    fn path_exists(&self, path: &str) -> bool {
        self.world.directory.join(path).exists()
    }

    fn has_failed(&self) -> bool {
        let places = self.steps.places.iter();
        let mut tasks = places.filter(|it| it.does_work).map(|it| it.task);
        tasks.any(|task| {
            let end = self.run.end_of(task);
            matches!(end, Some(TaskEnd::Failed | TaskEnd::TimedOut))
        })
    }
}

impl During<'_> {
    fn last_exit_code(&self) -> i64 {
        let codes = self.exit_codes;
        self.steps.last_exit_code(self.place, self.run, codes)
    }

    /// What became of the steps that are over, by name, as PowerShell sees `$steps`. Of
    /// several of one name, the last written counts.
    pub(super) fn steps_so_far(&self) -> Value {
        let mut so_far: Vec<(Arc<str>, Value)> = Vec::new();
        for (name, place) in self.steps.names() {
            let task = self.steps.task_at(place);
            let Some(end) = task.and_then(|task| Some((task, self.run.end_of(task)?))) else {
                continue;
            };
            let (task, end) = end;
            let code = self
                .exit_codes
                .of(task, self.run)
                .map_or(Value::Null, Value::Int);
            let facts = [
                ("status".into(), Value::Text(status(end).into())),
                ("exitCode".into(), code),
                ("output".into(), self.output_of(task).unwrap_or_default()),
            ];
            so_far.retain(|(other, _)| !is_same_name(other, name));
            so_far.push((name.into(), Value::Map(facts.into())));
        }
        Value::Map(so_far.into())
    }

    /// What a task gave out: of a program, what it wrote.
    fn output_of(&self, task: u32) -> Option<Value> {
        let output = self.run.output_of(task)?;
        let written = output.get("exitCode").and_then(|_| output.get("stdout"));
        Some(match written {
            Some(Value::Text(text)) => Value::Text(text.trim_end_matches(['\r', '\n']).into()),
            _ => output.clone(),
        })
    }

    fn of_step(&self, name: &str, part: StepPart) -> Option<Value> {
        let task = self.steps.meant(name, self.run)?;
        Some(match part {
            StepPart::Status => Value::Text(status(self.run.end_of(task)?).into()),
            StepPart::ExitCode => Value::Int(self.exit_codes.of(task, self.run)?),
            StepPart::Output => self.output_of(task)?,
        })
    }
}
