#include "store/metadata.h"

#include "store/db.h"
#include "store/work.h"

#include <string.h>

const struct problem *
metadata_too_many(struct work *work)
{
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "metadata", "must have at most 50 members");
}

const struct problem *
metadata_problem(struct work *work, const struct problem *problem, const char *check)
{
	if (!problem_is(problem, PROBLEM_CONFLICT) || strcmp(db_clash(work->db), check) != 0)
		return problem;
	return metadata_too_many(work);
}
