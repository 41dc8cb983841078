/*
 * The job: reads a file in constant memory and works in batches, each a transaction of its own.  After a slice of time it gives way
 * to what else waits in its lane and is queued again.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "catalog/product_import.h"
#include "events/job.h"
#include "imports/errors.h"
#include "imports/job.h"
#include "imports/rows.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLICE_MS = 10000, BATCH_VARIANTS = 1500, BATCH_BYTES = 512 * 1024 };

/* What is read of the file at once. */
struct batch {
	struct file_product  products[IMPORT_DRAFTS];
	struct product_draft drafts[IMPORT_DRAFTS];
	size_t               count;
	bool                 ended; /* nothing is behind it */
};

struct running {
	struct work   *work;
	struct import *import; /* as it was before the batch */
	struct rows    rows;
	int            fd;
	const char    *fault; /* the import fails */
};

static void
close_file(void *object)
{
	close(((struct running *)object)->fd);
}

/* ---- reading a batch ---- */

struct folded_sku {
	const char *sku;
	size_t      draft;
};

static int
by_sku(const void *a, const void *b)
{
	const struct folded_sku *one = a, *other = b;
	int                      order = strcmp(one->sku, other->sku);

	return order != 0 ? order : (one->draft > other->draft) - (one->draft < other->draft);
}

/* The first draft with a SKU that one before it has: it must find that one written.  Else their count. */
static size_t
first_repeated(struct arena *arena, const struct batch *batch, size_t n_variants)
{
	struct folded_sku *skus = ARENA_ARRAY(arena, n_variants, struct folded_sku);
	size_t             n = 0, first = batch->count;

	for (size_t i = 0; i < batch->count; i++)
		for (size_t k = 0; batch->drafts[i].body != NULL && k < batch->drafts[i].body->n_variants; k++)
			if (batch->drafts[i].body->variants[k].sku != NULL)
				skus[n++] = (struct folded_sku) { fold_sku(arena, batch->drafts[i].body->variants[k].sku), i };
	qsort(skus, n, sizeof *skus, by_sku);
	for (size_t i = 1; i < n; i++)
		if (skus[i].draft != skus[i - 1].draft && skus[i].draft < first && strcmp(skus[i].sku, skus[i - 1].sku) == 0)
			first = skus[i].draft;
	return first;
}

static void
parse(struct arena *arena, const struct file_product *product, struct product_draft *draft)
{
	struct faults        faults = { .count = 0 };
	struct product_body *body = ARENA_NEW(arena, struct product_body);

	*draft = (struct product_draft) { .json = product->json };
	if (product->fault != NULL)
		faults_add(&faults, product->fault_member == NULL ? "" : product->fault_member, product->fault);
	else if (shape_parse(&product_import_shape, product->json, arena, body, &faults))
		draft->body = body;
	body->keeps_variants = !body->delete_missing_variants;
	body->adds_options = product->derived_options && body->keeps_variants;
	if (draft->body == NULL)
		draft->problem = problem_faults(arena, PROBLEM_VALIDATION_FAILED, "the row is invalid", &faults);
}

static const struct problem *
read_batch(struct running *running, struct batch *batch)
{
	struct arena *arena = running->work->arena;
	struct rows  *rows = &running->rows;
	size_t        n_variants = 0, kept;
	bool          found = true;

	batch->count = 0;
	while (
	    batch->count < IMPORT_DRAFTS && n_variants < BATCH_VARIANTS && rows->at - running->import->done_bytes < BATCH_BYTES) {
		struct file_product  *product = &batch->products[batch->count];
		struct product_draft *draft = &batch->drafts[batch->count];

		TRY(rows_next(rows, product, &found));
		if (!found)
			break;
		parse(arena, product, draft);
		n_variants += draft->body == NULL ? 0 : draft->body->n_variants;
		batch->count++;
	}
	batch->ended = !found;
	kept = first_repeated(arena, batch, n_variants);
	if (kept < batch->count) {
		rows_seek(rows, batch->products[kept - 1].ends, batch->products[kept - 1].number);
		batch->count = kept;
		batch->ended = false;
	}
	return OK;
}

/* ---- writing it ---- */

static const struct member import_merchant_members[] = {
	M_ID(struct import_merchant, id, "id"),
	M_TEXT(struct import_merchant, currency, "currency", 3),
	M_BOOLEAN(struct import_merchant, active, "active", .computed = true),
};
SHAPE(struct import_merchant, import_merchant_shape, "ImportMerchant", import_merchant_members);

/* How many of the drafts ended in each way. */
struct outcomes {
	int64_t of[IMPORT_REFUSED + 1];
};

