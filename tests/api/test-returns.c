/* Goods that customers send back: every transition of the table and no other, how many, how much money, and whose they are. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person first, second, customer, admin;
static struct goods  dear, cheap;
static const char   *address;

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "33.33", 1000);
	cheap = goods_new(&second, "10.00", 1000);
	address = address_new(&customer);
}

static const char *
part_of(const struct attempt *attempt, const struct person *seller)
{
	return sql_text(
	    "SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", attempt->order, seller->merchant);
}

static void
send_parcel(const struct attempt *attempt, const struct person *seller)
{
	const char *part = part_of(attempt, seller);

	EXPECT(api_post(form("/fulfilments/%s/pack", part), seller->access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), seller->access, "{\"carrier\": \"Pathao\"}"), 200);
}

static void
arrive(const struct attempt *attempt, const struct person *seller)
{
	send_parcel(attempt, seller);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part_of(attempt, seller)), seller->access, NULL), 200);
}

static struct answer
cancel_part(const struct attempt *attempt, const struct person *seller)
{
	return api_post(
	    form("/fulfilments/%s/cancel", part_of(attempt, seller)), customer.access, "{\"reason\": \"changed my mind\"}");
}

static struct answer
refuse_part(const struct attempt *attempt, const struct person *seller)
{
	return api_post(form("/fulfilments/%s/return", part_of(attempt, seller)), seller->access,
	    "{\"reason\": \"nobody was in\", \"lines\": []}");
}

/* Paid: three of the first seller's and two of the second's. */
static struct attempt
paid_order(void)
{
	struct answer  answer = api_post("/orders", customer.access,
	     form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		   "\"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 2}]}",
		 address, dear.variant, cheap.variant));
	struct attempt attempt;

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	attempt = attempt_paid(&customer, text_at(&answer, "id"));
	/* So many orders of so young an account are suspicious. */
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	return attempt;
}

/* The same, delivered. */
static struct attempt
delivered_order(void)
{
	struct attempt attempt = paid_order();

	arrive(&attempt, &first);
	arrive(&attempt, &second);
	return attempt;
}

static const char *
line_of(const struct attempt *attempt, const struct person *seller)
{
	return sql_text(
	    "SELECT id FROM order_lines WHERE order_id = '%s' AND merchant_id = '%s'", attempt->order, seller->merchant);
}

static const char *
wanted(const struct attempt *attempt, const struct person *seller, int quantity)
{
	return form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": %d, \"reason\": \"too small\"}]}", line_of(attempt, seller),
	    quantity);
}

static struct answer
ask(const struct attempt *attempt, const struct person *seller, int quantity)
{
	return api_post(form("/orders/%s/returns", attempt->order), customer.access, wanted(attempt, seller, quantity));
}

static struct answer
step(const char *id, const char *word, const struct person *by, const char *body)
{
	return api_post(form("/returns/%s/%s", id, word), by->access, body);
}

static const char *
receipt(const char *line, const char *more)
{
	return form("{\"lines\": [{\"line_id\": \"%s\", %s}]}", line, more);
}

static int64_t
on_hand(const struct goods *goods)
{
	return sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", goods->variant);
}

static void
test_the_way_of_a_return(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *id;
	int64_t        before;

	need_people();
	attempt = delivered_order();
	before = on_hand(&dear);
	answer = ask(&attempt, &first, 2);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "requested");
	CHECK_TEXT(text_at(&answer, "merchant_id"), first.merchant);
	CHECK_TEXT(text_at(&answer, "lines.0.reason"), "too small");
	CHECK(!has_at(&answer, "refund"));
	id = text_at(&answer, "id");
	answer = step(id, "approve", &first, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "approved");
	CHECK(has_at(&answer, "expires_at"));
	answer = step(id, "receive", &first, receipt(line_of(&attempt, &first), "\"quantity\": 1, \"restock\": true"));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "received");
	CHECK_TEXT(text_at(&answer, "amount"), "33.33");
	CHECK_INT(number_at(&answer, "lines.0.accepted"), 1);
	CHECK(has_at(&answer, "refund.id"));
	CHECK_INT(on_hand(&dear), before + 1);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", id);
	answer = api_get(form("/returns/%s", id), customer.access);
	CHECK_TEXT(text_at(&answer, "refund.status"), "succeeded");
	CHECK_INT(sql_number("SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order), 3333);
	/* Its customer was told. */
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM mails WHERE kind = 'return-received' AND status = 'sent' AND recipient_id = '%s' AND about_id = '%s'",
	    customer.id, id);
	/* Two are left, for what was not accepted stays with the customer. */
	EXPECT_PROBLEM(ask(&attempt, &first, 3), 409, "not_returnable");
	answer = ask(&attempt, &first, 2);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(step(id, "approve", &first, NULL), 200);
	answer = step(id, "receive", &first, receipt(line_of(&attempt, &first), "\"restock\": false"));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "amount"), "66.66");
	CHECK_INT(on_hand(&dear), before + 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type LIKE 'return.%%'", id) >= 3, 1);
	EXPECT_PROBLEM(ask(&attempt, &first, 1), 409, "not_returnable");
}

