/*
 * Starts haat-sandbox on a port of its own and talks to it as haat does, with a listener for its webhooks.
 */
#include "tests/suite.h"
#include "tests/unit/sandbox_peer.h"

#include <pthread.h>

#define INTENTS "/v1/payment_intents"
#define CARD "amount=2500&currency=usd&automatic_payment_methods%5Benabled%5D=true&metadata%5Border_id%5D=o-1"

/* A call that is wanted for its status and one member only. */
static void
check_call(
    const char *method, const char *path, const char *body, const char *key, long status, const char *at, const char *expected)
{
	struct answer answer = call(method, path, body, key);

	CHECK_INT(answer.status, status);
	if (at != NULL)
		CHECK_TEXT(text_at(answer.json, at), expected);
	drop(answer);
}

/* A clean sandbox with these switches, and nothing heard yet. */
static void
begin(const char *switches)
{
	check_call("POST", "/sandbox/flush", NULL, NULL, 200, "pending", "0");
	check_call("POST", "/sandbox/reset", NULL, NULL, 200, NULL, NULL);
	forget_heard();
	if (switches != NULL)
		check_call("POST", "/sandbox/switches", switches, NULL, 200, NULL, NULL);
}

/* Makes an intent of 2500 USD; its id, good until the next one. */
static const char *
make_intent(void)
{
	static char   id[64];
	struct answer answer = call("POST", INTENTS, CARD, NULL);
	const char   *made = text_at(answer.json, "id");

	CHECK_INT(answer.status, 200);
	snprintf(id, sizeof id, "%s", made == NULL ? "" : made);
	drop(answer);
	return id;
}

static const char *
path_of(const char *before, const char *id, const char *after)
{
	static char path[300];

	snprintf(path, sizeof path, "%s%s%s", before, id, after);
	return path;
}

static void
act(const char *action, const char *id)
{
	char before[64];

	snprintf(before, sizeof before, "/sandbox/stripe/%s/", action);
	check_call("POST", path_of(before, id, ""), NULL, NULL, 200, "id", id);
}

/* The type of the webhook heard at this place; its signature was good. */
static void
check_heard(size_t place, const char *type)
{
	struct json_object *event;

	REQUIRE(heard_body(place) != NULL);
	event = json_tokener_parse(heard_body(place));
	CHECK(heard_authentic(place));
	CHECK_TEXT(text_at(event, "type"), type);
	CHECK_TEXT(text_at(event, "object"), "event");
	CHECK_TEXT(text_at(event, "api_version"), "2026-10-28.endive");
	json_object_put(event);
}

static void
test_calls_need_the_key_and_a_version(void)
{
	struct answer answer;

	begin(NULL);
	answer = call_lacking(LACKS_AUTHORIZATION, "POST", INTENTS, CARD, NULL, 5000);
	CHECK_INT(answer.status, 401);
	CHECK_TEXT(text_at(answer.json, "error.type"), "invalid_request_error");
	drop(answer);
	answer = call_lacking(HAS_WRONG_KEY, "POST", INTENTS, CARD, NULL, 5000);
	CHECK_INT(answer.status, 401);
	CHECK(strstr(answer.text, "sk_test") == NULL);
	drop(answer);
	answer = call_lacking(LACKS_VERSION, "POST", INTENTS, CARD, NULL, 5000);
	CHECK_INT(answer.status, 400);
	drop(answer);
	check_call("GET", "/v1/charges", NULL, NULL, 404, "error.type", "invalid_request_error");
}

