/* Statements and transactions against a MariaDB of their own: columns into structs, and everything that goes wrong. */
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/store/cutting_proxy.h"
#include "tests/suite.h"

#include <mysql.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config config, through_proxy;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

static const char *const colours[] = { "red", "green", NULL };

struct maker {
	struct merchant_id id;
	const char        *name;
	int64_t           *rank;
};

static const struct member maker_members[] = {
	M_ID(struct maker, id, "id"),
	M_TEXT(struct maker, name, "name", 40),
	M_INTEGER(struct maker, rank, "rank", 0, 100),
};
SHAPE(struct maker, maker_shape, "Maker", maker_members);

struct thing {
	struct product_id id;
	const char       *name, *notes, *codes;
	int64_t           count;
	int64_t          *maybe_count;
	bool              live;
	bool             *maybe_live;
	int               colour;
	int              *maybe_colour;
	struct brand_id  *maybe_brand;
	struct instant    made_at;
	struct instant   *sold_at;
	struct money      price;
	struct money     *old_price;
	const char       *currency;
	struct bytes      hash;
	struct maker      maker;
	struct maker     *second;
};

static const struct member thing_members[] = {
	M_ID(struct thing, id, "id"),
	M_TEXT(struct thing, name, "name", 10),
	M_TEXT(struct thing, notes, "notes", 5000),
	M_JSON(struct thing, codes, "codes", maker_shape, 2000),
	M_INTEGER(struct thing, count, "count", INT64_MIN, INT64_MAX),
	M_INTEGER(struct thing, maybe_count, "maybe_count", INT64_MIN, INT64_MAX),
	M_BOOLEAN(struct thing, live, "live"),
	M_BOOLEAN(struct thing, maybe_live, "maybe_live"),
	M_ENUM(struct thing, colour, "colour", colours),
	M_ENUM(struct thing, maybe_colour, "maybe_colour", colours),
	M_ID(struct thing, maybe_brand, "maybe_brand"),
	M_TIME(struct thing, made_at, "made_at"),
	M_TIME(struct thing, sold_at, "sold_at"),
	M_MONEY(struct thing, price, "price"),
	M_MONEY(struct thing, old_price, "old_price"),
	M_TEXT(struct thing, currency, "currency", 3),
	M_BYTES(struct thing, hash, "hash", 2000),
	M_OBJECT(struct thing, maker, "maker", maker_shape),
	M_OBJECT(struct thing, second, "second", maker_shape),
};
SHAPE(struct thing, thing_shape, "Thing", thing_members);

#define THINGS \
	"SELECT {t}, {m maker}, {s second} " \
	"FROM things AS t JOIN makers AS m ON m.id = t.maker_id LEFT JOIN makers AS s ON s.id = t.second_id "

static const char *const tables[] = {
	"DROP TABLE IF EXISTS things, makers, events",
	"CREATE TABLE makers (id BINARY(16) PRIMARY KEY, name VARCHAR(200) NOT NULL, `rank` INT NULL, "
	"CONSTRAINT uq_makers_name UNIQUE (name))",
	"CREATE TABLE things (id BINARY(16) PRIMARY KEY, name VARCHAR(200), notes TEXT, codes JSON, count BIGINT NOT NULL DEFAULT 0, "
	"maybe_count BIGINT, live BOOL NOT NULL DEFAULT 0, maybe_live BOOL, "
	"colour ENUM('red', 'green', 'black') NOT NULL DEFAULT 'red', maybe_colour ENUM('red', 'green'), "
	"maybe_brand BINARY(16), made_at DATETIME(3) NOT NULL DEFAULT NOW(3), sold_at DATETIME(3), "
	"price_minor BIGINT NOT NULL DEFAULT 0, old_price_minor BIGINT, currency CHAR(3) NOT NULL DEFAULT 'BDT', "
	"hash BLOB, maker_id BINARY(16) NOT NULL, second_id BINARY(16), "
	"CONSTRAINT ck_things_count CHECK (count >= 0), "
	"CONSTRAINT fk_things_maker FOREIGN KEY (maker_id) REFERENCES makers (id))",
	"CREATE TABLE events (id BINARY(16) PRIMARY KEY)",
};

/* Empty tables, a fresh connection; `settings` says by which way. */
static void
begin_on(struct config *settings)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		REQUIRE(private_run(root, tables[i]) == 0);
	arena_reset(arena);
	if (work.db != NULL)
		db_close(work.db);
	work = (struct work) { .arena = arena,
		.db = db_open(settings, arena),
		.config = settings,
		.request_id = "",
		.traceparent = "",
		.address = "" };
}

static void
begin(void)
{
	begin_on(&config);
}

static struct merchant_id
add_maker(const char *name)
{
	struct merchant_id id = NEW_ID(merchant_id);

	REQUIRE(db_run(work.db, NULL, "INSERT INTO makers (id, name, `rank`) VALUES (?, ?, ?)", P(id), P(name), P(7)) == OK);
	return id;
}

static char *
repeated(char c, size_t length)
{
	char *text = arena_alloc(arena, length + 1);

	memset(text, c, length);
	return text;
}

static struct thing *
read_thing(struct product_id id)
{
	struct thing *thing;

	REQUIRE(db_row(work.db, &thing_shape, &thing, THINGS "WHERE t.id = ?", P(id)) == OK);
	return thing;
}

static void
test_fills_every_kind(void)
{
	struct product_id  id = NEW_ID(product_id);
	struct brand_id    brand = NEW_ID(brand_id);
	struct instant     then;
	struct merchant_id maker, second;
	int64_t            changed, big = INT64_C(9007199254740993);
	bool               yes = true;
	unsigned char      raw[] = { 0, 1, 0xff, '\'', 0 };
	struct thing      *thing;

	begin();
	maker = add_maker("Anwar"), second = add_maker("Bela");
	REQUIRE(instant_parse("1999-12-31T23:59:59.987Z", &then));
	CHECK(
	    db_run(work.db, &changed,
		"INSERT INTO things (id, name, notes, codes, count, maybe_count, live, maybe_live, colour, maybe_colour, maybe_brand, "
		"made_at, sold_at, price_minor, old_price_minor, hash, maker_id, second_id) "
		"VALUES (?, ?, ?, '[{\"name\":\"x\"}]', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		P(id), P("মাটির হাঁড়ি"), P("O'Neill \\ \"x\""), P(big), P(&big), P(yes), P(&yes), P("green"), P("red"), P(&brand),
		P(then), P(&then), P(129900), P(&big), P(((struct bytes) { raw, sizeof raw })), P(maker), P(&second)) == OK);
	CHECK_INT(changed, 1);
	thing = read_thing(id);
	REQUIRE(thing != NULL);
	CHECK(ID_EQUAL(thing->id, id));
	CHECK_TEXT(thing->name, "মাটির হাঁড়ি");
	CHECK_TEXT(thing->notes, "O'Neill \\ \"x\"");
	CHECK_TEXT(thing->codes, "[{\"name\":\"x\"}]");
	CHECK_INT(thing->count, big);
	REQUIRE(thing->maybe_count != NULL && thing->maybe_live != NULL && thing->maybe_colour != NULL);
	CHECK_INT(*thing->maybe_count, big);
	CHECK(thing->live && *thing->maybe_live);
	CHECK_INT(thing->colour, 1);
	CHECK_INT(*thing->maybe_colour, 0);
	REQUIRE(thing->maybe_brand != NULL && thing->sold_at != NULL && thing->old_price != NULL && thing->second != NULL);
	CHECK(ID_EQUAL(*thing->maybe_brand, brand));
	CHECK_INT(thing->made_at.unix_ms, then.unix_ms);
	CHECK_INT(thing->sold_at->unix_ms, then.unix_ms);
	CHECK_INT(thing->price.minor, 129900);
	CHECK_TEXT(thing->price.currency, "BDT");
	CHECK_INT(thing->old_price->minor, big);
	CHECK_TEXT(thing->old_price->currency, "BDT");
	CHECK_TEXT(thing->currency, "BDT");
	CHECK_INT(thing->hash.length, sizeof raw);
	CHECK(memcmp(thing->hash.bytes, raw, sizeof raw) == 0);
	CHECK(ID_EQUAL(thing->maker.id, maker));
	CHECK_TEXT(thing->maker.name, "Anwar");
	CHECK_TEXT(thing->second->name, "Bela");
	CHECK_INT(*thing->second->rank, 7);
}

