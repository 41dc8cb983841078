/* Payers who ask their bank for their money back: what becomes of the payment, the books and the seller's earnings. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <stdlib.h>
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
paid(void)
{
	need_people();
	return attempt_paid(&customer, order_new(&customer, address, &goods, 1));
}

static void
bank(const char *act, const char *subject, const char *body)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/%s/%s", act, subject), body), 200);
}

static void
wait_status(const struct attempt *attempt, const char *payment, const char *dispute)
{
	WAIT_FOR(dispute,
	    "SELECT GROUP_CONCAT(d.status ORDER BY d.id) FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt->reference);
	WAIT_FOR(payment, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static void
wait_money_moved(const struct attempt *attempt, int moved)
{
	WAIT_FOR(moved ? "1" : "0",
	    "SELECT MAX(d.money_moved) FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt->reference);
}

static struct answer
refund(const struct attempt *attempt, const char *amount)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"a scratch\"}", amount));
}

static void
compare(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
}

static int64_t
events(const char *type, const struct attempt *attempt)
{
	return sql_number("SELECT COUNT(*) FROM events v WHERE v.type = '%s' AND (v.aggregate_id IN (SELECT d.id FROM disputes d "
			  "JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s') "
			  "OR v.aggregate_id IN (SELECT p.id FROM payments p WHERE p.reference = '%s'))",
	    type, attempt->reference, attempt->reference);
}

/* While it is open nobody has earned the money; won, all is as before, but for the fee. */
static void
test_dispute_won(void)
{
	struct attempt attempt = paid();
	int64_t        earned = left_in(&attempt, "merchant"), sales = events("order.paid", &attempt);

	CHECK(earned < 0);
	bank("dispute", attempt.transaction, NULL);
	wait_status(&attempt, "disputed", "open");
	wait_money_moved(&attempt, 1);
	CHECK_INT(left_in(&attempt, "merchant"), 0);
	CHECK_INT(left_in(&attempt, "commission"), 0);
	CHECK_INT(left_in(&attempt, "clearing"), -1500);
	CHECK_INT(left_in(&attempt, "fee"), 1500);
	CHECK_INT(left_in(&attempt, "disputed"), 0);
	EXPECT_PROBLEM(refund(&attempt, "1.00"), 409, "payment_state");
	bank("dispute-win", attempt.transaction, NULL);
	wait_status(&attempt, "succeeded", "won");
	wait_money_moved(&attempt, 0);
	CHECK_INT(left_in(&attempt, "merchant"), earned);
	CHECK_INT(left_in(&attempt, "clearing"), attempt.total - 1500);
	CHECK_INT(left_in(&attempt, "disputed"), 0);
	CHECK_INT(events("dispute.opened", &attempt), 1);
	CHECK_INT(events("payment.disputed", &attempt), 1);
	CHECK_INT(events("dispute.won", &attempt), 1);
	CHECK_INT(events("payment.dispute_ended", &attempt), 1);
	CHECK_INT(events("order.paid", &attempt), sales);
	EXPECT(refund(&attempt, "1.00"), 201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

/* Lost for a part: that part and the fee are the seller's loss, the rest can be given back. */
static void
test_dispute_lost(void)
{
	struct attempt attempt = paid();
	int64_t        earned = left_in(&attempt, "merchant"), part;

	bank("dispute", attempt.transaction, "amount=1000");
	wait_money_moved(&attempt, 1);
	part = left_in(&attempt, "merchant");
	CHECK(part > earned && part < 0);
	bank("dispute-lose", attempt.transaction, NULL);
	wait_status(&attempt, "disputed", "lost");
	CHECK_INT(left_in(&attempt, "merchant"), part + 1500);
	CHECK_INT(left_in(&attempt, "fee"), 0);
	CHECK_INT(left_in(&attempt, "clearing"), attempt.total - 1000 - 1500);
	CHECK_INT(left_in(&attempt, "difference"), 0);
	EXPECT_PROBLEM(refund(&attempt, form("%.2f", (double)(attempt.total - 999) / 100)), 409, "refund_too_large");
	EXPECT(refund(&attempt, form("%.2f", (double)(attempt.total - 1000) / 100)), 201);
	WAIT_FOR(form("%lld", (long long)attempt.total - 1000), "SELECT refunded_minor FROM payments WHERE reference = '%s'",
	    attempt.reference);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "disputed");
	CHECK_INT(left_in(&attempt, "merchant"), 1500);
}

static void
test_inquiry_posts_nothing(void)
{
	struct attempt attempt = paid();
	int64_t        earned = left_in(&attempt, "merchant");

	bank("inquiry", attempt.transaction, NULL);
	wait_status(&attempt, "succeeded", "inquiry");
	CHECK_INT(left_in(&attempt, "merchant"), earned);
	EXPECT(refund(&attempt, "1.00"), 201);
	bank("dispute-win", attempt.transaction, NULL);
	wait_status(&attempt, "partially_refunded", "closed");
	CHECK_INT(events("payment.disputed", &attempt), 0);
}

/* More is disputed than is left: what the seller has not got is the shop's loss. */
static void
test_dispute_after_a_refund(void)
{
	struct attempt attempt = paid();

	EXPECT(refund(&attempt, "5.00"), 201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	CHECK_INT(left_in(&attempt, "disputed"), 500);
	bank("dispute-lose", attempt.transaction, NULL);
	wait_status(&attempt, "disputed", "lost");
	CHECK_INT(left_in(&attempt, "disputed"), 0);
	CHECK_INT(left_in(&attempt, "difference"), 500);
}

/* Each by its own id, and the payment is free when the last of them is. */
static void
test_two_disputes_and_a_second_stage(void)
{
	struct attempt attempt = paid();
	const char    *first, *second;

	bank("dispute", attempt.transaction, "amount=500");
	wait_status(&attempt, "disputed", "open");
	first = sql_text("SELECT d.provider_dispute_id FROM disputes d JOIN payments p ON p.id = d.payment_id "
			 "WHERE p.reference = '%s'",
	    attempt.reference);
	bank("dispute", attempt.transaction, "amount=700");
	wait_status(&attempt, "disputed", "open,open");
	second = sql_text("SELECT d.provider_dispute_id FROM disputes d JOIN payments p ON p.id = d.payment_id "
			  "WHERE p.reference = '%s' AND d.amount_minor = 700",
	    attempt.reference);
	WAIT_FOR("1200", "SELECT disputed_minor FROM payments WHERE reference = '%s'", attempt.reference);
	bank("dispute-win", first, NULL);
	wait_status(&attempt, "disputed", "won,open");
	bank("dispute-win", second, NULL);
	wait_status(&attempt, "succeeded", "won,won");
	WAIT_FOR("0", "SELECT disputed_minor FROM payments WHERE reference = '%s'", attempt.reference);
	/* Its bank appeals. */
	bank("dispute", first, NULL);
	wait_status(&attempt, "disputed", "open,won");
	WAIT_FOR("500", "SELECT disputed_minor FROM payments WHERE reference = '%s'", attempt.reference);
}

/* No event came; and an old one comes late. */
static void
test_missed_dispute_is_found(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	bank("dispute", attempt.transaction, NULL);
	compare(&attempt);
	wait_status(&attempt, "disputed", "open");
	wait_money_moved(&attempt, 1);
	bank("dispute-lose", attempt.transaction, NULL);
	compare(&attempt);
	wait_status(&attempt, "disputed", "lost");
	/* An operator asks for all: its bank appeals, and it is won. */
	bank("dispute", attempt.transaction, NULL);
	CHECK_INT(shop_command("reconcile", NULL), 0);
	wait_status(&attempt, "disputed", "lost,open");
	sql_run("UPDATE payments SET next_check_at = NULL, succeeded_at = succeeded_at - INTERVAL 100 DAY WHERE reference = '%s'",
	    attempt.reference);
	bank("dispute-win", attempt.transaction, NULL);
	CHECK_INT(shop_command("reconcile", NULL), 0);
	wait_status(&attempt, "disputed", "lost,won");
}

/* What went back at the desk before nobody knew is refunded all the same: the dispute holds what is left. */
static void
test_refund_that_is_heard_of_during_a_dispute(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	bank("refund", attempt.transaction, "amount=500");
	sandbox_switch(attempt.transaction, "{\"webhook_never\": false}");
	bank("dispute", attempt.transaction, form("amount=%lld", (long long)attempt.total));
	wait_money_moved(&attempt, 1);
	compare(&attempt);
	WAIT_FOR("500", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(
	    sql_number("SELECT disputed_minor FROM payments WHERE reference = '%s'", attempt.reference), attempt.total - 500);
	CHECK_INT(left_in(&attempt, "merchant"), 0);
	bank("dispute-lose", attempt.transaction, NULL);
	wait_status(&attempt, "disputed", "lost");
	CHECK_INT(left_in(&attempt, "disputed"), 0);
	CHECK_INT(left_in(&attempt, "difference"), 500);
}

/* A refund that the books contradict is said each time, and holds up nothing else. */
static void
test_dispute_is_found_beside_a_wrong_refund(void)
{
	struct attempt other = paid(), attempt = paid();
	struct answer  made = refund(&other, "1.00");

	EXPECT(made, 201);
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	bank("refund", attempt.transaction, form("amount=100&metadata[refund_id]=%s", text_at(&made, "id")));
	bank("dispute", attempt.transaction, "amount=500");
	compare(&attempt);
	wait_status(&attempt, "disputed", "open");
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference), 0);
}

/* What Stripe keeps stands in the balance transaction. */
static void
test_fee_is_posted(void)
{
	struct attempt attempt = paid();
	int64_t        fee = (attempt.total * 29 + 500) / 1000 + 30;

	compare(&attempt);
	WAIT_FOR(form("%lld", (long long)fee), "SELECT fee_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sql_number("SELECT SUM(e.amount_minor) FROM payments p JOIN ledger_transactions t ON t.source_kind = 'fee' "
			     "AND t.source_id = p.id JOIN ledger_entries e ON e.transaction_id = t.id "
			     "JOIN ledger_accounts a ON a.id = e.account_id WHERE p.reference = '%s' AND a.kind = 'fee'",
		      attempt.reference),
	    fee);
	EXPECT(refund(&attempt, form("%.2f", (double)attempt.total / 100)), 201);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

static const char *
dispute_of(const struct attempt *attempt)
{
	return sql_text(
	    "SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'", attempt->reference);
}

/* Who answered for the shop, and what became of the dispute by that. */
static void
check_audited(const struct attempt *attempt, const char *action, const struct person *actor, const char *status)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = '%s' AND subject_type = 'dispute' AND "
			     "subject_id = '%s' AND actor_id = '%s' AND JSON_VALUE(before_state, '$.status') = 'open' AND "
			     "JSON_VALUE(after_state, '$.status') = '%s' AND LOCATE('signed for', after_state) = 0",
		      action, dispute_of(attempt), actor->id, status),
	    1);
}

