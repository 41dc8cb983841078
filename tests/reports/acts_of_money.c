#include "tests/reports/acts_of_money.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "fulfilment/fulfilments.h"
#include "payments/collect.h"
#include "payments/deliver.h"
#include "payments/dispute.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "payments/request.h"
#include "payouts/payout.h"
#include "store/db.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdio.h>
#include <string.h>

/* ---- choosing ---- */

bool
choose(struct uuid *id, const char *sql)
{
	char       ordered[1000];
	MYSQL_RES *found;
	MYSQL_ROW  row;
	int64_t    count;

	snprintf(ordered, sizeof ordered, "%s ORDER BY 1", sql);
	sql_ids_to_bytes(ordered);
	REQUIRE(mysql_query(shop.root, ordered) == 0);
	found = mysql_store_result(shop.root);
	REQUIRE(found != NULL);
	count = (int64_t)mysql_num_rows(found);
	if (count > 0) {
		mysql_data_seek(found, (uint64_t)dice(count));
		row = mysql_fetch_row(found);
		memcpy(id->bytes, row[0], sizeof id->bytes);
	}
	mysql_free_result(found);
	return count > 0;
}

/* ---- payments ---- */

/* The provider takes it, and says nothing more yet. */
static const struct problem *
take(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	*answer = (struct provider_answer) { .status = PAYMENT_REQUIRES_ACTION,
		.transaction_id = arena_format(work->arena, "tx_%s", payment->reference) };
	return OK;
}

static const char *const *
currencies(const struct config *config)
{
	(void)config;
	return shop_currencies;
}

static enum amount_fit
takes(struct money amount)
{
	return amount.minor > 0 ? AMOUNT_FITS : AMOUNT_TOO_SMALL;
}

const struct problem *
begin_to_pay(enum purpose_kind kind, struct uuid purpose, bool in_cash, struct payment **payment)
{
	static const enum provider_number numbers[] = { PROVIDER_STRIPE, PROVIDER_PAYPAL, PROVIDER_FLUTTERWAVE };
	struct provider provider = *providers[in_cash ? PROVIDER_COD : numbers[dice(sizeof numbers / sizeof *numbers)]];
	struct wish     wish = { .kind = kind, .purpose = purpose, .provider = &provider, .metadata = "{}" };
	struct user_id  payer = shop.work.viewer.user;

	if (!uuid_is_nil(payer.uuid))
		wish.user = &payer;
	if (!in_cash) {
		provider.currencies = currencies;
		provider.takes = takes;
		provider.limits = NULL;
		provider.create = take;
	}
	return create_payment(&shop.work, &wish, payment);
}

/* What a provider keeps: of its own currency, or of another one. */
static struct money
some_fee(const struct payment *payment)
{
	struct money fee = { 0 };

	if (luck(60))
		money_make(dice(payment->amount.minor / 10 + 1), luck(85) ? payment->currency : "USD", &fee);
	return fee;
}

const struct problem *
pay(const struct payment *payment)
{
	struct provider_answer paid = {
		.status = PAYMENT_SUCCEEDED, .amount = payment->amount, .fee = some_fee(payment), .method = "card"
	};

	return apply_answer(&shop.work, payment->id, &paid);
}

const struct problem *
answer_payment(void)
{
	static const char *const failures[] = { "card_declined", "insufficient_funds", NULL };
	struct payment_id        id;
	struct payment          *payment;
	struct provider_answer   answer = { .status = PAYMENT_FAILED };

	if (!choose(&id.uuid,
		"SELECT id FROM payments WHERE status IN ('pending', 'requires_action', 'processing') AND hold_reason IS NULL "
		"AND provider <> 'cod'"))
		return NOTHING;
	TRY(read_payment(&shop.work, id, &payment));
	switch (dice(10)) {
	case 0:
		answer.failure_code = failures[dice(3)];
		break;
	case 1:
		answer.status = luck(50) ? PAYMENT_CANCELLED : PAYMENT_EXPIRED;
		break;
	case 2: /* more or less than was asked for */
		answer = (struct provider_answer) { .status = PAYMENT_SUCCEEDED, .amount = payment->amount };
		answer.amount.minor += luck(50) ? 1 + dice(500) : -dice(answer.amount.minor);
		break;
	default:
		return pay(payment);
	}
	return apply_answer(&shop.work, id, &answer);
}

