/* A shop's public page, and its owner's own view of it. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <string.h>

static struct person admin, manager, seller, rival, customer;

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	manager = person_new("account_manager");
	seller = shopkeeper_new("USD");
	rival = shopkeeper_new("USD");
	customer = person_new("customer");
}

static struct answer
change(const struct person *owner, const char *body)
{
	return api_patch("/merchants/me", owner->access, body);
}

static struct answer
page(const char *id_or_slug)
{
	return api_get(form("/shops/%s", id_or_slug), NULL);
}

/* What everybody sees of the seller's shop, unless it is hidden. */
static struct answer
own_page(void)
{
	struct answer answer = page(seller.merchant);

	EXPECT(answer, 200);
	return answer;
}

static void
a_shop_is_edited_by_its_owner(void)
{
	struct answer answer;
	const char   *tag;

	prepare();
	answer = api_get("/merchants/me", seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), seller.merchant);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL);
	answer = api_call("PATCH", "/merchants/me", seller.access,
	    "{\"description\": \"Brass bells.\", \"contact\": \"hello@bells.test\", \"gst_number\": \"27AAPFU0939F1ZV\"}",
	    HEADERS(form("If-Match: %s", tag)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "description"), "Brass bells.");
	CHECK_TEXT(text_at(&answer, "gst_number"), "27AAPFU0939F1ZV");
	EXPECT_PROBLEM(api_call("PATCH", "/merchants/me", seller.access, "{\"description\": \"Other.\"}",
			   HEADERS(form("If-Match: %s", tag))),
	    412, "version_mismatch");
	answer = own_page();
	CHECK_TEXT(text_at(&answer, "description"), "Brass bells.");
	CHECK_TEXT(text_at(&answer, "contact"), "hello@bells.test");
	CHECK(!has_at(&answer, "gst_number") && !has_at(&answer, "business_id") && !has_at(&answer, "user_id"));
	EXPECT(change(&seller, "{\"contact\": null, \"gst_number\": null}"), 200);
	answer = own_page();
	CHECK(!has_at(&answer, "contact"));
	EXPECT_FAULT(change(&seller, "{\"shop_name\": \"\", \"colour\": \"red\"}"), "shop_name");
	EXPECT_FAULT(change(&seller, "{\"logo\": \"not an id\"}"), "logo.0");
	EXPECT_FAULT(change(&seller, form("{\"logo\": \"%s\"}", seller.merchant)), "logo.0");
	EXPECT_PROBLEM(change(&customer, "{\"description\": \"Mine.\"}"), 403, "forbidden");
	EXPECT_PROBLEM(api_get("/merchants/me", NULL), 401, "unauthenticated");
}

/* Links to an old name go on finding the shop, and nobody else can stand there. */
static void
slugs_of_a_shop_stay_its_own(void)
{
	const char   *name = (prepare(), form("ঢাকা Bells %s", seller.merchant + 24));
	struct answer answer = change(&seller, form("{\"shop_name\": \"%s\"}", name));
	const char   *slug, *later;

	EXPECT(answer, 200);
	slug = text_at(&answer, "slug");
	CHECK_TEXT(slug, form("ঢাকা-bells-%s", seller.merchant + 24));
	answer = page(slug);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), seller.merchant);
	answer = change(&seller, form("{\"shop_name\": \"Later %s\"}", seller.merchant + 24));
	EXPECT(answer, 200);
	later = text_at(&answer, "slug");
	CHECK(strcmp(later, slug) != 0);
	answer = page(slug);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), later);
	answer = change(&rival, form("{\"shop_name\": \"%s\"}", name));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), form("%s-2", slug));
	answer = change(&seller, form("{\"shop_name\": \"%s\"}", name));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), slug);
	EXPECT_PROBLEM(page("no-such-shop-at-all"), 404, "not_found");
	EXPECT_PROBLEM(page("01890000-0000-7000-8000-000000000000"), 404, "not_found");
}

/* Products, their ratings and the name are on the page at once, though it is kept. */
static void
the_page_follows_the_shop(void)
{
	struct goods  goods;
	struct answer answer;
	int64_t       count;

	prepare();
	answer = own_page();
	count = number_at(&answer, "product_count");
	goods = goods_new(&seller, "5.00", 1);
	answer = own_page();
	CHECK_INT(number_at(&answer, "product_count"), count + 1);
	CHECK_TEXT(text_at(&answer, "rating"), "0.00");
	sql_run(
	    "UPDATE products SET rating_average = 4.5, rating_count = 2, rating_sum = 4.5 * 2 WHERE id = '%s'", goods.product);
	EXPECT(change(&seller, form("{\"shop_name\": \"Renamed %s\"}", seller.merchant + 24)), 200);
	answer = own_page();
	CHECK_TEXT(text_at(&answer, "rating"), "4.50");
	CHECK_INT(number_at(&answer, "rating_count"), 2);
	/* No review stands behind it. */
	sql_run("UPDATE products SET rating_average = 0, rating_count = 0, rating_sum = 0 WHERE id = '%s'", goods.product);
	answer = api_get(form("/products/%s", goods.product), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "merchant.shop_name"), form("Renamed %s", seller.merchant + 24));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	answer = own_page();
	CHECK_INT(number_at(&answer, "product_count"), count);
}

