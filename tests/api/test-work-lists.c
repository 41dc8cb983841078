/* Lists of what waits for somebody: parts of orders to pack, stock that is low, reviews to look at. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, other, customer, admin, warehouse, accountant;
static struct goods  goods, others;
static const char   *paid;

static void
need_orders(void)
{
	const char *address;

	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	warehouse = person_new("warehouse");
	accountant = person_new("accountant");
	goods = goods_new(&seller, "20.00", 12);
	others = goods_new(&other, "7.00", 100);
	address = address_new(&customer);
	paid = attempt_paid(&customer, order_new(&customer, address, &goods, 1)).order;
	sql_run("UPDATE payments SET review = NULL WHERE order_id = '%s'", paid);
	for (int i = 1; i < 3; i++)
		cash_confirmed(&customer, &admin, order_new(&customer, address, &goods, i + 1));
	cash_confirmed(&customer, &admin, order_new(&customer, address, &others, 1));
}

static struct answer
page(const char *path, const struct person *person)
{
	struct answer answer = (need_orders(), api_get(path, person->access));

	EXPECT(answer, 200);
	return answer;
}

static void
parts_are_listed_by_status(void)
{
	struct answer answer = page("/fulfilments?status=pending&ordering=created_at&limit=2", &seller), next;

	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_INT(number_at(&answer, "results.0.item_count"), 1);
	CHECK_TEXT(text_at(&answer, "results.1.total"), "40.00");
	next = api_get(text_at(&answer, "next") + strlen("/api/v1"), seller.access);
	EXPECT(next, 200);
	CHECK_INT(length_at(&next, "results"), 1);
	CHECK_INT(number_at(&next, "results.0.item_count"), 3);
	EXPECT(api_post(form("/fulfilments/%s/pack", text_at(&answer, "results.0.id")), seller.access, NULL), 200);
	CHECK_INT(length_at((struct answer[]) { page("/fulfilments?status=packed", &seller) }, "results"), 1);
	CHECK_INT(length_at((struct answer[]) { page("/fulfilments?status=pending", &seller) }, "results"), 2);
	/* Another's are not one's own, whoever is asked for. */
	answer = page(form("/fulfilments?merchant=%s", other.merchant), &seller);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = page(form("/fulfilments?merchant=%s&status=pending", other.merchant), &warehouse);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.merchant_id"), other.merchant);
	page("/fulfilments?status=pending", &accountant);
	EXPECT_PROBLEM(api_get("/fulfilments", customer.access), 403, "forbidden");
	EXPECT_FAULT(api_get("/fulfilments?status=lost", seller.access), "status");
	answer = page(form("/fulfilments?order=%s", text_at(&next, "results.0.order_number")), &seller);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&next, "results.0.id"));
	CHECK_INT(length_at((struct answer[]) { page("/fulfilments?order=ORD-NOWHERE000", &warehouse) }, "results"), 0);
}

static void
stock_is_listed(void)
{
	struct answer answer = page("/inventory", &seller);

	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.variant_id"), goods.variant);
	CHECK_INT(number_at(&answer, "results.0.on_hand"), 6);
	CHECK_TEXT(text_at(&answer, "results.0.price"), "20.00");
	CHECK(bool_at(&answer, "results.0.is_low"));
	CHECK_INT(length_at((struct answer[]) { page("/inventory?low=false", &seller) }, "results"), 0);
	CHECK_INT(length_at((struct answer[]) { page("/inventory?low=true", &other) }, "results"), 0);
	CHECK_INT(length_at((struct answer[]) { page(form("/inventory?product=%s", others.product), &seller) }, "results"), 0);
	answer = page(form("/inventory?merchant=%s", other.merchant), &warehouse);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = page(form("/inventory?search=%s&limit=100", text_at(&answer, "results.0.sku")), &warehouse);
	for (const char *next = text_at(&answer, "next"); length_at(&answer, "results") == 0 && next != NULL;
	     next = text_at(&answer, "next"))
		answer = api_get(next + strlen("/api/v1"), warehouse.access);
	CHECK_TEXT(text_at(&answer, "results.0.variant_id"), others.variant);
	EXPECT(api_delete(form("/products/%s", others.product), other.access), 204);
	CHECK_INT(length_at((struct answer[]) { page("/inventory", &other) }, "results"), 0);
	EXPECT_PROBLEM(api_get("/inventory", accountant.access), 403, "forbidden");
}

