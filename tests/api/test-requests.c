/* Payment requests: what a shop asks somebody to pay, and what becomes of it by whichever way. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, other, admin, customer;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	admin = person_new("admin");
	customer = person_new("customer");
}

static struct answer
ask_for(const char *amount, const char *more)
{
	need_people();
	return api_post("/payments/initialize", seller.access,
	    form("{\"amount\": \"%s\", \"currency\": \"USD\", \"customer\": {\"email\": \"zuleikha.quettawala@example.test\", "
		 "\"name\": \"Zuleikha Quettawala\"}, \"return_url\": \"https://merchant.example/thanks\"%s}",
		amount, more));
}

/* A new one of 50.00; its reference. */
static const char *
request_new(void)
{
	struct answer answer = ask_for("50.00", "");

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "reference");
}

static struct answer
begin(const char *reference)
{
	return api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");
}

/* Somebody begins to pay it; the provider's transaction. */
static const char *
attempt_at(const char *reference)
{
	struct answer answer = begin(reference);

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "provider_transaction_id");
}

static void
pay(const char *transaction)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", transaction), "force=1"), 200);
}

static void
wait_request(const char *reference, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payment_requests WHERE reference = '%s'", reference);
}

static void
wait_attempt(const char *transaction, const char *status)
{
	WAIT_FOR(status,
	    "SELECT CONCAT(status, IF(hold_reason IS NULL, '', ' held')) FROM payments WHERE provider_transaction_id = '%s'",
	    transaction);
}

static struct answer
set_status(const char *reference, const char *status)
{
	return api_put(
	    form("/payments/%s/status", reference), seller.access, form("{\"status\": \"%s\", \"reason\": \"a test\"}", status));
}

static struct answer
show(const char *reference)
{
	struct answer answer = api_get(form("/payments/%s", reference), seller.access);

	EXPECT(answer, 200);
	return answer;
}

static void
expire(const char *reference)
{
	sql_run("UPDATE payment_requests SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE reference = '%s'", reference);
	run_job_now("expire_requests");
	wait_request(reference, "expired");
}

static void
check_shown(const char *reference, const char *status, const char *request_status)
{
	struct answer answer = show(reference);

	CHECK_TEXT(text_at(&answer, "reference"), reference);
	CHECK_TEXT(text_at(&answer, "status"), status);
	CHECK_TEXT(text_at(&answer, "request_status"), request_status);
	CHECK_INT(has_at(&answer, "url"), strcmp(request_status, "open") == 0);
}

