/* Files that nobody will read: of a worker that died before their row was written, or after they were read. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "settlements/settlement.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void
close_directory(void *object)
{
	closedir(object);
}

/* "settlement-ID.csv" of an id from before that time. */
static bool
is_old_file(struct arena *arena, const char *name, struct instant before, struct settlement_id *id)
{
	static const char head[] = "settlement-";
	struct uuid       bound = uuid_floor(before.unix_ms);

	if (strncmp(name, head, sizeof head - 1) != 0 || strlen(name) < sizeof head - 1 + UUID_TEXT_LENGTH)
		return false;
	return uuid_parse(arena_format(arena, "%.*s", (int)UUID_TEXT_LENGTH, name + sizeof head - 1), &id->uuid) &&
	    strcmp(settlement_file(arena, *id), name) == 0 && uuid_compare(&id->uuid, &bound) < 0;
}

static const struct problem *
remove_if_left(struct work *work, const char *name, struct settlement_id id, int64_t *removed)
{
	int64_t     wanted;
	const char *path = arena_format(work->arena, "%s/%s", work->config->http.import_directory, name);

	TRY(db_value(
	    work->db, &wanted, "SELECT COUNT(*) FROM settlements s WHERE s.id = ? AND s.status IN ('queued', 'running')", P(id)));
	if (wanted > 0)
		return OK;
	if (unlink(path) == 0)
		++*removed;
	else if (errno != ENOENT)
		log_error("cannot remove a settlement file", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
	return OK;
}

const struct problem *
remove_leftover_files(struct work *work, struct instant before, int64_t *removed)
{
	const char          *directory = work->config->http.import_directory;
	DIR                 *files = opendir(directory);
	struct settlement_id id;

	*removed = 0;
	if (files == NULL) {
		log_error("cannot list settlement files", LOG_ID("directory", directory), LOG_TEXT("cause", strerror(errno)));
		return OK;
	}
	arena_defer(work->arena, close_directory, files);
	for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
		struct arena_mark mark = arena_mark(work->arena);

		if (is_old_file(work->arena, file->d_name, before, &id))
			TRY(remove_if_left(work, file->d_name, id, removed));
		arena_release(work->arena, mark);
	}
	return OK;
}
