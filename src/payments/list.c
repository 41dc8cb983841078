/*
 * Payments, newest first: one's own, those of orders with one's goods, of one's subscriptions and payment requests, or all of them.  A payment
 * request is listed once, by the attempt that counts; so the pages of two lists are laid together.
 */
#include "payments/request.h"

#include "base/arena.h"
#include "http/permission.h"
#include "store/list.h"

static const struct list_order by_id[] = { { .id = "p.id", .descending = true } };

#define SELLERS_PART \
	"SELECT {p}, IF(EXISTS (SELECT 1 FROM order_merchants o WHERE o.order_id = m.order_id AND o.merchant_id <> m.merchant_id), " \
	"m.total_minor, NULL) AS part, " REFUNDS_OF_PARTS("m.merchant_id")

/* One page of one of the lists. */
struct part_page {
	struct payment *payments;
	struct listed   listed;
};

/* Those of orders; of who looks for what is held all the attempts, since each is to be decided. */
static const struct problem *
list_attempts(struct work *work, const int *status, const bool *held, const struct page_request *page, struct part_page *into)
{
	bool        all = MAY(work, PAYMENT_READ_ALL), seller = !all && work->viewer.merchant != NULL;
	struct list list = list_begin(work, seller ? SELLERS_PART : "SELECT {p}, NULL AS part", "FROM payments p");

	if (seller)
		list_append(
		    &list, "JOIN order_merchants m ON m.order_id = p.order_id AND m.merchant_id = ?", P(*work->viewer.merchant));
	else if (!all)
		list_where(&list, "p.user_id = ?", P(work->viewer.user));
	else if (held == NULL || !*held)
		list_where(&list, "p.request_id IS NULL");
	if (status != NULL)
		list_where(&list, "p.status = ?", P(payment_status_values[*status]));
	if (held != NULL && *held)
		list_where(&list, "p.hold_reason IS NOT NULL");
	else if (held != NULL)
		list_where(&list, "p.hold_reason IS NULL");
	return list_page(&list, &seen_payment_shape, by_id, page, &into->payments, &into->listed);
}

/* Those of a shop's subscriptions. */
static const struct problem *
list_periods(struct work *work, const int *status, const bool *held, const struct page_request *page, struct part_page *into)
{
	static const char own[] = "p.merchant_id = ? AND p.purpose_kind = 'subscription_period'";
	struct list       list = list_begin(work, "SELECT {p}, NULL AS part", "FROM payments p");
	struct list       keys = list_begin(work, "SELECT p.id AS id", "FROM payments p");

	list_where(&list, own, P(*work->viewer.merchant));
	list_where(&keys, own, P(*work->viewer.merchant));
	if (status != NULL)
		list_where(&list, "p.status = ?", P(payment_status_values[*status]));
	if (held != NULL)
		list_where(&list, *held ? "p.hold_reason IS NOT NULL" : "p.hold_reason IS NULL");
	if (status == NULL && held == NULL)
		return list_page(&list, &seen_payment_shape, by_id, page, &into->payments, &into->listed);
	return list_page_walked(
	    &list, &keys, PAYMENTS_WALKED_MAX, &seen_payment_shape, by_id, page, &into->payments, &into->listed);
}

/* The id by which a payment stands in its list. */
static struct uuid
place_of(const struct payment *payment)
{
	return payment->by_request ? payment->request->id.uuid : payment->id.uuid;
}

static int
compare_places(struct uuid a, struct uuid b)
{
	return uuid_compare(&a, &b);
}

/* Of two ends of what is known, the nearer one; NULL: all is known. */
static const struct list_key *
nearer(const struct list_key *a, const struct list_key *b, bool backward)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return (compare_places(a->id, b->id) > 0) != backward ? a : b;
}

static bool
is_known(const struct payment *payment, const struct list_key *end, bool backward)
{
	int order = end == NULL ? 0 : compare_places(place_of(payment), end->id);

	return backward ? order <= 0 : order >= 0;
}

/* The two in one order, as far as both are known. */
static struct payment *
lay_together(struct arena *arena, const struct part_page parts[2], const struct list_key *end, bool backward, size_t *count)
{
	struct payment *all = ARENA_ARRAY(arena, parts[0].listed.count + parts[1].listed.count, struct payment);
	size_t          at[2] = { 0, 0 }, n = 0;

	while (at[0] < parts[0].listed.count || at[1] < parts[1].listed.count) {
		const struct payment *a = at[0] < parts[0].listed.count ? &parts[0].payments[at[0]] : NULL;
		const struct payment *b = at[1] < parts[1].listed.count ? &parts[1].payments[at[1]] : NULL;
		bool                  first = b == NULL || (a != NULL && compare_places(place_of(a), place_of(b)) > 0);

		at[first ? 0 : 1]++;
		if (is_known(first ? a : b, end, backward))
			all[n++] = *(first ? a : b);
	}
	*count = n;
	return all;
}

static struct list_key *
key_at(struct arena *arena, const struct payment *payment)
{
	struct list_key *key = ARENA_NEW(arena, struct list_key);

	key->id = place_of(payment);
	return key;
}

static struct list_key *
key_copy(struct arena *arena, const struct list_key *key)
{
	struct list_key *copy = ARENA_NEW(arena, struct list_key);

	*copy = *key;
	return copy;
}

/* The page of both lists out of a page of each. */
static void
merge_pages(struct arena *arena, const struct part_page parts[2], const struct page_request *page, struct payment **payments,
    struct listed *listed)
{
	bool                   backward = page->backward;
	const struct list_key *end = backward ? nearer(parts[0].listed.previous, parts[1].listed.previous, true)
					      : nearer(parts[0].listed.next, parts[1].listed.next, false);
	size_t                 count;
	struct payment        *all = lay_together(arena, parts, end, backward, &count);
	size_t                 kept = count > (size_t)page->limit ? (size_t)page->limit : count;
	struct list_key       *far = NULL, *near = NULL;

	*payments = backward ? all + (count - kept) : all;
	*listed = (struct listed) { .count = kept };
	if (kept < count)
		far = key_at(arena, &(*payments)[backward ? 0 : kept - 1]);
	else if (end != NULL)
		far = key_copy(arena, end);
	if (page->given && kept > 0)
		near = key_at(arena, &(*payments)[backward ? kept - 1 : 0]);
	else if (page->given && end != NULL)
		near = key_copy(arena, end);
	listed->next = backward ? near : far;
	listed->previous = backward ? far : near;
}

const struct problem *
list_payments(struct work *work, const int *status, const bool *held, const struct page_request *page, struct payment **payments,
    struct listed *listed)
{
	bool             all = MAY(work, PAYMENT_READ_ALL);
	struct part_page parts[2];

	if ((!all && work->viewer.merchant == NULL) || (all && held != NULL && *held)) {
		TRY(list_attempts(work, status, held, page, &parts[0]));
		*payments = parts[0].payments;
		*listed = parts[0].listed;
		return OK;
	}
	TRY(list_attempts(work, status, held, page, &parts[0]));
	if (!all) {
		TRY(list_periods(work, status, held, page, &parts[1]));
		merge_pages(work->arena, parts, page, &parts[0].payments, &parts[0].listed);
	}
	TRY(list_requested(work, all ? NULL : work->viewer.merchant, status, held, page, &parts[1].payments, &parts[1].listed));
	merge_pages(work->arena, parts, page, payments, listed);
	return OK;
}
