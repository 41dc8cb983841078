/* Letters to a customer about parcels of their orders, and about goods that they send back. */
#include "notify/letter.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "notify/letter_lines.h"
#include "orders/fulfilments.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

/* ---- parcels ---- */

struct parcel_letter {
	struct letter_head  head;
	struct order_id     order;
	struct merchant_id  merchant;
	const char         *number, *seller, *currency, *carrier, *tracking;
	const char         *tracking_url; /* NULL: nobody knows the carrier's pages */
	struct letter_lines lines;
	bool                paid; /* the order's money has come, so that of a cancelled parcel is given back */
};

static const struct member parcel_letter_members[] = {
	LETTER_MEMBERS(struct parcel_letter),
	M_ID(struct parcel_letter, order, "order_id", .hidden = true),
	M_ID(struct parcel_letter, merchant, "merchant_id", .hidden = true),
	M_TEXT(struct parcel_letter, number, "number", 20, .required = true, .computed = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct parcel_letter, seller, "seller", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct parcel_letter, currency, "currency", 3, .required = true, .computed = true, .example = "\"USD\""),
	M_TEXT(struct parcel_letter, carrier, "carrier", 64, .example = "\"Pathao\""),
	M_TEXT(struct parcel_letter, tracking, "tracking", 100, .example = "\"PT-20417\""),
	M_TEXT(struct parcel_letter, tracking_url, "tracking_url", 1100, .computed = true,
	    .example = "\"https://carrier.example/track?number=PT-20417\""),
	LETTER_LINES_MEMBER(struct parcel_letter),
	M_BOOLEAN(struct parcel_letter, paid, "paid", .computed = true),
};
SHAPE(struct parcel_letter, parcel_letter_shape, "ParcelLetter", parcel_letter_members);

static const struct problem *
find_receiver(struct work *work, struct uuid fulfilment, struct uuid *reader)
{
	return letter_find(work, "SELECT o.user_id AS id FROM fulfilments f JOIN orders o ON o.id = f.order_id WHERE f.id = ?",
	    fulfilment, reader);
}

#define PARCEL_LETTER \
	"SELECT {f}, o.number, o.currency, m.shop_name AS seller, o.paid_at IS NOT NULL AS paid FROM fulfilments f " \
	"JOIN orders o ON o.id = f.order_id JOIN merchants m ON m.id = f.merchant_id WHERE f.id = ? "

static const struct problem *
read_parcel(struct work *work, const struct letter_told *told, const char *sql, void **members)
{
	struct parcel_letter *letter;

	TRY(db_row(work->db, &parcel_letter_shape, &letter, sql, P(told->aggregate)));
	*members = letter;
	if (letter == NULL)
		return OK;
	letter->tracking_url = carrier_url(work, letter->carrier, letter->tracking);
	return read_letter_lines(work, letter->order.uuid, &letter->merchant.uuid, letter->currency, &letter->lines);
}

static const struct problem *
read_shipped(struct work *work, const struct letter_told *told, void **members)
{
	return read_parcel(work, told, PARCEL_LETTER "AND f.status = 'shipped'", members);
}

static const struct problem *
read_delivered(struct work *work, const struct letter_told *told, void **members)
{
	return read_parcel(work, told, PARCEL_LETTER "AND f.status = 'delivered'", members);
}

/* Where the whole order is cancelled that is told, and not of its parts. */
static const struct problem *
read_parcel_cancelled(struct work *work, const struct letter_told *told, void **members)
{
	return read_parcel(work, told,
	    PARCEL_LETTER "AND f.status = 'cancelled' AND o.status NOT IN ('cancelled', 'expired', 'refunded')", members);
}

const struct letter parcel_shipped_letter = {
	.name = "parcel-shipped",
	.event = EVENT_FULFILMENT_SHIPPED,
	.to = LETTER_TO_USER,
	.shape = &parcel_letter_shape,
	.find_reader = find_receiver,
	.read = read_shipped,
};

const struct letter parcel_delivered_letter = {
	.name = "parcel-delivered",
	.event = EVENT_FULFILMENT_DELIVERED,
	.to = LETTER_TO_USER,
	.shape = &parcel_letter_shape,
	.find_reader = find_receiver,
	.read = read_delivered,
};

const struct letter parcel_cancelled_letter = {
	.name = "parcel-cancelled",
	.event = EVENT_FULFILMENT_CANCELLED,
	.to = LETTER_TO_USER,
	.shape = &parcel_letter_shape,
	.find_reader = find_receiver,
	.read = read_parcel_cancelled,
};

/* ---- returns ---- */

struct return_letter {
	struct letter_head head;
	const char        *number, *seller, *reason, *currency;
	struct money       amount;
};

static const struct member return_letter_members[] = {
	LETTER_MEMBERS(struct return_letter),
	M_TEXT(struct return_letter, number, "number", 20, .required = true, .computed = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct return_letter, seller, "seller", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct return_letter, reason, "reason", 500, .example = "\"worn\""),
	M_MONEY(struct return_letter, amount, "amount", .example = "\"40.00\""),
	M_TEXT(struct return_letter, currency, "currency", 3, .required = true, .computed = true, .example = "\"USD\""),
};
SHAPE(struct return_letter, return_letter_shape, "ReturnLetter", return_letter_members);

static const struct problem *
find_sender(struct work *work, struct uuid id, struct uuid *reader)
{
	return letter_find(work, "SELECT user_id AS id FROM returns WHERE id = ?", id, reader);
}

/* Refunded since, it was received all the same. */
static const struct problem *
read_return_letter(struct work *work, const struct letter_told *told, const char *status, const char *later, void **members)
{
	struct return_letter *letter;

	TRY(db_row(work->db, &return_letter_shape, &letter,
	    "SELECT {t}, o.currency, o.number, m.shop_name AS seller FROM returns t JOIN orders o ON o.id = t.order_id "
	    "JOIN merchants m ON m.id = t.merchant_id WHERE t.id = ? AND t.status IN (?, ?)",
	    P(told->aggregate), P(status), P(later)));
	*members = letter;
	return OK;
}

static const struct problem *
read_approved(struct work *work, const struct letter_told *told, void **members)
{
	return read_return_letter(work, told, "approved", "approved", members);
}

static const struct problem *
read_rejected(struct work *work, const struct letter_told *told, void **members)
{
	return read_return_letter(work, told, "rejected", "rejected", members);
}

static const struct problem *
read_received(struct work *work, const struct letter_told *told, void **members)
{
	return read_return_letter(work, told, "received", "refunded", members);
}

const struct letter return_approved_letter = {
	.name = "return-approved",
	.event = EVENT_RETURN_APPROVED,
	.to = LETTER_TO_USER,
	.shape = &return_letter_shape,
	.find_reader = find_sender,
	.read = read_approved,
};

const struct letter return_rejected_letter = {
	.name = "return-rejected",
	.event = EVENT_RETURN_REJECTED,
	.to = LETTER_TO_USER,
	.shape = &return_letter_shape,
	.find_reader = find_sender,
	.read = read_rejected,
};

const struct letter return_received_letter = {
	.name = "return-received",
	.event = EVENT_RETURN_RECEIVED,
	.to = LETTER_TO_USER,
	.shape = &return_letter_shape,
	.find_reader = find_sender,
	.read = read_received,
};
