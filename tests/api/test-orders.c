/* Orders: the quote and the order, who sees what, and what becomes of the stock. */
#include "tests/api/shopping.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct person seller, other_seller, admin, warehouse, accountant;
static struct goods  cup, plate, foreign;

static void
need_shop(void)
{
	if (accountant.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other_seller = person_new("shopkeeper");
	cup = goods_new(&seller, "20.00", 1000);
	plate = goods_new(&other_seller, "7.25", 1000);
	foreign = goods_new((struct person[]) { shopkeeper_new("INR") }, "100.00", 1000);
	admin = person_new("admin");
	warehouse = person_new("warehouse");
	accountant = person_new("accountant");
}

/* A customer with an address to send to. */
struct buyer {
	struct person person;
	const char   *address;
};

static struct buyer
buyer_new(void)
{
	struct buyer buyer;

	need_shop();
	buyer.person = person_new("customer");
	buyer.address = address_new(&buyer.person);
	return buyer;
}

/* {"shipping_address_id": ..., "shipping_method": "standard"} and what else is given. */
static const char *
order_body(const struct buyer *buyer, const char *more)
{
	return form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\"%s}", buyer->address, more);
}

static const char *
items(const char *first, int first_quantity, const char *second, int second_quantity)
{
	REQUIRE(first != NULL);
	if (second == NULL)
		return form(", \"items\": [{\"variant_id\": \"%s\", \"quantity\": %d}]", first, first_quantity);
	return form(", \"items\": [{\"variant_id\": \"%s\", \"quantity\": %d}, {\"variant_id\": \"%s\", \"quantity\": %d}]",
	    first, first_quantity, second, second_quantity);
}

static struct answer
place(const struct buyer *buyer, const char *more)
{
	return api_post("/orders", buyer->person.access, order_body(buyer, more));
}

static int64_t
stock(const char *column, const char *variant)
{
	return sql_number("SELECT %s FROM inventory WHERE variant_id = '%s'", column, variant);
}

static int64_t
orders_of(const struct buyer *buyer)
{
	return sql_number("SELECT COUNT(*) FROM orders WHERE user_id = '%s'", buyer->person.id);
}

static void
test_place(void)
{
	struct buyer  buyer = buyer_new();
	int64_t       reserved = stock("reserved", cup.variant), on_hand = stock("on_hand", cup.variant);
	struct answer answer = place(&buyer, items(cup.variant, 2, plate.variant, 3));
	const char   *id = text_at(&answer, "id");

	EXPECT(answer, 201);
	REQUIRE(id != NULL);
	CHECK_INT(strlen(text_at(&answer, "number")), 14);
	CHECK(strncmp(text_at(&answer, "number"), "ORD-", 4) == 0);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	CHECK_TEXT(text_at(&answer, "payment_status"), "pending");
	CHECK_INT(length_at(&answer, "items"), 2);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), cup.variant);
	CHECK_TEXT(text_at(&answer, "items.0.total"), "40.00");
	CHECK_TEXT(text_at(&answer, "items.1.unit_price"), "7.25");
	CHECK_TEXT(text_at(&answer, "subtotal"), "61.75");
	CHECK_TEXT(text_at(&answer, "discount"), "0.00");
	CHECK_TEXT(text_at(&answer, "shipping"), "5.00");
	CHECK_TEXT(text_at(&answer, "total"), "66.75");
	CHECK_TEXT(text_at(&answer, "currency"), "USD");
	CHECK_TEXT(text_at(&answer, "shipping_address.city"), "Dhaka");
	CHECK(has_at(&answer, "expires_at"));
	CHECK_INT(stock("reserved", cup.variant), reserved + 2);
	CHECK_INT(stock("on_hand", cup.variant), on_hand);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM reservations WHERE order_id = '%s' AND status = 'held'", id), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'order.placed'", id), 1);
	CHECK_INT(sql_number("SELECT SUM(total_minor) FROM order_merchants WHERE order_id = '%s'", id), 6175);
	CHECK_INT(sql_number("SELECT TIMESTAMPDIFF(SECOND, created_at, expires_at) FROM orders WHERE id = '%s'", id), 30 * 60);
}

