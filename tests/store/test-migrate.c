/* The migration engine with small migrations that go wrong in every way, and the schema itself up, down and up. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/schema_number.h"
#include "tests/private_database.h"
#include "tests/suite.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <sys/stat.h>
#include <unistd.h>

/* The server gives the lock of a closed connection back a moment later. */
enum { LOCK_WAIT_SECONDS = 10 };

static struct arena *arena;
static struct text   fault;

static void
count_step(const struct migration *migration, int64_t milliseconds, void *argument)
{
	(void)migration, (void)milliseconds;
	++*(size_t *)argument;
}

/* A fresh directory beside the private server, which is removed with it. */
static const char *
make_directory(void)
{
	char *path = arena_format(arena, "%s.XXXXXX", private_socket());

	REQUIRE(mkdtemp(path) != NULL);
	return path;
}

static void
put(const char *directory, const char *file, const char *text)
{
	FILE *stream = fopen(arena_format(arena, "%s/%s", directory, file), "w");

	REQUIRE(stream != NULL);
	fputs(text, stream);
	fclose(stream);
}

static void
put_pair(const char *directory, const char *name, const char *up, const char *down)
{
	put(directory, arena_format(arena, "%s.up.sql", name), up);
	put(directory, arena_format(arena, "%s.down.sql", name), down);
}

/* Three small migrations in a fresh directory. */
static const char *
three_migrations(void)
{
	const char *directory = make_directory();

	put_pair(directory, "0001_one", "-- the first\nCREATE TABLE one (id INT PRIMARY KEY);\n", "DROP TABLE one;\n");
	put_pair(directory, "0002_two", "ALTER TABLE one ADD COLUMN two INT", "ALTER TABLE one DROP COLUMN two");
	put_pair(directory, "0003_three", "CREATE TABLE three (id INT PRIMARY KEY)", "DROP TABLE three");
	return directory;
}

static bool
says(const char *words)
{
	if (strstr(fault.bytes, words) != NULL)
		return true;
	printf("fault is \"%s\" ", fault.bytes);
	return false;
}

/* Everything that `migrate up` does; true when it succeeds, *steps (may be NULL) counts what was applied. */
static bool
up(MYSQL *connection, const char *directory, size_t *steps)
{
	struct migrations migrations;
	size_t            ignored = 0;

	fault = text_new(arena, 200);
	return migrations_read(arena, directory, &migrations, &fault) && migrate_lock(connection, LOCK_WAIT_SECONDS, &fault) &&
	    migrate_compare(arena, connection, &migrations, &fault) &&
	    migrate_up(connection, &migrations, count_step, steps == NULL ? &ignored : steps, &fault);
}

static bool
down(MYSQL *connection, const char *directory, size_t count, size_t *steps)
{
	struct migrations migrations;
	size_t            ignored = 0;

	fault = text_new(arena, 200);
	return migrations_read(arena, directory, &migrations, &fault) && migrate_lock(connection, LOCK_WAIT_SECONDS, &fault) &&
	    migrate_compare(arena, connection, &migrations, &fault) &&
	    migrate_down(connection, &migrations, count, count_step, steps == NULL ? &ignored : steps, &fault);
}

static bool
read_fails(const char *directory, const char *words)
{
	struct migrations migrations;

	fault = text_new(arena, 200);
	return !migrations_read(arena, directory, &migrations, &fault) && says(words);
}

static void
test_goes_up_and_down(void)
{
	const char *directory = three_migrations();
	MYSQL      *connection = private_connect("up_and_down");
	size_t      steps = 0;

	CHECK(up(connection, directory, &steps));
	CHECK_INT(steps, 3);
	CHECK_INT(private_run(connection, "INSERT INTO one (id, two) VALUES (1, 2)"), 0);
	CHECK(up(connection, directory, &steps));
	CHECK_INT(steps, 3);
	steps = 0;
	CHECK(down(connection, directory, 2, &steps));
	CHECK_INT(steps, 2);
	CHECK_INT(private_run(connection, "SELECT two FROM one"), ER_BAD_FIELD_ERROR);
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations"), 1);
	CHECK(up(connection, directory, &steps));
	CHECK_INT(steps, 4);
	CHECK(down(connection, directory, 99, &steps));
	CHECK_INT(steps, 7);
	CHECK_INT(private_run(connection, "SELECT 1 FROM one"), ER_NO_SUCH_TABLE);
	mysql_close(connection);
}

