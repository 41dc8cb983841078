/* What a coupon takes off the lines of an order: the whole to the cent, and no line more than it costs. */
#include "base/arena.h"
#include "base/ids.h"
#include "promotions/promotions.h"
#include "tests/suite.h"

#include <string.h>

enum { LINES_MAX = 8, ARENA_BYTES = 1 << 20 };

static struct work work;
static int64_t     discounts[LINES_MAX], sum;

/* The problem of a coupon for lines of these subtotals; a negative one is a line that it is not for. */
static const struct problem *
discount(const struct coupon_terms *terms, const int64_t *subtotals, size_t count)
{
	struct coupon_line    lines[LINES_MAX];
	const struct problem *found;

	if (work.arena == NULL)
		work.arena = arena_new(ARENA_BYTES);
	for (size_t i = 0; i < count; i++)
		lines[i] = (struct coupon_line) { .subtotal = subtotals[i] < 0 ? -subtotals[i] : subtotals[i],
			.eligible = subtotals[i] >= 0 };
	found = coupon_discount(&work, terms, "USD", lines, count);
	sum = 0;
	for (size_t i = 0; i < count && found == OK; i++) {
		discounts[i] = lines[i].discount;
		sum += discounts[i];
		CHECK(discounts[i] >= 0 && discounts[i] <= lines[i].subtotal && (lines[i].eligible || discounts[i] == 0));
	}
	return found;
}

static void
percent(int64_t hundredths, const int64_t *subtotals, size_t count, const int64_t *expected)
{
	struct coupon_terms terms = { .kind = COUPON_PERCENT, .percent_hundredths = &hundredths };

	CHECK(discount(&terms, subtotals, count) == OK);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(discounts[i], expected[i]);
}

static void
fixed(int64_t amount, const int64_t *subtotals, size_t count, const int64_t *expected)
{
	struct coupon_terms terms = { .kind = COUPON_FIXED, .amount_minor = &amount, .currency = "USD" };

	CHECK(discount(&terms, subtotals, count) == OK);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(discounts[i], expected[i]);
}

static void
test_last_line_has_the_remainder(void)
{
	fixed(100, (int64_t[]) { 500, 500, 500 }, 3, (int64_t[]) { 33, 33, 34 });
	fixed(200, (int64_t[]) { 500, 500, 500 }, 3, (int64_t[]) { 67, 67, 66 });
	fixed(100, (int64_t[]) { 500, -900, 500 }, 3, (int64_t[]) { 50, 0, 50 });
	fixed(100, (int64_t[]) { 500, 500, -900 }, 3, (int64_t[]) { 50, 50, 0 });
}

static void
test_halves_go_to_even(void)
{
	percent(1000, (int64_t[]) { 125 }, 1, (int64_t[]) { 12 });
	percent(1000, (int64_t[]) { 135 }, 1, (int64_t[]) { 14 });
	percent(5000, (int64_t[]) { 1, 2 }, 2, (int64_t[]) { 1, 1 }); /* 1.5 is 2, of which 0.67 */
	percent(1250, (int64_t[]) { 1999, 1 }, 2, (int64_t[]) { 250, 0 });
	percent(10000, (int64_t[]) { 7, 11, 13 }, 3, (int64_t[]) { 7, 11, 13 });
}

static void
test_never_more_than_the_goods(void)
{
	fixed(5000, (int64_t[]) { 700, -900, 300 }, 3, (int64_t[]) { 700, 0, 300 });
	/* Halves of a cent that all are rounded down, and would leave the last line more than it costs. */
	percent(5000, (int64_t[]) { 1, 1, 1, 1 }, 4, (int64_t[]) { 0, 0, 1, 1 });
	fixed(INT64_MAX, (int64_t[]) { 1, 0 }, 2, (int64_t[]) { 1, 0 });
}

static void
test_whatever_is_bought_adds_up(void)
{
	for (int64_t seed = 1; seed < 2000; seed++) {
		int64_t             subtotals[LINES_MAX], whole = seed * 7919 % 911 + 1, goods = 0;
		struct coupon_terms terms = { .kind = COUPON_FIXED, .amount_minor = &whole, .currency = "USD" };
		size_t              count = (size_t)(seed % LINES_MAX) + 1;

		for (size_t i = 0; i < count; i++)
			goods += subtotals[i] = seed * 104729 % (int64_t)(97 * (i + 1)) + (i == 0);
		CHECK(discount(&terms, subtotals, count) == OK);
		CHECK_INT(sum, whole < goods ? whole : goods);
	}
}

static void
test_refusals(void)
{
	int64_t             minimum = 1000, half = 5000;
	struct coupon_terms terms = {
		.kind = COUPON_PERCENT, .percent_hundredths = &half, .minimum_minor = &minimum, .currency = "USD"
	};

	CHECK(problem_is(discount(&terms, (int64_t[]) { 999, -5000 }, 2), PROBLEM_COUPON_MINIMUM));
	CHECK(discount(&terms, (int64_t[]) { 999, 1 }, 2) == OK);
	CHECK(problem_is(discount(&terms, (int64_t[]) { -5000 }, 1), PROBLEM_COUPON_NOT_FOR_THESE));
	terms.currency = "EUR";
	CHECK(problem_is(discount(&terms, (int64_t[]) { 5000 }, 1), PROBLEM_COUPON_OTHER_CURRENCY));
	terms.currency = "USD";
	CHECK(problem_is(discount(&terms, (int64_t[]) { INT64_MAX, INT64_MAX }, 2), PROBLEM_TOTAL_TOO_LARGE));
}

static void
test_codes(void)
{
	if (work.arena == NULL)
		work.arena = arena_new(ARENA_BYTES);
	CHECK_TEXT(coupon_code(work.arena, "spring-25_x"), "SPRING-25_X");
	CHECK(coupon_code(work.arena, "ab") == NULL);
	CHECK(coupon_code(work.arena, "a b c") == NULL);
	CHECK(coupon_code(work.arena,
		  "\xc3\x9c"
		  "BER") == NULL);
	CHECK(coupon_code(work.arena, "123456789012345678901234567890123") == NULL);
}

SUITE("coupon", TEST(test_last_line_has_the_remainder), TEST(test_halves_go_to_even), TEST(test_never_more_than_the_goods),
    TEST(test_whatever_is_bought_adds_up), TEST(test_refusals), TEST(test_codes))
