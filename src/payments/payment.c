/* Payments as rows: shapes, transitions, finding and locking. */
#include "payments/payment.h"

#include "base/log.h"
#include "events/audit.h"
#include "http/permission.h"
#include "payments/provider.h"
#include "payments/request.h"
#include "store/db.h"

enum { REFUNDS_SHOWN = 1000 };

const char *const purpose_kind_values[] = { "order", "request", "subscription_period", NULL };
const char *const payment_status_values[] = { "pending", "requires_action", "processing", "succeeded", "failed", "cancelled",
	"expired", "partially_refunded", "refunded", "disputed", NULL };
const char *const payment_review_values[] = { "pending", "approved", "declined", NULL };
const char *const refund_kind_values[] = { "refund", "desk", "not_collected", NULL };
const char *const refund_status_values[] = { "pending", "succeeded", "failed", "bounced", NULL };

#define TO(status) (1u << PAYMENT_##status)
#define ENDS (TO(SUCCEEDED) | TO(FAILED) | TO(CANCELLED) | TO(EXPIRED))

/*
 * Forward only.  The exceptions: a payer may have to act once more, and may try again after a decline, until the attempt is
 * closed at the provider; and late money: an attempt that was given up here may have succeeded there, and money that has
 * arrived is never denied.
 */
static const unsigned transitions[PAYMENT_STATUS__COUNT] = {
	[PAYMENT_PENDING] = TO(REQUIRES_ACTION) | TO(PROCESSING) | ENDS,
	[PAYMENT_REQUIRES_ACTION] = TO(PROCESSING) | ENDS,
	[PAYMENT_PROCESSING] = TO(REQUIRES_ACTION) | ENDS,
	[PAYMENT_SUCCEEDED] = TO(PARTIALLY_REFUNDED) | TO(REFUNDED) | TO(DISPUTED),
	[PAYMENT_FAILED] = TO(REQUIRES_ACTION) | TO(PROCESSING) | TO(SUCCEEDED) | TO(CANCELLED) | TO(EXPIRED),
	[PAYMENT_CANCELLED] = TO(SUCCEEDED),
	[PAYMENT_EXPIRED] = TO(SUCCEEDED),
	[PAYMENT_PARTIALLY_REFUNDED] = TO(REFUNDED) | TO(DISPUTED),
	[PAYMENT_REFUNDED] = TO(DISPUTED),
	[PAYMENT_DISPUTED] = TO(SUCCEEDED) | TO(PARTIALLY_REFUNDED) | TO(REFUNDED),
};

