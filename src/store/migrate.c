#include "store/migrate.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/text.h"
#include "store/readable_views.h"

#include <mysql.h>
#include <mysqld_error.h>

static const char *const state_values[] = { "", "applying", "applied", "reverting" };

/* Runs one statement without a result. */
static bool
run(MYSQL *connection, const char *sql)
{
	return mysql_real_query(connection, sql, strlen(sql)) == 0;
}

struct st_mysql *
migrate_connect(const struct config *config, struct text *fault)
{
	MYSQL            *connection = mysql_init(NULL);
	unsigned          connect_timeout = (unsigned)config->database.connect_timeout_seconds;
	const char       *socket = config->database.socket;
	bool              by_socket = socket != NULL && socket[0] != '\0';
	static const char settings[] =
	    "SET time_zone = '+00:00', max_statement_time = 0, lock_wait_timeout = 30, foreign_key_checks = 1, "
	    "tx_isolation = 'READ-COMMITTED', sql_mode = " /* INSERT ... SELECT does not lock what it reads */
	    "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

	if (connection == NULL) {
		text_add_string(fault, "cannot connect to the database: out of memory");
		return NULL;
	}
	mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
	mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(connection, by_socket ? NULL : config->database.host, config->database.user,
		config->database.password, config->database.name, by_socket ? 0 : (unsigned)config->database.port,
		by_socket ? socket : NULL, 0) == NULL ||
	    !run(connection, settings)) {
		text_addf(fault, "cannot connect to the database '%s': %s", config->database.name, mysql_error(connection));
		mysql_close(connection);
		return NULL;
	}
	return connection;
}

/* Is the first column of the only row 1? */
static bool
query_says_one(MYSQL *connection, const char *sql)
{
	MYSQL_RES *result;
	MYSQL_ROW  row;
	bool       one = false;

	if (run(connection, sql) && (result = mysql_store_result(connection)) != NULL) {
		row = mysql_fetch_row(result);
		one = row != NULL && row[0] != NULL && strcmp(row[0], "1") == 0;
		mysql_free_result(result);
	}
	return one;
}

bool
migrate_lock(struct st_mysql *connection, int wait_seconds, struct text *fault)
{
	char sql[100];

	/* Locks are the server's, not the database's: two shops on one server migrate independently. */
	snprintf(sql, sizeof sql, "SELECT GET_LOCK(CONCAT('haat.migrate.', SHA1(DATABASE())), %d)", wait_seconds);
	if (!query_says_one(connection, sql)) {
		if (mysql_errno(connection) != 0)
			text_addf(fault, "cannot take the migration lock: %s", mysql_error(connection));
		else
			text_addf(fault, "another process is migrating this database: waited %d seconds", wait_seconds);
		return false;
	}
	if (!run(connection,
		"CREATE TABLE IF NOT EXISTS schema_migrations ("
		"number INT NOT NULL, "
		"name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, "
		"checksum BINARY(32) NOT NULL, "
		"state ENUM('applying', 'applied', 'reverting') NOT NULL, "
		"applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), "
		"applied_by VARCHAR(200) NOT NULL, "
		"CONSTRAINT pk_schema_migrations PRIMARY KEY (number), "
		"CONSTRAINT ck_schema_migrations_number CHECK (number > 0)"
		") ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci")) {
		text_addf(fault, "cannot create table 'schema_migrations': %s", mysql_error(connection));
		return false;
	}
	return true;
}

static enum migration_state
state_named(const char *word)
{
	for (enum migration_state state = MIGRATION_APPLYING; state <= MIGRATION_REVERTING; state++)
		if (strcmp(word, state_values[state]) == 0)
			return state;
	return MIGRATION_PENDING;
}

/* Holds one row of schema_migrations against its file. */
static bool
compare_row(struct arena *arena, MYSQL_ROW row, const unsigned long *lengths, struct migration *migration, struct text *fault)
{
	bool same_text =
	    lengths[2] == sizeof migration->checksum && memcmp(row[2], migration->checksum, sizeof migration->checksum) == 0;

	if (strcmp(row[1], migration->name) != 0) {
		text_addf(fault, "migration %04lld of the database is '%s', but the file is '%s'", (long long)migration->number,
		    row[1], migration->name);
		return false;
	}
	migration->state = state_named(row[3]);
	if (!same_text && migration->state != MIGRATION_APPLYING) {
		text_addf(fault,
		    "migration %04lld '%s' was changed after it was applied: restore the file and make the change in a "
		    "new migration",
		    (long long)migration->number, migration->name);
		return false;
	}
	migration->applied_at = arena_string(arena, row[4]);
	migration->applied_by = arena_string(arena, row[5]);
	return true;
}

/* Holds all rows, ordered by number, against the files. */
static bool
compare_rows(struct arena *arena, MYSQL_RES *result, struct migrations *migrations, struct text *fault)
{
	MYSQL_ROW row;
	size_t    next = 0;

	while ((row = mysql_fetch_row(result)) != NULL) {
		int64_t number = strtoll(row[0], NULL, 10);

		if (next < migrations->count && number > migrations->rows[next].number) {
			text_addf(fault, "the database has migration %04lld '%s' but not %04lld before it", (long long)number,
			    row[1], (long long)migrations->rows[next].number);
			return false;
		}
		if (next == migrations->count || number < migrations->rows[next].number) {
			text_addf(fault,
			    "the database has migration %04lld '%s', which has no file: it was migrated by a newer "
			    "version",
			    (long long)number, row[1]);
			return false;
		}
		if (!compare_row(arena, row, mysql_fetch_lengths(result), &migrations->rows[next], fault))
			return false;
		next++;
	}
	return true;
}

