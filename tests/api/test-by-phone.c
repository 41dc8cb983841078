/* Who has signed up by phone and has no e-mail address goes everywhere in the shop, and gets an address when they want one. */
#include "tests/api/letters.h"
#include "tests/api/vouched.h"
#include "tests/printed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct person
person_by_phone(void)
{
	struct person person = { .phone = fresh_phone() };
	struct answer answer = api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", phone_token(person.phone, "")));

	EXPECT(answer, 200);
	REQUIRE(answer.status == 200);
	CHECK(bool_at(&answer, "is_new"));
	person.id = text_at(&answer, "user.id");
	person.access = text_at(&answer, "access");
	return person;
}

static void
it_is_shown_without_an_address(void)
{
	struct person person = person_by_phone(), admin = person_new("admin");
	struct answer answer = api_get("/accounts/me", person.access);

	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "email") && !bool_at(&answer, "email_verified"));
	answer = api_get(form("/users?search=%s", person.phone + 1), admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), person.id);
	CHECK(!has_at(&answer, "results.0.email"));
	answer = api_get(form("/users/%s", person.id), admin.access);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "email"));
	answer = api_get(form("/audit?subject=%s", person.id), admin.access);
	EXPECT(answer, 200);
	CHECK(length_at(&answer, "results") >= 2);
	/* Staff are written to. */
	answer = api_patch(form("/users/%s", person.id), admin.access, "{\"role\": \"accountant\"}");
	EXPECT_PROBLEM(answer, 409, "email_unverified");
}

static void
the_number_stays_until_there_is_an_address(void)
{
	struct person person = person_by_phone();

	EXPECT_FAULT(api_patch("/accounts/me", person.access, "{\"phone\": null}"), "phone");
	EXPECT(api_patch("/accounts/me", person.access, "{\"full_name\": \"Amina Khatun\"}"), 200);
	EXPECT_PROBLEM(api_post("/accounts/verify-email/resend", person.access, "{}"), 409, "conflict");
	EXPECT_FAULT(
	    api_post("/accounts/password", person.access,
		"{\"old_password\": \"Rickshaw-7-Bells\", \"password\": \"Other-7-Bells\", \"password_confirm\": \"Other-7-Bells\"}"),
	    "old_password");
}

/* Nothing fails where a letter would be written. */
static void
it_shops(void)
{
	struct person person = person_by_phone(), seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "12.00", 100);
	const char   *address = address_new(&person), *order = order_new(&person, address, &goods, 1), *other;
	struct answer answer;

	EXPECT(api_put(form("/wishlist/%s", goods.product), person.access, NULL), 204);
	attempt_paid(&person, order);
	answer = api_get(form("/orders/%s", order), seller.access);
	EXPECT(answer, 200);
	answer = api_post(form("/products/%s/reviews", goods.product), person.access, "{\"rating\": 5, \"text\": \"Good.\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "user_name"), "Customer");
	/* These two want to write to the payer themselves. */
	other = order_new(&person, address, &goods, 1);
	EXPECT_PROBLEM(payment_new(&person, other, "paystack"), 502, "provider_refused");
	EXPECT_PROBLEM(payment_new(&person, other, "flutterwave"), 502, "provider_refused");
	EXPECT(payment_new(&person, other, "stripe"), 201);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM mails WHERE recipient_id = '%s'", person.id), 0);
	EXPECT(api_delete("/accounts/me", person_by_phone().access), 204);
	EXPECT_CONSISTENT();
}

static int64_t
dead_letters(void)
{
	return sql_number("SELECT COUNT(*) FROM jobs WHERE kind = 'write_letters' AND status = 'dead'");
}

static void
it_gets_its_first_address(void)
{
	struct person person = person_by_phone();
	const char   *email = fresh_email("first");
	int64_t       dead = dead_letters();
	struct answer answer;

	EXPECT(api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", email)), 200);
	answer =
	    api_post("/accounts/verify-email", NULL, form("{\"token\": \"%s\"}", token_of_letter("change-email", person.id)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "email"), email);
	CHECK(bool_at(&answer, "email_verified"));
	/* There was none before that could be told. */
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'write_letters' AND status <> 'dead'");
	CHECK_INT(dead_letters(), dead);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM former_emails WHERE user_id = '%s'", person.id), 0);
	EXPECT(api_post("/accounts/password/forgot", NULL, form("{\"email\": \"%s\"}", email)), 200);
	answer = api_post("/accounts/password/reset", NULL,
	    form("{\"token\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\"}",
		token_of_letter("reset-password", person.id), good_password, good_password));
	EXPECT(answer, 200);
	EXPECT(api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", email, good_password)), 200);
	answer = api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", phone_token(person.phone, "")));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
}

static void
it_gets_what_is_kept(void)
{
	struct person person = person_by_phone();
	struct answer answer = api_post("/accounts/me/export", person.access, NULL);
	const char   *id, *path;
	FILE         *file;

	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("ready", "SELECT status FROM data_exports WHERE id = '%s'", id);
	answer = api_get(form("/accounts/me/exports/%s/file", id), person.access);
	EXPECT(answer, 200);
	path = form("%s/export-%s.zip", shop_directory(), id);
	file = fopen(path, "we");
	REQUIRE(file != NULL);
	CHECK_INT(fwrite(answer.body, 1, answer.length, file), answer.length);
	fclose(file);
	CHECK_TEXT(printed_by(form("unzip -p %s users.json | jq -r '.[0] | \"\\(.phone) \\(.email)\"'", path)),
	    form("%s null", person.phone));
	CHECK_TEXT(printed_by(form("unzip -p %s user_identities.json | jq -r '.[0].issuer'", path)), "firebase");
	unlink(path);
}

/* Whoever comes back after that is somebody new. */
static void
it_is_deleted(void)
{
	struct person person = person_by_phone();
	struct answer answer;

	EXPECT(api_delete("/accounts/me", person.access), 204);
	answer = api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", phone_token(person.phone, "")));
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "is_new"));
	CHECK(strcmp(text_at(&answer, "user.id"), person.id) != 0);
}

SUITE("customers without an address", TEST(it_is_shown_without_an_address), TEST(the_number_stays_until_there_is_an_address),
    TEST(it_shops), TEST(it_gets_its_first_address), TEST(it_gets_what_is_kept), TEST(it_is_deleted))
