//! Items in = ends out, by as many workers as there may be.

use super::*;

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
