/* What integrators keep with things: within its bounds, laid over what is there, told in events and never logged. */
#include "tests/api/shopping.h"

#include <string.h>

#define SECRET "metadata-that-no-log-holds"

static const char *
repeated(char c, size_t count)
{
	char *text = form("%*s", (int)count, "");

	memset(text, c, count);
	return text;
}

/* A body's metadata of so many pairs. */
static const char *
pairs(size_t count)
{
	const char *all = "";

	for (size_t i = 0; i < count; i++)
		all = form("%s%s\"n%zu\": \"v\"", all, i > 0 ? ", " : "", i);
	return form("{\"metadata\": {%s}}", all);
}

static void
expect_told(const char *aggregate, const char *type, const char *name, const char *value)
{
	CHECK_INT(sql_number("SELECT COUNT(*) > 0 FROM events WHERE aggregate_id = '%s' AND type = '%s' "
			     "AND JSON_VALUE(payload, '$.metadata.%s') = '%s'",
		      aggregate, type, name, value),
	    1);
}

static void
test_of_a_product(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	const char   *path = form("/products/%s", goods.product);
	struct answer answer;

	answer = api_patch(path, seller.access, "{\"metadata\": {\"erp\": \"77\", \"shelf\": \"B\", \"empty\": \"\"}}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.erp"), "77");
	CHECK_TEXT(text_at(&answer, "metadata.empty"), "");
	answer = api_patch(path, seller.access, "{\"metadata\": {\"erp\": null, \"shelf\": \"C\"}}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "metadata.erp"));
	CHECK_TEXT(text_at(&answer, "metadata.shelf"), "C");
	expect_told(goods.product, "product.changed", "shelf", "C");
	/* It is the integrator's, and not the customer's. */
	answer = api_get(path, NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "metadata") == NULL);
	answer = api_get(path, seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.shelf"), "C");
	answer = api_patch(path, seller.access, "{\"metadata\": null}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "metadata.shelf"));
}

static void
test_bounds(void)
{
	struct person admin = person_new("admin"), customer = person_new("customer");
	const char   *path = form("/users/%s", customer.id);
	struct answer answer;

	EXPECT(api_patch(path, admin.access, pairs(50)), 200);
	EXPECT_FAULT(api_patch(path, admin.access, pairs(51)), "metadata");
	/* So many already: one more is too many, another value is not. */
	EXPECT_FAULT(api_patch(path, admin.access, "{\"metadata\": {\"one-more\": \"v\"}}"), "metadata");
	EXPECT(api_patch(path, admin.access, "{\"metadata\": {\"n7\": \"w\"}}"), 200);
	EXPECT(api_patch(path, admin.access, "{\"metadata\": {\"n8\": null, \"one-more\": \"v\"}}"), 200);
	EXPECT(api_patch(path, admin.access, "{\"metadata\": null}"), 200);
	EXPECT(
	    api_patch(path, admin.access, form("{\"metadata\": {\"%s\": \"%s\"}}", repeated('n', 40), repeated('v', 500))), 200);
	EXPECT_FAULT(api_patch(path, admin.access, form("{\"metadata\": {\"%s\": \"v\"}}", repeated('n', 41))),
	    form("metadata.%s", repeated('n', 41)));
	EXPECT_FAULT(api_patch(path, admin.access, form("{\"metadata\": {\"n\": \"%s\"}}", repeated('v', 501))), "metadata.n");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"metadata\": {\"n\": 1}}"), "metadata.n");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"metadata\": {\"\": \"v\"}}"), "metadata.");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"metadata\": [\"n\"]}"), "metadata");
	answer = api_get(path, admin.access);
	EXPECT(answer, 200);
	CHECK_INT(strlen(text_at(&answer, form("metadata.%s", repeated('n', 40)))), 500);
	/* Staff's notes about a customer are not shown to the customer. */
	answer = api_get("/accounts/me", customer.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "metadata") == NULL);
}

