#include "payments/link.h"

#include "payments/provider.h"
#include "payments/purpose.h"
#include "payments/request.h"
#include "store/db.h"

static const struct problem *
counting_attempt(struct work *work, struct payment_link *link)
{
	return db_row(work->db, &payment_shape, &link->attempt,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? "
	    "ORDER BY p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed') DESC, p.live DESC, p.id DESC LIMIT 1",
	    P(purpose_kind_values[link->kind]), P(link->purpose));
}

const struct problem *
find_payment_link(struct work *work, const char *reference, struct payment_link *link)
{
	struct payment *payment;

	*link = (struct payment_link) { .state = LINK_CLOSED };
	TRY(find_payment(work, reference, true, &payment));
	link->kind = payment->request != NULL ? PURPOSE_REQUEST : (enum purpose_kind)payment->purpose_kind;
	link->purpose = payment->request != NULL ? payment->request->id.uuid : payment->purpose;
	link->reference = payment->request != NULL ? payment->request->reference : payment->reference;
	link->return_url = payment->return_url;
	TRY(counting_attempt(work, link));
	return purposes[link->kind]->describe(work, link->purpose, link);
}

const struct problem *
find_order_link(struct work *work, struct order_id order, struct payment_link *link)
{
	*link = (struct payment_link) { .kind = PURPOSE_ORDER, .purpose = order.uuid, .state = LINK_CLOSED };
	TRY(counting_attempt(work, link));
	link->reference = link->attempt == NULL ? NULL : link->attempt->reference;
	return purposes[link->kind]->describe(work, link->purpose, link);
}

/* Begun with this provider, and still to be paid there. */
static bool
goes_on(const struct payment *attempt, const struct provider *provider)
{
	return attempt != NULL && strcmp(attempt->provider, provider->name) == 0 && attempt->status <= PAYMENT_REQUIRES_ACTION &&
	    attempt->hold_reason == NULL && attempt->transaction_id != NULL;
}

static const struct problem *
pay_order(struct work *work, const struct payment_link *link, const struct provider *provider, struct payment **payment)
{
	const struct wish wish = { .kind = link->kind,
		.purpose = link->purpose,
		.provider = provider,
		.user = &link->payer,
		.return_url = link->return_url };
	struct payment   *attempt = link->attempt;

	if (goes_on(attempt, provider)) {
		*payment = attempt;
		return OK;
	}
	if (link->kind != PURPOSE_ORDER)
		return problem(PAYMENT_STATE, "nothing else can be begun to pay this");
	if (attempt != NULL && attempt->status <= PAYMENT_PROCESSING && attempt->hold_reason == NULL &&
	    strcmp(attempt->provider, provider->name) != 0)
		TRY(give_up_payment(work, &attempt));
	return create_payment(work, &wish, payment);
}

/* The browser comes back to the page, which leads on to the merchant's address once it is paid. */
static const struct problem *
pay_request(struct work *work, const struct payment_link *link, const struct provider *provider, struct payment **payment)
{
	const struct payment_request request = { .reference = link->reference };

	return begin_request_attempt(work, link->reference, provider, request_url(work, &request), payment);
}

const struct problem *
begin_by_link(struct work *work, const struct payment_link *link, const struct provider *provider, struct payment **payment)
{
	const struct viewer   before = work->viewer;
	const struct problem *problem;

	work->viewer = (struct viewer) { .user = link->payer };
	problem =
	    link->kind == PURPOSE_REQUEST ? pay_request(work, link, provider, payment) : pay_order(work, link, provider, payment);
	work->viewer = before;
	return problem;
}
