#include "store/statements.h"

#include "store/db_bind.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * So many statements, and so many parameters in them all together: the client library and the server hold memory for
 * each, and a statement of many rows has thousands.
 */
enum { STATEMENTS_MAX = 512, PARAMETERS_KEPT_MAX = 16384, SLOTS = 1024 };

struct statements {
	struct statement *by_address[SLOTS], *by_content[SLOTS];
	struct statement *newest, *oldest;
	size_t            count, n_parameters;
};

struct statements *
statements_new(void)
{
	struct statements *statements = calloc(1, sizeof *statements);

	if (statements == NULL)
		abort();
	return statements;
}

static struct statement **
address_slot(struct statements *statements, const char *sql, size_t rows)
{
	return &statements->by_address[(((uintptr_t)sql >> 3) + rows * 31) % SLOTS];
}

static void
unlink_use(struct statements *statements, struct statement *statement)
{
	if (statement->newer != NULL)
		statement->newer->older = statement->older;
	else
		statements->newest = statement->older;
	if (statement->older != NULL)
		statement->older->newer = statement->newer;
	else
		statements->oldest = statement->newer;
}

static void
link_newest(struct statements *statements, struct statement *statement)
{
	statement->newer = NULL;
	statement->older = statements->newest;
	if (statements->newest != NULL)
		statements->newest->newer = statement;
	else
		statements->oldest = statement;
	statements->newest = statement;
}

static void
unlink_hash(struct statement **at, struct statement *statement)
{
	while (*at != statement)
		at = &(*at)->next;
	*at = statement->next;
}

static void
unlink_content(struct statement **at, struct statement *statement)
{
	while (*at != statement)
		at = &(*at)->next_composed;
	*at = statement->next_composed;
}

static void
close_handle(struct statements *statements, struct statement *statement)
{
	if (statement->handle != NULL)
		statements->n_parameters -= statement->n_parameters;
	statement_close(statement);
}

static void
forget(struct statements *statements, struct statement *statement)
{
	close_handle(statements, statement);
	unlink_use(statements, statement);
	unlink_hash(address_slot(statements, statement->sql, statement->rows), statement);
	if (statement->composed != NULL)
		unlink_content(&statements->by_content[statement->content % SLOTS], statement);
	free(statement->composed);
	free(statement);
	statements->count--;
}

void
statements_free(struct statements *statements)
{
	while (statements->oldest != NULL)
		forget(statements, statements->oldest);
	free(statements);
}

/* The least recently used that may go. */
static bool
forget_oldest(struct statements *statements, const struct statement *kept, bool prepared)
{
	for (struct statement *statement = statements->oldest; statement != NULL; statement = statement->newer)
		if (statement != kept && !statement->busy && (!prepared || statement->handle != NULL)) {
			forget(statements, statement);
			return true;
		}
	return false;
}

static struct statement *
add(struct statements *statements, const char *sql, size_t rows)
{
	struct statement *statement = calloc(1, sizeof *statement), **slot = address_slot(statements, sql, rows);

	if (statement == NULL)
		abort();
	statement->sql = sql;
	statement->rows = rows;
	statement->next = *slot;
	*slot = statement;
	link_newest(statements, statement);
	statements->count++;
	while (statements->count > STATEMENTS_MAX && forget_oldest(statements, statement, false))
		;
	return statement;
}

static void
used(struct statements *statements, struct statement *statement)
{
	if (statements->newest == statement)
		return;
	unlink_use(statements, statement);
	link_newest(statements, statement);
}

/* One that is not prepared yet takes any shape. */
static bool
is_wanted(const struct statement *statement, const char *sql, size_t rows, const struct shape *shape)
{
	return statement->sql == sql && statement->rows == rows && (statement->shape == shape || statement->handle == NULL) &&
	    !(statement->busy && statement->shape != shape);
}

struct statement *
statements_find(struct statements *statements, const char *sql, size_t rows, const struct shape *shape)
{
	struct statement *statement = *address_slot(statements, sql, rows);

	while (statement != NULL && !is_wanted(statement, sql, rows, shape))
		statement = statement->next;
	if (statement == NULL)
		return add(statements, sql, rows);
	used(statements, statement);
	return statement;
}

const char *
statements_compose(struct statements *statements, const char *sql)
{
	size_t            hash = 5381;
	struct statement *statement;
	char             *copy;

	for (const char *c = sql; *c != '\0'; c++)
		hash = hash * 33 + (unsigned char)*c;
	for (statement = statements->by_content[hash % SLOTS]; statement != NULL; statement = statement->next_composed)
		if (statement->content == hash && strcmp(statement->composed, sql) == 0) {
			used(statements, statement);
			return statement->composed;
		}
	copy = strdup(sql);
	if (copy == NULL)
		abort();
	statement = add(statements, copy, 0);
	statement->composed = copy;
	statement->content = hash;
	statement->next_composed = statements->by_content[hash % SLOTS];
	statements->by_content[hash % SLOTS] = statement;
	return copy;
}

void
statements_keep(struct statements *statements, struct statement *statement)
{
	statements->n_parameters += statement->n_parameters;
	while (statements->n_parameters > PARAMETERS_KEPT_MAX && forget_oldest(statements, statement, true))
		;
}

bool
statements_evict(struct statements *statements, const struct statement *kept)
{
	return forget_oldest(statements, kept, true);
}

void
statements_close(struct statements *statements)
{
	for (struct statement *statement = statements->oldest; statement != NULL; statement = statement->newer)
		close_handle(statements, statement);
}

void
statements_abandon(struct statements *statements)
{
	for (struct statement *statement = statements->oldest; statement != NULL; statement = statement->newer)
		if (statement->busy) {
			close_handle(statements, statement);
			statement->busy = false;
		}
}
