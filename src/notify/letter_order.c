/* Letters to a customer about a whole order: that it is taken, and that nothing comes of it. */
#include "notify/letter.h"

#include "store/db.h"
#include "store/work.h"

struct order_letter {
	struct letter_head head;
	const char        *number, *currency;
	struct money       total;
	bool               refunded; /* something was paid, and is given back */
};

static const struct member order_letter_members[] = {
	LETTER_MEMBERS(struct order_letter),
	M_TEXT(struct order_letter, number, "number", 20, .required = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_MONEY(struct order_letter, total, "total"),
	M_TEXT(struct order_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_BOOLEAN(struct order_letter, refunded, "refunded", .computed = true),
};
SHAPE(struct order_letter, order_letter_shape, "OrderLetter", order_letter_members);

static const struct problem *
find_customer(struct work *work, struct uuid order, struct uuid *reader)
{
	return letter_find(work, "SELECT user_id AS id FROM orders WHERE id = ?", order, reader);
}

/* What is paid at the door was confirmed before, and its customer told. */
static const struct problem *
read_paid(struct work *work, const struct letter_told *told, void **members)
{
	struct order_letter *letter;

	TRY(db_row(work->db, &order_letter_shape, &letter,
	    "SELECT {o}, FALSE AS refunded FROM orders o WHERE o.id = ? AND o.status NOT IN ('cancelled', 'expired', 'refunded') "
	    "AND NOT o.payment_method <=> 'cash_on_delivery'",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

static const struct problem *
read_confirmed(struct work *work, const struct letter_told *told, void **members)
{
	struct order_letter *letter;

	TRY(db_row(work->db, &order_letter_shape, &letter,
	    "SELECT {o}, FALSE AS refunded FROM orders o WHERE o.id = ? AND o.status NOT IN ('cancelled', 'expired', 'refunded') "
	    "AND o.payment_method = 'cash_on_delivery'",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

static const struct problem *
read_cancelled(struct work *work, const struct letter_told *told, void **members)
{
	struct order_letter *letter;

	TRY(db_row(work->db, &order_letter_shape, &letter,
	    "SELECT {o}, o.paid_at IS NOT NULL AS refunded FROM orders o WHERE o.id = ? AND o.status IN ('cancelled', 'refunded')",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

static const struct problem *
read_expired(struct work *work, const struct letter_told *told, void **members)
{
	struct order_letter *letter;

	TRY(db_row(work->db, &order_letter_shape, &letter,
	    "SELECT {o}, FALSE AS refunded FROM orders o WHERE o.id = ? AND o.status = 'expired'", P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter order_paid_letter = {
	.name = "order-paid",
	.event = EVENT_ORDER_PAID,
	.to = LETTER_TO_USER,
	.shape = &order_letter_shape,
	.find_reader = find_customer,
	.read = read_paid,
};

const struct letter order_confirmed_letter = {
	.name = "order-confirmed",
	.event = EVENT_ORDER_CONFIRMED,
	.to = LETTER_TO_USER,
	.shape = &order_letter_shape,
	.find_reader = find_customer,
	.read = read_confirmed,
};

const struct letter order_cancelled_letter = {
	.name = "order-cancelled",
	.event = EVENT_ORDER_CANCELLED,
	.to = LETTER_TO_USER,
	.shape = &order_letter_shape,
	.find_reader = find_customer,
	.read = read_cancelled,
};

const struct letter order_expired_letter = {
	.name = "order-expired",
	.event = EVENT_ORDER_EXPIRED,
	.to = LETTER_TO_USER,
	.shape = &order_letter_shape,
	.find_reader = find_customer,
	.read = read_expired,
};
