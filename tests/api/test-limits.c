/*
 * The limits as they are in production, on workers that have them switched on.  Each run counts under names of its own, and
 * each test comes from addresses of its own.
 */
#include "base/instant.h"
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Once: workers with limits. */
static void
begin(void)
{
	static bool started;
	/* On a busy machine memcached may take its time: a call that went on without it would not be counted. */
	const char *const settings[] = { "HAAT_LIMITS_ENABLED=true", "HAAT_LIMITS_PAYMENT_ADDRESS=60",
		"HAAT_CACHE_TIMEOUT_MS=10000", form("HAAT_CACHE_PREFIX=limits%d:", (int)getpid()), NULL };

	if (!started)
		lone_workers_start(settings);
	started = true;
}

/* How many of `tries` are let in; the first that is not must be the limit's refusal, with a time to come back. */
static int
let_in(int tries, const char *address, struct call call, long retry_after)
{
	const char *body = call.body == NULL && strcmp(call.method, "POST") == 0 ? "{}" : call.body;
	int         count = 0;

	for (int i = 0; i < tries; i++) {
		struct answer answer = lone_call_with(address, call.method, call.path, call.token, body, call.headers);
		long          wait;

		REQUIRE(answer.status != 0);
		if (answer.status != 429) {
			count++;
			continue;
		}
		CHECK_TEXT(text_at(&answer, "code"), "rate_limited");
		wait = header_of(&answer, "Retry-After") == NULL ? 0 : strtol(header_of(&answer, "Retry-After"), NULL, 10);
		CHECK(wait > retry_after - 60 && wait <= retry_after);
		break;
	}
	return count;
}

#define CALL(...) ((struct call) { __VA_ARGS__ })

/* Sends the request to memcached and reads until `end` ends the answer; returns its length. */
static size_t
ask_memcached(const char *request, size_t length, char *answer, size_t room, const char *end)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t             got = 0, tail = strlen(end);
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/memcached.sock", shop_directory());
	REQUIRE(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	REQUIRE(write(fd, request, length) == (ssize_t)length);
	while (got < tail || memcmp(answer + got - tail, end, tail) != 0) {
		ssize_t more = read(fd, answer + got, room - got);

		REQUIRE(more > 0);
		got += (size_t)more;
	}
	close(fd);
	return got;
}

/* The bucket is empty again, as after its time. */
static void
forget(const char *bucket, const char *subject)
{
	const char *line = form("delete limits%d:limit:%s:%s\r\n", (int)getpid(), bucket, subject);
	char        answer[32];

	ask_memcached(line, strlen(line), answer, sizeof answer, "DELETED\r\n");
}

/* As if so many seconds had passed since each of the bucket's calls. */
static void
age(const char *bucket, const char *subject, int64_t seconds)
{
	static char answer[64 * 1024], request[64 * 1024];
	const char *key = form("limits%d:limit:%s:%s", (int)getpid(), bucket, subject), *get = form("get %s\r\n", key);
	size_t      length, head;
	char       *value;

	ask_memcached(get, strlen(get), answer, sizeof answer, "\r\nEND\r\n");
	value = strstr(answer, "\r\n");
	REQUIRE(value != NULL && strncmp(answer, "VALUE ", 6) == 0);
	value += 2;
	length = (size_t)strtoul(strrchr(form("%.*s", (int)(value - answer - 2), answer), ' '), NULL, 10);
	head = (size_t)snprintf(request, sizeof request, "set %s 0 0 %zu\r\n", key, length);
	for (size_t at = 0; at + sizeof(int64_t) <= length; at += sizeof(int64_t)) {
		int64_t moment;

		memcpy(&moment, value + at, sizeof moment);
		moment -= seconds * 1000;
		memcpy(request + head + at, &moment, sizeof moment);
	}
	memcpy(request + head + length, "\r\n", 2);
	ask_memcached(request, head + length + 2, answer, sizeof answer, "STORED\r\n");
}

static struct call
sign_in_as(const struct person *person)
{
	return CALL("POST", "/accounts/login",
	    .body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person->email, person->password));
}

