/* Payouts as rows. */
#include "payouts/payout.h"

#include "base/arena.h"
#include "events/audit.h"
#include "http/permission.h"
#include "store/list.h"

const char *const payout_status_values[] = { "draft", "approved", "rejected", "paid", "bounced", NULL };

bool
payout_may_become(enum payout_status from, enum payout_status to)
{
	static const unsigned next[PAYOUT_STATUS__COUNT] = {
		[PAYOUT_DRAFT] = 1 << PAYOUT_APPROVED | 1 << PAYOUT_REJECTED,
		[PAYOUT_APPROVED] = 1 << PAYOUT_PAID | 1 << PAYOUT_REJECTED,
		[PAYOUT_PAID] = 1 << PAYOUT_BOUNCED,
	};

	return (next[from] >> to & 1) != 0;
}

#define STATE_MEMBERS \
	M_ID(struct payout, id, "id"), M_ID(struct payout, merchant, "merchant_id"), M_MONEY(struct payout, amount, "amount"), \
	    M_TEXT(struct payout, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_ENUM(struct payout, status, "status", payout_status_values), \
	    M_TEXT(struct payout, bank_reference, "bank_reference", 64, .example = "\"SEPA-2026-0117\""), \
	    M_TIME(struct payout, approved_at, "approved_at"), M_TIME(struct payout, paid_at, "paid_at"), \
	    M_TIME(struct payout, ended_at, "ended_at", .description = "When it was rejected, or came back."), \
	    M_TIME(struct payout, created_at, "created_at")

static const struct member payout_state_members[] = {
	STATE_MEMBERS,
};
SHAPE_SHARED(struct payout, payout_state_shape, "PayoutState", payout_state_members, .noun = "payout");

#define SHOWN_MEMBERS \
	STATE_MEMBERS, M_TEXT(struct payout, reason, "reason", 500, .description = "Why it was rejected, or came back."), \
	    M_ID(struct payout, drafted_by, "drafted_by", .column = "created_by", .description = "Null for its merchant."), \
	    M_ID(struct payout, approved_by, "approved_by", .description = "Null for its merchant.")

static const struct member payout_members[] = {
	SHOWN_MEMBERS,
};
SHAPE_SHARED(struct payout, payout_shape, "Payout", payout_members);

static const struct member listed_payout_members[] = {
	SHOWN_MEMBERS,
	M_TEXT(struct payout, shop_name, "shop_name", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
};
SHAPE_SHARED(struct payout, listed_payout_shape, "ListedPayout", listed_payout_members, .noun = "payout");

static const struct list_order newest_first[] = { { .id = "p.id", .descending = true } };

const struct problem *
list_payouts(struct work *work, const struct payout_filter *filter, const struct page_request *page, struct payout **payouts,
    struct listed *listed)
{
	struct reach reach = REACH(work, PAYOUT_MANAGE, PAYOUT_READ_OWN);
	struct list  list = list_begin(
	     work, "SELECT {p}, m.shop_name AS shop_name", "FROM payouts p STRAIGHT_JOIN merchants m ON m.id = p.merchant_id");

	if (!reach.all)
		list_where(&list, "p.merchant_id = ?", P(reach.merchant));
	list_filter(&list, "p.merchant_id = ?", P(filter->merchant));
	list_filter(&list, "p.status = ?", P(filter->status == NULL ? NULL : payout_status_values[*filter->status]));
	list_filter(&list, "p.currency = ?", P(filter->currency));
	TRY(list_page(&list, &listed_payout_shape, newest_first, page, payouts, listed));
	for (size_t i = 0; i < listed->count && !reach.all; i++)
		(*payouts)[i].drafted_by = (*payouts)[i].approved_by = NULL;
	return OK;
}

const struct problem *
record_payout(
    struct work *work, enum event_type type, const char *action, const struct payout *before, const struct payout *after)
{
	TRY(audit_record(work, action, "payout", after->id.uuid, &payout_shape, before, after));
	return event_record(work, type, after->id.uuid, &payout_state_shape, after);
}
