#include "payments/collect.h"

#include "orders/fulfilments.h"
#include "payments/deliver.h"
#include "payments/provider.h"
#include "payments/sales.h"
#include "payments/strike.h"
#include "store/db.h"

/* ---- what is brought ---- */

static const struct problem *
post_part(struct work *work, const struct payment *payment, const struct fulfilment *part, const struct sale *sale,
    int64_t shipping_minor)
{
	struct posting postings[SALE_POSTINGS + 2];
	bool           moves = false;

	if (!sale_postings(sale, payment->amount, postings))
		return problem(INTERNAL, "internal error");
	postings[SALE_POSTINGS] =
	    (struct posting) { .role = LEDGER_CARRIER, .provider = payment->provider, .amount = part->collected };
	postings[SALE_POSTINGS + 1] = (struct posting) { .role = LEDGER_SHIPPING, .amount = payment->amount };
	postings[SALE_POSTINGS + 1].amount.minor = -shipping_minor;
	for (size_t i = 0; i < sizeof postings / sizeof *postings; i++)
		moves = moves || postings[i].amount.minor != 0;
	if (!moves) /* its seller's own coupon paid it whole */
		return OK;
	return ledger_post(work, (struct ledger_source) { LEDGER_COLLECTION, part->id.uuid, payment->id.uuid }, postings,
	    sizeof postings / sizeof *postings);
}

/* So much more of the payment is there, in its row and in *payment. */
static const struct problem *
add_collected(struct work *work, struct payment *payment, int64_t amount_minor)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET collected_minor = collected_minor + ?, collected_at = NOW(3) "
	    "WHERE id = ? AND status = 'processing' AND collected_minor + ? <= amount_minor",
	    P(amount_minor), P(payment->id), P(amount_minor)));
	if (changed == 0)
		return problem(PAYMENT_STATE, "more was collected than the payment asks for");
	payment->collected.minor += amount_minor;
	return OK;
}

static bool
has_collected(const struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		if (parts->rows[i].collected_at != NULL)
			return true;
	return false;
}

static const struct problem *
collect_part(struct work *work, struct payment *payment, const struct order_row *order, const struct parts *parts,
    struct fulfilment *part, const struct sale *sale)
{
	int64_t shipping = has_collected(parts) ? 0 : order->shipping.minor;

	TRY(collect_fulfilment(work, part, part->total.minor + shipping));
	TRY(add_collected(work, payment, part->collected.minor));
	return post_part(work, payment, part, sale, shipping);
}

/* May a parcel still bring money? */
static bool
is_awaited(const struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		if (!fulfilment_has_ended(&parts->rows[i]) && parts->rows[i].collected_at == NULL)
			return true;
	return false;
}

static bool
is_meant(const struct brought *brought, const struct fulfilment *part)
{
	return (brought->part == NULL || ID_EQUAL(*brought->part, part->id)) &&
	    (brought->seller == NULL || ID_EQUAL(*brought->seller, part->merchant));
}

/* Those of the parts whose cash was brought; *due points to them.  What was asked for by name must be among them. */
static const struct problem *
find_due(struct work *work, const struct parts *parts, const struct brought *brought, struct fulfilment **due, size_t *count)
{
	size_t meant = 0;

	*count = 0;
	for (size_t i = 0; i < parts->count; i++) {
		struct fulfilment *part = &parts->rows[i];

		if (!is_meant(brought, part))
			continue;
		meant++;
		if (part->status == FULFILMENT_DELIVERED && part->collected_at == NULL)
			due[(*count)++] = part;
		else if (brought->part != NULL)
			return part->collected_at == NULL
			    ? fulfilment_state_problem(work, part)
			    : problem(PAYMENT_STATE, "the cash of the fulfilment has already been collected");
	}
	return meant == 0 ? problem(NOT_FOUND, "fulfilment not found") : OK;
}

static const struct sale *
sale_of(const struct sale *sales, size_t count, const struct fulfilment *part)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(sales[i].merchant, part->merchant))
			return &sales[i];
	return NULL;
}

const struct problem *
collect_cash(struct work *work, struct payment_id id, const struct brought *brought)
{
	struct payment    *payment;
	struct order_row  *order;
	struct parts       parts;
	struct fulfilment *due[FULFILMENTS_MAX];
	struct sale       *sales;
	size_t             count, n_sales;

	TRY(lock_delivery(work, id, &payment, &order));
	if (payment->status != PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "the payment must be confirmed before it can be collected");
	TRY(lock_fulfilments(work, order, &parts));
	TRY(find_due(work, &parts, brought, due, &count));
	/* All that came back before what would have been paid was struck: nobody has ended it. */
	if (count == 0 && is_awaited(&parts))
		return problem(PAYMENT_STATE, "no parcel was delivered whose cash is outstanding");
	TRY(read_sales(work, order->id, &sales, &n_sales));
	for (size_t i = 0; i < count; i++) {
		const struct sale *sale = sale_of(sales, n_sales, due[i]);

		if (sale == NULL)
			return problem(INTERNAL, "internal error");
		TRY(collect_part(work, payment, order, &parts, due[i], sale));
	}
	return is_awaited(&parts) ? OK : end_collection(work, payment);
}

/* ---- what is struck ---- */

const struct problem *
strike_part(
    struct work *work, struct payment *payment, const struct parts *parts, const struct fulfilment *part, const char *reason)
{
	TRY(strike(work, payment, &part->merchant, part->total.minor, reason));
	return is_awaited(parts) ? OK : end_collection(work, payment);
}