static void
test_intents_are_checked(void)
{
	static const struct {
		const char *body, *param, *code;
	} cases[] = {
		{ "currency=usd", "amount", "parameter_missing" },
		{ "amount=2500", "currency", "parameter_missing" },
		{ "amount=25.00&currency=usd", "amount", "parameter_invalid_integer" },
		{ "amount=-1&currency=usd", "amount", "parameter_invalid_integer" },
		{ "amount=49&currency=usd", "amount", "amount_too_small" },
		{ "amount=100000000&currency=usd", "amount", "amount_too_large" },
		{ "amount=2500&currency=USD", "currency", NULL },
		{ "amount=2500&currency=xxx", "currency", NULL },
		{ "amount=2505&currency=isk", "amount", "parameter_invalid_integer" },
		{ "amount=2505&currency=kwd", "amount", "parameter_invalid_integer" },
		{ "amount=2500&currency=usd&colour=red", "colour", "parameter_unknown" },
		{ "amount=2500&currency=usd&metadata=x", "metadata", "parameter_unknown" },
		{ "amount=2500&currency=usd&receipt_email=nobody", "receipt_email", "email_invalid" },
		{ "amount=2500&currency=usd&capture_method=later", "capture_method", NULL },
		{ "amount=2500&currency=usd&confirm=true", "payment_method", "parameter_missing" },
		{ "amount=2500&currency=usd&confirm=true&payment_method=pm_card", "return_url", "parameter_missing" },
		{ "amount=2500&amount=2500&currency=usd", NULL, NULL },
		{ "amount=2500&currency=usd&description=%zz", NULL, NULL },
	};

	begin(NULL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer answer = call("POST", INTENTS, cases[i].body, NULL);

		CHECK_INT(answer.status, 400);
		CHECK_TEXT(text_at(answer.json, "error.type"), "invalid_request_error");
		CHECK_TEXT(text_at(answer.json, "error.param"), cases[i].param);
		CHECK_TEXT(text_at(answer.json, "error.code"), cases[i].code);
		drop(answer);
	}
	check_call("POST", INTENTS, "amount=99999999&currency=jpy", NULL, 200, "currency", "jpy");
	CHECK_INT(wait_heard(1), 1);
}

static void
test_an_intent_is_paid(void)
{
	struct answer answer;
	const char   *id;

	begin(NULL);
	id = make_intent();
	answer = call("GET", path_of(INTENTS "/", id, "?expand%5B0%5D=latest_charge"), NULL, NULL);
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(answer.json, "status"), "requires_payment_method");
	CHECK_TEXT(text_at(answer.json, "metadata.order_id"), "o-1");
	CHECK(member(answer.json, "next_action") == NULL);
	CHECK(strstr(text_at(answer.json, "haat_sandbox_url"), id) != NULL);
	CHECK(strncmp(text_at(answer.json, "client_secret"), id, strlen(id)) == 0);
	drop(answer);
	act("process", id);
	check_call("POST", path_of(INTENTS "/", id, "/cancel"), NULL, NULL, 400, "error.code", "payment_intent_unexpected_state");
	act("pay", id);
	answer = call("GET", path_of(INTENTS "/", id, "?expand%5B0%5D=latest_charge"), NULL, NULL);
	CHECK_TEXT(text_at(answer.json, "status"), "succeeded");
	CHECK_INT(integer_at(answer.json, "amount_received"), 2500);
	CHECK_TEXT(text_at(answer.json, "latest_charge.status"), "succeeded");
	CHECK_INT(integer_at(answer.json, "latest_charge.amount_captured"), 2500);
	drop(answer);
	check_call(
	    "POST", path_of("/sandbox/stripe/pay/", id, ""), NULL, NULL, 400, "error.code", "payment_intent_unexpected_state");
	CHECK_INT(wait_heard(3), 3);
	check_heard(0, "payment_intent.created");
	check_heard(1, "payment_intent.processing");
	check_heard(2, "payment_intent.succeeded");
}