/* What the attempt has left in the accounts of that kind. */
static int64_t
balance(const char *transaction, const char *kind)
{
	struct attempt attempt = { .reference = sql_text(
				       "SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction) };

	return left_in(&attempt, kind);
}

static void
test_paid_and_shown_by_one_reference(void)
{
	struct answer answer = ask_for("50.00", ", \"merchant_reference\": null, \"metadata\": {\"cart\": \"A-7\"}"), attempt;
	const char   *reference, *id, *transaction;

	EXPECT_FAULT(answer, "merchant_reference");
	answer = ask_for("50.00", ", \"metadata\": {\"cart\": \"A-7\"}");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	id = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	CHECK_TEXT(text_at(&answer, "amount"), "50.00");
	CHECK_TEXT(text_at(&answer, "metadata.cart"), "A-7");
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	CHECK(!has_at(&answer, "provider") && !has_at(&answer, "order_id") && has_at(&answer, "expires_at"));
	CHECK(strstr(text_at(&answer, "url"), form("/pay/%s", reference)) != NULL);
	check_shown(reference, "pending", "open");

	attempt = begin(reference);
	EXPECT(attempt, 201);
	transaction = text_at(&attempt, "provider_transaction_id");
	CHECK_TEXT(text_at(&attempt, "reference"), reference);
	CHECK(has_at(&attempt, "client_secret"));
	/* Who has the reference is shown what is to be paid, and nothing of the merchant's or of anybody. */
	CHECK(strstr(attempt.body, "A-7") == NULL && strstr(attempt.body, "uettawala") == NULL);
	pay(transaction);
	wait_request(reference, "paid");
	check_shown(reference, "succeeded", "paid");
	answer = show(reference);
	CHECK_TEXT(text_at(&answer, "id"), id);
	CHECK_TEXT(text_at(&answer, "provider"), "stripe");
	CHECK(!has_at(&answer, "client_secret"));
	CHECK_INT(balance(transaction, "clearing"), 5000);
	CHECK_INT(balance(transaction, "merchant"), -4750);
	CHECK_INT(balance(transaction, "commission"), -250);
	/* By its own reference the attempt is itself. */
	answer = api_get(
	    form("/payments/%s", sql_text("SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction)),
	    seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "request_status"), "paid");
	CHECK(strcmp(text_at(&answer, "id"), id) != 0);
	/* Nobody else's. */
	EXPECT(api_get(form("/payments/%s", reference), other.access), 404);
	EXPECT(api_get(form("/payments/%s", reference), customer.access), 404);
	EXPECT(api_get(form("/payments/%s", reference), admin.access), 200);
	EXPECT_CONSISTENT();
}

static void
test_what_cannot_be_asked_for(void)
{
	const char   *name = form("INV-%s", fresh_phone() + 1);
	struct answer first, second;

	EXPECT_FAULT(ask_for("0.00", ""), "amount");
	EXPECT_FAULT(ask_for("1.005", ""), "amount");
	EXPECT_FAULT(ask_for("50.00", ", \"expires_at\": \"2020-01-01T00:00:00.000Z\""), "expires_at");
	EXPECT_FAULT(ask_for("50.00", ", \"expires_at\": \"2090-01-01T00:00:00.000Z\""), "expires_at");
	EXPECT_FAULT(api_post("/payments/initialize", seller.access,
			 "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
			 "\"return_url\": \"http://merchant.example/\"}"),
	    "return_url");
	EXPECT_FAULT(api_post("/payments/initialize", seller.access,
			 "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
			 "\"return_url\": \"https://localhost@evil.example/\"}"),
	    "return_url");
	EXPECT_FAULT(api_post("/payments/initialize", seller.access,
			 "{\"amount\": \"5.00\", \"currency\": \"USD\", \"return_url\": \"https://merchant.example/\"}"),
	    "customer");
	EXPECT_PROBLEM(ask_for("50.00", ", \"provider\": \"cod\""), 409, "provider_unsupported");
	EXPECT_PROBLEM(ask_for("50.00", ", \"provider\": \"nobody\""), 409, "provider_unsupported");
	first = ask_for("50.00", form(", \"merchant_reference\": \"%s\"", name));
	EXPECT(first, 201);
	CHECK_TEXT(text_at(&first, "merchant_reference"), name);
	second = ask_for("60.00", form(", \"merchant_reference\": \"%s\"", name));
	EXPECT_PROBLEM(second, 409, "merchant_reference_taken");
	CHECK(strstr(second.body, text_at(&first, "reference")) != NULL);
	/* Another shop's names are its own. */
	EXPECT(api_post("/payments/initialize", other.access,
		   form("{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
			"\"return_url\": \"https://merchant.example/\", \"merchant_reference\": \"%s\"}",
		       name)),
	    201);
	EXPECT(api_post("/payments/PAY-0000000000/attempts", NULL, "{\"provider\": \"stripe\"}"), 404);
	EXPECT_PROBLEM(api_post(form("/payments/%s/attempts", text_at(&first, "reference")), NULL, "{\"provider\": \"cod\"}"),
	    409, "provider_unsupported");
	EXPECT_PROBLEM(api_post(form("/payments/%s/refunds", text_at(&first, "reference")), seller.access, "{\"reason\": \"x\"}"),
	    409, "payment_state");
}

static void
test_suspended_shop_asks_for_nothing(void)
{
	struct person closed = person_new("shopkeeper");
	const char   *body = "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
			     "\"return_url\": \"https://merchant.example/\"}";
	struct answer answer = api_post("/payments/initialize", closed.access, body);
	const char   *reference, *transaction;

	need_people();
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	transaction = attempt_at(reference);
	EXPECT(api_post(form("/merchants/%s/suspend", closed.merchant), admin.access, NULL), 200);
	EXPECT_PROBLEM(api_post("/payments/initialize", closed.access, body), 403, "merchant_inactive");
	EXPECT_PROBLEM(begin(reference), 403, "merchant_inactive");
	/* Begun before it was suspended: the money is not for it. */
	pay(transaction);
	wait_attempt(transaction, "refunded");
	wait_request(reference, "cancelled");
	EXPECT_CONSISTENT();
}

static void
test_declined_and_paid_by_another_attempt(void)
{
	const char   *reference = request_new(), *first = attempt_at(reference), *second;
	struct answer again = begin(reference);

	/* Who comes back goes on with what is open. */
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "provider_transaction_id"), first);
	sandbox_act("fail", first);
	wait_attempt(first, "failed");
	check_shown(reference, "failed", "open");
	second = attempt_at(reference);
	CHECK(strcmp(first, second) != 0);
	check_shown(reference, "pending", "open");
	pay(second);
	wait_request(reference, "paid");
	check_shown(reference, "succeeded", "paid");
	/* A second success goes back by itself, and the first counts. */
	pay(first);
	wait_attempt(first, "refunded");
	wait_attempt(second, "succeeded");
	check_shown(reference, "succeeded", "paid");
	CHECK_INT(balance(second, "merchant"), -4750);
	EXPECT_PROBLEM(begin(reference), 409, "payment_state");
	EXPECT_CONSISTENT();
}

/* The answer of the first one's provider was lost: nobody was led to its page, and the payer chooses another one. */
static void
test_another_provider_after_a_lost_answer(void)
{
	const char *reference = request_new(), *first = attempt_at(reference);

	sql_run("UPDATE payments SET provider_transaction_id = NULL, client_secret = NULL, begun_until = NULL "
		"WHERE provider_transaction_id = '%s'",
	    first);
	EXPECT(api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"paypal\"}"), 201);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(p.provider, ' ', p.live <=> 1 ORDER BY p.id SEPARATOR ', ') FROM payments p "
			    "JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		       reference),
	    "stripe 0, paypal 1");
}

