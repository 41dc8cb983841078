#include "tests/conformance/stored.h"

#include "tests/conformance/scenes.h"

#include <string.h>

/* Nobody's stored method can be charged by this provider while they are away (docs/PROVIDERS.md). */
static const char not_possible[] = "not possible";

/* What can be stored for tests: which kind is called how at the provider; NULL: its stand-in makes one of that kind. */
static const struct means_stored {
	const char *name, *card, *declined, *needs_payer;
	bool        takes_days;       /* the bank ends a charge later, as the payer's acts say */
	bool        no_payer_wanted;  /* banks ask the payer by themselves, if at all */
	bool        not_with_payment; /* stores nothing while somebody pays */
} all_stored[] = {
	{ "stripe", "pm_card_visa", "pm_card_chargeDeclinedInsufficientFunds", "pm_card_authenticationRequired" },
	{ "paystack", NULL, NULL, NULL },
	{ "flutterwave", NULL, NULL, NULL },
	{ "paypal", NULL, NULL, NULL },
	{ "razorpay", NULL, NULL, NULL, .takes_days = true, .no_payer_wanted = true, .not_with_payment = true },
};

static const struct means_stored *
stored_means(void)
{
	for (size_t i = 0; i < sizeof all_stored / sizeof *all_stored; i++)
		if (strcmp(all_stored[i].name, means->name) == 0)
			return &all_stored[i];
	return NULL;
}

bool
can_be_stored(void)
{
	return stored_means() != NULL;
}

const char *
stored_method(const char *kind)
{
	const struct means_stored *with = stored_means();
	const char                *token = strcmp(kind, "card") == 0 ? with->card
			   : strcmp(kind, "declined") == 0           ? with->declined
								     : with->needs_payer;
	struct answer              answer;

	if (token == NULL) {
		answer = sandbox_call(form("/sandbox/%s/store/%s", means->name, kind),
		    form("{\"email\": \"%s\", \"owner\": \"%s\"}", customer.email, customer.id));
		EXPECT(answer, 200);
		token = text_at(&answer, "data.token");
	}
	answer = api_post("/payment-methods", customer.access,
	    form("{\"type\": \"card\", \"provider\": \"%s\", \"token\": \"%s\"}", means->name, token));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static struct call
charge_call(const char *order, const char *method)
{
	return (struct call) { .method = "POST",
		.path = "/payments",
		.token = customer.access,
		.body = form("{\"order_id\": \"%s\", \"payment_method_id\": \"%s\"}", order, method) };
}

static struct attempt
attempt_of(const char *order)
{
	return (struct attempt) { .order = order,
		.reference = sql_text("SELECT reference FROM payments WHERE order_id = '%s' ORDER BY id DESC LIMIT 1", order),
		.transaction = sql_text(
		    "SELECT provider_transaction_id FROM payments WHERE order_id = '%s' ORDER BY id DESC LIMIT 1", order),
		.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order) };
}

/* Where the bank takes its time, it decides now. */
static void
decide(const struct attempt *attempt, const char *what)
{
	if (!stored_means()->takes_days)
		return;
	wait_status(attempt, "processing");
	CHECK_INT(act(what, attempt_of(attempt->order).transaction, NULL), 200);
}

static struct attempt
charge(const char *kind)
{
	const char    *order = new_order(), *method = stored_method(kind);
	struct call    call = charge_call(order, method);
	struct attempt attempt;

	EXPECT(api_post(call.path, call.token, call.body), 201);
	attempt = attempt_of(order);
	decide(&attempt, strcmp(kind, "declined") == 0 ? "fail" : "pay");
	return attempt;
}

/* Written, as by a worker that died before it called the provider, so that its reference is known before it is charged. */
static struct attempt
begun(const char *kind)
{
	const char    *order = new_order(), *method = stored_method(kind);
	struct attempt attempt = { .order = order,
		.reference = form("PAY-%.10s", sql_text("SELECT UPPER(REPLACE(UUID(), '-', ''))")),
		.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order) };

	CHECK_INT(
	    sql_run("INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, "
		    "payment_method_id, idempotency_key) SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s', 'order', o.id, o.user_id, "
		    "m.provider, o.total_minor, o.currency, m.id, CONCAT('pay:', UUID()) FROM orders o JOIN payment_methods m "
		    "ON m.id = '%s' WHERE o.id = '%s'",
		attempt.reference, method, order),
	    1);
	return attempt;
}

const char *
charged_away(void)
{
	struct attempt attempt;

	if (stored_means() == NULL)
		return not_possible;
	attempt = charge("card");
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	return NULL;
}

