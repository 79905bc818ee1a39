//! Random operations on the state machine, against a model of each item.
//!
//! A failure prints the smallest operations that show it and the seed as a
//! `cc` line, which proptest also keeps and tries first the next time.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::operation_model::{operation, queue_options, Operation};
use super::*;

/// A worker as the model sees it: also one that was given up goes on trying.
struct Slot {
    place: Place,
    worker: WorkerId,
    holds: Vec<ItemId>,
    /// What it started itself.
    own: Vec<ItemId>,
    /// It was told that there is nothing more for it.
    is_let_go: bool,
    /// The end that it waits in for room, as its thread would.
    waits_to_end: Option<(ItemId, Outcome)>,
    lost: bool,
}

impl Slot {
    /// One of the items that it runs.
    fn item(&self, which: usize) -> Option<ItemId> {
        self.holds.iter().chain(&self.own).nth(which).copied()
    }
}

/// Ids of workers' own items; lower ones are submitted.
const FIRST_OWN: ItemId = 1 << 32;

struct Model {
    bench: Bench,
    slots: Vec<Slot>,
    submitted: u64,
    started: u64,
    late: u64,
    /// How each item ended.
    ended: HashMap<ItemId, Outcome>,
}

impl Model {
    fn new(options: QueueOptions) -> Self {
        Self {
            bench: bench(options),
            slots: Vec::new(),
            submitted: 0,
            started: 0,
            late: 0,
            ended: HashMap::new(),
        }
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Submit(count) => self.submit(count),
            Operation::Close => self.bench.state.close(),
            Operation::Cancel(reason) => self.bench.state.cancel(reason),
            Operation::Take(limit) => self.take(limit),
            Operation::Attach => self.attach(),
            Operation::Pull(slot, capacity) => self.pull(slot, capacity),
            Operation::Start(slot) => self.start(slot),
            Operation::Limit(limit) => self.bench.state.set_worker_limit(limit),
            Operation::Emit(slot, which) => self.emit(slot, which),
            Operation::End(slot, which, outcome) => self.end(slot, which, outcome),
            Operation::GiveBack(slot, count) => self.give_back(slot, count),
            Operation::Detach(slot) => self.detach(slot),
            Operation::Pass(time) => self.bench.pass(Duration::from_millis(time)),
            Operation::Supervise => self.supervise(),
        }
        self.check();
    }

    fn submit(&mut self, count: usize) {
        if self.bench.state.is_closed() {
            return;
        }
        let items: Vec<_> = (self.submitted..).take(count).collect();
        let accepted = self.bench.state.submit(&items);
        self.submitted += accepted as u64;
        let capacity = self.bench.state.options().input_capacity;
        assert!(accepted == count || self.bench.state.queued() >= capacity);
    }

    fn take(&mut self, limit: usize) {
        let mut events = Vec::new();
        self.bench.state.take(limit, |event| events.push(event));
        assert!(events.len() <= limit);
        for event in events {
            let known = self.ended.contains_key(&event.item);
            assert!(!known, "{event:?} after the end");
            let (count, first) = match event.item {
                FIRST_OWN.. => (self.started, FIRST_OWN),
                _ => (self.submitted, 0),
            };
            assert!(event.item < first + count, "{event:?} of no item");
            if let EventKind::Ended { outcome, .. } = event.kind {
                self.ended.insert(event.item, outcome);
            }
        }
    }

    fn attach(&mut self) {
        let bench = &mut self.bench;
        bench.attachments += 1;
        let worker = bench.attachments as WorkerId;
        let wanted = bench.state.wanted_workers(0);
        match bench.state.attach(worker, bench.attachments, 0, bench.now) {
            Entry::Joined(place) => {
                assert!(wanted > 0);
                assert!(bench.state.attached_count() <= bench.state.options().worker_limit);
                self.slots.push(Slot {
                    place,
                    worker,
                    holds: Vec::new(),
                    own: Vec::new(),
                    is_let_go: false,
                    waits_to_end: None,
                    lost: false,
                });
            }
            Entry::NotNeeded => assert_eq!(wanted, 0),
            Entry::Refused => panic!("there is no such number of workers"),
        }
    }

    /// A worker that can do something, which one that waits cannot.
    fn slot(&mut self, slot: usize) -> Option<(&mut Bench, &mut Slot)> {
        let slot = slot % self.slots.len().max(1);
        if !self.has_ended(slot) {
            return None;
        }
        Some((&mut self.bench, &mut self.slots[slot]))
    }

    /// Whether a worker waits for nothing, after another look.
    fn has_ended(&mut self, slot: usize) -> bool {
        let Some(slot) = self.slots.get_mut(slot) else {
            return false;
        };
        let Some((item, outcome)) = slot.waits_to_end else {
            return true;
        };
        if self.bench.state.must_wait_for_room(slot.place) {
            return false;
        }
        slot.waits_to_end = None;
        slot.holds.retain(|held| *held != item);
        slot.own.retain(|held| *held != item);
        let done = self.bench.end(slot.place, item, outcome);
        assert_eq!(done, !slot.lost);
        self.late += u64::from(!done);
        true
    }

    fn pull(&mut self, slot: usize, capacity: usize) {
        let Some((bench, slot)) = self.slot(slot) else {
            return;
        };
        let (pull, items) = bench.pull(slot.place, capacity);
        assert_eq!(pull == Pull::Items, !items.is_empty());
        assert_eq!(pull == Pull::Abandoned, slot.lost);
        assert!(items.len() <= capacity);
        assert!(items.is_empty() || !slot.is_let_go, "it was to leave");
        slot.is_let_go |= pull == Pull::Ended && !bench.state.is_closed();
        slot.holds.extend(items);
        if pull == Pull::Nothing {
            assert_eq!(bench.state.queued(), 0, "it was there to be had");
        }
    }

    fn start(&mut self, slot: usize) {
        let item = FIRST_OWN + self.started;
        let Some((bench, slot)) = self.slot(slot) else {
            return;
        };
        let is_finished = bench.state.is_finished();
        let is_cancelled = bench.state.cancelled().is_some();
        match bench.start(slot.place, item) {
            Start::Started => {
                assert!(!is_finished && !is_cancelled);
                assert_eq!(bench.start(slot.place, item), Start::AlreadyRuns);
                slot.own.push(item);
                self.started += 1;
            }
            Start::Ended => assert!(is_finished),
            // Or an item that it pulled was stopped at its limit.
            Start::Stopped => {}
            Start::Abandoned => assert!(slot.lost),
            Start::AlreadyRuns => panic!("{item} is new"),
        }
    }

    fn emit(&mut self, slot: usize, which: usize) {
        let Some((bench, slot)) = self.slot(slot) else {
            return;
        };
        if bench.state.must_wait_for_room(slot.place) {
            return;
        }
        let item = slot.item(which);
        let done = bench.state.emit(slot.place, item.unwrap_or(u64::MAX), 1);
        assert_eq!(done, item.is_some() && !slot.lost);
        self.late += u64::from(!done);
    }

    /// As the queue does it: an item that has to wait for room is finished
    /// already.
    fn end(&mut self, index: usize, which: usize, outcome: Outcome) {
        let Some((bench, slot)) = self.slot(index) else {
            return;
        };
        let Some(item) = slot.item(which) else {
            return;
        };
        if bench.state.must_wait_for_room(slot.place) {
            bench.state.finish(slot.place, item, bench.now);
        }
        slot.waits_to_end = Some((item, outcome));
        let index = index % self.slots.len();
        self.has_ended(index);
    }

    fn give_back(&mut self, slot: usize, count: usize) {
        let Some((bench, slot)) = self.slot(slot) else {
            return;
        };
        let from = slot.holds.len().saturating_sub(count);
        let items = slot.holds.split_off(from);
        let late = bench.state.give_back(slot.place, &items);
        assert_eq!(late, if slot.lost { items.len() } else { 0 });
        self.late += late as u64;
    }

    fn detach(&mut self, slot: usize) {
        if self.slot(slot).is_none() {
            return;
        }
        let slot = self.slots.swap_remove(slot % self.slots.len());
        self.bench.state.detach(slot.place, self.bench.now);
    }

    fn supervise(&mut self) {
        let (_, lost, next) = self.bench.supervise();
        assert!(next.is_none_or(|next| !next.is_zero()), "no busy loop");
        for slot in &mut self.slots {
            slot.lost |= lost.contains(&slot.worker);
        }
    }

    /// What holds between any two operations.
    fn check(&self) {
        let state = &self.bench.state;
        let counters = state.counters();
        let (queued, running) = (counters.queued, counters.running);
        assert_eq!(counters.submitted, self.submitted + self.started);
        assert_eq!(counters.submitted, queued + running + counters.done());
        assert_eq!(counters.late, self.late);
        let live = self.slots.iter().filter(|slot| !slot.lost);
        assert_eq!(live.clone().count(), state.attached_count() as usize);
        let held: usize = live.clone().map(|slot| slot.holds.len()).sum();
        let own: usize = live.map(|slot| slot.own.len()).sum();
        assert_eq!((held + own) as u64, running);
        assert_eq!(state.is_idle(), queued + held as u64 == 0);
        assert_eq!(state.is_running(), running > 0);
        let is_finished = state.is_closed() && queued + running == 0;
        assert_eq!(state.is_finished(), is_finished);
        if state.cancelled().is_some() {
            assert_eq!(queued, 0);
        }
    }

    /// Lets everything end, as a host that goes away does.
    fn finish(mut self, obedient: bool) {
        self.bench.state.close();
        if obedient {
            self.run_to_the_end();
        }
        self.bench.state.cancel(CancelReason::HostGone);
        for slot in 0..self.slots.len() {
            assert!(self.has_ended(slot), "nothing waits for room any more");
        }
        self.supervise();
        self.bench.pass(2 * SECOND);
        self.supervise();
        self.take(usize::MAX);
        let counters = self.bench.state.counters();
        assert!(self.bench.state.is_drained());
        let all = self.submitted + self.started;
        assert_eq!(self.ended.len() as u64, all, "each ended once");
        let ended = |outcome| self.ended.values().filter(|it| **it == outcome).count() as u64;
        assert_eq!(ended(Outcome::Succeeded), counters.succeeded);
        assert_eq!(ended(Outcome::Failed), counters.failed);
        assert_eq!(ended(Outcome::TimedOut), counters.timed_out);
        assert_eq!(ended(Outcome::Stopped), counters.stopped);
    }

    /// One more worker ends what the others hold and what still waits.
    fn run_to_the_end(&mut self) {
        while !self.slots.is_empty() {
            self.take(usize::MAX);
            self.has_ended(0);
            while self.slots[0].item(0).is_some() {
                self.take(usize::MAX);
                self.end(0, 0, Outcome::Succeeded);
            }
            self.detach(0);
        }
        while self.bench.state.queued() > 0 {
            self.attach();
            self.pull(0, 1);
            self.take(usize::MAX);
            self.end(0, 0, Outcome::Succeeded);
            self.detach(0);
        }
        assert!(self.bench.state.is_finished());
        self.check();
    }
}

/// `PROPTEST_CASES` asks for more than a test run needs.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let cases = asked.and_then(|cases| cases.parse().ok()).unwrap_or(4000);
    ProptestConfig::with_cases(cases)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_every_item_ends_once(
        options in queue_options(),
        operations in vec(operation(), 0..200),
        obedient: bool,
    ) {
        let mut model = Model::new(options);
        for operation in operations {
            model.apply(operation);
        }
        model.finish(obedient);
    }
}
