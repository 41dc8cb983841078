/* What a transaction of the ledger means, line by line. */
#include "reports/fact.h"

#include "base/arena.h"
#include "base/money.h"
#include "orders/order.h"

#include <string.h>

/* In minor units, of one; and how many times its price. */
enum { ANY_COST_MAX = 1000000000, COST_OF_PRICE_MAX = 10 };

const char *const fact_kind_values[] = { "sale", "refund", "bounce", "dispute", "fee", "settlement", "payout", NULL };
const char *const fact_subject_values[] = { "line", "own", "shipping", "fee", "charge", "difference", "payout", NULL };

static const enum fact_kind kind_of[] = {
	[LEDGER_PAYMENT] = FACT_SALE,
	[LEDGER_REFUND] = FACT_REFUND,
	[LEDGER_BOUNCE] = FACT_BOUNCE,
	[LEDGER_PROVIDER_FEE] = FACT_FEE,
	[LEDGER_DISPUTE] = FACT_DISPUTE,
	[LEDGER_PAYOUT] = FACT_PAYOUT,
	[LEDGER_PAYOUT_REJECTED] = FACT_PAYOUT,
	[LEDGER_PAYOUT_PAID] = FACT_PAYOUT,
	[LEDGER_PAYOUT_BOUNCED] = FACT_PAYOUT,
	[LEDGER_SETTLEMENT] = FACT_SETTLEMENT,
	[LEDGER_FREE_SALE] = FACT_SALE,
	[LEDGER_FREE_SALE_ENDED] = FACT_REFUND,
	[LEDGER_FREE_SALE_RETURNED] = FACT_REFUND,
	[LEDGER_COLLECTION] = FACT_SALE,
};

/* What the entries say of one merchant's goods, or of nobody's, in one currency. */
struct group {
	const struct merchant_id *merchant;
	const char               *currency;
	int64_t                   paid, tax, commission, shipping, fee, difference;
	int64_t                   of_merchant; /* what the merchant's account got less */
	bool                      earns;
};

/* What falls to a line. */
struct share {
	int64_t paid, tax, commission;
	bool    touched;
};

struct making {
	const struct fact_input *input;
	enum fact_kind           kind;
	struct fact             *facts;
	size_t                   count;
};

bool
facts_spread(int64_t total, const int64_t *weights, size_t count, int64_t *shares)
{
	int64_t sum = 0, left = total;
	size_t  last = count - 1;

	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(sum, weights[i], &sum))
			return false;
	while (last > 0 && sum > 0 && weights[last] == 0)
		last--;
	for (size_t i = 0; i < count; i++) {
		shares[i] = 0;
		if (i == last || weights[i] == 0)
			continue;
		if (!minor_scale(total, weights[i], sum, &shares[i]))
			return false;
		left -= shares[i];
	}
	shares[last] = left;
	return true;
}

static bool
same_merchant(const struct merchant_id *a, const struct merchant_id *b)
{
	return a == NULL || b == NULL ? a == b : ID_EQUAL(*a, *b);
}

static struct group *
group_of(struct group *groups, size_t *count, const struct fact_entry *entry)
{
	for (size_t i = 0; i < *count; i++)
		if (same_merchant(groups[i].merchant, entry->merchant) && strcmp(groups[i].currency, entry->currency) == 0)
			return &groups[i];
	groups[*count] = (struct group) { .merchant = entry->merchant, .currency = entry->currency };
	return &groups[(*count)++];
}

static void
add_entry(struct group *group, const struct fact_entry *entry)
{
	switch ((enum ledger_role)entry->role) {
	case LEDGER_MERCHANT:
		group->of_merchant += entry->amount;
		break;
	case LEDGER_COMMISSION:
		group->commission -= entry->amount;
		break;
	case LEDGER_TAX:
		group->tax -= entry->amount;
		break;
	case LEDGER_DISCOUNT:
		break;
	case LEDGER_SHIPPING:
		group->shipping -= entry->amount;
		return;
	case LEDGER_FEE:
		group->fee += entry->amount;
		return;
	case LEDGER_DIFFERENCE:
		group->difference -= entry->amount;
		return;
	default: /* money that goes from place to place */
		return;
	}
	group->paid -= entry->amount;
	group->earns = true;
}

