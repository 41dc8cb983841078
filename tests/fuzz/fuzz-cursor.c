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

/* The page that the cursor begins has neighbours, whose cursors lead back to the same values. */
static void
leads_back(struct request *request, const struct page_request *page)
{
	struct list_key     key = page->key;
	struct listed       listed = { .count = 1, .next = &key, .previous = &key };
	struct list_query   query = { .limit = 1 };
	const char         *next, *previous;
	struct page_request again;

	page_links(request, page, &listed, &next, &previous);
	PROPERTY(next != NULL && previous != NULL);
	query.cursor = strrchr(next, '=') + 1;
	PROPERTY(page_read(request, &query, &page->ordering, 0, &again) == OK);
	PROPERTY(again.given && !again.backward && again.key.number == key.number && uuid_equal(again.key.id, key.id));
	PROPERTY((again.key.text == NULL) == (key.text == NULL));
	PROPERTY(again.key.text == NULL || strncmp(again.key.text, key.text, 1000) == 0);
	query.cursor = strrchr(previous, '=') + 1;
	PROPERTY(page_read(request, &query, NULL, 0, &again) == OK && again.backward && again.ordering == page->ordering);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct work         work = { .arena = fuzz_arena(), .config = &config, .request_id = "" };
	struct request      request = { .work = &work, .route = &route, .path = "/api/v1/list", .query = "limit=1" };
	struct page_request page;
	struct list_query   query = { .cursor = arena_copy(work.arena, bytes, length), .limit = 1 };
	const char         *sealed;
	unsigned char      *opened;
	size_t              opened_length;

	/* Nobody else has the secret: whatever this is, the shop did not make it. */
	PROPERTY(page_read(&request, &query, NULL, 3, &page) != OK);
	if (length > SEAL_BYTES_MAX)
		return;
	sealed = seal(work.arena, secret, route.id, bytes, length);
	opened = unseal(work.arena, secret, route.id, sealed, &opened_length);
	PROPERTY(opened != NULL && opened_length == length && memcmp(opened, bytes, length) == 0);
	PROPERTY(unseal(work.arena, secret, "other_list", sealed, &opened_length) == NULL);
	query.cursor = sealed;
	if (page_read(&request, &query, NULL, 3, &page) == OK)
		leads_back(&request, &page);
}
