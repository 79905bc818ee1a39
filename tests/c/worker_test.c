// Workers: calls that do not fit their state, and items that come back.

#include <pthread.h>

#include "host.h"
#include "tests.h"

// Runs `count` items on one worker whose main function is the test's own;
// returns what came of them.
static struct ends run_with(struct host *host, uint64_t count) {
    host_open(host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    oe_queue *queue = open_queue(host, options);
    struct ends ends = ends_new(count);
    feed(queue, &ends);
    oe_queue_free(queue);
    host_close(host);
    return ends;
}

// Attaches and pulls one item; false if there is none any more.
static bool start_item(const oe_worker *worker, uint64_t *item) {
    oe_attachment attachment;
    size_t count = 0;
    if (oe_worker_attach(worker, &attachment) != OE_STATUS_OK) {
        return false;
    }
    CHECK_STATUS(oe_worker_next(worker, item, 1, &count, OE_NO_LIMIT), OE_STATUS_OK);
    CHECK_EQUAL(count, 1);
    return true;
}

static void end_item(const oe_worker *worker, uint64_t item) {
    CHECK_STATUS(oe_worker_end(worker, item, OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
    CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
}

static void check_one_success(struct host *host) {
    struct ends ends = run_with(host, 1);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 1);
    ends_free(&ends);
}

static void call_unattached(const oe_worker *worker) {
    uint64_t item = 5;
    size_t count = 99;
    CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, 0), OE_STATUS_INVALID_STATE);
    CHECK_LAST_ERROR("not attached");
    CHECK_STATUS(oe_worker_start(worker, 0), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_emit(worker, 0, 1), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_end(worker, 0, OE_OUTCOME_SUCCEEDED), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_give_back(worker, &item, 1), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_INVALID_STATE);
    CHECK(item == 5 && count == 99);
}

static void main_unattached(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    call_unattached(worker);
    while (start_item(worker, &item)) {
        end_item(worker, item);
        call_unattached(worker);
    }
}

static void calls_without_an_attachment_are_refused(void) {
    struct host host = {.worker_main = main_unattached};
    check_one_success(&host);
}

static void main_attaching_twice(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    while (start_item(worker, &item)) {
        oe_attachment again = {5, 6};
        CHECK_STATUS(oe_worker_attach(worker, &again), OE_STATUS_INVALID_STATE);
        CHECK(again.tag == 5 && again.attachment == 6);
        end_item(worker, item);
    }
}

static void attaching_twice_is_refused(void) {
    struct host host = {.worker_main = main_attaching_twice};
    check_one_success(&host);
}

static void *call_from_elsewhere(void *argument) {
    const oe_worker *worker = argument;
    uint64_t item = 5;
    size_t count = 99;
    oe_attachment attachment = {5, 6};
    CHECK_STATUS(oe_worker_attach(worker, &attachment), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, 0), OE_STATUS_INVALID_STATE);
    CHECK_LAST_ERROR("not its thread");
    CHECK_STATUS(oe_worker_start(worker, 0), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_emit(worker, 0, 1), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_end(worker, 0, OE_OUTCOME_SUCCEEDED), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_give_back(worker, &item, 1), OE_STATUS_INVALID_STATE);
    CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_INVALID_STATE);
    CHECK(item == 5 && count == 99 && attachment.tag == 5 && attachment.attachment == 6);
    return NULL;
}

static void main_with_a_thread(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    while (start_item(worker, &item)) {
        pthread_t thread;
        REQUIRE(pthread_create(&thread, NULL, call_from_elsewhere, (void *)worker) == 0);
        REQUIRE(pthread_join(thread, NULL) == 0);
        end_item(worker, item);
    }
}

static void calls_from_another_thread_are_refused(void) {
    struct host host = {.worker_main = main_with_a_thread};
    check_one_success(&host);
}

