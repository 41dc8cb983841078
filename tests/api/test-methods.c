/* Payment methods: whose they are, what is kept of them and how, which one is charged, and when none is. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person customer, other, seller;

static void
need_people(void)
{
	if (customer.id != NULL)
		return;
	customer = person_new("customer");
	other = person_new("customer");
	seller = shopkeeper_new("USD");
}

static const char *
body_of(const char *token, const char *more)
{
	return form("{\"type\": \"card\", \"provider\": \"stripe\", \"token\": \"%s\"%s}", token, more);
}

static struct answer
store(const struct person *person, const char *token, const char *more)
{
	return api_post("/payment-methods", person->access, body_of(token, more));
}

static const char *
stored(const struct person *person, const char *token)
{
	struct answer answer = store(person, token, "");

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

/* The token as the provider has it, of a method that was stored by a test's name. */
static const char *
own_token(const struct person *person, const char **id)
{
	struct answer methods;
	const char   *at_stripe;

	*id = stored(person, "pm_card_visa");
	at_stripe = sql_text("SELECT customer FROM provider_customers WHERE owner_id = '%s' AND provider = 'stripe'", person->id);
	methods = sandbox_call(form("/sandbox/stripe/methods/%s", at_stripe), NULL);
	EXPECT(methods, 200);
	return text_at(&methods, "data.0.id");
}

static void
test_stored_and_shown(void)
{
	struct answer answer, list, shown;
	const char   *id;

	need_people();
	answer = store(&customer, "pm_card_visa", ", \"label\": \"My card\"");
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_TEXT(text_at(&answer, "label"), "My card");
	CHECK_TEXT(text_at(&answer, "type"), "card");
	CHECK_TEXT(text_at(&answer, "expires"), "2035-01-01T00:00:00.000Z");
	CHECK(bool_at(&answer, "is_default"));
	CHECK(strstr(answer.body, "pm_") == NULL && strstr(answer.body, "token") == NULL);
	shown = api_get(form("/payment-methods/%s", id), customer.access);
	EXPECT(shown, 200);
	list = api_get("/payment-methods", customer.access);
	EXPECT(list, 200);
	CHECK(strstr(list.body, "pm_") == NULL && strstr(list.body, "cus_") == NULL);
	EXPECT_PROBLEM(api_get(form("/payment-methods/%s", id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_patch(form("/payment-methods/%s", id), other.access, "{\"label\": \"mine\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/payment-methods/%s", id), other.access), 404, "not_found");
	answer = api_patch(form("/payment-methods/%s", id), customer.access, "{\"label\": null, \"is_default\": true}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "label"));
	/* A merchant's are the merchant's own. */
	answer = store(&seller, "pm_card_visa", "");
	EXPECT(answer, 201);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payment_methods WHERE id = '%s' AND merchant_id IS NOT NULL AND user_id IS NULL",
		text_at(&answer, "id")),
	    1);
}

static int64_t
audited(const char *id, const char *action, const char *condition)
{
	return sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_type = 'payment_method' AND subject_id = '%s' AND "
			  "action = 'payment_method.%s' AND LOCATE('pm_', CONCAT_WS(' ', before_state, after_state)) = 0 AND %s",
	    id, action, condition);
}

/* Who stored, changed and deleted one; what its owner calls it may be a name. */
static void
test_is_audited(void)
{
	struct person person = person_new("customer");
	struct answer answer = store(&person, "pm_card_visa", ", \"label\": \"Zuleikha's card\"");
	const char   *id = text_at(&answer, "id"), *by = form("actor_id = '%s'", person.id);

	EXPECT(answer, 201);
	CHECK_INT(audited(id, "created",
		      form("%s AND before_state IS NULL AND JSON_VALUE(after_state, '$.is_default') IN ('true', '1') "
			   "AND JSON_VALUE(after_state, '$.label') = 'Z***' AND JSON_VALUE(after_state, '$.provider') = 'stripe'",
			  by)),
	    1);
	EXPECT(api_patch(form("/payment-methods/%s", id), person.access, "{\"expires\": \"2034-01-01T00:00:00Z\"}"), 200);
	CHECK_INT(audited(id, "changed",
		      form("%s AND JSON_VALUE(before_state, '$.expires') LIKE '2035%%' AND "
			   "JSON_VALUE(after_state, '$.expires') LIKE '2034%%'",
			  by)),
	    1);
	EXPECT(api_delete(form("/payment-methods/%s", id), person.access), 204);
	CHECK_INT(audited(id, "deleted", form("%s AND after_state IS NULL AND before_state IS NOT NULL", by)), 1);
}

