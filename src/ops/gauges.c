#include "ops/gauges.h"

#include "base/arena.h"
#include "base/providers.h"
#include "base/text.h"
#include "events/job.h"
#include "net/circuit.h"
#include "ops/ready.h"
#include "payments/risk/review.h"
#include "store/db.h"
#include "store/work.h"

enum { ROWS_MAX = 500 };

/* Jobs of one kind of a lane in one status. */
struct queued {
	const char *lane, *kind, *status;
	int64_t     jobs, age_seconds;
};

static const struct member queued_members[] = {
	M_TEXT(struct queued, lane, "lane", 16),
	M_TEXT(struct queued, kind, "kind", 64),
	M_TEXT(struct queued, status, "status", 16),
	M_INTEGER(struct queued, jobs, "jobs", 0, INT64_MAX),
	M_INTEGER(struct queued, age_seconds, "age_seconds", 0, INT64_MAX),
};
SHAPE(struct queued, queued_shape, "Queued", queued_members);

/* What waits for us, or for a person: how many, and since when the oldest. */
struct waiting {
	int64_t events, events_age;
	int64_t deferred, deferred_age, unverified, unverified_age, dead;
	int64_t held, disputes_due;
	int64_t reviews, reviews_age, bands_left;
	int64_t refunds, refunds_age, failed_refunds;
	int64_t mails, mails_age;
};

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
};
SHAPE(struct waiting, waiting_shape, "Waiting", waiting_members);

/* What is to leave the shop. */
struct leaving {
	int64_t deliveries, deliveries_age, endpoints_disabled;
	int64_t sqs, sqs_age, sqs_dead;
};

static const struct member leaving_members[] = {
	M_INTEGER(struct leaving, deliveries, "deliveries", 0, INT64_MAX),
	M_INTEGER(struct leaving, deliveries_age, "deliveries_age", 0, INT64_MAX),
	M_INTEGER(struct leaving, endpoints_disabled, "endpoints_disabled", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs, "sqs", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs_age, "sqs_age", 0, INT64_MAX),
	M_INTEGER(struct leaving, sqs_dead, "sqs_dead", 0, INT64_MAX),
};
SHAPE(struct leaving, leaving_shape, "Leaving", leaving_members);

/* How far a consumer of events is behind. */
struct behind {
	const char *consumer;
	int64_t     batches, age_seconds;
};

static const struct member behind_members[] = {
	M_TEXT(struct behind, consumer, "consumer", 16),
	M_INTEGER(struct behind, batches, "batches", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct behind, age_seconds, "age_seconds", 0, INT64_MAX, .computed = true),
};
SHAPE(struct behind, behind_shape, "Behind", behind_members);

static void
print_family(struct text *out, const char *name, const char *help)
{
	text_addf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
print_gauge(struct text *out, const char *name, const char *help, int64_t value)
{
	print_family(out, name, help);
	text_addf(out, "%s %lld\n", name, (long long)value);
}

static void
print_queue(struct text *out, const struct queued *rows, size_t count)
{
	print_family(out, "haat_queue_jobs",
	    "Jobs by lane, kind and status; of long queues the first 2,000 by kind, at most 20,000 in all.");
	for (size_t i = 0; i < count; i++)
		text_addf(out, "haat_queue_jobs{lane=\"%s\",kind=\"%s\",status=\"%s\"} %lld\n", rows[i].lane, rows[i].kind,
		    rows[i].status, (long long)rows[i].jobs);
	print_family(out, "haat_queue_age_seconds",
	    "Time since the oldest ready job became due; of a lane with others, as theirs, of all its kinds.");
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].status, "ready") == 0)
			text_addf(out, "haat_queue_age_seconds{lane=\"%s\",kind=\"%s\"} %lld\n", rows[i].lane, rows[i].kind,
			    (long long)rows[i].age_seconds);
}

