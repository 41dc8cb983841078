#include "tests/private_schema.h"

#include "base/arena.h"
#include "base/text.h"
#include "store/migrate.h"
#include "tests/private_database.h"

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