/* Money is whole wherever the currency's column stands. */
static void
test_currency_comes_first_or_last(void)
{
	static const char *const statements[] = { "SELECT currency, price_minor, old_price_minor FROM things",
		"SELECT price_minor, old_price_minor, currency FROM things" };
	struct thing            *thing;

	begin();
	REQUIRE(db_run(work.db, NULL, "INSERT INTO things (id, price_minor, old_price_minor, maker_id) VALUES (?, 100, 120, ?)",
		    P(NEW_ID(product_id)), P(add_maker("Anwar"))) == OK);
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		REQUIRE(db_one(work.db, &thing_shape, &thing, statements[i]) == OK);
		CHECK_TEXT(thing->price.currency, "BDT");
		REQUIRE(thing->old_price != NULL);
		CHECK_TEXT(thing->old_price->currency, "BDT");
	}
}

/* The columns of a table whose names are not the members'. */
struct renamed {
	struct merchant_id id;
	const char        *title;
	int64_t            rank, things;
};
static const struct member renamed_members[] = {
	M_ID(struct renamed, id, "maker_id", .column = "id"),
	M_TEXT(struct renamed, title, "title", 40, .column = "name"),
	M_INTEGER(struct renamed, rank, "rank", 0, 100),
	M_INTEGER(struct renamed, things, "things", 0, 100, .computed = true),
};
SHAPE(struct renamed, renamed_shape, "RenamedMaker", renamed_members, .noun = "maker");

static void
test_one_is_found_or_named(void)
{
	const struct problem *problem;
	struct merchant_id    id;
	struct renamed       *renamed;
	struct maker         *maker;

	begin();
	id = add_maker("Anwar");
	REQUIRE(
	    db_one(work.db, &renamed_shape, &renamed,
		"SELECT {m}, (SELECT COUNT(*) FROM things t WHERE t.maker_id = m.id) + 3 AS things FROM makers m WHERE m.id = ?",
		P(id)) == OK);
	CHECK(ID_EQUAL(renamed->id, id));
	CHECK_TEXT(renamed->title, "Anwar");
	CHECK_INT(renamed->rank, 7);
	CHECK_INT(renamed->things, 3);
	REQUIRE(db_one(work.db, &renamed_shape, &renamed, "SELECT {} FROM makers WHERE id = ?", P(id)) == OK);
	CHECK_TEXT(renamed->title, "Anwar");
	CHECK_INT(renamed->things, 0);
	problem = db_one(work.db, &renamed_shape, &renamed, "SELECT {} FROM makers WHERE id = ?", P(NEW_ID(merchant_id)));
	REQUIRE(problem_is(problem, PROBLEM_NOT_FOUND));
	CHECK_TEXT(problem->message, "maker not found");
	problem = db_one(work.db, &maker_shape, &maker, "SELECT {} FROM makers WHERE name = ?", P("nobody"));
	REQUIRE(problem_is(problem, PROBLEM_NOT_FOUND));
	CHECK_TEXT(problem->message, "maker not found");
	add_maker("Bela");
	CHECK(problem_is(db_one(work.db, &maker_shape, &maker, "SELECT {} FROM makers"), PROBLEM_INTERNAL));
}

static void
test_null_leaves_nothing(void)
{
	struct product_id id = NEW_ID(product_id);
	struct thing     *thing;

	begin();
	CHECK(db_run(work.db, NULL,
		  "INSERT INTO things (id, name, notes, maybe_count, hash, sold_at, maker_id) "
		  "VALUES (?, ?, ?, ?, ?, ?, ?)",
		  P(id), P((const char *)NULL), P((char *)NULL), P((int64_t *)NULL), P(((struct bytes) { NULL, 0 })),
		  P((struct instant *)NULL), P(add_maker("Anwar"))) == OK);
	thing = read_thing(id);
	REQUIRE(thing != NULL);
	CHECK(thing->name == NULL && thing->notes == NULL && thing->codes == NULL && thing->maybe_count == NULL);
	CHECK(thing->maybe_live == NULL && thing->maybe_colour == NULL && thing->maybe_brand == NULL && thing->sold_at == NULL);
	CHECK(thing->old_price == NULL && thing->second == NULL && thing->hash.bytes == NULL);
	CHECK(read_thing(NEW_ID(product_id)) == NULL);
}

/* Texts around the bytes that are bound at once, and far beyond; the row after a long one is not disturbed. */
static void
test_long_text_is_whole(void)
{
	static const size_t lengths[] = { 0, 1, 510, 511, 512, 513, 1024, 4999, 5000 };
	struct merchant_id  maker;
	struct thing      **things, *rows;
	size_t              count, n = sizeof lengths / sizeof *lengths;

	begin();
	maker = add_maker("Anwar");
	for (size_t i = 0; i < n; i++)
		CHECK(db_run(work.db, NULL, "INSERT INTO things (id, count, notes, hash, maker_id) VALUES (?, ?, ?, ?, ?)",
			  P(NEW_ID(product_id)), P(i), P(repeated('n', lengths[i])),
			  P(((struct bytes) { (unsigned char *)repeated('h', 1500), 1500 })), P(maker)) == OK);
	things = &rows;
	REQUIRE(db_rows(work.db, &thing_shape, 100, things, &count, THINGS "ORDER BY t.count") == OK);
	REQUIRE(count == n);
	for (size_t i = 0; i < n; i++) {
		CHECK_TEXT(rows[i].notes, repeated('n', lengths[i]));
		CHECK_INT(rows[i].hash.length, 1500);
		CHECK(memcmp(rows[i].hash.bytes, repeated('h', 1500), 1500) == 0);
	}
}

