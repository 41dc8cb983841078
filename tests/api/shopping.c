#include "tests/api/shopping.h"

#include "base/instant.h"
#include "base/shape.h"
#include "base/text.h"
#include "tests/api/check.h"
#include "verify/haatverify.h"

#include <curl/curl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 30 * 1000, PAUSE_MS = 20 };

struct goods
goods_new(const struct person *seller, const char *price, int stock)
{
	static unsigned number;
	struct goods    goods = { .price = price };
	const char     *category = sql_text("SELECT id FROM categories WHERE is_active ORDER BY id LIMIT 1");
	struct answer   answer = api_post("/products", seller->access,
	      form(
		  "{\"name\": \"Test goods %d-%u\", \"description\": \"Made for a test.\", \"category_id\": \"%s\", \"price\": \"%s\", "
		    "\"status\": \"published\", \"variants\": [{\"sku\": \"T-%d-%u-%lld\", \"on_hand\": %d}]}",
		  (int)getpid(), number, category, price, (int)getpid(), number, (long long)instant_now().unix_ms, stock));

	number++;
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	goods.product = text_at(&answer, "id");
	goods.variant = text_at(&answer, "variants.0.id");
	return goods;
}

void
goods_variants(const struct person *seller, const char *price, int stock, size_t count, const char **variants)
{
	static unsigned number;
	const char     *category = sql_text("SELECT id FROM categories WHERE is_active ORDER BY id LIMIT 1");
	const char     *digits = "[\"0\", \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]", *list = "";
	struct answer   answer;

	number++;
	for (size_t i = 0; i < count; i++)
		list = form(
		    "%s%s{\"sku\": \"V-%d-%u-%zu-%lld\", \"on_hand\": %d, \"options\": {\"row\": \"%zu\", \"column\": \"%zu\"}}",
		    list, i > 0 ? ", " : "", (int)getpid(), number, i, (long long)instant_now().unix_ms, stock, i / 10, i % 10);
	answer = api_post("/products", seller->access,
	    form("{\"name\": \"Test variants %d-%u\", \"description\": \"Made for a test.\", \"category_id\": \"%s\", "
		 "\"price\": \"%s\", \"status\": \"published\", \"options\": [{\"name\": \"row\", \"values\": %s}, "
		 "{\"name\": \"column\", \"values\": %s}], \"variants\": [%s]}",
		(int)getpid(), number, category, price, digits, digits, list));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	for (size_t i = 0; i < count; i++)
		variants[i] = text_at(&answer, form("variants.%zu.id", i));
}

const char *
address_new(const struct person *customer)
{
	struct answer answer = api_post("/addresses", customer->access,
	    "{\"kind\": \"shipping\", \"full_name\": \"Ayesha Rahman\", \"phone\": \"+8801700000001\", \"line1\": \"12 Lake Road\", "
	    "\"city\": \"Dhaka\", \"postal_code\": \"1207\", \"country\": \"BD\"}");

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

const char *
order_new(const struct person *customer, const char *address, const struct goods *goods, int quantity)
{
	struct answer answer = api_post("/orders", customer->access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": %d}]}",
		address, goods->variant, quantity));

	EXPECT(answer, 201);
	return answer.status == 201 ? text_at(&answer, "id") : NULL;
}

struct answer
payment_new(const struct person *customer, const char *order, const char *provider)
{
	return api_post("/payments", customer->access, form("{\"order_id\": \"%s\", \"provider\": \"%s\"}", order, provider));
}

const char *
cash_confirmed(const struct person *customer, const struct person *staff, const char *order)
{
	struct answer answer = payment_new(customer, order, "cod");
	const char   *reference = text_at(&answer, "reference");

	EXPECT(answer, 201);
	EXPECT(api_post(form("/payments/%s/confirm", reference), staff->access, NULL), 200);
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", reference);
	return reference;
}

static void
deliver(const struct person *staff, const char *part)
{
	EXPECT(api_post(form("/fulfilments/%s/pack", part), staff->access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), staff->access, "{\"carrier\": \"Pathao\"}"), 200);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part), staff->access, NULL), 200);
}

