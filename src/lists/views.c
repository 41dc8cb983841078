#include "lists/view.h"

#include "base/encoding.h"
#include "base/text.h"
#include "events/audit.h"
#include "http/permission.h"
#include "store/db.h"

#include <string.h>

/* X(name, who sees the list: one of these permissions is enough) */
#define LISTS(X) \
	X(products, PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN)) \
	X(inventory, PERMISSION(INVENTORY_WRITE) | PERMISSION(INVENTORY_WRITE_OWN)) \
	X(coupons, PERMISSION(COUPON_WRITE) | PERMISSION(COUPON_WRITE_OWN)) \
	X(plans, PERMISSION(PLAN_WRITE) | PERMISSION(PLAN_WRITE_OWN)) \
	X(reviews, PERMISSION(REVIEW_MODERATE) | PERMISSION(REVIEW_REPLY_OWN)) \
	X(orders, PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN)) \
	X(fulfilments, PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN)) \
	X(returns, PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN) | PERMISSION(RETURN_MANAGE)) \
	X(refunds, PERMISSION(PAYMENT_READ_ALL)) \
	X(invoices, PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_FULFIL_OWN)) \
	X(payments, PERMISSION(PAYMENT_READ_ALL) | PERMISSION(PAYMENT_READ_OWN)) \
	X(disputes, PERMISSION(PAYMENT_READ_ALL) | PERMISSION(PAYMENT_READ_OWN)) \
	X(subscriptions, PERMISSION(PAYMENT_READ_ALL) | PERMISSION(SUBSCRIPTION_MANAGE) | PERMISSION(SUBSCRIPTION_MANAGE_OWN)) \
	X(payouts, PERMISSION(PAYOUT_MANAGE) | PERMISSION(PAYOUT_READ_OWN)) \
	X(settlements, PERMISSION(PAYOUT_MANAGE) | PERMISSION(LEDGER_READ)) \
	X(ledger_accounts, PERMISSION(LEDGER_READ)) \
	X(ledger_entries, PERMISSION(LEDGER_READ)) \
	X(customers, PERMISSION(USER_READ)) \
	X(users, PERMISSION(USER_READ)) \
	X(merchants, PERMISSION(MERCHANT_VERIFY) | PERMISSION(USER_READ)) \
	X(api_keys, PERMISSION(USER_MANAGE) | PERMISSION(API_KEY_MANAGE_OWN)) \
	X(blocks, PERMISSION(BLOCK_MANAGE)) \
	X(audit, PERMISSION(AUDIT_READ)) \
	X(webhook_events, PERMISSION(WEBHOOK_READ)) \
	X(webhook_endpoints, PERMISSION(WEBHOOK_WRITE) | PERMISSION(WEBHOOK_WRITE_OWN)) \
	X(webhook_deliveries, PERMISSION(WEBHOOK_WRITE) | PERMISSION(WEBHOOK_WRITE_OWN)) \
	X(jobs, PERMISSION(JOB_MANAGE)) \
	X(imports, PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN)) \
	X(events, PERMISSION(AUDIT_READ))

const char *const viewed_list_values[] = {
#define X(name, permissions) #name,
	LISTS(X)
#undef X
	    NULL
};
static const uint64_t seen_by[] = {
#define X(name, permissions) permissions,
	LISTS(X)
#undef X
};

static const struct member saved_view_members[] = {
	M_ID(struct saved_view, id, "id"),
	M_ENUM(struct saved_view, list, "list", viewed_list_values),
	M_TEXT(struct saved_view, name, "name", VIEW_NAME_MAX, .required = true, .example = "\"To pack today\""),
	M_TEXT(struct saved_view, query, "query", VIEW_QUERY_MAX, .required = true, .example = "\"status=paid&limit=100\""),
	M_BOOLEAN(struct saved_view, shared, "shared"),
	M_BOOLEAN(struct saved_view, own, "own", .computed = true, .description = "Made by the caller."),
	M_TIME(struct saved_view, created_at, "created_at"),
};
SHAPE_SHARED(struct saved_view, saved_view_shape, "SavedView", saved_view_members);

static const struct member saved_view_body_members[] = {
	M_ENUM(struct saved_view_body, list, "list", viewed_list_values, .required = true),
	M_TEXT(struct saved_view_body, name, "name", VIEW_NAME_MAX, .required = true, .min = 1, .example = "\"To pack today\""),
	M_TEXT(struct saved_view_body, query, "query", VIEW_QUERY_MAX, .required = true, .example = "\"status=paid&limit=100\"",
	    .description = "The query of the list's address, without the question mark."),
	M_BOOLEAN(struct saved_view_body, shared, "shared", .defaulted = true, .preset = 0,
	    .description = "Seen by all staff, or by all of the caller's shop."),
};
SHAPE_SHARED(struct saved_view_body, saved_view_body_shape, "NewSavedView", saved_view_body_members);