static void
print_waiting(struct text *out, const struct waiting *waiting)
{
	print_gauge(out, "haat_events_waiting", "Events not yet delivered to their subscribers.", waiting->events);
	print_gauge(out, "haat_events_age_seconds", "Age of the oldest undelivered event.", waiting->events_age);
	print_family(out, "haat_webhooks_waiting", "Webhook events waiting to be applied or confirmed.");
	text_addf(out, "haat_webhooks_waiting{status=\"deferred\"} %lld\nhaat_webhooks_waiting{status=\"unverified\"} %lld\n",
	    (long long)waiting->deferred, (long long)waiting->unverified);
	print_family(out, "haat_webhooks_age_seconds", "Age of the oldest waiting webhook event.");
	text_addf(out,
	    "haat_webhooks_age_seconds{status=\"deferred\"} %lld\nhaat_webhooks_age_seconds{status=\"unverified\"} %lld\n",
	    (long long)waiting->deferred_age, (long long)waiting->unverified_age);
	print_gauge(out, "haat_webhooks_dead", "Dead webhook events, to be replayed or dropped by an operator.", waiting->dead);
	print_gauge(out, "haat_payments_on_hold", "Payments held for review.", waiting->held);
	print_gauge(
	    out, "haat_disputes_due", "Unanswered disputes whose evidence is due within 24 hours.", waiting->disputes_due);
	print_gauge(out, "haat_reviews_waiting", "Payments under review for fraud.", waiting->reviews);
	print_gauge(out, "haat_reviews_age_seconds",
	    "How long the oldest payment under review has had its money, or was confirmed for cash.", waiting->reviews_age);
	print_gauge(out, "haat_risk_bands_left", "Merchants and providers out of their usual band in the last two hours.",
	    waiting->bands_left);
	print_gauge(out, "haat_refunds_pending", "Refunds pending at the provider.", waiting->refunds);
	print_gauge(
	    out, "haat_refunds_age_seconds", "Age of the oldest refund that is pending at the provider.", waiting->refunds_age);
	print_gauge(out, "haat_refunds_failed", "Refunds that failed in the last 24 hours.", waiting->failed_refunds);
	print_gauge(out, "haat_mails_waiting", "Letters not yet sent.", waiting->mails);
	print_gauge(out, "haat_mails_age_seconds", "Age of the oldest letter not yet sent.", waiting->mails_age);
}

static void
print_leaving(struct text *out, const struct leaving *leaving, const struct behind *behind, size_t consumers)
{
	print_gauge(
	    out, "haat_deliveries_waiting", "Deliveries that are still to be made to webhook endpoints.", leaving->deliveries);
	print_gauge(out, "haat_deliveries_age_seconds",
	    "Age of the oldest delivery that has not been tried yet, of an endpoint that does not fail.",
	    leaving->deliveries_age);
	print_gauge(out, "haat_endpoints_disabled", "Webhook endpoints disabled because they fail or are gone.",
	    leaving->endpoints_disabled);
	print_gauge(out, "haat_sqs_waiting", "Messages that SQS has refused, to be sent again.", leaving->sqs);
	print_gauge(out, "haat_sqs_age_seconds", "Age of the oldest of them.", leaving->sqs_age);
	print_gauge(out, "haat_sqs_dead", "Messages that SQS has refused for good.", leaving->sqs_dead);
	print_family(out, "haat_event_batches_behind", "Batches of events that a consumer has not read.");
	for (size_t i = 0; i < consumers; i++)
		text_addf(
		    out, "haat_event_batches_behind{consumer=\"%s\"} %lld\n", behind[i].consumer, (long long)behind[i].batches);
	print_family(out, "haat_event_consumer_age_seconds", "Age of the oldest event that a consumer has not read.");
	for (size_t i = 0; i < consumers; i++)
		text_addf(out, "haat_event_consumer_age_seconds{consumer=\"%s\"} %lld\n", behind[i].consumer,
		    (long long)behind[i].age_seconds);
}

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
print_what_leaves(struct work *work, struct text *out)
{
	enum { CONSUMERS_MAX = 10 };
	struct leaving *leaving;
	struct behind  *behind;
	size_t          count;

	TRY(db_row(work->db, &leaving_shape, &leaving,
	    WITHIN_SECONDS(0.5) "SELECT " COUNT_OF("webhook_queue") " AS deliveries, " AGE_OF(
		OLDEST_DELIVERY) " AS deliveries_age, "
				 "(SELECT COUNT(*) FROM webhook_endpoints WHERE disabled_reason IN ('failing', 'gone') AND deleted_at IS NULL) "
				 "AS endpoints_disabled, " COUNT_OF("sqs_queue WHERE status = 'waiting'") " AS sqs, " AGE_OF(
				     OLDEST_MESSAGE) " AS sqs_age, " COUNT_OF("sqs_queue WHERE status = 'dead'") " AS sqs_dead"));
	TRY(db_rows(work->db, &behind_shape, CONSUMERS_MAX, &behind, &count,
	    WITHIN_SECONDS(0.5) "SELECT {c}, (SELECT GREATEST(0, MAX(f.batch) - c.batch) FROM event_fan_out f) AS batches, "
				"IFNULL((SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, e.created_at, NOW(3))) FROM events e "
				"WHERE e.batch > c.batch ORDER BY e.batch, e.created_at LIMIT 1), 0) AS age_seconds "
				"FROM event_cursors c ORDER BY c.consumer"));
	print_leaving(out, leaving, behind, count);
	return OK;
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
read_queue(struct work *work, struct queued **rows, size_t *count)
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
	return db_rows(work->db, &queued_shape, ROWS_MAX, rows, count,
	    db_compose(work->db,
		arena_format(work->arena,
		    WITHIN_SECONDS(0.5) "SELECT lane, kind, status, COUNT(*) AS jobs, "
					"GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(run_at), NOW(3))) AS age_seconds FROM (%s) j "
					"GROUP BY lane, kind, status%s",
		    first.bytes, others.bytes)));
}

