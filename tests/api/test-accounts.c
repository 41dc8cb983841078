/* Registration, sign-in, limits of wrong passwords, one's own profile and password; users and merchants for staff. */
#include "tests/api/shopping.h"

#include <stdlib.h>
#include <string.h>

static const char *
registration(const char *email, const char *phone, const char *password, const char *name, const char *more)
{
	return form(
	    "{\"email\": \"%s\", \"phone\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\", \"full_name\": \"%s\"%s}",
	    email, phone, password, password, name, more);
}

static struct answer
register_customer(const char *email, const char *phone, const char *password, const char *name)
{
	return api_post("/accounts/register/customer", NULL, registration(email, phone, password, name, ""));
}

static struct answer
login(const char *email, const char *password)
{
	return api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", email, password));
}

static void
a_customer_registers_and_signs_in(void)
{
	const char   *email = fresh_email("customer");
	struct answer answer = register_customer(email, fresh_phone(), good_password, "Amina Khatun");

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "user.email"), email);
	CHECK_TEXT(text_at(&answer, "user.role"), "customer");
	CHECK(!bool_at(&answer, "user.email_verified"));
	CHECK(strstr(answer.body, "password") == NULL);
	answer = login(email, good_password);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.full_name"), "Amina Khatun");
	CHECK(strlen(text_at(&answer, "refresh")) == 43);
	answer = api_get("/accounts/me", text_at(&answer, "access"));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "email"), email);
	CHECK(!has_at(&answer, "merchant"));
	CHECK(strstr(answer.body, "order:place") != NULL);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'user.created'", text_at(&answer, "id")),
	    1);
}

static void
passwords_are_stored_as_bcrypt_hashes(void)
{
	const char *email = fresh_email("hash"), *first, *second;

	register_customer(email, fresh_phone(), good_password, "Amina");
	first = sql_text("SELECT password_hash FROM users WHERE email = '%s'", email);
	REQUIRE(first != NULL);
	CHECK(strncmp(first, "$2b$", 4) == 0 && strlen(first) == 60);
	email = fresh_email("hash");
	register_customer(email, fresh_phone(), good_password, "Amina");
	second = sql_text("SELECT password_hash FROM users WHERE email = '%s'", email);
	REQUIRE(second != NULL);
	CHECK(strcmp(first, second) != 0);
}

static void
a_shopkeeper_registers_with_a_shop(void)
{
	const char   *email = fresh_email("shop"), *phone = fresh_phone(), *business = form("bin-%s", phone + 1);
	struct answer answer = api_post("/accounts/register/shopkeeper", NULL,
	    registration(email, phone, good_password, "Rahim",
		form(", \"shop_name\": \"Dhaka Bells\", \"business_type\": \"business\", \"business_id\": \"%s\", "
		     "\"gst_number\": null, \"currency\": \"BDT\"",
		    business)));

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "user.role"), "shopkeeper");
	CHECK_TEXT(text_at(&answer, "merchant.shop_name"), "Dhaka Bells");
	CHECK_TEXT(text_at(&answer, "merchant.status"), "pending");
	CHECK_TEXT(text_at(&answer, "merchant.currency"), "BDT");
	answer = login(email, good_password);
	EXPECT(answer, 200);
	answer = api_get("/accounts/me", text_at(&answer, "access"));
	CHECK_TEXT(text_at(&answer, "merchant.business_id"), business);
	answer = api_post("/accounts/register/shopkeeper", NULL,
	    registration(fresh_email("shop"), fresh_phone(), good_password, "Rahim",
		form(
		    ", \"shop_name\": \"No Currency\", \"business_type\": \"individual\", \"business_id\": \"%s-2\"", business)));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "merchant.currency"), "USD");
	answer = api_post("/accounts/register/shopkeeper", NULL,
	    registration(fresh_email("shop"), fresh_phone(), good_password, "Rahim",
		", \"shop_name\": \"\", \"business_type\": \"charity\", \"currency\": \"usd\""));
	EXPECT_FAULT(answer, "shop_name");
	EXPECT_FAULT(answer, "business_type");
	EXPECT_FAULT(answer, "business_id");
	EXPECT_FAULT(answer, "currency");
}

