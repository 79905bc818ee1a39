// Batches: JSON in, reports out.

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "tests.h"

static oe_status submit_text(const char *json, oe_batch **batch) {
    return oe_batch_submit((const uint8_t *)json, strlen(json), batch);
}

static oe_batch *begin(const char *json) {
    oe_batch *batch = NULL;
    CHECK_STATUS(submit_text(json, &batch), OE_STATUS_OK);
    REQUIRE(batch != NULL);
    return batch;
}

static void poll(const oe_batch *batch, uint64_t cursor, uint32_t limit, char *report) {
    oe_text *text = NULL;
    CHECK_STATUS(oe_batch_poll(batch, cursor, limit, &text), OE_STATUS_OK);
    keep_text(text, report);
}

// Waits for the end; leaves the report of everything from the start on.
static void await_end(const oe_batch *batch, char *report) {
    poll(batch, 0, 0, report);
    while (is_running(report)) {
        poll(batch, cursor_of(report), OE_NO_LIMIT, report);
    }
    poll(batch, 0, 0, report);
    check_has(report, "\"more\":false");
}

static void a_program_runs(void) {
    char report[REPORT_SIZE];
    oe_batch *batch =
        begin("{\"tasks\":[{\"name\":\"t\",\"kind\":\"program\",\"argv\":[\"true\"]}]}");
    await_end(batch, report);
    check_has(report, "\"status\":\"Completed\"");
    check_has(report, "\"exitCode\":0");
    check_has(report, "\"succeeded\":1");
    oe_batch_free(batch);
}

static void an_exit_code_is_told(void) {
    char report[REPORT_SIZE];
    oe_batch *batch = begin("{\"tasks\":[{\"name\":\"t\",\"kind\":\"program\","
                            "\"argv\":[\"sh\",\"-c\",\"echo out; exit 3\"]}]}");
    await_end(batch, report);
    check_has(report, "\"status\":\"Failed\"");
    check_has(report, "\"reason\":\"TaskFailed\"");
    check_has(report, "\"exitCode\":3");
    check_has(report, "\"text\":\"out\\n\"");
    oe_batch_free(batch);
}

static void a_program_that_is_missing_fails_its_task(void) {
    char report[REPORT_SIZE];
    oe_batch *batch = begin("{\"tasks\":[{\"name\":\"t\",\"kind\":\"program\","
                            "\"argv\":[\"/no/such/program\"]}]}");
    await_end(batch, report);
    check_has(report, "\"status\":\"Failed\"");
    // Under valgrind a child shares no memory with its parent, so glibc's
    // posix_spawn cannot tell why it failed; the child then ends with 127.
    if (getenv("OE_TEST_VALGRIND") == NULL) {
        check_has(report, "/no/such/program");
        check_has(report, "\"result\":null");
    }
    oe_batch_free(batch);
}

static void a_batch_may_be_empty(void) {
    char report[REPORT_SIZE];
    oe_batch *batch = begin("{\"tasks\":[]}");
    await_end(batch, report);
    check_has(report, "\"status\":\"Completed\"");
    oe_batch_free(batch);
}

static void events_are_told_again_for_the_same_cursor(void) {
    char first[REPORT_SIZE];
    char second[REPORT_SIZE];
    oe_batch *batch =
        begin("{\"tasks\":[{\"name\":\"t\",\"kind\":\"program\",\"argv\":[\"true\"]}]}");
    await_end(batch, first);
    poll(batch, 0, OE_NO_LIMIT, second);
    CHECK(strcmp(first, second) == 0);
    poll(batch, cursor_of(first), OE_NO_LIMIT, second);
    check_has(second, "\"events\":[]");
    oe_batch_free(batch);
}

static const char sleeper[] = "{\"tasks\":[{\"name\":\"t\",\"kind\":\"program\","
                              "\"argv\":[\"sleep\",\"600\"]}]}";

// Begins a batch whose program sleeps, and waits until it runs.
static oe_batch *begin_sleeper(pid_t *process) {
    char report[REPORT_SIZE];
    oe_batch *batch = begin(sleeper);
    poll(batch, 0, OE_NO_LIMIT, report);
    check_has(report, "\"kind\":\"Started\"");
    *process = (pid_t)number_of(report, "\"processId\":");
    CHECK(*process > 0);
    return batch;
}

static void polling_ends_in_time(void) {
    char report[REPORT_SIZE];
    pid_t process = 0;
    oe_batch *batch = begin_sleeper(&process);
    poll(batch, 1, 1, report);
    check_has(report, "\"status\":\"Running\"");
    check_has(report, "\"events\":[]");
    oe_batch_free(batch);
}

