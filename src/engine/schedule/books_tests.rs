//! The books of the judge: what it knows of every task, from the plan alone.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::super::super::*;
use super::super::plan::{Fate, Plan, PlanKind, TaskPlan};
use crate::engine::graph::NONE;

/// What the judge knows of a task.
pub(super) struct Book<'a> {
    pub(super) plan: &'a TaskPlan,
    pub(super) parent: u32,
    /// Those beside it that wait for it, and whether they need its success.
    pub(super) dependents: Vec<(u32, bool)>,
    pub(super) waits_for: u32,
    pub(super) left_inside: u32,
    pub(super) is_open: bool,
    pub(super) is_decided: bool,
    /// It waits for slots, as the judge sees it.
    pub(super) is_eligible: bool,
    pub(super) holds_slots: bool,
    pub(super) is_blocked: bool,
    /// The world runs an attempt of it.
    pub(super) is_begun: bool,
    pub(super) stop: Option<CancelReason>,
    pub(super) attempt: u32,
    pub(super) began: Option<Moment>,
    pub(super) end: Option<TaskEnd>,
}

impl<'a> Book<'a> {
    fn new(plan: &'a TaskPlan, parent: u32) -> Self {
        Self {
            plan,
            parent,
            dependents: Vec::new(),
            waits_for: 0,
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
        }
    }
}

/// What the judge knows of tasks beside each other.
struct ScopeBook {
    tasks: Range<u32>,
    left_of_phases: BTreeMap<u32, u32>,
    ordinary_left: u32,
}

impl ScopeBook {
    fn new(numbers: Range<u32>, tasks: &[TaskPlan]) -> Self {
        let mut left_of_phases = BTreeMap::new();
        for phase in tasks.iter().filter_map(|task| task.phase) {
            *left_of_phases.entry(phase).or_default() += 1;
        }
        let ordinary = tasks.iter().filter(|task| !task.is_finally);
        Self {
            tasks: numbers,
            left_of_phases,
            ordinary_left: ordinary.count() as u32,
        }
    }
}

pub(super) struct Books<'a> {
    plan: &'a Plan,
    books: Vec<Option<Book<'a>>>,
    scopes: HashMap<u32, ScopeBook>,
    pub(super) taken: u32,
    taken_of_groups: Vec<u32>,
    /// How many eligible tasks there are of each group and weight.
    eligible: HashMap<(Option<u32>, u32), u32>,
    /// Retries that are due at some moment.
    delayed: Vec<(Moment, u32)>,
    pub(super) ended: u32,
    pub(super) known: u32,
}

impl<'a> Books<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            books: Vec::new(),
            scopes: HashMap::new(),
            taken: 0,
            taken_of_groups: vec![0; plan.groups.len()],
            eligible: HashMap::new(),
            delayed: Vec::new(),
            ended: 0,
            known: 0,
        }
    }

    /// Enters the tasks of a scope and those inside of them, which the graph
    /// numbers in this order.
    pub(super) fn enter(&mut self, graph: &Graph, parent: u32, tasks: &'a [TaskPlan]) {
        let numbers = match parent {
            NONE => graph.root_tasks(),
            parent => graph.children(parent),
        };
        assert_eq!(numbers.len(), tasks.len());
        let end = numbers.end as usize;
        if self.books.len() < end {
            self.books.resize_with(end, || None);
        }
        for (task, plan) in numbers.clone().zip(tasks) {
            self.books[task as usize] = Some(Book::new(plan, parent));
        }
        self.link(numbers.start, tasks);
        self.known += tasks.len() as u32;
        let scope = ScopeBook::new(numbers.clone(), tasks);
        self.scopes.insert(parent, scope);
        if parent != NONE {
            self.book(parent).left_inside = tasks.len() as u32;
        }
        for (task, plan) in numbers.zip(tasks) {
            if matches!(plan.kind, PlanKind::Graph | PlanKind::Race) {
                self.enter(graph, task, &plan.inside);
            }
        }
    }

    /// Enters who of a scope waits for whom.
    fn link(&mut self, first: u32, tasks: &[TaskPlan]) {
        let number: HashMap<u64, u32> = (first..).zip(tasks).map(|(n, it)| (it.id, n)).collect();
        for (task, plan) in (first..).zip(tasks) {
            for (id, needs) in &plan.waits_for {
                let dependent = (task, *needs && !plan.is_finally);
                self.book(number[id]).dependents.push(dependent);
                self.book(task).waits_for += 1;
            }
        }
    }

    pub(super) fn book(&mut self, task: u32) -> &mut Book<'a> {
        self.books[task as usize].as_mut().expect("a task")
    }

    pub(super) fn look(&self, task: u32) -> &Book<'a> {
        self.books[task as usize].as_ref().expect("a task")
    }

    /// Every task that is known, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &Book<'a>)> {
        let all = (0..).zip(&self.books);
        all.filter_map(|(task, book)| Some((task, book.as_ref()?)))
    }

    fn siblings(&self, parent: u32) -> Range<u32> {
        self.scopes[&parent].tasks.clone()
    }

    /// The tasks of a scope may start.
    pub(super) fn open(&mut self, parent: u32) {
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

    pub(super) fn look_at(&mut self, task: u32) {
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
    pub(super) fn is_free(&self, task: u32) -> bool {
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

    pub(super) fn set_eligible(&mut self, task: u32, is_eligible: bool) {
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

    /// Notes that a retry is due at some moment.
    pub(super) fn delay(&mut self, due: Moment, task: u32) {
        self.delayed.push((due, task));
    }

    /// Retries that are due by now wait for slots.
    pub(super) fn take_due(&mut self, now: Moment) {
        let (due, delayed) = std::mem::take(&mut self.delayed)
            .into_iter()
            .partition(|&(at, _)| at <= now);
        self.delayed = delayed;
        let due: Vec<_> = due;
        for (_, task) in due {
            if self.look(task).end.is_none() {
                self.set_eligible(task, true);
            }
        }
    }

    pub(super) fn take_slots(&mut self, task: u32) {
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

    pub(super) fn give_slots_back(&mut self, task: u32) {
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

    /// Whether a task waits for slots that are free.
    pub(super) fn is_any_held_up(&self) -> bool {
        let free = self.plan.limit - self.taken;
        let fits = |group: u32, weight: u32| {
            let index = group as usize;
            self.plan.groups[index] - self.taken_of_groups[index] >= weight
        };
        self.eligible.iter().any(|(&(group, weight), &count)| {
            count > 0 && weight <= free && group.is_none_or(|group| fits(group, weight))
        })
    }

    pub(super) fn end(&mut self, task: u32, end: TaskEnd) {
        let before = self.book(task).end.replace(end);
        assert_eq!(before, None, "{task} ends twice");
        self.ended += 1;
        self.set_eligible(task, false);
    }

    /// Tells those that wait for a task how it ended, and what is around it.
    pub(super) fn pass_on(&mut self, task: u32, end: TaskEnd) {
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
        let scope = self.scopes.get_mut(&parent).expect("a scope");
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
}
