/* Who gets a letter: an id, found by a statement. */
#include "notify/letter.h"

#include "store/db.h"
#include "store/work.h"

struct found {
	struct uuid id;
};

static const struct member found_members[] = {
	M_ID(struct found, id, "id"),
};
SHAPE(struct found, found_shape, "FoundReader", found_members);

const struct problem *
letter_find(struct work *work, const char *sql, struct uuid about, struct uuid *reader)
{
	struct found *found;

	TRY(db_row(work->db, &found_shape, &found, sql, P(about)));
	if (found != NULL)
		*reader = found->id;
	return OK;
}