/* One business, one shop, however its number is written; who is too late leaves no account behind. */
static void
a_business_has_one_shop(void)
{
	const char   *phone = fresh_phone(), *email = fresh_email("second");
	const char   *numbers[] = { form("Bin %s", phone), form("BIN %s", phone), form("bin %s", phone) };
	struct answer answer;

	for (size_t i = 0; i < 3; i++) {
		answer = api_post("/accounts/register/shopkeeper", NULL,
		    registration(i == 0 ? fresh_email("first") : email, fresh_phone(), good_password, "Rahim",
			form(", \"shop_name\": \"A\", \"business_type\": \"business\", \"business_id\": \" %s \"", numbers[i])));
		if (i == 0)
			EXPECT(answer, 201);
		else
			EXPECT_PROBLEM(answer, 409, "business_id_taken");
		CHECK(i == 0 || has_at(&answer, "details.business_id"));
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE email = '%s'", email), 0);
}

static void
registration_reports_every_fault(void)
{
	struct answer answer = api_post("/accounts/register/shopkeeper", NULL,
	    "{\"email\": \"nobody\", \"phone\": \"12\", \"password\": \"x\", \"role\": \"admin\"}");

	EXPECT_FAULT(answer, "email");
	EXPECT_FAULT(answer, "phone");
	EXPECT_FAULT(answer, "password_confirm");
	EXPECT_FAULT(answer, "full_name");
	EXPECT_FAULT(answer, "role");
	answer = api_post("/accounts/register/customer", NULL, "{\"email\": ");
	EXPECT_PROBLEM(answer, 400, "malformed_json");
	answer = api_post("/accounts/register/customer", NULL,
	    form("{\"email\": \"%s\", \"phone\": \"%s\", \"full_name\": \"A\", "
		 "\"password\": \"%s\", \"password_confirm\": \"Other-7-Bells\"}",
		fresh_email("x"), fresh_phone(), good_password));
	EXPECT_FAULT(answer, "password_confirm");
}

/* The rules of the password that the details name must be exactly those. */
static void
expect_rules(const char *password, size_t count, const char *word)
{
	struct answer answer =
	    register_customer(form("similarity%s", fresh_email("name")), fresh_phone(), password, "Karim Chowdhury");

	EXPECT_FAULT(answer, "password");
	CHECK_INT(length_at(&answer, "details.password"), count);
	if (strstr(answer.body, word) == NULL)
		CU_assertImplementation(
		    CU_FALSE, __LINE__, form("'%s' should say '%s': %s", password, word, answer.body), __FILE__, "", CU_FALSE);
}

static void
each_rule_of_passwords(void)
{
	struct answer answer;

	expect_rules("Ab1!xyz", 1, "at least 8 characters");
	expect_rules("rickshaw-7-bells", 1, "upper-case");
	expect_rules("RICKSHAW-7-BELLS", 1, "lower-case");
	expect_rules("Rickshaw-x-Bells", 1, "a digit");
	expect_rules("Rickshaw7Bells", 1, "neither letter nor digit");
	expect_rules("4829105736", 4, "only digits");
	expect_rules("P@ssw0rd123!", 1, "common password");
	expect_rules("Chowdhury-9", 1, "similar to the name");
	expect_rules("Karimchowdhury1!", 1, "similar to the name");
	expect_rules(form("Aa1!%069d", 7), 1, "72 bytes");
	answer = register_customer(form("borhanuddin+%s", fresh_email("x")), fresh_phone(), "BorhanUddin.1", "Karim");
	EXPECT_FAULT(answer, "password");
	/* 72 bytes exactly, and letters beyond ASCII. */
	answer = register_customer(fresh_email("long"), fresh_phone(), form("Aa1!%068d", 7), "Karim");
	EXPECT(answer, 201);
	EXPECT(login(text_at(&answer, "user.email"), form("Aa1!%068d", 7)), 200);
	EXPECT_PROBLEM(login(text_at(&answer, "user.email"), form("Aa1!%068d7", 7)), 401, "bad_credentials");
	answer = register_customer(fresh_email("bangla"), fresh_phone(), "\xc3\x84pfel-\xc3\xb6l-9 \xe0\xa6\x95", "Karim");
	EXPECT(answer, 201);
}

static void
email_and_phone_are_unique(void)
{
	const char   *email = fresh_email("unique"), *phone = fresh_phone();
	struct answer answer = register_customer(form("  %s ", email), phone, good_password, "A");

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "user.email"), email);
	answer = register_customer(form("U%s", email + 1), fresh_phone(), good_password, "A");
	EXPECT_PROBLEM(answer, 409, "email_taken");
	CHECK(has_at(&answer, "details.email"));
	answer = register_customer(fresh_email("other"), phone, good_password, "A");
	EXPECT_PROBLEM(answer, 409, "phone_taken");
	answer =
	    register_customer(form("Mixed.%.*s@PEOPLE.Test", (int)strcspn(email, "@"), email), fresh_phone(), good_password, "A");
	EXPECT(answer, 201);
	CHECK(strstr(text_at(&answer, "user.email"), "@people.test") != NULL);
	CHECK(strncmp(text_at(&answer, "user.email"), "Mixed.", 6) == 0);
	answer = login(form("mixed.%.*s@people.TEST", (int)strcspn(email, "@"), email), good_password);
	EXPECT(answer, 200);
}

