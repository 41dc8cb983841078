/* Query strings taken into a struct; what was taken keeps its bounds, and reads the same when it is written anew. */
#include "base/encoding.h"
#include "base/shape.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/shapes.h"

#include <string.h>

static void
add_pair(struct text *query, const char *name, const char *value)
{
	if (value == NULL)
		return;
	text_addf(query, "%s%s=", query->length > 0 ? "&" : "", name);
	text_add_percent(query, value);
}

static const char *
instant_values(const struct instant *instant)
{
	char written[INSTANT_TEXT_SIZE];

	if (instant == NULL)
		return NULL;
	instant_write(*instant, written);
	return arena_string(fuzz_arena(), written);
}

static const char *
integer_values(const int64_t *value)
{
	return value == NULL ? NULL : arena_format(fuzz_arena(), "%lld", (long long)*value);
}

/* The values as a query string of one form only. */
static const char *
written(const struct fuzz_query *query)
{
	static const char *const status_values[] = { "pending", "paid", "cancelled" };
	struct text              out = text_new(fuzz_arena(), 256);

	add_pair(&out, "text", query->text);
	add_pair(&out, "slug", query->slug);
	add_pair(&out, "limit", integer_values(&query->limit));
	add_pair(&out, "page", integer_values(query->page));
	add_pair(&out, "in_stock", query->in_stock == NULL ? NULL : *query->in_stock ? "true" : "false");
	add_pair(&out, "id", query->id == NULL ? NULL : uuid_text(fuzz_arena(), *query->id));
	add_pair(&out, "ordering", status_values[query->ordering]);
	add_pair(&out, "status", query->status == NULL ? NULL : status_values[*query->status]);
	add_pair(&out, "after", instant_values(query->after));
	return out.bytes;
}

/* Any text of the right length comes back as it was, whatever had to be escaped in it. */
static void
text_survives(const char *text)
{
	struct arena     *arena = fuzz_arena();
	struct text       query = text_new(arena, 256);
	struct fuzz_query values = { 0 };
	struct faults     faults = { .count = 0 };
	size_t            length = strlen(text);

	if (!utf8_valid(text, length) || length == 0 || utf8_length(text) > 50)
		return;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return;
	if (text[0] == ' ' || text[length - 1] == ' ')
		return;
	add_pair(&query, "text", text);
	PROPERTY(shape_parse_query(&fuzz_query_shape, query.bytes, arena, &values, &faults));
	PROPERTY(strcmp(values.text, text) == 0);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct arena     *arena = fuzz_arena();
	const char       *query = arena_copy(arena, bytes, length), *first, *second;
	struct fuzz_query values = { 0 }, again = { 0 };
	struct faults     faults = { .count = 0 };

	text_survives(query);
	if (!shape_parse_query(&fuzz_query_shape, query, arena, &values, &faults)) {
		PROPERTY(faults.count > 0);
		for (size_t i = 0; i < faults.count; i++)
			PROPERTY(utf8_valid(faults.list[i].where, strlen(faults.list[i].where)));
		return;
	}
	PROPERTY(values.limit >= 1 && values.limit <= 100);
	PROPERTY(values.text == NULL || utf8_length(values.text) <= 50);
	first = written(&values);
	PROPERTY(shape_parse_query(&fuzz_query_shape, first, arena, &again, &faults));
	second = written(&again);
	PROPERTY(strcmp(first, second) == 0);
}