const struct problem *
decide_held(void)
{
	struct payment_id id;

	if (!choose(&id.uuid, "SELECT id FROM payments WHERE hold_reason IS NOT NULL"))
		return NOTHING;
	act_as(&shop.staff[0]);
	return luck(60) ? release_payment(&shop.work, id, "it will do") : refund_held_payment(&shop.work, id, "it will not do");
}

/* ---- cash ---- */

const struct problem *
confirm_cash(void)
{
	struct payment_id id;

	if (!choose(&id.uuid, "SELECT id FROM payments WHERE status = 'pending' AND provider = 'cod'"))
		return NOTHING;
	return luck(6) ? db_transaction(&shop.work, fail_delivery(&shop.work, id))
		       : db_transaction(&shop.work, confirm_delivery(&shop.work, id));
}

const struct problem *
collect_some_cash(void)
{
	struct payment_id    id;
	struct fulfilment_id part;
	struct brought       brought = { NULL, NULL };

	if (!choose(&part.uuid,
		"SELECT f.id FROM fulfilments f JOIN payments p ON p.order_id = f.order_id AND p.provider = 'cod' "
		"AND p.status = 'processing' WHERE f.status = 'delivered' AND f.collected_at IS NULL"))
		return NOTHING;
	if (luck(70))
		brought.part = &part;
	REQUIRE(CHOOSE_OF(&id.uuid,
	    "SELECT p.id FROM payments p JOIN fulfilments f ON f.order_id = p.order_id WHERE p.provider = 'cod' "
	    "AND p.status = 'processing' AND f.id = '%s'",
	    part.uuid));
	return db_transaction(&shop.work, collect_cash(&shop.work, id, &brought));
}

/* ---- refunds ---- */

static const struct problem *
claim_some(struct payment_id id)
{
	struct payment    *payment;
	struct merchant_id merchant;
	int64_t            left, amount;

	TRY(lock_payment(&shop.work, id, &payment));
	TRY(refuse_while_disputed(&shop.work, payment));
	left = payment_left(payment);
	if (left <= 0)
		return NOTHING;
	amount = luck(40) ? left : 1 + dice(left);
	if (luck(30) && payment->order != NULL &&
	    CHOOSE_OF(&merchant.uuid, "SELECT merchant_id FROM order_merchants WHERE order_id = '%s'", payment->order->uuid))
		return claim_refund_of_seller(&shop.work, payment, merchant, amount, "a part of it", NULL);
	return claim_refund(&shop.work, payment, amount, "some of it", false, NULL);
}

const struct problem *
ask_for_refund(void)
{
	struct payment_id id;

	if (!choose(&id.uuid, "SELECT id FROM payments WHERE status IN ('succeeded', 'partially_refunded', 'disputed')"))
		return NOTHING;
	act_as(&shop.staff[0]);
	return db_transaction(&shop.work, claim_some(id));
}

const struct problem *
end_refund(void)
{
	struct refund_answer answer = { .status = luck(90) ? REFUND_SUCCEEDED : REFUND_FAILED, .failure_code = "account_closed" };
	struct refund_id     id;
	struct refund       *refund;

	if (!choose(&id.uuid, "SELECT id FROM refunds WHERE status = 'pending'"))
		return NOTHING;
	TRY(refund_read(&shop.work, id, &refund));
	if (strcmp(refund->provider, "cod") == 0) {
		act_as(&shop.staff[1]);
		return db_transaction(&shop.work, hand_out_refund(&shop.work, id, "handed out", &refund));
	}
	answer.provider_refund_id = arena_format(shop.work.arena, "re_%s", uuid_text(shop.work.arena, id.uuid));
	return refund_apply(&shop.work, id, &answer);
}

