// The version, the texts of statuses, and the text of the last error.

#include <pthread.h>
#include <string.h>

#include "host.h"
#include "tests.h"

static void the_library_has_the_version_of_its_header(void) {
    CHECK_EQUAL(oe_abi_version(), OE_ABI_VERSION);
}

static void every_status_has_its_own_text(void) {
    static const uint32_t known[] = {0, 1, 2, 3, 4, 20, 21, 22, 23, 24, 25, 26, 27, 28};
    const size_t count = sizeof known / sizeof *known;
    for (size_t index = 0; index < count; index++) {
        const char *text = oe_status_text(known[index]);
        REQUIRE(text != NULL);
        CHECK(strlen(text) > 5);
        for (size_t other = 0; other < index; other++) {
            CHECK(strcmp(text, oe_status_text(known[other])) != 0);
        }
    }
}

static void an_unknown_status_has_a_text_too(void) {
    const char *text = oe_status_text(5);
    REQUIRE(text != NULL);
    CHECK(strstr(text, "unknown") != NULL);
    CHECK(strcmp(text, oe_status_text(UINT32_MAX)) == 0);
}

// Leaves "`pool` is NULL" behind.
static void make_an_error(void) {
    CHECK_STATUS(oe_pool_trim(NULL), OE_STATUS_NULL_ARGUMENT);
}

static const char error_text[] = "`pool` is NULL";

static void the_last_error_tells_its_length(void) {
    size_t length = 0;
    make_an_error();
    CHECK_STATUS(oe_last_error(NULL, 0, &length), OE_STATUS_OK);
    CHECK_EQUAL(length, strlen(error_text));
}

static void the_last_error_is_cut_to_the_buffer(void) {
    make_an_error();
    for (size_t capacity = 0; capacity <= strlen(error_text) + 1; capacity++) {
        uint8_t buffer[64];
        size_t length = 0;
        size_t copied = capacity < strlen(error_text) ? capacity : strlen(error_text);
        memset(buffer, 0xA5, sizeof buffer);
        CHECK_STATUS(oe_last_error(buffer, capacity, &length), OE_STATUS_OK);
        CHECK_EQUAL(length, strlen(error_text));
        CHECK(memcmp(buffer, error_text, copied) == 0);
        CHECK_EQUAL(buffer[copied], 0xA5);
    }
}

static void a_success_leaves_the_last_error_alone(void) {
    make_an_error();
    struct host host = {.work = succeed};
    host_open(&host);
    CHECK_LAST_ERROR(error_text);
    host_close(&host);
    CHECK_LAST_ERROR(error_text);
}

static void the_last_error_refuses_null(void) {
    uint8_t buffer[4] = {1, 2, 3, 4};
    size_t length = 99;
    make_an_error();
    CHECK_STATUS(oe_last_error(NULL, 4, &length), OE_STATUS_NULL_ARGUMENT);
    CHECK_EQUAL(length, 99);
    CHECK_LAST_ERROR("`buffer` is NULL");
    CHECK_STATUS(oe_last_error(buffer, 4, NULL), OE_STATUS_NULL_ARGUMENT);
    CHECK(buffer[0] == 1 && buffer[3] == 4);
    CHECK_LAST_ERROR("`length` is NULL");
}

static void *look_for_an_error(void *argument) {
    size_t *length = argument;
    CHECK_STATUS(oe_last_error(NULL, 0, length), OE_STATUS_OK);
    return NULL;
}

static void the_last_error_is_the_threads_own(void) {
    pthread_t thread;
    size_t length = 99;
    make_an_error();
    REQUIRE(pthread_create(&thread, NULL, look_for_an_error, &length) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
    CHECK_EQUAL(length, 0);
}

const struct test text_tests[] = {
    TEST(the_library_has_the_version_of_its_header),
    TEST(every_status_has_its_own_text),
    TEST(an_unknown_status_has_a_text_too),
    TEST(the_last_error_tells_its_length),
    TEST(the_last_error_is_cut_to_the_buffer),
    TEST(a_success_leaves_the_last_error_alone),
    TEST(the_last_error_refuses_null),
    TEST(the_last_error_is_the_threads_own),
    TESTS_END,
};
