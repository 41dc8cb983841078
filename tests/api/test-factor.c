/* The second factor of staff: set up, asked for at sign-in and as a confirmation, each code once; lost, removed, required. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include "base/instant.h"
#include "base/totp.h"

#include <string.h>

enum { DIGITS = 32, BITS = 5 };

struct device {
	unsigned char secret[TOTP_SECRET_BYTES];
};

static struct device
device_of(const char *base32)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct device     device = { { 0 } };

	REQUIRE(strlen(base32) == DIGITS);
	for (size_t i = 0; i < DIGITS * BITS; i++) {
		long value = strchr(alphabet, base32[i / BITS]) - alphabet;

		device.secret[i / 8] = (unsigned char)(device.secret[i / 8] << 1 | (value >> (BITS - 1 - i % BITS) & 1));
	}
	return device;
}

/* What the device shows `later` steps from now. */
static const char *
code_of(const struct device *device, int later)
{
	return form("%06u", totp_code(device->secret, sizeof device->secret, totp_step(unix_seconds()) + later));
}

static struct answer
begin(const struct person *person)
{
	return api_post("/accounts/totp", person->access, NULL);
}

static struct answer
verify(const struct person *person, const char *code)
{
	return api_post("/accounts/totp/verify", person->access, form("{\"totp\": \"%s\"}", code));
}

static struct answer
login(const struct person *person, const char *code)
{
	return api_post("/accounts/login", NULL,
	    form("{\"email\": \"%s\", \"password\": \"%s\"%s}", person->email, person->password,
		code == NULL ? "" : form(", \"totp\": \"%s\"", code)));
}

/* As if no code had been used yet: a test cannot wait for the next one. */
static void
forget_step(const struct person *person)
{
	sql_run("UPDATE users SET totp_step = NULL WHERE id = '%s'", person->id);
}

static struct device
set_up(const struct person *person, struct answer *verified)
{
	struct answer answer = begin(person);
	struct device device;

	EXPECT(answer, 200);
	device = device_of(text_at(&answer, "secret"));
	CHECK(strstr(text_at(&answer, "otpauth_url"), form("?secret=%s&", text_at(&answer, "secret"))) != NULL);
	*verified = verify(person, code_of(&device, 0));
	EXPECT(*verified, 200);
	return device;
}

static void
a_second_factor_is_asked_for(void)
{
	struct person person = person_new("accountant");
	struct answer verified, answer;
	struct device device;

	EXPECT_PROBLEM(verify(&person, "123456"), 409, "conflict");
	device = set_up(&person, &verified);
	CHECK_INT(length_at(&verified, "recovery_codes"), 10);
	answer = api_get("/accounts/me", person.access);
	CHECK(bool_at(&answer, "second_factor") && !bool_at(&answer, "second_factor_owed"));
	EXPECT_PROBLEM(begin(&person), 409, "conflict");
	EXPECT_PROBLEM(login(&person, NULL), 401, "totp_required");
	/* The code that set it up is used, and so is each that signed in. */
	EXPECT_PROBLEM(login(&person, code_of(&device, 0)), 401, "totp_required");
	EXPECT(login(&person, code_of(&device, 1)), 200);
	EXPECT_PROBLEM(login(&person, code_of(&device, 1)), 401, "totp_required");
	EXPECT_PROBLEM(login(&(struct person) { .email = person.email, .password = "Wrong-1-Password" }, code_of(&device, 1)),
	    401, "bad_credentials");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'user.second_factor_added' AND subject_id = '%s'",
		      person.id),
	    1);
	/* Neither the secret nor a code stands in the database. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE id = '%s' AND LENGTH(totp_secret) = 49", person.id), 1);
}

/* They count as wrong passwords, also when the password is right. */
static void
wrong_codes_are_counted(void)
{
	struct person person = person_new("warehouse");
	struct answer verified, answer = { 0 };
	struct device device = set_up(&person, &verified);

	forget_step(&person);
	for (int i = 0; i < 5; i++)
		EXPECT_PROBLEM(login(&person, "000000"), 401, "totp_required");
	answer = login(&person, code_of(&device, 0));
	EXPECT_PROBLEM(answer, 429, "login_limited");
}

