#include "ops/drop.h"

#include "events/dead_letter.h"
#include "notify/letter.h"
#include "store/work.h"

static const struct problem *
drop(struct work *work, struct job_id id, const char *reason)
{
	struct job_record *dropped;

	TRY(job_drop(work, id, reason, &dropped));
	return drop_letter(work, &(struct job) { .kind = dropped->kind, .payload = dropped->payload }, reason);
}

const struct problem *
drop_dead_job(struct work *work, struct job_id id, const char *reason)
{
	return db_transaction(work, drop(work, id, reason));
}
