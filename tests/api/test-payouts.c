/* What merchants have earned, and how they are paid: balances, payouts from draft to bank, statements, the books behind them. */
#include "ledger/account.h"
#include "payouts/payout.h"
#include "tests/api/played.h"
#include "tests/api/shopping.h"
#include "tests/api/subscribing.h"

#include <string.h>

static struct person seller, customer, admin, first, second;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	first = person_new("accountant");
	second = person_new("accountant");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

/* A shop of its own, that has sold so much. */
static struct attempt
sold(struct person *shop, int quantity)
{
	struct goods   wares;
	struct attempt attempt;

	need_people();
	if (shop->id == NULL)
		*shop = person_new("shopkeeper");
	wares = goods_new(shop, "20.00", 100);
	attempt = attempt_paid(&customer, order_new(&customer, address, &wares, quantity));
	/* Who has an account for minutes and orders again and again looks like fraud: here somebody has looked at it. */
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	return attempt;
}

/* The same, which has arrived so many days ago. */
static struct attempt
delivered(struct person *shop, int quantity, int days)
{
	struct attempt attempt = sold(shop, quantity);

	order_delivered(shop, attempt.order, days);
	return attempt;
}

static struct answer
balance_of(const struct person *shop, const char *token)
{
	struct answer answer = api_get(form("/merchants/%s/balance", shop->merchant), token);

	EXPECT(answer, 200);
	return answer;
}

static void
check_balance(const struct person *shop, const char *member, const char *amount)
{
	struct answer answer = balance_of(shop, shop->access);

	CHECK_TEXT(text_at(&answer, form("results.0.%s", member)), amount);
}

static struct answer
draft(const struct person *shop, const char *amount)
{
	return api_post("/payouts", first.access,
	    form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"%s\"}", shop->merchant, amount));
}

