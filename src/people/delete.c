/* An account is deleted: closed at once, erased later (erase.c). */
#include "people/people.h"

#include "accounts/api_keys.h"
#include "accounts/merchants.h"
#include "accounts/one_time.h"
#include "accounts/session.h"
#include "accounts/staff.h"
#include "base/arena.h"
#include "events/audit.h"
#include "ledger/account.h"
#include "payments/method.h"
#include "payments/subscriptions/period.h"
#include "payments/subscriptions/subscription.h"
#include "store/db.h"

enum { SUBSCRIPTIONS_MAX = 1000 };

/* Somebody waits for what it has sold, or it waits for money of ours. */
static const struct problem *
check_shop_is_done(struct work *work, struct merchant_id merchant)
{
	struct ledger_account *accounts;
	size_t                 count;
	int64_t                open;

	TRY(db_value(work->db, &open,
	    "SELECT EXISTS (SELECT 1 FROM order_merchants p JOIN orders o ON o.id = p.order_id WHERE p.merchant_id = ? "
	    "AND o.status IN ('pending', 'confirmed', 'paid', 'processing', 'shipped'))",
	    P(merchant)));
	if (open > 0)
		return problem(CONFLICT, "the account's shop has orders that are not finished");
	TRY(db_value(work->db, &open,
	    "SELECT EXISTS (SELECT 1 FROM payouts p WHERE p.merchant_id = ? AND p.status IN ('draft', 'approved'))",
	    P(merchant)));
	if (open > 0)
		return problem(CONFLICT, "the account's shop has a payout that is under way");
	TRY(db_value(work->db, &open,
	    "SELECT EXISTS (SELECT 1 FROM returns r WHERE r.merchant_id = ? AND r.status IN ('requested', 'approved', 'received'))",
	    P(merchant)));
	if (open > 0)
		return problem(CONFLICT, "the account's shop has returns that are not finished");
	TRY(db_value(work->db, &open,
	    "SELECT EXISTS (SELECT 1 FROM disputes d JOIN payments p ON p.id = d.payment_id LEFT JOIN order_merchants m "
	    "ON m.order_id = p.order_id WHERE d.status IN ('open', 'submitted', 'inquiry') AND ? IN (p.merchant_id, m.merchant_id))",
	    P(merchant)));
	if (open > 0)
		return problem(CONFLICT, "the account's shop has a dispute that is not decided");
	TRY(accounts_of_merchant(work, merchant, &accounts, &count));
	for (size_t i = 0; i < count; i++)
		if (accounts[i].balance.minor != 0)
			return problem(CONFLICT, "the account's shop has a balance that was not paid out");
	return OK;
}

struct live_subscription {
	struct subscription_id id;
};

static const struct member live_subscription_members[] = { M_ID(struct live_subscription, id, "id") };
SHAPE(struct live_subscription, live_subscription_shape, "LiveSubscription", live_subscription_members);

static const struct problem *
end_all(struct work *work, const struct live_subscription *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct subscription *before;
		struct subscription       *subscription;

		TRY(lock_subscription(work, rows[i].id, &subscription));
		before = subscription_before(work, subscription);
		TRY(finish_subscription(work, subscription, SUBSCRIPTION_CANCELLED));
		TRY(audit_subscription(work, "subscription.cancelled", before, subscription));
	}
	return OK;
}

/* Nobody would charge or serve them any more; each customer is told by a letter. */
static const struct problem *
end_subscriptions_to(struct work *work, struct merchant_id merchant)
{
	struct live_subscription *rows;
	size_t                    count;

	TRY(db_rows(work->db, &live_subscription_shape, SUBSCRIPTIONS_MAX, &rows, &count,
	    "SELECT id FROM subscriptions WHERE merchant_id = ? AND status NOT IN ('cancelled', 'ended') ORDER BY id LIMIT ?",
	    P(merchant), P(SUBSCRIPTIONS_MAX)));
	if (count == SUBSCRIPTIONS_MAX)
		return problem(CONFLICT, "the account's shop has more subscriptions than can be ended at once; end them first");
	return end_all(work, rows, count);
}

/* What it sold stays on record; its keys open nothing any more. */
static const struct problem *
close_shop(struct work *work, struct user_id user)
{
	struct merchant *merchant, *suspended;

	TRY(db_row(work->db, &merchant_shape, &merchant, "SELECT {m} FROM merchants m WHERE m.user_id = ? FOR UPDATE", P(user)));
	if (merchant == NULL)
		return OK;
	TRY(check_shop_is_done(work, merchant->id));
	TRY(end_subscriptions_to(work, merchant->id));
	TRY(revoke_keys_of_user(work, user));
	TRY(delete_methods_of(work, merchant->id.uuid));
	return suspend_shop_of(work, user, &suspended);
}

static const struct problem *
end_subscriptions(struct work *work, struct user_id user)
{
	struct live_subscription *rows;
	size_t                    count;

	TRY(db_rows(work->db, &live_subscription_shape, SUBSCRIPTIONS_MAX, &rows, &count,
	    "SELECT id FROM subscriptions WHERE user_id = ? AND status NOT IN ('cancelled', 'ended') ORDER BY id", P(user)));
	return end_all(work, rows, count);
}

static const struct problem *
close_account(struct work *work, struct user_id id)
{
	TRY(db_run(work->db, NULL, "UPDATE users SET status = 'deleted', deleted_at = NOW(3), updated_by = ? WHERE id = ?",
	    P(acting_user(work)), P(id)));
	TRY(end_sessions(work, id, NULL, SESSION_DISABLED));
	TRY(end_one_time_tokens(work, id));
	/* Whoever comes back by Google or by phone gets a new account. */
	TRY(db_run(work->db, NULL, "DELETE FROM user_identities WHERE user_id = ?", P(id)));
	/* Its file is removed by the purge, like all that no row names. */
	TRY(db_run(work->db, NULL, "DELETE FROM data_exports WHERE user_id = ?", P(id)));
	TRY(delete_methods_of(work, id.uuid));
	return end_subscriptions(work, id);
}

const struct problem *
delete_account(struct work *work, struct user_id id)
{
	struct staff_user before, after;

	TRY(lock_user_to_end(work, id, &before));
	TRY(close_shop(work, id));
	TRY(close_account(work, id));
	TRY(read_staff_user(work, id, &after));
	TRY(record_user_event(work, EVENT_USER_DELETED, &after.user));
	return audit_record(work, "user.deleted", "user", id.uuid, &staff_user_shape, &before, &after);
}
