/*
 * Providers on whose own page people pay and whose calls have no idempotency key: what is lost on the way is found again by our
 * reference, nothing is paid or given back twice, and what nobody tells is asked for.
 */
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

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

static const char *
new_order(void)
{
	need_people();
	return order_new(&customer, address, &goods, 1);
}

static struct attempt
begin(const char *provider)
{
	const char    *order = new_order();
	struct attempt attempt = { .order = order, .answer = payment_new(&customer, order, provider) };

	EXPECT(attempt.answer, 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT amount_minor FROM payments WHERE reference = '%s'", attempt.reference);
	return attempt;
}

static void
act(const char *provider, const char *what, const struct attempt *attempt)
{
	CHECK_INT(sandbox_post(form("/sandbox/%s/%s/%s", provider, what, attempt->transaction), NULL), 200);
}

static void
wait_status(const struct attempt *attempt, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static void
come_back(const char *provider, const char *parameter, const struct attempt *attempt, const char *status)
{
	struct answer answer =
	    api_get(form("/payments/return/%s?%s=%s&status=successful", provider, parameter, attempt->transaction), NULL);

	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), form("status=%s", status)) != NULL);
}

static void
come_back_cancelled(const struct attempt *attempt, const char *status)
{
	struct answer answer =
	    api_get(form("/payments/return/flutterwave?status=cancelled&tx_ref=%s", attempt->transaction), NULL);

	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), form("status=%s", status)) != NULL);
}

static struct answer
refund(const struct attempt *attempt, const char *amount)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"a scratch\"}", amount));
}

/*
 * The provider is asked, as after its own time, until the column of the payment says that.  Asked once would not do: the job that
 * asks may be running and past this payment.
 */
static void
ask_until(const struct attempt *attempt, const char *column, const char *expected)
{
	enum { TRIES = 50, PAUSE_US = 600000 };
	const char *now = "";

	for (int i = 0; i < TRIES && strcmp(now, expected) != 0; i++) {
		sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt->reference);
		run_job_now("reconcile_payments");
		usleep(PAUSE_US);
		now = sql_text("SELECT IFNULL(%s, '') FROM payments p WHERE reference = '%s'", column, attempt->reference);
	}
	CHECK_TEXT(now, expected);
}

static void
ask_until_refunded(const struct attempt *attempt, const char *minor)
{
	ask_until(attempt, "refunded_minor", minor);
}

/* Nothing that is stored names the payer, though the provider was told and tells it again. */
static void
check_no_email(const struct attempt *attempt)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND a.body LIKE '%%@%%'",
		      attempt->reference),
	    0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE payload LIKE '%%%s%%' AND status <> 'unverified' "
			     "AND payload LIKE '%%@%%'",
		      attempt->reference),
	    0);
}

static void
pay(const char *provider, const char *parameter)
{
	struct attempt attempt = begin(provider);

	CHECK_TEXT(attempt.transaction, attempt.reference);
	CHECK_TEXT(text_at(&attempt.answer, "status"), "pending");
	CHECK(strstr(text_at(&attempt.answer, "redirect_url"), form("/%s/pay/%s", provider, attempt.reference)) != NULL);
	act(provider, "pay", &attempt);
	WAIT_FOR("paid paid", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
	wait_status(&attempt, "succeeded");
	come_back(provider, parameter, &attempt, "succeeded");
	check_no_email(&attempt);
}

/* Nobody tells of a page that is left: coming back changes nothing, and who says that it was paid is not believed. */
static void
leave(const char *provider, const char *parameter)
{
	struct attempt attempt = begin(provider);

	act(provider, "abandon", &attempt);
	come_back(provider, parameter, &attempt, "pending");
	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	wait_status(&attempt, "cancelled");
	/* The page cannot be closed: who pays there all the same has paid what still waits for it ... */
	act(provider, "pay", &attempt);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	/* ... and gets back what nothing waits for. */
	attempt = begin(provider);
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\": \"changed my mind\"}"), 200);
	wait_status(&attempt, "cancelled");
	act(provider, "pay", &attempt);
	wait_status(&attempt, "refunded");
}

