/* What the storefront shows of a product: the price that can be paid, in stock or not, names of others; as lists and details. */
#include "tests/api/shopping.h"

#include <stdlib.h>
#include <string.h>

static struct person admin, seller, customer;
static const char   *category, *brand, *address;

static const char *
unique(const char *word)
{
	static int number;

	return form("%s-%s-%d", word, seller.merchant + 24, ++number);
}

static const char *
made_id(const char *path, const char *name)
{
	struct answer answer = api_post(path, admin.access, form("{\"name\": \"%s\"}", name));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	address = address_new(&customer);
	category = made_id("/categories", unique("Shown"));
	brand = made_id("/brands", unique("Shown"));
}

/* A published product of 10.00 with three variants: 8.00 with one on hand, 10.00 with none, 15.00 with two. */
static struct answer
three_prices(void)
{
	struct answer answer = api_post("/products", seller.access,
	    form(
		"{\"name\": \"%s\", \"category_id\": \"%s\", \"brand_id\": \"%s\", \"price\": \"10\", \"status\": \"published\", "
		"\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\", \"L\"]}], \"variants\": ["
		"{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}, \"price\": \"8\", \"on_hand\": 1}, "
		"{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"on_hand\": 0}, "
		"{\"sku\": \"%s\", \"options\": {\"size\": \"L\"}, \"price\": \"15\", \"on_hand\": 2}]}",
		unique("Prices"), category, brand, unique("S"), unique("M"), unique("L")));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return answer;
}

static const char *
or_null(const struct answer *answer, const char *at)
{
	return has_at(answer, at) ? text_at(answer, at) : "null";
}

/* The same in the list and in the detail, for everybody and for the seller, and by the filters. */
static void
expect_shown(const struct answer *product, const char *price, const char *price_max, bool in_stock)
{
	const char   *id = text_at(product, "id");
	struct answer list = api_get(form("/products?category=%s&limit=1", category), NULL), detail;
	const char   *readers[] = { NULL, seller.access };

	EXPECT(list, 200);
	CHECK_TEXT(text_at(&list, "results.0.id"), id);
	CHECK_TEXT(text_at(&list, "results.0.price"), price);
	CHECK_TEXT(or_null(&list, "results.0.price_max"), price_max);
	CHECK_INT(bool_at(&list, "results.0.in_stock"), in_stock);
	for (size_t i = 0; i < 2; i++) {
		detail = api_get(form("/products/%s", id), readers[i]);
		EXPECT(detail, 200);
		CHECK_TEXT(text_at(&detail, "price"), "10.00");
		CHECK_TEXT(text_at(&detail, "price_min"), price);
		CHECK_TEXT(or_null(&detail, "price_max"), price_max);
		CHECK_INT(bool_at(&detail, "in_stock"), in_stock);
	}
	list = api_get(form("/products?category=%s&limit=1&in_stock=%s&currency=USD&min_price=%s&max_price=%s", category,
			   in_stock ? "true" : "false", price, price),
	    NULL);
	CHECK_TEXT(or_null(&list, "results.0.id"), id);
	list = api_get("/products?status=published&limit=1", seller.access);
	CHECK_TEXT(text_at(&list, "results.0.price"), price);
	CHECK_TEXT(or_null(&list, "results.0.price_max"), price_max);
	CHECK_INT(bool_at(&list, "results.0.in_stock"), in_stock);
}

static void
adjust(const struct answer *product, int variant, int delta)
{
	struct answer answer = api_post(form("/inventory/%s/adjustments", text_at(product, form("variants.%d.id", variant))),
	    seller.access, form("{\"delta\": %d, \"reason\": \"count\"}", delta));

	EXPECT(answer, 200);
}

