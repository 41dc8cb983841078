/* The sitemap's parts are full, follow one another and leave out nothing, against a MariaDB of its own with the whole schema. */
#include "base/arena.h"
#include "base/config.h"
#include "catalog/sitemap.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdio.h>

enum { ARENA_BYTES = 16 << 20 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;

/* So many products in the shop, of which here only their ids count. */
static void
list_products_by_number(int64_t count)
{
	char sql[512];

	CHECK(private_run(root, "SET FOREIGN_KEY_CHECKS = 0") == 0);
	CHECK(private_run(root, "DELETE FROM product_listings") == 0);
	snprintf(sql, sizeof sql,
	    "INSERT INTO product_listings (category_id, product_id, merchant_id, currency, price_minor, created_at, name) "
	    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %ld) "
	    "SELECT REPEAT('\\0', 16), UNHEX(LPAD(HEX(n), 32, '0')), REPEAT('a', 16), 'INR', 1, NOW(), 'x' FROM n",
	    (long)count);
	CHECK(private_run(root, "SET max_recursive_iterations = 100000") == 0);
	CHECK(private_run(root, sql) == 0);
}

/* The parts of `limit` things each. */
static int64_t
parts_of(enum sitemap_kind kind, int64_t limit)
{
	struct uuid after = { { 0 } }, before;
	bool        more = true;
	int64_t     parts = 0;

	while (more && parts < 100) {
		before = after;
		parts++;
		REQUIRE(next_in_sitemap(&work, kind, after, limit, &after, &more) == OK);
		CHECK(!more || uuid_compare(&after, &before) > 0);
	}
	return parts;
}

static void
a_part_is_full_before_the_next_begins(void)
{
	struct uuid last = { { 0 } };
	bool        more;

	list_products_by_number(1000);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 1001), 1);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 1000), 1);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 999), 2);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 500), 2);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 100), 10);
	CHECK_INT(parts_of(SITEMAP_PRODUCTS, 99), 11);
	REQUIRE(next_in_sitemap(&work, SITEMAP_PRODUCTS, last, 258, &last, &more) == OK);
	CHECK(more && last.bytes[14] == 1 && last.bytes[15] == 2);
	list_products_by_number(0);
	CHECK_INT(parts_of(SITEMAP_SHOPS, 5), 1);
}

static const struct problem *
count_entry(void *row, void *argument)
{
	const struct sitemap_entry *entry = row;
	int64_t                    *count = argument;

	CHECK(entry->slug[0] == 's');
	++*count;
	return OK;
}

static void
hidden_categories_are_left_out(void)
{
	struct uuid after = { { 0 } };
	bool        more = true;
	int64_t     count = 0;

	for (int i = 0; i < 25; i++) {
		char sql[512];

		snprintf(sql, sizeof sql,
		    "INSERT INTO categories (id, name, slug, depth, is_active) VALUES (UNHEX(LPAD('%02x', 32, 'f')), 's%d', 's%d', 1, %d)",
		    i, i, i, i % 5 != 0);
		CHECK(private_run(root, sql) == 0);
		snprintf(sql, sizeof sql,
		    "INSERT INTO category_ancestors (category_id, ancestor_id, distance) SELECT id, id, 0 FROM categories WHERE slug = 's%d'",
		    i);
		CHECK(private_run(root, sql) == 0);
	}
	while (more) {
		struct uuid from = after;

		REQUIRE(each_in_sitemap(&work, SITEMAP_CATEGORIES, from, 7, count_entry, &count) == OK);
		REQUIRE(next_in_sitemap(&work, SITEMAP_CATEGORIES, from, 7, &after, &more) == OK);
	}
	CHECK_INT(count, 20);
}

static const struct test tests[] = { TEST(a_part_is_full_before_the_next_begins), TEST(hidden_categories_are_left_out) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	root = private_shop("sitemap", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("sitemap", tests, sizeof tests / sizeof *tests);
}
