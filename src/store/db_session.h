/*
 * db_session.h: a session of the database server, for db.c.
 */
#ifndef DB_SESSION_H
#define DB_SESSION_H

#include <mysql.h>
#include <stdint.h>

struct arena;
struct config;

/*
 * Connect within `seconds` and set what every session needs; NULL, logged, when that fails.  A password that has changed since
 * the configuration was loaded stands in its file, and is read there, so that no reload has to be quicker than a lost
 * connection.  Adds the attempts to *round_trips.  The caller closes the session.
 */
MYSQL *session_open(const struct config *config, struct arena *arena, unsigned seconds, uint64_t *round_trips);

#endif
