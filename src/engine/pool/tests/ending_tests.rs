//! Queue and pool may go in every order.

use std::sync::Mutex;

use super::*;
use crate::engine::queue::Wait;

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
