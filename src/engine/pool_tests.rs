//! Pools with real threads and a host of the test's own.

use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Barrier;

use super::*;
use crate::engine::watchdog::{guarded, until};

use crate::engine::event::Outcome;
use crate::engine::pool_test_host::{
    drain, options, run, submit, with_workers, Call, Ends, Fate, Signal, TestHost, FOREVER,
};
use crate::engine::queue::Next;

const SECOND: Duration = Duration::from_secs(1);

fn succeed(_: Call<'_>) -> Outcome {
    Outcome::Succeeded
}

fn until_gone(fate: &Fate) {
    until("the host is dropped", || {
        fate.drops.load(Ordering::SeqCst) > 0
    });
    assert_eq!(fate.drops.load(Ordering::SeqCst), 1);
}

fn until_workers(pool: &Pool, count: u64) {
    until("the workers are as many as they should", || {
        pool.counters().workers == count
    });
}

// ---- items in = ends out ----

fn pass_through(count: u64, workers: u32) {
    guarded(move || {
        let host = TestHost::new(succeed).with_batch(64);
        let fate = host.fate();
        let pool = host.into_pool();
        let queue = pool.open(with_workers(workers)).unwrap();
        let ends = run(&queue, count);
        assert_eq!(ends.count(Outcome::Succeeded) as u64, count);
        let counters = queue.counters();
        assert_eq!(counters.submitted, count);
        assert_eq!((counters.queued, counters.running), (0, 0));
        assert_eq!((counters.done(), counters.late), (count, 0));
        drop(queue);
        let counters = pool.counters();
        assert_eq!(counters.items.succeeded, count);
        assert!(counters.threads_started <= workers.into());
        drop(pool);
        until_gone(&fate);
    });
}

#[test]
fn no_item_at_all() {
    pass_through(0, 4);
}

#[test]
fn one_item() {
    pass_through(1, 4);
}

#[test]
fn seven_items() {
    pass_through(7, 4);
}

#[test]
fn a_million_items_through_one_worker() {
    pass_through(1_000_000, 1);
}

#[test]
fn a_million_items_through_2_workers() {
    pass_through(1_000_000, 2);
}

#[test]
fn a_million_items_through_64_workers() {
    pass_through(1_000_000, 64);
}

#[test]
fn a_million_items_through_200_workers() {
    pass_through(1_000_000, 200);
}

#[test]
fn a_raised_limit_brings_workers_and_a_lowered_one_lets_them_go() {
    guarded(|| {
        let all = Arc::new(Barrier::new(4));
        let barrier = Arc::clone(&all);
        let pool = TestHost::new(move |call| {
            if call.item < 3 {
                barrier.wait();
            }
            Outcome::Succeeded
        })
        .into_pool();
        let queue = pool.open(with_workers(1)).unwrap();
        submit(&queue, &[0, 1, 2]);
        queue.set_worker_limit(3);
        // Only three workers at once bring the barrier down.
        all.wait();
        queue.set_worker_limit(1);
        until("two have gone", || queue.attached_workers() == 1);
        let more: Vec<_> = (3..500).collect();
        submit(&queue, &more);
        queue.close();
        assert_eq!(drain(&queue).count(Outcome::Succeeded), 500);
        assert_eq!(pool.counters().threads_started, 3);
    });
}

#[test]
fn queues_of_one_with_outputs() {
    guarded(|| {
        let pool = TestHost::new(|call| {
            for kind in 1..=3 {
                assert_eq!(call.worker.emit(call.item, kind), Ok(true));
            }
            Outcome::Failed
        })
        .into_pool();
        let queue = pool
            .open(QueueOptions {
                input_capacity: 1,
                output_capacity: 1,
                ..with_workers(3)
            })
            .unwrap();
        let ends = run(&queue, 2_000);
        assert_eq!(ends.count(Outcome::Failed), 2_000);
        assert_eq!(ends.outputs, 6_000);
    });
}

/// Items that end only when as many run at once as there are workers.
fn meet(workers: u32, pool_options: PoolOptions) {
    guarded(move || {
        let barrier = Barrier::new(workers as usize);
        let pool = TestHost::new(move |_| {
            barrier.wait();
            Outcome::Succeeded
        })
        .into_pool_with(pool_options);
        let queue = pool.open(with_workers(workers)).unwrap();
        run(&queue, u64::from(workers) * 3);
    });
}

#[test]
fn as_many_items_run_at_once_as_there_are_workers() {
    meet(8, PoolOptions::default());
}

