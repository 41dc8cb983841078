#include "store/schema.h"

#include "store/db.h"
#include "store/schema_number.h"

const struct problem *
schema_current(struct db *db, bool *current)
{
	int64_t applied;

	TRY(db_value(
	    db, &applied, "SELECT COUNT(*) FROM schema_migrations WHERE number <= ? AND state = 'applied'", P(SCHEMA_NUMBER)));
	*current = applied == SCHEMA_NUMBER;
	return OK;
}