static void
test_place_from_cart(void)
{
	struct buyer  buyer = buyer_new();
	struct answer answer;

	EXPECT_PROBLEM(place(&buyer, ""), 409, "cart_empty");
	EXPECT(api_post("/cart/items", buyer.person.access, form("{\"variant_id\": \"%s\", \"quantity\": 2}", cup.variant)), 200);
	EXPECT(
	    api_post("/cart/items", buyer.person.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", plate.variant)), 200);
	answer = place(&buyer, items(cup.variant, 1, NULL, 0));
	EXPECT(answer, 201);
	answer = api_get("/cart", buyer.person.access);
	CHECK_INT(length_at(&answer, "items"), 2); /* what was ordered was not the cart */
	answer = place(&buyer, "");
	EXPECT(answer, 201);
	CHECK_INT(length_at(&answer, "items"), 2);
	CHECK_TEXT(text_at(&answer, "subtotal"), "47.25");
	answer = api_get("/cart", buyer.person.access);
	CHECK_INT(length_at(&answer, "items"), 0);
	EXPECT_PROBLEM(place(&buyer, ""), 409, "cart_empty");
}

/* Many windows, one cart: it is ordered once.  Again and again, since only warm connections come at the same moment. */
static void
test_cart_is_ordered_once(void)
{
	enum { WINDOWS = 16, ROUNDS = 8 };
	struct buyer  buyer = buyer_new();
	struct call   calls[WINDOWS];
	struct answer answers[WINDOWS];

	for (size_t i = 0; i < WINDOWS; i++)
		calls[i] = (struct call) { "POST", "/orders", buyer.person.access, order_body(&buyer, ""), NULL };
	for (int round = 1; round <= ROUNDS; round++) {
		int placed = 0;

		EXPECT(api_post("/cart/items", buyer.person.access, form("{\"variant_id\": \"%s\"}", cup.variant)), 200);
		api_calls(calls, WINDOWS, answers);
		for (size_t i = 0; i < WINDOWS; i++) {
			if (answers[i].status == 201)
				placed++;
			else
				EXPECT_PROBLEM(answers[i], 409, "cart_empty");
		}
		CHECK_INT(placed, 1);
		CHECK_INT(orders_of(&buyer), round);
	}
}

static void
test_duplicates_are_merged(void)
{
	struct buyer  buyer = buyer_new();
	struct answer answer = place(&buyer, items(cup.variant, 2, cup.variant, 3));

	EXPECT(answer, 201);
	CHECK_INT(length_at(&answer, "items"), 1);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 5);
	EXPECT_FAULT(place(&buyer, items(cup.variant, 60, cup.variant, 60)), "items.1.quantity");
}

static void
test_bad_bodies(void)
{
	struct buyer      buyer = buyer_new();
	const char *const none = "01890000-0000-7000-8000-000000000000";
	struct answer     answer;

	EXPECT_FAULT(api_post("/orders", buyer.person.access, "{}"), "shipping_address_id");
	EXPECT_FAULT(api_post("/orders", buyer.person.access, "{}"), "shipping_method");
	EXPECT_FAULT(api_post("/orders", buyer.person.access,
			 form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"drone\"}", buyer.address)),
	    "shipping_method");
	EXPECT_FAULT(place(&buyer, items(cup.variant, 0, NULL, 0)), "items.0.quantity");
	EXPECT_FAULT(place(&buyer, items(cup.variant, 100, NULL, 0)), "items.0.quantity");
	EXPECT_FAULT(place(&buyer, items("x", 1, NULL, 0)), "items.0.variant_id");
	EXPECT_FAULT(place(&buyer, ", \"items\": []"), "items");
	EXPECT_PROBLEM(place(&buyer, ", \"items\": null"), 409, "cart_empty");
	EXPECT_FAULT(place(&buyer, ", \"price\": \"0.01\""), "price");
	answer = place(&buyer, items(cup.variant, 1, none, 1));
	EXPECT_PROBLEM(answer, 409, "not_for_sale");
	CHECK(has_at(&answer, "details"));
	CHECK(strstr(answer.body, "items.1.variant_id") != NULL);
	EXPECT_PROBLEM(place(&buyer, items(cup.variant, 1, foreign.variant, 1)), 409, "mixed_currency");
	answer = place(&buyer, form("%s, \"coupon\": \"HALF\"", items(cup.variant, 1, NULL, 0)));
	EXPECT_PROBLEM(answer, 409, "no_such_coupon");
	CHECK_INT(orders_of(&buyer), 0);
}

