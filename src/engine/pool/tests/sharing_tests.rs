//! Several queues on one pool, and several pools.

use std::sync::Mutex;

use super::*;

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