const char *
parcel_delivered(const struct person *staff, const char *order, const struct person *seller)
{
	const char *part =
	    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, seller->merchant);

	deliver(staff, part);
	return part;
}

void
order_delivered(const struct person *staff, const char *order, int days)
{
	const char *part;

	while (
	    (part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND status = 'pending' LIMIT 1", order)) != NULL)
		deliver(staff, part);
	sql_run("UPDATE fulfilments SET delivered_at = delivered_at - INTERVAL %d DAY WHERE order_id = '%s'", days, order);
}

struct attempt
attempt_new(const struct person *customer, const char *order)
{
	struct attempt attempt = { .order = order };

	REQUIRE(order != NULL);
	attempt.answer = payment_new(customer, order, "stripe");
	EXPECT(attempt.answer, 201);
	REQUIRE(attempt.answer.status == 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order);
	return attempt;
}

struct attempt
attempt_paid(const struct person *customer, const char *order)
{
	struct attempt attempt = attempt_new(customer, order);

	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	return attempt;
}

const char *
stripe_signature(const char *body, int64_t age_seconds)
{
	static char header[HAAT_SIGN_STRIPE_SIZE];
	char        secret[128] = "";
	FILE       *file = fopen(form("%s/secrets/stripe-webhook", shop_directory()), "re");

	REQUIRE(file != NULL && fgets(secret, sizeof secret, file) != NULL);
	fclose(file);
	secret[strcspn(secret, "\r\n,")] = '\0';
	CHECK(haat_sign_stripe(secret, (int64_t)time(NULL) - age_seconds, body, strlen(body), header, sizeof header) == 0);
	return form("Stripe-Signature: %s", header);
}

static size_t
take(char *bytes, size_t size, size_t count, void *into)
{
	text_add(into, bytes, size * count);
	return size * count;
}

struct answer
sandbox_call(const char *path, const char *body)
{
	CURL              *curl = curl_easy_init();
	const char        *port = getenv("HAAT_PORT");
	bool               is_json = body == NULL || body[0] == '{';
	struct curl_slist *headers = curl_slist_append(
	    NULL, is_json ? "Content-Type: application/json" : "Content-Type: application/x-www-form-urlencoded");
	struct text   taken = text_new(api_arena(), 1 << 16), head = text_new(api_arena(), 1 << 12);
	struct answer answer = { .asked = form("the sandbox's %s", path) };
	long          status = 0;

	curl_easy_setopt(
	    curl, CURLOPT_URL, form("http://127.0.0.1:%ld%s", strtol(port == NULL ? "8443" : port, NULL, 10) + 1, path));
	if (body != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taken);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	answer.status = (int)status;
	answer.headers = head.bytes;
	answer.body = taken.bytes;
	answer.length = taken.length;
	answer.json = json_read(api_arena(), taken.bytes, taken.length);
	return answer;
}

long
sandbox_post(const char *path, const char *body)
{
	return sandbox_call(path, body == NULL ? "{}" : body).status;
}

void
sandbox_act(const char *act, const char *transaction)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/%s/%s", act, transaction), NULL), 200);
}

void
sandbox_switch(const char *subject, const char *switches)
{
	CHECK_INT(sandbox_post(form("/sandbox/switches/%s", subject), switches), 200);
}

struct answer
sandbox_intents(void)
{
	struct answer answer = sandbox_call("/sandbox/stripe/payment_intents", NULL);

	EXPECT(answer, 200);
	return answer;
}

static void
pause_briefly(void)
{
	nanosleep(&(struct timespec) { 0, PAUSE_MS * 1000000L }, NULL);
}

void
wait_for_sql(const char *expected, const char *query, const char *file, unsigned line)
{
	int64_t     end = monotonic_ms() + WAIT_MS;
	const char *got;

	for (;;) {
		got = sql_text("%s", query);
		if ((got != NULL && strcmp(got, expected) == 0) || monotonic_ms() > end)
			break;
		pause_briefly();
	}
	check_text(got, expected, query, file, line);
}

void
run_job_now(const char *kind)
{
	static const char *const lanes[] = { "events", "money", "webhooks", "mail", "media", "upkeep" };
	struct sockaddr_un       address = { .sun_family = AF_UNIX };
	int                      bell = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* One that runs has perhaps looked already, and comes again in its own time. */
	for (int64_t end = monotonic_ms() + WAIT_MS / 3;
	     sql_number("SELECT COUNT(*) FROM jobs WHERE kind = '%s' AND status = 'running'", kind) > 0 && monotonic_ms() < end;)
		pause_briefly();
	sql_run("UPDATE jobs SET run_at = NOW(3) WHERE kind = '%s' AND status = 'ready'", kind);
	for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
		snprintf(address.sun_path, sizeof address.sun_path, "%s/doorbell-%s", shop_directory(), lanes[i]);
		(void)!sendto(bell, "!", 1, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address);
	}
	close(bell);
}

