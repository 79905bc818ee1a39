//! A random graph, and what the world will do with it.

use super::super::*;
use super::Random;

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Succeeds,
    Fails,
    /// The worker that runs it is lost.
    IsLost,
    /// It goes on until it is told to stop.
    Lasts,
    /// It puts tasks inside itself; those are in the plan.
    Waits,
}

/// A task, in terms that need no names.
#[derive(Debug, Clone)]
pub(super) struct TaskPlan {
    pub(super) id: u64,
    /// Others of its scope, and whether it needs their success.
    pub(super) waits_for: Vec<(u64, bool)>,
    pub(super) kind: PlanKind,
    pub(super) phase: Option<u32>,
    pub(super) group: Option<u32>,
    pub(super) weight: u32,
    pub(super) priority: i16,
    pub(super) estimate: Option<u64>,
    pub(super) timeout: Option<u64>,
    pub(super) retry: Option<(u32, u64)>,
    /// What the answer to its condition is.
    pub(super) condition: Option<bool>,
    pub(super) is_finally: bool,
    pub(super) is_tolerated: bool,
    pub(super) fate: Fate,
    pub(super) inside: Vec<TaskPlan>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlanKind {
    Work,
    Graph,
    Race,
    ForEach,
}

/// A run before it begins. Times are in milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) limit: u32,
    pub(super) groups: Vec<u32>,
    pub(super) tolerance: Tolerance,
    pub(super) timeout: Option<u64>,
    pub(super) grace: Option<u64>,
    /// When the run is cancelled, and why.
    pub(super) cancels: Vec<(u64, CancelReason)>,
    pub(super) tasks: Vec<TaskPlan>,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let size = match random.once_in(20_000) {
            true => 1000 * random.size(100),
            false => random.size(1000),
        };
        let limit = random.size(64) as u32;
        let groups = (0..random.below(4)).map(|_| random.size(u64::from(limit)) as u32);
        let groups = groups.collect();
        let tolerance = match random.below(4) {
            0 => Tolerance::StopAfter(0),
            1 => Tolerance::StopAfter(random.below(5) as u32),
            _ => Tolerance::CollectAll,
        };
        let reasons = [CancelReason::Requested, CancelReason::HostGone];
        let cancels =
            (0..random.below(3).saturating_sub(1) + u64::from(random.once_in(20))).map(|_| {
                (
                    random.size(10_000) as u64,
                    reasons[random.below(2) as usize],
                )
            });
        let mut plan = Self {
            seed,
            limit,
            groups,
            tolerance,
            cancels: cancels.collect(),
            timeout: random.once_in(8).then(|| random.size(10_000) as u64),
            grace: random.once_in(2).then(|| random.below(30)),
            tasks: Vec::new(),
        };
        let mut maker = Maker {
            failing: 2 + random.below(40),
            features: random.next(),
            random,
            limit,
            groups: plan.groups.clone(),
            next: 0,
            left: size,
        };
        plan.tasks = maker.tasks(size, 0, PlanKind::Graph);
        plan
    }

    pub(super) fn spec(&self) -> GraphSpec {
        let groups = (0..).zip(&self.groups);
        let groups = groups.map(|(number, &limit): (u32, _)| GroupSpec {
            name: number.to_string(),
            limit,
        });
        GraphSpec {
            limit: self.limit,
            groups: groups.collect(),
            tasks: self.tasks.iter().map(TaskPlan::spec).collect(),
        }
    }

    pub(super) fn options(&self) -> RunOptions {
        RunOptions {
            tolerance: self.tolerance,
            timeout: self.timeout.map(Duration::from_millis),
            stop_grace: self.grace.map(Duration::from_millis),
            jitter_seed: self.seed,
        }
    }

    /// Plans that are a little smaller or simpler.
    pub(super) fn smaller(&self) -> impl Iterator<Item = Self> + '_ {
        let count = count(&self.tasks);
        let chunks = std::iter::successors(Some(count / 2), |chunk| Some(chunk / 2));
        let cuts = chunks
            .take_while(|&chunk| chunk > 0)
            .flat_map(move |chunk| {
                (0..count)
                    .step_by(chunk)
                    .map(move |first| first..first + chunk)
            });
        let fewer = cuts.map(|cut| {
            let mut smaller = self.clone();
            remove(&mut smaller.tasks, &cut, &mut 0);
            smaller
        });
        let simpler = (0..count).flat_map(move |index| {
            (0..SIMPLER.len()).filter_map(move |which| self.simpler(index, which))
        });
        let whole = (0..4).filter_map(|which| {
            let mut smaller = self.clone();
            let changed = match which {
                0 => smaller.cancels.pop().is_some(),
                1 => smaller.timeout.take().is_some(),
                2 => smaller.grace.take().is_some(),
                _ => {
                    let before = smaller.tolerance;
                    smaller.tolerance = Tolerance::CollectAll;
                    before != smaller.tolerance
                }
            };
            changed.then_some(smaller)
        });
        let all = fewer.chain(whole).chain(simpler);
        all.filter(|plan| !plan.tasks.is_empty() && Graph::new(plan.spec()).is_ok())
    }

    fn simpler(&self, index: usize, which: usize) -> Option<Self> {
        let mut smaller = self.clone();
        let task = nth(&mut smaller.tasks, &mut { index })?;
        SIMPLER[which](task).then_some(smaller)
    }
}

