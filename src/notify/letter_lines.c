#include "notify/letter_lines.h"

#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

static const struct member letter_line_members[] = {
	M_TEXT(struct letter_line, name, "name", 200, .required = true, .example = "\"Brass bell\""),
	M_TEXT(struct letter_line, sku, "sku", 64, .required = true, .example = "\"BELL-2\""),
	M_TEXT(struct letter_line, options, "options_text", 1000, .computed = true, .example = "\"Size: large\""),
	M_MAP(struct letter_line, options_json, "options", 3, .hidden = true),
	M_INTEGER(struct letter_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX, .example = "2"),
	M_MONEY(struct letter_line, amount, "amount", .computed = true, .example = "\"40.00\""),
};
SHAPE_SHARED(struct letter_line, letter_line_shape, "LetterLine", letter_line_members);

const struct problem *
read_letter_lines(
    struct work *work, struct uuid order, const struct uuid *merchant, const char *currency, struct letter_lines *lines)
{
	TRY(db_rows(work->db, &letter_line_shape, ORDER_LINES_MAX, &lines->lines, &lines->count,
	    "SELECT {l}, l.quantity * l.unit_price_minor AS amount_minor, ? AS currency FROM order_lines l "
	    "WHERE l.order_id = ? AND (? IS NULL OR l.merchant_id = ?) ORDER BY l.position",
	    P(currency), P(order), P(merchant), P(merchant)));
	for (size_t i = 0; i < lines->count; i++)
		lines->lines[i].options = order_options_text(work->arena, lines->lines[i].options_json);
	return OK;
}