static void
test_an_intent_fails_and_is_cancelled(void)
{
	struct answer answer;
	const char   *id;

	begin(NULL);
	id = make_intent();
	act("fail", id);
	act("abandon", id);
	answer = call("GET", path_of(INTENTS "/", id, ""), NULL, NULL);
	CHECK_TEXT(text_at(answer.json, "status"), "requires_payment_method");
	CHECK_TEXT(text_at(answer.json, "last_payment_error.code"), "card_declined");
	CHECK_INT(integer_at(answer.json, "amount_received"), 0);
	drop(answer);
	check_call("POST", "/v1/refunds", path_of("payment_intent=", id, ""), NULL, 400, "error.param", "payment_intent");
	check_call("POST", path_of(INTENTS "/", id, "/cancel"), "cancellation_reason=bored", NULL, 400, "error.param",
	    "cancellation_reason");
	check_call("POST", path_of(INTENTS "/", id, "/cancel"), "cancellation_reason=abandoned", NULL, 200, "status", "canceled");
	check_call("POST", path_of("/sandbox/stripe/pay/", id, ""), NULL, NULL, 400, NULL, NULL);
	check_call("POST", path_of("/sandbox/stripe/pay/", id, ""), "force=1", NULL, 200, "status", "succeeded");
	CHECK_INT(wait_heard(4), 4);
	check_heard(1, "payment_intent.payment_failed");
	check_heard(2, "payment_intent.canceled");
	check_heard(3, "payment_intent.succeeded");
}

static void
test_money_can_be_set_aside(void)
{
	struct answer answer;
	char          id[64];

	begin(NULL);
	answer = call("POST", INTENTS,
	    CARD "&capture_method=manual&confirm=true&payment_method=pm_card_visa&"
		 "return_url=https%3A%2F%2Fshop.test%2Fback",
	    NULL);
	CHECK_TEXT(text_at(answer.json, "status"), "requires_action");
	CHECK_TEXT(text_at(answer.json, "next_action.redirect_to_url.return_url"), "https://shop.test/back");
	snprintf(id, sizeof id, "%s", text_at(answer.json, "id"));
	drop(answer);
	act("pay", id);
	check_call("GET", path_of(INTENTS "/", id, ""), NULL, NULL, 200, "status", "requires_capture");
	check_call("POST", path_of(INTENTS "/", id, "/capture"), "amount_to_capture=2501", NULL, 400, NULL, NULL);
	check_call("POST", path_of(INTENTS "/", id, "/capture"), NULL, NULL, 200, "amount_received", "2500");
	CHECK_INT(wait_heard(4), 4);
	check_heard(1, "payment_intent.requires_action");
	check_heard(2, "payment_intent.amount_capturable_updated");
	check_heard(3, "payment_intent.succeeded");
}

static void
test_keys_make_calls_idempotent(void)
{
	struct answer first, again;

	begin(NULL);
	/* A call that was refused leaves the key free. */
	check_call("POST", INTENTS, "amount=1&currency=usd", "k1", 400, "error.code", "amount_too_small");
	first = call("POST", INTENTS, CARD, "k1");
	again = call("POST", INTENTS, CARD, "k1");
	CHECK_INT(again.status, 200);
	CHECK(!first.replayed && again.replayed);
	CHECK_TEXT(again.text, first.text);
	drop(again);
	again = call(
	    "POST", INTENTS, "currency=usd&metadata%5Border_id%5D=o-1&automatic_payment_methods[enabled]=true&amount=2500", "k1");
	CHECK_TEXT(again.text, first.text);
	drop(again);
	drop(first);
	check_call("POST", INTENTS, "amount=2600&currency=usd", "k1", 400, "error.type", "idempotency_error");
	check_call("POST", "/v1/refunds", CARD, "k1", 400, "error.type", "idempotency_error");
	check_call("GET", INTENTS "?limit=100", NULL, NULL, 200, "data.1", NULL);
	CHECK_INT(wait_heard(1), 1);
}

static void *
call_slowly(void *argument)
{
	struct answer answer = call("POST", INTENTS, CARD, "slow");

	*(long *)argument = answer.status;
	drop(answer);
	return NULL;
}

