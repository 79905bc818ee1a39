//! The state machine of a queue, with the time passed in. Here is the queue
//! that all of its tests are made with.

mod batch_tests;
mod item_model;
mod item_tests;
mod operation_model;
mod own_item_tests;
mod stop_tests;
mod task_tests;
mod worker_count_tests;

use super::demand::START_COST;
use super::*;
use crate::engine::event::{EventKind, Outcome, StopRequest};

const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_micros(10);

/// A queue at a time of the test's own making.
struct Bench {
    state: QueueState,
    now: Instant,
    attachments: u64,
}

fn options() -> QueueOptions {
    QueueOptions {
        tag: 7,
        worker_limit: 4,
        input_capacity: 1000,
        output_capacity: 1000,
        item_timeout: None,
        timeout: None,
        stop_grace: SECOND,
        is_for_tasks: false,
    }
}

fn bench(options: QueueOptions) -> Bench {
    let now = Instant::now();
    let lease = Lease::take().expect("a worker is left");
    Bench {
        state: QueueState::new(options, lease, now),
        now,
        attachments: 0,
    }
}

impl Bench {
    fn attach(&mut self) -> Place {
        self.attachments += 1;
        let worker = self.attachments as WorkerId;
        match self.state.attach(worker, self.attachments, 0, self.now) {
            Entry::Joined(place) => place,
            other => panic!("attach gave {other:?}"),
        }
    }

    fn pull(&mut self, place: Place, capacity: usize) -> (Pull, Vec<ItemId>) {
        let mut items = Vec::new();
        let pull = self
            .state
            .pull(place, capacity, self.now, |item| items.push(item));
        (pull, items)
    }

    fn pulled(&mut self, place: Place, capacity: usize) -> Vec<ItemId> {
        let (pull, items) = self.pull(place, capacity);
        assert_eq!(pull, Pull::Items);
        items
    }

    fn start(&mut self, place: Place, item: ItemId) -> Start {
        self.state.start(place, item, self.now)
    }

    fn end(&mut self, place: Place, item: ItemId, outcome: Outcome) -> bool {
        self.state.end(place, item, outcome, self.now)
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// What the control thread would do now: stops, lost workers, next look.
    fn supervise(&mut self) -> (Vec<StopRequest>, Vec<WorkerId>, Option<Duration>) {
        let (mut stops, mut lost) = (Vec::new(), Vec::new());
        let next = self.state.supervise(self.now, 0, &mut stops, &mut lost);
        (stops, lost, next.map(|next| next - self.now))
    }

    fn take(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.state.take(usize::MAX, |event| events.push(event));
        events
    }

    /// The ends so far: item, outcome, worker, duration.
    fn ends(&mut self) -> Vec<(ItemId, Outcome, WorkerId, Duration)> {
        let ends = self
            .take()
            .into_iter()
            .filter_map(|event| match event.kind {
                EventKind::Ended { outcome, duration } => {
                    Some((event.item, outcome, event.worker, duration))
                }
                EventKind::Output(_) => None,
            });
        ends.collect()
    }

    /// Runs items of a length, one after another, so that the queue knows it.
    fn learn(&mut self, length: Duration) {
        let place = self.attach_with(u64::MAX);
        for _ in 0..100 {
            self.pulled(place, 1);
            self.pass(length);
            assert!(self.end(place, u64::MAX, Outcome::Succeeded));
            self.state.submit(&[u64::MAX]);
        }
        self.pulled(place, 1);
        assert!(self.end(place, u64::MAX, Outcome::Succeeded));
        self.state.detach(place, self.now);
        self.take();
    }

    fn attach_with(&mut self, item: ItemId) -> Place {
        assert_eq!(self.state.submit(&[item]), 1);
        self.attach()
    }
}