static const char *const statuses[] = { "requested", "approved", "rejected", "cancelled", "received", "refunded", "expired" };
static const char *const steps[] = { "approve", "reject", "receive", "cancel" };

enum { STATUSES = sizeof statuses / sizeof *statuses, STEPS = sizeof steps / sizeof *steps };

static const char *const becomes[STATUSES][STEPS] = {
	{ "approved", "rejected", NULL, "cancelled" }, { NULL, NULL, "rejected", "cancelled" }, /* nothing of it is accepted */
};

static struct answer
take(const char *id, const char *word)
{
	const char *body = strcmp(word, "reject") == 0 ? "{\"reason\": \"worn\"}"
	    : strcmp(word, "receive") == 0             ? "{\"lines\": []}"
						       : NULL;

	return step(id, word, strcmp(word, "cancel") == 0 ? &customer : &first, body);
}

/* Of two orders that nothing else happens to, by the routes alone. */
static const char *
return_in(size_t status, const struct attempt *attempt)
{
	struct answer answer = ask(attempt, &first, 1);
	const char   *id = text_at(&answer, "id"), *wish = statuses[status];

	EXPECT(answer, 201);
	if (strcmp(wish, "rejected") == 0)
		EXPECT(take(id, "reject"), 200);
	else if (strcmp(wish, "cancelled") == 0)
		EXPECT(take(id, "cancel"), 200);
	else if (strcmp(wish, "requested") != 0)
		EXPECT(take(id, "approve"), 200);
	if (strcmp(wish, "expired") == 0) {
		sql_run("UPDATE returns SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", id);
		run_job_now("follow_parcels");
	}
	if (strcmp(wish, "received") == 0)
		sandbox_switch(attempt->transaction, "{\"fail_before\": 1}");
	if (strcmp(wish, "received") == 0 || strcmp(wish, "refunded") == 0)
		EXPECT(step(id, "receive", &first, receipt(line_of(attempt, &first), "\"restock\": true")), 200);
	WAIT_FOR(wish, "SELECT status FROM returns WHERE id = '%s'", id);
	return id;
}

static void
test_every_pair_of_the_table(void)
{
	need_people();
	for (size_t i = 0; i < STATUSES; i++) {
		struct attempt attempt = delivered_order();
		const char    *id = return_in(i, &attempt);

		for (size_t k = 0; k < STEPS; k++) {
			struct answer answer;

			if (becomes[i][k] != NULL)
				continue;
			answer = take(id, steps[k]);
			EXPECT_PROBLEM(answer, 409, "return_state");
			CHECK(strncmp(text_at(&answer, "details.status.0"), "is ", 3) == 0);
		}
		for (size_t k = 0; k < STEPS; k++)
			if (becomes[i][k] != NULL) {
				struct attempt other = delivered_order();
				struct answer  answer = take(return_in(i, &other), steps[k]);

				EXPECT(answer, 200);
				CHECK_TEXT(text_at(&answer, "status"), becomes[i][k]);
			}
	}
}

static void
test_what_is_refused(void)
{
	struct attempt attempt, young;
	struct answer  answer;
	const char    *path, *line, *id;

	need_people();
	young = paid_order();
	EXPECT_PROBLEM(ask(&young, &first, 1), 409, "not_returnable");
	attempt = delivered_order();
	path = form("/orders/%s/returns", attempt.order);
	line = line_of(&attempt, &first);
	EXPECT_FAULT(api_post(path, customer.access, "{}"), "lines");
	EXPECT_FAULT(api_post(path, customer.access, "{\"lines\": []}"), "lines");
	EXPECT_FAULT(api_post(path, customer.access,
			 form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"reason\": \"x\"}]}", attempt.order)),
	    "lines.0.line_id");
	EXPECT_FAULT(api_post(path, customer.access,
			 form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"reason\": \"x\"}, {\"line_id\": \"%s\", "
			      "\"quantity\": 1, \"reason\": \"x\"}]}",
			     line, line_of(&attempt, &second))),
	    "lines.1.line_id");
	EXPECT_FAULT(api_post(path, customer.access,
			 form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 0, \"reason\": \"x\"}]}", line)),
	    "lines.0.quantity");
	EXPECT_PROBLEM(ask(&attempt, &first, 4), 409, "not_returnable");
	sql_run("UPDATE fulfilments SET delivered_at = NOW(3) - INTERVAL 15 DAY WHERE order_id = '%s'", attempt.order);
	EXPECT_PROBLEM(ask(&attempt, &first, 1), 409, "not_returnable");
	answer = api_post(path, admin.access, wanted(&attempt, &first, 1));
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(step(id, "approve", &admin, NULL), 200);
	EXPECT_FAULT(step(id, "receive", &admin, receipt(line_of(&attempt, &second), "\"restock\": true")), "lines.0.line_id");
	EXPECT_FAULT(step(id, "receive", &admin, receipt(line, "\"quantity\": 2, \"restock\": true")), "lines.0.quantity");
}

