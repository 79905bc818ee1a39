// Arguments that are NULL or out of range: an error, and nothing is touched.

#include <string.h>

#include "host.h"
#include "tests.h"

// What outputs hold before a call that must leave them alone.
#define PATTERN 0xA5

static bool is_untouched(const void *value, size_t size) {
    const unsigned char *bytes = value;
    for (size_t index = 0; index < size; index++) {
        if (bytes[index] != PATTERN) {
            return false;
        }
    }
    return true;
}

#define CHECK_NULL(call) CHECK_STATUS(call, OE_STATUS_NULL_ARGUMENT)
#define FILL(value) memset(&(value), PATTERN, sizeof(value))
#define CHECK_UNTOUCHED(value) CHECK(is_untouched(&(value), sizeof(value)))

static void oe_pool_new_refuses_null(void) {
    struct host host = {.work = succeed};
    oe_pool_host functions = {&host, work_off_queues, carry_out_stops, NULL};
    oe_pool *pool;
    FILL(pool);
    CHECK_NULL(oe_pool_new(NULL, NULL, &pool));
    CHECK_LAST_ERROR("`host` is NULL");
    CHECK_NULL(oe_pool_new(&functions, NULL, NULL));
    functions.worker_main = NULL;
    CHECK_NULL(oe_pool_new(&functions, NULL, &pool));
    CHECK_LAST_ERROR("`worker_main`");
    functions.worker_main = work_off_queues;
    functions.control_main = NULL;
    CHECK_NULL(oe_pool_new(&functions, NULL, &pool));
    CHECK_UNTOUCHED(pool);
}

static void count_release(void *context) {
    unsigned *releases = context;
    *releases += 1;
}

static void a_pool_that_was_refused_is_not_released(void) {
    unsigned releases = 0;
    oe_pool *pool = NULL;
    const oe_pool_host functions = {&releases, NULL, carry_out_stops, count_release};
    CHECK_NULL(oe_pool_new(&functions, NULL, &pool));
    const oe_pool_host complete = {&releases, work_off_queues, carry_out_stops, count_release};
    CHECK_NULL(oe_pool_new(&complete, NULL, NULL));
    CHECK_EQUAL(releases, 0);
}

static void the_functions_of_a_pool_refuse_null(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_pool_counters counters;
    oe_worker_info workers[2];
    size_t count;
    FILL(counters);
    FILL(workers);
    FILL(count);
    CHECK_NULL(oe_pool_get_counters(NULL, &counters));
    CHECK_NULL(oe_pool_get_counters(host.pool, NULL));
    CHECK_NULL(oe_pool_get_workers(NULL, workers, 2, &count));
    CHECK_NULL(oe_pool_get_workers(host.pool, NULL, 2, &count));
    CHECK_NULL(oe_pool_get_workers(host.pool, workers, 2, NULL));
    CHECK_NULL(oe_pool_trim(NULL));
    CHECK_UNTOUCHED(counters);
    CHECK_UNTOUCHED(workers);
    CHECK_UNTOUCHED(count);
    host_close(&host);
}

static void oe_queue_new_refuses_null(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    const oe_queue_options options = usual_options();
    oe_queue *queue;
    FILL(queue);
    CHECK_NULL(oe_queue_new(NULL, &options, &queue));
    CHECK_NULL(oe_queue_new(host.pool, NULL, &queue));
    CHECK_NULL(oe_queue_new(host.pool, &options, NULL));
    CHECK_UNTOUCHED(queue);
    host_close(&host);
}

