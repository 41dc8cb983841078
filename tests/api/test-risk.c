/*
 * Risk through the API: rules that staff edit, attempts that are refused before the provider hears of them, reviews and what
 * comes of them, and velocity as production has it.
 */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, accountant;
static struct goods  goods;

static void
begin(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	accountant = person_new("accountant");
	goods = goods_new(&seller, "20.00", 1000);
}

static const char *
order_of(const struct person *customer)
{
	return order_new(customer, address_new(customer), &goods, 1);
}

static void
test_rules_are_rows(void)
{
	struct answer answer;
	const char   *id, *etag;

	begin();
	answer = api_get("/risk/rules", accountant.access);
	EXPECT(answer, 200);
	CHECK(length_at(&answer, "results") > 10);
	CHECK(text_at(&answer, "results.0.meaning") != NULL);
	answer = api_post("/risk/rules", accountant.access, "{\"signal\": \"hot_quantity\", \"bound\": 777, \"points\": 3}");
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK(bool_at(&answer, "enabled"));
	etag = header_of(&answer, "ETag");
	EXPECT_PROBLEM(
	    api_post("/risk/rules", accountant.access, "{\"signal\": \"hot_quantity\", \"bound\": 777, \"points\": 4}"), 409,
	    "already_exists");
	EXPECT_FAULT(
	    api_post("/risk/rules", accountant.access, "{\"signal\": \"zodiac\", \"bound\": 1, \"points\": 1}"), "signal");
	EXPECT_FAULT(
	    api_post("/risk/rules", accountant.access, "{\"signal\": \"new_address\", \"bound\": 7, \"points\": 101}"), "points");
	answer = api_call("PATCH", form("/risk/rules/%s", id), accountant.access, "{\"points\": 5, \"enabled\": false}",
	    HEADERS(form("If-Match: %s", etag)));
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "points"), 5);
	CHECK_INT(number_at(&answer, "bound"), 777);
	EXPECT_PROBLEM(api_call("PATCH", form("/risk/rules/%s", id), accountant.access, "{\"points\": 6}",
			   HEADERS(form("If-Match: %s", etag))),
	    412, "version_mismatch");
	answer = api_put(
	    form("/risk/rules/%s", id), accountant.access, "{\"signal\": \"hot_quantity\", \"bound\": 778, \"points\": -3}");
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "enabled"));
	EXPECT(api_delete(form("/risk/rules/%s", id), accountant.access), 204);
	EXPECT_PROBLEM(api_delete(form("/risk/rules/%s", id), accountant.access), 404, "not_found");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_type = 'risk_rule' AND subject_id = '%s'", id), 4);
}

/* Workers with the limits and scores that production has. */
enum { DECLINES_ACCOUNT = 3 };

static void
start_production(void)
{
	static const char *const settings[] = { "HAAT_LIMITS_ENABLED=true", "HAAT_RISK_DECLINES_ACCOUNT=3",
		"HAAT_RISK_ATTEMPTS_ADDRESS=2", "HAAT_RISK_ATTEMPTS_NETWORK=3", "HAAT_RISK_ATTEMPTS_ACCOUNT=50",
		"HAAT_RISK_REFUSE_SCORE=100", NULL };
	static bool              started;

	if (!started)
		lone_workers_start(settings);
	started = true;
}

