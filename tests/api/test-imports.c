/* Products from files and into files: what becomes of each row, rights, dry runs, and an export that comes back the same. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <string.h>

static struct person seller, admin, customer;
static const char   *category, *path, *brand;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	admin = person_new("admin");
	customer = person_new("customer");
	category =
	    sql_text("SELECT c.id FROM categories c JOIN categories u ON u.id = c.parent_id WHERE c.is_active AND u.is_active "
		     "AND u.depth = 1 ORDER BY c.slug LIMIT 1");
	path = sql_text(
	    "SELECT CONCAT(u.slug, '/', c.slug) FROM categories c JOIN categories u ON u.id = c.parent_id WHERE c.id = '%s'",
	    category);
	brand = sql_text("SELECT name FROM brands ORDER BY name LIMIT 1");
	REQUIRE(path != NULL && brand != NULL);
}

/* Begins the SKUs of one test. */
static const char *
fresh_sku(void)
{
	return form("%.13s", fresh_email("s") + 2);
}

static struct answer
send_as(const struct person *person, const char *query, const char *type, const char *file)
{
	return api_call(
	    "POST", form("/products/import?%s", query), person->access, file, HEADERS(form("Content-Type: %s", type)));
}

static struct answer
show(const char *id)
{
	struct answer answer = api_get(form("/imports/%s", id), seller.access);

	EXPECT(answer, 200);
	return answer;
}

static struct answer
finished(struct answer answer)
{
	const char *id;

	EXPECT(answer, 202);
	CHECK_TEXT(text_at(&answer, "status"), "queued");
	id = text_at(&answer, "id");
	WAIT_FOR("1", "SELECT status IN ('done', 'failed') FROM imports WHERE id = '%s'", id);
	return show(id);
}

static struct answer
import_lines(const char *file)
{
	need_people();
	return finished(send_as(&seller, "format=jsonl", "application/jsonl", file));
}

static struct answer
import_rows(const char *file)
{
	need_people();
	return finished(send_as(&seller, "format=csv", "text/csv", file));
}

static void
check_counts(const struct answer *answer, const char *status, int created, int changed, int unchanged, int refused)
{
	CHECK_TEXT(text_at(answer, "status"), status);
	CHECK_TEXT(form("%lld created, %lld changed, %lld unchanged, %lld refused", (long long)number_at(answer, "created"),
		       (long long)number_at(answer, "changed"), (long long)number_at(answer, "unchanged"),
		       (long long)number_at(answer, "refused")),
	    form("%d created, %d changed, %d unchanged, %d refused", created, changed, unchanged, refused));
}

static void
check_error(const struct answer *answer, int at, int row, const char *member, const char *message)
{
	CHECK_INT(number_at(answer, form("errors.%d.row", at)), row);
	if (member == NULL)
		CHECK(!has_at(answer, form("errors.%d.member", at)));
	else
		CHECK_TEXT(text_at(answer, form("errors.%d.member", at)), member);
	CHECK_TEXT(text_at(answer, form("errors.%d.message", at)), message);
}

static const char *
line(const char *sku, const char *more)
{
	return form(
	    "{\"name\":\"Bell %s\",\"category\":\"%s\",\"price\":\"12.50\",\"variants\":[{\"sku\":\"%s\",\"on_hand\":7}]%s}\n",
	    sku, path, sku, more);
}

/* A product by one of its SKUs, as its seller sees it. */
static struct answer
product_of(const char *sku)
{
	const char *id = sql_text("SELECT product_id FROM variants WHERE sku = '%s' AND deleted_at IS NULL", sku);

	REQUIRE(id != NULL);
	return api_get(form("/products/%s", id), seller.access);
}

/* ---- JSON lines ---- */