static void
test_whose_return_it_is(void)
{
	struct attempt attempt;
	struct answer  answer;
	struct person  stranger, accountant;
	const char    *id;

	need_people();
	stranger = person_new("customer");
	accountant = person_new("accountant");
	attempt = delivered_order();
	EXPECT_PROBLEM(
	    api_post(form("/orders/%s/returns", attempt.order), stranger.access, wanted(&attempt, &first, 1)), 404, "not_found");
	answer = ask(&attempt, &first, 1);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT_PROBLEM(api_get(form("/returns/%s", id), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/returns/%s", id), second.access), 404, "not_found");
	EXPECT(api_get(form("/returns/%s", id), accountant.access), 200);
	EXPECT_PROBLEM(step(id, "approve", &second, NULL), 404, "not_found");
	EXPECT_PROBLEM(step(id, "approve", &accountant, NULL), 403, "forbidden");
	EXPECT_PROBLEM(step(id, "cancel", &stranger, NULL), 404, "not_found");
	answer = api_get(form("/returns?order=%s", attempt.order), first.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.lines.0.line_id"), line_of(&attempt, &first));
	answer = api_get(form("/returns?order=%s&status=requested", attempt.order), second.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/returns?order=%s&status=approved", attempt.order), customer.access);
	CHECK_INT(length_at(&answer, "results"), 0);
}

/* An order is not over while goods of it are on their way back. */
static void
test_an_open_return_keeps_its_order_open(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = delivered_order();
	answer = ask(&attempt, &first, 1);
	EXPECT(answer, 201);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = '%s'", attempt.order);
	run_job_now("follow_parcels");
	WAIT_FOR("0", "SELECT COUNT(*) FROM fulfilments WHERE due_at <= NOW(3)");
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "delivered");
	EXPECT(take(text_at(&answer, "id"), "cancel"), 200);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = '%s'", attempt.order);
	run_job_now("follow_parcels");
	WAIT_FOR("completed", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

/* Nor while the bank still asks whose the money is. */
static void
test_an_open_dispute_keeps_its_order_open(void)
{
	struct attempt attempt;

	need_people();
	attempt = delivered_order();
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("disputed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = '%s'", attempt.order);
	run_job_now("follow_parcels");
	WAIT_FOR("0", "SELECT COUNT(*) FROM fulfilments WHERE due_at <= NOW(3)");
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "delivered");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute-win/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = '%s'", attempt.order);
	run_job_now("follow_parcels");
	WAIT_FOR("completed", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

/* How many letters of the kind, and events of the type, there are about a return. */
static void
wait_told(const char *id, const char *letter, const char *event)
{
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM mails WHERE kind = '%s' AND status = 'sent' AND recipient_id = '%s' AND about_id = '%s'",
	    letter, customer.id, id);
	CHECK_TEXT(sql_text("SELECT COUNT(*) FROM events WHERE type = '%s' AND aggregate_id = '%s'", event, id), "1");
}

/* Its customer is told of each decision, and so is who listens. */
static void
test_who_is_told(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *id;

	need_people();
	attempt = delivered_order();
	answer = ask(&attempt, &first, 1);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_TEXT(sql_text("SELECT COUNT(*) FROM events WHERE type = 'return.requested' AND aggregate_id = '%s'", id), "1");
	EXPECT(step(id, "reject", &first, "{\"reason\": \"worn\"}"), 200);
	wait_told(id, "return-rejected", "return.rejected");
	answer = ask(&attempt, &first, 1);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(step(id, "approve", &first, NULL), 200);
	wait_told(id, "return-approved", "return.approved");
	EXPECT(step(id, "receive", &first, receipt(line_of(&attempt, &first), "\"restock\": false")), 200);
	wait_told(id, "return-received", "return.received");
	WAIT_FOR("1", "SELECT COUNT(*) FROM events WHERE type = 'return.refunded' AND aggregate_id = '%s'", id);
}

enum { AT_ONCE = 16 };

static size_t
succeeded(const struct call *calls, int status)
{
	struct answer answers[AT_ONCE];
	size_t        count = 0;

	api_calls(calls, AT_ONCE, answers);
	for (size_t i = 0; i < AT_ONCE; i++)
		count += answers[i].status == status;
	return count;
}

static void
test_the_same_line_at_once(void)
{
	struct call    calls[AT_ONCE];
	struct attempt attempt;
	const char    *id;
	int64_t        before;

	need_people();
	attempt = delivered_order();
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) { "POST", form("/orders/%s/returns", attempt.order), customer.access,
			wanted(&attempt, &first, 3), NULL, 0 };
	CHECK_INT(succeeded(calls, 201), 1);
	id = sql_text("SELECT id FROM returns WHERE order_id = '%s'", attempt.order);
	EXPECT(take(id, "approve"), 200);
	before = on_hand(&dear);
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) { "POST", form("/returns/%s/receive", id), first.access,
			receipt(line_of(&attempt, &first), "\"restock\": true"), NULL, 0 };
	CHECK_INT(succeeded(calls, 200), 1);
	CHECK_INT(on_hand(&dear), before + 3);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order), 9999);
}

static void
test_pack_against_cancel(void)
{
	struct call    calls[AT_ONCE];
	struct attempt attempt;
	const char    *part;

	need_people();
	attempt = paid_order();
	part = part_of(&attempt, &first);
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = i % 2 == 0 ? (struct call) { "POST", form("/fulfilments/%s/pack", part), first.access, NULL, NULL, 0 }
				      : (struct call) { "POST", form("/fulfilments/%s/cancel", part), customer.access,
						"{\"reason\": \"changed my mind\"}", NULL, 0 };
	/* A part that is packed can be cancelled, not the other way round. */
	CHECK(succeeded(calls, 200) <= 2);
	CHECK_TEXT(sql_text("SELECT status FROM fulfilments WHERE id = '%s'", part), "cancelled");
	WAIT_FOR("9999", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
}

/* ---- what a provider cannot give back, or not yet ---- */

static void
bank(const char *act, const struct attempt *attempt, const char *status)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/%s/%s", act, attempt->transaction), NULL), 200);
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

/* While a bank has to decide nothing is taken in that could not be given back; once the shop has won, all of it is. */
static void
test_a_dispute_comes_first(void)
{
	struct attempt attempt, young;
	struct answer  answer;
	const char    *id, *receive;
	int64_t        before;

	need_people();
	attempt = delivered_order();
	answer = ask(&attempt, &first, 3);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(step(id, "approve", &first, NULL), 200);
	young = paid_order();
	send_parcel(&young, &first);
	bank("dispute", &attempt, "disputed");
	bank("dispute", &young, "disputed");
	before = on_hand(&dear);
	receive = receipt(line_of(&attempt, &first), "\"restock\": true");
	EXPECT_PROBLEM(step(id, "receive", &first, receive), 409, "payment_state");
	EXPECT_PROBLEM(cancel_part(&young, &second), 409, "payment_state");
	EXPECT_PROBLEM(refuse_part(&young, &first), 409, "payment_state");
	CHECK_INT(on_hand(&dear), before);
	CHECK_TEXT(sql_text("SELECT status FROM returns WHERE id = '%s'", id), "approved");
	bank("dispute-win", &attempt, "succeeded");
	bank("dispute-win", &young, "succeeded");
	answer = step(id, "receive", &first, receive);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "amount"), "99.99");
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", id);
	EXPECT(cancel_part(&young, &second), 200);
	EXPECT(refuse_part(&young, &first), 200);
	WAIT_FOR("11999", "SELECT refunded_minor FROM orders WHERE id = '%s'", young.order);
}

