/*
 * ready.h: whether the shop can serve requests.
 *
 * Each part is checked within a second, whatever it does: one that hangs has failed.  Without database, migrations or room on
 * the disk the shop is not ready; without cache or job workers it serves, only degraded.
 */
#ifndef READY_H
#define READY_H

#include "base/shape.h"
#include "store/work.h"

enum part_state { PART_OK, PART_FAILED, PART_OFF /* not configured */ };

struct ready_checks {
	int database, migrations, disk, cache, job_workers; /* enum part_state */
};

enum ready_status { SHOP_READY, SHOP_DEGRADED };

struct ready {
	int                 status; /* enum ready_status */
	struct ready_checks checks;
};
SHAPE_DECLARE(struct ready, ready_shape);

/* NOT_READY, with a fault for each part that failed, when one of those fails that the shop cannot do without. */
const struct problem *check_ready(struct work *work, struct ready *ready);

#endif
