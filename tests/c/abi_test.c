// Uses the library through its C ABI alone, as a host would.

#include "tests.h"

int main(void) {
    static const struct test *const tables[] = {
        text_tests,   argument_tests, items_tests, limits_tests,
        worker_tests, lifetime_tests, batch_tests, run_tests,    store_tests, playbook_tests,
        workflow_tests, NULL,
    };
    return run_tables(tables);
}
