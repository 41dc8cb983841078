#include "tests/private_schema.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/work.h"
#include "tests/private_database.h"

#include <mysql.h>
#include <stdio.h>

static void
ignore_progress(const struct migration *migration, int64_t milliseconds, void *argument)
{
	(void)migration, (void)milliseconds, (void)argument;
}

bool
private_schema(struct st_mysql *connection)
{
	struct arena     *arena = arena_new(16 << 20);
	struct text       fault = text_new(arena, 100);
	struct migrations migrations;
	const char       *directory = arena_format(arena, "%s/sql", source_directory());
	bool              done;

	done = migrations_read(arena, directory, &migrations, &fault) && migrate_lock(connection, 5, &fault) &&
	    migrate_compare(arena, connection, &migrations, &fault) &&
	    migrate_up(connection, &migrations, ignore_progress, NULL, &fault);
	if (!done)
		fprintf(stderr, "%s\n", fault.bytes);
	arena_free(arena);
	return done;
}

/* Where it is; how long to wait for it, unless the test says that. */
static void
complete(struct config *config, const char *database)
{
	config->run_directory = "/nonexistent";
	config->database.socket = private_socket();
	config->database.host = "";
	config->database.user = "root";
	config->database.password = "";
	config->database.name = database;
	config->database.connect_timeout_seconds = 5;
	if (config->database.io_timeout_seconds == 0)
		config->database.io_timeout_seconds = 60;
	if (config->database.statement_timeout_ms == 0)
		config->database.statement_timeout_ms = 20000;
	if (config->database.lock_wait_seconds == 0)
		config->database.lock_wait_seconds = 5;
}

struct st_mysql *
private_shop(const char *database, struct config *config, struct arena *arena, struct work *work)
{
	MYSQL *root = private_connect(database);

	complete(config, database);
	*work = (struct work) { .arena = arena,
		.db = db_open(config, arena),
		.config = config,
		.viewer = SYSTEM_VIEWER,
		.request_id = "",
		.traceparent = "",
		.address = "" };
	if (private_schema(root))
		return root;
	fputs("cannot make the schema\n", stderr);
	return NULL;
}