static void
test_addresses_are_ones_own(void)
{
	struct buyer  buyer = buyer_new(), other = buyer_new();
	struct answer answer;
	const char   *one = items(cup.variant, 1, NULL, 0);

	answer = api_post("/orders", buyer.person.access, order_body(&other, one));
	EXPECT_PROBLEM(answer, 404, "not_found");
	CHECK(strstr(answer.body, "shipping_address_id") != NULL);
	answer = place(&buyer, form("%s, \"billing_address_id\": \"%s\"", one, other.address));
	EXPECT_PROBLEM(answer, 404, "not_found");
	CHECK(strstr(answer.body, "billing_address_id") != NULL);
	answer = place(&buyer, form("%s, \"billing_address_id\": \"%s\"", one, address_new(&buyer.person)));
	EXPECT(answer, 201);
	/* The order keeps what the address was. */
	sql_run("UPDATE addresses SET city = 'Elsewhere' WHERE id = '%s'", buyer.address);
	answer = api_get(form("/orders/%s", text_at(&answer, "id")), buyer.person.access);
	CHECK_TEXT(text_at(&answer, "shipping_address.city"), "Dhaka");
	EXPECT(api_delete(form("/addresses/%s", buyer.address), buyer.person.access), 204);
	EXPECT_PROBLEM(place(&buyer, one), 404, "not_found");
}

static void
test_all_or_nothing(void)
{
	struct buyer  buyer = buyer_new();
	struct goods  rare = goods_new(&seller, "3.00", 2), gone = goods_new(&seller, "3.00", 0);
	int64_t       reserved = stock("reserved", cup.variant);
	struct answer answer;

	answer = place(&buyer,
	    form(", \"items\": [{\"variant_id\": \"%s\", \"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 3}, "
		 "{\"variant_id\": \"%s\", \"quantity\": 1}]",
		cup.variant, rare.variant, gone.variant));
	EXPECT_PROBLEM(answer, 409, "insufficient_stock");
	CHECK(strstr(answer.body, "items.0.quantity") == NULL);
	CHECK(strstr(answer.body, "items.1.quantity") != NULL && strstr(answer.body, "only 2") != NULL);
	CHECK(strstr(answer.body, "items.2.quantity") != NULL);
	CHECK_INT(orders_of(&buyer), 0);
	CHECK_INT(stock("reserved", cup.variant), reserved);
	CHECK_INT(stock("reserved", rare.variant), 0);
	EXPECT(place(&buyer, items(rare.variant, 2, NULL, 0)), 201);
	EXPECT_PROBLEM(place(&buyer, items(rare.variant, 1, NULL, 0)), 409, "insufficient_stock");
}

static void
test_not_for_sale(void)
{
	struct buyer  buyer = buyer_new();
	struct goods  draft = goods_new(&seller, "3.00", 5);
	struct answer answer;

	sql_run("UPDATE products SET status = 'draft', updated_at = updated_at WHERE id = '%s'", draft.product);
	answer = place(&buyer, items(draft.variant, 1, cup.variant, 1));
	EXPECT_PROBLEM(answer, 409, "not_for_sale");
	CHECK(strstr(answer.body, "items.0.variant_id") != NULL && strstr(answer.body, "items.1.variant_id") == NULL);
	sql_run("UPDATE products SET status = 'published', updated_at = updated_at WHERE id = '%s'", draft.product);
	EXPECT(place(&buyer, items(draft.variant, 1, NULL, 0)), 201);
}

static void
test_quote_is_the_order(void)
{
	static const char *const members[] = { "subtotal", "discount", "shipping", "tax", "tax_included", "total", "currency",
		"items.0.total", "items.1.total", "items.1.tax" };
	static const char *const methods[] = { "standard", "express", "pickup" };
	struct buyer             buyer = buyer_new();

	for (size_t i = 0; i < 3; i++) {
		const char   *body = form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"%s\"%s}", buyer.address,
		      methods[i], items(cup.variant, 3, plate.variant, 7));
		int64_t       reserved = stock("reserved", cup.variant);
		struct answer quote = api_post("/orders/quote", buyer.person.access, body), order;

		EXPECT(quote, 200);
		CHECK_INT(stock("reserved", cup.variant), reserved);
		order = api_post("/orders", buyer.person.access, body);
		EXPECT(order, 201);
		for (size_t j = 0; j < sizeof members / sizeof *members; j++)
			CHECK_TEXT(text_at(&quote, members[j]), text_at(&order, members[j]));
	}
	CHECK_INT(orders_of(&buyer), 3);
	EXPECT_PROBLEM(api_post("/orders/quote", buyer.person.access, order_body(&buyer, "")), 409, "cart_empty");
}