#[test]
fn two_hundred_items_run_at_once() {
    meet(200, PoolOptions::default());
}

#[test]
fn threads_may_be_started_one_by_one() {
    let options = PoolOptions {
        start_limit: 1,
        ..PoolOptions::default()
    };
    meet(8, options);
}

#[test]
fn an_item_behind_a_long_one_gets_a_worker_however_short_they_were() {
    guarded(|| {
        // The last two need each other; what came before was very short.
        let barrier = Barrier::new(2);
        let pool = TestHost::new(move |call| {
            if call.item >= 998 {
                barrier.wait();
            }
            Outcome::Succeeded
        })
        .with_batch(1)
        .into_pool();
        let queue = pool.open(with_workers(2)).unwrap();
        run(&queue, 1000);
    });
}

#[test]
fn no_more_threads_are_started_than_may_work() {
    guarded(|| {
        let pool = TestHost::new(succeed).into_pool_with(PoolOptions {
            start_limit: 16,
            ..PoolOptions::default()
        });
        let queue = pool.open(with_workers(1)).unwrap();
        for item in 0..100 {
            submit(&queue, &[item]);
        }
        queue.close();
        drain(&queue);
        assert_eq!(pool.counters().threads_started, 1);
    });
}

#[test]
fn a_long_item_holds_no_short_one_up() {
    guarded(|| {
        let (release, long) = gate();
        let pool = TestHost::new(move |call| {
            if call.item == 0 {
                long.wait();
            }
            Outcome::Succeeded
        })
        .with_batch(1)
        .into_pool();
        let queue = pool.open(with_workers(2)).unwrap();
        submit(&queue, &(0..500).collect::<Vec<_>>());
        queue.close();
        let mut ends = Ends::default();
        while ends.outcomes.len() < 499 {
            queue.wait(false, FOREVER);
            ends.take(&queue);
        }
        assert!(!ends.outcomes.contains_key(&0));
        release.set();
        assert_eq!(drain(&queue).outcomes.len(), 1);
    });
}

fn gate() -> (Arc<Signal>, Arc<Signal>) {
    let signal = Arc::new(Signal::default());
    (Arc::clone(&signal), signal)
}

// ---- several queues, several pools ----

/// A host whose items open queues of their own in the same pool, `depth` deep.
fn nesting_pool(width: u64, depth: u64) -> Arc<Mutex<Option<Arc<Pool>>>> {
    let home: Arc<Mutex<Option<Arc<Pool>>>> = Arc::default();
    let inside = Arc::clone(&home);
    let pool = TestHost::new(move |call| {
        if call.tag < depth {
            let pool = inside.lock().unwrap().clone().expect("the test holds it");
            let queue = pool
                .open(QueueOptions {
                    tag: call.tag + 1,
                    input_capacity: 1,
                    ..with_workers(2)
                })
                .unwrap();
            assert_eq!(run(&queue, width).count(Outcome::Succeeded) as u64, width);
        }
        Outcome::Succeeded
    })
    .into_pool();
    *home.lock().unwrap() = Some(Arc::new(pool));
    home
}

#[test]
fn items_open_queues_of_their_own() {
    guarded(|| {
        let home = nesting_pool(4, 3);
        let pool = home.lock().unwrap().clone().unwrap();
        let queue = pool.open(with_workers(4)).unwrap();
        run(&queue, 4);
        // Also after a wish for a worker that came to nothing.
        run(&pool.open(with_workers(4)).unwrap(), 40);
        drop(queue);
        let per_tree = 1 + 4 + 16;
        assert_eq!(pool.counters().items.succeeded, 44 * per_tree);
        home.lock().unwrap().take();
    });
}

#[test]
fn a_queue_without_a_worker_does_not_wait_for_another_queues_wish() {
    guarded(|| {
        let (release, long) = gate();
        let pool = TestHost::new(move |call| {
            if (call.tag, call.item) == (1, 1000) {
                long.wait();
            }
            Outcome::Succeeded
        })
        .with_batch(1)
        .into_pool();
        let first = pool.open(with_workers(2)).unwrap();
        // It learns that its items are short; then one is long, and the wish
        // for a second worker is too small to be worth a thread at once.
        for item in 0..100 {
            submit(&first, &[item]);
            first.wait(false, FOREVER);
            first.take(10, |_| ());
        }
        submit(&first, &[1000, 1001]);
        let second = pool
            .open(QueueOptions {
                tag: 2,
                ..with_workers(1)
            })
            .unwrap();
        run(&second, 10);
        release.set();
        first.close();
        drain(&first);
    });
}

