/*
 * Workers die while they read a file of products: whoever goes on makes every product once; and the disk is full as one comes.
 * HAAT_TEST_ROWS: how many products the file has; ten thousand without it.
 */
#include "tests/faults/stack.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

enum { PRODUCTS = 10000, LINE_BYTES = 250, EVERY_MS = 300, KILLED_MS = 3000, LOOKS = 600, BAD_EVERY = 100 };

static int
products_wanted(void)
{
	const char *rows = getenv("HAAT_TEST_ROWS");

	return rows == NULL ? PRODUCTS : atoi(rows);
}

/* Each hundredth line has a fault, so that the file of errors is written over and over, too. */
static char *
file_of_products(int products, const char *mark, const char *category)
{
	size_t room = (size_t)products * LINE_BYTES, length = 0;
	char  *file = calloc(1, room);

	REQUIRE(file != NULL);
	for (int i = 0; i < products; i++)
		length += (size_t)snprintf(file + length, room - length,
		    "{\"name\":\"Bell %s\",\"category_id\":\"%s\",\"price\":\"%s\",\"status\":\"published\",\"variants\":[{\"sku\":\"%s-%d\","
		    "\"on_hand\":2}]}\n",
		    mark, category, i % BAD_EVERY == 0 ? "1.005" : "1.05", mark, i);
	return file;
}

static void
test_killed_workers_make_each_product_once(void)
{
	static const char *const jobs[] = { "jobs", NULL };
	int           products = products_wanted(), times = (products + PRODUCTS - 1) / PRODUCTS, bad = products / BAD_EVERY;
	struct person seller = person_new("shopkeeper");
	const char   *mark = form("%.13s", fresh_email("k") + 2);
	char         *file =
	    file_of_products(products, mark, sql_text("SELECT id FROM categories WHERE is_active AND depth = 1 LIMIT 1"));
	struct killer *killer = killer_start(jobs, EVERY_MS);
	struct answer  answer =
			  api_call("POST", "/products/import", seller.access, file, HEADERS("Content-Type: application/jsonl")),
		      errors;
	const char *id;
	int         killed, lines = 0;

	free(file);
	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	pause_ms((long)KILLED_MS * times);
	killed = killer_stop(killer);
	printf("(%d killed, %lld rows by then) ", killed,
	    (long long)sql_number("SELECT done_rows FROM imports WHERE id = '%s'", id));
	for (int looks = 0; looks < LOOKS * times && sql_number("SELECT status = 'done' FROM imports WHERE id = '%s'", id) == 0;
	     looks++)
		pause_ms(200);
	CHECK(killed > 0);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT_WS(' ', status, done_rows, created, changed, unchanged, refused, error_count) FROM imports "
		     "WHERE id = '%s'",
		id),
	    form("done %d %d 0 0 %d %d", products, products - bad, bad, bad));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s'", seller.merchant), products - bad);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events e JOIN products p ON p.id = e.aggregate_id WHERE p.merchant_id = '%s' "
			     "AND e.type = 'product.created'",
		      seller.merchant),
	    products - bad);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM import_errors WHERE import_id = '%s'", id), bad);
	errors = api_get(form("/imports/%s/errors", id), seller.access);
	EXPECT(errors, 200);
	for (const char *c = errors.body; *c != '\0'; c++)
		lines += *c == '\n';
	CHECK_INT(lines, 1 + bad);
	EXPECT_CONSISTENT();
}

/* What nobody can read any more fails, and lets the merchant's next file begin. */
static void
test_a_file_that_is_gone_fails(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *id = "01900000-0000-7000-8000-000000000003";
	struct answer answer;

	sql_run("DELETE FROM imports WHERE id = '%s'", id);
	sql_run(
	    "INSERT INTO imports (id, merchant_id, format, status, bytes, done_bytes) VALUES ('%s', '%s', 'csv', 'running', 10, 5)",
	    id, seller.merchant);
	answer = api_call("POST", "/products/import", seller.access, "{}\n", HEADERS("Content-Type: application/jsonl"));
	EXPECT(answer, 202);
	for (int looks = 0;
	     looks < LOOKS && sql_number("SELECT status = 'done' FROM imports WHERE id = '%s'", text_at(&answer, "id")) == 0;
	     looks++)
		pause_ms(200);
	CHECK_TEXT(sql_text("SELECT CONCAT_WS(' ', status, fault) FROM imports WHERE id = '%s'", id), "failed the file is gone");
	CHECK_TEXT(
	    sql_text("SELECT CONCAT_WS(' ', status, refused) FROM imports WHERE id = '%s'", text_at(&answer, "id")), "done 1");
}

static int
files_in(const char *path)
{
	DIR *directory = opendir(path);
	int  count = -2; /* "." and ".." */

	REQUIRE(directory != NULL);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

/* Half of the file is there by then: nothing of it stays, and once there is room it is taken. */
static void
test_a_full_disk_keeps_nothing(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *path = form("%s/imports", shop_directory()), *mark = form("%.13s", fresh_email("f") + 2);
	char         *file =
	    file_of_products(PRODUCTS, mark, sql_text("SELECT id FROM categories WHERE is_active AND depth = 1 LIMIT 1"));
	struct answer answer;
	int           kept;

	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=256k,mode=0700") != 0) {
		free(file);
		skip_test("no file system can be mounted here");
		return;
	}
	answer =
	    api_call("POST", "/products/import?dry_run=true", seller.access, file, HEADERS("Content-Type: application/jsonl"));
	kept = files_in(path);
	CHECK_INT(umount2(path, MNT_DETACH), 0);
	EXPECT_PROBLEM(answer, 503, "storage_full");
	CHECK_INT(kept, 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM imports WHERE merchant_id = '%s'", seller.merchant), 0);
	answer =
	    api_call("POST", "/products/import?dry_run=true", seller.access, file, HEADERS("Content-Type: application/jsonl"));
	free(file);
	EXPECT(answer, 202);
	EXPECT(api_post(form("/imports/%s/cancel", text_at(&answer, "id")), seller.access, NULL), 200);
}

SUITE("killed import", TEST(test_killed_workers_make_each_product_once), TEST(test_a_file_that_is_gone_fails),
    TEST(test_a_full_disk_keeps_nothing))