static void
sign_in_by_account_and_address(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	int           count = 0;

	begin();
	for (int host = 0; host < 11; host++)
		count += let_in(1, form("198.51.100.%d", 10 + host), sign_in_as(&person), 900);
	CHECK_INT(count, 10);
	CHECK_INT(let_in(1, "198.51.100.10", sign_in_as(&other), 900), 1);
	CHECK_INT(let_in(32, "198.51.100.1", CALL("POST", "/accounts/login"), 900), 30);
	CHECK_INT(let_in(2, "198.51.100.1", CALL("POST", "/accounts/register/customer"), 900), 0);
	/* Nobody else's bucket is touched. */
	CHECK_INT(let_in(1, "198.51.100.1", CALL("POST", "/accounts/refresh"), 900), 1);
	CHECK_INT(let_in(1, "198.51.100.1", CALL("POST", "/payments", person.access), 900), 1);
}

static void
passwords_ten_in_a_quarter_hour(void)
{
	struct person person = person_new("customer");

	begin();
	CHECK_INT(let_in(12, "198.51.100.2", CALL("POST", "/accounts/password", person.access), 900), 10);
}

static void
payments_by_account_and_address(void)
{
	struct person person = person_new("customer");
	int           count = 0;

	begin();
	CHECK_INT(let_in(6, "198.51.100.3", CALL("POST", "/payments", person.access), 900), 6);
	CHECK_INT(let_in(6, "198.51.100.4", CALL("POST", "/payments", person.access), 900), 4);
	for (int i = 0; i < 7; i++) {
		struct person payer = person_new("customer");

		count += let_in(10, "198.51.100.5", CALL("POST", "/payments", payer.access), 900);
	}
	CHECK_INT(count, 60);
}

/* What an account is refused does not use up the address of those beside it. */
static void
one_account_does_not_use_up_the_address(void)
{
	static const char *const paths[] = { "/payments", "/accounts/password" };
	struct person            eager = person_new("customer"), other = person_new("customer");

	begin();
	for (size_t path = 0; path < 2; path++) {
		for (int i = 0; i < 70; i++)
			CHECK_INT(let_in(1, "198.51.100.12", CALL("POST", paths[path], eager.access), 900), i < 10);
		CHECK_INT(let_in(1, "198.51.100.12", CALL("POST", paths[path], other.access), 900), 1);
	}
}

static void
what_staff_do_with_payments_is_a_write(void)
{
	struct person staff = person_new("warehouse"), accountant = person_new("accountant");

	begin();
	CHECK_INT(let_in(30, "198.51.100.5", CALL("POST", "/payments/PAY-0000000000/confirm", staff.access), 900), 30);
	CHECK_INT(let_in(30, "198.51.100.5",
		      CALL("POST", "/payments/PAY-0000000000/refunds", accountant.access, "{\"reason\": \"a dent\"}"), 900),
	    30);
}

static void
a_return_asks_the_provider_once_in_five_seconds(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "20.00", 10);
	const char   *order = order_new(&customer, address_new(&customer), &goods, 1), *path;
	struct answer payment = payment_new(&customer, order, "stripe");
	int64_t       asked;

	begin();
	EXPECT(payment, 201);
	path = form("/payments/return/stripe?payment_intent=%s", text_at(&payment, "provider_transaction_id"));
	CHECK_INT(let_in(20, "198.51.100.6", CALL("GET", path), 900), 20);
	asked = sql_number("SELECT checks FROM payments WHERE reference = '%s'", text_at(&payment, "reference"));
	CHECK(asked >= 1 && asked <= 2);
	forget("interval", form("return:%s", text_at(&payment, "reference")));
	CHECK_INT(let_in(1, "198.51.100.6", CALL("GET", path), 900), 1);
	CHECK(sql_number("SELECT checks FROM payments WHERE reference = '%s'", text_at(&payment, "reference")) > asked);
}

