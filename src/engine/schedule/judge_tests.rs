//! The judge of a simulated run: it holds what the schedule says and does
//! against its books.

use super::books::Book;
use super::*;

/// After so many inputs the books are made again from scratch.
const AUDIT_EVERY: u64 = 1000;

impl World<'_> {
    pub(super) fn judge(&mut self) {
        assert_eq!(self.finished, None, "something comes after the end");
        let events = self.schedule.new_events().to_vec();
        let actions = self.schedule.actions.clone();
        self.books.take_due(self.now);
        for event in events {
            assert_eq!(event.at, self.now);
            self.hear(event);
        }
        for action in actions {
            self.obey(action);
        }
        let is_held_up = self.books.is_any_held_up();
        assert!(!is_held_up, "a slot is free and a task waits for it");
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
                assert!(self.books.is_free(task), "{task} opens before its time");
                assert!(self.books.look(task).is_decided && !self.books.look(task).is_blocked);
                if self.books.look(task).plan.kind != PlanKind::ForEach {
                    self.books.open(task);
                }
            }
            What::Ended(end) => self.hear_end(task, end),
            What::Retrying { due, .. } => {
                self.books.book(task).stop = None;
                if due <= self.now {
                    self.books.set_eligible(task, true);
                } else {
                    self.books.delay(due, task);
                }
            }
            What::Stopping { reason } => self.books.book(task).stop = Some(reason),
            What::RunEnded(status) => {
                assert_eq!(self.books.ended, self.books.known, "the run ends too early");
                assert_eq!(status, self.schedule.status());
            }
            What::Expanded { .. } | What::Started { .. } | What::Suspended | What::Resumed => {}
        }
    }

    fn hear_end(&mut self, task: u32, end: TaskEnd) {
        self.books.end(task, end);
        self.check_end(task, end);
        self.books.pass_on(task, end);
    }

    fn check_end(&self, task: u32, end: TaskEnd) {
        let book = self.books.look(task);
        match end {
            TaskEnd::Skipped(SkipReason::Condition) => {
                assert_eq!(book.plan.condition, Some(false));
            }
            TaskEnd::Skipped(SkipReason::Dependency(other)) => {
                assert!(book.is_blocked, "{task} is skipped for nothing");
                let other = self.books.look(other);
                assert!(other.dependents.contains(&(task, true)) && other.end.is_some());
            }
            TaskEnd::Skipped(SkipReason::Outer) => {
                let outer = self.books.look(book.parent).end;
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
                assert!(self.books.is_free(task) && !self.books.look(task).is_blocked);
                let delay = self.chance(task, 0, 3).below(3);
                self.plan_deed(delay, task, 0, Deed::Decide);
            }
            Action::Expand { task } => {
                let delay = self.chance(task, 0, 4).below(3);
                self.plan_deed(delay, task, 0, Deed::Expand);
            }
            Action::Start { task, attempt } => self.obey_start(task, attempt),
            Action::Resume { task } => {
                assert!(
                    self.books.look(task).is_eligible,
                    "{task} goes on too early"
                );
                self.books.set_eligible(task, false);
                self.books.take_slots(task);
                let attempt = self.books.look(task).attempt;
                self.plan_deed(1, task, attempt, Deed::End { is_stop: false });
            }
            Action::Stop { task, .. } => self.obey_stop(task),
            Action::Abandon { task } => {
                assert!(self.plan.grace.is_some() && self.books.look(task).stop.is_some());
                self.books.give_slots_back(task);
                self.books.book(task).is_begun = false;
                self.tally.count_abandoned();
            }
            Action::Finish { status } => self.finished = Some(status),
        }
    }

    fn obey_start(&mut self, task: u32, attempt: u32) {
        assert!(self.books.look(task).is_eligible, "{task} starts too early");
        self.books.set_eligible(task, false);
        self.books.take_slots(task);
        let most = self
            .books
            .look(task)
            .plan
            .retry
            .map_or(1, |(count, _)| count + 1);
        assert!((1..=most).contains(&attempt));
        assert_eq!(self.books.look(task).attempt + 1, attempt);
        self.books.book(task).attempt = attempt;
        self.books.book(task).is_begun = true;
        let delay = self.chance(task, attempt, 6).below(3);
        self.plan_deed(delay, task, attempt, Deed::Begin);
    }

    /// Most obey soon; where there is a grace, some do not.
    fn obey_stop(&mut self, task: u32) {
        self.books.set_eligible(task, false);
        let attempt = self.books.look(task).attempt;
        let mut random = self.chance(task, attempt, 7);
        let ignores = self.plan.grace.is_some() && random.once_in(4);
        if !ignores {
            let delay = random.below(10);
            self.plan_deed(delay, task, attempt, Deed::End { is_stop: true });
        }
    }

    /// Makes the sums of the books again and compares.
    pub(super) fn audit(&self) {
        let books = || self.books.all().map(|(_, book)| book);
        let taken: u32 = books()
            .filter(|it| it.holds_slots)
            .map(|it| it.plan.weight)
            .sum();
        assert_eq!(
            (taken, taken),
            (self.books.taken, self.schedule.slots_taken())
        );
        let ended = books().filter(|it| it.end.is_some()).count();
        let counts = self.schedule.counts();
        assert_eq!(
            (ended as u32, self.books.known),
            (counts.ended(), counts.total)
        );
        assert_eq!(
            counts.total,
            counts.waiting + counts.running + counts.ended()
        );
        for (task, book) in self.books.all() {
            assert_eq!(self.schedule.end_of(task), book.end);
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