/* The score stands before the provider is called, and the answer does not say by what. */
static void
test_a_high_score_is_refused(void)
{
	struct person customer;
	const char   *order;
	struct answer answer;

	begin();
	suspect_mail(&accountant, 100);
	customer = suspect_new();
	order = order_of(&customer);
	start_production();
	answer = lone_call(
	    "127.0.0.1", "POST", "/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order));
	EXPECT_PROBLEM(answer, 402, "payment_refused");
	CHECK(strstr(answer.body, "mail") == NULL && strstr(answer.body, "score") == NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 0);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'payment.refused' AND subject_id = '%s'", order), 1);
	CHECK_INT(sql_number("SELECT JSON_VALUE(after_state, '$.signals') LIKE '%%disposable_mail%%' FROM audit_records "
			     "WHERE action = 'payment.refused' AND subject_id = '%s'",
		      order),
	    1);
	suspect_mail(&accountant, 16);
	EXPECT(payment_new(&customer, order, "stripe"), 201);
}

static struct attempt
reviewed_new(struct person *customer)
{
	struct attempt attempt;

	begin();
	suspect_mail(&accountant, 50);
	*customer = suspect_new();
	attempt = attempt_new(customer, order_of(customer));
	suspect_mail(&accountant, 16);
	return attempt;
}

static struct answer
decide(const struct attempt *attempt, const char *what, const char *body)
{
	return api_post(form("/payments/%s/%s", attempt->reference, what), accountant.access, body);
}

static bool
is_listed(const struct attempt *attempt)
{
	struct answer answer = api_get("/payments?risk=review&limit=100", accountant.access);

	EXPECT(answer, 200);
	return strstr(answer.body, attempt->reference) != NULL;
}

static void
test_a_review_goes_its_way_and_is_approved(void)
{
	struct person  customer;
	struct attempt attempt = reviewed_new(&customer);
	struct answer  answer;

	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK(is_listed(&attempt));
	answer = api_get(form("/payments/%s", attempt.reference), accountant.access);
	CHECK_TEXT(text_at(&answer, "review"), "pending");
	CHECK(number_at(&answer, "risk_score") >= 50);
	CHECK(strstr(text_at(&answer, "risk_signals"), "disposable_mail") != NULL);
	answer = api_get(form("/payments/%s", attempt.reference), customer.access);
	CHECK(!has_at(&answer, "review") && !has_at(&answer, "risk_score") && !has_at(&answer, "risk_signals"));
	answer = api_get("/payments?risk=review", customer.access);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = decide(&attempt, "approve", "{\"reason\": \"spoke with the customer\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "review"), "approved");
	CHECK(!is_listed(&attempt));
	EXPECT_PROBLEM(decide(&attempt, "approve", "{}"), 409, "review_state");
	EXPECT_PROBLEM(decide(&attempt, "decline", "{\"reason\": \"late\"}"), 409, "review_state");
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM events WHERE type = 'payment.reviewed' AND JSON_VALUE(payload, '$.reference') = '%s' "
		      "AND JSON_VALUE(payload, '$.review') = 'approved'",
		      attempt.reference),
	    1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status = 'succeeded'", attempt.reference), 1);
}

static void
bank_warns(const struct attempt *attempt)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/fraud-warning/%s", attempt->transaction), "{}"), 200);
	WAIT_FOR("1",
	    "SELECT FIND_IN_SET('early_fraud_warning', IFNULL(risk_signals, '')) > 0 FROM payments WHERE reference = '%s'",
	    attempt->reference);
}

static int64_t
warnings_told(const struct attempt *attempt)
{
	return sql_number(
	    "SELECT COUNT(*) FROM events WHERE type = 'payment.fraud_warned' AND JSON_VALUE(payload, '$.reference') = '%s'",
	    attempt->reference);
}

