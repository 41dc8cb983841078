/* Who gives up how much when money is taken back. */
#include "ledger/ledger.h"

static bool
has_money(enum ledger_role role)
{
	return role == LEDGER_CLEARING || role == LEDGER_CARRIER;
}

/*
 * Minus `amount` over those who have the money, by what they have left of it; what a fee has made less is owed by the first:
 * the provider takes it from the shop's balance.
 */
static bool
take_money(struct ledger_share *shares, size_t count, int64_t amount)
{
	int64_t weights[POSTINGS_MAX] = { 0 }, parts[POSTINGS_MAX], left = 0;
	size_t  first = count;

	for (size_t i = 0; i < count; i++) {
		if (!has_money(shares[i].role))
			continue;
		first = first == count ? i : first;
		weights[i] = shares[i].left > 0 ? shares[i].left : 0;
		left += weights[i];
	}
	if (first == count || !minor_split(amount < left ? amount : left, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++)
		shares[i].share -= parts[i];
	shares[first].share -= amount > left ? amount - left : 0;
	return true;
}

/* Not earned by anybody, or not any more. */
static bool
is_nobodys(enum ledger_role role)
{
	return has_money(role) || role == LEDGER_DIFFERENCE || role == LEDGER_DISPUTED;
}

static bool
has_paid(enum ledger_role role)
{
	return has_money(role) || role == LEDGER_FEE || role == LEDGER_DISPUTED;
}

/* What the payer paid and has not got back, or disputed. */
static int64_t
paid_left(const struct ledger_share *shares, size_t count)
{
	int64_t paid = 0;

	for (size_t i = 0; i < count; i++)
		paid += has_paid(shares[i].role) ? shares[i].left : 0;
	return paid;
}

static bool
has_earned(const struct ledger_share *share)
{
	return share->left < 0 && !is_nobodys(share->role);
}

/* What those of the rank have of that: what they earned, without what discounts added to it; and these. */
static int64_t
earned_left(const struct ledger_share *shares, size_t count, enum ledger_rank rank, int64_t *discounts)
{
	int64_t earned = 0;

	*discounts = 0;
	for (size_t i = 0; i < count; i++) {
		if (shares[i].rank != rank)
			continue;
		*discounts += shares[i].role == LEDGER_DISCOUNT ? shares[i].left : 0;
		earned -= has_earned(&shares[i]) ? shares[i].left : 0;
	}
	return earned - *discounts;
}

/* Those of the rank give up `amount` of the `paid` that they have, and discounts in proportion. */
static bool
give_up(struct ledger_share *shares, size_t count, enum ledger_rank rank, int64_t amount, int64_t paid)
{
	int64_t weights[POSTINGS_MAX] = { 0 }, parts[POSTINGS_MAX], discounts, discount_back;

	earned_left(shares, count, rank, &discounts);
	if (!minor_scale(discounts, amount, paid, &discount_back))
		return false;
	for (size_t i = 0; i < count; i++)
		weights[i] = shares[i].rank == rank && shares[i].role == LEDGER_DISCOUNT ? shares[i].left : 0;
	if (!minor_split(discount_back, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++) {
		shares[i].share -= parts[i];
		weights[i] = shares[i].rank == rank && has_earned(&shares[i]) ? -shares[i].left : 0;
	}
	if (!minor_split(amount + discount_back, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++)
		shares[i].share += parts[i];
	return true;
}

bool
ledger_split_hold(struct ledger_share *shares, size_t count, int64_t amount_minor)
{
	int64_t paid, discounts, rest = amount_minor;

	if (count > POSTINGS_MAX)
		return false;
	paid = paid_left(shares, count);
	if (amount_minor <= 0 || amount_minor > paid)
		return false;
	for (size_t i = 0; i < count; i++)
		shares[i].share = 0;
	for (int rank = LEDGER_RANKS - 1; rest > 0 && rank >= RANK_IN_PROPORTION; rank--) {
		int64_t theirs =
		    rank == RANK_IN_PROPORTION ? paid : earned_left(shares, count, (enum ledger_rank)rank, &discounts);
		int64_t part = rest < theirs ? rest : theirs;

		if (part <= 0)
			continue;
		if (!give_up(shares, count, (enum ledger_rank)rank, part, theirs))
			return false;
		paid -= part;
		rest -= part;
	}
	return rest == 0;
}

bool
ledger_split_reversal(struct ledger_share *shares, size_t count, int64_t amount_minor)
{
	return ledger_split_hold(shares, count, amount_minor) && take_money(shares, count, amount_minor);
}

bool
ledger_split_discount(struct ledger_share *shares, size_t count, int64_t amount_minor)
{
	int64_t weights[POSTINGS_MAX] = { 0 }, parts[POSTINGS_MAX], paid, discounts;

	if (count > POSTINGS_MAX)
		return false;
	paid = paid_left(shares, count);
	earned_left(shares, count, RANK_IN_PROPORTION, &discounts);
	if (amount_minor <= 0 || paid != 0 || amount_minor > discounts)
		return false;
	for (size_t i = 0; i < count; i++)
		weights[i] = shares[i].left < 0 ? -shares[i].left : 0;
	if (!minor_split(amount_minor, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++)
		shares[i].share = shares[i].role == LEDGER_DISCOUNT ? -amount_minor : parts[i];
	return true;
}
