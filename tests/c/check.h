// The checks of the C program, and what runs its tests.

#ifndef OE_TEST_CHECK_H
#define OE_TEST_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orchestration_engine.h"

// Notes a failure and goes on; may be used on any thread.
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected) \
    check_equal((uint64_t)(actual), (uint64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_STATUS(call, expected) check_status((call), (expected), #call, __FILE__, __LINE__)
// The calling thread's last error contains a text.
#define CHECK_LAST_ERROR(part) check_last_error((part), __FILE__, __LINE__)

// Ends the program: nothing sensible could follow.
#define REQUIRE(condition) require((condition), #condition, __FILE__, __LINE__)

struct test {
    const char *name;
    void (*run)(void);
};

// An entry of a table of tests.
#define TEST(function) {#function, function}
#define TESTS_END {NULL, NULL}

void check(bool holds, const char *what, const char *file, int line);
void check_equal(uint64_t actual, uint64_t expected, const char *what, const char *file, int line);
void check_status(oe_status actual, oe_status expected, const char *what, const char *file,
                  int line);
void require(bool holds, const char *what, const char *file, int line);
void check_last_error(const char *part, const char *file, int line);

// Runs every test of the tables (the last table is NULL) and prints the
// results as TAP; the exit code of the program.
int run_tables(const struct test *const *tables);

#endif
