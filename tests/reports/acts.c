#include "tests/reports/acts.h"

#include "base/arena.h"
#include "cart/cart.h"
#include "fulfilment/return.h"
#include "orders/order.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "store/db.h"
#include "tests/reports/acts_of_money.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <string.h>

enum { ITEMS_MAX = 5, LINES_MAX = 8 };

/* ---- orders ---- */

static const char *
some_coupon(const struct shop_good *good)
{
	static const char *const of_shop[] = { "TENTH", "THIRD", "WHOLE" };

	if (!luck(40))
		return NULL;
	switch (dice(4)) {
	case 0:
		return of_shop[dice(3)];
	case 1:
		return arena_format(shop.work.arena, "SELLER%d", good->merchant);
	case 2:
		return arena_format(shop.work.arena, "LESS%s", shop_currencies[good->currency]);
	default:
		return luck(50) ? arena_format(shop.work.arena, "OWN%d", good->merchant) : of_shop[dice(2)];
	}
}

/* Goods of one currency, of several merchants. */
static size_t
fill_items(struct order_item_request *items, const struct shop_good **first)
{
	size_t count = 0, wanted = 1 + (size_t)dice(ITEMS_MAX);

	*first = &shop.goods[dice(shop.n_goods)];
	while (count < wanted) {
		const struct shop_good *good = count == 0 ? *first : &shop.goods[dice(shop.n_goods)];

		if (good->currency == (*first)->currency)
			items[count++] = (struct order_item_request) { good->variant, 1 + dice(luck(20) ? 20 : 3) };
	}
	return count;
}

static const struct problem *
put_into_cart(struct order_item_request *items, size_t count)
{
	struct cart_owner owner = own_cart(&shop.work);

	for (size_t i = 0; i < count; i++)
		TRY(db_transaction(&shop.work, add_to_cart(&shop.work, &owner, items[i].variant, items[i].quantity)));
	return OK;
}

/* One customer's, who is left acting. */
static const struct problem *
place(struct order **order)
{
	struct order_item_request items[ITEMS_MAX];
	const struct shop_good   *first;
	int                       customer = (int)dice(CUSTOMERS);
	struct order_request      request = { .shipping_address = shop.addresses[customer],
		     .shipping_method = luck(70) ? SHIPPING_STANDARD : SHIPPING_PICKUP };

	act_as(&shop.customers[customer]);
	request.items = items;
	request.n_items = fill_items(items, &first);
	request.coupon = some_coupon(first);
	if (luck(30)) {
		struct cart_owner owner = own_cart(&shop.work);

		TRY(db_transaction(&shop.work, cart_clear(&shop.work, &owner)));
		TRY(put_into_cart(items, request.n_items));
		request.n_items = 0;
	}
	return db_transaction(&shop.work, place_order(&shop.work, &request, order));
}

static const struct problem *
order_something(void)
{
	struct payment *payment;
	struct order   *order;

	TRY(place(&order));
	if (order->total.minor == 0 || luck(5))
		return OK;
	return begin_to_pay(PURPOSE_ORDER, order->id.uuid, luck(30), &payment);
}

static const struct problem *
order_and_pay(void)
{
	struct payment *payment;
	struct order   *order;

	TRY(place(&order));
	if (order->total.minor == 0)
		return OK;
	TRY(begin_to_pay(PURPOSE_ORDER, order->id.uuid, false, &payment));
	return pay(payment);
}

/* Only a cart, of which nothing comes. */
static const struct problem *
look_around(void)
{
	struct order_item_request item = { shop.goods[dice(shop.n_goods)].variant, 1 };

	act_as(&shop.customers[dice(CUSTOMERS)]);
	return put_into_cart(&item, 1);
}

/* What a provider told could not be applied, or not yet. */
static const struct problem *
hear_something(void)
{
	static const char *const statuses[] = { "processed", "deferred", "dead", "dropped" };
	static const char *const errors[] = { "the payment is not known", "the amount differs" };
	const char              *event = arena_format(shop.work.arena, "evt_%s", uuid_text(shop.work.arena, uuid_new()));

	return db_run(shop.work.db, NULL,
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, attempts, error, received_at) "
	    "VALUES (?, 'stripe', ?, 'charge.succeeded', '{}', UNHEX(SHA2('{}', 256)), ?, ?, ?, NOW(3))",
	    P(uuid_new()), P(event), P(statuses[dice(4)]), P(dice(6)), P(errors[dice(2)]));
}

static const struct problem *
cancel_something(void)
{
	struct uuid order;

	if (!choose(&order, "SELECT id FROM orders WHERE status IN ('pending', 'paid', 'confirmed')"))
		return NOTHING;
	TRY(db_transaction(&shop.work, cancel_order(&shop.work, uuid_text(shop.work.arena, order), "changed my mind")));
	return give_back_order(order);
}

/* ---- parcels ---- */

static const struct problem *
move_parcel(void)
{
	struct fulfilment_id part;
	struct shipment      shipment = { .carrier = "Pathao" };

	if (choose(&part.uuid, "SELECT id FROM fulfilments WHERE status = 'shipped'") && luck(50)) {
		struct parcel_return back = { .reason = "nobody was there" };

		return luck(12) ? db_transaction(&shop.work, return_fulfilment(&shop.work, part, &back))
				: db_transaction(&shop.work, deliver_fulfilment(&shop.work, part));
	}
	if (choose(&part.uuid, "SELECT id FROM fulfilments WHERE status = 'packed'") && luck(50))
		return db_transaction(&shop.work, ship_fulfilment(&shop.work, part, &shipment));
	if (!choose(&part.uuid, "SELECT id FROM fulfilments WHERE status = 'pending'"))
		return NOTHING;
	return luck(10) ? db_transaction(&shop.work, cancel_fulfilment(&shop.work, part, "sold out"))
			: db_transaction(&shop.work, pack_fulfilment(&shop.work, part));
}

