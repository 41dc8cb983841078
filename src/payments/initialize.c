/* A merchant asks for money: a row, and nothing at a provider yet. */
#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "payments/provider.h"
#include "payments/request.h"
#include "store/db.h"

enum { REFERENCE_TRIES = 5, HOUR_SECONDS = 3600 };

/* Can it be paid at all?  What is paid at the door has no door here. */
static const struct problem *
check_providers(struct work *work, const struct new_request *wanted)
{
	const struct problem *problem = problem(PROVIDER_UNSUPPORTED, "no provider that takes the currency is enabled");
	const struct config  *config = work->config;

	for (const char *const *name = config->payments.providers; *name != NULL; name++) {
		const struct provider *provider = provider_known(*name);

		if (provider == NULL || provider->collects != COLLECTED_BY_PROVIDER ||
		    (wanted->provider != NULL && strcmp(wanted->provider, *name) != 0))
			continue;
		problem = provider_takes(config, provider, wanted->amount, false);
		if (problem == OK)
			return OK;
	}
	return problem;
}

static const struct problem *
insert_request(struct work *work, const struct payment_request *made, const struct new_request *wanted)
{
	int64_t changed = 0;

	for (int i = 0; i < REFERENCE_TRIES && changed == 0; i++) {
		const char           *reference = reference_new(work->arena, "PAY-");
		const struct problem *problem = db_run(work->db, &changed,
		    "INSERT INTO payment_requests (id, reference, merchant_id, period_id, merchant_reference, amount_minor, currency, provider, "
		    "return_url, metadata, customer_email, customer_name, expires_at, created_at, created_by) "
		    "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, JSON_MERGE_PATCH('{}', ?), ?, ?, ?, ?, ? FROM DUAL "
		    "WHERE NOT EXISTS (SELECT 1 FROM payments p WHERE p.reference = ?)",
		    P(made->id), P(reference), P(made->merchant), P(wanted->period), P(wanted->merchant_reference),
		    P(made->amount.minor), P((const char *)made->amount.currency), P(wanted->provider), P(wanted->return_url),
		    P(wanted->metadata == NULL ? "{}" : wanted->metadata), P(wanted->customer_email), P(wanted->customer_name),
		    P(made->expires_at), P(made->created_at), P(acting_user(work)), P(reference));

		if (problem != OK && !db_duplicate(work->db, problem, "uq_payment_requests_reference"))
			return problem;
	}
	return changed == 0 ? problem(INTERNAL, "internal error") : OK;
}

static const struct member named_members[] = {
	M_TEXT(struct payment_request, reference, "reference", 20),
};
SHAPE(struct payment_request, named_shape, "NamedRequest", named_members);

/* The one that has the merchant's name already. */
static const struct problem *
name_taken(struct work *work, struct merchant_id merchant, const char *name)
{
	struct payment_request *other;

	TRY(db_one(work->db, &named_shape, &other,
	    "SELECT reference FROM payment_requests WHERE merchant_id = ? AND merchant_reference = ?", P(merchant), P(name)));
	return problem_at(work->arena, PROBLEM_MERCHANT_REFERENCE_TAKEN, "merchant_reference",
	    arena_format(work->arena, "is used by %s", other->reference));
}

static const struct problem *
check_expiry(struct work *work, const struct new_request *wanted, struct instant now)
{
	enum { YEAR_SECONDS = 366 * 24 * HOUR_SECONDS };

	if (wanted->expires_at == NULL)
		return OK;
	if (wanted->expires_at->unix_ms <= now.unix_ms)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "expires_at", "must be in the future");
	if (wanted->expires_at->unix_ms > instant_add_seconds(now, YEAR_SECONDS).unix_ms)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "expires_at", "must be within a year");
	return OK;
}

const struct problem *
open_request(struct work *work, struct merchant_id merchant, const struct new_request *wanted, struct payment_request **request)
{
	struct instant         now = instant_now();
	struct payment_request row = {
		.id = NEW_ID(payment_request_id), .merchant = merchant, .amount = wanted->amount, .created_at = now
	};
	const struct problem *problem;

	TRY(check_expiry(work, wanted, now));
	TRY(check_providers(work, wanted));
	row.expires_at = wanted->expires_at != NULL
	    ? *wanted->expires_at
	    : instant_add_seconds(now, work->config->payments.request_hours * HOUR_SECONDS);
	problem = insert_request(work, &row, wanted);
	if (db_duplicate(work->db, problem, "uq_payment_requests_merchant_reference"))
		return name_taken(work, row.merchant, wanted->merchant_reference);
	TRY(problem);
	TRY(lock_request(work, row.id.uuid, request));
	return record_request_event(work, EVENT_PAYMENT_REQUEST_CREATED, *request);
}

const struct problem *
initialize_payment(struct work *work, const struct new_request *wanted, struct payment **payment)
{
	struct payment_request *made;

	if (work->viewer.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	if (!work->viewer.merchant_active)
		return problem(MERCHANT_INACTIVE, "the shop is not active and cannot take payments");
	TRY(open_request(work, *work->viewer.merchant, wanted, &made));
	TRY(audit_record(work, "payment_request.created", "payment_request", made->id.uuid, &request_row_shape, NULL, made));
	return find_requested(work, made->reference, true, payment);
}