/// Takes one thing away from a task; false if it was not there.
const SIMPLER: [fn(&mut TaskPlan) -> bool; 10] = [
    |task| !std::mem::take(&mut task.waits_for).is_empty(),
    |task| task.phase.take().is_some(),
    |task| task.group.take().is_some(),
    |task| std::mem::replace(&mut task.weight, 1) > 1,
    |task| std::mem::take(&mut task.priority) != 0 || task.estimate.take().is_some(),
    |task| task.fate != Fate::Lasts && task.timeout.take().is_some(),
    |task| task.retry.take().is_some(),
    |task| task.condition.take().is_some(),
    |task| std::mem::take(&mut task.is_finally) || std::mem::take(&mut task.is_tolerated),
    |task| std::mem::replace(&mut task.fate, Fate::Succeeds) != Fate::Succeeds,
];

fn count(tasks: &[TaskPlan]) -> usize {
    tasks.iter().map(|task| 1 + count(&task.inside)).sum()
}

fn nth<'a>(tasks: &'a mut [TaskPlan], index: &mut usize) -> Option<&'a mut TaskPlan> {
    for task in tasks {
        if *index == 0 {
            return Some(task);
        }
        *index -= 1;
        if let Some(found) = nth(&mut task.inside, index) {
            return Some(found);
        }
    }
    None
}

fn remove(tasks: &mut Vec<TaskPlan>, cut: &std::ops::Range<usize>, index: &mut usize) {
    let mut gone = Vec::new();
    tasks.retain_mut(|task| {
        let stays = !cut.contains(index);
        *index += 1;
        remove(&mut task.inside, cut, index);
        if !stays {
            gone.push(task.id);
        }
        stays
    });
    for task in tasks {
        task.waits_for.retain(|(id, _)| !gone.contains(id));
    }
}

impl TaskPlan {
    pub(super) fn spec(&self) -> TaskSpec {
        let inside = || self.inside.iter().map(Self::spec).collect();
        let names = |needs: bool| {
            let named = self.waits_for.iter().filter(move |it| it.1 == needs);
            named.map(|(id, _)| id.to_string()).collect()
        };
        TaskSpec {
            name: self.id.to_string(),
            kind: match self.kind {
                PlanKind::Work => TaskKind::Work,
                PlanKind::Graph => TaskKind::Graph(inside()),
                PlanKind::Race => TaskKind::Race(inside()),
                PlanKind::ForEach => TaskKind::ForEach,
            },
            depends_on: names(true),
            after: names(false),
            phase: self.phase,
            group: self.group.map(|group| group.to_string()),
            weight: self.weight,
            priority: self.priority,
            estimate: self.estimate.map(Duration::from_millis),
            timeout: self.timeout.map(Duration::from_millis),
            retry: self.retry.map(|(count, delay)| RetryPolicy {
                delay: Duration::from_millis(delay),
                jitter: 0.5,
                ..RetryPolicy::times(count)
            }),
            is_conditional: self.condition.is_some(),
            is_finally: self.is_finally,
            continue_on_error: self.is_tolerated,
            on_resume: crate::engine::graph::OnResume::Rerun,
        }
    }
}

