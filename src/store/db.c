/*
 * The connection and the statements on it.  Binding of columns and parameters stands in db_bind.c.
 */
#include "store/db.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/db_bind.h"
#include "store/db_errors.h"
#include "store/db_session.h"
#include "store/expand.h"
#include "store/statements.h"

#include <assert.h>
#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdio.h>

enum { CLASH_MAX = 65, RECONNECT_PAUSE_MS = 200, FETCH_ROWS = 200, ASK_AGAIN_WITHIN_MS = 1000, PARAMETERS_AT_ONCE = 2048 };

struct db {
	const struct config  *config;
	struct arena         *arena;
	MYSQL                *connection; /* NULL: not connected */
	struct statements    *statements;
	struct binds          binds;
	uint64_t              round_trips;
	int64_t               busy_us;
	int64_t               failed_ms; /* when connecting last failed: no storm of attempts */
	bool                  in_transaction, cut_short;
	enum db_meaning       failure; /* what the last error meant */
	const struct problem *doomed;  /* why the running transaction can only be rolled back */
	char                  clash[CLASH_MAX];
	FILE                 *trace; /* HAAT_TEST_STATEMENTS: each statement once, with its parameters, for EXPLAIN */
};

struct db *
db_open(const struct config *config, struct arena *arena)
{
	struct db  *db = calloc(1, sizeof *db);
	const char *trace = getenv("HAAT_TEST_STATEMENTS");

	if (db == NULL)
		abort();
	db->config = config;
	db->arena = arena;
	db->statements = statements_new();
	if (trace != NULL && trace[0] != '\0')
		db->trace = fopen(trace, "ae");
	return db;
}

static void
drop_connection(struct db *db)
{
	statements_close(db->statements);
	if (db->connection != NULL)
		mysql_close(db->connection);
	db->connection = NULL;
	db->in_transaction = false;
}

void
db_close(struct db *db)
{
	drop_connection(db);
	statements_free(db->statements);
	binds_free(&db->binds);
	if (db->trace != NULL)
		fclose(db->trace);
	free(db);
}

/*
 * "Duplicate entry 'a@b.c' for key 'uq_users_email'", "CONSTRAINT `ck_x` failed", "CONSTRAINT `fk_x` FOREIGN KEY": the
 * name of the rule.  A key's name stands behind the last "for key": the value before it is the client's own text.
 */
static void
note_clash(struct db *db, const char *message)
{
	static const char before[] = "for key '";
	const char       *start = NULL, *end;
	char              quote = '\'';

	db->clash[0] = '\0';
	for (const char *next = message; (next = strstr(next, before)) != NULL; next++)
		start = next;
	if (start == NULL && (start = strstr(message, "CONSTRAINT `")) != NULL)
		quote = '`';
	if (start == NULL)
		return;
	start = strchr(start, quote) + 1;
	end = strchr(start, quote);
	if (end != NULL && (size_t)(end - start) < sizeof db->clash)
		snprintf(db->clash, sizeof db->clash, "%.*s", (int)(end - start), start);
}

const char *
db_clash(const struct db *db)
{
	return db->clash;
}

bool
db_duplicate(const struct db *db, const struct problem *problem, const char *key)
{
	return problem_is(problem, PROBLEM_DUPLICATE_KEY) && strcmp(db->clash, key) == 0;
}

static const struct problem *
lost(struct db *db, unsigned error, const char *message)
{
	metric_add(METRIC_DATABASE_FAILURES, FAIL_LOST, 0, 1);
	log_error("database connection lost", LOG_NUMBER("errno", error), LOG_TEXT("cause", message));
	if (db->in_transaction)
		db->doomed = problem(DATABASE_LOST, "the database is unavailable; try again");
	drop_connection(db);
	return problem(DATABASE_LOST, "the database is unavailable; try again");
}

