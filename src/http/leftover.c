#include "http/leftover.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "store/work.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void
close_directory(void *object)
{
	closedir(object);
}

static bool
is_old(struct arena *arena, const char *name, const char *head, struct instant before, struct uuid *id)
{
	struct uuid bound = uuid_floor(before.unix_ms);
	size_t      length = strlen(head);

	if (strncmp(name, head, length) != 0 || strlen(name) < length + UUID_TEXT_LENGTH)
		return false;
	return uuid_parse(arena_copy(arena, name + length, UUID_TEXT_LENGTH), id) && uuid_compare(id, &bound) < 0;
}

static void
remove_file(struct work *work, const char *name, int64_t *removed)
{
	const char *path = arena_format(work->arena, "%s/%s", work->config->http.import_directory, name);

	if (unlink(path) == 0)
		++*removed;
	else if (errno != ENOENT)
		log_error("cannot remove a file that nobody needs", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
}

const struct problem *
remove_leftovers(
    struct work *work, const char *head, struct instant before, leftover_wanted_function *is_wanted, int64_t *removed)
{
	const char *directory = work->config->http.import_directory;
	DIR        *files = opendir(directory);

	*removed = 0;
	if (files == NULL) {
		log_error(
		    "cannot list files that nobody needs", LOG_ID("directory", directory), LOG_TEXT("cause", strerror(errno)));
		return OK;
	}
	arena_defer(work->arena, close_directory, files);
	for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
		struct arena_mark mark = arena_mark(work->arena);
		struct uuid       id;
		bool              wanted = true;

		if (is_old(work->arena, file->d_name, head, before, &id))
			TRY(is_wanted(work, file->d_name, id, &wanted));
		if (!wanted)
			remove_file(work, file->d_name, removed);
		arena_release(work->arena, mark);
	}
	return OK;
}