/* Whom the viewer shares with: the staff, a shop, or nobody. */
static bool
shares(const struct work *work)
{
	return work->viewer.merchant != NULL || staff_permissions(work->viewer.permissions) != 0;
}

/* The lists that the viewer may see: what others look for in the rest, an address of somebody, is not for them. */
static const char *
lists_of(const struct work *work)
{
	struct text names = text_new(work->arena, 512);

	for (size_t i = 0; viewed_list_values[i] != NULL; i++)
		if ((work->viewer.permissions & seen_by[i]) != 0)
			text_addf(&names, "%s%s", names.length > 0 ? "," : "", viewed_list_values[i]);
	return names.bytes;
}

#define VIEW_SELECT "SELECT {v}, v.user_id = ? AS own FROM saved_views v "
#define SEEN_BY_VIEWER "(v.user_id = ? OR (v.shared = ? AND v.merchant_id <=> ? AND FIND_IN_SET(v.list, ?)))"
/* Nothing is shared with who shares nothing: 2 is no value of the column. */
#define VIEWER(work) P((work)->viewer.user), P(shares(work) ? 1 : 2), P((work)->viewer.merchant), P(lists_of(work))

const struct problem *
list_saved_views(struct work *work, const int *list, struct saved_view **views, size_t *count)
{
	return db_rows(work->db, &saved_view_shape, VIEWS_MAX + VIEWS_SHARED_MAX, views, count,
	    VIEW_SELECT "WHERE " SEEN_BY_VIEWER " AND (? IS NULL OR v.list = ?) ORDER BY v.list, v.name, v.id",
	    P(work->viewer.user), VIEWER(work), P(list == NULL ? NULL : viewed_list_values[*list]),
	    P(list == NULL ? NULL : viewed_list_values[*list]));
}

static const struct problem *
read_view(struct work *work, struct saved_view_id id, struct saved_view **view)
{
	return db_one(work->db, &saved_view_shape, view, VIEW_SELECT "WHERE v.id = ? AND " SEEN_BY_VIEWER, P(work->viewer.user),
	    P(id), VIEWER(work));
}

/* Pairs as an address has them: no blanks, nothing that ends it, and percent signs that mean something. */
static const struct problem *
check_query(struct work *work, const char *query)
{
	if (strpbrk(query, " #?\"<>\\\t\r\n") == NULL && percent_decode(work->arena, query, strlen(query), true) != NULL)
		return OK;
	return problem_at(
	    work->arena, PROBLEM_VALIDATION_FAILED, "query", "must be the query of an address, like status=paid&limit=100");
}

/* The user's row is locked, so that the bounds hold however many come at once; those of the shared ones nearly. */
static const struct problem *
check_room(struct work *work, bool shared)
{
	int64_t count;

	TRY(db_value(work->db, &count, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user)));
	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM saved_views WHERE user_id = ?", P(work->viewer.user)));
	if (count >= VIEWS_MAX)
		return problem(CONFLICT, "an account has at most 100 saved views");
	if (!shared)
		return OK;
	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM saved_views WHERE shared = 1 AND merchant_id <=> ?",
	    P(work->viewer.merchant)));
	return count < VIEWS_SHARED_MAX ? OK : problem(CONFLICT, "at most 200 saved views are shared");
}

const struct problem *
create_saved_view(struct work *work, const struct saved_view_body *body, struct saved_view **view)
{
	struct saved_view_id  id = NEW_ID(saved_view_id);
	const struct problem *problem;

	if (body->shared && !shares(work))
		return problem(FORBIDDEN, "only staff and shops share views");
	TRY(check_query(work, body->query));
	TRY(check_room(work, body->shared));
	transaction_witness(work, "SELECT COUNT(*) FROM saved_views WHERE id = ?", id.uuid);
	problem = db_run(work->db, NULL,
	    "INSERT INTO saved_views (id, user_id, merchant_id, list, name, query, shared) VALUES (?, ?, ?, ?, ?, ?, ?)", P(id),
	    P(work->viewer.user), P(work->viewer.merchant), P(viewed_list_values[body->list]), P(body->name), P(body->query),
	    P(body->shared));
	if (db_duplicate(work->db, problem, "uq_saved_views_name"))
		return problem(DUPLICATE_KEY, "you have a view of this list with that name");
	TRY(problem);
	TRY(read_view(work, id, view));
	return body->shared ? audit_record(work, "saved_view.shared", "saved_view", id.uuid, &saved_view_shape, NULL, *view) : OK;
}

const struct problem *
delete_saved_view(struct work *work, struct saved_view_id id)
{
	struct saved_view *view;

	TRY(read_view(work, id, &view));
	if (!view->own && !MAY(work, USER_MANAGE))
		return problem(FORBIDDEN, "only who has made a shared view, or who manages users, deletes it");
	TRY(db_run(work->db, NULL, "DELETE FROM saved_views WHERE id = ?", P(id)));
	return view->shared ? audit_record(work, "saved_view.deleted", "saved_view", id.uuid, &saved_view_shape, view, NULL) : OK;
}
