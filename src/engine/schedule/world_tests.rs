//! The world of a simulated run, and the judge of its schedule. The judge
//! keeps books of its own, from the plan alone.

use std::collections::{BTreeMap, HashMap};

use super::super::*;
use super::plan::{Fate, Plan, PlanKind, TaskPlan};
use super::Random;
use crate::engine::graph::NONE;

/// After so many inputs the books are made again from scratch.
const AUDIT_EVERY: u64 = 1000;

/// How often things happened, so that a series of runs can show that it had
/// everything in it.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) tasks: u64,
    pub(super) seen: [u64; SEEN.len()],
}

/// What is counted.
pub(super) const SEEN: [&str; 17] = [
    "succeeded",
    "failed",
    "timed out",
    "stopped",
    "skipped by its condition",
    "skipped by a dependency",
    "skipped with the task around it",
    "tried again",
    "waited for its own tasks",
    "went on after its own tasks",
    "opened for those inside",
    "learned its tasks late",
    "abandoned",
    "a race won",
    "run completed",
    "run failed",
    "run stopped",
];

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.tasks += other.tasks;
        for (sum, count) in self.seen.iter_mut().zip(other.seen) {
            *sum += count;
        }
    }

    fn count(&mut self, what: What) {
        let index = match what {
            What::Ended(TaskEnd::Succeeded) => 0,
            What::Ended(TaskEnd::Failed) => 1,
            What::Ended(TaskEnd::TimedOut) => 2,
            What::Ended(TaskEnd::Stopped) => 3,
            What::Ended(TaskEnd::Skipped(SkipReason::Condition)) => 4,
            What::Ended(TaskEnd::Skipped(SkipReason::Dependency(_))) => 5,
            What::Ended(TaskEnd::Skipped(SkipReason::Outer)) => 6,
            What::Retrying { .. } => 7,
            What::Suspended => 8,
            What::Resumed => 9,
            What::Opened => 10,
            What::Expanded { .. } => 11,
            What::Stopping {
                reason: CancelReason::NotNeeded,
            } => 13,
            What::RunEnded(RunStatus::Completed) => 14,
            What::RunEnded(RunStatus::Failed) => 15,
            What::RunEnded(_) => 16,
            What::Started { .. } | What::Stopping { .. } => return,
        };
        self.seen[index] += 1;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Begin,
    End { is_stop: bool },
    Wait,
    Decide,
    Expand,
    Cancel(usize),
}

/// When, which in the order planned, of which task and attempt, and what.
type Planned = (Moment, u64, u32, u32, Deed);

/// What the judge knows of a task.
struct Book<'a> {
    plan: &'a TaskPlan,
    parent: u32,
    /// Those beside it that wait for it, and whether they need its success.
    dependents: Vec<(u32, bool)>,
    waits_for: u32,
    left_inside: u32,
    is_open: bool,
    is_decided: bool,
    /// It waits for slots, as the judge sees it.
    is_eligible: bool,
    holds_slots: bool,
    is_blocked: bool,
    /// The world runs an attempt of it.
    is_begun: bool,
    stop: Option<CancelReason>,
    attempt: u32,
    began: Option<Moment>,
    end: Option<TaskEnd>,
}

/// What the judge knows of tasks beside each other.
#[derive(Default)]
struct ScopeBook {
    left_of_phases: BTreeMap<u32, u32>,
    ordinary_left: u32,
}

pub(super) struct World<'a> {
    plan: &'a Plan,
    schedule: Schedule,
    books: Vec<Option<Book<'a>>>,
    scopes: HashMap<u32, ScopeBook>,
    deeds: BinaryHeap<Reverse<Planned>>,
    next_deed: u64,
    now: Moment,
    taken: u32,
    taken_of_groups: Vec<u32>,
    /// How many eligible tasks there are of each group and weight.
    eligible: HashMap<(Option<u32>, u32), u32>,
    /// Retries that are due at some moment.
    delayed: Vec<(Moment, u32)>,
    ended: u32,
    known: u32,
    finished: Option<RunStatus>,
    inputs: u64,
    tally: Tally,
}

