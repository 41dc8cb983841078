/*
 * schema.h: does the database have the schema that this program was built for?
 *
 * SCHEMA_NUMBER, the number of the last migration in sql/ at build time, and SCHEMA_COUNT, how many there are, come from
 * schema_number.h, which make writes.
 * Migrations that came later do not disturb: old programs run on newer schemas (expand first, contract later).
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct problem;

/*
 * *current: all migrations up to SCHEMA_NUMBER are applied.  DATABASE_LOST when the database does not answer in time, another
 * problem when it cannot tell, as before the first migration.
 */
const struct problem *schema_current(struct db *db, int milliseconds, bool *current);

/* SCHEMA_COUNT: how many migrations this program knows. */
int64_t schema_expected(void);

#endif
