/*
 * What payments mean to orders.  An order that is paid online commits its stock when the money is there; one that is paid at
 * the door has committed it when its delivery was confirmed.
 */
#include "payments/order_purpose.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "events/record.h"
#include "inventory/inventory.h"
#include "ledger/ledger.h"
#include "orders/fulfilments.h"
#include "payments/link.h"
#include "payments/provider.h"
#include "payments/sales.h"
#include "store/db.h"

enum { PROCESSING_KEEPS_STOCK_SECONDS = 3600 };

struct order_row *
payment_order(const struct payment *payment)
{
	return payment->purpose_kind == PURPOSE_ORDER ? payment->target : NULL;
}

static const struct problem *
lock(struct work *work, struct uuid id, void **target)
{
	struct order_row *order;

	TRY(lock_order(work, (struct order_id) { id }, &order));
	*target = order;
	return OK;
}

static const struct problem *
is_payable(struct work *work, const void *target, struct money *amount)
{
	const struct order_row *order = target;

	if (!ID_EQUAL(order->user, work->viewer.user))
		return problem(NOT_FOUND, "order not found");
	if (order->status != ORDER_PENDING || order->total.minor <= 0)
		return problem(ORDER_NOT_PAYABLE, "the order cannot be paid in its current state");
	if (order->closed)
		return problem(ORDER_NOT_PAYABLE, "a shop of the order is no longer active; cancel the order");
	*amount = order->total;
	return OK;
}

static const struct merchant_id *
merchant(const void *target)
{
	(void)target;
	return NULL;
}

static const struct problem *
begun(struct work *work, void *target, const struct payment *payment, const struct provider *provider)
{
	(void)payment;
	return set_order_payment_method(work, target, provider->order_method, provider->keeps_stock_seconds(work->config));
}

static const struct problem *
processing(struct work *work, const struct payment *payment)
{
	return postpone_expiry(
	    work, payment_order(payment)->id, instant_add_seconds(instant_now(), PROCESSING_KEEPS_STOCK_SECONDS));
}

static const struct problem *
taken_up(struct work *work, const struct payment *payment)
{
	struct order_row *order = payment_order(payment);

	return order->status == ORDER_PENDING ? set_order_payment_status(work, order, ORDER_UNPAID) : OK;
}

/* Goods that are on their way wait for their money: what was confirmed ends with its order only. */
static const struct problem *
may_cancel(const struct payment *payment)
{
	if (collected_by_carrier(payment) && payment->status == PAYMENT_PROCESSING &&
	    payment_order(payment)->status != ORDER_CANCELLED)
		return problem(PAYMENT_STATE, "the order is already confirmed; cancel the order instead");
	return OK;
}

/* The order can not be paid any more: it ends, and what it held can be sold again. */
static const struct problem *
cancel_closed(struct work *work, struct order_row *order)
{
	TRY(move_order(work, order, ORDER_CANCELLED));
	TRY(record_order_event(work, EVENT_ORDER_CANCELLED, order));
	return release_stock(work, order->id);
}

/* Late money reserves again what its order gave back, if that is still to be had: the use of its coupon, and its stock. */
static const struct problem *
reserve_again(struct work *work, struct order_row *order, bool *reserved)
{
	const struct problem *problem = retake_order_coupon(work, order);

	*reserved = false;
	if (problem_is(problem, PROBLEM_COUPON_SPENT))
		return OK;
	TRY(problem);
	problem = rereserve_stock(work, order->id);
	if (problem_is(problem, PROBLEM_INSUFFICIENT_STOCK))
		return give_order_coupon_back(work, order);
	TRY(problem);
	*reserved = true;
	return OK;
}

static const struct problem *
may_take(struct work *work, const struct payment *payment, bool *taken)
{
	struct order_row *order = payment_order(payment);

	*taken = false;
	if (order->payment_status == ORDER_PAYMENT_PAID || order->payment_status >= ORDER_PARTIALLY_REFUNDED)
		return OK;
	/* Begun before the shop was suspended: the money is not for it. */
	if (order->closed)
		return order->status == ORDER_PENDING ? cancel_closed(work, order) : OK;
	if (order->status == ORDER_EXPIRED)
		return reserve_again(work, order, taken);
	*taken = order->status == ORDER_PENDING;
	return OK;
}

/*
 * Debit who has the money; credit each merchant with what their lines earn, and the shop with its commission and the tax of these,
 * and with shipping.  What the payer paid less by a discount is the shop's, but for what the merchants bear of it themselves.
 */
