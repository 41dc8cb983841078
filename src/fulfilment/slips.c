#include "fulfilment/slips.h"

#include "base/arena.h"
#include "http/permission.h"
#include "orders/rates.h"
#include "store/db.h"

#include <string.h>

enum { LINES_OF_ALL = SLIPS_MAX * ORDER_LINES_MAX };

static const struct member slip_line_members[] = {
	M_ID(struct slip_line, fulfilment, "fulfilment", .hidden = true, .computed = true),
	M_TEXT(struct slip_line, name, "name", 200, .required = true, .example = "\"Clay pitcher\""),
	M_TEXT(struct slip_line, sku, "sku", 64, .required = true, .example = "\"PITCHER-1L\""),
	M_MAP(struct slip_line, options, "options", 3, .required = true),
	M_INTEGER(struct slip_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
};
SHAPE(struct slip_line, slip_line_shape, "SlipLine", slip_line_members);

static const struct member slip_members[] = {
	M_ID(struct slip, id, "id"),
	M_TEXT(struct slip, number, "order_number", ORDER_NUMBER_MAX, .required = true, .computed = true,
	    .example = "\"ORD-7K3M9Q2XAB\""),
	M_TEXT(struct slip, shop_name, "shop_name", 150, .required = true, .computed = true),
	M_ENUM(struct slip, status, "status", fulfilment_status_values),
	M_ENUM(struct slip, method, "shipping_method", shipping_method_values, .computed = true),
	M_JSON(struct slip, address, "shipping_address", order_address_shape, ADDRESS_BYTES, .single = true, .required = true,
	    .computed = true),
	M_TEXT(struct slip, carrier, "carrier", CARRIER_MAX, .example = "\"Pathao\""),
	M_TEXT(struct slip, tracking, "tracking", TRACKING_MAX, .example = "\"PT-20417\""),
	M_TIME(struct slip, placed_at, "placed_at", .computed = true),
	M_ARRAY(struct slip, lines, n_lines, "lines", slip_line_shape, ORDER_LINES_MAX),
};
SHAPE_SHARED(struct slip, slip_shape, "PackingSlip", slip_members, .noun = "fulfilment");

static const struct problem *
read_ids(struct work *work, const char *text, struct fulfilment_id ids[SLIPS_MAX], size_t *count)
{
	for (*count = 0; *text != '\0'; ++*count) {
		size_t length = strcspn(text, ",");

		if (*count == SLIPS_MAX)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "ids", "must be at most 100");
		if (!uuid_parse(arena_copy(work->arena, text, length), &ids[*count].uuid))
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "ids", "must be ids with commas between them");
		text += length + (text[length] == ',');
	}
	return OK;
}

/* The lines of one, which stand together. */
static void
take_slip_lines(struct slip *slip, struct slip_line *lines, size_t count)
{
	size_t first = 0;

	while (first < count && !ID_EQUAL(lines[first].fulfilment, slip->id))
		first++;
	slip->lines = lines + first;
	for (slip->n_lines = 0; first + slip->n_lines < count && ID_EQUAL(lines[first + slip->n_lines].fulfilment, slip->id);)
		slip->n_lines++;
}

static const struct problem *
find_slip(const struct slip *found, size_t count, struct fulfilment_id id, struct slip *slip)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(found[i].id, id)) {
			*slip = found[i];
			return OK;
		}
	return problem(NOT_FOUND, "fulfilment not found");
}

const struct problem *
read_slips(struct work *work, const char *text, struct slip **slips, size_t *count)
{
	struct reach         reach = REACH(work, ORDER_FULFIL, ORDER_FULFIL_OWN);
	struct fulfilment_id ids[SLIPS_MAX];
	struct parameter     values[SLIPS_MAX + 2];
	struct slip         *found;
	struct slip_line    *lines;
	size_t               n_found, n_lines;

	TRY(read_ids(work, text, ids, count));
	*slips = ARENA_ARRAY(work->arena, *count, struct slip);
	if (*count == 0)
		return OK;
	for (size_t i = 0; i < *count; i++)
		values[i] = P(ids[i]);
	values[*count] = P(reach.all);
	values[*count + 1] = P(reach.merchant);
	TRY(db_rows_many(work->db, &slip_shape, SLIPS_MAX, &found, &n_found,
	    "SELECT {f}, o.number AS order_number, o.shipping_method, o.shipping_address, o.created_at AS placed_at, s.shop_name "
	    "FROM fulfilments f JOIN orders o ON o.id = f.order_id JOIN merchants s ON s.id = f.merchant_id "
	    "WHERE f.id IN ([?]) AND (? OR f.merchant_id = ?)",
	    *count, *count + 2, values));
	TRY(db_rows_many(work->db, &slip_line_shape, LINES_OF_ALL, &lines, &n_lines,
	    "SELECT {l}, f.id AS fulfilment FROM fulfilments f JOIN order_lines l ON l.order_id = f.order_id "
	    "AND l.merchant_id = f.merchant_id WHERE f.id IN ([?]) ORDER BY f.id, l.position",
	    *count, *count, values));
	for (size_t i = 0; i < *count; i++) {
		TRY(find_slip(found, n_found, ids[i], &(*slips)[i]));
		take_slip_lines(&(*slips)[i], lines, n_lines);
	}
	return OK;
}