static void
test_card_numbers_are_refused(void)
{
	static const char *const numbers[] = { "4242424242424242", "4242 4242 4242 4242", "378282246310005",
		"5555-5555-5555-4444" };

	need_people();
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		EXPECT_PROBLEM(store(&customer, numbers[i], ""), 400, "validation_failed");
		EXPECT_PROBLEM(
		    store(&customer, "pm_card_visa", form(", \"label\": \"card %s\"", numbers[i])), 400, "validation_failed");
	}
	EXPECT_PROBLEM(store(&customer, "pm_card visa", ""), 400, "validation_failed");
	EXPECT_PROBLEM(store(&customer, "pm_nothing_of_ours", ""), 409, "payment_method_unusable");
	EXPECT_PROBLEM(store(&customer, "4242424242424241", ""), 409, "payment_method_unusable");
	EXPECT_PROBLEM(
	    api_post("/payment-methods", customer.access, "{\"type\": \"card\", \"provider\": \"cod\", \"token\": \"anything\"}"),
	    409, "provider_unsupported");
}

/* The same token twice is one method; of another's customer it is nobody's here. */
static void
test_one_token_one_method(void)
{
	struct answer again, foreign;
	const char   *id, *token;

	need_people();
	token = own_token(&other, &id);
	again = store(&other, token, ", \"label\": \"again\"");
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "id"), id);
	CHECK_TEXT(text_at(&again, "label"), "again");
	EXPECT_PROBLEM(store(&customer, token, ""), 409, "payment_method_unusable");
	foreign = sandbox_call("/sandbox/stripe/store/pm_card_visa", "{}");
	EXPECT(foreign, 200);
	EXPECT_PROBLEM(store(&customer, text_at(&foreign, "id"), ""), 409, "payment_method_unusable");
}

static int64_t
defaults_of(const struct person *person)
{
	return sql_number(
	    "SELECT COUNT(*) FROM payment_methods WHERE user_id = '%s' AND is_default AND deleted_at IS NULL", person->id);
}

static void
test_one_default(void)
{
	struct person person = person_new("customer");
	const char   *first = stored(&person, "pm_card_visa"), *second = stored(&person, "pm_card_visa"), *third;
	struct answer answer = store(&person, "pm_card_visa", ", \"is_default\": true");
	struct answer answers[6];
	struct call   calls[6];

	EXPECT(answer, 201);
	third = text_at(&answer, "id");
	CHECK_INT(defaults_of(&person), 1);
	for (size_t i = 0; i < 6; i++)
		calls[i] = (struct call) { .method = "PATCH",
			.path = form("/payment-methods/%s",
			    i % 3 == 0       ? first
				: i % 3 == 1 ? second
					     : third),
			.token = person.access,
			.body = "{\"is_default\": true}" };
	api_calls(calls, 6, answers);
	for (size_t i = 0; i < 6; i++)
		EXPECT(answers[i], 200);
	CHECK_INT(defaults_of(&person), 1);
	EXPECT(api_patch(form("/payment-methods/%s", first), person.access, "{\"is_default\": true}"), 200);
	EXPECT(api_delete(form("/payment-methods/%s", first), person.access), 204);
	CHECK_INT(defaults_of(&person), 1);
	CHECK_TEXT(
	    sql_text("SELECT id FROM payment_methods WHERE user_id = '%s' AND is_default AND deleted_at IS NULL", person.id),
	    third);
	WAIT_FOR("1", "SELECT sealed IS NULL AND token_digest IS NULL FROM payment_methods WHERE id = '%s'", first);
}