/* What has rolled the whole transaction back: what follows in it must not commit by itself. */
static const struct problem *
busy(struct db *db, bool rolled_back)
{
	metric_add(METRIC_DATABASE_FAILURES, FAIL_RETRY, 0, 1);
	if (db->in_transaction && rolled_back)
		db->doomed = problem(DATABASE_BUSY, "too many concurrent changes to the same rows; try again");
	return problem(DATABASE_BUSY, "too many concurrent changes to the same rows; try again");
}

/* The client's view of an error; db_errors.c says what it means in that phase. */
static const struct problem *
failed(struct db *db, enum db_phase phase, unsigned error, const char *message, const char *sql)
{
	note_clash(db, message);
	db->failure = db_error_meaning(phase, error);
	switch (db->failure) {
	case DB_DUPLICATE:
		metric_add(METRIC_DATABASE_FAILURES, FAIL_DUPLICATE, 0, 1);
		return problem(DUPLICATE_KEY, "an object with the same key already exists");
	case DB_REFERENCED:
		return problem(IN_USE, "a referenced object does not exist, or the object is still referenced");
	case DB_REFUSED:
		return problem(CONFLICT, "the change conflicts with the current state");
	case DB_ROLLED_BACK:
		return busy(db, true);
	case DB_AGAIN:
		return busy(db, false);
	case DB_LATER:
		log_warning("database statement interrupted or timed out", LOG_NUMBER("errno", error), LOG_TEXT("cause", message),
		    LOG_ID("sql", sql));
		return busy(db, false);
	case DB_ELSEWHERE:
	case DB_UNCERTAIN:
		return lost(db, error, message);
	case DB_OURS:
	case DB_MEANING__COUNT:
		break;
	}
	metric_add(METRIC_DATABASE_FAILURES, FAIL_ERROR, 0, 1);
	log_error("database error", LOG_NUMBER("errno", error), LOG_TEXT("cause", message), LOG_ID("sql", sql));
	return problem(INTERNAL, "internal error");
}

static const struct problem *
statement_failed(struct db *db, const struct statement *statement)
{
	return failed(db, DB_STATEMENT, mysql_stmt_errno(statement->handle), mysql_stmt_error(statement->handle), statement->sql);
}

static const struct problem *
connect_within(struct db *db, unsigned seconds)
{
	if (monotonic_ms() - db->failed_ms < RECONNECT_PAUSE_MS && db->failed_ms != 0)
		return problem(DATABASE_LOST, "the database is unavailable; try again");
	db->connection = session_open(db->config, db->arena, seconds, &db->round_trips);
	db->failed_ms = db->connection == NULL ? monotonic_ms() : 0;
	if (db->connection != NULL)
		return OK;
	metric_add(METRIC_DATABASE_FAILURES, FAIL_LOST, 0, 1);
	return problem(DATABASE_LOST, "the database is unavailable; try again");
}

/* Within a transaction a lost connection must be noticed, never papered over with a new one. */
static const struct problem *
ensure_connected(struct db *db)
{
	if (db->doomed != NULL)
		return db->doomed;
	return db->connection != NULL ? OK : connect_within(db, (unsigned)db->config->database.connect_timeout_seconds);
}

/* A statement and its parameters. */
struct call {
	const char             *sql;
	size_t                  rows; /* of its group */
	size_t                  n;
	const struct parameter *parameters;
};

/* When the server keeps no more statements, our own least recently used make room. */
static const struct problem *
prepare(struct db *db, struct statement *statement, const struct shape *shape, const struct call *call)
{
	const char *expanded = sql_expand(db->arena, call->sql, shape, call->rows), *message;
	unsigned    error;

	while (!statement_prepare(statement, db->connection, expanded, shape, &error, &message))
		if (error != ER_MAX_PREPARED_STMT_COUNT_REACHED || !statements_evict(db->statements, statement))
			return failed(db, DB_STATEMENT, error, message, expanded);
	statements_keep(db->statements, statement);
	if (db->trace != NULL)
		statement_trace(db->trace, expanded, call->n, call->parameters);
	return OK;
}

