/* Payment requests as payments: each with the attempt that counts. */
#include "payments/request.h"

#include "base/arena.h"
#include "store/list.h"

/* A payment request with the attempt that counts. */
struct requested {
	struct payment_request_id id;
	struct payment_request    request;
	struct payment           *attempt;
};

static const struct member requested_members[] = {
	M_ID(struct requested, id, "id"),
	M_OBJECT(struct requested, request, "request", request_row_shape),
	M_OBJECT(struct requested, attempt, "attempt", payment_shape),
};
SHAPE(struct requested, requested_shape, "RequestedPayment", requested_members, .noun = "payment");

#define SELECT_REQUESTED "SELECT r.id AS id, {r request}, {p attempt}"
#define FROM_REQUESTED "FROM payment_requests r LEFT JOIN payments p ON p.id = r.attempt_id"

/* What a payment request shows of its attempt, or of what it would be. */
static struct payment
payment_of(struct requested *row)
{
	struct payment payment = { .purpose_kind = PURPOSE_REQUEST,
		.purpose = row->request.id.uuid,
		.merchant = &row->request.merchant,
		.reference = row->request.reference,
		.amount = row->request.amount,
		.refunded = row->request.amount,
		.currency = row->request.currency,
		.created_at = row->request.created_at };

	payment.refunded.minor = 0;
	payment.metadata = row->request.metadata;
	if (row->attempt != NULL)
		payment = *row->attempt;
	payment.request = &row->request;
	payment.by_request = true;
	return payment;
}

const struct problem *
find_requested(struct work *work, const char *reference, bool all, struct payment **payment)
{
	struct requested *row;

	*payment = NULL;
	TRY(db_row(work->db, &requested_shape, &row,
	    SELECT_REQUESTED " " FROM_REQUESTED " WHERE r.reference = ? AND (? OR r.merchant_id = ?)", P(reference), P(all),
	    P(work->viewer.merchant)));
	if (row == NULL)
		return OK;
	*payment = ARENA_NEW(work->arena, struct payment);
	**payment = payment_of(row);
	return OK;
}

const struct problem *
payers_reference(struct work *work, const struct payment *payment, const char **reference)
{
	struct payment_request *request;

	*reference = payment->reference;
	if (payment->purpose_kind != PURPOSE_REQUEST)
		return OK;
	TRY(db_one(
	    work->db, &request_row_shape, &request, "SELECT {r} FROM payment_requests r WHERE r.id = ?", P(payment->purpose)));
	*reference = request->reference;
	return OK;
}

/* The status that payment_as_seen tells. */
#define SEEN_STATUS \
	"CASE WHEN p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed') THEN p.status " \
	"WHEN r.status IN ('cancelled', 'expired') THEN r.status ELSE IFNULL(p.status, 'pending') END = ?"

const struct problem *
list_requested(struct work *work, const struct merchant_id *merchant, const int *status, const bool *held,
    const struct page_request *page, struct payment **payments, struct listed *listed)
{
	static const struct list_order by_id[] = { { .id = "r.id", .descending = true } };
	struct list                    list = list_begin(work, SELECT_REQUESTED, FROM_REQUESTED);
	struct list                    keys = list_begin(work, "SELECT r.id AS id", "FROM payment_requests r");
	struct requested              *rows;

	if (merchant != NULL) {
		list_where(&list, "r.merchant_id = ?", P(*merchant));
		list_where(&keys, "r.merchant_id = ?", P(*merchant));
	}
	if (status != NULL)
		list_where(&list, SEEN_STATUS, P(payment_status_values[*status]));
	if (held != NULL && *held)
		list_where(&list, "p.hold_reason IS NOT NULL");
	else if (held != NULL)
		list_where(&list, "p.hold_reason IS NULL");
	if (status == NULL && held == NULL)
		TRY(list_page(&list, &requested_shape, by_id, page, &rows, listed));
	else
		TRY(list_page_walked(&list, &keys, PAYMENTS_WALKED_MAX, &requested_shape, by_id, page, &rows, listed));
	*payments = ARENA_ARRAY(work->arena, listed->count, struct payment);
	for (size_t i = 0; i < listed->count; i++)
		(*payments)[i] = payment_of(&rows[i]);
	return OK;
}