/* ---- charged ---- */

static struct goods goods;
static const char  *address;

static const char *
new_order(const struct person *person)
{
	static struct person buyer;

	need_people();
	if (goods.variant == NULL)
		goods = goods_new(&seller, "20.00", 1000);
	if (buyer.id == NULL || strcmp(buyer.id, person->id) != 0) {
		buyer = *person;
		address = address_new(person);
	}
	return order_new(person, address, &goods, 1);
}

static struct answer
pay_by(const struct person *person, const char *order, const char *method)
{
	return api_post(
	    "/payments", person->access, form("{\"order_id\": \"%s\", \"payment_method_id\": \"%s\"}", order, method));
}

static void
test_an_order_is_paid_by_it(void)
{
	struct answer answer;
	const char   *order, *method, *token;

	need_people();
	order = new_order(&customer);
	token = own_token(&customer, &method);
	answer = pay_by(&customer, order, method);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK_TEXT(text_at(&answer, "payment_method_id"), method);
	CHECK(strstr(answer.body, token) == NULL);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	/* What Stripe has answered is kept without what could be charged again. */
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id WHERE p.order_id = '%s' "
		       "AND (a.body LIKE '%%%s%%' OR a.body LIKE '%%cus\\_%%')",
		order, token),
	    0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE payload LIKE '%%%s%%'", token), 0);
}

static void
test_unusable(void)
{
	const char   *order, *method, *declined;
	struct answer answer;

	need_people();
	order = new_order(&customer);
	method = stored(&customer, "pm_card_visa");
	EXPECT_PROBLEM(pay_by(&customer, order, stored(&other, "pm_card_visa")), 409, "payment_method_unusable");
	EXPECT_PROBLEM(pay_by(&customer, order, stored(&seller, "pm_card_visa")), 409, "payment_method_unusable");
	sql_run("UPDATE payment_methods SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", method);
	answer = api_get(form("/payment-methods/%s", method), customer.access);
	CHECK_TEXT(text_at(&answer, "status"), "expired");
	EXPECT_PROBLEM(pay_by(&customer, order, method), 409, "payment_method_unusable");
	EXPECT(api_patch(form("/payment-methods/%s", method), customer.access, "{\"expires\": null}"), 200);
	/* A card that is gone is disabled by its decline; nothing is charged by it any more. */
	declined = stored(&customer, "pm_card_chargeDeclinedLostCard");
	answer = pay_by(&customer, order, declined);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "failed");
	CHECK_TEXT(text_at(&answer, "failure_code"), "lost_card");
	CHECK_TEXT(text_at(&answer, "failure_advice"), "do_not_try_again");
	answer = api_get(form("/payment-methods/%s", declined), customer.access);
	CHECK_TEXT(text_at(&answer, "status"), "disabled");
	EXPECT_PROBLEM(pay_by(&customer, order, declined), 409, "payment_method_unusable");
	EXPECT(api_delete(form("/payment-methods/%s", method), customer.access), 204);
	EXPECT_PROBLEM(pay_by(&customer, order, method), 409, "payment_method_unusable");
	EXPECT_PROBLEM(api_get(form("/payment-methods/%s", method), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_post("/payments", customer.access, form("{\"order_id\": \"%s\"}", order)), 400, "validation_failed");
}