static void
test_too_long_is_an_error(void)
{
	struct product_id  id = NEW_ID(product_id);
	struct merchant_id maker;
	struct thing      *thing;

	begin();
	maker = add_maker("Anwar");
	CHECK(db_run(work.db, NULL, "INSERT INTO things (id, name, maker_id) VALUES (?, ?, ?)", P(id), P(repeated('x', 41)),
		  P(maker)) == OK);
	CHECK(problem_is(db_row(work.db, &thing_shape, &thing, THINGS "WHERE t.id = ?", P(id)), PROBLEM_INTERNAL));
	CHECK(db_run(work.db, NULL, "UPDATE things SET name = ? WHERE id = ?", P(repeated('x', 40)), P(id)) == OK);
	CHECK_INT(strlen(read_thing(id)->name), 40); /* ten characters may take forty bytes */
	/* a word that the member does not know */
	CHECK(db_run(work.db, NULL, "UPDATE things SET colour = 'black' WHERE id = ?", P(id)) == OK);
	CHECK(problem_is(db_row(work.db, &thing_shape, &thing, THINGS "WHERE t.id = ?", P(id)), PROBLEM_INTERNAL));
	/* what the column itself cannot hold is refused by the server, not cut */
	CHECK(problem_is(
	    db_run(work.db, NULL, "UPDATE things SET name = ? WHERE id = ?", P(repeated('x', 201)), P(id)), PROBLEM_INTERNAL));
}

static void
test_limits_hold(void)
{
	struct maker *makers;
	size_t        count;

	begin();
	add_maker("a"), add_maker("b"), add_maker("c");
	CHECK(db_rows(work.db, &maker_shape, 3, &makers, &count, "SELECT id, name FROM makers ORDER BY name") == OK);
	CHECK_INT(count, 3);
	CHECK_TEXT(makers[2].name, "c");
	CHECK(problem_is(db_rows(work.db, &maker_shape, 2, &makers, &count, "SELECT id, name FROM makers"), PROBLEM_INTERNAL));
	CHECK(problem_is(db_row(work.db, &maker_shape, &makers, "SELECT name, id FROM makers"), PROBLEM_INTERNAL));
	CHECK(db_rows(work.db, &maker_shape, 2, &makers, &count, "SELECT id, name FROM makers WHERE name = ?", P("none")) == OK);
	CHECK_INT(count, 0);
}

struct walked {
	struct db *db;
	int64_t    rows, sum, stop_at;
	size_t     most;
};

static const struct problem *
walk(void *row, void *argument)
{
	struct thing  *thing = row;
	struct walked *walked = argument;
	int64_t        value;

	CHECK_INT(thing->count, walked->rows);
	walked->sum += thing->count;
	arena_alloc(arena, 100);
	if (++walked->rows % 20000 == 0) /* another statement in between */
		CHECK(db_value(walked->db, &value, "SELECT ?", P(walked->rows)) == OK && value == walked->rows);
	if (arena_used(arena) > walked->most)
		walked->most = arena_used(arena);
	return walked->rows == walked->stop_at ? problem(CART_EMPTY, "enough") : OK;
}

/* Far more than the arena could hold. */
static void
test_each_of_very_many(void)
{
	enum { ROWS = 100000 };
	static const char some[] = "SELECT {t} FROM things t ORDER BY t.id LIMIT 1000";
	struct walked     walked;
	size_t            before;

	begin();
	add_maker("Anwar");
	REQUIRE(private_run(root,
		    "INSERT INTO things (id, name, notes, count, maker_id) SELECT UNHEX(LPAD(HEX(s.seq), 32, '0')), 'thing', "
		    "REPEAT('n', 60), s.seq, m.id FROM seq_0_to_99999 s JOIN makers m") == 0);
	before = arena_used(arena);
	walked = (struct walked) { .db = work.db };
	CHECK(db_each(work.db, &thing_shape, walk, &walked, WITHIN_SECONDS(30) "SELECT {t} FROM things t ORDER BY t.id") == OK);
	CHECK_INT(walked.rows, ROWS);
	CHECK_INT(walked.sum, (int64_t)ROWS * (ROWS - 1) / 2);
	CHECK(walked.most - before < 100 * 1024);
	CHECK(arena_used(arena) - before < 10 * 1024);
	/* ends when the callback says so, and the statement can be run again */
	for (int i = 0; i < 2; i++) {
		walked = (struct walked) { .db = work.db, .stop_at = 5 + i };
		CHECK(problem_is(db_each(work.db, &thing_shape, walk, &walked, some), PROBLEM_CART_EMPTY));
		CHECK_INT(walked.rows, 5 + i);
	}
	walked = (struct walked) { .db = work.db };
	CHECK(db_each(work.db, &thing_shape, walk, &walked, "SELECT {t} FROM things t WHERE t.id = ?", P(NEW_ID(product_id))) ==
	    OK);
	CHECK_INT(walked.rows, 0);
}

static const struct problem *
lose_connection(void *row, void *argument)
{
	int64_t id;

	(void)row;
	++*(int *)argument;
	REQUIRE(db_value(work.db, &id, "SELECT CONNECTION_ID()") == OK);
	REQUIRE(private_run(root, arena_format(arena, "KILL %lld", (long long)id)) == 0);
	(void)db_value(work.db, &id, "SELECT CONNECTION_ID() + 1"); /* connects anew */
	return OK;
}

static void
test_each_ends_with_its_connection(void)
{
	int rows = 0;

	begin();
	add_maker("a"), add_maker("b");
	CHECK(problem_is(
	    db_each(work.db, &maker_shape, lose_connection, &rows, "SELECT {m} FROM makers m"), PROBLEM_DATABASE_LOST));
	CHECK_INT(rows, 1);
}

static void
test_values(void)
{
	int64_t value = -1;

	begin();
	add_maker("a"), add_maker("b");
	CHECK(db_value(work.db, &value, "SELECT COUNT(*) FROM makers") == OK);
	CHECK_INT(value, 2);
	CHECK(db_value(work.db, &value, "SELECT EXISTS(SELECT 1 FROM makers WHERE name = ?)", P("b")) == OK);
	CHECK_INT(value, 1);
	CHECK(db_value(work.db, &value, "SELECT SUM(`rank`) FROM makers WHERE name = ?", P("z")) == OK);
	CHECK_INT(value, 0);
	CHECK(db_value(work.db, &value, "SELECT SUM(`rank`) FROM makers") == OK);
	CHECK_INT(value, 14);
	CHECK(db_value(work.db, &value, "SELECT `rank` FROM makers WHERE name = ?", P("z")) == OK);
	CHECK_INT(value, 0);
}

