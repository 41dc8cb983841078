/* What orders do to stock, step by step, against a MariaDB of its own with the whole schema. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "inventory/inventory.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>

enum { VARIANTS = 5, ARENA_BYTES = 16 << 20 };

static struct config     config;
static struct arena     *arena;
static MYSQL            *root; /* what others see */
static struct work       work;
static struct variant_id variants[VARIANTS];
static struct order_id   order;

/* ---- the scene: five variants with 10, 11, ... on hand, and an order without lines ---- */

static void
as_root(const char *sql)
{
	if (private_run(root, sql) != 0) {
		fprintf(stderr, "'%s': %s\n", sql, mysql_error(root));
		exit(1);
	}
}

static const char *
id(struct uuid uuid)
{
	return uuid_text(arena, uuid);
}

static void
set_scene(void)
{
	struct uuid any = uuid_new();

	arena_reset(arena);
	as_root("SET foreign_key_checks = 0");
	order = NEW_ID(order_id);
	as_root(arena_format(arena,
	    "INSERT INTO orders (id, number, user_id, currency, subtotal_minor, total_minor, shipping_method, "
	    "shipping_address, billing_address) VALUES ('%s', '%.20s', '%s', 'USD', 0, 0, 'pickup', '{}', '{}')",
	    id(order.uuid), id(order.uuid) + 16, id(any)));
	for (int i = 0; i < VARIANTS; i++) {
		variants[i] = NEW_ID(variant_id);
		as_root(arena_format(arena, "INSERT INTO variants (id, product_id, sku) VALUES ('%s', '%s', 'sku %s')",
		    id(variants[i].uuid), id(any), id(variants[i].uuid)));
		as_root(arena_format(arena, "INSERT INTO inventory (variant_id, on_hand, low_stock) VALUES ('%s', %d, 0)",
		    id(variants[i].uuid), 10 + i));
		as_root(arena_format(arena,
		    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason) "
		    "VALUES ('%s', '%s', %d, 'initial')",
		    id(uuid_new()), id(variants[i].uuid), 10 + i));
	}
	as_root("SET foreign_key_checks = 1");
}

static int64_t
on_hand(int variant)
{
	return private_value(
	    root, arena_format(arena, "SELECT on_hand FROM inventory WHERE variant_id = '%s'", id(variants[variant].uuid)));
}

static int64_t
reserved(int variant)
{
	return private_value(
	    root, arena_format(arena, "SELECT reserved FROM inventory WHERE variant_id = '%s'", id(variants[variant].uuid)));
}

/* Movements sum to what is on hand, reservations that are held to what is reserved. */
static void
check_sums(void)
{
	CHECK_INT(
	    private_value(root,
		"SELECT COUNT(*) FROM inventory i WHERE on_hand <> "
		"(SELECT SUM(delta_on_hand) FROM inventory_movements m WHERE m.variant_id = i.variant_id) OR reserved <> "
		"(SELECT IFNULL(SUM(quantity), 0) FROM reservations r WHERE r.variant_id = i.variant_id AND status = 'held')"),
	    0);
}

static struct stock_line
line_of(size_t variant, int64_t quantity)
{
	return (struct stock_line) { .variant = variants[variant], .quantity = quantity, .slug = "ware" };
}

/* ---- one step in a transaction ---- */

struct step {
	const struct problem *(*of_order)(struct work *work, struct order_id order); /* NULL: reserve the lines */
	const struct stock_line *lines;
	size_t                   count;
	uint64_t                 trips;
};

/* Those that were reserved last: what a locked order's row would tell. */
static const struct stock_line *last_lines;
static size_t                   last_count;

static const struct problem *
commit_lines(struct work *in, struct order_id of)
{
	return commit_stock(in, of, last_lines, last_count);
}

static const struct problem *
take_step(struct work *in, void *argument)
{
	struct step          *step = argument;
	uint64_t              before = db_round_trips(in->db);
	const struct problem *problem =
	    step->of_order != NULL ? step->of_order(in, order) : reserve_stock(in, order, step->lines, step->count);

	step->trips = db_round_trips(in->db) - before;
	return problem;
}

static const struct problem *
run(const struct problem *(*of_order)(struct work *work, struct order_id order))
{
	struct step step = { .of_order = of_order };

	return db_transaction(&work, take_step(&work, &step));
}

static const struct problem *
reserve(const struct stock_line *lines, size_t count, uint64_t *trips)
{
	struct step           step = { .lines = lines, .count = count };
	const struct problem *problem = db_transaction(&work, take_step(&work, &step));

	last_lines = lines;
	last_count = count;

	if (trips != NULL)
		*trips = step.trips;
	return problem;
}

/* ---- tests ---- */

