/* Cursors of lists: forged ones, and sealed ones with any bytes in them. */
#include "base/config.h"
#include "http/page.h"
#include "http/request.h"
#include "http/seal.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char secret[] = "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-fuzz";

static const struct config config = { .auth = { .seal_secret = secret } };
static const struct route  route = { .id = "fuzz_list" };

struct row {
	struct cursor cursor;
};

static void
key_of_row(const void *row, int ordering, struct cursor *into)
{
	const struct cursor *cursor = &((const struct row *)row)->cursor;

	(void)ordering;
	into->number = cursor->number;
	into->text = cursor->text;
	into->id = cursor->id;
}

/* The page that the cursor begins has a neighbour, whose cursor leads back to the same values. */
static void
leads_back(struct request *request, const struct cursor *cursor)
{
	struct row    rows[2] = { { *cursor }, { *cursor } };
	size_t        count = 2;
	const char   *next, *previous, *sealed;
	struct cursor again;

	page_links(request, cursor, 1, rows, sizeof *rows, &count, key_of_row, &next, &previous);
	PROPERTY(count == 1 && next != NULL && previous != NULL);
	sealed = strrchr(next, '=') + 1;
	PROPERTY(cursor_read(request, sealed, &cursor->ordering, 0, &again) == OK);
	PROPERTY(again.given && !again.backward && again.number == cursor->number && uuid_equal(again.id, cursor->id));
	PROPERTY((again.text == NULL) == (cursor->text == NULL));
	PROPERTY(again.text == NULL || strncmp(again.text, cursor->text, 1000) == 0);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct work    work = { .arena = fuzz_arena(), .config = &config, .request_id = "" };
	struct request request = { .work = &work, .route = &route, .path = "/api/v1/list", .query = "limit=1" };
	struct cursor  cursor;
	const char    *raw = arena_copy(work.arena, bytes, length), *sealed;
	unsigned char *opened;
	size_t         opened_length;

	/* Nobody else has the secret: whatever this is, the shop did not make it. */
	PROPERTY(cursor_read(&request, raw, NULL, 3, &cursor) != OK);
	if (length > SEAL_BYTES_MAX)
		return;
	sealed = seal(work.arena, secret, route.id, bytes, length);
	opened = unseal(work.arena, secret, route.id, sealed, &opened_length);
	PROPERTY(opened != NULL && opened_length == length && memcmp(opened, bytes, length) == 0);
	PROPERTY(unseal(work.arena, secret, "other_list", sealed, &opened_length) == NULL);
	if (cursor_read(&request, sealed, NULL, 3, &cursor) == OK)
		leads_back(&request, &cursor);
}