/* The value is the client's own text: it must not pass for the name of a key. */
static void
test_clashes_are_named(void)
{
	const struct problem *problem;
	struct product_id     id = NEW_ID(product_id);
	struct merchant_id    maker;

	begin();
	add_maker("x' for key 'uq_other' y");
	problem = db_run(
	    work.db, NULL, "INSERT INTO makers (id, name) VALUES (?, ?)", P(NEW_ID(merchant_id)), P("x' for key 'uq_other' y"));
	CHECK(problem_is(problem, PROBLEM_DUPLICATE_KEY));
	CHECK_TEXT(db_clash(work.db), "uq_makers_name");
	CHECK(db_duplicate(work.db, problem, "uq_makers_name"));
	CHECK(!db_duplicate(work.db, problem, "uq_other"));
	CHECK(!db_duplicate(work.db, OK, "uq_makers_name"));
	maker = add_maker("m");
	CHECK(
	    problem_is(db_run(work.db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'n')", P(maker)), PROBLEM_DUPLICATE_KEY));
	CHECK_TEXT(db_clash(work.db), "PRIMARY");
	CHECK(problem_is(db_run(work.db, NULL, "INSERT INTO things (id, count, maker_id) VALUES (?, -1, ?)", P(id), P(maker)),
	    PROBLEM_CONFLICT));
	CHECK_TEXT(db_clash(work.db), "ck_things_count");
	CHECK(problem_is(db_run(work.db, NULL, "INSERT INTO things (id, maker_id) VALUES (?, ?)", P(id), P(NEW_ID(merchant_id))),
	    PROBLEM_IN_USE));
	CHECK_TEXT(db_clash(work.db), "fk_things_maker");
	CHECK(db_run(work.db, NULL, "INSERT INTO things (id, maker_id) VALUES (?, ?)", P(id), P(maker)) == OK);
	CHECK(problem_is(db_run(work.db, NULL, "DELETE FROM makers WHERE id = ?", P(maker)), PROBLEM_IN_USE));
	CHECK_TEXT(db_clash(work.db), "fk_things_maker");
	CHECK(problem_is(db_run(work.db, NULL, "SELECT nothing FROM nowhere"), PROBLEM_INTERNAL));
	CHECK_TEXT(db_clash(work.db), "");
}

static void
test_matched_rows_count(void)
{
	int64_t changed;

	begin();
	add_maker("a");
	CHECK(db_run(work.db, &changed, "UPDATE makers SET name = 'a'") == OK);
	CHECK_INT(changed, 1);
	CHECK(db_run(work.db, &changed, "UPDATE makers SET name = 'b' WHERE name = 'z'") == OK);
	CHECK_INT(changed, 0);
}

static void
test_many_rows_in_one_trip(void)
{
	enum { ROWS = 100, PER_ROW = 6 };
	struct merchant_id maker;
	struct parameter   rows[ROWS * PER_ROW];
	int64_t            changed;
	uint64_t           before;
	struct instant     then = { 1700000000123 };

	begin();
	maker = add_maker("Anwar");
	for (int i = 0; i < ROWS; i++) {
		struct parameter *row = &rows[i * PER_ROW];
		char             *name = arena_format(arena, "n%d", i);

		row[0] = P(NEW_ID(product_id));
		row[1] = i % 3 == 0 ? P((char *)NULL) : P(name);
		row[2] = P(i);
		row[3] = i % 2 == 0 ? P((struct instant *)NULL) : P(then);
		row[4] = P(maker);
		row[5] =
		    i % 5 == 0 ? P(((struct bytes) { NULL, 0 })) : P(((struct bytes) { (unsigned char *)name, strlen(name) }));
	}
	CHECK(db_run_many(work.db, &changed,
		  "INSERT INTO things (id, name, count, sold_at, maker_id, hash) VALUES [(?, ?, ?, ?, ?, ?)]", ROWS, PER_ROW,
		  rows) == OK);
	CHECK_INT(changed, ROWS);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM things WHERE name IS NULL"), 34);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM things WHERE sold_at IS NULL"), 50);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM things WHERE hash IS NULL"), 20);
	CHECK_INT(
	    private_value(root, "SELECT COUNT(*) FROM things WHERE name = CONCAT('n', count) AND (hash IS NULL OR hash = name)"),
	    66);
	before = db_round_trips(work.db);
	CHECK(db_run_many(work.db, &changed, "INSERT INTO things (id) VALUES [(?)]", 0, 1, rows) == OK);
	CHECK_INT(db_round_trips(work.db) - before, 0);
	CHECK_INT(changed, 0);
}

/* The columns of what was inserted are known when the statement runs, the first time and the second. */
static void
test_inserted_rows_come_back(void)
{
	static const char sql[] = "INSERT INTO makers (id, name, `rank`) VALUES [(?, ?, ?)] RETURNING {}, "
				  "(SELECT COUNT(*) FROM things t WHERE t.maker_id = makers.id) + 3 AS things";
	struct renamed   *made;
	size_t            count;

	begin();
	for (int run = 0; run < 2; run++) {
		struct parameter rows[] = { P(NEW_ID(merchant_id)), P(arena_format(arena, "first %d", run)), P(1),
			P(NEW_ID(merchant_id)), P(arena_format(arena, "second %d", run)), P(2) };

		REQUIRE(db_rows_many(work.db, &renamed_shape, 2, &made, &count, sql, 2, 6, rows) == OK);
		REQUIRE(count == 2);
		CHECK_TEXT(made[1].title, arena_format(arena, "second %d", run));
		CHECK_INT(made[1].things, 3);
		CHECK(
		    problem_is(db_rows_many(work.db, &renamed_shape, 2, &made, &count, sql, 2, 6, rows), PROBLEM_DUPLICATE_KEY));
	}
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 4);
}

/* A constant part in each row, what follows the rows, any number of rows, and one of them that clashes. */
static void
test_many_rows_of_any_number(void)
{
	static const char upsert[] =
	    "INSERT INTO makers (id, name, `rank`) VALUES [(?, ?, 7)] ON DUPLICATE KEY UPDATE `rank` = `rank` + 1";
	struct parameter rows[3 * 2];
	int64_t          changed;
	uint64_t         before;

	begin();
	for (int i = 0; i < 3; i++) {
		rows[2 * i] = P(NEW_ID(merchant_id));
		rows[2 * i + 1] = P(arena_format(arena, "maker %d", i));
	}
	for (size_t count = 1; count <= 3; count++) {
		before = db_round_trips(work.db);
		CHECK(db_run_many(work.db, &changed, upsert, count, 2, rows) == OK);
		CHECK_INT(db_round_trips(work.db) - before, count == 1 ? 2 : 1); /* the first connects */
	}
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 3);
	CHECK_INT(private_value(root, "SELECT SUM(`rank`) FROM makers"), 3 * 7 + 2 + 1);
	CHECK(problem_is(db_run_many(work.db, &changed, "INSERT INTO makers (id, name) VALUES [(?, ?)]", 2, 2,
			     (struct parameter[]) { P(NEW_ID(merchant_id)), P("d"), P(NEW_ID(merchant_id)), P("d") }),
	    PROBLEM_DUPLICATE_KEY));
	CHECK_TEXT(db_clash(work.db), "uq_makers_name");
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers WHERE name = 'd'"), 0);
}

static void
test_rows_of_many_values(void)
{
	struct maker    *makers;
	struct parameter names[] = { P("a"), P("c"), P("nobody"), P(7) };
	size_t           count;

	begin();
	add_maker("a"), add_maker("b"), add_maker("c");
	CHECK(db_rows_many(work.db, &maker_shape, 3, &makers, &count,
		  "SELECT {m} FROM makers m WHERE m.name IN ([?]) AND m.`rank` = ? ORDER BY m.name", 3, 4, names) == OK);
	REQUIRE(count == 2);
	CHECK_TEXT(makers[0].name, "a");
	CHECK_TEXT(makers[1].name, "c");
}

static void
test_round_trips_are_counted(void)
{
	uint64_t before;
	int64_t  value;

	begin();
	before = db_round_trips(work.db);
	for (int i = 0; i < 3; i++)
		CHECK(db_value(work.db, &value, "SELECT COUNT(*) FROM makers") == OK);
	CHECK_INT(db_round_trips(work.db) - before, 1 + 3); /* connect, three times execute; preparing does not count */
	before = db_round_trips(work.db);
	CHECK(db_value(work.db, &value, "SELECT COUNT(*) + 1 FROM makers") == OK);
	CHECK_INT(db_round_trips(work.db) - before, 1); /* nor does another text's */
}

