/*
 * suite.h: one CUnit suite per test program.
 *
 *   static void test_adds(void) { CHECK(1 + 1 == 2); CHECK_INT(1 + 1, 2); CHECK_TEXT("a", "a"); }
 *   SUITE("arithmetic", TEST(test_adds))
 *
 * The program ends with a line "N passed, N failed, N skipped" and exits 1 when something failed, 77 when every test
 * was skipped.  HAAT_TEST=word runs the tests whose name contains the word.
 */
#ifndef SUITE_H
#define SUITE_H

#include <CUnit/CUnit.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(function) \
	{ \
#function, function \
	}

int run_suite(const char *name, const struct test *tests, size_t count);

/* Say that the running test could not be made here, and why; it counts as skipped. */
void skip_test(const char *why);

/*
 * A statement's ids in quotes ('0192f0c1-...', which no column holds) as the bytes that columns hold (x'0192f0c1...'), so
 * that tests may write ids as they got them from the API.  In place: the result is never longer.
 */
void sql_ids_to_bytes(char *sql);

void check_int(int64_t got, int64_t expected, const char *expression, const char *file, unsigned line);
void check_text(const char *got, const char *expected, const char *expression, const char *file, unsigned line);

#define CHECK(condition) CU_assertImplementation((condition) ? CU_TRUE : CU_FALSE, __LINE__, #condition, __FILE__, "", CU_FALSE)
#define REQUIRE(condition) CU_assertImplementation((condition) ? CU_TRUE : CU_FALSE, __LINE__, #condition, __FILE__, "", CU_TRUE)
#define CHECK_INT(got, expected) check_int((int64_t)(got), (int64_t)(expected), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, expected) check_text((got), (expected), #got, __FILE__, __LINE__)

#define SUITE(name, ...) \
	int main(void) \
	{ \
		static const struct test tests[] = { __VA_ARGS__ }; \
		return run_suite(name, tests, sizeof tests / sizeof *tests); \
	}

#endif