static const char *
drafted(const struct person *shop, const char *amount)
{
	struct answer answer = draft(shop, amount);

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static struct answer
step(const char *payout, const char *name, const char *token)
{
	return api_post(form("/payouts/%s/%s", payout, name), token,
	    strcmp(name, "approve") == 0   ? NULL
		: strcmp(name, "pay") == 0 ? "{\"bank_reference\": \"SEPA-1\"}"
					   : "{\"reason\": \"the account is closed\"}");
}

/* What stands in the books of the payout. */
static int64_t
posted(const char *payout, const char *kind)
{
	return sql_number("SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_transactions t JOIN ledger_entries e "
			  "ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			  "WHERE t.source_id = '%s' AND a.kind = '%s'",
	    payout, kind);
}

static struct answer
confirm(const struct person *person, const char *password)
{
	return api_post("/accounts/confirm", person->access, form("{\"password\": \"%s\"}", password));
}

/* As if they had signed in, or confirmed who they are, so long ago. */
static void
age_session(const struct person *person, int seconds)
{
	sql_run("UPDATE sessions SET created_at = created_at - INTERVAL 1 DAY, confirmed_at = IF(confirmed_at IS NULL, "
		"NOW(3) - INTERVAL %d SECOND, confirmed_at - INTERVAL %d SECOND) WHERE id = '%s'",
	    seconds, seconds, person->session);
}

/* Who sits down at somebody's open session pays nobody, makes no keys and gives no rights. */
static void
test_old_sign_in_moves_no_money(void)
{
	struct person shop = { 0 };
	const char   *payout;

	delivered(&shop, 3, 15);
	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", shop.id);
	EXPECT_PROBLEM(draft(&shop, "10.00"), 409, "email_unverified");
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", shop.id);
	payout = drafted(&shop, "10.00");
	age_session(&second, 601);
	for (size_t i = 0; i < 4; i++) {
		static const char *const steps[] = { "approve", "pay", "reject", "bounced" };

		EXPECT_PROBLEM(step(payout, steps[i], second.access), 403, "confirmation_required");
	}
	CHECK_TEXT(sql_text("SELECT status FROM payouts WHERE id = '%s'", payout), "draft");
	EXPECT(api_get("/payouts", second.access), 200);
	EXPECT_FAULT(confirm(&second, "wrong-Horse-17"), "password");
	EXPECT_PROBLEM(step(payout, "approve", second.access), 403, "confirmation_required");
	/* Nor does the confirmation of another session count for this one. */
	EXPECT(confirm(&first, first.password), 204);
	EXPECT_PROBLEM(step(payout, "approve", second.access), 403, "confirmation_required");
	EXPECT(confirm(&second, second.password), 204);
	EXPECT(step(payout, "approve", second.access), 200);
	age_session(&second, 601);
	EXPECT_PROBLEM(step(payout, "pay", second.access), 403, "confirmation_required");
	EXPECT(confirm(&second, second.password), 204);
	EXPECT(step(payout, "pay", second.access), 200);
	age_session(&first, 601);
	EXPECT_PROBLEM(draft(&shop, "1.00"), 403, "confirmation_required");
	person_login(&first);
	EXPECT(draft(&shop, "1.00"), 201);
	age_session(&shop, 601);
	EXPECT_PROBLEM(api_post("/merchants/me/api-keys", shop.access, "{\"name\": \"x\", \"scopes\": [\"payment:read_own\"]}"),
	    403, "confirmation_required");
	age_session(&admin, 601);
	EXPECT_PROBLEM(
	    api_patch(form("/users/%s", customer.id), admin.access, "{\"role\": \"admin\"}"), 403, "confirmation_required");
	person_login(&admin);
}

/* 20.00 less 5 % of commission: 19.00 each. */
static void
test_balance(void)
{
	struct person  shop = { 0 }, stranger;
	struct attempt old = delivered(&shop, 3, 15), young = delivered(&shop, 1, 13);
	struct answer  answer = balance_of(&shop, shop.access);

	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.currency"), "USD");
	CHECK_TEXT(text_at(&answer, "results.0.balance"), "76.00");
	CHECK_TEXT(text_at(&answer, "results.0.return_window"), "19.00");
	CHECK_TEXT(text_at(&answer, "results.0.available"), "57.00");
	/* A refund on its way is not the merchant's any more, nor is what is held for review, nor what is disputed. */
	sql_run("INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, idempotency_key) SELECT '%s', id, 'cod', "
		"1000, 'USD', '%s' FROM payments WHERE reference = '%s'",
	    shop.id, shop.id, old.reference);
	check_balance(&shop, "pending_refunds", form("%.2f", (double)((INT64_C(5700) * 1000 + old.total - 1) / old.total) / 100));
	sql_run("DELETE FROM refunds WHERE payment_id = (SELECT id FROM payments WHERE reference = '%s')", old.reference);
	sql_run("UPDATE payments SET hold_reason = 'a test' WHERE reference = '%s'", old.reference);
	check_balance(&shop, "held", "57.00");
	check_balance(&shop, "available", "0.00");
	sql_run("UPDATE payments SET hold_reason = NULL WHERE reference = '%s'", old.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", young.transaction), NULL), 200);
	WAIT_FOR("disputed", "SELECT status FROM payments WHERE reference = '%s'", young.reference);
	check_balance(&shop, "disputed", "19.00");
	check_balance(&shop, "balance", "57.00");
	check_balance(&shop, "available", "57.00");
	stranger = person_new("shopkeeper");
	EXPECT_PROBLEM(api_get(form("/merchants/%s/balance", shop.merchant), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/merchants/%s/balance", shop.id), admin.access), 404, "not_found");
	CHECK(api_round_trips(form("/merchants/%s/balance", shop.merchant), shop.access) <= 5);
}

/* ---- when what was sold can be paid out, in a played time ---- */

struct expected {
	struct merchant_id merchant;
	int64_t            available;
};

static const struct problem *
play_balance(struct work *work, void *argument)
{
	const struct expected *expected = argument;
	struct ledger_account *accounts;
	struct balance         balance;
	size_t                 count;

	TRY(accounts_of_merchant(work, expected->merchant, &accounts, &count));
	if (count != 1)
		return problem(NOT_FOUND, "the shop has not one balance");
	TRY(read_balance(work, &accounts[0], &balance));
	return balance.available.minor == expected->available ? OK : problem(CONFLICT, "the shop has another amount available");
}

static void
check_available_in(const struct person *shop, int days, int64_t minor)
{
	struct expected expected = { .available = minor };

	CHECK(uuid_parse(shop->merchant, &expected.merchant.uuid));
	played_run(sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL %d DAY, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", days),
	    play_balance, &expected);
}

/* However long ago it was paid: a parcel that is on its way, or may come back, or is on its way back, is not the seller's yet. */
static void
test_the_window_begins_with_the_delivery(void)
{
	struct person  shop = { 0 };
	struct attempt attempt = sold(&shop, 2);
	const char    *part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s'", attempt.order), *back;
	struct answer  answer;

	check_available_in(&shop, 20, 0);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), shop.access, NULL), 200);
	check_available_in(&shop, 20, 0);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), shop.access, "{\"carrier\": \"Pathao\"}"), 200);
	check_available_in(&shop, 20, 0);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part), shop.access, NULL), 200);
	check_balance(&shop, "return_window", "38.00");
	check_available_in(&shop, 13, 0);
	check_available_in(&shop, 15, 3800);
	answer = api_post(form("/orders/%s/returns", attempt.order), customer.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"reason\": \"too small\"}]}",
		sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", attempt.order)));
	EXPECT(answer, 201);
	back = text_at(&answer, "id");
	check_available_in(&shop, 15, 0);
	EXPECT(api_post(form("/returns/%s/cancel", back), customer.access, NULL), 200);
	check_available_in(&shop, 15, 3800);
}