static void
test_of_an_order_and_its_payment(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}], \"metadata\": {\"till\": \"3\", \"note\": \"" SECRET "\"}}",
		address_new(&customer), goods.variant));
	const char   *order, *reference;

	EXPECT(answer, 201);
	order = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "metadata.till"), "3");
	answer = api_get(form("/orders/%s", order), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.till"), "3");
	expect_told(order, "order.placed", "till", "3");
	answer = api_post("/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\", \"metadata\": {\"campaign\": \"spring\", \"gone\": null}}",
		order));
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	CHECK_TEXT(text_at(&answer, "metadata.campaign"), "spring");
	CHECK(!has_at(&answer, "metadata.gone"));
	expect_told(
	    sql_text("SELECT id FROM payments WHERE reference = '%s'", reference), "payment.created", "campaign", "spring");
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	expect_told(order, "order.paid", "till", "3");
	/* No program of the shop has written it down anywhere. */
	CHECK(!logs_hold(SECRET));
	EXPECT_CONSISTENT();
}

/* After they are placed and paid: by who keeps the shop's books, and no payer; of what several sell by staff alone. */
static void
test_is_kept_with_orders_and_payments(void)
{
	struct person  admin = person_new("admin"), seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct person  customer = person_new("customer");
	struct goods   goods = goods_new(&seller, "20.00", 5), others = goods_new(&other, "20.00", 5);
	const char    *address = address_new(&customer), *one = order_new(&customer, address, &goods, 1), *shared, *id;
	struct attempt attempt = attempt_paid(&customer, one);
	const char    *order = form("/orders/%s", one), *payment = form("/payments/%s", attempt.reference);
	struct answer  answer;

	answer = api_patch(order, seller.access, "{\"metadata\": {\"erp\": \"77\", \"shelf\": \"B\"}}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.erp"), "77");
	expect_told(one, "order.changed", "erp", "77");
	answer = api_patch(order, admin.access, "{\"metadata\": {\"erp\": null}}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "metadata.erp"));
	CHECK_TEXT(text_at(&answer, "metadata.shelf"), "B");
	EXPECT_FAULT(api_patch(order, seller.access, pairs(51)), "metadata");
	EXPECT(api_patch(order, seller.access, pairs(49)), 200);
	EXPECT_FAULT(api_patch(order, seller.access, "{\"metadata\": {\"51\": \"st\"}}"), "metadata");
	EXPECT(api_patch(order, seller.access, "{}"), 200);
	CHECK_INT(sql_number("SELECT JSON_LENGTH(metadata) FROM orders WHERE id = '%s'", one), 50);
	EXPECT_PROBLEM(api_patch(order, other.access, "{\"metadata\": null}"), 404, "not_found");
	EXPECT_PROBLEM(api_patch(order, customer.access, "{\"metadata\": null}"), 403, "forbidden");

	answer = api_patch(payment, seller.access, "{\"metadata\": {\"ledger\": \"4000\"}}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.ledger"), "4000");
	id = sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt.reference);
	expect_told(id, "payment.changed", "ledger", "4000");
	EXPECT(api_patch(payment, admin.access, pairs(49)), 200);
	EXPECT_FAULT(api_patch(payment, seller.access, "{\"metadata\": {\"51\": \"st\"}}"), "metadata");
	EXPECT_PROBLEM(api_patch(payment, other.access, "{\"metadata\": null}"), 404, "not_found");
	EXPECT_PROBLEM(api_patch(payment, customer.access, "{\"metadata\": null}"), 403, "forbidden");

	answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, goods.variant, others.variant));
	EXPECT(answer, 201);
	shared = form("/orders/%s", text_at(&answer, "id"));
	EXPECT_PROBLEM(api_patch(shared, seller.access, "{\"metadata\": {\"erp\": \"78\"}}"), 403, "forbidden");
	EXPECT(api_patch(shared, admin.access, "{\"metadata\": {\"erp\": \"78\"}}"), 200);
	attempt = attempt_new(&customer, text_at(&answer, "id"));
	EXPECT_PROBLEM(api_patch(form("/payments/%s", attempt.reference), seller.access, "{\"metadata\": {\"a\": \"b\"}}"), 403,
	    "forbidden");
	EXPECT_CONSISTENT();
}