static void
discount(const struct attempt *attempt, const struct person *seller, int minor)
{
	static const char *const tables[] = { "order_lines", "order_merchants" };

	for (size_t i = 0; i < 2; i++)
		sql_run("UPDATE %s SET discount_minor = %d, total_minor = total_minor - %d WHERE order_id = '%s' "
			"AND merchant_id = '%s'",
		    tables[i], minor, minor, attempt->order, seller->merchant);
	sql_run("UPDATE orders SET discount_minor = discount_minor + %d, total_minor = total_minor - %d WHERE id = '%s'", minor,
	    minor, attempt->order);
}

/* Three of one seller and one of another, at 1,000 forints less a discount, at PayPal: which knows no parts of a forint. */
static struct attempt
paid_in_forints(const struct person *one, const struct person *other, int less_of_one, int less_of_other)
{
	struct goods   three = goods_new(one, "1000.00", 10), single = goods_new(other, "1000.00", 10);
	struct attempt attempt = { 0 };
	struct answer  answer = api_post("/orders", customer.access,
	     form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"items\": [{\"variant_id\": \"%s\", "
		   "\"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		 address, three.variant, single.variant));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	attempt.order = text_at(&answer, "id");
	discount(&attempt, one, less_of_one);
	discount(&attempt, other, less_of_other);
	answer = payment_new(&customer, attempt.order, "paypal");
	EXPECT(answer, 201);
	attempt.reference = text_at(&answer, "reference");
	attempt.transaction = text_at(&answer, "provider_transaction_id");
	CHECK_INT(sandbox_post(form("/sandbox/paypal/pay/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	return attempt;
}

/* A third of what three cost, or a part with half a forint, is given back in amounts that there are; the last takes the rest. */
static void
test_amounts_that_a_provider_does_not_have(void)
{
	static const char *const amounts[] = { "833.00", "833.00", "834.00" };
	struct person            one, other;
	struct attempt           attempt;

	need_people();
	one = shopkeeper_new("HUF");
	other = shopkeeper_new("HUF");
	attempt = paid_in_forints(&one, &other, 50000, 0);
	arrive(&attempt, &one);
	for (size_t i = 0; i < 3; i++) {
		struct answer answer = ask(&attempt, &one, 1);
		const char   *id = text_at(&answer, "id");

		EXPECT(answer, 201);
		EXPECT(step(id, "approve", &one, NULL), 200);
		answer = step(id, "receive", &one, receipt(line_of(&attempt, &one), "\"restock\": true"));
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "amount"), amounts[i]);
		WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", id);
	}
	attempt = paid_in_forints(&one, &other, 25050, 24950);
	EXPECT(cancel_part(&attempt, &one), 200);
	WAIT_FOR("274900", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	EXPECT(cancel_part(&attempt, &other), 200);
	WAIT_FOR("350000", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(refunded_minor ORDER BY refunded_minor) FROM fulfilments WHERE order_id = '%s'",
		       attempt.order),
	    "75100,274900");
}

/* The provider has a refund that nobody knew of, so the return's own has failed: somebody looks, and gives back by hand what is due. */
static void
test_a_refund_that_failed_is_made_by_hand(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *id, *path;

	need_people();
	attempt = delivered_order();
	answer = ask(&attempt, &first, 2);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(step(id, "approve", &first, NULL), 200);
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refund/%s", attempt.transaction), "amount=700"), 200);
	EXPECT(step(id, "receive", &first, receipt(line_of(&attempt, &first), "\"restock\": true")), 200);
	WAIT_FOR("failed", "SELECT r.status FROM returns t JOIN refunds r ON r.id = t.refund_id WHERE t.id = '%s'", id);
	path = form("/payments/%s/refunds", attempt.reference);
	EXPECT(api_post(path, admin.access, "{\"amount\": \"5.00\", \"reason\": \"a courtesy\"}"), 201);
	WAIT_FOR("1200", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	WAIT_FOR("0", "SELECT COUNT(*) FROM events WHERE type = 'refund.succeeded' AND pending IS NOT NULL");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'end_return' AND status <> 'dead'");
	CHECK_TEXT(sql_text("SELECT status FROM returns WHERE id = '%s'", id), "received");
	EXPECT(api_post(path, admin.access, "{\"amount\": \"66.66\", \"reason\": \"what came back\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", id);
	answer = api_get(form("/returns/%s", id), customer.access);
	CHECK_TEXT(text_at(&answer, "refund.status"), "succeeded");
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE order_id = '%s'", attempt.order);
	run_job_now("follow_parcels");
	WAIT_FOR("completed", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

static void
test_consistent(void)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM refunds WHERE status = 'pending' AND attempts = 0");
	EXPECT_CONSISTENT();
}

SUITE("api: returns", TEST(test_the_way_of_a_return), TEST(test_every_pair_of_the_table), TEST(test_what_is_refused),
    TEST(test_whose_return_it_is), TEST(test_an_open_return_keeps_its_order_open),
    TEST(test_an_open_dispute_keeps_its_order_open), TEST(test_who_is_told), TEST(test_the_same_line_at_once),
    TEST(test_pack_against_cancel), TEST(test_a_dispute_comes_first), TEST(test_amounts_that_a_provider_does_not_have),
    TEST(test_a_refund_that_failed_is_made_by_hand), TEST(test_consistent))
