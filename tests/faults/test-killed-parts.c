/*
 * A worker dies while it cancels a part of an order, takes in what came back, or writes down that a parcel's cash came, at one point
 * after the other.  Either all of it is there, the part or the return, its stock, its claim of the refund, the cash and its
 * posting, or nothing is; who repeats it then makes it once.
 */
#include "tests/api/played.h"
#include "tests/api/shopping.h"

#include "base/ids.h"
#include "fulfilment/return.h"
#include "http/permission.h"
#include "payments/collect.h"
#include "store/db.h"

#include <stdio.h>

enum { QUANTITY = 3, PRICE = 2000 };

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

struct step_back {
	struct user_id       staff;
	struct fulfilment_id part;
	struct return_id     back;
	struct payment_id    payment;
	struct receipt       receipt;
	struct attempt       attempt;
	int64_t              on_hand;
};

static int64_t
on_hand(void)
{
	return sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", goods.variant);
}

/* A paid order whose part can be cancelled. */
static void
prepare(struct step_back *step)
{
	const char *order;

	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		customer = person_new("customer");
		admin = person_new("admin");
		goods = goods_new(&seller, "20.00", 1000);
		address = address_new(&customer);
	}
	order = order_new(&customer, address, &goods, QUANTITY);
	REQUIRE(order != NULL);
	*step = (struct step_back) { .attempt = attempt_paid(&customer, order) };
	CHECK(uuid_parse(admin.id, &step->staff.uuid));
	CHECK(uuid_parse(sql_text("SELECT id FROM fulfilments WHERE order_id = '%s'", order), &step->part.uuid));
	step->on_hand = on_hand();
}

static const struct problem *
play_cancel(struct work *work, void *argument)
{
	struct step_back *step = argument;

	work->viewer = (struct viewer) { .user = step->staff, .permissions = PERMISSION(ORDER_FULFIL) };
	return db_transaction(work, cancel_fulfilment(work, step->part, "out of stock"));
}

static const struct problem *
play_receive(struct work *work, void *argument)
{
	struct step_back *step = argument;

	work->viewer =
	    (struct viewer) { .user = step->staff, .permissions = PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_READ_ALL) };
	return db_transaction(work, receive_return(work, step->back, &step->receipt));
}

/* What the step changes: whether it is done, how many are back, and what is claimed. */
static const char *
seen(const struct step_back *step, const char *done)
{
	return form("%s, %lld back, claimed %s", done, (long long)(on_hand() - step->on_hand),
	    sql_text("SELECT CONCAT(COUNT(*), ' ', IFNULL(SUM(r.amount_minor), 0)) FROM payments p LEFT JOIN refunds r "
		     "ON r.payment_id = p.id AND r.merchant_id = '%s' WHERE p.reference = '%s' AND r.id IS NOT NULL",
		seller.merchant, step->attempt.reference));
}

static void
kill_at_each_point(struct step_back *step, played_function *play, const char *done, const char *after, int64_t refund)
{
	const char *whole = form("yes, %d back, claimed 1 %lld", QUANTITY, (long long)refund);
	const char *now = sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m-%%dT%%H:%%i:%%sZ')");
	int64_t     point = 0, undone = 0;
	bool        killed = true, made = false;

	while (killed && !made) {
		const char *state;

		(void)played_wait(played_start(now, ++point, play, step), &killed);
		made = sql_number("%s", done) > 0;
		state = seen(step, made ? "yes" : "no");
		CHECK_TEXT(state, made ? whole : "no, 0 back, claimed 0 0");
		undone += !made;
	}
	CHECK(undone > 0 && made);
	/* Whoever repeats it is too late. */
	CHECK(!played_wait(played_start(now, 0, play, step), &killed));
	CHECK_TEXT(seen(step, "yes"), whole);
	WAIT_FOR(form("%lld", (long long)refund), "SELECT refunded_minor FROM orders WHERE id = '%s'", step->attempt.order);
	printf("(%s: nothing behind %lld points) ", after, (long long)undone);
}

static void
test_killed_while_a_part_is_cancelled(void)
{
	struct step_back step;

	prepare(&step);
	kill_at_each_point(&step, play_cancel,
	    form("SELECT COUNT(*) FROM fulfilments WHERE order_id = '%s' AND status = 'cancelled'", step.attempt.order),
	    "cancelled", step.attempt.total);
}