/* A gift is paid as it is ordered. */
static void
test_nothing_to_pay(void)
{
	struct buyer  buyer = buyer_new();
	struct goods  gift = goods_new(&seller, "0.00", 5);
	struct answer answer = api_post("/orders", buyer.person.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\"%s}", buyer.address,
		items(gift.variant, 2, NULL, 0)));

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "total"), "0.00");
	CHECK_TEXT(text_at(&answer, "status"), "paid");
	CHECK_TEXT(text_at(&answer, "payment_status"), "paid");
	CHECK(!has_at(&answer, "expires_at"));
	CHECK_INT(stock("on_hand", gift.variant), 3);
	CHECK_INT(stock("reserved", gift.variant), 0);
	answer = api_get(form("/orders/%s", text_at(&answer, "id")), buyer.person.access);
	CHECK(has_at(&answer, "paid_at"));
	CHECK_TEXT(text_at(&answer, "timeline.1.type"), "order.paid");
}

static void
test_idempotency(void)
{
	struct buyer      buyer = buyer_new();
	const char *const headers[] = { form("Idempotency-Key: %s", buyer.person.id), NULL };
	const char       *body = order_body(&buyer, items(cup.variant, 1, NULL, 0));
	struct answer     first = api_call("POST", "/orders", buyer.person.access, body, headers), again;

	EXPECT(first, 201);
	CHECK(header_of(&first, "Idempotent-Replayed") == NULL);
	again = api_call("POST", "/orders", buyer.person.access, body, headers);
	EXPECT(again, 201);
	CHECK_TEXT(header_of(&again, "Idempotent-Replayed"), "true");
	CHECK_TEXT(again.body, first.body);
	again = api_call("POST", "/orders", buyer.person.access, order_body(&buyer, items(cup.variant, 2, NULL, 0)), headers);
	EXPECT_PROBLEM(again, 422, "idempotency_key_reused");
	CHECK_INT(orders_of(&buyer), 1);
	/* Another customer's key of the same text is another key. */
	buyer = buyer_new();
	again = api_call("POST", "/orders", buyer.person.access, order_body(&buyer, items(cup.variant, 1, NULL, 0)), headers);
	EXPECT(again, 201);
	CHECK(strcmp(text_at(&again, "id"), text_at(&first, "id")) != 0);
}

/* A refused order stores no key: it may be tried again. */
static void
test_failure_is_not_kept(void)
{
	struct buyer      buyer = buyer_new();
	struct goods      late = goods_new(&seller, "3.00", 0);
	const char *const headers[] = { form("Idempotency-Key: %s", buyer.person.id), NULL };
	const char       *body = order_body(&buyer, items(late.variant, 1, NULL, 0));

	EXPECT_PROBLEM(api_call("POST", "/orders", buyer.person.access, body, headers), 409, "insufficient_stock");
	EXPECT(api_post(form("/inventory/%s/adjustments", late.variant), seller.access, "{\"delta\": 1, \"reason\": \"found\"}"),
	    200);
	EXPECT(api_call("POST", "/orders", buyer.person.access, body, headers), 201);
}

