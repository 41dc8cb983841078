/*
 * What a merchant has, and what of it can be paid out.  Each sum reads what is open or young, never all entries: the window's
 * come from the parts that are on their way or arrived in its days, the others from the few payments, refunds and disputes that
 * are unsettled.
 */
#include "payouts/payout.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/permission.h"
#include "ledger/account.h"
#include "store/db.h"

enum { DAY = 24 * 3600 };

static const struct member balance_members[] = {
	M_TEXT(struct balance, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_MONEY(struct balance, balance, "balance", .description = "What was earned and not paid out."),
	M_MONEY(
	    struct balance, available, "available", .description = "What can be paid out; below zero where the merchant owes."),
	M_MONEY(struct balance, drafts, "drafts", .description = "In payouts that await approval."),
	M_MONEY(struct balance, return_window, "return_window",
	    .description = "Of what is not delivered yet or may still be returned."),
	M_MONEY(struct balance, held, "held", .description = "Of payments that are held or under review."),
	M_MONEY(struct balance, pending_refunds, "pending_refunds", .description = "Of refunds that are on their way."),
	M_MONEY(struct balance, disputed, "disputed", .description = "Not part of the balance: what open disputes have taken."),
	M_MONEY(struct balance, approved, "approved", .description = "Not part of the balance: payouts on their way."),
};
SHAPE_SHARED(struct balance, balance_shape, "MerchantBalance", balance_members);

/* In minor units. */
struct withheld {
	int64_t drafts, approved, window, held, refunds, disputed;
};

static const struct member withheld_members[] = {
	M_INTEGER(struct withheld, drafts, "drafts", 0, INT64_MAX),
	M_INTEGER(struct withheld, approved, "approved", 0, INT64_MAX),
	M_INTEGER(struct withheld, window, "return_window", 0, INT64_MAX),
	M_INTEGER(struct withheld, held, "held", 0, INT64_MAX),
	M_INTEGER(struct withheld, refunds, "pending_refunds", INT64_MIN, INT64_MAX),
	M_INTEGER(struct withheld, disputed, "disputed", INT64_MIN, INT64_MAX),
};
SHAPE(struct withheld, withheld_shape, "Withheld", withheld_members);

/* What is left to the merchant of each payment, or of each part that the shop's coupon paid whole. */
#define LEFT "-SUM(e.amount_minor) AS remaining"
#define ENTRIES "STRAIGHT_JOIN ledger_entries e ON e.transaction_id = t.id AND e.currency = ? AND e.account_id = ? "
/* Held, or under review for fraud: somebody has to look at it first. */
#define LOOKED_AT "(SELECT id FROM payments WHERE hold_reason IS NOT NULL UNION SELECT id FROM payments WHERE under_review = 1)"
#define NOT_LOOKED_AT "p.hold_reason IS NULL AND p.under_review IS NULL"

/* Not with the customer yet, or so short a time that it may be returned, or it is being returned. */
#define UNDELIVERED "f.status IN ('pending', 'packed', 'shipped') OR (f.status = 'delivered' AND f.delivered_at >= ?)"
#define RETURNING "b.status IN ('requested', 'approved', 'received')"
#define OPEN_PARTS \
	"(SELECT f.id, f.order_id FROM fulfilments f WHERE f.merchant_id = ? AND (" UNDELIVERED ") " \
	"UNION SELECT f.id, f.order_id FROM returns b JOIN fulfilments f ON f.order_id = b.order_id " \
	"AND f.merchant_id = b.merchant_id WHERE b.merchant_id = ? AND " RETURNING ") w "
#define IS_OPEN \
	"EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = p.order_id AND f.merchant_id = ? AND (" UNDELIVERED " " \
	"OR EXISTS (SELECT 1 FROM returns b WHERE b.order_id = f.order_id AND b.merchant_id = f.merchant_id AND " RETURNING \
	")))"

/* What is sold without parcels (payment requests, subscriptions) has no window: it counts from its payment on. */
#define WINDOW \
	"IFNULL((SELECT SUM(s.remaining) FROM (SELECT " LEFT " FROM " OPEN_PARTS \
	"STRAIGHT_JOIN payments p ON p.order_id = w.order_id AND " NOT_LOOKED_AT " " \
	"STRAIGHT_JOIN ledger_transactions t ON t.origin_id = p.id " ENTRIES "GROUP BY p.id HAVING remaining > 0) s), 0) " \
	"+ IFNULL((SELECT SUM(s.remaining) FROM (SELECT " LEFT " FROM " OPEN_PARTS \
	"STRAIGHT_JOIN ledger_transactions t ON t.origin_id = w.id AND t.source_kind LIKE 'free_sale%' " ENTRIES \
	"GROUP BY w.id HAVING remaining > 0) s), 0)"

static const struct problem *
read_withheld(struct work *work, const struct ledger_account *account, struct withheld **withheld)
{
	const char               *currency = account->currency;
	struct uuid               id = account->id;
	const struct merchant_id *merchant = account->merchant;
	struct instant            begun = instant_add_seconds(instant_now(), -work->config->payouts.return_days * DAY);

	return db_one(work->db, &withheld_shape, withheld,
	    "SELECT CAST(IFNULL((SELECT SUM(d.amount_minor) FROM payouts d WHERE d.merchant_id = ? AND d.status = 'draft' "
	    "AND d.currency = ?), 0) AS SIGNED) AS drafts, "
	    "CAST(IFNULL((SELECT SUM(d.amount_minor) FROM payouts d WHERE d.merchant_id = ? AND d.status = 'approved' "
	    "AND d.currency = ?), 0) AS SIGNED) AS approved, "
	    "CAST(" WINDOW " AS SIGNED) AS return_window, "
	    "CAST(IFNULL((SELECT SUM(s.remaining) FROM (SELECT " LEFT " FROM " LOOKED_AT " p "
	    "JOIN ledger_transactions t ON t.origin_id = p.id " ENTRIES
	    "GROUP BY p.id HAVING remaining > 0) s), 0) AS SIGNED) AS held, "
	    "CAST(IFNULL((SELECT SUM(LEAST(s.remaining, (s.remaining * s.asked + s.paid - 1) DIV s.paid + "
	    "(s.remaining * s.own + GREATEST(1, IFNULL(s.goods, s.paid)) - 1) DIV GREATEST(1, IFNULL(s.goods, s.paid)))) FROM (SELECT " LEFT
	    ", MAX(r.asked) AS asked, MAX(r.own) AS own, MAX(GREATEST(1, IFNULL(p.received_minor, p.amount_minor) "
	    "- p.refunded_minor - p.disputed_minor)) AS paid, MAX((SELECT -SUM(g.amount_minor) FROM ledger_transactions k "
	    "JOIN ledger_entries g ON g.transaction_id = k.id AND g.merchant_id = ? WHERE k.origin_id = p.id)) AS goods "
	    "FROM (SELECT f.payment_id, SUM(IF(f.merchant_id IS NULL, f.amount_minor, 0)) AS asked, "
	    "SUM(IF(f.merchant_id = ?, f.amount_minor, 0)) AS own FROM refunds f WHERE f.status = 'pending' AND f.currency = ? "
	    "GROUP BY f.payment_id) r JOIN payments p ON p.id = r.payment_id JOIN ledger_transactions t ON t.origin_id = p.id " ENTRIES
	    "WHERE " NOT_LOOKED_AT " AND NOT " IS_OPEN
	    " GROUP BY p.id HAVING remaining > 0) s), 0) AS SIGNED) AS pending_refunds, "
	    "CAST(IFNULL((SELECT SUM(e.amount_minor) FROM disputes d JOIN dispute_postings h ON h.dispute_id = d.id "
	    "AND h.kind = 'hold' AND h.live = 1 JOIN ledger_transactions t ON t.source_kind = 'dispute' AND t.source_id = h.id "
	    "JOIN ledger_entries e ON e.transaction_id = t.id AND e.currency = ? AND e.account_id = ? "
	    "WHERE d.status IN ('open', 'submitted')), 0) AS SIGNED) AS disputed",
	    P(merchant), P(currency), P(merchant), P(currency), P(merchant), P(begun), P(merchant), P(currency), P(id),
	    P(merchant), P(begun), P(merchant), P(currency), P(id), P(currency), P(id), P(merchant), P(merchant), P(currency),
	    P(currency), P(id), P(merchant), P(begun), P(currency), P(id));
}

const struct problem *
read_balance(struct work *work, const struct ledger_account *account, struct balance *balance)
{
	struct withheld *withheld;
	int64_t          earned = -account->balance.minor;

	TRY(read_withheld(work, account, &withheld));
	*balance = (struct balance) { .currency = account->currency };
	if (!money_make(earned, account->currency, &balance->balance))
		return problem(INTERNAL, "internal error");
	balance->available = balance->drafts = balance->return_window = balance->held = balance->pending_refunds =
	    balance->disputed = balance->approved = balance->balance;
	balance->drafts.minor = withheld->drafts;
	balance->approved.minor = withheld->approved;
	balance->return_window.minor = withheld->window;
	balance->held.minor = withheld->held;
	balance->pending_refunds.minor = withheld->refunds;
	balance->disputed.minor = withheld->disputed;
	balance->available.minor = earned - withheld->drafts - withheld->window - withheld->held - withheld->refunds;
	return OK;
}

const struct problem *
may_see_merchant(struct work *work, struct merchant_id merchant)
{
	struct reach reach = REACH(work, PAYOUT_MANAGE, PAYOUT_READ_OWN);
	int64_t      there;

	TRY(db_value(work->db, &there, "SELECT COUNT(*) FROM merchants m WHERE m.id = ? AND (? OR m.id = ?)", P(merchant),
	    P(reach.all), P(reach.merchant)));
	return there > 0 ? OK : problem(NOT_FOUND, "merchant not found");
}

const struct problem *
balances_of(struct work *work, struct merchant_id merchant, struct balance **balances, size_t *count)
{
	struct ledger_account *accounts;

	TRY(may_see_merchant(work, merchant));
	TRY(accounts_of_merchant(work, merchant, &accounts, count));
	*balances = ARENA_ARRAY(work->arena, *count, struct balance);
	for (size_t i = 0; i < *count; i++)
		TRY(read_balance(work, &accounts[i], &(*balances)[i]));
	return OK;
}
