/* Payments as they really stand: what events say late or in the wrong order, attempts that were declined, our own faults. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin;
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
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

static struct attempt
begin_for(const char *order)
{
	return attempt_new(&customer, order);
}

static struct attempt
begin(void)
{
	need_people();
	return begin_for(order_new(&customer, address, &goods, 1));
}

static void
wait_status(const struct attempt *attempt, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static struct attempt
declined(void)
{
	struct attempt attempt = begin();

	sandbox_act("fail", attempt.transaction);
	wait_status(&attempt, "failed");
	return attempt;
}

static void
check_paid(const struct attempt *attempt)
{
	WAIT_FOR("paid paid", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt->order);
	wait_status(attempt, "succeeded");
}

/* No job is asking about the payment any more. */
static void
wait_until_asked(const struct attempt *attempt)
{
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM jobs j JOIN payments p ON j.unique_key = CONCAT('reconcile:', CAST(p.id AS UUID)) "
	    "WHERE p.reference = '%s'",
	    attempt->reference);
}

/* An event about the attempt, made long ago. */
static struct answer
tell(const struct attempt *attempt, const char *type, const char *status, const char *more)
{
	const char *body = form(
	    "{\"id\": \"evt_old_%s_%s\", \"object\": \"event\", \"type\": \"payment_intent.%s\", \"created\": 1767323040, \"data\": "
	    "{\"object\": {\"id\": \"%s\", \"object\": \"payment_intent\", \"status\": \"%s\", \"amount\": 100, \"currency\": \"usd\", "
	    "\"metadata\": {\"reference\": \"%s\"}%s}}}",
	    attempt->reference, type, type, attempt->transaction, status, attempt->reference, more);
	const char *headers[] = { stripe_signature(body, 0), NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
}

static void
test_late_decline_ends_nothing(void)
{
	struct attempt attempt = begin();
	struct answer  answer;

	sandbox_act("process", attempt.transaction);
	wait_status(&attempt, "processing");
	answer = tell(
	    &attempt, "payment_failed", "requires_payment_method", ", \"last_payment_error\": {\"code\": \"card_declined\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	wait_until_asked(&attempt);
	wait_status(&attempt, "processing");
	EXPECT_PROBLEM(payment_new(&customer, attempt.order, "stripe"), 409, "payment_in_progress");
	sandbox_act("pay", attempt.transaction);
	check_paid(&attempt);
}

static void
test_late_cancellation_ends_nothing(void)
{
	struct attempt attempt = begin();

	EXPECT(tell(&attempt, "canceled", "canceled", ""), 200);
	wait_until_asked(&attempt);
	wait_status(&attempt, "pending");
	sandbox_act("pay", attempt.transaction);
	check_paid(&attempt);
}

/* The payer tries another card on the same page: the order waits for it. */
static void
test_declined_attempt_is_taken_up_again(void)
{
	struct attempt attempt = declined();

	CHECK_TEXT(sql_text("SELECT payment_status FROM orders WHERE id = '%s'", attempt.order), "failed");
	sandbox_act("process", attempt.transaction);
	wait_status(&attempt, "processing");
	CHECK_INT(sql_number("SELECT expires_at > NOW(3) + INTERVAL 50 MINUTE AND payment_status = 'pending' FROM orders "
			     "WHERE id = '%s'",
		      attempt.order),
	    1);
	EXPECT_PROBLEM(payment_new(&customer, attempt.order, "stripe"), 409, "payment_in_progress");
	sandbox_act("pay", attempt.transaction);
	check_paid(&attempt);
}

/* Old news of an attempt that was given up keep no stock. */
static void
test_late_processing_keeps_nothing(void)
{
	struct attempt attempt = begin();

	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	wait_status(&attempt, "cancelled");
	EXPECT(tell(&attempt, "processing", "processing", ""), 200);
	wait_until_asked(&attempt);
	wait_status(&attempt, "cancelled");
	CHECK_INT(sql_number("SELECT expires_at > NOW(3) + INTERVAL 50 MINUTE FROM orders WHERE id = '%s'", attempt.order), 0);
}

/* Another attempt, while the provider cannot close the declined one, and no job of its own does either. */
static struct attempt
begin_beside(const struct attempt *first)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) + INTERVAL 1 DAY WHERE reference = '%s'", first->reference);
	sandbox_switch(first->transaction, "{\"fail_before\": 1}");
	return begin_for(first->order);
}

/* What was declined stays so while another attempt is open. */
static void
test_only_one_attempt_is_live(void)
{
	struct attempt first = declined(), second = begin_beside(&first);

	sandbox_act("process", first.transaction);
	EXPECT(tell(&first, "processing", "processing", ""), 200);
	wait_until_asked(&first);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", first.reference), "failed");
	sandbox_act("pay", second.transaction);
	check_paid(&second);
	sandbox_act("pay", first.transaction);
	wait_status(&first, "refunded");
	check_paid(&second);
}

static const char *
intent_status(const char *transaction)
{
	struct answer intents = sandbox_intents();

	for (size_t i = 0; i < length_at(&intents, "payment_intents"); i++)
		if (strcmp(text_at(&intents, form("payment_intents.%zu.id", i)), transaction) == 0)
			return text_at(&intents, form("payment_intents.%zu.status", i));
	return NULL;
}

