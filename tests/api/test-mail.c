/* Letters of the running shop, which writes them into a folder: which come, to whom, once, and what stands in them. */
#include "tests/api/letters.h"
#include "tests/api/subscribing.h"

#include <stdlib.h>
#include <string.h>

static void
activate_again(const struct person *seller)
{
	struct person admin = person_new("admin");

	EXPECT(api_post(form("/merchants/%s/suspend", seller->merchant), admin.access, NULL), 200);
	EXPECT(api_post(form("/merchants/%s/activate", seller->merchant), admin.access, NULL), 200);
}

/* A shopkeeper whose shop the staff has made active, which person_new does without the staff. */
static struct person
verified_seller(void)
{
	struct person seller = person_new("shopkeeper");

	activate_again(&seller);
	return seller;
}

static void
test_a_verified_shop(void)
{
	struct person seller = verified_seller();
	const char   *mail = wait_for_letter("merchant-active", seller.merchant, "sent"), *letter;
	const char   *shop_name = sql_text("SELECT shop_name FROM merchants WHERE id = '%s'", seller.merchant);

	letter = letter_file(mail);
	CHECK(strstr(letter, form("<%s>\r\n", seller.email)) != NULL);
	CHECK(strstr(letter, form("\r\nMessage-ID: <mail.%s@haat.test>\r\n", mail)) != NULL);
	CHECK(strstr(letter, "\r\nContent-Language: en\r\n") != NULL);
	CHECK(strstr(letter, form("Dear %s,\r\n", seller.name)) != NULL);
	CHECK(strstr(letter, form("<strong>%s</strong>", shop_name)) != NULL);
	CHECK_TEXT(sql_text("SELECT recipient_id FROM mails WHERE id = '%s'", mail), seller.id);
}

/* Neither an event that is told of again, nor a job whose worker was lost after it had recorded the letter. */
static void
test_once_for_each_cause(void)
{
	struct person seller = verified_seller();
	const char   *mail = wait_for_letter("merchant-active", seller.merchant, "sent");
	const char   *event = sql_text("SELECT cause_id FROM mails WHERE id = '%s'", mail);
	const char   *sent_at = sql_text("SELECT sent_at FROM mails WHERE id = '%s'", mail);

	queue_mail_job("write_letters", form("{\"event_id\":\"%s\",\"aggregate_id\":\"%s\"}", event, seller.merchant));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM mails WHERE about_id = '%s'", seller.merchant), 1);
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	CHECK_TEXT(sql_text("SELECT sent_at FROM mails WHERE id = '%s'", mail), sent_at);
	/* Another event of the same kind is another cause. */
	activate_again(&seller);
	WAIT_FOR("2", "SELECT COUNT(*) FROM mails WHERE about_id = '%s' AND status = 'sent'", seller.merchant);
}

/* A letter to the person about the merchant that waits to be sent; its id. */
static const char *
letter_waiting(const char *reader, const char *merchant)
{
	const char *mail = sql_text("SELECT UUID()");

	sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) "
		"VALUES ('%s', 'merchant-active', UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s')",
	    mail, merchant, reader);
	return mail;
}

static void
expect_dropped(const char *mail, const char *why)
{
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ': ', outcome) FROM mails WHERE id = '%s'", mail), form("dropped: %s", why));
	CHECK_TEXT(letter_file(mail), "");
}

/* What it says and to whom is read when it is sent. */
static void
test_what_holds_no_more(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");

	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", customer.id);
	expect_dropped(letter_waiting(customer.id, seller.merchant), "nobody is there to read it");
	EXPECT(api_post(form("/merchants/%s/suspend", seller.merchant), person_new("admin").access, NULL), 200);
	expect_dropped(letter_waiting(seller.id, seller.merchant), "not true any more");
}