/* Nothing of it can come back in a parcel. */
static void
test_what_is_not_sent_has_no_window(void)
{
	struct person shop;

	need_people();
	shop = person_new("shopkeeper");
	subscription_active(&customer, plan_new(&shop, "20.00", "\"every\": \"month\""));
	check_balance(&shop, "return_window", "0.00");
	check_balance(&shop, "available", "19.00");
}

static void
test_payout_is_paid_and_comes_back(void)
{
	struct person shop = { 0 };
	const char   *payout;
	struct answer answer;

	delivered(&shop, 5, 20); /* 95.00 */
	EXPECT_PROBLEM(draft(&shop, "95.01"), 409, "payout_too_large");
	EXPECT_FAULT(draft(&shop, "0.00"), "amount");
	EXPECT_FAULT(draft(&shop, "1.001"), "amount");
	EXPECT_PROBLEM(draft(&shop, "0.50"), 422, "payout_too_small");
	payout = drafted(&shop, "60.00");
	EXPECT_PROBLEM(draft(&shop, "35.01"), 409, "payout_too_large");
	check_balance(&shop, "drafts", "60.00");
	check_balance(&shop, "available", "35.00");
	check_balance(&shop, "balance", "95.00");
	EXPECT_PROBLEM(step(payout, "approve", first.access), 403, "forbidden");
	answer = step(payout, "approve", second.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "approved");
	CHECK_TEXT(text_at(&answer, "drafted_by"), first.id);
	CHECK_TEXT(text_at(&answer, "approved_by"), second.id);
	CHECK_INT(posted(payout, "merchant"), 6000);
	CHECK_INT(posted(payout, "payout_due"), -6000);
	check_balance(&shop, "approved", "60.00");
	check_balance(&shop, "balance", "35.00");
	answer = step(payout, "pay", second.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "bank_reference"), "SEPA-1");
	CHECK_INT(posted(payout, "payout_due"), 0);
	CHECK_INT(posted(payout, "bank"), -6000);
	answer = step(payout, "bounced", first.access);
	EXPECT(answer, 200);
	CHECK_INT(posted(payout, "bank"), 0);
	CHECK_INT(posted(payout, "merchant"), 0);
	check_balance(&shop, "available", "95.00");
	answer = api_get("/payouts?limit=2", shop.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.status"), "bounced");
	CHECK_TEXT(
	    text_at(&answer, "results.0.shop_name"), sql_text("SELECT shop_name FROM merchants WHERE id = '%s'", shop.merchant));
	CHECK_TEXT(text_at(&answer, "results.0.reason"), "the account is closed");
	CHECK(!has_at(&answer, "results.0.drafted_by"));
	answer = api_get(form("/payouts?merchant=%s&status=paid", shop.merchant), admin.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(type ORDER BY id) FROM events WHERE aggregate_id = '%s'", payout),
	    "payout.drafted,payout.approved,payout.paid,payout.bounced");
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(IFNULL(JSON_VALUE(before_state, '$.status'), '-'), '>', "
			    "JSON_VALUE(after_state, '$.status') ORDER BY id) FROM audit_records WHERE subject_id = '%s'",
		       payout),
	    "->draft,draft>approved,approved>paid,paid>bounced");
}

