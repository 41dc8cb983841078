/* The parts of orders on their way: every transition of the table, and no other; whose they are; and the order that follows. */
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
	dear = goods_new(&first, "30.00", 1000);
	cheap = goods_new(&second, "10.00", 1000);
	address = address_new(&customer);
}

/* A paid order of three of the first seller's and, of two sellers, one of the second's. */
static struct attempt
paid_order(bool of_two)
{
	struct answer  answer = api_post("/orders", customer.access,
	     form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		   "\"quantity\": 3}%s]}",
		 address, dear.variant, of_two ? form(", {\"variant_id\": \"%s\", \"quantity\": 1}", cheap.variant) : ""));
	struct attempt attempt;

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	attempt = attempt_paid(&customer, text_at(&answer, "id"));
	/* So many orders of so young an account are suspicious. */
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	return attempt;
}

/* The seller's part of the order. */
static const char *
part_of(const char *order, const struct person *seller)
{
	return sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, seller->merchant);
}

static struct answer
step(const char *part, const char *word, const struct person *by)
{
	static const char *const bodies[][2] = { { "ship", "{\"carrier\": \"Pathao\", \"tracking\": \"PT-1\"}" },
		{ "cancel", "{\"reason\": \"out of stock\"}" }, { "return", "{\"reason\": \"refused at the door\"}" } };
	const char              *body = NULL;

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		if (strcmp(bodies[i][0], word) == 0)
			body = bodies[i][1];
	return api_post(form("/fulfilments/%s/%s", part, word), by->access, body);
}

static void
expect_order(const char *order, const char *status)
{
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", order), status);
}

static int64_t
events_of(const char *thing, const char *type)
{
	return sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = '%s'", thing, type);
}

static void
test_the_way_of_a_parcel(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *part;

	need_people();
	attempt = paid_order(false);
	answer = api_get(form("/orders/%s/fulfilments", attempt.order), customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.status"), "pending");
	CHECK_TEXT(text_at(&answer, "results.0.merchant.id"), first.merchant);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "90.00");
	CHECK_TEXT(text_at(&answer, "results.0.lines.0.variant_id"), dear.variant);
	CHECK_INT(number_at(&answer, "results.0.lines.0.quantity"), 3);
	part = text_at(&answer, "results.0.id");
	EXPECT(step(part, "pack", &first), 200);
	expect_order(attempt.order, "processing");
	answer = step(part, "unpack", &first);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "packed_at"));
	expect_order(attempt.order, "processing");
	EXPECT(step(part, "pack", &first), 200);
	answer = step(part, "ship", &first);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "carrier"), "Pathao");
	CHECK_TEXT(text_at(&answer, "tracking"), "PT-1");
	expect_order(attempt.order, "shipped");
	WAIT_FOR("sent", "SELECT status FROM mails WHERE kind = 'parcel-shipped' AND about_id = '%s'", part);
	EXPECT(step(part, "deliver", &admin), 200);
	WAIT_FOR("sent", "SELECT status FROM mails WHERE kind = 'parcel-delivered' AND about_id = '%s'", part);
	expect_order(attempt.order, "delivered");
	CHECK_INT(events_of(part, "fulfilment.packed"), 2);
	CHECK_INT(events_of(part, "fulfilment.unpacked"), 1);
	CHECK_INT(events_of(part, "fulfilment.shipped"), 1);
	CHECK_INT(events_of(part, "fulfilment.delivered"), 1);
	CHECK_INT(events_of(attempt.order, "order.processing"), 1);
	CHECK_INT(events_of(attempt.order, "order.shipped"), 1);
	CHECK_INT(events_of(attempt.order, "order.delivered"), 1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND actor_id = '%s'", part, first.id), 4);
}