static void
test_composed_text_is_one(void)
{
	char        a[] = "SELECT COUNT(*) FROM makers WHERE name = ?", b[sizeof a];
	const char *first, *second;

	begin();
	memcpy(b, a, sizeof a);
	first = db_compose(work.db, a), second = db_compose(work.db, b);
	CHECK(first == second && first != a);
	CHECK(db_compose(work.db, "SELECT 1") != first);
	CHECK_TEXT(first, a);
}

/* Clients choose filters, and so how many texts there are: any number of them runs, and equal ones still share one. */
static void
test_composed_texts_give_way(void)
{
	enum { TEXTS = 1500 };
	int64_t value;

	begin();
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < TEXTS; i++) {
			char        sql[64];
			const char *composed;

			snprintf(sql, sizeof sql, "SELECT %d + ? AS value", i);
			composed = db_compose(work.db, sql);
			CHECK_TEXT(composed, sql);
			CHECK(db_value(work.db, &value, composed, P(1)) == OK);
			CHECK_INT(value, i + 1);
			CHECK(db_compose(work.db, sql) == composed);
			CHECK(db_value(work.db, &value, "SELECT 7 AS value") == OK);
			CHECK_INT(value, 7);
		}
}

static int64_t
prepared_at_server(void)
{
	return private_value(root,
	    "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
	    "WHERE VARIABLE_NAME = 'PREPARED_STMT_COUNT'");
}

static void
test_statements_are_bounded(void)
{
	enum { STATEMENTS = 700 };
	static const char upsert[] = "INSERT INTO makers (id, name) VALUES [(?, ?)] ON DUPLICATE KEY UPDATE name = VALUES(name)";
	struct parameter *rows;
	int64_t           value;

	begin();
	for (int i = 0; i < STATEMENTS; i++)
		CHECK(db_value(work.db, &value, db_compose(work.db, arena_format(arena, "SELECT %d", i))) == OK);
	CHECK(prepared_at_server() > 400);
	CHECK(prepared_at_server() <= 512);
	/* statements of many parameters weigh more */
	rows = ARENA_ARRAY(arena, 2 * 400, struct parameter);
	for (size_t i = 0; i < 400; i++) {
		rows[2 * i] = P(NEW_ID(merchant_id));
		rows[2 * i + 1] = P(arena_format(arena, "m%zu", i));
	}
	for (size_t count = 300; count < 400; count++)
		CHECK(db_run_many(work.db, NULL, upsert, count, 2, rows) == OK);
	CHECK(prepared_at_server() <= 16384 / 600);
	CHECK(prepared_at_server() > 16384 / 800 - 2);
}

/* The server refuses a statement because there are too many: ours make room, and the caller hears nothing of it. */
static void
test_a_full_server_is_no_error(void)
{
	int64_t value, others;

	begin();
	CHECK(db_value(work.db, &value, "SELECT 1") == OK);
	/* The server closes the connection of the test before, with its statements, in its own time. */
	for (int tries = 0; tries < 1000 && prepared_at_server() != 1; tries++)
		usleep(10000);
	others = prepared_at_server() - 1;
	CHECK_INT(others, 0);
	REQUIRE(private_run(root, arena_format(arena, "SET GLOBAL max_prepared_stmt_count = %lld", (long long)others + 5)) == 0);
	for (int i = 0; i < 20; i++) {
		CHECK(db_value(work.db, &value, db_compose(work.db, arena_format(arena, "SELECT %d + 100", i))) == OK);
		CHECK_INT(value, i + 100);
	}
	CHECK_INT(prepared_at_server() - others, 5);
	REQUIRE(private_run(root, "SET GLOBAL max_prepared_stmt_count = 16382") == 0);
}

/* Transactions */

struct steps {
	int      runs, fail_until;
	int64_t  effect;
	uint64_t kill;
};

static const struct problem *
insert_two(struct work *w, void *argument)
{
	(void)argument;
	TRY(db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'one')", P(NEW_ID(merchant_id))));
	return db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'two')", P(NEW_ID(merchant_id)));
}

static const struct problem *
insert_then_refuse(struct work *w, void *argument)
{
	TRY(insert_two(w, argument));
	return problem(CART_EMPTY, "nothing");
}

static void
count_after(struct work *w, void *argument)
{
	CHECK_INT(w->depth, 0);
	++*(int *)argument;
}

static const struct problem *
insert_and_follow(struct work *w, void *argument)
{
	work_after_commit(w, count_after, argument);
	TRY(insert_two(w, NULL));
	CHECK_INT(*(int *)argument, 0);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0); /* nobody sees it yet */
	return OK;
}

static const struct problem *
refuse_and_follow(struct work *w, void *argument)
{
	work_after_commit(w, count_after, argument);
	return insert_then_refuse(w, NULL);
}

static void
test_commits_or_rolls_back(void)
{
	int after = 0;

	begin();
	CHECK(problem_is(db_transaction(&work, insert_then_refuse(&work, NULL)), PROBLEM_CART_EMPTY));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	CHECK(problem_is(db_transaction(&work, refuse_and_follow(&work, &after)), PROBLEM_CART_EMPTY));
	CHECK_INT(after, 0);
	CHECK(db_transaction(&work, insert_and_follow(&work, &after)) == OK);
	CHECK_INT(after, 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 2);
	CHECK_INT(work.depth, 0);
	work_after_commit(&work, count_after, &after); /* outside: at once */
	CHECK_INT(after, 2);
	CHECK(problem_is(db_transaction(&work, insert_two(&work, NULL)), PROBLEM_DUPLICATE_KEY));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 2);
}

static const struct problem *
outer(struct work *w, void *argument)
{
	TRY(db_transaction(w, insert_two(w, argument)));
	return problem(CART_EMPTY, "nothing");
}

static void
test_inner_joins_outer(void)
{
	begin();
	CHECK(problem_is(db_transaction(&work, outer(&work, NULL)), PROBLEM_CART_EMPTY));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	CHECK_INT(work.depth, 0);
}

static const struct problem *
abandoned_midway(struct work *w, void *argument)
{
	TRY(insert_two(w, argument));
	work_abandon(w); /* as after a jump out of it */
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	w->depth++;
	return problem(CART_EMPTY, "nothing");
}

