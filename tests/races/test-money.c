/* Many at once about the same money, beyond what every provider plays in tests/conformance. */
#include "tests/races/crowd.h"

#include "verify/haatverify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { EVENTS = 50, REFUNDS = 24, ATTEMPTS = 16, DUELS = 12 };

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (admin.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
	admin = person_new("admin");
}

static struct attempt
begin(void)
{
	return attempt_new(&customer, order_new(&customer, address, &goods, 1));
}

static int64_t
inventory(const char *column)
{
	return sql_number("SELECT %s FROM inventory WHERE variant_id = '%s'", column, goods.variant);
}

static int64_t
clearing_of(const char *reference)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
	    "JOIN ledger_transactions t ON t.id = e.transaction_id JOIN payments p ON p.id = t.origin_id "
	    "WHERE a.kind = 'clearing' AND t.source_kind <> 'fee' AND p.reference = '%s'",
	    reference);
}

static const char *
success_event(const char *id, const struct attempt *attempt)
{
	long long total = (long long)sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt->order);

	return form(
	    "{\"id\": \"%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"created\": 1767323040, "
	    "\"data\": {\"object\": {\"id\": \"%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount\": %lld, "
	    "\"amount_received\": %lld, \"currency\": \"usd\", \"metadata\": {}}}}",
	    id, attempt->transaction, total, total);
}

static const char *
signature_of(const char *body)
{
	char  secret[128] = "", header[HAAT_SIGN_STRIPE_SIZE];
	FILE *file = fopen(form("%s/secrets/stripe-webhook", shop_directory()), "re");

	REQUIRE(file != NULL && fgets(secret, sizeof secret, file) != NULL);
	fclose(file);
	secret[strcspn(secret, "\r\n,")] = '\0';
	REQUIRE(haat_sign_stripe(secret, (int64_t)time(NULL), body, strlen(body), header, sizeof header) == 0);
	return form("Stripe-Signature: %s", header);
}

static struct call
event_call(const char *body)
{
	const char **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");

	headers[0] = signature_of(body);
	headers[1] = NULL;
	return (struct call) { .method = "POST", .path = "/webhooks/stripe", .body = body, .headers = headers };
}

/* Other events, the same news: each is taken in, the money counts once. */
static void
test_one_success_told_by_many_events(void)
{
	struct call    calls[EVENTS];
	struct answer  answers[EVENTS];
	struct attempt attempt;
	int64_t        on_hand;

	need_people();
	on_hand = inventory("on_hand");
	attempt = begin();
	for (size_t i = 0; i < EVENTS; i++)
		calls[i] = event_call(success_event(form("evt_race_%zu_%s", i, attempt.reference), &attempt));
	api_calls(calls, EVENTS, answers);
	for (size_t i = 0; i < EVENTS; i++)
		EXPECT(answers[i], 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE event_id LIKE 'evt_race_%%_%s' AND status <> 'processed'",
	    attempt.reference);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "paid");
	CHECK_INT(clearing_of(attempt.reference), sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order));
	CHECK_INT(inventory("on_hand"), on_hand - 1);
	EXPECT_CONSISTENT();
}

/* Paid at the sandbox, and known here. */
static struct attempt
paid(void)
{
	struct attempt attempt = begin();

	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	return attempt;
}

/* Everything that is left, asked for by many, while the order is cancelled, which gives it back by itself. */
static void
test_whole_refunds_and_a_cancelled_order(void)
{
	struct call    calls[REFUNDS];
	struct answer  answers[REFUNDS];
	struct attempt attempt;

	need_people();
	attempt = paid();
	for (size_t i = 0; i < REFUNDS; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = form("/payments/%s/refunds", attempt.reference),
			.token = admin.access,
			.body = "{\"reason\": \"all of it\"}" };
	calls[REFUNDS / 2] = (struct call) {
		.method = "POST", .path = form("/orders/%s/cancel", attempt.order), .token = customer.access, .body = "{}"
	};
	api_calls(calls, REFUNDS, answers);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
	CHECK_INT(clearing_of(attempt.reference), 0);
	EXPECT_CONSISTENT();
}

static void
test_one_attempt_is_live(void)
{
	struct call   calls[ATTEMPTS];
	struct answer answers[ATTEMPTS];
	const char   *order, *reference = NULL;
	size_t        told;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	for (size_t i = 0; i < ATTEMPTS; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order) };
	api_calls(calls, ATTEMPTS, answers);
	/* Who comes while the provider is being asked may be told of the same attempt, or to try again. */
	told = count_status(answers, ATTEMPTS, 201);
	CHECK(told >= 1);
	CHECK_INT(told + count_saying(answers, ATTEMPTS, 409, "code", "payment_in_progress") +
		count_saying(answers, ATTEMPTS, 502, "code", "provider_unavailable"),
	    ATTEMPTS);
	for (size_t i = 0; i < ATTEMPTS; i++) {
		if (answers[i].status != 201)
			continue;
		if (reference == NULL)
			reference = text_at(&answers[i], "reference");
		CHECK_TEXT(text_at(&answers[i], "reference"), reference);
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 1);
	sandbox_act("pay", sql_text("SELECT provider_transaction_id FROM payments WHERE order_id = '%s'", order));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	EXPECT_CONSISTENT();
}

