/* The routes of imports and of the export: tables and thin handlers. */
#include "base/arena.h"
#include "base/config.h"
#include "catalog/product_export.h"
#include "http/page.h"
#include "http/request.h"
#include "imports/import.h"
#include "imports/imports.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MAY_IMPORT (PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN))

struct import_query {
	int                *format;
	bool                dry_run;
	struct merchant_id *merchant;
};

static const struct member import_query_members[] = {
	M_ENUM(struct import_query, format, "format", import_format_values,
	    .description = "By default what the Content-Type or the file's name says, or else csv."),
	M_BOOLEAN(struct import_query, dry_run, "dry_run", .description = "Check everything and write nothing."),
	M_ID(struct import_query, merchant, "merchant_id", .description = "Required for staff; for sellers their own."),
};
SHAPE(struct import_query, import_query_shape, "ImportQuery", import_query_members);

static bool
is_lines(const struct upload *file)
{
	static const char end[] = ".jsonl";
	size_t            length = file->filename == NULL ? 0 : strlen(file->filename);

	if (length >= sizeof end - 1 && strcasecmp(file->filename + length - (sizeof end - 1), end) == 0)
		return true;
	return strncasecmp(file->content_type, "application/jsonl", 17) == 0 ||
	    strncasecmp(file->content_type, "application/x-ndjson", 20) == 0;
}

static const struct problem *
receive(struct request *request)
{
	const struct import_query *query = QUERY(request, struct import_query);
	struct import             *import;
	enum import_format         format;

	if (request->n_uploads == 0)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "file", "is required");
	if (query->format != NULL)
		format = (enum import_format) * query->format;
	else
		format = is_lines(request->uploads) ? IMPORT_JSONL : IMPORT_CSV;
	TRY(receive_import(request->work, format, query->dry_run, query->merchant, request->uploads, &import));
	return respond(request, import);
}

static const struct problem *
show(struct request *request)
{
	struct import_id id;
	struct import   *import;

	TRY(path_id(request, "id", &id.uuid));
	TRY(show_import(request->work, id, &import));
	return respond(request, import);
}

static const struct problem *
cancel(struct request *request)
{
	struct import_id id;
	struct import   *import;

	TRY(path_id(request, "id", &id.uuid));
	TRY(cancel_import(request->work, id, &import));
	return respond(request, import);
}

struct imports_query {
	struct list_query list;
	int              *status;
};

static const struct member imports_query_members[] = {
	LIST_QUERY(struct imports_query),
	LIST_FORMAT(struct imports_query),
	M_ENUM(struct imports_query, status, "status", import_status_values),
};
SHAPE(struct imports_query, imports_query_shape, "ImportsQuery", imports_query_members);

PAGE(struct import_page, import_page_shape, "ImportPage", import_summary_shape);

