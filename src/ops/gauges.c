#include "ops/gauges.h"

#include "base/arena.h"
#include "base/providers.h"
#include "base/text.h"
#include "net/circuit.h"
#include "ops/ready.h"
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
	M_INTEGER(struct waiting, refunds, "refunds", 0, INT64_MAX),
	M_INTEGER(struct waiting, refunds_age, "refunds_age", 0, INT64_MAX),
	M_INTEGER(struct waiting, failed_refunds, "failed_refunds", 0, INT64_MAX),
	M_INTEGER(struct waiting, mails, "mails", 0, INT64_MAX),
	M_INTEGER(struct waiting, mails_age, "mails_age", 0, INT64_MAX),
};
SHAPE(struct waiting, waiting_shape, "Waiting", waiting_members);

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
	print_family(out, "haat_queue_jobs", "Jobs by lane, kind and status.");
	for (size_t i = 0; i < count; i++)
		text_addf(out, "haat_queue_jobs{lane=\"%s\",kind=\"%s\",status=\"%s\"} %lld\n", rows[i].lane, rows[i].kind,
		    rows[i].status, (long long)rows[i].jobs);
	print_family(out, "haat_queue_age_seconds", "Time since the oldest ready job became due.");
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
	print_gauge(out, "haat_refunds_pending", "Refunds pending at the provider.", waiting->refunds);
	print_gauge(out, "haat_refunds_age_seconds", "Age of the oldest pending refund.", waiting->refunds_age);
	print_gauge(out, "haat_refunds_failed", "Refunds that failed in the last 24 hours.", waiting->failed_refunds);
	print_gauge(out, "haat_mails_waiting", "Letters not yet sent.", waiting->mails);
	print_gauge(out, "haat_mails_age_seconds", "Age of the oldest letter not yet sent.", waiting->mails_age);
}

/* COUNT(*) and the age of the oldest by a column, of rows of a table. */
#define BACKLOG(name, column, from) \
	"(SELECT COUNT(*) FROM " from ") AS " name ", (SELECT IFNULL(GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(" column \
	"), NOW(3))), 0) FROM " from ") AS " name "_age"

/* What the provider decides for the payer by itself, if nobody says anything. */
#define DISPUTES_DUE \
	"(SELECT COUNT(*) FROM disputes WHERE status IN ('open', 'inquiry') AND evidence_sent_at IS NULL AND accepted_at IS NULL " \
	"AND evidence_due_at > NOW(3) AND evidence_due_at <= NOW(3) + INTERVAL 1 DAY) AS disputes_due"

static const struct problem *
print_database_gauges(struct work *work, struct text *out)
{
	struct queued  *rows;
	struct waiting *waiting;
	size_t          count;

	TRY(db_rows(work->db, &queued_shape, ROWS_MAX, &rows, &count,
	    WITHIN_SECONDS(0.5) "SELECT lane, kind, status, COUNT(*) AS jobs, "
				"GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(run_at), NOW(3))) AS age_seconds "
				"FROM jobs WHERE status IN ('ready', 'running', 'dead') GROUP BY lane, kind, status"));
	TRY(db_row(work->db, &waiting_shape, &waiting,
	    WITHIN_SECONDS(0.5) "SELECT " BACKLOG("events", "created_at", "events WHERE pending = 1") ", " BACKLOG(
		"deferred", "received_at", "webhook_events WHERE status = 'deferred'") ", " BACKLOG("unverified", "received_at",
		"webhook_events WHERE status = 'unverified'") ", "
							      "(SELECT COUNT(*) FROM webhook_events WHERE status = 'dead') AS dead, "
							      "(SELECT COUNT(*) FROM payments WHERE hold_reason IS NOT NULL) AS held, " DISPUTES_DUE
							      ", " BACKLOG("refunds", "created_at",
								  "refunds WHERE status = 'pending'") ", "
												      "(SELECT COUNT(*) FROM refunds WHERE status = 'failed' AND finished_at > NOW(3) - INTERVAL 1 DAY) AS failed_refunds, " BACKLOG(
													  "mails", "created_at",
													  "jobs WHERE lane = 'mail' AND status IN ('ready', 'running')")));
	print_queue(out, rows, count);
	print_waiting(out, waiting);
	return OK;
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
	(void)check_ready(work, &ready);
	print_parts(out, &ready.checks);
	up = ready.checks.database == PART_OK && print_database_gauges(work, out) == OK;
	print_family(out, "haat_database_up", "1 if the database responded to this request.");
	text_addf(out, "haat_database_up %d\n", up);
}
