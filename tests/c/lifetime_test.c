// Pools and queues freed in every order, and what becomes of their threads.

#include <sched.h>

#include "host.h"
#include "tests.h"

static void freeing_null_is_fine(void) {
    oe_pool_free(NULL);
    oe_queue_free(NULL);
    oe_text_free(NULL);
    oe_batch_free(NULL);
}

static void a_pool_without_work_is_released_at_once(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    CHECK_EQUAL(mark_count(&host.releases), 0);
    oe_pool_free(host.pool);
    host.pool = NULL;
    CHECK_EQUAL(mark_count(&host.releases), 1);
    host_close(&host);
}

static void a_pool_may_have_no_release(void) {
    const oe_pool_host functions = {NULL, work_off_queues, carry_out_stops, NULL};
    oe_pool *pool = NULL;
    CHECK_STATUS(oe_pool_new(&functions, NULL, &pool), OE_STATUS_OK);
    oe_pool_free(pool);
}

static void a_queue_is_freed_before_its_pool(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    oe_queue_free(queue);
    CHECK_EQUAL(mark_count(&host.releases), 0);
    host_close(&host);
    ends_free(&ends);
}

static void a_queue_is_freed_after_its_pool(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    oe_pool_free(host.pool);
    host.pool = NULL;
    uint32_t reason = 99;
    CHECK_EQUAL(counters_of(queue).succeeded, 100);
    CHECK_STATUS(oe_queue_wait(queue, false, OE_NO_LIMIT), OE_STATUS_ENDED);
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &reason), OE_STATUS_OK);
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    oe_queue_free(queue);
    host_close(&host);
    ends_free(&ends);
}

static void a_queue_freed_with_all_its_items_waiting_is_gone(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 1;
    oe_queue *first = open_queue(&host, options);
    oe_queue *second = open_queue(&host, options);
    submit(first, 0, 10);
    submit(second, 0, 10);
    oe_queue_free(second);
    mark_raise(&host.go);
    struct ends ends = ends_new(10);
    CHECK_STATUS(oe_queue_close(first), OE_STATUS_OK);
    drain(first, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 10);
    oe_queue_free(first);
    ends_free(&ends);
    host_close(&host);
}

static void a_pool_freed_with_workers_inside_stops_them(void) {
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.worker_limit = 2;
    oe_queue *queue = open_queue(&host, options);
    submit(queue, 0, 5);
    mark_await(&host.started, 2);
    oe_pool_free(host.pool);
    host.pool = NULL;
    struct ends ends = ends_new(5);
    drain(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_STOPPED], 5);
    uint32_t reason = 99;
    CHECK_STATUS(oe_queue_get_cancel_reason(queue, &reason), OE_STATUS_OK);
    CHECK_EQUAL(reason, OE_CANCEL_HOST_GONE);
    oe_queue_free(queue);
    host_close(&host);
    CHECK_EQUAL(mark_count(&host.worker_returns), 2);
    CHECK_EQUAL(mark_count(&host.control_returns), 1);
    ends_free(&ends);
}

static void a_pool_is_not_released_before_its_last_worker(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    submit(queue, 0, 1);
    mark_await(&host.started, 1);
    oe_queue_free(queue);
    oe_pool_free(host.pool);
    host.pool = NULL;
    mark_await(&host.stops, 1);
    CHECK_EQUAL(mark_count(&host.releases), 0);
    mark_raise(&host.go);
    host_close(&host);
    CHECK_EQUAL(mark_count(&host.worker_returns), 1);
}