impl<'a> World<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let graph = Graph::new(plan.spec()).unwrap_or_else(|error| panic!("{error}"));
        let mut world = Self {
            plan,
            schedule: Schedule::new(graph, plan.options()),
            books: Vec::new(),
            scopes: HashMap::new(),
            deeds: BinaryHeap::new(),
            next_deed: 0,
            now: Moment::START,
            taken: 0,
            taken_of_groups: vec![0; plan.groups.len()],
            eligible: HashMap::new(),
            delayed: Vec::new(),
            ended: 0,
            known: 0,
            finished: None,
            inputs: 0,
            tally: Tally::default(),
        };
        let first = world.schedule.graph().root_tasks().start;
        world.enter(NONE, first, &plan.tasks);
        for (index, &(at, _)) in plan.cancels.iter().enumerate() {
            world.plan_deed(at, NONE, 0, Deed::Cancel(index));
        }
        world
    }

    /// Plays to the end; says what happened.
    pub(super) fn run(mut self) -> Tally {
        self.open(NONE);
        self.feed(Input::Tick);
        while self.finished.is_none() {
            let deadline = self.schedule.next_deadline();
            let deed = self.deeds.peek().map(|&Reverse((at, ..))| at);
            match (deed, deadline) {
                (Some(at), deadline) if deadline.is_none_or(|due| at < due) => self.act(),
                (_, Some(due)) => {
                    assert!(due > self.now, "a deadline that has passed comes again");
                    self.now = due;
                    self.feed(Input::Tick);
                }
                (_, None) => panic!("the run hangs: {:?}", self.schedule.counts()),
            }
        }
        self.audit();
        assert_eq!(self.ended, self.known, "not every task has ended");
        assert_eq!(self.schedule.next_deadline(), None);
        self.tally.tasks = self.known.into();
        self.tally
    }

    // ---- books ----

    /// Enters the tasks of a scope, which the schedule numbers in this order.
    fn enter(&mut self, parent: u32, first: u32, tasks: &'a [TaskPlan]) {
        let end = first as usize + tasks.len();
        if self.books.len() < end {
            self.books.resize_with(end, || None);
        }
        let number: HashMap<u64, u32> = (first..).zip(tasks).map(|(n, it)| (it.id, n)).collect();
        let mut dependents: Vec<Vec<(u32, bool)>> = vec![Vec::new(); tasks.len()];
        let mut counts = vec![0; tasks.len()];
        for (index, task) in tasks.iter().enumerate() {
            let mut link = |from: u32, needs: bool| {
                dependents[(from - first) as usize].push((first + index as u32, needs));
                counts[index] += 1;
            };
            for (id, needs) in &task.waits_for {
                link(number[id], *needs && !task.is_finally);
            }
        }
        self.known += tasks.len() as u32;
        let mut scope = ScopeBook::default();
        for task in tasks {
            scope.ordinary_left += u32::from(!task.is_finally);
            if let Some(phase) = task.phase {
                *scope.left_of_phases.entry(phase).or_default() += 1;
            }
        }
        self.scopes.insert(parent, scope);
        for (index, plan) in tasks.iter().enumerate() {
            self.books[first as usize + index] = Some(Book {
                plan,
                parent,
                dependents: std::mem::take(&mut dependents[index]),
                waits_for: counts[index],
                left_inside: 0,
                is_open: false,
                is_decided: plan.condition.is_none(),
                is_eligible: false,
                holds_slots: false,
                is_blocked: false,
                is_begun: false,
                stop: None,
                attempt: 0,
                began: None,
                end: None,
            });
        }
        if parent != NONE {
            self.book(parent).left_inside = tasks.len() as u32;
        }
        for (index, plan) in (first..).zip(tasks) {
            if matches!(plan.kind, PlanKind::Graph | PlanKind::Race) {
                let children = self.schedule.graph().children(index);
                assert_eq!(children.len(), plan.inside.len());
                self.enter(index, children.start, &plan.inside);
            }
        }
    }

    fn book(&mut self, task: u32) -> &mut Book<'a> {
        self.books[task as usize].as_mut().expect("a task")
    }

    fn look(&self, task: u32) -> &Book<'a> {
        self.books[task as usize].as_ref().expect("a task")
    }

    fn siblings(&self, parent: u32) -> std::ops::Range<u32> {
        match parent {
            NONE => self.schedule.graph().root_tasks(),
            parent => self.schedule.graph().children(parent),
        }
    }

    /// The tasks of a scope may start.
    fn open(&mut self, parent: u32) {
        for task in self.siblings(parent) {
            self.book(task).is_open = true;
        }
        self.reconsider(parent);
    }

    /// Looks again at who of a scope waits for slots only.
    fn reconsider(&mut self, parent: u32) {
        for task in self.siblings(parent) {
            self.look_at(task);
        }
    }

    fn look_at(&mut self, task: u32) {
        let is_eligible = self.is_free(task) && {
            let book = self.look(task);
            book.plan.kind == PlanKind::Work
                && book.is_decided
                && !book.is_blocked
                && book.attempt == 0
                && book.end.is_none()
        };
        if is_eligible {
            self.set_eligible(task, true);
        }
    }

    /// Whether a task has nothing to wait for but slots and its condition.
    fn is_free(&self, task: u32) -> bool {
        let book = self.look(task);
        book.is_open && book.waits_for == 0 && self.is_its_phase(task) && self.is_its_end(task)
    }

    fn is_its_phase(&self, task: u32) -> bool {
        let book = self.look(task);
        let Some(phase) = book.plan.phase else {
            return true;
        };
        let mut earlier = self.scopes[&book.parent].left_of_phases.range(..phase);
        earlier.all(|(_, &left)| left == 0)
    }

    fn is_its_end(&self, task: u32) -> bool {
        let book = self.look(task);
        !book.plan.is_finally || self.scopes[&book.parent].ordinary_left == 0
    }

    fn set_eligible(&mut self, task: u32, is_eligible: bool) {
        let book = self.book(task);
        if book.is_eligible == is_eligible {
            return;
        }
        book.is_eligible = is_eligible;
        let class = (book.plan.group, book.plan.weight);
        let count = self.eligible.entry(class).or_default();
        if is_eligible {
            *count += 1;
        } else {
            *count -= 1;
        }
    }

    fn take_slots(&mut self, task: u32) {
        let book = self.book(task);
        assert!(!book.holds_slots, "{task} takes its slots twice");
        book.holds_slots = true;
        let (weight, group) = (book.plan.weight, book.plan.group);
        self.taken += weight;
        assert!(self.taken <= self.plan.limit, "more slots than the run has");
        if let Some(group) = group {
            let taken = &mut self.taken_of_groups[group as usize];
            *taken += weight;
            let limit = self.plan.groups[group as usize];
            assert!(*taken <= limit, "more slots than group {group} has");
        }
    }

    fn give_slots_back(&mut self, task: u32) {
        let book = self.book(task);
        if !std::mem::take(&mut book.holds_slots) {
            return;
        }
        let (weight, group) = (book.plan.weight, book.plan.group);
        self.taken -= weight;
        if let Some(group) = group {
            self.taken_of_groups[group as usize] -= weight;
        }
    }

    // ---- the world ----

    fn plan_deed(&mut self, delay: u64, task: u32, attempt: u32, deed: Deed) {
        let at = self.now.after(Duration::from_millis(delay));
        self.next_deed += 1;
        let entry = (at, self.next_deed, task, attempt, deed);
        self.deeds.push(Reverse(entry));
    }

    /// What the world makes of a task does not depend on other tasks.
    fn chance(&self, task: u32, attempt: u32, salt: u64) -> Random {
        let id = self.look(task).plan.id;
        Random::new(self.plan.seed ^ id << 20 ^ u64::from(attempt) << 8 ^ salt)
    }

    fn act(&mut self) {
        let Some(Reverse((at, _, task, attempt, deed))) = self.deeds.pop() else {
            return;
        };
        self.now = at;
        match deed {
            Deed::Cancel(index) => {
                let reason = self.plan.cancels[index].1;
                self.feed(Input::Cancel { reason });
            }
            Deed::Decide => self.decide(task),
            Deed::Expand => self.expand(task),
            Deed::Begin => self.begin(task, attempt),
            Deed::Wait => self.wait(task, attempt),
            Deed::End { is_stop } => self.end(task, attempt, is_stop),
        }
    }

    fn decide(&mut self, task: u32) {
        let runs = self.look(task).plan.condition == Some(true);
        if self.look(task).end.is_none() {
            self.book(task).is_decided = runs;
            self.look_at(task);
        }
        self.feed(Input::Decided {
            task,
            runs: Ok(runs),
        });
    }

    fn expand(&mut self, task: u32) {
        let plan = self.look(task).plan;
        let is_late = self.look(task).end.is_some();
        let tasks = plan.inside.iter().map(TaskPlan::spec).collect();
        let input = Input::Expanded {
            task,
            tasks: Ok(tasks),
        };
        if is_late {
            return self.feed(input);
        }
        self.schedule.on(input, self.now);
        if !plan.inside.is_empty() {
            self.enter_new(task, &plan.inside);
        }
        self.judge();
    }

    fn enter_new(&mut self, task: u32, inside: &'a [TaskPlan]) {
        let children = self.schedule.graph().children(task);
        assert_eq!(children.len(), inside.len());
        self.enter(task, children.start, inside);
        self.open(task);
    }

    fn is_under_way(&self, task: u32, attempt: u32) -> bool {
        let book = self.look(task);
        book.end.is_none() && book.attempt == attempt && book.holds_slots
    }

    fn begin(&mut self, task: u32, attempt: u32) {
        if self.is_under_way(task, attempt) {
            self.book(task).began = Some(self.now);
        }
        self.feed(Input::Started { task, attempt });
        let mut random = self.chance(task, attempt, 1);
        let plan = self.look(task).plan;
        let time = random.size(40) as u64;
        match plan.fate {
            Fate::Lasts => {}
            // The first attempt only: what it leaves behind stays.
            Fate::Waits if attempt == 1 => self.plan_deed(time, task, attempt, Deed::Wait),
            _ => self.plan_deed(time, task, attempt, Deed::End { is_stop: false }),
        }
    }

    fn wait(&mut self, task: u32, attempt: u32) {
        let plan = self.look(task).plan;
        let specs = plan.inside.iter().map(TaskPlan::spec).collect();
        let suspended = self
            .schedule
            .suspend(task, attempt, specs, self.now)
            .is_ok();
        let may = self.is_under_way(task, attempt) && self.look(task).stop.is_none();
        assert_eq!(suspended, may, "{task} waits for its own");
        if suspended {
            self.give_slots_back(task);
            self.enter_new(task, &plan.inside);
            self.judge();
            if self.chance(task, attempt, 5).once_in(4) {
                self.plan_deed(3, task, attempt, Deed::End { is_stop: false });
            }
        } else {
            self.plan_deed(0, task, attempt, Deed::End { is_stop: false });
        }
    }

    fn end(&mut self, task: u32, attempt: u32, is_stop: bool) {
        let mut random = self.chance(task, attempt, 2);
        let ending = match self.look(task).plan.fate {
            _ if is_stop && !random.once_in(4) => Ending::Stopped,
            Fate::Fails => Ending::Failed(Failure::new("no")),
            Fate::IsLost if attempt == 1 => Ending::Failed(Failure {
                kind: crate::engine::retry::FailureKind::LOST,
                message: "lost".to_owned(),
            }),
            _ => Ending::Succeeded { output: None },
        };
        let book = self.look(task);
        if book.attempt == attempt && book.is_begun && book.end.is_none() {
            self.book(task).is_begun = false;
            self.give_slots_back(task);
            self.set_eligible(task, false);
            self.book(task).began = None;
        }
        self.feed(Input::Ended {
            task,
            attempt,
            ending,
        });
    }

    fn feed(&mut self, input: Input) {
        self.schedule.on(input, self.now);
        self.judge();
    }

    // ---- the judge ----

    fn judge(&mut self) {
        assert_eq!(self.finished, None, "something comes after the end");
        let events = self.schedule.new_events().to_vec();
        let actions = self.schedule.actions.clone();
        let due: Vec<_> = self.delayed.extract_due(self.now);
        for task in due {
            if self.look(task).end.is_none() {
                self.set_eligible(task, true);
            }
        }
        for event in events {
            assert_eq!(event.at, self.now);
            self.hear(event);
        }
        for action in actions {
            self.obey(action);
        }
        self.check_work();
        self.inputs += 1;
        if self.inputs % AUDIT_EVERY == 0 {
            self.audit();
        }
    }

    fn hear(&mut self, event: RunEvent) {
        let task = event.task;
        self.tally.count(event.what);
        match event.what {
            What::Opened => {
                assert!(self.is_free(task), "{task} opens before its time");
                assert!(self.look(task).is_decided && !self.look(task).is_blocked);
                if self.look(task).plan.kind != PlanKind::ForEach {
                    self.open(task);
                }
            }
            What::Ended(end) => self.hear_end(task, end),
            What::Retrying { due, .. } => {
                self.book(task).stop = None;
                if due <= self.now {
                    self.set_eligible(task, true);
                } else {
                    self.delayed.push((due, task));
                }
            }
            What::Stopping { reason } => self.book(task).stop = Some(reason),
            What::RunEnded(status) => {
                assert_eq!(self.ended, self.known, "the run ends too early");
                assert_eq!(status, self.schedule.status());
            }
            What::Expanded { .. } | What::Started { .. } | What::Suspended | What::Resumed => {}
        }
    }

    fn hear_end(&mut self, task: u32, end: TaskEnd) {
        let before = self.book(task).end.replace(end);
        assert_eq!(before, None, "{task} ends twice");
        self.ended += 1;
        self.set_eligible(task, false);
        self.check_end(task, end);
        let book = self.look(task);
        let (parent, tolerated) = (book.parent, book.plan.is_tolerated);
        let is_good = match end {
            TaskEnd::Succeeded | TaskEnd::Skipped(SkipReason::Condition) => true,
            TaskEnd::Failed | TaskEnd::TimedOut => tolerated,
            _ => false,
        };
        for (dependent, needs) in self.look(task).dependents.clone() {
            let book = self.book(dependent);
            book.waits_for -= 1;
            book.is_blocked |= needs && !is_good;
            self.look_at(dependent);
        }
        self.reconsider_after(task);
        if parent != NONE {
            self.leave(parent);
        }
    }

    /// A phase, or all but what runs at the end, may be over with this task.
    fn reconsider_after(&mut self, task: u32) {
        let book = self.look(task);
        let (parent, phase, is_finally) = (book.parent, book.plan.phase, book.plan.is_finally);
        let scope = self.scopes.entry(parent).or_default();
        let mut is_over = false;
        if let Some(left) = phase.and_then(|phase| scope.left_of_phases.get_mut(&phase)) {
            *left -= 1;
            is_over |= *left == 0;
        }
        if !is_finally {
            scope.ordinary_left -= 1;
            is_over |= scope.ordinary_left == 0;
        }
        if is_over {
            self.reconsider(parent);
        }
    }

    fn leave(&mut self, parent: u32) {
        let book = self.book(parent);
        book.left_inside -= 1;
        let goes_on = book.left_inside == 0 && book.plan.fate == Fate::Waits;
        if goes_on && book.end.is_none() && book.stop.is_none() && book.began.is_some() {
            self.set_eligible(parent, true);
        }
    }

    fn check_end(&self, task: u32, end: TaskEnd) {
        let book = self.look(task);
        match end {
            TaskEnd::Skipped(SkipReason::Condition) => {
                assert_eq!(book.plan.condition, Some(false));
            }
            TaskEnd::Skipped(SkipReason::Dependency(other)) => {
                assert!(book.is_blocked, "{task} is skipped for nothing");
                let other = self.look(other);
                assert!(other.dependents.contains(&(task, true)) && other.end.is_some());
            }
            TaskEnd::Skipped(SkipReason::Outer) => {
                let outer = self.look(book.parent).end;
                assert!(matches!(outer, Some(TaskEnd::Skipped(_) | TaskEnd::Failed)));
            }
            TaskEnd::Succeeded | TaskEnd::Failed if book.plan.kind == PlanKind::Work => {
                assert!(book.attempt > 0, "{task} did not run and {end:?}");
            }
            _ => {}
        }
        let is_race = book.plan.kind == PlanKind::Race && end == TaskEnd::Succeeded;
        let was_begun = book.is_open && book.end != Some(TaskEnd::Stopped);
        let is_skipped = matches!(end, TaskEnd::Skipped(_));
        if was_begun && !is_race && !is_skipped && book.plan.condition.is_none() {
            assert_eq!(book.left_inside, 0, "{task} ends before those inside");
        }
    }

    fn obey(&mut self, action: Action) {
        match action {
            Action::Decide { task } => {
                assert!(self.is_free(task) && !self.look(task).is_blocked);
                let delay = self.chance(task, 0, 3).below(3);
                self.plan_deed(delay, task, 0, Deed::Decide);
            }
            Action::Expand { task } => {
                let delay = self.chance(task, 0, 4).below(3);
                self.plan_deed(delay, task, 0, Deed::Expand);
            }
            Action::Start { task, attempt } => self.obey_start(task, attempt),
            Action::Resume { task } => {
                assert!(self.look(task).is_eligible, "{task} goes on too early");
                self.set_eligible(task, false);
                self.take_slots(task);
                let attempt = self.look(task).attempt;
                self.plan_deed(1, task, attempt, Deed::End { is_stop: false });
            }
            Action::Stop { task, .. } => self.obey_stop(task),
            Action::Abandon { task } => {
                assert!(self.plan.grace.is_some() && self.look(task).stop.is_some());
                self.give_slots_back(task);
                self.book(task).is_begun = false;
                self.tally.seen[12] += 1;
            }
            Action::Finish { status } => self.finished = Some(status),
        }
    }

    fn obey_start(&mut self, task: u32, attempt: u32) {
        assert!(self.look(task).is_eligible, "{task} starts too early");
        self.set_eligible(task, false);
        self.take_slots(task);
        let most = self.look(task).plan.retry.map_or(1, |(count, _)| count + 1);
        assert!((1..=most).contains(&attempt));
        assert_eq!(self.look(task).attempt + 1, attempt);
        self.book(task).attempt = attempt;
        self.book(task).is_begun = true;
        let delay = self.chance(task, attempt, 6).below(3);
        self.plan_deed(delay, task, attempt, Deed::Begin);
    }

    /// Most obey soon; where there is a grace, some do not.
    fn obey_stop(&mut self, task: u32) {
        self.set_eligible(task, false);
        let attempt = self.look(task).attempt;
        let mut random = self.chance(task, attempt, 7);
        let ignores = self.plan.grace.is_some() && random.once_in(4);
        if !ignores {
            let delay = random.below(10);
            self.plan_deed(delay, task, attempt, Deed::End { is_stop: true });
        }
    }

    /// Nothing waits that fits.
    fn check_work(&self) {
        let free = self.plan.limit - self.taken;
        for (&(group, weight), &count) in &self.eligible {
            let fits = |group: u32| {
                let index = group as usize;
                self.plan.groups[index] - self.taken_of_groups[index] >= weight
            };
            let could_start = weight <= free && group.is_none_or(fits);
            assert!(
                count == 0 || !could_start,
                "a slot is free and a task waits for it"
            );
        }
    }

    /// Makes the sums of the books again and compares.
    fn audit(&self) {
        let books = || self.books.iter().flatten();
        let taken: u32 = books()
            .filter(|it| it.holds_slots)
            .map(|it| it.plan.weight)
            .sum();
        assert_eq!((taken, taken), (self.taken, self.schedule.slots_taken()));
        let ended = books().filter(|it| it.end.is_some()).count();
        let counts = self.schedule.counts();
        assert_eq!((ended as u32, self.known), (counts.ended(), counts.total));
        assert_eq!(
            counts.total,
            counts.waiting + counts.running + counts.ended()
        );
        for (task, book) in (0..).zip(&self.books) {
            let known = book.as_ref().and_then(|book| book.end);
            if book.is_some() {
                assert_eq!(self.schedule.end_of(task), known);
            }
        }
        let limit = |book: &Book| {
            let limit = Duration::from_millis(book.plan.timeout?);
            Some((book.began?.after(limit), book.stop))
        };
        for (due, stop) in books().filter(|it| it.end.is_none()).filter_map(limit) {
            assert!(due > self.now || stop.is_some(), "a limit passed unnoticed");
        }
    }
}

trait ExtractDue {
    fn extract_due(&mut self, now: Moment) -> Vec<u32>;
}

impl ExtractDue for Vec<(Moment, u32)> {
    /// Takes out what is due by now.
    fn extract_due(&mut self, now: Moment) -> Vec<u32> {
        let mut due = Vec::new();
        self.retain(|&(at, task)| {
            if at <= now {
                due.push(task);
            }
            at > now
        });
        due
    }
}
