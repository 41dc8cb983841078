#include "payments/ledger.h"

#include "base/config.h"
#include "base/log.h"
#include "orders/state.h"
#include "payments/provider.h"
#include "store/db.h"

#include <assert.h>

enum { MERCHANTS_MAX = 100, POSTINGS_MAX = MERCHANTS_MAX + 8, ACCOUNTS_MAX = POSTINGS_MAX };

static const char *const account_kind_values[] = { "clearing", "carrier", "merchant", "commission", "tax", "shipping",
	"unapplied", NULL };
enum { CLEARING, CARRIER, MERCHANT, COMMISSION, TAX, SHIPPING, UNAPPLIED };

/* One entry to be: an account named by kind and owner, and how much.  The provider is the payment's, the currency too. */
struct posting {
	int                       kind;
	const struct merchant_id *merchant; /* of a merchant's account, else NULL */
	int64_t                   amount_minor;
	struct uuid               account;
	bool                      known;
};

struct postings {
	struct posting list[POSTINGS_MAX];
	size_t         count;
};

static void
add_posting(struct postings *postings, int kind, const struct merchant_id *merchant, int64_t amount_minor)
{
	if (amount_minor == 0)
		return;
	assert(postings->count < POSTINGS_MAX);
	postings->list[postings->count++] = (struct posting) { .kind = kind, .merchant = merchant, .amount_minor = amount_minor };
}

struct account {
	struct uuid         id;
	int                 kind;
	struct merchant_id *merchant;
};

static const struct member account_members[] = {
	M_ID(struct account, id, "id"),
	M_ENUM(struct account, kind, "kind", account_kind_values),
	M_ID(struct account, merchant, "merchant_id"),
};
SHAPE(struct account, account_shape, "LedgerAccount", account_members);

static bool
is_account_of(const struct account *account, const struct posting *posting)
{
	return account->kind == posting->kind && (account->merchant == NULL || ID_EQUAL(*account->merchant, *posting->merchant));
}

/* Accounts are made at their first posting and then only read, so that payments do not queue for a row they share. */
static const struct problem *
find_accounts(struct work *work, struct postings *postings, const char *currency, struct order_id order, const char *provider,
    size_t *missing)
{
	struct account *accounts;
	size_t          count;

	TRY(db_rows(work->db, &account_shape, ACCOUNTS_MAX, &accounts, &count,
	    "SELECT id, kind, merchant_id FROM ledger_accounts WHERE (kind IN ('clearing', 'carrier') AND owner = ? "
	    "AND currency = ?) OR (kind IN ('commission', 'tax', 'shipping', 'unapplied') AND owner = '' AND currency = ?) "
	    "OR (kind = 'merchant' AND currency = ? AND owner IN (SELECT merchant_id FROM order_merchants WHERE order_id = ?))",
	    P(provider), P(currency), P(currency), P(currency), P(order)));
	*missing = 0;
	for (size_t i = 0; i < postings->count; i++) {
		struct posting *posting = &postings->list[i];

		for (size_t j = 0; j < count && !posting->known; j++)
			if (is_account_of(&accounts[j], posting)) {
				posting->account = accounts[j].id;
				posting->known = true;
			}
		*missing += !posting->known;
	}
	return OK;
}

static const struct problem *
make_accounts(struct work *work, const struct postings *postings, const char *currency, const char *provider)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, postings->count * 5, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < postings->count; i++) {
		const struct posting *posting = &postings->list[i];
		bool                  receives = posting->kind == CLEARING || posting->kind == CARRIER;

		if (posting->known)
			continue;
		rows[n++] = P(uuid_new());
		rows[n++] = P(account_kind_values[posting->kind]);
		rows[n++] = P(receives ? provider : NULL);
		rows[n++] = P(posting->merchant);
		rows[n++] = P(currency);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO ledger_accounts (id, kind, provider, merchant_id, currency) VALUES [(?, ?, ?, ?, ?)] "
	    "ON DUPLICATE KEY UPDATE currency = VALUES(currency)",
	    n / 5, 5, rows);
}

static const struct problem *
write_entries(struct work *work, const struct payment *payment, const char *kind, const struct refund_id *refund,
    const struct postings *postings)
{
	struct uuid       transaction = uuid_new();
	struct parameter *rows = ARENA_ARRAY(work->arena, postings->count * 5, struct parameter);
	int64_t           sum = 0;

	for (size_t i = 0; i < postings->count; i++) {
		const struct posting *posting = &postings->list[i];

		sum += posting->amount_minor;
		memcpy(&rows[i * 5], ((struct parameter[]) { P(uuid_new()), P(transaction), P(posting->account),
		    P(posting->amount_minor), P(payment->amount.currency) }), 5 * sizeof *rows);
	}
	if (sum != 0) {
		log_error("a ledger transaction does not sum to zero", LOG_ID("payment", payment->reference), LOG_NUMBER("sum", sum));
		return problem(INTERNAL, "something failed inside");
	}
	TRY(db_run(work->db, NULL, "INSERT INTO ledger_transactions (id, kind, payment_id, refund_id) VALUES (?, ?, ?, ?)",
	    P(transaction), P(kind), P(payment->id), P(refund)));
	return db_run_many(work->db, NULL,
	    "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES [(?, ?, ?, ?, ?)]",
	    postings->count, 5, rows);
}