static void
wrong_passwords_are_counted(void)
{
	struct person person = person_new("customer");
	struct answer answer;
	int64_t       first, second;

	for (int i = 0; i < 4; i++) {
		answer = login(person.email, "Wrong-7-Bells");
		EXPECT_PROBLEM(answer, 401, "bad_credentials");
	}
	/* A success forgets them. */
	person_login(&person);
	for (int i = 0; i < 5; i++) {
		answer = login(
		    i % 2 == 0 ? person.email : form("%c%s", person.email[0] - 'a' + 'A', person.email + 1), "Wrong-7-Bells");
		EXPECT_PROBLEM(answer, 401, "bad_credentials");
	}
	answer = login(person.email, good_password);
	EXPECT_PROBLEM(answer, 429, "login_limited");
	first = strtoll(header_of(&answer, "Retry-After"), NULL, 10);
	CHECK(first > 50 && first <= 60);
	/* The next time it is longer. */
	sql_run("UPDATE login_attempts SET blocked_until = NOW(3), window_started_at = NOW(3) - INTERVAL 61 SECOND "
		"WHERE kind = 'account' AND key_hash = UNHEX(SHA2(LOWER('%s'), 256))",
	    person.email);
	for (int i = 0; i < 5; i++) {
		answer = login(person.email, "Wrong-7-Bells");
		EXPECT_PROBLEM(answer, 401, "bad_credentials");
	}
	answer = login(person.email, good_password);
	EXPECT_PROBLEM(answer, 429, "login_limited");
	second = strtoll(header_of(&answer, "Retry-After"), NULL, 10);
	CHECK(second > 110 && second <= 120);
	answer = api_post("/accounts/password", person.access,
	    "{\"old_password\": \"x\", \"password\": \"Padma-River-42\", \"password_confirm\": \"Padma-River-42\"}");
	EXPECT_PROBLEM(answer, 429, "login_limited");
	/* Others are not concerned. */
	person = person_new("customer");
}

static void
an_old_window_does_not_count(void)
{
	struct person person = person_new("customer");
	struct answer answer;

	for (int i = 0; i < 4; i++)
		login(person.email, "Wrong-7-Bells");
	sql_run("UPDATE login_attempts SET window_started_at = NOW(3) - INTERVAL 61 SECOND "
		"WHERE kind = 'account' AND key_hash = UNHEX(SHA2(LOWER('%s'), 256))",
	    person.email);
	for (int i = 0; i < 4; i++)
		answer = login(person.email, "Wrong-7-Bells");
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
	person_login(&person);
}

