/*
 * The money of a dispute.  What should stand in the ledger follows from the dispute alone; what stands and should not is undone,
 * so that news may come in any order and as often as it likes.
 *
 *   hold    disputed: what is left of the payment, at most the amount, comes back from who earned it     not won, no inquiry
 *           and of one that was lost at most what was taken
 *   take    clearing -> disputed: the amount, or what was taken of it                                    moved by the provider
 *   fee     clearing -> fee: what the provider charges                                                   told by the provider
 *   charge  merchants -> fee: the same, by their parts of the sale                                       lost, by configuration
 *   settle  disputed -> difference: what the provider took more or less than was held                    lost, and moved
 *   convert difference -> disputed: what was held, where the provider took another currency              lost, and moved
 *
 * What a refund at the provider's desk has given back to end the dispute stands as that refund: it is neither held nor taken.
 */
#include "base/arena.h"
#include "base/config.h"
#include "payments/dispute.h"
#include "store/db.h"

enum posting_kind { POST_HOLD, POST_TAKE, POST_FEE, POST_CHARGE, POST_SETTLE, POST_CONVERT };
static const char *const posting_kind_values[] = { "hold", "take", "fee", "charge", "settle", "convert", NULL };

enum { MERCHANTS_MAX = 100, DISPUTES_MAX = 100 };

/* What stands in the ledger. */
struct standing {
	struct uuid  id;
	struct money amount;
	const char  *currency;
};

static const struct member standing_members[] = {
	M_ID(struct standing, id, "id"),
	M_MONEY(struct standing, amount, "amount"),
	M_TEXT(struct standing, currency, "currency", 3),
};
SHAPE(struct standing, standing_shape, "DisputePosting", standing_members);

/* A merchant's part of the sale. */
struct earner {
	struct merchant_id merchant;
	int64_t            earned;
};

static const struct member earner_members[] = {
	M_ID(struct earner, merchant, "merchant_id"),
	M_INTEGER(struct earner, earned, "earned", 0, INT64_MAX),
};
SHAPE(struct earner, earner_shape, "DisputeEarner", earner_members);

static bool
is_lost(const struct dispute *dispute)
{
	return dispute->status == DISPUTE_LOST || dispute->status == DISPUTE_ACCEPTED;
}

static const struct problem *
read_standing(struct work *work, const struct dispute *dispute, enum posting_kind kind, struct standing **standing)
{
	return db_row(work->db, &standing_shape, standing,
	    "SELECT {p} FROM dispute_postings p WHERE p.dispute_id = ? AND p.kind = ? AND p.live = 1", P(dispute->id),
	    P(posting_kind_values[kind]));
}

/* From one of the shop's own accounts, or the provider's, to another. */
static const struct problem *
post_between(struct work *work, struct ledger_source source, struct posting from, struct posting to, struct money amount)
{
	struct posting postings[] = { from, to };

	postings[0].amount = postings[1].amount = amount;
	postings[0].amount.minor = -amount.minor;
	return ledger_post(work, source, postings, 2);
}

/* A fee falls to the merchants as the sale did. */
static const struct problem *
post_charge(struct work *work, struct ledger_source source, const struct payment *payment, struct money fee)
{
	struct posting postings[MERCHANTS_MAX + 1] = { { .role = LEDGER_FEE, .amount = fee } };
	struct earner *earners;
	int64_t        weights[MERCHANTS_MAX], parts[MERCHANTS_MAX];
	size_t         count;

	TRY(db_rows(work->db, &earner_shape, MERCHANTS_MAX, &earners, &count,
	    "SELECT a.merchant_id, CAST(-SUM(e.amount_minor) AS SIGNED) AS earned FROM ledger_transactions t "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE t.payment_id = ? AND a.kind = 'merchant' GROUP BY a.merchant_id HAVING earned > 0 ORDER BY a.merchant_id",
	    P(payment->id)));
	for (size_t i = 0; i < count; i++)
		weights[i] = earners[i].earned;
	if (!minor_split(fee.minor, weights, count, parts))
		return problem(INTERNAL, "internal error");
	postings[0].amount.minor = -fee.minor;
	for (size_t i = 0; i < count; i++) {
		postings[i + 1] = (struct posting) { .role = LEDGER_MERCHANT, .merchant = earners[i].merchant, .amount = fee };
		postings[i + 1].amount.minor = parts[i];
	}
	return ledger_post(work, source, postings, count + 1);
}