/* What came after the end and nobody told is found all the same: the page stays, so its provider is asked for some days. */
static void
pay_late_untold(const char *provider)
{
	struct attempt attempt = begin(provider);

	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\": \"changed my mind\"}"), 200);
	wait_status(&attempt, "cancelled");
	CHECK_INT(sql_number("SELECT next_check_at IS NOT NULL FROM payments WHERE reference = '%s'", attempt.reference), 1);
	act(provider, "pay", &attempt);
	ask_until(&attempt, "status", "refunded");
}

static void
try_again(const char *provider, const char *parameter)
{
	struct attempt attempt = begin(provider);

	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act(provider, "fail", &attempt);
	come_back(provider, parameter, &attempt, "failed");
	act(provider, "pay", &attempt);
	ask_until(&attempt, "status", "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

/* The page of a creation whose answer was lost is nobody's: that attempt ends, and another one pays, once. */
static void
lose_creation(const char *provider)
{
	const char    *order = new_order();
	struct attempt attempt = { .order = order };

	sandbox_switch(order, "{\"fail_after_charge\": 1}");
	EXPECT_PROBLEM(payment_new(&customer, order, provider), 502, "provider_unavailable");
	EXPECT_PROBLEM(payment_new(&customer, order, provider), 502, "provider_unavailable");
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(status) FROM payments WHERE order_id = '%s'", order), "failed");
	attempt.answer = payment_new(&customer, order, provider);
	EXPECT(attempt.answer, 201);
	attempt.reference = attempt.transaction = text_at(&attempt.answer, "reference");
	act(provider, "pay", &attempt);
	wait_status(&attempt, "succeeded");
}

static struct attempt
paid(const char *provider)
{
	struct attempt attempt = begin(provider);

	act(provider, "pay", &attempt);
	wait_status(&attempt, "succeeded");
	return attempt;
}

static void
give_back(const char *provider)
{
	struct attempt attempt = paid(provider);

	EXPECT(refund(&attempt, "5.00"), 201);
	ask_until_refunded(&attempt, "500");
	/* In the dashboard, and without a mark of ours. */
	CHECK_INT(sandbox_post(form("/sandbox/%s/refund/%s", provider, attempt.transaction), "{\"amount\": 200}"), 200);
	ask_until_refunded(&attempt, "700");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    2);
	/* The bank sends the first one back. */
	CHECK_INT(sandbox_post(form("/sandbox/%s/bounce/%s", provider,
				   sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
					    "WHERE p.reference = '%s' AND r.amount_minor = 500",
				       attempt.reference)),
		      NULL),
	    200);
	ask_until_refunded(&attempt, "200");
	EXPECT(refund(&attempt, "5.00"), 201);
	ask_until_refunded(&attempt, "700");
}

/* A refund whose answer was lost is found by the mark it carries, and not made again. */
static void
lose_refund(const char *provider)
{
	struct attempt attempt = paid(provider);

	sandbox_switch(attempt.order, "{\"fail_after_charge\": 1}");
	EXPECT(refund(&attempt, "5.00"), 201);
	run_job_now("refund_payment");
	ask_until_refunded(&attempt, "500");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
	EXPECT_PROBLEM(refund(&attempt, form("%lld.00", (long long)attempt.total / 100)), 409, "refund_too_large");
}

static int64_t
given_back(const char *provider, const struct attempt *attempt)
{
	struct answer answer = sandbox_call(form("/sandbox/%s/transactions", provider), NULL);

	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strcmp(text_at(&answer, form("results.%zu.id", i)), attempt->transaction) == 0)
			return number_at(&answer, form("results.%zu.refunded", i));
	return -1;
}