/* Whatever language the words are in, the links lead to pages in the reader's. */
static void
test_links_in_the_readers_language(void)
{
	static const struct {
		const char *locale;
		bool        bengali;
	} readers[] = { { "bn-BD", true }, { "bn", true }, { "bnx", false }, { "en", false } };
	struct person seller = person_new("shopkeeper");

	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		const char *mail = letter_waiting(seller.id, seller.merchant), *letter;

		sql_run("UPDATE users SET locale = '%s' WHERE id = '%s'", readers[i].locale, seller.id);
		queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
		letter = letter_file(mail);
		CHECK((strstr(letter, "/bn\">") != NULL) == readers[i].bengali);
	}
}

/* A language that has no letters is English; an address that was one once must not become two. */
static void
test_languages_and_addresses(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *mail = letter_waiting(seller.id, seller.merchant), *letter;

	sql_run("UPDATE users SET locale = 'xx-YY', full_name = 'Amina\r\nBcc: all@example.test' WHERE id = '%s'", seller.id);
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	letter = letter_file(mail);
	CHECK(strstr(letter, "\r\nContent-Language: en\r\n") != NULL);
	CHECK(strstr(letter, "\r\nTo: \"Amina  Bcc: all@example.test\"\r\n <") != NULL);
	CHECK(strstr(letter, "\r\n\r\n") < strstr(letter, "\r\nBcc:")); /* only in the text */
	sql_run("UPDATE users SET email = 'two@example.test,%s' WHERE id = '%s'", seller.email, seller.id);
	mail = letter_waiting(seller.id, seller.merchant);
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'send_letter', 'mail', "
	    "'{\"mail\":\"%s\"}', 3)",
	    mail);
	run_job_now("send_letter");
	WAIT_FOR("dead", "SELECT status FROM mails WHERE id = '%s'", mail);
	WAIT_FOR("dead", "SELECT status FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail);
	CHECK_INT(sql_number("SELECT attempts FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail), 1);
	/* Who gives up the job gives up the letter. */
	EXPECT(api_post(form("/jobs/%s/drop", sql_text("SELECT id FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail)),
		   person_new("admin").access, "{\"reason\": \"nobody of that address\"}"),
	    204);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ': ', outcome) FROM mails WHERE id = '%s'", mail), "dropped: nobody of that address");
}

/* ---- who pays what a merchant asks for ---- */

static struct person shop;

/* A payment request of 50.00 to a payer; its reference. */
static const char *
request_new(const char *payer)
{
	struct answer answer;

	if (shop.id == NULL)
		shop = person_new("shopkeeper");
	answer = api_post("/payments/initialize", shop.access,
	    form(
		"{\"amount\": \"50.00\", \"currency\": \"USD\", \"merchant_reference\": \"INV-%s\", \"customer\": {\"email\": \"%s\", "
		"\"name\": \"Zuleikha & Sons\"}, \"return_url\": \"https://merchant.example/thanks\"}",
		payer, payer));
	EXPECT(answer, 201);
	return text_at(&answer, "reference");
}

static const char *
attempt_at_provider(const char *reference)
{
	struct answer answer = api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");

	EXPECT(answer, 201);
	return text_at(&answer, "provider_transaction_id");
}

/* The letter of that kind to the payer of the payment request, once it was sent. */
static const char *
letter_to_payer(const char *kind, const char *reference)
{
	const char *of =
	    form("FROM mails m JOIN payment_requests r ON r.id = m.recipient_id WHERE r.reference = '%s' AND m.kind = '%s' "
		 "ORDER BY m.id DESC LIMIT 1",
		reference, kind);

	WAIT_FOR("sent", "SELECT m.status %s", of);
	return letter_file(sql_text("SELECT m.id %s", of));
}

static void
test_a_payer_who_tries_twice(void)
{
	const char *payer = fresh_email("payer"), *reference = request_new(payer), *letter, *transaction;

	sandbox_act("fail", attempt_at_provider(reference));
	letter = letter_to_payer("payment-failed", reference);
	CHECK(strstr(letter, form("<%s>\r\n", payer)) != NULL);
	CHECK(strstr(letter, "Dear Zuleikha & Sons,\r\n") != NULL && strstr(letter, "Dear Zuleikha &amp; Sons,</p>") != NULL);
	CHECK(strstr(letter, form("https://localhost:%s/pay/%s", getenv("HAAT_PORT"), reference)) != NULL);
	transaction = attempt_at_provider(reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", transaction), "force=1"), 200);
	letter = letter_to_payer("payment-received", reference);
	CHECK(strstr(letter, "50.00 USD") != NULL && strstr(letter, reference) != NULL);
	EXPECT(api_post(form("/payments/%s/refunds", reference), shop.access, "{\"amount\": \"20.00\", \"reason\": \"x\"}"), 201);
	letter = letter_to_payer("payment-refunded", reference);
	CHECK(strstr(letter, "has refunded 20.00 USD to you") != NULL);
	/* Nothing of the payer is in what is kept of the letters. */
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM jobs WHERE payload LIKE '%%%s%%' OR last_error LIKE '%%%s%%'", payer, payer), 0);
}

/* Once it is paid, or who was to pay is forgotten, nobody is told of an attempt that failed before. */
static void
test_a_failure_that_is_over(void)
{
	const char *reference = request_new(fresh_email("payer")), *mail = sql_text("SELECT UUID()");

	sandbox_act("fail", attempt_at_provider(reference));
	letter_to_payer("payment-failed", reference);
	sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) SELECT '%s', 'payment-failed', "
		"UNHEX(REPLACE(UUID(), '-', '')), attempt_id, 'payer', id FROM payment_requests WHERE reference = '%s'",
	    mail, reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt_at_provider(reference)), "force=1"), 200);
	letter_to_payer("payment-received", reference);
	expect_dropped(mail, "not true any more");
	sql_run("UPDATE mails SET status = 'waiting' WHERE id = '%s'", mail);
	sql_run("UPDATE payment_requests SET customer_email = NULL, customer_name = NULL WHERE reference = '%s'", reference);
	expect_dropped(mail, "nobody is there to read it");
}