static void
concurrent_guesses_are_counted_exactly(void)
{
	struct person person = person_new("customer");
	const char   *body = form("{\"email\": \"%s\", \"password\": \"Wrong-7-Bells\"}", person.email);
	struct call   calls[20];
	struct answer answers[20];
	int           refused = 0;

	for (size_t i = 0; i < 20; i++)
		calls[i] = (struct call) { "POST", "/accounts/login", NULL, body, NULL };
	api_calls(calls, 20, answers);
	for (size_t i = 0; i < 20; i++) {
		CHECK(answers[i].status == 401 || answers[i].status == 429);
		refused += answers[i].status == 401;
	}
	CHECK_INT(refused, 5);
}

static void
an_unknown_email_is_like_a_wrong_password(void)
{
	const char   *email = fresh_email("nobody");
	struct person person = person_new("customer");
	struct answer answer;

	for (int i = 0; i < 5; i++) {
		answer = login(email, good_password);
		EXPECT_PROBLEM(answer, 401, "bad_credentials");
	}
	answer = login(email, good_password);
	EXPECT_PROBLEM(answer, 429, "login_limited");
	/* so is an accent more, which makes no difference to the database, but would to the counter */
	answer = login(form("%.*s@p\u00e9ople.test", (int)strcspn(person.email, "@"), person.email), good_password);
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
	answer = login("not an e-mail' OR 1 = 1 --", good_password);
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
}

static void
a_profile_is_changed(void)
{
	static const char *const wrong_locales[] = { "e", "EN", "english", "en-", "en_GB", "pt-BR-", "en-a", "en-123456789",
		"en b" };
	struct person            person = person_new("customer"), other = person_new("customer");
	const char              *phone = fresh_phone();
	struct answer            answer;

	sql_run("UPDATE users SET phone_verified = TRUE WHERE id = '%s'", person.id);
	answer = api_patch("/accounts/me", person.access, "{\"full_name\": \"Selina Parvin\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "full_name"), "Selina Parvin");
	CHECK_TEXT(text_at(&answer, "phone"), person.phone);
	CHECK(bool_at(&answer, "phone_verified"));
	answer = api_patch("/accounts/me", person.access, form("{\"phone\": \"%s\"}", phone));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "phone"), phone);
	CHECK(!bool_at(&answer, "phone_verified"));
	answer = api_patch("/accounts/me", person.access, form("{\"phone\": \"%s\"}", other.phone));
	EXPECT_PROBLEM(answer, 409, "phone_taken");
	answer = api_patch("/accounts/me", person.access, "{\"locale\": \"pt-BR\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "locale"), "pt-BR");
	for (size_t i = 0; i < sizeof wrong_locales / sizeof *wrong_locales; i++)
		EXPECT_FAULT(api_patch("/accounts/me", person.access, form("{\"locale\": \"%s\"}", wrong_locales[i])), "locale");
	answer = api_patch("/accounts/me", person.access, "{\"full_name\": \"\", \"email\": \"x@y.test\"}");
	EXPECT_FAULT(answer, "full_name");
	EXPECT_FAULT(answer, "email");
	answer = api_get("/accounts/me", person.access);
	CHECK_TEXT(text_at(&answer, "full_name"), "Selina Parvin");
}