/* What was sent and got no answer may still be under way, where nobody sees it: it is not sent a second time for a while. */
static void
send_refund_again_late(const char *provider)
{
	struct attempt attempt = paid(provider);
	struct answer  made;

	sandbox_switch(attempt.order, "{\"fail_before\": 1}");
	made = refund(&attempt, "5.00");
	EXPECT(made, 201);
	CHECK_TEXT(text_at(&made, "status"), "pending");
	run_job_now("refund_payment");
	WAIT_FOR("1", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'refund:%s' AND last_error LIKE '%%may still be running%%'",
	    text_at(&made, "id"));
	CHECK_INT(given_back(provider, &attempt), 0);
	sql_run("UPDATE refunds SET sent_at = sent_at - INTERVAL 1 DAY WHERE id = '%s'", text_at(&made, "id"));
	run_job_now("refund_payment");
	ask_until_refunded(&attempt, "500");
	CHECK_INT(given_back(provider, &attempt), 500);
}

/* The shop has too little with its provider: the refund is owed all the same, and made when there is more. */
static void
lack_balance(const char *provider)
{
	struct attempt attempt = paid(provider);
	struct answer  made;

	sandbox_switch(attempt.order, "{\"no_balance\": true}");
	made = refund(&attempt, "5.00");
	EXPECT(made, 201);
	CHECK_TEXT(text_at(&made, "status"), "pending");
	CHECK_INT(given_back(provider, &attempt), 0);
	sandbox_switch(attempt.order, "{\"no_balance\": false}");
	sql_run("UPDATE refunds SET sent_at = sent_at - INTERVAL 1 DAY WHERE id = '%s'", text_at(&made, "id"));
	run_job_now("refund_payment");
	ask_until_refunded(&attempt, "500");
	CHECK_INT(given_back(provider, &attempt), 500);
}

static void
wait_for_money(const char *provider)
{
	struct attempt attempt = paid(provider);

	sandbox_switch(attempt.order, "{\"refund_pending\": true}");
	EXPECT(refund(&attempt, "5.00"), 201);
	WAIT_FOR("pending", "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	act(provider, "refunds-arrive", &attempt);
	ask_until_refunded(&attempt, "500");
}

/* What has gone back of the transaction by which Flutterwave was paid a second time. */
static int64_t
second_given_back(void)
{
	struct answer answer = sandbox_call("/sandbox/flutterwave/transactions", NULL);

	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strncmp(text_at(&answer, form("results.%zu.id", i)), "again_", 6) == 0)
			return number_at(&answer, form("results.%zu.refunded", i));
	return -1;
}

/* The payer's bank transfers twice under one reference: the first pays, the second goes back, and the books hear of one. */
static void
test_flutterwave_is_paid_twice(void)
{
	enum { TRIES = 100, PAUSE_US = 300000 };
	struct attempt attempt = paid("flutterwave");
	int64_t        total = sql_number("SELECT amount_minor FROM payments WHERE reference = '%s'", attempt.reference);

	/* Somebody else looks just now whether it goes back: of two who do neither would see the other's refund. */
	sql_run("UPDATE payments SET begun_until = NOW(3) + INTERVAL 1 DAY WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/flutterwave/pay-again/%s", attempt.transaction), "{}"), 200);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM webhook_events WHERE provider = 'flutterwave' AND status = 'unverified' "
	    "AND error LIKE '%%second transaction is being given back%%'");
	CHECK_INT(second_given_back(), 0);
	sql_run("UPDATE payments SET begun_until = NULL WHERE reference = '%s'", attempt.reference);
	for (int i = 0; i < TRIES && second_given_back() != total; i++)
		usleep(PAUSE_US);
	CHECK_INT(second_given_back(), total);
	WAIT_FOR("1", "SELECT begun_until IS NULL FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(given_back("flutterwave", &attempt), 0);
	/* Refunds are of the one that counts. */
	EXPECT(refund(&attempt, "5.00"), 201);
	ask_until_refunded(&attempt, "500");
	CHECK_INT(given_back("flutterwave", &attempt), 500);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
}

static void
test_paystack(void)
{
	pay("paystack", "reference");
	leave("paystack", "reference");
	pay_late_untold("paystack");
	try_again("paystack", "reference");
}

