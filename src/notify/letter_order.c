/* Letters to a customer about a whole order: that it is taken, and that nothing comes of it. */
#include "notify/letter.h"

#include "notify/letter_lines.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

struct order_letter {
	struct letter_head   head;
	struct order_id      id;
	const char          *number, *currency;
	struct letter_lines  lines;
	struct letter_totals totals;
	bool                 refunded; /* something was paid, and is given back */
};

static const struct member order_letter_members[] = {
	LETTER_MEMBERS(struct order_letter),
	M_ID(struct order_letter, id, "id", .hidden = true),
	M_TEXT(struct order_letter, number, "number", ORDER_NUMBER_MAX, .required = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct order_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
	LETTER_LINES_MEMBER(struct order_letter),
	LETTER_TOTALS_MEMBERS(struct order_letter, "\"5.00\"", "\"43.70\""),
	M_BOOLEAN(struct order_letter, refunded, "refunded", .computed = true),
};
SHAPE(struct order_letter, order_letter_shape, "OrderLetter", order_letter_members);

#define ORDER_LETTER \
	"SELECT {o}, " LETTER_TOTALS_COLUMNS( \
	    "o") ", o.shipping_minor, o.paid_at IS NOT NULL AS refunded FROM orders o WHERE o.id = ? "
#define NOT_ENDED "AND o.status NOT IN ('cancelled', 'expired', 'refunded') "

static const struct problem *
find_customer(struct work *work, struct uuid order, struct uuid *reader)
{
	return letter_find(work, "SELECT user_id AS id FROM orders WHERE id = ?", order, reader);
}

static const struct problem *
read_order_letter(struct work *work, const char *sql, struct uuid order, void **members)
{
	struct order_letter *letter;

	TRY(db_row(work->db, &order_letter_shape, &letter, sql, P(order)));
	*members = letter;
	return letter == NULL ? OK : read_letter_lines(work, order, NULL, letter->currency, &letter->lines);
}

/* What is paid at the door was confirmed before, and its customer told. */
static const struct problem *
read_paid(struct work *work, const struct letter_told *told, void **members)
{
	return read_order_letter(
	    work, ORDER_LETTER NOT_ENDED "AND NOT o.payment_method <=> 'cash_on_delivery'", told->aggregate, members);
}

static const struct problem *
read_confirmed(struct work *work, const struct letter_told *told, void **members)
{
	return read_order_letter(
	    work, ORDER_LETTER NOT_ENDED "AND o.payment_method = 'cash_on_delivery'", told->aggregate, members);
}

static const struct problem *
read_cancelled(struct work *work, const struct letter_told *told, void **members)
{
	return read_order_letter(work, ORDER_LETTER "AND o.status IN ('cancelled', 'refunded')", told->aggregate, members);
}

static const struct problem *
read_expired(struct work *work, const struct letter_told *told, void **members)
{
	return read_order_letter(work, ORDER_LETTER "AND o.status = 'expired'", told->aggregate, members);
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
