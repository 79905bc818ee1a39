//! The world of a simulated run: what becomes of the tasks that start, and when.
//! It plays against the schedule, and has every step judged.

#[path = "books_tests.rs"]
mod books;
#[path = "judge_tests.rs"]
mod judge;

use super::super::*;
use super::plan::{Fate, Plan, PlanKind, TaskPlan};
use super::tally::Tally;
use super::Random;
use crate::engine::graph::NONE;
use books::Books;

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

pub(super) struct World<'a> {
    plan: &'a Plan,
    schedule: Schedule,
    books: Books<'a>,
    deeds: BinaryHeap<Reverse<Planned>>,
    next_deed: u64,
    now: Moment,
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
            books: Books::new(plan),
            deeds: BinaryHeap::new(),
            next_deed: 0,
            now: Moment::START,
            finished: None,
            inputs: 0,
            tally: Tally::default(),
        };
        let graph = world.schedule.graph();
        world.books.enter(graph, NONE, &plan.tasks);
        for (index, &(at, _)) in plan.cancels.iter().enumerate() {
            world.plan_deed(at, NONE, 0, Deed::Cancel(index));
        }
        world
    }

    /// Plays to the end; says what happened.
    pub(super) fn run(mut self) -> Tally {
        self.books.open(NONE);
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
        assert_eq!(
            self.books.ended, self.books.known,
            "not every task has ended"
        );
        assert_eq!(self.schedule.next_deadline(), None);
        self.tally.tasks = self.books.known.into();
        self.tally
    }

    fn plan_deed(&mut self, delay: u64, task: u32, attempt: u32, deed: Deed) {
        let at = self.now.after(Duration::from_millis(delay));
        self.next_deed += 1;
        let entry = (at, self.next_deed, task, attempt, deed);
        self.deeds.push(Reverse(entry));
    }

    /// What the world makes of a task does not depend on other tasks.
    fn chance(&self, task: u32, attempt: u32, salt: u64) -> Random {
        let id = self.books.look(task).plan.id;
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
        let runs = self.books.look(task).plan.condition == Some(true);
        if self.books.look(task).end.is_none() {
            self.books.book(task).is_decided = runs;
            self.books.look_at(task);
        }
        self.feed(Input::Decided {
            task,
            runs: Ok(runs),
        });
    }

    fn expand(&mut self, task: u32) {
        let plan = self.books.look(task).plan;
        let is_late = self.books.look(task).end.is_some();
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
        self.books.enter(self.schedule.graph(), task, inside);
        self.books.open(task);
    }

    fn is_under_way(&self, task: u32, attempt: u32) -> bool {
        let book = self.books.look(task);
        book.end.is_none() && book.attempt == attempt && book.holds_slots
    }

    fn begin(&mut self, task: u32, attempt: u32) {
        if self.is_under_way(task, attempt) {
            self.books.book(task).began = Some(self.now);
        }
        self.feed(Input::Started { task, attempt });
        let mut random = self.chance(task, attempt, 1);
        let plan = self.books.look(task).plan;
        let time = random.size(40) as u64;
        match plan.fate {
            Fate::Lasts => {}
            // The first attempt only: what it leaves behind stays.
            Fate::Waits if attempt == 1 => self.plan_deed(time, task, attempt, Deed::Wait),
            _ => self.plan_deed(time, task, attempt, Deed::End { is_stop: false }),
        }
    }

    fn wait(&mut self, task: u32, attempt: u32) {
        let plan = self.books.look(task).plan;
        let specs = plan.inside.iter().map(TaskPlan::spec).collect();
        let suspended = self
            .schedule
            .suspend(task, attempt, specs, self.now)
            .is_ok();
        let may = self.is_under_way(task, attempt) && self.books.look(task).stop.is_none();
        assert_eq!(suspended, may, "{task} waits for its own");
        if suspended {
            self.books.give_slots_back(task);
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
        let ending = match self.books.look(task).plan.fate {
            _ if is_stop && !random.once_in(4) => Ending::Stopped,
            Fate::Fails => Ending::Failed(Failure::new("no")),
            Fate::IsLost if attempt == 1 => Ending::Failed(Failure {
                kind: crate::engine::retry::FailureKind::LOST,
                message: "lost".to_owned(),
            }),
            _ => Ending::Succeeded { output: None },
        };
        let book = self.books.look(task);
        if book.attempt == attempt && book.is_begun && book.end.is_none() {
            self.books.book(task).is_begun = false;
            self.books.give_slots_back(task);
            self.books.set_eligible(task, false);
            self.books.book(task).began = None;
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
}
