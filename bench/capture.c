/*
 * capture.c: preloaded into a worker (LD_PRELOAD), it writes what the worker asks of MariaDB into the file that
 * BENCH_CAPTURE names, in the form of traffic.h.  It stands between the program and the client library: each
 * function here does its writing and calls the library's own of the same name.
 */
#include <dlfcn.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 512 };

/* What is known of a prepared statement when it runs. */
struct known {
	MYSQL_STMT *handle;
	char       *sql;
	MYSQL_BIND *binds;
};

static struct known known[STATEMENTS_MAX];

static struct known *
find(MYSQL_STMT *handle)
{
	for (size_t i = 0; i < STATEMENTS_MAX; i++)
		if (known[i].handle == handle || known[i].handle == NULL) {
			known[i].handle = handle;
			return &known[i];
		}
	abort();
}

/* Appends, so that the file can be emptied between two requests. */
static FILE *
file(void)
{
	static FILE *opened;
	const char  *path = getenv("BENCH_CAPTURE");

	if (opened == NULL && (path == NULL || (opened = fopen(path, "ae")) == NULL))
		abort();
	return opened;
}

static void
write_sql(const char *sql, size_t length)
{
	for (size_t i = 0; i < length; i++)
		fputc(sql[i] == '\n' || sql[i] == '\t' ? ' ' : sql[i], file());
	fputc('\n', file());
	fflush(file());
}

static void
write_value(enum enum_field_types type, const void *bytes, size_t length)
{
	fprintf(file(), "value %d ", (int)type);
	for (size_t i = 0; i < length; i++)
		fprintf(file(), "%02x", ((const unsigned char *)bytes)[i]);
	fputc('\n', file());
}

static size_t
fixed_length(enum enum_field_types type)
{
	return type == MYSQL_TYPE_LONGLONG ? 8 : type == MYSQL_TYPE_DATETIME ? sizeof(MYSQL_TIME) : 0;
}

static void
write_bound(const MYSQL_BIND *bind)
{
	size_t fixed = fixed_length(bind->buffer_type);

	write_value(bind->buffer_type, bind->buffer,
	    bind->buffer_type == MYSQL_TYPE_NULL ? 0
		: fixed > 0                      ? fixed
						 : *bind->length);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int
mysql_stmt_prepare(MYSQL_STMT *handle, const char *sql, unsigned long length)
{
	struct known *statement = find(handle);

	free(statement->sql);
	statement->sql = strndup(sql, length);
	return NEXT(mysql_stmt_prepare)(handle, sql, length);
}

my_bool
mysql_stmt_bind_param(MYSQL_STMT *handle, MYSQL_BIND *binds)
{
	find(handle)->binds = binds;
	return NEXT(mysql_stmt_bind_param)(handle, binds);
}

int
mysql_stmt_execute(MYSQL_STMT *handle)
{
	struct known *statement = find(handle);
	unsigned long parameters = mysql_stmt_param_count(handle);

	fprintf(file(), "statement %lu ", parameters);
	write_sql(statement->sql, strlen(statement->sql));
	for (unsigned long i = 0; i < parameters; i++)
		write_bound(&statement->binds[i]);
	fflush(file());
	return NEXT(mysql_stmt_execute)(handle);
}

int
mysql_real_query(MYSQL *connection, const char *sql, unsigned long length)
{
	fputs("command ", file());
	write_sql(sql, length);
	return NEXT(mysql_real_query)(connection, sql, length);
}
