// The texts that the library hands out, as the tests read them.

#ifndef OE_TEST_REPORT_H
#define OE_TEST_REPORT_H

#include "check.h"

// Enough for any text of the tests, the zero at its end included.
#define REPORT_SIZE 16384

// Copies a text of less than `REPORT_SIZE` bytes, and frees it.
void keep_text(oe_text *text, char *report);
void check_has(const char *report, const char *part);
// The number after a key; it must be there.
uint64_t number_of(const char *report, const char *key);
// From where on to ask for what a report does not tell yet.
uint64_t cursor_of(const char *report);
// Whether the run or batch of a report goes on.
bool is_running(const char *report);

#endif
