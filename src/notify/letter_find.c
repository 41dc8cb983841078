/* Who gets a letter: an id, found by a statement. */
#include "notify/letter.h"

#include "store/db.h"
#include "store/work.h"

static const struct member letter_found_members[] = {
	M_ID(struct letter_found, id, "id"),
};
SHAPE_SHARED(struct letter_found, letter_found_shape, "FoundReader", letter_found_members);

const struct problem *
letter_find(struct work *work, const char *sql, struct uuid about, struct uuid *reader)
{
	struct letter_found *found;

	TRY(db_row(work->db, &letter_found_shape, &found, sql, P(about)));
	if (found != NULL)
		*reader = found->id;
	return OK;
}
