/* The parcels of a sale, and what the ledger says of its money: as order_purpose.c, collect.c and dispute_money.c post it. */
#include "ops/seed_sale_rows.h"

#include "base/arena.h"
#include "payments/provider.h"

enum { DAY_SECONDS = 24 * 3600, DISPUTE_FEE_MINOR = 1500 };

static struct instant
days_after(struct instant at, int64_t days)
{
	return instant_add_seconds(at, days * DAY_SECONDS);
}

static const char *
currency_of(const struct sale *sale)
{
	return sale->goods[0]->currency;
}

static int64_t
total_of(const struct sale *sale)
{
	return sale->subtotal + sale->shipping + sale->tax;
}

/* Begin a transaction of the ledger, whose entries follow. */
static void
open_transaction(
    const struct selling *selling, struct sale *sale, const char *kind, struct uuid source, struct uuid origin, struct instant at)
{
	sale->transaction = sale_id(selling, sale, SEED_TRANSACTION, at);
	sale->posted_at = at;
	BATCH_ADD(&selling->batches[SALE_TRANSACTIONS], P(sale->transaction), P(kind), P(source), P(origin), P(at));
}

static void
add_entry(const struct selling *selling, struct sale *sale, struct uuid account, int64_t amount, const struct merchant_id *whose)
{
	if (amount != 0)
		BATCH_ADD(&selling->batches[SALE_ENTRIES], P(sale_id(selling, sale, SEED_ENTRY, sale->posted_at)),
		    P(sale->transaction), P(account), P(amount), P(currency_of(sale)), P(whose), P(sale->posted_at));
}

/* An entry of the sale itself, which may be taken back. */
static void
post(const struct selling *selling, struct sale *sale, struct uuid account, int64_t amount, const struct merchant_id *whose)
{
	add_entry(selling, sale, account, amount, whose);
	sale->posted[sale->n_posted++] = (struct sale_entry) { account, amount, whose };
}

static struct uuid
account(const struct selling *selling, const struct sale *sale, const char *kind)
{
	bool of_provider = strcmp(kind, "clearing") == 0 || strcmp(kind, "carrier") == 0;

	return sale_account(selling, kind, of_provider ? sale->provider->name : NULL, currency_of(sale));
}

/* The part of the seller of that line, as far on its way as its order says, with the cash that came for it; its id. */
static struct uuid
add_fulfilment(const struct selling *selling, const struct sale *sale, int line, int64_t cash)
{
	bool                  arrived = sale_has_arrived(sale), left = arrived || strcmp(sale->status, "shipped") == 0;
	bool                  collected = sale->in_cash && sale->end != SALE_UNDER_WAY;
	const struct instant *packed = &sale->at, *shipped = left ? &sale->at : NULL,
			     *delivered = arrived ? &sale->arrived : NULL, *paid = collected ? &sale->arrived : NULL;
	struct uuid id =
	    seed_id(selling->seed, SEED_FULFILMENT, sale->index * SALE_LINES_MAX + (uint64_t)line, sale->at, (unsigned)line);

	BATCH_ADD(&selling->batches[SALE_FULFILMENTS], P(id), P(sale->order), P(sale->goods[line]->merchant),
	    P(arrived      ? "delivered"
		    : left ? "shipped"
			   : "packed"),
	    P(left ? "Pathao" : NULL), P(packed), P(shipped), P(delivered), P(collected ? cash : 0), P(paid), P(sale->at),
	    P(sale->at));
	return id;
}

/* Begin the posting of the payment, or of the cash for one parcel: who has the money, and the shipping. */
static void
open_sale(const struct selling *selling, struct sale *sale, struct uuid source, int64_t amount, int64_t shipping)
{
	open_transaction(selling, sale, sale->in_cash ? "collection" : "payment", source, sale->payment,
	    sale->in_cash ? sale->arrived : sale->at);
	post(selling, sale, account(selling, sale, sale->in_cash ? "carrier" : "clearing"), amount, NULL);
	post(selling, sale, account(selling, sale, "shipping"), -shipping, NULL);
}