const struct problem *
bounce_refund(void)
{
	struct refund_answer answer = { .status = REFUND_FAILED, .failure_code = "account_closed" };
	struct refund_id     id;

	if (!choose(&id.uuid, "SELECT id FROM refunds WHERE status = 'succeeded' AND provider <> 'cod'"))
		return NOTHING;
	return refund_apply(&shop.work, id, &answer);
}

static const struct problem *
claim_all(struct payment_id id)
{
	struct payment *payment;

	TRY(lock_payment(&shop.work, id, &payment));
	return claim_refund(&shop.work, payment, payment_left(payment), "the order was cancelled", true, NULL);
}

/* As its job does, without asking a provider: cash is not waited for any more. */
const struct problem *
give_back_order(struct uuid order)
{
	struct payment_id id;
	struct payment   *payment;

	if (CHOOSE_OF(&id.uuid,
		"SELECT id FROM payments WHERE order_id = '%s' AND provider = 'cod' AND status IN ('pending', 'processing')",
		order)) {
		TRY(read_payment(&shop.work, id, &payment));
		return cancel_payment(&shop.work, payment);
	}
	if (!CHOOSE_OF(&id.uuid,
		"SELECT id FROM payments WHERE order_id = '%s' AND status IN ('succeeded', 'partially_refunded') "
		"AND refund_claimed_minor + disputed_minor < IFNULL(received_minor, amount_minor)",
		order))
		return OK;
	return db_transaction(&shop.work, claim_all(id));
}

/* ---- disputes ---- */

static const struct problem *
say(struct payment_id id, struct dispute_answer *answer)
{
	struct payment *payment;

	TRY(read_payment(&shop.work, id, &payment));
	answer->amount = answer->amount.currency[0] == '\0' ? payment->amount : answer->amount;
	if (luck(40))
		money_make(1 + dice(1500), payment->currency, &answer->fee);
	return apply_dispute(&shop.work, id, answer);
}

const struct problem *
open_dispute(void)
{
	struct dispute_answer answer = { .status = DISPUTE_OPEN, .reason = "fraudulent", .money_moved = luck(50) };
	struct payment_id     id;
	struct payment       *payment;

	if (!choose(
		&id.uuid, "SELECT id FROM payments WHERE status IN ('succeeded', 'partially_refunded') AND provider <> 'cod'"))
		return NOTHING;
	TRY(read_payment(&shop.work, id, &payment));
	answer.provider_dispute_id = arena_format(shop.work.arena, "dp_%s", uuid_text(shop.work.arena, uuid_new()));
	answer.amount = payment->amount;
	if (luck(40))
		answer.amount.minor = 1 + dice(answer.amount.minor);
	return say(id, &answer);
}

const struct problem *
end_dispute(void)
{
	static const enum dispute_status ends[] = { DISPUTE_WON, DISPUTE_LOST, DISPUTE_LOST, DISPUTE_ACCEPTED, DISPUTE_CLOSED };
	struct dispute_id                id;
	struct dispute                  *dispute;
	struct dispute_answer            answer = { .status = ends[dice(5)] };

	if (!choose(&id.uuid, "SELECT id FROM disputes WHERE status IN ('open', 'submitted')"))
		return NOTHING;
	TRY(db_one(shop.work.db, &dispute_shape, &dispute, "SELECT {d} FROM disputes d WHERE d.id = ?", P(id)));
	answer.provider_dispute_id = dispute->provider_dispute_id;
	answer.reason = dispute->reason;
	answer.amount = dispute->amount;
	answer.money_moved = answer.status == DISPUTE_LOST || answer.status == DISPUTE_ACCEPTED;
	answer.moved = dispute->amount;
	if (luck(30))
		answer.moved.minor += luck(50) ? dice(300) : -dice(answer.moved.minor);
	return say(dispute->payment, &answer);
}

/* ---- money without goods ---- */

