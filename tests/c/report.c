#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keep_text(oe_text *text, char *report) {
    const uint8_t *bytes = NULL;
    size_t length = 0;
    REQUIRE(text != NULL);
    CHECK_STATUS(oe_text_view(text, &bytes, &length), OE_STATUS_OK);
    REQUIRE(bytes != NULL && length < REPORT_SIZE);
    memcpy(report, bytes, length);
    report[length] = '\0';
    oe_text_free(text);
}

void check_has(const char *report, const char *part) {
    if (strstr(report, part) == NULL) {
        printf("# %s\n# lacks %s\n", report, part);
    }
    CHECK(strstr(report, part) != NULL);
}

uint64_t number_of(const char *report, const char *key) {
    const char *found = strstr(report, key);
    REQUIRE(found != NULL);
    return strtoull(found + strlen(key), NULL, 10);
}

uint64_t cursor_of(const char *report) {
    return number_of(report, "\"cursor\":");
}

bool is_running(const char *report) {
    return strstr(report, "\"status\":\"Running\"") != NULL;
}
