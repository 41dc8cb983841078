#include "store/schema.h"

#include "store/db.h"
#include "store/schema_number.h"

const struct problem *
schema_current(struct db *db, int milliseconds, bool *current)
{
	char    sql[120];
	int64_t applied;

	snprintf(
	    sql, sizeof sql, "SELECT COUNT(*) FROM schema_migrations WHERE number <= %d AND state = 'applied'", SCHEMA_NUMBER);
	TRY(db_value_within(db, milliseconds, &applied, sql));
	*current = applied == SCHEMA_COUNT;
	return OK;
}

int64_t
schema_expected(void)
{
	return SCHEMA_COUNT;
}