static void
test_reserve_commit_return(void)
{
	struct stock_line lines[2];

	set_scene();
	lines[0] = line_of(3, 4);
	lines[1] = line_of(1, 11);
	CHECK(reserve(lines, 2, NULL) == OK);
	CHECK_INT(reserved(3), 4);
	CHECK_INT(reserved(1), 11);
	CHECK_INT(on_hand(3), 13);
	check_sums();
	CHECK(run(commit_lines) == OK);
	CHECK_INT(on_hand(3), 9);
	CHECK_INT(on_hand(1), 0);
	CHECK_INT(reserved(3), 0);
	check_sums();
	CHECK(run(commit_lines) == OK); /* heard twice */
	CHECK(run(release_stock) == OK);
	CHECK_INT(on_hand(3), 9);
	CHECK(run(return_stock) == OK);
	CHECK(run(return_stock) == OK);
	CHECK_INT(on_hand(3), 13);
	CHECK_INT(on_hand(1), 11);
	check_sums();
}

static const struct problem *
return_some(struct work *in, struct order_id of)
{
	return return_stock_lines(in, of, &last_lines[1], last_count - 1);
}

static void
test_some_lines_come_back_at_once(void)
{
	struct stock_line lines[3];

	set_scene();
	for (size_t i = 0; i < 3; i++)
		lines[i] = line_of(i, 2 + (int64_t)i);
	REQUIRE(reserve(lines, 3, NULL) == OK);
	REQUIRE(run(commit_lines) == OK);
	CHECK(run(return_some) == OK);
	CHECK_INT(on_hand(0), 8);
	CHECK_INT(on_hand(1), 11);
	CHECK_INT(on_hand(2), 12);
	CHECK(problem_is(run(return_some), PROBLEM_CONFLICT));
	check_sums();
	CHECK(run(return_stock) == OK);
	CHECK_INT(on_hand(0), 10);
	CHECK_INT(on_hand(1), 11);
	check_sums();
}

static void
test_release_and_late_money(void)
{
	struct stock_line line;

	set_scene();
	line = line_of(0, 8);
	CHECK(reserve(&line, 1, NULL) == OK);
	CHECK(run(rereserve_stock) == OK); /* held already */
	CHECK_INT(reserved(0), 8);
	CHECK(run(release_stock) == OK);
	CHECK(run(release_stock) == OK);
	CHECK_INT(reserved(0), 0);
	CHECK(problem_is(run(commit_lines), PROBLEM_CONFLICT));
	CHECK(run(return_stock) == OK);
	CHECK_INT(on_hand(0), 10);
	CHECK(run(rereserve_stock) == OK);
	CHECK_INT(reserved(0), 8);
	CHECK(run(commit_lines) == OK);
	CHECK_INT(on_hand(0), 2);
	check_sums();
}

/* What lacks is named by its place among the lines as they came; nothing is held. */
static void
test_short_lines_are_named(void)
{
	struct stock_line     lines[4];
	const struct problem *problem;

	set_scene();
	lines[0] = line_of(4, 15); /* of 14 */
	lines[1] = line_of(0, 6);  /* of 10: enough, though not twice */
	lines[2] = line_of(2, 12); /* of 12 */
	lines[3] = line_of(1, 12); /* of 11 */
	problem = reserve(lines, 4, NULL);
	REQUIRE(problem_is(problem, PROBLEM_INSUFFICIENT_STOCK));
	REQUIRE(problem->faults != NULL);
	CHECK_INT(problem->faults->count, 2);
	CHECK_TEXT(problem->faults->list[0].where, "items.0.quantity");
	CHECK_TEXT(problem->faults->list[0].what, "only 14 left");
	CHECK_TEXT(problem->faults->list[1].where, "items.3.quantity");
	for (int i = 0; i < VARIANTS; i++)
		CHECK_INT(reserved(i), 0);
	CHECK_INT(
	    private_value(root, arena_format(arena, "SELECT COUNT(*) FROM reservations WHERE order_id = '%s'", id(order.uuid))),
	    0);
}

/* Late money for two lines of which one is gone: the caller goes on in its transaction, so nothing may have changed. */
static const struct problem *
rereserve_and_go_on(struct work *in, struct order_id of)
{
	CHECK(problem_is(rereserve_stock(in, of), PROBLEM_INSUFFICIENT_STOCK));
	return OK;
}

static void
test_too_late_money_changes_nothing(void)
{
	struct stock_line lines[2];

	set_scene();
	lines[0] = line_of(0, 3);
	lines[1] = line_of(1, 5);
	CHECK(reserve(lines, 2, NULL) == OK);
	CHECK(run(release_stock) == OK);
	as_root(arena_format(arena, "UPDATE inventory SET reserved = 7 WHERE variant_id = '%s'", id(variants[1].uuid)));
	CHECK(run(rereserve_and_go_on) == OK);
	CHECK_INT(reserved(0), 0);
	CHECK_INT(reserved(1), 7);
	as_root(arena_format(arena, "UPDATE inventory SET reserved = 0 WHERE variant_id = '%s'", id(variants[1].uuid)));
	check_sums();
}