static void
test_evidence(void)
{
	struct attempt attempt = paid();
	struct person  stranger = person_new("shopkeeper");
	struct answer  answer;
	const char    *path;

	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	path = form("/disputes/%s", dispute_of(&attempt));
	answer = api_get(form("/disputes?payment=%s&status=open", attempt.reference), admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.fee"), "15.00");
	answer = api_get(form("/disputes?payment=%s", attempt.reference), stranger.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_PROBLEM(api_get(path, stranger.access), 404, "not_found");
	EXPECT(api_get(path, seller.access), 200);
	path = form("%s/evidence", path);
	EXPECT_FAULT(api_post(path, seller.access, "{}"), "text");
	EXPECT_FAULT(api_post(path, seller.access, "{\"fields\": [{\"name\": \"receipt\", \"value\": \"x\"}]}"), "fields.0.name");
	answer = api_post(path, seller.access,
	    "{\"text\": \"signed for\", \"fields\": [{\"name\": \"shipping_carrier\", \"value\": \"Post & Co\"}]}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "submitted");
	CHECK(text_at(&answer, "evidence_sent_at") != NULL);
	check_audited(&attempt, "dispute.evidence_sent", &seller, "submitted");
	CHECK_INT(
	    sql_number("SELECT fee_minor FROM disputes WHERE id = '%s'", dispute_of(&attempt)), 3000); /* contesting costs */
	EXPECT_PROBLEM(api_post(path, admin.access, "{\"text\": \"again\"}"), 409, "dispute_state");
	bank("dispute-win", attempt.transaction, NULL);
	wait_status(&attempt, "succeeded", "won");
	WAIT_FOR("1500", "SELECT fee_minor FROM disputes WHERE id = '%s'", dispute_of(&attempt)); /* and is given back */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND a.body LIKE '%%Post & Co%%'",
		      attempt.reference),
	    0);
}

/* Both have asked the provider before either is passed on: one is, and the other is told so. */
static void
test_evidence_sent_twice_at_once(void)
{
	struct attempt attempt = paid();
	struct answer  answers[2];
	struct call    calls[2];

	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	sandbox_switch(attempt.transaction, "{\"hang_ms\": 700}");
	for (size_t i = 0; i < 2; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = form("/disputes/%s/evidence", dispute_of(&attempt)),
			.token = admin.access,
			.body = form("{\"text\": \"letter %zu\"}", i) };
	api_calls(calls, 2, answers);
	sandbox_switch(attempt.transaction, "{\"hang_ms\": 0}");
	if (answers[0].status == 200)
		EXPECT_PROBLEM(answers[1], 409, "dispute_state");
	else
		EXPECT_PROBLEM(answers[0], 409, "dispute_state");
	EXPECT(answers[answers[0].status == 200 ? 0 : 1], 200);
	CHECK_INT(events("dispute.submitted", &attempt), 1);
}

/* What never reached the provider can be sent again. */
static void
test_evidence_that_failed(void)
{
	struct attempt attempt = paid();
	const char    *path;

	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	path = form("/disputes/%s/evidence", dispute_of(&attempt));
	sandbox_switch(attempt.transaction, "{\"fail_before\": 1}");
	EXPECT_PROBLEM(api_post(path, admin.access, "{\"text\": \"a letter\"}"), 502, "provider_unavailable");
	CHECK_INT(sql_number("SELECT evidence_sent_at IS NULL FROM disputes WHERE id = '%s'", dispute_of(&attempt)), 1);
	EXPECT(api_post(path, admin.access, "{\"text\": \"a letter\"}"), 200);
}

static int64_t
due_by_metrics(void)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *found;

	EXPECT(answer, 200);
	found = strstr(answer.body, "\nhaat_disputes_due ");
	REQUIRE(found != NULL);
	return strtoll(found + strlen("\nhaat_disputes_due "), NULL, 10);
}

