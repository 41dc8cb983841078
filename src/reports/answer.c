/* A report as JSON or, of the same rows, as CSV. */
#include "base/arena.h"
#include "base/csv.h"
#include "base/text.h"
#include "http/request.h"
#include "reports/report.h"
#include "store/work.h"

#include <json-c/json.h>

static void
add_head(struct text *out, const struct shape *row)
{
	for (size_t i = 0; i < row->count; i++)
		text_addf(out, "%s%s", i == 0 ? "" : ",", row->members[i].name);
	TEXT_ADD(out, "\r\n");
}

/* Each member of the row as JSON prints it: money is a decimal there, too. */
static void
add_row(struct work *work, struct text *out, const struct shape *row, const void *from)
{
	struct text         printed = text_new(work->arena, 512);
	struct json_object *json, *value;

	shape_print(row, from, &printed);
	json = json_read(work->arena, printed.bytes, printed.length);
	for (size_t i = 0; i < row->count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		if (!json_object_object_get_ex(json, row->members[i].name, &value) || value == NULL)
			continue;
		if (json_object_is_type(value, json_type_string) && row->members[i].kind == MEMBER_MONEY)
			text_add_string(out, json_object_get_string(value)); /* a number, also below zero */
		else
			csv_add_cell(out, json_object_get_string(value));
	}
	TEXT_ADD(out, "\r\n");
}

const struct problem *
report_answer(struct request *request, const struct report_query *query, const void *answer, const struct shape *row,
    const void *rows, size_t count)
{
	struct text out;

	if (query->format == NULL || *query->format == REPORT_JSON)
		return respond(request, answer);
	out = text_new(request->work->arena, 4096);
	add_head(&out, row);
	for (size_t i = 0; i < count; i++)
		add_row(request->work, &out, row, (const char *)rows + i * row->size);
	respond_header(request, "Content-Disposition", "attachment; filename=\"report.csv\"");
	return respond_text(request, "text/csv; charset=utf-8", out.bytes, out.length);
}
