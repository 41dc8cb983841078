/* Merchants: read, listed, activated and suspended. */
#include "accounts/merchants.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/audit.h"
#include "events/record.h"
#include "store/list.h"
#include "store/metadata.h"
#include "store/stamped.h"
#include "store/version.h"

const struct problem *
read_merchant(struct work *work, struct merchant_id id, struct merchant **merchant)
{
	return db_one(work->db, &merchant_shape, merchant, "SELECT {m} FROM merchants m WHERE m.id = ?", P(id));
}

const struct problem *
list_merchants(
    struct work *work, const int *status, int64_t number, int64_t size, struct merchant **merchants, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {m}", "FROM merchants m");

	if (status != NULL)
		list_where(&list, "m.status = ?", P(merchant_status_values[*status]));
	return list_numbered(&list, &merchant_shape, "m.id DESC", number, size, merchants, listed);
}

/* A change of status; a merchant that has the new one already stays as it is. */
struct transition {
	const char     *name;
	int             to;
	unsigned        from; /* bits of enum merchant_status */
	enum event_type event;
};

static void
renew_shown(struct work *work, void *argument)
{
	(void)argument;
	stamps_renew(work, (const char *const[]) { SHOWN_STAMP }, 1);
}

static const struct problem *
change_status(struct work *work, struct merchant_id id, const struct transition *transition, struct merchant **merchant)
{
	struct merchant *before;
	int64_t          changed;

	TRY(read_merchant(work, id, &before));
	*merchant = before;
	if (before->status == transition->to)
		return OK;
	if ((transition->from >> before->status & 1) == 0)
		return problem(CONFLICT, "the merchant's status does not allow this");
	TRY(db_run(work->db, &changed, "UPDATE merchants SET status = ?, updated_by = ? WHERE id = ? AND status = ?",
	    P(merchant_status_values[transition->to]), P(acting_user(work)), P(id), P(merchant_status_values[before->status])));
	if (changed == 0)
		return problem(CONFLICT, "the merchant was changed by a concurrent request; fetch it again");
	*merchant = ARENA_NEW(work->arena, struct merchant);
	**merchant = *before;
	(*merchant)->status = transition->to;
	work_after_commit(work, renew_shown, NULL);
	TRY(record_merchant_event(work, transition->event, *merchant));
	return audit_record(work, transition->name, "merchant", id.uuid, &merchant_shape, before, *merchant);
}

/* Locks the owner's row, so that a concurrent disabling of the owner cannot be followed by an activation. */
static const struct problem *
check_shop_owner(struct work *work, struct merchant_id id)
{
	struct merchant *merchant;
	int64_t          keeps;

	TRY(db_value(work->db, &keeps,
	    "SELECT status = 'active' AND role = 'shopkeeper' FROM users "
	    "WHERE id = (SELECT user_id FROM merchants WHERE id = ?) FOR UPDATE",
	    P(id)));
	if (keeps)
		return OK;
	TRY(read_merchant(work, id, &merchant));
	return problem(CONFLICT, "the shop's owner is disabled or is no longer a shopkeeper");
}

const struct problem *
activate_merchant(struct work *work, struct merchant_id id, struct merchant **merchant)
{
	static const struct transition activation = { "merchant.activated", MERCHANT_ACTIVE,
		1 << MERCHANT_PENDING | 1 << MERCHANT_SUSPENDED | 1 << MERCHANT_INACTIVE, EVENT_MERCHANT_ACTIVATED };

	TRY(check_shop_owner(work, id));
	return change_status(work, id, &activation, merchant);
}

static const struct transition suspension = { "merchant.suspended", MERCHANT_SUSPENDED, 1 << MERCHANT_ACTIVE,
	EVENT_MERCHANT_SUSPENDED };

const struct problem *
suspend_merchant(struct work *work, struct merchant_id id, struct merchant **merchant)
{
	return change_status(work, id, &suspension, merchant);
}

const struct problem *
suspend_shop_of(struct work *work, struct user_id user, struct merchant **merchant)
{
	TRY(db_row(work->db, &merchant_shape, merchant,
	    "SELECT {m} FROM merchants m WHERE m.user_id = ? AND m.status = 'active' FOR UPDATE", P(user)));
	return *merchant == NULL ? OK : change_status(work, (*merchant)->id, &suspension, merchant);
}

const struct problem *
change_terms(struct work *work, struct merchant_id id, const struct merchant_terms *terms,
    const struct expected_version *expected, struct merchant **merchant)
{
	struct merchant      *before;
	const struct problem *problem;

	TRY(db_one(work->db, &merchant_shape, &before, "SELECT {m} FROM merchants m WHERE m.id = ? FOR UPDATE", P(id)));
	TRY(check_version(expected, id.uuid, before->version));
	problem = db_run(work->db, NULL,
	    "UPDATE merchants SET commission_basis_points = ?, rate_limit = ?, metadata = " METADATA_PATCH
	    ", version = version + 1, updated_by = ? WHERE id = ?",
	    P(terms->has_commission ? terms->commission_basis_points : before->commission_basis_points),
	    P(terms->has_rate_limit ? terms->rate_limit : before->rate_limit),
	    METADATA_PARAMETERS(terms->has_metadata, terms->metadata), P(acting_user(work)), P(id));
	TRY(metadata_problem(work, problem, "ck_merchants_metadata"));
	TRY(read_merchant(work, id, merchant));
	TRY(record_merchant_event(work, EVENT_MERCHANT_CHANGED, *merchant));
	return audit_record(work, "merchant.terms_changed", "merchant", id.uuid, &merchant_shape, before, *merchant);
}