static void
test_show(void)
{
	struct buyer  buyer = buyer_new(), other = buyer_new();
	struct answer placed = place(&buyer, items(cup.variant, 2, plate.variant, 1)), answer;
	const char   *by_id = form("/orders/%s", text_at(&placed, "id")),
		   *by_number = form("/orders/%s", text_at(&placed, "number"));

	answer = api_get(by_id, buyer.person.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "number"), text_at(&placed, "number"));
	CHECK_TEXT(text_at(&answer, "expires_at"), text_at(&placed, "expires_at"));
	CHECK_TEXT(text_at(&answer, "created_at"), text_at(&placed, "created_at"));
	CHECK_TEXT(text_at(&answer, "total"), text_at(&placed, "total"));
	CHECK_TEXT(text_at(&answer, "items.1.id"), text_at(&placed, "items.1.id"));
	CHECK_TEXT(text_at(&answer, "customer_id"), buyer.person.id);
	CHECK_TEXT(text_at(&answer, "timeline.0.type"), "order.placed");
	answer = api_get(in_lower_case(by_number), buyer.person.access);
	EXPECT(answer, 200);
	EXPECT(api_get(form("%s/payments", in_lower_case(by_number)), buyer.person.access), 200);
	answer = api_get(by_number, buyer.person.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), text_at(&placed, "id"));
	EXPECT_PROBLEM(api_get(by_id, other.person.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(by_number, other.person.access), 404, "not_found");
	EXPECT_PROBLEM(api_get("/orders/ORD-0000000000", buyer.person.access), 404, "not_found");
	EXPECT_PROBLEM(api_get("/orders/%ff", buyer.person.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(by_id, NULL), 401, "unauthenticated");
	EXPECT(api_get(by_id, admin.access), 200);
	EXPECT(api_get(by_id, accountant.access), 200);
	for (int i = 0; i < 20 && answer.round_trips > 3; i++)
		answer = api_get(by_id, buyer.person.access);
	CHECK_INT(answer.round_trips, 3); /* who asks, the order, its lines */
}

static void
test_sellers_see_their_part(void)
{
	struct buyer  buyer = buyer_new();
	struct answer placed = place(&buyer, items(cup.variant, 2, plate.variant, 1)), answer;
	const char   *path = form("/orders/%s", text_at(&placed, "id"));
	struct person third = person_new("shopkeeper");

	answer = api_get(path, seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 1);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), cup.variant);
	CHECK_TEXT(text_at(&answer, "subtotal"), "40.00");
	CHECK_TEXT(text_at(&answer, "shipping"), "0.00");
	CHECK_TEXT(text_at(&answer, "total"), "40.00");
	CHECK_TEXT(text_at(&answer, "shipping_address.city"), "Dhaka");
	CHECK(!has_at(&answer, "billing_address"));
	CHECK(!has_at(&answer, "refunded"));
	answer = api_get(path, other_seller.access);
	CHECK_TEXT(text_at(&answer, "total"), "7.25");
	EXPECT_PROBLEM(api_get(path, third.access), 404, "not_found");
	answer = api_get("/orders", seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&placed, "id"));
	CHECK_TEXT(text_at(&answer, "results.0.total"), "40.00");
	CHECK_INT(number_at(&answer, "results.0.item_count"), 2);
	answer = api_get("/orders", third.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/orders?merchant=%s", other_seller.merchant), seller.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	/* Found by its number by whoever may see it; by the customer's address only by who may read users. */
	for (int i = 0; i < 2; i++) {
		answer = api_get(form("/orders?search=%s", text_at(&placed, "number")), (i == 0 ? &seller : &admin)->access);
		CHECK_INT(length_at(&answer, "results"), 1);
		CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&placed, "id"));
	}
	answer = api_get(form("/orders?search=%s", text_at(&placed, "number")), third.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/orders?search=%s", buyer.person.email), admin.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(form("/orders?search=%s", buyer.person.email), seller.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	/* Those of one customer: the part of who asks, and of nobody else. */
	answer = api_get(form("/orders?customer=%s", buyer.person.id), seller.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "40.00");
	answer = api_get(form("/orders?customer=%s", buyer.person.id), third.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer =
	    api_get(form("/orders?customer=%s&merchant=%s", buyer.person.id, other_seller.merchant), person_new("admin").access);
	CHECK_TEXT(text_at(&answer, "results.0.total"), text_at(&placed, "total"));
	EXPECT_PROBLEM(api_post(form("%s/cancel", path), seller.access, "{}"), 403, "forbidden");
}

/* Walks to the last page and back again; every order comes once, newest first. */
static void
test_pages(void)
{
	enum { ORDERS = 7 };
	struct buyer  buyer = buyer_new();
	const char   *numbers[ORDERS], *path = "/api/v1/orders?limit=3", *last = NULL;
	struct answer answer = { .status = 0 };
	size_t        seen = 0;

	for (size_t i = 0; i < ORDERS; i++) {
		struct answer placed = place(&buyer, items(cup.variant, 1, NULL, 0));

		numbers[i] = text_at(&placed, "number");
	}
	for (; path != NULL; path = has_at(&answer, "next") ? text_at(&answer, "next") : NULL) {
		last = path;
		answer = api_get(path + strlen("/api/v1"), buyer.person.access);
		EXPECT(answer, 200);
		REQUIRE(answer.status == 200 && length_at(&answer, "results") <= 3);
		for (size_t i = 0; i < length_at(&answer, "results"); i++, seen++) {
			REQUIRE(seen < ORDERS);
			CHECK_TEXT(text_at(&answer, form("results.%zu.number", i)), numbers[ORDERS - 1 - seen]);
		}
	}
	CHECK_INT(seen, ORDERS);
	for (path = last; path != NULL; path = has_at(&answer, "previous") ? text_at(&answer, "previous") : NULL) {
		answer = api_get(path + strlen("/api/v1"), buyer.person.access);
		EXPECT(answer, 200);
		for (size_t i = length_at(&answer, "results"); i-- > 0; seen--)
			CHECK_TEXT(text_at(&answer, form("results.%zu.number", i)), numbers[ORDERS - seen]);
	}
	CHECK_INT(seen, 0);
	EXPECT_PROBLEM(api_get("/orders?cursor=AAAA", buyer.person.access), 400, "bad_cursor");
	EXPECT_FAULT(api_get("/orders?limit=0", buyer.person.access), "limit");
	EXPECT_FAULT(api_get("/orders?limit=101", buyer.person.access), "limit");
	EXPECT_FAULT(api_get("/orders?colour=red", buyer.person.access), "colour");
}

static void
test_filters(void)
{
	struct buyer  buyer = buyer_new();
	struct answer first = place(&buyer, items(cup.variant, 1, NULL, 0)),
		      second = place(&buyer, items(plate.variant, 1, NULL, 0)), answer;
	const char *token = buyer.person.access;

	EXPECT(api_post(form("/orders/%s/cancel", text_at(&first, "id")), token, "{}"), 200);
	answer = api_get("/orders?status=cancelled", token);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&first, "id"));
	answer = api_get("/orders?status=pending&payment_status=pending", token);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get("/orders?payment_status=refunded", token);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/orders?merchant=%s", other_seller.merchant), token);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&second, "id"));
	answer = api_get("/orders?to=2020-01-01", token);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get("/orders?from=2020-01-01&to=2999-12-31", token);
	CHECK_INT(length_at(&answer, "results"), 2);
	answer = api_get(form("/orders?from=%s&to=%s", text_at(&second, "created_at"), text_at(&second, "created_at")), token);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&second, "id"));
	EXPECT_FAULT(api_get("/orders?from=yesterday", token), "from");
	EXPECT_FAULT(api_get("/orders?to=2026-02-30", token), "to");
	EXPECT_FAULT(api_get("/orders?status=lost", token), "status");
	answer = api_get(form("/orders?merchant=%s&status=cancelled&limit=1", seller.merchant), admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&first, "id"));
	CHECK_TEXT(text_at(&answer, "results.0.total"), "25.00");
	answer = api_get("/orders?limit=1", admin.access);
	for (int i = 0; i < 20 && answer.round_trips > 2; i++)
		answer = api_get("/orders?limit=1", admin.access);
	CHECK_INT(answer.round_trips, 2);
}

