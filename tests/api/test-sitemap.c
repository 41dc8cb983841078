/* What search engines read first: the sitemap and its parts, and what they shall leave alone. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller;

static void
prepare(void)
{
	if (seller.access == NULL)
		seller = shopkeeper_new("INR");
}

static struct answer
xml_of(const char *path)
{
	struct answer answer = api_get(form("/%s", path), NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "application/xml; charset=utf-8");
	CHECK(says(&answer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
	return answer;
}

/* The last part of a kind: what is new has the highest id. */
static const char *
last_part(const char *kind)
{
	struct answer index = xml_of("/sitemap.xml");
	const char   *wanted = form("<loc>%s/sitemap/%s", api_origin(), kind), *at = index.body, *last = NULL;

	while ((at = strstr(at, wanted)) != NULL) {
		at += strlen("<loc>") + strlen(api_origin());
		last = form("%.*s", (int)strcspn(at, "<"), at);
	}
	REQUIRE(last != NULL);
	return last;
}

static bool
has_address(const struct answer *part, const char *path)
{
	return says(part, form("<url><loc>%s%s</loc>", api_origin(), path));
}

static void
what_is_public_is_listed(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	struct answer product, part, shop = api_get(form("/shops/%s", seller.merchant), NULL);
	const char   *slug;

	product = api_get(form("/products/%s", goods.product), NULL);
	slug = text_at(&product, "slug");
	part = xml_of(last_part("products"));
	CHECK(has_address(&part, form("/products/%s", slug)));
	CHECK(has_address(&part, form("/bn/products/%s", slug)));
	CHECK(says(&part, "</lastmod></url>\n</urlset>\n"));
	part = xml_of(last_part("shops"));
	CHECK(has_address(&part, form("/hi/shops/%s", text_at(&shop, "slug"))));
	part = xml_of(last_part("categories"));
	CHECK(has_address(&part, form("/categories/%s", text_at(&product, "category.slug"))));
	part = xml_of("/sitemap/categories");
	CHECK(has_address(&part, "/") && has_address(&part, "/bn/"));
	/* Of a draft there is no page. */
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"status\": \"draft\"}"), 200);
	part = xml_of(last_part("products"));
	CHECK(!has_address(&part, form("/products/%s", slug)));
}

static void
parts_begin_behind_one_another(void)
{
	struct goods  first = (prepare(), goods_new(&seller, "10.00", 1)), second = goods_new(&seller, "10.00", 1);
	struct answer product = api_get(form("/products/%s", second.product), NULL), part, bad;

	part = xml_of(form("/sitemap/products?after=%s", first.product));
	CHECK(has_address(&part, form("/products/%s", text_at(&product, "slug"))));
	product = api_get(form("/products/%s", first.product), NULL);
	CHECK(!has_address(&part, form("/products/%s", text_at(&product, "slug"))));
	bad = api_get("//sitemap/users", NULL);
	EXPECT(bad, 404);
	bad = api_get("//sitemap/products?after=x", NULL);
	EXPECT(bad, 400);
}

static void
own_pages_are_left_alone(void)
{
	struct answer answer = api_get("//robots.txt", NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/plain; charset=utf-8");
	CHECK(says(&answer, "User-agent: *\n"));
	CHECK(says(&answer, form("\nSitemap: %s/sitemap.xml\n", api_origin())));
	CHECK(says(&answer, "\nDisallow: /cart\n") && says(&answer, "\nDisallow: /bn/checkout\n") &&
	    says(&answer, "\nDisallow: /api/\n"));
	CHECK(!says(&answer, "/products") && !says(&answer, "/assets") && !says(&answer, "Disallow: /\n"));
}

SUITE("api: sitemap", TEST(what_is_public_is_listed), TEST(parts_begin_behind_one_another), TEST(own_pages_are_left_alone))
