/*
 * settlement.h: a provider's settlement file against what is known here.
 *
 * The file is kept on the disk until a job has read it, in pieces and in steps of some hundred rows.  A step is one transaction: the
 * rows, the sums, the differences and the postings of its rows, and how far the file is read; so a worker that dies has done whole
 * steps, and the next one goes on behind them.  A row counts once, in whatever files it stands.
 *
 * The books take from a file what only the provider knows: the fees of payments (told already or not), its other fees but those that
 * disputes tell (now or later: payments/dispute.h), and what it has paid to the shop's bank.  All else is only compared.
 */
#ifndef SETTLEMENT_H
#define SETTLEMENT_H

#include "base/shape.h"
#include "settlements/format.h"
#include "store/work.h"

struct job;
struct listed;
struct page_request;
struct upload;

enum settlement_status { SETTLEMENT_QUEUED, SETTLEMENT_RUNNING, SETTLEMENT_DONE, SETTLEMENT_FAILED };
extern const char *const settlement_status_values[];

/* The sums of one kind of rows in one currency. */
struct settlement_sum {
	const char  *currency;
	int          kind; /* enum settlement_kind */
	int64_t      entries;
	struct money gross, fee, net;
};
SHAPE_DECLARE(struct settlement_sum, settlement_sum_shape);

struct settlement {
	struct settlement_id   id;
	const char            *provider;
	int                    status;
	const char            *file_name, *fault;
	int64_t                bytes, done_bytes, header_bytes, rows, matched, differences;
	struct instant        *period_from, *period_to, *started_at, *finished_at;
	struct instant        *missing_since;
	struct uuid           *missing_after;
	struct instant         created_at;
	struct settlement_sum *sums;
	size_t                 n_sums;
};
SHAPE_DECLARE(struct settlement, settlement_shape);         /* with its sums */
SHAPE_DECLARE(struct settlement, settlement_summary_shape); /* without */

enum difference_kind {
	DIFFERS_MISSING_HERE,
	DIFFERS_MISSING_THERE,
	DIFFERS_AMOUNT,
	DIFFERS_FEE,
	DIFFERS_CURRENCY,
	DIFFERS_STATUS,
	DIFFERS_DUPLICATE,
	DIFFERS_UNKNOWN_KIND,
	DIFFERS_MALFORMED
};
extern const char *const difference_kind_values[];

struct difference {
	struct uuid        id;
	int64_t           *row;
	int                kind; /* enum difference_kind */
	const char        *row_key, *payment;
	struct refund_id  *refund;
	struct dispute_id *dispute;
	const char        *theirs, *ours;
};
SHAPE_DECLARE(struct difference, difference_shape);

/*
 * receive.c: keep the file and queue it.  SETTLEMENT_KNOWN when the same content was received of that provider before, and has not
 * failed.
 */
const struct problem *receive_settlement(
    struct work *work, enum settlement_provider provider, const struct upload *file, struct settlement *settlement);

/* show.c: the file's name below http.import_directory; in the arena. */
const char *settlement_file(struct arena *arena, struct settlement_id id);

/* leftover.c: remove files of settlements from before that time that have ended, or were never written down; *removed of them. */
const struct problem *remove_leftover_settlements(struct work *work, struct instant before, int64_t *removed);

/* NOT_FOUND. */
const struct problem *find_settlement(struct work *work, struct settlement_id id, struct settlement **settlement);
const struct problem *list_settlements(struct work *work, const int *status, const char *provider,
    const struct page_request *page, struct settlement **settlements, struct listed *listed);
const struct problem *list_differences(struct work *work, struct settlement_id id, const int *kind,
    const struct page_request *page, struct difference **differences, struct listed *listed);

/* read.c: the job. */
struct settlement_job {
	struct settlement_id settlement;
};
SHAPE_DECLARE(struct settlement_job, settlement_job_shape);
const struct problem *queue_settlement(struct work *work, struct settlement_id id);
const struct problem *reconcile_settlement_job(struct work *work, const struct job *job);

#endif
