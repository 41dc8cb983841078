/* Somebody deletes the account, and after a month nothing of the person is left anywhere. */
#include "tests/api/letters.h"
#include "tests/api/played.h"
#include "tests/api/subscribing.h"

#include "people/people.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct person admin;

static void
prepare(void)
{
	if (admin.access == NULL)
		admin = person_new("admin");
}

/* ---- somebody who cannot be mistaken for anybody ---- */

enum { VALUES = 8 };

struct traced {
	struct person person;
	const char   *values[VALUES];
};

static struct traced
traced_customer(void)
{
	static const char *const words[] = { "Zoraydaq", "Qandaharwal", "Vixenstraat", "Hinterhofq", "QX-9087" };
	struct traced            traced = { .person = {
						.email = fresh_email("zorayda"), .phone = fresh_phone(), .password = good_password } };
	struct answer            answer;

	traced.values[0] = traced.person.email;
	traced.values[1] = traced.person.phone;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		traced.values[2 + i] = form("%s%s", words[i], traced.person.phone + strlen(traced.person.phone) - 6);
	answer = api_post("/accounts/register/customer", NULL,
	    form("{\"email\": \"%s\", \"phone\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\", "
		 "\"full_name\": \"%s %s\"}",
		traced.person.email, traced.person.phone, good_password, good_password, traced.values[2], traced.values[3]));
	EXPECT(answer, 201);
	traced.person.id = text_at(&answer, "user.id");
	person_login(&traced.person);
	return traced;
}