/* What takes back from the sale is of the payment's origin; fees and differences are no part of what can be refunded. */
static const struct problem *
post_new(
    struct work *work, const struct payment *payment, const struct dispute *dispute, enum posting_kind kind, struct money amount)
{
	struct uuid          id = uuid_new();
	struct ledger_source of_sale = { LEDGER_DISPUTE, id, payment->id.uuid }, own = { LEDGER_DISPUTE, id, dispute->id.uuid };
	struct posting       clearing = { .role = LEDGER_CLEARING, .provider = payment->provider };
	struct posting       disputed = { .role = LEDGER_DISPUTED };

	TRY(db_run(work->db, NULL,
	    "INSERT INTO dispute_postings (id, dispute_id, kind, amount_minor, currency) VALUES (?, ?, ?, ?, ?)", P(id),
	    P(dispute->id), P(posting_kind_values[kind]), P(amount.minor), P((const char *)amount.currency)));
	switch (kind) {
	case POST_HOLD:
		return ledger_hold(work, of_sale, amount);
	case POST_TAKE:
		return post_between(work, of_sale, clearing, disputed, amount);
	case POST_FEE:
		return post_between(work, own, clearing, (struct posting) { .role = LEDGER_FEE }, amount);
	case POST_CHARGE:
		return post_charge(work, own, payment, amount);
	default:
		return post_between(work, own, disputed, (struct posting) { .role = LEDGER_DIFFERENCE }, amount);
	}
}

static const struct problem *
undo(struct work *work, const struct payment *payment, const struct dispute *dispute, enum posting_kind kind, struct uuid id)
{
	struct uuid          by = uuid_new(), origin = kind <= POST_TAKE ? payment->id.uuid : dispute->id.uuid;
	struct ledger_source undone = { LEDGER_DISPUTE, id, origin };

	TRY(db_run(work->db, NULL, "UPDATE dispute_postings SET undone_by = ? WHERE id = ?", P(by), P(id)));
	return ledger_undo(work, (struct ledger_source) { LEDGER_DISPUTE, by, origin }, undone);
}

/* `amount` is to stand, and nothing else. */
static const struct problem *
post_as(
    struct work *work, const struct payment *payment, const struct dispute *dispute, enum posting_kind kind, struct money amount)
{
	struct standing *standing;

	TRY(read_standing(work, dispute, kind, &standing));
	if (standing == NULL ? amount.minor == 0
			     : standing->amount.minor == amount.minor && strcmp(standing->currency, amount.currency) == 0)
		return OK;
	if (standing != NULL)
		TRY(undo(work, payment, dispute, kind, standing->id));
	return amount.minor == 0 ? OK : post_new(work, payment, dispute, kind, amount);
}

/* What of the dispute's money stands in the books as refunds that ended it. */
static const struct problem *
refunded_for(struct work *work, const struct payment *payment, const struct dispute *dispute, int64_t *refunded)
{
	*refunded = 0;
	if (payment->refunded.minor == 0)
		return OK;
	return db_value(work->db, refunded,
	    "SELECT CAST(IFNULL(SUM(r.amount_minor), 0) AS SIGNED) FROM refunds r WHERE r.payment_id = ? AND r.provider_dispute_id = ? "
	    "AND r.status = 'succeeded' AND r.currency = ?",
	    P(payment->id), P(dispute->provider_dispute_id), P((const char *)dispute->amount.currency));
}

static int64_t
at_least_zero(int64_t minor)
{
	return minor > 0 ? minor : 0;
}

/* What the provider has taken otherwise than as a refund, in the dispute's currency. */
static struct money
taken_for(const struct dispute *dispute, int64_t refunded)
{
	struct money taken = dispute->amount;

	taken.minor = dispute->moved != NULL ? *dispute->moved : taken.minor;
	taken.minor = dispute->money_moved ? at_least_zero(taken.minor - refunded) : 0;
	return taken;
}

/* What is left of the payment may be less than is disputed, and a dispute in another currency is about all of it. */
static const struct problem *
hold(struct work *work, const struct payment *payment, const struct dispute *dispute, int64_t refunded, struct money *held)
{
	struct standing *standing;
	int64_t          before, left, wanted = dispute->amount.minor;
	bool             in_kind = strcmp(dispute->amount.currency, payment->amount.currency) == 0,
	     at_stake = dispute->status <= DISPUTE_SUBMITTED;

	TRY(read_standing(work, dispute, POST_HOLD, &standing));
	before = standing == NULL ? 0 : standing->amount.minor;
	left = payment_left(payment) + before;
	*held = payment->amount;
	if (is_lost(dispute) && dispute->moved != NULL && *dispute->moved < wanted)
		wanted = *dispute->moved;
	wanted = at_least_zero(wanted - refunded);
	held->minor = in_kind && wanted < left ? wanted : left > 0 ? left : 0;
	if (!at_stake && !is_lost(dispute))
		held->minor = 0;
	TRY(post_as(work, payment, dispute, POST_HOLD, *held));
	return db_run(work->db, NULL, "UPDATE payments SET disputed_minor = disputed_minor + ? WHERE id = ?",
	    P(held->minor - before), P(payment->id));
}

