/* Letters to the sellers of an order, each about their own lines: there is something to pack. */
#include "notify/letter.h"

#include "notify/letter_lines.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

struct sale_letter {
	struct letter_head   head;
	struct merchant_id   merchant;
	const char          *number, *shop_name, *currency, *shipping_method;
	struct letter_lines  lines;
	struct letter_totals totals; /* of the seller's lines: without shipping */
};

static const struct member sale_letter_members[] = {
	LETTER_MEMBERS(struct sale_letter),
	M_ID(struct sale_letter, merchant, "merchant_id", .hidden = true),
	M_TEXT(struct sale_letter, number, "number", ORDER_NUMBER_MAX, .required = true, .computed = true,
	    .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct sale_letter, shop_name, "shop_name", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct sale_letter, shipping_method, "shipping_method", 16, .required = true, .computed = true,
	    .example = "\"express\""),
	M_TEXT(struct sale_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
	LETTER_LINES_MEMBER(struct sale_letter),
	LETTER_TOTALS_MEMBERS(struct sale_letter, "null", "\"38.70\""),
};
SHAPE(struct sale_letter, sale_letter_shape, "SaleLetter", sale_letter_members);

struct seller {
	struct user_id user;
};

static const struct member seller_members[] = {
	M_ID(struct seller, user, "user_id"),
};
SHAPE(struct seller, seller_shape, "SellerToTell", seller_members);

_Static_assert((int)ORDER_LINES_MAX < (int)LETTER_READERS_MAX, "all sellers of an order are found at once");

static const struct problem *
find_sellers(struct work *work, struct uuid order, struct user_id *readers, size_t *count)
{
	struct seller *sellers;

	TRY(db_rows(work->db, &seller_shape, ORDER_LINES_MAX, &sellers, count,
	    "SELECT {m} FROM order_merchants s JOIN merchants m ON m.id = s.merchant_id WHERE s.order_id = ?", P(order)));
	for (size_t i = 0; i < *count; i++)
		readers[i] = sellers[i].user;
	return OK;
}

/* While the seller's part of the order is still to be sent.  `cash`: it is paid at the door. */
static const struct problem *
read_sale(struct work *work, const struct letter_told *told, bool cash, void **members)
{
	struct sale_letter *letter;

	TRY(db_row(work->db, &sale_letter_shape, &letter,
	    "SELECT {s}, " LETTER_TOTALS_COLUMNS(
		"s") ", NULL AS shipping_minor, o.number, o.shipping_method, m.shop_name "
		     "FROM orders o JOIN order_merchants s ON s.order_id = o.id JOIN merchants m ON m.id = s.merchant_id "
		     "JOIN fulfilments f ON f.order_id = o.id AND f.merchant_id = m.id AND f.status IN ('pending', 'packed') "
		     "WHERE o.id = ? AND m.user_id = ? AND (o.payment_method <=> 'cash_on_delivery') = ?",
	    P(told->aggregate), P(told->reader), P(cash)));
	*members = letter;
	return letter == NULL
	    ? OK
	    : read_letter_lines(work, told->aggregate, &letter->merchant.uuid, letter->currency, &letter->lines);
}

static const struct problem *
read_sale_paid(struct work *work, const struct letter_told *told, void **members)
{
	return read_sale(work, told, false, members);
}

static const struct problem *
read_sale_confirmed(struct work *work, const struct letter_told *told, void **members)
{
	return read_sale(work, told, true, members);
}

const struct letter sale_paid_letter = {
	.name = "sale-paid",
	.event = EVENT_ORDER_PAID,
	.to = LETTER_TO_USER,
	.shape = &sale_letter_shape,
	.find_readers = find_sellers,
	.read = read_sale_paid,
};

const struct letter sale_confirmed_letter = {
	.name = "sale-confirmed",
	.event = EVENT_ORDER_CONFIRMED,
	.to = LETTER_TO_USER,
	.shape = &sale_letter_shape,
	.find_readers = find_sellers,
	.read = read_sale_confirmed,
};