static void
test_a_shipment_is_corrected(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *part, *ship;

	need_people();
	attempt = paid_order(false);
	part = part_of(attempt.order, &first);
	ship = form("/fulfilments/%s/ship", part);
	EXPECT(step(part, "pack", &first), 200);
	EXPECT_FAULT(api_post(ship, first.access, "{\"tracking\": \"PT-1\"}"), "carrier");
	EXPECT_FAULT(api_post(ship, first.access, form("{\"carrier\": \"%065d\"}", 0)), "carrier");
	EXPECT(step(part, "ship", &first), 200);
	answer = api_post(ship, first.access, "{\"carrier\": \"Sundarban\", \"tracking\": \"SB-9\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "tracking"), "SB-9");
	CHECK_INT(events_of(part, "fulfilment.shipped"), 1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'fulfilment.changed' "
		       "AND JSON_VALUE(before_state, '$.tracking') = 'PT-1' AND JSON_VALUE(after_state, '$.tracking') = 'SB-9'",
		part),
	    1);
}

static const char *const statuses[] = { "pending", "packed", "shipped", "delivered", "cancelled", "returned" };
static const char *const steps[] = { "pack", "unpack", "ship", "deliver", "cancel", "return" };

enum { STATUSES = sizeof statuses / sizeof *statuses, STEPS = sizeof steps / sizeof *steps };

/* What each step makes of each status; NULL: it is refused. */
static const char *const becomes[STATUSES][STEPS] = {
	{ "packed", NULL, NULL, NULL, "cancelled", NULL },
	{ NULL, "pending", "shipped", NULL, "cancelled", NULL },
	{ NULL, NULL, "shipped", "delivered", NULL, "returned" },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};

/* A part that has come to that status by the routes. */
static const char *
part_in(size_t status)
{
	static const char *const ways[STATUSES][4] = { { NULL }, { "pack" }, { "pack", "ship" }, { "pack", "ship", "deliver" },
		{ "cancel" }, { "pack", "ship", "return" } };
	struct attempt           attempt = paid_order(false);
	const char              *part = part_of(attempt.order, &first);

	for (size_t i = 0; i < 4 && ways[status][i] != NULL; i++)
		EXPECT(step(part, ways[status][i], &first), 200);
	CHECK_TEXT(sql_text("SELECT status FROM fulfilments WHERE id = '%s'", part), statuses[status]);
	return part;
}

static void
test_every_pair_of_the_table(void)
{
	need_people();
	for (size_t i = 0; i < STATUSES; i++) {
		const char *part = part_in(i);

		/* What is refused changes nothing, so one part will do for all of these. */
		for (size_t k = 0; k < STEPS; k++) {
			struct answer answer;

			if (becomes[i][k] != NULL)
				continue;
			answer = step(part, steps[k], &first);
			EXPECT_PROBLEM(answer, 409, "fulfilment_state");
			CHECK_TEXT(text_at(&answer, "details.status.0"), form("is %s", statuses[i]));
		}
		for (size_t k = 0; k < STEPS; k++)
			if (becomes[i][k] != NULL) {
				struct answer answer = step(part_in(i), steps[k], &first);

				EXPECT(answer, 200);
				CHECK_TEXT(text_at(&answer, "status"), becomes[i][k]);
			}
	}
}

