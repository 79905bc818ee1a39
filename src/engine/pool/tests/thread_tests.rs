//! Threads come and go.

use super::*;

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
