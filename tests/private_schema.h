/*
 * private_schema.h: all migrations of the source tree, applied to a database of private_database.h.
 */
#ifndef PRIVATE_SCHEMA_H
#define PRIVATE_SCHEMA_H

#include <stdbool.h>

struct st_mysql;

/* On a connection as root to the database; false when one cannot be applied, which is said. */
bool private_schema(struct st_mysql *connection);

#endif
