/*
 * import.h: a file of products, worked off by a job.
 *
 * The file is kept on the disk until the job has read it.  It works in batches of some hundred products, each a transaction with
 * the products, the errors, and how far the file is read: so a worker that dies has done whole batches, and the next one goes on
 * behind them.  What a merchant's files change they change one after the other, in the order in which they came.
 *
 * What is wrong with a row is an error of that row, and the others go on.  The first IMPORT_ERRORS_KEPT stand in import_errors,
 * all of them as CSV in a file beside the import's; its length is committed with the batch, so what a killed worker wrote behind
 * that is written over.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "base/shape.h"
#include "store/work.h"

struct job;
struct listed;
struct page_request;
struct text;
struct upload;

enum { IMPORT_ERRORS_KEPT = 1000 };

enum import_format { IMPORT_CSV, IMPORT_JSONL };
extern const char *const import_format_values[];

enum import_status { IMPORT_QUEUED, IMPORT_RUNNING, IMPORT_DONE, IMPORT_CANCELLED, IMPORT_FAILED };
extern const char *const import_status_values[];

struct import_error {
	int64_t     row;
	const char *member, *message;
};
SHAPE_DECLARE(struct import_error, import_error_shape);

struct import {
	struct import_id     id;
	struct merchant_id   merchant;
	int                  format, status;
	bool                 dry_run;
	const char          *file_name, *fault;
	int64_t             *total, done;
	int64_t              created, changed, unchanged, refused, error_count;
	int64_t              bytes, done_bytes, error_bytes;
	struct user_id      *created_by;
	struct instant       created_at, *started_at, *finished_at;
	struct import_error *errors;
	size_t               n_errors;
};
SHAPE_DECLARE(struct import, import_shape);         /* with its errors */
SHAPE_DECLARE(struct import, import_summary_shape); /* without */

/* receive.c: keep the file and queue it; `merchant` NULL: the viewer's own. */
const struct problem *receive_import(struct work *work, enum import_format format, bool dry_run,
    const struct merchant_id *merchant, const struct upload *file, struct import **import);

/* show.c: names below http.import_directory, in the arena. */
const char *import_file(struct arena *arena, struct import_id id);
const char *import_errors_file(struct arena *arena, struct import_id id);

/* NOT_FOUND, of another's too. */
const struct problem *find_import(struct work *work, struct import_id id, struct import **import);
const struct problem *show_import(struct work *work, struct import_id id, struct import **import);
const struct problem *list_imports(
    struct work *work, const int *status, const struct page_request *page, struct import **imports, struct listed *listed);

/*
 * end.c: an import ends once; its event tells, its file goes, and the merchant's next one begins.  False in *ended: it had ended
 * before.
 */
const struct problem *end_import(
    struct work *work, const struct import *import, enum import_status status, const char *fault, bool *ended);

/* IMPORT_STATE for one that has ended. */
const struct problem *cancel_import(struct work *work, struct import_id id, struct import **import);

/* Queue the oldest import of the merchant that has not ended, in the transaction that lets it begin. */
const struct problem *queue_next_import(struct work *work, struct merchant_id merchant);

/* run.c: the job. */
const struct problem *import_products_job(struct work *work, const struct job *job);

/* leftover.c: remove files of imports that have ended before that time, or were never written down; *removed of them. */
const struct problem *remove_leftover_imports(struct work *work, struct instant before, int64_t *removed);

/* export_csv.c: the head, and the rows of products. */
struct exported_product;
void export_csv_head(struct text *text);
void export_csv(const struct exported_product *product, struct text *text);

#endif
