#include "tests/private_database.h"

#include "tests/suite.h"

#include <mysql.h>
#include <unistd.h>

const char *
source_directory(void)
{
	const char *directory = getenv("srcdir");

	return directory == NULL ? TEST_SOURCE_DIRECTORY : directory;
}

void
private_database(char **argv)
{
	char script[4096];

	if (getenv("HAAT_TEST_DATABASE") != NULL)
		return;
	snprintf(script, sizeof script, "%s/tests/private-db", source_directory());
	execl(script, script, "run", argv[0], (char *)NULL);
	perror(script);
	exit(1);
}

const char *
private_socket(void)
{
	return getenv("HAAT_TEST_DATABASE");
}

/* Sends a statement, its ids in quotes as the bytes that columns hold. */
static int
query(struct st_mysql *connection, const char *sql)
{
	char *copy = strdup(sql);
	int   failed;

	sql_ids_to_bytes(copy);
	failed = mysql_real_query(connection, copy, strlen(copy));
	free(copy);
	return failed;
}

unsigned
private_run(struct st_mysql *connection, const char *sql)
{
	MYSQL_RES *result;

	if (query(connection, sql) != 0)
		return mysql_errno(connection);
	if ((result = mysql_store_result(connection)) != NULL)
		mysql_free_result(result);
	return 0;
}

int64_t
private_value(struct st_mysql *connection, const char *sql)
{
	MYSQL_RES *result;
	MYSQL_ROW  row;
	int64_t    value = -1;

	if (query(connection, sql) != 0 || (result = mysql_store_result(connection)) == NULL)
		return -1;
	if ((row = mysql_fetch_row(result)) != NULL && row[0] != NULL)
		value = strtoll(row[0], NULL, 10);
	mysql_free_result(result);
	return value;
}

struct st_mysql *
private_connect(const char *name)
{
	MYSQL *connection = mysql_init(NULL);
	char   sql[200];

	snprintf(sql, sizeof sql, "CREATE DATABASE IF NOT EXISTS %s", name);
	mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(connection, NULL, "root", "", NULL, 0, private_socket(), 0) == NULL ||
	    private_run(connection, sql) != 0 || mysql_select_db(connection, name) != 0) {
		fprintf(stderr, "cannot use the private database: %s\n", mysql_error(connection));
		abort();
	}
	return connection;
}