static void
coupons_twenty_for_one_address(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	const char   *body = "{\"shipping_address_id\": \"018f0000-0000-7000-8000-000000000000\", "
			     "\"shipping_method\": \"standard\", \"coupon\": \"GUESS\"}";

	begin();
	CHECK_INT(let_in(15, "198.51.100.7", CALL("POST", "/orders/quote", person.access, body), 900), 15);
	CHECK_INT(let_in(10, "198.51.100.7", CALL("POST", "/orders", other.access, body), 900), 5);
	CHECK_INT(let_in(30, "198.51.100.7", CALL("POST", "/orders/quote", other.access), 900), 30);
	CHECK_INT(let_in(1, "198.51.100.7", CALL("GET", "/coupons/check?code=GUESS", NULL), 900), 0);
	CHECK_INT(let_in(25, "198.51.100.77", CALL("GET", "/coupons/check?code=GUESS", NULL), 900), 20);
}

static void
writes_a_hundred_in_a_quarter_hour_for_one_account(void)
{
	struct person person = person_new("customer"), other = person_new("customer");

	begin();
	CHECK_INT(let_in(60, "198.51.100.8", CALL("POST", "/cart/items", person.access), 900), 60);
	CHECK_INT(let_in(60, "198.51.100.9", CALL("POST", "/cart/items", person.access), 900), 40);
	/* Neither reads nor others behind the address are kept out. */
	CHECK_INT(let_in(20, "198.51.100.9", CALL("GET", "/accounts/me", person.access), 60), 20);
	CHECK_INT(let_in(20, "198.51.100.9", CALL("POST", "/cart/items", other.access), 900), 20);
}

static void
writes_a_thousand_a_day_for_one_account(void)
{
	struct person person = person_new("customer");
	int           count = 0;

	begin();
	for (int quarter = 0; quarter < 10; quarter++) {
		count += let_in(100, "203.0.113.1", CALL("POST", "/cart/items", person.access), 900);
		age("writes_a_day", person.id, 1000);
	}
	CHECK_INT(count, 1000);
	CHECK_INT(let_in(1, "203.0.113.2", CALL("POST", "/cart/items", person.access), 86400 - 10 * 1000), 0);
	CHECK_INT(let_in(1, "203.0.113.2", CALL("GET", "/accounts/me", person.access), 60), 1);
}

static void
sellers_and_staff_write_ten_times_as_much(void)
{
	struct person seller = person_new("shopkeeper"), staff = person_new("warehouse");

	begin();
	CHECK_INT(let_in(1010, "203.0.113.3", CALL("POST", "/products", seller.access), 900), 1000);
	CHECK_INT(let_in(200, "203.0.113.3", CALL("POST", "/payments/PAY-0000000000/fail", staff.access), 900), 200);
}

static void
reads_six_hundred_a_minute_for_one_account(void)
{
	struct person person = person_new("customer");

	begin();
	CHECK_INT(let_in(610, "203.0.113.4", CALL("GET", "/accounts/me", person.access), 60), 600);
	CHECK_INT(let_in(1, "203.0.113.5", CALL("GET", "/products", person.access), 60), 0);
	CHECK_INT(let_in(1, "203.0.113.4", CALL("GET", "/products"), 60), 1);
}

static void
public_reads_are_left_to_nginx(void)
{
	begin();
	CHECK_INT(let_in(700, "203.0.113.6", CALL("GET", "/shipping-methods"), 60), 700);
}

static void
writes_of_nobody_a_hundred_for_one_address(void)
{
	begin();
	CHECK_INT(let_in(110, "203.0.113.7", CALL("POST", "/cart/items"), 900), 100);
	CHECK_INT(let_in(1, "203.0.113.8", CALL("POST", "/cart/items"), 900), 1);
	/* Nobody fills the tables with carts that are never used. */
	CHECK_INT(let_in(110, "203.0.113.30", CALL("POST", "/carts"), 900), 100);
	CHECK_INT(let_in(1, "203.0.113.7", CALL("POST", "/carts"), 900), 0);
	/* A token that is no longer valid is said to be so, and counts for nobody. */
	CHECK_INT(let_in(110, "203.0.113.8", CALL("POST", "/cart/items", "no.valid.token"), 900), 110);
	EXPECT_PROBLEM(lone_call("203.0.113.7", "POST", "/cart/items", "no.valid.token", "{}"), 401, "unauthenticated");
	CHECK_INT(let_in(1, "203.0.113.8", CALL("POST", "/cart/items"), 900), 1);
}

