/* Somebody gets all that is kept of them, and nobody else does. */
#include "tests/api/letters.h"
#include "tests/api/played.h"
#include "tests/api/shopping.h"
#include "tests/printed.h"

#include "people/export.h"
#include "people/people.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Asks, and waits until it is there; its id. */
static const char *
export_of(const struct person *person)
{
	struct answer answer = api_post("/accounts/me/export", person->access, NULL);
	const char   *id;

	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	CHECK(!has_at(&answer, "url"));
	CHECK(!has_at(&answer, "expires_at"));
	WAIT_FOR("ready", "SELECT status FROM data_exports WHERE id = '%s'", id);
	return id;
}

static const char *
path_of(const char *id)
{
	return form("/accounts/me/exports/%s", id);
}

/* Downloads it; where it is. */
static const char *
download(const struct person *person, const char *id)
{
	struct answer answer = api_get(form("%s/file", path_of(id)), person->access);
	const char   *path = form("%s/downloaded-%s.zip", shop_directory(), id);
	FILE         *file = fopen(path, "we");

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "application/zip");
	CHECK_TEXT(header_of(&answer, "Content-Disposition"), "attachment; filename=\"my-data.zip\"");
	REQUIRE(file != NULL);
	CHECK_INT(fwrite(answer.body, 1, answer.length, file), answer.length);
	fclose(file);
	return path;
}

/* One value out of a file of the archive. */
#define TOLD(path, table, filter) printed_by(form("unzip -p %s %s.json | jq -r '%s'", (path), (table), (filter)))

/* One of a former system, with its line and its payment. */
static void
import_order_of(const struct person *person)
{
	const char *order = form("(SELECT o.id FROM imported_orders o WHERE o.number = 'WEB-%s')", person->phone);

	sql_run(
	    "INSERT INTO imported_orders (id, number, user_id, status, currency, item_count, subtotal_minor, discount_minor, "
	    "shipping_minor, tax_minor, total_minor, refunded_minor, placed_at) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'WEB-%s', "
	    "'%s', 'cancelled', 'USD', 1, 500, 0, 0, 0, 500, 0, '2024-03-05 10:07:00')",
	    person->phone, person->id);
	sql_run(
	    "INSERT INTO imported_lines (order_id, position, sku, name, quantity, currency, unit_price_minor, discount_minor, "
	    "tax_minor, total_minor) VALUES (%s, 0, 'B', 'Bowl', 1, 'USD', 500, 0, 0, 500)",
	    order);
	sql_run(
	    "INSERT INTO imported_payments (number, order_id, provider, status, amount_minor, refunded_minor, currency, paid_at) "
	    "VALUES ('P-%s', %s, 'Card', 'succeeded', 500, 0, 'USD', '2024-03-05 10:08:00')",
	    person->phone, order);
}

