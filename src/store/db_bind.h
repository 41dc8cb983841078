/*
 * db_bind.h: between db.c and db_bind.c only: one prepared statement, its columns and its parameters.
 */
#ifndef DB_BIND_H
#define DB_BIND_H

#include "store/db.h"

#include <mysql.h>
#include <stdio.h>

enum { COLUMNS_MAX = 64, PARAMETERS_MAX = 104, DEPTH_MAX = 3 };

/* One column of a result: where the client library puts it, and where it goes from there. */
struct column {
	const struct member *member;               /* NULL: a currency that only fills money members */
	const struct shape  *shape;                /* the shape it fills a member of */
	const struct member *through[DEPTH_MAX];   /* the object members on the way from the row to that shape */
	size_t               depth;
	enum { INTO_MEMBER, INTO_MINOR, INTO_CURRENCY } into;
	unsigned long length;
	my_bool       is_null, truncated;
	int64_t       integer;
	MYSQL_TIME    time;
	char         *bytes;
	size_t        room, limit;                 /* bytes bound here; bytes the member takes */
};

struct statement {
	const char         *sql;
	const struct shape *shape;                 /* NULL: no result */
	MYSQL_STMT         *handle;
	struct column      *columns;
	MYSQL_BIND         *results;
	unsigned            n_columns, n_parameters;
	bool                has_currency;
};

struct binds {
	MYSQL_BIND    list[PARAMETERS_MAX];
	unsigned long lengths[PARAMETERS_MAX];
	MYSQL_TIME    times[PARAMETERS_MAX];
};

/*
 * Prepares `expanded`, the text of `sql` with its column lists, and maps its columns; NULL with the server's error and
 * message when it will not be prepared.
 */
struct statement *statement_prepare(MYSQL *connection, const char *sql, const char *expanded, const struct shape *shape,
    unsigned *error, const char **message);
void statement_free(struct statement *statement);

/* Reads the stored result into an array of structs; false (logged) when there are too many rows or one does not fit. */
bool statement_fetch(struct statement *statement, size_t limit, struct arena *arena, void *rows, size_t *count);

/* One row of parameters; `binds` must live until the statement has run. */
void bind_parameters(const struct statement *statement, struct binds *binds, size_t n, const struct parameter *parameters);

/* Many rows of parameters, column by column in arrays of the arena. */
void bind_columns(const struct statement *statement, struct binds *binds, struct arena *arena, size_t count,
    size_t per_row, const struct parameter *parameters);

/* Write the statement with its parameters as literals, on one line. */
void statement_trace(FILE *to, const char *sql, size_t n, const struct parameter *parameters);

#endif
