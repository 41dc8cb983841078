/* Letters to a customer about parcels of their orders, and about goods that they send back. */
#include "notify/letter.h"

#include "store/db.h"
#include "store/work.h"

/* ---- parcels ---- */

struct parcel_letter {
	struct letter_head head;
	const char        *number, *seller, *carrier, *tracking;
};

static const struct member parcel_letter_members[] = {
	LETTER_MEMBERS(struct parcel_letter),
	M_TEXT(struct parcel_letter, number, "number", 20, .required = true, .computed = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct parcel_letter, seller, "seller", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct parcel_letter, carrier, "carrier", 64, .example = "\"Pathao\""),
	M_TEXT(struct parcel_letter, tracking, "tracking", 100, .example = "\"PT-20417\""),
};
SHAPE(struct parcel_letter, parcel_letter_shape, "ParcelLetter", parcel_letter_members);

static const struct problem *
find_receiver(struct work *work, struct uuid fulfilment, struct uuid *reader)
{
	return letter_find(work, "SELECT o.user_id AS id FROM fulfilments f JOIN orders o ON o.id = f.order_id WHERE f.id = ?",
	    fulfilment, reader);
}

static const struct problem *
read_parcel(struct work *work, const struct letter_told *told, const char *status, void **members)
{
	struct parcel_letter *letter;

	TRY(db_row(work->db, &parcel_letter_shape, &letter,
	    "SELECT {f}, o.number, m.shop_name AS seller FROM fulfilments f JOIN orders o ON o.id = f.order_id "
	    "JOIN merchants m ON m.id = f.merchant_id WHERE f.id = ? AND f.status = ?",
	    P(told->aggregate), P(status)));
	*members = letter;
	return OK;
}

static const struct problem *
read_shipped(struct work *work, const struct letter_told *told, void **members)
{
	return read_parcel(work, told, "shipped", members);
}

static const struct problem *
read_delivered(struct work *work, const struct letter_told *told, void **members)
{
	return read_parcel(work, told, "delivered", members);
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
	M_MONEY(struct return_letter, amount, "amount"),
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