static void
collect_errors(struct running *running, const struct batch *batch, size_t at, struct error_list *errors)
{
	struct arena               *arena = running->work->arena;
	const struct file_product  *product = &batch->products[at];
	const struct product_draft *draft = &batch->drafts[at];
	const struct faults        *faults = draft->problem->faults;

	if (faults == NULL || faults->count == 0)
		add_error(arena, errors, product->row, NULL, draft->problem->message);
	for (size_t i = 0; faults != NULL && i < faults->count; i++) {
		const char *member;
		int64_t     row;

		rows_place(&running->rows, arena, product, faults->list[i].where, &row, &member);
		add_error(arena, errors, row, *member == '\0' ? NULL : member, faults->list[i].what);
	}
}

/* A dry run does the same and takes it back. */
static const struct problem *
write_products(struct running *running, const struct import_merchant *merchant, struct product_draft *drafts, size_t count)
{
	struct work *work = running->work;

	if (!running->import->dry_run)
		return import_products(work, merchant, drafts, count);
	TRY(db_run(work->db, NULL, "SAVEPOINT dry_run"));
	TRY(import_products(work, merchant, drafts, count));
	return db_run(work->db, NULL, "ROLLBACK TO SAVEPOINT dry_run");
}

static const struct problem *
note_progress(struct running *running, const struct batch *batch, size_t last, const struct outcomes *outcomes,
    const struct error_list *errors, int64_t error_bytes)
{
	const struct file_product *product = &batch->products[last];
	struct work               *work = running->work;

	return db_run(work->db, NULL,
	    "UPDATE imports SET status = 'running', started_at = IFNULL(started_at, NOW(3)), done_bytes = ?, done_rows = ?, "
	    "created = created + ?, changed = changed + ?, unchanged = unchanged + ?, refused = refused + ?, "
	    "error_count = error_count + ?, error_bytes = ? WHERE id = ?",
	    P(product->ends), P(product->number), P(outcomes->of[IMPORT_CREATED]), P(outcomes->of[IMPORT_CHANGED]),
	    P(outcomes->of[IMPORT_UNCHANGED]), P(outcomes->of[IMPORT_REFUSED]), P(errors->count), P(error_bytes),
	    P(running->import->id));
}

/* The batch's drafts from one on: whole or not at all.  CONFLICT when the import is another worker's, or has been cancelled. */
static const struct problem *
write_drafts(struct running *running, struct batch *batch, size_t from, size_t count)
{
	struct work            *work = running->work;
	struct outcomes         outcomes = { { 0 } };
	struct error_list       errors = { .count = 0 };
	struct import_merchant *merchant;
	struct import          *now;
	int64_t                 error_bytes;

	TRY(db_one(work->db, &import_merchant_shape, &merchant,
	    "SELECT m.id, m.currency, m.status = 'active' AS active FROM merchants m WHERE m.id = ? LOCK IN SHARE MODE",
	    P(running->import->merchant)));
	TRY(db_one(work->db, &import_summary_shape, &now, "SELECT {i} FROM imports i WHERE i.id = ? FOR UPDATE",
	    P(running->import->id)));
	if (now->done_bytes != running->import->done_bytes || (now->status != IMPORT_QUEUED && now->status != IMPORT_RUNNING))
		return problem(CONFLICT, "the import goes on elsewhere or not at all");
	TRY(write_products(running, merchant, &batch->drafts[from], count));
	for (size_t i = from; i < from + count; i++) {
		outcomes.of[batch->drafts[i].outcome]++;
		if (batch->drafts[i].outcome == IMPORT_REFUSED)
			collect_errors(running, batch, i, &errors);
	}
	TRY(write_errors(work, now, &errors, &error_bytes));
	return note_progress(running, batch, from + count - 1, &outcomes, &errors, error_bytes);
}

static const struct problem *
commit_drafts(struct running *running, struct batch *batch, size_t from, size_t count)
{
	TRY(db_transaction(running->work, write_drafts(running, batch, from, count)));
	running->import->done_bytes = batch->products[from + count - 1].ends;
	return OK;
}

static bool
is_fault_of_rows(const struct problem *problem)
{
	return problem != OK && problem->code != PROBLEM_CONFLICT && problem_status(problem->code) < 500;
}

/*
 * All together; where the database refuses them (a SKU or a slug that another has taken meanwhile), one by one, and what is
 * refused then is an error of its own row.
 */
static const struct problem *
write_batch(struct running *running, struct batch *batch)
{
	const struct problem *problem = commit_drafts(running, batch, 0, batch->count);

	if (!is_fault_of_rows(problem))
		return problem;
	for (size_t i = 0; i < batch->count; i++) {
		problem = commit_drafts(running, batch, i, 1);
		if (is_fault_of_rows(problem)) {
			batch->drafts[i].body = NULL;
			batch->drafts[i].problem = problem;
			problem = commit_drafts(running, batch, i, 1);
		}
		TRY(problem);
	}
	return OK;
}

