//! Hosts that do not do as they should.

use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::Sender;

use super::*;
use crate::engine::queue::Next;
use crate::engine::worker::Worker;

#[test]
fn a_worker_that_leaves_its_item_behind_has_failed_it() {
    guarded(|| {
        let pool = TestHost::new(|call| {
            if call.item % 2 == 0 {
                call.worker.detach().unwrap();
            }
            Outcome::Succeeded
        })
        .with_batch(1)
        .into_pool();
        let queue = pool.open(with_workers(2)).unwrap();
        let ends = run(&queue, 100);
        assert_eq!(ends.count(Outcome::Failed), 50);
        assert_eq!(queue.counters().late, 0, "it is no report any more");
    });
}

/// A host that is nothing but its worker's main function.
struct Main<F>(F);

impl<F: Fn(&Worker) + Send + Sync + 'static> Host for Main<F> {
    fn worker_main(&self, worker: &Worker) {
        (self.0)(worker);
    }

    fn control_main(&self, control: &Control) {
        while control.next().is_some() {}
    }
}

fn pool_of(main: impl Fn(&Worker) + Send + Sync + 'static) -> Pool {
    Pool::new(Box::new(Main(main)), PoolOptions::default())
}

#[test]
fn a_host_that_returns_with_an_item_has_failed_it_and_is_called_again() {
    guarded(|| {
        let pool = pool_of(|worker| {
            if let Ok(Ok(_)) = worker.attach() {
                worker.next(1, FOREVER, |_| ()).unwrap();
            }
        });
        let queue = pool.open(with_workers(2)).unwrap();
        let ends = run(&queue, 20);
        assert_eq!(ends.count(Outcome::Failed), 20);
        drop(queue);
        until_workers(&pool, 0);
        assert!(pool.counters().threads_started >= 20);
    });
}

#[test]
fn a_host_that_panics_has_failed_its_item_and_is_called_again() {
    guarded(|| {
        let pool = pool_of(|worker| {
            if let Ok(Ok(_)) = worker.attach() {
                worker.next(1, FOREVER, |_| ()).unwrap();
                // Quiet, unlike `panic!`: the hook is not called.
                std::panic::resume_unwind(Box::new("on purpose"));
            }
        });
        let queue = pool.open(with_workers(2)).unwrap();
        let ends = run(&queue, 20);
        assert_eq!(ends.count(Outcome::Failed), 20);
        drop(queue);
        until_workers(&pool, 0);
        assert_eq!(pool.counters().open_queues, 0);
    });
}

#[test]
fn a_host_that_panics_before_it_asks_for_work_is_called_again() {
    guarded(|| {
        let calls = AtomicUsize::new(0);
        let pool = pool_of(move |worker| {
            if calls.fetch_add(1, Ordering::Relaxed) < 5 {
                std::panic::resume_unwind(Box::new("on purpose"));
            }
            while let Ok(Ok(_)) = worker.attach() {
                let mut got = None;
                while worker.next(1, FOREVER, |item| got = Some(item)) == Ok(Next::Items) {
                    worker.end(got.unwrap(), Outcome::Succeeded).unwrap();
                }
                worker.detach().unwrap();
            }
        });
        let queue = pool.open(with_workers(1)).unwrap();
        assert_eq!(run(&queue, 10).count(Outcome::Succeeded), 10);
    });
}

#[test]
fn a_control_thread_that_panics_is_started_again() {
    guarded(|| {
        let (host, begins) = obedient();
        let host = FragileControl {
            host,
            calls: AtomicUsize::new(0),
        };
        let pool = Pool::new(Box::new(host), PoolOptions::default());
        for _ in 0..2 {
            let queue = pool.open(with_workers(1)).unwrap();
            submit(&queue, &[1]);
            begins.recv().unwrap();
            queue.cancel(CancelReason::Requested);
            until("the first control thread is gone", || {
                queue.cancel(CancelReason::Requested);
                queue.counters().running == 0
            });
            drain(&queue);
        }
    });
}

/// Its control thread panics the first time.
struct FragileControl {
    host: TestHost,
    calls: AtomicUsize,
}

impl Host for FragileControl {
    fn worker_main(&self, worker: &Worker) {
        self.host.worker_main(worker);
    }

    fn control_main(&self, control: &Control) {
        if self.calls.fetch_add(1, Ordering::Relaxed) == 0 {
            std::panic::resume_unwind(Box::new("on purpose"));
        }
        self.host.control_main(control);
    }
}

#[test]
fn calls_that_do_not_fit_are_refused() {
    guarded(|| {
        let (said, says): (Sender<bool>, _) = channel();
        let pool = pool_of(move |worker| {
            let nothing = worker.next(1, FOREVER, |_| ()).is_err()
                && worker.emit(1, 1).is_err()
                && worker.end(1, Outcome::Failed).is_err()
                && worker.give_back(&[1]).is_err()
                && worker.detach().is_err();
            while let Ok(Ok(_)) = worker.attach() {
                said.send(nothing && worker.attach().is_err()).unwrap();
                if worker.next(1, FOREVER, |_| ()) == Ok(Next::Items) {
                    worker.detach().unwrap();
                }
            }
        });
        let queue = pool.open(with_workers(1)).unwrap();
        submit(&queue, &[1]);
        queue.close();
        assert_eq!(drain(&queue).count(Outcome::Failed), 1);
        assert!(says.recv().unwrap());
    });
}
