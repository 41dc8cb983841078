/* What an order costs: rules, roundings, bounds, and that the sums hold for whatever is bought. */
#include "base/arena.h"
#include "base/config.h"
#include "base/ids.h"
#include "base/money.h"
#include "orders/price.h"
#include "tests/suite.h"

#include <string.h>

static const char *const shipping_rules_text[] = { "standard:BD:BDT:60:5.50", "standard:*:USD:5:0", "standard:*:EUR:5:0",
	"standard:*:BDT:500:0", "express:US:USD:15.25:1", "pickup:*:*:0:0", NULL };
static const char *const tax_rules_text[] = { "standard:DE:19:inclusive", "reduced:DE:7:inclusive", "standard:BD:15:exclusive",
	"standard:US:8.875:exclusive", "books:*:0:exclusive", "*:GB:20:inclusive", NULL };
static struct config     config = { .orders = { .shipping = shipping_rules_text, .tax = tax_rules_text } };

static const struct problem *
price_one(struct price *price, enum shipping_method method, const char *country, const char *currency, int64_t quantity,
    int64_t unit_price, const char *tax_class)
{
	static struct price_line line;

	line = (struct price_line) { .quantity = quantity, .unit_price = unit_price, .tax_class = tax_class };
	*price = (struct price) { .method = method, .country = country, .currency = currency, .lines = &line, .count = 1 };
	return price_order(rates_of(&config), price);
}

static void
test_first_shipping_rule_counts(void)
{
	struct price price;

	CHECK(price_one(&price, SHIPPING_STANDARD, "BD", "BDT", 3, 1000, "none") == OK);
	CHECK_INT(price.shipping, 6000 + 3 * 550);
	CHECK(price_one(&price, SHIPPING_STANDARD, "BD", "USD", 3, 1000, "none") == OK);
	CHECK_INT(price.shipping, 500);
	CHECK(problem_is(price_one(&price, SHIPPING_STANDARD, "JP", "JPY", 3, 1000, "none"), PROBLEM_NOT_SHIPPED_THERE));
	CHECK(price_one(&price, SHIPPING_PICKUP, "JP", "KWD", 3, 1000, "none") == OK);
	CHECK_INT(price.shipping, 0);
}

static void
test_not_shipped_there(void)
{
	struct price price;

	CHECK(problem_is(price_one(&price, SHIPPING_EXPRESS, "BD", "USD", 1, 1000, "none"), PROBLEM_NOT_SHIPPED_THERE));
	CHECK(problem_is(price_one(&price, SHIPPING_EXPRESS, "US", "EUR", 1, 1000, "none"), PROBLEM_NOT_SHIPPED_THERE));
	CHECK(price_one(&price, SHIPPING_EXPRESS, "US", "USD", 2, 1000, "none") == OK);
	CHECK_INT(price.shipping, 1525 + 200);
}

static void
test_exclusive_tax_is_added(void)
{
	struct price price;

	CHECK(price_one(&price, SHIPPING_PICKUP, "US", "USD", 2, 1000, "standard") == OK);
	CHECK_INT(price.tax, 178); /* 177.5, to even */
	CHECK_INT(price.tax_included, 0);
	CHECK_INT(price.total, 2178);
	CHECK(price_one(&price, SHIPPING_PICKUP, "BD", "BDT", 1, 10, "standard") == OK);
	CHECK_INT(price.tax, 2); /* 1.5, to even */
	CHECK(price_one(&price, SHIPPING_PICKUP, "BD", "BDT", 1, 30, "standard") == OK);
	CHECK_INT(price.tax, 4); /* 4.5, to even */
}

static void
test_inclusive_tax_is_told(void)
{
	struct price price;

	CHECK(price_one(&price, SHIPPING_PICKUP, "DE", "EUR", 1, 11900, "standard") == OK);
	CHECK_INT(price.tax, 1900);
	CHECK_INT(price.tax_included, 1900);
	CHECK_INT(price.total, 11900);
	CHECK(price_one(&price, SHIPPING_PICKUP, "DE", "EUR", 1, 999, "reduced") == OK);
	CHECK_INT(price.tax, 65); /* 65.36 */
	CHECK_INT(price.total, 999);
}

static void
test_first_tax_rule_counts(void)
{
	struct price price;

	CHECK(price_one(&price, SHIPPING_PICKUP, "GB", "GBP", 1, 1200, "anything") == OK);
	CHECK_INT(price.tax, 200);
	CHECK(price_one(&price, SHIPPING_PICKUP, "GB", "GBP", 1, 1200, "books") == OK);
	CHECK_INT(price.tax, 0);
	CHECK(price_one(&price, SHIPPING_PICKUP, "FR", "EUR", 1, 1200, "standard") == OK);
	CHECK_INT(price.tax, 0);
}

static void
test_bounds(void)
{
	struct price price;

	CHECK(price_one(&price, SHIPPING_PICKUP, "FR", "EUR", 1, PRICE_MAX_MINOR, "none") == OK);
	CHECK_INT(price.total, PRICE_MAX_MINOR);
	CHECK(problem_is(price_one(&price, SHIPPING_STANDARD, "FR", "EUR", 1, PRICE_MAX_MINOR, "none"), PROBLEM_TOTAL_TOO_LARGE));
	CHECK(problem_is(price_one(&price, SHIPPING_PICKUP, "FR", "EUR", 2, PRICE_MAX_MINOR, "none"), PROBLEM_TOTAL_TOO_LARGE));
	CHECK(problem_is(price_one(&price, SHIPPING_PICKUP, "FR", "EUR", 99, INT64_MAX, "none"), PROBLEM_TOTAL_TOO_LARGE));
	CHECK(
	    problem_is(price_one(&price, SHIPPING_PICKUP, "BD", "BDT", 1, PRICE_MAX_MINOR, "standard"), PROBLEM_TOTAL_TOO_LARGE));
	CHECK(price_one(&price, SHIPPING_PICKUP, "BD", "BDT", 99, 0, "standard") == OK);
	CHECK_INT(price.total, 0);
}