/* What a card scheme calls fraud waits for review, so that it is refunded before it is disputed; what was decided stays. */
static void
test_an_early_fraud_warning(void)
{
	struct person  customer = person_new("customer");
	struct attempt attempt;
	struct answer  answer;

	begin();
	attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	sql_run("UPDATE payments SET review = NULL, risk_signals = NULL WHERE reference = '%s'", attempt.reference);
	CHECK(!is_listed(&attempt));
	bank_warns(&attempt);
	CHECK(is_listed(&attempt));
	answer = api_get(form("/payments/%s", attempt.reference), accountant.access);
	CHECK_TEXT(text_at(&answer, "risk_signals"), "early_fraud_warning");
	EXPECT(api_post("/webhooks/simulate", NULL,
		   form("{\"provider\": \"stripe\", \"type\": \"radar.early_fraud_warning.created\", \"reference\": \"%s\"}",
		       attempt.reference)),
	    200);
	CHECK_INT(warnings_told(&attempt), 1);
	answer = decide(&attempt, "decline", "{\"reason\": \"stolen card\"}");
	EXPECT(answer, 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	/* What is gone waits for nobody, and is noted all the same. */
	attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	sql_run("UPDATE payments SET review = 'approved', reviewed_at = NOW(3), risk_signals = NULL WHERE reference = '%s'",
	    attempt.reference);
	bank_warns(&attempt);
	CHECK(!is_listed(&attempt));
	CHECK_INT(warnings_told(&attempt), 1);
}

static void
test_a_decline_cancels_and_refunds(void)
{
	struct person  customer;
	struct attempt attempt = reviewed_new(&customer);

	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	EXPECT_FAULT(decide(&attempt, "decline", "{}"), "reason");
	EXPECT(decide(&attempt, "decline", "{\"reason\": \"the card was stolen\"}"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	WAIT_FOR("cancelled", "SELECT IF(status IN ('cancelled', 'refunded'), 'cancelled', status) FROM orders WHERE id = '%s'",
	    attempt.order);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
	EXPECT_PROBLEM(decide(&attempt, "approve", "{}"), 409, "review_state");
	EXPECT_PROBLEM(decide(&attempt, "decline", "{\"reason\": \"again\"}"), 409, "review_state");
	EXPECT_CONSISTENT();
}

/* Declined before it was paid: it is closed at its provider, and money that comes all the same goes back. */
static void
test_a_decline_before_the_money(void)
{
	struct person  customer;
	struct attempt attempt = reviewed_new(&customer);

	EXPECT(decide(&attempt, "decline", "{\"reason\": \"looks bad\"}"), 200);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "cancelled");
	EXPECT_CONSISTENT();
}

/* What has ended without money is declined alone: its order may be another attempt's by then. */
static void
test_a_decline_of_what_has_failed(void)
{
	struct person  customer;
	struct attempt first = reviewed_new(&customer), second;

	sandbox_act("fail", first.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", first.reference);
	second = attempt_new(&customer, first.order);
	sandbox_act("pay", second.transaction);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", second.reference);
	EXPECT(decide(&first, "decline", "{\"reason\": \"the first card was stolen\"}"), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'decline_reviewed' AND status IN ('ready', 'running')");
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", first.order), "paid");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", second.reference), "succeeded");
}

#define DECLINES_OF_REQUEST \
	"SELECT COUNT(*) FROM payment_declines d JOIN payments p ON p.id = d.payment_id " \
	"JOIN payment_requests q ON q.id = p.request_id WHERE q.reference = '%s'"

/* Only a provider's verdict is a decline: not what the merchant ends. */
static void
test_what_counts_as_a_decline(void)
{
	struct answer answer = (begin(),
	    api_post("/payments/initialize", seller.access,
		"{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
		"\"return_url\": \"https://merchant.example/\"}"));
	const char   *reference;

	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	EXPECT(api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}"), 201);
	EXPECT(
	    api_put(form("/payments/%s/status", reference), seller.access, "{\"status\": \"failed\", \"reason\": \"by phone\"}"),
	    200);
	CHECK_INT(sql_number(DECLINES_OF_REQUEST, reference), 0);
	answer = api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	sandbox_act("fail", text_at(&answer, "provider_transaction_id"));
	WAIT_FOR("1", DECLINES_OF_REQUEST, reference);
}

static void
test_what_is_not_under_review(void)
{
	struct person  customer = person_new("customer");
	struct attempt attempt;

	begin();
	attempt = attempt_new(&customer, order_of(&customer));
	EXPECT_PROBLEM(decide(&attempt, "approve", "{}"), 409, "review_state");
	EXPECT_PROBLEM(decide(&attempt, "decline", "{\"reason\": \"why not\"}"), 409, "review_state");
	EXPECT_PROBLEM(api_post("/payments/PAY-0000000000/approve", accountant.access, "{}"), 404, "not_found");
}

static void
test_learned_points_wait_to_be_switched_on(void)
{
	int64_t points;

	begin();
	sql_run("UPDATE risk_models SET switched_on_at = NOW(3) WHERE switched_on_at IS NULL");
	EXPECT_PROBLEM(api_post("/risk/rules/learned", accountant.access, NULL), 409, "conflict");
	points = sql_number("SELECT points FROM risk_rules WHERE signal_name = 'dear_quantity'");
	sql_run("INSERT INTO risk_models (id, payments, frauds, held_out, held_out_frauds, learned_precision, learned_recall) "
		"VALUES ('%s', 1000, 100, 300, 30, 9000, 8000)",
	    sql_text("SELECT id FROM users WHERE id = '%s'", accountant.id));
	sql_run("UPDATE risk_rules SET learned_points = 17 WHERE signal_name = 'dear_quantity'");
	EXPECT(api_post("/risk/rules/learned", accountant.access, NULL), 200);
	CHECK_INT(sql_number("SELECT points FROM risk_rules WHERE signal_name = 'dear_quantity'"), 17);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'risk_rule.learned'") > 0, 1);
	sql_run(
	    "UPDATE risk_rules SET points = %lld, learned_points = NULL WHERE signal_name = 'dear_quantity'", (long long)points);
}

static struct answer
pay_from(const char *address, const struct person *customer)
{
	return lone_call(address, "POST", "/payments", customer->access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order_of(customer)));
}

static const char *
address_in(const char *network, int host)
{
	return form("%s.%d", network, host);
}

/* A network that no other run has used in the last hour. */
static const char *
fresh_network(void)
{
	return form("198.%lld.%lld", (long long)sql_number("SELECT 100 + FLOOR(RAND() * 100)"),
	    (long long)sql_number("SELECT FLOOR(RAND() * 250)"));
}

static void
test_velocity_of_addresses_and_networks(void)
{
	const char   *network = fresh_network();
	const char   *first;
	struct person customer = person_new("customer"), old;
	struct answer answer;

	begin();
	start_production();
	answer = pay_from(address_in(network, 1), &customer);
	EXPECT(answer, 201);
	first = text_at(&answer, "provider_transaction_id");
	customer = person_new("customer");
	EXPECT(pay_from(address_in(network, 1), &customer), 201);
	customer = person_new("customer");
	answer = pay_from(address_in(network, 1), &customer);
	EXPECT_PROBLEM(answer, 429, "too_many_attempts");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	EXPECT(pay_from(address_in(network, 2), &customer), 201);
	customer = person_new("customer");
	EXPECT_PROBLEM(pay_from(address_in(network, 3), &customer), 429, "too_many_attempts");
	/* What is paid there is no attempt that failed, and makes room. */
	sandbox_act("pay", first);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE provider_transaction_id = '%s'", first);
	customer = person_new("customer");
	EXPECT(pay_from(address_in(network, 1), &customer), 201);
	customer = person_new("customer");
	EXPECT(pay_from(address_in(network, 1), &customer), 201);
	customer = person_new("customer");
	EXPECT_PROBLEM(pay_from(address_in(network, 1), &customer), 429, "too_many_attempts");
	/* Who paid here long ago is not refused for the others. */
	old = person_new("customer");
	attempt_paid(&old, order_of(&old));
	EXPECT_PROBLEM(pay_from(address_in(network, 1), &old), 429, "too_many_attempts");
	sql_run("UPDATE payments SET succeeded_at = succeeded_at - INTERVAL 2 DAY WHERE user_id = '%s'", old.id);
	EXPECT(pay_from(address_in(network, 1), &old), 201);
	EXPECT_CONSISTENT();
}

/* Card testing on one client secret: each decline counts, whichever attempt it was of. */
static void
test_declines_count_each(void)
{
	struct person  customer = person_new("customer");
	struct attempt attempt;

	begin();
	start_production();
	attempt = attempt_new(&customer, order_of(&customer));
	for (int i = 1; i <= DECLINES_ACCOUNT; i++) {
		sandbox_act("fail", attempt.transaction);
		WAIT_FOR(form("%d", i),
		    "SELECT COUNT(*) FROM payment_declines d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		    attempt.reference);
	}
	EXPECT_PROBLEM(pay_from("203.0.113.77", &customer), 429, "too_many_declines");
}

SUITE("api: risk", TEST(test_rules_are_rows), TEST(test_a_high_score_is_refused),
    TEST(test_a_review_goes_its_way_and_is_approved), TEST(test_an_early_fraud_warning), TEST(test_a_decline_cancels_and_refunds),
    TEST(test_a_decline_before_the_money), TEST(test_a_decline_of_what_has_failed), TEST(test_what_counts_as_a_decline),
    TEST(test_what_is_not_under_review), TEST(test_learned_points_wait_to_be_switched_on),
    TEST(test_velocity_of_addresses_and_networks), TEST(test_declines_count_each))