static void
only_a_shop_that_sells_is_shown(void)
{
	static const char *const stops[] = { "suspended", "inactive" };
	struct person            owner = (prepare(), shopkeeper_new("USD"));
	struct goods             goods = goods_new(&owner, "5.00", 3);

	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		EXPECT(api_patch(form("/merchants/%s", owner.merchant), manager.access, form("{\"status\": \"%s\"}", stops[i])),
		    200);
		EXPECT_PROBLEM(page(owner.merchant), 404, "not_found");
		EXPECT(api_get("/merchants/me", owner.access), 200);
		WAIT_FOR("0", "SELECT COUNT(*) FROM product_listings WHERE product_id = '%s'", goods.product);
		EXPECT_PROBLEM(api_get(form("/products/%s", goods.product), NULL), 404, "not_found");
		EXPECT_PROBLEM(api_post("/orders/quote", customer.access,
				   form("{\"shipping_method\": \"pickup\", \"shipping_address_id\": \"%s\", \"items\": "
					"[{\"variant_id\": \"%s\", \"quantity\": 1}]}",
				       address_new(&customer), goods.variant)),
		    409, "not_for_sale");
		EXPECT(api_patch(form("/merchants/%s", owner.merchant), manager.access, "{\"status\": \"active\"}"), 200);
		EXPECT(page(owner.merchant), 200);
	}
}

static void
what_was_verified_stays(void)
{
	struct answer answer;
	const char   *business = (prepare(), form("BIN %s", seller.merchant + 24));

	EXPECT_PROBLEM(change(&seller, form("{\"business_id\": \"%s\", \"description\": \"x\"}", business)), 409, "conflict");
	sql_run("UPDATE merchants SET status = 'pending' WHERE id = '%s'", seller.merchant);
	answer = change(&seller, form("{\"business_id\": \"%s\", \"business_type\": \"enterprise\"}", business));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "business_id"), business);
	sql_run("UPDATE merchants SET status = 'pending' WHERE id = '%s'", rival.merchant);
	EXPECT_PROBLEM(change(&rival, form("{\"business_id\": \"%s\"}", business)), 409, "business_id_taken");
	sql_run("UPDATE merchants SET status = 'active' WHERE id IN ('%s', '%s')", seller.merchant, rival.merchant);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'merchant.changed' "
			     "AND after_state LIKE '%%%s%%'",
		      seller.merchant, business),
	    0); /* masked */
}

/* The page that somebody saw before is not kept without it. */
static void
logo_that_is_under_way_comes_later(void)
{
	struct file   file = png_new(200, 200, NULL);
	const char   *picture;
	struct answer answer = upload(&seller, &file, 1);

	EXPECT(answer, 201);
	picture = text_at(&answer, "results.0.id");
	EXPECT(change(&seller, form("{\"logo\": \"%s\"}", picture)), 200);
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", picture);
	sql_run("UPDATE media SET status = 'pending' WHERE id = '%s'", picture);
	EXPECT(change(&seller, "{\"description\": \"with a logo\"}"), 200);
	answer = own_page();
	CHECK_INT(length_at(&answer, "logo.sizes"), 0);
	sql_run("UPDATE media SET status = 'ready' WHERE id = '%s'", picture);
	sql_run("INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'show_media', "
		"'upkeep', '{\"event_id\": \"%s\", \"aggregate_id\": \"%s\"}', 3)",
	    picture, picture);
	run_job_now("show_media");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'show_media' AND payload LIKE '%%%s%%'", picture);
	answer = own_page();
	CHECK_INT(length_at(&answer, "logo.sizes"), 4);
}

static void
a_logo_is_a_picture_of_ones_own(void)
{
	const char   *picture, *others;
	struct answer answer;

	prepare();
	picture = uploaded(&seller, png_new(200, 200, NULL));
	others = uploaded(&rival, png_new(200, 200, NULL));
	EXPECT_FAULT(change(&seller, form("{\"logo\": \"%s\"}", others)), "logo.0");
	logo_that_is_under_way_comes_later();
	answer = change(&seller, form("{\"logo\": \"%s\"}", picture));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "logo.id"), picture);
	answer = own_page();
	CHECK_TEXT(text_at(&answer, "logo.id"), picture);
	CHECK_INT(length_at(&answer, "logo.sizes"), 4);
	CHECK_INT(api_get(text_at(&answer, "logo.sizes.0.url"), NULL).status, 200);
	/* Somebody's logo is not deleted from under the shop. */
	EXPECT_PROBLEM(api_delete(form("/media/%s", picture), seller.access), 409, "in_use");
	answer = change(&seller, "{\"logo\": null}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "logo"));
	WAIT_FOR("0", "SELECT COUNT(*) FROM media WHERE id = '%s'", picture);
}

/* What was agreed when it was sold is taken, and given back: whatever is agreed later. */
static void
the_commission_is_that_of_the_sale(void)
{
	struct person  keeper = (prepare(), shopkeeper_new("USD"));
	struct goods   goods = goods_new(&keeper, "20.00", 10);
	const char    *address = address_new(&customer), *path = form("/merchants/%s", keeper.merchant);
	struct attempt attempt, later;

	EXPECT(api_patch(path, admin.access, "{\"commission_percent\": \"10.00\"}"), 200);
	attempt = attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	CHECK_INT(left_in(&attempt, "commission"), -200);
	EXPECT(api_patch(path, admin.access, "{\"commission_percent\": \"50.00\"}"), 200);
	CHECK_INT(left_in(&attempt, "commission"), -200);
	later = attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	CHECK_INT(left_in(&later, "commission"), -1000);
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"a scratch\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(left_in(&attempt, "commission"), 0);
}

SUITE("api: shops", TEST(a_shop_is_edited_by_its_owner), TEST(slugs_of_a_shop_stay_its_own), TEST(the_page_follows_the_shop),
    TEST(only_a_shop_that_sells_is_shown), TEST(what_was_verified_stays), TEST(a_logo_is_a_picture_of_ones_own),
    TEST(the_commission_is_that_of_the_sale))