static void
test_lines_become_products(void)
{
	const char   *sku = fresh_sku(), *file;
	struct answer answer, product;

	need_people();
	file = form("%s%s\n%s", line(form("%sA", sku), ",\"status\":\"published\""),
	    line(form("%sB", sku), form(",\"brand\":\"%s\",\"metadata\":{\"shelf\":\"9\"}", brand)), line(form("%sC", sku), ""));
	answer = import_lines(file);
	check_counts(&answer, "done", 3, 0, 0, 0);
	CHECK_INT(number_at(&answer, "total"), 4);
	CHECK_INT(number_at(&answer, "done"), 4);
	product = product_of(form("%sB", sku));
	EXPECT(product, 200);
	CHECK_TEXT(text_at(&product, "price"), "12.50");
	CHECK_TEXT(text_at(&product, "category.id"), category);
	CHECK_TEXT(text_at(&product, "brand.name"), brand);
	CHECK_TEXT(text_at(&product, "metadata.shelf"), "9");
	CHECK_TEXT(text_at(&product, "status"), "draft");
	CHECK_INT(number_at(&product, "variants.0.available"), 7);
	answer = import_lines(file);
	check_counts(&answer, "done", 0, 0, 3, 0);
}

/* As everybody sees it: in the list, by its own address, and found by its words once a job has read them. */
static void
test_published_products_are_shown(void)
{
	const char   *sku = fresh_sku();
	struct answer answer, shown;

	need_people();
	answer = import_lines(line(sku, ",\"status\":\"published\""));
	check_counts(&answer, "done", 1, 0, 0, 0);
	shown = api_get(form("/products?merchant=%s", seller.merchant), NULL);
	EXPECT(shown, 200);
	CHECK(strstr(shown.body, sku) != NULL);
	shown = api_get(form("/products/%s", sql_text("SELECT product_id FROM variants WHERE sku = '%s'", sku)), NULL);
	EXPECT(shown, 200);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM search_documents d JOIN variants v ON v.product_id = d.product_id WHERE v.sku = '%s' "
	    "AND d.merchant_id IS NOT NULL",
	    sku);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM events e JOIN variants v ON v.product_id = e.aggregate_id WHERE v.sku = '%s' "
	    "AND e.type = 'product.created'",
	    sku);
}

static void
test_known_products_are_changed(void)
{
	const char   *sku = fresh_sku();
	struct answer answer, product;

	need_people();
	import_lines(line(sku, ""));
	answer = import_lines(form("{\"price\":\"13\",\"variants\":[{\"sku\":\"%s\",\"on_hand\":99}]}\n", in_lower_case(sku)));
	check_counts(&answer, "done", 0, 1, 0, 0);
	product = product_of(in_lower_case(sku));
	CHECK_TEXT(text_at(&product, "price"), "13.00");
	CHECK_TEXT(text_at(&product, "name"), form("Bell %s", sku));
	CHECK_INT(number_at(&product, "variants.0.available"), 7);
	CHECK_INT(number_at(&product, "version"), 2);
	/* The same amount in other digits is no change. */
	answer = import_lines(form("{\"price\":\"13.0\",\"variants\":[{\"sku\":\"%s\"}]}\n", in_lower_case(sku)));
	check_counts(&answer, "done", 0, 0, 1, 0);
}

/* Two rows of one SKU are one product, in the order of the rows. */
static void
test_a_repeated_sku_is_one_product(void)
{
	const char   *sku = fresh_sku();
	struct answer answer, product;

	need_people();
	answer = import_lines(form("%s{\"name\":\"Second\",\"variants\":[{\"sku\":\"%s\"}]}\n", line(sku, ""), sku));
	check_counts(&answer, "done", 1, 1, 0, 0);
	product = product_of(sku);
	CHECK_TEXT(text_at(&product, "name"), "Second");
}