static const struct problem *
prepared(struct db *db, const struct shape *shape, const struct call *call, struct statement **into)
{
	TRY(ensure_connected(db));
	*into = statements_find(db->statements, call->sql, call->rows, shape);
	assert(!(*into)->busy); /* the same statement within its own db_each */
	if ((*into)->handle == NULL)
		TRY(prepare(db, *into, shape, call));
	assert((*into)->shape == shape);
	return OK;
}

/* What the server was asked for has taken so long. */
static void
observe(struct db *db, enum database_kind kind, int64_t started_us)
{
	int64_t duration_us = monotonic_us() - started_us;

	db->busy_us += duration_us;
	metric_observe_us(METRIC_DATABASE_SECONDS, kind, 0, duration_us);
}

static const struct problem *
execute(struct db *db, struct statement *statement, const struct call *call)
{
	db->round_trips++;
	bind_parameters(statement, &db->binds, call->n, call->parameters);
	if ((call->n > 0 && mysql_stmt_bind_param(statement->handle, db->binds.list) != 0) ||
	    mysql_stmt_execute(statement->handle) != 0)
		return statement_failed(db, statement);
	return OK;
}

static const struct problem *
select_rows(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count, const struct call *call)
{
	struct statement *statement;
	int64_t           started = monotonic_us();
	bool              complete;

	TRY(prepared(db, shape, call, &statement));
	TRY(execute(db, statement, call));
	if (mysql_stmt_store_result(statement->handle) != 0)
		return statement_failed(db, statement);
	db->cut_short = mysql_stmt_warning_count(statement->handle) > 0;
	complete = statement_fetch(statement, limit, db->arena, rows, count);
	mysql_stmt_free_result(statement->handle);
	observe(db, DB_SELECT, started);
	return complete ? OK : problem(INTERNAL, "internal error");
}

/* A connection that ended while nobody used it is no reason to refuse a read: outside a transaction it is asked again. */
const struct problem *
db_rows_many(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count, const char *sql,
    size_t group_rows, size_t n, const struct parameter *parameters)
{
	const struct call     call = { sql, group_rows, n, parameters };
	bool                  may_ask_again = db->connection != NULL && !db->in_transaction && db->doomed == NULL;
	int64_t               started = monotonic_ms();
	const struct problem *problem;

	*count = 0;
	problem = select_rows(db, shape, limit, rows, count, &call);
	if (may_ask_again && problem_is(problem, PROBLEM_DATABASE_LOST) && monotonic_ms() - started < ASK_AGAIN_WITHIN_MS)
		problem = select_rows(db, shape, limit, rows, count, &call);
	return problem;
}

const struct problem *
db_rows_(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count, const char *sql, size_t n,
    const struct parameter *parameters)
{
	return db_rows_many(db, shape, limit, rows, count, sql, 0, n, parameters);
}

/* Fetches the next row of a cursor; the callback may have lost the connection, and the cursor with it. */
static const struct problem *
next_row(struct db *db, struct statement *statement, void *row, bool *there)
{
	int outcome;

	if (statement->handle == NULL)
		return problem(DATABASE_LOST, "the database is unavailable; try again");
	outcome = mysql_stmt_fetch(statement->handle);
	*there = outcome == 0 || outcome == MYSQL_DATA_TRUNCATED;
	if (outcome == MYSQL_NO_DATA)
		return OK;
	if (!*there)
		return statement_failed(db, statement);
	return statement_fill(statement, db->arena, row) ? OK : problem(INTERNAL, "internal error");
}

static const struct problem *
each_row(struct db *db, struct statement *statement, db_each_function *each, void *argument)
{
	const struct problem *problem;
	bool                  there = true;

	while (there) {
		struct arena_mark mark = arena_mark(db->arena);
		void             *row = arena_alloc(db->arena, statement->shape->size);

		problem = next_row(db, statement, row, &there);
		if (problem == OK && there)
			problem = each(row, argument);
		if (problem != OK)
			return problem; /* which may stand in the arena */
		arena_release(db->arena, mark);
	}
	return OK;
}