static struct fact *
add_fact(struct making *making, enum fact_subject subject, const struct group *group, int64_t gross)
{
	struct fact *fact = &making->facts[making->count++];

	*fact = (struct fact) { .kind = making->kind,
		.subject = subject,
		.merchant = group->merchant,
		.currency = group->currency,
		.sums.gross = gross };
	return fact;
}

/* What of the line this transaction gives back, as its return says; 0 of another one. */
static int64_t
accepted_of(const struct fact_input *input, const struct fact_line *line)
{
	for (size_t i = 0; i < input->n_returns; i++)
		if (ID_EQUAL(input->returns[i].line, line->id))
			return input->returns[i].accepted;
	return 0;
}

static bool
is_of_merchant(const struct group *group, const struct fact_line *line)
{
	return group->merchant == NULL || ID_EQUAL(*group->merchant, line->merchant);
}

/* The units of the line that the group is about: what its return brought back, where it brought any of the merchant's. */
static int64_t
units_of(const struct fact_input *input, const struct group *group, const struct fact_line *line)
{
	bool returned = false;

	for (size_t i = 0; i < input->n_lines; i++)
		returned = returned || (is_of_merchant(group, &input->lines[i]) && accepted_of(input, &input->lines[i]) > 0);
	if (!is_of_merchant(group, line))
		return 0;
	return returned ? accepted_of(input, line) : line->quantity;
}

static bool
has_lines(const struct fact_input *input, const struct group *group)
{
	for (size_t i = 0; i < input->n_lines; i++)
		if (is_of_merchant(group, &input->lines[i]))
			return true;
	return false;
}

/* By what the units cost (`what` of the whole line); where they cost nothing, by their number. */
static bool
weigh(const struct fact_input *input, const struct group *group, size_t what, int64_t *weights)
{
	bool any = false;

	for (size_t i = 0; i < input->n_lines; i++) {
		const struct fact_line *line = &input->lines[i];
		int64_t                 whole = *(const int64_t *)((const char *)line + what);

		if (!minor_scale(whole, units_of(input, group, line), line->quantity, &weights[i]))
			return false;
		any = any || weights[i] > 0;
	}
	for (size_t i = 0; i < input->n_lines && !any; i++)
		weights[i] = units_of(input, group, &input->lines[i]);
	return true;
}

static bool
spread_group(const struct fact_input *input, const struct group *group, struct share *shares)
{
	int64_t totals[ORDER_LINES_MAX], taxes[ORDER_LINES_MAX];
	int64_t paid[ORDER_LINES_MAX], tax[ORDER_LINES_MAX], commission[ORDER_LINES_MAX];
	size_t  count = input->n_lines;

	if (!weigh(input, group, offsetof(struct fact_line, total), totals) ||
	    !weigh(input, group, offsetof(struct fact_line, tax), taxes) || !facts_spread(group->paid, totals, count, paid) ||
	    !facts_spread(group->tax, taxes, count, tax) || !facts_spread(group->commission, totals, count, commission))
		return false;
	for (size_t i = 0; i < count; i++) {
		shares[i].paid += paid[i];
		shares[i].tax += tax[i];
		shares[i].commission += commission[i];
		shares[i].touched = shares[i].touched || units_of(input, group, &input->lines[i]) > 0;
	}
	return true;
}

/* Goods that went out, or came back; what was paid back without them moves none. */
static int64_t
moved(const struct making *making, const struct fact_line *line, int64_t paid)
{
	int64_t sign = making->kind == FACT_REFUND ? -1 : 1;

	if (making->kind == FACT_SALE)
		return line->quantity;
	if (making->kind == FACT_DISPUTE)
		return 0;
	if (making->input->source->source_kind == LEDGER_FREE_SALE_ENDED)
		return -line->quantity;
	if (making->input->n_returns > 0)
		return sign * accepted_of(making->input, line);
	return line->total > 0 && paid == sign * line->total ? sign * line->quantity : 0;
}

/*
 * What the seller has told that one costs; NULL: nothing that can be believed.  A cost that is ten times the price, and high in any
 * currency, is a slip or malice, and few of them would be more than any sum holds: then the fold would end for all sellers.
 */
