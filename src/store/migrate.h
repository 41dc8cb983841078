/*
 * migrate.h: the schema's numbered migrations, applied and taken back in order.
 *
 * A migration is a pair of files, NNNN_name.up.sql and NNNN_name.down.sql, with exactly one statement each, because
 * MariaDB commits at every DDL statement.  The table schema_migrations says which ones the database has, with the
 * SHA-256 of the up file as it was when it ran: a file that was changed afterwards is refused, and so are gaps and
 * migrations that the directory does not have.  One process migrates at a time (GET_LOCK).
 *
 * A migration is written down as begun before its statement runs and as done afterwards.  When it fails, or the process
 * or the server dies in between, `up` (or `down`) is simply run again: what was begun is tried again, and there an answer
 * that the thing is there already (or gone already) means that it had been done.
 *
 * Everything is in the arena that the caller gives; the connection is the caller's too.  Functions that can fail return
 * false with one line in `fault`.
 */
#ifndef MIGRATE_H
#define MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct config;
struct st_mysql; /* MYSQL of mysql.h */
struct text;

enum migration_state { MIGRATION_PENDING, MIGRATION_APPLYING, MIGRATION_APPLIED, MIGRATION_REVERTING };

struct migration {
	int64_t              number;
	const char          *name; /* "users" of 0001_users.up.sql */
	const char          *up, *down;
	unsigned char        checksum[32];            /* of the up file */
	enum migration_state state;                   /* in the database */
	const char          *applied_at, *applied_by; /* NULL while pending */
};

/* Numbered from 1 without gaps: rows[i].number == i + 1. */
struct migrations {
	struct migration *rows;
	size_t            count;
};

/* Called after each migration that was applied or taken back. */
typedef void migrate_progress(const struct migration *migration, int64_t milliseconds, void *argument);

/* Reads all pairs of `directory`; a missing half, two of one number, or a name out of form is a fault. */
bool migrations_read(struct arena *arena, const char *directory, struct migrations *into, struct text *fault);

/* A connection for migrating: UTC, strict, without a limit on how long a statement may take.  mysql_close ends it. */
struct st_mysql *migrate_connect(const struct config *config, struct text *fault);

/*
 * Takes the lock that keeps other migrating processes out, waiting up to `wait_seconds`, until the connection is closed;
 * makes schema_migrations where it is missing.
 */
bool migrate_lock(struct st_mysql *connection, int wait_seconds, struct text *fault);

/*
 * Fills in what the database has: state, applied_at and applied_by of each migration.  False also when the two do not
 * fit: a changed file, a migration that the directory lacks, or a gap.  Writes nothing.
 */
bool migrate_compare(struct arena *arena, struct st_mysql *connection, struct migrations *migrations, struct text *fault);

/*
 * Applies what is pending, in order, and stops at the first that fails; then makes the views of readable_views.h.  After
 * migrate_lock and migrate_compare.
 */
bool migrate_up(
    struct st_mysql *connection, struct migrations *migrations, migrate_progress *progress, void *argument, struct text *fault);

/* Takes back the last `count` that are applied, newest first, and makes the views anew.  After migrate_lock and migrate_compare. */
bool migrate_down(struct st_mysql *connection, struct migrations *migrations, size_t count, migrate_progress *progress,
    void *argument, struct text *fault);

#endif