/* ---- orders ---- */

static void
test_orders(void)
{
	struct person seller = person_new("shopkeeper"), buyer = person_new("customer");
	struct goods  goods = goods_new(&seller, "20.00", 10);
	const char   *address = address_new(&buyer), *paid = order_new(&buyer, address, &goods, 1), *number, *letter;
	const char   *expired = order_new(&buyer, address, &goods, 1), *at_the_door = order_new(&buyer, address, &goods, 2);
	struct answer answer;

	attempt_paid(&buyer, paid);
	number = sql_text("SELECT number FROM orders WHERE id = '%s'", paid);
	letter = letter_file(wait_for_letter("order-paid", paid, "sent"));
	CHECK(strstr(letter, form("<%s>\r\n", buyer.email)) != NULL);
	CHECK(strstr(letter, form("/orders/%s/invoice", number)) != NULL);
	EXPECT(api_post(form("/orders/%s/cancel", paid), buyer.access, "{}"), 200);
	letter = letter_file(wait_for_letter("order-cancelled", paid, "sent"));
	CHECK(strstr(letter, number) != NULL && strstr(letter, "What was paid is given back") != NULL);
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", expired);
	run_job_now("expire_orders");
	letter = letter_file(wait_for_letter("order-expired", expired, "sent"));
	CHECK(strstr(letter, "was not paid in time") != NULL);
	answer = api_post("/payments", buyer.access, form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", at_the_door));
	EXPECT(answer, 201);
	EXPECT(api_post(form("/payments/%s/confirm", text_at(&answer, "reference")), person_new("admin").access, "{}"), 200);
	letter = letter_file(wait_for_letter("order-confirmed", at_the_door, "sent"));
	CHECK(strstr(letter, "when it is delivered") != NULL);
	EXPECT(api_post(form("/orders/%s/cancel", at_the_door), buyer.access, "{}"), 200);
	letter = letter_file(wait_for_letter("order-cancelled", at_the_door, "sent"));
	CHECK(strstr(letter, "What was paid") == NULL);
}

/* ---- money for the merchant ---- */

static void
test_a_payout(void)
{
	struct person  seller = person_new("shopkeeper"), buyer = person_new("customer");
	struct person  first = person_new("accountant"), second = person_new("accountant");
	struct goods   goods = goods_new(&seller, "20.00", 10);
	struct attempt attempt = attempt_paid(&buyer, order_new(&buyer, address_new(&buyer), &goods, 1));
	struct answer  payout;
	const char    *id, *letter;

	order_delivered(&seller, attempt.order, 15);
	payout = api_post("/payouts", first.access,
	    form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"19.00\"}", seller.merchant));
	EXPECT(payout, 201);
	id = text_at(&payout, "id");
	EXPECT(api_post(form("/payouts/%s/approve", id), second.access, NULL), 200);
	EXPECT(api_post(form("/payouts/%s/pay", id), second.access, "{\"bank_reference\": \"SEPA-4711\"}"), 200);
	letter = letter_file(wait_for_letter("payout-paid", id, "sent"));
	CHECK(strstr(letter, form("<%s>\r\n", seller.email)) != NULL);
	CHECK(strstr(letter, "19.00 USD") != NULL && strstr(letter, "SEPA-4711") != NULL);
}

