/* The order, its lines, its payment and the stock that it takes; see seed_sale.h. */
#include "ops/seed_sale_rows.h"

#include "base/arena.h"
#include "payments/provider.h"

/* What was sold of each product, as rows (sold, id): the SELECT that finds none names the columns. */
#define SALES "(SELECT 0 AS sold, CAST('' AS BINARY(16)) AS id FROM DUAL WHERE FALSE UNION ALL VALUES [(?, ?)]) s"

static const struct {
	const char *sql;
	size_t      per_row;
} statements[SALE_BATCHES] = {
	[SALE_ORDERS] = { "INSERT INTO orders (id, number, user_id, status, payment_status, payment_method, currency, "
			  "subtotal_minor, shipping_minor, tax_minor, total_minor, refunded_minor, shipping_method, shipping_address, "
			  "billing_address, paid_at, created_at, updated_at) "
			  "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    18 },
	[SALE_LINES] = { "INSERT INTO order_lines (id, order_id, position, merchant_id, product_id, variant_id, name, sku, options, "
			 "quantity, unit_price_minor, cost_minor, tax_rate, tax_minor, total_minor, paired) "
			 "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    16 },
	[SALE_PARTS] = { "INSERT INTO order_merchants (order_id, merchant_id, currency, subtotal_minor, tax_minor, total_minor) "
			 "VALUES [(?, ?, ?, ?, ?, ?)]",
	    6 },
	[SALE_FULFILMENTS] = { "INSERT INTO fulfilments (id, order_id, merchant_id, status, carrier, packed_at, shipped_at, delivered_at, "
			       "collected_minor, collected_at, created_at, updated_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    12 },
	[SALE_RESERVATIONS] = { "INSERT INTO reservations (order_id, variant_id, quantity, status, counted, created_at, updated_at) "
				"VALUES [(?, ?, ?, ?, ?, ?, ?)]",
	    7 },
	[SALE_PAYMENTS] = { "INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, provider_transaction_id, "
			    "amount_minor, currency, status, method, failure_code, failure_reason, idempotency_key, collected_minor, "
			    "collected_at, refunded_minor, refund_claimed_minor, disputed_minor, fee_minor, fee_currency, succeeded_at, "
			    "created_at, updated_at) "
			    "VALUES [(?, ?, 'order', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    23 },
	[SALE_REFUNDS] = { "INSERT INTO refunds (id, payment_id, provider, provider_refund_id, amount_minor, currency, status, reason, "
			   "idempotency_key, attempts, merchant_id, created_at, updated_at, finished_at) "
			   "VALUES [(?, ?, ?, ?, ?, ?, 'succeeded', ?, ?, 1, ?, ?, ?, ?)]",
	    12 },
	[SALE_RETURNS] = { "INSERT INTO returns (id, order_id, merchant_id, user_id, status, amount_minor, refund_id, received_at, "
			   "ended_at, created_at, updated_at, created_by) VALUES [(?, ?, ?, ?, 'refunded', ?, ?, ?, ?, ?, ?, ?)]",
	    11 },
	[SALE_RETURN_LINES] = { "INSERT INTO return_lines (return_id, line_id, quantity, reason, accepted, restocked) "
				"VALUES [(?, ?, ?, ?, ?, FALSE)]",
	    5 },
	[SALE_DISPUTES] = { "INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, reason, amount_minor, currency, "
			    "money_moved, fee_minor, fee_currency, evidence_due_at, evidence_sent_at, told_at, created_at, updated_at) "
			    "VALUES [(?, ?, ?, ?, ?, 'fraudulent', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    15 },
	[SALE_DISPUTE_POSTINGS] = { "INSERT INTO dispute_postings (id, dispute_id, kind, amount_minor, currency, undone_by, created_at) "
				    "VALUES [(?, ?, ?, ?, ?, ?, ?)]",
	    7 },
	[SALE_MOVEMENTS] = { "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, note, created_at) "
			     "VALUES [(?, ?, ?, ?, ?, ?, ?)]",
	    7 },
	[SALE_TRANSACTIONS] = { "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id, created_at) "
				"VALUES [(?, ?, ?, ?, ?)]",
	    5 },
	[SALE_ENTRIES] = { "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency, merchant_id, created_at) "
			   "VALUES [(?, ?, ?, ?, ?, ?, ?)]",
	    7 },
	[SALE_OF_PRODUCTS] = { "UPDATE " SALES " STRAIGHT_JOIN products p ON p.id = s.id "
			       "SET p.sales_count = p.sales_count + s.sold, p.updated_at = p.updated_at",
	    2 },
	[SALE_OF_LISTINGS] = { "UPDATE " SALES " STRAIGHT_JOIN product_listings l ON l.product_id = s.id "
			       "SET l.sales_count = l.sales_count + s.sold",
	    2 },
	[SALE_PAIRS] = { "INSERT INTO product_pairs (product_id, other_id, orders_count) VALUES [(?, ?, 1)] "
			 "ON DUPLICATE KEY UPDATE orders_count = orders_count + 1",
	    2 },
	[SALE_WEBHOOKS] = { "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, attempts, error, "
			    "received_at, updated_at) VALUES [(?, ?, ?, ?, ?, UNHEX(SHA2(?, 256)), ?, ?, ?, ?, ?)]",
	    11 },
};

struct batch *
sale_batches_new(struct arena *arena)
{
	struct batch *batches = ARENA_ARRAY(arena, SALE_BATCHES, struct batch);

	for (int i = 0; i < SALE_BATCHES; i++)
		batches[i] = batch_new(arena, statements[i].sql, statements[i].per_row);
	return batches;
}

static bool
is_first_of_product(const struct sale *sale, int line)
{
	for (int i = 0; i < line; i++)
		if (ID_EQUAL(sale->goods[i]->product, sale->goods[line]->product))
			return false;
	return true;
}

/* As orders/pairs.c does it. */
static void
add_pairs(const struct selling *selling, const struct sale *sale)
{
	for (int i = 0; i < sale->count; i++)
		for (int k = 0; k < sale->count; k++)
			if (i != k && is_first_of_product(sale, i) && is_first_of_product(sale, k))
				BATCH_ADD(&selling->batches[SALE_PAIRS], P(sale->goods[i]->product), P(sale->goods[k]->product));
}

static void
add_lines(const struct selling *selling, struct sale *sale)
{
	struct batch *batches = selling->batches;
	bool          sold = sale->end != SALE_UNPAID;

	for (int i = 0; i < sale->count; i++) {
		struct good *good = sale->goods[i];
		uint64_t     number = sale->index * SALE_LINES_MAX + (uint64_t)i;

		BATCH_ADD(&batches[SALE_LINES], P(seed_id(selling->seed, SEED_LINE, number, sale->at, (unsigned)i)),
		    P(sale->order), P(i), P(good->merchant), P(good->product), P(good->variant), P(good->name), P(good->sku),
		    P(good->options), P(sale->quantities[i]), P(good->price), P(good->cost), P(sale->tax_rate),
		    P(sale_line_tax(sale, i)), P(sale_line_total(sale, i)), P(sold && is_first_of_product(sale, i)));
		BATCH_ADD(&batches[SALE_RESERVATIONS], P(sale->order), P(good->variant), P(sale->quantities[i]),
		    P(sold ? "committed" : "released"), P(sold), P(sale->at), P(sale->at));
		if (!sold)
			continue;
		good->sold += sale->quantities[i];
		BATCH_ADD(&batches[SALE_MOVEMENTS], P(seed_id(selling->seed, SEED_SALE, number, sale->at, (unsigned)i)),
		    P(good->variant), P(-sale->quantities[i]), P("sale"), P(sale->order), P(""), P(sale->at));
	}
}

/* What the order and its payment say of how it went; NULL: as the order's status was. */
static const struct {
	const char *order, *paid, *payment;
} words[] = {
	[SALE_KEPT] = { NULL, "paid", "succeeded" },
	[SALE_GIVEN_BACK] = { "refunded", "refunded", "refunded" },
	[SALE_RETURNED] = { NULL, "partially_refunded", "partially_refunded" },
	[SALE_DISPUTE_LOST] = { NULL, "paid", "disputed" },
	[SALE_DISPUTE_WON] = { NULL, "paid", "succeeded" },
	[SALE_UNPAID] = { "expired", "failed", "failed" },
	[SALE_UNDER_WAY] = { NULL, "pending", "processing" },
};

static int64_t
refunded(const struct sale *sale, int64_t total)
{
	return sale->end == SALE_GIVEN_BACK ? total
	    : sale->end == SALE_RETURNED    ? sale_line_total(sale, sale_returnable(sale))
					    : 0;
}

static const char *const failures[][2] = { { "card_declined", "Your card was declined." },
	{ "insufficient_funds", "Your card has insufficient funds." }, { "expired_card", "Your card has expired." },
	{ "authentication_required", "The payer did not confirm the payment." } };
enum { FAILURES = sizeof failures / sizeof *failures };

/* An attempt to pay; `number` tells those of one order apart. */
static void
add_payment(const struct selling *selling, struct sale *sale, struct uuid id, uint64_t number, bool failed)
{
	const struct provider *provider = sale->provider;
	const char            *reference = seed_reference(selling->seed, "PAY-", sale->index + (number << 44)),
		   *currency = sale->goods[0]->currency;
	const char *const    *failure = failures[sale->index % FAILURES];
	int64_t               total = sale->subtotal + sale->shipping + sale->tax, back = refunded(sale, total), fee = 0;
	bool                  paid = !failed && sale->end != SALE_UNDER_WAY, collected = paid && sale->in_cash;
	bool                  with_fee = paid && !sale->in_cash && sale->fee_basis_points > 0;
	const struct instant *succeeded = sale->in_cash ? &sale->arrived : &sale->at;

	minor_scale(total, sale->fee_basis_points, 10000, &fee);
	BATCH_ADD(&selling->batches[SALE_PAYMENTS], P(id), P(reference), P(sale->order), P(sale->user), P(provider->name),
	    P(arena_format(selling->arena, SEEDED_PREFIX "%s", reference + 4)), P(total), P(currency),
	    P(failed ? "failed" : words[sale->end].payment), P(sale->in_cash ? "cash_on_delivery" : "card"),
	    P(failed ? failure[0] : NULL), P(failed ? failure[1] : NULL), P(arena_format(selling->arena, "seed:%s", reference)),
	    P(collected ? total : 0), P(collected ? &sale->arrived : NULL), P(failed ? 0 : back), P(failed ? 0 : back),
	    P(!failed && sale->end == SALE_DISPUTE_LOST ? total : 0), with_fee ? P(fee) : parameter_null(),
	    P(with_fee ? currency : NULL), P(paid ? succeeded : NULL), P(sale->at), P(paid ? *succeeded : sale->at));
}

/* What providers call the event of a payment that was paid, and of one that failed. */
static const char *const event_types[PROVIDER__COUNT][2] = {
	[PROVIDER_STRIPE] = { "payment_intent.succeeded", "payment_intent.payment_failed" },
	[PROVIDER_PAYPAL] = { "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.DECLINED" },
	[PROVIDER_RAZORPAY] = { "payment.captured", "payment.failed" },
	[PROVIDER_PAYSTACK] = { "charge.success", "charge.failed" },
	[PROVIDER_FLUTTERWAVE] = { "charge.completed", "charge.failed" },
	[PROVIDER_BKASH] = { "Completed", "Failed" },
};

static void
add_webhook(const struct selling *selling, struct sale *sale)
{
	const char *event = seed_reference(selling->seed, "evt_seed_", sale->index), *name = sale->provider->name;
	bool        applied = strcmp(sale->webhook, "processed") == 0;
	const char *payload = arena_format(selling->arena, "{\"id\":\"%s\",\"payment\":\"" SEEDED_PREFIX "%s\"}", event,
	    seed_reference(selling->seed, "", sale->index));

	BATCH_ADD(&selling->batches[SALE_WEBHOOKS], P(sale_id(selling, sale, SEED_WEBHOOK, sale->at)), P(name), P(event),
	    P(event_types[sale->provider->number][sale->end == SALE_UNPAID]), P(payload), P(payload), P(sale->webhook),
	    P(applied ? 1 : 12), P(applied ? NULL : "the payment is not known"), P(sale->at), P(sale->at));
}

static void
add_order(const struct selling *selling, struct sale *sale)
{
	int64_t total = sale->subtotal + sale->shipping + sale->tax;
	bool    paid = sale->end != SALE_UNPAID && sale->end != SALE_UNDER_WAY;

	BATCH_ADD(&selling->batches[SALE_ORDERS], P(sale->order), P(seed_reference(selling->seed, "ORD-", sale->index)),
	    P(sale->user), P(words[sale->end].order == NULL ? sale->status : words[sale->end].order), P(words[sale->end].paid),
	    P(sale->provider->order_method), P(sale->goods[0]->currency), P(sale->subtotal), P(sale->shipping), P(sale->tax),
	    P(total), P(refunded(sale, total)), P(sale->shipping == 0 ? "pickup" : "standard"), P(sale->address),
	    P(sale->address),
	    P(!paid                 ? NULL
		    : sale->in_cash ? &sale->arrived
				    : &sale->at),
	    P(sale->at), P(sale->at));
}

const struct problem *
sale_add(struct selling *selling, struct sale *sale)
{
	for (int i = 0; i < sale->count; i++)
		sale->tax += sale_line_tax(sale, i);
	sale->payment = seed_id(selling->seed, SEED_PAYMENT, sale->index, sale->at, 0);
	add_order(selling, sale);
	if (sale->failed_before)
		add_payment(selling, sale, sale_id(selling, sale, SEED_PAYMENT, sale->at), 1, true);
	add_payment(selling, sale, sale->payment, 0, sale->end == SALE_UNPAID);
	if (sale->webhook != NULL)
		add_webhook(selling, sale);
	add_lines(selling, sale);
	if (sale->end != SALE_UNPAID)
		add_pairs(selling, sale);
	return sale_add_money(selling, sale);
}
