/*
 * statements.h: between the files of db: the statements of one connection, found again by the address of their text, those
 * put together by its content, and given up when too many are kept: the least recently used first.
 *
 * A statement outlives the connection that it was prepared on: only its handle is closed.
 */
#ifndef STATEMENTS_H
#define STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

struct shape;
struct statement;
struct statements;

struct statements *statements_new(void);
void               statements_free(struct statements *statements);

/*
 * The statement of that text, number of rows and shape (NULL: it has no result), new and not prepared if need be.  It is now
 * the most recently used.  Equal literals of two files have one address where the linker merges them, so "SELECT {} FROM users"
 * may come with two shapes, which are two statements.
 */
struct statement *statements_find(struct statements *statements, const char *sql, size_t rows, const struct shape *shape);

/* The same text for equal contents; kept as long as its statement. */
const char *statements_compose(struct statements *statements, const char *sql);

/* `statement` was prepared: keep no more than STATEMENTS_MAX of them, and of their parameters. */
void statements_keep(struct statements *statements, struct statement *statement);

/* Gives up the least recently used statement that is prepared, but for `kept`; false when there is none. */
bool statements_evict(struct statements *statements, const struct statement *kept);

/* The work was left in the middle: those whose rows were being read end, to be prepared anew. */
void statements_abandon(struct statements *statements);

/* The connection is gone: nothing is prepared any more. */
void statements_close(struct statements *statements);

#endif
