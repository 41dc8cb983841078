/*
 * version.h: optimistic locking: the version of a row that a client's change is meant for.
 *
 * A row that clients change counts its changes in a column `version`.  A client that says which version it has read (in
 * HTTP by If-Match: expected_version of http/request.h) must not overwrite a later one: the use-case takes what the
 * client said, locks the row, and calls check_version before it changes anything.
 */
#ifndef VERSION_H
#define VERSION_H

#include "base/ids.h"
#include "base/problem.h"

#include <stddef.h>
#include <stdint.h>

/* The object with this end of its id (its last four bytes, the first of them the most significant), in this version. */
struct object_version {
	uint32_t id_end;
	int64_t  version;
};

/* One of these; none at all when the client named nothing of ours. */
struct expected_version {
	const struct object_version *any_of;
	size_t                       count;
};

/* VERSION_MISMATCH unless `expected` names that version of the object; NULL accepts every version. */
const struct problem *check_version(const struct expected_version *expected, struct uuid id, int64_t version);

#endif
