/* Letters to a customer about the money of an order: a payment that failed, and what is given back. */
#include "notify/letter.h"

#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

struct order_money_letter {
	struct letter_head head;
	const char        *number, *currency;
	struct money       amount;
	const char        *kept_until; /* minute in UTC until which the unpaid order is kept; NULL: no end is set */
	bool               cash;       /* it was handed over */
};

static const struct member order_money_members[] = {
	LETTER_MEMBERS(struct order_money_letter),
	M_TEXT(struct order_money_letter, number, "number", ORDER_NUMBER_MAX, .required = true, .computed = true,
	    .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct order_money_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_MONEY(struct order_money_letter, amount, "amount", .example = "\"43.70\""),
	M_TEXT(struct order_money_letter, kept_until, "kept_until", 16, .computed = true, .example = "\"2026-12-01 17:30\""),
	M_BOOLEAN(struct order_money_letter, cash, "cash", .computed = true),
};
SHAPE(struct order_money_letter, order_money_shape, "OrderMoneyLetter", order_money_members);

/* ---- an attempt that failed ---- */

/* Who types a card's number three times reads it once: the page has told them each time. */
static const struct problem *
find_payer(struct work *work, struct uuid payment, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT o.user_id AS id FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = ? AND NOT EXISTS "
	    "(SELECT 1 FROM mails l WHERE l.about_id = p.id AND l.kind = 'order-payment-failed' AND l.status <> 'dropped' "
	    "AND l.created_at > NOW(3) - INTERVAL 1 HOUR)",
	    payment, reader);
}

/* While it can still be paid, and nobody has tried again. */
static const struct problem *
read_failed(struct work *work, const struct letter_told *told, void **members)
{
	struct order_money_letter *letter;

	TRY(db_row(work->db, &order_money_shape, &letter,
	    "SELECT {p}, o.number, DATE_FORMAT(o.expires_at, '%Y-%m-%d %H:%i') AS kept_until, FALSE AS cash "
	    "FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = ? AND p.status = 'failed' AND o.status = 'pending' "
	    "AND NOT EXISTS (SELECT 1 FROM payments n WHERE n.order_id = o.id AND n.id > p.id)",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter order_payment_failed_letter = {
	.name = "order-payment-failed",
	.event = EVENT_PAYMENT_FAILED,
	.to = LETTER_TO_USER,
	.shape = &order_money_shape,
	.find_reader = find_payer,
	.read = read_failed,
};

/* ---- money that was given back ---- */

static const struct problem *
find_payer_of_refund(struct work *work, struct uuid refund, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT o.user_id AS id FROM refunds f JOIN payments p ON p.id = f.payment_id JOIN orders o ON o.id = p.order_id "
	    "WHERE f.id = ?",
	    refund, reader);
}

/* A bank may have sent it back since. */
static const struct problem *
read_refunded(struct work *work, const struct letter_told *told, void **members)
{
	struct order_money_letter *letter;

	TRY(db_row(work->db, &order_money_shape, &letter,
	    "SELECT {f}, o.number, NULL AS kept_until, o.payment_method <=> 'cash_on_delivery' AS cash FROM refunds f "
	    "JOIN payments p ON p.id = f.payment_id JOIN orders o ON o.id = p.order_id WHERE f.id = ? AND f.status = 'succeeded'",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter order_refunded_letter = {
	.name = "order-refunded",
	.event = EVENT_REFUND_SUCCEEDED,
	.to = LETTER_TO_USER,
	.shape = &order_money_shape,
	.find_reader = find_payer_of_refund,
	.read = read_refunded,
};
