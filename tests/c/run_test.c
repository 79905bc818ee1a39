// Runs: JSON in, items for the host's workers, reports out.

#include <string.h>

#include "host.h"
#include "report.h"
#include "tests.h"

static oe_status start_text(const struct host *host, const char *json, oe_run **run) {
    const oe_pool *pool = host != NULL ? host->pool : NULL;
    return oe_run_start(pool, TAG, (const uint8_t *)json, strlen(json), run);
}

static oe_run *start(const struct host *host, const char *json) {
    oe_run *run = NULL;
    CHECK_STATUS(start_text(host, json, &run), OE_STATUS_OK);
    REQUIRE(run != NULL);
    return run;
}

static void poll(const oe_run *run, uint64_t cursor, uint32_t limit, char *report) {
    oe_text *text = NULL;
    CHECK_STATUS(oe_run_poll(run, cursor, limit, &text), OE_STATUS_OK);
    keep_text(text, report);
}

// Waits for the end; leaves the report of everything from the start on.
static void await_end(const oe_run *run, char *report) {
    poll(run, 0, 0, report);
    while (is_running(report)) {
        poll(run, cursor_of(report), OE_NO_LIMIT, report);
    }
    poll(run, 0, 0, report);
    check_has(report, "\"more\":false");
}

static uint64_t task_of(uint64_t item) {
    return item & 0xFFFFFFFF;
}

static void say(const struct call *call, const char *json) {
    CHECK_STATUS(oe_worker_report(call->worker, call->item, (const uint8_t *)json, strlen(json)),
                 OE_STATUS_OK);
}

// Answers what it is asked; the second attempt of task 1 succeeds.
static uint32_t answer(const struct call *call) {
    uint64_t attempt = (call->item >> OE_RUN_ATTEMPT_SHIFT) & 0x3FFFFFFF;
    CHECK_EQUAL(call->tag, TAG);
    switch (call->item >> OE_RUN_ASK_SHIFT) {
        case OE_RUN_ASK_DECIDE:
            say(call, "{\"runs\":false}");
            return OE_OUTCOME_SUCCEEDED;
        case OE_RUN_ASK_EXPAND:
            say(call, "{\"tasks\":[{\"name\":\"x\"},{\"name\":\"y\"}]}");
            return OE_OUTCOME_SUCCEEDED;
        default:
            break;
    }
    if (task_of(call->item) == 1 && attempt == 1) {
        say(call, "{\"error\":{\"message\":\"not yet\",\"kind\":7}}");
        return OE_OUTCOME_FAILED;
    }
    say(call, "{\"output\":[1,null]}");
    return OE_OUTCOME_SUCCEEDED;
}

static void workers_do_what_is_the_hosts(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = answer};
    host_open(&host);
    oe_run *run = start(&host,
                        "{\"maxConcurrency\":2,\"tasks\":["
                        "{\"name\":\"a\",\"conditional\":true},"
                        "{\"name\":\"b\",\"dependsOn\":[\"a\"],\"retry\":{\"count\":1}},"
                        "{\"name\":\"c\",\"kind\":\"forEach\",\"dependsOn\":[\"b\"]},"
                        "{\"name\":\"d\",\"kind\":\"program\",\"argv\":[\"true\"]}]}");
    await_end(run, report);
    check_has(report, "\"status\":\"Completed\"");
    check_has(report, "\"skipReason\":\"Condition\"");
    check_has(report, "\"error\":\"not yet\",\"errorKind\":7");
    check_has(report, "\"attempts\":2");
    check_has(report, "\"name\":\"c/y\"");
    check_has(report, "\"output\":[[1,null],[1,null]]");
    check_has(report, "\"skipped\":1");
    check_has(report, "\"succeeded\":5");
    oe_text *end = NULL;
    CHECK_STATUS(oe_run_get_end(run, 1, &end), OE_STATUS_OK);
    keep_text(end, report);
    check_has(report, "\"state\":\"Succeeded\"");
    CHECK_STATUS(oe_run_get_end(run, 99, &end), OE_STATUS_TIMEOUT);
    CHECK_STATUS(oe_run_get_end(run, 1, NULL), OE_STATUS_NULL_ARGUMENT);
    oe_run_free(run);
    host_close(&host);
}

static void a_task_is_stopped_at_its_time_limit(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_run *run = start(&host, "{\"tasks\":[{\"name\":\"a\",\"timeoutSeconds\":0.02}]}");
    await_end(run, report);
    check_has(report, "\"state\":\"TimedOut\"");
    check_has(report, "\"status\":\"Failed\"");
    oe_run_free(run);
    host_close(&host);
}

