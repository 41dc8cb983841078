/*
 * schema.h: does the database have the schema that this program was built for?
 *
 * SCHEMA_NUMBER, the number of the last migration in sql/ at build time, comes from schema_number.h, which make writes.
 * Migrations that came later do not disturb: old programs run on newer schemas (expand first, contract later).
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>

struct db;
struct problem;

/*
 * *current: all migrations up to SCHEMA_NUMBER are applied.  A problem when the database cannot be asked, which it
 * cannot either before the first migration: both mean "not ready".
 */
const struct problem *schema_current(struct db *db, bool *current);

#endif
