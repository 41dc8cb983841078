/* Imports end, are cancelled, and let the merchant's next one begin. */
#include "base/arena.h"
#include "base/config.h"
#include "catalog/product.h"
#include "events/audit.h"
#include "events/job.h"
#include "events/record.h"
#include "imports/job.h"
#include "store/db.h"

#include <unistd.h>

static const struct member import_job_members[] = {
	M_ID(struct import_job, import, "import_id"),
};
SHAPE_SHARED(struct import_job, import_job_shape, "ImportJob", import_job_members);

/* What an event says of it. */
static const struct member import_state_members[] = {
	M_ID(struct import, id, "id"),
	M_ID(struct import, merchant, "merchant_id"),
	M_ENUM(struct import, format, "format", import_format_values),
	M_BOOLEAN(struct import, dry_run, "dry_run"),
	M_ENUM(struct import, status, "status", import_status_values),
	M_INTEGER(struct import, total, "total", 0, INT64_MAX, .column = "total_rows"),
	M_INTEGER(struct import, done, "done", 0, INT64_MAX, .column = "done_rows"),
	M_INTEGER(struct import, created, "created", 0, INT64_MAX),
	M_INTEGER(struct import, changed, "changed", 0, INT64_MAX),
	M_INTEGER(struct import, unchanged, "unchanged", 0, INT64_MAX),
	M_INTEGER(struct import, refused, "refused", 0, INT64_MAX),
	M_INTEGER(struct import, error_count, "error_count", 0, INT64_MAX),
	M_TIME(struct import, created_at, "created_at"),
	M_TIME(struct import, started_at, "started_at"),
	M_TIME(struct import, finished_at, "finished_at"),
};
SHAPE(struct import, import_state_shape, "ImportState", import_state_members, .noun = "import");

struct next_import {
	struct import_id id;
};

static const struct member next_import_members[] = { M_ID(struct next_import, id, "id") };
SHAPE(struct next_import, next_import_shape, "NextImport", next_import_members);

/* The merchant's row is locked, so that two imports that come or end at once are not both the next. */
const struct problem *
queue_next_import(struct work *work, struct merchant_id merchant)
{
	struct next_import *next;
	struct import_job   job;
	int64_t             locked;

	TRY(db_value(work->db, &locked, "SELECT COUNT(*) FROM merchants WHERE id = ? FOR UPDATE", P(merchant)));
	TRY(db_row(work->db, &next_import_shape, &next,
	    "SELECT i.id FROM imports i FORCE INDEX (ix_imports_going) WHERE i.merchant_id = ? AND i.going = 1 ORDER BY i.id LIMIT 1 "
	    "LOCK IN SHARE MODE",
	    P(merchant)));
	if (next == NULL)
		return OK;
	job.import = next->id;
	return job_enqueue(work, JOB_IMPORT_PRODUCTS,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_IMPORT_PRODUCTS), uuid_text(work->arena, next->id.uuid)), NULL,
	    &import_job_shape, &job);
}

static void
remove_file(struct work *work, void *import)
{
	unlink(arena_format(work->arena, "%s/%s", work->config->http.import_directory,
	    import_file(work->arena, ((const struct import *)import)->id)));
}

const struct problem *
end_import(struct work *work, const struct import *import, enum import_status status, const char *fault, bool *ended)
{
	bool            done = status == IMPORT_DONE; /* empty rows at the end count, too */
	enum event_type type = status == IMPORT_CANCELLED ? EVENT_IMPORT_CANCELLED : EVENT_IMPORT_FINISHED;
	struct import  *state;
	int64_t         changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE imports SET status = ?, fault = LEFT(?, 500), finished_at = NOW(3), done_bytes = IF(?, bytes, done_bytes), "
	    "done_rows = IF(?, total_rows, done_rows) WHERE id = ? AND status IN ('queued', 'running')",
	    P(import_status_values[status]), P(fault), P(done), P(done), P(import->id)));
	*ended = changed == 1;
	if (!*ended)
		return OK;
	TRY(db_one(work->db, &import_state_shape, &state, "SELECT {i} FROM imports i WHERE i.id = ?", P(import->id)));
	TRY(event_record(work, type, import->id.uuid, &import_state_shape, state));
	TRY(audit_record(work, event_type_name(type), "import", import->id.uuid, &import_state_shape, import, state));
	work_after_commit(work, remove_file, state);
	return queue_next_import(work, import->merchant);
}

const struct problem *
cancel_import(struct work *work, struct import_id id, struct import **import)
{
	struct import *before;
	bool           ended;

	TRY(find_import(work, id, &before));
	TRY(end_import(work, before, IMPORT_CANCELLED, NULL, &ended));
	if (!ended)
		return problem(IMPORT_STATE, "the import has ended");
	return show_import(work, id, import);
}
