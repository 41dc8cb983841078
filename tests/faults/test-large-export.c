/*
 * A shop of many products is exported while the worker keeps its size: what it has read for a page is gone with the page.
 * HAAT_TEST_ROWS: how many products; twenty thousand without it.
 */
#include "tests/faults/stack.h"
#include "tests/printed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCTS = 20000, AT_ONCE = 20000, WARM = 2000, GROWTH_KB = 1024 };

/* Products `from` up to `until`, each with a variant and its stock; nobody sees drafts, so that no listing is needed. */
static void
make_products(const struct person *seller, int from, int until)
{
	const char *category = sql_text("SELECT id FROM categories WHERE is_active AND depth = 1 LIMIT 1");
	const char *range = form("seq_%d_to_%d", from + 1, until), *mark = seller->merchant + 24;

	sql_run(
	    "INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency, status, created_at) "
	    "SELECT UNHEX(CONCAT('01900000000070008', '%.7s', LPAD(HEX(seq), 8, '0'))), '%s', '%s', CONCAT('Bell ', seq), "
	    "CONCAT('bell-%s-', seq), REPEAT('It rings. ', 30), 500, 'USD', 'draft', '2026-01-01' + INTERVAL seq SECOND FROM %s",
	    mark, seller->merchant, category, mark, range);
	sql_run(
	    "INSERT INTO variants (id, product_id, sku, position) SELECT p.id, p.id, p.slug, 0 FROM products p "
	    "WHERE p.merchant_id = '%s' AND p.created_at BETWEEN '2026-01-01' + INTERVAL %d SECOND AND '2026-01-01' + INTERVAL %d SECOND",
	    seller->merchant, from + 1, until);
	sql_run(
	    "INSERT INTO inventory (variant_id, on_hand) SELECT v.id, 0 FROM products p JOIN variants v ON v.product_id = p.id "
	    "WHERE p.merchant_id = '%s' AND p.created_at BETWEEN '2026-01-01' + INTERVAL %d SECOND AND '2026-01-01' + INTERVAL %d SECOND",
	    seller->merchant, from + 1, until);
}

static int
lines_of_export(const struct person *seller)
{
	const char *count =
	    printed_by(form("curl -fsS --cacert '%s/tls/ca.pem' -H 'Authorization: Bearer %s' "
			    "\"https://localhost:${HAAT_PORT:-8443}/api/v1/products/export?format=jsonl\" | wc -l",
		shop_directory(), seller->access));

	return count == NULL ? -1 : atoi(count);
}

static void
test_the_worker_keeps_its_size(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *wanted = getenv("HAAT_TEST_ROWS");
	int           products = wanted == NULL ? PRODUCTS : atoi(wanted);
	pid_t         worker = only_worker("bulk");
	long          before;

	make_products(&seller, 0, WARM);
	CHECK_INT(lines_of_export(&seller), WARM);
	for (int from = WARM; from < products; from += AT_ONCE)
		make_products(&seller, from, from + AT_ONCE < products ? from + AT_ONCE : products);
	forget_peak(worker);
	before = memory_of(worker, "VmRSS");
	CHECK_INT(lines_of_export(&seller), products);
	printf("(%ld KB for %d products) ", memory_of(worker, "VmHWM") - before, products);
	CHECK_INT(only_worker("bulk"), worker);
	CHECK(memory_of(worker, "VmHWM") - before <= GROWTH_KB);
}

SUITE("large export", TEST(test_the_worker_keeps_its_size))