static void
a_code_signs_in_one_of_many(void)
{
	enum { MANY = 6 };
	struct person person = person_new("accountant");
	struct answer verified, answers[MANY];
	struct device device = set_up(&person, &verified);
	struct call   calls[MANY];
	int           in = 0;

	for (int i = 0; i < MANY; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/accounts/login",
			.body = form("{\"email\": \"%s\", \"password\": \"%s\", \"totp\": \"%s\"}", person.email, person.password,
			    code_of(&device, 1)) };
	api_calls(calls, MANY, answers);
	for (int i = 0; i < MANY; i++)
		in += answers[i].status == 200;
	CHECK(in <= 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE user_id = '%s'", person.id), 1 + in);
}

static void
recovery_codes_are_good_once(void)
{
	struct person person = person_new("admin");
	struct answer verified;
	const char   *code, *other;

	set_up(&person, &verified);
	code = text_at(&verified, "recovery_codes.0");
	other = in_lower_case(text_at(&verified, "recovery_codes.9"));
	CHECK_INT(strlen(code), 19);
	EXPECT(login(&person, code), 200);
	EXPECT_PROBLEM(login(&person, code), 401, "totp_required");
	EXPECT(api_post("/accounts/confirm", person.access, form("{\"totp\": \"%s\"}", other)), 204);
	EXPECT_FAULT(api_post("/accounts/confirm", person.access, form("{\"totp\": \"%s\"}", other)), "totp");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM recovery_codes WHERE user_id = '%s'", person.id), 8);
}

static void
a_code_confirms(void)
{
	struct person person = person_new("admin"), plain = person_new("customer");
	struct answer verified;
	struct device device = set_up(&person, &verified);

	sql_run("UPDATE sessions SET created_at = created_at - INTERVAL 1 DAY WHERE id = '%s'", person.session);
	EXPECT_PROBLEM(api_delete("/accounts/totp", person.access), 403, "confirmation_required");
	EXPECT_FAULT(api_post("/accounts/confirm", person.access, "{\"totp\": \"000000\"}"), "totp");
	EXPECT_FAULT(api_post("/accounts/confirm", person.access, "{}"), "password");
	EXPECT_FAULT(api_post("/accounts/confirm", person.access, "{\"totp\": \"000000\", \"password\": \"Rickshaw-7-Bells\"}"),
	    "password");
	EXPECT(api_post("/accounts/confirm", person.access, form("{\"totp\": \"%s\"}", code_of(&device, 1))), 204);
	EXPECT(api_delete("/accounts/totp", person.access), 204);
	EXPECT(login(&person, NULL), 200);
	EXPECT_PROBLEM(api_delete("/accounts/totp", person.access), 409, "conflict");
	EXPECT_FAULT(api_post("/accounts/confirm", plain.access, "{\"totp\": \"000000\"}"), "totp");
}

/* Who comes by Google shows it too, and can try again with the same code of that sign-in. */
static void
a_sign_in_from_elsewhere(void)
{
	struct person person = person_new("accountant");
	const char   *code = form("from-elsewhere-%s", person.id), *totp;
	struct answer verified;
	struct device device = set_up(&person, &verified);

	sql_run("INSERT INTO sign_in_codes (code_hash, user_id, is_new, expires_at) "
		"VALUES (UNHEX(SHA2('%s', 256)), '%s', FALSE, NOW(3) + INTERVAL 1 MINUTE)",
	    code, person.id);
	totp = code_of(&device, 1);
	EXPECT_PROBLEM(api_post("/auth/exchange", NULL, form("{\"code\": \"%s\"}", code)), 401, "totp_required");
	EXPECT_PROBLEM(
	    api_post("/auth/exchange", NULL, form("{\"code\": \"%s\", \"totp\": \"000000\"}", code)), 401, "totp_required");
	EXPECT(api_post("/auth/exchange", NULL, form("{\"code\": \"%s\", \"totp\": \"%s\"}", code, totp)), 200);
}

static void
a_lost_device(void)
{
	struct person person = person_new("accountant"), admin = person_new("admin"), manager = person_new("customer");
	struct answer verified;

	set_up(&person, &verified);
	sql_run("INSERT INTO user_permissions (user_id, permission) VALUES ('%s', 'user:manage')", manager.id);
	EXPECT_PROBLEM(api_delete(form("/users/%s/totp", person.id), manager.access), 403, "forbidden");
	EXPECT_PROBLEM(api_delete(form("/users/%s/totp", admin.id), admin.access), 409, "conflict");
	EXPECT(api_delete(form("/users/%s/totp", person.id), admin.access), 204);
	EXPECT_PROBLEM(api_delete(form("/users/%s/totp", person.id), admin.access), 409, "conflict");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM recovery_codes WHERE user_id = '%s'", person.id), 0);
	EXPECT(login(&person, NULL), 200);
}

/* Where staff must have one, who has none may set it up, and nothing else of the staff's. */
static void
staff_must_have_one(void)
{
	const char *const settings[] = { "HAAT_AUTH_STAFF_TOTP=required", NULL };
	struct person     person = person_new("admin"), customer = person_new("customer");
	struct answer     answer, verified;

	lone_workers_start(settings);
	answer = lone_call("192.0.2.1", "GET", "/users", person.access, NULL);
	CHECK_INT(answer.status, 403);
	CHECK_TEXT(text_at(&answer, "code"), "totp_setup_required");
	answer = lone_call("192.0.2.1", "GET", "/orders", person.access, NULL);
	CHECK(answer.status != 200 || length_at(&answer, "results") == 0);
	answer = lone_call("192.0.2.1", "GET", "/accounts/me", person.access, NULL);
	CHECK(bool_at(&answer, "second_factor_owed") && length_at(&answer, "permissions") == 0);
	answer = lone_call("192.0.2.1", "GET", "/cart", customer.access, NULL);
	CHECK_INT(answer.status, 200);
	answer = lone_call("192.0.2.1", "POST", "/accounts/totp", person.access, NULL);
	CHECK_INT(answer.status, 200);
	set_up(&person, &verified);
	answer = lone_call("192.0.2.1", "GET", "/users", person.access, NULL);
	CHECK_INT(answer.status, 200);
}

SUITE("api: second factor", TEST(a_second_factor_is_asked_for), TEST(wrong_codes_are_counted), TEST(a_code_signs_in_one_of_many),
    TEST(recovery_codes_are_good_once), TEST(a_code_confirms), TEST(a_sign_in_from_elsewhere), TEST(a_lost_device),
    TEST(staff_must_have_one))