/* Somebody has to be woken before the provider decides by itself. */
static void
test_deadline_is_told(void)
{
	struct attempt attempt = paid();
	int64_t        before = due_by_metrics();
	const char    *dispute;

	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	dispute = dispute_of(&attempt);
	CHECK_INT(due_by_metrics(), before);
	sql_run("UPDATE disputes SET evidence_due_at = NOW(3) + INTERVAL 20 HOUR WHERE id = '%s'", dispute);
	CHECK_INT(due_by_metrics(), before + 1);
	sql_run("UPDATE disputes SET evidence_due_at = NOW(3) - INTERVAL 1 HOUR WHERE id = '%s'", dispute);
	CHECK_INT(due_by_metrics(), before);
	sql_run("UPDATE disputes SET evidence_due_at = NOW(3) + INTERVAL 20 HOUR WHERE id = '%s'", dispute);
	EXPECT(api_post(form("/disputes/%s/evidence", dispute), admin.access, "{\"text\": \"a letter\"}"), 200);
	CHECK_INT(due_by_metrics(), before);
}

static void
test_acceptance(void)
{
	struct attempt attempt = paid();
	struct answer  answer;

	bank("dispute", attempt.transaction, NULL);
	wait_money_moved(&attempt, 1);
	answer = api_post(form("/disputes/%s/accept", dispute_of(&attempt)), admin.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "accepted");
	check_audited(&attempt, "dispute.accepted", &admin, "accepted");
	wait_status(&attempt, "disputed", "accepted");
	EXPECT_PROBLEM(api_post(form("/disputes/%s/accept", dispute_of(&attempt)), admin.access, NULL), 409, "dispute_state");
	CHECK_INT(events("dispute.accepted", &attempt), 1);
}