const struct problem *
pay_request(void)
{
	int                     merchant = (int)dice(MERCHANTS);
	struct new_request      wanted = { .metadata = "{}", .return_url = "https://shop.haat.test/" };
	struct payment_request *request;
	struct payment         *payment;

	money_make(1 + dice(100000), shop_currencies[merchant % CURRENCIES], &wanted.amount);
	TRY(db_transaction(&shop.work, open_request(&shop.work, shop.merchants[merchant], &wanted, &request)));
	if (luck(50))
		act_as(&shop.customers[dice(CUSTOMERS)]);
	TRY(begin_to_pay(PURPOSE_REQUEST, request->id.uuid, false, &payment));
	return luck(80) ? pay(payment) : OK;
}

/* An order that a coupon paid whole, or what came back of one: the job is told of the order. */
const struct problem *
post_free_order(void)
{
	struct event_notice notice = { .event = { { { 0 } } } };
	struct text         payload = text_new(shop.work.arena, 200);
	struct job          job = { .kind = job_kind_name(JOB_POST_FREE_ORDER) };

	if (!choose(&notice.aggregate, "SELECT id FROM orders WHERE total_minor = 0 AND status NOT IN ('pending', 'expired')"))
		return NOTHING;
	shape_print(&event_notice_shape, &notice, &payload);
	job.payload = payload.bytes;
	return db_transaction(&shop.work, post_free_order_job(&shop.work, &job));
}

/* ---- payouts ---- */

static const struct problem *
draft_some(struct merchant_id merchant)
{
	struct balance *balances;
	struct payout   payout;
	size_t          count;

	TRY(balances_of(&shop.work, merchant, &balances, &count));
	for (size_t i = 0; i < count; i++) {
		char                  text[MONEY_TEXT_SIZE];
		struct payout_request request = { .merchant = merchant, .currency = balances[i].currency };
		struct money          amount = balances[i].available;

		if (amount.minor <= 0)
			continue;
		amount.minor = 1 + dice(amount.minor);
		decimal_parse(text, money_write(amount, text), &request.amount);
		return draft_payout(&shop.work, &request, &payout);
	}
	return NOTHING;
}

const struct problem *
move_payout(void)
{
	struct payout_id id;
	struct payout   *payout;

	act_as(&shop.staff[0]);
	if (luck(40))
		return db_transaction(&shop.work, draft_some(shop.merchants[dice(MERCHANTS)]));
	if (choose(&id.uuid, "SELECT id FROM payouts WHERE status = 'draft'")) {
		act_as(&shop.staff[1]);
		return db_transaction(&shop.work, approve_payout(&shop.work, id, &payout));
	}
	if (choose(&id.uuid, "SELECT id FROM payouts WHERE status = 'approved'"))
		return luck(75) ? db_transaction(&shop.work, pay_payout(&shop.work, id, "TRANSFER", &payout))
				: db_transaction(&shop.work, reject_payout(&shop.work, id, "wrong account", &payout));
	if (luck(70) || !choose(&id.uuid, "SELECT id FROM payouts WHERE status = 'paid'"))
		return NOTHING;
	return db_transaction(&shop.work, bounce_payout(&shop.work, id, "account closed", &payout));
}

/* ---- settlement files ---- */

static const struct problem *
post_rows(struct ledger_transaction *rows, size_t count)
{
	return ledger_post_many(&shop.work, rows, count);
}

/* A fee of nothing of ours, or given back, and what has gone to the bank: as settlements/post.c posts them. */
const struct problem *
settle_something(void)
{
	struct uuid               file = uuid_new();
	struct ledger_transaction rows[2];
	struct money              amount;

	money_make(1 + dice(20000), shop_currencies[dice(CURRENCIES)], &amount);
	for (int i = 0; i < 2; i++) {
		struct money out = amount;

		out.minor = i == 0 && luck(30) ? -amount.minor : amount.minor;
		rows[i] = (struct ledger_transaction) { .source = { LEDGER_SETTLEMENT, uuid_new(), file }, .count = 2 };
		rows[i].postings[0] = (struct posting) { .role = i == 0 ? LEDGER_FEE : LEDGER_BANK, .amount = out };
		out.minor = -out.minor;
		rows[i].postings[1] = (struct posting) { .role = LEDGER_CLEARING, .provider = "stripe", .amount = out };
	}
	return db_transaction(&shop.work, post_rows(rows, 2));
}