static void
a_list_shows_the_price_that_can_be_paid(void)
{
	struct answer product;
	struct goods  small;
	const char   *order;

	prepare();
	product = three_prices();
	expect_shown(&product, "8.00", "15.00", true);
	/* The last small one is sold: an order holds it. */
	small = (struct goods) { text_at(&product, "id"), text_at(&product, "variants.0.id"), "8" };
	order = order_new(&customer, address, &small, 1);
	REQUIRE(order != NULL);
	expect_shown(&product, "15.00", "null", true);
	adjust(&product, 2, -2);
	expect_shown(&product, "8.00", "15.00", false); /* of all, while none is in stock */
	adjust(&product, 1, 1);
	expect_shown(&product, "10.00", "null", true);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	expect_shown(&product, "8.00", "10.00", true);
	EXPECT_CONSISTENT();
}

static void
a_variant_changes_the_price(void)
{
	struct answer product, answer;

	prepare();
	product = three_prices();
	answer = api_patch(form("/variants/%s", text_at(&product, "variants.0.id")), seller.access, "{\"price\": \"9\"}");
	EXPECT(answer, 200);
	expect_shown(&product, "9.00", "15.00", true);
	answer = api_delete(form("/variants/%s", text_at(&product, "variants.2.id")), seller.access);
	EXPECT(answer, 204);
	expect_shown(&product, "9.00", "null", true);
	answer = api_post(form("/products/%s/variants", text_at(&product, "id")), seller.access,
	    form("{\"sku\": \"%s\", \"options\": {\"size\": \"L\"}, \"price\": \"7\", \"on_hand\": 3}", unique("L")));
	EXPECT(answer, 201);
	expect_shown(&product, "7.00", "9.00", true);
}

/* Answers have the new name at once: those that are not printed yet are read from the tables. */
static void
names_of_others_are_never_old(void)
{
	struct answer product, list, detail;
	const char   *names[] = { unique("Renamed"), unique("Renamed") }, *id;

	prepare();
	product = three_prices();
	id = text_at(&product, "id");
	EXPECT(api_patch(form("/categories/%s", category), admin.access, form("{\"name\": \"%s\"}", names[0])), 200);
	EXPECT(api_patch(form("/brands/%s", brand), admin.access, form("{\"name\": \"%s\"}", names[1])), 200);
	for (int i = 0; i < 2; i++) {
		list = api_get(form("/products?category=%s&limit=1", category), NULL);
		CHECK_TEXT(text_at(&list, "results.0.id"), id);
		CHECK_TEXT(text_at(&list, "results.0.category.name"), names[0]);
		CHECK_TEXT(text_at(&list, "results.0.brand.name"), names[1]);
		detail = api_get(form("/products/%s", id), NULL);
		CHECK_TEXT(text_at(&detail, "category.name"), names[0]);
		CHECK_TEXT(text_at(&detail, "brand.name"), names[1]);
		/* And once more when the job has printed them. */
		WAIT_FOR("0", "SELECT COUNT(*) FROM product_documents WHERE form = 0");
	}
	EXPECT(api_delete(form("/brands/%s", brand), admin.access), 204);
	detail = api_get(form("/products/%s", id), NULL);
	CHECK(!has_at(&detail, "brand"));
	brand = made_id("/brands", unique("Shown"));
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_documents WHERE form = 0");
	EXPECT_CONSISTENT();
}

/* What another program has printed is not shown. */
static void
another_form_is_printed_anew(void)
{
	struct answer product, detail;
	const char   *id;

	prepare();
	product = three_prices();
	id = text_at(&product, "id");
	sql_run("UPDATE product_documents SET form = 4294967295, summary = 'old', document = 'old' WHERE product_id = '%s'", id);
	expect_shown(&product, "8.00", "15.00", true);
	run_job_now("print_documents");
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_documents WHERE form = 4294967295");
	detail = api_get(form("/products/%s", id), NULL);
	CHECK_TEXT(text_at(&detail, "id"), id);
	EXPECT_CONSISTENT();
}