bool
migrate_compare(struct arena *arena, struct st_mysql *connection, struct migrations *migrations, struct text *fault)
{
	MYSQL_RES *result = NULL;
	bool       fits;

	for (size_t i = 0; i < migrations->count; i++) {
		migrations->rows[i].state = MIGRATION_PENDING;
		migrations->rows[i].applied_at = migrations->rows[i].applied_by = NULL;
	}
	if (run(connection,
		"SELECT number, name, checksum, state, applied_at, applied_by FROM schema_migrations ORDER BY number"))
		result = mysql_store_result(connection);
	else if (mysql_errno(connection) == ER_NO_SUCH_TABLE)
		return true;
	if (result == NULL) {
		text_addf(fault, "cannot read table 'schema_migrations': %s", mysql_error(connection));
		return false;
	}
	fits = compare_rows(arena, result, migrations, fault);
	mysql_free_result(result);
	return fits;
}

/* Does the error say that the thing is there already, or (when going back) gone already? */
static bool
is_already_done(unsigned error, bool up)
{
	static const unsigned there[] = { ER_TABLE_EXISTS_ERROR, ER_TRG_ALREADY_EXISTS, ER_DUP_FIELDNAME, ER_DUP_KEYNAME,
		ER_DUP_CONSTRAINT_NAME, ER_CANT_DROP_FIELD_OR_KEY };
	static const unsigned gone[] = { ER_BAD_TABLE_ERROR, ER_UNKNOWN_TABLE, ER_NO_SUCH_TABLE, ER_TRG_DOES_NOT_EXIST,
		ER_CANT_DROP_FIELD_OR_KEY, ER_DUP_FIELDNAME, ER_DUP_KEYNAME };
	const unsigned       *list = up ? there : gone;
	size_t                count = up ? sizeof there / sizeof *there : sizeof gone / sizeof *gone;

	for (size_t i = 0; i < count; i++)
		if (list[i] == error)
			return true;
	return false;
}

/* Writes the state of a migration down: a row for `applying`, no row for `pending`. */
static bool
record(MYSQL *connection, const struct migration *migration, enum migration_state state, struct text *fault)
{
	char sql[400], digits[2 * sizeof migration->checksum + 1];

	mysql_hex_string(digits, (const char *)migration->checksum, sizeof migration->checksum);
	if (state == MIGRATION_PENDING)
		snprintf(sql, sizeof sql, "DELETE FROM schema_migrations WHERE number = %lld", (long long)migration->number);
	else
		snprintf(sql, sizeof sql,
		    "INSERT INTO schema_migrations (number, name, checksum, state, applied_by) "
		    "VALUES (%lld, '%s', X'%s', '%s', USER()) "
		    "ON DUPLICATE KEY UPDATE checksum = VALUES(checksum), state = VALUES(state)",
		    (long long)migration->number, migration->name, digits, state_values[state]);
	if (!run(connection, sql)) {
		text_addf(fault, "cannot record migration %04lld '%s' in 'schema_migrations': %s", (long long)migration->number,
		    migration->name, mysql_error(connection));
		return false;
	}
	return true;
}

/* One migration in one direction: written down as begun, run, written down as done. */
static bool
step(MYSQL *connection, struct migration *migration, bool up, struct text *fault)
{
	enum migration_state before = migration->state;
	enum migration_state during = up ? MIGRATION_APPLYING : MIGRATION_REVERTING;
	enum migration_state after = up ? MIGRATION_APPLIED : MIGRATION_PENDING;
	const char          *sql = up ? migration->up : migration->down;
	bool                 begun_before = before == MIGRATION_APPLYING || before == MIGRATION_REVERTING;
	unsigned             error;

	if (!record(connection, migration, during, fault))
		return false;
	migration->state = during;
	if (!run(connection, sql)) {
		error = mysql_errno(connection);
		if (!begun_before || !is_already_done(error, up)) {
			text_addf(fault, "migration %04lld '%s' cannot be %s: %s (error %u)", (long long)migration->number,
			    migration->name, up ? "applied" : "reverted", mysql_error(connection), error);
			/* A statement that failed has done nothing, so the row says what it said before.  Should this fail
			 * too, the next run finds it begun and tries again. */
			if (!begun_before && record(connection, migration, before, fault))
				migration->state = before;
			return false;
		}
	}
	if (!record(connection, migration, after, fault))
		return false;
	migration->state = after;
	return true;
}

bool
migrate_up(
    struct st_mysql *connection, struct migrations *migrations, migrate_progress *progress, void *argument, struct text *fault)
{
	for (size_t i = 0; i < migrations->count; i++) {
		struct migration *migration = &migrations->rows[i];
		int64_t           began = monotonic_ms();

		if (migration->state == MIGRATION_APPLIED)
			continue;
		if (!step(connection, migration, true, fault))
			return false;
		progress(migration, monotonic_ms() - began, argument);
	}
	return readable_views_make(connection, fault);
}

bool
migrate_down(struct st_mysql *connection, struct migrations *migrations, size_t count, migrate_progress *progress, void *argument,
    struct text *fault)
{
	for (size_t i = migrations->count; i > 0 && count > 0; i--) {
		struct migration *migration = &migrations->rows[i - 1];
		int64_t           began = monotonic_ms();

		if (migration->state == MIGRATION_PENDING)
			continue;
		if (!step(connection, migration, false, fault))
			return false;
		progress(migration, monotonic_ms() - began, argument);
		count--;
	}
	return readable_views_make(connection, fault);
}