static void
a_password_is_changed(void)
{
	struct person person = person_new("customer"), elsewhere = person;
	struct answer answer;

	person_login(&elsewhere);
	answer = api_post("/accounts/password", person.access,
	    "{\"old_password\": \"Wrong-7-Bells\", \"password\": \"Padma-River-42\", \"password_confirm\": \"Padma-River-42\"}");
	EXPECT_FAULT(answer, "old_password");
	answer = api_post("/accounts/password", person.access,
	    form("{\"old_password\": \"%s\", \"password\": \"weak\", "
		 "\"password_confirm\": \"weak\"}",
		good_password));
	EXPECT_FAULT(answer, "password");
	answer = api_post("/accounts/password", person.access,
	    form("{\"old_password\": \"%s\", \"password\": \"%s\", "
		 "\"password_confirm\": \"%s\"}",
		good_password, good_password, good_password));
	EXPECT_FAULT(answer, "password");
	answer = api_post("/accounts/password", person.access,
	    form("{\"old_password\": \"%s\", \"password\": \"Padma-River-42\", "
		 "\"password_confirm\": \"Padma-River-43\"}",
		good_password));
	EXPECT_FAULT(answer, "password_confirm");
	answer = api_post("/accounts/password", person.access,
	    form("{\"old_password\": \"%s\", \"password\": \"Padma-River-42\", "
		 "\"password_confirm\": \"Padma-River-42\"}",
		good_password));
	EXPECT(answer, 204);
	answer = api_get("/accounts/me", elsewhere.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_get("/accounts/me", person.access);
	EXPECT(answer, 200);
	answer = login(person.email, good_password);
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
	person.password = "Padma-River-42";
	person_login(&person);
}

static void
staff_see_users(void)
{
	struct person admin = person_new("admin"), manager = person_new("account_manager"), person = person_new("warehouse");
	struct answer answer =
	    api_get(form("/users?role=warehouse&status=active&search=%.20s&page_size=5", person.email), manager.access);

	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "count"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), person.id);
	CHECK(!has_at(&answer, "next"));
	answer = api_get("/users?page_size=2&page=2", admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "previous"), "/api/v1/users?page_size=2&page=1");
	answer = api_get("/users?search=%25", admin.access);
	CHECK_INT(number_at(&answer, "count"), 0);
	answer = api_get("/users?role=boss&page=0&what=1", admin.access);
	EXPECT_FAULT(answer, "role");
	EXPECT_FAULT(answer, "page");
	EXPECT_FAULT(answer, "what");
	answer = api_get(form("/users/%s", person.id), manager.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "role"), "warehouse");
	CHECK_INT(length_at(&answer, "permissions"), 0);
	answer = api_get("/users/01890000-0000-7000-8000-000000000000", manager.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/users/nonsense", manager.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

static void
admins_change_users(void)
{
	struct person admin = person_new("admin"), person = person_new("customer");
	const char   *path = form("/users/%s", person.id);
	struct answer answer =
	    api_patch(path, admin.access, "{\"role\": \"warehouse\", \"permissions\": [\"report:sales\", \"audit:read\"]}");

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "role"), "warehouse");
	CHECK_TEXT(text_at(&answer, "permissions.0"), "audit:read");
	CHECK_TEXT(text_at(&answer, "permissions.1"), "report:sales");
	answer = api_get("/accounts/me", person.access); /* at once */
	CHECK_TEXT(text_at(&answer, "role"), "warehouse");
	CHECK(strstr(answer.body, "inventory:write") != NULL && strstr(answer.body, "audit:read") != NULL);
	answer = api_patch(path, admin.access, "{\"permissions\": [\"report:sales\", \"everything:all\"]}");
	EXPECT_FAULT(answer, "permissions.1");
	answer = api_patch(path, admin.access, "{\"permissions\": []}");
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "permissions"), 0);
	answer = api_patch(path, admin.access, "{\"role\": \"shopkeeper\"}");
	EXPECT_PROBLEM(answer, 409, "conflict");
	answer = api_patch(form("/users/%s", admin.id), admin.access, "{\"role\": \"customer\"}");
	EXPECT_PROBLEM(answer, 409, "conflict");
	answer = api_patch(path, admin.access, "{\"status\": \"deleted\"}");
	EXPECT_FAULT(answer, "status");
	answer = api_patch("/users/01890000-0000-7000-8000-000000000000", admin.access, "{\"status\": \"active\"}");
	EXPECT_PROBLEM(answer, 404, "not_found");
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'user.changed' AND actor_id = '%s' "
		"AND actor_role = 'admin' AND ip = '127.0.0.1' AND request_id IS NOT NULL",
		person.id, admin.id),
	    2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND (before_state LIKE '%%%s%%' OR "
			     "after_state LIKE '%%%s%%' OR after_state LIKE '%%%s%%')",
		      person.id, person.email, person.phone, person.name),
	    0);
	CHECK_TEXT(
	    sql_text(
		"SELECT JSON_EXTRACT(after_state, '$.permissions[1]') FROM audit_records WHERE subject_id = '%s' AND action = 'user.changed' ORDER BY id "
		"LIMIT 1",
		person.id),
	    "\"report:sales\"");
	CHECK_TEXT(
	    sql_text(
		"SELECT JSON_VALUE(before_state, '$.role') FROM audit_records WHERE subject_id = '%s' AND action = 'user.changed' ORDER BY id LIMIT 1",
		person.id),
	    "customer");
}