static const struct problem *
show_imports(struct request *request)
{
	const struct imports_query *query = QUERY(request, struct imports_query);
	struct import_page          answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_imports(request->work, query->status, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

/* ---- what goes out in pieces ---- */

static void
close_file(void *object)
{
	close(*(int *)object);
}

static const struct problem *
send_errors(struct request *request)
{
	struct arena    *arena = request->work->arena;
	struct import_id id;
	struct import   *import;
	struct text     *out;
	int             *fd = ARENA_NEW(arena, int);

	TRY(path_id(request, "id", &id.uuid));
	TRY(find_import(request->work, id, &import));
	*fd = open(arena_format(arena, "%s/%s", request->work->config->http.import_directory, import_errors_file(arena, id)),
	    O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		arena_defer(arena, close_file, fd);
	else if (import->error_bytes > 0)
		return problem(NOT_FOUND, "the errors of the import are no longer kept");
	out = stream_begin(request, "text/csv; charset=utf-8");
	TEXT_ADD(out, "row,member,message\r\n");
	return stream_file(request, out, *fd, import->error_bytes);
}

enum { EXPORT_ROOM = 256 * 1024 };

static const char *const export_format_values[] = { "csv", "jsonl", NULL };

struct export_query {
	int                 format;
	struct merchant_id *merchant;
};

static const struct member export_query_members[] = {
	M_ENUM(struct export_query, format, "format", export_format_values, .defaulted = true),
	M_ID(struct export_query, merchant, "merchant_id", .description = "For staff, who without it get everybody's."),
};
SHAPE(struct export_query, export_query_shape, "ExportQuery", export_query_members);

static void
add_lines(const struct exported_product *products, size_t count, enum import_format format, struct text *out)
{
	for (size_t i = 0; i < count; i++) {
		if (format == IMPORT_CSV) {
			export_csv(&products[i], out);
			continue;
		}
		shape_print(&exported_product_shape, &products[i], out);
		text_add_char(out, '\n');
	}
}

static const struct problem *
export_products(struct request *request)
{
	const struct export_query *query = QUERY(request, struct export_query);
	struct work               *work = request->work;
	struct reach               reach = CATALOG_REACH(work);
	const struct merchant_id  *merchant = reach.all ? query->merchant : reach.merchant;
	enum import_format         format = (enum import_format)query->format;
	struct export_place        place = { .created_at = { 0 } };
	struct exported_product   *products;
	struct text               *out;
	size_t                     count;
	bool                       more;

	if (!reach.all && reach.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	if (!reach.all && query->merchant != NULL && !ID_EQUAL(*query->merchant, *reach.merchant))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "must be your own shop");
	respond_header(request, "Content-Disposition",
	    format == IMPORT_CSV ? "attachment; filename=\"products.csv\"" : "attachment; filename=\"products.jsonl\"");
	out = stream_begin(request, format == IMPORT_CSV ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8");
	if (format == IMPORT_CSV)
		export_csv_head(out);
	text_reserve(out, EXPORT_ROOM);
	do {
		struct arena_mark mark = arena_mark(work->arena);
		struct text       kept = *out; /* what it grows to belongs to this page */

		TRY(export_page(work, merchant, &place, &products, &count));
		add_lines(products, count, format, out);
		more = stream_flush(request) && count > 0;
		*out = kept;
		out->length = 0;
		out->bytes[0] = '\0';
		arena_release(work->arena, mark);
	} while (more);
	return OK;
}

static const struct route import_routes[] = {
	{ POST, "/products/import", .id = "importProducts", .permission = MAY_IMPORT, .by_key = true, .pool = POOL_BULK,
	    .writes = WRITES_DATABASE, .takes = TAKES_MULTIPART | TAKES_FILE, .query = &import_query_shape,
	    .upload = { .files = "file", .max = 1, .large = true }, .answer = { 202, &import_summary_shape },
	    .errors = ERRORS(BODY_TOO_LARGE, STORAGE_FULL), .summary = "Import products from a file",
	    .description =
		"CSV or JSON lines, plain or packed by gzip; in the body itself, or as the part `file`. A job works it off: products "
		"are known by the SKUs of their variants, those of the merchant are changed, others created. Variants that the file "
		"does not name stay, unless the product's `delete_missing_variants` is true. See `GET /products/export` for the "
		"other columns.",
	    .handler = receive },
	{ GET, "/products/export", .id = "exportProducts", .permission = MAY_IMPORT, .by_key = true, .pool = POOL_BULK,
	    .sends = SENDS_STREAM, .query = &export_query_shape, .answer = { 200, NULL }, .answer_type = "text/csv",
	    .other_type = "application/jsonl", .summary = "Export all products as a file that can be imported",
	    .handler = export_products },
	{ GET, "/imports", .id = "listImports", .permission = MAY_IMPORT, .by_key = true, .csv = true,
	    .query = &imports_query_shape, .answer = { 200, &import_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List imports, newest first", .handler = show_imports },
	{ GET, "/imports/{id}", .id = "showImport", .permission = MAY_IMPORT, .by_key = true, .answer = { 200, &import_shape },
	    .errors = ERRORS(NOT_FOUND), .summary = "Show how far an import is, and its errors by row", .handler = show },
	{ GET, "/imports/{id}/errors", .id = "downloadImportErrors", .permission = MAY_IMPORT, .by_key = true, .pool = POOL_BULK,
	    .sends = SENDS_STREAM, .answer = { 200, NULL }, .answer_type = "text/csv", .errors = ERRORS(NOT_FOUND),
	    .summary = "Get all errors of an import as CSV", .handler = send_errors },
	{ POST, "/imports/{id}/cancel", .id = "cancelImport", .permission = MAY_IMPORT, .by_key = true, .writes = WRITES_DATABASE,
	    .answer = { 200, &import_shape }, .errors = ERRORS(NOT_FOUND, IMPORT_STATE), .summary = "Cancel an import",
	    .description = "What is done stays.", .handler = cancel },
};

ROUTE_TABLE(imports_table, "Imports", "Products from files, and into files.", import_routes);