/* Name the accounts, make those that are missing, write. */
static const struct problem *
post(struct work *work, const struct payment *payment, struct postings *postings)
{
	struct order_id order = payment->order != NULL ? *payment->order : (struct order_id) { .uuid = { { 0 } } };
	size_t          missing;

	TRY(find_accounts(work, postings, payment->amount.currency, order, payment->provider, &missing));
	if (missing > 0) {
		TRY(make_accounts(work, postings, payment->amount.currency, payment->provider));
		TRY(find_accounts(work, postings, payment->amount.currency, order, payment->provider, &missing));
		assert(missing == 0);
	}
	return write_entries(work, payment, "payment", NULL, postings);
}

static int
receiving_account(const struct payment *payment)
{
	return collected_by_carrier(payment) ? CARRIER : CLEARING;
}

/* A merchant's part of an order. */
struct part {
	struct merchant_id merchant;
	int64_t            earned; /* without tax, after discount */
	int64_t            commission_basis_points;
};

static const struct member part_members[] = {
	M_ID(struct part, merchant, "merchant_id"),
	M_INTEGER(struct part, earned, "earned", INT64_MIN, INT64_MAX),
	M_INTEGER(struct part, commission_basis_points, "commission_basis_points", 0, 10000),
};
SHAPE(struct part, part_shape, "LedgerPart", part_members);

const struct problem *
post_payment(struct work *work, const struct payment *payment, const struct order_row *order)
{
	struct postings postings = { .count = 0 };
	struct part    *parts;
	size_t          count;
	int64_t         commission = 0, each;

	TRY(db_rows(work->db, &part_shape, MERCHANTS_MAX, &parts, &count,
	    "SELECT o.merchant_id, o.subtotal_minor - o.discount_minor - o.tax_included_minor "
	    "AS earned, IFNULL(m.commission_basis_points, ?) AS commission_basis_points "
	    "FROM order_merchants o JOIN merchants m ON m.id = o.merchant_id WHERE o.order_id = ?",
	    P(work->config->payments.commission_basis_points), P(order->id)));
	add_posting(&postings, receiving_account(payment), NULL, payment->amount.minor);
	for (size_t i = 0; i < count; i++) {
		if (!minor_scale(parts[i].earned, parts[i].commission_basis_points, 10000, &each))
			return problem(INTERNAL, "something failed inside");
		commission += each;
		add_posting(&postings, MERCHANT, &parts[i].merchant, each - parts[i].earned);
	}
	add_posting(&postings, COMMISSION, NULL, -commission);
	add_posting(&postings, TAX, NULL, -order->tax.minor);
	add_posting(&postings, SHIPPING, NULL, -order->shipping.minor);
	return post(work, payment, &postings);
}

const struct problem *
post_unapplied(struct work *work, const struct payment *payment)
{
	struct postings postings = { .count = 0 };

	add_posting(&postings, receiving_account(payment), NULL, payment->amount.minor);
	add_posting(&postings, UNAPPLIED, NULL, -payment->amount.minor);
	return post(work, payment, &postings);
}

/* What an account still holds of a payment, after the refunds so far. */
struct remainder {
	struct uuid account;
	int64_t     amount;
};

static const struct member remainder_members[] = {
	M_ID(struct remainder, account, "account_id"),
	M_INTEGER(struct remainder, amount, "amount", INT64_MIN, INT64_MAX),
};
SHAPE(struct remainder, remainder_shape, "LedgerRemainder", remainder_members);

const struct problem *
post_refund(struct work *work, const struct payment *payment, struct refund_id refund, int64_t amount_minor)
{
	struct postings   postings = { .count = 0 };
	struct remainder *left;
	int64_t           weights[POSTINGS_MAX], shares[POSTINGS_MAX];
	size_t            count;

	TRY(db_rows(work->db, &remainder_shape, POSTINGS_MAX, &left, &count,
	    "SELECT e.account_id, CAST(SUM(e.amount_minor) AS SIGNED) AS amount FROM ledger_transactions t "
	    "JOIN ledger_entries e ON e.transaction_id = t.id WHERE t.payment_id = ? GROUP BY e.account_id ORDER BY e.account_id",
	    P(payment->id)));
	/* Credits are negative; what received the money is the one positive account. */
	for (size_t i = 0; i < count; i++)
		weights[i] = left[i].amount < 0 ? -left[i].amount : 0;
	if (!minor_split(amount_minor, weights, count, shares)) {
		log_error("a refund is larger than what the ledger holds of its payment", LOG_ID("payment", payment->reference));
		return problem(INTERNAL, "something failed inside");
	}
	for (size_t i = 0; i < count; i++) {
		int64_t each = left[i].amount > 0 ? -amount_minor : shares[i];

		if (each != 0)
			postings.list[postings.count++] = (struct posting) { .amount_minor = each, .account = left[i].account };
	}
	return write_entries(work, payment, "refund", &refund, &postings);
}