/* What the seller of that line earns by all of theirs, and its tax; 0 when an earlier line is theirs. */
static int64_t
earned_by(const struct sale *sale, int line, int64_t *tax)
{
	int64_t earned = 0;

	*tax = 0;
	for (int other = 0; other < sale->count; other++)
		if (ID_EQUAL(sale->goods[other]->merchant, sale->goods[line]->merchant)) {
			if (other < line)
				return 0;
			earned += sale->goods[other]->price * sale->quantities[other];
			*tax += sale_line_tax(sale, other);
		}
	return earned;
}

static const struct problem *
add_part(const struct selling *selling, struct sale *sale, int line)
{
	const struct good *good = sale->goods[line];
	int64_t            tax, earned = earned_by(sale, line, &tax), shipping = line == 0 ? sale->shipping : 0, commission;
	struct uuid        part;

	if (earned == 0)
		return OK;
	if (!minor_scale(earned, good->commission_basis_points, 10000, &commission))
		return problem(INTERNAL, "a commission is too large");
	BATCH_ADD(&selling->batches[SALE_PARTS], P(sale->order), P(good->merchant), P(good->currency), P(earned), P(tax),
	    P(earned + tax));
	if (sale->end == SALE_UNPAID)
		return OK;
	part = add_fulfilment(selling, sale, line, earned + tax + shipping);
	if (sale->end == SALE_UNDER_WAY)
		return OK;
	if (sale->in_cash)
		open_sale(selling, sale, part, earned + tax + shipping, shipping);
	post(selling, sale, good->account, commission - earned, &good->merchant);
	post(selling, sale, account(selling, sale, "commission"), -commission, &good->merchant);
	post(selling, sale, account(selling, sale, "tax"), -tax, &good->merchant);
	return OK;
}

static void
add_fee(const struct selling *selling, struct sale *sale)
{
	int64_t fee = 0;

	minor_scale(total_of(sale), sale->fee_basis_points, 10000, &fee);
	if (fee == 0)
		return;
	open_transaction(selling, sale, "fee", sale->payment, sale->payment, sale->at);
	add_entry(selling, sale, account(selling, sale, "clearing"), -fee, NULL);
	add_entry(selling, sale, account(selling, sale, "fee"), fee, NULL);
}

/* ---- what came of it ---- */

/* Take all of the sale back, `sign` 1, or again, -1; `money` is where the payer's money is, the first account that was posted to. */
static void
reverse(const struct selling *selling, struct sale *sale, struct uuid money, int64_t sign)
{
	for (int i = 0; i < sale->n_posted; i++) {
		const struct sale_entry *entry = &sale->posted[i];

		add_entry(selling, sale, i == 0 ? money : entry->account, -sign * entry->amount, entry->whose);
	}
}

static struct uuid
add_refund(const struct selling *selling, struct sale *sale, int64_t amount, const struct merchant_id *whose, const char *reason,
    struct instant at)
{
	struct uuid id = sale_id(selling, sale, SEED_REFUND, at);
	const char *name = seed_reference(selling->seed, "re_seed_", sale->index);

	BATCH_ADD(&selling->batches[SALE_REFUNDS], P(id), P(sale->payment), P(sale->provider->name), P(name), P(amount),
	    P(currency_of(sale)), P(reason), P(arena_format(selling->arena, "seed:%s", name)), P(whose), P(at), P(at), P(at));
	open_transaction(selling, sale, "refund", id, sale->payment, at);
	return id;
}

/* A line that came back broken: its seller's only one, so that all of that seller's part is given up. */
static void
add_return(const struct selling *selling, struct sale *sale)
{
	int                line = sale_returnable(sale);
	const struct good *good = sale->goods[line];
	struct instant     asked = days_after(sale->arrived, 2), received = days_after(asked, 5);
	int64_t            amount = sale_line_total(sale, line);
	struct uuid        refund = add_refund(selling, sale, amount, &good->merchant, "returned goods", received);
	struct uuid        id = sale_id(selling, sale, SEED_RETURN, asked);

	add_entry(selling, sale, sale->posted[0].account, -amount, NULL);
	for (int i = 0; i < sale->n_posted; i++)
		if (sale->posted[i].whose != NULL && ID_EQUAL(*sale->posted[i].whose, good->merchant))
			add_entry(selling, sale, sale->posted[i].account, -sale->posted[i].amount, &good->merchant);
	BATCH_ADD(&selling->batches[SALE_RETURNS], P(id), P(sale->order), P(good->merchant), P(sale->user), P(amount), P(refund),
	    P(received), P(received), P(asked), P(received), P(sale->user));
	BATCH_ADD(&selling->batches[SALE_RETURN_LINES], P(id),
	    P(seed_id(selling->seed, SEED_LINE, sale->index * SALE_LINES_MAX + (uint64_t)line, sale->at, (unsigned)line)),
	    P(sale->quantities[line]), P("It arrived with a crack."), P(sale->quantities[line]));
}