static void
test_refuses_wrong_directories(void)
{
	const char *directory = three_migrations();

	CHECK(read_fails("/nowhere", "cannot open directory '/nowhere'"));
	CHECK(read_fails(make_directory(), "no migrations in"));
	put(directory, "0004_four.up.sql", "CREATE TABLE four (id INT)");
	CHECK(read_fails(directory, "has no matching .up.sql or .down.sql file"));
	put(directory, "0004_for.down.sql", "DROP TABLE four");
	CHECK(read_fails(directory, "has no matching .up.sql or .down.sql file"));
	directory = three_migrations();
	put_pair(directory, "0003_again", "DO 0", "DO 0");
	CHECK(read_fails(directory, "is out of sequence"));
	directory = three_migrations();
	put_pair(directory, "0001_zero", "DO 0", "DO 0");
	CHECK(read_fails(directory, "0001_zero.down.sql' is out of sequence: number 0001 is used twice"));
	directory = three_migrations();
	put(directory, "4_four.up.sql", "DO 0");
	CHECK(read_fails(directory, "must be named like 0001_name.up.sql"));
	directory = three_migrations();
	put(directory, "0004_Four.up.sql", "DO 0");
	CHECK(read_fails(directory, "must be named like"));
	directory = three_migrations();
	put_pair(directory, "0004_four", "", "DO 0");
	CHECK(read_fails(directory, "is empty"));
}

/* Numbers come in ranges: some stay unused, but what was applied before what is missing is no database of these files. */
static void
test_numbers_may_be_left_out(void)
{
	const char *directory = three_migrations(), *between = three_migrations();
	MYSQL      *connection = private_connect("gaps");
	size_t      steps = 0;

	put_pair(directory, "0009_nine", "CREATE TABLE nine (id INT PRIMARY KEY)", "DROP TABLE nine");
	CHECK(up(connection, directory, &steps));
	CHECK_INT(steps, 4);
	put_pair(between, "0005_five", "DO 0", "DO 0");
	CHECK(!up(connection, between, NULL) && says("has migration 0009 'nine' but not 0005 before it"));
	CHECK(!up(connection, three_migrations(), NULL) && says("0009 'nine', which has no file"));
	mysql_close(connection);
}

static void
test_refuses_changed_files(void)
{
	const char *directory = three_migrations();
	MYSQL      *connection = private_connect("changed");

	REQUIRE(up(connection, directory, NULL));
	put(directory, "0002_two.down.sql", "ALTER TABLE one DROP COLUMN IF EXISTS two");
	CHECK(up(connection, directory, NULL));
	put(directory, "0002_two.up.sql", "ALTER TABLE one ADD COLUMN two BIGINT");
	CHECK(!up(connection, directory, NULL) && says("0002 'two' was changed after it was applied"));
	CHECK(!down(connection, directory, 1, NULL) && says("was changed"));
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations"), 3);
	mysql_close(connection);
}

static void
test_refuses_what_does_not_fit(void)
{
	const char *directory = three_migrations(), *older = make_directory();
	MYSQL      *connection = private_connect("unfit");

	REQUIRE(up(connection, directory, NULL));
	put_pair(older, "0001_one", "-- the first\nCREATE TABLE one (id INT PRIMARY KEY);\n", "DROP TABLE one;\n");
	CHECK(!up(connection, older, NULL) && says("0002 'two', which has no file"));
	private_run(connection, "UPDATE schema_migrations SET name = 'uno' WHERE number = 1");
	CHECK(!up(connection, directory, NULL) && says("0001 of the database is 'uno', but the file is 'one'"));
	private_run(connection, "DELETE FROM schema_migrations WHERE number = 1");
	CHECK(!up(connection, directory, NULL) && says("has migration 0002 'two' but not 0001"));
	mysql_close(connection);
}