static void a_queue_freed_with_workers_inside_stops_them(void) {
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    submit(queue, 0, 3);
    mark_await(&host.started, 3);
    oe_queue_free(queue);
    mark_await(&host.stops, 3);
    // The pool and its workers go on.
    host.work = succeed;
    queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    CHECK_EQUAL(ends.outcomes[OE_OUTCOME_SUCCEEDED], 100);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void many_pools_are_made_and_freed(void) {
    for (unsigned round = 0; round < 50; round++) {
        struct host host = {.work = succeed};
        host_open(&host);
        oe_queue *queue = open_queue(&host, usual_options());
        submit(queue, 0, 8);
        // In either order, and at any moment of their work.
        if (round % 2 == 0) {
            oe_queue_free(queue);
            host_close(&host);
        } else {
            oe_pool_free(host.pool);
            host.pool = NULL;
            oe_queue_free(queue);
            host_close(&host);
        }
    }
}

static void the_workers_of_a_pool_are_listed(void) {
    struct host host = {.work = wait_for_go};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    submit(queue, 0, 3);
    mark_await(&host.started, 3);
    oe_worker_info workers[2] = {{0}};
    size_t count = 0;
    CHECK_STATUS(oe_pool_get_workers(host.pool, workers, 2, &count), OE_STATUS_OK);
    CHECK_EQUAL(count, 3);
    CHECK(workers[0].id > 0 && workers[0].id < workers[1].id);
    CHECK(workers[0].attachment > 0 && workers[1].attachment > 0);
    CHECK_STATUS(oe_pool_get_workers(host.pool, NULL, 0, &count), OE_STATUS_OK);
    CHECK_EQUAL(count, 3);
    oe_pool_counters counters;
    CHECK_STATUS(oe_pool_get_counters(host.pool, &counters), OE_STATUS_OK);
    CHECK_EQUAL(counters.workers, 3);
    CHECK_EQUAL(counters.open_queues, 1);
    CHECK_EQUAL(counters.items.running, 3);
    mark_raise(&host.go);
    oe_queue_free(queue);
    host_close(&host);
}

static void trimming_lets_idle_workers_go(void) {
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    oe_pool_counters counters;
    do {
        // It lets those go that are idle now, not those on their way there.
        sched_yield();
        CHECK_STATUS(oe_pool_trim(host.pool), OE_STATUS_OK);
        CHECK_STATUS(oe_pool_get_counters(host.pool, &counters), OE_STATUS_OK);
    } while (counters.workers > 0);
    CHECK_EQUAL(counters.items.succeeded, 100);
    CHECK_EQUAL(mark_count(&host.worker_returns), counters.threads_started);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void idle_workers_go_by_themselves(void) {
    struct host host = {.work = succeed};
    const oe_pool_options options = {.idle_timeout_milliseconds = 1, .start_limit = 1};
    host_open_with(&host, &options);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(100);
    feed(queue, &ends);
    host_await_workers(&host, 0);
    oe_queue_free(queue);
    ends_free(&ends);
    host_close(&host);
}

static void a_process_has_a_limit_of_workers(void) {
    static oe_queue *queues[OE_WORKER_LIMIT];
    struct host host = {.work = succeed};
    host_open(&host);
    oe_queue_options options = usual_options();
    options.input_capacity = 1;
    options.output_capacity = 1;
    for (size_t index = 0; index < OE_WORKER_LIMIT; index++) {
        queues[index] = open_queue(&host, options);
    }
    oe_queue *more = NULL;
    CHECK_STATUS(oe_queue_new(host.pool, &options, &more), OE_STATUS_WORKER_LIMIT);
    CHECK(more == NULL);
    CHECK_LAST_ERROR("1024 workers");
    oe_queue_free(queues[0]);
    CHECK_STATUS(oe_queue_new(host.pool, &options, &queues[0]), OE_STATUS_OK);
    for (size_t index = 0; index < OE_WORKER_LIMIT; index++) {
        oe_queue_free(queues[index]);
    }
    host_close(&host);
}

const struct test lifetime_tests[] = {
    TEST(freeing_null_is_fine),
    TEST(a_pool_without_work_is_released_at_once),
    TEST(a_pool_may_have_no_release),
    TEST(a_queue_is_freed_before_its_pool),
    TEST(a_queue_is_freed_after_its_pool),
    TEST(a_queue_freed_with_all_its_items_waiting_is_gone),
    TEST(a_pool_freed_with_workers_inside_stops_them),
    TEST(a_pool_is_not_released_before_its_last_worker),
    TEST(a_queue_freed_with_workers_inside_stops_them),
    TEST(many_pools_are_made_and_freed),
    TEST(the_workers_of_a_pool_are_listed),
    TEST(trimming_lets_idle_workers_go),
    TEST(idle_workers_go_by_themselves),
    TEST(a_process_has_a_limit_of_workers),
    TESTS_END,
};