static void
test_lines_cost_no_round_trips(void)
{
	struct stock_line lines[VARIANTS];
	uint64_t          one = 0, five = 0;

	for (int i = 0; i < 2; i++) { /* the first time connects */
		set_scene();
		lines[0] = line_of(0, 1);
		CHECK(reserve(lines, 1, &one) == OK);
	}
	set_scene();
	for (int i = 0; i < VARIANTS; i++)
		lines[i] = line_of(VARIANTS - 1 - i, 1);
	CHECK(reserve(lines, VARIANTS, &five) == OK);
	CHECK_INT(one, 2);
	CHECK_INT(five, 2);
	check_sums();
}

/* Which variants' stock another connection cannot lock at this moment: a bit for each. */
static unsigned
locked_by_others(void)
{
	unsigned locked = 0;

	for (int i = 0; i < VARIANTS; i++)
		if (private_value(root,
			arena_format(arena, "SELECT COUNT(*) FROM inventory WHERE variant_id = '%s' FOR UPDATE NOWAIT",
			    id(variants[i].uuid))) != 1)
			locked |= 1u << i;
	return locked;
}

static unsigned seen_locked;

static const struct problem *
reserve_and_look(struct work *in, const struct stock_line *lines, size_t count)
{
	const struct problem *problem = reserve_stock(in, order, lines, count);

	last_lines = lines;
	last_count = count;
	seen_locked = locked_by_others();
	return problem;
}

static const struct problem *
commit_and_look(struct work *in, struct order_id of)
{
	const struct problem *problem = commit_lines(in, of);

	seen_locked = locked_by_others();
	return problem;
}

static const struct problem *
rereserve_and_look(struct work *in, struct order_id of)
{
	const struct problem *problem = rereserve_stock(in, of);

	seen_locked = locked_by_others();
	return problem;
}

/* How the statements of stock.c find the stock of an order's lines. */
static const char *
access_of_inventory(void)
{
	MYSQL_RES  *result;
	MYSQL_ROW   row;
	const char *access = "none";

	if (mysql_query(root,
		arena_format(arena,
		    "EXPLAIN UPDATE reservations r STRAIGHT_JOIN inventory i ON i.variant_id = r.variant_id SET i.reserved = i.reserved - "
		    "r.quantity, r.status = 'released' WHERE r.order_id = UNHEX(REPLACE('%s', '-', '')) AND r.status = 'held' "
		    "AND i.reserved >= r.quantity",
		    id(order.uuid))) != 0)
		return mysql_error(root);
	result = mysql_store_result(root);
	while (result != NULL && (row = mysql_fetch_row(result)) != NULL)
		if (row[2] != NULL && strcmp(row[2], "i") == 0)
			access = arena_format(arena, "%s", row[3]);
	mysql_free_result(result);
	return access;
}

/*
 * Two lines of five variants, first of all tests, while there are no more rows than these: a plan that reads the small table
 * whole would lock what other orders want.
 */
static void
test_only_its_own_stock_is_locked(void)
{
	struct stock_line lines[2];

	set_scene();
	lines[0] = line_of(3, 4);
	lines[1] = line_of(1, 2);
	CHECK(db_transaction(&work, reserve_and_look(&work, lines, 2)) == OK);
	CHECK_INT(seen_locked, 1u << 3 | 1u << 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM inventory"), VARIANTS);
	CHECK_TEXT(access_of_inventory(), "eq_ref");
	CHECK(run(commit_and_look) == OK);
	CHECK_INT(seen_locked, 1u << 3 | 1u << 1);
	CHECK_INT(locked_by_others(), 0);
	/* Nor does it wait for the others, as a statement would that looks at each row. */
	as_root("START TRANSACTION");
	CHECK_INT(locked_by_others(), 0); /* now root holds them all */
	CHECK(problem_is(run(return_stock), PROBLEM_DATABASE_BUSY));
	as_root("ROLLBACK");
	as_root("START TRANSACTION");
	for (int i = 0; i < VARIANTS; i++)
		if (i != 3 && i != 1)
			CHECK_INT(private_value(root,
				      arena_format(arena, "SELECT COUNT(*) FROM inventory WHERE variant_id = '%s' FOR UPDATE",
					  id(variants[i].uuid))),
			    1);
	CHECK(run(return_stock) == OK);
	as_root("ROLLBACK");
	CHECK(run(rereserve_and_look) == OK);
	CHECK_INT(seen_locked, 1u << 3 | 1u << 1);
	check_sums();
}

static const struct test tests[] = { TEST(test_only_its_own_stock_is_locked), TEST(test_reserve_commit_return),
	TEST(test_some_lines_come_back_at_once), TEST(test_release_and_late_money), TEST(test_short_lines_are_named),
	TEST(test_too_late_money_changes_nothing), TEST(test_lines_cost_no_round_trips) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	config = (struct config) {
		.database = { .lock_wait_seconds = 1 },
	};
	root = private_shop("stock", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("stock", tests, sizeof tests / sizeof *tests);
}