/* Prices of different currencies have no order: each currency stands for itself, in the order of their codes. */
static void
prices_stand_by_currency(void)
{
	static const struct {
		const char *currency, *price;
	} wares[] = { { "USD", "2.00" }, { "EUR", "9.00" }, { "USD", "1.00" }, { "EUR", "3.00" } };
	static const char *const up[] = { "3.00", "9.00", "1.00", "2.00" };
	struct person            european = shopkeeper_new("EUR");
	struct answer            page;
	const char              *own;

	prepare();
	own = made_id("/categories", unique("Currencies"));
	for (int i = 0; i < 4; i++)
		EXPECT(api_post("/products", *wares[i].currency == 'E' ? european.access : seller.access,
			   form("{\"name\": \"%s\", \"category_id\": \"%s\", \"price\": \"%s\", \"status\": \"published\", "
				"\"variants\": [{\"sku\": \"%s\"}]}",
			       unique("Currency"), own, wares[i].price, unique("CUR"))),
		    201);
	page = api_get(form("/products?category=%s&ordering=price", own), NULL);
	for (int i = 0; i < 4; i++)
		CHECK_TEXT(text_at(&page, form("results.%d.price", i)), up[i]);
	page = api_get(form("/products?category=%s&ordering=-price", own), NULL);
	for (int i = 0; i < 4; i++)
		CHECK_TEXT(text_at(&page, form("results.%d.price", i)), up[3 - i]);
	CHECK_TEXT(text_at(&page, "results.0.currency"), "USD");
}

/* Facets count by the price that can be paid, and are kept for some seconds. */
static void
facets_count_what_can_be_paid(void)
{
	struct answer product, page;
	const char   *path;

	prepare();
	category = made_id("/categories", unique("Counted"));
	product = three_prices();
	adjust(&product, 0, -1);
	path = form("/products?category=%s&facets=true&limit=1", category);
	page = api_get(path, NULL);
	EXPECT(page, 200);
	CHECK_TEXT(text_at(&page, "facets.prices.0.min"), "15.00");
	CHECK_TEXT(text_at(&page, "facets.prices.0.max"), "15.00");
	CHECK(api_round_trips(path, NULL) < page.round_trips);
	adjust(&product, 0, 1);
	page = api_get(form("/products?category=%s&facets=true&limit=2", category), NULL); /* the same facets */
	CHECK_TEXT(text_at(&page, "facets.prices.0.min"), "15.00");
	CHECK_TEXT(text_at(&page, "results.0.price"), "8.00");
}

enum { MANY = 2300, RARE = 12 };

/* Few of the many, about the places where a first look and a walk end, whichever way it goes. */
#define IS_RARE "(1, 2, 150, 299, 301, 399, 900, 1500, 1999, 2001, 2150, 2300)"

/* How often each of the rare ones is on the pages from this one on to the last in one direction; the path of the last page. */
static const char *
count_rare(const char *path, const char *direction, int counts[MANY + 1], int *pages)
{
	struct answer page;
	const char   *last = path;

	for (*pages = 0; path != NULL && *pages < 50; ++*pages) {
		last = path;
		page = api_get(path, NULL);
		EXPECT(page, 200);
		for (size_t i = 0; i < length_at(&page, "results"); i++)
			counts[atoi(text_at(&page, form("results.%zu.name", i)))]++;
		path = has_at(&page, direction) ? text_at(&page, direction) + strlen("/api/v1") : NULL;
	}
	return last;
}

/* Each of the rare ones once, there and back, whatever the server counts on the way. */
static void
walk_there_and_back(const char *path)
{
	int         there[MANY + 1] = { 0 }, back[MANY + 1] = { 0 }, pages, sum = 0;
	const char *last = count_rare(path, "next", there, &pages);

	CHECK(pages >= 2 && pages < 50);
	count_rare(last, "previous", back, &pages);
	for (int i = 0; i <= MANY; i++) {
		sum += there[i];
		if (there[i] > 1 || back[i] != there[i])
			printf("    %s: number %d %d times there, %d times back\n", path, i, there[i], back[i]);
		CHECK(there[i] <= 1 && back[i] == there[i]);
	}
	CHECK_INT(sum, RARE);
}

