//! Decides and begins the steps of a playbook when they become ready.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::run::{Begin, Conductor, Decides, LargeOutput, Limit, PowerShellOrder};
use crate::engine::batch::DEFAULT_GRACE;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Failure, Schedule, TaskEnd};
use crate::playbook::expression::{Expression, Reference};
use crate::playbook::plan::{Decision, Isolation, Plan, PowerShellWork, Step, Work};
use crate::playbook::values::Values;
use crate::store::Secrets;

use super::log::file_name;
use super::order::{self, About, Ask};
use super::program;
use super::scripts::Scripts;
use super::world::{During, ExitCodes, Steps, World};

/// How long the condition of a step may take in a process if its step has no time limit.
const DECISION_LIMIT: Duration = Duration::from_secs(600);

/// What of a step is needed at its time: steps inside are steps of their own.
struct Prepared {
    step: Step,
    path: String,
}

/// Where PowerShell is.
#[derive(Debug, Clone, Default)]
pub(super) struct PowerShellPlaces {
    /// Whether the host has workers for it.
    pub(super) has_host: bool,
    /// Where `pwsh` is, if not on `PATH`.
    pub(super) program: Option<PathBuf>,
}

/// The conductor of a playbook's run.
pub(super) struct PlanConductor {
    plan: Arc<Plan>,
    world: Arc<World>,
    scripts: Scripts,
    run_id: String,
    places: PowerShellPlaces,
    prepared: Vec<Prepared>,
    steps: Option<Steps>,
    exit_codes: ExitCodes,
    /// Where large output of programs goes; nowhere if there are no logs.
    logs: Option<PathBuf>,
    secrets: Secrets,
}

impl PlanConductor {
    pub(super) fn new(
        plan: Arc<Plan>,
        world: Arc<World>,
        scripts: Scripts,
        run_id: String,
        places: PowerShellPlaces,
    ) -> Self {
        let leaves = plan.flat().leaves;
        let prepared = leaves.into_iter().map(|leaf| Prepared {
            step: without_inside(leaf.step),
            path: leaf.path,
        });
        Self {
            prepared: prepared.collect(),
            plan,
            world,
            scripts,
            run_id,
            places,
            steps: None,
            exit_codes: ExitCodes::default(),
            logs: None,
            secrets: Secrets::default(),
        }
    }

    /// Large output of programs goes to the folder of logs, without secrets.
    pub(super) fn with_logs(self, logs: Option<PathBuf>, secrets: Secrets) -> Self {
        Self {
            logs,
            secrets,
            ..self
        }
    }

    /// Where an attempt's large output goes.
    fn large(&self, place: usize, attempt: u32) -> Option<LargeOutput> {
        let folder = self.logs.clone()?;
        let path = file_name(&self.prepared[place].path);
        let name = format!("{}.{}-{path}", file_name(&self.run_id), place + 1);
        let name = match attempt {
            1 => name,
            _ => format!("{name}.attempt-{attempt}"),
        };
        let secrets = self.secrets.clone();
        Some(LargeOutput {
            folder,
            name,
            secrets,
        })
    }

    /// The steps with their tasks; made when the graph is there.
    fn learn(&mut self, run: &Schedule) -> Steps {
        if let Some(steps) = self.steps.take() {
            return steps;
        }
        let mut steps = Steps::of(&self.plan, run.graph());
        for prepared in &self.prepared {
            for name in names_of(&prepared.step) {
                steps.learn_name(&name, &self.plan);
            }
        }
        steps
    }

    fn decide(&self, place: usize, steps: &Steps, run: &Schedule) -> Decides {
        let step = &self.prepared[place].step;
        let during = self.during(place, steps, run, &step.values);
        let holds = |condition: &Expression| {
            condition
                .holds(&during)
                .map_err(|fault| Failure::new(fault.to_string()))
        };
        Decides::Known(match &step.decision {
            None => Ok(true),
            Some(Decision::If(condition)) => holds(condition),
            Some(Decision::Unless(condition)) => holds(condition).map(|it| !it),
            Some(Decision::PowerShell(text)) => {
                let about = self.about(Ask::Decide, place, 1);
                match order::of_condition(&about, text, &during) {
                    Ok(order) if self.places.has_host => return Decides::Host(order),
                    Ok(order) => {
                        let limit = Some(limit_of(step, text));
                        let order = self.in_process(order);
                        return Decides::PowerShell(Box::new(PowerShellOrder { limit, ..order }));
                    }
                    Err(why) => Err(Failure::new(why)),
                }
            }
            Some(Decision::Undo(path)) => Ok(self.has_to_be_undone(path, &during, steps)),
        })
    }

    fn in_process(&self, order: String) -> PowerShellOrder {
        PowerShellOrder {
            program: self.places.program.clone(),
            order,
            grace: DEFAULT_GRACE,
            limit: None,
        }
    }