static void
test_repeats_after_a_failure(void)
{
	const char *directory = three_migrations();
	MYSQL      *connection = private_connect("failing");
	size_t      steps = 0;

	put(directory, "0002_two.up.sql", "ALTER TABLE one ADD COLUMN id INT");
	CHECK(!up(connection, directory, &steps) && says("migration 0002 'two' cannot be applied: Duplicate column"));
	CHECK_INT(steps, 1);
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations"), 1);
	CHECK(!up(connection, directory, &steps) && says("0002 'two'"));
	put(directory, "0002_two.up.sql", "ALTER TABLE one ADD COLUMN two INT");
	CHECK(up(connection, directory, &steps));
	CHECK_INT(steps, 3);
	put(directory, "0003_three.down.sql", "DROP TABLE nothing");
	CHECK(!down(connection, directory, 1, NULL) && says("0003 'three' cannot be reverted"));
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations WHERE state = 'applied'"), 3);
	mysql_close(connection);
}

/* The process died between the statement and writing it down. */
static void
test_repeats_after_an_interruption(void)
{
	const char *directory = three_migrations();
	MYSQL      *connection = private_connect("interrupted");

	REQUIRE(up(connection, directory, NULL));
	private_run(connection, "UPDATE schema_migrations SET state = 'applying' WHERE number = 3");
	CHECK(up(connection, directory, NULL));
	private_run(connection, "UPDATE schema_migrations SET state = 'applying' WHERE number = 3");
	private_run(connection, "DROP TABLE three");
	CHECK(up(connection, directory, NULL));
	CHECK_INT(private_run(connection, "SELECT id FROM three"), 0);
	private_run(connection, "UPDATE schema_migrations SET state = 'reverting' WHERE number = 3");
	private_run(connection, "DROP TABLE three");
	CHECK(down(connection, directory, 1, NULL));
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations"), 2);
	private_run(connection, "UPDATE schema_migrations SET state = 'reverting' WHERE number = 2");
	CHECK(up(connection, directory, NULL));
	CHECK_INT(private_run(connection, "SELECT two FROM one"), 0);
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM schema_migrations WHERE state = 'applied'"), 3);
	mysql_close(connection);
}

static void
test_refuses_two_statements(void)
{
	const char *directory = three_migrations();
	MYSQL      *connection = private_connect("two_statements");

	put(directory, "0003_three.up.sql", "CREATE TABLE three (id INT); CREATE TABLE four (id INT);");
	CHECK(!up(connection, directory, NULL) && says("0003 'three' cannot be applied"));
	CHECK_INT(private_run(connection, "SELECT id FROM three"), ER_NO_SUCH_TABLE);
	mysql_close(connection);
}

static void
test_one_at_a_time(void)
{
	const char *directory = three_migrations();
	MYSQL      *first = private_connect("locked"), *second = private_connect("locked");
	MYSQL      *elsewhere = private_connect("elsewhere");

	fault = text_new(arena, 200);
	REQUIRE(migrate_lock(first, 0, &fault));
	CHECK(!migrate_lock(second, 0, &fault) && says("another process is migrating"));
	CHECK(up(elsewhere, directory, NULL));
	mysql_close(first);
	CHECK(up(second, directory, NULL));
	mysql_close(second);
	mysql_close(elsewhere);
}

static void
test_connects(void)
{
	struct config config = { .database = { .socket = private_socket(),
				     .user = "root",
				     .password = "",
				     .name = "mysql",
				     .connect_timeout_seconds = 5 } };
	MYSQL        *connection;

	fault = text_new(arena, 200);
	connection = migrate_connect(&config, &fault);
	REQUIRE(connection != NULL);
	CHECK_INT(private_value(connection, "SELECT @@time_zone = '+00:00' AND @@sql_mode LIKE '%STRICT_ALL_TABLES%'"), 1);
	CHECK_INT(private_value(connection, "SELECT @@tx_isolation = 'READ-COMMITTED'"), 1);
	mysql_close(connection);
	config.database.name = "missing";
	CHECK(migrate_connect(&config, &fault) == NULL && says("cannot connect to the database 'missing'"));
}

/* What /ready asks. */
static void
test_knows_when_the_schema_is_current(void)
{
	const char   *directory = arena_format(arena, "%s/sql", source_directory());
	struct config config = { .database = { .socket = private_socket(),
				     .user = "root",
				     .password = "",
				     .name = "ready",
				     .connect_timeout_seconds = 5,
				     .io_timeout_seconds = 5,
				     .statement_timeout_ms = 5000,
				     .lock_wait_seconds = 5 } };
	MYSQL        *connection = private_connect("ready");
	struct db    *db = db_open(&config, arena);
	bool          current = true;

	CHECK(schema_current(db, 1000, &current) != OK);
	REQUIRE(up(connection, directory, NULL));
	CHECK(schema_current(db, 1000, &current) == OK && current);
	private_run(connection, "INSERT INTO schema_migrations VALUES (9999, 'later', '', 'applied', NOW(), '')");
	CHECK(schema_current(db, 1000, &current) == OK && current);
	private_run(connection, "DELETE FROM schema_migrations WHERE number = 9999");
	REQUIRE(down(connection, directory, 1, NULL));
	CHECK(schema_current(db, 1000, &current) == OK && !current);
	db_close(db);
	mysql_close(connection);
}