static void
all_of_a_customer_is_there(void)
{
	struct person  seller = shopkeeper_new("USD"), customer = person_new("customer");
	struct goods   goods = goods_new(&seller, "12.50", 5);
	const char    *address = address_new(&customer), *order = order_new(&customer, address, &goods, 2), *id, *path;
	struct attempt attempt = attempt_paid(&customer, order);
	struct answer  answer;

	method_new(&customer, "stripe", "pm_card_visa");
	EXPECT(api_post(form("/products/%s/reviews", goods.product), customer.access,
		   "{\"rating\": 4, \"text\": \"Rings \\\"well\\\".\"}"),
	    201);
	import_order_of(&customer);
	id = export_of(&customer);
	answer = api_get(path_of(id), customer.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ready");
	CHECK(strstr(text_at(&answer, "url"), form("/api/v1%s/file", path_of(id))) != NULL);
	CHECK_INT(
	    sql_number(
		"SELECT TIMESTAMPDIFF(MINUTE, NOW(), expires_at) BETWEEN 1430 AND 1440 FROM data_exports WHERE id = '%s'", id),
	    1);
	path = download(&customer, id);
	CHECK_TEXT(printed_by(form("unzip -tqq %s", path)), "");
	CHECK_TEXT(TOLD(path, "users", ".[] | [.id, .email, .phone, .email_verified] | join(\" \")"),
	    form("%s %s %s true", customer.id, customer.email, customer.phone));
	CHECK_TEXT(TOLD(path, "addresses", "map(.id) | join(\" \")"), address);
	CHECK_TEXT(TOLD(path, "addresses", ".[0].is_default | type"), "boolean");
	CHECK_TEXT(TOLD(path, "orders", ".[] | [.id, .total_minor, .shipping_address.country] | map(tostring) | join(\" \")"),
	    form("%s %lld BD", order, (long long)attempt.total));
	CHECK_TEXT(TOLD(path, "order_lines", ".[] | [.quantity, .unit_price_minor] | map(tostring) | join(\" \")"), "2 1250");
	CHECK_TEXT(TOLD(path, "imported_orders", "map(.number) | join(\" \")"), form("WEB-%s", customer.phone));
	CHECK_TEXT(TOLD(path, "imported_lines", "map(.name) | join(\" \")"), "Bowl");
	CHECK_TEXT(TOLD(path, "imported_payments", "map(.provider) | join(\" \")"), "Card");
	CHECK_TEXT(TOLD(path, "payments", "map(.reference) | join(\" \")"), attempt.reference);
	CHECK_TEXT(TOLD(path, "payment_methods", "length"), "1");
	CHECK_TEXT(TOLD(path, "reviews", ".[0].text"), "Rings \"well\".");
	CHECK_TEXT(TOLD(path, "wishlist_items", "length"), "0");
	CHECK_TEXT(TOLD(path, "sessions", ".[0].created_at | test(\"^20[0-9-]{8}T[0-9:]{8}[.][0-9]{3}Z$\")"), "true");
	wait_for_letter("export-ready", customer.id, "sent");
}

/* Each table that tells something is a file that jq reads, and no secret stands in any. */
static void
no_secret_is_there(void)
{
	struct person  seller = shopkeeper_new("USD"), customer = person_new("customer");
	struct goods   goods = goods_new(&seller, "3.00", 5);
	struct attempt attempt = attempt_new(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	const char    *path = download(&customer, export_of(&customer)), *all = printed_by(form("unzip -p %s", path));
	const char    *secret = text_at(&attempt.answer, "client_secret");

	for (size_t i = 0; i < holdings_count; i++)
		if (holdings[i].told != NULL)
			CHECK_TEXT(TOLD(path, holdings[i].table, "type"), "array");
	CHECK(strstr(all, customer.email) != NULL);
	CHECK(strstr(all, sql_text("SELECT password_hash FROM users WHERE id = '%s'", customer.id)) == NULL);
	CHECK(secret != NULL && strstr(all, secret) == NULL);
	CHECK(strstr(all, "_hash\"") == NULL);
	CHECK(strstr(all, seller.email) == NULL);
	/* A seller's own has the shop, not the customers. */
	path = download(&seller, export_of(&seller));
	CHECK_TEXT(TOLD(path, "merchants", "map(.id) | join(\" \")"), seller.merchant);
	CHECK(strstr(printed_by(form("unzip -p %s", path)), customer.email) == NULL);
}

static void
it_is_its_owners_alone(void)
{
	struct person customer = person_new("customer"), other = person_new("customer"), admin = person_new("admin");
	const char   *id = export_of(&customer);

	EXPECT_PROBLEM(api_get(path_of(id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/file", path_of(id)), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/file", path_of(id)), admin.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/file", path_of(id)), NULL), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get(path_of("nonsense"), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_post("/accounts/me/export", NULL, NULL), 401, "unauthenticated");
	sql_run("UPDATE data_exports SET expires_at = NOW(3) WHERE id = '%s'", id);
	EXPECT_PROBLEM(api_get(path_of(id), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/file", path_of(id)), customer.access), 404, "not_found");
}

static void
there_is_one_at_a_time(void)
{
	enum { AT_ONCE = 8 };
	struct person customer = person_new("customer");
	struct call   calls[AT_ONCE];
	struct answer answers[AT_ONCE], answer;
	const char   *first, *second;

	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) { .method = "POST", .path = "/accounts/me/export", .token = customer.access };
	api_calls(calls, AT_ONCE, answers);
	for (size_t i = 0; i < AT_ONCE; i++)
		CHECK(answers[i].status == 202 || answers[i].status == 429);
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'user.export_asked'", customer.id),
	    1);
	WAIT_FOR("ready", "SELECT status FROM data_exports WHERE user_id = '%s'", customer.id);
	first = sql_text("SELECT id FROM data_exports WHERE user_id = '%s'", customer.id);
	answer = api_post("/accounts/me/export", customer.access, NULL);
	EXPECT_PROBLEM(answer, 429, "rate_limited");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	sql_run("UPDATE data_exports SET created_at = created_at - INTERVAL 1 HOUR WHERE id = '%s'", first);
	second = export_of(&customer);
	CHECK(strcmp(first, second) != 0);
	EXPECT_PROBLEM(api_get(path_of(first), customer.access), 404, "not_found");
	CHECK(access(form("%s/imports/export-%s.zip", shop_directory(), first), F_OK) != 0);
	CHECK(access(form("%s/imports/export-%s.zip", shop_directory(), second), F_OK) == 0);
}

static const struct problem *
play_purge(struct work *work, void *argument)
{
	int64_t removed;

	(void)argument;
	TRY(db_transaction(work, remove_exports(work, instant_now(), &removed)));
	return remove_leftover_exports(work, instant_add_seconds(instant_now(), -3600), &removed);
}

static void
nothing_is_kept_longer_than_a_day(void)
{
	struct person customer = person_new("customer"), gone = person_new("customer");
	const char   *id = export_of(&customer), *of_gone = export_of(&gone);
	const char   *file = form("%s/imports/export-%s.zip", shop_directory(), id);

	EXPECT(api_delete("/accounts/me", gone.access), 204);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM data_exports WHERE user_id = '%s'", gone.id), 0);
	played_run(
	    sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 23 HOUR, '%%Y-%%m-%%dT%%H:%%i:%%sZ')"), play_purge, NULL);
	CHECK(access(file, F_OK) == 0);
	CHECK(access(form("%s/imports/export-%s.zip", shop_directory(), of_gone), F_OK) != 0);
	played_run(
	    sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 25 HOUR, '%%Y-%%m-%%dT%%H:%%i:%%sZ')"), play_purge, NULL);
	CHECK(access(file, F_OK) != 0);
	EXPECT_PROBLEM(api_get(path_of(id), customer.access), 404, "not_found");
}

SUITE("api: export", TEST(all_of_a_customer_is_there), TEST(no_secret_is_there), TEST(it_is_its_owners_alone),
    TEST(there_is_one_at_a_time), TEST(nothing_is_kept_longer_than_a_day))
