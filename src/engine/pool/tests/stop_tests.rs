//! Stops: cancelled queues, limits, and workers that ignore them.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A queue that gives a worker up as soon as its item is overdue.
fn abandoning(worker_limit: u32) -> QueueOptions {
    QueueOptions {
        item_timeout: Some(Duration::from_millis(20)),
        stop_grace: Duration::from_millis(1),
        ..with_workers(worker_limit)
    }
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
