/* A file that came is kept for the job. */
#include "base/arena.h"
#include "base/config.h"
#include "catalog/product.h"
#include "events/audit.h"
#include "http/upload.h"
#include "imports/import.h"
#include "store/db.h"

#include <unistd.h>

static const struct problem *
choose_merchant(struct work *work, const struct merchant_id *named, struct merchant_id *merchant)
{
	struct reach reach = CATALOG_REACH(work);
	int64_t      known;

	if (!reach.all && reach.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	if (named == NULL && reach.merchant == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is required");
	if (!reach.all && named != NULL && !ID_EQUAL(*named, *reach.merchant))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "must be your own shop");
	*merchant = named != NULL ? *named : *reach.merchant;
	TRY(db_value(work->db, &known, "SELECT COUNT(*) FROM merchants WHERE id = ?", P(*merchant)));
	return known == 1 ? OK : problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "merchant not found");
}

/* The file has its name before the row is committed; a name without a row is removed in time (leftover.c). */
static const struct problem *
insert(struct work *work, const struct import *import)
{
	TRY(db_run(work->db, NULL,
	    "INSERT INTO imports (id, merchant_id, format, dry_run, file_name, bytes, created_by, updated_by, created_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(import->id), P(import->merchant), P(import_format_values[import->format]), P(import->dry_run), P(import->file_name),
	    P(import->bytes), P(acting_user(work)), P(acting_user(work)), P(import->created_at)));
	TRY(audit_record(work, "import.received", "import", import->id.uuid, &import_summary_shape, NULL, import));
	return queue_next_import(work, import->merchant);
}

const struct problem *
receive_import(struct work *work, enum import_format format, bool dry_run, const struct merchant_id *merchant,
    const struct upload *file, struct import **import)
{
	const struct problem *problem;
	const char           *name;

	*import = ARENA_NEW(work->arena, struct import);
	**import = (struct import) { .id = NEW_ID(import_id),
		.format = format,
		.dry_run = dry_run,
		.status = IMPORT_QUEUED,
		.file_name = file->filename,
		.bytes = file->size,
		.created_at = instant_now() };
	TRY(choose_merchant(work, merchant, &(*import)->merchant));
	if (file->size == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "file", "is empty");
	name = import_file(work->arena, (*import)->id);
	TRY(upload_keep(work, file, name));
	problem = insert(work, *import);
	if (problem != OK)
		unlink(arena_format(work->arena, "%s/%s", work->config->http.import_directory, name));
	return problem;
}