/* A sealed token opens in its own row and for its own owner only. */
static void
test_sealed_for_one_row(void)
{
	const char *order, *mine, *theirs;

	need_people();
	order = new_order(&customer);
	mine = stored(&customer, "pm_card_visa");
	theirs = stored(&other, "pm_card_visa");
	CHECK_INT(
	    sql_run("UPDATE payment_methods m JOIN payment_methods t ON t.id = '%s' SET m.sealed = t.sealed WHERE m.id = '%s'",
		theirs, mine),
	    1);
	EXPECT_PROBLEM(pay_by(&customer, order, mine), 409, "payment_method_unusable");
	/* Nor for another owner. */
	CHECK_INT(
	    sql_run(
		"UPDATE payment_methods SET is_default = FALSE, user_id = (SELECT id FROM users WHERE id = '%s') WHERE id = '%s'",
		customer.id, theirs),
	    1);
	EXPECT_PROBLEM(pay_by(&customer, order, theirs), 409, "payment_method_unusable");
	sql_run("UPDATE payment_methods SET forget_at = NULL, deleted_at = NOW(3), sealed = NULL, sealed_with = NULL, "
		"token_digest = NULL WHERE id IN ('%s', '%s')",
	    mine, theirs);
}

/* A merchant charges what it has stored of its own customers, without an order. */
static void
test_a_merchant_charges(void)
{
	static const char body[] =
	    "{\"amount\": \"12.50\", \"currency\": \"USD\", \"customer\": {\"email\": \"payer@example.test\"}, "
	    "\"return_url\": \"https://shop.example/done\", \"payment_method_id\": \"%s\"}";
	struct answer answer;

	need_people();
	answer = api_post("/payments/initialize", seller.access, form(body, stored(&seller, "pm_card_visa")));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	answer = api_post("/payments/initialize", seller.access, form(body, stored(&seller, "pm_card_chargeDeclined")));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "failed");
	CHECK(has_at(&answer, "url"));
	EXPECT_PROBLEM(api_post("/payments/initialize", seller.access, form(body, stored(&customer, "pm_card_visa"))), 409,
	    "payment_method_unusable");
}

/* The worker died behind the charge and before its answer was kept: the same request goes on with what it had made. */
static void
test_a_merchant_charges_once_under_its_key(void)
{
	const char   *key = form("Idempotency-Key: charge-%s", fresh_phone() + 1), *body, *reference;
	struct answer first, again;

	need_people();
	body = form("{\"amount\": \"12.50\", \"currency\": \"USD\", \"customer\": {\"email\": \"payer@example.test\"}, "
		    "\"return_url\": \"https://shop.example/done\", \"payment_method_id\": \"%s\"}",
	    stored(&seller, "pm_card_visa"));
	first = api_call("POST", "/payments/initialize", seller.access, body, HEADERS(key));
	EXPECT(first, 201);
	reference = text_at(&first, "reference");
	CHECK_INT(
	    sql_run("UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL, "
		    "lease_until = NOW(3) - INTERVAL 1 SECOND WHERE made IN ('%s', '%s')",
		sql_text("SELECT id FROM payment_requests WHERE reference = '%s'", reference),
		sql_text("SELECT p.id FROM payments p JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		    reference)),
	    1);
	again = api_call("POST", "/payments/initialize", seller.access, body, HEADERS(key));
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "reference"), reference);
	CHECK_TEXT(text_at(&again, "status"), "succeeded");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments p JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		reference),
	    1);
}

/* What is paid with is stored because the payer asks for it. */
static void
test_stored_while_paying(void)
{
	struct person  person = person_new("customer");
	const char    *order = new_order(&person);
	struct attempt attempt = { .order = order };
	struct answer  answer = api_post(
	     "/payments", person.access, form("{\"order_id\": \"%s\", \"provider\": \"stripe\", \"store_method\": true}", order));

	EXPECT(answer, 201);
	attempt.transaction = text_at(&answer, "provider_transaction_id");
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("1", "SELECT COUNT(*) FROM payment_methods WHERE user_id = '%s' AND is_default", person.id);
	answer = pay_by(&person, new_order(&person), sql_text("SELECT id FROM payment_methods WHERE user_id = '%s'", person.id));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	EXPECT_PROBLEM(api_post("/payments", person.access,
			   form("{\"order_id\": \"%s\", \"provider\": \"cod\", \"store_method\": true}", new_order(&person))),
	    409, "provider_unsupported");
	EXPECT_CONSISTENT();
}