/* The schema, as it stands in sql/. */

static MYSQL *
shop(void)
{
	MYSQL *connection = private_connect("shop");

	REQUIRE(up(connection, arena_format(arena, "%s/sql", source_directory()), NULL));
	return connection;
}

static void
test_schema_goes_up_down_up(void)
{
	const char *directory = arena_format(arena, "%s/sql", source_directory());
	MYSQL      *connection = private_connect("shop_up_down");
	size_t      steps = 0;

	CHECK(up(connection, directory, &steps) || !says("no fault"));
	CHECK_INT(steps, SCHEMA_COUNT);
	CHECK(down(connection, directory, steps, NULL) || !says("no fault"));
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() "
		      "AND table_name <> 'schema_migrations'"),
	    0);
	CHECK(up(connection, directory, NULL) || !says("no fault"));
	mysql_close(connection);
}

/* Subscriptions 1 to 5 were to end; the people are 8, who has them, and 9. */
#define OF(number) "UNHEX(LPAD('" number "', 32, '0'))"
#define TO_END(number) \
	"(" OF(number) ", " OF("8") ", " OF("9") ", " OF("9") ", 'active', TRUE, NOW(3), NOW(3), NOW(3) + INTERVAL 1 DAY)"
#define CANCELLED(number, subscription, actor) \
	"(" OF(number) ", " actor ", 'subscription.cancelled', 'subscription', " OF(subscription) ")"

/* A customer's word is theirs also where it was given before that was written down. */
static void
test_schema_knows_who_cancelled(void)
{
	const char *directory = arena_format(arena, "%s/sql", source_directory());
	MYSQL      *connection = private_connect("shop_cancelled");
	int64_t     later;

	REQUIRE(up(connection, directory, NULL));
	later = private_value(connection, "SELECT COUNT(*) FROM schema_migrations WHERE number >= 182");
	REQUIRE(down(connection, directory, (size_t)later, NULL));
	REQUIRE(private_run(connection, "SET foreign_key_checks = 0") == 0);
	REQUIRE(private_run(connection,
		    "INSERT INTO subscriptions (id, user_id, merchant_id, plan_id, status, cancel_at_period_end, anchor_at, "
		    "current_period_start, current_period_end) VALUES " TO_END("1") ", " TO_END("2") ", " TO_END("3") ", " TO_END(
			"4") ", " TO_END("5")) == 0);
	REQUIRE(private_run(connection, "UPDATE subscriptions SET cancel_at_period_end = FALSE WHERE id = " OF("5")) == 0);
	REQUIRE(private_run(connection,
		    "INSERT INTO audit_records (id, actor_id, action, subject_type, subject_id) VALUES " CANCELLED(
			"1", "1", OF("8")) ", " CANCELLED("2", "2", OF("9")) ", " CANCELLED("3", "3", OF("9")) ", " CANCELLED("4",
			"3", OF("8")) ", " CANCELLED("5", "5", OF("8"))) == 0);
	REQUIRE(up(connection, directory, NULL));
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM subscriptions WHERE ended_by_customer"), 3);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM subscriptions WHERE NOT ended_by_customer AND id IN (" OF("2") ", " OF("5") ")"),
	    2);
	mysql_close(connection);
}

