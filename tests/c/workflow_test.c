// Workflows: a playbook in, orders for the host's workers, news out.

#include <string.h>

#include "host.h"
#include "report.h"
#include "tests.h"

// The workflow, which its workers may need before its start has returned.
static struct {
    const oe_workflow *workflow;
    struct mark is_there;
} shared;

static oe_status start_text(const struct host *host, const char *json, oe_workflow **workflow) {
    const oe_pool *pool = host != NULL ? host->pool : NULL;
    return oe_workflow_start(pool, TAG, (const uint8_t *)json, strlen(json), workflow);
}

static oe_workflow *start(const struct host *host, const char *json) {
    oe_workflow *workflow = NULL;
    memset(&shared, 0, sizeof shared);
    CHECK_STATUS(start_text(host, json, &workflow), OE_STATUS_OK);
    REQUIRE(workflow != NULL);
    shared.workflow = workflow;
    mark_raise(&shared.is_there);
    return workflow;
}

// Follows a workflow to its outcome, which it leaves.
static void await_outcome(const oe_workflow *workflow, char *report) {
    do {
        oe_text *text = NULL;
        CHECK_STATUS(oe_workflow_poll(workflow, OE_NO_LIMIT, &text), OE_STATUS_OK);
        keep_text(text, report);
    } while (strstr(report, "\"outcome\":null") != NULL);
}

static void order_of(const struct call *call, char *order) {
    oe_text *text = NULL;
    mark_await(&shared.is_there, 1);
    CHECK_STATUS(oe_workflow_order(shared.workflow, call->item, &text), OE_STATUS_OK);
    keep_text(text, order);
}

static void say(const struct call *call, const char *json) {
    CHECK_STATUS(oe_worker_report(call->worker, call->item, (const uint8_t *)json, strlen(json)),
                 OE_STATUS_OK);
}

// Does what it is told: decides, fails, or gives out a value.
static uint32_t obey(const struct call *call) {
    char order[REPORT_SIZE];
    order_of(call, order);
    CHECK_EQUAL(call->tag, TAG);
    if (call->item >> OE_RUN_ASK_SHIFT == OE_RUN_ASK_DECIDE) {
        check_has(order, "\"ask\":\"decide\"");
        check_has(order, "\"text\":\"Get-Date\"");
        say(call, "{\"runs\":true}");
        return OE_OUTCOME_SUCCEEDED;
    }
    check_has(order, "\"ask\":\"run\"");
    check_has(order, "\"params\":{\"port\":8080}");
    check_has(order, "\"context\":\"staging\"");
    if (strstr(order, "\"step\":\"deploy\"") != NULL) {
        check_has(order, "\"kind\":\"command\"");
        say(call, "{\"output\":[\"deployed\",7]}");
        return OE_OUTCOME_SUCCEEDED;
    }
    check_has(order, "\"function\":\"Start-Setup\"");
    check_has(order, "\"module\":\"SetupWizard\"");
    check_has(order, "\"parameters\":{\"Minimal\":true}");
    say(call, "{\"error\":{\"message\":\"it broke\",\"kind\":3},\"exitCode\":3}");
    return OE_OUTCOME_FAILED;
}

static void workers_do_powershell_s_steps(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = obey};
    host_open(&host);
    oe_workflow *workflow =
        start(&host,
              "{\"directory\":\"/\",\"environment\":\"staging\",\"parameters\":{\"port\":8080},"
              "\"definition\":{\"name\":\"quick\",\"steps\":["
              "{\"name\":\"deploy\",\"condition\":\"Get-Date\",\"command\":\"Deploy-App\"},"
              "{\"name\":\"check\",\"shell\":\"sh\",\"command\":\"echo {{port}}\"},"
              "{\"name\":\"setup\",\"type\":\"module\",\"module\":\"SetupWizard\","
              "\"function\":\"Start-Setup\",\"parameters\":{\"Minimal\":true}}]}}");
    await_outcome(workflow, report);
    check_has(report, "\"status\":\"Failed\"");
    check_has(report, "\"stepsExecuted\":3");
    check_has(report, "\"totalSteps\":3");
    check_has(report, "\"value\":[\"deployed\",7]");
    check_has(report, "\"output\":\"8080\\n\"");
    check_has(report, "\"error\":\"it broke\"");
    check_has(report, "\"exitCode\":3");
    oe_workflow_free(workflow);
    host_close(&host);
}

