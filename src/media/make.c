/* The job that makes what is shown of a picture or video that came. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "media/fetch.h"
#include "media/jobs.h"
#include "media/sizes.h"
#include "media/storage.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct member media_job_members[] = {
	M_ID(struct media_job, media, "media"),
};
SHAPE(struct media_job, media_job_shape, "MediaJob", media_job_members);

const struct problem *
queue_sizes(struct work *work, const struct media_row *rows, size_t n)
{
	struct new_job *jobs = ARENA_ARRAY(work->arena, n, struct new_job);

	for (size_t i = 0; i < n; i++) {
		struct text json = text_new(work->arena, 64);

		shape_print(&media_job_shape, &(struct media_job) { rows[i].id }, &json);
		jobs[i] = (struct new_job) { .kind = JOB_MAKE_SIZES, .payload = json.bytes };
	}
	return job_enqueue_many(work, jobs, n);
}

/* The payload of its event. */
static const struct member media_state_members[] = {
	M_ID(struct media_row, id, "id"),
	M_ENUM(struct media_row, kind, "kind", media_kind_values),
	M_ENUM(struct media_row, status, "status", media_status_values),
	M_TEXT(struct media_row, type, "type", 32),
	M_INTEGER(struct media_row, bytes, "bytes", 0, INT64_MAX),
	M_INTEGER(struct media_row, width, "width", 1, INT32_MAX),
	M_INTEGER(struct media_row, height, "height", 1, INT32_MAX),
};
SHAPE(struct media_row, media_state_shape, "MediaState", media_state_members);

static const struct problem *
open_bench(struct work *work, const struct media_row *row, const char **directory)
{
	*directory = media_bench(work, row->id);
	if (mkdir(*directory, 0700) == 0 || errno == EEXIST)
		return OK;
	log_error("cannot make a folder", LOG_ID("folder", *directory), LOG_TEXT("cause", strerror(errno)));
	return problem(INTERNAL, "pictures cannot be made");
}

/* A file of `directory`, which may take as long as a call to a store outside may. */
static const struct problem *
store(struct work *work, const struct job *job, const struct media_row *row, const char *path, const struct stored_file *file)
{
	TRY(job_heartbeat(work, job));
	return media_storages[*row->storage]->put(work, path, file);
}

static const struct problem *
store_sizes(
    struct work *work, const struct job *job, const struct media_row *row, const char *directory, const struct sizes *sizes)
{
	static const char *const types[] = { "image/webp", "image/jpeg" };

	for (size_t i = 0; i < 2 * sizes->n; i++) {
		int64_t            width = sizes->widths[i / 2];
		const char        *extension = media_extension(types[i % 2]);
		struct stored_file file = { media_file_name(work->arena, row, width, extension), types[i % 2] };

		TRY(store(work, job, row, arena_format(work->arena, "%s/%" PRId64 ".%s", directory, width, extension), &file));
	}
	return OK;
}

static const char *
widths_text(struct arena *arena, const struct sizes *sizes)
{
	struct text text = text_new(arena, 64);

	for (size_t i = 0; i < sizes->n; i++)
		text_addf(&text, "%s%" PRId64, i > 0 ? "," : "", sizes->widths[i]);
	return text.bytes;
}

/* Before anything is there, so that what is given up half-way can be removed. */
static const struct problem *
write_places(struct work *work, const struct media_row *row)
{
	return db_run(work->db, NULL, "UPDATE media SET storage = ?, widths = ? WHERE id = ? AND status = 'pending'",
	    P(media_storage_values[*row->storage]), P(row->widths), P(row->id));
}

static const struct problem *
make_picture(struct work *work, const struct job *job, const char *directory, struct media_row *row, struct sizes *sizes)
{
	TRY(sizes_make(work, job, media_original(work, row->id), directory, sizes));
	row->widths = widths_text(work->arena, sizes);
	TRY(db_transaction(work, write_places(work, row)));
	TRY(store_sizes(work, job, row, directory, sizes));
	*row->width = sizes->width;
	*row->height = sizes->height;
	return OK;
}

/* Its tags were overwritten when it came. */
static const struct problem *
make_video(struct work *work, const struct job *job, const char *directory, const struct media_row *row)
{
	const char        *path = arena_format(work->arena, "%s/video", directory);
	struct stored_file file = { media_file_name(work->arena, row, 0, media_extension(row->type)), row->type };

	if (link(media_original(work, row->id), path) != 0 && errno != EEXIST) {
		log_error("cannot link a video", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "videos cannot be stored");
	}
	TRY(db_transaction(work, write_places(work, row)));
	return store(work, job, row, path, &file);
}

/* *shown: it was still wanted. */
static const struct problem *
write_ready(struct work *work, struct media_row *row, bool *shown)
{
	int64_t changed;

	row->status = MEDIA_READY;
	TRY(db_run(work->db, &changed,
	    "UPDATE media SET status = 'ready', width = ?, height = ? WHERE id = ? AND status = 'pending'", P(row->width),
	    P(row->height), P(row->id)));
	*shown = changed > 0;
	return changed == 0 ? OK : event_record(work, EVENT_MEDIA_READY, row->id.uuid, &media_state_shape, row);
}

static const struct problem *
make(struct work *work, const struct job *job, struct media_row *row)
{
	struct sizes          sizes = { .n = 0 };
	const struct problem *problem;
	const char           *directory;
	bool                  shown = false;

	if (row->sha256.length == 0)
		TRY(fetch_media(work, row));
	row->storage = ARENA_NEW(work->arena, int);
	*row->storage = work->config->media.store;
	TRY(open_bench(work, row, &directory));
	problem =
	    row->kind == MEDIA_IMAGE ? make_picture(work, job, directory, row, &sizes) : make_video(work, job, directory, row);
	media_clear_bench(work, row->id);
	TRY(problem);
	TRY(db_transaction(work, write_ready(work, row, &shown)));
	return shown ? OK : remove_files(work, row);
}

static const struct problem *
give_up(struct work *work, struct media_id id)
{
	return db_run(work->db, NULL, "UPDATE media SET status = 'failed' WHERE id = ? AND status = 'pending'", P(id));
}

/* What it is tried with may be short of memory or time for the moment; what is away altogether counts as no attempt. */
const struct problem *
make_sizes_job(struct work *work, const struct job *job)
{
	struct media_job      payload;
	struct media_row     *row;
	const struct problem *problem;

	TRY(job_payload(work, job, &media_job_shape, &payload));
	TRY(db_row(
	    work->db, &media_row_shape, &row, "SELECT {} FROM media WHERE id = ? AND status = 'pending'", P(payload.media)));
	if (row == NULL)
		return OK;
	problem = make(work, job, row);
	if (problem == OK || problem->again == AGAIN_WAITS ||
	    (problem->again == AGAIN_LATER && job->attempts < job->max_attempts))
		return problem;
	log_warning("a picture cannot be shown", LOG_ID("media", uuid_text(work->arena, payload.media.uuid)),
	    LOG_TEXT("cause", problem->message));
	return db_transaction(work, give_up(work, payload.media));
}