static void main_with_unknown_numbers(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    size_t count = 99;
    while (start_item(worker, &item)) {
        CHECK_STATUS(oe_worker_emit(worker, item, 0), OE_STATUS_INVALID_ARGUMENT);
        CHECK_STATUS(oe_worker_end(worker, item, 4), OE_STATUS_INVALID_ARGUMENT);
        CHECK_LAST_ERROR("`outcome` is 4");
        CHECK_STATUS(oe_worker_end(worker, item, UINT32_MAX), OE_STATUS_INVALID_ARGUMENT);
        CHECK_STATUS(oe_worker_next(worker, &item, 0, &count, 0), OE_STATUS_INVALID_ARGUMENT);
        CHECK_STATUS(oe_worker_next(worker, NULL, 0, &count, 0), OE_STATUS_INVALID_ARGUMENT);
        CHECK_EQUAL(count, 99);
        end_item(worker, item);
    }
}

static void unknown_numbers_from_a_worker_are_refused(void) {
    struct host host = {.worker_main = main_with_unknown_numbers};
    check_one_success(&host);
}

static void main_with_foreign_items(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    const uint64_t foreign = 77;
    while (start_item(worker, &item)) {
        CHECK_STATUS(oe_worker_emit(worker, foreign, 1), OE_STATUS_ABANDONED);
        CHECK_STATUS(oe_worker_end(worker, foreign, OE_OUTCOME_FAILED), OE_STATUS_ABANDONED);
        CHECK_STATUS(oe_worker_give_back(worker, &foreign, 1), OE_STATUS_ABANDONED);
        CHECK_STATUS(oe_worker_end(worker, item, OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_end(worker, item, OE_OUTCOME_FAILED), OE_STATUS_ABANDONED);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void items_that_a_worker_does_not_run_are_refused(void) {
    struct host host = {.worker_main = main_with_foreign_items};
    check_one_success(&host);
}

// Runs the first item of what it gets and gives the others back.
static void give_back_most(struct host *host, const oe_worker *worker, uint64_t *expected) {
    uint64_t items[8];
    size_t count = 0;
    while (oe_worker_next(worker, items, 8, &count, OE_NO_LIMIT) == OE_STATUS_OK) {
        CHECK_EQUAL(items[0], *expected);
        *expected += 1;
        if (count > 1) {
            mark_raise(&host->progress);
        }
        CHECK_STATUS(oe_worker_give_back(worker, items + 1, count - 1), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_end(worker, items[0], OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
    }
}

static void main_giving_back(void *context, const oe_worker *worker) {
    // One worker at a time runs the items, so this is its own.
    static uint64_t expected;
    oe_attachment attachment;
    while (oe_worker_attach(worker, &attachment) == OE_STATUS_OK) {
        give_back_most(context, worker, &expected);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void items_given_back_come_again_in_order(void) {
    struct host host = {.worker_main = main_giving_back};
    struct ends ends = run_with(&host, 1000);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 1000);
    CHECK(mark_count(&host.progress) > 0);
    ends_free(&ends);
}

static void main_leaving_items(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    while (start_item(worker, &item)) {
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void an_item_left_behind_ends_as_failed(void) {
    struct host host = {.worker_main = main_leaving_items};
    struct ends ends = run_with(&host, 3);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_FAILED], 3);
    ends_free(&ends);
}

static void main_returning_early(void *context, const oe_worker *worker) {
    (void)context;
    uint64_t item = 0;
    start_item(worker, &item);
}

static void a_worker_that_returns_is_replaced(void) {
    struct host host = {.worker_main = main_returning_early};
    struct ends ends = run_with(&host, 3);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_FAILED], 3);
    CHECK(ends.items[0].end.worker != ends.items[2].end.worker);
    ends_free(&ends);
}

static void main_waiting_with_limits(void *context, const oe_worker *worker) {
    struct host *host = context;
    uint64_t item = 0;
    size_t count = 0;
    while (start_item(worker, &item)) {
        CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, 0), OE_STATUS_TIMEOUT);
        CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, 2), OE_STATUS_TIMEOUT);
        CHECK_STATUS(oe_worker_end(worker, 0, OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
        mark_raise(&host->progress);
        CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, OE_NO_LIMIT), OE_STATUS_ENDED);
        mark_raise(&host->progress);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void a_worker_waits_with_a_limit_and_to_the_end(void) {
    struct host host = {.worker_main = main_waiting_with_limits};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(1);
    submit(queue, 0, 1);
    mark_await(&host.progress, 1);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    drain(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 1);
    CHECK(counters_of(queue).waits >= 1);
    // Freeing the pool earlier would stop a worker that has not looked yet.
    mark_await(&host.progress, 2);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void main_stopped(void *context, const oe_worker *worker) {
    struct host *host = context;
    uint64_t item = 0;
    size_t count = 0;
    while (start_item(worker, &item)) {
        mark_raise(&host->started);
        mark_await(&host->go, 1);
        CHECK_STATUS(oe_worker_end(worker, item, OE_OUTCOME_FAILED), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_next(worker, &item, 1, &count, OE_NO_LIMIT), OE_STATUS_STOPPED);
        CHECK_STATUS(oe_worker_start(worker, 5), OE_STATUS_STOPPED);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void a_worker_of_a_cancelled_queue_is_told_to_leave(void) {
    struct host host = {.worker_main = main_stopped};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(1);
    submit(queue, 0, 1);
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_queue_cancel(queue, OE_CANCEL_REQUESTED), OE_STATUS_OK);
    mark_await(&host.stops, 1);
    mark_raise(&host.go);
    drain(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_STOPPED], 1);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

// The item that a worker starts itself; the ones before it are submitted.
#define OWN 3

// Starts an item of its own before it pulls the others, and ends it after them.
static void main_with_an_own_item(void *context, const oe_worker *worker) {
    struct host *host = context;
    oe_attachment attachment;
    uint64_t item = 0;
    size_t count = 0;
    while (oe_worker_attach(worker, &attachment) == OE_STATUS_OK) {
        CHECK_STATUS(oe_worker_start(worker, OWN), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_start(worker, OWN), OE_STATUS_INVALID_STATE);
        CHECK_LAST_ERROR("runs an item 3 already");
        while (oe_worker_next(worker, &item, 1, &count, OE_NO_LIMIT) == OE_STATUS_OK) {
            CHECK_STATUS(oe_worker_end(worker, item, OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
        }
        CHECK_STATUS(oe_worker_emit(worker, OWN, 1), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_end(worker, OWN, OE_OUTCOME_SUCCEEDED), OE_STATUS_OK);
        CHECK_STATUS(oe_worker_start(worker, OWN), OE_STATUS_ENDED);
        mark_raise(&host->progress);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
}

static void an_own_item_outlasts_the_pulled_ones_and_ends_the_queue(void) {
    struct host host = {.worker_main = main_with_an_own_item};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    // It applies to none of them: the pulled ones are short, the other is own.
    options.item_timeout_milliseconds = 60 * 1000;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(OWN + 1);
    submit(queue, 0, OWN);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    drain(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], OWN + 1);
    CHECK_EQUAL(ends.items[OWN].last_kind, 1);
    CHECK(ends.items[OWN].end.duration_nanoseconds >= ends.items[0].end.duration_nanoseconds);
    CHECK_EQUAL(counters_of(queue).submitted, OWN + 1);
    // A pool that is closed would stop the worker instead.
    mark_await(&host.progress, 1);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

const struct test worker_tests[] = {
    TEST(calls_without_an_attachment_are_refused),
    TEST(attaching_twice_is_refused),
    TEST(calls_from_another_thread_are_refused),
    TEST(unknown_numbers_from_a_worker_are_refused),
    TEST(items_that_a_worker_does_not_run_are_refused),
    TEST(items_given_back_come_again_in_order),
    TEST(an_item_left_behind_ends_as_failed),
    TEST(a_worker_that_returns_is_replaced),
    TEST(a_worker_waits_with_a_limit_and_to_the_end),
    TEST(a_worker_of_a_cancelled_queue_is_told_to_leave),
    TEST(an_own_item_outlasts_the_pulled_ones_and_ends_the_queue),
    TESTS_END,
};
