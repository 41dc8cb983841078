/* Imports as they are shown. */
#include "base/arena.h"
#include "catalog/product.h"
#include "imports/import.h"
#include "store/list.h"

const char *const import_format_values[] = { "csv", "jsonl", NULL };
const char *const import_status_values[] = { "queued", "running", "done", "cancelled", "failed", NULL };

static const struct member import_error_members[] = {
	M_INTEGER(struct import_error, row, "row", 1, INT64_MAX, .column = "number",
	    .description = "As a spreadsheet or an editor numbers it: from 1, with the names of the columns."),
	M_TEXT(struct import_error, member, "member", 200, .example = "\"price\"",
	    .description = "The column or member; null if the row as a whole is wrong."),
	M_TEXT(struct import_error, message, "message", 500, .required = true, .example = "\"is required\""),
};
SHAPE_SHARED(struct import_error, import_error_shape, "ImportError", import_error_members);

#define IMPORT_MEMBERS \
	M_ID(struct import, id, "id"), M_ID(struct import, merchant, "merchant_id"), \
	    M_ENUM(struct import, format, "format", import_format_values), \
	    M_BOOLEAN(struct import, dry_run, "dry_run", .description = "Checks everything and writes nothing."), \
	    M_ENUM(struct import, status, "status", import_status_values), \
	    M_TEXT(struct import, file_name, "file_name", 255, .example = "\"products.csv\""), \
	    M_TEXT(struct import, fault, "fault", 500, .description = "Why it failed."), \
	    M_INTEGER(struct import, total, "total", 0, INT64_MAX, .column = "total_rows", \
		.description = "Rows of the file; null until they are counted."), \
	    M_INTEGER(struct import, done, "done", 0, INT64_MAX, .column = "done_rows"), \
	    M_INTEGER(struct import, created, "created", 0, INT64_MAX, .description = "New products."), \
	    M_INTEGER(struct import, changed, "changed", 0, INT64_MAX), \
	    M_INTEGER(struct import, unchanged, "unchanged", 0, INT64_MAX, \
		.description = "Products that were as the file says already."), \
	    M_INTEGER(struct import, refused, "refused", 0, INT64_MAX, .description = "Products with errors."), \
	    M_INTEGER(struct import, error_count, "error_count", 0, INT64_MAX), M_TIME(struct import, created_at, "created_at"), \
	    M_TIME(struct import, started_at, "started_at"), M_TIME(struct import, finished_at, "finished_at"), \
	    M_INTEGER(struct import, bytes, "bytes", 0, INT64_MAX, .hidden = true), \
	    M_INTEGER(struct import, done_bytes, "done_bytes", 0, INT64_MAX, .hidden = true), \
	    M_INTEGER(struct import, error_bytes, "error_bytes", 0, INT64_MAX, .hidden = true), \
	    M_ID(struct import, created_by, "created_by", .hidden = true)

static const struct member import_summary_members[] = { IMPORT_MEMBERS };
SHAPE_SHARED(struct import, import_summary_shape, "ImportSummary", import_summary_members, .noun = "import");

static const struct member import_members[] = {
	IMPORT_MEMBERS,
	M_ARRAY(struct import, errors, n_errors, "errors", import_error_shape, IMPORT_ERRORS_KEPT, .computed = true,
	    .description = "The first 1,000; all of them at /imports/{id}/errors."),
};
SHAPE_SHARED(struct import, import_shape, "Import", import_members);

const char *
import_file(struct arena *arena, struct import_id id)
{
	return arena_format(arena, "import-%s", uuid_text(arena, id.uuid));
}

const char *
import_errors_file(struct arena *arena, struct import_id id)
{
	return arena_format(arena, "%s.errors.csv", import_file(arena, id));
}

const struct problem *
find_import(struct work *work, struct import_id id, struct import **import)
{
	struct reach reach = CATALOG_REACH(work);

	return db_one(work->db, &import_summary_shape, import,
	    "SELECT {i} FROM imports i WHERE i.id = ? AND (? OR i.merchant_id = ?)", P(id), P(reach.all), P(reach.merchant));
}

const struct problem *
show_import(struct work *work, struct import_id id, struct import **import)
{
	TRY(find_import(work, id, import));
	return db_rows(work->db, &import_error_shape, IMPORT_ERRORS_KEPT, &(*import)->errors, &(*import)->n_errors,
	    "SELECT {e} FROM import_errors e WHERE e.import_id = ? ORDER BY e.number, e.place", P(id));
}

static const struct list_order newest_first[] = { { .id = "i.id", .descending = true } };

const struct problem *
list_imports(
    struct work *work, const int *status, const struct page_request *page, struct import **imports, struct listed *listed)
{
	struct list  list = list_begin(work, "SELECT {i}", "FROM imports i");
	struct reach reach = CATALOG_REACH(work);

	if (!reach.all)
		list_where(&list, "i.merchant_id = ?", P(reach.merchant));
	list_filter(&list, "i.status = ?", P(status == NULL ? NULL : import_status_values[*status]));
	return list_page(&list, &import_summary_shape, newest_first, page, imports, listed);
}