/* Neither forgeries nor writes of nobody keep those behind the address from going on with their sessions. */
static void
refreshes_by_token_and_address(void)
{
	struct call same = CALL("POST", "/accounts/refresh", .body = form("{\"refresh\": \"none of ours %d\"}", (int)getpid()));

	begin();
	CHECK_INT(let_in(110, "203.0.113.10", CALL("POST", "/cart/items"), 900), 100);
	CHECK_INT(let_in(110, "203.0.113.10", CALL("POST", "/webhooks/stripe"), 900), 100);
	CHECK_INT(let_in(7, "203.0.113.10", same, 900), 7);
	CHECK_INT(let_in(7, "203.0.113.11", same, 900), 3);
	CHECK_INT(let_in(1000, "203.0.113.10", CALL("POST", "/accounts/refresh"), 900), 993);
}

static void
searches_sixty_a_minute_for_one_address(void)
{
	begin();
	CHECK_INT(let_in(70, "10.7.0.1", CALL("GET", "/products?search=nothing"), 60), 60);
	CHECK_INT(let_in(1, "10.7.0.1", CALL("GET", "/products?facets=true&limit=1"), 60), 0);
	CHECK_INT(let_in(1, "10.7.0.1", CALL("GET", "/products?limit=1"), 60), 1);
	CHECK_INT(let_in(1, "10.7.0.2", CALL("GET", "/products?search=nothing"), 60), 1);
	CHECK_INT(let_in(70, "10.7.0.1", CALL("GET", "/products/suggest?q=no"), 60), 60);
}

static void
forged_webhooks_count_by_address_and_true_ones_do_not(void)
{
	const char *body = form("{\"id\": \"evt_limits_%d_%lld\", \"object\": \"event\", \"type\": \"price.created\", "
				"\"created\": 1767323040, \"data\": {\"object\": {\"id\": \"price_1\"}}}",
	    (int)getpid(), (long long)instant_now().unix_ms);
	struct call genuine = { "POST", "/webhooks/stripe", .body = body };
	struct call unproven = { "POST", "/webhooks/paypal",
		.body = form("{\"id\": \"WH-limits-%d\", \"event_type\": \"X\", \"resource\": {}}", (int)getpid()) };

	begin();
	unproven.headers = HEADERS("PayPal-Transmission-Id: 69cd13f0-d67a-11e5",
	    form("PayPal-Transmission-Time: %s", sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m-%%dT%%H:%%i:%%sZ')")),
	    "PayPal-Transmission-Sig: c2lnbmF0dXJl", "PayPal-Auth-Algo: SHA256withRSA",
	    "PayPal-Cert-Url: https://api.sandbox.paypal.com/v1/notifications/certs/CERT-nowhere");
	CHECK_INT(let_in(60, "203.0.113.9", CALL("POST", "/webhooks/stripe"), 900), 60);
	CHECK_INT(let_in(60, "203.0.113.9", CALL("POST", "/webhooks/anything"), 900), 40);
	CHECK_INT(let_in(1, "203.0.113.9", CALL("POST", "/webhooks/stripe"), 900), 0);
	/* Nobody can tell yet what these are, and anybody can send them. */
	CHECK_INT(let_in(110, "203.0.113.12", unproven, 900), 100);
	genuine.headers = HEADERS(stripe_signature(body, 0));
	CHECK_INT(let_in(150, "203.0.113.9", genuine, 900), 150);
	EXPECT(lone_call_with("203.0.113.9", genuine.method, genuine.path, NULL, body, genuine.headers), 200);
}

static struct answer
guess(const char *address, const struct person *person, const char *password)
{
	return lone_call(
	    address, "POST", "/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", person->email, password));
}