/* Every pair of the table, and every other one. */
static void
test_states(void)
{
	static const char *const steps[] = { "approve", "pay", "reject", "bounced" };
	static const struct {
		const char *status;
		const char *way[3]; /* to it, from a draft */
		const char *may;
	} rows[] = {
		{ "draft", { NULL }, "approve reject" },
		{ "approved", { "approve" }, "pay reject" },
		{ "rejected", { "reject" }, "" },
		{ "paid", { "approve", "pay" }, "bounced" },
		{ "bounced", { "approve", "pay", "bounced" }, "" },
	};
	struct person shop = { 0 };

	delivered(&shop, 20, 20);
	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
		for (size_t i = 0; i < 4; i++) {
			const char   *payout = drafted(&shop, "2.00");
			bool          may = strstr(rows[row].may, steps[i]) != NULL;
			struct answer answer;

			for (size_t way = 0; way < 3 && rows[row].way[way] != NULL; way++)
				EXPECT(step(payout, rows[row].way[way], second.access), 200);
			CHECK_TEXT(sql_text("SELECT status FROM payouts WHERE id = '%s'", payout), rows[row].status);
			answer = step(payout, steps[i], second.access);
			if (may) {
				EXPECT(answer, 200);
				continue;
			}
			EXPECT_PROBLEM(answer, 409, "payout_state");
			CHECK_TEXT(text_at(&answer, "details.status.0"), form("is %s", rows[row].status));
			CHECK_TEXT(sql_text("SELECT status FROM payouts WHERE id = '%s'", payout), rows[row].status);
		}
	EXPECT_PROBLEM(step(shop.id, "approve", second.access), 404, "not_found");
	CHECK_INT(sql_number("SELECT SUM(e.amount_minor) FROM payouts p JOIN ledger_transactions t ON t.source_id = p.id "
			     "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			     "WHERE p.merchant_id = '%s' AND p.status IN ('rejected', 'bounced') AND a.kind = 'merchant'",
		      shop.merchant),
	    0);
}

/* Between draft and approval money went back; and the shop was suspended. */
static void
test_amount_is_checked_again(void)
{
	struct person  shop = { 0 };
	struct attempt attempt = delivered(&shop, 2, 20);
	const char    *payout = drafted(&shop, "38.00");

	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access,
		   "{\"amount\": \"10.00\", \"reason\": \"a scratch\"}"),
	    201);
	EXPECT_PROBLEM(step(payout, "approve", second.access), 409, "payout_too_large");
	EXPECT(step(payout, "reject", second.access), 200);
	payout = drafted(&shop, "5.00");
	EXPECT(api_post(form("/merchants/%s/suspend", shop.merchant), admin.access, NULL), 200);
	EXPECT_PROBLEM(draft(&shop, "1.00"), 403, "merchant_inactive");
	EXPECT_PROBLEM(step(payout, "approve", second.access), 403, "merchant_inactive");
	EXPECT(step(payout, "reject", second.access), 200);
	EXPECT_FAULT(api_post("/payouts", first.access,
			 form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"1.00\"}", shop.id)),
	    "merchant_id");
}