/// Makes up tasks.
struct Maker {
    random: Random,
    /// Which of the features take part in this run, a bit each: a run with
    /// all of them would seldom get far.
    features: u64,
    failing: u64,
    limit: u32,
    groups: Vec<u32>,
    next: u64,
    left: usize,
}

impl Maker {
    fn has(&mut self, feature: u32, times: u64) -> bool {
        self.features >> feature & 1 == 1 && self.random.once_in(times)
    }

    fn tasks(&mut self, count: usize, depth: u32, around: PlanKind) -> Vec<TaskPlan> {
        let mut tasks: Vec<TaskPlan> = Vec::new();
        for _ in 0..count {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            let mut task = self.task(depth);
            task.is_finally = around != PlanKind::Race && self.has(0, 20);
            task.phase = (!task.is_finally && self.has(1, 2)).then(|| self.random.below(4) as u32);
            self.connect(&mut task, &tasks);
            tasks.push(task);
        }
        tasks
    }

    /// Lets a task wait for some that were made before it.
    fn connect(&mut self, task: &mut TaskPlan, before: &[TaskPlan]) {
        for _ in 0..self.random.below(4).min(before.len() as u64) {
            let near = self.random.size(before.len() as u64) - 1;
            let other = &before[before.len() - 1 - near.min(before.len() - 1)];
            let is_circle = match (task.phase, other.phase) {
                (Some(mine), Some(theirs)) => mine < theirs,
                // Others of later phases may be behind it.
                _ => task.phase.is_some() != other.phase.is_some(),
            };
            if is_circle || (other.is_finally && !task.is_finally) {
                continue;
            }
            task.waits_for.push((other.id, !self.random.once_in(6)));
        }
    }

    fn task(&mut self, depth: u32) -> TaskPlan {
        let id = self.next;
        self.next += 1;
        let kind = match self.random.below(4) {
            0 if depth < 3 && self.has(2, 4) => PlanKind::Graph,
            1 if depth < 3 && self.has(3, 4) => PlanKind::Race,
            2 if depth < 3 && self.has(4, 4) => PlanKind::ForEach,
            _ => PlanKind::Work,
        };
        let is_work = kind == PlanKind::Work;
        let mut task = TaskPlan {
            id,
            waits_for: Vec::new(),
            kind,
            phase: None,
            group: None,
            weight: 1,
            priority: if self.has(5, 3) {
                self.random.below(5) as i16 - 2
            } else {
                0
            },
            estimate: None,
            timeout: self.has(6, 3).then(|| self.random.below(60)),
            retry: (is_work && self.has(7, 3))
                .then(|| (self.random.below(4) as u32, self.random.below(20))),
            condition: self.has(8, 5).then(|| !self.random.once_in(3)),
            is_finally: false,
            is_tolerated: self.has(9, 8),
            fate: Fate::Succeeds,
            inside: Vec::new(),
        };
        if is_work {
            self.as_work(&mut task, depth);
        } else {
            let count = self.random.size(12);
            task.inside = self.tasks(count, depth + 1, kind);
            if task.inside.is_empty() && kind != PlanKind::ForEach {
                task.kind = PlanKind::Work;
            }
        }
        task
    }

    fn as_work(&mut self, task: &mut TaskPlan, depth: u32) {
        task.estimate = self.has(10, 2).then(|| self.random.below(100));
        if self.has(11, 2) && !self.groups.is_empty() {
            task.group = Some(self.random.below(self.groups.len() as u64) as u32);
        }
        let most = task
            .group
            .map_or(self.limit, |group| self.groups[group as usize]);
        if self.has(12, 3) {
            task.weight = self.random.size(u64::from(most.min(self.limit))) as u32;
        }
        task.fate = match self.random.below(self.failing) {
            0 => Fate::Fails,
            1 if self.random.once_in(4) => Fate::IsLost,
            // Only if something will stop it.
            2 if task.timeout.is_some() => Fate::Lasts,
            3 if depth < 3 && self.has(13, 2) => Fate::Waits,
            _ => Fate::Succeeds,
        };
        if task.fate == Fate::Waits {
            let count = self.random.size(6);
            task.inside = self.tasks(count, depth + 1, PlanKind::Graph);
            if task.inside.is_empty() {
                task.fate = Fate::Succeeds;
            }
        }
    }
}