static void
test_cancel(void)
{
	struct buyer  buyer = buyer_new(), other = buyer_new();
	int64_t       reserved = stock("reserved", cup.variant), on_hand = stock("on_hand", cup.variant);
	struct answer placed = place(&buyer, items(cup.variant, 4, NULL, 0)), answer;
	const char   *path = form("/orders/%s/cancel", text_at(&placed, "number"));

	CHECK_INT(stock("reserved", cup.variant), reserved + 4);
	EXPECT_PROBLEM(api_post(path, other.person.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post(path, accountant.access, "{}"), 403, "forbidden");
	answer = api_post(path, buyer.person.access, "{\"reason\": \"Changed my mind\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	CHECK_TEXT(text_at(&answer, "cancel_reason"), "Changed my mind");
	CHECK(has_at(&answer, "cancelled_at"));
	CHECK(!has_at(&answer, "expires_at"));
	CHECK_TEXT(text_at(&answer, "timeline.1.type"), "order.cancelled");
	CHECK_INT(stock("reserved", cup.variant), reserved);
	CHECK_INT(stock("on_hand", cup.variant), on_hand);
	EXPECT_PROBLEM(api_post(path, buyer.person.access, "{}"), 409, "order_not_cancellable");
	CHECK_INT(stock("reserved", cup.variant), reserved);
	placed = place(&buyer, items(cup.variant, 1, NULL, 0));
	EXPECT(api_call("POST", form("/orders/%s/cancel", text_at(&placed, "id")), warehouse.access, NULL, NULL), 200);
}

/* What was committed comes back on the shelf, with its movement. */
static void
test_cancel_paid(void)
{
	struct buyer  buyer = buyer_new();
	struct goods  gift = goods_new(&seller, "0.00", 5);
	struct answer placed = api_post("/orders", buyer.person.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\"%s}", buyer.address,
		items(gift.variant, 2, NULL, 0)));

	CHECK_INT(stock("on_hand", gift.variant), 3);
	EXPECT(api_post(form("/orders/%s/cancel", text_at(&placed, "id")), buyer.person.access, "{}"), 200);
	CHECK_INT(stock("on_hand", gift.variant), 5);
	CHECK_INT(stock("reserved", gift.variant), 0);
	CHECK_INT(sql_number("SELECT SUM(delta_on_hand) FROM inventory_movements WHERE variant_id = '%s'", gift.variant), 5);
}

static void
test_an_ended_order_is_not_cancellable(void)
{
	static const char *const states[] = { "delivered", "completed", "expired", "refunded" };
	struct buyer             buyer = buyer_new();
	struct answer            placed = place(&buyer, items(cup.variant, 1, NULL, 0));
	const char              *id = text_at(&placed, "id");

	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		sql_run("UPDATE orders SET status = '%s' WHERE id = '%s'", states[i], id);
		EXPECT_PROBLEM(api_post(form("/orders/%s/cancel", id), buyer.person.access, "{}"), 409, "order_not_cancellable");
	}
	sql_run("UPDATE orders SET status = 'pending' WHERE id = '%s'", id);
	EXPECT(api_post(form("/orders/%s/cancel", id), buyer.person.access, "{}"), 200);
}