static void
test_paystack_loses_nothing(void)
{
	lose_creation("paystack");
	lose_refund("paystack");
	send_refund_again_late("paystack");
}

static void
test_paystack_gives_back(void)
{
	give_back("paystack");
	lack_balance("paystack");
	wait_for_money("paystack");
}

static int64_t
posted_from(const struct attempt *attempt, const char *kind)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM payments p JOIN ledger_transactions t ON t.origin_id = p.id "
	    "OR t.origin_id IN (SELECT d.id FROM disputes d WHERE d.payment_id = p.id) "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE p.reference = '%s' AND a.kind = '%s'",
	    attempt->reference, kind);
}

static void
wait_dispute(const struct attempt *attempt, const char *dispute, const char *payment)
{
	WAIT_FOR(dispute, "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt->reference);
	WAIT_FOR(payment, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

/* What Paystack keeps is told with the payment; of a dispute nothing moves until it is lost, and then once. */
static void
test_paystack_disputes(void)
{
	struct attempt attempt = paid("paystack"), lost = paid("paystack");

	CHECK_INT(posted_from(&attempt, "clearing"), attempt.total - attempt.total / 100);
	act("paystack", "dispute", &attempt);
	wait_dispute(&attempt, "open", "disputed");
	CHECK_INT(posted_from(&attempt, "clearing"), attempt.total - attempt.total / 100);
	act("paystack", "dispute-win", &attempt);
	wait_dispute(&attempt, "won", "succeeded");
	act("paystack", "dispute", &lost);
	wait_dispute(&lost, "open", "disputed");
	act("paystack", "dispute-lose", &lost);
	wait_dispute(&lost, "lost", "disputed");
	ask_until(&lost, "(SELECT COUNT(*) > 0 FROM payment_answers a WHERE a.payment_id = p.id AND a.kind = 'dispute')", "1");
	CHECK_INT(posted_from(&lost, "clearing"), -(lost.total / 100));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      lost.reference),
	    0);
}

static const char *
dispute_path(const struct attempt *attempt, const char *what)
{
	return form("/disputes/%s/%s",
	    sql_text("SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		attempt->reference),
	    what);
}

static void
test_paystack_hears_the_shop(void)
{
	static const char evidence[] =
	    "{\"text\": \"It was delivered.\", \"fields\": [{\"name\": \"customer_email\", \"value\": \"payer@example.test\"}, "
	    "{\"name\": \"customer_name\", \"value\": \"Payer\"}, {\"name\": \"customer_phone\", \"value\": \"+2348000000001\"}, "
	    "{\"name\": \"service_details\", \"value\": \"Two cups\"}]}";
	struct attempt contested = paid("paystack"), accepted = paid("paystack");

	act("paystack", "dispute", &contested);
	act("paystack", "dispute", &accepted);
	wait_dispute(&contested, "open", "disputed");
	wait_dispute(&accepted, "open", "disputed");
	EXPECT_PROBLEM(api_post(dispute_path(&contested, "evidence"), admin.access,
			   "{\"fields\": [{\"name\": \"customer_email\", \"value\": \"payer@example.test\"}]}"),
	    502, "provider_refused");
	EXPECT(api_post(dispute_path(&contested, "evidence"), admin.access, evidence), 200);
	wait_dispute(&contested, "submitted", "disputed");
	check_no_email(&contested);
	EXPECT(api_post(dispute_path(&accepted, "accept"), admin.access, NULL), 200);
	wait_dispute(&accepted, "accepted", "disputed");
	CHECK_INT(posted_from(&accepted, "clearing"), -(accepted.total / 100));
}

static void
test_flutterwave(void)
{
	pay("flutterwave", "tx_ref");
	leave("flutterwave", "tx_ref");
	pay_late_untold("flutterwave");
	try_again("flutterwave", "tx_ref");
}

/* What it keeps no event may say: it is asked. */
static void
test_flutterwave_fee(void)
{
	struct attempt attempt = paid("flutterwave");

	ask_until(&attempt, "fee_minor", form("%lld", (long long)attempt.total / 100));
	CHECK_INT(posted_from(&attempt, "clearing"), attempt.total - attempt.total / 100);
}

static void
test_flutterwave_loses_nothing(void)
{
	lose_creation("flutterwave");
	lose_refund("flutterwave");
	send_refund_again_late("flutterwave");
}

static void
test_flutterwave_gives_back(void)
{
	give_back("flutterwave");
	lack_balance("flutterwave");
	wait_for_money("flutterwave");
}

static const char *
flutterwave_word(void)
{
	static char word[128];
	FILE       *file = fopen(form("%s/secrets/flutterwave-webhook", shop_directory()), "re");

	REQUIRE(file != NULL);
	REQUIRE(fgets(word, sizeof word, file) != NULL);
	fclose(file);
	word[strcspn(word, "\n")] = '\0';
	return word;
}

static struct answer
tell_flutterwave(const struct attempt *attempt, const char *word, const char *number, const char *amount)
{
	const char *header = form("verif-hash: %s", word);

	return api_call("POST", "/webhooks/flutterwave", NULL,
	    form("{\"event\": \"charge.completed\", \"data\": {\"id\": %s, \"tx_ref\": \"%s\", \"amount\": %s, "
		 "\"currency\": \"USD\", \"status\": \"successful\"}}",
		number, attempt->reference, amount),
	    HEADERS(header));
}

/* What it says is sealed, so it is known by its id. */
static void
wait_deleted(const struct attempt *attempt, const char *number)
{
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM webhook_events WHERE provider = 'flutterwave' AND status = 'unverified' AND event_id LIKE '%%:%s:%%'",
	    number);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt->reference), "pending");
}

