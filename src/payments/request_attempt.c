/* Somebody who has the reference of a payment request pays it. */
#include "base/config.h"
#include "payments/provider.h"
#include "payments/request.h"
#include "store/db.h"

/* Attempts at one payment request in an hour: more than a payer needs, and few for who tries cards. */
enum { ATTEMPTS_AN_HOUR = 10, HOUR_SECONDS = 3600 };

static const struct problem *
check_velocity(struct work *work, const struct payment_request *request)
{
	int64_t begun;

	if (!work->config->limits.enabled)
		return OK;
	TRY(db_value(work->db, &begun,
	    "SELECT COUNT(*) FROM payments p WHERE p.request_id = ? AND p.id >= ? AND NOT (p.live <=> 1)", P(request->id),
	    P(uuid_floor(instant_now().unix_ms - HOUR_SECONDS * INT64_C(1000)))));
	return begun < ATTEMPTS_AN_HOUR
	    ? OK
	    : problem_later(work->arena, PROBLEM_RATE_LIMITED, "too many attempts to pay this; see Retry-After", HOUR_SECONDS);
}

/* By its reference, for everybody who has it. */
static const struct problem *
read_request(struct work *work, const char *reference, struct payment_request **request)
{
	return db_one(work->db, &request_row_shape, request,
	    "SELECT {r}, " REQUEST_CLOSED " FROM payment_requests r WHERE r.reference = ?",
	    P(reference == NULL ? NULL : reference_read(work->arena, reference)));
}

/* The one that the merchant wants, if there is one that is wanted. */
static const struct problem *
choose_provider(struct work *work, const struct payment_request *request, const struct provider **provider)
{
	if (*provider == NULL && request->provider != NULL)
		*provider = provider_enabled(work->config, request->provider);
	if (*provider == NULL || (*provider)->collects != COLLECTED_BY_PROVIDER)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled, or nobody can pay by it from afar");
	if (request->provider != NULL && strcmp(request->provider, (*provider)->name) != 0)
		return problem(PROVIDER_UNSUPPORTED, "the payment request is to be paid by another provider");
	return OK;
}

/* The attempt by which somebody pays now; NULL: none. */
static const struct problem *
live_attempt(struct work *work, const struct payment_request *request, struct payment **live)
{
	return db_row(work->db, &payment_shape, live,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = 'request' AND p.purpose_id = ? AND p.live = 1 "
	    "AND p.hold_reason IS NULL",
	    P(request->id));
}

/*
 * Somebody pays it already: by the same provider that goes on, as when the payer goes back and comes again.  One by another
 * provider is closed there first, unless the payer has paid.
 */
const struct problem *
begin_request_attempt(
    struct work *work, const char *reference, const struct provider *provider, const char *return_url, struct payment **payment)
{
	struct wish             wish = { .kind = PURPOSE_REQUEST, .user = acting_user(work) };
	struct payment_request *request;
	struct payment         *live;
	bool                    same;

	TRY(read_request(work, reference, &request));
	/* Another shop's server is anybody. */
	if (work->viewer.merchant != NULL && !ID_EQUAL(*work->viewer.merchant, request->merchant))
		work->viewer.merchant = NULL;
	TRY(choose_provider(work, request, &provider));
	TRY(request_is_payable(request));
	TRY(live_attempt(work, request, &live));
	same = live != NULL && strcmp(live->provider, provider->name) == 0;
	if (same && live->transaction_id != NULL) {
		*payment = live;
		return OK;
	}
	TRY(check_velocity(work, request));
	if (live != NULL && !same && live->status != PAYMENT_PROCESSING)
		TRY(give_up_payment(work, &live));
	wish.purpose = request->id.uuid;
	wish.provider = provider;
	wish.return_url = return_url != NULL ? return_url : request->return_url;
	return create_payment(work, &wish, payment);
}
