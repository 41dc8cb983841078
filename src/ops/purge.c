/* The purge: what ran out and is no business record goes, a thousand rows at a time, so that nobody waits for it. */
#include "base/config.h"
#include "base/log.h"
#include "events/record.h"
#include "ops/ops.h"
#include "store/db.h"
#include "store/work.h"

enum { AT_ONCE = 1000, DAY = 24 * 3600, ATTEMPT_DAYS = 7 };

/* One kind of thing: takes the time before which it goes. */
struct purge {
	const struct problem *(*remove)(struct work *work, void *argument);
	struct instant before;
	int64_t        removed;
};

static const struct problem *
remove_keys(struct work *work, void *argument)
{
	struct purge *purge = argument;

	return db_run(work->db, &purge->removed, "DELETE FROM idempotency_keys WHERE created_at < ? LIMIT 1000", P(purge->before));
}

/* Their refresh tokens go with them. */
static const struct problem *
remove_sessions(struct work *work, void *argument)
{
	struct purge *purge = argument;

	return db_run(work->db, &purge->removed, "DELETE FROM sessions WHERE expires_at < ? LIMIT 1000", P(purge->before));
}

static const struct problem *
remove_attempts(struct work *work, void *argument)
{
	struct purge *purge = argument;

	return db_run(work->db, &purge->removed, "DELETE FROM login_attempts WHERE updated_at < ? LIMIT 1000", P(purge->before));
}

/* Deferred and dead ones stay until they are applied or dropped. */
static const struct problem *
remove_webhooks(struct work *work, void *argument)
{
	struct purge *purge = argument;

	return db_run(work->db, &purge->removed,
	    "DELETE FROM webhook_events WHERE status IN ('processed', 'ignored', 'dropped') AND id < ? AND updated_at < ? LIMIT 1000",
	    P(uuid_floor(purge->before.unix_ms)), P(purge->before));
}

static const struct problem *
remove_events(struct work *work, void *argument)
{
	struct purge *purge = argument;

	return event_purge(work, &purge->removed);
}

const struct problem *
purge_old(struct work *work, const struct job *job)
{
	const struct config *config = work->config;
	struct instant       now = instant_now();
	int64_t              total = 0;
	struct purge         purges[] = {
		{ remove_keys, instant_add_seconds(now, -config->http.idempotency_hours * 3600) },
		{ remove_sessions, instant_add_seconds(now, -config->jobs.session_days * DAY) },
		{ remove_attempts, instant_add_seconds(now, -ATTEMPT_DAYS * DAY) },
		{ remove_webhooks, instant_add_seconds(now, -config->jobs.webhook_days * DAY) },
		{ remove_events, now },
	};

	for (struct purge *purge = purges; purge < purges + sizeof purges / sizeof *purges; purge++)
		do {
			TRY(db_transaction(work, purge->remove(work, purge)));
			TRY(job_heartbeat(work, job));
			total += purge->removed;
		} while (purge->removed >= AT_ONCE);
	if (total > 0)
		log_info("purged", LOG_NUMBER("rows", total));
	return OK;
}