static const struct problem *
print_database_gauges(struct work *work, struct text *out)
{
	struct queued  *rows;
	struct waiting *waiting;
	size_t          count;

	TRY(read_queue(work, &rows, &count));
	TRY(db_row(work->db, &waiting_shape, &waiting,
	    WITHIN_SECONDS(0.5) "SELECT " BACKLOG(
		"events", "created_at", "events WHERE pending = 1 ORDER BY created_at") ", " BACKLOG("deferred", "received_at",
		"webhook_events WHERE status = 'deferred' ORDER BY id") ", " BACKLOG("unverified", "received_at",
		"webhook_events WHERE status = 'unverified' ORDER BY id") ", " COUNT_OF("webhook_events WHERE status = 'dead'") " AS dead, " COUNT_OF("payments WHERE hold_reason IS NOT NULL") " AS held, " BANDS_LEFT ", " BACKLOG("reviews",
		REVIEW_SINCE,
		"payments WHERE under_review = 1 ORDER BY id") ", " DISPUTES_DUE ", " BACKLOG("refunds", "created_at",
		REFUNDS_UNDER_WAY) ", "
				   "(SELECT COUNT(*) FROM refunds WHERE status = 'failed' AND finished_at > NOW(3) - INTERVAL 1 DAY) AS failed_refunds, " BACKLOG(
				       "mails", "created_at", "jobs WHERE lane = 'mail' AND status IN ('ready', 'running')")));
	print_queue(out, rows, count);
	print_waiting(out, waiting);
	return print_what_leaves(work, out);
}

static void
print_part(struct text *out, const char *name, int state)
{
	if (state != PART_OFF)
		text_addf(out, "haat_part_up{part=\"%s\"} %d\n", name, state == PART_OK);
}

/* What /ready says, for alerts. */
static void
print_parts(struct text *out, const struct ready_checks *checks)
{
	print_family(out, "haat_part_up", "1 if the component passes its check in /ready.");
	print_part(out, "database", checks->database);
	print_part(out, "migrations", checks->database == PART_OK ? checks->migrations : PART_OFF);
	print_part(out, "disk", checks->disk);
	print_part(out, "cache", checks->cache);
	print_part(out, "job_workers", checks->job_workers);
}

void
print_gauges(struct work *work, struct text *out)
{
	struct ready ready;
	bool         up;

	print_family(out, "haat_circuit_open", "1 while the provider's circuit is open.");
	for (unsigned provider = 0; provider < PROVIDER__COUNT; provider++)
		text_addf(out, "haat_circuit_open{provider=\"%s\"} %d\n", provider_names[provider], circuit_is_open(provider));
	print_gauge(out, "haat_mail_circuit_open", "1 while the mail server's circuit is open.", circuit_is_open(CIRCUIT_MAIL));
	print_gauge(out, "haat_sign_in_circuit_open", "1 while the circuit of who vouches for users (Google, Firebase) is open.",
	    circuit_is_open(CIRCUIT_ISSUER));
	print_gauge(out, "haat_media_circuit_open", "1 while the circuit of the store of pictures (S3, Cloudinary) is open.",
	    circuit_is_open(CIRCUIT_MEDIA));
	(void)check_ready(work, &ready);
	print_parts(out, &ready.checks);
	up = ready.checks.database == PART_OK && print_database_gauges(work, out) == OK;
	print_family(out, "haat_database_up", "1 if the database responded to this request.");
	text_addf(out, "haat_database_up %d\n", up);
}