/* An attempt is begun while its order is cancelled: no cancelled order keeps a live attempt. */
static void
test_attempt_against_cancel(void)
{
	struct call   calls[2 * DUELS];
	struct answer answers[2 * DUELS];
	const char   *orders[DUELS];

	need_people();
	for (size_t i = 0; i < DUELS; i++) {
		struct call pay, cancel;

		orders[i] = order_new(&customer, address, &goods, 1);
		pay = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", orders[i]) };
		cancel = (struct call) {
			.method = "POST", .path = form("/orders/%s/cancel", orders[i]), .token = customer.access, .body = "{}"
		};
		calls[2 * i + i % 2] = pay;
		calls[2 * i + 1 - i % 2] = cancel;
	}
	api_calls(calls, 2 * DUELS, answers);
	for (size_t i = 0; i < DUELS; i++) {
		EXPECT(answers[2 * i + 1 - i % 2], 200);
		WAIT_FOR("0", "SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND live = 1", orders[i]);
		CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", orders[i]), "cancelled");
	}
	EXPECT_CONSISTENT();
}

static struct call
decision_call(const struct attempt *attempt, const char *decision)
{
	return (struct call) { .method = "POST",
		.path = form("/payments/%s/%s", attempt->reference, decision),
		.token = admin.access,
		.body = "{\"reason\": \"looked at it\"}" };
}

/* What was asked back has gone back once, and the payment was decided once, by the answer that says so. */
static void
check_decided(const struct attempt *attempt, const char *const *decisions, const struct answer *answers)
{
	bool        first = answers[0].status == 200;
	const char *made = strcmp(decisions[first ? 0 : 1], "approve") == 0 ? "approved" : "declined";

	EXPECT(answers[first ? 0 : 1], 200);
	EXPECT_PROBLEM(answers[first ? 1 : 0], 409, "review_state");
	CHECK_TEXT(sql_text("SELECT review FROM payments WHERE reference = '%s'", attempt->reference), made);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(a.action) FROM audit_records a JOIN payments p ON p.id = a.subject_id "
			    "WHERE p.reference = '%s' AND a.action IN ('payment.approved', 'payment.declined')",
		       attempt->reference),
	    form("payment.%s", made));
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
	CHECK_INT(sql_number("SELECT SUM(r.amount_minor) = p.amount_minor AND p.refunded_minor = p.amount_minor FROM refunds r "
			     "JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' AND r.status = 'succeeded'",
		      attempt->reference),
	    1);
	CHECK_INT(clearing_of(attempt->reference), 0);
}

/* Two decide about what looks like fraud while somebody gives all of it back; who declines it gives it back, too. */
static void
test_reviewed_while_refunded(void)
{
	static const char *const words[3][2] = { { "approve", "approve" }, { "approve", "decline" }, { "decline", "decline" } };
	enum { CALLS = 3 };
	struct attempt attempts[DUELS];
	struct call    calls[CALLS * DUELS];
	struct answer  answers[CALLS * DUELS];

	need_people();
	for (size_t i = 0; i < DUELS; i++) {
		attempts[i] = paid();
		sql_run("UPDATE payments SET review = 'pending' WHERE reference = '%s'", attempts[i].reference);
		calls[CALLS * i] = decision_call(&attempts[i], words[i % 3][0]);
		calls[CALLS * i + 1] = decision_call(&attempts[i], words[i % 3][1]);
		calls[CALLS * i + 2] = decision_call(&attempts[i], "refunds");
	}
	api_calls(calls, CALLS * DUELS, answers);
	for (size_t i = 0; i < DUELS; i++) {
		const struct answer *refund = &answers[CALLS * i + 2];

		check_decided(&attempts[i], words[i % 3], &answers[CALLS * i]);
		/* What was declined may be on its way back already. */
		if (i % 3 == 0 || refund->status != 409)
			EXPECT(*refund, 201);
	}
	EXPECT_CONSISTENT();
}

SUITE("many at once about the same money", TEST(test_one_success_told_by_many_events),
    TEST(test_whole_refunds_and_a_cancelled_order), TEST(test_one_attempt_is_live), TEST(test_attempt_against_cancel),
    TEST(test_reviewed_while_refunded))