/* What is left in the disputed account of one that was lost: in the currency of what the provider took, and in that of the sale. */
static const struct problem *
settle(struct work *work, const struct payment *payment, const struct dispute *dispute, struct money held, struct money taken)
{
	bool gone = is_lost(dispute) && dispute->money_moved, in_kind = strcmp(held.currency, taken.currency) == 0;

	taken.minor = !gone ? 0 : in_kind ? taken.minor - held.minor : taken.minor;
	TRY(post_as(work, payment, dispute, POST_SETTLE, taken));
	held.minor = gone && !in_kind ? -held.minor : 0;
	return post_as(work, payment, dispute, POST_CONVERT, held);
}

/* By configuration, and where the sale was theirs. */
static const struct problem *
falls_to_merchants(struct work *work, const struct payment *payment, const struct dispute *dispute, struct money fee, bool *falls)
{
	*falls = is_lost(dispute) && fee.minor > 0 && work->config->payments.dispute_fee_to_merchant &&
	    strcmp(fee.currency, payment->amount.currency) == 0;
	return *falls ? ledger_touches(work, payment->id.uuid, LEDGER_MERCHANT, falls) : OK;
}

const struct problem *
post_dispute(struct work *work, const struct payment *payment, const struct dispute *dispute)
{
	struct money held, taken, fee = payment->amount;
	int64_t      refunded;
	bool         falls;

	TRY(refunded_for(work, payment, dispute, &refunded));
	TRY(hold(work, payment, dispute, refunded, &held));
	taken = taken_for(dispute, refunded);
	TRY(post_as(work, payment, dispute, POST_TAKE, taken));
	fee.minor = 0;
	if (dispute->fee != NULL && !money_make(*dispute->fee, dispute->fee_currency, &fee))
		return problem(INTERNAL, "internal error");
	TRY(post_as(work, payment, dispute, POST_FEE, fee));
	if (dispute->fee != NULL)
		TRY(undo_filed_fees(work, dispute->provider, dispute->provider_dispute_id, dispute->id, payment->id));
	TRY(falls_to_merchants(work, payment, dispute, fee, &falls));
	fee.minor = falls ? fee.minor : 0;
	TRY(post_as(work, payment, dispute, POST_CHARGE, fee));
	return settle(work, payment, dispute, held, taken);
}

const struct problem *
post_dispute_of(struct work *work, struct payment_id id, const char *provider_dispute_id)
{
	struct payment *payment;
	struct dispute *dispute;

	if (provider_dispute_id == NULL)
		return OK;
	TRY(lock_payment(work, id, &payment));
	TRY(db_row(work->db, &dispute_shape, &dispute,
	    "SELECT {d} FROM disputes d WHERE d.payment_id = ? AND d.provider_dispute_id = ?", P(id), P(provider_dispute_id)));
	return dispute == NULL ? OK : post_dispute(work, payment, dispute);
}

const struct problem *
make_room(struct work *work, const struct payment *payment, int64_t refund_minor)
{
	struct payment  after = *payment;
	struct dispute *disputes;
	size_t          count;

	if (payment->disputed.minor == 0 || payment_left(payment) >= refund_minor)
		return OK;
	after.refund_claimed.minor += refund_minor;
	TRY(db_rows(work->db, &dispute_shape, DISPUTES_MAX, &disputes, &count,
	    "SELECT {d} FROM disputes d WHERE d.payment_id = ? AND EXISTS (SELECT 1 FROM dispute_postings p "
	    "WHERE p.dispute_id = d.id AND p.kind = 'hold' AND p.live = 1) ORDER BY d.id DESC LIMIT ?",
	    P(payment->id), P((int64_t)DISPUTES_MAX)));
	for (size_t i = 0; i < count; i++) {
		TRY(post_dispute(work, &after, &disputes[i]));
		TRY(db_value(
		    work->db, &after.disputed.minor, "SELECT disputed_minor FROM payments WHERE id = ?", P(payment->id)));
	}
	return OK;
}
