// The tables of tests, one a file.

#ifndef OE_TEST_TESTS_H
#define OE_TEST_TESTS_H

#include "check.h"

extern const struct test items_tests[];
extern const struct test limits_tests[];
extern const struct test lifetime_tests[];
extern const struct test worker_tests[];
extern const struct test argument_tests[];
extern const struct test text_tests[];
extern const struct test batch_tests[];
extern const struct test run_tests[];
extern const struct test store_tests[];
extern const struct test playbook_tests[];
extern const struct test workflow_tests[];

#endif
