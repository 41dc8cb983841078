/* Shops: who they are, and whether they may sell. */
#include "accounts/merchants.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/audit.h"
#include "events/record.h"
#include "store/list.h"

const char *const merchant_status_values[] = { "pending", "active", "suspended", "inactive", NULL };
const char *const business_type_values[] = { "individual", "business", "enterprise", NULL };

static const struct member merchant_members[] = {
	M_ID(struct merchant, id, "id"),
	M_ID(struct merchant, user, "user_id"),
	M_TEXT(struct merchant, shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_ENUM(struct merchant, business_type, "business_type", business_type_values),
	M_TEXT(struct merchant, business_id, "business_id", 64, .required = true, .example = "\"BIN-000123\""),
	M_TEXT(struct merchant, gst_number, "gst_number", 32, .example = "\"27AAPFU0939F1ZV\""),
	M_ENUM(struct merchant, status, "status", merchant_status_values),
	M_TEXT(struct merchant, currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"USD\""),
	M_TIME(struct merchant, created_at, "created_at"),
};
SHAPE_SHARED(struct merchant, merchant_shape, "Merchant", merchant_members);

const struct problem *
find_merchant(struct work *work, struct merchant_id id, struct merchant **merchant)
{
	return db_one(work->db, &merchant_shape, merchant, "SELECT {m} FROM merchants m WHERE m.id = ?", P(id));
}

const struct problem *
list_merchants(struct work *work, const int *status, int64_t number, int64_t size, struct merchant **merchants,
    struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {m}", "FROM merchants m");

	if (status != NULL)
		list_where(&list, "m.status = ?", P(merchant_status_values[*status]));
	return list_numbered(&list, &merchant_shape, "m.id DESC", number, size, merchants, listed);
}

/* The only ways from one status to another; asking for the one that is there already changes nothing. */
static const struct transition {
	const char     *name;
	int             to;
	unsigned        from; /* bits of enum merchant_status */
	enum event_type event;
} transitions[] = {
	[MERCHANT_ACTIVATE] = { "merchant.activated", MERCHANT_ACTIVE,
	    1 << MERCHANT_PENDING | 1 << MERCHANT_SUSPENDED | 1 << MERCHANT_INACTIVE, EVENT_MERCHANT_ACTIVATED },
	[MERCHANT_SUSPEND] = { "merchant.suspended", MERCHANT_SUSPENDED, 1 << MERCHANT_ACTIVE, EVENT_MERCHANT_SUSPENDED },
};

struct move {
	struct merchant_id       id;
	const struct transition *transition;
};

static const struct problem *
move(struct work *work, void *argument)
{
	const struct move       *move = argument;
	const struct transition *transition = move->transition;
	struct merchant         *before, after;
	int64_t                  changed;

	TRY(find_merchant(work, move->id, &before));
	if (before->status == transition->to)
		return OK;
	if ((transition->from >> before->status & 1) == 0)
		return problem(CONFLICT, "the merchant's status does not allow that");
	TRY(db_run(work->db, &changed, "UPDATE merchants SET status = ?, updated_by = ? WHERE id = ? AND status = ?",
	    P(merchant_status_values[transition->to]), P(uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user), P(move->id),
	    P(merchant_status_values[before->status])));
	if (changed == 0)
		return problem(CONFLICT, "the merchant was changed by another request at the same moment");
	after = *before;
	after.status = transition->to;
	TRY(record_merchant_event(work, transition->event, &after));
	return audit_record(work, transition->name, "merchant", move->id.uuid, &merchant_shape, before, &after);
}

const struct problem *
move_merchant(struct work *work, struct merchant_id id, enum merchant_move to, struct merchant **merchant)
{
	struct move under_way = { id, &transitions[to] };

	TRY(db_transaction(work, move(work, &under_way)));
	return find_merchant(work, id, merchant);
}
