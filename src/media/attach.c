/* A thing's list of pictures and videos is replaced. */
#include "base/arena.h"
#include "media/jobs.h"
#include "store/db.h"

#include <stdlib.h>

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

static int
by_id(const void *a, const void *b)
{
	return uuid_compare(&((const struct media_row *)a)->id.uuid, &((const struct media_row *)b)->id.uuid);
}

/* Rows stand by ascending id. */
static const struct media_row *
find_row(const struct media_row *rows, size_t n, struct media_id id)
{
	const struct media_row wanted = { .id = id };

	return n == 0 ? NULL : bsearch(&wanted, rows, n, sizeof *rows, by_id);
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

static const struct problem *
lock_rows(struct work *work, const struct parameter *ids, size_t n, struct media_row **rows, size_t *count)
{
	return db_rows_many(work->db, &media_row_shape, n, rows, count,
	    "SELECT {} FROM media WHERE id IN ([?]) ORDER BY id FOR UPDATE", n, n, ids);
}

/* The rows of all that is used, before or now. */
static const struct problem *
lock_media(struct work *work, const struct attaching *a, struct media_row **rows, size_t *count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, a->n + a->n_before, struct parameter);

	for (size_t i = 0; i < a->n; i++)
		ids[i] = P(a->uses[i].id);
	for (size_t i = 0; i < a->n_before; i++)
		ids[a->n + i] = P(a->before[i].id);
	return lock_rows(work, ids, a->n + a->n_before, rows, count);
}

static const struct problem *
check_uses(struct work *work, const struct attaching *a, const struct media_row *rows, size_t count)
{
	struct faults faults = { .count = 0 };

	for (size_t i = 0; i < a->n; i++) {
		struct media_id id = a->uses[i].id;
		const char     *fault;

		if (a->uses[i].url != NULL)
			continue;
		fault = fault_of(work, a->kind, find_row(rows, count, id), was_used(a->before, a->n_before, id));
		if (is_used(a->uses, i, id))
			fault = "is named twice";
		if (fault != NULL)
			faults_add(&faults, arena_format(work->arena, "%s.%zu", a->where, i), fault);
	}
	return faults.count == 0 ? OK : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
}

enum { USE_COLUMNS = 5 };

static void
add_uses(enum media_subject kind, struct uuid subject, const struct media_use *uses, size_t n, struct parameter *values)
{
	for (size_t i = 0; i < n; i++) {
		const struct parameter row[USE_COLUMNS] = { P(media_subject_values[kind]), P(subject), P(i), P(uses[i].id),
			P(uses[i].alt) };

		memcpy(&values[i * USE_COLUMNS], row, sizeof row);
	}
}

static const struct problem *
insert_uses(struct work *work, const struct parameter *values, size_t n)
{
	return db_run_many(work->db, NULL,
	    "INSERT INTO media_uses (subject_kind, subject_id, position, media_id, alt) VALUES [(?, ?, ?, ?, ?)]", n, USE_COLUMNS,
	    values);
}

static const struct problem *
write_uses(struct work *work, const struct attaching *a)
{
	struct parameter *values = ARENA_ARRAY(work->arena, a->n * USE_COLUMNS, struct parameter);

	if (a->n_before > 0)
		TRY(db_run(work->db, NULL, "DELETE FROM media_uses WHERE subject_kind = ? AND subject_id = ?",
		    P(media_subject_values[a->kind]), P(a->subject)));
	add_uses(a->kind, a->subject, a->uses, a->n, values);
	return insert_uses(work, values, a->n);
}

static const struct problem *
count_more(struct work *work, const struct parameter *ids, size_t n)
{
	return db_run_many(work->db, NULL, "UPDATE media SET uses = uses + 1, remove_at = NULL WHERE id IN ([?])", n, 1, ids);
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
	TRY(count_more(work, more, n_more));
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

const struct problem *
media_shown_from(
    struct work *work, enum media_subject kind, struct uuid subject, const char *const *urls, size_t n, struct media_id ***ids)
{
	struct media_row *rows;
	size_t            count;

	*ids = ARENA_ARRAY(work->arena, n, struct media_id *);
	if (n == 0)
		return OK;
	TRY(db_rows(work->db, &media_row_shape, MEDIA_USES_MAX, &rows, &count,
	    "SELECT {m} FROM media_uses u JOIN media m ON m.id = u.media_id WHERE u.subject_kind = ? AND u.subject_id = ? "
	    "AND m.source_url IS NOT NULL AND m.status IN ('pending', 'ready') ORDER BY u.position LIMIT ?",
	    P(media_subject_values[kind]), P(subject), P(MEDIA_USES_MAX)));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < count && (*ids)[i] == NULL; k++)
			if (rows[k].source_url != NULL && strcmp(rows[k].source_url, urls[i]) == 0) {
				(*ids)[i] = &rows[k].id;
				rows[k].source_url = NULL; /* taken */
			}
	return OK;
}

