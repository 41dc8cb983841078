/* Files that were uploaded are looked into, kept, and given to the job that makes what is shown of them. */
#include "media/receive.h"

#include "base/arena.h"
#include "events/audit.h"
#include "http/upload.h"
#include "media/content.h"
#include "media/jobs.h"
#include "store/db.h"

#include <unistd.h>

static struct media_row
row_of(struct work *work, const struct upload *file, const struct content *content)
{
	struct media_row row = { .id = NEW_ID(media_id),
		.user = (struct user_id *)acting_user(work),
		.merchant = work->viewer.merchant,
		.kind = (int)content->kind,
		.status = MEDIA_PENDING,
		.type = content->type,
		.widths = "",
		.sha256 = { file->digest, sizeof file->digest } };

	row.bytes = ARENA_NEW(work->arena, int64_t);
	*row.bytes = file->size;
	if (content->kind == MEDIA_IMAGE) {
		row.width = ARENA_NEW(work->arena, int64_t);
		row.height = ARENA_NEW(work->arena, int64_t);
		*row.width = content->width;
		*row.height = content->height;
	}
	return row;
}

/* All faults at once, before anything is kept. */
static const struct problem *
look_into(struct work *work, const struct upload *files, size_t n, const char *where, struct media_row *rows)
{
	struct faults faults = { .count = 0 };

	for (size_t i = 0; i < n; i++) {
		struct content content;
		const char    *fault = content_read(files[i].fd, files[i].size, &content);

		if (fault == NULL)
			rows[i] = row_of(work, &files[i], &content);
		else
			faults_add(&faults, arena_format(work->arena, "%s.%zu", where, i), fault);
	}
	if (faults.count == 0)
		return OK;
	return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "some files cannot be taken; see details", &faults);
}

static const struct problem *
insert(struct work *work, const struct media_row *rows, size_t n)
{
	enum { COLUMNS = 10 };
	struct parameter *values = ARENA_ARRAY(work->arena, n * COLUMNS, struct parameter);

	for (size_t i = 0; i < n; i++) {
		const struct media_row *row = &rows[i];
		const struct parameter  columns[COLUMNS] = { P(row->id), P(row->user), P(row->merchant),
			 P(media_kind_values[row->kind]), P(row->source_url), P(row->type), P(row->sha256), P(row->bytes),
			 P(row->width), P(row->height) };

		memcpy(&values[i * COLUMNS], columns, sizeof columns);
	}
	transaction_witness(work, "SELECT COUNT(*) FROM media WHERE id = ?", rows[0].id.uuid);
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO media (id, user_id, merchant_id, kind, source_url, type, sha256, bytes, width, height, remove_at) "
	    "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NOW(3) + INTERVAL 1 DAY)]",
	    n, COLUMNS, values));
	return queue_sizes(work, rows, n);
}

const struct problem *
media_fetch_later(struct work *work, const char *const *urls, size_t n, struct media_id *ids)
{
	struct media_row *rows = ARENA_ARRAY(work->arena, n, struct media_row);

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct media_row) { .id = NEW_ID(media_id),
			.user = (struct user_id *)acting_user(work),
			.merchant = work->viewer.merchant,
			.kind = MEDIA_IMAGE,
			.source_url = urls[i] };
		ids[i] = rows[i].id;
	}
	return n == 0 ? OK : insert(work, rows, n);
}

/* *kept of them have their names, whatever comes of it. */
static const struct problem *
keep_files(struct work *work, const struct upload *files, const struct media_row *rows, size_t n, size_t *kept)
{
	for (*kept = 0; *kept < n; ++*kept)
		TRY(upload_keep_media(work, &files[*kept], uuid_text(work->arena, rows[*kept].id.uuid)));
	return insert(work, rows, n);
}

/* A file has its name before its row is committed; a name without a row is removed in time (remove.c). */
const struct problem *
media_receive(struct work *work, const struct upload *files, size_t n, const char *where, struct media **media)
{
	struct media_row     *rows = ARENA_ARRAY(work->arena, n, struct media_row);
	const struct problem *problem;
	size_t                kept;

	TRY(look_into(work, files, n, where, rows));
	problem = keep_files(work, files, rows, n, &kept);
	for (size_t i = 0; problem != OK && i < kept; i++)
		unlink(media_original(work, rows[i].id));
	TRY(problem);
	*media = ARENA_ARRAY(work->arena, n, struct media);
	for (size_t i = 0; i < n; i++)
		(*media)[i] = media_show(work, &rows[i], NULL);
	return OK;
}

const struct problem *
media_delete(struct work *work, struct media_id id)
{
	struct media_row *row;
	int64_t           changed;

	TRY(db_one(work->db, &media_row_shape, &row,
	    "SELECT {} FROM media WHERE id = ? AND (user_id = ? OR merchant_id = ?) AND status <> 'removing'", P(id),
	    P(acting_user(work)), P(work->viewer.merchant)));
	TRY(db_run(
	    work->db, &changed, "UPDATE media SET status = 'removing', remove_at = NOW(3) WHERE id = ? AND uses = 0", P(id)));
	if (changed == 0)
		return problem(IN_USE, "something shows it; take it from there first");
	TRY(audit_record(work, "media.deleted", "media", id.uuid, &media_row_shape, row, NULL));
	return queue_removal(work);
}
