//! What may happen to a queue in a random run, and how often.

use proptest::prelude::*;

use super::*;

/// What may happen to a queue. The first number of most picks the worker.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Submit(usize),
    Close,
    Cancel(CancelReason),
    Take(usize),
    Attach,
    Pull(usize, usize),
    Start(usize),
    Limit(u32),
    Emit(usize, usize),
    End(usize, usize, Outcome),
    GiveBack(usize, usize),
    Detach(usize),
    Pass(u64),
    Supervise,
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let slot = 0..6_usize;
    let outcome = prop_oneof![
        6 => Just(Outcome::Succeeded),
        2 => Just(Outcome::Failed),
        1 => Just(Outcome::Stopped),
    ];
    let reason = prop_oneof![
        Just(CancelReason::FirstFailure),
        Just(CancelReason::Timeout),
        Just(CancelReason::Requested),
    ];
    prop_oneof![
        40 => (1..8_usize).prop_map(Submit),
        1 => Just(Close),
        1 => reason.prop_map(Cancel),
        20 => (1..10_usize).prop_map(Take),
        20 => Just(Attach),
        60 => (slot.clone(), 1..5_usize).prop_map(|(slot, capacity)| Pull(slot, capacity)),
        10 => slot.clone().prop_map(Start),
        5 => (1..5_u32).prop_map(Limit),
        20 => (slot.clone(), 0..4_usize).prop_map(|(slot, which)| Emit(slot, which)),
        60 => (slot.clone(), 0..4_usize, outcome).prop_map(|(slot, which, how)| End(slot, which, how)),
        5 => (slot.clone(), 1..4_usize).prop_map(|(slot, count)| GiveBack(slot, count)),
        8 => slot.prop_map(Detach),
        20 => (0..40_u64).prop_map(Pass),
        20 => Just(Supervise),
    ]
}

pub(super) fn queue_options() -> impl Strategy<Value = QueueOptions> {
    let limit = prop_oneof![Just(None), (1..60_u64).prop_map(Some)];
    let call_limit = prop_oneof![3 => Just(None), 1 => (1..2000_u64).prop_map(Some)];
    let sizes = (1..5_u32, 1..9_usize, 1..9_usize);
    (sizes, limit, call_limit, 0..30_u64).prop_map(|(sizes, limit, call_limit, grace)| {
        QueueOptions {
            tag: 0,
            worker_limit: sizes.0,
            input_capacity: sizes.1,
            output_capacity: sizes.2,
            item_timeout: limit.map(Duration::from_millis),
            timeout: call_limit.map(Duration::from_millis),
            stop_grace: Duration::from_millis(grace),
            is_for_tasks: false,
        }
    })
}