/* ---- returns ---- */

struct bought {
	struct order_line_id id;
	int64_t              quantity;
};

static const struct member bought_members[] = {
	M_ID(struct bought, id, "id"),
	M_INTEGER(struct bought, quantity, "quantity", 1, INT64_MAX),
};
SHAPE(struct bought, bought_shape, "BoughtLine", bought_members);

static const struct problem *
ask_to_return(void)
{
	struct wanted_line    lines[LINES_MAX];
	struct return_request request = { .lines = lines };
	struct return_id      id;
	struct uuid           part, order;
	struct bought        *bought;
	size_t                count;

	if (!choose(&part, "SELECT id FROM fulfilments WHERE status = 'delivered'"))
		return NOTHING;
	TRY(db_rows(shop.work.db, &bought_shape, LINES_MAX, &bought, &count,
	    "SELECT {l} FROM order_lines l JOIN fulfilments f ON f.order_id = l.order_id AND f.merchant_id = l.merchant_id "
	    "WHERE f.id = ? ORDER BY l.position",
	    P(part)));
	for (size_t i = 0; i < count; i++)
		if (request.n_lines == 0 || luck(50))
			lines[request.n_lines++] =
			    (struct wanted_line) { bought[i].id, 1 + dice(bought[i].quantity), "too small" };
	REQUIRE(CHOOSE_OF(&order, "SELECT order_id FROM fulfilments WHERE id = '%s'", part));
	TRY(db_transaction(&shop.work, request_return(&shop.work, uuid_text(shop.work.arena, order), &request, &id)));
	return luck(10) ? db_transaction(&shop.work, reject_return(&shop.work, id, "used"))
			: db_transaction(&shop.work, approve_return(&shop.work, id));
}

static const struct problem *
take_return_in(void)
{
	struct received_line lines[LINES_MAX];
	struct receipt       receipt = { .lines = lines };
	struct return_id     id;
	struct bought       *wanted;
	size_t               count;

	if (!choose(&id.uuid, "SELECT id FROM returns WHERE status = 'approved'"))
		return NOTHING;
	TRY(db_rows(shop.work.db, &bought_shape, LINES_MAX, &wanted, &count,
	    "SELECT line_id AS id, quantity FROM return_lines WHERE return_id = ? ORDER BY line_id", P(id)));
	for (size_t i = 0; i < count; i++) {
		int64_t *accepted = ARENA_NEW(shop.work.arena, int64_t);

		*accepted = luck(70) ? wanted[i].quantity : dice(wanted[i].quantity + 1);
		lines[receipt.n_lines++] = (struct received_line) { wanted[i].id, accepted, luck(50) };
	}
	return db_transaction(&shop.work, receive_return(&shop.work, id, &receipt));
}

/* ---- which ---- */

static const struct {
	const char *name;
	int         weight;
	const struct problem *(*act)(void);
} acts[] = { { "orders", 20, order_something }, { "orders paid at once", 4, order_and_pay }, { "carts", 4, look_around },
	{ "webhooks", 4, hear_something }, { "orders cancelled", 3, cancel_something }, { "parcels", 45, move_parcel },
	{ "returns asked for", 6, ask_to_return }, { "returns taken in", 6, take_return_in },
	{ "answers of providers", 22, answer_payment }, { "cash confirmed", 8, confirm_cash },
	{ "cash collected", 12, collect_some_cash }, { "refunds asked for", 6, ask_for_refund },
	{ "refunds ended", 16, end_refund }, { "refunds bounced", 3, bounce_refund }, { "held payments decided", 4, decide_held },
	{ "disputes opened", 4, open_dispute }, { "disputes ended", 4, end_dispute }, { "requests paid", 4, pay_request },
	{ "payouts", 6, move_payout }, { "free orders posted", 8, post_free_order },
	{ "settlement files", 2, settle_something } };
enum { ACTS = sizeof acts / sizeof *acts };

static struct act_count counts[ACTS + 1];

static void
do_act(int number)
{
	const struct problem *problem;
	struct arena_mark     mark = arena_mark(shop.work.arena);

	act_as(NULL);
	counts[number].name = acts[number].name;
	problem = acts[number].act();
	if (problem == OK)
		counts[number].done++;
	else if (problem_is(problem, PROBLEM_INTERNAL) || problem_is(problem, PROBLEM_DATABASE_LOST) ||
	    problem_is(problem, PROBLEM_DATABASE_BUSY)) {
		printf("\n    %s: %s", acts[number].name, problem->message);
		CU_FAIL("an act failed");
	}
	act_as(NULL);
	arena_release(shop.work.arena, mark);
}

void
act_at_random(void)
{
	int64_t sum = 0, at;

	for (int i = 0; i < ACTS; i++)
		sum += acts[i].weight;
	at = dice(sum);
	for (int i = 0; i < ACTS; i++) {
		if (at < acts[i].weight) {
			do_act(i);
			return;
		}
		at -= acts[i].weight;
	}
}

void
act_order_and_pay(void)
{
	do_act(1);
}

const struct act_count *
act_counts(void)
{
	for (int i = 0; i < ACTS; i++)
		counts[i].name = acts[i].name;
	return counts;
}
