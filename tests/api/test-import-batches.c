/* What the products of a file share: names that are the same, pictures that are given by id or by address. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <string.h>

enum { EQUAL = 25 };

static const char *
category(void)
{
	static const char *id;

	if (id == NULL)
		id = sql_text("SELECT id FROM categories WHERE is_active AND depth = 1 ORDER BY slug LIMIT 1");
	return id;
}

/* A file of JSON lines, worked off: what became of it. */
static struct answer
import_as(const struct person *person, const char *file)
{
	struct answer answer =
	    api_call("POST", "/products/import?format=jsonl", person->access, file, HEADERS("Content-Type: application/jsonl"));
	const char *id;

	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", id);
	answer = api_get(form("/imports/%s", id), person->access);
	EXPECT(answer, 200);
	return answer;
}

static const char *
line(const char *name, const char *sku, const char *images)
{
	return form("{\"name\":\"%s\",\"category_id\":\"%s\",\"price\":\"3\",\"images\":[%s],\"variants\":[{\"sku\":\"%s\"}]}\n",
	    name, category(), images, sku);
}

static const char *
lines(const char *name, const char *mark, int from, int count)
{
	const char *file = "";

	for (int i = from; i < from + count; i++)
		file = form("%s%s", file, line(name, form("%s-%d", mark, i), ""));
	return file;
}

/* Numbers go on behind those there are: the first few, and more than are asked for together. */
static void
test_equal_names_are_numbered(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *mark = form("%.13s", fresh_email("n") + 2), *name = form("Bell %s", mark);
	struct answer answer;

	answer = import_as(&seller, form("%s%s", lines(name, mark, 0, 3), line(form("%s other", name), form("%s-x", mark), "")));
	CHECK_INT(number_at(&answer, "created"), 4);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(SUBSTRING(slug, %zu) ORDER BY id) FROM products WHERE merchant_id = '%s'",
		       strlen(name) + 1, seller.merchant),
	    ",-2,-3,-other");
	answer = import_as(&seller, lines(name, mark, 3, EQUAL));
	CHECK_INT(number_at(&answer, "created"), EQUAL);
	CHECK_INT(sql_number("SELECT MAX(CAST(SUBSTRING(slug, %zu) AS UNSIGNED)) FROM products WHERE merchant_id = '%s'",
		      strlen(name) + 2, seller.merchant),
	    3 + EQUAL);
	answer = import_as(&seller, lines(name, mark, 3 + EQUAL, 2));
	CHECK_INT(number_at(&answer, "created"), 2);
	CHECK_INT(sql_number("SELECT COUNT(DISTINCT slug) FROM products WHERE merchant_id = '%s'", seller.merchant), EQUAL + 6);
}

static int64_t
uses_of(const char *media)
{
	return sql_number("SELECT uses FROM media WHERE id = '%s'", media);
}

/* Those of one row that cannot be are that row's fault; what two rows show counts twice. */
static void
test_pictures_of_many_products(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	const char   *mark = form("%.13s", fresh_email("p") + 2),
		   *address = "{\"url\":\"https://pictures.invalid/a.jpg\",\"alt\":\"A\"}";
	const char   *mine = uploaded(&seller, png_new(40, 30, NULL)), *theirs = uploaded(&other, png_new(31, 30, NULL));
	struct answer answer, product;

	answer = import_as(&seller,
	    form("%s%s%s%s%s", line("A", form("%s-A", mark), form("%s,{\"id\":\"%s\"},%s", address, mine, address)),
		line("B", form("%s-B", mark), form("%s,{\"id\":\"%s\"}", address, theirs)),
		line("C", form("%s-C", mark), form("{\"id\":\"%s\",\"alt\":\"C\"}", mine)), line("D", form("%s-D", mark), ""),
		line("E", form("%s-E", mark), form("{\"id\":\"%s\"},{\"id\":\"%s\"}", mine, mine))));
	CHECK_INT(number_at(&answer, "created"), 3);
	CHECK_INT(number_at(&answer, "refused"), 2);
	CHECK_INT(number_at(&answer, "errors.0.row"), 2);
	CHECK_TEXT(text_at(&answer, "errors.0.member"), "images.1");
	CHECK_TEXT(text_at(&answer, "errors.0.message"), "does not exist or is not yours");
	CHECK_INT(number_at(&answer, "errors.1.row"), 5);
	CHECK_TEXT(text_at(&answer, "errors.1.message"), "is named twice");
	CHECK_INT(uses_of(mine), 2);
	CHECK_INT(uses_of(theirs), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE merchant_id = '%s' AND source_url IS NOT NULL AND uses = 1 AND "
			     "remove_at IS NULL",
		      seller.merchant),
	    2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE merchant_id = '%s'", seller.merchant), 3);
	product =
	    api_get(form("/products/%s", sql_text("SELECT product_id FROM variants WHERE sku = '%s-A'", mark)), seller.access);
	EXPECT(product, 200);
	CHECK_TEXT(text_at(&product, "images.0.alt"), "A");
	CHECK_TEXT(text_at(&product, "images.1.id"), mine);
	CHECK(has_at(&product, "images.1.url"));
}

SUITE("api: imports in batches", TEST(test_equal_names_are_numbered), TEST(test_pictures_of_many_products))