/* A method of that provider's, whose token the stand-in has made for the person. */
static const char *
stored_at(const struct person *person, const char *provider, const char **token)
{
	*token = token_new(person, provider);
	return method_new(person, provider, *token);
}

/* The payer has taken it back at the provider: its event disables it, and holds nobody's name. */
static void
test_taken_back_at_the_provider(void)
{
	static const char *const acts[][3] = { { "paypal", "vault-delete", "removed_at_provider" },
		{ "razorpay", "token/cancel", "mandate_cancelled" } };
	const char              *method, *token;
	struct person            person = person_new("customer");

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		method = stored_at(&person, acts[i][0], &token);
		EXPECT(sandbox_call(form("/sandbox/%s/%s/%s", acts[i][0], acts[i][1], token), "{}"), 200);
		WAIT_FOR(acts[i][2], "SELECT disabled_reason FROM payment_methods WHERE id = '%s'", method);
	}
	token = own_token(&person, &method);
	EXPECT(sandbox_call(form("/sandbox/stripe/detach/%s", token), "{}"), 200);
	WAIT_FOR("removed_at_provider", "SELECT disabled_reason FROM payment_methods WHERE id = '%s'", method);
	WAIT_FOR(
	    "1", "SELECT COUNT(*) > 0 FROM webhook_events WHERE type LIKE 'VAULT.%%' AND status IN ('processed', 'ignored')");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_events WHERE type LIKE 'VAULT.%%' AND status IN ('processed', 'ignored') "
		       "AND (payload LIKE '%%jane@example.org%%' OR payload LIKE '%%QYR5Z8XDVJNXQ%%')"),
	    0);
}

/* What a bank or a payer does to a mandate at Razorpay: stopped, it is not charged; taken up again, it is. */
static void
test_mandates_stop_and_go_on(void)
{
	static const char *const acts[][2] = { { "pause", "mandate_paused" }, { "resume", "" }, { "reject", "mandate_rejected" },
		{ "confirm", "" }, { "cancel", "mandate_cancelled" } };
	struct person            person = person_new("customer");
	const char              *token, *method = stored_at(&person, "razorpay", &token);
	struct answer            answer;

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		EXPECT(sandbox_call(form("/sandbox/razorpay/token/%s/%s", acts[i][0], token), "{}"), 200);
		WAIT_FOR(acts[i][1], "SELECT IFNULL(disabled_reason, '') FROM payment_methods WHERE id = '%s'", method);
		answer = api_get(form("/payment-methods/%s", method), person.access);
		CHECK_TEXT(text_at(&answer, "status"), *acts[i][1] == '\0' ? "active" : "disabled");
	}
}

/* A card network replaces the card: it is charged until the new one ends. */
static void
test_replaced_by_the_card_network(void)
{
	struct answer answer;
	const char   *method, *token, *order;

	need_people();
	order = new_order(&customer);
	token = own_token(&customer, &method);
	sql_run("UPDATE payment_methods SET expires_at = NOW(3) - INTERVAL 1 DAY WHERE id = '%s'", method);
	EXPECT_PROBLEM(pay_by(&customer, order, method), 409, "payment_method_unusable");
	EXPECT(sandbox_call(form("/sandbox/stripe/replace/%s", token), "{}"), 200);
	WAIT_FOR("2039-01-01", "SELECT DATE(expires_at) FROM payment_methods WHERE id = '%s'", method);
	answer = pay_by(&customer, order, method);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
}

