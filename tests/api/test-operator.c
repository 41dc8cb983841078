/* What an operator finds in the log at night: errors that are errors, and in each line the order, the payment and the refund. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOKS = 500, LOOK_US = 20000, WORDS_MAX = 8 };

static struct person admin, seller, customer;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (address != NULL)
		return;
	admin = person_new("admin");
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 100);
	address = address_new(&customer);
}

static bool
has_all(const char *line, const char *const words[WORDS_MAX])
{
	for (size_t i = 0; i < WORDS_MAX && words[i] != NULL; i++)
		if (strstr(line, words[i]) == NULL)
			return false;
	return true;
}

/* Waits for a line of the log that has all the words. */
static bool
is_logged(const char *log, const char *const words[WORDS_MAX])
{
	char  *line = NULL;
	size_t room = 0;
	bool   found = false;

	for (int i = 0; i < LOOKS && !found; i++) {
		FILE *file = fopen(form("%s/log/%s.log", shop_directory(), log), "re");

		while (file != NULL && !found && getline(&line, &room, file) > 0)
			found = has_all(line, words);
		if (file != NULL)
			fclose(file);
		if (!found)
			usleep(LOOK_US);
	}
	free(line);
	return found;
}
#define LOGGED(log, ...) CHECK(is_logged(log, (const char *const[WORDS_MAX]) { __VA_ARGS__ }))

static const char error[] = "\"level\":\"error\"";

static struct attempt
paid(void)
{
	return attempt_paid(&customer, order_new(&customer, address, &goods, 1));
}

/* The three that a line about the refund has. */
#define ABOUT(attempt, refund) \
	form("\"order\":\"%s\"", (attempt).order), form("\"payment\":\"%s\"", (attempt).reference), \
	    form("\"refund\":\"%s\"", refund)