static void
test_faults_stand_by_row_and_member(void)
{
	const char   *sku = fresh_sku();
	struct answer answer, all;

	need_people();
	answer =
	    import_lines(form("%s{not json\n%s%s%s%s", line(form("%sA", sku), ""), line(form("%sB", sku), ",\"colour\":\"red\""),
		form("{\"name\":\"x\",\"category\":\"no-such\",\"price\":\"1\",\"variants\":[{\"sku\":\"%sC\"}]}\n", sku),
		form("{\"category\":\"%s\",\"price\":\"1.234\",\"variants\":[{\"sku\":\"%sD\"}]}\n", path, sku),
		form("{\"name\":\"y\",\"category\":\"%s\",\"price\":\"1.234\",\"variants\":[{\"sku\":\"%sE\"}]}\n", path, sku)));
	check_counts(&answer, "done", 1, 0, 0, 5);
	CHECK_INT(number_at(&answer, "error_count"), 5);
	check_error(&answer, 0, 2, NULL, "is not a JSON object in UTF-8");
	CHECK_INT(number_at(&answer, "errors.1.row"), 3);
	CHECK_TEXT(text_at(&answer, "errors.1.member"), "colour");
	check_error(&answer, 2, 4, "category", "category not found");
	check_error(&answer, 3, 5, "name", "is required");
	CHECK_TEXT(text_at(&answer, "errors.4.member"), "price");
	all = api_get(form("/imports/%s/errors", text_at(&answer, "id")), seller.access);
	EXPECT(all, 200);
	CHECK(strstr(all.body, "row,member,message\r\n2,,is not a JSON object in UTF-8\r\n3,colour,") == all.body);
}

static void
test_another_shops_sku_is_refused(void)
{
	const char   *sku = fresh_sku();
	struct person other = person_new("shopkeeper");
	struct answer answer;

	need_people();
	import_lines(line(sku, ""));
	answer = send_as(&other, "format=jsonl", "application/jsonl", line(sku, ",\"description\":\"mine\""));
	EXPECT(answer, 202);
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	answer = api_get(form("/imports/%s", text_at(&answer, "id")), other.access);
	check_counts(&answer, "done", 0, 0, 0, 1);
	check_error(&answer, 0, 1, "variants.0.sku", "belongs to another product");
	EXPECT_PROBLEM(api_get(form("/imports/%s", text_at(&answer, "id")), seller.access), 404, "not_found");
}