static void
test_whose_part_it_is(void)
{
	struct attempt attempt;
	struct answer  answer;
	struct person  stranger, warehouse;
	const char    *part;

	need_people();
	stranger = person_new("customer");
	warehouse = person_new("warehouse");
	attempt = paid_order(true);
	part = part_of(attempt.order, &first);
	answer = api_get(form("/orders/%s/fulfilments", attempt.order), customer.access);
	CHECK_INT(length_at(&answer, "results"), 2);
	answer = api_get(form("/orders/%s/fulfilments", attempt.order), second.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.merchant.id"), second.merchant);
	CHECK_INT(length_at(&answer, "results.0.lines"), 1);
	EXPECT_PROBLEM(api_get(form("/orders/%s/fulfilments", attempt.order), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(step(part, "pack", &second), 404, "not_found");
	EXPECT_PROBLEM(step(part, "pack", &customer), 403, "forbidden");
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", first.merchant);
	EXPECT_PROBLEM(step(part, "pack", &first), 403, "merchant_inactive");
	EXPECT(step(part, "pack", &warehouse), 200);
	sql_run("UPDATE merchants SET status = 'active' WHERE id = '%s'", first.merchant);
}

static void
test_an_order_of_two_follows_the_last(void)
{
	struct attempt attempt;
	const char    *one, *other;

	need_people();
	attempt = paid_order(true);
	one = part_of(attempt.order, &first);
	other = part_of(attempt.order, &second);
	EXPECT(step(one, "pack", &first), 200);
	EXPECT(step(one, "ship", &first), 200);
	expect_order(attempt.order, "processing");
	EXPECT_PROBLEM(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 409, "order_not_cancellable");
	EXPECT(step(one, "deliver", &first), 200);
	expect_order(attempt.order, "processing");
	EXPECT(step(other, "pack", &second), 200);
	EXPECT(step(other, "ship", &second), 200);
	expect_order(attempt.order, "shipped");
	EXPECT(step(other, "deliver", &second), 200);
	expect_order(attempt.order, "delivered");
}

static void
test_nobody_packs_what_is_under_review(void)
{
	struct attempt attempt;
	const char    *part;

	need_people();
	attempt = paid_order(false);
	part = part_of(attempt.order, &first);
	sql_run("UPDATE payments SET review = 'pending' WHERE reference = '%s'", attempt.reference);
	EXPECT_PROBLEM(step(part, "pack", &first), 409, "under_review");
	EXPECT(api_post(form("/payments/%s/approve", attempt.reference), admin.access, "{}"), 200);
	EXPECT(step(part, "pack", &first), 200);
}

static void
test_a_declined_review_cancels_the_parts(void)
{
	struct attempt attempt;

	need_people();
	attempt = paid_order(true);
	sql_run("UPDATE payments SET review = 'pending' WHERE reference = '%s'", attempt.reference);
	EXPECT(api_post(form("/payments/%s/decline", attempt.reference), admin.access, "{\"reason\": \"stolen\"}"), 200);
	expect_order(attempt.order, "cancelled");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM fulfilments WHERE order_id = '%s' AND status = 'cancelled'", attempt.order), 2);
	WAIT_FOR("refunded", "SELECT payment_status FROM orders WHERE id = '%s'", attempt.order);
}

static void
test_time_delivers_and_completes(void)
{
	struct attempt attempt;
	const char    *part;

	need_people();
	attempt = paid_order(false);
	part = part_of(attempt.order, &first);
	EXPECT(step(part, "pack", &first), 200);
	EXPECT(step(part, "ship", &first), 200);
	CHECK_INT(
	    sql_number("SELECT ROUND(TIMESTAMPDIFF(HOUR, NOW(3), due_at) / 24) FROM fulfilments WHERE id = '%s'", part), 30);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", part);
	run_job_now("follow_parcels");
	WAIT_FOR("delivered", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(
	    sql_number("SELECT ROUND(TIMESTAMPDIFF(HOUR, NOW(3), due_at) / 24) FROM fulfilments WHERE id = '%s'", part), 14);
	sql_run("UPDATE fulfilments SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", part);
	run_job_now("follow_parcels");
	WAIT_FOR("completed", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(events_of(attempt.order, "order.completed"), 1);
	CHECK_TEXT(sql_text("SELECT due_at FROM fulfilments WHERE id = '%s'", part), NULL);
}

static int64_t
on_hand(const struct goods *goods)
{
	return sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", goods->variant);
}

static void
await_refunded(const struct attempt *attempt, const char *minor)
{
	WAIT_FOR(minor, "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt->order);
}

static void
test_a_cancelled_part_is_refunded(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *one, *other;
	int64_t        before;

	need_people();
	before = on_hand(&dear);
	attempt = paid_order(true);
	one = part_of(attempt.order, &first);
	other = part_of(attempt.order, &second);
	EXPECT_FAULT(api_post(form("/fulfilments/%s/cancel", one), first.access, "{}"), "reason");
	EXPECT_PROBLEM(step(one, "cancel", &second), 404, "not_found");
	answer = step(one, "cancel", &first);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "refunded"), "90.00");
	CHECK_TEXT(text_at(&answer, "reason"), "out of stock");
	CHECK_INT(on_hand(&dear), before);
	expect_order(attempt.order, "paid");
	await_refunded(&attempt, "9000");
	/* Shipping goes back with the last one. */
	answer = step(other, "cancel", &customer);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "refunded"), "15.00");
	expect_order(attempt.order, "cancelled");
	await_refunded(&attempt, "10500");
	CHECK_TEXT(sql_text("SELECT payment_status FROM orders WHERE id = '%s'", attempt.order), "refunded");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = '%s'",
		      attempt.order),
	    2);
}

