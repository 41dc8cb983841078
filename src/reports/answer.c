/* A report as JSON or, of the same rows, as CSV. */
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"
#include "http/table.h"
#include "reports/route.h"
#include "store/work.h"

/* Each member of the row as JSON prints it: money is a decimal there, too. */
static void
add_row(struct work *work, struct text *out, const struct shape *row, const void *from)
{
	struct text printed = text_new(work->arena, 512);

	shape_print(row, from, &printed);
	table_add_row(out, row, json_read(work->arena, printed.bytes, printed.length));
}

static bool
is_csv(const struct report_query *query)
{
	return query->format != NULL && *query->format == REPORT_CSV;
}

const struct problem *
report_answer(struct request *request, const struct report_query *query, const void *answer, const struct shape *row,
    const void *rows, size_t count)
{
	struct text out;

	out = text_new(request->work->arena, 4096);
	if (is_csv(query)) {
		table_add_head(&out, row);
		for (size_t i = 0; i < count; i++)
			add_row(request->work, &out, row, (const char *)rows + i * row->size);
	} else {
		shape_print(request->route->answer.shape, answer, &out);
	}
	return respond_report(request, out.bytes, out.length);
}

const struct problem *
respond_report(struct request *request, const char *bytes, size_t length)
{
	if (!is_csv(QUERY(request, struct report_query)))
		return respond_json(request, bytes, length);
	respond_header(request, "Content-Disposition", "attachment; filename=\"report.csv\"");
	return respond_text(request, "text/csv; charset=utf-8", bytes, length);
}