static void
test_expiry(void)
{
	struct buyer  buyer = buyer_new();
	int64_t       reserved = stock("reserved", cup.variant);
	struct answer placed = place(&buyer, items(cup.variant, 2, NULL, 0)),
		      waiting = place(&buyer, items(plate.variant, 1, NULL, 0)), answer;

	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", text_at(&placed, "id"));
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", text_at(&placed, "id"));
	CHECK_INT(stock("reserved", cup.variant), reserved);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", text_at(&waiting, "id")), "pending");
	answer = api_get(form("/orders/%s", text_at(&placed, "id")), buyer.person.access);
	CHECK_TEXT(text_at(&answer, "timeline.1.type"), "order.expired");
	EXPECT_PROBLEM(
	    api_post(form("/orders/%s/cancel", text_at(&placed, "id")), buyer.person.access, "{}"), 409, "order_not_cancellable");
}

/* The fewest round trips of several tries: a worker prepares its statements at its first. */
static long
round_trips(const struct buyer *buyer, const char *more, const char *const *headers)
{
	long fewest = LONG_MAX;

	for (int i = 0; i < 24; i++) {
		struct answer answer = api_call("POST", "/orders", buyer->person.access, order_body(buyer, more), headers);

		EXPECT(answer, 201);
		if (answer.round_trips < fewest)
			fewest = answer.round_trips;
	}
	return fewest;
}

static void
test_budget(void)
{
	struct buyer  buyer = buyer_new();
	const char   *variants[100], *list = "";
	long          two, hundred;
	struct answer answer = { .round_trips = LONG_MAX };

	goods_variants(&seller, "1.00", 1000, 100, variants);
	for (size_t i = 0; i < 100; i++)
		list = form("%s%s{\"variant_id\": \"%s\", \"quantity\": %zu}", list, i > 0 ? ", " : "", variants[i], i % 9 + 1);
	two = round_trips(&buyer, items(variants[0], 1, variants[1], 2), NULL);
	hundred = round_trips(&buyer, form(", \"items\": [%s]", list), NULL);
	CHECK(two <= 11);
	CHECK_INT(hundred, two);
	for (int i = 0; i < 24; i++) {
		const char *const headers[] = { form("Idempotency-Key: %s-%d", buyer.person.id, i), NULL };
		long              keyed = api_call(
				 "POST", "/orders", buyer.person.access, order_body(&buyer, items(variants[0], 1, variants[1], 2)), headers)
				 .round_trips;

		if (keyed < answer.round_trips)
			answer.round_trips = keyed;
	}
	CHECK(answer.round_trips <= two + 1); /* a key costs one statement */
	answer.round_trips = LONG_MAX;
	for (int i = 0; i < 24 && answer.round_trips > 13; i++) {
		EXPECT(api_post("/cart/items", buyer.person.access, form("{\"variant_id\": \"%s\"}", variants[i])), 200);
		answer = place(&buyer, "");
		EXPECT(answer, 201);
	}
	CHECK(answer.round_trips <= 13);
}

static void
test_too_many_lines(void)
{
	struct buyer buyer = buyer_new();
	const char  *list = "";

	for (size_t i = 0; i < 101; i++)
		list = form("%s%s{\"variant_id\": \"%s\", \"quantity\": 1}", list, i > 0 ? ", " : "", cup.variant);
	EXPECT_FAULT(place(&buyer, form(", \"items\": [%s]", list)), "items");
}

static void
test_total_too_large(void)
{
	struct buyer buyer = buyer_new();
	struct goods palace = goods_new(&seller, "9999999999999.99", 99);

	EXPECT_PROBLEM(place(&buyer, items(palace.variant, 99, NULL, 0)), 409, "total_too_large");
	EXPECT_PROBLEM(api_post("/orders/quote", buyer.person.access, order_body(&buyer, items(palace.variant, 99, NULL, 0))),
	    409, "total_too_large");
	CHECK_INT(orders_of(&buyer), 0);
}

