/* A thing's list of pictures and videos is replaced. */
#include "base/arena.h"
#include "media/jobs.h"
#include "store/db.h"

const struct problem *
media_uses_read(struct work *work, const char *where, const char *const *ids, size_t n, struct media_use **uses)
{
	struct faults faults = { .count = 0 };

	*uses = ARENA_ARRAY(work->arena, n, struct media_use);
	for (size_t i = 0; i < n; i++)
		if (!uuid_parse(ids[i], &(*uses)[i].id.uuid))
			faults_add(&faults, arena_format(work->arena, "%s.%zu", where, i), "must be a UUID");
	return faults.count == 0 ? OK : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
}

struct used {
	struct media_id id;
	int64_t         position;
	const char     *alt;
};

static const struct member used_members[] = {
	M_ID(struct used, id, "id", .column = "media_id"),
	M_INTEGER(struct used, position, "position", 0, MEDIA_USES_MAX),
	M_TEXT(struct used, alt, "alt", MEDIA_ALT_MAX),
};
SHAPE(struct used, used_shape, "UsedMedia", used_members);

static bool
was_used(const struct used *used, size_t n, struct media_id id)
{
	for (size_t i = 0; i < n; i++)
		if (ID_EQUAL(used[i].id, id))
			return true;
	return false;
}

static bool
is_used(const struct media_use *uses, size_t n, struct media_id id)
{
	for (size_t i = 0; i < n; i++)
		if (ID_EQUAL(uses[i].id, id))
			return true;
	return false;
}

static bool
is_viewers(const struct viewer *viewer, const struct media_row *row)
{
	if (row->merchant != NULL && viewer->merchant != NULL && ID_EQUAL(*row->merchant, *viewer->merchant))
		return true;
	return row->user != NULL && ID_EQUAL(*row->user, viewer->user);
}

static const struct media_row *
find_row(const struct media_row *rows, size_t n, struct media_id id)
{
	for (size_t i = 0; i < n; i++)
		if (ID_EQUAL(rows[i].id, id))
			return &rows[i];
	return NULL;
}

/* What is wrong with using it; NULL: nothing. */
static const char *
fault_of(struct work *work, enum media_subject kind, const struct media_row *row, bool before)
{
	if (row == NULL || (!before && !is_viewers(&work->viewer, row)))
		return "does not exist or is not yours";
	if (!before && row->status != MEDIA_PENDING && row->status != MEDIA_READY)
		return row->status == MEDIA_FAILED ? "could not be read" : "does not exist or is not yours";
	if ((kind == MEDIA_OF_USER || kind == MEDIA_OF_MERCHANT) && row->kind != MEDIA_IMAGE)
		return "must be a picture";
	return NULL;
}

struct attaching {
	enum media_subject      kind;
	struct uuid             subject;
	const char             *where;
	const struct media_use *uses;
	size_t                  n;
	struct used            *before;
	size_t                  n_before;
};

/* The rows of all that is used, before or now, by ascending id. */
static const struct problem *
lock_media(struct work *work, const struct attaching *a, struct media_row **rows, size_t *count)
{
	size_t            n = a->n + a->n_before;
	struct parameter *ids = ARENA_ARRAY(work->arena, n, struct parameter);

	for (size_t i = 0; i < a->n; i++)
		ids[i] = P(a->uses[i].id);
	for (size_t i = 0; i < a->n_before; i++)
		ids[a->n + i] = P(a->before[i].id);
	return db_rows_many(work->db, &media_row_shape, n, rows, count,
	    "SELECT {} FROM media WHERE id IN ([?]) ORDER BY id FOR UPDATE", n, n, ids);
}

static const struct problem *
check_uses(struct work *work, const struct attaching *a, const struct media_row *rows, size_t count)
{
	struct faults faults = { .count = 0 };

	for (size_t i = 0; i < a->n; i++) {
		struct media_id id = a->uses[i].id;
		const char     *fault = fault_of(work, a->kind, find_row(rows, count, id), was_used(a->before, a->n_before, id));

		if (is_used(a->uses, i, id))
			fault = "is named twice";
		if (fault != NULL)
			faults_add(&faults, arena_format(work->arena, "%s.%zu", a->where, i), fault);
	}
	return faults.count == 0 ? OK : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
}

static const struct problem *
write_uses(struct work *work, const struct attaching *a)
{
	enum { COLUMNS = 5 };
	struct parameter *values = ARENA_ARRAY(work->arena, a->n * COLUMNS, struct parameter);

	if (a->n_before > 0)
		TRY(db_run(work->db, NULL, "DELETE FROM media_uses WHERE subject_kind = ? AND subject_id = ?",
		    P(media_subject_values[a->kind]), P(a->subject)));
	for (size_t i = 0; i < a->n; i++) {
		const struct parameter row[COLUMNS] = { P(media_subject_values[a->kind]), P(a->subject), P(i), P(a->uses[i].id),
			P(a->uses[i].alt) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO media_uses (subject_kind, subject_id, position, media_id, alt) VALUES [(?, ?, ?, ?, ?)]", a->n, COLUMNS,
	    values);
}

/* The assignments of an UPDATE run in their order: what is compared with 0 is the new count. */
static const struct problem *
count_uses(struct work *work, const struct attaching *a)
{
	struct parameter *more = ARENA_ARRAY(work->arena, a->n, struct parameter);
	struct parameter *less = ARENA_ARRAY(work->arena, a->n_before, struct parameter);
	size_t            n_more = 0, n_less = 0;

	for (size_t i = 0; i < a->n; i++)
		if (!was_used(a->before, a->n_before, a->uses[i].id))
			more[n_more++] = P(a->uses[i].id);
	for (size_t i = 0; i < a->n_before; i++)
		if (!is_used(a->uses, a->n, a->before[i].id))
			less[n_less++] = P(a->before[i].id);
	TRY(db_run_many(work->db, NULL, "UPDATE media SET uses = uses + 1, remove_at = NULL WHERE id IN ([?])", n_more, 1, more));
	return db_run_many(work->db, NULL,
	    "UPDATE media SET uses = uses - 1, remove_at = IF(uses = 0, NOW(3), NULL) WHERE id IN ([?])", n_less, 1, less);
}

/* Nothing to be written: the list is the same, and what was used may be used. */
static bool
is_same(const struct attaching *a)
{
	if (a->n != a->n_before)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const char *alt = a->uses[i].alt == NULL ? "" : a->uses[i].alt;
		const char *before = a->before[i].alt == NULL ? "" : a->before[i].alt;

		if (!ID_EQUAL(a->uses[i].id, a->before[i].id) || strcmp(alt, before) != 0)
			return false;
	}
	return true;
}

const struct problem *
media_attach(
    struct work *work, enum media_subject kind, struct uuid subject, const char *where, const struct media_use *uses, size_t n)
{
	struct attaching  a = { .kind = kind, .subject = subject, .where = where, .uses = uses, .n = n };
	struct media_row *rows;
	size_t            count;

	TRY(db_rows(work->db, &used_shape, MEDIA_USES_MAX, &a.before, &a.n_before,
	    "SELECT {} FROM media_uses WHERE subject_kind = ? AND subject_id = ? ORDER BY position LIMIT ?",
	    P(media_subject_values[kind]), P(subject), P(MEDIA_USES_MAX)));
	if (is_same(&a))
		return OK;
	TRY(lock_media(work, &a, &rows, &count));
	TRY(check_uses(work, &a, rows, count));
	TRY(write_uses(work, &a));
	TRY(count_uses(work, &a));
	return a.n_before == 0 ? OK : queue_removal(work);
}
