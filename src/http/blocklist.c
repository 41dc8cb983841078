#include "http/blocklist.h"

#include "base/log.h"
#include "store/db.h"
#include "store/work.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_MS = 5000, /* how long the database may take to name the version to a worker that begins */
	ASK_MS = 500,    /* and to one that serves */
	PAUSE_MS = 4000, /* after it did not: a worker that waits serves nobody */
	FIRST_ROOM = 64
};

static bool
make_room(struct blocklist *list)
{
	const size_t            room = list->room == 0 ? FIRST_ROOM : 2 * list->room;
	struct blocklist_entry *entries;

	if (list->count < list->room)
		return true;
	entries = reallocarray(list->entries, room, sizeof *entries);
	if (entries == NULL)
		return false;
	list->entries = entries;
	list->room = room;
	return true;
}

bool
blocklist_add(struct blocklist *list, const struct network *network, int64_t until_ms)
{
	if (list->count >= BLOCKLIST_MAX || !make_room(list)) {
		log_error("cannot hold all blocked networks", LOG_NUMBER("networks", (int64_t)list->count));
		return false;
	}
	list->entries[list->count++] = (struct blocklist_entry) { .network = *network, .until_ms = until_ms, .around = -1 };
	return true;
}

/* By the first address, and of those that begin alike the wider one first. */
static int
compare(const void *one, const void *other)
{
	const struct blocklist_entry *a = one, *b = other;
	const int                     first = memcmp(a->network.bytes, b->network.bytes, sizeof a->network.bytes);

	return first != 0 ? first : a->network.bits - b->network.bits;
}

/* The last entry up to `at`, along those around it, that holds the network; -1: none. */
static ptrdiff_t
around(const struct blocklist *list, ptrdiff_t at, const struct network *network)
{
	while (at >= 0 && !network_covers(&list->entries[at].network, network))
		at = list->entries[at].around;
	return at;
}

void
blocklist_sort(struct blocklist *list)
{
	if (list->count > 1)
		qsort(list->entries, list->count, sizeof *list->entries, compare);
	for (size_t i = 0; i < list->count; i++)
		list->entries[i].around = around(list, (ptrdiff_t)i - 1, &list->entries[i].network);
}

/* The last entry that does not begin behind the address; -1: none. */
static ptrdiff_t
last_before(const struct blocklist *list, const struct network *address)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (memcmp(list->entries[middle].network.bytes, address->bytes, sizeof address->bytes) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (ptrdiff_t)low - 1;
}

bool
blocklist_holds(const struct blocklist *list, const char *address, struct instant at)
{
	struct network single;
	ptrdiff_t      entry;

	if (list->count == 0 || !network_parse(address, &single))
		return false;
	entry = around(list, last_before(list, &single), &single);
	while (entry >= 0 && list->entries[entry].until_ms <= at.unix_ms)
		entry = list->entries[entry].around;
	return entry >= 0;
}

struct blocked_row {
	const char     *network;
	struct instant *until;
};

static const struct member blocked_row_members[] = {
	M_TEXT(struct blocked_row, network, "network", NETWORK_TEXT_SIZE),
	M_TIME(struct blocked_row, until, "until", .column = "ends_at"),
};
SHAPE(struct blocked_row, blocked_row_shape, "BlockedRow", blocked_row_members);

static const struct problem *
take_row(void *row, void *list)
{
	const struct blocked_row *blocked = row;
	struct network            network;

	if (!network_parse(blocked->network, &network)) {
		log_error("a blocked network cannot be read", LOG_ID("network", blocked->network));
		return OK;
	}
	return blocklist_add(list, &network, blocked->until == NULL ? INT64_MAX : blocked->until->unix_ms)
	    ? OK
	    : problem(OVERLOADED, "too many blocked networks");
}

void
blocklist_refresh(struct blocklist *list, struct work *work)
{
	const int64_t    now = monotonic_ms();
	struct blocklist fresh = { .version = 0 };
	int              bound_ms;

	if (now < list->asked_again_ms)
		return;
	list->asked_again_ms = now + PAUSE_MS;
	bound_ms = list->has_asked ? ASK_MS : FIRST_MS;
	list->has_asked = fresh.has_asked = true;
	if (db_value_within(work->db, bound_ms, &fresh.version, "SELECT version FROM block_list WHERE the_one = 1") != OK)
		return;
	list->asked_again_ms = 0;
	if (fresh.version == list->version)
		return;
	/* What changes behind the question for the version is read again by the next one. */
	if (db_each(work->db, &blocked_row_shape, take_row, &fresh,
		"SELECT {b} FROM blocks b WHERE b.ends_at IS NULL OR b.ends_at > NOW(3)") != OK) {
		blocklist_free(&fresh);
		return;
	}
	blocklist_sort(&fresh);
	blocklist_free(list);
	*list = fresh;
	log_info("blocked networks read", LOG_NUMBER("networks", (int64_t)list->count));
}

void
blocklist_free(struct blocklist *list)
{
	free(list->entries);
	*list = (struct blocklist) { .entries = NULL };
}
