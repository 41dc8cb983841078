#include "ops/gauges.h"

#include "base/text.h"
#include "net/circuit.h"
#include "ops/operations.h"
#include "ops/ready.h"

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
	print_gauge(out, "haat_report_folds_waiting", "Postings of the ledger that no report has yet.", waiting->folds);
	print_gauge(out, "haat_report_fold_age_seconds", "Age of the oldest of them.", waiting->folds_age);
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

static void
print_workers(struct text *out, const struct operations *operations)
{
	print_family(out, "haat_workers", "Worker processes of the pool on this host.");
	for (size_t i = 0; i < operations->n_pools; i++)
		text_addf(
		    out, "haat_workers{pool=\"%s\"} %lld\n", operations->pools[i].pool, (long long)operations->pools[i].workers);
	print_family(out, "haat_workers_busy", "Those that have a request at this moment.");
	for (size_t i = 0; i < operations->n_pools; i++)
		text_addf(out, "haat_workers_busy{pool=\"%s\"} %lld\n", operations->pools[i].pool,
		    (long long)operations->pools[i].busy);
}

static void
print_files(struct text *out, const struct operations *operations)
{
	print_family(out, "haat_disk_free_bytes", "Free space of the file system that the directory is on.");
	for (size_t i = 0; i < operations->n_disks; i++)
		text_addf(out, "haat_disk_free_bytes{directory=\"%s\"} %lld\n", operations->disks[i].directory,
		    (long long)operations->disks[i].free_bytes);
	print_family(out, "haat_disk_size_bytes", "Its size.");
	for (size_t i = 0; i < operations->n_disks; i++)
		text_addf(out, "haat_disk_size_bytes{directory=\"%s\"} %lld\n", operations->disks[i].directory,
		    (long long)operations->disks[i].size_bytes);
	print_family(out, "haat_certificate_end_timestamp_seconds", "Unix time at which a watched certificate ends.");
	for (size_t i = 0; i < operations->n_certificates; i++)
		if (operations->certificates[i].ends_at != NULL)
			text_addf(out, "haat_certificate_end_timestamp_seconds{file=\"%s\"} %lld\n",
			    operations->certificates[i].file, (long long)operations->certificates[i].ends_at->unix_ms / 1000);
}

static void
print_circuits(struct text *out)
{
	print_family(out, "haat_circuit_open", "1 while the provider's circuit is open.");
	for (unsigned provider = 0; provider < PROVIDER__COUNT; provider++)
		text_addf(out, "haat_circuit_open{provider=\"%s\"} %d\n", provider_names[provider], circuit_is_open(provider));
	print_gauge(out, "haat_mail_circuit_open", "1 while the mail server's circuit is open.", circuit_is_open(CIRCUIT_MAIL));
	print_gauge(out, "haat_sign_in_circuit_open", "1 while the circuit of who vouches for users (Google, Firebase) is open.",
	    circuit_is_open(CIRCUIT_ISSUER));
	print_gauge(out, "haat_media_circuit_open", "1 while the circuit of the store of pictures (S3, Cloudinary) is open.",
	    circuit_is_open(CIRCUIT_MEDIA));
}

void
print_gauges(const struct operations *operations, struct text *out)
{
	const struct backlog *backlog = &operations->backlog;
	bool                  up = backlog->leaving != NULL;

	print_circuits(out);
	print_parts(out, &operations->ready.checks);
	print_workers(out, operations);
	print_files(out, operations);
	if (up) {
		print_queue(out, backlog->queued, backlog->n_queued);
		print_waiting(out, backlog->waiting);
		print_leaving(out, backlog->leaving, backlog->behind, backlog->n_behind);
	}
	print_family(out, "haat_database_up", "1 if the database responded to this request.");
	text_addf(out, "haat_database_up %d\n", up);
}
