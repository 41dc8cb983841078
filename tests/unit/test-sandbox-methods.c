/*
 * Payment methods that were stored with haat-sandbox, charged as haat charges them: what Stripe would refuse is refused.
 */
#include "tests/suite.h"
#include "tests/unit/sandbox_peer.h"

#define INTENTS "/v1/payment_intents"
#define CHARGE "amount=2000&currency=eur&confirm=true&off_session=true"

/* What one call is answered, and a member of it. */
static void
check_call(const char *path, const char *body, long status, const char *at, const char *expected)
{
	struct answer answer = call(body == NULL ? "GET" : "POST", path, body, NULL);

	CHECK_INT(answer.status, status);
	CHECK_TEXT(text_at(answer.json, at), expected);
	drop(answer);
}

/* Stores a test method for a customer of its own: "customer=cus_...&payment_method=pm_...", good until the next one. */
static const char *
store(const char *test_method)
{
	static char   fields[160];
	struct answer customer = call("POST", "/v1/customers", "email=jane%40example.org", NULL), method;
	char          path[100], body[100];

	snprintf(path, sizeof path, "/v1/payment_methods/%s/attach", test_method);
	snprintf(body, sizeof body, "customer=%s", text_at(customer.json, "id"));
	method = call("POST", path, body, NULL);
	CHECK_INT(method.status, 200);
	snprintf(fields, sizeof fields, "%s&payment_method=%s", body, text_at(method.json, "id"));
	drop(customer);
	drop(method);
	return fields;
}

static const char *
charge(const char *fields)
{
	static char body[500];

	snprintf(body, sizeof body, CHARGE "&%s", fields);
	return body;
}

static void
test_charges(void)
{
	forget_heard();
	check_call(INTENTS, charge(store("pm_card_visa")), 200, "status", "succeeded");
	check_call(INTENTS, charge(store("pm_usBankAccount_success")), 200, "status", "processing");
	CHECK_INT(wait_heard(6), 6);
	for (size_t i = 0; i < 6; i++)
		CHECK(heard_authentic(i));
	CHECK(strstr(heard_body(2), "payment_intent.succeeded") != NULL);
}

