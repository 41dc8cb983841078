/* The job that removes what nothing shows any longer, and files that have no row. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "media/jobs.h"
#include "media/receive.h"
#include "media/storage.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 50, DAY_MS = 24 * 3600 * 1000 };

static const char making[] = ".making";

const struct problem *
queue_removal(struct work *work)
{
	return job_enqueue(work, JOB_REMOVE_MEDIA, "remove_media", NULL, NULL, NULL);
}

const char *
media_bench(struct work *work, struct media_id id)
{
	return arena_format(work->arena, "%s%s", media_original(work, id), making);
}

void
media_clear_bench(struct work *work, struct media_id id)
{
	const char *directory = media_bench(work, id);
	DIR        *files = opendir(directory);

	if (files == NULL)
		return;
	for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files))
		unlink(arena_format(work->arena, "%s/%s", directory, file->d_name));
	closedir(files);
	rmdir(directory);
}

const struct problem *
remove_files(struct work *work, const struct media_row *row)
{
	static const char *const types[] = { "image/webp", "image/jpeg" };
	const struct storage    *storage = media_storages[row->storage == NULL ? MEDIA_LOCAL : *row->storage];
	int64_t                  widths[MEDIA_SIZES_MAX];
	size_t                   n = media_widths(row, widths);
	const char              *original = media_original(work, row->id);

	for (size_t i = 0; i < 2 * n; i++) {
		const char        *extension = media_extension(types[i % 2]);
		struct stored_file file = { media_file_name(work->arena, row, widths[i / 2], extension), types[i % 2] };

		TRY(storage->remove(work, &file));
	}
	if (row->kind == MEDIA_VIDEO && row->storage != NULL) {
		struct stored_file file = { media_file_name(work->arena, row, 0, media_extension(row->type)), row->type };

		TRY(storage->remove(work, &file));
	}
	media_clear_bench(work, row->id);
	if (unlink(original) == 0 || errno == ENOENT)
		return OK;
	log_error("cannot remove an upload", LOG_ID("file", original), LOG_TEXT("cause", strerror(errno)));
	return problem(INTERNAL, "uploads cannot be removed");
}

/* From now on nothing can show it, and no job stores files of it.  *row as it is then; NULL: it is still wanted. */
static const struct problem *
claim(struct work *work, struct media_id id, struct media_row **row)
{
	TRY(db_run(
	    work->db, NULL, "UPDATE media SET status = 'removing' WHERE id = ? AND uses = 0 AND remove_at <= NOW(3)", P(id)));
	return db_row(work->db, &media_row_shape, row, "SELECT {} FROM media WHERE id = ? AND status = 'removing'", P(id));
}

static const struct problem *
forget(struct work *work, struct media_id id)
{
	return db_run(work->db, NULL, "DELETE FROM media WHERE id = ? AND status = 'removing'", P(id));
}

static const struct problem *
remove_one(struct work *work, struct media_id id)
{
	struct media_row *row;

	TRY(db_transaction(work, claim(work, id, &row)));
	if (row == NULL)
		return OK;
	TRY(remove_files(work, row));
	return db_transaction(work, forget(work, id));
}

/* One whose files cannot be removed now, as where its storage is away, holds up no other. */
const struct problem *
remove_media_job(struct work *work, const struct job *job)
{
	const struct problem *last = OK;
	struct media_id       after = { .uuid = { { 0 } } };
	struct media_row     *rows;
	size_t                n;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &media_row_shape, AT_ONCE, &rows, &n,
		    "SELECT {} FROM media WHERE remove_at <= NOW(3) AND id > ? ORDER BY id LIMIT ?", P(after), P(AT_ONCE)));
		for (size_t i = 0; i < n; i++) {
			const struct problem *problem;

			TRY(job_heartbeat(work, job)); /* a store outside may take its time */
			problem = remove_one(work, rows[i].id);

			last = problem == OK ? last : problem;
		}
		after = n > 0 ? rows[n - 1].id : after;
		arena_release(work->arena, mark);
	} while (n == AT_ONCE);
	return last == OK ? OK : problem(INTERNAL, "some files could not be removed");
}

static void
close_directory(void *object)
{
	closedir(object);
}

static const struct problem *
remove_if_left(struct work *work, struct media_id id, int64_t *removed)
{
	int64_t known;

	TRY(db_value(work->db, &known, "SELECT COUNT(*) FROM media WHERE id = ?", P(id)));
	if (known == 0 && unlink(media_original(work, id)) == 0)
		++*removed;
	return OK;
}

/* The name of a folder under way, of the media with that id. */
static bool
is_bench(struct arena *arena, const char *name, struct uuid *id)
{
	const char *end = strchr(name, '.');

	return end != NULL && strcmp(end, making) == 0 && uuid_parse(arena_copy(arena, name, (size_t)(end - name)), id);
}

const struct problem *
remove_leftover_originals(struct work *work, struct instant before, int64_t *removed)
{
	const char *directory = work->config->media.originals_directory;
	DIR        *files = opendir(directory);
	struct uuid first = uuid_floor(before.unix_ms - DAY_MS), last = uuid_floor(before.unix_ms);

	*removed = 0;
	if (files == NULL) {
		log_error("cannot list uploads", LOG_ID("directory", directory), LOG_TEXT("cause", strerror(errno)));
		return OK;
	}
	arena_defer(work->arena, close_directory, files);
	for (const struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
		struct arena_mark mark = arena_mark(work->arena);
		struct media_id   id;

		if (is_bench(work->arena, file->d_name, &id.uuid) && uuid_compare(&id.uuid, &last) < 0)
			media_clear_bench(work, id);
		if (uuid_parse(file->d_name, &id.uuid) && uuid_compare(&first, &id.uuid) < 0 && uuid_compare(&id.uuid, &last) < 0)
			TRY(remove_if_left(work, id, removed));
		arena_release(work->arena, mark);
	}
	return OK;
}