static void
test_dry_run_writes_nothing(void)
{
	const char   *sku = fresh_sku();
	struct answer answer;

	need_people();
	answer = finished(send_as(&seller, "format=jsonl&dry_run=true", "application/jsonl",
	    form("%s%s", line(form("%sA", sku), ""), line(form("%sB", sku), ",\"price\":\"-\""))));
	check_counts(&answer, "done", 1, 0, 0, 1);
	CHECK(bool_at(&answer, "dry_run"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM variants WHERE sku LIKE '%s%%'", sku), 0);
}

/* ---- CSV ---- */

#define HEAD "name,category,price,status,images,sku,variant_price,variant_options,weight_grams,on_hand\n"

static void
test_rows_of_variants_become_one_product(void)
{
	const char   *sku = fresh_sku();
	struct answer answer, product;

	need_people();
	answer = import_rows(
	    form(HEAD "\"Bell, \"\"large\"\"\",%s,10,published,https://img.test/a.png https://img.test/b.png,%sA,,size=S,120,3\n"
		      ",,,,,%sB,11.00,\"{\"\"size\"\":\"\"M\"\"}\",,4\n\n"
		      "'=Bell,%s,5,draft,,%sC,,,,\n",
		path, sku, sku, path, sku));
	check_counts(&answer, "done", 2, 0, 0, 0);
	product = product_of(form("%sB", sku));
	CHECK_TEXT(text_at(&product, "name"), "Bell, \"large\"");
	CHECK_TEXT(text_at(&product, "options.0.name"), "size");
	CHECK_TEXT(text_at(&product, "options.0.values.1"), "M");
	CHECK_INT(length_at(&product, "variants"), 2);
	CHECK_TEXT(text_at(&product, "variants.1.price"), "11.00");
	CHECK_INT(number_at(&product, "variants.0.weight_grams"), 120);
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM media_uses u JOIN variants v ON v.product_id = u.subject_id WHERE v.sku = '%sB'", sku),
	    2);
	product = product_of(form("%sC", sku));
	CHECK_TEXT(text_at(&product, "name"), "=Bell");
}

/* A supplier's file names the same addresses each night: what was fetched from them stays, whatever else has changed. */
static void
test_pictures_stay_as_they_are(void)
{
	const char   *sku = fresh_sku(), *address = serve_once(png_new(50, 40, NULL)), *picture;
	struct answer answer;

	need_people();
	answer = import_rows(form(HEAD "Bell,%s,10,published,%s,%sA,,,,\n", path, address, sku));
	check_counts(&answer, "done", 1, 0, 0, 0);
	picture = form("SELECT CONCAT(m.id, ' ', m.status) FROM media_uses u JOIN media m ON m.id = u.media_id "
		       "JOIN variants v ON v.product_id = u.subject_id WHERE v.sku = '%sA'",
	    sku);
	WAIT_FOR("1", "SELECT (%s) LIKE '%%ready'", picture);
	picture = sql_text("%s", picture);
	answer = import_rows(form(HEAD "Bell,%s,10,published,%s,%sA,,,,\n", path, address, sku));
	check_counts(&answer, "done", 0, 0, 1, 0);
	answer = import_rows(form(HEAD "Bell,%s,11,published,%s,%sA,,,,\n", path, address, sku));
	check_counts(&answer, "done", 0, 1, 0, 0);
	CHECK_TEXT(sql_text("SELECT CONCAT(m.id, ' ', m.status) FROM media_uses u JOIN media m ON m.id = u.media_id "
			    "JOIN variants v ON v.product_id = u.subject_id WHERE v.sku = '%sA'",
		       sku),
	    picture);
}

static void
test_faults_of_cells_name_their_columns(void)
{
	const char   *sku = fresh_sku();
	struct answer answer;

	need_people();
	answer = import_rows(form(HEAD "Bell,%s,ten,published,,%sA,,,,\n"
				       "Bell,%s,10,,,%sB,,size=S,,\n,,,,,%sC,cheap,size=M,,\n"
				       "Bell,%s,10,,,%sD,,{oops,,\n\xff,%s,10,,,%sE,,,,\n",
	    path, sku, path, sku, sku, path, sku, path, sku));
	check_counts(&answer, "done", 0, 0, 0, 4);
	CHECK_INT(number_at(&answer, "errors.0.row"), 2);
	CHECK_TEXT(text_at(&answer, "errors.0.member"), "price");
	CHECK_INT(number_at(&answer, "errors.1.row"), 4);
	CHECK_TEXT(text_at(&answer, "errors.1.member"), "variant_price");
	check_error(&answer, 2, 5, "variant_options", "is not valid JSON");
	check_error(&answer, 3, 6, "name", "is not encoded in UTF-8");
}

static void
test_files_that_are_none_fail(void)
{
	struct answer answer;

	need_people();
	answer = import_rows("name,colour\nBell,red\n");
	check_counts(&answer, "failed", 0, 0, 0, 0);
	CHECK_TEXT(text_at(&answer, "fault"), "the column \"colour\" is unknown");
	answer = import_rows("name,sku,name\n");
	CHECK_TEXT(text_at(&answer, "fault"), "the column \"name\" stands there twice");
	answer = import_rows("name,sku\n");
	CHECK_TEXT(text_at(&answer, "fault"), "the file has no rows");
	EXPECT_FAULT(send_as(&seller, "format=csv", "text/csv", ""), "file");
	EXPECT_PROBLEM(send_as(&seller, "format=xml", "text/csv", "x"), 400, "validation_failed");
	EXPECT_PROBLEM(send_as(&seller, "", "text/plain", "x"), 415, "unsupported_media_type");
}

/* ---- rights and states ---- */

static void
test_staff_name_the_shop(void)
{
	const char   *sku = fresh_sku();
	struct answer answer;

	need_people();
	EXPECT_FAULT(send_as(&admin, "format=jsonl", "application/jsonl", line(sku, "")), "merchant_id");
	EXPECT_FAULT(
	    send_as(&seller, form("merchant_id=%s", person_new("shopkeeper").merchant), "application/jsonl", line(sku, "")),
	    "merchant_id");
	EXPECT_PROBLEM(send_as(&customer, "", "application/jsonl", line(sku, "")), 403, "forbidden");
	answer = send_as(&admin, form("merchant_id=%s", seller.merchant), "application/jsonl", line(sku, ""));
	answer = finished(answer);
	check_counts(&answer, "done", 1, 0, 0, 0);
	CHECK_TEXT(sql_text("SELECT merchant_id FROM products p JOIN variants v ON v.product_id = p.id WHERE v.sku = '%s'", sku),
	    seller.merchant);
}

static void
test_a_suspended_shops_import_fails(void)
{
	struct person other = person_new("shopkeeper");
	struct answer answer;

	need_people();
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", other.merchant);
	answer = send_as(&admin, form("merchant_id=%s", other.merchant), "application/jsonl", line(fresh_sku(), ""));
	EXPECT(answer, 202);
	WAIT_FOR("failed", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	answer = api_get(form("/imports/%s", text_at(&answer, "id")), admin.access);
	CHECK_TEXT(text_at(&answer, "fault"), "the merchant is suspended");
}

/* One after the other: what came later finds what came before; a cancelled one lets the next begin. */
static void
test_a_shops_imports_wait_for_each_other(void)
{
	struct person other = person_new("shopkeeper");
	const char   *sku = fresh_sku(), *first;
	struct answer answer, second;

	need_people();
	/* The first stands as if its worker had been away for long. */
	first = "01900000-0000-7000-8000-000000000001";
	sql_run("DELETE FROM imports WHERE id = '%s'", first);
	sql_run("INSERT INTO imports (id, merchant_id, format, status, bytes) VALUES ('%s', '%s', 'csv', 'running', 10)", first,
	    other.merchant);
	second = send_as(&other, "", "application/jsonl", line(sku, ""));
	EXPECT(second, 202);
	answer = api_get("/imports", other.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&second, "id"));
	WAIT_FOR("failed", "SELECT status FROM imports WHERE id = '%s'", first); /* its file is gone */
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&second, "id"));
	CHECK_INT(
	    sql_number("SELECT a.finished_at <= b.started_at FROM imports a JOIN imports b ON b.id = '%s' WHERE a.id = '%s'",
		text_at(&second, "id"), first),
	    1);
}