/* ---- the job ---- */

static const struct problem *
open_file(struct running *running)
{
	struct work *work = running->work;
	const char  *path = arena_format(
	     work->arena, "%s/%s", work->config->http.import_directory, import_file(work->arena, running->import->id));

	running->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (running->fd < 0) {
		log_error("cannot open an import", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
		if (errno != ENOENT)
			return problem(INTERNAL, "the import's file cannot be read");
		running->fault = "the file is gone";
		return OK;
	}
	arena_defer(work->arena, close_file, running);
	TRY(rows_begin(
	    &running->rows, work->arena, (enum import_format)running->import->format, running->fd, running->import->bytes));
	running->fault = running->rows.fault;
	return OK;
}

/* How many rows there are, once. */
static const struct problem *
count_rows(struct running *running)
{
	struct import *import = running->import;
	int64_t        total;

	if (import->total != NULL || running->fault != NULL)
		return OK;
	TRY(rows_count(&running->rows, &total));
	rows_seek(&running->rows, import->done_bytes, import->done);
	TRY(db_run(running->work->db, NULL, "UPDATE imports SET total_rows = ? WHERE id = ?", P(total), P(import->id)));
	if (total == 0)
		running->fault = "the file has no rows";
	return import->done_bytes > 0 || import->format == IMPORT_JSONL
	    ? OK
	    : rows_begin(&running->rows, running->work->arena, IMPORT_CSV, running->fd, import->bytes);
}

static const struct problem *
find_place(struct running *running)
{
	TRY(open_file(running));
	TRY(count_rows(running));
	if (running->fault == NULL && running->import->done_bytes > 0)
		rows_seek(&running->rows, running->import->done_bytes, running->import->done);
	return OK;
}

static const struct problem *
check_merchant(struct running *running)
{
	int64_t closed;

	TRY(db_value(running->work->db, &closed, "SELECT status IN ('suspended', 'inactive') FROM merchants WHERE id = ?",
	    P(running->import->merchant)));
	if (closed != 0)
		running->fault = "the merchant is suspended";
	return OK;
}

static const struct problem *
end(struct running *running)
{
	bool ended;

	if (running->fault != NULL)
		log_warning("import failed", LOG_TEXT("cause", running->fault));
	return db_transaction(running->work,
	    end_import(
		running->work, running->import, running->fault == NULL ? IMPORT_DONE : IMPORT_FAILED, running->fault, &ended));
}

/* One batch; *more: there is something left. */
static const struct problem *
do_batch(struct running *running, bool *more)
{
	struct batch *batch = ARENA_NEW(running->work->arena, struct batch);

	running->rows.arena = running->work->arena;
	TRY(check_merchant(running));
	if (running->fault == NULL) {
		TRY(read_batch(running, batch));
		if (batch->count > 0)
			TRY(write_batch(running, batch));
	}
	*more = running->fault == NULL && !batch->ended;
	return *more ? OK : end(running);
}

/* On behalf of who has sent it. */
static void
act_for(struct work *work, struct import *import)
{
	work->viewer = SYSTEM_VIEWER;
	work->viewer.merchant = &import->merchant;
	if (import->created_by != NULL)
		work->viewer.user = *import->created_by;
}

static const struct problem *
run_slice(struct running *running, const struct job *job, bool *more)
{
	struct work *work = running->work;
	int64_t      until_ms = monotonic_ms() + SLICE_MS;

	TRY(find_place(running));
	for (*more = true; *more && monotonic_ms() < until_ms;) {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(do_batch(running, more));
		TRY(job_progress(work, job, running->import->done_bytes, &running->import->bytes));
		arena_release(work->arena, mark);
	}
	return OK;
}

const struct problem *
import_products_job(struct work *work, const struct job *job)
{
	struct running        running = { .work = work };
	struct import_job     payload;
	const struct problem *problem;
	bool                  more = false;

	TRY(job_payload(work, job, &import_job_shape, &payload));
	TRY(db_one(
	    work->db, &import_summary_shape, &running.import, "SELECT {i} FROM imports i WHERE i.id = ?", P(payload.import)));
	if (running.import->status != IMPORT_QUEUED && running.import->status != IMPORT_RUNNING)
		return OK;
	act_for(work, running.import);
	problem = run_slice(&running, job, &more);
	work->viewer = SYSTEM_VIEWER;
	if (problem != OK && problem->code == PROBLEM_CONFLICT)
		return db_transaction(work, queue_next_import(work, running.import->merchant)); /* cancelled, or another's */
	TRY(problem);
	return more ? db_transaction(work, queue_next_import(work, running.import->merchant)) : OK;
}
