/* Somebody asks for all that is kept of them, and what is left of such files is cleared away. */
#include "people/export.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "events/job.h"
#include "http/leftover.h"
#include "store/db.h"

#include <string.h>
#include <unistd.h>

enum { PAUSE_SECONDS = 3600 };

#define FILE_HEAD "export-"
#define FILE_END ".zip"

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
	    work->arena, "%s/" FILE_HEAD "%s" FILE_END, work->config->http.import_directory, uuid_text(work->arena, id.uuid));
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

static void
add_url(struct work *work, struct data_export *export)
{
	if (export->status == EXPORT_READY)
		export->url = arena_format(work->arena, "%s/api/v1/accounts/me/exports/%s/file", work->config->public_url,
		    uuid_text(work->arena, export->id.uuid));
}

const struct problem *
find_own_export(struct work *work, struct data_export **export)
{
	TRY(db_row(work->db, &data_export_shape, export, EXPORT_SELECT "WHERE e.user_id = ? AND e.expires_at > ?",
	    P(work->viewer.user), P(instant_now())));
	if (*export != NULL)
		add_url(work, *export);
	return OK;
}

const struct problem *
show_export(struct work *work, struct export_id id, struct data_export **export)
{
	TRY(db_one(work->db, &data_export_shape, export, EXPORT_SELECT "WHERE e.id = ? AND e.user_id = ? AND e.expires_at > ?",
	    P(id), P(work->viewer.user), P(instant_now())));
	add_url(work, *export);
	return OK;
}

/* ---- clearing away ---- */

const struct problem *
remove_exports(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM data_exports WHERE expires_at < ? LIMIT 1000", P(before));
}

/* "export-ID.zip", which goes with its row, or one behind that name which an attempt has left half written. */
static const struct problem *
is_wanted(struct work *work, const char *name, struct uuid id, bool *wanted)
{
	const char *end = name + strlen(FILE_HEAD) + UUID_TEXT_LENGTH;
	int64_t     found;

	*wanted = true;
	if (strncmp(end, FILE_END, strlen(FILE_END)) != 0)
		return OK;
	TRY(db_value(work->db, &found, "SELECT COUNT(*) FROM data_exports WHERE id = ? AND (status = 'queued' OR ?)", P(id),
	    P(strcmp(end, FILE_END) == 0)));
	*wanted = found > 0;
	return OK;
}

const struct problem *
remove_leftover_exports(struct work *work, struct instant before, int64_t *removed)
{
	return remove_leftovers(work, FILE_HEAD, before, is_wanted, removed);
}