static void
test_declined_attempt_is_closed_before_another(void)
{
	struct attempt first = declined(), second = begin_for(first.order);

	CHECK_TEXT(intent_status(first.transaction), "canceled");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", first.reference), "cancelled");
	sandbox_act("pay", second.transaction);
	check_paid(&second);
}

static void
test_declined_attempt_is_closed_later(void)
{
	struct attempt first = declined(), second = begin_beside(&first);

	CHECK_TEXT(intent_status(first.transaction), "requires_payment_method");
	sandbox_act("pay", second.transaction);
	check_paid(&second);
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", first.reference);
	run_job_now("reconcile_payments");
	wait_status(&first, "cancelled");
	CHECK_TEXT(intent_status(first.transaction), "canceled");
}

static void
test_declined_attempt_ends_with_its_order(void)
{
	struct attempt cancelled = declined(), expired = declined(), given_up = declined();

	EXPECT(api_post(form("/orders/%s/cancel", cancelled.order), customer.access, "{}"), 200);
	wait_status(&cancelled, "cancelled");
	CHECK_TEXT(intent_status(cancelled.transaction), "canceled");
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", expired.order);
	run_job_now("expire_orders");
	wait_status(&expired, "cancelled");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", expired.order);
	CHECK_TEXT(intent_status(expired.transaction), "canceled");
	EXPECT(api_post(form("/payments/%s/cancel", given_up.reference), customer.access, NULL), 200);
	CHECK_TEXT(intent_status(given_up.transaction), "canceled");
}

static void
test_return_after_a_decline(void)
{
	struct attempt attempt = declined();
	struct answer  answer;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	answer = api_get(form("/payments/return/stripe?payment_intent=%s", attempt.transaction), NULL);
	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), "status=succeeded") != NULL);
	check_paid(&attempt);
}

static void
test_reconcile_asks_about_declined_attempts(void)
{
	struct attempt attempt = declined();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	sql_run("UPDATE payments SET next_check_at = NULL WHERE reference = '%s'", attempt.reference);
	CHECK_INT(shop_command("reconcile", NULL), 0);
	run_job_now("reconcile_payments");
	check_paid(&attempt);
}

static void
test_cancel_that_comes_too_late(void)
{
	struct attempt attempt = begin();
	const char    *path = form("/payments/%s/cancel", attempt.reference);

	sandbox_act("process", attempt.transaction);
	wait_status(&attempt, "processing");
	EXPECT_PROBLEM(api_post(path, customer.access, NULL), 409, "payment_state");
	wait_status(&attempt, "processing");
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	EXPECT_PROBLEM(api_post(path, customer.access, NULL), 409, "payment_state");
	check_paid(&attempt);
}

/* A wrong key is our fault, and no verdict about anybody's money. */
static void
test_wrong_key_fails_nothing(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *order, *refund;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	sandbox_switch(order, "{\"refuse_key\": true}");
	EXPECT_PROBLEM(payment_new(&customer, order, "stripe"), 502, "provider_unavailable");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE order_id = '%s'", order), "pending");
	sandbox_switch(order, "{\"refuse_key\": false}");
	attempt = begin_for(order);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 1);
	sandbox_act("pay", attempt.transaction);
	check_paid(&attempt);
	sandbox_switch(order, "{\"refuse_key\": true}");
	answer = api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"a scratch\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	refund = text_at(&answer, "id");
	sandbox_switch(order, "{\"refuse_key\": false}");
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
}

/* Due so long that the job takes it up before all others of the shop. */
static void
make_due(const struct attempt *attempt, int days)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL %d DAY, checks = 0 WHERE reference = '%s'", days,
	    attempt->reference);
}

static void
wait_asked_about(const struct attempt *attempt)
{
	WAIT_FOR("1", "SELECT checks > 0 FROM payments WHERE reference = '%s'", attempt->reference);
}

/* The job has read what is due and hangs at the first, when the second is paid: its refunds are compared tomorrow all the same. */
static void
test_success_while_a_job_was_about_to_ask(void)
{
	struct attempt first = begin(), second = begin(), third = begin();

	sandbox_switch(first.transaction, "{\"hang_ms\": 4000}");
	make_due(&third, 1000);
	make_due(&second, 2000);
	make_due(&first, 3000);
	run_job_now("reconcile_payments");
	wait_asked_about(&first);
	sandbox_act("pay", second.transaction);
	check_paid(&second);
	wait_asked_about(&third);
	WAIT_FOR("1", "SELECT COUNT(*) FROM payments WHERE reference = '%s' AND next_check_at > NOW() + INTERVAL 1 HOUR",
	    second.reference);
}

static void
test_all_is_consistent(void)
{
	need_people();
	EXPECT_CONSISTENT();
}

SUITE("settling", TEST(test_late_decline_ends_nothing), TEST(test_late_cancellation_ends_nothing),
    TEST(test_declined_attempt_is_taken_up_again), TEST(test_late_processing_keeps_nothing), TEST(test_only_one_attempt_is_live),
    TEST(test_declined_attempt_is_closed_before_another), TEST(test_declined_attempt_is_closed_later),
    TEST(test_declined_attempt_ends_with_its_order), TEST(test_return_after_a_decline),
    TEST(test_reconcile_asks_about_declined_attempts), TEST(test_cancel_that_comes_too_late), TEST(test_wrong_key_fails_nothing),
    TEST(test_success_while_a_job_was_about_to_ask), TEST(test_all_is_consistent))