static const struct problem *
post_order(struct work *work, const struct payment *payment, const struct order_row *order)
{
	struct posting *postings;
	struct money    difference = payment->amount, shipping = order->shipping;
	struct sale    *sales;
	size_t          count, n = 0;

	TRY(read_sales(work, order->id, &sales, &count));
	postings = ARENA_ARRAY(work->arena, count * SALE_POSTINGS + 3, struct posting);
	postings[n++] = received_posting(payment);
	for (size_t i = 0; i < count; i++, n += SALE_POSTINGS)
		if (!sale_postings(&sales[i], payment->amount, &postings[n]))
			return problem(INTERNAL, "internal error");
	difference.minor -= postings[0].amount.minor;
	shipping.minor = -shipping.minor;
	postings[n++] = (struct posting) { .role = LEDGER_SHIPPING, .amount = shipping };
	postings[n++] = (struct posting) { .role = LEDGER_DIFFERENCE, .amount = difference };
	return ledger_post(work, payment_source(payment), postings, n);
}

static const struct problem *
succeeded(struct work *work, const struct payment *payment)
{
	struct order_row *order = payment_order(payment);

	if (collected_by_carrier(payment)) { /* posted parcel by parcel as its cash came */
		TRY(set_order_payment_status(work, order, ORDER_PAYMENT_PAID));
	} else {
		TRY(commit_order_stock(work, order));
		TRY(move_order(work, order, ORDER_PAID));
		TRY(make_fulfilments(work, order));
		TRY(post_order(work, payment, order));
	}
	return record_order_event(work, EVENT_ORDER_PAID, order);
}

static const struct problem *
end_others(struct work *work, const struct payment *payment)
{
	struct event_notice notice = { .aggregate = payment->purpose };

	return job_enqueue(work, JOB_REFUND_ORDER,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_REFUND_ORDER), uuid_text(work->arena, payment->purpose)), NULL,
	    &event_notice_shape, &notice);
}

static const struct problem *
failed(struct work *work, const struct payment *payment)
{
	struct order_row *order = payment_order(payment);
	bool              is_its = order->status == ORDER_PENDING || collected_by_carrier(payment);

	return is_its ? set_order_payment_status(work, order, ORDER_PAYMENT_FAILED) : OK;
}

static const struct problem *
refunded(struct work *work, const struct payment *payment, int64_t amount_minor, bool whole)
{
	struct order_row *order = payment_order(payment);

	TRY(note_order_refund(work, order, amount_minor, whole));
	return record_order_event(work, EVENT_ORDER_REFUNDED, order);
}

/* It waits for another attempt as long as it can be paid. */
static const struct problem *
ended(struct work *work, const struct payment *payment)
{
	(void)work;
	(void)payment;
	return OK;
}

static const struct problem *
refund_bounced(struct work *work, const struct payment *payment, int64_t amount_minor)
{
	struct order_row *order = payment_order(payment);

	TRY(undo_order_refund(work, order, amount_minor));
	return record_order_event(work, EVENT_ORDER_REFUND_BOUNCED, order);
}

struct order_seen {
	struct user_id payer;
	int            status;
	struct money   amount;
	bool           closed;
	const char    *payee; /* NULL: several */
};

static const struct member order_seen_members[] = {
	M_ID(struct order_seen, payer, "user_id"),
	M_ENUM(struct order_seen, status, "status", order_status_values),
	M_MONEY(struct order_seen, amount, "total"),
	M_BOOLEAN(struct order_seen, closed, "is_closed"),
	M_TEXT(struct order_seen, payee, "payee", 150),
};
SHAPE(struct order_seen, order_seen_shape, "OrderSeen", order_seen_members, .noun = "payment");

/* The shop that all goods come from, else the whole shop, is who is paid. */
static const struct problem *
describe(struct work *work, struct uuid id, struct payment_link *link)
{
	struct order_seen *order;

	TRY(db_one(work->db, &order_seen_shape, &order,
	    "SELECT o.user_id, o.status, o.total_minor, o.currency, "
	    "IFNULL(MAX(m.status <> 'active'), 0) AS is_closed, IF(COUNT(*) = 1, MAX(m.shop_name), NULL) AS payee "
	    "FROM orders o LEFT JOIN order_merchants p ON p.order_id = o.id LEFT JOIN merchants m ON m.id = p.merchant_id "
	    "WHERE o.id = ? GROUP BY o.id, o.user_id, o.status, o.total_minor, o.currency",
	    P(id)));
	link->payer = order->payer;
	link->amount = order->amount;
	link->payee = order->payee == NULL ? work->config->mail.from_name : order->payee;
	if (order->status == ORDER_PENDING && !order->closed && order->amount.minor > 0)
		link->state = LINK_PAYABLE;
	else if (order->status == ORDER_CANCELLED)
		link->state = LINK_CANCELLED;
	else if (order->status == ORDER_EXPIRED)
		link->state = LINK_EXPIRED;
	return OK;
}

const struct purpose order_purpose = {
	.describe = describe,
	.lock = lock,
	.is_payable = is_payable,
	.merchant = merchant,
	.begun = begun,
	.processing = processing,
	.taken_up = taken_up,
	.may_cancel = may_cancel,
	.may_take = may_take,
	.succeeded = succeeded,
	.end_others = end_others,
	.failed = failed,
	.ended = ended,
	.refunded = refunded,
	.refund_bounced = refund_bounced,
};