/* An address from when any two letters were a country: no rule of shipping or tax is meant for it. */
static void
test_no_country(void)
{
	struct buyer buyer = buyer_new();

	sql_run("UPDATE addresses SET country = 'XX' WHERE id = '%s'", buyer.address);
	EXPECT_PROBLEM(place(&buyer, items(cup.variant, 1, NULL, 0)), 409, "not_shipped_there");
	EXPECT_PROBLEM(api_post("/orders/quote", buyer.person.access, order_body(&buyer, items(cup.variant, 1, NULL, 0))), 409,
	    "not_shipped_there");
	EXPECT(api_patch(form("/addresses/%s", buyer.address), buyer.person.access, "{\"country\": \"GB\"}"), 200);
	EXPECT(place(&buyer, items(cup.variant, 1, NULL, 0)), 201);
}

static void
test_shipping_methods(void)
{
	struct answer answer = api_get("/shipping-methods", NULL);
	size_t        count = length_at(&answer, "results");

	EXPECT(answer, 200);
	CHECK_INT(count, 15);
	CHECK_TEXT(text_at(&answer, "results.0.method"), "standard");
	CHECK_TEXT(text_at(&answer, "results.0.base"), "5.00");
	CHECK_TEXT(text_at(&answer, "results.0.currency"), "USD");
	/* What costs something says in which money. */
	for (size_t i = 0; i < count; i++)
		CHECK(has_at(&answer, form("results.%zu.currency", i)) ||
		    strcmp(text_at(&answer, form("results.%zu.base", i)), "0") == 0);
	answer = api_get("/shipping-methods?country=BD&currency=INR", NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 3);
	CHECK_TEXT(text_at(&answer, "results.1.method"), "express");
	CHECK_TEXT(text_at(&answer, "results.1.base"), "1200.00");
	CHECK_TEXT(text_at(&answer, "results.1.country"), "BD");
	CHECK_TEXT(text_at(&answer, "results.2.base"), "0.00");
	answer = api_get("/shipping-methods?currency=KWD", NULL);
	CHECK_INT(length_at(&answer, "results"), 1); /* pickup, in any currency for nothing */
	EXPECT_FAULT(api_get("/shipping-methods?country=Bangladesh", NULL), "country");
	EXPECT_FAULT(api_get("/shipping-methods?currency=XXX", NULL), "currency");
}

static void
test_who_may(void)
{
	struct buyer buyer = buyer_new();
	const char  *body = order_body(&buyer, items(cup.variant, 1, NULL, 0));

	EXPECT_PROBLEM(api_post("/orders", NULL, body), 401, "unauthenticated");
	EXPECT_PROBLEM(api_post("/orders", seller.access, body), 403, "forbidden");
	EXPECT_PROBLEM(api_post("/orders", admin.access, body), 403, "forbidden");
	EXPECT_PROBLEM(api_post("/orders/quote", seller.access, body), 403, "forbidden");
	EXPECT_PROBLEM(api_get("/orders", NULL), 401, "unauthenticated");
	EXPECT(api_get("/orders", warehouse.access), 200);
}

/* Both pages come from memcached before, and neither does right after; far from the last one, so that no list changes. */
static void
test_pages_show_what_is_left(void)
{
	struct buyer  buyer = buyer_new();
	struct goods  bowl = goods_new(&seller, "3.00", 50);
	const char   *slug = sql_text("SELECT slug FROM products WHERE id = '%s'", bowl.product);
	const char   *pages[] = { form("/products/%s", bowl.product), form("/products/%s", slug) };
	struct answer answer;

	for (int left = 50; left > 47; left--) {
		for (int i = 0; i < 4; i++) {
			answer = api_get(pages[i % 2], NULL);
			CHECK_INT(number_at(&answer, "variants.0.available"), left);
		}
		CHECK(order_new(&buyer.person, buyer.address, &bowl, 1) != NULL);
	}
}

SUITE("api: orders", TEST(test_place), TEST(test_pages_show_what_is_left), TEST(test_place_from_cart),
    TEST(test_cart_is_ordered_once), TEST(test_duplicates_are_merged), TEST(test_bad_bodies), TEST(test_addresses_are_ones_own),
    TEST(test_all_or_nothing), TEST(test_not_for_sale), TEST(test_quote_is_the_order), TEST(test_nothing_to_pay),
    TEST(test_idempotency), TEST(test_failure_is_not_kept), TEST(test_show), TEST(test_sellers_see_their_part), TEST(test_pages),
    TEST(test_filters), TEST(test_cancel), TEST(test_cancel_paid), TEST(test_an_ended_order_is_not_cancellable),
    TEST(test_expiry), TEST(test_budget), TEST(test_too_many_lines), TEST(test_total_too_large), TEST(test_no_country),
    TEST(test_shipping_methods), TEST(test_who_may))