static void
test_shipping_is_earned_once_a_parcel_has_left(void)
{
	struct attempt attempt;
	const char    *one, *other;

	need_people();
	attempt = paid_order(true);
	one = part_of(attempt.order, &first);
	other = part_of(attempt.order, &second);
	EXPECT(step(one, "pack", &first), 200);
	EXPECT(step(one, "ship", &first), 200);
	EXPECT_PROBLEM(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 409, "order_not_cancellable");
	EXPECT(step(other, "cancel", &customer), 200);
	expect_order(attempt.order, "shipped");
	EXPECT(step(one, "return", &first), 200);
	expect_order(attempt.order, "cancelled");
	await_refunded(&attempt, "10000");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'refund_order' AND payload LIKE '%%%s%%'", attempt.order);
	CHECK_TEXT(sql_text("SELECT payment_status FROM orders WHERE id = '%s'", attempt.order), "partially_refunded");
	CHECK_INT(left_in(&attempt, "clearing"), 500);
}

static void
test_a_parcel_comes_back_by_line(void)
{
	struct attempt attempt;
	const char    *part, *line, *back;
	int64_t        before;

	need_people();
	attempt = paid_order(false);
	part = part_of(attempt.order, &first);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", attempt.order);
	back = form("/fulfilments/%s/return", part);
	EXPECT(step(part, "pack", &first), 200);
	EXPECT(step(part, "ship", &first), 200);
	before = on_hand(&dear);
	EXPECT_FAULT(api_post(back, first.access,
			 form("{\"reason\": \"refused\", \"lines\": [{\"line_id\": \"%s\", \"restock\": true}]}", part)),
	    "lines.0.line_id");
	EXPECT_FAULT(
	    api_post(back, first.access,
		form("{\"reason\": \"refused\", \"lines\": [{\"line_id\": \"%s\", \"restock\": true}, {\"line_id\": \"%s\", "
		     "\"restock\": false}]}",
		    line, line)),
	    "lines.1.line_id");
	EXPECT(api_post(back, first.access,
		   form("{\"reason\": \"refused\", \"lines\": [{\"line_id\": \"%s\", \"restock\": true}]}", line)),
	    200);
	CHECK_INT(on_hand(&dear), before + 3);
	await_refunded(&attempt, "9000");
}

static void
test_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: fulfilments", TEST(test_the_way_of_a_parcel), TEST(test_a_shipment_is_corrected), TEST(test_every_pair_of_the_table),
    TEST(test_whose_part_it_is), TEST(test_an_order_of_two_follows_the_last), TEST(test_nobody_packs_what_is_under_review),
    TEST(test_a_declined_review_cancels_the_parts), TEST(test_time_delivers_and_completes),
    TEST(test_a_cancelled_part_is_refunded), TEST(test_shipping_is_earned_once_a_parcel_has_left),
    TEST(test_a_parcel_comes_back_by_line), TEST(test_consistent))
