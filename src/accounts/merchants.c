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

#include <string.h>

const struct problem *
read_merchant(struct work *work, struct merchant_id id, struct merchant **merchant)
{
	return db_one(work->db, &merchant_shape, merchant, "SELECT {m} FROM merchants m WHERE m.id = ?", P(id));
}

const struct problem *
list_merchants(struct work *work, const int *status, const char *search, int64_t number, int64_t size,
    struct merchant **merchants, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {m}", "FROM merchants m");

	if (status != NULL)
		list_where(&list, "m.status = ?", P(merchant_status_values[*status]));
	if (search != NULL)
		list_where(&list, "m.shop_name LIKE ?", P(like_part(work->arena, search)));
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
	TRY(db_run(work->db, &changed,
	    "UPDATE merchants SET status = ?, version = version + 1, updated_by = ? WHERE id = ? AND status = ?",
	    P(merchant_status_values[transition->to]), P(acting_user(work)), P(id), P(merchant_status_values[before->status])));
	if (changed == 0)
		return problem(CONFLICT, "the merchant was changed by a concurrent request; fetch it again");
	*merchant = ARENA_NEW(work->arena, struct merchant);
	**merchant = *before;
	(*merchant)->status = transition->to;
	(*merchant)->version++;
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

static const struct transition deactivation = { "merchant.deactivated", MERCHANT_INACTIVE,
	1 << MERCHANT_ACTIVE | 1 << MERCHANT_SUSPENDED, EVENT_MERCHANT_DEACTIVATED };

static const struct problem *
become(struct work *work, struct merchant_id id, int status, struct merchant **merchant)
{
	if (status == MERCHANT_ACTIVE)
		return activate_merchant(work, id, merchant);
	return change_status(work, id, status == MERCHANT_SUSPENDED ? &suspension : &deactivation, merchant);
}

/*
 * What a shop sells and asks for is in its currency, so that waits until nothing is in another one.  Deleted products count, for
 * they can be restored.  The shop's row is locked: no product is created meanwhile.
 */
static const struct problem *
check_currency(struct work *work, struct merchant_id id, const char *currency)
{
	static const char *const in_the_way[] = { NULL, "products", "plans", "open payments" };
	int64_t                  found;

	TRY(db_value(work->db, &found,
	    "SELECT CASE WHEN EXISTS (SELECT 1 FROM products WHERE merchant_id = ? AND currency <> ?) THEN 1 "
	    "WHEN EXISTS (SELECT 1 FROM plans WHERE merchant_id = ? AND currency <> ? AND status = 'active') THEN 2 "
	    "WHEN EXISTS (SELECT 1 FROM payment_requests WHERE merchant_id = ? AND currency <> ? AND status = 'open') THEN 3 "
	    "WHEN EXISTS (SELECT 1 FROM payments WHERE merchant_id = ? AND currency <> ? AND live = 1) THEN 3 ELSE 0 END",
	    P(id), P(currency), P(id), P(currency), P(id), P(currency), P(id), P(currency)));
	return found == 0
	    ? OK
	    : problem_at(work->arena, PROBLEM_CONFLICT, "currency",
		  arena_format(work->arena, "cannot change: the shop has %s in another currency", in_the_way[found]));
}

static const struct problem *
write_terms(struct work *work, const struct merchant *before, const struct merchant_terms *terms, struct merchant **merchant)
{
	const struct problem *problem;
	const char           *currency = terms->currency == NULL ? before->currency : terms->currency;

	if (strcmp(currency, before->currency) != 0)
		TRY(check_currency(work, before->id, currency));
	problem = db_run(work->db, NULL,
	    "UPDATE merchants SET commission_basis_points = ?, rate_limit = ?, currency = ?, metadata = " METADATA_PATCH
	    ", version = version + 1, updated_by = ? WHERE id = ?",
	    P(terms->has_commission ? terms->commission_basis_points : before->commission_basis_points),
	    P(terms->has_rate_limit ? terms->rate_limit : before->rate_limit), P(currency),
	    METADATA_PARAMETERS(terms->has_metadata, terms->metadata), P(acting_user(work)), P(before->id));
	TRY(metadata_problem(work, problem, "ck_merchants_metadata"));
	TRY(read_merchant(work, before->id, merchant));
	TRY(record_merchant_event(work, EVENT_MERCHANT_CHANGED, *merchant));
	return audit_record(work, "merchant.terms_changed", "merchant", before->id.uuid, &merchant_shape, before, *merchant);
}

const struct problem *
change_merchant(struct work *work, struct merchant_id id, const struct merchant_terms *terms, const int *status,
    const struct expected_version *expected, struct merchant **merchant)
{
	/* The owner's row is locked before the shop's. */
	if (status != NULL && *status == MERCHANT_ACTIVE)
		TRY(check_shop_owner(work, id));
	TRY(db_one(work->db, &merchant_shape, merchant, "SELECT {m} FROM merchants m WHERE m.id = ? FOR UPDATE", P(id)));
	TRY(check_version(expected, id.uuid, (*merchant)->version));
	if (terms != NULL)
		TRY(write_terms(work, *merchant, terms, merchant));
	return status == NULL ? OK : become(work, id, *status, merchant);
}