/* Five accounts tried once each from one address: the sixth has to wait, even with the right password. */
static void
wrong_passwords_five_a_minute_for_one_address(void)
{
	const char   *address = form("192.0.2.%d", (int)getpid() % 250 + 1);
	struct person people[6];
	struct answer answer;

	begin();
	sql_run("DELETE FROM login_attempts WHERE kind = 'address'");
	for (size_t i = 0; i < 6; i++)
		people[i] = person_new("customer");
	for (size_t i = 0; i < 5; i++)
		EXPECT_PROBLEM(guess(address, &people[i], "Wrong-7-Bells"), 401, "bad_credentials");
	answer = guess(address, &people[5], good_password);
	EXPECT_PROBLEM(answer, 429, "login_limited");
	CHECK(strtol(header_of(&answer, "Retry-After"), NULL, 10) > 50);
	EXPECT(guess("192.0.2.254", &people[5], good_password), 200);
}

/* An attempt counts once for its payer's address, by whichever way it is begun. */
static void
attempts_to_pay_requests_count_once(void)
{
	struct person seller = person_new("shopkeeper");
	struct answer asked = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
	    "\"return_url\": \"https://merchant.example/\"}");
	struct call   nothing = CALL("POST", "/payments/PAY-0000000000/attempts", .body = "{\"provider\": \"stripe\"}");

	begin();
	EXPECT(asked, 201);
	CHECK_INT(let_in(59, "203.0.113.20", nothing, 900), 59);
	EXPECT(lone_call_with("203.0.113.20", "POST", form("/pay/%s", text_at(&asked, "reference")), NULL, "provider=stripe",
		   HEADERS("Content-Type: application/x-www-form-urlencoded")),
	    303);
	CHECK_INT(let_in(1, "203.0.113.20", nothing, 900), 0);
	CHECK_INT(let_in(1, "203.0.113.21", nothing, 900), 1);
}

/* Who tries too often on the payment page is told so on a page. */
static void
test_payment_page(void)
{
	const char   *address = form("198.51.%d.%d", (int)getpid() % 200, (int)getpid() % 199 + 1);
	struct answer answer = { .status = 0 };

	begin();
	for (int i = 0; i < 61 && answer.status != 429; i++)
		answer = lone_call_with(address, "POST", "/pay/PAY-0000000000", NULL, "provider=stripe",
		    HEADERS("Content-Type: application/x-www-form-urlencoded"));
	CHECK_INT(answer.status, 429);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/html; charset=utf-8");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	CHECK(header_of(&answer, "Content-Security-Policy") != NULL);
	CHECK(strstr(answer.body, "<h1>Too many attempts</h1>") != NULL);
	/* To look is free. */
	CHECK_INT(lone_call(address, "GET", "/pay/PAY-0000000000", NULL, NULL).status, 404);
}

SUITE("api: limits", TEST(sign_in_by_account_and_address), TEST(passwords_ten_in_a_quarter_hour),
    TEST(payments_by_account_and_address), TEST(one_account_does_not_use_up_the_address),
    TEST(what_staff_do_with_payments_is_a_write), TEST(a_return_asks_the_provider_once_in_five_seconds),
    TEST(coupons_twenty_for_one_address), TEST(writes_a_hundred_in_a_quarter_hour_for_one_account),
    TEST(writes_a_thousand_a_day_for_one_account), TEST(sellers_and_staff_write_ten_times_as_much),
    TEST(reads_six_hundred_a_minute_for_one_account), TEST(public_reads_are_left_to_nginx),
    TEST(writes_of_nobody_a_hundred_for_one_address), TEST(refreshes_by_token_and_address),
    TEST(searches_sixty_a_minute_for_one_address), TEST(forged_webhooks_count_by_address_and_true_ones_do_not),
    TEST(wrong_passwords_five_a_minute_for_one_address), TEST(attempts_to_pay_requests_count_once), TEST(test_payment_page))
