/*
 * Letters to a seller about goods that run out.  Each kind once until goods have come in: stock that flickers around its
 * threshold, because orders are placed and expire, is told once.  What was dropped told nobody, so it does not count.
 */
#include "notify/letter.h"

#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

struct stock_letter {
	struct letter_head head;
	const char        *product, *sku, *options, *shop_name;
	const char        *options_json;
	int64_t            available, threshold;
};

static const struct member stock_letter_members[] = {
	LETTER_MEMBERS(struct stock_letter),
	M_TEXT(struct stock_letter, product, "product", 200, .required = true, .computed = true, .example = "\"Brass bell\""),
	M_TEXT(struct stock_letter, sku, "sku", 64, .required = true, .example = "\"BELL-2\""),
	M_TEXT(struct stock_letter, options, "options_text", 1000, .computed = true, .example = "\"Size: large\""),
	M_MAP(struct stock_letter, options_json, "options", 3, .hidden = true),
	M_TEXT(
	    struct stock_letter, shop_name, "shop_name", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_INTEGER(struct stock_letter, available, "available", 0, INT32_MAX, .computed = true, .example = "3"),
	M_INTEGER(struct stock_letter, threshold, "threshold", 0, INT32_MAX, .computed = true, .example = "10"),
};
SHAPE(struct stock_letter, stock_letter_shape, "StockLetter", stock_letter_members);

/* Ids begin with the time, so what has a larger one than the letter came after it. */
#define FIND_OWNER(kind_) \
	"SELECT m.user_id AS id FROM variants v JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id " \
	"WHERE v.id = ? AND v.deleted_at IS NULL AND p.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM mails l " \
	"WHERE l.about_id = v.id AND l.kind = '" kind_ "' AND l.status <> 'dropped' AND NOT EXISTS (SELECT 1 " \
	"FROM inventory_movements i WHERE i.variant_id = v.id AND i.id > l.id AND i.delta_on_hand > 0 AND i.reason = 'adjustment'))"

static const struct problem *
find_owner_of_low(struct work *work, struct uuid variant, struct uuid *reader)
{
	return letter_find(work, FIND_OWNER("stock-low"), variant, reader);
}

static const struct problem *
find_owner_of_out(struct work *work, struct uuid variant, struct uuid *reader)
{
	return letter_find(work, FIND_OWNER("stock-out"), variant, reader);
}

/* While no more than `most` can be ordered, and no less than `least`; most < 0: the variant's threshold. */
static const struct problem *
read_stock(struct work *work, const struct letter_told *told, int least, int most, void **members)
{
	struct stock_letter *letter;

	TRY(db_row(work->db, &stock_letter_shape, &letter,
	    "SELECT {v}, p.name AS product, m.shop_name, i.on_hand - i.reserved AS available, i.low_stock AS threshold "
	    "FROM variants v JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE v.id = ? AND v.deleted_at IS NULL AND p.deleted_at IS NULL "
	    "AND i.on_hand - i.reserved BETWEEN ? AND IF(? < 0, i.low_stock, ?)",
	    P(told->aggregate), P(least), P(most), P(most)));
	if (letter != NULL)
		letter->options = order_options_text(work->arena, letter->options_json);
	*members = letter;
	return OK;
}

/* What is sold out since has a letter of its own. */
static const struct problem *
read_low(struct work *work, const struct letter_told *told, void **members)
{
	return read_stock(work, told, 1, -1, members);
}

static const struct problem *
read_out(struct work *work, const struct letter_told *told, void **members)
{
	return read_stock(work, told, 0, 0, members);
}

const struct letter stock_low_letter = {
	.name = "stock-low",
	.event = EVENT_INVENTORY_LOW,
	.to = LETTER_TO_USER,
	.shape = &stock_letter_shape,
	.find_reader = find_owner_of_low,
	.read = read_low,
};

const struct letter stock_out_letter = {
	.name = "stock-out",
	.event = EVENT_INVENTORY_ZERO,
	.to = LETTER_TO_USER,
	.shape = &stock_letter_shape,
	.find_reader = find_owner_of_out,
	.read = read_out,
};
