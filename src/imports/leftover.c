/* Files that nobody needs: of a worker that died before their row was written, and errors of long ago. */
#include "http/leftover.h"
#include "imports/import.h"
#include "store/db.h"

#include <string.h>

enum { ERRORS_DAYS = 30, DAY = 24 * 3600 };

/* "import-ID" or "import-ID.errors.csv". */
static const struct problem *
is_wanted(struct work *work, const char *name, struct uuid uuid, bool *wanted)
{
	struct import_id id = { uuid };
	bool             of_errors = strcmp(import_errors_file(work->arena, id), name) == 0;
	int64_t          found;

	*wanted = true;
	if (!of_errors && strcmp(import_file(work->arena, id), name) != 0)
		return OK;
	TRY(db_value(work->db, &found,
	    "SELECT COUNT(*) FROM imports i WHERE i.id = ? AND (i.status IN ('queued', 'running') OR (? AND i.finished_at > ?))",
	    P(id), P(of_errors), P(instant_add_seconds(instant_now(), -(int64_t)ERRORS_DAYS * DAY))));
	*wanted = found > 0;
	return OK;
}

const struct problem *
remove_leftover_imports(struct work *work, struct instant before, int64_t *removed)
{
	return remove_leftovers(work, "import-", before, is_wanted, removed);
}