/* What is only pending changes nothing. */
static void
test_mandate_updated(void)
{
	struct answer answer;
	const char   *method, *token, *order;

	need_people();
	order = new_order(&customer);
	token = own_token(&customer, &method);
	EXPECT(sandbox_call(form("/sandbox/stripe/mandate/inactive/%s", token), "{}"), 200);
	WAIT_FOR("mandate_inactive", "SELECT disabled_reason FROM payment_methods WHERE id = '%s'", method);
	EXPECT_PROBLEM(pay_by(&customer, order, method), 409, "payment_method_unusable");
	answer = sandbox_call(form("/sandbox/stripe/mandate/pending/%s", token), "{}");
	EXPECT(answer, 200);
	WAIT_FOR("ignored", "SELECT status FROM webhook_events WHERE type = 'mandate.updated' AND payload LIKE '%%%s%%'",
	    text_at(&answer, "id"));
	EXPECT_PROBLEM(pay_by(&customer, order, method), 409, "payment_method_unusable");
	EXPECT(sandbox_call(form("/sandbox/stripe/mandate/active/%s", token), "{}"), 200);
	WAIT_FOR("1", "SELECT disabled_reason IS NULL FROM payment_methods WHERE id = '%s'", method);
	answer = pay_by(&customer, order, method);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
}

/* A method that PayPal's stand-in refuses in that way, and what becomes of a charge of it. */
static struct answer
refused_by_paypal(const char *kind, const char **method)
{
	struct answer answer;

	need_people();
	answer = sandbox_call(form("/sandbox/paypal/store/%s", kind), form("{\"owner\": \"%s\"}", other.id));
	EXPECT(answer, 200);
	answer = api_post("/payment-methods", other.access,
	    form("{\"type\": \"paypal\", \"provider\": \"paypal\", \"token\": \"%s\"}", text_at(&answer, "data.token")));
	EXPECT(answer, 201);
	*method = text_at(&answer, "id");
	answer = pay_by(&other, new_order(&other), *method);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "failed");
	return answer;
}

/* The token or the payer's account is no more: the method is charged no more.  Where our own account is at fault it stays. */
static void
test_refused_by_paypal(void)
{
	static const char *const hopeless[][2] = { { "token_expired", "token_expired" },
		{ "mismatched", "mismatched_vault_id_to_payment_source" }, { "payer_closed", "payer_account_locked_or_closed" },
		{ "payer_restricted", "payer_account_restricted" } };
	const char              *method;
	struct answer            answer;

	for (size_t i = 0; i < sizeof hopeless / sizeof *hopeless; i++) {
		answer = refused_by_paypal(hopeless[i][0], &method);
		CHECK_TEXT(text_at(&answer, "failure_code"), hopeless[i][1]);
		CHECK_TEXT(text_at(&answer, "failure_advice"), "do_not_try_again");
		CHECK_TEXT(sql_text("SELECT disabled_reason FROM payment_methods WHERE id = '%s'", method), hopeless[i][1]);
	}
	answer = refused_by_paypal("not_enabled", &method);
	CHECK_TEXT(text_at(&answer, "failure_code"), "provider_account_not_enabled");
	CHECK_TEXT(text_at(&answer, "failure_advice"), "try_again_later");
	CHECK_INT(sql_number("SELECT disabled_reason IS NULL FROM payment_methods WHERE id = '%s'", method), 1);
	CHECK(logs_hold("paypal does not let our account charge stored payment methods"));
}

/* What its owner deletes is taken away at the provider, too; but not what another account's charge still needs. */
static void
test_deleted_is_forgotten(void)
{
	static const char *const providers[] = { "paypal", "razorpay", "paystack" };
	struct person            person = person_new("customer");
	const char              *method, *token;

	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		method = stored_at(&person, providers[i], &token);
		EXPECT(api_delete(form("/payment-methods/%s", method), person.access), 204);
		run_job_now("forget_methods");
		WAIT_FOR("1", "SELECT sealed IS NULL AND forget_at IS NULL FROM payment_methods WHERE id = '%s'", method);
		EXPECT_PROBLEM(api_post("/payment-methods", person.access,
				   form("{\"type\": \"card\", \"provider\": \"%s\", \"token\": \"%s\"}", providers[i], token)),
		    409, "payment_method_unusable");
	}
}