static void
test_declines(void)
{
	static const struct {
		const char *method, *code, *decline_code, *advice_code;
	} cases[] = {
		{ "pm_card_authenticationRequired", "authentication_required", "authentication_required", NULL },
		{ "pm_card_chargeDeclined", "card_declined", "generic_decline", "try_again_later" },
		{ "pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds", "try_again_later" },
		{ "pm_card_chargeDeclinedLostCard", "card_declined", "lost_card", "do_not_try_again" },
		{ "pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card", "do_not_try_again" },
		{ "pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card", "confirm_card_data" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer answer = call("POST", INTENTS, charge(store(cases[i].method)), cases[i].method), again;

		CHECK_INT(answer.status, 402);
		CHECK_TEXT(text_at(answer.json, "error.type"), "card_error");
		CHECK_TEXT(text_at(answer.json, "error.code"), cases[i].code);
		CHECK_TEXT(text_at(answer.json, "error.decline_code"), cases[i].decline_code);
		CHECK_TEXT(text_at(answer.json, "error.advice_code"), cases[i].advice_code);
		CHECK_TEXT(text_at(answer.json, "error.payment_intent.status"), "requires_payment_method");
		CHECK_TEXT(text_at(answer.json, "error.payment_intent.last_payment_error.code"), cases[i].code);
		CHECK(text_at(answer.json, "error.payment_intent.client_secret") != NULL);
		CHECK(text_at(answer.json, "error.payment_method.id") != NULL);
		drop(answer);
		again = call("POST", INTENTS, CHARGE, cases[i].method);
		CHECK_TEXT(text_at(again.json, "error.type"), "idempotency_error");
		drop(again);
	}
}

/* One key, one charge: a decline, too, is answered again and not made again. */
static void
test_one_charge_under_one_key(void)
{
	const char   *body = charge(store("pm_card_chargeDeclined"));
	struct answer first = call("POST", INTENTS, body, "once"), again = call("POST", INTENTS, body, "once");

	CHECK_INT(again.status, 402);
	CHECK(!first.replayed && again.replayed);
	CHECK_TEXT(again.text, first.text);
	drop(first);
	drop(again);
}

static void
test_what_is_refused(void)
{
	const char *method = strchr(store("pm_card_visa"), '&') + 1;
	char        body[400], alone[100];

	snprintf(alone, sizeof alone, "%s", method);
	check_call(INTENTS, charge(alone), 400, "error.param", "payment_method");
	snprintf(body, sizeof body, "customer=cus_nobody&%s", alone);
	check_call(INTENTS, charge(body), 400, "error.code", "resource_missing");
	snprintf(body, sizeof body, "%s&x=%s", store("pm_card_visa"), "y");
	check_call(INTENTS, charge(body), 400, "error.code", "parameter_unknown");
	method = store("pm_card_visa");
	snprintf(body, sizeof body, "%.*s&%s", (int)strcspn(method, "&"), method, alone);
	check_call(INTENTS, charge(body), 400, "error.code", "resource_missing"); /* another's */
	check_call(INTENTS, charge("payment_method=pm_card_visa"), 400, "error.code", "resource_missing");
	check_call(INTENTS, charge(store("pm_haat_mandateInactive")), 400, "error.code", "payment_intent_mandate_invalid");
	snprintf(body, sizeof body, "amount=2000&currency=eur&off_session=true&%s", store("pm_card_visa"));
	check_call(INTENTS, body, 400, "error.param", "off_session");
	snprintf(body, sizeof body, "amount=2000&currency=eur&confirm=true&off_session=maybe&%s", store("pm_card_visa"));
	check_call(INTENTS, body, 400, "error.param", "off_session");
	check_call("/v1/payment_methods/pm_card_visa/attach", "customer=cus_nobody", 400, "error.param", "customer");
	check_call("/v1/payment_methods/pm_nothing/detach", "", 404, "error.code", "resource_missing");
}

static void
test_detached_ones_serve_nobody(void)
{
	char        fields[200], path[200];
	const char *id;

	snprintf(fields, sizeof fields, "%s", store("pm_card_visa"));
	id = strrchr(fields, '=') + 1;
	snprintf(path, sizeof path, "/v1/payment_methods/%s/detach", id);
	check_call(path, "", 200, "id", id);
	check_call(INTENTS, charge(fields), 400, "error.param", "payment_method");
	check_call(path, "", 400, "error.type", "invalid_request_error");
	snprintf(path, sizeof path, "/v1/payment_methods/%s", id);
	check_call(path, NULL, 200, "customer", NULL);
}

/* A SetupIntent stores a method of its customer, once, until it has ended. */
static void
test_stored_without_a_charge(void)
{
	struct answer customer = call("POST", "/v1/customers", "email=jane%40example.org", NULL), made;
	char          body[300], path[200], act[200];

	snprintf(body, sizeof body, "customer=%s&usage=off_session&automatic_payment_methods[enabled]=true&metadata[x]=y",
	    text_at(customer.json, "id"));
	made = call("POST", "/v1/setup_intents", body, NULL);
	CHECK_INT(made.status, 200);
	CHECK_TEXT(text_at(made.json, "status"), "requires_payment_method");
	CHECK(strncmp(text_at(made.json, "client_secret"), text_at(made.json, "id"), strlen(text_at(made.json, "id"))) == 0);
	snprintf(path, sizeof path, "/v1/setup_intents/%s?expand[0]=payment_method", text_at(made.json, "id"));
	snprintf(act, sizeof act, "/sandbox/stripe/fail/%s", text_at(made.json, "id"));
	check_call(act, "", 200, "last_setup_error.code", "card_declined");
	check_call(path, NULL, 200, "status", "requires_payment_method");
	snprintf(act, sizeof act, "/sandbox/stripe/process/%s", text_at(made.json, "id"));
	check_call(act, "", 400, "error.param", "action");
	snprintf(act, sizeof act, "/sandbox/stripe/pay/%s", text_at(made.json, "id"));
	check_call(act, "", 200, "status", "succeeded");
	check_call(path, NULL, 200, "payment_method.customer", text_at(customer.json, "id"));
	check_call(act, "", 400, "error.code", "setup_intent_unexpected_state");
	snprintf(act, sizeof act, "/v1/setup_intents/%s/cancel", text_at(made.json, "id"));
	check_call(act, "cancellation_reason=abandoned", 400, "error.code", "setup_intent_unexpected_state");
	check_call(act, "cancellation_reason=boredom", 400, "error.param", "cancellation_reason");
	check_call("/v1/setup_intents", "customer=cus_nobody", 400, "error.param", "customer");
	check_call("/v1/setup_intents", "usage=sometimes", 400, "error.param", "usage");
	check_call("/v1/setup_intents", "amount=100", 400, "error.code", "parameter_unknown");
	check_call("/v1/setup_intents/seti_nothing", NULL, 404, "error.code", "resource_missing");
	drop(customer);
	drop(made);
}

static const struct test tests[] = { TEST(test_charges), TEST(test_declines), TEST(test_one_charge_under_one_key),
	TEST(test_what_is_refused), TEST(test_detached_ones_serve_nobody), TEST(test_stored_without_a_charge) };

int
main(void)
{
	int outcome = 99;

	if (peer_open() && start_sandbox("development"))
		outcome = run_suite("sandbox-methods", tests, sizeof tests / sizeof *tests);
	else
		fputs("the sandbox does not start\n", stderr);
	peer_close();
	return outcome;
}
