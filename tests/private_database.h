/*
 * private_database.h: for tests that need a MariaDB of their own.
 *
 * First line of main: private_database(argv).  It starts the test again inside tests/private-db, which makes a server
 * for it and removes it afterwards; where MariaDB is not installed the test counts as skipped.  Databases are made by
 * private_connect, one for each test that wants to be alone.
 */
#ifndef PRIVATE_DATABASE_H
#define PRIVATE_DATABASE_H

#include <stdint.h>

struct st_mysql;

/* Returns in the inner run only. */
void private_database(char **argv);

/* The server's socket. */
const char *private_socket(void);

/* The source tree's top directory. */
const char *source_directory(void);

/* A connection as root to database `name`, made when it is missing.  Aborts when the server does not let us. */
struct st_mysql *private_connect(const char *name);

/* Statements of both may hold ids in quotes: see sql_ids_to_bytes. */

/* The first column of the first row as an integer; -1 when there is none or it fails. */
int64_t private_value(struct st_mysql *connection, const char *sql);

/* Runs a statement; its error number, 0 when there is none. */
unsigned private_run(struct st_mysql *connection, const char *sql);

#endif