static void
test_a_key_in_use_is_a_conflict_and_a_hanging_call_holds_up_nobody(void)
{
	pthread_t     thread;
	long          slow_status = 0;
	struct answer answer;

	begin("{\"hang_ms\": 600000}");
	answer = call_lacking(LACKS_NOTHING, "POST", INTENTS, CARD, "lost", 200);
	CHECK_INT(answer.status, 0);
	drop(answer);
	check_call("POST", INTENTS, CARD, "lost", 409, "error.type", "idempotency_error");
	check_call("POST", INTENTS, "amount=2600&currency=usd", "lost", 400, "error.type", "idempotency_error");
	check_call("POST", "/sandbox/switches", "{\"hang_ms\": 300}", NULL, 200, "hang_ms", "300");
	pthread_create(&thread, NULL, call_slowly, &slow_status);
	check_call("GET", "/sandbox/switches", NULL, NULL, 200, "hang_ms", "300");
	pthread_join(thread, NULL);
	CHECK_INT(slow_status, 200);
	begin("{\"hang_ms\": 0}");
	check_call("POST", INTENTS, CARD, "lost", 409, NULL, NULL);
}

/* Waits until so many calls are held. */
static void
wait_held(int64_t count)
{
	int64_t held = -1;

	for (int tries = 0; tries < WAIT_SECONDS * 100 && held != count; tries++) {
		struct answer answer = call("GET", "/sandbox/switches", NULL, NULL);

		held = integer_at(answer.json, "held");
		drop(answer);
		nanosleep(&(struct timespec) { 0, 10000000 }, NULL);
	}
	CHECK_INT(held, count);
}

/* A call that is held has done nothing; one whose answer is held has done it. */
static void
test_calls_and_answers_are_held(void)
{
	pthread_t thread;
	long      status = 0;

	begin("{\"hold_calls\": true, \"hold_answers\": true}");
	pthread_create(&thread, NULL, call_slowly, &status);
	wait_held(1);
	check_call("GET", "/sandbox/stripe/transactions", NULL, NULL, 200, "results.0", NULL);
	check_call("POST", "/sandbox/switches", "{\"hold_calls\": false}", NULL, 200, NULL, NULL);
	CHECK_INT(wait_heard(1), 1); /* of what was made, before the call that made it is answered */
	wait_held(1);
	check_call("GET", "/sandbox/stripe/transactions", NULL, NULL, 200, "results.0.status", "open");
	CHECK_INT(status, 0);
	check_call("POST", "/sandbox/switches", "{\"hold_answers\": false}", NULL, 200, NULL, NULL);
	pthread_join(thread, NULL);
	CHECK_INT(status, 200);
	wait_held(0);
}

static void
test_refunds_stop_at_what_was_paid(void)
{
	struct answer answer;
	char          id[64], body[200], refund[64];

	begin(NULL);
	snprintf(id, sizeof id, "%s", make_intent());
	snprintf(body, sizeof body, "payment_intent=%s&amount=1000&reason=requested_by_customer&metadata%%5Brefund%%5D=r1", id);
	check_call("POST", "/v1/refunds", body, NULL, 400, "error.type", "invalid_request_error");
	act("pay", id);
	answer = call("POST", "/v1/refunds", body, "refund-1");
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(answer.json, "status"), "succeeded");
	CHECK_TEXT(text_at(answer.json, "metadata.refund"), "r1");
	snprintf(refund, sizeof refund, "%s", text_at(answer.json, "id"));
	drop(answer);
	check_call("POST", "/v1/refunds", body, "refund-1", 200, "id", refund);
	check_call("GET", path_of("/v1/refunds/", refund, ""), NULL, NULL, 200, "amount", "1000");
	snprintf(body, sizeof body, "payment_intent=%s&amount=1501", id);
	check_call("POST", "/v1/refunds", body, NULL, 400, "error.code", "amount_too_large");
	snprintf(body, sizeof body, "payment_intent=%s", id);
	check_call("POST", "/v1/refunds", body, NULL, 200, "amount", "1500");
	check_call("POST", "/v1/refunds", body, NULL, 400, "error.code", "charge_already_refunded");
	check_call("GET", path_of("/v1/refunds?payment_intent=", id, "&limit=1"), NULL, NULL, 200, "has_more", "true");
	check_call("GET", path_of("/v1/refunds?payment_intent=", id, ""), NULL, NULL, 200, "data.1.id", refund);
	check_call("GET", "/sandbox/stripe/payment_intents", NULL, NULL, 200, "captured.usd", "2500");
	check_call("GET", "/sandbox/stripe/payment_intents", NULL, NULL, 200, "refunded.usd", "2500");
	answer = call("GET", path_of(INTENTS "/", id, "?expand%5B%5D=latest_charge"), NULL, NULL);
	CHECK_TEXT(text_at(answer.json, "latest_charge.refunded"), "true");
	drop(answer);
	CHECK_INT(wait_heard(8), 8);
	check_heard(2, "refund.created");
	check_heard(3, "charge.refunded");
	check_heard(4, "refund.updated");
}