bool
logs_hold(const char *text)
{
	DIR           *logs = opendir(form("%s/log", shop_directory()));
	struct dirent *entry;
	size_t         files = 0;
	bool           found = false;

	REQUIRE(logs != NULL);
	while ((entry = readdir(logs)) != NULL) {
		static char line[16 * 1024];
		FILE *file = entry->d_name[0] == '.' ? NULL : fopen(form("%s/log/%s", shop_directory(), entry->d_name), "re");

		if (file == NULL)
			continue;
		files++;
		while (fgets(line, sizeof line, file) != NULL)
			found = found || strstr(line, text) != NULL;
		fclose(file);
	}
	closedir(logs);
	CHECK(files > 0);
	return found;
}

int
shop_command(const char *command, const char *argument)
{
	const char *build = getenv("HAAT_BUILD");
	const char *program = form("%s/src/haatctl", build == NULL ? "." : build);
	const char *config = form("%s/haat.conf", shop_directory());
	char       *first = form("%s", command), *second = strchr(first, ' ');
	pid_t       child;
	int         status = -1;

	if (second != NULL)
		*second++ = '\0';
	child = fork();
	if (child == 0) {
		if (second == NULL)
			execl(program, "haatctl", "--config", config, first, argument, (char *)NULL);
		else
			execl(program, "haatctl", "--config", config, first, second, argument, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
expect_consistent(const char *file, unsigned line)
{
	/*
	 * The shop whose statements are written down is the large one, of which each look reads a hundred thousand products.
	 * It is looked at as a whole when it is closed; the same tests ask at once on the small one.
	 */
	if (getenv("HAAT_TEST_TRACE") == NULL)
		check_int(shop_command("check", "--whole"), 0, "haatctl check", file, line);
}

int64_t
left_in(const struct attempt *attempt, const char *kind)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM payments p JOIN ledger_transactions t ON t.source_kind <> 'fee' "
	    "AND (t.origin_id = p.id OR t.origin_id IN (SELECT d.id FROM disputes d WHERE d.payment_id = p.id)) "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE p.reference = '%s' AND a.kind = '%s'",
	    attempt->reference, kind);
}

const char *
token_new(const struct person *person, const char *provider)
{
	struct answer answer = sandbox_call(
	    form("/sandbox/%s/store/card", provider), form("{\"email\": \"%s\", \"owner\": \"%s\"}", person->email, person->id));

	EXPECT(answer, 200);
	return text_at(&answer, "data.token");
}

const char *
method_new(const struct person *person, const char *provider, const char *token)
{
	struct answer answer = api_post("/payment-methods", person->access,
	    form("{\"type\": \"card\", \"provider\": \"%s\", \"token\": \"%s\"}", provider, token));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

struct person
suspect_new(void)
{
	struct person customer = person_new("customer");

	sql_run(
	    "UPDATE users SET email = CONCAT(SUBSTRING_INDEX(email, '@', 1), '@mailinator.com') WHERE id = '%s'", customer.id);
	return customer;
}

void
suspect_mail(const struct person *accountant, int points)
{
	EXPECT(api_patch(form("/risk/rules/%s", sql_text("SELECT id FROM risk_rules WHERE signal_name = 'disposable_mail'")),
		   accountant->access, form("{\"points\": %d}", points)),
	    200);
}
