/*
 * traffic.h: what one request of the shop asks of MariaDB, and asking it again without the shop.
 *
 * capture.c, preloaded into a worker, writes each statement that the worker runs, its parameters and each START
 * TRANSACTION and COMMIT into a file, as they pass into the client library.  The yardsticks read such a file and run the
 * same statements with the same bindings by bare calls of that library: so a yardstick asks what the shop asks, and stays
 * so when the shop changes.
 *
 * The file is lines: "command SQL", or "statement PARAMETERS SQL" followed by PARAMETERS lines "value TYPE HEX", where
 * TYPE is that of MYSQL_BIND.buffer_type and the bytes are those of its buffer.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRAFFIC_STEPS_MAX = 64, TRAFFIC_COLUMNS_MAX = 64 };

struct value {
	enum enum_field_types type; /* MYSQL_TYPE_NULL: no bytes */
	unsigned char        *bytes;
	unsigned long         length;
};

struct column {
	char          name[64];
	bool          is_integer;
	int64_t       integer;
	char         *bytes;
	unsigned long length, room;
	my_bool       is_null;
};

/* One statement, or a command that takes no parameters. */
struct step {
	char         *sql;
	bool          is_command;
	size_t        parameters;
	struct value *values;
	MYSQL_STMT   *handle;
	MYSQL_BIND   *binds;
	unsigned      n_columns; /* 0: it answers no rows */
	struct column columns[TRAFFIC_COLUMNS_MAX];
};

struct traffic {
	MYSQL      *connection;
	size_t      count;
	struct step steps[TRAFFIC_STEPS_MAX];
};

/* Reads the file; false, said to stderr, when it cannot be read or is not of that form. */
bool traffic_read(struct traffic *traffic, const char *path);

/* Connects as the shop does and prepares every statement; false, said to stderr. */
bool traffic_prepare(struct traffic *traffic, const char *socket, const char *password_file);

/* Makes the bindings of a step anew, after its values were changed. */
void traffic_bind(struct step *step);

/*
 * Runs one step; row(step, argument), which may be NULL, is called for each row that it answers.  0, or the error's
 * number in the client library.
 */
unsigned traffic_run(
    struct traffic *traffic, struct step *step, void (*row)(const struct step *step, void *argument), void *argument);

#endif