static void the_functions_of_a_queue_refuse_null(void) {
    const uint64_t items[] = {1, 2};
    oe_event events[2];
    oe_item_counters counters;
    size_t count;
    uint32_t reason;
    FILL(events);
    FILL(counters);
    FILL(count);
    FILL(reason);
    CHECK_NULL(oe_queue_submit(NULL, items, 2, &count));
    CHECK_NULL(oe_queue_close(NULL));
    CHECK_NULL(oe_queue_cancel(NULL, OE_CANCEL_REQUESTED));
    CHECK_NULL(oe_queue_set_worker_limit(NULL, 1));
    CHECK_NULL(oe_queue_get_cancel_reason(NULL, &reason));
    CHECK_NULL(oe_queue_wait(NULL, false, 0));
    CHECK_NULL(oe_queue_take(NULL, events, 2, &count));
    CHECK_NULL(oe_queue_get_counters(NULL, &counters));
    CHECK_UNTOUCHED(events);
    CHECK_UNTOUCHED(counters);
    CHECK_UNTOUCHED(count);
    CHECK_UNTOUCHED(reason);
}

static void the_outputs_of_a_queue_refuse_null(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    const uint64_t items[] = {1, 2};
    oe_event events[2];
    size_t count;
    FILL(events);
    FILL(count);
    CHECK_NULL(oe_queue_submit(queue, NULL, 2, &count));
    CHECK_NULL(oe_queue_submit(queue, items, 2, NULL));
    CHECK_NULL(oe_queue_get_cancel_reason(queue, NULL));
    CHECK_NULL(oe_queue_take(queue, NULL, 2, &count));
    CHECK_NULL(oe_queue_take(queue, events, 2, NULL));
    CHECK_NULL(oe_queue_get_counters(queue, NULL));
    CHECK_UNTOUCHED(events);
    CHECK_UNTOUCHED(count);
    // Nothing was submitted by the way, and an empty array may be NULL.
    CHECK_EQUAL(counters_of(queue).submitted, 0);
    CHECK_STATUS(oe_queue_submit(queue, NULL, 0, &count), OE_STATUS_OK);
    CHECK_EQUAL(count, 0);
    CHECK_STATUS(oe_queue_take(queue, NULL, 0, &count), OE_STATUS_OK);
    oe_queue_free(queue);
    host_close(&host);
}

static void the_functions_of_a_worker_refuse_null(void) {
    uint64_t item;
    size_t count;
    uint32_t id;
    oe_attachment attachment;
    oe_stop stop;
    FILL(item);
    FILL(count);
    FILL(id);
    FILL(attachment);
    FILL(stop);
    CHECK_NULL(oe_worker_get_id(NULL, &id));
    CHECK_NULL(oe_worker_attach(NULL, &attachment));
    CHECK_NULL(oe_worker_next(NULL, &item, 1, &count, 0));
    CHECK_NULL(oe_worker_start(NULL, 0));
    CHECK_NULL(oe_worker_emit(NULL, 0, 1));
    CHECK_NULL(oe_worker_end(NULL, 0, OE_OUTCOME_SUCCEEDED));
    CHECK_NULL(oe_worker_give_back(NULL, &item, 1));
    CHECK_NULL(oe_worker_detach(NULL));
    CHECK_NULL(oe_control_next(NULL, &stop));
    CHECK_UNTOUCHED(item);
    CHECK_UNTOUCHED(count);
    CHECK_UNTOUCHED(id);
    CHECK_UNTOUCHED(attachment);
    CHECK_UNTOUCHED(stop);
}

// Runs as the work of an item, so on an attached worker.
static uint32_t pass_null(const struct call *call) {
    uint64_t items[2];
    size_t count;
    FILL(items);
    FILL(count);
    CHECK_NULL(oe_worker_get_id(call->worker, NULL));
    CHECK_NULL(oe_worker_attach(call->worker, NULL));
    CHECK_NULL(oe_worker_next(call->worker, NULL, 2, &count, 0));
    CHECK_NULL(oe_worker_next(call->worker, items, 2, NULL, 0));
    CHECK_NULL(oe_worker_give_back(call->worker, NULL, 1));
    CHECK_STATUS(oe_worker_give_back(call->worker, NULL, 0), OE_STATUS_OK);
    CHECK_UNTOUCHED(items);
    CHECK_UNTOUCHED(count);
    return OE_OUTCOME_SUCCEEDED;
}

