#include "http/page.h"

#include "base/config.h"
#include "base/encoding.h"
#include "http/request.h"
#include "http/seal.h"

#include <assert.h>

enum { CURSOR_HEAD = 1 + 1 + 8 + 16, BACKWARD = 1, HAS_TEXT = 2, CURSOR_TEXT_MAX = 1024 };

/* ordering, flags, number (big-endian), id, text */
static const char *
cursor_write(struct request *request, const struct cursor *cursor)
{
	struct text   bytes = text_new(request->work->arena, CURSOR_HEAD + 64);
	unsigned char head[CURSOR_HEAD] = { (unsigned char)cursor->ordering,
		(unsigned char)((cursor->backward ? BACKWARD : 0) | (cursor->text != NULL ? HAS_TEXT : 0)) };

	for (int i = 0; i < 8; i++)
		head[2 + i] = (unsigned char)((uint64_t)cursor->number >> (56 - 8 * i));
	memcpy(head + 10, cursor->id.bytes, sizeof cursor->id.bytes);
	text_add(&bytes, head, sizeof head);
	if (cursor->text != NULL)
		text_add(&bytes, cursor->text, strnlen(cursor->text, CURSOR_TEXT_MAX));
	return seal(request->work->arena, request->work->config->auth.seal_secret, request->route->id, bytes.bytes, bytes.length);
}

const struct problem *
cursor_read(struct request *request, const char *text, const int *ordering, int fallback, struct cursor *cursor)
{
	struct arena  *arena = request->work->arena;
	unsigned char *bytes;
	size_t         length;
	uint64_t       number = 0;

	*cursor = (struct cursor) { .ordering = ordering == NULL ? fallback : *ordering };
	if (text == NULL)
		return OK;
	bytes = unseal(arena, request->work->config->auth.seal_secret, request->route->id, text, &length);
	if (bytes == NULL || length < CURSOR_HEAD || (ordering != NULL && bytes[0] != *ordering))
		return problem(BAD_CURSOR, "the cursor was not made by this shop for this list");
	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[2 + i];
	*cursor = (struct cursor) { .ordering = bytes[0], .backward = (bytes[1] & BACKWARD) != 0, .given = true,
		.number = (int64_t)number, .text = (bytes[1] & HAS_TEXT) != 0 ? (const char *)bytes + CURSOR_HEAD : NULL };
	memcpy(cursor->id.bytes, bytes + 10, sizeof cursor->id.bytes);
	return OK;
}

/* Is it the name of this "name=value", however it was escaped? */
static bool
is_named(struct arena *arena, const char *pair, size_t length, const char *name)
{
	const char *equals = memchr(pair, '=', length);
	const char *decoded = percent_decode(arena, pair, equals == NULL ? length : (size_t)(equals - pair), true);

	return decoded != NULL && strcmp(decoded, name) == 0;
}

/* The present path with the present query, but for `dropped` names, and `name=value` behind. */
static const char *
link_with(struct request *request, const char *dropped, const char *name, const char *value)
{
	struct text url = text_new(request->work->arena, 256);
	const char *query = request->query;

	text_add_string(&url, request->path);
	text_add_char(&url, '?');
	while (*query != '\0') {
		size_t length = strcspn(query, "&");

		if (length > 0 && !is_named(request->work->arena, query, length, dropped)) {
			text_add(&url, query, length);
			text_add_char(&url, '&');
		}
		query += length + (query[length] == '&');
	}
	text_addf(&url, "%s=%s", name, value);
	return url.bytes;
}

static void
reverse(void *rows, size_t size, size_t count)
{
	unsigned char *low = rows, *high = low + (count == 0 ? 0 : (count - 1) * size);

	for (; low < high; low += size, high -= size)
		for (size_t i = 0; i < size; i++) {
			unsigned char kept = low[i];

			low[i] = high[i];
			high[i] = kept;
		}
}

static const char *
neighbour(struct request *request, const struct cursor *from, const void *row, bool backward,
    void (*key_of)(const void *row, int ordering, struct cursor *into))
{
	struct cursor cursor = { .ordering = from->ordering, .backward = backward };

	key_of(row, from->ordering, &cursor);
	return link_with(request, "cursor", "cursor", cursor_write(request, &cursor));
}

void
page_links(struct request *request, const struct cursor *cursor, int64_t limit, void *rows, size_t row_size, size_t *count,
    void (*key_of)(const void *row, int ordering, struct cursor *into), const char **next, const char **previous)
{
	bool more = *count > (size_t)limit;

	*next = *previous = NULL;
	if (more)
		*count = (size_t)limit;
	if (cursor->backward)
		reverse(rows, row_size, *count);
	if (*count == 0)
		return;
	if (cursor->backward ? cursor->given : more)
		*next = neighbour(request, cursor, (const char *)rows + (*count - 1) * row_size, false, key_of);
	if (cursor->backward ? more : cursor->given)
		*previous = neighbour(request, cursor, rows, true, key_of);
}

void
numbered_links(struct request *request, int64_t page, int64_t page_size, int64_t count, const char **next,
    const char **previous)
{
	struct arena *arena = request->work->arena;

	*next = *previous = NULL;
	if (page * page_size < count)
		*next = link_with(request, "page", "page", arena_format(arena, "%lld", (long long)page + 1));
	if (page > 1)
		*previous = link_with(request, "page", "page", arena_format(arena, "%lld", (long long)page - 1));
}
