/*
 * ready.h: whether the shop can serve requests.
 */
#ifndef READY_H
#define READY_H

#include "base/shape.h"
#include "store/work.h"

struct ready_checks {
	int database, migrations, cache, disk; /* 0: ok, 1: failed */
};

struct ready {
	int                 status; /* 0: ready */
	struct ready_checks checks;
};
SHAPE_DECLARE(struct ready, ready_shape);

/*
 * Checks database, migrations, cache and free disk space.  NOT_READY, with a fault for each part that failed; a cache that
 * is down is only noted in *ready.
 */
const struct problem *check_ready(struct work *work, struct ready *ready);

#endif