static void
test_events_are_listed(void)
{
	struct answer answer;
	char          path[200];
	const char   *id;

	begin("{\"webhook_never\": true}");
	id = make_intent();
	act("fail", id);
	act("pay", id);
	answer = call("GET", "/v1/events?type=payment_intent.*&limit=2&created%5Bgte%5D=1", NULL, NULL);
	CHECK_TEXT(text_at(answer.json, "object"), "list");
	CHECK_TEXT(text_at(answer.json, "has_more"), "true");
	CHECK_TEXT(text_at(answer.json, "data.0.type"), "payment_intent.succeeded");
	CHECK_TEXT(text_at(answer.json, "data.0.data.object.id"), id);
	CHECK_TEXT(text_at(answer.json, "data.1.type"), "payment_intent.payment_failed");
	snprintf(path, sizeof path, "/v1/events?limit=2&starting_after=%s", text_at(answer.json, "data.1.id"));
	drop(answer);
	check_call("GET", path, NULL, NULL, 200, "data.0.type", "payment_intent.created");
	check_call("GET", "/v1/events?type=payment_intent.payment_failed", NULL, NULL, 200, "data.0.data.object.status",
	    "requires_payment_method");
	check_call("GET", "/v1/events?created%5Bgte%5D=99999999999", NULL, NULL, 200, "data.0", NULL);
	check_call("GET", "/v1/events?limit=101", NULL, NULL, 400, "error.param", "limit");
	check_call("GET", "/v1/events?starting_after=evt_none", NULL, NULL, 400, "error.code", "resource_missing");
	CHECK_INT(wait_heard(0), 0);
}

static void
test_an_event_is_sent_again_byte_for_byte(void)
{
	struct answer answer;
	char          path[200];

	begin(NULL);
	refuse_webhooks(2);
	make_intent();
	CHECK_INT(wait_heard(1), 1);
	check_heard(0, "payment_intent.created");
	answer = call("GET", "/v1/events", NULL, NULL);
	snprintf(path, sizeof path, "/sandbox/deliver/%s", text_at(answer.json, "data.0.id"));
	drop(answer);
	check_call("POST", path, NULL, NULL, 200, "delivered", "true");
	CHECK_INT(wait_heard(2), 2);
	check_heard(1, "payment_intent.created");
	CHECK_TEXT(heard_body(1), heard_body(0));
	check_call("POST", "/sandbox/deliver/evt_none", NULL, NULL, 404, NULL, NULL);
}

