#include "tests/reports/dying.h"

#include <dlfcn.h>
#include <mysql.h>
#include <signal.h>
#include <unistd.h>

static int  left; /* 0: nobody dies */
static bool after;

void
die_at(int statement, bool late)
{
	left = statement;
	after = late;
}

static void
count(bool is_done)
{
	if (left > 0 && is_done == after && --left == 0)
		kill(getpid(), SIGKILL);
}

int
mysql_stmt_execute(MYSQL_STMT *statement)
{
	int (*execute)(MYSQL_STMT *);
	int result;

	*(void **)&execute = dlsym(RTLD_NEXT, "mysql_stmt_execute");
	count(false);
	result = execute(statement);
	count(true);
	return result;
}

int
mysql_real_query(MYSQL *connection, const char *sql, unsigned long length)
{
	int (*query)(MYSQL *, const char *, unsigned long);
	int result;

	*(void **)&query = dlsym(RTLD_NEXT, "mysql_real_query");
	count(false);
	result = query(connection, sql, length);
	count(true);
	return result;
}
