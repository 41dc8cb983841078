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

/* What the payer paid and has not got back, or disputed; and what discounts still add to it. */
static void
sum_left(const struct ledger_share *shares, size_t count, int64_t *paid, int64_t *discounts)
{
	*paid = *discounts = 0;
	for (size_t i = 0; i < count; i++) {
		if (has_money(shares[i].role) || shares[i].role == LEDGER_FEE || shares[i].role == LEDGER_DISPUTED)
			*paid += shares[i].left;
		if (shares[i].role == LEDGER_DISCOUNT)
			*discounts += shares[i].left;
	}
}

bool
ledger_split_hold(struct ledger_share *shares, size_t count, int64_t amount_minor)
{
	int64_t weights[POSTINGS_MAX] = { 0 }, parts[POSTINGS_MAX], paid, discounts, discount_back;

	if (count > POSTINGS_MAX)
		return false;
	sum_left(shares, count, &paid, &discounts);
	if (amount_minor <= 0 || amount_minor > paid || !minor_scale(discounts, amount_minor, paid, &discount_back))
		return false;
	for (size_t i = 0; i < count; i++) {
		shares[i].share = 0;
		weights[i] = shares[i].role == LEDGER_DISCOUNT ? shares[i].left : 0;
	}
	if (!minor_split(discount_back, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++) {
		shares[i].share = -parts[i];
		weights[i] = shares[i].left < 0 && !is_nobodys(shares[i].role) ? -shares[i].left : 0;
	}
	if (!minor_split(amount_minor + discount_back, weights, count, parts))
		return false;
	for (size_t i = 0; i < count; i++)
		shares[i].share += parts[i];
	return true;
}

bool
ledger_split_reversal(struct ledger_share *shares, size_t count, int64_t amount_minor)
{
	return ledger_split_hold(shares, count, amount_minor) && take_money(shares, count, amount_minor);
}
