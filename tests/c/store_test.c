// Questions to the store of a folder: JSON in, JSON out.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "tests.h"

// A folder of the test's own; its state folder does not exist at first.
struct folder {
    char path[64];
};

static struct folder folder_new(void) {
    struct folder folder = {.path = "/tmp/oe-c-store-XXXXXX"};
    REQUIRE(mkdtemp(folder.path) != NULL);
    return folder;
}

static void folder_free(const struct folder *folder) {
    char command[REPORT_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", folder->path);
    CHECK(system(command) == 0);
}

// Asks with these further keys (such as `,"run":"x"`); leaves the answer.
static oe_status ask(const struct folder *folder, const char *what, const char *keys,
                     char *answer) {
    char json[REPORT_SIZE];
    oe_text *text = NULL;
    snprintf(json, sizeof json, "{\"folder\":\"%s/state\",\"ask\":\"%s\"%s}", folder->path, what,
             keys);
    oe_status status = oe_store_ask((const uint8_t *)json, strlen(json), &text);
    if (status == OE_STATUS_OK) {
        keep_text(text, answer);
    }
    return status;
}

static void check_answer(const struct folder *folder, const char *what, const char *keys,
                         const char *part) {
    char answer[REPORT_SIZE] = "";
    CHECK_STATUS(ask(folder, what, keys, answer), OE_STATUS_OK);
    check_has(answer, part);
}

static oe_status start(const struct folder *folder, const char *keys, const char *script,
                       oe_run **run) {
    char json[REPORT_SIZE];
    snprintf(json, sizeof json,
             "{\"state\":{\"folder\":\"%s/state\",\"name\":\"plan\",\"run\":\"one\"%s},"
             "\"tasks\":[{\"name\":\"a\",\"kind\":\"program\",\"argv\":[\"sh\",\"-c\",\"%s\"]}]}",
             folder->path, keys, script);
    return oe_run_start(NULL, 0, (const uint8_t *)json, strlen(json), run);
}

static void run_to_end(const struct folder *folder, const char *keys) {
    oe_run *run = NULL;
    oe_text *report = NULL;
    CHECK_STATUS(start(folder, keys, "exit 3", &run), OE_STATUS_OK);
    REQUIRE(run != NULL);
    CHECK_STATUS(oe_run_poll(run, UINT64_MAX, OE_NO_LIMIT, &report), OE_STATUS_OK);
    oe_text_free(report);
    oe_run_free(run);
}

static void what_was_run_is_told_and_cleared_away(void) {
    struct folder folder = folder_new();
    check_answer(&folder, "runs", "", "{\"runs\":[]}");
    run_to_end(&folder, "");
    check_answer(&folder, "runs", "", "\"id\":\"one\",\"name\":\"plan\",\"status\":\"Failed\"");
    check_answer(&folder, "run", ",\"run\":\"one\"", "\"state\":\"Failed\"");
    check_answer(&folder, "run", ",\"run\":\"plan\"", "\"kind\":\"program\"");
    check_answer(&folder, "clearCache", "", "{\"memos\":0}");
    check_answer(&folder, "prune", ",\"keepRuns\":0", "{\"runs\":1,\"memos\":0}");
    check_answer(&folder, "runs", "", "{\"runs\":[]}");
    folder_free(&folder);
}

static void what_cannot_be_answered_is_refused(void) {
    char answer[REPORT_SIZE];
    oe_text *text = NULL;
    struct folder folder = folder_new();
    CHECK_STATUS(ask(&folder, "run", ",\"run\":\"x\"", answer), OE_STATUS_STORE);
    CHECK_LAST_ERROR("there is no database");
    CHECK_STATUS(ask(&folder, "what", "", answer), OE_STATUS_INVALID_JSON);
    CHECK_LAST_ERROR("unknown variant `what`");
    CHECK_STATUS(oe_store_ask(NULL, 1, &text), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_store_ask((const uint8_t *)"{}", 2, NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK_STATUS(oe_store_ask((const uint8_t *)"\xFF", 1, &text), OE_STATUS_INVALID_UTF8);
    CHECK_STATUS(oe_store_ask((const uint8_t *)"{}", 2, &text), OE_STATUS_INVALID_JSON);
    CHECK(text == NULL);
    folder_free(&folder);
}

static void a_run_that_cannot_go_on_says_why(void) {
    struct folder folder = folder_new();
    oe_run *run = NULL;
    CHECK_STATUS(start(&folder, ",\"resume\":\"unfinished\"", "true", &run), OE_STATUS_STORE);
    CHECK_LAST_ERROR("there is no run one");
    run_to_end(&folder, "");
    CHECK_STATUS(start(&folder, "", "exit 3", &run), OE_STATUS_STORE);
    CHECK_LAST_ERROR("there is a run one already");
    CHECK_STATUS(start(&folder, ",\"resume\":\"unfinished\"", "true", &run), OE_STATUS_STORE);
    CHECK_LAST_ERROR("the plan is not the one that the run one was begun with: task 'a' has another "
                     "`argv`");
    run_to_end(&folder, ",\"resume\":\"unsuccessful\"");
    check_answer(&folder, "run", ",\"run\":\"one\"", "\"attempt\":2,\"state\":\"Failed\"");
    folder_free(&folder);
}

static void a_run_goes_on_once(void) {
    struct folder folder = folder_new();
    oe_run *run = NULL;
    oe_run *second = NULL;
    oe_text *report = NULL;
    CHECK_STATUS(start(&folder, "", "sleep 600", &run), OE_STATUS_OK);
    CHECK_STATUS(start(&folder, ",\"resume\":\"unfinished\"", "sleep 600", &second),
                 OE_STATUS_STORE);
    CHECK_LAST_ERROR("the run one is being executed by this process");
    CHECK_STATUS(oe_run_cancel(run), OE_STATUS_OK);
    CHECK_STATUS(oe_run_poll(run, UINT64_MAX, OE_NO_LIMIT, &report), OE_STATUS_OK);
    oe_text_free(report);
    CHECK_STATUS(start(&folder, ",\"resume\":\"unfinished\"", "sleep 600", &second), OE_STATUS_OK);
    oe_run_free(second);
    oe_run_free(run);
    folder_free(&folder);
}

static void a_folder_that_cannot_be_used_says_why(void) {
    char database[192], state[128];
    struct folder folder = folder_new();
    oe_run *run = NULL;
    char answer[REPORT_SIZE];
    snprintf(state, sizeof state, "%s/state", folder.path);
    REQUIRE(mkdir(state, 0755) == 0);
    CHECK_STATUS(start(&folder, "", "true", &run), OE_STATUS_STORE);
    CHECK_LAST_ERROR("is open to other users (mode 755)");
    CHECK(chmod(state, 0700) == 0);
    snprintf(database, sizeof database, "%s/orchestration.db", state);
    FILE *file = fopen(database, "w");
    REQUIRE(file != NULL);
    CHECK(chmod(database, 0600) == 0);
    CHECK(fputs("no database at all, but long enough to look at", file) >= 0);
    CHECK(fclose(file) == 0);
    CHECK_STATUS(start(&folder, "", "true", &run), OE_STATUS_STORE);
    CHECK_LAST_ERROR("is damaged");
    CHECK_STATUS(ask(&folder, "runs", "", answer), OE_STATUS_STORE);
    CHECK_LAST_ERROR("Rename the file");
    folder_free(&folder);
}

const struct test store_tests[] = {
    TEST(what_was_run_is_told_and_cleared_away),
    TEST(what_cannot_be_answered_is_refused),
    TEST(a_run_that_cannot_go_on_says_why),
    TEST(a_run_goes_on_once),
    TEST(a_folder_that_cannot_be_used_says_why),
    TESTS_END,
};
