#include "http/page.h"

#include "base/config.h"
#include "base/encoding.h"
#include "http/request.h"
#include "http/seal.h"

enum { CURSOR_HEAD = 1 + 1 + 8 + 16, BACKWARD = 1, HAS_TEXT = 2, CURSOR_TEXT_MAX = 1024 };

/* ordering, flags, number (big-endian), id, text */
static const char *
cursor_write(struct request *request, int ordering, bool backward, const struct list_key *key)
{
	struct text   bytes = text_new(request->work->arena, CURSOR_HEAD + 64);
	unsigned char head[CURSOR_HEAD] = { (unsigned char)ordering,
		(unsigned char)((backward ? BACKWARD : 0) | (key->text != NULL ? HAS_TEXT : 0)) };

	for (int i = 0; i < 8; i++)
		head[2 + i] = (unsigned char)((uint64_t)key->number >> (56 - 8 * i));
	memcpy(head + 10, key->id.bytes, sizeof key->id.bytes);
	text_add(&bytes, head, sizeof head);
	if (key->text != NULL)
		text_add(&bytes, key->text, strnlen(key->text, CURSOR_TEXT_MAX));
	return seal(request->work->arena, request->work->config->auth.seal_secret, request->route->id, bytes.bytes, bytes.length);
}

const struct problem *
page_read(struct request *request, const struct list_query *query, const int *ordering, int fallback, struct page_request *page)
{
	struct arena  *arena = request->work->arena;
	unsigned char *bytes;
	size_t         length;
	uint64_t       number = 0;

	*page = (struct page_request) { .limit = query->limit, .ordering = ordering == NULL ? fallback : *ordering };
	if (query->cursor == NULL)
		return OK;
	bytes = unseal(arena, request->work->config->auth.seal_secret, request->route->id, query->cursor, &length);
	if (bytes == NULL || length < CURSOR_HEAD || (ordering != NULL && bytes[0] != *ordering))
		return problem(BAD_CURSOR, "the cursor belongs to another list");
	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[2 + i];
	page->ordering = bytes[0];
	page->backward = (bytes[1] & BACKWARD) != 0;
	page->given = true;
	page->key.number = (int64_t)number;
	page->key.text = (bytes[1] & HAS_TEXT) != 0 ? (const char *)bytes + CURSOR_HEAD : NULL;
	memcpy(page->key.id.bytes, bytes + 10, sizeof page->key.id.bytes);
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

static const char *
neighbour(struct request *request, const struct page_request *page, bool backward, const struct list_key *key)
{
	return key == NULL ? NULL : link_with(request, "cursor", "cursor", cursor_write(request, page->ordering, backward, key));
}

void
page_links(struct request *request, const struct page_request *page, const struct listed *listed, const char **next,
    const char **previous)
{
	*next = neighbour(request, page, false, listed->next);
	*previous = neighbour(request, page, true, listed->previous);
}

static const char *
numbered_link(struct request *request, int64_t page)
{
	return link_with(request, "page", "page", arena_format(request->work->arena, "%lld", (long long)page));
}

void
numbered_links(
    struct request *request, const struct numbered_query *query, int64_t total, const char **next, const char **previous)
{
	*next = query->page * query->page_size < total ? numbered_link(request, query->page + 1) : NULL;
	*previous = query->page > 1 ? numbered_link(request, query->page - 1) : NULL;
}
