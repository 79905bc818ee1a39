// Limits and cancels: stops are carried out, and who ignores one is given up.

#include "host.h"
#include "tests.h"

// Item 0 runs until it is stopped.
static uint32_t wait_if_first(const struct call *call) {
    return call->item == 0 ? wait_for_stop(call) : succeed(call);
}

static void an_item_over_its_limit_is_stopped(void) {
    struct host host = {.work = wait_if_first};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.item_timeout_milliseconds = 20;
    options.worker_limit = 1;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(1);
    feed(queue, &ends);
    const oe_event *end = &ends.items[0].end;
    CHECK_EQUAL(end->outcome, OE_OUTCOME_TIMED_OUT);
    CHECK(end->duration_nanoseconds >= 20 * 1000 * 1000);
    CHECK_EQUAL(counters_of(queue).timed_out, 1);
    CHECK_EQUAL(mark_count(&host.stops), 1);
    CHECK_EQUAL(host.last_stop.worker, end->worker);
    CHECK_EQUAL(host.last_stop.attachment, 1);
    CHECK_EQUAL(mark_count(&host.refused), 0);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

// The other items may take long too on a busy machine: then they are late, but
// they succeed, since they do finish.
static void the_other_items_outlive_a_stop(void) {
    struct host host = {.work = wait_if_first};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.item_timeout_milliseconds = 20;
    options.worker_limit = 1;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_TIMED_OUT], 1);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 99);
    oe_pool_counters counters;
    CHECK_STATUS(oe_pool_get_counters(host.pool, &counters), OE_STATUS_OK);
    CHECK_EQUAL(counters.abandoned, 0);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static uint32_t ignore_stop_if_first(const struct call *call) {
    if (call->item != 0) {
        return OE_OUTCOME_SUCCEEDED;
    }
    mark_await(&call->host->go, 1);
    CHECK_STATUS(oe_worker_emit(call->worker, call->item, 1), OE_STATUS_ABANDONED);
    CHECK_STATUS(oe_worker_give_back(call->worker, &call->item, 1), OE_STATUS_ABANDONED);
    return OE_OUTCOME_SUCCEEDED;
}

// Feeds items of which the first one's worker is given up.
static oe_queue *open_abandoning(struct host *host, uint32_t grace, struct ends *ends) {
    host_open(host);
    oe_queue_options options = usual_options();
    options.item_timeout_milliseconds = 20;
    options.stop_grace_milliseconds = grace;
    options.worker_limit = 1;
    oe_queue *queue = open_queue(host, options);
    feed(queue, ends);
    CHECK_EQUAL(ends->items[0].end.outcome, OE_OUTCOME_TIMED_OUT);
    return queue;
}

static void a_worker_that_ignores_its_stop_is_abandoned(void) {
    struct host host = {.work = ignore_stop_if_first};
    struct ends ends = ends_new(2);
    // Long enough that no busy machine holds the healthy item up for so long.
    oe_queue *queue = open_abandoning(&host, 2000, &ends);
    CHECK_EQUAL(ends.items[1].end.outcome, OE_OUTCOME_SUCCEEDED);
    CHECK(ends.items[0].end.worker != ends.items[1].end.worker);
    oe_pool_counters counters;
    CHECK_STATUS(oe_pool_get_counters(host.pool, &counters), OE_STATUS_OK);
    CHECK_EQUAL(counters.abandoned, 1);
    CHECK_EQUAL(counters.threads_started, 2);
    CHECK(counters.workers <= 1);
    CHECK_EQUAL(mark_count(&host.stops), 1);
    mark_raise(&host.go);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void late_reports_are_refused_and_counted(void) {
    struct host host = {.work = ignore_stop_if_first};
    struct ends ends = ends_new(1);
    oe_queue *queue = open_abandoning(&host, 20, &ends);
    CHECK_EQUAL(counters_of(queue).late, 0);
    mark_raise(&host.go);
    // The abandoned worker leaves, since attaching again is refused too.
    mark_await(&host.worker_returns, 1);
    CHECK_EQUAL(mark_count(&host.refused), 1);
    CHECK_EQUAL(counters_of(queue).late, 3);
    CHECK_EQUAL(counters_of(queue).timed_out, 1);
    oe_pool_counters counters;
    CHECK_STATUS(oe_pool_get_counters(host.pool, &counters), OE_STATUS_OK);
    CHECK_EQUAL(counters.items.late, 3);
    CHECK_STATUS(oe_queue_wait(queue, false, 0), OE_STATUS_ENDED);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void a_late_report_may_come_after_everything_was_freed(void) {
    struct host host = {.work = ignore_stop_if_first};
    struct ends ends = ends_new(1);
    oe_queue *queue = open_abandoning(&host, 20, &ends);
    oe_queue_free(queue);
    oe_pool_free(host.pool);
    host.pool = NULL;
    CHECK_EQUAL(mark_count(&host.releases), 0);
    mark_raise(&host.go);
    mark_await(&host.releases, 1);
    CHECK_EQUAL(mark_count(&host.refused), 1);
    ends_free(&ends);
    host_close(&host);
}

static void cancel_for(uint32_t reason, oe_outcome outcome) {
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(4);
    uint32_t found = 99;
    size_t accepted = 99;
    submit(queue, 0, 4);
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &found), OE_STATUS_OK);
    CHECK_EQUAL(found, OE_CANCEL_NONE);
    CHECK_STATUS(oe_queue_cancel(queue, reason), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &found), OE_STATUS_OK);
    CHECK_EQUAL(found, reason);
    CHECK_STATUS(oe_queue_submit(queue, (const uint64_t[]){9}, 1, &accepted), OE_STATUS_CLOSED);
    drain(queue, &ends);
    CHECK_EQUAL(ends.items[0].end.outcome, outcome);
    CHECK(ends.items[0].end.worker > 0);
    for (size_t item = 1; item < 4; item++) {
        CHECK_EQUAL(ends.items[item].end.outcome, OE_OUTCOME_STOPPED);
        CHECK_EQUAL(ends.items[item].end.worker, 0);
        CHECK_EQUAL(ends.items[item].end.duration_nanoseconds, 0);
    }
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void cancel_for_the_first_failure(void) {
    cancel_for(OE_CANCEL_FIRST_FAILURE, OE_OUTCOME_STOPPED);
}

