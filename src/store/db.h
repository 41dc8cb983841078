/*
 * db.h: prepared statements whose rows fill structs through their shape.
 *
 * One process has one connection, opened at the first statement and opened again when it was lost.  A statement is
 * prepared once per connection and found again by the address of its SQL text, so the SQL stands as a string literal
 * beside the function that runs it (a composed one goes through db_compose, which gives equal texts one address).
 *
 * A statement does not list the columns of its shape: {p} in its text stands for those of the table or alias p, {} for
 * those of the only table, {c category} for those of the member object "category" (store/expand.h has the rules).  They
 * are put in when the statement is prepared.
 *
 * Columns meet members by name: column "name" fills the member "name"; "<member>_minor" and "currency" fill money
 * members; "category.id" fills the member "id" of the nested object "category" (a pointer member is allocated when the
 * first of its columns is not NULL, and stays NULL otherwise).  A column without a member, a member of the wrong kind for
 * its column, or a wrong number of parameters is a programmer's mistake and asserts at the first run, which a test makes
 * for every statement.  A value longer than its member's bound is an error, never cut.  Rows live in the arena.
 *
 * Every function returns NULL (OK) or a problem:
 *   DUPLICATE_KEY      a unique key is taken; db_clash names it
 *   IN_USE             a foreign key or row is missing or still used
 *   CONFLICT           a CHECK refused the value; db_clash names it
 *   DATABASE_BUSY      deadlock or lock time-out: db_transaction runs the whole again; or the statement took too long, which
 *                      it would again
 *   DATABASE_LOST      the connection is gone or cannot be made, or leads to a server that does not take writes
 *   INTERNAL           anything else; logged where it happened
 * Which error of the server is which stands in store/db_errors.c alone.
 */
#ifndef DB_H
#define DB_H

#include "base/shape.h"

struct arena;
struct config;
struct db;

enum parameter_kind { PARAMETER_NULL, PARAMETER_INTEGER, PARAMETER_TEXT, PARAMETER_UUID, PARAMETER_TIME, PARAMETER_BYTES };

struct parameter {
	enum parameter_kind kind;
	union {
		int64_t        integer;
		const char    *text;
		struct uuid    uuid;
		struct instant time;
		struct bytes   bytes;
	};
};

static inline struct parameter
parameter_null(void)
{
	return (struct parameter) { PARAMETER_NULL };
}
static inline struct parameter
parameter_integer(int64_t v)
{
	return (struct parameter) { PARAMETER_INTEGER, .integer = v };
}
static inline struct parameter
parameter_text(const char *v)
{
	return (struct parameter) { v == NULL ? PARAMETER_NULL : PARAMETER_TEXT, .text = v };
}
static inline struct parameter
parameter_uuid(struct uuid v)
{
	return (struct parameter) { PARAMETER_UUID, .uuid = v };
}
static inline struct parameter
parameter_time(struct instant v)
{
	return (struct parameter) { PARAMETER_TIME, .time = v };
}
static inline struct parameter
parameter_bytes(struct bytes v)
{
	return (struct parameter) { v.bytes == NULL ? PARAMETER_NULL : PARAMETER_BYTES, .bytes = v };
}
static inline struct parameter
parameter_maybe_integer(const int64_t *v)
{
	return v == NULL ? parameter_null() : parameter_integer(*v);
}
static inline struct parameter
parameter_maybe_boolean(const bool *v)
{
	return v == NULL ? parameter_null() : parameter_integer(*v);
}
static inline struct parameter
parameter_maybe_uuid(const struct uuid *v)
{
	return v == NULL ? parameter_null() : parameter_uuid(*v);
}
static inline struct parameter
parameter_maybe_time(const struct instant *v)
{
	return v == NULL ? parameter_null() : parameter_time(*v);
}

#define PARAMETER_ID_CASE_(name) \
	struct name : parameter_##name, struct name * : parameter_maybe_##name, const struct name * : parameter_maybe_##name,
