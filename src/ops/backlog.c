#include "ops/backlog.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/job.h"
#include "payments/risk/review.h"
#include "store/db.h"
#include "store/work.h"

enum { ROWS_MAX = 500, CONSUMERS_MAX = 10 };

static const struct member queued_members[] = {
	M_TEXT(struct queued, lane, "lane", 16, .example = "\"money\""),
	M_TEXT(struct queued, kind, "kind", 64, .example = "\"refund_payment\"",
	    .description = "`others`: those of a long queue whose kind was not looked at."),
	M_TEXT(struct queued, status, "status", 16, .example = "\"dead\""),
	M_INTEGER(struct queued, jobs, "jobs", 0, INT64_MAX),
	M_INTEGER(struct queued, age_seconds, "age_seconds", 0, INT64_MAX, .description = "Since the oldest of them was due."),
};
SHAPE_SHARED(struct queued, queued_shape, "QueuedJobs", queued_members);

static const struct member waiting_members[] = {
	M_INTEGER(struct waiting, events, "events", 0, INT64_MAX),
	M_INTEGER(struct waiting, events_age, "events_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, deferred, "deferred", 0, INT64_MAX),
	M_INTEGER(struct waiting, deferred_age, "deferred_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, unverified, "unverified", 0, INT64_MAX),
	M_INTEGER(struct waiting, unverified_age, "unverified_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, dead, "dead", 0, INT64_MAX),
	M_INTEGER(struct waiting, held, "held", 0, INT64_MAX),
	M_INTEGER(struct waiting, disputes_due, "disputes_due", 0, INT64_MAX),
	M_INTEGER(struct waiting, reviews, "reviews", 0, INT64_MAX),
	M_INTEGER(struct waiting, reviews_age, "reviews_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, bands_left, "bands_left", 0, INT64_MAX),
	M_INTEGER(struct waiting, refunds, "refunds", 0, INT64_MAX),
	M_INTEGER(struct waiting, refunds_age, "refunds_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, failed_refunds, "failed_refunds", 0, INT64_MAX),
	M_INTEGER(struct waiting, mails, "mails", 0, INT64_MAX),
	M_INTEGER(struct waiting, mails_age, "mails_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, folds, "folds", 0, INT64_MAX),
	M_INTEGER(struct waiting, folds_age, "folds_age", 0, INT64_MAX),
};
SHAPE(struct waiting, waiting_shape, "Waiting", waiting_members);

static const struct member leaving_members[] = {
	M_INTEGER(struct leaving, deliveries, "deliveries", 0, INT64_MAX),
	M_INTEGER(struct leaving, deliveries_age, "deliveries_age", 0, INT64_MAX),
	M_INTEGER(struct leaving, endpoints_disabled, "endpoints_disabled", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs, "sqs", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs_age, "sqs_age", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs_dead, "sqs_dead", 0, INT64_MAX),
};
SHAPE(struct leaving, leaving_shape, "Leaving", leaving_members);

static const struct member behind_members[] = {
	M_TEXT(struct behind, consumer, "consumer", 16),
	M_INTEGER(struct behind, batches, "batches", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct behind, age_seconds, "age_seconds", 0, INT64_MAX, .computed = true),
};
SHAPE(struct behind, behind_shape, "Behind", behind_members);

/*
 * A scrape costs the same however long a queue is: at most so many rows are counted, which is more than any alert asks about.  (As a
 * macro, for it stands in the text of statements.)
 */
#define COUNTED_MAX "20000"
#define COUNT_OF(from) "(SELECT COUNT(*) FROM (SELECT 1 FROM " from " LIMIT " COUNTED_MAX ") few)"
#define AGE_OF(time) "IFNULL(GREATEST(0, TIMESTAMPDIFF(SECOND, (" time "), NOW(3))), 0)"

/* How many rows of a table, and the age of the oldest of them by a column: of those that are counted, in an order where one is given. */
#define BACKLOG(name, column, from) \
	COUNT_OF(from) \
	" AS " name \
	", " AGE_OF("SELECT MIN(o.at) FROM (SELECT " column " AS at FROM " from " LIMIT " COUNTED_MAX ") o") " AS " name "_age"

/* What the provider decides for the payer by itself, if nobody says anything. */
#define DISPUTES_DUE \
	"(SELECT COUNT(*) FROM disputes WHERE status IN ('open', 'inquiry') AND evidence_sent_at IS NULL AND accepted_at IS NULL " \
	"AND evidence_due_at > NOW(3) AND evidence_due_at <= NOW(3) + INTERVAL 1 DAY) AS disputes_due"

/* At a provider: cash has no next attempt, and waits until somebody comes for it. */
#define REFUNDS_UNDER_WAY "refunds WHERE status = 'pending' AND next_attempt_at IS NOT NULL"

#define BANDS_LEFT "(SELECT COUNT(*) FROM risk_hours WHERE hour_at > NOW() - INTERVAL 3 HOUR AND left_bands <> '') AS bands_left"

/* By an index, that of deliveries of each endpoint. */
#define OLDEST_DELIVERY \
	"SELECT MIN((SELECT q.created_at FROM webhook_queue q WHERE q.endpoint_id = w.id AND q.attempts = 0 " \
	"ORDER BY q.created_at LIMIT 1)) FROM webhook_endpoints w WHERE w.status = 'active' AND w.failing_since IS NULL"
#define OLDEST_MESSAGE "SELECT MIN(created_at) FROM sqs_queue WHERE status = 'waiting'"

static const struct problem *
read_what_leaves(struct work *work, struct backlog *backlog)
{
	TRY(db_row(work->db, &leaving_shape, &backlog->leaving,
	    WITHIN_SECONDS(0.5) "SELECT " COUNT_OF("webhook_queue") " AS deliveries, " AGE_OF(
		OLDEST_DELIVERY) " AS deliveries_age, "
				 "(SELECT COUNT(*) FROM webhook_endpoints WHERE disabled_reason IN ('failing', 'gone') AND deleted_at IS NULL) "
				 "AS endpoints_disabled, " COUNT_OF("sqs_queue WHERE status = 'waiting'") " AS sqs, " AGE_OF(
				     OLDEST_MESSAGE) " AS sqs_age, " COUNT_OF("sqs_queue WHERE status = 'dead'") " AS sqs_dead"));
	return db_rows(work->db, &behind_shape, CONSUMERS_MAX, &backlog->behind, &backlog->n_behind,
	    WITHIN_SECONDS(0.5) "SELECT {c}, (SELECT GREATEST(0, MAX(f.batch) - c.batch) FROM event_fan_out f) AS batches, "
				"IFNULL((SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, e.created_at, NOW(3))) FROM events e "
				"WHERE e.batch > c.batch ORDER BY e.batch, e.created_at LIMIT 1), 0) AS age_seconds "
				"FROM event_cursors c ORDER BY c.consumer");
}

/* The jobs of a lane and status in the order in which they are taken. */
static const char *
jobs_in_order(struct arena *arena, enum job_lane lane, const char *status, const char *limit)
{
	return arena_format(arena,
	    "FROM jobs FORCE INDEX (ix_jobs_claim) WHERE lane = '%s' AND status = '%s' ORDER BY priority, run_at LIMIT %s",
	    job_lane_name(lane), status, limit);
}

/* By an index: the first of each priority.  Takes the lane and the status. */
#define OLDEST_JOB \
	"SELECT MIN(o.at) FROM (SELECT MIN(run_at) AS at FROM jobs FORCE INDEX (ix_jobs_claim) " \
	"WHERE lane = '%s' AND status = '%s' GROUP BY priority) o"

/*
 * Of each lane and status the first 2,000 by their kind, which stands in no index; those beyond, as far as they are counted, as the kind
 * "others", with the age of the oldest of all: it may be of a priority behind many that are due later.
 */
static const struct problem *
read_queue(struct work *work, struct backlog *backlog)
{
	static const char *const statuses[] = { "ready", "running", "dead" };
	struct text              first = text_new(work->arena, 8192), others = text_new(work->arena, 8192);
	const char              *between = "";

	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
			const char *name = job_lane_name(lane), *status = statuses[i];

			text_addf(&first, "%s(SELECT '%s' AS lane, '%s' AS status, kind, run_at %s)", between, name, status,
			    jobs_in_order(work->arena, lane, status, "2000"));
			text_addf(&others,
			    " UNION ALL SELECT '%s', 'others', '%s', COUNT(*), " AGE_OF(
				OLDEST_JOB) " FROM (SELECT 1 %s) few HAVING COUNT(*) > 0",
			    name, status, name, status, jobs_in_order(work->arena, lane, status, "2000, 18000"));
			between = " UNION ALL ";
		}
	return db_rows(work->db, &queued_shape, ROWS_MAX, &backlog->queued, &backlog->n_queued,
	    db_compose(work->db,
		arena_format(work->arena,
		    WITHIN_SECONDS(0.5) "SELECT lane, kind, status, COUNT(*) AS jobs, "
					"GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(run_at), NOW(3))) AS age_seconds FROM (%s) j "
					"GROUP BY lane, kind, status%s",
		    first.bytes, others.bytes)));
}

static const struct problem *
read_what_waits(struct work *work, struct backlog *backlog)
{
	return db_row(work->db, &waiting_shape, &backlog->waiting,
	    WITHIN_SECONDS(0.5) "SELECT " BACKLOG(
		"events", "created_at", "events WHERE pending = 1 ORDER BY created_at") ", " BACKLOG("deferred", "received_at",
		"webhook_events WHERE status = 'deferred' ORDER BY id") ", " BACKLOG("unverified", "received_at",
		"webhook_events WHERE status = 'unverified' ORDER BY id") ", " COUNT_OF("webhook_events WHERE status = 'dead'") " AS dead, " COUNT_OF("payments WHERE hold_reason IS NOT NULL") " AS held, " BANDS_LEFT ", " BACKLOG("reviews",
		REVIEW_SINCE,
		"payments WHERE under_review = 1 ORDER BY id") ", " DISPUTES_DUE ", " BACKLOG("refunds", "created_at",
		REFUNDS_UNDER_WAY) ", "
				   "(SELECT COUNT(*) FROM refunds WHERE status = 'failed' AND finished_at > NOW(3) - INTERVAL 1 DAY) AS failed_refunds, " BACKLOG(
				       "mails", "created_at",
				       "jobs WHERE lane = 'mail' AND status IN ('ready', 'running')") ", " BACKLOG("folds",
				       "(SELECT t.created_at FROM ledger_transactions t WHERE t.id = q.transaction_id)",
				       "report_queue q ORDER BY q.transaction_id"));
}

const struct problem *
read_backlog(struct work *work, struct backlog *backlog)
{
	*backlog = (struct backlog) { 0 };
	TRY(read_queue(work, backlog));
	TRY(read_what_waits(work, backlog));
	return read_what_leaves(work, backlog);
}
