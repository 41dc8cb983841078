/*
 * The job PURGE: deletes what has expired and is no business record, a thousand rows at a time to keep locks short; and files that
 * nobody needs any more.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "events/partitions.h"
#include "invoices/file.h"
#include "media/receive.h"
#include "notify/kept.h"
#include "ops/ops.h"
#include "people/export.h"
#include "payments/request.h"
#include "payments/setup.h"
#include "imports/import.h"
#include "lists/bulk.h"
#include "live/live.h"
#include "settlements/settlement.h"
#include "store/db.h"
#include "store/work.h"

enum { AT_ONCE = 1000, DAY = 24 * 3600, ATTEMPT_DAYS = 7, FILE_HOURS = 1, SETUP_DAYS = 30, FORMER_DAYS = 7, BULK_DAYS = 30 };

/* What is deleted: at most AT_ONCE rows from before `before`, *removed of them. */
struct purge {
	const struct problem *(*remove)(struct work *work, struct instant before, int64_t *removed);
	struct instant before;
};

static const struct problem *
remove_keys(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM idempotency_keys WHERE created_at < ? LIMIT 1000", P(before));
}

/* What is in them is deleted with them. */
static const struct problem *
remove_guest_carts(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM carts WHERE expires_at < ? LIMIT 1000", P(before));
}

/* Their refresh tokens are deleted with them. */
static const struct problem *
remove_sessions(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM sessions WHERE expires_at < ? LIMIT 1000", P(before));
}

static const struct problem *
remove_one_time_tokens(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM one_time_tokens WHERE expires_at < ? LIMIT 1000", P(before));
}

static const struct problem *
remove_former_emails(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM former_emails WHERE created_at < ? LIMIT 1000", P(before));
}

static const struct problem *
remove_sign_in_codes(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM sign_in_codes WHERE expires_at < ? LIMIT 1000", P(before));
}

static const struct problem *
remove_attempts(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM login_attempts WHERE updated_at < ? LIMIT 1000", P(before));
}

/* Deferred and dead ones stay until they are applied or dropped. */
static const struct problem *
remove_webhooks(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed,
	    "DELETE FROM webhook_events WHERE status IN ('processed', 'ignored', 'dropped') AND id < ? AND updated_at < ? LIMIT 1000",
	    P(uuid_floor(before.unix_ms)), P(before));
}

/* As long as the events that brought them.  Dead ones stay while somebody may replay them. */
static const struct problem *
remove_mails(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM mails WHERE status IN ('sent', 'dropped') AND id < ? LIMIT 1000",
	    P(uuid_floor(before.unix_ms)));
}

/* They have not counted since then: nobody has to be told. */
static const struct problem *
remove_blocks(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM blocks WHERE ends_at < ? LIMIT 1000", P(before));
}

/* Files that no row names, or not any more. */
static const struct problem *
remove_files(struct work *work, struct instant before)
{
	static const struct {
		const struct problem *(*remove)(struct work *work, struct instant before, int64_t *removed);
		const char *whose;
	} files[] = { { remove_leftover_settlements, "settlements" }, { remove_leftover_originals, "uploads" },
		{ remove_leftover_imports, "imports" }, { remove_leftover_exports, "people's data" } };
	int64_t removed;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		TRY(files[i].remove(work, before, &removed));
		if (removed > 0)
			log_info("removed files", LOG_ID("of", files[i].whose), LOG_NUMBER("files", removed));
	}
	return OK;
}

const struct problem *
purge_old(struct work *work, const struct job *job)
{
	const struct config *config = work->config;
	struct instant       now = instant_now();
	int64_t              total = 0, removed;
	const struct purge   purges[] = {
		  { remove_keys, instant_add_seconds(now, -config->http.idempotency_hours * 3600) },
		  { remove_sessions, instant_add_seconds(now, -config->jobs.session_days * DAY) },
		  { remove_guest_carts, now },
		  { remove_one_time_tokens, now },
		  { remove_former_emails, instant_add_seconds(now, -FORMER_DAYS * DAY) },
		  { remove_sign_in_codes, now },
		  { remove_blocks, now },
		  { remove_exports, now },
		  { remove_attempts, instant_add_seconds(now, -ATTEMPT_DAYS * DAY) },
		  { remove_kept_deliveries, instant_add_seconds(now, -config->deliveries.disable_days * DAY) },
		  { remove_webhooks, instant_add_seconds(now, -config->jobs.webhook_days * DAY) },
		  { remove_setups, instant_add_seconds(now, -SETUP_DAYS * DAY) },
		  { remove_bulk, instant_add_seconds(now, -BULK_DAYS * DAY) },
		  { forget_payers, instant_add_seconds(now, -config->jobs.payer_days * DAY) },
		  { forget_invoice_files, instant_add_seconds(now, -config->invoices.file_days * DAY) },
		  { forget_live_messages, instant_add_seconds(now, -LIVE_KEEP_SECONDS) },
		  { remove_mails, instant_add_seconds(now, -config->jobs.event_days * DAY) },
	};

	for (const struct purge *purge = purges; purge < purges + sizeof purges / sizeof *purges; purge++)
		do {
			struct arena_mark mark = arena_mark(work->arena);

			TRY(db_transaction(work, purge->remove(work, purge->before, &removed)));
			total += removed;
			TRY(job_progress(work, job, total, NULL));
			arena_release(work->arena, mark);
		} while (removed >= AT_ONCE);
	if (total > 0)
		log_info("purged", LOG_NUMBER("rows", total));
	TRY(remove_files(work, instant_add_seconds(now, -FILE_HOURS * 3600)));
	TRY(event_months_add(work, now));
	return event_months_drop(work, now);
}