static void
test_schema_is_in_form(void)
{
	MYSQL *connection = shop();

	CHECK(private_value(connection, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()") > 30);
	CHECK_INT(
	    private_value(connection,
		"SELECT COUNT(*) FROM information_schema.tables t WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' "
		"AND NOT EXISTS ("
		"SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = t.table_schema "
		"AND s.table_name = t.table_name AND s.index_name = 'PRIMARY')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() "
		      "AND (engine <> 'InnoDB' OR table_collation <> 'utf8mb4_uca1400_ai_ci')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() "
		      "AND character_set_name NOT IN ('utf8mb4', 'ascii')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() "
		      "AND data_type IN ('float', 'double', 'timestamp')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() "
		      "AND column_name LIKE '%\\_minor' AND data_type <> 'bigint'"),
	    0);
	CHECK_INT(
	    private_value(connection,
		"SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT LIKE 'readable\\_%' "
		"AND (column_name = 'id' OR column_name LIKE '%\\_id' OR column_name LIKE '%\\_by' OR data_type = 'uuid') "
		"AND column_type <> 'binary(16)' "
		"AND column_name NOT IN ('event_id', 'request_id', 'business_id', 'applied_by', 'provider_transaction_id', "
		"'provider_refund_id', 'provider_dispute_id', 'group_id')"),
	    0);
	mysql_close(connection);
}

/* People at the SQL prompt read and write ids as text, whatever table and column. */
static void
test_schema_has_readable_views(void)
{
	MYSQL *connection = shop();

	CHECK(private_value(connection, "SELECT COUNT(*) FROM information_schema.views WHERE table_schema = DATABASE()") > 25);
	CHECK_INT(
	    private_value(connection,
		"SELECT COUNT(*) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
		"LEFT JOIN information_schema.columns v ON v.table_schema = c.table_schema AND v.column_name = c.column_name "
		"AND v.table_name = CONCAT('readable_', c.table_name) AND v.ordinal_position = c.ordinal_position "
		"AND v.column_type = IF(c.column_type = 'binary(16)', 'uuid', c.column_type) "
		"WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND v.table_name IS NULL "
		"AND EXISTS (SELECT 1 FROM information_schema.columns i WHERE i.table_schema = c.table_schema "
		"AND i.table_name = c.table_name AND i.column_type = 'binary(16)')"),
	    0);
	REQUIRE(private_run(connection,
		    "INSERT INTO brands (id, name, slug) VALUES ('0192f0c1-8f00-7000-8000-5a1b2c3d4e5f', 'A', 'a')") == 0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM readable_brands WHERE id = CONCAT('0192F0C1-8F00-7000-', '8000-5a1b2c3d4e5f') "
		      "AND CONCAT(id) = CONCAT('0192f0c1-8f00-7000-', '8000-5a1b2c3d4e5f')"),
	    1);
	REQUIRE(private_run(connection, "ALTER TABLE brands ADD COLUMN rival_id BINARY(16) NULL") == 0);
	REQUIRE(up(connection, arena_format(arena, "%s/sql", source_directory()), NULL));
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM readable_brands WHERE rival_id IS NULL"), 1);
	REQUIRE(private_run(connection, "ALTER TABLE brands DROP COLUMN rival_id") == 0);
	REQUIRE(private_run(connection, "DELETE FROM brands") == 0);
	mysql_close(connection);
}

/* Names are global, so that a clash says by itself which rule it was. */
static void
test_schema_names_its_rules(void)
{
	MYSQL *connection = shop();

	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() "
		      "AND index_name <> 'PRIMARY' AND index_name NOT LIKE CONCAT('__\\_', table_name, '\\_%')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() "
		      "AND level = 'Table' AND constraint_name NOT LIKE CONCAT('ck\\_', table_name, '\\_%')"),
	    0);
	CHECK_INT(private_value(connection,
		      "SELECT COUNT(*) FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() "
		      "AND constraint_name NOT LIKE CONCAT('fk\\_', table_name, '\\_%')"),
	    0);
	CHECK_INT(
	    private_value(connection,
		"SELECT COUNT(*) FROM (SELECT constraint_name FROM information_schema.table_constraints "
		"WHERE table_schema = DATABASE() AND constraint_name <> 'PRIMARY' "
		"AND constraint_name NOT IN (SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()) "
		"GROUP BY constraint_name HAVING COUNT(*) > 1) twice"),
	    0);
	mysql_close(connection);
}