static void
disabling_ends_all_sessions(void)
{
	struct person admin = person_new("admin"), person = person_new("customer");
	struct answer answer = api_patch(form("/users/%s", person.id), admin.access, "{\"status\": \"disabled\"}");

	EXPECT(answer, 200);
	answer = api_get("/accounts/me", person.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_post("/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", person.refresh));
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = login(person.email, good_password);
	EXPECT_PROBLEM(answer, 403, "account_disabled");
	answer = login(person.email, "Wrong-7-Bells");
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
	answer = api_patch(form("/users/%s", person.id), admin.access, "{\"status\": \"active\"}");
	EXPECT(answer, 200);
	person_login(&person);
	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", person.id);
	answer = api_get("/accounts/me", person.access);
	EXPECT_PROBLEM(answer, 403, "account_disabled");
	answer = api_post("/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", person.refresh));
	EXPECT_PROBLEM(answer, 403, "account_disabled");
}

static void
merchants_are_verified(void)
{
	struct person manager = person_new("account_manager"), shopkeeper = person_new("shopkeeper"),
		      other = person_new("shopkeeper");
	const char   *path = form("/merchants/%s", shopkeeper.merchant);
	struct answer answer;

	sql_run("UPDATE merchants SET status = 'pending' WHERE id = '%s'", shopkeeper.merchant);
	answer = api_get("/merchants?status=pending&page_size=1", manager.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), shopkeeper.merchant);
	answer = api_get("/merchants", manager.access);
	EXPECT(answer, 200);
	answer = api_get(form("/merchants?search=%s",
			     strrchr(sql_text("SELECT shop_name FROM merchants WHERE id = '%s'", other.merchant), ' ') + 1),
	    manager.access);
	CHECK_INT(number_at(&answer, "count"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), other.merchant);
	answer = api_post(form("%s/suspend", path), manager.access, NULL);
	EXPECT_PROBLEM(answer, 409, "conflict");
	answer = api_post(form("%s/activate", path), shopkeeper.access, NULL);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	for (int i = 0; i < 2; i++) { /* the second time changes nothing */
		answer = api_post(form("%s/activate", path), manager.access, NULL);
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "status"), "active");
	}
	answer = api_post(form("%s/suspend", path), manager.access, "{}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "suspended");
	answer = api_get(path, shopkeeper.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "suspended");
	answer = api_get(path, other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(path, manager.access);
	EXPECT(answer, 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.activated'",
		      shopkeeper.merchant),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.suspended'",
		      shopkeeper.merchant),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s'", shopkeeper.merchant), 3);
	answer = api_post("/merchants/01890000-0000-7000-8000-000000000000/activate", manager.access, NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

static const char *
status_of(const struct person *shopkeeper)
{
	return sql_text("SELECT status FROM merchants WHERE id = '%s'", shopkeeper->merchant);
}

/* By who verifies merchants: each status that the table lets a shop have, told once. */
static void
a_merchant_has_its_status_changed(void)
{
	struct person manager = person_new("account_manager"), admin = person_new("admin"), shopkeeper = person_new("shopkeeper");
	const char   *path = form("/merchants/%s", shopkeeper.merchant);
	struct answer answer;

	goods_new(&shopkeeper, "20.00", 5);
	WAIT_FOR("1", "SELECT COUNT(*) > 0 FROM product_listings WHERE merchant_id = '%s'", shopkeeper.merchant);
	EXPECT_FAULT(api_patch(path, manager.access, "{\"status\": \"pending\"}"), "status");
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"commission_percent\": \"1.00\"}"), 403, "forbidden");
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"rate_limit\": 5}"), 403, "forbidden");
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"currency\": \"USD\"}"), 403, "forbidden");
	EXPECT_PROBLEM(
	    api_patch(path, manager.access, "{\"status\": \"suspended\", \"metadata\": {\"a\": \"b\"}}"), 403, "forbidden");
	EXPECT_PROBLEM(api_patch(path, shopkeeper.access, "{\"status\": \"active\"}"), 403, "forbidden");
	CHECK_TEXT(status_of(&shopkeeper), "active");
	for (int i = 0; i < 2; i++) { /* the second time changes nothing */
		answer = api_patch(path, manager.access, "{\"status\": \"inactive\"}");
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "status"), "inactive");
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.deactivated' AND "
			     "JSON_VALUE(payload, '$.status') = 'inactive'",
		      shopkeeper.merchant),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'merchant.deactivated' AND "
			     "actor_id = '%s' AND JSON_VALUE(before_state, '$.status') = 'active'",
		      shopkeeper.merchant, manager.id),
	    1);
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_listings WHERE merchant_id = '%s'", shopkeeper.merchant);
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"status\": \"suspended\"}"), 409, "conflict");
	EXPECT(api_patch(path, manager.access, "{\"status\": \"active\"}"), 200);
	EXPECT(api_patch(path, admin.access, "{\"status\": \"suspended\", \"commission_percent\": \"1.00\"}"), 200);
	CHECK_TEXT(status_of(&shopkeeper), "suspended");
	CHECK_INT(sql_number("SELECT commission_basis_points FROM merchants WHERE id = '%s'", shopkeeper.merchant), 100);
	EXPECT(api_patch(path, manager.access, "{\"status\": \"inactive\"}"), 200);
	sql_run("UPDATE merchants SET status = 'pending' WHERE id = '%s'", shopkeeper.merchant);
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"status\": \"inactive\"}"), 409, "conflict");
	EXPECT_PROBLEM(api_patch("/merchants/01890000-0000-7000-8000-000000000000", manager.access, "{\"status\": \"active\"}"),
	    404, "not_found");
}