/* Who knows the word can say anything: Flutterwave is asked, and what it does not say goes, whatever it is about. */
static void
test_flutterwave_is_asked_about_its_events(void)
{
	struct attempt attempt = begin("flutterwave"), other;
	const char    *number;

	EXPECT_PROBLEM(tell_flutterwave(&attempt, "another word", "1", "20.00"), 401, "bad_signature");
	EXPECT(tell_flutterwave(&attempt, flutterwave_word(), "1", "20.00"), 200);
	wait_deleted(&attempt, "1");
	/* The number of a transaction that somebody else has paid. */
	other = begin("flutterwave");
	act("flutterwave", "pay", &other);
	wait_status(&other, "succeeded");
	number = sql_text("SELECT JSON_VALUE(a.body, '$.data.id') FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			  "WHERE p.reference = '%s' AND a.kind = 'fetch' LIMIT 1",
	    other.reference);
	EXPECT(tell_flutterwave(&attempt, flutterwave_word(), number, "20.00"), 200);
	wait_deleted(&attempt, number);
}

/* Who says that nothing was tried ends the attempt, unless something was; money that comes all the same counts. */
static void
test_flutterwave_cancelled_on_its_page(void)
{
	struct attempt attempt = begin("flutterwave");

	act("flutterwave", "process", &attempt);
	come_back_cancelled(&attempt, "processing");
	attempt = begin("flutterwave");
	come_back_cancelled(&attempt, "cancelled");
	wait_status(&attempt, "cancelled");
	act("flutterwave", "pay", &attempt);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

static void
test_others_lack_balance(void)
{
	lack_balance("stripe");
	lack_balance("paypal");
}

static void
test_books(void)
{
	EXPECT_CONSISTENT();
}

SUITE("hosted", TEST(test_paystack), TEST(test_paystack_loses_nothing), TEST(test_paystack_gives_back),
    TEST(test_paystack_disputes), TEST(test_paystack_hears_the_shop), TEST(test_flutterwave), TEST(test_flutterwave_fee),
    TEST(test_flutterwave_loses_nothing), TEST(test_flutterwave_gives_back), TEST(test_flutterwave_is_paid_twice),
    TEST(test_flutterwave_is_asked_about_its_events), TEST(test_flutterwave_cancelled_on_its_page),
    TEST(test_others_lack_balance), TEST(test_books))