/* Where the shop bears what providers ask for disputes (payments.dispute_fee_to_merchant): the seller loses the amount alone. */
static void
test_fee_stays_with_the_shop(void)
{
	const char *const settings[] = { "HAAT_PAYMENTS_DISPUTE_FEE_TO_MERCHANT=false", NULL };
	struct attempt    attempt = paid();
	struct answer     answer;
	int64_t           open;

	bank("dispute", attempt.transaction, "amount=1000");
	wait_money_moved(&attempt, 1);
	open = left_in(&attempt, "merchant");
	/* The shop that runs beside the worker, and is set otherwise, is told nothing. */
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	lone_workers_start(settings);
	answer = lone_call("127.0.0.1", "POST", form("/disputes/%s/accept", dispute_of(&attempt)), admin.access, NULL);
	EXPECT(answer, 200);
	wait_status(&attempt, "disputed", "accepted");
	CHECK_INT(left_in(&attempt, "merchant"), open);
	CHECK_INT(left_in(&attempt, "fee"), 1500);
	CHECK_INT(left_in(&attempt, "clearing"), attempt.total - 1000 - 1500);
	lone_workers_stop();
}

/* A seller has one, and five hundred newer ones are of others: more than the first look of a page takes in. */
static void
test_found_among_many(void)
{
	struct attempt others = paid(), theirs;
	struct person  seller_of_one = person_new("shopkeeper");
	struct goods   wares = goods_new(&seller_of_one, "20.00", 5);
	struct answer  answer;

	theirs = attempt_paid(&customer, order_new(&customer, address, &wares, 1));
	bank("dispute", theirs.transaction, NULL);
	wait_money_moved(&theirs, 1);
	sql_run("INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, amount_minor, currency) "
		"SELECT CONCAT(x'7fff', RANDOM_BYTES(14)), p.id, p.provider, CONCAT('many:', seq), 'closed', 100, p.currency "
		"FROM payments p JOIN seq_1_to_500 WHERE p.reference = '%s'",
	    others.reference);
	answer = api_get("/disputes?limit=5", seller_of_one.access);
	sql_run("DELETE FROM disputes WHERE provider_dispute_id LIKE 'many:%%'");
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), dispute_of(&theirs));
}

static void
test_all_is_consistent(void)
{
	need_people();
	EXPECT_CONSISTENT();
}

SUITE("disputes", TEST(test_dispute_won), TEST(test_dispute_lost), TEST(test_inquiry_posts_nothing),
    TEST(test_dispute_after_a_refund), TEST(test_two_disputes_and_a_second_stage), TEST(test_missed_dispute_is_found),
    TEST(test_dispute_is_found_beside_a_wrong_refund), TEST(test_refund_that_is_heard_of_during_a_dispute),
    TEST(test_fee_is_posted), TEST(test_evidence), TEST(test_evidence_sent_twice_at_once), TEST(test_evidence_that_failed),
    TEST(test_deadline_is_told), TEST(test_acceptance), TEST(test_fee_stays_with_the_shop), TEST(test_found_among_many),
    TEST(test_all_is_consistent))