static struct answer
deliver_refund(const struct attempt *attempt, const char *refund, const char *type, const char *status)
{
	const char *body =
	    form("{\"id\": \"evt_%s_%s\", \"object\": \"event\", \"type\": \"%s\", \"data\": {\"object\": {\"id\": \"re_%s\", "
		 "\"object\": \"refund\", \"amount\": %lld, \"currency\": \"usd\", \"status\": \"%s\", "
		 "\"failure_reason\": \"lost_or_stolen_card\", \"payment_intent\": \"%s\", "
		 "\"metadata\": {\"refund_id\": \"%s\"}}}}",
		status, refund, type, refund, (long long)sql_number("SELECT amount_minor FROM refunds WHERE id = '%s'", refund),
		status, attempt->transaction, refund);
	const char *headers[] = { stripe_signature(body, 0), NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
}

/* A key that the provider does not accept is an error, and says nothing about the refund: that waits for a better key. */
static void
a_key_that_is_not_accepted(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *refund, *order;

	need_people();
	attempt = paid();
	lone_workers_start((const char *const[]) { "HAAT_PAYMENTS_STRIPE_SECRET_KEY=nonsense", NULL });
	answer = lone_call(
	    "198.51.100.20", "POST", form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"x\"}");
	CHECK_INT(answer.status, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	refund = text_at(&answer, "id");
	LOGGED("lone-workers", error, "provider rejected our credentials", "\"status\":401", ABOUT(attempt, refund));
	order = order_new(&customer, address, &goods, 1);
	answer = lone_call("198.51.100.20", "POST", "/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order));
	CHECK_INT(answer.status, 502);
	LOGGED("lone-workers", error, "provider rejected our credentials", form("\"order\":\"%s\"", order), "\"payment\":\"PAY-");
	lone_workers_stop();
	/* The shop's own workers have the right one. */
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
}

/* Nothing at the provider's address is an error, and says nothing about the refund either. */
static void
an_endpoint_that_is_missing(void)
{
	static const char counter[] = "haat_provider_duration_seconds_count{provider=\"stripe\",outcome=\"no_endpoint\"} ";
	struct attempt    attempt;
	struct answer     answer;
	const char       *refund, *found;

	need_people();
	attempt = paid();
	sandbox_switch(attempt.transaction, "{\"missing_endpoint\": true}");
	answer = api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"x\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	refund = text_at(&answer, "id");
	LOGGED("pay", error, "provider does not have what was called", "\"status\":404", ABOUT(attempt, refund));
	answer = api_get("/metrics", NULL);
	found = strstr(answer.body, counter);
	CHECK(found != NULL && strtoll(found + strlen(counter), NULL, 10) > 0);
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", refund), "pending");
	sandbox_switch(attempt.transaction, "{\"missing_endpoint\": false}");
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
}

/* Money that comes for a cancelled order while the key is wrong goes back once it is right. */
static void
late_money_under_a_wrong_key(void)
{
	struct attempt attempt;

	need_people();
	attempt = attempt_new(&customer, order_new(&customer, address, &goods, 1));
	sandbox_switch(attempt.transaction, "{\"refuse_key\": true}");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("succeeded pending 1",
	    "SELECT CONCAT(p.status, ' ', r.status, ' ', r.automatic) FROM payments p JOIN refunds r ON r.payment_id = p.id "
	    "WHERE p.reference = '%s'",
	    attempt.reference);
	sandbox_switch(attempt.transaction, "{\"refuse_key\": false}");
	run_job_now("refund_payment");
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

/* One that failed, and one that had succeeded, each with the provider's event that told it. */
static void
refunds_that_fail(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *refund, *event;

	need_people();
	attempt = paid();
	lone_workers_start((const char *const[]) { "HAAT_PAYMENTS_STRIPE_SECRET_KEY=nonsense", NULL });
	answer = lone_call(
	    "198.51.100.20", "POST", form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"x\"}");
	lone_workers_stop();
	CHECK_INT(answer.status, 201);
	refund = text_at(&answer, "id");
	EXPECT(deliver_refund(&attempt, refund, "refund.failed", "failed"), 200);
	event = form("\"event\":\"evt_failed_%s\"", refund);
	LOGGED("hooks", error, "refund failed at the provider", "lost_or_stolen_card", ABOUT(attempt, refund), event);
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", refund), "failed");
	CHECK(strstr(api_get("/metrics", NULL).body, "\nhaat_refunds_failed 0\n") == NULL);

	attempt = paid();
	answer = api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"x\"}");
	EXPECT(answer, 201);
	refund = text_at(&answer, "id");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
	EXPECT(deliver_refund(&attempt, refund, "refund.failed", "failed"), 200);
	event = form("\"event\":\"evt_failed_%s\"", refund);
	LOGGED("hooks", error, "refund failed at the provider after it had succeeded", ABOUT(attempt, refund), event);
}

static void
a_webhook_that_dies(void)
{
	const char   *id, *body;
	struct answer answer;

	need_people();
	id = form("evt_lost_%s", order_new(&customer, address, &goods, 1));
	body = form(
	    "{\"id\": \"%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"data\": {\"object\": {\"id\": \"pi_%s\", "
	    "\"object\": \"payment_intent\", \"amount\": 2000, \"amount_received\": 2000, \"currency\": \"usd\", "
	    "\"status\": \"succeeded\", \"metadata\": {\"reference\": \"PAY-N0WHERE000\"}}}}",
	    id, id);
	answer = api_call("POST", "/webhooks/stripe", NULL, body, (const char *const[]) { stripe_signature(body, 0), NULL });
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	sql_run(
	    "UPDATE webhook_events SET attempts = 100, next_attempt_at = NOW(3) WHERE event_id = '%s' AND status = 'deferred'",
	    id);
	run_job_now("replay_webhook");
	LOGGED("jobs", error, "webhook event dead", form("\"event\":\"%s\"", id), form("\"transaction\":\"pi_%s\"", id),
	    "\"payment\":\"PAY-N0WHERE000\"");
	sql_run("DELETE FROM webhook_events WHERE event_id = '%s'", id);
}

/* Nobody but the merchant can help it on. */
static void
a_refund_that_needs_somebody(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *transaction;

	need_people();
	answer = payment_new(&customer, order_new(&customer, address, &goods, 1), "paystack");
	EXPECT(answer, 201);
	attempt.reference = text_at(&answer, "reference");
	transaction = text_at(&answer, "provider_transaction_id");
	CHECK_INT(sandbox_post(form("/sandbox/paystack/pay/%s", transaction), NULL), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	sandbox_switch(transaction, "{\"refund_pending\": true}");
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"x\"}"), 201);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' "
	    "AND r.provider_refund_id IS NOT NULL",
	    attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/paystack/refunds-stick/%s", transaction), NULL), 200);
	LOGGED("jobs", error, "refund needs attention", form("\"payment\":\"%s\"", attempt.reference));
	CHECK_TEXT(sql_text("SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		       attempt.reference),
	    "pending");
	CHECK_INT(sandbox_post(form("/sandbox/paystack/refunds-arrive/%s", transaction), NULL), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

SUITE("api: what an operator finds", TEST(a_key_that_is_not_accepted), TEST(an_endpoint_that_is_missing),
    TEST(late_money_under_a_wrong_key), TEST(refunds_that_fail), TEST(a_webhook_that_dies), TEST(a_refund_that_needs_somebody))
