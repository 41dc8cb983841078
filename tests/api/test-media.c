/* Pictures and videos: what is taken, what is served of it, whose it is, and when it is gone. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"
#include "tests/printed.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct person seller, other, customer;
static struct goods  goods;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 10);
}

static int64_t
rows_of(const struct person *person)
{
	return sql_number("SELECT COUNT(*) FROM media WHERE user_id = '%s'", person->id);
}

static struct answer
show_images(const struct person *person, const char *images)
{
	return api_patch(form("/products/%s", goods.product), person->access, form("{\"images\": [%s]}", images));
}

static void
a_picture_is_served_in_its_sizes(void)
{
	struct file   files[2];
	struct answer answer, picture, detail;
	const char   *id;

	need_people();
	files[0] = png_new(1200, 900, NULL);
	files[1] = png_new(100, 50, NULL);
	answer = upload(&seller, files, 2);
	EXPECT(answer, 201);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.type"), "image/png");
	CHECK(!has_at(&answer, "results.0.url"));
	CHECK_INT(length_at(&answer, "results.0.sizes"), 0);
	id = text_at(&answer, "results.0.id");
	detail = show_images(
	    &seller, form("{\"id\": \"%s\", \"alt\": \"large\"}, {\"id\": \"%s\"}", id, text_at(&answer, "results.1.id")));
	EXPECT(detail, 200);
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", id);
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", text_at(&answer, "results.1.id"));
	WAIT_FOR("1",
	    "SELECT JSON_VALUE(images, '$[0].url') IS NOT NULL AND JSON_VALUE(images, '$[1].url') IS NOT NULL "
	    "FROM products WHERE id = '%s'",
	    goods.product);
	detail = api_get(form("/products/%s", goods.product), NULL);
	EXPECT(detail, 200);
	CHECK_TEXT(text_at(&detail, "image.id"), id);
	CHECK_TEXT(text_at(&detail, "images.0.alt"), "large");
	CHECK_INT(length_at(&detail, "images.0.sizes"), 8);
	CHECK_INT(number_at(&detail, "images.0.sizes.7.width"), 1200);
	CHECK_INT(number_at(&detail, "images.0.width"), 1200);
	CHECK_INT(number_at(&detail, "images.0.height"), 900);
	CHECK_INT(length_at(&detail, "images.1.sizes"), 2); /* never enlarged */
	CHECK_INT(number_at(&detail, "images.1.sizes.0.width"), 100);
	picture = api_get(text_at(&detail, "images.0.sizes.0.url"), NULL);
	CHECK_INT(picture.status, 200);
	CHECK_TEXT(header_of(&picture, "Content-Type"), "image/webp");
	CHECK_TEXT(header_of(&picture, "Cache-Control"), "public, max-age=31536000, immutable");
	CHECK(picture.length > 12 && memcmp(picture.body + 8, "WEBP", 4) == 0);
	picture = api_get(text_at(&detail, "images.0.url"), NULL);
	CHECK_TEXT(header_of(&picture, "Content-Type"), "image/jpeg");
}

/* Nothing but pixels is left of a photograph, and it stands upright. */
static void
a_photograph_loses_what_it_tells(void)
{
	static const char secret[] = "23.7806N 90.2794E";
	struct answer     detail, picture;
	const char       *id;

	need_people();
	id = uploaded(&seller, jpeg_new(640, 480, 6, secret));
	detail = show_images(&seller, form("{\"id\": \"%s\"}", id));
	EXPECT(detail, 200);
	CHECK_INT(number_at(&detail, "images.0.width"), 480);
	CHECK_INT(number_at(&detail, "images.0.height"), 640);
	for (size_t i = 0; i < length_at(&detail, "images.0.sizes"); i++) {
		picture = api_get(text_at(&detail, form("images.0.sizes.%zu.url", i)), NULL);
		REQUIRE(picture.status == 200);
		CHECK(memmem(picture.body, picture.length, secret, strlen(secret)) == NULL);
	}
	picture = api_get(form("/media/../originals/%s", id), NULL);
	CHECK(picture.status == 404 || picture.status == 400);
}