static void
reviews_are_listed_for_moderators_and_sellers(void)
{
	struct answer answer;
	const char   *good, *bad;

	need_orders();
	answer = api_post(form("/products/%s/reviews", goods.product), customer.access, "{\"rating\": 2, \"title\": \"Leaks\"}");
	EXPECT(answer, 201);
	good = text_at(&answer, "id");
	answer = page("/reviews", &seller);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), good);
	CHECK_INT(length_at((struct answer[]) { page("/reviews", &other) }, "results"), 0);
	CHECK_INT(length_at((struct answer[]) { page("/reviews?rating=5", &seller) }, "results"), 0);
	EXPECT(api_post(form("/reviews/%s/hide", good), admin.access, "{\"reason\": \"insults\"}"), 200);
	CHECK_INT(length_at((struct answer[]) { page("/reviews", &seller) }, "results"), 0);
	CHECK_INT(length_at((struct answer[]) { page("/reviews?hidden=true", &seller) }, "results"), 0);
	answer = page("/reviews?hidden=true&limit=1", &admin);
	bad = text_at(&answer, "results.0.id");
	CHECK_TEXT(bad, good);
	answer = page(form("/reviews?merchant=%s&rating=2", seller.merchant), &admin);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = page(form("/reviews?product=%s&hidden=false", goods.product), &admin);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_PROBLEM(api_get("/reviews", customer.access), 403, "forbidden");
	EXPECT_FAULT(api_get("/reviews?rating=6", admin.access), "rating");
}

static void
refunds_and_invoices_are_listed(void)
{
	struct answer answer;
	const char *reference = (need_orders(), sql_text("SELECT reference FROM payments WHERE order_id = '%s'", paid)), *number;

	EXPECT(
	    api_post(form("/payments/%s/refunds", reference), admin.access, "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("1", "SELECT COUNT(*) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note' AND merchant_id = '%s'", paid,
	    seller.merchant);
	answer = page("/refunds?limit=100", &accountant);
	CHECK_TEXT(text_at(&answer, "results.0.payment_reference"), reference);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "5.00");
	CHECK_TEXT(text_at(&answer, "results.0.order_id"), paid);
	answer = page("/refunds?status=succeeded&provider=stripe&limit=1", &admin);
	CHECK_INT(length_at(&answer, "results"), 1);
	page("/refunds?kind=not_collected&status=succeeded", &accountant);
	EXPECT_PROBLEM(api_get("/refunds", seller.access), 403, "forbidden");
	answer = page("/invoices?kind=credit_note", &seller);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.order_id"), paid);
	number = text_at(&answer, "results.0.number");
	CHECK_INT(length_at((struct answer[]) { page("/invoices?kind=credit_note", &other) }, "results"), 0);
	answer = page(form("/invoices?merchant=%s&kind=credit_note", seller.merchant), &accountant);
	CHECK_TEXT(text_at(&answer, "results.0.number"), number);
	answer = page("/invoices?limit=100", &warehouse);
	CHECK(length_at(&answer, "results") >= 3);
	EXPECT_PROBLEM(api_get("/invoices", customer.access), 403, "forbidden");
}

static void
slips_of_many_parts(void)
{
	struct answer answer = page("/fulfilments?limit=3&ordering=created_at", &seller), slips, foreign;
	const char   *first = text_at(&answer, "results.0.id"), *third = text_at(&answer, "results.2.id");

	slips = api_get(form("/fulfilments/slips?ids=%s,%s", third, first), seller.access);
	EXPECT(slips, 200);
	CHECK_INT(length_at(&slips, "results"), 2);
	CHECK_TEXT(text_at(&slips, "results.0.id"), third);
	CHECK_INT(number_at(&slips, "results.0.lines.0.quantity"), 3);
	CHECK_TEXT(text_at(&slips, "results.1.order_number"), text_at(&answer, "results.0.order_number"));
	CHECK_TEXT(text_at(&slips, "results.1.shipping_address.full_name"),
	    sql_text("SELECT full_name FROM addresses WHERE user_id = '%s' LIMIT 1", customer.id));
	EXPECT(api_get(form("/fulfilments/slips?ids=%s", first), warehouse.access), 200);
	foreign = page(form("/fulfilments?merchant=%s", other.merchant), &admin);
	EXPECT_PROBLEM(api_get(form("/fulfilments/slips?ids=%s,%s", first, text_at(&foreign, "results.0.id")), seller.access),
	    404, "not_found");
	EXPECT_FAULT(api_get(form("/fulfilments/slips?ids=%s,,%s", first, third), seller.access), "ids");
	EXPECT_FAULT(api_get("/fulfilments/slips", seller.access), "ids");
	EXPECT_PROBLEM(api_get(form("/fulfilments/slips?ids=%s", first), customer.access), 403, "forbidden");
}

SUITE("api: work lists", TEST(parts_are_listed_by_status), TEST(stock_is_listed),
    TEST(reviews_are_listed_for_moderators_and_sellers), TEST(refunds_and_invoices_are_listed), TEST(slips_of_many_parts))