static void
test_abandoned_is_rolled_back(void)
{
	begin();
	CHECK(problem_is(db_transaction(&work, abandoned_midway(&work, NULL)), PROBLEM_CART_EMPTY));
	CHECK(db_transaction(&work, insert_two(&work, NULL)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 2);
}

static jmp_buf exhausted;

static void
abandon(void *argument)
{
	(void)argument;
	longjmp(exhausted, 1);
}

static const struct problem *
need_too_much(void *row, void *argument)
{
	static volatile size_t too_much = SIZE_MAX / 2;

	(void)row;
	++*(int *)argument;
	arena_alloc(arena, too_much);
	return OK;
}

static const struct problem *
count_row(void *row, void *argument)
{
	(void)row;
	++*(int *)argument;
	return OK;
}

/* A jump out of the rows of a statement: it can be run again, and its connection goes on. */
static void
test_abandoned_in_the_middle_of_rows(void)
{
	static const char makers[] = "SELECT {m} FROM makers m";
	static int        rows;
	int64_t           before, after;

	begin();
	add_maker("a"), add_maker("b"), add_maker("c");
	CHECK(db_value(work.db, &before, "SELECT CONNECTION_ID()") == OK);
	arena_on_exhausted(arena, abandon, NULL);
	rows = 0;
	if (setjmp(exhausted) == 0)
		CHECK(db_each(work.db, &maker_shape, need_too_much, &rows, makers) == OK);
	work_abandon(&work);
	arena_reset(arena);
	arena_on_exhausted(arena, NULL, NULL);
	CHECK_INT(rows, 1);
	CHECK(db_each(work.db, &maker_shape, count_row, &rows, makers) == OK);
	CHECK_INT(rows, 4);
	CHECK(db_value(work.db, &after, "SELECT CONNECTION_ID()") == OK);
	CHECK_INT(after, before);
}

struct order {
	const char *first, *second;
	int         runs, other; /* other: a socket to the process that does it the other way round */
};

/* Waits for the other process to come here, too; not if it is gone. */
static void
meet(int other)
{
	char byte = '.';

	if (write(other, &byte, 1) != 1 || read(other, &byte, 1) != 1)
		return;
}

/* Locks one row, then another; at the first run only when the other process has locked that. */
static const struct problem *
update_two(struct work *w, void *argument)
{
	struct order *order = argument;

	TRY(db_run(w->db, NULL, "UPDATE makers SET `rank` = `rank` + 1 WHERE name = ?", P(order->first)));
	if (order->runs++ == 0)
		meet(order->other);
	return db_run(w->db, NULL, "UPDATE makers SET `rank` = `rank` + 1 WHERE name = ?", P(order->second));
}

static int
update_five_times(struct work *w, const char *first, const char *second, int other)
{
	int failures = 0;

	for (int i = 0; i < 5; i++) {
		struct order order = { first, second, 0, other };

		meet(other); /* nobody holds anything of the round before */
		failures += db_transaction(w, update_two(w, &order)) != OK;
	}
	return failures;
}

static void
test_deadlock_is_run_again(void)
{
	pid_t child;
	int   status, pair[2];

	begin();
	add_maker("a"), add_maker("b");
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	child = fork();
	if (child == 0) {
		struct work other = { .arena = arena_new(1 << 20), .config = &config, .request_id = "" };

		other.db = db_open(&config, other.arena);
		close(pair[0]);
		_exit(update_five_times(&other, "b", "a", pair[1]));
	}
	close(pair[1]);
	CHECK_INT(update_five_times(&work, "a", "b", pair[0]), 0);
	waitpid(child, &status, 0);
	close(pair[0]);
	CHECK_INT(status, 0);
	CHECK_INT(private_value(root, "SELECT SUM(`rank`) FROM makers"), 14 + 20);
	CHECK(private_value(root,
		  "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
		  "WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'") > 0); /* else this test has shown nothing */
}

static void
kill_connection(struct db *db)
{
	int64_t id;

	REQUIRE(db_value(db, &id, "SELECT CONNECTION_ID()") == OK);
	REQUIRE(private_run(root, arena_format(arena, "KILL %lld", (long long)id)) == 0);
}

static const struct problem *
killed_between(struct work *w, void *argument)
{
	struct steps *steps = argument;

	steps->runs++;
	TRY(db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'one')", P(NEW_ID(merchant_id))));
	if (steps->runs <= steps->fail_until)
		kill_connection(w->db);
	return db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'two')", P(NEW_ID(merchant_id)));
}

static void
test_lost_connection_is_run_again(void)
{
	struct steps steps = { .fail_until = 2 };

	begin();
	CHECK(db_transaction(&work, killed_between(&work, &steps)) == OK);
	CHECK_INT(steps.runs, 3);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 2);
	REQUIRE(private_run(root, "DELETE FROM makers") == 0);
	steps = (struct steps) { .fail_until = 100 };
	CHECK(problem_is(db_transaction(&work, killed_between(&work, &steps)), PROBLEM_DATABASE_LOST));
	CHECK_INT(steps.runs, 4);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	CHECK(db_transaction(&work, insert_two(&work, NULL)) == OK);
}

/* Says nothing until the server has had enough of it: a second here, which the session may ask for, not to wait for long. */
static const struct problem *
asleep(struct work *w, void *argument)
{
	struct steps *steps = argument;
	int64_t       id, end = monotonic_ms() + 30000;
	const char   *there;

	steps->runs++;
	TRY(db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'one')", P(NEW_ID(merchant_id))));
	if (steps->runs > steps->fail_until)
		return OK;
	TRY(db_value(w->db, &id, "SELECT CONNECTION_ID()"));
	TRY(db_run(w->db, NULL, "SET SESSION idle_transaction_timeout = LEAST(1, @@idle_transaction_timeout)"));
	there = arena_format(arena, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %lld", (long long)id);
	while (private_value(root, there) != 0 && monotonic_ms() < end)
		usleep(20000);
	CHECK_INT(private_value(root, there), 0);
	return OK;
}

/* Entries that come later than balances are folded would never be counted: who sleeps so long has lost what it wrote. */
static void
test_who_sleeps_never_commits(void)
{
	struct steps steps = { .fail_until = 1 };
	int64_t      value;

	begin();
	CHECK(db_value(work.db, &value, "SELECT @@idle_transaction_timeout") == OK);
	CHECK(value > 0 && value < 30);
	CHECK(db_transaction(&work, asleep(&work, &steps)) != OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	CHECK(db_transaction(&work, asleep(&work, &steps)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 1);
}

/* It goes on although it was told: none of it may stay, neither by the old connection nor by a new one. */
static const struct problem *
deaf(struct work *w, void *argument)
{
	struct steps *steps = argument;

	steps->runs++;
	db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'one')", P(NEW_ID(merchant_id)));
	if (steps->runs == 1) {
		kill_connection(w->db);
		CHECK(db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'two')", P(NEW_ID(merchant_id))) != OK);
		CHECK(db_run(w->db, NULL, "INSERT INTO makers (id, name) VALUES (?, 'three')", P(NEW_ID(merchant_id))) != OK);
	}
	return OK;
}

static void
test_doomed_never_commits(void)
{
	struct steps steps = { .runs = 0 };

	begin();
	CHECK(db_transaction(&work, deaf(&work, &steps)) == OK);
	CHECK_INT(steps.runs, 2);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers WHERE name <> 'one'"), 0);
}

static void
test_reads_survive_a_lost_connection(void)
{
	int64_t  value;
	uint64_t before;

	begin();
	for (int i = 0; i < 2; i++) {
		CHECK(db_value(work.db, &value, "SELECT COUNT(*) FROM makers") == OK);
		kill_connection(work.db);
		before = db_round_trips(work.db);
		CHECK(db_value(work.db, &value, "SELECT COUNT(*) FROM makers") == OK);
		CHECK(db_round_trips(work.db) - before >= 3); /* connected and prepared anew */
	}
}

/* The linker gives equal literals of two files one address. */
static void
test_one_text_of_two_shapes(void)
{
	static const char  sql[] = "SELECT {} FROM makers WHERE id = ?";
	struct merchant_id id;
	struct renamed    *renamed;
	struct maker      *maker;

	begin();
	id = add_maker("Anwar");
	for (int i = 0; i < 2; i++) {
		REQUIRE(db_one(work.db, &maker_shape, &maker, sql, P(id)) == OK);
		CHECK_TEXT(maker->name, "Anwar");
		REQUIRE(db_one(work.db, &renamed_shape, &renamed, sql, P(id)) == OK);
		CHECK_TEXT(renamed->title, "Anwar");
		kill_connection(work.db);
	}
}

static void
test_session_is_set(void)
{
	int64_t value;

	begin();
	CHECK(db_value(work.db, &value,
		  "SELECT @@time_zone = '+00:00' AND @@tx_isolation = 'READ-COMMITTED' "
		  "AND @@sql_mode LIKE '%STRICT_ALL_TABLES%' AND @@max_statement_time = 2.5 AND @@innodb_lock_wait_timeout = 1 "
		  "AND @@character_set_client = 'utf8mb4'") == OK);
	CHECK_INT(value, 1);
}

static const struct problem *
update_a(struct work *w, void *argument)
{
	++*(int *)argument;
	return db_run(w->db, NULL, "UPDATE makers SET `rank` = 1 WHERE name = 'a'");
}

static void
test_waiting_too_long_is_busy(void)
{
	int     runs = 0;
	int64_t value;

	begin();
	add_maker("a");
	CHECK(problem_is(db_value(work.db, &value, "SELECT SLEEP(10)"), PROBLEM_DATABASE_BUSY));
	REQUIRE(private_run(root, "BEGIN") == 0 && private_run(root, "UPDATE makers SET `rank` = 5") == 0);
	CHECK(problem_is(db_transaction(&work, update_a(&work, &runs)), PROBLEM_DATABASE_BUSY));
	CHECK_INT(runs, 4);
	REQUIRE(private_run(root, "COMMIT") == 0);
	CHECK(db_transaction(&work, update_a(&work, &runs)) == OK);
}

/* What each error makes of a transaction: a trigger raises it at the first runs. */

struct raised {
	unsigned error;
	int      runs, fail_until;
};

static const struct problem *
insert_raising(struct work *w, struct raised *raised)
{
	raised->runs++;
	return db_run(w->db, NULL, "INSERT INTO makers (id, name, `rank`) VALUES (?, 'raised', ?)", P(NEW_ID(merchant_id)),
	    P(raised->runs <= raised->fail_until ? (int64_t)raised->error : 1));
}

static int64_t
connection_id(void)
{
	int64_t id = 0;

	CHECK(db_value(work.db, &id, "SELECT CONNECTION_ID()") == OK);
	return id;
}

static void
raises(unsigned error, enum problem_code code, int runs, bool same_connection)
{
	struct raised         raised = { .error = error, .fail_until = 100 };
	int64_t               connection;
	const struct problem *problem;

	REQUIRE(private_run(root, "DELETE FROM makers") == 0);
	connection = connection_id();
	problem = db_transaction(&work, insert_raising(&work, &raised));
	CHECK(problem_is(problem, code));
	CHECK_INT(raised.runs, runs);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 0);
	CHECK((connection_id() == connection) == same_connection);
	raised = (struct raised) { .error = error, .fail_until = 1 };
	problem = db_transaction(&work, insert_raising(&work, &raised));
	CHECK(runs > 1 ? problem == OK : problem_is(problem, code));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), runs > 1);
}