/* Which of its states a merchant can end: open alone. */
static void
test_states_that_a_merchant_ends(void)
{
	const char *open = request_new(), *paid = request_new(), *expired = request_new(), *transaction;

	EXPECT_PROBLEM(set_status(open, "failed"), 409, "payment_state");
	EXPECT_FAULT(set_status(open, "succeeded"), "status");
	EXPECT_FAULT(api_put(form("/payments/%s/status", open), seller.access, "{\"status\": \"cancelled\"}"), "reason");
	EXPECT(api_put(form("/payments/%s/status", open), other.access, "{\"status\": \"cancelled\", \"reason\": \"x\"}"), 404);
	EXPECT(set_status(open, "cancelled"), 200);
	check_shown(open, "cancelled", "cancelled");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records a JOIN payment_requests r ON r.id = a.subject_id "
			     "WHERE r.reference = '%s' AND a.action = 'payment_request.cancelled'",
		      open),
	    1);
	transaction = attempt_at(paid);
	pay(transaction);
	wait_request(paid, "paid");
	expire(expired);
	check_shown(expired, "expired", "expired");
	for (int i = 0; i < 2; i++) {
		const char *to = i == 0 ? "cancelled" : "failed";

		EXPECT_PROBLEM(set_status(open, to), 409, "payment_state");
		EXPECT_PROBLEM(set_status(paid, to), 409, "payment_state");
		EXPECT_PROBLEM(set_status(expired, to), 409, "payment_state");
	}
	EXPECT_PROBLEM(begin(open), 409, "payment_state");
	EXPECT_PROBLEM(begin(paid), 409, "payment_state");
	EXPECT_PROBLEM(begin(expired), 409, "payment_state");
	CHECK(strstr(begin(expired).body, "has expired") != NULL);
	CHECK(strstr(set_status(paid, "cancelled").body, "already paid") != NULL);
}

static void
test_live_attempt_is_closed_first(void)
{
	const char *reference = request_new(), *transaction = attempt_at(reference);

	EXPECT(set_status(reference, "cancelled"), 200);
	wait_attempt(transaction, "cancelled");
	EXPECT_PROBLEM(begin(reference), 409, "payment_state");
	/* Money that comes all the same is given back. */
	pay(transaction);
	wait_attempt(transaction, "refunded");
	check_shown(reference, "refunded", "cancelled");
	CHECK_INT(balance(transaction, "merchant"), 0);
	EXPECT_CONSISTENT();
}

/* What its provider tells of it is kept back there until the flush, and not told before what we were answered is written. */
static void
hold_news(const char *transaction)
{
	sandbox_switch(transaction, "{\"webhook_reverse\": true}");
}