static const char *
traced_address(const struct traced *traced)
{
	struct answer answer = api_post("/addresses", traced->person.access,
	    form("{\"kind\": \"shipping\", \"full_name\": \"%s %s\", \"phone\": \"%s\", \"line1\": \"1 %s\", \"line2\": \"%s\", "
		 "\"city\": \"Utrecht\", \"postal_code\": \"%s\", \"country\": \"US\"}",
		traced->values[2], traced->values[3], traced->person.phone, traced->values[4], traced->values[5],
		traced->values[6]));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

/* ---- the search ---- */

/* The tables that hold the value in any column of text, JSON or bytes. */
static const char *
tables_with(const char *value)
{
	const char *conditions = sql_text(
	    "SELECT GROUP_CONCAT(s SEPARATOR '\n') FROM (SELECT CONCAT('`', table_name, '` WHERE ', GROUP_CONCAT(CONCAT("
	    "'LOCATE(''%s'', `', column_name, '`) > 0') SEPARATOR ' OR ')) AS s FROM information_schema.columns "
	    "JOIN information_schema.tables t USING (table_schema, table_name) WHERE table_schema = DATABASE() "
	    "AND t.table_type = 'BASE TABLE' AND data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', "
	    "'tinyblob', 'blob', 'mediumblob', 'longblob', 'varbinary') GROUP BY table_name ORDER BY table_name) x",
	    value);
	const char *found = "";
	int         tables = 0;

	for (const char *line = conditions; line != NULL && *line != '\0'; tables++) {
		int length = (int)strcspn(line, "\n");

		if (sql_number("SELECT EXISTS (SELECT 1 FROM %.*s)", length, line) > 0)
			found = form("%s %.*s", found, (int)strcspn(line + 1, "`"), line + 1);
		line += length;
		line += *line == '\n';
	}
	CHECK(tables > 50);
	return found;
}

static bool
file_holds(const char *path, const char *value)
{
	static char bytes[1 << 20];
	FILE       *file = fopen(path, "re");
	size_t      length = file == NULL ? 0 : fread(bytes, 1, sizeof bytes - 1, file);

	if (file != NULL)
		fclose(file);
	return memmem(bytes, length, value, strlen(value)) != NULL;
}

/* How many files of the folder of letters hold it. */
static int
letters_with(const char *value)
{
	const char *directory = form("%s/mail", shop_directory());
	DIR        *folder = opendir(directory);
	int         found = 0;

	REQUIRE(folder != NULL);
	for (const struct dirent *file = readdir(folder); file != NULL; file = readdir(folder))
		found += file->d_name[0] != '.' && file_holds(form("%s/%s", directory, file->d_name), value);
	closedir(folder);
	return found;
}

/* One command to memcached, its answer up to `end`. */
static const char *
ask_memcached(FILE *memcached, const char *command, const char *end)
{
	static char answer[8 << 20];
	size_t      length = 0;

	fprintf(memcached, "%s\r\n", command);
	fflush(memcached);
	while (length < sizeof answer - 1 && fgets(answer + length, (int)(sizeof answer - length), memcached) != NULL) {
		bool last = strcmp(answer + length, end) == 0;

		length += strlen(answer + length);
		if (last)
			break;
	}
	answer[length] = '\0';
	return form("%s", answer);
}

static FILE *
open_memcached(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/memcached.sock", shop_directory());
	REQUIRE(connect(fd, (const struct sockaddr *)(const void *)&address, sizeof address) == 0);
	return fdopen(fd, "r+");
}

/* "product%3a01..." as it is. */
static void
decode(char *name)
{
	char *to = name;

	for (const char *from = name; *from != '\0'; to++) {
		unsigned byte;

		if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
			*to = (char)byte;
			from += 3;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Everything that memcached keeps, by its own list of keys ("key=NAME exp=..."). */
static bool
memcached_holds(const char *value)
{
	FILE       *memcached = open_memcached();
	const char *keys = ask_memcached(memcached, "lru_crawler metadump all", "END\r\n");
	bool        found = false;

	for (const char *line = keys; line != NULL && !found; line = strchr(line, '\n')) {
		char name[300];

		line += *line == '\n';
		if (sscanf(line, "key=%299s", name) != 1)
			continue;
		decode(name);
		found = strstr(ask_memcached(memcached, form("get %s", name), "END\r\n"), value) != NULL;
	}
	fclose(memcached);
	return found;
}

static void
expect_nowhere(const struct traced *traced)
{
	for (size_t i = 0; i < VALUES && traced->values[i] != NULL; i++) {
		const char *value = traced->values[i];

		const char *found = tables_with(value);

		/* An invoice says for good whom it was made out to; the mailbox and the telephone are no part of it. */
		if (i < 2 || strcmp(found, " invoices") != 0)
			CHECK_TEXT(form("%s:%s", value, found), form("%s:", value));
		CHECK_INT(letters_with(value), 0);
		CHECK(!memcached_holds(value));
	}
}

/* ---- the tests ---- */

static const struct problem *
play_erasure(struct work *work, void *argument)
{
	int64_t erased;

	(void)argument;
	return erase_accounts(work, &erased);
}

static const char *
in_days(int days)
{
	return sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL %d DAY, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", days);
}

static struct answer
delete_me(const struct person *person)
{
	return api_delete("/accounts/me", person->access);
}

/* An order that was called off in their own words, and what the client kept with it. */
static void
called_off(const struct traced *traced, const struct goods *goods)
{
	struct answer answer = api_post("/orders", traced->person.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}], \"metadata\": {\"who\": \"%s\"}}",
		traced_address(traced), goods->variant, traced->values[2]));
	const char   *order = text_at(&answer, "id");

	EXPECT(answer, 201);
	attempt_paid(&traced->person, order);
	EXPECT(api_post(form("/orders/%s/cancel", order), traced->person.access,
		   form("{\"reason\": \"%s moved\"}", traced->values[3])),
	    200);
	WAIT_FOR("refunded", "SELECT payment_status FROM orders WHERE id = '%s'", order);
	CHECK(strstr(tables_with(traced->values[3]), "fulfilments") != NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND after_state LIKE '%%%s%%'", order,
		      traced->values[2]),
	    0);
}

/* To another mailbox; the former one is told. */
static void
moved(struct traced *traced)
{
	const char *email = fresh_email("moved");

	EXPECT(api_post("/accounts/email", traced->person.access, form("{\"email\": \"%s\"}", email)), 200);
	EXPECT(api_post("/accounts/verify-email", NULL,
		   form("{\"token\": \"%s\"}", token_of_letter("change-email", traced->person.id))),
	    200);
	wait_for_letter("email-changed", traced->person.id, "sent");
	traced->values[7] = email;
	traced->person.email = email;
	CHECK(letters_with(traced->values[0]) > 0 && letters_with(email) > 0);
}