/* The tags of a film are gone before it has a name, and all the rest is where it was. */
static void
a_film_loses_its_tags(void)
{
	static const char mp4[] = "\0\0\0\x14"
				  "ftypisom\0\0\2\0isom"
				  "\0\0\0\x38moov"
				  "\0\0\0\x10trak\0\0\0\x08mdia"
				  "\0\0\0\x20udta\0\0\0\x18meta+23.7806+090.279"
				  "\0\0\0\x0cmdat1234";
	static const char webm[] = "\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
				   "\x18\x53\x80\x67\xff"
				   "\x16\x54\xae\x6b\x80"
				   "\x12\x54\xc3\x67\x91+23.7806+090.2794"
				   "\x1f\x43\xb6\x75\xff\xe7\x81\1";
	const struct file films[2] = { { mp4, sizeof mp4 - 1 }, { webm, sizeof webm - 1 } };
	struct answer     detail, film;

	need_people();
	detail = show_images(
	    &seller, form("{\"id\": \"%s\"}, {\"id\": \"%s\"}", uploaded(&seller, films[0]), uploaded(&seller, films[1])));
	EXPECT(detail, 200);
	CHECK_TEXT(text_at(&detail, "images.0.type"), "video/mp4");
	CHECK_TEXT(text_at(&detail, "images.1.type"), "video/webm");
	for (size_t i = 0; i < 2; i++) {
		film = api_get(text_at(&detail, form("images.%zu.url", i)), NULL);
		REQUIRE(film.status == 200);
		CHECK_INT(film.length, films[i].length);
		CHECK(memmem(film.body, film.length, "23.7806", 7) == NULL);
	}
	CHECK(memmem(film.body, film.length, "\x1f\x43\xb6\x75", 4) != NULL);
}

static void
refuse(struct file file, const char *what)
{
	struct answer answer = upload(&customer, &file, 1);

	printf("(%s) ", what);
	EXPECT_FAULT(answer, "files.0");
}

static struct file
text_file(const char *text)
{
	return (struct file) { text, strlen(text) };
}

/* A PNG whose head says so many pixels; its sum is not looked at before it is decoded. */
static struct file
png_that_says(uint32_t width, uint32_t height)
{
	struct file file = png_new(8, 8, NULL);
	char       *bytes = (char *)file.bytes;

	for (int i = 0; i < 4; i++) {
		bytes[16 + i] = (char)(width >> 8 * (3 - i));
		bytes[20 + i] = (char)(height >> 8 * (3 - i));
	}
	return file;
}

