/*
 * blocklist.h: the blocked networks, as one worker knows them.
 *
 * The list stands in the database (tables blocks and block_list, written by ops/blocks.h).  A worker asks for its version
 * between two requests, every BLOCKLIST_MS, and reads it whole when that is another: a change is everywhere within 5 s, and a
 * request pays for a search in memory, never for a query.  While the database does not answer, the last list stays in force.
 *
 * Two networks are apart, or one holds the other.  So the list is sorted by the first address, the wider network first, and
 * each entry knows the narrowest one around it: the entry before an address, and those around that, are all that can hold it.
 */
#ifndef BLOCKLIST_H
#define BLOCKLIST_H

#include "base/instant.h"
#include "base/network.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct work;

enum { BLOCKLIST_MS = 2000, BLOCKLIST_MAX = 10000 };

struct blocklist_entry {
	struct network network;
	int64_t        until_ms; /* Unix time; INT64_MAX: for good */
	ptrdiff_t      around;   /* the entry that holds this one; -1: none */
};

/* {0} holds nobody. */
struct blocklist {
	struct blocklist_entry *entries;
	size_t                  count, room;
	int64_t                 version;
	int64_t                 asked_again_ms; /* monotonic: not before */
	bool                    has_asked;
};

/* Add a network; blocklist_sort comes after the last.  False, logged: no memory, or more than BLOCKLIST_MAX. */
bool blocklist_add(struct blocklist *list, const struct network *network, int64_t until_ms);
void blocklist_sort(struct blocklist *list);

/* Is the address, as text, in a network that is blocked at this time?  What is no address is in none. */
bool blocklist_holds(const struct blocklist *list, const char *address, struct instant at);

/* Read the list again if it has changed; for at most a second where the database is slow, but the first time for five: who begins knows it. */
void blocklist_refresh(struct blocklist *list, struct work *work);

void blocklist_free(struct blocklist *list);

#endif
