// Questions about playbooks: JSON in, JSON out.

#include <string.h>

#include "report.h"
#include "tests.h"

static oe_status ask(const char *json, char *answer) {
    oe_text *text = NULL;
    oe_status status = oe_playbook_ask((const uint8_t *)json, strlen(json), &text);
    if (status == OE_STATUS_OK) {
        keep_text(text, answer);
    }
    return status;
}

static void check_answer(const char *json, const char *part) {
    char answer[REPORT_SIZE] = "";
    CHECK_STATUS(ask(json, answer), OE_STATUS_OK);
    check_has(answer, part);
}

#define DEFINITION                                                                                 \
    "\"directory\":\"/\",\"definition\":{\"name\":\"x\",\"steps\":[{\"name\":\"a\",\"shell\":"     \
    "\"sh\",\"command\":\"true\"}]}"

static void a_playbook_is_looked_at(void) {
    check_answer("{\"ask\":\"list\",\"directory\":\"/\"}", "\"playbooks\":[");
    check_answer("{\"ask\":\"read\"," DEFINITION "}", "\"name\": \"a\"");
    check_answer("{\"ask\":\"validate\"," DEFINITION "}", "\"isValid\":true");
    check_answer("{\"ask\":\"plan\"," DEFINITION "}", "\"path\":\"a\",\"kind\":\"sh\"");
    check_answer("{\"ask\":\"plan\",\"directory\":\"/\",\"definition\":{}}", "\"isUsable\":false");
}

static void what_cannot_be_answered_is_refused(void) {
    char answer[REPORT_SIZE];
    oe_text *text = NULL;
    CHECK_STATUS(ask("{\"ask\":\"read\",\"directory\":\"/\",\"playbook\":\"none.psd1\"}", answer),
                 OE_STATUS_INVALID_ARGUMENT);
    CHECK_LAST_ERROR("there is no playbook `none.psd1` in ");
    CHECK_STATUS(ask("{\"ask\":\"what\",\"directory\":\"/\"}", answer), OE_STATUS_INVALID_JSON);
    CHECK_LAST_ERROR("unknown variant `what`");
    CHECK_STATUS(oe_playbook_ask(NULL, 1, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_playbook_ask((const uint8_t *)"{}", 2, NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_playbook_ask((const uint8_t *)"\xFF", 1, &text), OE_STATUS_INVALID_UTF8);
    CHECK_STATUS(oe_playbook_ask((const uint8_t *)"{}", 2, &text), OE_STATUS_INVALID_JSON);
    CHECK(text == NULL);
}

const struct test playbook_tests[] = {
    TEST(a_playbook_is_looked_at),
    TEST(what_cannot_be_answered_is_refused),
    TESTS_END,
};