/* Whoever wants to send a webhook in a way of its own is given it as it would be sent, with the signature. */
static void
test_webhooks_are_shown(void)
{
	struct answer answer;
	char          path[120];

	begin("{\"webhook_never\": true}");
	act("pay", make_intent());
	make_intent();
	answer = call("GET", "/v1/payment_intents", NULL, NULL);
	snprintf(path, sizeof path, "/sandbox/events/%s", text_at(answer.json, "data.1.id"));
	drop(answer);
	answer = call("GET", path, NULL, NULL);
	CHECK_INT(answer.status, 200);
	CHECK(strstr(text_at(answer.json, "results.0.body"), "\"payment_intent.created\"") != NULL);
	CHECK(strstr(text_at(answer.json, "results.1.body"), "\"payment_intent.succeeded\"") != NULL);
	CHECK(text_at(answer.json, "results.2.body") == NULL);
	CHECK_TEXT(text_at(answer.json, "results.1.provider"), "stripe");
	CHECK(strstr(text_at(answer.json, "results.1.headers"), "Stripe-Signature: t=") != NULL);
	drop(answer);
	CHECK_INT(wait_heard(0), 0);
}

static void
test_webhooks_come_twice_late_and_in_reverse(void)
{
	const char *id;

	begin("{\"webhook_copies\": 2}");
	make_intent();
	CHECK_INT(wait_heard(2), 2);
	CHECK_TEXT(heard_body(0), heard_body(1));

	begin("{\"webhook_reverse\": true}");
	id = make_intent();
	check_call("GET", "/v1/events", NULL, NULL, 200, "data.0.type", "payment_intent.created");
	CHECK_INT(wait_heard(0), 0);
	act("pay", id);
	CHECK_INT(wait_heard(2), 2);
	check_heard(0, "payment_intent.succeeded");
	check_heard(1, "payment_intent.created");
	make_intent();
	check_call("POST", "/sandbox/flush", NULL, NULL, 200, "released", "1");
	CHECK_INT(wait_heard(0), 3);

	begin("{\"webhook_delay_ms\": 3600000}");
	make_intent();
	CHECK_INT(wait_heard(0), 0);
	check_call("POST", "/sandbox/flush", NULL, NULL, 200, "pending", "0");
	CHECK_INT(wait_heard(0), 1);
}

static void
test_a_webhook_comes_before_the_answer(void)
{
	begin("{\"webhook_before_answer\": true}");
	make_intent();
	CHECK_INT(wait_heard(0), 1);
	check_heard(0, "payment_intent.created");
}

static void
test_calls_fail_before_and_after(void)
{
	struct answer answer;

	begin("{\"fail_before\": 1}");
	check_call("POST", INTENTS, CARD, "before", 500, "error.type", "api_error");
	check_call("POST", INTENTS, CARD, "before", 200, "status", "requires_payment_method");

	begin("{\"fail_after_charge\": 1}");
	check_call("POST", INTENTS, "amount=1&currency=usd", "after", 400, NULL, NULL);
	check_call("POST", INTENTS, CARD, "after", 500, "error.type", "api_error");
	answer = call("POST", INTENTS, CARD, "after");
	CHECK_INT(answer.status, 500);
	CHECK(answer.replayed);
	drop(answer);
	check_call(
	    "GET", "/v1/events?type=payment_intent.created", NULL, NULL, 200, "data.0.data.object.metadata.order_id", "o-1");
	check_call("GET", INTENTS, NULL, NULL, 200, "data.1", NULL);

	begin("{\"wrong_amount\": 1}");
	act("pay", make_intent());
	check_call("GET", "/sandbox/stripe/payment_intents", NULL, NULL, 200, "captured.usd", "2499");
}