static void
test_errors_mean_what_the_table_says(void)
{
	static const unsigned again[] = { 1020, 1205, 1206, 1213, 1412, 1615 };
	static const unsigned later[] = { 1317, 1461, 1637, 1969 };
	static const unsigned elsewhere[] = { 1040, 1047, 1053, 1180, 1184, 1243, 1290, 1792, 1836, 1927 };

	begin();
	REQUIRE(private_run(root,
		    "CREATE TRIGGER raising BEFORE INSERT ON makers FOR EACH ROW BEGIN DECLARE error INT DEFAULT NEW.`rank`; "
		    "IF error >= 1000 THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = error; END IF; END") == 0);
	for (size_t i = 0; i < sizeof again / sizeof *again; i++)
		raises(again[i], PROBLEM_DATABASE_BUSY, 4, true);
	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		raises(later[i], PROBLEM_DATABASE_BUSY, 1, true);
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		raises(elsewhere[i], PROBLEM_DATABASE_LOST, 4, false);
	raises(1064, PROBLEM_INTERNAL, 1, true);
}

/* A real one: the session may only read, which the next connection need not. */
static void
test_read_only_is_left(void)
{
	begin();
	REQUIRE(db_run(work.db, NULL, "SET SESSION tx_read_only = 1") == OK);
	CHECK(db_transaction(&work, insert_two(&work, NULL)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM makers"), 2);
}

static const struct problem *
sleep_within(struct work *w, int *runs)
{
	int64_t value;

	++*runs;
	return db_value(w->db, &value, WITHIN_SECONDS(0.2) "SELECT SLEEP(?)", P(30));
}

static void
test_a_call_has_its_own_limit(void)
{
	int64_t value, started = monotonic_ms();
	int     runs = 0;

	begin();
	CHECK(db_value(work.db, &value, WITHIN_SECONDS(0.2) "SELECT SLEEP(?)", P(0)) == OK);
	CHECK(problem_is(db_transaction(&work, sleep_within(&work, &runs)), PROBLEM_DATABASE_BUSY));
	CHECK_INT(runs, 1);
	CHECK(monotonic_ms() - started < 2400);                                      /* the connection's own limit is 2500 */
	CHECK(db_value(work.db, &value, WITHIN_SECONDS(9) "SELECT SLEEP(3)") == OK); /* and it may be longer */
}

/* A question that is not answered in time costs the connection, not the caller's time; the next one has a new connection. */
static void
test_an_answer_in_time_or_none(void)
{
	int64_t value, started;

	begin();
	CHECK(db_value_within(work.db, 1000, &value, "SELECT 6 * 7") == OK);
	CHECK_INT(value, 42);
	CHECK(db_value_within(work.db, 1000, &value, "SELECT NULL") == OK);
	CHECK_INT(value, 0);
	CHECK(problem_is(db_value_within(work.db, 1000, &value, "SELECT * FROM nowhere"), PROBLEM_INTERNAL));
	started = monotonic_ms();
	CHECK(problem_is(db_value_within(work.db, 200, &value, "SELECT SLEEP(2)"), PROBLEM_DATABASE_LOST));
	CHECK(monotonic_ms() - started < 1000);
	CHECK(db_value_within(work.db, 1000, &value, "SELECT 7") == OK);
	CHECK_INT(value, 7);
	/* One that ended meanwhile is no reason to say that nobody answers. */
	CHECK(db_value(work.db, &value, "SELECT CONNECTION_ID()") == OK);
	REQUIRE(private_run(root, arena_format(arena, "KILL %lld", (long long)value)) == 0);
	CHECK(db_value_within(work.db, 1000, &value, "SELECT 8") == OK);
	CHECK_INT(value, 8);
}

/* COMMIT without an answer */

struct counted {
	int  runs;
	bool witness;
};

static const struct problem *
witnessed(struct work *w, void *argument)
{
	struct counted *counted = argument;
	struct uuid     event = uuid_new();

	counted->runs++;
	TRY(db_run(w->db, NULL, "INSERT INTO events (id) VALUES (?)", P(event)));
	if (counted->witness)
		transaction_witness(w, "SELECT COUNT(*) FROM events WHERE id = ?", event);
	return OK;
}

static void
unanswered(enum cut cut, int runs)
{
	struct counted counted = { .witness = true };

	begin_on(&through_proxy);
	CHECK(db_transaction(&work, witnessed(&work, &counted)) == OK);
	counted.runs = 0;
	proxy_cut(cut);
	CHECK(db_transaction(&work, witnessed(&work, &counted)) == OK);
	CHECK_INT(counted.runs, runs);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 2);
	CHECK(db_transaction(&work, witnessed(&work, &counted)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 3);
}

static void
test_commit_that_was_not_heard_is_run_again(void)
{
	unanswered(CUT_BEFORE_COMMIT, 2);
}

static void
test_commit_that_was_done_is_not_run_again(void)
{
	unanswered(CUT_AFTER_COMMIT, 1);
}

static void
test_commit_that_comes_late_is_waited_for(void)
{
	unanswered(CUT_AND_DELAY, 1);
}

/* Another node of a cluster may be asked: it is told to catch up first, where the server knows how. */
static void
test_witness_waits_for_the_cluster(void)
{
	static const char knows[] =
	    "SELECT COUNT(*) FROM information_schema.SESSION_VARIABLES WHERE VARIABLE_NAME = 'WSREP_SYNC_WAIT'";
	static const char told[] = "SELECT COUNT(*) > 0 FROM mysql.general_log WHERE command_type = 'Execute' AND "
				   "argument LIKE '%wsrep\\_sync\\_wait = 1 FOR SELECT COUNT(*) FROM events%LOCK IN SHARE MODE'";

	REQUIRE(private_run(root, "TRUNCATE mysql.general_log") == 0 &&
	    private_run(root, "SET GLOBAL log_output = 'TABLE', GLOBAL general_log = ON") == 0);
	unanswered(CUT_AFTER_COMMIT, 1);
	REQUIRE(private_run(root, "SET GLOBAL general_log = OFF") == 0);
	CHECK_INT(private_value(root, told), private_value(root, knows));
}

static void
test_commit_without_witness_is_uncertain(void)
{
	struct counted counted = { .runs = 0 };

	begin_on(&through_proxy);
	CHECK(db_transaction(&work, witnessed(&work, &counted)) == OK);
	proxy_cut(CUT_AFTER_COMMIT);
	CHECK(problem_is(db_transaction(&work, witnessed(&work, &counted)), PROBLEM_OUTCOME_UNCERTAIN));
	CHECK_INT(counted.runs, 2);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 2);
	CHECK_INT(work.trust.owed, 2); /* what memcached holds may lack it */
	CHECK(db_transaction(&work, witnessed(&work, &counted)) == OK);
}

static void
test_no_database_is_lost(void)
{
	struct config nowhere = config;
	int64_t       value;
	uint64_t      before;

	nowhere.database.socket = "/nonexistent/socket";
	begin_on(&nowhere);
	CHECK(problem_is(db_value(work.db, &value, "SELECT 1"), PROBLEM_DATABASE_LOST));
	before = db_round_trips(work.db);
	for (int i = 0; i < 100; i++)
		CHECK(problem_is(db_value(work.db, &value, "SELECT 1"), PROBLEM_DATABASE_LOST));
	CHECK(db_round_trips(work.db) - before <= 2); /* no storm of attempts */
	CHECK(problem_is(db_transaction(&work, insert_two(&work, NULL)), PROBLEM_DATABASE_LOST));
	begin();
}

/* The password was changed after the configuration was loaded, and a connection is lost before the reload. */
static void
test_takes_a_password_that_has_changed(void)
{
	struct config stale = config;
	char          path[] = "/tmp/haat-password-XXXXXX";
	int           fd = mkstemp(path);
	int64_t       value = 0;

	REQUIRE(fd >= 0);
	REQUIRE(private_run(root, "CREATE USER rotated@localhost IDENTIFIED BY 'the-new-one'") == 0);
	REQUIRE(private_run(root, "GRANT SELECT ON store.* TO rotated@localhost") == 0);
	stale.database.user = "rotated";
	stale.database.password = "the-old-one";
	begin_on(&stale);
	CHECK(problem_is(db_value(work.db, &value, "SELECT 1"), PROBLEM_DATABASE_LOST)); /* it stands in no file */
	stale.database.password_file = path;
	begin_on(&stale);
	CHECK(problem_is(db_value(work.db, &value, "SELECT 1"), PROBLEM_DATABASE_LOST)); /* nor does the file know it */
	REQUIRE(write(fd, "the-new-one\n", 12) == 12);
	begin_on(&stale);
	CHECK(db_value(work.db, &value, "SELECT 1") == OK);
	CHECK_INT(value, 1);
	begin();
	REQUIRE(private_run(root, "DROP USER rotated@localhost") == 0);
	close(fd);
	unlink(path);
}

static const struct test tests[] = {
	TEST(test_fills_every_kind),
	TEST(test_currency_comes_first_or_last),
	TEST(test_one_is_found_or_named),
	TEST(test_one_text_of_two_shapes),
	TEST(test_null_leaves_nothing),
	TEST(test_long_text_is_whole),
	TEST(test_too_long_is_an_error),
	TEST(test_limits_hold),
	TEST(test_each_of_very_many),
	TEST(test_each_ends_with_its_connection),
	TEST(test_values),
	TEST(test_clashes_are_named),
	TEST(test_matched_rows_count),
	TEST(test_many_rows_in_one_trip),
	TEST(test_inserted_rows_come_back),
	TEST(test_many_rows_of_any_number),
	TEST(test_rows_of_many_values),
	TEST(test_round_trips_are_counted),
	TEST(test_composed_text_is_one),
	TEST(test_composed_texts_give_way),
	TEST(test_statements_are_bounded),
	TEST(test_a_full_server_is_no_error),
	TEST(test_commits_or_rolls_back),
	TEST(test_inner_joins_outer),
	TEST(test_abandoned_is_rolled_back),
	TEST(test_abandoned_in_the_middle_of_rows),
	TEST(test_deadlock_is_run_again),
	TEST(test_lost_connection_is_run_again),
	TEST(test_who_sleeps_never_commits),
	TEST(test_doomed_never_commits),
	TEST(test_reads_survive_a_lost_connection),
	TEST(test_session_is_set),
	TEST(test_waiting_too_long_is_busy),
	TEST(test_errors_mean_what_the_table_says),
	TEST(test_read_only_is_left),
	TEST(test_a_call_has_its_own_limit),
	TEST(test_an_answer_in_time_or_none),
	TEST(test_commit_that_was_not_heard_is_run_again),
	TEST(test_commit_that_was_done_is_not_run_again),
	TEST(test_commit_that_comes_late_is_waited_for),
	TEST(test_witness_waits_for_the_cluster),
	TEST(test_commit_without_witness_is_uncertain),
	TEST(test_no_database_is_lost),
	TEST(test_takes_a_password_that_has_changed),
};

int
main(int argc, char **argv)
{
	char proxy[200];

	(void)argc;
	private_database(argv);
	snprintf(proxy, sizeof proxy, "%s.proxy", private_socket());
	proxy_start(proxy, private_socket());
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
	through_proxy = config;
	through_proxy.database.socket = proxy;
	return run_suite("database", tests, sizeof tests / sizeof *tests);
}
