//! The books of the judge: what it knows of every task, from the plan alone.

use std::collections::BTreeMap;

use super::*;

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

/// What the judge knows of tasks beside each other.
#[derive(Default)]
pub(super) struct ScopeBook {
    pub(super) left_of_phases: BTreeMap<u32, u32>,
    pub(super) ordinary_left: u32,
}

impl<'a> World<'a> {
    /// Enters the tasks of a scope, which the schedule numbers in this order.
    pub(super) fn enter(&mut self, parent: u32, first: u32, tasks: &'a [TaskPlan]) {
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

    pub(super) fn book(&mut self, task: u32) -> &mut Book<'a> {
        self.books[task as usize].as_mut().expect("a task")
    }

    pub(super) fn look(&self, task: u32) -> &Book<'a> {
        self.books[task as usize].as_ref().expect("a task")
    }

    fn siblings(&self, parent: u32) -> std::ops::Range<u32> {
        match parent {
            NONE => self.schedule.graph().root_tasks(),
            parent => self.schedule.graph().children(parent),
        }
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

    /// A phase, or all but what runs at the end, may be over with this task.
    pub(super) fn reconsider_after(&mut self, task: u32) {
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

    pub(super) fn leave(&mut self, parent: u32) {
        let book = self.book(parent);
        book.left_inside -= 1;
        let goes_on = book.left_inside == 0 && book.plan.fate == Fate::Waits;
        if goes_on && book.end.is_none() && book.stop.is_none() && book.began.is_some() {
            self.set_eligible(parent, true);
        }
    }
}