static void
test_failed_by_its_merchant(void)
{
	const char *reference = request_new(), *transaction = attempt_at(reference), *second;

	hold_news(transaction);
	EXPECT(set_status(reference, "failed"), 200);
	check_shown(reference, "failed", "open");
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE provider_transaction_id = '%s'", transaction),
	    "failed_by_merchant");
	EXPECT_PROBLEM(set_status(reference, "failed"), 409, "payment_state");
	/* Its provider says that it is cancelled, as we asked for: it has failed all the same. */
	CHECK_INT(sandbox_post("/sandbox/flush", NULL), 200);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM webhook_events WHERE type = 'payment_intent.canceled' AND status = 'processed' "
	    "AND LOCATE('%s', payload) > 0",
	    transaction);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM jobs j JOIN payments p ON j.unique_key = CONCAT('reconcile:', CAST(p.id AS UUID)) "
	    "WHERE p.provider_transaction_id = '%s'",
	    transaction);
	check_shown(reference, "failed", "open");
	second = attempt_at(reference);
	pay(second);
	wait_request(reference, "paid");
	check_shown(reference, "succeeded", "paid");
	CHECK_INT(shop_command("payment show", reference), 0);
}

static int64_t
records_of(const char *attempt, const char *action)
{
	return sql_number("SELECT COUNT(*) FROM audit_records a JOIN payments p ON p.id = a.subject_id "
			  "WHERE p.reference = '%s' AND a.action = '%s' AND LOCATE('a test', a.after_state) > 0",
	    attempt, action);
}

/* By its own reference an attempt ends, with its reason, and nothing else does. */
static void
test_one_attempt_is_ended(void)
{
	static const char *const ends[] = { "cancelled", "failed" };
	const char              *reference = request_new(), *ended[2];

	for (int i = 0; i < 2; i++) {
		const char *transaction = attempt_at(reference);

		ended[i] = sql_text("SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction);
		hold_news(transaction);
		EXPECT(set_status(ended[i], ends[i]), 200);
		CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', failure_reason) FROM payments WHERE reference = '%s'", ended[i]),
		    form("%s a test", ends[i]));
		CHECK_INT(records_of(ended[i], form("payment.%s", ends[i])), 1);
		wait_request(reference, "open");
	}
	CHECK_INT(sandbox_post("/sandbox/flush", NULL), 200);
	(void)attempt_at(reference);
	for (int i = 0; i < 4; i++)
		EXPECT_PROBLEM(set_status(ended[i / 2], ends[i % 2]), 409, "payment_state");
	check_shown(reference, "pending", "open");
}

/* Nobody goes on with what can be paid no longer, though nobody has ended it yet. */
static void
test_what_was_begun_is_not_handed_out_for_ever(void)
{
	const char *reference = request_new();

	(void)attempt_at(reference);
	EXPECT(begin(reference), 201);
	sql_run("UPDATE payment_requests SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE reference = '%s'", reference);
	EXPECT_PROBLEM(begin(reference), 409, "payment_state");
}

static void
test_late_money_is_taken(void)
{
	const char *reference = request_new(), *transaction = attempt_at(reference);

	expire(reference);
	wait_attempt(transaction, "cancelled");
	check_shown(reference, "expired", "expired");
	pay(transaction);
	wait_request(reference, "paid");
	check_shown(reference, "succeeded", "paid");
	CHECK_INT(balance(transaction, "merchant"), -4750);
	EXPECT_CONSISTENT();
}

