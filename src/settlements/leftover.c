/* Files that nobody will read: of a worker that died before their row was written, or after they were read. */
#include "http/leftover.h"
#include "settlements/settlement.h"
#include "store/db.h"

#include <string.h>

/* "settlement-ID.csv" */
static const struct problem *
is_wanted(struct work *work, const char *name, struct uuid uuid, bool *wanted)
{
	struct settlement_id id = { uuid };
	int64_t              found;

	*wanted = true;
	if (strcmp(settlement_file(work->arena, id), name) != 0)
		return OK;
	TRY(db_value(
	    work->db, &found, "SELECT COUNT(*) FROM settlements s WHERE s.id = ? AND s.status IN ('queued', 'running')", P(id)));
	*wanted = found > 0;
	return OK;
}

const struct problem *
remove_leftover_settlements(struct work *work, struct instant before, int64_t *removed)
{
	return remove_leftovers(work, "settlement-", before, is_wanted, removed);
}