/* Products in a category of their own, of which few are in stock; their names are numbers. */
static const char *
make_many(void)
{
	const char *many = made_id("/categories", unique("Many"));

	sql_run(
	    "INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency, created_at, status, "
	    "rating_average, sales_count) "
	    "SELECT CONCAT(UNHEX(CONCAT('0199', LPAD(HEX(n.seq), 4, '0'))), SUBSTRING('%s', 5)), m.id, '%s', "
	    "LPAD(n.seq, 4, '0'), CONCAT('walked-%s-', n.seq), '', n.seq, m.currency, '2026-01-01' + INTERVAL n.seq SECOND, "
	    "'published', n.seq DIV 1000, n.seq FROM seq_1_to_2300 n JOIN merchants m ON m.id = '%s'",
	    many, many, many, seller.merchant);
	sql_run("INSERT INTO product_documents (product_id, currency, price_minor, in_stock) "
		"SELECT id, currency, price_minor, price_minor IN " IS_RARE " FROM products WHERE category_id = '%s'",
	    many);
	sql_run(
	    "INSERT INTO product_listings (category_id, product_id, merchant_id, currency, price_minor, price_order, in_stock, "
	    "created_at, name, rating_average, sales_count) SELECT p.category_id, p.id, p.merchant_id, p.currency, p.price_minor, "
	    "CONCAT(p.currency, LPAD(p.price_minor, 19, '0')), p.price_minor IN " IS_RARE
	    ", p.created_at, p.name, p.rating_average, "
	    "p.sales_count FROM products p WHERE p.category_id = '%s'",
	    many);
	REQUIRE(sql_number("SELECT COUNT(*) FROM product_listings WHERE category_id = '%s'", many) == MANY);
	return many;
}

/* A walk that finds little ends, and the next page goes on where it ended. */
static void
a_page_may_be_short_and_go_on(void)
{
	static const char *const orderings[] = { "created_at", "price", "name", "rating", "sales" };
	const char              *many, *currency;
	struct answer            page;

	prepare();
	many = make_many();
	currency = sql_text("SELECT currency FROM merchants WHERE id = '%s'", seller.merchant);
	for (size_t i = 0; i < sizeof orderings / sizeof *orderings; i++) {
		walk_there_and_back(form("/products?category=%s&in_stock=true&limit=3&ordering=%s", many, orderings[i]));
		walk_there_and_back(form("/products?category=%s&in_stock=true&ordering=-%s", many, orderings[i]));
	}
	walk_there_and_back(form("/products?category=%s&in_stock=true&ordering=price&currency=%s", many, currency));
	walk_there_and_back(form("/products?category=%s&in_stock=true&merchant=%s", many, seller.merchant));
	page = api_get(form("/products?category=%s&facets=1&limit=1", many), NULL);
	EXPECT(page, 200);
	CHECK(bool_at(&page, "facets.at_least"));
	/* Nearly as many as a walk sees: sorted, not walked. */
	page = api_get(form("/products?category=%s&facets=1&limit=1&currency=%s&max_price=19.90", many, currency), NULL);
	EXPECT(page, 200);
	CHECK(!bool_at(&page, "facets.at_least"));
	CHECK_INT(number_at(&page, "facets.categories.0.count"), 1990);
	page = api_get(form("/products?category=%s&facets=1&limit=1", category), NULL);
	CHECK(!bool_at(&page, "facets.at_least"));
	sql_run("DELETE FROM products WHERE category_id = '%s'", many);
}

SUITE("api: documents", TEST(a_list_shows_the_price_that_can_be_paid), TEST(a_variant_changes_the_price),
    TEST(names_of_others_are_never_old), TEST(another_form_is_printed_anew), TEST(a_page_may_be_short_and_go_on),
    TEST(prices_stand_by_currency), TEST(facets_count_what_can_be_paid))
