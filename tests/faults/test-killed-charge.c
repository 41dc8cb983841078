/*
 * A worker dies inside the charge of a stored method, at one point after the other: before anything is written, before it has claimed the
 * charge, behind the claim, behind what the provider did, in front of our commit.  Whoever comes next, the caller again or reconciliation,
 * finds what there is: the payer is charged exactly once, or not at all, and then the payment says so.
 */
#include "tests/api/played.h"
#include "tests/api/shopping.h"

#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "http/permission.h"
#include "payments/charge.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

enum { POINTS_EACH = 200 /* up to so many, at each of them */, LOOKS = 4, LOOK_SECONDS = 1200 };

/* How far a charge had come when its worker died. */
enum stage { NOTHING_WRITTEN, NOT_CLAIMED, CLAIMED, ACTED, KNOWN, DONE, STAGE__COUNT };

/* Where methods are charged: where the same key makes one charge, and where a claim alone keeps a second one away. */
struct shop {
	const char   *provider, *store; /* store: where its stand-in makes a token; NULL: one by name */
	struct person seller, customer;
	struct goods  goods;
	const char   *address, *method;
};

struct charging {
	struct charge  charge;
	struct user_id user;
	char           key[64];
	const char    *order;
};

static const char *
stored(const struct shop *shop)
{
	const char   *token = "pm_card_visa";
	struct answer answer;

	if (shop->store != NULL) {
		answer = sandbox_call(
		    shop->store, form("{\"email\": \"%s\", \"owner\": \"%s\"}", shop->customer.email, shop->customer.id));
		EXPECT(answer, 200);
		token = text_at(&answer, "data.token");
	}
	answer = api_post("/payment-methods", shop->customer.access,
	    form("{\"type\": \"card\", \"provider\": \"%s\", \"token\": \"%s\"}", shop->provider, token));
	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static void
open_shop(struct shop *shop, const char *currency, const char *price)
{
	shop->seller = shopkeeper_new(currency);
	shop->customer = person_new("customer");
	shop->goods = goods_new(&shop->seller, price, 1000);
	shop->address = address_new(&shop->customer);
	shop->method = stored(shop);
}

/* The charge of a new order, of which its provider tells nothing by itself. */
static void
prepare(const struct shop *shop, struct charging *charging)
{
	*charging = (struct charging) { .order = order_new(&shop->customer, shop->address, &shop->goods, 1) };
	REQUIRE(charging->order != NULL);
	sandbox_switch(charging->order, "{\"webhook_never\": true}");
	snprintf(charging->key, sizeof charging->key, "killed:%s", charging->order);
	charging->charge = (struct charge) { .kind = PURPOSE_ORDER, .user = &charging->user, .key = charging->key };
	CHECK(uuid_parse(charging->order, &charging->charge.purpose));
	CHECK(uuid_parse(shop->customer.id, &charging->user.uuid));
	CHECK(uuid_parse(shop->method, &charging->charge.method.uuid));
	charging->charge.payer = charging->user.uuid;
	charging->charge.amount.minor = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", charging->order);
	snprintf(charging->charge.amount.currency, sizeof charging->charge.amount.currency, "%s",
	    sql_text("SELECT currency FROM orders WHERE id = '%s'", charging->order));
}

static const struct problem *
play_charge(struct work *work, void *argument)
{
	struct charging *charging = argument;
	struct payment  *payment;

	work->viewer = (struct viewer) { .user = charging->user, .permissions = PERMISSION(ORDER_PLACE) };
	return charge_stored_method(work, &charging->charge, &payment);
}

static const struct problem *
play_reconciliation(struct work *work, void *argument)
{
	const struct charging *charging = argument;
	struct payment        *payment;

	TRY(db_row(work->db, &payment_shape, &payment, "SELECT {p} FROM payments p WHERE p.charge_key = ? AND p.live = 1",
	    P(charging->key)));
	return payment == NULL ? OK : reconcile_payment(work, payment);
}

/* So many seconds from now. */
static const char *
after(int64_t seconds)
{
	return sql_text(
	    "SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL %lld SECOND, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", (long long)seconds);
}

static const char *
column(const struct charging *charging, const char *expression)
{
	return sql_text("SELECT %s FROM payments WHERE charge_key = '%s'", expression, charging->key);
}

/* How often the provider has taken money for it. */
static int64_t
taken(const struct shop *shop, const struct charging *charging)
{
	const char   *reference = column(charging, "reference");
	struct answer list = sandbox_call(form("/sandbox/%s/transactions", shop->provider), NULL);
	int64_t       count = 0;

	EXPECT(list, 200);
	for (size_t i = 0; i < length_at(&list, "results"); i++) {
		const char *other = text_at(&list, form("results.%zu.reference", i));

		if (reference != NULL && other != NULL && strcmp(reference, other) == 0)
			count += number_at(&list, form("results.%zu.received", i)) > 0;
	}
	return count;
}

static enum stage
stage_of(const struct shop *shop, const struct charging *charging)
{
	const char *status = column(charging, "status");

	if (status == NULL)
		return NOTHING_WRITTEN;
	if (strcmp(status, "succeeded") == 0)
		return DONE;
	if (column(charging, "provider_transaction_id") != NULL)
		return KNOWN;
	if (column(charging, "charge_sent_at") == NULL)
		return NOT_CLAIMED;
	return taken(shop, charging) > 0 ? ACTED : CLAIMED;
}

/* By then it has ended, whoever looks: the caller who repeats the charge first, or only reconciliation. */
static void
end(struct charging *charging, bool repeated)
{
	bool killed;

	if (repeated)
		(void)played_wait(played_start(after(1), 0, play_charge, charging), &killed);
	for (int i = 1; i <= LOOKS && column(charging, "IF(live = 1, 1, NULL)") != NULL; i++)
		(void)played_wait(played_start(after(i * LOOK_SECONDS), 0, play_reconciliation, charging), &killed);
}

static void
expect_once_or_not_at_all(const struct shop *shop, const struct charging *charging, int64_t point, enum stage stage)
{
	const char *status = column(charging, "status"), *order;
	int64_t     count = taken(shop, charging);
	bool        paid = status != NULL && strcmp(status, "succeeded") == 0;

	order = sql_text("SELECT status FROM orders WHERE id = '%s'", charging->order);
	if (count != (paid ? 1 : 0) || (strcmp(order, "paid") == 0) != paid ||
	    (!paid && status != NULL && strcmp(status, "failed") != 0))
		CU_assertImplementation(CU_FALSE, __LINE__,
		    form("%s, killed at point %lld (stage %d): charged %lld times, payment %s, order %s", shop->provider,
			(long long)point, stage, (long long)count, status == NULL ? "none" : status, order),
		    __FILE__, "", CU_FALSE);
	CHECK(stage < ACTED || paid); /* what was charged is found */
}

static void
kill_at_each_point(struct shop *shop)
{
	int64_t         at[STAGE__COUNT] = { 0 }, points;
	struct charging charging;
	bool            killed = true;

	prepare(shop, &charging);
	played_run(after(0), play_charge, &charging);
	points = played_points();
	CHECK(points > 0);
	expect_once_or_not_at_all(shop, &charging, 0, DONE);
	for (int64_t point = 1; point <= points && killed; point += 1 + points / POINTS_EACH) {
		enum stage stage;

		prepare(shop, &charging);
		(void)played_wait(played_start(after(0), point, play_charge, &charging), &killed);
		stage = stage_of(shop, &charging);
		at[stage]++;
		end(&charging, point % 2 == 0);
		expect_once_or_not_at_all(shop, &charging, point, stage);
	}
	printf(
	    "(%s: %lld points, killed with nothing written %lld, not claimed %lld, claimed %lld, charged %lld, known %lld, done %lld) ",
	    shop->provider, (long long)points, (long long)at[NOTHING_WRITTEN], (long long)at[NOT_CLAIMED], (long long)at[CLAIMED],
	    (long long)at[ACTED], (long long)at[KNOWN], (long long)at[DONE]);
	CHECK(at[NOTHING_WRITTEN] > 0 && at[NOT_CLAIMED] > 0 && at[CLAIMED] > 0 && at[ACTED] > 0);
	EXPECT_CONSISTENT();
}

static void
test_killed_where_a_key_makes_one_charge(void)
{
	struct shop shop = { .provider = "stripe" };

	open_shop(&shop, "USD", "20.00");
	kill_at_each_point(&shop);
}

static void
test_killed_where_only_the_claim_does(void)
{
	struct shop shop = { .provider = "paystack", .store = "/sandbox/paystack/store/card" };

	open_shop(&shop, "NGN", "20000.00");
	kill_at_each_point(&shop);
}

SUITE("killed in a charge", TEST(test_killed_where_a_key_makes_one_charge), TEST(test_killed_where_only_the_claim_does))