const struct problem *
db_each_(struct db *db, const struct shape *shape, db_each_function *each, void *argument, const char *sql, size_t n,
    const struct parameter *parameters)
{
	const struct call     call = { sql, 0, n, parameters };
	unsigned long         cursor = CURSOR_TYPE_READ_ONLY, none = CURSOR_TYPE_NO_CURSOR, rows = FETCH_ROWS;
	struct statement     *statement;
	const struct problem *problem;

	TRY(prepared(db, shape, &call, &statement));
	mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &cursor);
	mysql_stmt_attr_set(statement->handle, STMT_ATTR_PREFETCH_ROWS, &rows);
	problem = execute(db, statement, &call);
	statement->busy = true;
	if (problem == OK)
		problem = each_row(db, statement, each, argument);
	statement->busy = false;
	if (statement->handle != NULL) {
		mysql_stmt_free_result(statement->handle);
		mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &none);
	}
	return problem;
}

const struct problem *
db_row_(struct db *db, const struct shape *shape, void *row, const char *sql, size_t n, const struct parameter *parameters)
{
	size_t count;
	void  *rows;

	*(void **)row = NULL;
	TRY(db_rows_(db, shape, 1, &rows, &count, sql, n, parameters));
	if (count > 0)
		*(void **)row = rows;
	return OK;
}

static const struct problem *
not_found(struct arena *arena, const struct shape *shape)
{
	struct problem *problem = ARENA_NEW(arena, struct problem);

	*problem = (struct problem) { .code = PROBLEM_NOT_FOUND,
		.message = arena_format(arena, "%s not found", shape_noun(shape, arena)) };
	return problem;
}

const struct problem *
db_one_(struct db *db, const struct shape *shape, void *row, const char *sql, size_t n, const struct parameter *parameters)
{
	TRY(db_row_(db, shape, row, sql, n, parameters));
	return *(void **)row != NULL ? OK : not_found(db->arena, shape);
}

struct value {
	int64_t *value;
};

static const struct member value_members[] = {
	M_INTEGER(struct value, value, "value", INT64_MIN, INT64_MAX),
};
SHAPE(struct value, value_shape, "Value", value_members);

const struct problem *
db_value_(struct db *db, int64_t *value, const char *sql, size_t n, const struct parameter *parameters)
{
	struct value *row;

	*value = 0;
	TRY(db_row_(db, &value_shape, &row, sql, n, parameters));
	if (row != NULL && row->value != NULL)
		*value = *row->value;
	return OK;
}

/* The connection's own limit is longer and cannot be changed, so the answer is waited for here. */
static const struct problem *
ask_within(struct db *db, int milliseconds, int64_t *value, const char *sql)
{
	struct pollfd answer;
	MYSQL_RES    *result;
	MYSQL_ROW     row;
	bool          sent;

	if (db->connection == NULL)
		TRY(connect_within(db, (unsigned)(milliseconds + 999) / 1000));
	db->round_trips++;
	answer = (struct pollfd) { .fd = mysql_get_socket(db->connection), .events = POLLIN };
	sent = mysql_send_query(db->connection, sql, strlen(sql)) == 0;
	if (sent && poll(&answer, 1, milliseconds) != 1)
		return lost(db, CR_SERVER_LOST, "timed out");
	if (!sent || mysql_read_query_result(db->connection) != 0 || (result = mysql_store_result(db->connection)) == NULL)
		return failed(db, DB_STATEMENT, mysql_errno(db->connection), mysql_error(db->connection), sql);
	row = mysql_fetch_row(result);
	*value = row == NULL || row[0] == NULL ? 0 : strtoll(row[0], NULL, 10);
	mysql_free_result(result);
	return OK;
}

const struct problem *
db_value_within(struct db *db, int milliseconds, int64_t *value, const char *sql)
{
	bool                  may_ask_again = db->connection != NULL;
	int64_t               started = monotonic_ms();
	const struct problem *problem;

	assert(!db->in_transaction && db->doomed == NULL);
	*value = 0;
	problem = ask_within(db, milliseconds, value, sql);
	if (may_ask_again && problem_is(problem, PROBLEM_DATABASE_LOST) && monotonic_ms() - started < milliseconds)
		problem = ask_within(db, milliseconds, value, sql);
	return problem;
}