static void a_cancelled_workflow_is_stopped(void) {
    char report[REPORT_SIZE];
    struct host host = {.work = wait_for_stop};
    host_open(&host);
    oe_workflow *workflow =
        start(&host, "{\"directory\":\"/\",\"definition\":{\"steps\":["
                     "{\"name\":\"a\",\"command\":\"Wait\"},{\"name\":\"b\",\"command\":\"No\"}]}}");
    mark_await(&host.started, 1);
    CHECK_STATUS(oe_workflow_cancel(workflow), OE_STATUS_OK);
    await_outcome(workflow, report);
    check_has(report, "\"status\":\"Stopped\"");
    check_has(report, "\"currentStep\":2");
    CHECK_STATUS(oe_workflow_cancel(workflow), OE_STATUS_OK);
    oe_workflow_free(workflow);
    host_close(&host);
}

static void secrets_are_masked(void) {
    char masked[REPORT_SIZE];
    const char *text = "the key is hunter2000.";
    oe_workflow *workflow =
        start(NULL, "{\"directory\":\"/\",\"parameters\":{\"key\":\"hunter2000\"},"
                    "\"definition\":{\"parameters\":{\"key\":{\"sensitive\":true}},"
                    "\"steps\":[{\"name\":\"a\",\"shell\":\"sh\",\"command\":\"echo {{key}}\"}]}}");
    oe_text *answer = NULL;
    CHECK_STATUS(oe_workflow_mask(workflow, (const uint8_t *)text, strlen(text), &answer),
                 OE_STATUS_OK);
    keep_text(answer, masked);
    CHECK(strcmp(masked, "the key is ***.") == 0);
    await_outcome(workflow, masked);
    check_has(masked, "\"output\":\"***\\n\"");
    oe_workflow_free(workflow);
}

static void what_is_wrong_is_refused(void) {
    oe_workflow *workflow = NULL;
    oe_text *text = NULL;
    CHECK_STATUS(start_text(NULL, "{\"directory\":\"/\"", &workflow), OE_STATUS_INVALID_JSON);
    CHECK_STATUS(start_text(NULL, "{\"directory\":\"/\"}", &workflow), OE_STATUS_INVALID_ARGUMENT);
    CHECK_STATUS(start_text(NULL, "{\"directory\":\"/\",\"playbook\":\"nowhere\"}", &workflow),
                 OE_STATUS_INVALID_ARGUMENT);
    CHECK_LAST_ERROR("there is no playbook `nowhere`");
    CHECK_STATUS(start_text(NULL,
                            "{\"directory\":\"/\",\"definition\":{\"steps\":["
                            "{\"name\":\"a\",\"command\":\"Get-Date\"}]}}",
                            &workflow),
                 OE_STATUS_PLAYBOOK);
    CHECK_LAST_ERROR("need PowerShell");
    CHECK_STATUS(start_text(NULL,
                            "{\"directory\":\"/\",\"definition\":{\"steps\":["
                            "{\"type\":\"scirpt\",\"command\":\"x\"}]}}",
                            &workflow),
                 OE_STATUS_PLAYBOOK);
    CHECK_LAST_ERROR("line 1, column");
    CHECK(workflow == NULL);
    CHECK_STATUS(oe_workflow_poll(NULL, 0, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_workflow_order(NULL, 0, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_workflow_mask(NULL, (const uint8_t *)"", 0, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_workflow_cancel(NULL), OE_STATUS_NULL_ARGUMENT);
    oe_workflow_free(NULL);
}

static void an_item_that_is_over_has_no_order(void) {
    oe_text *text = NULL;
    oe_workflow *workflow = start(NULL, "{\"directory\":\"/\",\"definition\":{\"steps\":["
                                        "{\"name\":\"a\",\"shell\":\"sh\",\"command\":\"true\"}]}}");
    CHECK_STATUS(oe_workflow_order(workflow, 7, &text), OE_STATUS_ENDED);
    CHECK(text == NULL);
    oe_workflow_free(workflow);
}

const struct test workflow_tests[] = {
    TEST(workers_do_powershell_s_steps),
    TEST(a_cancelled_workflow_is_stopped),
    TEST(secrets_are_masked),
    TEST(what_is_wrong_is_refused),
    TEST(an_item_that_is_over_has_no_order),
    TESTS_END,
};