static uint64_t
random_below(uint64_t bound)
{
	uint64_t value;

	random_bytes(&value, sizeof value);
	return value % bound;
}

static void
check_line(const struct price_line *line)
{
	CHECK_INT(line->subtotal, line->quantity * line->unit_price);
	CHECK_INT(line->total, line->subtotal - line->discount + line->tax - line->tax_included);
	CHECK(line->tax_included >= 0 && line->tax_included <= line->tax && line->tax <= line->subtotal);
	/* So that a discount of the shop leaves a seller no less, and no more, than the full price. */
	CHECK(line->full_tax_included >= line->tax_included);
	CHECK(line->full_tax_included - line->tax_included <= line->discount);
}

/* The CHECKs of the tables orders and order_lines, for anything that can be bought. */
static void
test_sums_hold(void)
{
	static const char *const countries[] = { "DE", "BD", "US", "GB", "FR" };
	static const char *const classes[] = { "standard", "reduced", "books", "other" };

	for (int run = 0; run < 2000; run++) {
		struct price_line lines[100];
		struct price      price = { .method = random_below(2) ? SHIPPING_PICKUP : SHIPPING_STANDARD,
			     .currency = "BDT",
			     .country = countries[random_below(5)],
			     .lines = lines,
			     .count = 1 + random_below(100) };
		int64_t           subtotal = 0, tax = 0, included = 0, total = 0;

		for (size_t i = 0; i < price.count; i++)
			lines[i] = (struct price_line) { .quantity = (int64_t)(1 + random_below(99)),
				.unit_price = (int64_t)random_below(run % 2 ? 1000 : 10000000000),
				.tax_class = classes[random_below(4)] };
		for (size_t i = 0; i < price.count; i++)
			lines[i].discount = (int64_t)random_below((uint64_t)(lines[i].quantity * lines[i].unit_price) + 1) /
			    (run % 3 == 0 ? 1000 : 1);
		CHECK(price_order(rates_of(&config), &price) == OK);
		for (size_t i = 0; i < price.count; i++) {
			check_line(&lines[i]);
			subtotal += lines[i].subtotal;
			tax += lines[i].tax;
			included += lines[i].tax_included;
			total += lines[i].total;
		}
		CHECK_INT(price.subtotal, subtotal);
		CHECK_INT(price.tax, tax);
		CHECK_INT(price.tax_included, included);
		CHECK_INT(price.total, total + price.shipping);
		CHECK_INT(price.total, price.subtotal - price.discount + price.shipping + price.tax - price.tax_included);
	}
}

/* The tax is of what the discount leaves. */
static void
test_tax_after_discount(void)
{
	struct price_line lines[2] = { { 1, 11900, 1190, .tax_class = "standard" }, { 1, 1000, .tax_class = "reduced" } };
	struct price      price = { .method = SHIPPING_PICKUP, .country = "DE", .currency = "EUR", .lines = lines, .count = 2 };

	CHECK(price_order(rates_of(&config), &price) == OK);
	CHECK_INT(price.discount, 1190);
	CHECK_INT(lines[0].tax_included, 1710);
	CHECK_INT(lines[0].full_tax_included, 1900);
	CHECK_INT(lines[1].full_tax_included, lines[1].tax_included);
	CHECK_INT(price.total, 11900 - 1190 + 1000);
	price.country = "BD";
	CHECK(price_order(rates_of(&config), &price) == OK);
	CHECK_INT(lines[0].tax, 1606); /* 15 percent of 10710 */
	CHECK_INT(lines[0].full_tax_included, 0);
}

/* Same input, same total: also in another order of the lines. */
static void
test_order_of_lines_does_not_matter(void)
{
	struct price_line lines[3] = { { 3, 333, .tax_class = "standard" }, { 7, 1999, 1000, .tax_class = "reduced" },
		{ 1, 1, .tax_class = "other" } };
	struct price_line turned[3] = { lines[2], lines[0], lines[1] };
	struct price      one = { .method = SHIPPING_STANDARD, .country = "DE", .currency = "EUR", .lines = lines, .count = 3 };
	struct price other = { .method = SHIPPING_STANDARD, .country = "DE", .currency = "EUR", .lines = turned, .count = 3 };

	CHECK(price_order(rates_of(&config), &one) == OK);
	CHECK(price_order(rates_of(&config), &other) == OK);
	CHECK_INT(one.total, other.total);
	CHECK_INT(one.tax, other.tax);
	CHECK(price_order(rates_of(&config), &other) == OK);
	CHECK_INT(one.total, other.total);
}

static void
test_rules_are_read_once(void)
{
	static const char *const none[] = { NULL };
	struct config            other = { .orders = { .shipping = none, .tax = none } };
	struct shipping_rate     rate;
	size_t                   count;

	CHECK(rates_of(&config) == rates_of(&config));
	CHECK(rates_of(&config) != rates_of(&other));
	CHECK(!shipping_rate(rates_of(&other), SHIPPING_PICKUP, "US", "USD", &rate));
	shipping_rules(rates_of(&config), &count);
	CHECK_INT(count, 6);
}

SUITE("price", TEST(test_first_shipping_rule_counts), TEST(test_not_shipped_there), TEST(test_exclusive_tax_is_added),
    TEST(test_inclusive_tax_is_told), TEST(test_first_tax_rule_counts), TEST(test_bounds), TEST(test_sums_hold),
    TEST(test_tax_after_discount), TEST(test_order_of_lines_does_not_matter), TEST(test_rules_are_read_once))
