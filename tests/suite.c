#include "tests/suite.h"

#include <CUnit/Basic.h>
#include <CUnit/TestRun.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { WORTH_TELLING_MS = 1000 };

static unsigned skipped;
static bool     running_skipped;
static int64_t  began_ms;

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
skip_test(const char *why)
{
	if (!running_skipped)
		skipped++;
	running_skipped = true;
	printf("skipped: %s ", why);
}

void
check_int(int64_t got, int64_t expected, const char *expression, const char *file, unsigned line)
{
	char says[400];

	snprintf(says, sizeof says, "%s is %lld, expected %lld", expression, (long long)got, (long long)expected);
	CU_assertImplementation(got == expected ? CU_TRUE : CU_FALSE, line, says, file, "", CU_FALSE);
}

void
check_text(const char *got, const char *expected, const char *expression, const char *file, unsigned line)
{
	bool same = got == NULL || expected == NULL ? got == expected : strcmp(got, expected) == 0;
	char says[4000];

	snprintf(says, sizeof says, "%s is \"%s\", expected \"%s\"", expression, got == NULL ? "(null)" : got,
	    expected == NULL ? "(null)" : expected);
	CU_assertImplementation(same ? CU_TRUE : CU_FALSE, line, says, file, "", CU_FALSE);
}

static void
before_test(const CU_pTest test, const CU_pSuite suite)
{
	(void)suite;
	running_skipped = false;
	began_ms = now_ms();
	printf("  %s ... ", test->pName);
	fflush(stdout);
}

static void
after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	int64_t took_ms = now_ms() - began_ms;

	(void)test, (void)suite;
	fputs(failure != NULL ? "FAILED" : running_skipped ? "skipped" : "passed", stdout);
	if (took_ms >= WORTH_TELLING_MS)
		printf(", %lld.%lld s", (long long)(took_ms / 1000), (long long)(took_ms % 1000 / 100));
	putchar('\n');
	for (CU_pFailureRecord record = failure; record != NULL; record = record->pNext)
		printf("    %s:%u: %s\n", record->strFileName, record->uiLineNumber, record->strCondition);
}

int
run_suite(const char *name, const struct test *tests, size_t count)
{
	const char *only = getenv("HAAT_TEST");
	unsigned    ran, failed;
	CU_pSuite   suite;

	if (CU_initialize_registry() != CUE_SUCCESS || (suite = CU_add_suite(name, NULL, NULL)) == NULL)
		return 99;
	for (size_t i = 0; i < count; i++)
		if (only == NULL || strstr(tests[i].name, only) != NULL)
			CU_add_test(suite, tests[i].name, tests[i].run);
	printf("%s\n", name);
	CU_set_test_start_handler(before_test);
	CU_set_test_complete_handler(after_test);
	CU_run_all_tests();
	ran = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	printf("%u passed, %u failed, %u skipped\n", ran - failed - skipped, failed, skipped);
	return failed > 0 || ran == 0 ? 1 : skipped == ran ? 77 : 0;
}

/* Is this 36 characters of an id between quotes? */
static bool
is_quoted_id(const char *text)
{
	static const char form[] = "'________-____-____-____-____________'";

	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '_' ? !isxdigit((unsigned char)text[i]) : text[i] != form[i])
			return false;
	return true;
}

void
sql_ids_to_bytes(char *sql)
{
	char *into = sql, id[36];

	while (*sql != '\0') {
		if (!is_quoted_id(sql)) {
			*into++ = *sql++;
			continue;
		}
		memcpy(id, sql + 1, sizeof id); /* what follows may write over it */
		*into++ = 'x';
		*into++ = '\'';
		for (size_t i = 0; i < sizeof id; i++)
			if (id[i] != '-')
				*into++ = id[i];
		*into++ = '\'';
		sql += 38;
	}
	*into = '\0';
}