static void
nothing_is_left_of_the_person(void)
{
	struct traced  traced = (prepare(), traced_customer());
	struct person  seller = shopkeeper_new("USD");
	struct goods   goods = goods_new(&seller, "12.00", 5);
	const char    *address = traced_address(&traced), *order = order_new(&traced.person, address, &goods, 1);
	struct answer  answer;
	struct attempt attempt = attempt_paid(&traced.person, order);

	called_off(&traced, &goods);
	moved(&traced);
	sql_run("UPDATE payments SET metadata = '{\"who\": \"%s\"}' WHERE reference = '%s'", traced.values[3], attempt.reference);
	method_new(&traced.person, "stripe", "pm_card_visa");
	EXPECT(api_patch(form("/users/%s", traced.person.id), admin.access,
		   form("{\"metadata\": {\"known as\": \"%s\"}}", traced.values[2])),
	    200);
	EXPECT(
	    api_post("/cart/items", traced.person.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant)), 200);
	EXPECT(
	    api_post(form("/products/%s/reviews", goods.product), traced.person.access, "{\"rating\": 4, \"text\": \"Good.\"}"),
	    201);
	EXPECT(api_get(form("/products/%s", goods.product), NULL), 200);
	CHECK(memcached_holds(traced.values[2]));
	CHECK(strstr(tables_with(traced.values[4]), "orders") != NULL);
	CHECK(strstr(tables_with(traced.person.email), "users") != NULL);
	EXPECT(delete_me(&traced.person), 204);
	EXPECT(api_get("/accounts/me", traced.person.access), 401);
	EXPECT_PROBLEM(api_post("/accounts/login", NULL,
			   form("{\"email\": \"%s\", \"password\": \"%s\"}", traced.person.email, traced.person.password)),
	    401, "bad_credentials");
	WAIT_FOR("sent", "SELECT status FROM mails WHERE recipient_id = '%s' AND kind = 'account-deleted'", traced.person.id);
	CHECK(letters_with(traced.person.email) > 0);
	/* The parcel needs its address, a month later too. */
	played_run(in_days(31), play_erasure, NULL);
	CHECK(strstr(tables_with(traced.values[4]), "orders") != NULL);
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"a scratch\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM orders WHERE id = '%s'", order);
	played_run(in_days(29), play_erasure, NULL);
	CHECK(strstr(tables_with(traced.values[4]), "orders") != NULL);
	sql_run("DELETE FROM idempotency_keys");
	/* As the purge does after a week. */
	sql_run("DELETE FROM former_emails WHERE user_id = '%s'", traced.person.id);
	played_run(in_days(31), play_erasure, NULL);
	/* A document that is out of date lies in memcached unused, until it is read anew or its hour is over. */
	answer = api_get(form("/products/%s", goods.product), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "reviews.0.user_name"), "Deleted account");
	CHECK_INT(number_at(&answer, "rating_count"), 1);
	expect_nowhere(&traced);
	/* The books are as they were. */
	CHECK_INT(sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order), attempt.total);
	CHECK_TEXT(sql_text("SELECT JSON_VALUE(shipping_address, '$.country') FROM orders WHERE id = '%s'", order), "US");
	EXPECT(api_get(form("/orders/%s", order), admin.access), 200);
	EXPECT(api_get(form("/users/%s", traced.person.id), admin.access), 200);
	EXPECT_CONSISTENT();
	/* Once is enough. */
	played_run(in_days(40), play_erasure, NULL);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'user.erased'", traced.person.id),
	    1);
}

/* Nobody is kept out by the account that they had. */
static void
the_address_is_free_at_once(void)
{
	struct person customer = person_new("customer"), again = customer;
	const char   *body = form("{\"email\": \"%s\", \"phone\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\", "
				    "\"full_name\": \"Again\"}",
	      customer.email, customer.phone, good_password, good_password);
	struct answer answer;

	EXPECT_PROBLEM(api_post("/accounts/register/customer", NULL, body), 409, "email_taken");
	EXPECT(delete_me(&customer), 204);
	answer = api_post("/accounts/register/customer", NULL, body);
	EXPECT(answer, 201);
	CHECK(strcmp(text_at(&answer, "user.id"), customer.id) != 0);
	person_login(&again);
	EXPECT(api_get("/accounts/me", again.access), 200);
	EXPECT(api_post("/accounts/password/forgot", NULL, form("{\"email\": \"%s\"}", customer.email)), 200);
	EXPECT(api_get("/accounts/me", customer.access), 401);
}

