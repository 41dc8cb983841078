/* What a file that names some variants of a product does to the others: nothing, unless it says so. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller;
static const char   *category;

static void
need_seller(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	category = sql_text("SELECT slug FROM categories WHERE is_active AND depth = 1 ORDER BY slug LIMIT 1");
	REQUIRE(category != NULL);
}

static struct answer
import_file(const char *query, const char *type, const char *file)
{
	struct answer answer =
	    api_call("POST", form("/products/import?%s", query), seller.access, file, HEADERS(form("Content-Type: %s", type)));
	const char *id;

	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", id);
	answer = api_get(form("/imports/%s", id), seller.access);
	EXPECT(answer, 200);
	return answer;
}

static const char *
counts(const struct answer *answer)
{
	return form("%lld created, %lld changed, %lld unchanged, %lld refused", (long long)number_at(answer, "created"),
	    (long long)number_at(answer, "changed"), (long long)number_at(answer, "unchanged"),
	    (long long)number_at(answer, "refused"));
}

/* Of a dry run first, which tells the same and leaves everything as it was. */
static struct answer
import_rows(const char *expected, const char *file)
{
	struct answer dry, answer;
	const char   *before = sql_text(
	      "SELECT GROUP_CONCAT(version) FROM products WHERE merchant_id = '%s' AND deleted_at IS NULL", seller.merchant);

	dry = import_file("format=csv&dry_run=true", "text/csv", file);
	CHECK_TEXT(counts(&dry), expected);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(version) FROM products WHERE merchant_id = '%s' AND deleted_at IS NULL",
		       seller.merchant),
	    before);
	answer = import_file("format=csv", "text/csv", file);
	CHECK_TEXT(counts(&answer), expected);
	return answer;
}

static struct answer
import_line(const char *expected, const char *line)
{
	struct answer answer = import_file("format=jsonl", "application/jsonl", line);

	CHECK_TEXT(counts(&answer), expected);
	return answer;
}

/* A product with the variants A, B and C of the mark, in the sizes S, M and L; the mark. */
static const char *
three_variants(void)
{
	const char *mark = form("%.13s", fresh_email("v") + 2);

	need_seller();
	import_line("1 created, 0 changed, 0 unchanged, 0 refused",
	    form(
		"{\"name\":\"Kurta\",\"category\":\"%s\",\"price\":\"10\",\"options\":[{\"name\":\"size\",\"values\":[\"S\",\"M\",\"L\"]}],"
		"\"variants\":[{\"sku\":\"%s-A\",\"on_hand\":3,\"options\":{\"size\":\"S\"}},"
		"{\"sku\":\"%s-B\",\"on_hand\":4,\"price\":\"11\",\"options\":{\"size\":\"M\"}},"
		"{\"sku\":\"%s-C\",\"on_hand\":5,\"options\":{\"size\":\"L\"}}]}\n",
		category, mark, mark, mark));
	return mark;
}

/* The product's variants in their order: last letter of the SKU, own price, stock. */
static const char *
variants_of(const char *mark)
{
	return sql_text(
	    "SELECT GROUP_CONCAT(CONCAT_WS(' ', RIGHT(v.sku, 1), v.price_minor, i.on_hand) ORDER BY v.position "
	    "SEPARATOR ', ') FROM variants v JOIN inventory i ON i.variant_id = v.id WHERE v.sku LIKE '%s-%%' AND v.deleted_at IS NULL",
	    mark);
}

static const char *
ids_of(const char *mark)
{
	return sql_text("SELECT GROUP_CONCAT(id ORDER BY id) FROM variants WHERE sku LIKE '%s-%%' AND deleted_at IS NULL", mark);
}

static void
what_is_not_named_stays(void)
{
	const char *mark = three_variants(), *ids = ids_of(mark);

	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4, C 5");
	import_rows("0 created, 1 changed, 0 unchanged, 0 refused", form("sku,price\n%s-A,19.99\n", mark));
	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4, C 5");
	CHECK_INT(sql_number(
		      "SELECT DISTINCT p.price_minor FROM products p JOIN variants v ON v.product_id = p.id WHERE v.sku = '%s-A'",
		      mark),
	    1999);
	import_rows("0 created, 0 changed, 1 unchanged, 0 refused", form("sku,price\n%s-C,19.99\n", mark));
	import_line("0 created, 1 changed, 0 unchanged, 0 refused",
	    form("{\"variants\":[{\"sku\":\"%s-C\",\"price\":\"12\"},{\"sku\":\"%s-B\"}]}\n", mark, mark));
	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4, C 1200 5");
	CHECK_TEXT(ids_of(mark), ids);
}

