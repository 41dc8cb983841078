/* Files that nobody needs: of a worker that died before their row was written, and errors of long ago. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "imports/import.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { ERRORS_DAYS = 30, DAY = 24 * 3600 };

static void
close_directory(void *object)
{
	closedir(object);
}

/* "import-ID" or "import-ID.errors.csv" of an id from before that time. */
static bool
is_old_file(struct arena *arena, const char *name, struct instant before, struct import_id *id, bool *of_errors)
{
	static const char head[] = "import-";
	struct uuid       bound = uuid_floor(before.unix_ms);

	if (strncmp(name, head, sizeof head - 1) != 0 || strlen(name) < sizeof head - 1 + UUID_TEXT_LENGTH)
		return false;
	if (!uuid_parse(arena_format(arena, "%.*s", (int)UUID_TEXT_LENGTH, name + sizeof head - 1), &id->uuid))
		return false;
	*of_errors = strcmp(import_errors_file(arena, *id), name) == 0;
	return (*of_errors || strcmp(import_file(arena, *id), name) == 0) && uuid_compare(&id->uuid, &bound) < 0;
}

static const struct problem *
remove_if_left(struct work *work, const char *name, struct import_id id, bool of_errors, int64_t *removed)
{
	const char *path = arena_format(work->arena, "%s/%s", work->config->http.import_directory, name);
	int64_t     wanted;

	TRY(db_value(work->db, &wanted,
	    "SELECT COUNT(*) FROM imports i WHERE i.id = ? AND (i.status IN ('queued', 'running') OR (? AND i.finished_at > ?))",
	    P(id), P(of_errors), P(instant_add_seconds(instant_now(), -(int64_t)ERRORS_DAYS * DAY))));
	if (wanted > 0)
		return OK;
	if (unlink(path) == 0)
		++*removed;
	else if (errno != ENOENT)
		log_error("cannot remove a file of an import", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
	return OK;
}

const struct problem *
remove_leftover_imports(struct work *work, struct instant before, int64_t *removed)
{
	const char      *directory = work->config->http.import_directory;
	DIR             *files = opendir(directory);
	struct import_id id;
	bool             of_errors;

	*removed = 0;
	if (files == NULL) {
		log_error("cannot list the files of imports", LOG_ID("directory", directory), LOG_TEXT("cause", strerror(errno)));
		return OK;
	}
	arena_defer(work->arena, close_directory, files);
	for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
		struct arena_mark mark = arena_mark(work->arena);

		if (is_old_file(work->arena, file->d_name, before, &id, &of_errors))
			TRY(remove_if_left(work, file->d_name, id, of_errors, removed));
		arena_release(work->arena, mark);
	}
	return OK;
}
