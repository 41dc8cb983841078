/* The job REGAIN_CACHE: memcached is used again once it answers. */
#include "ops/ops.h"
#include "store/trust.h"

const struct problem *
regain_cache_job(struct work *work, const struct job *job)
{
	(void)job;
	return trust_regain(work);
}