static void
test_wrong_amount_is_held(void)
{
	const char   *reference = request_new(), *transaction = attempt_at(reference), *attempt;
	struct answer held;

	sandbox_switch(transaction, "{\"wrong_amount\": 1}");
	sandbox_act("pay", transaction);
	wait_attempt(transaction, "processing held");
	wait_request(reference, "open");
	attempt = sql_text("SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction);
	held = api_get("/payments?held=true&limit=100", admin.access);
	EXPECT(held, 200);
	CHECK(strstr(held.body, attempt) != NULL);
	held = api_get("/payments?held=true&limit=100", seller.access);
	EXPECT(held, 200);
	CHECK(strstr(held.body, reference) != NULL);
	EXPECT_PROBLEM(set_status(reference, "cancelled"), 409, "payment_in_progress");
	EXPECT_PROBLEM(begin(reference), 409, "payment_in_progress");
	EXPECT(api_post(form("/payments/%s/release", reference), admin.access, "{\"reason\": \"agreed\"}"), 200);
	wait_request(reference, "paid");
	CHECK_INT(balance(transaction, "merchant"), -4749);
	CHECK_INT(balance(transaction, "difference"), 0);
	EXPECT_CONSISTENT();
}

/* Stripe says that so much has come, and somebody takes it as it is. */
static const char *
released_with(int64_t amount)
{
	const char *reference = request_new(), *transaction = attempt_at(reference);
	const char *body =
	    form("{\"id\": \"evt_%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", "
		 "\"data\": {\"object\": {\"id\": \"%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", "
		 "\"amount_received\": %lld, \"currency\": \"usd\", \"metadata\": {}}}}",
		reference, transaction, (long long)amount);

	EXPECT(api_call("POST", "/webhooks/stripe", NULL, body, HEADERS(stripe_signature(body, 0))), 200);
	wait_attempt(transaction, "processing held");
	EXPECT(api_post(form("/payments/%s/release", reference), admin.access, "{\"reason\": \"agreed\"}"), 200);
	wait_request(reference, "paid");
	return transaction;
}

/* Nobody makes good to the merchant what did not come, and what came beside it is nobody's yet. */
static void
test_merchant_gets_of_what_came(void)
{
	const char *transaction = released_with(100);

	CHECK_INT(balance(transaction, "clearing"), 100);
	CHECK_INT(balance(transaction, "merchant"), -95);
	CHECK_INT(balance(transaction, "commission"), -5);
	CHECK_INT(balance(transaction, "difference"), 0);
	transaction = released_with(5500);
	CHECK_INT(balance(transaction, "clearing"), 5500);
	CHECK_INT(balance(transaction, "merchant"), -4750);
	CHECK_INT(balance(transaction, "commission"), -250);
	CHECK_INT(balance(transaction, "difference"), -500);
	EXPECT_CONSISTENT();
}

static void
test_refunded_by_its_merchant(void)
{
	const char   *reference = request_new(), *transaction = attempt_at(reference);
	struct answer answer;

	pay(transaction);
	wait_request(reference, "paid");
	EXPECT(api_post(form("/payments/%s/refunds", reference), other.access, "{\"reason\": \"x\"}"), 404);
	EXPECT(
	    api_post(form("/payments/%s/refunds", reference), seller.access, "{\"amount\": \"20.00\", \"reason\": \"x\"}"), 201);
	wait_attempt(transaction, "partially_refunded");
	CHECK_INT(balance(transaction, "merchant"), -2850);
	EXPECT(api_post(form("/payments/%s/refunds", reference), seller.access, "{\"reason\": \"x\"}"), 201);
	wait_attempt(transaction, "refunded");
	check_shown(reference, "refunded", "paid");
	answer = api_get(form("/payments/%s/refunds", reference), seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_INT(balance(transaction, "merchant"), 0);
	EXPECT_CONSISTENT();
}

/* One list of orders' payments and payment requests, each once, in the order in which they began. */
static void
test_listed_with_the_payments_of_orders(void)
{
	enum { EACH = 5 };
	struct person shop = person_new("shopkeeper"), buyer = person_new("customer");
	struct goods  goods = goods_new(&shop, "20.00", 100);
	const char   *address = address_new(&buyer), *expected[2 * EACH], *next = "/payments?limit=3", *previous = NULL;
	size_t        n = 0;
	struct answer answer;

	for (int i = 0; i < EACH; i++) {
		struct attempt attempt = attempt_new(&buyer, order_new(&buyer, address, &goods, 1));

		answer = api_post("/payments/initialize", shop.access,
		    "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
		    "\"return_url\": \"https://merchant.example/\"}");
		EXPECT(answer, 201);
		expected[n++] = attempt.reference;
		expected[n++] = text_at(&answer, "reference");
		if (i == 1)
			(void)attempt_at(expected[n - 1]);
	}
	while (next != NULL) {
		answer = api_get(next, shop.access);
		EXPECT(answer, 200);
		for (size_t i = 0; i < length_at(&answer, "results"); i++) {
			REQUIRE(n > 0);
			CHECK_TEXT(text_at(&answer, form("results.%zu.reference", i)), expected[--n]);
		}
		previous = text_at(&answer, "previous");
		next = text_at(&answer, "next");
		next = next == NULL ? NULL : next + strlen("/api/v1");
	}
	CHECK_INT(n, 0);
	/* And back again. */
	n = length_at(&answer, "results");
	while (previous != NULL) {
		answer = api_get(previous + strlen("/api/v1"), shop.access);
		EXPECT(answer, 200);
		for (size_t i = length_at(&answer, "results"); i-- > 0;) {
			REQUIRE(n < 2 * EACH);
			CHECK_TEXT(text_at(&answer, form("results.%zu.reference", i)), expected[n++]);
		}
		previous = text_at(&answer, "previous");
	}
	CHECK_INT(n, 2 * EACH);
	answer = api_get("/payments?status=pending&limit=100", shop.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2 * EACH);
	EXPECT(api_put(form("/payments/%s/status", expected[1]), shop.access, "{\"status\": \"cancelled\", \"reason\": \"x\"}"),
	    200);
	answer = api_get("/payments?status=cancelled", shop.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.reference"), expected[1]);
}

static void
test_disputed(void)
{
	const char   *reference = request_new(), *transaction = attempt_at(reference);
	struct answer answer;

	pay(transaction);
	wait_request(reference, "paid");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", transaction), "{}"), 200);
	wait_attempt(transaction, "disputed");
	check_shown(reference, "disputed", "paid");
	answer = api_get(form("/disputes?payment=%s", reference), seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.payment"), reference);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "50.00");
	EXPECT(api_get(form("/disputes/%s", text_at(&answer, "results.0.id")), seller.access), 200);
	EXPECT(api_get(form("/disputes/%s", text_at(&answer, "results.0.id")), other.access), 404);
	CHECK_INT(balance(transaction, "merchant"), 0);
	EXPECT_CONSISTENT();
}

static void
test_events_tell_its_state(void)
{
	const char *reference = request_new(), *id, *last;

	id = sql_text("SELECT id FROM payment_requests WHERE reference = '%s'", reference);
	pay(attempt_at(reference));
	wait_request(reference, "paid");
	last = sql_text("SELECT GROUP_CONCAT(type ORDER BY id) FROM events WHERE aggregate_id = '%s'", id);
	CHECK_TEXT(last, "payment_request.created,payment_request.paid");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'payment_request.paid' "
		       "AND JSON_VALUE(payload, '$.status') = 'paid' AND JSON_VALUE(payload, '$.amount') = '50.00' "
		       "AND JSON_VALUE(payload, '$.attempt_id') IS NOT NULL AND JSON_VALUE(payload, '$.merchant_id') LIKE '%s%%'",
		id, seller.merchant),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE payload LIKE '%%uettawala%%'"), 0);
}

static void
test_payer_is_forgotten(void)
{
	const char *ended = request_new(), *open = request_new(), *named = request_new();

	EXPECT(set_status(ended, "cancelled"), 200);
	sql_run("UPDATE payment_requests SET ended_at = NOW(3) - INTERVAL 31 DAY WHERE reference = '%s'", ended);
	run_job_now("purge");
	WAIT_FOR(
	    "1", "SELECT customer_email IS NULL AND customer_name IS NULL FROM payment_requests WHERE reference = '%s'", ended);
	CHECK_INT(sql_number("SELECT customer_email IS NULL FROM payment_requests WHERE reference = '%s'", open), 0);
	sql_run("UPDATE payment_requests SET customer_email = 'forget.me@example.test' WHERE reference = '%s'", named);
	CHECK_INT(shop_command("payer forget", "Forget.Me@Example.TEST"), 0);
	CHECK_INT(
	    sql_number(
		"SELECT customer_email IS NULL AND customer_name IS NULL FROM payment_requests WHERE reference = '%s'", named),
	    1);
	CHECK_INT(sql_number("SELECT customer_email IS NULL FROM payment_requests WHERE reference = '%s'", open), 0);
}

SUITE("payment requests", TEST(test_paid_and_shown_by_one_reference), TEST(test_what_cannot_be_asked_for),
    TEST(test_suspended_shop_asks_for_nothing), TEST(test_declined_and_paid_by_another_attempt),
    TEST(test_another_provider_after_a_lost_answer), TEST(test_states_that_a_merchant_ends),
    TEST(test_live_attempt_is_closed_first), TEST(test_failed_by_its_merchant), TEST(test_one_attempt_is_ended),
    TEST(test_what_was_begun_is_not_handed_out_for_ever), TEST(test_late_money_is_taken), TEST(test_wrong_amount_is_held),
    TEST(test_merchant_gets_of_what_came), TEST(test_refunded_by_its_merchant), TEST(test_listed_with_the_payments_of_orders),
    TEST(test_disputed), TEST(test_events_tell_its_state), TEST(test_payer_is_forgotten))