static const int64_t *
told_cost(const struct fact_line *line)
{
	int64_t most;

	if (line->cost == NULL || *line->cost <= ANY_COST_MAX)
		return line->cost;
	return minor_scale(line->total + line->discount, COST_OF_PRICE_MAX, line->quantity, &most) && *line->cost <= most
	    ? line->cost
	    : NULL;
}

/* The discount that belongs to what was paid, and what the goods that moved have cost. */
static bool
add_line(struct making *making, const struct fact_line *line, const struct share *share, const char *currency)
{
	struct group   group = { .merchant = &line->merchant, .currency = currency };
	struct fact   *fact = add_fact(making, OF_LINE, &group, 0);
	int64_t        quantity = moved(making, line, share->paid), discount, cost;
	const int64_t *told = told_cost(line);

	fact->line = line;
	fact->quantity = quantity;
	if (line->total > 0 && quantity != line->quantity && quantity != -line->quantity
		? !minor_scale(line->discount, share->paid, line->total, &discount)
		: !minor_scale(line->discount, quantity, line->quantity, &discount))
		return false;
	if (told != NULL ? __builtin_mul_overflow(*told, quantity, &cost)
			 : !minor_scale(line->total, making->input->estimated_percent * quantity, 100 * line->quantity, &cost))
		return false;
	fact->sums = (struct fact_sums) { .discount = discount,
		.tax = share->tax,
		.commission = share->commission,
		.cost = cost,
		.estimated = told == NULL ? cost : 0 };
	return !__builtin_add_overflow(share->paid, discount, &fact->sums.gross);
}

/* What was earned with goods or, of payments without an order, is the merchant's own. */
static bool
add_earned(struct making *making, const struct group *groups, size_t count)
{
	const struct fact_input *input = making->input;
	struct share             shares[ORDER_LINES_MAX] = { { 0 } };
	const char              *currency = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct group *group = &groups[i];

		if (!group->earns)
			continue;
		if (!has_lines(input, group) || (currency != NULL && strcmp(currency, group->currency) != 0)) {
			struct fact *fact = add_fact(making, OF_OWN, group, group->paid);

			fact->sums.tax = group->tax;
			fact->sums.commission = group->commission;
			continue;
		}
		currency = group->currency;
		if (!spread_group(input, group, shares))
			return false;
	}
	for (size_t i = 0; i < input->n_lines; i++)
		if (shares[i].touched && !add_line(making, &input->lines[i], &shares[i], currency))
			return false;
	return true;
}

static void
add_group(struct making *making, const struct group *group)
{
	if (making->kind == FACT_PAYOUT && group->of_merchant != 0)
		add_fact(making, OF_PAYOUT, group, group->of_merchant);
	if (making->kind == FACT_DISPUTE && making->input->source->of_dispute && group->of_merchant != 0)
		add_fact(making, OF_CHARGE, group, group->of_merchant);
	if (group->shipping != 0)
		add_fact(making, OF_SHIPPING, group, group->shipping);
	if (group->fee != 0)
		add_fact(making, OF_FEE, group, group->fee);
	if (group->difference != 0)
		add_fact(making, OF_DIFFERENCE, group, group->difference);
}

bool
facts_of(struct arena *arena, const struct fact_input *input, struct fact **facts, size_t *count)
{
	struct making making = { .input = input, .kind = kind_of[input->source->source_kind] };
	struct group *groups = ARENA_ARRAY(arena, input->n_entries + 1, struct group);
	size_t        n_groups = 0;
	bool          earns = making.kind != FACT_PAYOUT && !input->source->of_dispute;

	if (input->n_lines > ORDER_LINES_MAX)
		return false;
	for (size_t i = 0; i < input->n_entries; i++)
		add_entry(group_of(groups, &n_groups, &input->entries[i]), &input->entries[i]);
	making.facts = ARENA_ARRAY(arena, input->n_lines + n_groups * 5 + 1, struct fact);
	if (earns && !add_earned(&making, groups, n_groups))
		return false;
	for (size_t i = 0; i < n_groups; i++)
		add_group(&making, &groups[i]);
	*facts = making.facts;
	*count = making.count;
	return true;
}
