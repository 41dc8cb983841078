/* Lists as CSV: the same rows in the same order as the list has page by page, whatever their number, and no cell a formula. */
#include "tests/api/shopping.h"

#include <stdlib.h>
#include <string.h>

enum { MANY = 12000 };

static size_t
lines_of(const struct answer *answer)
{
	size_t lines = 0;

	for (const char *at = answer->body; (at = strstr(at, "\r\n")) != NULL; at += 2)
		lines++;
	return lines;
}

static struct answer
table(const char *path, const struct person *person)
{
	struct answer answer = api_get(path, person->access);

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/csv; charset=utf-8");
	return answer;
}

/* The first cells of all lines but the first, one behind the other; to be freed. */
static char *
first_cells(const struct answer *answer)
{
	char *cells = calloc(1, answer->length + 1), *to = cells;

	for (const char *at = strstr(answer->body, "\r\n"); at != NULL && at[2] != '\0'; at = strstr(at + 2, "\r\n"))
		for (const char *c = at + 2; *c != ','; c++)
			*to++ = *c;
	return cells;
}

/* The ids of a list, read page by page. */
static const char *
ids_by_pages(const char *path, const struct person *person)
{
	const char   *ids = "", *next = path;
	struct answer answer;

	while (next != NULL) {
		answer = api_get(next, person->access);
		EXPECT(answer, 200);
		for (size_t i = 0; i < length_at(&answer, "results"); i++)
			ids = form("%s%s", ids, text_at(&answer, form("results.%zu.id", i)));
		next = text_at(&answer, "next");
		next = next == NULL ? NULL : next + strlen("/api/v1");
	}
	return ids;
}

static void
a_table_has_the_rows_of_the_list(void)
{
	static const char columns[] =
	    "id,number,customer_id,status,payment_status,item_count,total,currency,expires_at,created_at\r\n";
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "12.50", 100), others = goods_new(&other, "7.00", 100);
	const char   *address = address_new(&customer);
	struct answer answer;
	char         *cells;

	for (int i = 0; i < 4; i++)
		order_new(&customer, address, i == 2 ? &others : &goods, i + 1);
	answer = table("/orders?format=csv", &seller);
	CHECK_TEXT(header_of(&answer, "Content-Disposition"), "attachment; filename=\"list.csv\"");
	CHECK(strncmp(answer.body, columns, strlen(columns)) == 0);
	CHECK_INT(lines_of(&answer), 4);
	cells = first_cells(&answer);
	CHECK_TEXT(cells, ids_by_pages("/orders?limit=1", &seller));
	free(cells);
	CHECK(strstr(answer.body, ",1,12.50,USD,") != NULL);
	/* The list's own filters, and nobody else's orders. */
	CHECK_INT(lines_of((struct answer[]) { table("/orders?format=csv&status=cancelled", &seller) }), 1);
	answer = table("/orders?limit=3&format=csv", &other);
	CHECK_INT(lines_of(&answer), 2);
	answer = table(form("/products?status=any&format=csv&ordering=name"), &seller);
	CHECK_INT(lines_of(&answer), 2);
	CHECK(strstr(answer.body, goods.product) != NULL && strstr(answer.body, others.product) == NULL);
	/* Numbered pages, too. */
	answer =
	    table(form("/users?format=csv&page_size=1&search=%s", seller.email), &(struct person[]) { person_new("admin") }[0]);
	CHECK(strstr(answer.body, seller.id) != NULL);
}

/* Movements that end where they began, with what spreadsheets would run. */
static void
many_movements(const char *variant)
{
	sql_run(
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, note) SELECT "
	    "UNHEX(CONCAT('0192f0c1', LPAD(HEX(seq), 8, '0'), LEFT(HEX(RANDOM_BYTES(8)), 16))), '%s', IF(seq %% 2, 1, -1), 'adjustment', "
	    "CONCAT(ELT(1 + seq %% 6, '=', '+', '-', '@', CHAR(9), CHAR(13)), 'SUM(A1), \"', REPEAT('x', 300)) FROM seq_1_to_%d",
	    variant, MANY);
}

static void
a_long_table_is_whole_and_defused(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "1.00", 5);
	const char   *path = form("/inventory/%s/movements?format=csv", goods.variant), *id = "z", *more = NULL;
	struct answer answer;
	size_t        rows = 0;

	many_movements(goods.variant);
	answer = table(path, &seller);
	CHECK_INT(lines_of(&answer), MANY + 2);
	for (const char *at = strstr(answer.body, "\r\n"); at != NULL && at[2] != '\0'; at = strstr(at + 2, "\r\n"), rows++) {
		if (rows > 1 && strncmp(at + 2, id, 36) >= 0)
			more = at;
		id = at + 2;
	}
	CHECK(more == NULL);
	CHECK_INT(rows, MANY + 1);
	/* A cell that begins so is a text. */
	for (const char *at = answer.body; (at = strstr(at, "SUM(A1)")) != NULL; at++)
		if (at[-2] != '\'' || at[-3] != '"')
			more = at;
	CHECK(more == NULL);
	CHECK(strstr(answer.body, "\"'=SUM(A1), \"\"x") != NULL);
	CHECK(strstr(answer.body, "\"'\tSUM(A1), ") != NULL);
	/* What was answered is what is answered again. */
	CHECK_INT(strcmp(answer.body, table(path, &seller).body), 0);
}

static void
every_list_for_staff_is_a_table(void)
{
	static const char *const paths[] = { "/payments?status=failed&limit=1", "/returns?status=expired",
		"/ledger/accounts?currency=USD", "/payouts?status=bounced", "/coupons", "/disputes",
		"/subscriptions?status=paused", "/webhook-events?status=dropped", "/merchants?status=pending", "/settlements",
		"/jobs?status=dead", "/imports", "/plans", "/webhook-endpoints" };
	struct person            admin = person_new("admin");

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct answer page = api_get(paths[i], admin.access),
			      answer = table(form("%s%cformat=csv", paths[i], strchr(paths[i], '?') == NULL ? '?' : '&'), &admin);

		EXPECT(page, 200);
		CHECK(lines_of(&answer) >= length_at(&page, "results") + 1);
	}
}

static void
tables_are_refused_as_lists_are(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct answer answer;

	EXPECT_FAULT(api_get("/orders?format=xls", seller.access), "format");
	EXPECT_FAULT(api_get("/orders?format=csv&status=lost", seller.access), "status");
	EXPECT_PROBLEM(api_get("/orders?format=csv&cursor=AQAB", seller.access), 400, "bad_cursor");
	EXPECT_PROBLEM(api_get("/orders?format=csv", NULL), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/payouts?format=csv", customer.access), 403, "forbidden");
	EXPECT_FAULT(api_get("/products?format=csv", seller.access), "format");
	EXPECT_FAULT(api_get("/addresses?format=csv", customer.access), "format");
	EXPECT_PROBLEM(api_get(form("/inventory/%s/movements?format=csv", seller.id), seller.access), 404, "not_found");
	answer = api_call("HEAD", "/orders?format=csv", seller.access, NULL, NULL);
	EXPECT(answer, 200);
	CHECK_INT(answer.length, 0);
	/* However the word is written. */
	answer = table("/orders?f%6frmat=csv", &seller);
	CHECK_INT(lines_of(&answer), 1);
}

SUITE("api: tables", TEST(a_table_has_the_rows_of_the_list), TEST(a_long_table_is_whole_and_defused),
    TEST(every_list_for_staff_is_a_table), TEST(tables_are_refused_as_lists_are))