#[test]
fn two_pools_at_once_do_not_mix() {
    guarded(|| {
        let pools = [Outcome::Succeeded, Outcome::Failed].map(|outcome| {
            let pool = TestHost::new(move |_| outcome).into_pool();
            thread::spawn(move || {
                let queue = pool.open(options()).unwrap();
                let ends = run(&queue, 50_000);
                assert_eq!(ends.count(outcome), 50_000);
                drop(queue);
                pool.counters().items.done()
            })
        });
        for pool in pools {
            assert_eq!(pool.join().unwrap(), 50_000);
        }
    });
}

#[test]
fn many_queues_share_the_workers_of_a_pool() {
    guarded(|| {
        let pool = Arc::new(TestHost::new(succeed).into_pool());
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let pool = Arc::clone(&pool);
                thread::spawn(move || {
                    for _ in 0..50 {
                        run(&pool.open(with_workers(2)).unwrap(), 20);
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        let counters = pool.counters();
        assert_eq!(counters.items.succeeded, 8 * 50 * 20);
        until("no queue is left", || pool.counters().open_queues == 0);
    });
}

// ---- stops ----

/// An item that obeys its stop, and says when it has begun.
fn obedient() -> (TestHost, Receiver<ItemId>) {
    let (begun, begins) = channel();
    let host = TestHost::new(move |call| {
        begun.send(call.item).unwrap();
        call.stop.wait();
        Outcome::Stopped
    });
    (host.with_batch(1), begins)
}

#[test]
fn cancelling_stops_what_runs_and_what_waits() {
    guarded(|| {
        let (host, begins) = obedient();
        let pool = host.into_pool();
        let queue = pool.open(with_workers(2)).unwrap();
        submit(&queue, &[1, 2, 3, 4]);
        begins.recv().unwrap();
        begins.recv().unwrap();
        queue.cancel(CancelReason::Requested);
        let ends = drain(&queue);
        assert_eq!(ends.count(Outcome::Stopped), 4);
        assert_eq!(queue.submit(&[5]), None);
        assert_eq!(pool.counters().abandoned, 0);
    });
}

#[test]
fn a_cancelled_pool_of_queues_serves_the_next_one() {
    guarded(|| {
        let (host, begins) = obedient();
        let pool = host.into_pool();
        for _ in 0..50 {
            let queue = pool.open(with_workers(2)).unwrap();
            submit(&queue, &[1, 2, 3]);
            begins.recv().unwrap();
            queue.cancel(CancelReason::Timeout);
            let ends = drain(&queue);
            assert_eq!(ends.outcomes.len(), 3);
            assert!(ends.count(Outcome::TimedOut) >= 1);
            while begins.try_recv().is_ok() {}
        }
        let started = pool.counters().threads_started;
        assert!(started <= 50, "{started} threads");
    });
}

#[test]
fn an_item_that_takes_too_long_is_stopped_alone() {
    guarded(|| {
        let pool = TestHost::new(|call| {
            if call.item % 10 != 0 {
                return Outcome::Succeeded;
            }
            call.stop.wait();
            Outcome::Stopped
        })
        .into_pool();
        let queue = pool
            .open(QueueOptions {
                item_timeout: Some(Duration::from_millis(10)),
                timeout: Some(3600 * SECOND),
                ..with_workers(4)
            })
            .unwrap();
        let ends = run(&queue, 100);
        assert_eq!(ends.count(Outcome::TimedOut), 10);
        assert_eq!(ends.count(Outcome::Succeeded), 90);
        assert_eq!(pool.counters().abandoned, 0);
    });
}

#[test]
fn a_queues_own_limit_ends_it() {
    guarded(|| {
        let (host, _begins) = obedient();
        let pool = host.into_pool();
        let queue = pool
            .open(QueueOptions {
                timeout: Some(Duration::from_millis(20)),
                ..with_workers(2)
            })
            .unwrap();
        submit(&queue, &[1, 2, 3]);
        let ends = drain(&queue);
        assert_eq!(queue.cancelled(), Some(CancelReason::Timeout));
        assert_eq!(ends.outcomes.len(), 3);
        assert_eq!(ends.outcomes[&3], Outcome::Stopped);
    });
}

#[test]
fn a_worker_that_ignores_its_stop_is_replaced_and_the_rest_ends() {
    guarded(|| {
        let (release, stuck) = gate();
        let (tried, late) = channel();
        let host = TestHost::new(move |call| {
            if call.item == 3 {
                stuck.wait();
                let emitted = call.worker.emit(3, 1).unwrap();
                tried.send(emitted).unwrap();
            }
            Outcome::Succeeded
        });
        let fate = host.fate();
        let pool = host.into_pool();
        let queue = pool.open(abandoning(1)).unwrap();
        let ends = run(&queue, 100);
        assert_eq!(ends.outcomes[&3], Outcome::TimedOut);
        assert_eq!(ends.count(Outcome::Succeeded), 99);
        let counters = pool.counters();
        assert_eq!((counters.abandoned, counters.workers), (1, 1));
        release.set();
        assert!(!late.recv().unwrap(), "nobody listens to it any more");
        until("its late reports are counted", || {
            queue.counters().late == 2
        });
        until("its thread ends", || {
            fate.returns.load(Ordering::SeqCst) == 1
        });
        assert_eq!(pool.counters().items.late, 2);
        drop(queue);
        drop(pool);
        until_gone(&fate);
        assert_eq!(fate.returns.load(Ordering::SeqCst), 2);
    });
}

/// A queue that gives a worker up as soon as its item is overdue.
fn abandoning(worker_limit: u32) -> QueueOptions {
    QueueOptions {
        item_timeout: Some(Duration::from_millis(20)),
        stop_grace: Duration::from_millis(1),
        ..with_workers(worker_limit)
    }
}

#[test]
fn late_reports_count_also_when_their_queue_is_gone() {
    guarded(|| {
        let (release, stuck) = gate();
        let pool = TestHost::new(move |_| {
            stuck.wait();
            Outcome::Failed
        })
        .into_pool();
        let queue = pool.open(abandoning(1)).unwrap();
        assert_eq!(run(&queue, 1).count(Outcome::TimedOut), 1);
        drop(queue);
        assert_eq!(pool.counters().items.timed_out, 1);
        release.set();
        until("it is counted", || pool.counters().items.late == 1);
    });
}

#[test]
fn a_stop_reaches_a_worker_that_waits_for_room() {
    guarded(|| {
        let (full, is_full) = gate();
        let pool = TestHost::new(move |call| {
            call.worker.emit(call.item, 1).unwrap();
            full.set();
            while call.worker.emit(call.item, 2) == Ok(true) && !call.stop.is_set() {}
            Outcome::Stopped
        })
        .into_pool();
        let queue = pool
            .open(QueueOptions {
                output_capacity: 1,
                item_timeout: Some(Duration::from_millis(10)),
                ..with_workers(1)
            })
            .unwrap();
        submit(&queue, &[1]);
        queue.close();
        is_full.wait();
        // Nobody takes anything until the item has ended by its stop.
        until("it ends", || queue.counters().timed_out == 1);
        assert!(drain(&queue).outputs >= 2);
        assert_eq!(pool.counters().abandoned, 0);
    });
}

// ---- endings, in every order ----

/// Queue and pool with an item in each of two workers, and what ends them.
fn busy() -> (Arc<Fate>, Pool, OpenQueue) {
    let (host, begins) = obedient();
    let fate = host.fate();
    let pool = host.into_pool();
    let queue = pool.open(with_workers(2)).unwrap();
    submit(&queue, &[1, 2, 3]);
    begins.recv().unwrap();
    begins.recv().unwrap();
    (fate, pool, queue)
}

#[test]
fn a_pool_may_go_before_its_queue() {
    guarded(|| {
        let (fate, pool, queue) = busy();
        drop(pool);
        assert_eq!(drain(&queue).count(Outcome::Stopped), 3);
        assert_eq!(queue.cancelled(), Some(CancelReason::HostGone));
        drop(queue);
        until_gone(&fate);
    });
}

#[test]
fn a_queue_may_go_before_its_pool() {
    guarded(|| {
        let (fate, pool, queue) = busy();
        drop(queue);
        until("no queue is left", || pool.counters().open_queues == 0);
        assert_eq!(pool.counters().items.stopped, 3);
        drop(pool);
        until_gone(&fate);
    });
}

#[test]
fn both_may_go_at_once() {
    guarded(|| {
        for _ in 0..100 {
            let (fate, pool, queue) = busy();
            let other = thread::spawn(move || drop(pool));
            drop(queue);
            other.join().unwrap();
            until_gone(&fate);
        }
    });
}

#[test]
fn a_pool_may_go_while_a_drained_queue_is_kept() {
    guarded(|| {
        // The control thread runs, and has nothing that would wake it.
        let (fate, pool, queue) = busy();
        queue.cancel(CancelReason::Requested);
        drain(&queue);
        drop(pool);
        until("its threads end", || {
            fate.returns.load(Ordering::SeqCst) == 2
        });
        drop(queue);
        until_gone(&fate);
    });
}

#[test]
fn an_idle_pool_goes_at_once() {
    guarded(|| {
        let host = TestHost::new(succeed);
        let fate = host.fate();
        let pool = host.into_pool();
        run(&pool.open(with_workers(3)).unwrap(), 100);
        drop(pool);
        until_gone(&fate);
    });
}

#[test]
fn a_pool_that_never_worked_goes_at_once() {
    let host = TestHost::new(succeed);
    let fate = host.fate();
    drop(host.into_pool());
    assert_eq!(fate.drops.load(Ordering::SeqCst), 1);
}

#[test]
fn a_queue_outlives_its_pool_and_takes_nothing_more() {
    guarded(|| {
        let pool = TestHost::new(succeed).into_pool();
        let queue = pool.open(options()).unwrap();
        drop(pool);
        assert_eq!(queue.submit(&[1]), None);
        assert_eq!(queue.wait(true, FOREVER), Wait::Ended);
    });
}

#[test]
fn a_pool_may_go_from_inside_an_item() {
    guarded(|| {
        let home: Arc<Mutex<Option<Pool>>> = Arc::default();
        let inside = Arc::clone(&home);
        let host = TestHost::new(move |_| {
            drop(inside.lock().unwrap().take());
            Outcome::Succeeded
        });
        let fate = host.fate();
        let pool = host.into_pool();
        let queue = pool.open(with_workers(1)).unwrap();
        *home.lock().unwrap() = Some(pool);
        submit(&queue, &[1]);
        assert_eq!(drain(&queue).count(Outcome::Succeeded), 1);
        drop(queue);
        until_gone(&fate);
    });
}

// ---- threads come and go ----

#[test]
fn an_idle_worker_goes_after_a_while() {
    guarded(|| {
        let pool = TestHost::new(succeed).into_pool_with(PoolOptions {
            idle_timeout: Duration::from_millis(20),
            ..PoolOptions::default()
        });
        run(&pool.open(with_workers(2)).unwrap(), 10);
        until_workers(&pool, 0);
        run(&pool.open(with_workers(2)).unwrap(), 10);
    });
}

#[test]
fn a_warm_worker_is_used_again() {
    guarded(|| {
        let pool = TestHost::new(succeed).into_pool();
        for _ in 0..200 {
            run(&pool.open(with_workers(1)).unwrap(), 3);
        }
        // A worker may still be on its way back when the next queue comes, but
        // not each time.
        let started = pool.counters().threads_started;
        assert!(started <= 50, "{started} threads");
    });
}

#[test]
fn workers_that_are_not_needed_any_more_go_while_one_works() {
    guarded(|| {
        let barrier = Barrier::new(8);
        let pool = TestHost::new(move |call| {
            if call.tag == 8 {
                barrier.wait();
            }
            Outcome::Succeeded
        })
        .into_pool_with(PoolOptions {
            idle_timeout: Duration::from_millis(50),
            ..PoolOptions::default()
        });
        let all = QueueOptions {
            tag: 8,
            ..with_workers(8)
        };
        run(&pool.open(all).unwrap(), 8);
        until("seven have gone", || {
            run(&pool.open(with_workers(1)).unwrap(), 1);
            pool.counters().workers <= 1
        });
    });
}

#[test]
fn trimming_lets_idle_workers_go_and_only_them() {
    guarded(|| {
        let (host, begins) = obedient();
        let pool = host.into_pool();
        let idle = pool.open(with_workers(2)).unwrap();
        submit(&idle, &[1, 2]);
        begins.recv().unwrap();
        begins.recv().unwrap();
        let busy = pool.open(with_workers(1)).unwrap();
        submit(&busy, &[3]);
        begins.recv().unwrap();
        idle.cancel(CancelReason::Requested);
        drain(&idle);
        until("two are idle", || pool.counters().idle == 2);
        pool.trim();
        until_workers(&pool, 1);
        let workers = pool.workers();
        assert!(workers[0].attachment.is_some());
        busy.cancel(CancelReason::Requested);
        drain(&busy);
    });
}

#[test]
fn workers_are_listed_by_number() {
    guarded(|| {
        let (_, pool, queue) = busy();
        let workers = pool.workers();
        assert_eq!(workers.len(), 2);
        assert!(workers[0].id < workers[1].id);
        assert_ne!(workers[0].attachment, workers[1].attachment);
        assert_eq!(queue.attached_workers(), 2);
    });
}

// ---- hosts that do not do as they should ----

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
