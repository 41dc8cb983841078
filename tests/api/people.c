/* People with accounts, made through the API, and the database behind them. */
#include "tests/api/check.h"

#include "base/arena.h"
#include "base/ids.h"

#include <assert.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char good_password[] = "Rickshaw-7-Bells";

/* A number that no other program, process or call has. */
static uint64_t
fresh_number(void)
{
	uint64_t number;

	random_bytes(&number, sizeof number);
	return number % UINT64_C(10000000000000);
}

const char *
fresh_email(const char *name)
{
	return form("%s.%013llu@people.test", name, (unsigned long long)fresh_number());
}

const char *
fresh_phone(void)
{
	return form("+1%013llu", (unsigned long long)fresh_number());
}

void
person_login(struct person *person)
{
	struct answer answer =
	    api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", person->email, person->password));

	EXPECT(answer, 200);
	REQUIRE(answer.status == 200);
	person->id = text_at(&answer, "user.id");
	person->access = text_at(&answer, "access");
	person->refresh = text_at(&answer, "refresh");
	person->session = text_at(&answer, "session_id");
}

static struct person
register_person(const char *path, const char *role, const char *more)
{
	struct person person = {
		.email = fresh_email(role), .phone = fresh_phone(), .password = good_password, .name = "Ayesha Rahman"
	};
	struct answer answer = api_post(path, NULL,
	    form(
		"{\"email\": \"%s\", \"phone\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\", \"full_name\": \"%s\"%s}",
		person.email, person.phone, person.password, person.password, person.name, more));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	person.id = text_at(&answer, "user.id");
	if (has_at(&answer, "merchant"))
		person.merchant = text_at(&answer, "merchant.id");
	return person;
}

struct person
shopkeeper_new(const char *currency)
{
	struct person person = register_person("/accounts/register/shopkeeper", "shopkeeper",
	    form(
		", \"shop_name\": \"Shop %llu\", \"business_type\": \"individual\", \"business_id\": \"BIN-%llu\", \"currency\": \"%s\"",
		(unsigned long long)fresh_number(), (unsigned long long)fresh_number(), currency));

	sql_run("UPDATE merchants SET status = 'active' WHERE id = '%s'", person.merchant);
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", person.id);
	person_login(&person);
	return person;
}

struct person
person_new(const char *role)
{
	struct person person;

	if (strcmp(role, "shopkeeper") == 0)
		return shopkeeper_new("USD");
	person = register_person("/accounts/register/customer", role, "");
	sql_run("UPDATE users SET role = '%s', email_verified = TRUE WHERE id = '%s'", role, person.id);
	person_login(&person);
	return person;
}

struct person
person_unverified(void)
{
	struct person person = register_person("/accounts/register/customer", "customer", "");

	person_login(&person);
	return person;
}

/* --- the database -------------------------------------------------------------------------------------------------- */

static const char *
file_text(const char *path)
{
	char  text[512] = "";
	FILE *file = fopen(path, "re");

	if (file != NULL) {
		text[fread(text, 1, sizeof text - 1, file)] = '\0';
		fclose(file);
	}
	text[strcspn(text, "\r\n")] = '\0';
	return form("%s", text);
}

/* The connection of this process: a child that was forked must not use its parent's. */
static MYSQL *
database(void)
{
	static MYSQL *connection;
	static pid_t  owner;
	my_bool       yes = 1;

	if (connection != NULL && owner == getpid())
		return connection;
	owner = getpid();
	connection = mysql_init(NULL);
	assert(connection != NULL);
	mysql_options(connection, MYSQL_OPT_RECONNECT, &yes); /* some tests kill the server */
	if (mysql_real_connect(connection, NULL, "haat", file_text(form("%s/secrets/database", shop_directory())), "haat", 0,
		form("%s/mariadb.sock", shop_directory()), 0) == NULL) {
		fprintf(stderr, "the test's database: %s\n", mysql_error(connection));
		exit(99);
	}
	mysql_set_character_set(connection, "utf8mb4");
	return connection;
}

/* The jobs and other tests are at the same rows: a statement by itself that loses a deadlock has done nothing, and is made again. */
static int
query(const char *sql)
{
	enum { TRIES = 20 };
	bool alone = (database()->server_status & SERVER_STATUS_IN_TRANS) == 0;
	int  failed;

	for (int i = 0; (failed = mysql_real_query(database(), sql, (unsigned long)strlen(sql))) != 0 && i < TRIES; i++)
		if (!alone || mysql_errno(database()) != ER_LOCK_DEADLOCK)
			break;
	return failed;
}

static void
run_sql(const char *format, va_list list)
{
	char sql[16384];
	int  length = vsnprintf(sql, sizeof sql, format, list);

	assert(length >= 0 && (size_t)length < sizeof sql);
	sql_ids_to_bytes(sql);
	if (query(sql) != 0) {
		fprintf(stderr, "'%s': %s\n", sql, mysql_error(database()));
		CU_assertImplementation(CU_FALSE, __LINE__, mysql_error(database()), __FILE__, "", CU_TRUE);
	}
}

int64_t
sql_run(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	run_sql(format, list);
	va_end(list);
	return (int64_t)mysql_affected_rows(database());
}

static bool
is_id(const MYSQL_FIELD *field)
{
	return field->type == MYSQL_TYPE_STRING && field->charsetnr == 63 /* binary */ && field->length == sizeof(struct uuid);
}

static const char *
first_value(void)
{
	MYSQL_RES  *result = mysql_store_result(database());
	MYSQL_ROW   row = result == NULL ? NULL : mysql_fetch_row(result);
	const char *value = NULL;

	if (row != NULL && row[0] != NULL)
		value = is_id(mysql_fetch_field_direct(result, 0)) ? uuid_text(api_arena(), *(struct uuid *)row[0])
								   : form("%s", row[0]);
	if (result != NULL)
		mysql_free_result(result);
	return value;
}

const char *
sql_text(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	run_sql(format, list);
	va_end(list);
	return first_value();
}

int64_t
sql_number(const char *format, ...)
{
	const char *value;
	va_list     list;

	va_start(list, format);
	run_sql(format, list);
	va_end(list);
	value = first_value();
	return value == NULL ? 0 : strtoll(value, NULL, 10);
}