#define PARAMETER_ID_(name) \
	static inline struct parameter parameter_##name(struct name v) \
	{ \
		return parameter_uuid(v.uuid); \
	} \
	static inline struct parameter parameter_maybe_##name(const struct name *v) \
	{ \
		return v == NULL ? parameter_null() : parameter_uuid(v->uuid); \
	}
ID_TYPES(PARAMETER_ID_)

/*
 * One parameter, by its C type: integers, bool, text (NULL is SQL NULL), uuid and typed ids, instants, bytes; and pointers
 * to those that may be NULL, which is SQL NULL.  An enum column takes its word: P(order_status_values[status]).
 */
#define P(value) \
	_Generic((value), ID_TYPES(PARAMETER_ID_CASE_)                                         \
	    int : parameter_integer, unsigned : parameter_integer, bool : parameter_integer,   \
	    int64_t : parameter_integer, size_t : parameter_integer,                    \
	    int64_t * : parameter_maybe_integer, const int64_t * : parameter_maybe_integer,    \
	    bool * : parameter_maybe_boolean, const bool * : parameter_maybe_boolean,          \
	    const char * : parameter_text, char * : parameter_text,                            \
	    struct uuid : parameter_uuid, struct uuid * : parameter_maybe_uuid, const struct uuid * : parameter_maybe_uuid, \
	    struct instant : parameter_time, struct instant * : parameter_maybe_time, const struct instant * : parameter_maybe_time, \
	    struct bytes : parameter_bytes)(value)

