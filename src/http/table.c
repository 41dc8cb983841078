#include "http/table.h"

#include "base/csv.h"
#include "http/page.h"
#include "http/request.h"
#include "http/respond.h"

#include <json-c/json.h>
#include <string.h>

enum { TABLE_ROOM = 256 * 1024, TABLE_PAGE = 100, PREFIX_MAX = 200, LINK_MAX = 8 * 1024, HEADERS_ROOM = 512 };

const char *const list_format_values[] = { "json", "csv", NULL };

/* ---- cells ---- */

static void
add_names(struct text *out, const struct shape *shape, const char *prefix)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		char                 inner[PREFIX_MAX];

		if (member->hidden)
			continue;
		if (member->kind == MEMBER_OBJECT) {
			snprintf(inner, sizeof inner, "%s%s.", prefix, member->name);
			add_names(out, member->of, inner);
		} else {
			text_addf(out, "%s%s,", prefix, member->name);
		}
	}
}

static void
add_cell(struct text *out, const struct member *member, struct json_object *value)
{
	/* An amount may begin with a minus sign, and is still a number. */
	if (value == NULL)
		;
	else if (member->kind == MEMBER_MONEY || json_object_is_type(value, json_type_int))
		text_add_string(out, json_object_get_string(value));
	else if (json_object_is_type(value, json_type_array) || json_object_is_type(value, json_type_object))
		csv_add_cell(out, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		csv_add_cell(out, json_object_get_string(value));
	text_add_char(out, ',');
}

/* `item` NULL: an object that is not there still has its columns. */
static void
add_cells(struct text *out, const struct shape *shape, struct json_object *item)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		struct json_object  *value = NULL;

		if (member->hidden)
			continue;
		if (item != NULL)
			json_object_object_get_ex(item, member->name, &value);
		if (member->kind == MEMBER_OBJECT)
			add_cells(out, member->of, value);
		else
			add_cell(out, member, value);
	}
}

/* In place of the last comma. */
static void
end_line(struct text *out)
{
	out->length--;
	TEXT_ADD(out, "\r\n");
}

void
table_add_head(struct text *out, const struct shape *shape)
{
	add_names(out, shape, "");
	end_line(out);
}

void
table_add_row(struct text *out, const struct shape *shape, struct json_object *item)
{
	add_cells(out, shape, item);
	end_line(out);
}

/* ---- lists ---- */

/* The member of the query with that name, which the list has. */
static void *
query_value(const struct request *request, const char *name)
{
	const struct member *member = shape_member(request->route->query, name, strlen(name));

	return member == NULL ? NULL : (char *)request->query_values + member->offset;
}

bool
table_is_asked(const struct request *request)
{
	return request->route->csv && *(const int *)query_value(request, "format") == LIST_CSV;
}

/* Few large pages, whatever the size of those that the caller would like to see. */
static void
enlarge_page(struct request *request)
{
	int64_t *limit = query_value(request, "limit"), *size = query_value(request, "page_size");

	if (limit != NULL)
		*limit = TABLE_PAGE;
	if (size != NULL)
		*size = TABLE_PAGE;
}

/* Adds the rows of the page that the handler has answered, and says by which query the next one is found: none, "". */
static const struct problem *
add_page(struct request *request, struct text *out, char next[LINK_MAX])
{
	struct json_object *page = json_read(request->work->arena, request->out.bytes, request->out.length), *results, *link;
	const char         *query;

	if (page == NULL || !json_object_object_get_ex(page, "results", &results))
		return problem(INTERNAL, "a list has answered no page");
	for (size_t i = 0; i < json_object_array_length(results); i++)
		table_add_row(out, route_items(request->route), json_object_array_get_idx(results, i));
	next[0] = '\0';
	if (json_object_object_get_ex(page, "next", &link) && link != NULL) {
		query = strchr(json_object_get_string(link), '?');
		snprintf(next, LINK_MAX, "%s", query + 1);
	}
	return OK;
}

static void
begin(struct request *request)
{
	respond_forget(request);
	respond_header(request, "Content-Disposition", "attachment; filename=\"list.csv\"");
	stream_begin(request, "text/csv; charset=utf-8");
}

const struct problem *
table_send(struct request *request, const struct problem *(*read_query)(struct request *request))
{
	struct arena     *arena = request->work->arena;
	struct text       out = text_new(arena, TABLE_ROOM);
	struct arena_mark mark;
	char              next[LINK_MAX];
	bool              more;

	table_add_head(&out, route_items(request->route));
	text_reserve(&request->headers, HEADERS_ROOM);
	mark = arena_mark(arena); /* what comes behind it belongs to one page */
	do {
		struct text kept = out;

		enlarge_page(request);
		TRY(request->route->handler(request));
		TRY(add_page(request, &out, next));
		if (!request->streaming)
			begin(request);
		request->out = out;
		more = stream_flush(request) && next[0] != '\0';
		out = kept;
		out.length = 0;
		request->out = out;
		arena_release(arena, mark);
		request->query = next;
		request->answered = !more;
		if (more)
			TRY(read_query(request));
	} while (more);
	request->out.bytes[0] = '\0';
	request->query = "";
	return OK;
}
