// Items: each ends once, its events in order, with all the pressure back.

#include "host.h"
#include "tests.h"

static uint32_t succeed_with_tag(const struct call *call) {
    CHECK_EQUAL(call->tag, TAG);
    return OE_OUTCOME_SUCCEEDED;
}

static void run_items(uint64_t count, uint32_t workers) {
    struct host host = {.work = succeed_with_tag};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = workers;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(count);
    feed(queue, &ends);
    oe_item_counters counters = counters_of(queue);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], count);
    CHECK_EQUAL(counters.submitted, count);
    CHECK_EQUAL(counters.succeeded, count);
    CHECK_EQUAL(counters.queued + counters.running + counters.late, 0);
    CHECK_EQUAL(mark_count(&host.refused), 0);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void an_item_ends_once(void) {
    for (uint32_t workers = 1; workers <= 8; workers++) {
        run_items(1, workers);
    }
}

static void a_thousand_items_end_once_each(void) {
    for (uint32_t workers = 1; workers <= 8; workers++) {
        run_items(1000, workers);
    }
}

static void a_hundred_thousand_items_end_once_each(void) {
    for (uint32_t workers = 1; workers <= 8; workers *= 2) {
        run_items(100 * 1000, workers);
    }
}

static uint32_t emit_four(const struct call *call) {
    for (uint16_t kind = 1; kind <= 4; kind++) {
        CHECK_STATUS(oe_worker_emit(call->worker, call->item, kind), OE_STATUS_OK);
        mark_raise(&call->host->progress);
    }
    return OE_OUTCOME_SUCCEEDED;
}

static void run_emits(uint64_t count, uint32_t capacity, size_t *most_at_once) {
    struct host host = {.work = emit_four};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.input_capacity = capacity;
    options.output_capacity = capacity;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(count);
    feed(queue, &ends);
    CHECK_EQUAL(ends.outputs, 4 * count);
    *most_at_once = ends.most_at_once;
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void the_outputs_of_an_item_come_in_order(void) {
    size_t most_at_once = 0;
    run_emits(1000, 1024, &most_at_once);
}

static void queues_of_size_one_lose_nothing(void) {
    size_t most_at_once = 0;
    run_emits(300, 1, &most_at_once);
    CHECK_EQUAL(most_at_once, 1);
}

static void a_full_input_takes_no_more(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    options.input_capacity = 1;
    oe_queue *queue = open_queue(&host, options);
    submit(queue, 0, 1);
    mark_await(&host.started, 1);
    const uint64_t more[] = {1, 2, 3};
    size_t accepted = 99;
    CHECK_STATUS(oe_queue_submit(queue, more, 3, &accepted), OE_STATUS_OK);
    CHECK_EQUAL(accepted, 1);
    CHECK_STATUS(oe_queue_submit(queue, more + 1, 2, &accepted), OE_STATUS_OK);
    CHECK_EQUAL(accepted, 0);
    CHECK_STATUS(oe_queue_wait(queue, true, 0), OE_STATUS_TIMEOUT);
    CHECK_EQUAL(counters_of(queue).queued, 1);
    CHECK_EQUAL(counters_of(queue).running, 1);
    mark_raise(&host.go);
    struct ends ends = ends_new(2);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    drain(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 2);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void a_full_output_holds_the_worker(void) {
    struct host host = {.work = emit_four};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.output_capacity = 1;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(1);
    submit(queue, 0, 1);
    for (unsigned taken = 0; taken < 5; taken++) {
        CHECK_STATUS(oe_queue_wait(queue, false, OE_NO_LIMIT), OE_STATUS_OK);
        CHECK(mark_count(&host.progress) <= taken + 1);
        take(queue, &ends);
        CHECK_EQUAL(ends.outputs + ends.count, taken + 1);
    }
    CHECK_EQUAL(ends.count, 1);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_wait(queue, false, OE_NO_LIMIT), OE_STATUS_ENDED);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static uint32_t end_as_told(const struct call *call) {
    return (uint32_t)(call->item % 4);
}

static void an_item_ends_as_its_worker_says(void) {
    struct host host = {.work = end_as_told};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(40);
    feed(queue, &ends);
    for (uint64_t item = 0; item < 40; item++) {
        CHECK_EQUAL(ends.items[item].end.outcome, item % 4);
        CHECK(ends.items[item].end.worker > 0);
    }
    oe_item_counters counters = counters_of(queue);
    CHECK_EQUAL(counters.succeeded, 10);
    CHECK_EQUAL(counters.failed, 10);
    CHECK_EQUAL(counters.timed_out, 10);
    CHECK_EQUAL(counters.stopped, 10);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

// The item says which queue it was submitted to.
static uint32_t succeed_in_own_queue(const struct call *call) {
    return call->tag == call->item % 2 ? OE_OUTCOME_SUCCEEDED : OE_OUTCOME_FAILED;
}

static void two_queues_of_a_pool_keep_apart(void) {
    struct host host = {.work = succeed_in_own_queue};
    host_open(&host);
    oe_queue *queues[2];
    for (uint64_t tag = 0; tag < 2; tag++) {
        oe_queue_options options = usual_options();
        options.tag = tag;
        queues[tag] = open_queue(&host, options);
    }
    for (uint64_t item = 0; item < 500; item++) {
        submit(queues[item % 2], item, 1);
    }
    for (uint64_t tag = 0; tag < 2; tag++) {
        struct ends ends = ends_new(500);
        CHECK_STATUS(oe_queue_close(queues[tag]), OE_STATUS_OK);
        drain(queues[tag], &ends);
        CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 250);
        ends_free(&ends);
        oe_queue_free(queues[tag]);
    }
    host_close(&host);
}

static void waiting_ends_in_time_and_at_the_end(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    size_t count = 99;
    oe_event event;
    const uint64_t item = 7;
    CHECK_STATUS(oe_queue_wait(queue, false, 0), OE_STATUS_TIMEOUT);
    CHECK_STATUS(oe_queue_wait(queue, false, 1), OE_STATUS_TIMEOUT);
    CHECK_STATUS(oe_queue_wait(queue, true, OE_NO_LIMIT), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_take(queue, &event, 1, &count), OE_STATUS_OK);
    CHECK_EQUAL(count, 0);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_wait(queue, false, OE_NO_LIMIT), OE_STATUS_ENDED);
    count = 99;
    CHECK_STATUS(oe_queue_submit(queue, &item, 1, &count), OE_STATUS_CLOSED);
    CHECK_EQUAL(count, 99);
    CHECK_LAST_ERROR("closed");
    oe_queue_free(queue);
    host_close(&host);
}

static void a_raised_worker_limit_brings_workers(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(2);
    submit(queue, 0, 2);
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_queue_set_worker_limit(queue, 2), OE_STATUS_OK);
    mark_await(&host.started, 2);
    mark_raise(&host.go);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    drain(queue, &ends);
    CHECK(ends.items[0].end.worker != ends.items[1].end.worker);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

const struct test items_tests[] = {
    TEST(an_item_ends_once),
    TEST(a_thousand_items_end_once_each),
    TEST(a_hundred_thousand_items_end_once_each),
    TEST(the_outputs_of_an_item_come_in_order),
    TEST(queues_of_size_one_lose_nothing),
    TEST(a_full_input_takes_no_more),
    TEST(a_full_output_holds_the_worker),
    TEST(an_item_ends_as_its_worker_says),
    TEST(two_queues_of_a_pool_keep_apart),
    TEST(waiting_ends_in_time_and_at_the_end),
    TEST(a_raised_worker_limit_brings_workers),
    TESTS_END,
};