/* The sum of what the calls answered with that status. */
static size_t
answered(const struct answer *answers, size_t count, int status)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += answers[i].status == status;
	return n;
}

static void
test_races(void)
{
	enum { AT_ONCE = 6 };
	struct person shop = { 0 };
	struct call   calls[AT_ONCE];
	struct answer answers[AT_ONCE];
	const char   *payout;

	delivered(&shop, 2, 20); /* 38.00: three of them */
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) { "POST", "/payouts", i % 2 == 0 ? first.access : second.access,
			form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"12.00\"}", shop.merchant), NULL };
	api_calls(calls, AT_ONCE, answers);
	CHECK_INT(answered(answers, AT_ONCE, 201), 3);
	CHECK_INT(answered(answers, AT_ONCE, 409), 3);
	check_balance(&shop, "available", "2.00");
	payout = sql_text("SELECT id FROM payouts WHERE merchant_id = '%s' LIMIT 1", shop.merchant);
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) { "POST", form("/payouts/%s/approve", payout), admin.access, NULL, NULL };
	api_calls(calls, AT_ONCE, answers);
	CHECK_INT(answered(answers, AT_ONCE, 200), 1);
	CHECK_INT(answered(answers, AT_ONCE, 409), AT_ONCE - 1);
	CHECK_INT(posted(payout, "merchant"), 1200);
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = i % 2 == 0 ? (struct call) { "POST", form("/payouts/%s/pay", payout), admin.access,
			"{\"bank_reference\": \"SEPA-2\"}", NULL }
				      : (struct call) { "POST", form("/payouts/%s/reject", payout), first.access,
						"{\"reason\": \"at the same time\"}", NULL };
	api_calls(calls, AT_ONCE, answers);
	CHECK_INT(answered(answers, AT_ONCE, 200), 1);
	CHECK_INT(posted(payout, "payout_due"), 0);
	CHECK_INT(posted(payout, "bank") + posted(payout, "merchant"), 0);
}

static const char *
this_month(void)
{
	return sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m')");
}

/* What was approved has left the balance, and comes back if the bank has no such account. */
static void
test_a_shop_with_a_payout_under_way_stays(void)
{
	struct person shop = { 0 };
	struct answer answer;

	delivered(&shop, 5, 20);
	EXPECT(step(drafted(&shop, "95.00"), "approve", second.access), 200);
	answer = api_delete("/accounts/me", shop.access);
	EXPECT_PROBLEM(answer, 409, "conflict");
	CHECK(strstr(answer.body, "a payout that is under way") != NULL);
}