static void
what_is_no_picture_is_refused(void)
{
	static const char zip[] = "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct file       files[2];
	struct answer     answer;

	need_people();
	refuse(text_file("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "SVG");
	refuse(text_file("<!doctype html><title>x</title>"), "HTML");
	refuse(text_file("GIF89a"), "a GIF's head");
	refuse(text_file(""), "nothing");
	refuse(png_that_says(30000, 30000), "too many pixels");
	refuse(png_that_says(70000, 1), "too wide");
	refuse(png_that_says(0, 10), "no pixels");
	refuse(files_joined(png_new(8, 8, NULL), "<script>x</script>", 18), "PNG and script");
	refuse(files_joined(png_new(8, 8, NULL), zip, sizeof zip - 1), "PNG and ZIP");
	refuse(files_joined(jpeg_new(16, 16, 1, "x"), zip, sizeof zip - 1), "JPEG and ZIP");
	refuse(png_new(8, 8, "a <?php phpinfo();"), "PNG with PHP in a text");
	refuse((struct file) { png_new(8, 8, NULL).bytes, 40 }, "half a PNG");
	files[0] = png_new(8, 8, NULL);
	files[1] = text_file("nothing");
	answer = upload(&customer, files, 2);
	EXPECT_FAULT(answer, "files.1");
	CHECK_INT(rows_of(&customer), 0);
	EXPECT_PROBLEM(upload_to("/media", customer.access, "images", files, 1, NULL, NULL), 400, "validation_failed");
	EXPECT_FAULT(upload(&customer, files, 0), "files");
	EXPECT_PROBLEM(upload_to("/media", NULL, "files", files, 1, NULL, NULL), 401, "unauthenticated");
}

static void
only_ones_own_is_shown(void)
{
	const char   *mine, *theirs;
	struct answer answer;

	need_people();
	mine = uploaded(&seller, png_new(32, 32, NULL));
	theirs = uploaded(&other, png_new(32, 32, NULL));
	answer = show_images(&seller, form("{\"id\": \"%s\"}, {\"id\": \"%s\"}", mine, theirs));
	EXPECT_FAULT(answer, "images.1");
	answer = show_images(&seller, form("{\"id\": \"%s\"}, {\"id\": \"%s\"}", mine, mine));
	EXPECT_FAULT(answer, "images.1");
	answer = show_images(&seller, form("{\"id\": \"%s\"}", goods.product));
	EXPECT_FAULT(answer, "images.0");
	EXPECT_PROBLEM(api_delete(form("/media/%s", theirs), seller.access), 404, "not_found");
	EXPECT(api_delete(form("/media/%s", theirs), other.access), 204);
	EXPECT_PROBLEM(api_delete(form("/media/%s", theirs), other.access), 404, "not_found");
	EXPECT(show_images(&seller, form("{\"id\": \"%s\"}", mine)), 200);
}

static void
files_go_with_the_last_use(void)
{
	struct answer detail;
	const char   *id, *path;

	need_people();
	id = uploaded(&seller, png_new(40, 40, NULL));
	detail = show_images(&seller, form("{\"id\": \"%s\", \"alt\": \"first\"}", id));
	EXPECT(detail, 200);
	path = text_at(&detail, "images.0.url");
	REQUIRE(path != NULL);
	EXPECT_PROBLEM(api_delete(form("/media/%s", id), seller.access), 409, "in_use");
	CHECK_INT(api_get(path, NULL).status, 200);
	CHECK_INT(sql_number("SELECT uses FROM media WHERE id = '%s'", id), 1);
	EXPECT(show_images(&seller, form("{\"id\": \"%s\", \"alt\": \"second\"}", id)), 200);
	CHECK_INT(sql_number("SELECT uses FROM media WHERE id = '%s'", id), 1);
	EXPECT(show_images(&seller, ""), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM media WHERE id = '%s'", id);
	CHECK_INT(api_get(path, NULL).status, 404);
	CHECK_INT(access(form("%s/originals/%s", shop_directory(), id), F_OK), -1);
	EXPECT_CONSISTENT();
}

static struct answer
show_address(const char *url)
{
	struct answer detail = show_images(&seller, form("{\"url\": \"%s\", \"alt\": \"a\"}", url));

	EXPECT(detail, 200);
	CHECK(!has_at(&detail, "images.0.url"));
	return detail;
}

/* A product and its pictures in one call; what is wrong with either, nothing is there. */
static void
a_product_comes_with_its_pictures(void)
{
	struct file   files[2];
	struct answer made, broken;
	const char   *body;

	need_people();
	files[0] = png_new(30, 30, NULL);
	files[1] = jpeg_new(40, 30, 1, "x");
	body = form("{\"name\": \"Pitcher\", \"category_id\": \"%s\", \"price\": \"5\", \"variants\": [{\"sku\": \"%s\"}]}",
	    sql_text("SELECT category_id FROM products WHERE id = '%s'", goods.product), fresh_email("S"));
	made = upload_to("/products", seller.access, "images", files, 2, "product", body);
	EXPECT(made, 201);
	CHECK_INT(length_at(&made, "images"), 2);
	CHECK_INT(number_at(&made, "images.1.width"), 40);
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", text_at(&made, "images.1.id"));
	files[1] = text_file("<svg/>");
	broken = upload_to("/products", seller.access, "images", files, 2, "product", body);
	EXPECT_FAULT(broken, "images.1");
	broken = upload_to("/products", seller.access, "images", files, 1, "product", "{}");
	EXPECT_FAULT(broken, "name");
	broken = upload_to("/products", seller.access, "images", files, 1, NULL, NULL);
	EXPECT_FAULT(broken, "product");
	EXPECT_PROBLEM(upload_to("/products", customer.access, "images", files, 1, "product", body), 403, "forbidden");
}

/* What is fetched is kept here and never linked to there.  The development profile's neighbours may be asked. */
static void
a_picture_is_fetched(void)
{
	struct answer detail;
	const char   *id;

	need_people();
	detail = show_address(serve_once(png_new(50, 60, NULL)));
	id = text_at(&detail, "images.0.id");
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT height FROM media WHERE id = '%s'", id), 60);
	detail = show_address(serve_once(text_file("<html>no picture</html>")));
	WAIT_FOR("failed", "SELECT status FROM media WHERE id = '%s'", text_at(&detail, "images.0.id"));
	EXPECT(show_images(&seller, ""), 200);
}

/* Without a thing that shows it yet. */
static void
an_address_is_uploaded(void)
{
	struct file   file = png_new(40, 30, NULL);
	struct answer answer;

	need_people();
	answer = api_post("/media", seller.access, form("{\"url\": \"%s\"}", serve_once(file)));
	EXPECT(answer, 201);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK(!has_at(&answer, "results.0.url"));
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", text_at(&answer, "results.0.id"));
	EXPECT_FAULT(api_post("/media", seller.access, "{}"), "files");
	EXPECT_FAULT(api_post("/media", seller.access, "{\"url\": \"pitcher.jpg\"}"), "url");
	EXPECT_FAULT(api_post("/media", seller.access, "{\"url\": \"file:///etc/passwd\"}"), "url");
	EXPECT_PROBLEM(api_post("/media", NULL, "{\"url\": \"https://pictures.example/a.png\"}"), 401, "unauthenticated");
	answer = upload_to("/media", seller.access, "files", &file, 1, "url", "https://pictures.example/a.png");
	EXPECT_FAULT(answer, "url");
}

/* Who names an address does not make this machine call its network. */
static void
an_address_within_is_not_fetched(void)
{
	struct answer detail;

	need_people();
	detail = show_address("https://169.254.169.254/latest/meta-data");
	WAIT_FOR("failed", "SELECT status FROM media WHERE id = '%s'", text_at(&detail, "images.0.id"));
	CHECK(logs_hold("the picture's address is not public"));
	EXPECT(show_images(&seller, ""), 200);
}

/* Its original, its sizes, and what is under way: their names have the end of the id. */
static int
files_of(const char *id)
{
	return atoi(
	    printed_by(form("find '%s/media' '%s/originals' -name '*%s*' | wc -l", shop_directory(), shop_directory(), id + 24)));
}

/* Until the job of removal stands before a row that this process has locked. */
static void
await_claim(void)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (sql_number("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Execute' AND TIME_MS > 20 "
			       "AND INFO LIKE 'UPDATE media SET status = %%'") > 0)
			return;
		usleep(10 * 1000);
	}
	CU_assertImplementation(CU_FALSE, __LINE__, "the job does not wait for the row", __FILE__, "", CU_FALSE);
}

/* The job has read the row while nothing was made of it, and gets it when all is there. */
static void
what_was_made_meanwhile_is_removed_too(void)
{
	const char *id, *shown, *widths, *bench;

	need_people();
	shown = uploaded(&seller, png_new(40, 40, NULL));
	EXPECT(show_images(&seller, form("{\"id\": \"%s\"}", shown)), 200);
	id = uploaded(&seller, png_new(200, 100, NULL));
	widths = sql_text("SELECT widths FROM media WHERE id = '%s'", id);
	CHECK_INT(files_of(id), 5);
	/* As a worker leaves it that is killed at it. */
	bench = form("%s/originals/%s.making", shop_directory(), id);
	CHECK_INT(mkdir(bench, 0700), 0);
	sql_run("UPDATE media SET status = 'pending', widths = '', storage = NULL, remove_at = NOW(3) WHERE id = '%s'", id);
	sql_run("START TRANSACTION");
	sql_run("UPDATE media SET status = 'ready', widths = '%s', storage = 'local' WHERE id = '%s'", widths, id);
	EXPECT(show_images(&seller, ""), 200);
	await_claim();
	sql_run("COMMIT");
	WAIT_FOR("0", "SELECT COUNT(*) FROM media WHERE id = '%s'", id);
	CHECK_INT(files_of(id), 0);
}

SUITE("api: media", TEST(a_picture_is_served_in_its_sizes), TEST(a_photograph_loses_what_it_tells), TEST(a_film_loses_its_tags),
    TEST(what_is_no_picture_is_refused), TEST(only_ones_own_is_shown), TEST(files_go_with_the_last_use),
    TEST(a_product_comes_with_its_pictures), TEST(a_picture_is_fetched), TEST(an_address_is_uploaded),
    TEST(an_address_within_is_not_fetched), TEST(what_was_made_meanwhile_is_removed_too))