const struct problem *
media_known(struct work *work, const struct merchant_id *merchant, const struct media_id *ids, size_t n, bool *known)
{
	struct parameter *values = ARENA_ARRAY(work->arena, n + 1, struct parameter);
	struct media_row *rows;
	size_t            count;

	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++)
		values[i] = P(ids[i]);
	TRY(db_rows_many(work->db, &media_row_shape, n, &rows, &count,
	    "SELECT {} FROM media WHERE id IN ([?]) AND status IN ('pending', 'ready') ORDER BY id", n, n, values));
	for (size_t i = 0; i < n; i++) {
		const struct media_row *row = find_row(rows, count, ids[i]);

		known[i] = row != NULL &&
		    (is_viewers(&work->viewer, row) || (row->merchant != NULL && ID_EQUAL(*row->merchant, *merchant)));
	}
	return OK;
}

/* ---- many new subjects ---- */

static int
by_parameter(const void *a, const void *b)
{
	return uuid_compare(&((const struct parameter *)a)->uuid, &((const struct parameter *)b)->uuid);
}

/* How often an id stands in the list is how many uses it has got: a statement for all, one more for those that stand there again, ... */
static const struct problem *
count_new(struct work *work, struct parameter *ids, size_t n)
{
	struct parameter *once = ARENA_ARRAY(work->arena, n, struct parameter);

	qsort(ids, n, sizeof *ids, by_parameter);
	while (n > 0) {
		size_t n_once = 0, left = 0;

		for (size_t i = 0; i < n; i++)
			if (n_once > 0 && by_parameter(&once[n_once - 1], &ids[i]) == 0)
				ids[left++] = ids[i];
			else
				once[n_once++] = ids[i];
		TRY(count_more(work, once, n_once));
		n = left;
	}
	return OK;
}

/* Refuses what cannot be shown; nothing is written. */
static const struct problem *
check_new(struct work *work, enum media_subject kind, const char *where, struct media_showing *showing, size_t n, size_t n_uses)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, n_uses, struct parameter);
	struct media_row *rows = NULL;
	size_t            n_ids = 0, count = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < showing[i].n; k++)
			if (showing[i].uses[k].url == NULL)
				ids[n_ids++] = P(showing[i].uses[k].id);
	if (n_ids > 0)
		TRY(lock_rows(work, ids, n_ids, &rows, &count));
	for (size_t i = 0; i < n; i++) {
		const struct attaching a = { .kind = kind, .where = where, .uses = showing[i].uses, .n = showing[i].n };

		showing[i].refused = check_uses(work, &a, rows, count);
	}
	return OK;
}

static const struct problem *
fetch_new(struct work *work, struct media_showing *showing, size_t n, size_t n_uses)
{
	struct media_use **fetched = ARENA_ARRAY(work->arena, n_uses, struct media_use *);
	const char       **urls = ARENA_ARRAY(work->arena, n_uses, const char *);
	struct media_id   *ids = ARENA_ARRAY(work->arena, n_uses, struct media_id);
	size_t             count = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; showing[i].refused == OK && k < showing[i].n; k++)
			if (showing[i].uses[k].url != NULL) {
				fetched[count] = &showing[i].uses[k];
				urls[count++] = showing[i].uses[k].url;
			}
	TRY(media_fetch_later(work, urls, count, ids));
	for (size_t i = 0; i < count; i++)
		fetched[i]->id = ids[i];
	return OK;
}

const struct problem *
media_attach_new(struct work *work, enum media_subject kind, const char *where, struct media_showing *showing, size_t n)
{
	struct parameter *values, *ids;
	size_t            n_uses = 0, count = 0;

	for (size_t i = 0; i < n; i++)
		n_uses += showing[i].n;
	values = ARENA_ARRAY(work->arena, n_uses * USE_COLUMNS, struct parameter);
	ids = ARENA_ARRAY(work->arena, n_uses, struct parameter);
	TRY(check_new(work, kind, where, showing, n, n_uses));
	TRY(fetch_new(work, showing, n, n_uses));
	for (size_t i = 0; i < n; i++) {
		if (showing[i].refused != OK)
			continue;
		add_uses(kind, showing[i].subject, showing[i].uses, showing[i].n, &values[count * USE_COLUMNS]);
		for (size_t k = 0; k < showing[i].n; k++)
			ids[count++] = P(showing[i].uses[k].id);
	}
	TRY(insert_uses(work, values, count));
	return count_new(work, ids, count);
}
