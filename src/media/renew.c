/* What shows pictures is walked through, to print where they are served anew. */
#include "media/media.h"

#include "base/arena.h"
#include "media/file.h"
#include "store/db.h"

enum { RENEWED_AT_ONCE = 100 };

struct showing {
	struct uuid subject;
};

static const struct member showing_members[] = { M_ID(struct showing, subject, "subject_id") };
SHAPE(struct showing, showing_shape, "Showing", showing_members);

const struct problem *
media_renew(struct work *work, enum media_subject kind, const struct problem *(*renew)(struct work *work, struct uuid subject))
{
	struct uuid     after = { { 0 } };
	struct showing *showing;
	size_t          n;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &showing_shape, RENEWED_AT_ONCE, &showing, &n,
		    "SELECT DISTINCT u.subject_id FROM media_uses u WHERE u.subject_kind = ? AND u.subject_id > ? "
		    "ORDER BY u.subject_id LIMIT ?",
		    P(media_subject_values[kind]), P(after), P(RENEWED_AT_ONCE)));
		for (size_t i = 0; i < n; i++)
			TRY(db_transaction(work, renew(work, showing[i].subject)));
		after = n > 0 ? showing[n - 1].subject : after;
		arena_release(work->arena, mark);
	} while (n == RENEWED_AT_ONCE);
	return OK;
}
