/*
 * traffic.h: what one request asks of MariaDB, and asking it by bare calls of the client library, without the shop.
 *
 * A file of traffic is lines: "command SQL", or "statement PARAMETERS SQL" followed by PARAMETERS lines, one of
 *
 *   value TYPE HEX   these bytes, in a buffer of that MYSQL_BIND.buffer_type
 *   integer N        this number
 *   word N           the UUID that is the N-th word (from 1) of the values' line
 *   new N            a UUID made anew for each run; the same one wherever N is the same
 *
 * Two kinds of files are run: those of the fixed yardsticks, bench/yardsticks/NAME.traffic, which nothing changes, and those
 * that capture.c, preloaded into a worker of the shop, has written down of one request: these have values only, and follow
 * the shop.  bare-transaction.c finds out which of them are words or new.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRAFFIC_STEPS_MAX = 64, TRAFFIC_COLUMNS_MAX = 64, TRAFFIC_MADE_MAX = 64 };

enum value_source { VALUE_FIXED, VALUE_WORD, VALUE_MADE };

struct value {
	enum enum_field_types type; /* MYSQL_TYPE_NULL: no bytes */
	enum value_source     source;
	size_t                which; /* word of the line, or index into traffic.made */
	unsigned char        *bytes;
	unsigned long         length;
};

/* What is made anew for each run: a UUID, random bytes, or a text of random characters behind `prefix`. */
struct made {
	enum { MADE_UUID, MADE_BYTES, MADE_TEXT } kind;
	const char   *prefix;
	unsigned long length;
	unsigned char bytes[256];
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
	size_t      n_made;
	struct made made[TRAFFIC_MADE_MAX];
};

/* Reads the file; false, said to stderr, when it cannot be read or is not of that form. */
bool traffic_read(struct traffic *traffic, const char *path);

/* Connects as the shop does and prepares every statement; false, said to stderr. */
bool traffic_prepare(struct traffic *traffic, const char *socket, const char *password_file);

/* The bytes that a word stands for in a parameter: a UUID's sixteen, or the text itself, cut at 256; returns the length. */
unsigned long word_bytes(const char *word, unsigned char bytes[256]);

/* Gives each word and each made value what it is in the next run; `words` may be NULL where no value is a word. */
void traffic_vary(struct traffic *traffic, char *const *words);

/*
 * Runs every step, in order, and calls row(step, argument), which may be NULL, for each row that one answers.  False at the
 * first that fails, after a rollback; the first time that is said to stderr.
 */
bool traffic_run_all(struct traffic *traffic, void (*row)(const struct step *step, void *argument), void *argument);

#endif