static void
test_a_disabled_endpoint(void)
{
	struct person seller = person_new("shopkeeper");
	struct answer made = api_post("/webhook-endpoints", seller.access,
	    "{\"url\": \"http://127.0.0.1:9/hooks?a=1&b=2\", \"event_types\": [\"order.*\"]}");
	const char   *id, *letter;

	EXPECT(made, 201);
	id = text_at(&made, "id");
	EXPECT(api_patch(form("/webhook-endpoints/%s", id), seller.access, "{\"status\": \"disabled\"}"), 200);
	letter = letter_file(wait_for_letter("endpoint-disabled", id, "sent"));
	CHECK(strstr(letter, form("<%s>\r\n", seller.email)) != NULL);
	CHECK(strstr(letter, "is disabled:\r\n\r\nhttp://127.0.0.1:9/hooks?a=3D1&b=3D2\r\n") != NULL);
	CHECK(strstr(letter, "<p>http://127.0.0.1:9/hooks?a=3D1&amp;b=3D2</p>") != NULL);
	CHECK(strstr(letter, "is kept for 72 hours") != NULL);
}

/* ---- subscriptions ---- */

/* The newest letter of that kind about the subscription, once all of them were sent; there are `count`. */
static const char *
letter_about(const char *kind, const char *subscription, int count)
{
	WAIT_FOR(form("%d", count), "SELECT COUNT(*) FROM mails WHERE kind = '%s' AND about_id = '%s' AND status = 'sent'", kind,
	    subscription);
	return letter_file(
	    sql_text("SELECT id FROM mails WHERE kind = '%s' AND about_id = '%s' ORDER BY id DESC LIMIT 1", kind, subscription));
}