static void cancel_for_a_timeout(void) {
    cancel_for(OE_CANCEL_TIMEOUT, OE_OUTCOME_TIMED_OUT);
}

static void cancel_as_requested(void) {
    cancel_for(OE_CANCEL_REQUESTED, OE_OUTCOME_STOPPED);
}

static void cancel_because_the_host_is_gone(void) {
    cancel_for(OE_CANCEL_HOST_GONE, OE_OUTCOME_STOPPED);
}

static void a_later_reason_replaces_an_earlier_one(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    const uint32_t given[] = {OE_CANCEL_FIRST_FAILURE, OE_CANCEL_REQUESTED, OE_CANCEL_TIMEOUT};
    const uint32_t expected[] = {OE_CANCEL_FIRST_FAILURE, OE_CANCEL_REQUESTED,
                                 OE_CANCEL_REQUESTED};
    for (size_t index = 0; index < 3; index++) {
        uint32_t found = 99;
        CHECK_STATUS(oe_queue_cancel(queue, given[index]), OE_STATUS_OK);
        CHECK_STATUS(oe_queue_get_cancel_reason(queue, &found), OE_STATUS_OK);
        CHECK_EQUAL(found, expected[index]);
    }
    CHECK_STATUS(oe_queue_wait(queue, false, OE_NO_LIMIT), OE_STATUS_ENDED);
    oe_queue_free(queue);
    host_close(&host);
}

static void a_queue_over_its_limit_is_cancelled(void) {
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.timeout_milliseconds = 50;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(2);
    submit(queue, 0, 2);
    drain(queue, &ends);
    uint32_t reason = 99;
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &reason), OE_STATUS_OK);
    CHECK_EQUAL(reason, OE_CANCEL_TIMEOUT);
    CHECK_EQUAL(ends.count, 2);
    // What the machine was too busy to start ends as stopped.
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_TIMED_OUT], mark_count(&host.started));
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_STOPPED], 2 - mark_count(&host.started));
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void a_stop_does_not_undo_a_success(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(1);
    submit(queue, 0, 1);
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_queue_cancel(queue, OE_CANCEL_REQUESTED), OE_STATUS_OK);
    mark_await(&host.stops, 1);
    mark_raise(&host.go);
    drain(queue, &ends);
    CHECK_EQUAL(ends.items[0].end.outcome, OE_OUTCOME_SUCCEEDED);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

const struct test limits_tests[] = {
    TEST(an_item_over_its_limit_is_stopped),
    TEST(the_other_items_outlive_a_stop),
    TEST(a_worker_that_ignores_its_stop_is_abandoned),
    TEST(late_reports_are_refused_and_counted),
    TEST(a_late_report_may_come_after_everything_was_freed),
    TEST(cancel_for_the_first_failure),
    TEST(cancel_for_a_timeout),
    TEST(cancel_as_requested),
    TEST(cancel_because_the_host_is_gone),
    TEST(a_later_reason_replaces_an_earlier_one),
    TEST(a_queue_over_its_limit_is_cancelled),
    TEST(a_stop_does_not_undo_a_success),
    TESTS_END,
};