static void
test_killed_while_goods_come_back(void)
{
	struct step_back     step;
	struct received_line line = { .restock = true };
	struct answer        answer;
	const char          *bought, *part, *back;

	prepare(&step);
	bought = sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", step.attempt.order);
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", step.attempt.reference);
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s'", step.attempt.order);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), seller.access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), seller.access, "{\"carrier\": \"Pathao\"}"), 200);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part), seller.access, NULL), 200);
	answer = api_post(form("/orders/%s/returns", step.attempt.order), admin.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": %d, \"reason\": \"torn\"}]}", bought, QUANTITY));
	EXPECT(answer, 201);
	back = text_at(&answer, "id");
	EXPECT(api_post(form("/returns/%s/approve", back), seller.access, NULL), 200);
	CHECK(uuid_parse(bought, &line.line.uuid));
	CHECK(uuid_parse(back, &step.back.uuid));
	step.receipt = (struct receipt) { &line, 1 };
	kill_at_each_point(&step, play_receive,
	    form("SELECT COUNT(*) FROM returns WHERE id = '%s' AND status IN ('received', 'refunded')", back), "received",
	    QUANTITY * PRICE);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", back);
}

static const struct problem *
play_collect(struct work *work, void *argument)
{
	struct step_back *step = argument;

	work->viewer = (struct viewer) { .user = step->staff, .permissions = PERMISSION(ORDER_FULFIL) };
	return db_transaction(work, collect_cash(work, step->payment, &(struct brought) { .part = &step->part }));
}

/* The parcel, the payment, the order, and what is posted for the cash. */
static const char *
seen_of_cash(const struct step_back *step)
{
	return sql_text("SELECT CONCAT_WS(' ', f.collected_minor, f.collected_at IS NOT NULL, p.status, p.collected_minor, "
			"o.payment_status, (SELECT COUNT(*) FROM ledger_transactions t WHERE t.origin_id = p.id), "
			"(SELECT COUNT(*) FROM events e WHERE e.aggregate_id = p.id AND e.type = 'payment.succeeded')) "
			"FROM payments p JOIN orders o ON o.id = p.order_id JOIN fulfilments f ON f.order_id = o.id "
			"WHERE p.reference = '%s'",
	    step->attempt.reference);
}

static void
test_killed_while_cash_comes(void)
{
	const char      *now = sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m-%%dT%%H:%%i:%%sZ')");
	const char      *nothing = "0 0 processing 0 pending 0 0", *whole;
	struct step_back step;
	int64_t          point = 0, undone = 0;
	bool             killed = true, made = false;

	prepare(&step);
	step.attempt.order = order_new(&customer, address, &goods, QUANTITY);
	step.attempt.reference = cash_confirmed(&customer, &admin, step.attempt.order);
	CHECK(uuid_parse(parcel_delivered(&admin, step.attempt.order, &seller), &step.part.uuid));
	CHECK(uuid_parse(sql_text("SELECT id FROM payments WHERE reference = '%s'", step.attempt.reference), &step.payment.uuid));
	whole = form("%lld 1 succeeded %lld paid 1 1",
	    (long long)sql_number("SELECT total_minor FROM orders WHERE id = '%s'", step.attempt.order),
	    (long long)sql_number("SELECT total_minor FROM orders WHERE id = '%s'", step.attempt.order));
	while (killed && !made) {
		(void)played_wait(played_start(now, ++point, play_collect, &step), &killed);
		made =
		    sql_number("SELECT collected_at IS NOT NULL FROM fulfilments WHERE order_id = '%s'", step.attempt.order) > 0;
		CHECK_TEXT(seen_of_cash(&step), made ? whole : nothing);
		undone += !made;
	}
	CHECK(undone > 0 && made);
	CHECK(!played_wait(played_start(now, 0, play_collect, &step), &killed));
	CHECK_TEXT(seen_of_cash(&step), whole);
	printf("(collected: nothing behind %lld points) ", (long long)undone);
}

static void
test_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("killed at a part", TEST(test_killed_while_a_part_is_cancelled), TEST(test_killed_while_goods_come_back),
    TEST(test_killed_while_cash_comes), TEST(test_consistent))