const char *
charge_is_declined(void)
{
	struct attempt attempt;

	if (stored_means() == NULL)
		return not_possible;
	attempt = charge("declined");
	wait_status(&attempt, "failed");
	CHECK(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", attempt.reference) != NULL);
	CHECK(!is_paid(attempt.order));
	wait_kept(&attempt, 0);
	return NULL;
}

/* The bank wants to see the payer, who goes on with the same payment. */
const char *
charge_wants_the_payer(void)
{
	struct attempt attempt;

	if (stored_means() == NULL || stored_means()->no_payer_wanted)
		return not_possible;
	attempt = charge("needs_payer");
	wait_status(&attempt, "requires_action");
	CHECK(sql_text("SELECT redirect_url FROM payments WHERE reference = '%s'", attempt.reference) != NULL);
	reconcile(&attempt);
	attempt = attempt_of(attempt.order);
	pay(&attempt);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", attempt.order), 1);
	return NULL;
}

const char *
charge_answer_is_lost(void)
{
	struct attempt attempt;

	if (stored_means() == NULL)
		return not_possible;
	attempt = begun("card");
	misbehave(attempt.reference, "cut_answer", 1);
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	decide(&attempt, "pay");
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	CHECK(!still_misbehaves(attempt.reference, "cut_answer"));
	return NULL;
}

const char *
charged_many_times(void)
{
	enum { CALLS = 8 };
	struct call    calls[CALLS];
	struct answer  answers[CALLS];
	struct attempt attempt;
	const char    *order, *method;
	int            made = 0;

	if (stored_means() == NULL)
		return not_possible;
	order = new_order();
	method = stored_method("card");
	for (int i = 0; i < CALLS; i++)
		calls[i] = charge_call(order, method);
	api_calls(calls, CALLS, answers);
	for (int i = 0; i < CALLS; i++)
		made += answers[i].status == 201;
	CHECK(made >= 1);
	attempt = attempt_of(order);
	decide(&attempt, "pay");
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND succeeded_at IS NOT NULL", order), 1);
	return NULL;
}

const char *
charge_is_refunded(void)
{
	struct attempt attempt;

	if (stored_means() == NULL)
		return not_possible;
	attempt = charge("card");
	wait_paid(&attempt);
	refund_part(&attempt, attempt.total / 2);
	wait_kept(&attempt, attempt.total - attempt.total / 2);
	return NULL;
}

/* What the bank has in hand cannot be called back: it stays open until it is known how it ends. */
const char *
charge_is_given_up_too_late(void)
{
	struct attempt attempt;
	const char    *order, *method;

	if (stored_means() == NULL || !stored_means()->takes_days)
		return not_possible;
	order = new_order();
	method = stored_method("card");
	EXPECT(
	    api_post("/payments", customer.access, form("{\"order_id\": \"%s\", \"payment_method_id\": \"%s\"}", order, method)),
	    201);
	attempt = attempt_of(order);
	wait_status(&attempt, "processing");
	EXPECT_PROBLEM(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 409, "payment_state");
	wait_status(&attempt, "processing");
	CHECK_INT(act("pay", attempt_of(order).transaction, NULL), 200);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	return NULL;
}

/* What the payer pays with is stored as they ask, and is charged afterwards. */
const char *
stored_while_paying(void)
{
	const char    *order, *method;
	struct attempt attempt;
	struct call    call;

	if (stored_means() == NULL || stored_means()->not_with_payment)
		return not_possible;
	order = new_order();
	EXPECT(api_post("/payments", customer.access,
		   form("{\"order_id\": \"%s\", \"provider\": \"%s\", \"store_method\": true}", order, means->name)),
	    201);
	attempt = attempt_of(order);
	pay(&attempt);
	wait_paid(&attempt);
	wait_number(&attempt, 1,
	    form("SELECT COUNT(*) FROM payment_methods m JOIN payments p ON p.user_id = m.user_id AND p.provider = m.provider "
		 "WHERE p.reference = '%s' AND m.deleted_at IS NULL AND m.created_at >= p.succeeded_at",
		attempt.reference));
	method = sql_text(
	    "SELECT id FROM payment_methods WHERE user_id = '%s' AND deleted_at IS NULL ORDER BY id DESC LIMIT 1", customer.id);
	order = new_order();
	call = charge_call(order, method);
	EXPECT(api_post(call.path, call.token, call.body), 201);
	attempt = attempt_of(order);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	return NULL;
}