static void a_cancelled_run_is_stopped(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_run *run = start(&host, "{\"tasks\":[{\"name\":\"a\"},"
                               "{\"name\":\"b\",\"dependsOn\":[\"a\"]}]}");
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_run_cancel(run), OE_STATUS_OK);
    await_end(run, report);
    check_has(report, "\"status\":\"Stopped\"");
    check_has(report, "\"reason\":\"Cancelled\"");
    check_has(report, "\"stopped\":2");
    CHECK_STATUS(oe_run_cancel(run), OE_STATUS_OK);
    oe_run_free(run);
    host_close(&host);
}

static void freeing_a_run_stops_its_workers(void) {
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_run *run = start(&host, "{\"tasks\":[{\"name\":\"a\"}]}");
    mark_await(&host.started, 1);
    oe_run_free(run);
    mark_await(&host.stops, 1);
    host_close(&host);
}

static void freeing_the_pool_ends_a_run(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_run *run = start(&host, "{\"tasks\":[{\"name\":\"a\"}]}");
    mark_await(&host.started, 1);
    host_close(&host);
    await_end(run, report);
    check_has(report, "\"state\":\"Stopped\"");
    oe_run_free(run);
}

static uint32_t report_wrongly(const struct call *call) {
    static const char report[] = "{\"outputs\":1}";
    const uint8_t *bytes = (const uint8_t *)report;
    size_t length = sizeof report - 1;
    CHECK_STATUS(oe_worker_report(call->worker, call->item, bytes, length), OE_STATUS_INVALID_JSON);
    CHECK_LAST_ERROR("unknown field `outputs`");
    CHECK_STATUS(oe_worker_report(call->worker, call->item + 1, (const uint8_t *)"{}", 2),
                 OE_STATUS_ABANDONED);
    CHECK_STATUS(oe_worker_report(call->worker, call->item, NULL, 2), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_worker_report(call->worker, call->item, (const uint8_t *)"\xFF", 1),
                 OE_STATUS_INVALID_UTF8);
    CHECK_STATUS(oe_worker_report(NULL, call->item, bytes, length), OE_STATUS_NULL_ARGUMENT);
    return OE_OUTCOME_FAILED;
}

static void a_report_is_checked(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = report_wrongly};
    host_open(&host);
    oe_run *run = start(&host, "{\"tasks\":[{\"name\":\"a\"}]}");
    await_end(run, report);
    check_has(report, "\"error\":\"the host gave no reason\"");
    oe_run_free(run);
    host_close(&host);
}

static uint32_t report_to_nobody(const struct call *call) {
    CHECK_STATUS(oe_worker_report(call->worker, call->item, (const uint8_t *)"{}", 2),
                 OE_STATUS_INVALID_STATE);
    return OE_OUTCOME_SUCCEEDED;
}

static void items_of_other_queues_have_nobody_to_report_to(void) {
    struct host host = {.work = report_to_nobody};
    host_open(&host);
    oe_queue *queue = open_queue(&host, usual_options());
    struct ends ends = ends_new(1);
    feed(queue, &ends);
    ends_free(&ends);
    oe_queue_free(queue);
    host_close(&host);
}

static void what_is_wrong_is_refused(void) {
    oe_run *run = (oe_run *)&run;
    oe_run *before = run;
    CHECK_STATUS(start_text(NULL, "{\"tasks\":[{\"name\":1}]}", &run), OE_STATUS_INVALID_JSON);
    CHECK_LAST_ERROR("line 1 column ");
    CHECK_STATUS(start_text(NULL, "{\"tasks\":[{\"name\":\"a\",\"dependsOn\":[\"a\"]}]}", &run),
                 OE_STATUS_INVALID_GRAPH);
    CHECK_LAST_ERROR("tasks wait for each other: a -> a");
    CHECK_STATUS(start_text(NULL, "{\"tasks\":[{\"name\":\"a\"}]}", &run),
                 OE_STATUS_INVALID_ARGUMENT);
    CHECK_LAST_ERROR("there is no pool");
    CHECK_STATUS(oe_run_start(NULL, 0, NULL, 1, &run), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_run_start(NULL, 0, (const uint8_t *)"\xFF", 1, &run), OE_STATUS_INVALID_UTF8);
    CHECK_STATUS(start_text(NULL, "{}", NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK(run == before);
    oe_text *text = NULL;
    CHECK_STATUS(oe_run_poll(NULL, 0, 0, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_run_cancel(NULL), OE_STATUS_NULL_ARGUMENT);
    oe_run_free(NULL);
}

const struct test run_tests[] = {
    TEST(workers_do_what_is_the_hosts),
    TEST(a_task_is_stopped_at_its_time_limit),
    TEST(a_cancelled_run_is_stopped),
    TEST(freeing_a_run_stops_its_workers),
    TEST(freeing_the_pool_ends_a_run),
    TEST(a_report_is_checked),
    TEST(items_of_other_queues_have_nobody_to_report_to),
    TEST(what_is_wrong_is_refused),
    TESTS_END,
};