static void
test_statements(void)
{
	struct person  shop = { 0 };
	struct attempt attempt = delivered(&shop, 5, 20);
	struct answer  answer;
	const char    *month = this_month(), *path;

	EXPECT(step(drafted(&shop, "20.00"), "approve", second.access), 200);
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access,
		   "{\"amount\": \"10.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	path = form("/merchants/%s/statements?month=%s", shop.merchant, month);
	answer = api_get(path, shop.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.opening_balance"), "0.00");
	CHECK_INT(length_at(&answer, "results.0.lines"), 3);
	CHECK_TEXT(text_at(&answer, "results.0.lines.0.kind"), "payment");
	CHECK_TEXT(text_at(&answer, "results.0.lines.0.amount"), "95.00");
	CHECK_TEXT(text_at(&answer, "results.0.lines.2.kind"), "payout");
	CHECK_TEXT(text_at(&answer, "results.0.lines.2.amount"), "-20.00");
	check_balance(&shop, "balance", text_at(&answer, "results.0.closing_balance"));
	answer = api_get(form("/merchants/%s/statements.csv?month=%s", shop.merchant, month), second.access);
	EXPECT(answer, 200);
	CHECK(strncmp(answer.body, "time,kind,payment,amount,currency,balance\r\n", 43) == 0);
	CHECK(strstr(answer.body, form("payment,%s,95.00,USD,95.00\r\n", attempt.reference)) != NULL);
	CHECK(strstr(answer.body, "payout,,-20.00,USD,75.00\r\n") != NULL);
	CHECK(strstr(answer.body, "closing_balance,,") != NULL);
	/* More often than there are workers of its pool, so that one has the statements prepared. */
	for (int i = 0; i < 8; i++)
		EXPECT(api_get(form("/merchants/%s/statements.csv?month=%s", shop.merchant, month), shop.access), 200);
	/* The month before begins and ends with nothing. */
	answer = api_get(form("/merchants/%s/statements?month=2020-12", shop.merchant), shop.access);
	CHECK_TEXT(text_at(&answer, "results.0.closing_balance"), "0.00");
	EXPECT_FAULT(api_get(form("/merchants/%s/statements?month=2020-13", shop.merchant), shop.access), "month");
	EXPECT_PROBLEM(api_get(path, person_new("shopkeeper").access), 404, "not_found");
}

static void
test_ledger_accounts(void)
{
	struct person shop = { 0 };
	struct answer answer;
	const char   *account;

	sold(&shop, 1);
	sold(&shop, 2);
	answer = api_get(form("/ledger/accounts?merchant=%s", shop.merchant), first.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.kind"), "merchant");
	CHECK_TEXT(text_at(&answer, "results.0.balance"), "-57.00");
	account = text_at(&answer, "results.0.id");
	answer = api_get("/ledger/accounts?kind=clearing&provider=stripe&currency=USD", first.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(form("/ledger/accounts/%s/entries?limit=1", account), first.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "-38.00");
	CHECK_TEXT(text_at(&answer, "results.0.source_kind"), "payment");
	CHECK(has_at(&answer, "next"));
	answer = api_get(form("/ledger/accounts/%s/entries?from=2099-01-01T00:00:00Z", account), first.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/ledger/accounts/%s/entries?to=2099-01-01T00:00:00Z&currency=EUR", account), first.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_PROBLEM(api_get(form("/ledger/accounts/%s/entries", shop.id), first.access), 404, "not_found");
	EXPECT_PROBLEM(api_get("/ledger/accounts", shop.access), 403, "forbidden");
}

/* What the payer has paid less by a discount the shop adds to what the merchant earns. */
static void
test_discounts_are_posted(void)
{
	struct person  shop;
	struct goods   wares;
	struct attempt attempt;
	const char    *order;

	need_people();
	shop = person_new("shopkeeper");
	wares = goods_new(&shop, "20.00", 100);
	order = order_new(&customer, address, &wares, 1);
	sql_run("UPDATE orders SET discount_minor = 300, total_minor = total_minor - 300 WHERE id = '%s'", order);
	sql_run("UPDATE order_lines SET discount_minor = 300, total_minor = total_minor - 300 WHERE order_id = '%s'", order);
	sql_run("UPDATE order_merchants SET discount_minor = 300, total_minor = total_minor - 300 WHERE order_id = '%s'", order);
	attempt = attempt_paid(&customer, order);
	CHECK_INT(left_in(&attempt, "merchant"), -1900);
	CHECK_INT(left_in(&attempt, "discount"), 300);
	CHECK_INT(left_in(&attempt, "commission"), -100);
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"a scratch\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(left_in(&attempt, "merchant"), 0);
	CHECK_INT(left_in(&attempt, "discount"), 0);
}

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: payouts", TEST(test_balance), TEST(test_the_window_begins_with_the_delivery),
    TEST(test_what_is_not_sent_has_no_window), TEST(test_old_sign_in_moves_no_money), TEST(test_payout_is_paid_and_comes_back),
    TEST(test_states), TEST(test_amount_is_checked_again), TEST(test_races), TEST(test_a_shop_with_a_payout_under_way_stays),
    TEST(test_statements), TEST(test_ledger_accounts), TEST(test_discounts_are_posted), TEST(test_books_are_consistent))