/* Something is posted for the dispute: the id of its source. */
static struct uuid
add_posting(const struct selling *selling, struct sale *sale, struct uuid dispute, const char *kind, int64_t amount,
    const struct uuid *undone_by, struct instant at)
{
	struct uuid id = sale_id(selling, sale, SEED_DISPUTE, at);

	BATCH_ADD(&selling->batches[SALE_DISPUTE_POSTINGS], P(id), P(dispute), P(kind), P(amount), P(currency_of(sale)),
	    P(undone_by), P(at));
	open_transaction(selling, sale, "dispute", id, strcmp(kind, "fee") == 0 ? dispute : sale->payment, at);
	return id;
}

static void
add_dispute(const struct selling *selling, struct sale *sale)
{
	bool           lost = sale->end == SALE_DISPUTE_LOST;
	struct instant at = days_after(sale->at, 10), ended = days_after(at, 20);
	struct uuid    id = sale_id(selling, sale, SEED_DISPUTE, at), undone = sale_id(selling, sale, SEED_DISPUTE, ended);
	struct uuid    disputed = account(selling, sale, "disputed"), clearing = account(selling, sale, "clearing");
	int64_t        total = total_of(sale), fee = DISPUTE_FEE_MINOR;

	BATCH_ADD(&selling->batches[SALE_DISPUTES], P(id), P(sale->payment), P(sale->provider->name),
	    P(seed_reference(selling->seed, "dp_seed_", sale->index)), P(lost ? "lost" : "won"), P(total), P(currency_of(sale)),
	    P(lost), lost ? P(fee) : parameter_null(), P(lost ? currency_of(sale) : NULL), P(days_after(at, 7)),
	    P(days_after(at, 3)), P(ended), P(at), P(ended));
	add_posting(selling, sale, id, "hold", total, lost ? NULL : &undone, at);
	reverse(selling, sale, disputed, 1);
	if (!lost) {
		open_transaction(selling, sale, "dispute", undone, sale->payment, ended);
		reverse(selling, sale, disputed, -1);
		return;
	}
	add_posting(selling, sale, id, "take", total, NULL, ended);
	add_entry(selling, sale, disputed, total, NULL);
	add_entry(selling, sale, clearing, -total, NULL);
	add_posting(selling, sale, id, "fee", fee, NULL, ended);
	add_entry(selling, sale, account(selling, sale, "fee"), fee, NULL);
	add_entry(selling, sale, clearing, -fee, NULL);
}

const struct problem *
sale_add_money(struct selling *selling, struct sale *sale)
{
	if (!sale->in_cash && sale->end != SALE_UNPAID)
		open_sale(selling, sale, sale->payment, total_of(sale), sale->shipping);
	for (int i = 0; i < sale->count; i++)
		TRY(add_part(selling, sale, i));
	if (!sale->in_cash && sale->end != SALE_UNPAID)
		add_fee(selling, sale);
	if (sale->end == SALE_GIVEN_BACK) {
		add_refund(selling, sale, total_of(sale), NULL, "the customer was not pleased", days_after(sale->arrived, 4));
		reverse(selling, sale, sale->posted[0].account, 1);
	} else if (sale->end == SALE_RETURNED)
		add_return(selling, sale);
	else if (sale->end == SALE_DISPUTE_LOST || sale->end == SALE_DISPUTE_WON)
		add_dispute(selling, sale);
	return OK;
}
