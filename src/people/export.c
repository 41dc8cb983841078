/* Somebody asks for all that is kept of them, and what is left of such files is cleared away. */
#include "people/export.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/audit.h"
#include "events/job.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PAUSE_SECONDS = 3600 };

const char *const export_status_values[] = { "queued", "ready", "failed", NULL };

static const struct member data_export_members[] = {
	M_ID(struct data_export, id, "id"),
	M_ID(struct data_export, user, "user_id", .hidden = true),
	M_ENUM(struct data_export, status, "status", export_status_values),
	M_INTEGER(struct data_export, bytes, "bytes", 0, INT64_MAX),
	M_TEXT(struct data_export, url, "url", 1200, .computed = true,
	    .example = "\"https://shop.example/api/v1/accounts/me/exports/0192f0c1-7a3b-7c4d-8e5f-0123456789ab/file\"",
	    .description = "A ZIP archive of JSON files, for the owner alone; null until it is ready."),
	M_TIME(struct data_export, expires_at, "expires_at", .computed = true, .description = "When the file is removed."),
	M_TIME(struct data_export, created_at, "created_at"),
};
SHAPE_SHARED(struct data_export, data_export_shape, "DataExport", data_export_members, .noun = "export");

static const struct member export_job_members[] = { M_ID(struct export_job, export, "export_id") };
SHAPE_SHARED(struct export_job, export_job_shape, "ExportJob", export_job_members);

#define EXPORT_SELECT "SELECT {e}, IF(e.status = 'ready', e.expires_at, NULL) AS expires_at FROM data_exports e "

const char *
export_path(struct work *work, struct export_id id)
{
	return arena_format(
	    work->arena, "%s/export-%s.zip", work->config->http.import_directory, uuid_text(work->arena, id.uuid));
}

/* ---- asking ---- */

static void
remove_file(struct work *work, void *export)
{
	unlink(export_path(work, ((const struct data_export *)export)->id));
}

static const struct problem *
begin_export(struct work *work, struct data_export **export)
{
	struct export_job job = { NEW_ID(export_id) };

	TRY(db_run(work->db, NULL, "INSERT INTO data_exports (id, user_id, expires_at, created_at) VALUES (?, ?, ?, ?)",
	    P(job.export), P(work->viewer.user), P(instant_add_seconds(instant_now(), (int64_t)EXPORT_HOURS * 3600)),
	    P(instant_now())));
	TRY(job_enqueue(work, JOB_EXPORT_PERSON, NULL, NULL, &export_job_shape, &job));
	TRY(db_one(work->db, &data_export_shape, export, EXPORT_SELECT "WHERE e.id = ?", P(job.export)));
	return audit_record(work, "user.export_asked", "user", work->viewer.user.uuid, &data_export_shape, NULL, *export);
}

/* The account's row is locked, so that of two who ask at once the second finds what the first has begun. */
const struct problem *
ask_for_export(struct work *work, struct data_export **export)
{
	struct data_export *last;
	int64_t             locked, left;

	TRY(db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user)));
	TRY(db_row(work->db, &data_export_shape, &last, EXPORT_SELECT "WHERE e.user_id = ?", P(work->viewer.user)));
	if (last == NULL)
		return begin_export(work, export);
	left = PAUSE_SECONDS - (instant_now().unix_ms - last->created_at.unix_ms) / 1000;
	if (left > 0 && last->status == EXPORT_QUEUED) {
		*export = last;
		return OK;
	}
	if (left > 0 && last->status == EXPORT_READY)
		return problem_later(
		    work->arena, PROBLEM_RATE_LIMITED, "your data was exported within the hour; see Retry-After", (int)left);
	TRY(db_run(work->db, NULL, "DELETE FROM data_exports WHERE id = ?", P(last->id)));
	work_after_commit(work, remove_file, last);
	return begin_export(work, export);
}

const struct problem *
show_export(struct work *work, struct export_id id, struct data_export **export)
{
	TRY(db_one(work->db, &data_export_shape, export, EXPORT_SELECT "WHERE e.id = ? AND e.user_id = ? AND e.expires_at > ?",
	    P(id), P(work->viewer.user), P(instant_now())));
	if ((*export)->status == EXPORT_READY)
		(*export)->url = arena_format(work->arena, "%s/api/v1/accounts/me/exports/%s/file", work->config->public_url,
		    uuid_text(work->arena, id.uuid));
	return OK;
}

/* ---- clearing away ---- */

const struct problem *
remove_exports(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM data_exports WHERE expires_at < ? LIMIT 1000", P(before));
}

static void
close_directory(void *object)
{
	closedir(object);
}

/* "export-ID.zip", or one that an attempt has left half written, of an id from before that time. */
static bool
is_old_file(struct arena *arena, const char *name, struct instant before, struct export_id *id)
{
	static const char head[] = "export-";
	struct uuid       bound = uuid_floor(before.unix_ms);

	if (strncmp(name, head, sizeof head - 1) != 0 || strlen(name) < sizeof head - 1 + UUID_TEXT_LENGTH)
		return false;
	if (!uuid_parse(arena_format(arena, "%.*s", (int)UUID_TEXT_LENGTH, name + sizeof head - 1), &id->uuid))
		return false;
	return strncmp(name + sizeof head - 1 + UUID_TEXT_LENGTH, ".zip", 4) == 0 && uuid_compare(&id->uuid, &bound) < 0;
}

static const struct problem *
remove_if_left(struct work *work, const char *name, struct export_id id, int64_t *removed)
{
	const char *path = arena_format(work->arena, "%s/%s", work->config->http.import_directory, name);
	bool        whole = strcmp(path, export_path(work, id)) == 0;
	int64_t     wanted;

	TRY(db_value(
	    work->db, &wanted, "SELECT COUNT(*) FROM data_exports WHERE id = ? AND (status = 'queued' OR ?)", P(id), P(whole)));
	if (wanted > 0)
		return OK;
	if (unlink(path) == 0)
		++*removed;
	else if (errno != ENOENT)
		log_error("cannot remove a file of somebody's data", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
	return OK;
}

const struct problem *
remove_leftover_exports(struct work *work, struct instant before, int64_t *removed)
{
	const char      *directory = work->config->http.import_directory;
	DIR             *files = opendir(directory);
	struct export_id id;

	*removed = 0;
	if (files == NULL) {
		log_error(
		    "cannot list the files of people's data", LOG_ID("directory", directory), LOG_TEXT("cause", strerror(errno)));
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