/* Told before each charge, of each that was made or failed, and of the end. */
static void
test_a_subscription(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	const char   *plan = plan_new(&seller, "12.00", "\"every\": \"month\""), *id = subscription_new(&customer, plan, "");
	const char   *letter = letter_about("subscription-asked", id, 1);
	const char   *due = form("FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'", id);

	CHECK(strstr(letter, form("<%s>\r\n", customer.email)) != NULL && strstr(letter, "12.00 USD") != NULL);
	CHECK(strstr(letter, sql_text("SELECT payment_reference %s", due)) != NULL);
	subscription_pay_link(id);
	letter = letter_about("subscription-charged", id, 1);
	CHECK(strstr(letter,
		  form(" to %s.", sql_text("SELECT DATE(current_period_end) FROM subscriptions WHERE id = '%s'", id))) != NULL);
	sql_run("UPDATE subscriptions SET current_period_start = NOW(3) - INTERVAL 27 DAY, "
		"current_period_end = NOW(3) + INTERVAL 71 HOUR WHERE id = '%s'",
	    id);
	subscription_renew(id);
	letter = letter_about("subscription-coming", id, 1);
	CHECK(strstr(letter, "send you a link") != NULL);
	CHECK(strstr(letter, sql_text("SELECT DATE(current_period_end) FROM subscriptions WHERE id = '%s'", id)) != NULL);
	subscription_run_out(id);
	letter_about("subscription-asked", id, 2);
	for (int i = 1; i <= 5; i++) {
		sql_run(
		    "UPDATE subscription_periods SET asked_until = IF(asked_until IS NULL, NULL, NOW(3)), "
		    "next_attempt_at = IF(next_attempt_at IS NULL, NULL, NOW(3)) WHERE subscription_id = '%s' AND status = 'due'",
		    id);
		subscription_renew(id);
		if (i == 5)
			break;
		letter = letter_about("subscription-failed", id, i);
		CHECK(strstr(letter, form("again on %s", sql_text("SELECT DATE(next_attempt_at) %s", due))) != NULL);
	}
	letter = letter_about("subscription-ended", id, 1);
	CHECK(strstr(letter, "because its last period was not paid") != NULL);
	/* The last failure is told by the end. */
	WAIT_FOR("dropped",
	    "SELECT status FROM mails WHERE kind = 'subscription-failed' AND about_id = '%s' ORDER BY id DESC LIMIT 1", id);
}

/* A letter that is late tells of its own period, though the next one has begun. */
static void
test_each_period_is_told(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	const char   *dear = plan_new(&seller, "12.00", "\"every\": \"month\""),
		   *cheap = plan_new(&seller, "7.00", "\"every\": \"week\"");
	const char *id = subscription_active(&customer, dear), *mail = wait_for_letter("subscription-charged", id, "sent"),
		   *letter;

	EXPECT(api_post(form("/subscriptions/%s/change", id), customer.access, form("{\"plan_id\": \"%s\"}", cheap)), 200);
	subscription_run_out(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 2);
	sql_run("UPDATE mails SET status = 'waiting', sent_at = NULL WHERE id = '%s'", mail);
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	CHECK_TEXT(sql_text("SELECT status FROM mails WHERE id = '%s'", mail), "sent");
	letter = letter_file(mail);
	CHECK(strstr(letter, "12.00 USD") != NULL);
	CHECK(strstr(letter,
		  form(" to %s.",
		      sql_text("SELECT DATE(ends_at) FROM subscription_periods WHERE subscription_id = '%s' AND number = 1",
			  id))) != NULL);
}

static void
test_a_cancelled_subscription(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	const char *id = subscription_new(&customer, plan_new(&seller, "12.00", "\"every\": \"month\", \"trial_days\": 14"), "");

	EXPECT(api_post(form("/subscriptions/%s/cancel", id), seller.access, "{}"), 200);
	CHECK(strstr(letter_about("subscription-cancelled", id, 1), "is cancelled") != NULL);
}

SUITE("letters", TEST(test_a_verified_shop), TEST(test_once_for_each_cause), TEST(test_what_holds_no_more),
    TEST(test_languages_and_addresses), TEST(test_links_in_the_readers_language), TEST(test_a_payer_who_tries_twice),
    TEST(test_a_failure_that_is_over), TEST(test_orders), TEST(test_a_payout), TEST(test_a_disabled_endpoint),
    TEST(test_a_subscription), TEST(test_each_period_is_told), TEST(test_a_cancelled_subscription))