static void control_with_null(void *context, const oe_control *control) {
    struct host *host = context;
    CHECK_NULL(oe_control_next(control, NULL));
    mark_raise(&host->progress);
    carry_out_stops(context, control);
}

static void the_outputs_of_a_worker_refuse_null(void) {
    struct host host = {.work = pass_null, .control_main = control_with_null};
    host_open(&host);
    oe_queue_options options = usual_options();
    // Only a queue with a limit brings the control thread.
    options.timeout_milliseconds = 60 * 60 * 1000;
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(3);
    feed(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 3);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
    CHECK_EQUAL(mark_count(&host.progress), 1);
}

static void check_options_refused(const struct host *host, oe_queue_options options,
                                  const char *name) {
    oe_queue *queue;
    FILL(queue);
    CHECK_STATUS(oe_queue_new(host->pool, &options, &queue), OE_STATUS_INVALID_ARGUMENT);
    CHECK_UNTOUCHED(queue);
    CHECK_LAST_ERROR(name);
}

static void options_out_of_range_are_refused(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 0;
    check_options_refused(&host, options, "`worker_limit` is 0");
    options.worker_limit = OE_WORKER_LIMIT + 1;
    check_options_refused(&host, options, "`worker_limit` is 1025");
    options = usual_options();
    options.input_capacity = 0;
    check_options_refused(&host, options, "`input_capacity`");
    options = usual_options();
    options.output_capacity = 0;
    check_options_refused(&host, options, "`output_capacity`");
    host_close(&host);
}

static void a_worker_limit_out_of_range_is_refused(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    CHECK_STATUS(oe_queue_set_worker_limit(queue, 0), OE_STATUS_INVALID_ARGUMENT);
    CHECK_LAST_ERROR("`limit` is 0, which is not between 1 and 1024");
    CHECK_STATUS(oe_queue_set_worker_limit(queue, OE_WORKER_LIMIT + 1), OE_STATUS_INVALID_ARGUMENT);
    CHECK_STATUS(oe_queue_set_worker_limit(queue, OE_WORKER_LIMIT), OE_STATUS_OK);
    oe_queue_free(queue);
    host_close(&host);
}

static void the_largest_options_are_taken(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue_options options = {
        .tag = TAG,
        .item_timeout_milliseconds = UINT64_MAX,
        .timeout_milliseconds = UINT64_MAX,
        .stop_grace_milliseconds = UINT32_MAX,
        .worker_limit = OE_WORKER_LIMIT,
        .input_capacity = UINT32_MAX,
        .output_capacity = UINT32_MAX,
    };
    oe_queue *queue = open_queue(&host, options);
    struct ends ends = ends_new(10);
    feed(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 10);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void unknown_reasons_are_refused(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    const uint32_t unknown[] = {OE_CANCEL_NONE, 5, UINT32_MAX};
    uint32_t reason = 99;
    for (size_t index = 0; index < 3; index++) {
        CHECK_STATUS(oe_queue_cancel(queue, unknown[index]), OE_STATUS_INVALID_ARGUMENT);
        CHECK_LAST_ERROR("no reason to cancel");
    }
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &reason), OE_STATUS_OK);
    CHECK_EQUAL(reason, OE_CANCEL_NONE);
    oe_queue_free(queue);
    host_close(&host);
}

const struct test argument_tests[] = {
    TEST(oe_pool_new_refuses_null),
    TEST(a_pool_that_was_refused_is_not_released),
    TEST(the_functions_of_a_pool_refuse_null),
    TEST(oe_queue_new_refuses_null),
    TEST(the_functions_of_a_queue_refuse_null),
    TEST(the_outputs_of_a_queue_refuse_null),
    TEST(the_functions_of_a_worker_refuse_null),
    TEST(the_outputs_of_a_worker_refuse_null),
    TEST(options_out_of_range_are_refused),
    TEST(a_worker_limit_out_of_range_is_refused),
    TEST(the_largest_options_are_taken),
    TEST(unknown_reasons_are_refused),
    TESTS_END,
};
