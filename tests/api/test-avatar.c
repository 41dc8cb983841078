/* Somebody shows a picture of themselves, and takes it away. */
#include "tests/api/played.h"
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "people/people.h"

#include <string.h>

static struct answer
put(const struct person *person, const struct file *file, size_t n)
{
	return upload_by("PUT", "/accounts/me/avatar", person->access, "file", file, n, NULL, NULL);
}

/* Puts a picture of that size, and waits until it is shown; where. */
static const char *
shown(const struct person *person, unsigned width)
{
	struct file   file = png_new(width, width, NULL);
	struct answer answer = put(person, &file, 1);

	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "url"));
	WAIT_FOR(text_at(&answer, "id"),
	    "SELECT m.id FROM media m JOIN media_uses u ON u.media_id = m.id JOIN users o ON o.id = u.subject_id "
	    "WHERE o.id = '%s' AND o.avatar IS NOT NULL",
	    person->id);
	answer = api_get("/accounts/me", person->access);
	EXPECT(answer, 200);
	return text_at(&answer, "avatar");
}

/* What the token says, as JSON. */
static const char *
payload_of(const char *token)
{
	static struct arena *arena;
	const char          *from = strchr(token, '.') + 1;
	size_t               length;

	if (arena == NULL)
		arena = arena_new(1 << 20);
	return form("%s", (const char *)base64url_decode(arena, from, strcspn(from, "."), &length));
}

static void
a_picture_is_shown(void)
{
	struct person customer = person_new("customer");
	struct answer answer = api_get("/accounts/me", customer.access), picture;
	const char   *url;

	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "avatar"));
	CHECK(strstr(payload_of(customer.access), "avatar") == NULL);
	url = shown(&customer, 700);
	CHECK(url != NULL && strstr(url, "-480.jpg") != NULL);
	picture = api_get(url, NULL);
	CHECK_INT(picture.status, 200);
	CHECK_TEXT(header_of(&picture, "Content-Type"), "image/jpeg");
	person_login(&customer);
	CHECK(strstr(payload_of(customer.access), form("\"avatar\":\"%s\"", url)) != NULL);
	EXPECT(api_get("/accounts/me", customer.access), 200);
	answer = api_get(form("/users/%s", customer.id), person_new("admin").access);
	CHECK_TEXT(text_at(&answer, "avatar"), url);
	/* As when it was served from elsewhere before. */
	sql_run("UPDATE users SET avatar = 'https://cdn.haat.test/old-480.jpg' WHERE id = '%s'", customer.id);
	CHECK_INT(shop_command("documents", "rebuild"), 0);
	answer = api_get("/accounts/me", customer.access);
	CHECK_TEXT(text_at(&answer, "avatar"), url);
}

static void
another_takes_its_place(void)
{
	struct person customer = person_new("customer");
	const char   *first = shown(&customer, 300), *second = shown(&customer, 100);
	struct answer answer;

	CHECK(strcmp(first, second) != 0);
	CHECK(strstr(second, "-100.jpg") != NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE user_id = '%s' AND uses = 1", customer.id), 1);
	EXPECT(api_delete("/accounts/me/avatar", customer.access), 204);
	EXPECT(api_delete("/accounts/me/avatar", customer.access), 204);
	answer = api_get("/accounts/me", customer.access);
	CHECK(!has_at(&answer, "avatar"));
	WAIT_FOR("0", "SELECT COUNT(*) FROM media WHERE user_id = '%s'", customer.id);
	CHECK_INT(api_get(second, NULL).status, 404);
}

static void
what_is_no_picture_is_refused(void)
{
	struct person customer = person_new("customer");
	struct file   files[2] = { { "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 41 }, { .bytes = NULL } };

	EXPECT_FAULT(put(&customer, files, 1), "file.0");
	EXPECT_FAULT(put(&customer, files, 0), "file");
	files[0] = files[1] = png_new(10, 10, NULL);
	CHECK(put(&customer, files, 2).status >= 400);
	CHECK_INT(put(&(struct person) { .access = NULL }, files, 1).status, 401);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE user_id = '%s'", customer.id), 0);
}

static const struct problem *
play_erasure(struct work *work, void *argument)
{
	int64_t erased;

	(void)argument;
	return erase_accounts(work, &erased);
}

static void
it_goes_with_the_account(void)
{
	struct person customer = person_new("customer");
	const char   *url = shown(&customer, 200);

	EXPECT(api_delete("/accounts/me", customer.access), 204);
	played_run(
	    sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 31 DAY, '%%Y-%%m-%%dT%%H:%%i:%%sZ')"), play_erasure, NULL);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM users WHERE id = '%s' AND erased_at IS NOT NULL AND avatar IS NULL", customer.id),
	    1);
	run_job_now("remove_media");
	WAIT_FOR("0", "SELECT COUNT(*) FROM media WHERE user_id = '%s'", customer.id);
	CHECK_INT(api_get(url, NULL).status, 404);
}

SUITE("api: avatar", TEST(a_picture_is_shown), TEST(another_takes_its_place), TEST(what_is_no_picture_is_refused),
    TEST(it_goes_with_the_account))
