#include "ops/gauges.h"

#include "base/providers.h"
#include "base/text.h"
#include "net/circuit.h"
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

/* What waits for a person. */
struct waiting {
	int64_t held, dead_webhooks;
};

static const struct member waiting_members[] = {
	M_INTEGER(struct waiting, held, "held", 0, INT64_MAX),
	M_INTEGER(struct waiting, dead_webhooks, "dead_webhooks", 0, INT64_MAX),
};
SHAPE(struct waiting, waiting_shape, "Waiting", waiting_members);

static void
print_family(struct text *out, const char *name, const char *help)
{
	text_addf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
print_queue(struct text *out, const struct queued *rows, size_t count)
{
	print_family(out, "haat_queue_jobs", "Jobs that are ready, running or dead.");
	for (size_t i = 0; i < count; i++)
		text_addf(out, "haat_queue_jobs{lane=\"%s\",kind=\"%s\",status=\"%s\"} %lld\n", rows[i].lane, rows[i].kind,
		    rows[i].status, (long long)rows[i].jobs);
	print_family(out, "haat_queue_age_seconds", "How long the oldest job that is ready has been due.");
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].status, "ready") == 0)
			text_addf(out, "haat_queue_age_seconds{lane=\"%s\",kind=\"%s\"} %lld\n", rows[i].lane, rows[i].kind,
			    (long long)rows[i].age_seconds);
}

static const struct problem *
print_what_the_database_knows(struct work *work, struct text *out)
{
	struct queued  *rows;
	struct waiting *waiting;
	size_t          count;

	TRY(db_rows(work->db, &queued_shape, ROWS_MAX, &rows, &count,
	    "SELECT lane, kind, status, COUNT(*) AS jobs, GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(run_at), NOW(3))) AS age_seconds "
	    "FROM jobs WHERE status IN ('ready', 'running', 'dead') GROUP BY lane, kind, status"));
	TRY(db_row(work->db, &waiting_shape, &waiting,
	    "SELECT (SELECT COUNT(*) FROM payments WHERE hold_reason IS NOT NULL) AS held, "
	    "(SELECT COUNT(*) FROM webhook_events WHERE status = 'dead') AS dead_webhooks"));
	print_queue(out, rows, count);
	print_family(out, "haat_payments_on_hold", "Payments that wait for a person.");
	text_addf(out, "haat_payments_on_hold %lld\n", (long long)waiting->held);
	print_family(out, "haat_webhooks_dead", "Webhooks that could not be applied and wait for a person.");
	text_addf(out, "haat_webhooks_dead %lld\n", (long long)waiting->dead_webhooks);
	return OK;
}

void
print_gauges(struct work *work, struct text *out)
{
	bool up;

	print_family(out, "haat_circuit_open", "Whether a payment provider is not called at present.");
	for (unsigned provider = 0; provider < PROVIDER__COUNT; provider++)
		text_addf(out, "haat_circuit_open{provider=\"%s\"} %d\n", provider_names[provider], circuit_is_open(provider));
	up = print_what_the_database_knows(work, out) == OK;
	print_family(out, "haat_database_up", "Whether the database answered this request.");
	text_addf(out, "haat_database_up %d\n", up);
}
