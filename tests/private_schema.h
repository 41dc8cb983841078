/*
 * private_schema.h: the whole schema in a database of private_database.h, and work of the system on it.
 */
#ifndef PRIVATE_SCHEMA_H
#define PRIVATE_SCHEMA_H

#include <stdbool.h>

struct arena;
struct config;
struct st_mysql;
struct work;

/*
 * Makes the database with all migrations of the source tree, and *work that is done on it; the configuration is completed by
 * where the database is.  A connection as root; NULL when it cannot be made, which is said.
 */
struct st_mysql *private_shop(const char *database, struct config *config, struct arena *arena, struct work *work);

/* The migrations alone.  On a connection as root to the database; false when one cannot be applied, which is said. */
bool private_schema(struct st_mysql *connection);

#endif
