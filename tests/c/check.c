#include "check.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// How long one test may take before it counts as hanging.
#define LIMIT_SECONDS 120

static atomic_uint failures;
static const char *volatile current = "no test";

static void fail(const char *text, const char *file, int line) {
    atomic_fetch_add(&failures, 1);
    printf("# %s:%d: %s\n", file, line, text);
}

void check(bool holds, const char *what, const char *file, int line) {
    if (!holds) {
        fail(what, file, line);
    }
}

void check_equal(uint64_t actual, uint64_t expected, const char *what, const char *file, int line) {
    if (actual != expected) {
        char text[512];
        snprintf(text, sizeof text, "%s is %llu instead of %llu", what, (unsigned long long)actual,
                 (unsigned long long)expected);
        fail(text, file, line);
    }
}

void check_status(oe_status actual, oe_status expected, const char *what, const char *file,
                  int line) {
    if (actual != expected) {
        char text[512];
        snprintf(text, sizeof text, "%s: status %d (%s) instead of %d", what, (int)actual,
                 oe_status_text((uint32_t)actual), (int)expected);
        fail(text, file, line);
    }
}

void require(bool holds, const char *what, const char *file, int line) {
    if (!holds) {
        fail(what, file, line);
        printf("not ok %s\n", current);
        fflush(stdout);
        _exit(2);
    }
}

void check_last_error(const char *part, const char *file, int line) {
    char error[1024] = "";
    char text[2048];
    size_t length = 0;
    oe_status status = oe_last_error((uint8_t *)error, sizeof error - 1, &length);
    if (status != OE_STATUS_OK || strstr(error, part) == NULL) {
        snprintf(text, sizeof text, "the last error lacks \"%s\": %s", part, error);
        fail(text, file, line);
    }
}

// Only what is allowed in a signal handler.
static void on_alarm(int number) {
    (void)number;
    static const char text[] = "# the test hangs\nnot ok ";
    const char *name = current;
    ssize_t written = write(STDOUT_FILENO, text, sizeof text - 1);
    written += write(STDOUT_FILENO, name, strlen(name));
    written += write(STDOUT_FILENO, "\n", 1);
    _exit(written > 0 ? 3 : 4);
}

static bool run_test(const struct test *test) {
    unsigned before = atomic_load(&failures);
    current = test->name;
    alarm(LIMIT_SECONDS);
    test->run();
    alarm(0);
    bool is_ok = atomic_load(&failures) == before;
    printf("%s %s\n", is_ok ? "ok" : "not ok", test->name);
    return is_ok;
}

static unsigned count_tests(const struct test *const *tables) {
    unsigned count = 0;
    for (; *tables != NULL; tables++) {
        for (const struct test *test = *tables; test->name != NULL; test++) {
            count++;
        }
    }
    return count;
}

int run_tables(const struct test *const *tables) {
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    // By lines, so that whatever ends the program leaves a full account.
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("1..%u\n", count_tests(tables));
    bool all_ok = true;
    for (; *tables != NULL; tables++) {
        for (const struct test *test = *tables; test->name != NULL; test++) {
            all_ok = run_test(test) && all_ok;
        }
    }
    return all_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
