/* Which order, and who may see it. */
#include "orders/orders.h"

#include "http/request.h"
#include "store/db.h"

static const char no_such_order[] = "there is no such order, or it is not yours";

struct found {
	struct order_id id;
};

static const struct member found_members[] = { M_ID(struct found, id, "id") };
SHAPE(struct found, found_shape, "FoundOrder", found_members);

struct order_viewer
order_viewer(const struct request *request)
{
	return (struct order_viewer) { .user = request->work->viewer.user, .merchant = request->work->viewer.merchant,
		.staff = MAY(request->work, ORDER_READ_ALL) };
}

#define VISIBLE                                                                                \
	" AND (? OR o.user_id = ? OR EXISTS (SELECT 1 FROM order_merchants m WHERE m.order_id = o.id AND m.merchant_id = ?))"

const struct problem *
find_order(struct work *work, const char *id_or_number, const struct order_viewer *viewer, struct order_id *order)
{
	struct uuid   id;
	struct found *found;

	if (id_or_number == NULL)
		return problem(NOT_FOUND, no_such_order);
	if (uuid_parse(id_or_number, &id))
		TRY(db_row(work->db, &found_shape, &found, "SELECT o.id FROM orders o WHERE o.id = ?" VISIBLE, P(id), P(viewer->staff),
		    P(viewer->user), P(viewer->merchant)));
	else
		TRY(db_row(work->db, &found_shape, &found, "SELECT o.id FROM orders o WHERE o.number = ?" VISIBLE, P(id_or_number),
		    P(viewer->staff), P(viewer->user), P(viewer->merchant)));
	if (found == NULL)
		return problem(NOT_FOUND, no_such_order);
	*order = found->id;
	return OK;
}