static void a_cancelled_batch_is_stopped(void) {
    char report[REPORT_SIZE];
    pid_t process = 0;
    oe_batch *batch = begin_sleeper(&process);
    CHECK_STATUS(oe_batch_cancel(batch), OE_STATUS_OK);
    await_end(batch, report);
    check_has(report, "\"status\":\"Stopped\"");
    check_has(report, "\"reason\":\"Cancelled\"");
    check_has(report, "\"stopped\":1");
    CHECK_STATUS(oe_batch_cancel(batch), OE_STATUS_OK);
    oe_batch_free(batch);
}

static void freeing_a_batch_kills_its_programs(void) {
    pid_t process = 0;
    oe_batch *batch = begin_sleeper(&process);
    oe_batch_free(batch);
    // It is dead now, and gone once the runtime has reaped it.
    while (kill(process, 0) == 0) {
        sched_yield();
    }
    CHECK_EQUAL(errno, ESRCH);
}

static void check_json_refused(const char *json, const char *problem, const char *place) {
    oe_batch *batch = (oe_batch *)(uintptr_t)0x5A5A;
    CHECK_STATUS(submit_text(json, &batch), OE_STATUS_INVALID_JSON);
    CHECK(batch == (oe_batch *)(uintptr_t)0x5A5A);
    CHECK_LAST_ERROR(problem);
    CHECK_LAST_ERROR(place);
}

static void invalid_json_is_refused_with_its_place(void) {
    check_json_refused("", "EOF", "(line 1, column 0)");
    check_json_refused("{\"tasks\":\n  [nonsense]}", "expected", "(line 2, column 5)");
    check_json_refused("{\"tasks\":[]}\n}", "trailing", "(line 2, column 1)");
    check_json_refused("{\n\"task\": []}", "did you mean `tasks`?", "(line 2, column 6)");
    check_json_refused("{\"tasks\":[{\"name\":\"t\",\n\"kind\":\"program\",\"argv\":7}]}",
                       "tasks[0] \"t\": argv", "(line 2, ");
}

static void invalid_utf8_is_refused(void) {
    oe_batch *batch = (oe_batch *)(uintptr_t)0x5A5A;
    const uint8_t bytes[] = {'{', '"', 0xFF, '"', '}'};
    CHECK_STATUS(oe_batch_submit(bytes, sizeof bytes, &batch), OE_STATUS_INVALID_UTF8);
    CHECK(batch == (oe_batch *)(uintptr_t)0x5A5A);
    CHECK_LAST_ERROR("`json` is not valid UTF-8");
}

static void the_functions_of_a_batch_refuse_null(void) {
    const uint8_t json[] = {'{', '}'};
    oe_batch *batch = (oe_batch *)(uintptr_t)0x5A5A;
    oe_text *report = (oe_text *)(uintptr_t)0x5A5A;
    CHECK_STATUS(oe_batch_submit(NULL, 2, &batch), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_batch_submit(json, 2, NULL), OE_STATUS_NULL_ARGUMENT);
    // No bytes at all are a text, only none of a batch.
    CHECK_STATUS(oe_batch_submit(NULL, 0, &batch), OE_STATUS_INVALID_JSON);
    CHECK_STATUS(oe_batch_poll(NULL, 0, 0, &report), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_batch_cancel(NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK(batch == (oe_batch *)(uintptr_t)0x5A5A);
    CHECK(report == (oe_text *)(uintptr_t)0x5A5A);
    batch = begin("{\"tasks\":[]}");
    CHECK_STATUS(oe_batch_poll(batch, 0, 0, NULL), OE_STATUS_NULL_ARGUMENT);
    oe_batch_free(batch);
}

static void oe_text_view_refuses_null(void) {
    oe_batch *batch = begin("{\"tasks\":[]}");
    oe_text *text = NULL;
    const uint8_t byte = 1;
    const uint8_t *bytes = &byte;
    size_t length = 99;
    CHECK_STATUS(oe_batch_poll(batch, 0, 0, &text), OE_STATUS_OK);
    CHECK_STATUS(oe_text_view(NULL, &bytes, &length), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_text_view(text, NULL, &length), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_text_view(text, &bytes, NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK(bytes == &byte && length == 99);
    // A text outlives its batch.
    oe_batch_free(batch);
    CHECK_STATUS(oe_text_view(text, &bytes, &length), OE_STATUS_OK);
    CHECK(length > 0 && bytes[0] == '{');
    oe_text_free(text);
}

const struct test batch_tests[] = {
    TEST(a_program_runs),
    TEST(an_exit_code_is_told),
    TEST(a_program_that_is_missing_fails_its_task),
    TEST(a_batch_may_be_empty),
    TEST(events_are_told_again_for_the_same_cursor),
    TEST(polling_ends_in_time),
    TEST(a_cancelled_batch_is_stopped),
    TEST(freeing_a_batch_kills_its_programs),
    TEST(invalid_json_is_refused_with_its_place),
    TEST(invalid_utf8_is_refused),
    TEST(the_functions_of_a_batch_refuse_null),
    TEST(oe_text_view_refuses_null),
    TESTS_END,
};