/* A row each, with the columns of the product or without them. */
static void
rows_of_one_product_are_one_product(void)
{
	const char *mark = three_variants(), *ids = ids_of(mark), *file;

	file = form("name,sku,variant_price\nKurta,%s-A,1\nKurta,%s-B,2\nKurta,%s-C,3\n", mark, mark, mark);
	import_rows("0 created, 3 changed, 0 unchanged, 0 refused", file);
	CHECK_TEXT(variants_of(mark), "A 100 3, B 200 4, C 300 5");
	import_rows("0 created, 0 changed, 3 unchanged, 0 refused", file);
	import_rows("0 created, 2 changed, 1 unchanged, 0 refused",
	    form("sku,variant_price\n%s-B,\n%s-A,1.00\n%s-C,4\n", mark, mark, mark));
	CHECK_TEXT(variants_of(mark), "A 100 3, B 4, C 400 5");
	/* What the rows say of the product they say one after the other. */
	import_rows("0 created, 2 changed, 0 unchanged, 0 refused", form("name,sku\nSari,%s-A\nKurta,%s-B\n", mark, mark));
	CHECK_TEXT(
	    sql_text("SELECT p.name FROM products p JOIN variants v ON v.product_id = p.id WHERE v.sku = '%s-A'", mark), "Kurta");
	CHECK_TEXT(ids_of(mark), ids);
}

static const char *
values_of(const char *mark)
{
	return sql_text(
	    "SELECT JSON_COMPACT(p.options) FROM products p JOIN variants v ON v.product_id = p.id WHERE v.sku = '%s-A'", mark);
}

/* Beside those that stay, with the values that they choose. */
static void
new_variants_come_behind(void)
{
	const char *mark = three_variants(), *file;

	file = form("name,sku,variant_options,on_hand\nKurta,%s-D,size=XL,6\n,%s-A,size=S,\n", mark, mark);
	import_rows("0 created, 1 changed, 0 unchanged, 0 refused", file);
	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4, C 5, D 6");
	CHECK_TEXT(values_of(mark), "[{\"name\":\"size\",\"values\":[\"S\",\"M\",\"L\",\"XL\"]}]");
	import_rows("0 created, 0 changed, 1 unchanged, 0 refused", file);
}

static void
variants_are_deleted_when_asked(void)
{
	const char *mark = three_variants(), *file;

	file = form("name,sku,delete_missing_variants\nKurta,%s-A,yes\n,%s-B,\n", mark, mark);
	import_rows("0 created, 1 changed, 0 unchanged, 0 refused", file);
	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4");
	import_rows("0 created, 0 changed, 1 unchanged, 0 refused", file);
	import_line("0 created, 0 changed, 1 unchanged, 0 refused",
	    form("{\"variants\":[{\"sku\":\"%s-A\"}],\"delete_missing_variants\":false}\n", mark));
	import_line("0 created, 1 changed, 0 unchanged, 0 refused",
	    form("{\"variants\":[{\"sku\":\"%s-B\"}],\"delete_missing_variants\":true}\n", mark));
	CHECK_TEXT(variants_of(mark), "B 1100 4");
}

static void
check_refused(const char *line, const char *member, const char *message)
{
	struct answer answer = import_line("0 created, 0 changed, 0 unchanged, 1 refused", line);

	CHECK_TEXT(text_at(&answer, "errors.0.member"), member);
	CHECK_TEXT(text_at(&answer, "errors.0.message"), message);
}

/* What the file says of the product must fit those that it does not name. */
static void
what_stays_must_fit(void)
{
	const char   *mark = three_variants(), *many = "";
	struct answer answer;

	check_refused(form("{\"options\":[{\"name\":\"size\",\"values\":[\"S\"]}],\"variants\":[{\"sku\":\"%s-A\"}]}\n", mark),
	    "options", "do not match the existing variants; change those first");
	check_refused(form("{\"variants\":[{\"sku\":\"%s-A\",\"options\":{\"size\":\"M\"}}]}\n", mark), "variants.0.options",
	    "are the same as another variant's");
	check_refused(form("{\"compare_at_price\":\"10.50\",\"variants\":[{\"sku\":\"%s-A\"}]}\n", mark), "compare_at_price",
	    "must not be below a variant's price");
	for (int i = 0; i < 98; i++)
		many = form("%s,{\"sku\":\"%s-%d\",\"options\":{\"size\":\"S\"}}", many, mark, i);
	answer = import_line(
	    "0 created, 0 changed, 0 unchanged, 1 refused", form("{\"variants\":[{\"sku\":\"%s-A\"}%s]}\n", mark, many));
	CHECK(strstr(answer.body, "must be at most 100 with those that the product has") != NULL);
	CHECK_TEXT(variants_of(mark), "A 3, B 1100 4, C 5");
}

SUITE("api: variants in imports", TEST(what_is_not_named_stays), TEST(rows_of_one_product_are_one_product),
    TEST(new_variants_come_behind), TEST(variants_are_deleted_when_asked), TEST(what_stays_must_fit))