static void
test_schema_refuses(void)
{
	MYSQL                   *connection = shop();
	static const char *const rows[] = {
		"INSERT INTO users (id, email, full_name, role) VALUES (RANDOM_BYTES(16), 'a@shop.test', 'A', 'shopkeeper')",
		"INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, currency) "
		"SELECT RANDOM_BYTES(16), id, 'A', 'business', '1', 'USD' FROM users",
		"INSERT INTO categories (id, name, slug, depth) VALUES (RANDOM_BYTES(16), 'A', 'a', 1)",
		"INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency) "
		"SELECT RANDOM_BYTES(16), m.id, c.id, 'A', 'a', '', 1, 'USD' FROM merchants m, categories c",
		"INSERT INTO variants (id, product_id, sku) SELECT RANDOM_BYTES(16), id, 'A' FROM products",
		"INSERT INTO inventory (variant_id, on_hand, reserved) SELECT id, 3, 2 FROM variants",
		"INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason) SELECT RANDOM_BYTES(16), id, 3, 'initial' FROM variants",
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_INT(private_run(connection, rows[i]), 0);
	CHECK_INT(private_run(connection, "UPDATE inventory SET on_hand = 1"), ER_CONSTRAINT_FAILED);
	CHECK_INT(private_run(connection, "UPDATE inventory SET reserved = reserved - 3"), ER_CONSTRAINT_FAILED);
	CHECK_INT(private_run(connection, "UPDATE inventory_movements SET delta_on_hand = 4"), ER_SIGNAL_EXCEPTION);
	CHECK_INT(private_run(connection, "DELETE FROM inventory_movements"), ER_SIGNAL_EXCEPTION);
	CHECK_INT(private_run(connection, "DELETE FROM categories"), ER_ROW_IS_REFERENCED_2);
	CHECK_INT(private_run(connection, "UPDATE categories SET parent_id = id, depth = 2"), ER_CONSTRAINT_FAILED);
	CHECK_INT(private_run(connection, "UPDATE users SET phone = '0171234567'"), ER_CONSTRAINT_FAILED);
	CHECK_INT(private_run(connection,
		      "INSERT INTO users (id, email, full_name, role) VALUES (RANDOM_BYTES(16), 'A@Shop.test', 'B', 'customer')"),
	    ER_DUP_ENTRY);
	/* A key from outside may hold anything: it finds nothing, and is no error. */
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM variants WHERE sku = 'Ä'"), 0);
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM orders WHERE number = 'Ä'"), 0);
	CHECK_INT(private_value(connection, "SELECT COUNT(*) FROM payments WHERE reference = 'Ä'"), 0);
	mysql_close(connection);
}

/* What stands for nothing in a CHECK like name <> '' must not pass for a text before it comes to one. */
static void
test_the_schema_and_bodies_agree_on_nothing(void)
{
	MYSQL     *connection = shop();
	MYSQL_RES *rows;
	MYSQL_ROW  row;
	size_t     found = 0;

	REQUIRE(mysql_query(connection,
		    "SELECT c FROM (SELECT CONVERT(CHAR(seq USING utf32) USING utf8mb4) COLLATE utf8mb4_uca1400_ai_ci AS c "
		    "FROM seq_1_to_1114111 WHERE seq NOT BETWEEN 55296 AND 57343) all_characters WHERE c = ''") == 0);
	rows = mysql_store_result(connection);
	REQUIRE(rows != NULL);
	while ((row = mysql_fetch_row(rows)) != NULL) {
		found++;
		if (!text_is_blank(row[0]))
			CHECK_TEXT(row[0], "a text to bodies, nothing to the schema");
	}
	CHECK(found > 100);
	mysql_free_result(rows);
	mysql_close(connection);
}

int
main(int argc, char **argv)
{
	static const struct test tests[] = { TEST(test_goes_up_and_down), TEST(test_refuses_wrong_directories),
		TEST(test_numbers_may_be_left_out), TEST(test_refuses_changed_files), TEST(test_refuses_what_does_not_fit),
		TEST(test_repeats_after_a_failure), TEST(test_repeats_after_an_interruption), TEST(test_refuses_two_statements),
		TEST(test_one_at_a_time), TEST(test_connects), TEST(test_knows_when_the_schema_is_current),
		TEST(test_schema_goes_up_down_up), TEST(test_schema_knows_who_cancelled), TEST(test_schema_is_in_form),
		TEST(test_schema_has_readable_views), TEST(test_schema_names_its_rules), TEST(test_schema_refuses),
		TEST(test_the_schema_and_bodies_agree_on_nothing) };
	int                      result;

	(void)argc;
	private_database(argv);
	arena = arena_new(64 << 20);
	result = run_suite("migrate", tests, sizeof tests / sizeof *tests);
	arena_free(arena);
	return result;
}