    fn about(&self, ask: Ask, place: usize, attempt: u32) -> About<'_> {
        let Prepared { step, path } = &self.prepared[place];
        About {
            ask,
            plan: &self.plan,
            step,
            path,
            run_id: &self.run_id,
            attempt,
        }
    }

    /// Whether a step has succeeded in a run that has failed or was stopped.
    fn has_to_be_undone(&self, path: &str, during: &During<'_>, steps: &Steps) -> bool {
        use crate::playbook::expression::Scope;

        let place = self.prepared.iter().position(|it| it.path == path);
        let task = place.and_then(|place| steps.task_at(place));
        let end = task.and_then(|task| during.run.end_of(task));
        let has_failed = during.has_failed() || during.run.cancelled().is_some();
        end == Some(TaskEnd::Succeeded) && has_failed
    }

    fn during<'a>(
        &'a self,
        place: usize,
        steps: &'a Steps,
        run: &'a Schedule,
        values: &'a Arc<Values>,
    ) -> During<'a> {
        During {
            world: &self.world,
            steps,
            run,
            exit_codes: &self.exit_codes,
            values,
            place,
        }
    }

    fn begin_step(&self, place: usize, attempt: Attempt, steps: &Steps, run: &Schedule) -> Begin {
        let Prepared { step, path } = &self.prepared[place];
        let during = self.during(place, steps, run, &step.values);
        if self.scripts.is_powershell(step) {
            let about = self.about(Ask::Run, place, attempt.number);
            return match order::of_step(&about, &self.scripts, &during) {
                Ok(order) if self.places.has_host && step.isolation == Isolation::Runspace => {
                    Begin::Host(order)
                }
                Ok(order) => Begin::PowerShell(Box::new(self.in_process(order))),
                Err(why) => Begin::Over(Ending::Failed(Failure::new(why))),
            };
        }
        let work = match program::of_step(step, &self.scripts, &during) {
            Ok(Some(work)) => work,
            Ok(None) => return Begin::Over(Ending::Succeeded { output: None }),
            Err(why) => return Begin::Over(Ending::Failed(Failure::new(why))),
        };
        let mut work = Box::new(work);
        let about = [
            ("OE_RUN_ID", self.run_id.clone()),
            ("OE_STEP", path.clone()),
            ("OE_ATTEMPT", attempt.number.to_string()),
        ];
        for (name, value) in about {
            let environment = &mut work.spec.environment;
            environment.entry(name.to_owned()).or_insert(Some(value));
        }
        work.large = self.large(place, attempt.number);
        work.spec.directory = Some(self.world.directory.display().to_string());
        Begin::Program(work)
    }
}

impl Conductor for PlanConductor {
    fn decides(&mut self, task: u32, run: &Schedule) -> Decides {
        let steps = self.learn(run);
        let decided = match steps.place_of(task) {
            Some(place) => self.decide(place, &steps, run),
            None => Decides::Known(Err(unknown())),
        };
        self.steps = Some(steps);
        decided
    }

    fn ended(&mut self, task: u32, exit_code: Option<i32>) {
        self.exit_codes.put(task, exit_code);
    }

    fn begin(&mut self, attempt: Attempt, run: &Schedule) -> Begin {
        let steps = self.learn(run);
        let begin = match steps.place_of(attempt.task) {
            Some(place) => self.begin_step(place, attempt, &steps, run),
            None => Begin::Over(Ending::Failed(unknown())),
        };
        self.steps = Some(steps);
        begin
    }
}

/// How long the condition of a step may take: as long as the step itself.
fn limit_of(step: &Step, condition: &str) -> Limit {
    let given = step.timeout.filter(|&seconds| seconds > 0.0);
    let given = given.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let time = given.unwrap_or(DECISION_LIMIT);
    let whose = match given {
        Some(_) => "the time limit of its step",
        None => "the limit for conditions of steps without a time limit of their own",
    };
    Limit {
        time,
        error: format!(
            "the condition `{condition}` took longer than {} s, {whose}, and was ended",
            time.as_secs_f64()
        ),
    }
}

fn unknown() -> Failure {
    Failure::new("a defect of the engine: the task has no step")
}

/// A step without those inside it.
fn without_inside(step: &Step) -> Step {
    let work = match &step.work {
        Work::Inside(..) => Work::Nothing,
        other => other.clone(),
    };
    Step {
        work,
        decision: step.decision.clone(),
        values: Arc::clone(&step.values),
        parameters: step.parameters.clone(),
        environment: step.environment.clone(),
        label: step.label.clone(),
        name: step.name.clone(),
        description: None,
        codes: step.codes.clone(),
        approval: None,
        needs: Vec::new(),
        after: Vec::new(),
        group: None,
        ..*step
    }
}

/// The names of steps that a step reads.
fn names_of(step: &Step) -> Vec<String> {
    let mut names = step.decision.as_ref().map_or_else(Vec::new, names_in);
    let mut slots = Vec::new();
    match &step.work {
        Work::Command { carried, .. } | Work::PowerShell(PowerShellWork::Command(carried)) => {
            slots.extend(carried.values.iter().map(|(_, it)| it))
        }
        Work::Program(argv) => slots.extend(argv.iter().flat_map(|it| it.slots())),
        _ => {}
    }
    for (_, recipe) in step.parameters.iter().chain(&step.environment) {
        slots.extend(recipe.templates().into_iter().flat_map(|it| it.slots()));
    }
    for slot in slots {
        names.extend(names_read(slot.expression()));
    }
    names
}

fn names_in(decision: &Decision) -> Vec<String> {
    match decision {
        Decision::If(condition) | Decision::Unless(condition) => names_read(condition),
        Decision::PowerShell(_) | Decision::Undo(_) => Vec::new(),
    }
}

fn names_read(expression: &Expression) -> Vec<String> {
    let references = expression.references().into_iter();
    let names = references.filter_map(|(reference, _)| match reference {
        Reference::Step(name, _) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}