/* The parameters of one statement: evaluates to their count and their array. */
#define PARAMETERS_(...) \
	sizeof((struct parameter[]) { { PARAMETER_NULL }, ##__VA_ARGS__ }) / sizeof(struct parameter) - 1, \
	    (const struct parameter[]) { { PARAMETER_NULL }, ##__VA_ARGS__ } + 1

/* A connection that will be made at the first statement; rows go to `arena`.  Never NULL. */
struct db *db_open(const struct config *config, struct arena *arena);
void       db_close(struct db *db);

/*
 * A statement of its own time limit, in place of the connection's: WITHIN_SECONDS(0.5) "SELECT ...".  DATABASE_BUSY when
 * it takes longer, and no other run.
 */
#define WITHIN_SECONDS(seconds) "SET STATEMENT max_statement_time = " #seconds " FOR "

/*
 * SELECT (or INSERT ... RETURNING): *rows (a `struct thing **`) becomes an array of *count structs of the shape.  At most `limit` rows: one more is
 * an error, so that no list is unbounded by accident.
 */
#define db_rows(db, shape, limit, rows, count, sql, ...) \
	db_rows_((db), (shape), (limit), (rows), (count), (sql), PARAMETERS_(__VA_ARGS__))

/*
 * SELECT of any number of rows, one at a time: each(row, argument) for every one of them, until it returns a problem.  The
 * row, and what the callback allocates, is gone when it returns, so the arena does not grow; the rows stay at the server
 * and are fetched by the hundred.  The callback may run other statements, but not the same one.
 */
typedef const struct problem *db_each_function(void *row, void *argument);
#define db_each(db, shape, each, argument, sql, ...) db_each_((db), (shape), (each), (argument), (sql), PARAMETERS_(__VA_ARGS__))

/* SELECT of one row: *row (a `struct thing **`) points to it, NULL when there is none; two rows are an error. */
#define db_row(db, shape, row, sql, ...) db_row_((db), (shape), (row), (sql), PARAMETERS_(__VA_ARGS__))

/* The same of one row that must be there: NOT_FOUND "<noun of the shape> not found" when there is none. */
#define db_one(db, shape, row, sql, ...) db_one_((db), (shape), (row), (sql), PARAMETERS_(__VA_ARGS__))

/* SELECT of one integer (COUNT(*), EXISTS(...)) into an int64_t; no row or NULL leaves 0. */
#define db_value(db, value, sql, ...) db_value_((db), (value), (sql), PARAMETERS_(__VA_ARGS__))

/*
 * The same outside a transaction, for a question that must be answered in time whatever the server does: DATABASE_LOST, and the
 * connection given up, when it takes longer.  No parameters.
 */
const struct problem *db_value_within(struct db *db, int milliseconds, int64_t *value, const char *sql);

/* INSERT, UPDATE, DELETE; *changed (int64_t, may be NULL) is the number of rows that matched (CLIENT_FOUND_ROWS). */
#define db_run(db, changed, sql, ...) db_run_((db), (changed), (sql), PARAMETERS_(__VA_ARGS__))

/*
 * One statement for `count` rows: the group in brackets of its text stands once for each of them, so it is
 * "INSERT INTO things (id, name) VALUES [(?, ?)]".  `parameters` stand row after row, `per_row` of them each.  More than 2,048 go in
 * several statements of as many rows, so that thousands of rows are one text, prepared once: within a transaction, then.  OK when
 * there are none.  *changed is the sum over the rows.  (Never array-bound: on a cluster such a
 * statement reports success when it was aborted.)
 */
const struct problem *db_run_many(
    struct db *db, int64_t *changed, const char *sql, size_t count, size_t per_row, const struct parameter *parameters);

/* db_rows with a group for `group_rows` rows, like "WHERE id IN ([?])"; the `n` parameters stand in the text's order. */
const struct problem *db_rows_many(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count,
    const char *sql, size_t group_rows, size_t n, const struct parameter *parameters);

const struct problem *db_rows_(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count, const char *sql,
    size_t n, const struct parameter *parameters);
const struct problem *db_each_(struct db *db, const struct shape *shape, db_each_function *each, void *argument, const char *sql,
    size_t n, const struct parameter *parameters);
const struct problem *db_row_(
    struct db *db, const struct shape *shape, void *row, const char *sql, size_t n, const struct parameter *parameters);
const struct problem *db_one_(
    struct db *db, const struct shape *shape, void *row, const char *sql, size_t n, const struct parameter *parameters);
const struct problem *db_value_(struct db *db, int64_t *value, const char *sql, size_t n, const struct parameter *parameters);
const struct problem *db_run_(struct db *db, int64_t *changed, const char *sql, size_t n, const struct parameter *parameters);

/*
 * The same text for equal contents: for SQL put together from constant fragments.  Run it at once: it is kept as long as
 * its prepared statement, of which the least recently used give way to others.
 */
const char *db_compose(struct db *db, const char *sql);

/* The name of the key or CHECK that the last DUPLICATE_KEY, IN_USE or CONFLICT was about; "" when unknown. */
const char *db_clash(const struct db *db);

/* Is `problem` about a taken unique key of that name? */
bool db_duplicate(const struct db *db, const struct problem *problem, const char *key);

/* Has the last DATABASE_BUSY rolled back the whole transaction (a deadlock), rather than ended a statement that waited? */
bool db_rolled_back(const struct db *db);

/* May the last rows not be all, because the server has stopped at its LIMIT ROWS EXAMINED? */
bool db_cut_short(const struct db *db);

/*
 * Round trips to the server since the process began, for query budgets; without those that prepare a statement, which a
 * connection does once.
 */
uint64_t db_round_trips(const struct db *db);

/* How long what succeeded has taken there since then, in microseconds. */
int64_t db_busy_us(const struct db *db);

/* Used by store/transaction.c. */
bool                  db_worth_another_run(const struct db *db, const struct problem *problem);
const struct problem *db_begin(struct db *db);
const struct problem *db_commit(struct db *db, bool *uncertain);
void                  db_rollback(struct db *db);

/* Used by work_abandon: ends the statements whose rows were being read, and the transaction. */
void db_abandon(struct db *db);

#endif