static void
what_stands_in_the_way(void)
{
	struct person customer = (prepare(), person_new("customer")), seller = shopkeeper_new("USD"),
		      manager = person_new("account_manager");
	struct goods goods = goods_new(&seller, "3.00", 5);
	const char  *order = order_new(&customer, address_new(&customer), &goods, 1);

	EXPECT_PROBLEM(delete_me(&seller), 409, "conflict");
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{\"reason\": \"late\"}"), 200);
	EXPECT(delete_me(&seller), 204);
	CHECK_TEXT(sql_text("SELECT status FROM merchants WHERE id = '%s'", seller.merchant), "suspended");
	EXPECT_PROBLEM(api_post(form("/merchants/%s/activate", seller.merchant), admin.access, NULL), 409, "conflict");
	EXPECT_PROBLEM(api_delete(form("/users/%s", customer.id), manager.access), 403, "forbidden");
	sql_run(
	    "UPDATE sessions SET confirmed_at = NULL, created_at = NOW(3) - INTERVAL 1 HOUR WHERE user_id = '%s'", customer.id);
	EXPECT_PROBLEM(delete_me(&customer), 403, "confirmation_required");
	EXPECT(api_delete(form("/users/%s", customer.id), admin.access), 204);
	EXPECT_PROBLEM(api_delete(form("/users/%s", customer.id), admin.access), 409, "conflict");
	EXPECT_PROBLEM(api_delete("/users/01890000-0000-7000-8000-000000000000", admin.access), 404, "not_found");
}

/* What customers would go on waiting for ends, and they are told. */
static void
subscriptions_end_with_the_shop(void)
{
	struct person customer = person_new("customer"), seller = shopkeeper_new("USD");
	const char   *plan = plan_new(&seller, "5.00", "\"every\": \"month\", \"trial_days\": 30"),
		   *subscription = subscription_new(&customer, plan, "");

	EXPECT(delete_me(&seller), 204);
	CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", subscription), "cancelled");
	wait_for_letter("subscription-cancelled", subscription, "sent");
}

/* How to reach a shop may be somebody's telephone: nothing is ever taken out of the audit. */
static void
a_shops_contact_is_masked_in_the_audit(void)
{
	struct person seller = shopkeeper_new("USD");
	const char   *phone = fresh_phone();

	EXPECT(api_patch("/merchants/me", seller.access, form("{\"contact\": \"%s\"}", phone)), 200);
	EXPECT(api_patch("/merchants/me", seller.access, "{\"contact\": null}"), 200);
	CHECK_TEXT(tables_with(phone), "");
}

/* Each table that names people is in the list: what becomes of it was thought of. */
static void
every_table_of_people_is_known(void)
{
	int64_t tables;

	shop_directory();
	tables =
	    sql_number("SELECT COUNT(DISTINCT table_name) FROM information_schema.columns c JOIN information_schema.tables t "
		       "USING (table_schema, table_name) WHERE table_schema = DATABASE() AND t.table_type = 'BASE TABLE' "
		       "AND c.column_name IN ('user_id', 'owner_id')");
	CHECK(tables > 10);
	for (int64_t i = 0; i < tables; i++) {
		const char *table =
		    sql_text("SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN information_schema.tables t "
			     "USING (table_schema, table_name) WHERE table_schema = DATABASE() AND t.table_type = 'BASE TABLE' "
			     "AND c.column_name IN ('user_id', 'owner_id') ORDER BY 1 LIMIT 1 OFFSET %lld",
			(long long)i);
		bool known = false, told = false;

		for (size_t j = 0; j < holdings_count; j++) {
			if (strcmp(holdings[j].table, table) != 0)
				continue;
			known |= holdings[j].erase != NULL || holdings[j].why != NULL;
			told |= (holdings[j].told != NULL && holdings[j].of != NULL) || holdings[j].untold != NULL;
		}
		if (!known || !told)
			CU_assertImplementation(CU_FALSE, __LINE__,
			    form("'%s' names people: src/people/holdings.c is to say what %s", table,
				known ? "an export tells of it, or why nothing" : "becomes of it"),
			    __FILE__, "", CU_FALSE);
	}
}

SUITE("api: deletion", TEST(nothing_is_left_of_the_person), TEST(the_address_is_free_at_once), TEST(what_stands_in_the_way),
    TEST(subscriptions_end_with_the_shop), TEST(a_shops_contact_is_masked_in_the_audit), TEST(every_table_of_people_is_known))