static void
test_an_import_is_cancelled_once(void)
{
	struct answer answer;
	const char   *id;

	need_people();
	id = "01900000-0000-7000-8000-000000000002";
	sql_run("DELETE FROM imports WHERE id = '%s'", id);
	sql_run("INSERT INTO imports (id, merchant_id, format, bytes) VALUES ('%s', '%s', 'csv', 10)", id, seller.merchant);
	EXPECT_PROBLEM(api_post(form("/imports/%s/cancel", id), person_new("shopkeeper").access, NULL), 404, "not_found");
	answer = api_post(form("/imports/%s/cancel", id), seller.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	EXPECT_PROBLEM(api_post(form("/imports/%s/cancel", id), seller.access, NULL), 409, "import_state");
	answer = import_lines(line(fresh_sku(), ""));
	EXPECT_PROBLEM(api_post(form("/imports/%s/cancel", text_at(&answer, "id")), seller.access, NULL), 409, "import_state");
}

static void
test_the_sender_is_told(void)
{
	struct answer answer = import_lines(line(fresh_sku(), ""));

	WAIT_FOR(
	    "1", "SELECT COUNT(*) FROM events WHERE type = 'import.finished' AND aggregate_id = '%s'", text_at(&answer, "id"));
	WAIT_FOR("1", "SELECT COUNT(*) FROM mails WHERE kind = 'import-finished' AND recipient_id = '%s' AND about_id = '%s'",
	    seller.id, text_at(&answer, "id"));
}

/* ---- export ---- */

static const char *export(const struct person *person, const char *format)
{
	struct answer answer = api_get(form("/products/export?format=%s", format), person->access);

	EXPECT(answer, 200);
	return answer.body;
}

static void
delete_all(const struct person *person)
{
	for (;;) {
		const char *id =
		    sql_text("SELECT id FROM products WHERE merchant_id = '%s' AND deleted_at IS NULL LIMIT 1", person->merchant);

		if (id == NULL)
			return;
		EXPECT(api_delete(form("/products/%s", id), person->access), 204);
	}
}

/* What was exported, imported where nothing is, is exported the same; and imported where it is, it changes nothing. */
static void
comes_back(const char *format)
{
	struct person other = person_new("shopkeeper"), stranger = person_new("shopkeeper");
	const char   *sku = fresh_sku(), *before, *picture = uploaded(&other, png_new(50, 40, NULL));
	struct answer answer;

	need_people();
	answer = send_as(&other, "format=csv", "text/csv",
	    form(
		"name,description,category,brand,price,compare_at_price,cost_price,tax_class,status,is_featured,images,specs,metadata,sku,"
		"variant_price,variant_options,barcode,weight_grams,on_hand\n"
		"\"Bell, \"\"two\"\"\",\"'=a\n\nb\",%s,%s,10,12,5,standard,published,yes,"
		"\"[{\"\"id\"\":\"\"%s\"\",\"\"alt\"\":\"\"A bell\"\"}]\",height=2 cm,note=''@x,%sA,,colour=r\xc3\xb6t; "
		"size=S,+880,5,1\n,,,,,,,,,,,,,%sB,9.50,colour=r\xc3\xb6t; size=M,,,2\n"
		"Bell,,%s,,3,,,,,,,,,%sC,,,,,\nBell,,%s,,3,,,,archived,,,,,%sD,,,-1,,\n",
		path, brand, picture, sku, sku, path, sku, path, sku));
	EXPECT(answer, 202);
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	CHECK_INT(sql_number("SELECT refused FROM imports WHERE id = '%s'", text_at(&answer, "id")), 0);
	before = export(&other, format);
	CHECK(strstr(before, form("%sD", sku)) != NULL);
	CHECK(strstr(before, picture) != NULL);
	answer = send_as(&other, form("format=%s", format), "text/csv", before);
	WAIT_FOR("done 0 3 0", "SELECT CONCAT_WS(' ', status, changed, unchanged, refused) FROM imports WHERE id = '%s'",
	    text_at(&answer, "id"));
	delete_all(&other);
	answer = send_as(&other, form("format=%s", format), "text/csv", before);
	WAIT_FOR(
	    "done 3 0", "SELECT CONCAT_WS(' ', status, created, refused) FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	CHECK_TEXT(export(&other, format), before);
	/* Another shop, which does not know the picture's id, fetches it. */
	delete_all(&other);
	answer = send_as(&stranger, form("format=%s", format), "text/csv", before);
	WAIT_FOR(
	    "done 3 0", "SELECT CONCAT_WS(' ', status, created, refused) FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE merchant_id = '%s' AND source_url LIKE 'https://localhost%%'",
		      stranger.merchant),
	    1);
	answer = send_as(&stranger, form("format=%s", format), "text/csv", before);
	WAIT_FOR("done 0 3 0", "SELECT CONCAT_WS(' ', status, changed, unchanged, refused) FROM imports WHERE id = '%s'",
	    text_at(&answer, "id"));
}

static void
test_csv_comes_back(void)
{
	comes_back("csv");
}

static void
test_lines_come_back(void)
{
	comes_back("jsonl");
}

static struct answer
send_packed(const char *query, struct file file)
{
	struct call   call = { "POST", form("/products/import?%s", query), seller.access, file.bytes,
		  HEADERS("Content-Type: application/gzip"), file.length };
	struct answer answer;

	api_calls(&call, 1, &answer);
	return answer;
}

/* What is packed is counted as it is unpacked; of what is cut short or unpacks to too much nothing is kept. */
static void
test_packed_files_are_unpacked(void)
{
	const char   *sku = fresh_sku(), *file;
	struct file   packed, zeros;
	struct answer answer;
	int64_t       before;

	need_people();
	file = form("%s%s", line(form("%sA", sku), ""), line(form("%sB", sku), ""));
	packed = gzip_new(file);
	answer = send_packed("format=jsonl", packed);
	EXPECT(answer, 202);
	CHECK_INT(sql_number("SELECT bytes FROM imports WHERE id = '%s'", text_at(&answer, "id")), strlen(file));
	answer = finished(answer);
	check_counts(&answer, "done", 2, 0, 0, 0);
	before = sql_number("SELECT COUNT(*) FROM imports");
	packed.length -= 10;
	EXPECT_PROBLEM(send_packed("format=jsonl", packed), 400, "bad_request");
	zeros = gzip_new(form("%0100000d", 0));
	EXPECT_PROBLEM(send_packed("format=jsonl", zeros), 413, "body_too_large");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM imports"), before);
}

static void
test_cells_are_no_formulas(void)
{
	struct person other = person_new("shopkeeper");
	struct answer answer;

	need_people();
	answer = send_as(&other, "", "application/jsonl",
	    form(
		"{\"name\":\"=1+1\",\"category\":\"%s\",\"price\":\"1\",\"variants\":[{\"sku\":\"@%s\"}]}\n", path, fresh_sku()));
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	CHECK(strstr(export(&other, "csv"), ",'=1+1,") != NULL);
	CHECK(strstr(export(&other, "csv"), ",'@s") != NULL || strstr(export(&other, "csv"), ",'@") != NULL);
	answer = send_as(&other, "", "application/jsonl",
	    form("{\"name\":\"\uff1d2+2\",\"category\":\"%s\",\"price\":\"1\",\"description\":\"\u00a0=3+3\","
		 "\"variants\":[{\"sku\":\"\uff20%s\"}]}\n",
		path, fresh_sku()));
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	CHECK(strstr(export(&other, "csv"), ",'\uff1d2+2,") != NULL);
	CHECK(strstr(export(&other, "csv"), ",'\u00a0=3+3,") != NULL);
	/* What comes back is what was there. */
	answer = send_as(&other, "format=csv", "text/csv", export(&other, "csv"));
	WAIT_FOR("done", "SELECT status FROM imports WHERE id = '%s'", text_at(&answer, "id"));
	answer = api_get(form("/imports/%s", text_at(&answer, "id")), other.access);
	CHECK_INT(number_at(&answer, "unchanged"), 2);
	EXPECT_PROBLEM(api_get("/products/export", customer.access), 403, "forbidden");
	EXPECT_FAULT(api_get(form("/products/export?merchant_id=%s", other.merchant), seller.access), "merchant_id");
}

SUITE("api: imports", TEST(test_lines_become_products), TEST(test_published_products_are_shown),
    TEST(test_known_products_are_changed), TEST(test_a_repeated_sku_is_one_product), TEST(test_faults_stand_by_row_and_member),
    TEST(test_another_shops_sku_is_refused), TEST(test_dry_run_writes_nothing), TEST(test_rows_of_variants_become_one_product),
    TEST(test_pictures_stay_as_they_are), TEST(test_faults_of_cells_name_their_columns), TEST(test_files_that_are_none_fail),
    TEST(test_staff_name_the_shop), TEST(test_a_suspended_shops_import_fails), TEST(test_a_shops_imports_wait_for_each_other),
    TEST(test_an_import_is_cancelled_once), TEST(test_the_sender_is_told), TEST(test_csv_comes_back), TEST(test_lines_come_back),
    TEST(test_packed_files_are_unpacked), TEST(test_cells_are_no_formulas))