bool
payment_may_become(enum payment_status from, enum payment_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

bool
payment_has_money(const struct payment *payment)
{
	return payment->status == PAYMENT_SUCCEEDED || payment->status >= PAYMENT_PARTIALLY_REFUNDED;
}

int64_t
payment_refundable(const struct payment *payment)
{
	int64_t asked = payment->amount.minor, came = payment->received == NULL ? asked : *payment->received;

	return payment->release_reason != NULL && came > asked ? asked : came;
}

int64_t
payment_left(const struct payment *payment)
{
	return payment_refundable(payment) - payment->refund_claimed.minor - payment->disputed.minor;
}

bool
payment_is_open(const struct payment *payment)
{
	if (payment->hold_reason != NULL)
		return false;
	return payment->status <= PAYMENT_PROCESSING ||
	    (payment->status == PAYMENT_FAILED && payment->transaction_id != NULL && !collected_by_carrier(payment));
}

bool
is_held_unknown(const struct payment *payment)
{
	return payment->hold_reason != NULL && strncmp(payment->hold_reason, OUTCOME_UNKNOWN, strlen(OUTCOME_UNKNOWN)) == 0;
}

#define PAYMENT_MEMBERS \
	M_ID(struct payment, id, "id"), \
	    M_TEXT(struct payment, reference, "reference", 20, .required = true, .example = "\"PAY-7Q2M9XKD4T\""), \
	    M_ENUM(struct payment, purpose_kind, "purpose_kind", purpose_kind_values, .hidden = true), \
	    M_ID(struct payment, purpose, "purpose_id", .hidden = true), M_ID(struct payment, order, "order_id"), \
	    M_ID(struct payment, merchant, "merchant_id", \
		.description = "The shop whose payment request it is for; null of an order's."), \
	    M_ID(struct payment, user, "user_id", .hidden = true), \
	    M_TEXT(struct payment, provider, "provider", 32, .example = "\"stripe\"", \
		.description = "Null while nobody has begun to pay a payment request."), \
	    M_ENUM(struct payment, status, "status", payment_status_values), M_MONEY(struct payment, amount, "amount"), \
	    M_MONEY(struct payment, refunded, "refunded", .description = "The amount refunded."), \
	    M_MONEY(struct payment, collected, "collected", \
		.description = "The cash that carriers have brought so far, parcel by parcel."), \
	    M_MONEY(struct payment, refund_claimed, "refund_claimed", .hidden = true), \
	    M_MONEY(struct payment, disputed, "disputed", .hidden = true), \
	    M_TEXT(struct payment, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_TEXT(struct payment, transaction_id, "provider_transaction_id", 191, \
		.description = "The provider's id of the payment."), \
	    M_TEXT(struct payment, charge_id, "provider_charge", 64, .hidden = true), \
	    M_ID(struct payment, payment_method, "payment_method_id", \
		.description = "The stored method that is charged, if not null."), \
	    M_TIME(struct payment, sent_at, "charge_sent_at", .hidden = true), \
	    M_BOOLEAN(struct payment, keeps_method, "keeps_method", .hidden = true), \
	    M_TEXT(struct payment, client_secret, "client_secret", 512, \
		.description = "For the provider's script in the payer's browser."), \
	    M_TEXT(struct payment, redirect_url, "redirect_url", 2048, \
		.description = "Where to redirect the payer, if not null.", .example = "null"), \
	    M_TEXT(struct payment, return_url, "return_url", 2048, .hidden = true), \
	    M_TEXT(struct payment, method, "method", 64), M_TEXT(struct payment, failure_code, "failure_code", 64), \
	    M_TEXT(struct payment, failure_reason, "failure_reason", 500), \
	    M_TEXT(struct payment, failure_advice, "failure_advice", 64, \
		.description = "What the provider says of another try with the same method: \"do_not_try_again\", " \
			       "\"try_again_later\", or \"charge_anew\" (refused for the notice of it that the bank had).", \
		.example = "null"), \
	    M_TEXT(struct payment, hold_reason, "hold_reason", 191, .description = "Why the payment is held for review."), \
	    M_INTEGER(struct payment, received, "received_minor", 0, INT64_MAX, .hidden = true), \
	    M_TEXT(struct payment, release_reason, "release_reason", 500, .hidden = true), \
	    M_TEXT(struct payment, idempotency_key, "idempotency_key", 64, .hidden = true), \
	    M_INTEGER(struct payment, fee, "fee_minor", 0, INT64_MAX, .hidden = true), \
	    M_INTEGER(struct payment, checks, "checks", 0, INT32_MAX, .hidden = true), \
	    M_ENUM(struct payment, review, "review", payment_review_values, \
		.description = "Of a payment that looks like fraud; shown to staff, as are score and signals."), \
	    M_INTEGER(struct payment, risk_score, "risk_score", 0, 100), \
	    M_TEXT(struct payment, risk_signals, "risk_signals", 500, .example = "\"account_age_hours,amount_shop\""), \
	    M_METADATA(struct payment, metadata, .required = true), \
	    M_TEXT(struct payment, merchant_reference, "merchant_reference", 64, .computed = true, \
		.description = "The shop's own name of the payment request.", .example = "\"INV-2041\""), \
	    M_ENUM(struct payment, request_status, "request_status", request_status_values, .computed = true, \
		.description = "Of the payment request, if it is for one."), \
	    M_TEXT(struct payment, url, "url", 2048, .computed = true, \
		.description = "The page on which the payment request can be paid.", .example = "null"), \
	    M_TIME(struct payment, expires_at, "expires_at", .computed = true, \
		.description = "Until when the payment request can be paid."), \
	    M_TIME(struct payment, created_at, "created_at")

static const struct member payment_members[] = {
	PAYMENT_MEMBERS,
};
SHAPE_SHARED(struct payment, payment_shape, "Payment", payment_members);

static const struct member seen_payment_members[] = {
	PAYMENT_MEMBERS,
	M_INTEGER(struct payment, part, "part", 0, INT64_MAX, .hidden = true, .computed = true),
	M_INTEGER(struct payment, parts_refunded, "parts_refunded", 0, INT64_MAX, .hidden = true, .computed = true),
	M_INTEGER(struct payment, own_refunded, "own_refunded", 0, INT64_MAX, .hidden = true, .computed = true),
	M_INTEGER(struct payment, own_collected, "own_collected", 0, INT64_MAX, .hidden = true, .computed = true),
	M_OBJECT(struct payment, request, "request", request_row_shape, .hidden = true),
};
SHAPE_SHARED(struct payment, seen_payment_shape, "SeenPayment", seen_payment_members, .noun = "payment");

static const struct member refund_members[] = {
	M_ID(struct refund, id, "id"),
	M_ID(struct refund, payment, "payment_id", .hidden = true),
	M_ID(struct refund, requested_by, "requested_by", .hidden = true),
	M_TEXT(struct refund, provider, "provider", 32, .hidden = true),
	M_MONEY(struct refund, amount, "amount"),
	M_TEXT(struct refund, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ID(struct refund, merchant, "merchant_id",
	    .description =
		"Whose part of the order it is for, and who bears it; null: all sellers and the shipping, in proportion."),
	M_ENUM(struct refund, kind, "kind", refund_kind_values,
	    .description =
		"desk: made at the provider's own desk; not_collected: cash that is not to be collected any more, no money moved."),
	M_ENUM(struct refund, status, "status", refund_status_values),
	M_TEXT(struct refund, reason, "reason", 500, .description = "Null for sellers of only a part of the order.",
	    .example = "\"damaged on the way\""),
	M_BOOLEAN(struct refund, automatic, "automatic",
	    .description = "Issued automatically, for a late or duplicate payment or a cancelled order."),
	M_TEXT(struct refund, provider_refund_id, "provider_refund_id", 191),
	M_TEXT(struct refund, provider_dispute_id, "provider_dispute_id", 191, .hidden = true),
	M_TEXT(struct refund, failure_code, "failure_code", 64),
	M_TEXT(struct refund, failure_reason, "failure_reason", 500),
	M_TEXT(struct refund, idempotency_key, "idempotency_key", 64, .hidden = true),
	M_INTEGER(struct refund, attempts, "attempts", 0, INT32_MAX, .hidden = true),
	M_INTEGER(struct refund, key_number, "key_number", 0, INT32_MAX, .hidden = true),
	M_TIME(struct refund, created_at, "created_at"),
};
SHAPE_SHARED(struct refund, refund_shape, "Refund", refund_members);

/* ---- what events tell: no secret, and no words of the provider or of a person ---- */

static const struct member payment_state_members[] = {
	M_ID(struct payment, id, "id"),
	M_TEXT(struct payment, reference, "reference", 20, .required = true, .example = "\"PAY-7Q2M9XKD4T\""),
	M_ENUM(struct payment, purpose_kind, "purpose_kind", purpose_kind_values),
	M_ID(struct payment, purpose, "purpose_id"),
	M_ID(struct payment, order, "order_id"),
	M_ID(struct payment, merchant, "merchant_id"),
	M_ID(struct payment, user, "customer_id"),
	M_TEXT(struct payment, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_TEXT(struct payment, transaction_id, "provider_transaction_id", 191),
	M_ENUM(struct payment, status, "status", payment_status_values),
	M_MONEY(struct payment, amount, "amount"),
	M_MONEY(struct payment, collected, "collected"),
	M_MONEY(struct payment, refunded, "refunded"),
	M_MONEY(struct payment, refund_claimed, "refund_claimed"),
	M_MONEY(struct payment, disputed, "disputed"),
	M_TEXT(struct payment, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TEXT(struct payment, method, "method", 64),
	M_METADATA(struct payment, metadata, .required = true),
	M_TEXT(struct payment, failure_code, "failure_code", 64),
	M_TEXT(struct payment, failure_advice, "failure_advice", 64),
	M_TEXT(struct payment, hold_reason, "hold_reason", 191),
	M_ID(struct payment, payment_method, "payment_method_id"),
	M_ENUM(struct payment, review, "review", payment_review_values),
	M_INTEGER(struct payment, risk_score, "risk_score", 0, 100),
	M_TIME(struct payment, created_at, "created_at"),
};
SHAPE(struct payment, payment_state_shape, "PaymentState", payment_state_members);

static const struct member refund_state_members[] = {
	M_ID(struct refund, id, "id"),
	M_ID(struct refund, payment, "payment_id"),
	M_ID(struct refund, merchant, "merchant_id"),
	M_ID(struct refund, requested_by, "requested_by"),
	M_TEXT(struct refund, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_TEXT(struct refund, provider_refund_id, "provider_refund_id", 191),
	M_ENUM(struct refund, kind, "kind", refund_kind_values),
	M_ENUM(struct refund, status, "status", refund_status_values),
	M_MONEY(struct refund, amount, "amount"),
	M_TEXT(struct refund, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_BOOLEAN(struct refund, automatic, "automatic"),
	M_TEXT(struct refund, failure_code, "failure_code", 64),
	M_TIME(struct refund, created_at, "created_at"),
};
SHAPE(struct refund, refund_state_shape, "RefundState", refund_state_members);

const struct problem *
record_payment_event(struct work *work, enum event_type type, const struct payment *payment)
{
	return event_record(work, type, payment->id.uuid, &payment_state_shape, payment);
}

const struct problem *
record_refund_event(struct work *work, enum event_type type, const struct refund *refund)
{
	return event_record(work, type, refund->id.uuid, &refund_state_shape, refund);
}

const struct problem *
audit_payment(struct work *work, const char *action, const struct payment *before, const struct payment *after)
{
	return audit_record(work, action, "payment", before->id.uuid, &payment_state_shape, before, after);
}

const struct problem *
audit_refund(struct work *work, const char *action, const struct refund *before, const struct refund *after)
{
	return audit_record(work, action, "refund", after->id.uuid, &refund_state_shape, before, after);
}

const struct problem *
read_payment(struct work *work, struct payment_id id, struct payment **payment)
{
	return db_one(work->db, &payment_shape, payment, "SELECT {p} FROM payments p WHERE p.id = ?", P(id));
}

const struct problem *
find_payment_of_provider(
    struct work *work, const char *provider, const char *transaction_id, const char *reference, struct payment **payment)
{
	TRY(db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.provider = ? AND p.provider_transaction_id = ?", P(provider), P(transaction_id)));
	if (*payment != NULL || reference == NULL)
		return OK;
	/* The provider's answer to our call never reached us: its event tells the id.  Or it tells the reference alone. */
	return db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.reference = ? AND p.provider = ? AND (p.provider_transaction_id IS NULL OR ?)",
	    P(reference), P(provider), P(transaction_id == NULL));
}

void
log_about_payment(struct work *work, const struct payment *payment, const struct refund *refund)
{
	log_about(LOG_PAYMENT, payment->reference);
	log_about(LOG_ORDER, payment->order == NULL ? NULL : uuid_text(work->arena, payment->order->uuid));
	log_about(LOG_REFUND, refund == NULL ? NULL : uuid_text(work->arena, refund->id.uuid));
}

/* The newest are what is asked for, should there be more than one looks at. */
const struct problem *
refunds_of(struct work *work, struct payment_id payment, struct refund **refunds, size_t *count)
{
	return db_rows(work->db, &refund_shape, REFUNDS_SHOWN, refunds, count,
	    "SELECT {r} FROM (SELECT * FROM refunds WHERE payment_id = ? ORDER BY id DESC LIMIT ?) r ORDER BY r.id", P(payment),
	    P(REFUNDS_SHOWN));
}

const struct problem *
is_sole_seller(struct work *work, const struct payment *payment)
{
	int64_t others;

	if (work->viewer.merchant == NULL)
		return problem(FORBIDDEN, "the order contains no items of your shop");
	if (!work->viewer.merchant_active)
		return problem(MERCHANT_INACTIVE, "the shop is not active; only staff can manage its orders");
	if (payment->merchant != NULL)
		return ID_EQUAL(*payment->merchant, *work->viewer.merchant)
		    ? OK
		    : problem(FORBIDDEN, "the payment request is another shop's");
	TRY(db_value(work->db, &others, "SELECT COUNT(*) FROM order_merchants WHERE order_id = ? AND merchant_id <> ?",
	    P(payment->order), P(work->viewer.merchant)));
	return others > 0 ? problem(FORBIDDEN, "the order contains other sellers' items; only staff can do this") : OK;
}

struct ledger_source
payment_source(const struct payment *payment)
{
	return (struct ledger_source) { LEDGER_PAYMENT, payment->id.uuid, payment->id.uuid };
}

struct posting
received_posting(const struct payment *payment)
{
	struct posting posting = { .role = LEDGER_CLEARING, .provider = payment->provider, .amount = payment->amount };

	if (payment->received != NULL)
		posting.amount.minor = *payment->received;
	return posting;
}
