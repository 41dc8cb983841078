/* Lists against a MariaDB of their own: every kind of key, walked from end to end and back, with ties. */
#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"
#include "store/list.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/suite.h"

#include <mysql.h>

enum { ROWS = 23, LIMIT = 5 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;

struct row {
	struct uuid    id;
	const char    *name, *rating;
	int64_t        number;
	struct money   price;
	struct instant made_at;
};
static const struct member row_members[] = {
	M_ID(struct row, id, "id"),
	M_TEXT(struct row, name, "name", 40),
	M_TEXT(struct row, rating, "rating", 4),
	M_INTEGER(struct row, number, "number", 0, 100),
	M_MONEY(struct row, price, "price"),
	M_TIME(struct row, made_at, "made_at"),
};
SHAPE(struct row, row_shape, "Row", row_members);

static const struct list_order orders[] = {
	{ .id = "r.id" },
	{ .id = "r.id", .descending = true },
	{ "r.name", "name", "r.id", false, NULL },
	{ "r.name", "name", "r.id", true, NULL },
	{ "r.number", "number", "r.id", false, NULL },
	{ "r.price_minor", "price", "r.id", true, NULL },
	{ "r.made_at", "made_at", "r.id", true, NULL },
	{ "r.rating", "rating", "r.id", false, "CAST(? AS DECIMAL(3, 2))" },
};

/* Every value of a sort column stands in several rows, so that the ids decide within. */
static void
begin(void)
{
	REQUIRE(private_run(root, "DROP TABLE IF EXISTS list_rows") == 0);
	REQUIRE(
	    private_run(root,
		"CREATE TABLE list_rows (id BINARY(16) PRIMARY KEY, name VARCHAR(40) NOT NULL, rating DECIMAL(3, 2) NOT NULL, "
		"number INT NOT NULL, price_minor BIGINT NOT NULL, currency CHAR(3) NOT NULL DEFAULT 'BDT', made_at DATETIME(3) NOT NULL)") ==
	    0);
	arena_reset(arena);
	if (work.db != NULL)
		db_close(work.db);
	work = (struct work) { .arena = arena, .db = db_open(&config, arena), .config = &config, .request_id = "" };
	for (int i = 0; i < ROWS; i++)
		REQUIRE(
		    db_run(work.db, NULL,
			"INSERT INTO list_rows (id, name, rating, number, price_minor, made_at) VALUES (?, ?, ?, ?, ?, ?)",
			P(uuid_new()), P(arena_format(arena, "name %d", i * 7 % 4)), P(arena_format(arena, "%d.35", i * 5 % 3)),
			P(i * 11 % 6), P(i * 3 % 5 * 100), P(((struct instant) { INT64_C(1700000000123) + i * 13 % 4 }))) == OK);
}

static struct list
all_rows(void)
{
	return list_begin(&work, "SELECT {r}", "FROM list_rows r");
}

/* What one statement without pages gives, in the ordering. */
static struct row *
in_order(int ordering)
{
	const struct list_order *order = &orders[ordering];
	const char              *direction = order->descending ? "DESC" : "ASC";
	struct list              list = all_rows();
	struct row              *rows;
	size_t                   count;

	list_append(&list,
	    arena_format(arena, "ORDER BY %s %s, r.id %s", order->column == NULL ? "r.id" : order->column, direction, direction));
	REQUIRE(list_read(&list, &row_shape, ROWS, &rows, &count) == OK);
	REQUIRE(count == ROWS);
	return rows;
}

static void
read_page(struct page_request *page, struct row **rows, struct listed *listed)
{
	struct list list = all_rows();

	list_where(&list, "r.number >= ?", P(0));
	REQUIRE(list_page(&list, &row_shape, orders, page, rows, listed) == OK);
}

static void
walk(int ordering)
{
	struct row         *expected = in_order(ordering), *rows;
	struct page_request page = { .limit = LIMIT, .ordering = ordering };
	struct listed       listed = { .next = NULL };
	size_t              seen = 0;

	while (true) {
		read_page(&page, &rows, &listed);
		for (size_t i = 0; i < listed.count; i++, seen++)
			CHECK(uuid_equal(rows[i].id, expected[seen].id));
		CHECK((listed.previous == NULL) == (seen <= LIMIT));
		if (listed.next == NULL)
			break;
		CHECK_INT(listed.count, LIMIT);
		page = (struct page_request) { .limit = LIMIT, .ordering = ordering, .given = true, .key = *listed.next };
	}
	CHECK_INT(seen, ROWS);
	seen -= listed.count;
	while (listed.previous != NULL) {
		page = (struct page_request) {
			.limit = LIMIT, .ordering = ordering, .given = true, .backward = true, .key = *listed.previous
		};
		read_page(&page, &rows, &listed);
		REQUIRE(listed.count <= seen);
		for (size_t i = 0; i < listed.count; i++)
			CHECK(uuid_equal(rows[i].id, expected[seen - listed.count + i].id));
		CHECK(listed.next != NULL);
		seen -= listed.count;
	}
	CHECK_INT(seen, 0);
}

static void
test_every_ordering_is_walked_there_and_back(void)
{
	begin();
	for (int i = 0; i < (int)(sizeof orders / sizeof *orders); i++)
		walk(i);
}

static void
test_unknown_ordering_is_refused(void)
{
	struct page_request page = { .limit = LIMIT, .ordering = sizeof orders / sizeof *orders };
	struct list         list;
	struct row         *rows;
	struct listed       listed;

	begin();
	list = all_rows();
	CHECK(problem_is(list_page(&list, &row_shape, orders, &page, &rows, &listed), PROBLEM_BAD_CURSOR));
}

static void
test_conditions_join(void)
{
	struct list list;
	struct row *rows;
	size_t      count, expected;

	begin();
	expected = (size_t)private_value(root, "SELECT COUNT(*) FROM list_rows WHERE number = 3 AND name <> 'name 1'");
	list = list_begin(&work, "SELECT {r}", "FROM list_rows r");
	list_append(&list, "JOIN (SELECT ? AS wanted) w", P(3));
	list_where(&list, "r.number = w.wanted");
	list_filter(&list, "r.name = ?", P((const char *)NULL));
	list_filter(&list, "r.name <> ?", P("name 1"));
	REQUIRE(list_read(&list, &row_shape, ROWS, &rows, &count) == OK);
	CHECK(expected > 0);
	CHECK_INT(count, expected);
	list = list_begin(&work, "SELECT {r}", "FROM list_rows r");
	list_where(&list, "r.name LIKE ?", P(like_prefix(arena, "name%")));
	REQUIRE(list_read(&list, &row_shape, ROWS, &rows, &count) == OK);
	CHECK_INT(count, 0);
	CHECK_TEXT(like_prefix(arena, "a_b%\\c"), "a\\_b\\%\\\\c%");
}

static void
test_numbered_pages_count(void)
{
	struct row   *expected, *rows;
	struct list   list;
	struct listed listed;

	begin();
	expected = in_order(3);
	for (int number = 1; number <= 6; number++) {
		list = all_rows();
		REQUIRE(list_numbered(&list, &row_shape, "r.name DESC, r.id DESC", number, LIMIT, &rows, &listed) == OK);
		CHECK_INT(listed.total, ROWS);
		CHECK_INT(listed.count, number <= 4 ? LIMIT : number == 5 ? ROWS % LIMIT : 0);
		for (size_t i = 0; i < listed.count; i++)
			CHECK(uuid_equal(rows[i].id, expected[(size_t)(number - 1) * LIMIT + i].id));
	}
}

static void
test_positions_are_walked_there_and_back(void)
{
	struct row         *expected, *rows;
	struct page_request page = { .limit = LIMIT };
	struct listed       listed;
	size_t              seen = 0;

	begin();
	expected = in_order(5);
	for (int step = 0;; step++) {
		struct list        list = all_rows();
		struct list_window window = list_window(&page);
		size_t             count;

		list_append(
		    &list, "ORDER BY r.price_minor DESC, r.id DESC LIMIT ? OFFSET ?", P(window.limit + 1), P(window.first));
		REQUIRE(list_read(&list, &row_shape, (size_t)window.limit + 1, &rows, &count) == OK);
		list_window_found(work.arena, &window, count, &listed);
		if (page.backward)
			seen -= listed.count;
		for (size_t i = 0; i < listed.count; i++)
			CHECK(uuid_equal(rows[i].id, expected[seen + i].id));
		CHECK((listed.previous == NULL) == (seen == 0));
		if (!page.backward)
			seen += listed.count;
		if (!page.backward && listed.next == NULL) {
			CHECK_INT(seen, ROWS);
			seen -= listed.count;
			page.backward = true;
		}
		if (page.backward && listed.previous == NULL)
			break;
		REQUIRE(step < 20);
		page = (struct page_request) { .limit = LIMIT,
			.given = true,
			.backward = page.backward,
			.key = page.backward ? *listed.previous : *listed.next };
	}
	CHECK_INT(seen, 0);
}

static const struct test tests[] = {
	TEST(test_every_ordering_is_walked_there_and_back),
	TEST(test_unknown_ordering_is_refused),
	TEST(test_conditions_join),
	TEST(test_numbered_pages_count),
	TEST(test_positions_are_walked_there_and_back),
};

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	root = private_connect("store");
	arena = arena_new(64 << 20);
	config.database.socket = private_socket();
	config.database.host = "";
	config.database.user = "root";
	config.database.password = "";
	config.database.name = "store";
	config.database.connect_timeout_seconds = 5;
	config.database.io_timeout_seconds = 10;
	config.database.statement_timeout_ms = 2500;
	config.database.lock_wait_seconds = 1;
	return run_suite("lists", tests, sizeof tests / sizeof *tests);
}