/* Tokens of somebody else at a provider that can be asked are nobody's here. */
static void
test_tokens_of_others(void)
{
	static const char *const providers[] = { "paypal", "razorpay", "paystack" };
	struct person            person = person_new("customer"), thief = person_new("customer");
	const char              *token;

	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		stored_at(&person, providers[i], &token);
		EXPECT_PROBLEM(api_post("/payment-methods", thief.access,
				   form("{\"type\": \"card\", \"provider\": \"%s\", \"token\": \"%s\"}", providers[i], token)),
		    409, "payment_method_unusable");
	}
}

/* Claimed so long ago by a worker that died before or behind its call, at a provider that may have heard of it or not. */
static const char *
claimed(const struct person *person, const struct goods *wares, const char *method, int minutes)
{
	const char *reference = form("PAY-%.10s", sql_text("SELECT UPPER(REPLACE(UUID(), '-', ''))"));
	const char *order = order_new(person, address_new(person), wares, 1);

	CHECK_INT(
	    sql_run("INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, "
		    "payment_method_id, idempotency_key, charge_sent_at, next_check_at) SELECT UNHEX(REPLACE(UUID(), '-', '')), "
		    "'%s', 'order', o.id, o.user_id, m.provider, o.total_minor, o.currency, m.id, CONCAT('pay:', UUID()), "
		    "NOW(3) - INTERVAL %d MINUTE, NOW(3) FROM orders o JOIN payment_methods m ON m.id = '%s' WHERE o.id = '%s'",
		reference, minutes, method, order),
	    1);
	run_job_now("reconcile_payments");
	WAIT_FOR("1", "SELECT checks > 0 OR status <> 'pending' FROM payments WHERE reference = '%s'", reference);
	return reference;
}

static const char *
status_of(const char *reference)
{
	return sql_text("SELECT status FROM payments WHERE reference = '%s'", reference);
}

/* Where only our reference names a charge it is not sent a second time, whatever became of the first. */
static void
test_a_claim_is_not_sent_again(void)
{
	struct person person = person_new("customer"), other_seller = shopkeeper_new("NGN");
	struct goods  wares = goods_new(&other_seller, "20000.00", 100);
	struct answer answer;
	const char   *method, *token, *reference;

	method = stored_at(&person, "paystack", &token);
	reference = claimed(&person, &wares, method, 1);
	CHECK_TEXT(status_of(reference), "pending"); /* it may be on its way */
	EXPECT_PROBLEM(api_post(form("/payments/%s/cancel", reference), person.access, NULL), 502, "provider_unavailable");
	reference = claimed(&person, &wares, method, 20);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", reference);
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", reference), "not_received");
	answer = sandbox_call("/sandbox/paystack/transactions", NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, reference) == NULL);
	/* Where a key makes one charge of two it is sent, under that key. */
	need_people();
	new_order(&customer);
	method = stored(&customer, "pm_card_visa");
	reference = claimed(&customer, &goods, method, 1);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", reference);
}

SUITE("methods", TEST(test_stored_and_shown), TEST(test_is_audited), TEST(test_card_numbers_are_refused),
    TEST(test_one_token_one_method), TEST(test_one_default), TEST(test_an_order_is_paid_by_it), TEST(test_unusable),
    TEST(test_sealed_for_one_row), TEST(test_a_merchant_charges), TEST(test_a_merchant_charges_once_under_its_key),
    TEST(test_stored_while_paying), TEST(test_taken_back_at_the_provider), TEST(test_mandates_stop_and_go_on),
    TEST(test_replaced_by_the_card_network), TEST(test_mandate_updated), TEST(test_refused_by_paypal),
    TEST(test_deleted_is_forgotten), TEST(test_tokens_of_others), TEST(test_a_claim_is_not_sent_again))
