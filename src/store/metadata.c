#include "store/metadata.h"

#include "base/encoding.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

int64_t
metadata_version(const char *metadata)
{
	enum { BYTES = 7 };
	unsigned char digest[32];
	int64_t       version = 0;

	sha256(metadata, strlen(metadata), digest);
	for (int i = 0; i < BYTES; i++)
		version = version << 8 | digest[i];
	return version;
}

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