/* Of two who have read the same the second is told so; gives the header line with the tag that it has then. */
static const char *
change_by_tag(const char *path, const char *token)
{
	struct answer answer = api_get(path, token);
	const char   *tag = form("If-Match: %s", header_of(&answer, "ETag"));

	EXPECT(answer, 200);
	CHECK(header_of(&answer, "ETag") != NULL);
	EXPECT(api_call("GET", path, token, NULL, HEADERS(form("If-None-Match: %s", header_of(&answer, "ETag")))), 304);
	answer = api_call("PATCH", path, token, "{\"metadata\": {\"by\": \"first\"}}", HEADERS(tag));
	EXPECT(answer, 200);
	EXPECT_PROBLEM(
	    api_call("PATCH", path, token, "{\"metadata\": {\"by\": \"second\"}}", HEADERS(tag)), 412, "version_mismatch");
	/* The answer to a change has the tag for the next. */
	tag = form("If-Match: %s", header_of(&answer, "ETag"));
	EXPECT(api_call("PATCH", path, token, "{\"metadata\": {\"by\": \"third\"}}", HEADERS(tag)), 200);
	EXPECT(api_call("PATCH", path, token, "{\"metadata\": {\"by\": \"any\"}}", HEADERS("If-Match: *")), 200);
	answer = api_get(path, token);
	CHECK_TEXT(text_at(&answer, "metadata.by"), "any");
	return form("If-Match: %s", header_of(&answer, "ETag"));
}

static void
test_versions(void)
{
	static const char late[] = "{\"metadata\": {\"by\": \"late\"}}";
	struct person     seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods      goods = goods_new(&seller, "20.00", 5);
	const char       *address = address_new(&customer), *one = order_new(&customer, address, &goods, 1);
	const char    *order = form("/orders/%s", one), *tag = change_by_tag(order, seller.access), *other, *request, *attempted;
	struct attempt attempt = attempt_paid(&customer, one);
	struct answer  answer = api_get(order, seller.access);

	/* It has been paid since, and reads differently. */
	EXPECT(answer, 200);
	CHECK(strcmp(header_of(&answer, "ETag"), tag + strlen("If-Match: ")) != 0);
	EXPECT(api_call("PATCH", order, seller.access, late, HEADERS(tag)), 200);
	change_by_tag(form("/payments/%s", attempt.reference), seller.access);
	/* With the same metadata another is another. */
	other = form("/orders/%s", order_new(&customer, address, &goods, 1));
	EXPECT(api_patch(other, seller.access, "{\"metadata\": {\"by\": \"any\"}}"), 200);
	EXPECT_PROBLEM(api_call("PATCH", other, seller.access, late, HEADERS(tag)), 412, "version_mismatch");

	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
	    "\"return_url\": \"https://merchant.example/\"}");
	EXPECT(answer, 201);
	request = form("/payments/%s", text_at(&answer, "reference"));
	change_by_tag(request, seller.access);
	EXPECT(api_post(form("%s/attempts", request), NULL, "{\"provider\": \"stripe\"}"), 201);
	tag = change_by_tag(request, seller.access);
	/* By the reference of its attempt it is the same that changes. */
	attempted = form("/payments/%s",
	    sql_text("SELECT p.reference FROM payments p JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		request + strlen("/payments/")));
	change_by_tag(attempted, seller.access);
	EXPECT(api_patch(attempted, seller.access, late), 200);
	EXPECT_PROBLEM(api_call("PATCH", request, seller.access, late, HEADERS(tag)), 412, "version_mismatch");
}

/* One that nobody has begun to pay, and as it is paid. */
static void
test_is_kept_with_a_payment_request(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct answer answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
	    "\"return_url\": \"https://merchant.example/\", \"metadata\": {\"till\": \"3\"}}");
	const char   *path = form("/payments/%s", text_at(&answer, "reference")), *id = text_at(&answer, "id");

	EXPECT(answer, 201);
	answer = api_patch(path, seller.access, "{\"metadata\": {\"erp\": \"9\"}}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "metadata.till"), "3");
	CHECK_TEXT(text_at(&answer, "metadata.erp"), "9");
	expect_told(id, "payment_request.changed", "erp", "9");
	EXPECT_PROBLEM(api_patch(path, other.access, "{\"metadata\": null}"), 404, "not_found");
	EXPECT(api_post(form("%s/attempts", path), NULL, "{\"provider\": \"stripe\"}"), 201);
	answer = api_patch(path, seller.access, "{\"metadata\": {\"till\": null}}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "metadata.till"));
	CHECK_TEXT(text_at(&answer, "metadata.erp"), "9");
	EXPECT(api_patch(path, seller.access, pairs(49)), 200);
	EXPECT_FAULT(api_patch(path, seller.access, "{\"metadata\": {\"51\": \"st\"}}"), "metadata");
}

SUITE("metadata", TEST(test_of_a_product), TEST(test_bounds), TEST(test_of_an_order_and_its_payment),
    TEST(test_is_kept_with_orders_and_payments), TEST(test_versions), TEST(test_is_kept_with_a_payment_request))
