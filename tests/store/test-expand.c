/* Column lists from shapes, and groups for rows: the text that a statement is prepared with. */
#include "base/arena.h"
#include "base/shape.h"
#include "store/expand.h"
#include "tests/suite.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena *arena;

static const char *const states[] = { "new", "old", NULL };

struct owner {
	struct user_id id;
	const char    *name;
};
static const struct member owner_members[] = {
	M_ID(struct owner, id, "id"),
	M_TEXT(struct owner, name, "name", 40, .column = "full_name"),
};
SHAPE(struct owner, owner_shape, "Owner", owner_members);

struct parcel {
	struct money  price, *fee;
	struct owner *owner;
};
static const struct member parcel_members[] = {
	M_MONEY(struct parcel, price, "price"),
	M_MONEY(struct parcel, fee, "fee", .column = "fee_cents"),
	M_OBJECT(struct parcel, owner, "owner", owner_shape),
};
SHAPE(struct parcel, parcel_shape, "Parcel", parcel_members);

struct everything {
	const char        *text, *map, *json, *currency;
	int64_t            integer, *total;
	bool               boolean;
	struct uuid        id;
	struct user_id    *user;
	struct money       money;
	struct decimal     decimal;
	int                state;
	struct instant     time;
	struct bytes       bytes;
	struct parcel      parcel;
	struct owner      *owners;
	size_t             n_owners;
	const char *const *tags;
	size_t             n_tags;
};
static const struct member everything_members[] = {
	M_TEXT(struct everything, text, "text", 10, .hidden = true),
	M_MAP(struct everything, map, "map", 10),
	M_JSON(struct everything, json, "json", owner_shape, 10),
	M_INTEGER(struct everything, integer, "integer", 0, 10),
	M_INTEGER(struct everything, total, "total", 0, 10, .computed = true),
	M_BOOLEAN(struct everything, boolean, "boolean"),
	M_ID(struct everything, id, "id"),
	M_ID(struct everything, user, "customer_id", .column = "user_id"),
	M_MONEY(struct everything, money, "money"),
	M_DECIMAL(struct everything, decimal, "decimal"),
	M_ENUM(struct everything, state, "state", states),
	M_TIME(struct everything, time, "time"),
	M_BYTES(struct everything, bytes, "bytes", 10),
	M_OBJECT(struct everything, parcel, "parcel", parcel_shape),
	M_ARRAY(struct everything, owners, n_owners, "owners", owner_shape, 10),
	M_TEXTS(struct everything, tags, n_tags, "tags", 10),
	M_TEXT(struct everything, currency, "currency", 3),
};
SHAPE(struct everything, everything_shape, "EveryThing", everything_members);

static void
expands(const struct shape *shape, const char *sql, const char *expected)
{
	CHECK_TEXT(sql_expand(arena, sql, shape, 0), expected);
}

static void
test_every_kind(void)
{
	expands(&everything_shape, "SELECT {e} FROM everything e",
	    "SELECT e.text, e.map, e.json, e.integer, e.boolean, e.id, e.user_id AS `customer_id`, e.money_minor, e.state, e.time, "
	    "e.bytes, e.currency FROM everything e");
	expands(&owner_shape, "{}", "`id`, `full_name` AS `name`");
	expands(&owner_shape, "SELECT {o} FROM a UNION ALL SELECT {} FROM b WHERE c = ?",
	    "SELECT o.id, o.full_name AS `name` FROM a UNION ALL SELECT `id`, `full_name` AS `name` FROM b WHERE c = ?");
}

static void
test_money_brings_its_currency(void)
{
	expands(&parcel_shape, "{p}", "p.price_minor, p.fee_cents AS `fee_minor`, p.currency");
	expands(&everything_shape, "{p parcel}",
	    "p.price_minor AS `parcel.price_minor`, p.fee_cents AS `parcel.fee_minor`, p.currency AS `parcel.currency`");
}

static void
test_objects_are_named_by_their_path(void)
{
	expands(&parcel_shape, "{p}, {o owner}, 1",
	    "p.price_minor, p.fee_cents AS `fee_minor`, p.currency, o.id AS `owner.id`, o.full_name AS `owner.name`, 1");
	expands(&everything_shape, "{o parcel.owner}", "o.id AS `parcel.owner.id`, o.full_name AS `parcel.owner.name`");
}

static void
test_quotes_are_left_alone(void)
{
	static const char *const texts[] = { "SELECT 1", "UPDATE a SET b = '{}'", "SELECT '\\'{o}', \"{o}\", `{o}`",
		"SELECT 'it''s {o}'", "SELECT 'open {" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expands(&owner_shape, texts[i], texts[i]);
	CHECK(sql_expand(arena, texts[0], &owner_shape, 0) == texts[0]);
	expands(&owner_shape, "SELECT '{}', {o}, '{}'", "SELECT '{}', o.id, o.full_name AS `name`, '{}'");
}

static void
test_groups_are_repeated(void)
{
	CHECK_TEXT(sql_expand(arena, "INSERT INTO a (b, c) VALUES [(?, 'x[]', ?)] ON DUPLICATE KEY UPDATE b = 1", NULL, 3),
	    "INSERT INTO a (b, c) VALUES (?, 'x[]', ?), (?, 'x[]', ?), (?, 'x[]', ?) ON DUPLICATE KEY UPDATE b = 1");
	CHECK_TEXT(sql_expand(arena, "SELECT {o}, '$[0]' FROM a WHERE b IN ([?])", &owner_shape, 1),
	    "SELECT o.id, o.full_name AS `name`, '$[0]' FROM a WHERE b IN (?)");
	CHECK_TEXT(sql_expand(arena, "UPDATE a SET b = CASE c[ WHEN ? THEN ?] END WHERE c IN ([?])", NULL, 3),
	    "UPDATE a SET b = CASE c WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? END WHERE c IN (?, ?, ?)");
}

/* A mistake ends the program, which the first test that runs the statement sees. */
static bool
asserts(const struct shape *shape, const char *sql)
{
	pid_t child = fork();
	int   status = 0;

	if (child == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(0);
		sql_expand(arena, sql, shape, 0);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
test_mistakes_assert(void)
{
	CHECK(!asserts(&owner_shape, "{o}"));
	CHECK(asserts(NULL, "{o}"));
	CHECK(asserts(&owner_shape, "{o"));
	CHECK(asserts(&parcel_shape, "{o nobody}"));
	CHECK(asserts(&parcel_shape, "{o price}"));
	CHECK(asserts(&parcel_shape, "IN ([?])"));
	CHECK(asserts(&parcel_shape, "IN ([?)"));
}

static void
test_nouns(void)
{
	struct shape named = everything_shape;

	CHECK_TEXT(shape_noun(&owner_shape, arena), "owner");
	CHECK_TEXT(shape_noun(&everything_shape, arena), "every thing");
	named.noun = "thing";
	CHECK_TEXT(shape_noun(&named, arena), "thing");
}

static const struct test tests[] = {
	TEST(test_every_kind),
	TEST(test_money_brings_its_currency),
	TEST(test_objects_are_named_by_their_path),
	TEST(test_quotes_are_left_alone),
	TEST(test_groups_are_repeated),
	TEST(test_mistakes_assert),
	TEST(test_nouns),
};

int
main(void)
{
	arena = arena_new(1 << 20);
	return run_suite("expanded statements", tests, sizeof tests / sizeof *tests);
}
