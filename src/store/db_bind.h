/*
 * db_bind.h: between db.c and db_bind.c only: one prepared statement, its columns and its parameters.
 */
#ifndef DB_BIND_H
#define DB_BIND_H

#include "store/db.h"

#include <mysql.h>
#include <stdio.h>

enum { COLUMNS_MAX = 64, PARAMETERS_MAX = 65535, DEPTH_MAX = 3 };

/* One column of a result: where the client library puts it, and where it goes from there. */
struct column {
	const struct member *member;             /* NULL: a currency that only fills money members */
	const struct shape  *shape;              /* the shape it fills a member of */
	const struct member *through[DEPTH_MAX]; /* the object members on the way from the row to that shape */
	size_t               depth;
	enum { INTO_MEMBER, INTO_MINOR, INTO_CURRENCY } into;
	unsigned long length;
	my_bool       is_null, truncated;
	int64_t       integer;
	MYSQL_TIME    time;
	char         *bytes;
	size_t        room, limit; /* bytes bound here; bytes the member takes */
};

/* Made, found and given up by statements.c; prepared and bound by db_bind.c. */
struct statement {
	const char         *sql;    /* with rows and shape: what it is found by */
	size_t              rows;   /* how often its group is repeated; 0: it has none */
	const struct shape *shape;  /* NULL: no result */
	MYSQL_STMT         *handle; /* NULL: not prepared on this connection */
	struct column      *columns;
	MYSQL_BIND         *results;
	unsigned            n_columns, n_parameters;
	bool                has_currency;
	bool                busy;          /* db_each fetches its rows: must not be given up */
	char               *composed;      /* its own copy of the text, when it was put together */
	size_t              content;       /* hash of that */
	struct statement   *next;          /* of the same address hash */
	struct statement   *next_composed; /* of the same content hash */
	struct statement   *newer, *older; /* by the last use */
};

/* Where parameters are bound: grows with the statement that has most, and is used again by the next. */
struct binds {
	MYSQL_BIND    *list;
	unsigned long *lengths;
	MYSQL_TIME    *times;
	size_t         room;
};

/*
 * Prepares `expanded`, the text of the statement with its lists and groups, and maps its columns to the shape; false with
 * the server's error and message when it will not be prepared.
 */
bool statement_prepare(struct statement *statement, MYSQL *connection, const char *expanded, const struct shape *shape,
    unsigned *error, const char **message);

/* Closes it at the server; it can be prepared again. */
void statement_close(struct statement *statement);

/* Reads the stored result into an array of structs; false (logged) when there are too many rows or one does not fit. */
bool statement_fetch(struct statement *statement, size_t limit, struct arena *arena, void *rows, size_t *count);

/* The row that mysql_stmt_fetch has just fetched, into a zeroed struct; false (logged) when it does not fit. */
bool statement_fill(struct statement *statement, struct arena *arena, void *row);

/* Binds the parameters, which must live until the statement has run. */
void bind_parameters(const struct statement *statement, struct binds *binds, size_t n, const struct parameter *parameters);
void binds_free(struct binds *binds);

/* Write the statement with its parameters as literals, on one line; without its time limit. */
void statement_trace(FILE *to, const char *sql, size_t n, const struct parameter *parameters);

#endif