static const struct problem *
run(struct db *db, int64_t *changed, const struct call *call)
{
	struct statement *statement;
	int64_t           started = monotonic_us();

	TRY(prepared(db, NULL, call, &statement));
	TRY(execute(db, statement, call));
	if (changed != NULL)
		*changed = (int64_t)mysql_stmt_affected_rows(statement->handle);
	observe(db, DB_WRITE, started);
	return OK;
}

const struct problem *
db_run_(struct db *db, int64_t *changed, const char *sql, size_t n, const struct parameter *parameters)
{
	return run(db, changed, &(struct call) { sql, 0, n, parameters });
}

const struct problem *
db_run_many(struct db *db, int64_t *changed, const char *sql, size_t count, size_t per_row, const struct parameter *parameters)
{
	size_t  most = count * per_row <= PARAMETERS_AT_ONCE ? count : PARAMETERS_AT_ONCE / per_row;
	int64_t some;

	if (changed != NULL)
		*changed = 0;
	for (size_t from = 0, step; from < count; from += step) {
		step = count - from < most ? count - from : most;
		TRY(run(db, &some, &(struct call) { sql, step, step * per_row, parameters + from * per_row }));
		if (changed != NULL)
			*changed += some;
	}
	return OK;
}

const char *
db_compose(struct db *db, const char *sql)
{
	return statements_compose(db->statements, sql);
}

bool
db_rolled_back(const struct db *db)
{
	return db->failure == DB_ROLLED_BACK;
}

bool
db_worth_another_run(const struct db *db, const struct problem *problem)
{
	return problem_is(problem, PROBLEM_DATABASE_LOST) ||
	    (problem_is(problem, PROBLEM_DATABASE_BUSY) && db->failure != DB_LATER);
}

bool
db_cut_short(const struct db *db)
{
	return db->cut_short;
}

uint64_t
db_round_trips(const struct db *db)
{
	return db->round_trips;
}

int64_t
db_busy_us(const struct db *db)
{
	return db->busy_us;
}

static const struct problem *
command(struct db *db, enum db_phase phase, const char *sql)
{
	db->round_trips++;
	if (mysql_real_query(db->connection, sql, strlen(sql)) != 0)
		return failed(db, phase, mysql_errno(db->connection), mysql_error(db->connection), sql);
	return OK;
}

const struct problem *
db_begin(struct db *db)
{
	assert(!db->in_transaction); /* START TRANSACTION would commit it */
	db->failure = DB_OURS;
	TRY(ensure_connected(db));
	TRY(command(db, DB_STATEMENT, "START TRANSACTION"));
	db->in_transaction = true;
	return OK;
}

const struct problem *
db_commit(struct db *db, bool *uncertain)
{
	const struct problem *problem;
	int64_t               started = monotonic_us();

	*uncertain = false;
	if (db->doomed != NULL)
		return db->doomed;
	db->in_transaction = false; /* whatever comes now dooms nothing: the witness must be able to ask */
	problem = command(db, DB_COMMIT, "COMMIT");
	observe(db, DB_TRANSACTION, started);
	if (problem != OK && db->failure == DB_UNCERTAIN) {
		metric_add(METRIC_DATABASE_FAILURES, FAIL_UNCERTAIN, 0, 1);
		*uncertain = true;
	} else if (problem != OK && db->failure != DB_ROLLED_BACK) {
		drop_connection(db); /* refused: the end of the connection is the surest way back */
	}
	return problem;
}

void
db_rollback(struct db *db)
{
	if (db->in_transaction && db->connection != NULL && command(db, DB_STATEMENT, "ROLLBACK") != OK)
		drop_connection(db);
	db->in_transaction = false;
	db->doomed = NULL;
}

void
db_abandon(struct db *db)
{
	statements_abandon(db->statements);
	db_rollback(db);
}