/* What lies between us and the provider spoils an answer, not what was done. */
static void
test_answers_are_spoiled(void)
{
	struct answer answer;

	begin("{\"too_many_requests\": 1}");
	check_call("POST", INTENTS, CARD, "busy", 429, NULL, NULL);
	check_call("POST", INTENTS, CARD, "busy", 200, NULL, NULL);
	check_call("POST", "/sandbox/switches", "{\"malformed_json\": 1}", NULL, 200, NULL, NULL);
	answer = call("POST", INTENTS, CARD, "garbled");
	CHECK_INT(answer.status, 200);
	CHECK(answer.json == NULL);
	drop(answer);
	for (int i = 0; i < 2; i++) {
		check_call(
		    "POST", "/sandbox/switches", i == 0 ? "{\"cut_answer\": 1}" : "{\"huge_answer\": 1}", NULL, 200, NULL, NULL);
		answer = call("POST", INTENTS, CARD, i == 0 ? "cut" : "huge");
		CHECK_INT(answer.status, 0); /* no whole answer */
		CHECK(i == 0 || strlen(answer.text) == 10 << 20);
		drop(answer);
	}
	check_call("GET", INTENTS, NULL, NULL, 200, "data.3.status", "requires_payment_method");
}

/* Switches of one transaction are for it alone: by the id of the intent, or by what its metadata says before there is one. */
static void
test_switches_of_one_transaction(void)
{
	static const char other[] =
	    "amount=2500&currency=usd&automatic_payment_methods%5Benabled%5D=true&metadata%5Border_id%5D=o-2";
	char intent[64];

	begin(NULL);
	check_call("GET", "/sandbox/switches/o-1", NULL, NULL, 404, NULL, NULL);
	check_call("POST", "/sandbox/switches/o-1", "{\"fail_before\": 1}", NULL, 200, "fail_before", "1");
	check_call("GET", "/sandbox/switches", NULL, NULL, 200, "fail_before", "0");
	check_call("POST", INTENTS, other, NULL, 200, NULL, NULL);
	check_call("POST", INTENTS, CARD, NULL, 500, NULL, NULL);
	snprintf(intent, sizeof intent, "%s", make_intent());
	check_call("POST", path_of("/sandbox/switches/", intent, ""), "{\"wrong_amount\": 1}", NULL, 200, NULL, NULL);
	act("pay", make_intent());
	check_call("GET", "/sandbox/stripe/payment_intents", NULL, NULL, 200, "captured.usd", "2500");
	act("pay", intent);
	check_call("GET", "/sandbox/stripe/payment_intents", NULL, NULL, 200, "captured.usd", "4999");
	check_call("POST", "/sandbox/reset", NULL, NULL, 200, NULL, NULL);
	check_call("GET", "/sandbox/switches/o-1", NULL, NULL, 404, NULL, NULL);
}

/* What the one transaction's switches hold back, turn round and repeat goes out without the other's. */
static void
test_webhooks_of_one_transaction(void)
{
	begin(NULL);
	check_call("POST", "/sandbox/switches/o-1", "{\"webhook_reverse\": true, \"webhook_copies\": 2}", NULL, 200, NULL, NULL);
	check_call("POST", "/sandbox/switches/o-2", "{\"webhook_reverse\": true}", NULL, 200, NULL, NULL);
	check_call("POST", INTENTS,
	    "amount=700&currency=usd&automatic_payment_methods%5Benabled%5D=true&metadata%5Border_id%5D=o-2", NULL, 200, NULL,
	    NULL);
	act("pay", make_intent());
	CHECK_INT(wait_heard(4), 4);
	check_call("POST", "/sandbox/flush", NULL, NULL, 200, "released", "1");
	CHECK_INT(wait_heard(5), 5);
}