/* Nothing that the shop sells or asks for may be in another one. */
static void
a_merchant_has_its_currency_changed(void)
{
	struct person admin = person_new("admin"), asks = shopkeeper_new("USD"), sells = shopkeeper_new("USD");
	const char   *path = form("/merchants/%s", asks.merchant), *selling = form("/merchants/%s", sells.merchant), *reference;
	struct answer answer;

	EXPECT_FAULT(api_patch(path, admin.access, "{\"currency\": \"euro\"}"), "currency");
	answer = api_post("/payments/initialize", asks.access,
	    "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
	    "\"return_url\": \"https://merchant.example/\"}");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	EXPECT_PROBLEM(api_patch(path, admin.access, "{\"currency\": \"EUR\"}"), 409, "conflict");
	EXPECT(api_patch(path, admin.access, "{\"currency\": \"USD\"}"), 200);
	EXPECT(
	    api_put(form("/payments/%s/status", reference), asks.access, "{\"status\": \"cancelled\", \"reason\": \"x\"}"), 200);
	answer = api_patch(path, admin.access, "{\"currency\": \"EUR\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "currency"), "EUR");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.changed' AND "
			     "JSON_VALUE(payload, '$.currency') = 'EUR'",
		      asks.merchant),
	    1);
	goods_new(&sells, "20.00", 1);
	EXPECT_PROBLEM(api_patch(selling, admin.access, "{\"currency\": \"EUR\"}"), 409, "conflict");
	CHECK_TEXT(sql_text("SELECT currency FROM merchants WHERE id = '%s'", sells.merchant), "USD");
}

SUITE("api: accounts", TEST(a_customer_registers_and_signs_in), TEST(passwords_are_stored_as_bcrypt_hashes),
    TEST(a_shopkeeper_registers_with_a_shop), TEST(a_business_has_one_shop), TEST(registration_reports_every_fault),
    TEST(each_rule_of_passwords), TEST(email_and_phone_are_unique), TEST(wrong_passwords_are_counted),
    TEST(an_old_window_does_not_count), TEST(concurrent_guesses_are_counted_exactly),
    TEST(an_unknown_email_is_like_a_wrong_password), TEST(a_profile_is_changed), TEST(a_password_is_changed),
    TEST(staff_see_users), TEST(admins_change_users), TEST(disabling_ends_all_sessions), TEST(merchants_are_verified),
    TEST(a_merchant_has_its_status_changed), TEST(a_merchant_has_its_currency_changed))