static void
test_switches_are_checked(void)
{
	static const char *const wrong[] = { "{\"colour\": 1}", "{\"webhook_never\": 1}", "{\"hang_ms\": -1}",
		"{\"hang_ms\": \"1\"}", "[]", "", "{\"fail_before\": 1.5}" };

	begin(NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		check_call("POST", "/sandbox/switches", wrong[i], NULL, 400, NULL, NULL);
	check_call("GET", "/sandbox/switches", NULL, NULL, 200, "fail_before", "0");
}

static void
test_the_page_pays_and_leads_back(void)
{
	struct answer answer;
	const char   *id;
	char          expected[300];

	begin(NULL);
	id = make_intent();
	answer = call("GET", path_of("/pay/", id, "?return_url=https%3A%2F%2Fshop.test%2Fback%3Fa%3D%22%3E"), NULL, NULL);
	CHECK_INT(answer.status, 200);
	CHECK(strstr(answer.text, "25.00 USD") != NULL);
	CHECK(strstr(answer.text, "value=\"https://shop.test/back?a=&quot;&gt;\"") != NULL);
	CHECK(strstr(answer.text, "<script") == NULL);
	drop(answer);
	answer = call("POST", path_of("/pay/", id, "/pay"), "return_url=https%3A%2F%2Fshop.test%2Fback%3Fa%3D1", NULL);
	snprintf(expected, sizeof expected, "https://shop.test/back?a=1&payment_intent=%s&redirect_status=succeeded", id);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(answer.location, expected);
	drop(answer);
	id = make_intent();
	answer = call("POST", path_of("/pay/", id, "/abandon"), "return_url=javascript%3Aalert(1)", NULL);
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(answer.location, NULL);
	drop(answer);
	check_call("GET", "/pay/pi_none", NULL, NULL, 404, NULL, NULL);
}

static void
test_the_journal_outlives_the_program(void)
{
	struct answer answer;
	const char   *id;

	begin(NULL);
	id = make_intent();
	drop(call("POST", INTENTS, CARD, "kept"));
	act("pay", id);
	CHECK_INT(wait_heard(3), 3);
	CHECK_INT(stop_sandbox(), 0);
	REQUIRE(start_sandbox("development"));
	check_call("GET", path_of(INTENTS "/", id, ""), NULL, NULL, 200, "status", "succeeded");
	check_call("GET", "/v1/events", NULL, NULL, 200, "data.0.type", "payment_intent.succeeded");
	answer = call("POST", INTENTS, CARD, "kept");
	CHECK(answer.replayed);
	drop(answer);
}

/* The last test: it ends the program, with a call still hanging. */
static void
test_it_ends_cleanly_and_not_in_production(void)
{
	begin("{\"hang_ms\": 600000}");
	drop(call_lacking(LACKS_NOTHING, "GET", INTENTS, NULL, NULL, 200));
	CHECK_INT(stop_sandbox(), 0);
	CHECK(!start_sandbox("production"));
}

static const struct test tests[] = { TEST(test_calls_need_the_key_and_a_version), TEST(test_intents_are_checked),
	TEST(test_an_intent_is_paid), TEST(test_an_intent_fails_and_is_cancelled), TEST(test_money_can_be_set_aside),
	TEST(test_keys_make_calls_idempotent), TEST(test_refunds_stop_at_what_was_paid), TEST(test_events_are_listed),
	TEST(test_an_event_is_sent_again_byte_for_byte), TEST(test_webhooks_are_shown),
	TEST(test_webhooks_come_twice_late_and_in_reverse), TEST(test_a_webhook_comes_before_the_answer),
	TEST(test_calls_and_answers_are_held), TEST(test_calls_fail_before_and_after), TEST(test_answers_are_spoiled),
	TEST(test_switches_of_one_transaction), TEST(test_webhooks_of_one_transaction), TEST(test_switches_are_checked),
	TEST(test_the_page_pays_and_leads_back), TEST(test_the_journal_outlives_the_program),
	TEST(test_a_key_in_use_is_a_conflict_and_a_hanging_call_holds_up_nobody),
	TEST(test_it_ends_cleanly_and_not_in_production) };

int
main(void)
{
	int outcome = 99;

	if (peer_open() && start_sandbox("development"))
		outcome = run_suite("sandbox", tests, sizeof tests / sizeof *tests);
	else
		fputs("the sandbox does not start\n", stderr);
	peer_close();
	return outcome;
}
