/*
 * job.h: work that is not an answer: a queue in the database.
 *
 * A job is put in by the transaction that makes it necessary and taken by a haat-jobs worker, at least once: so a handler
 * must do no harm when it runs again.  A taken job is leased; when its worker is lost the lease runs out and another takes
 * it.  The transaction that finishes a job deletes it; what recurs becomes ready again.  What fails is tried again after
 * 2^attempts seconds (at most jobs.backoff_max_seconds); after its last attempt it is dead: a dead letter, kept until
 * someone replays or drops it (events/dead_letter.h).  A problem may say that it was no attempt, or that it was the last
 * (enum problem_again).
 *
 * Each kind belongs to a lane, and each lane has workers of its own, so that a slow provider delays no counter and a long
 * purge no refund.  The queue's own order is priority, then time.
 *
 * Two keys, both optional:
 * - the unique key keeps the same work from standing in the queue twice.  Nothing asked for is lost by it: when a job with
 *   the key is ready it will do; when one is running (it may have looked too early) it runs once more;
 * - jobs with the same order key run one after the other, as they were put in: none is taken while an earlier one is ready
 *   or running.  A dead one does not hold up the others: somebody has to look at it, and the thing it is about goes on.  Once
 *   replayed it has its old place again: behind what runs, before all that was put in later.
 *
 * JOB_KINDS is the one list of kinds: name, lane, who opens the transaction, attempts (0: jobs.attempts), priority (1 goes
 * first, 9 last), and for what recurs by itself the seconds between two runs.  Recurring jobs never die.
 *
 * IN_TRANSACTION: the handler only writes the database, and runs in the transaction that finishes the job, so what it does
 * is done exactly once.  ITSELF: it calls somebody outside or takes long, opens its own transactions, and may run again.
 */
#ifndef JOB_H
#define JOB_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shape;
struct work;

#define JOB_LANES(X) \
	X(EVENTS, "events")         /* no kinds: its worker fans events out to jobs (events/fan_out.h) */ \
	X(MONEY, "money")           /* gives money back, asks payment providers about payments */ \
	X(WEBHOOKS, "webhooks")     /* confirms and applies what could not be applied when it came */ \
	X(MAIL, "mail")             /* writes and sends letters: a mail server that hangs holds up no other lane */ \
	X(DELIVERIES, "deliveries") /* no kinds: sends events to webhook endpoints (notify/deliver.h) */ \
	X(SQS, "sqs")               /* no kinds: sends events to Amazon SQS (notify/sqs.h) */ \
	X(LIVE, "live")             /* no kinds: tells browsers of orders (live/publish.h) */ \
	X(TELEMETRY, "telemetry")   /* no kinds: sends errors and spans to their collectors (telemetry/forward.h) */ \
	X(MEDIA, "media")           /* makes the sizes of pictures, fetches and removes files: seconds of a processor each */ \
	X(UPKEEP, "upkeep")         /* counters, listings, the purge: nobody waits for it */

enum job_lane {
#define X(name, text) LANE_##name,
	JOB_LANES(X)
#undef X
	    LANE__COUNT
};

#define JOB_KINDS(X) \
	X(INVALIDATE_TREE, "invalidate_tree", UPKEEP, ITSELF, 10000, 1, 0) /* forget the cached category tree again */ \
	X(RELIST_MERCHANT, "relist_merchant", UPKEEP, ITSELF, 12, 2, 0) /* a merchant's products come into or out of the shop */ \
	X(PRINT_DOCUMENTS, "print_documents", UPKEEP, ITSELF, 12, 7, 60) /* documents of products that are out of date */ \
	X(COUNT_SALES, "count_sales", UPKEEP, IN_TRANSACTION, 12, 6, 0)  /* add an order to its products' sales counters */ \
	X(COUNT_PAIRS, "count_pairs", UPKEEP, IN_TRANSACTION, 12, 7, 0)  /* and to what is ordered together */ \
	X(REFUND_PAYMENT, "refund_payment", MONEY, ITSELF, 12, 2, 0)     /* give back one payment, or a part of it */ \
	X(REFUND_ORDER, "refund_order", MONEY, ITSELF, 12, 2, 0)         /* a cancelled order: give back what was paid */ \
	X(SEARCH_CATEGORY, "search_category", UPKEEP, ITSELF, 12, 3, 0)  /* the search learns of a renamed or moved category */ \
	X(SEARCH_BRAND, "search_brand", UPKEEP, ITSELF, 12, 3, 0)        /* and of a renamed or deleted brand */ \
	X(SEARCH_PRODUCTS, "search_products", UPKEEP, ITSELF, 12, 9, 0)  /* and of new products of a file */ \
	X(IMPORT_PRODUCTS, "import_products", UPKEEP, ITSELF, 100, 8, 0) /* a file of products */ \
	X(COUNT_WORDS, "count_words", UPKEEP, ITSELF, 0, 8, 3600)        /* how many products have each word of the search */ \
	X(RECONCILE_PAYMENT, "reconcile_payment", MONEY, ITSELF, 12, 3, 0)     /* ask the provider about one attempt */ \
	X(RENEW_SUBSCRIPTIONS, "renew_subscriptions", MONEY, ITSELF, 0, 8, 15) /* find the subscriptions that are due */ \
	X(RENEW_SUBSCRIPTION, "renew_subscription", MONEY, ITSELF, 12, 9, \
	    0) /* charge, announce or end one: a storm of them delays no other money */ \
	X(END_PERIOD_ATTEMPTS, "end_period_attempts", MONEY, ITSELF, 12, 2, \
	    0)                                                         /* a period is paid or given up: end its attempts */ \
	X(EXPIRE_ORDERS, "expire_orders", MONEY, ITSELF, 0, 3, 15)     /* free what nobody paid in time */ \
	X(FOLLOW_PARCELS, "follow_parcels", UPKEEP, ITSELF, 0, 6, 300) /* what has arrived unsaid, orders that are over */ \
	X(POST_FREE_ORDER, "post_free_order", MONEY, IN_TRANSACTION, 12, 3, \
	    0)                                                       /* the books of an order that a coupon paid whole */ \
	X(END_RETURN, "end_return", MONEY, IN_TRANSACTION, 12, 3, 0) /* its refund has succeeded */ \
	X(END_REQUEST, "end_request", MONEY, ITSELF, 12, 2, \
	    0) /* a payment request that is paid or cancelled: end its other attempts */ \
	X(EXPIRE_REQUESTS, "expire_requests", MONEY, ITSELF, 0, 3, 15) /* end what nobody paid in time */ \
	X(KEEP_METHOD, "keep_method", MONEY, ITSELF, 12, 6, 0)         /* store what was paid with, as its payer wants */ \
	X(SETTLE_SETUP, "settle_setup", MONEY, ITSELF, 12, 4, 0)       /* ask what became of a method that is being stored */ \
	X(SETTLE_SETUPS, "settle_setups", MONEY, ITSELF, 0, 6, 15) /* find those to ask about, end what nobody has finished */ \
	X(RESEAL_METHODS, "reseal_methods", UPKEEP, ITSELF, 0, 8, 60)  /* stored methods of former keys */ \
	X(FORGET_METHODS, "forget_methods", MONEY, ITSELF, 0, 8, 30)   /* tokens of deleted methods */ \
	X(REPLAY_WEBHOOK, "replay_webhook", WEBHOOKS, ITSELF, 0, 4, 0) /* apply a stored event that could not be */ \
	X(CONFIRM_WEBHOOK, "confirm_webhook", WEBHOOKS, ITSELF, 0, 5, \
	    0) /* ask the provider whether stored events are genuine */ \
	X(CONFIRM_SUBSCRIPTION, "confirm_subscription", WEBHOOKS, ITSELF, 0, 5, \
	    0)                                                            /* tell a sender that its events are wanted */ \
	X(ASK_RESET, "ask_reset", MAIL, IN_TRANSACTION, 12, 3, 0)         /* a password is to be reset, if the account exists */ \
	X(WRITE_LETTERS, "write_letters", MAIL, IN_TRANSACTION, 12, 4, 0) /* which letters an event brings */ \
	X(SEND_LETTER, "send_letter", MAIL, ITSELF, 3, 5, 0)              /* one letter to one person */ \
	X(RECONCILE_PAYMENTS, "reconcile_payments", MONEY, ITSELF, 0, 5, 30) /* find the attempts to ask about */ \
	X(FOLD_REPORTS, "fold_reports", UPKEEP, ITSELF, 0, 5, 3)             /* facts of reports, behind the postings */ \
	X(FOLD_LEDGER, "fold_ledger", UPKEEP, ITSELF, 0, 6, 60)              /* balances of accounts, behind the postings */ \
	X(RECONCILE_SETTLEMENT, "reconcile_settlement", UPKEEP, ITSELF, 100, 8, 0) /* a provider's file against the payments */ \
	X(ISSUE_INVOICES, "issue_invoices", UPKEEP, IN_TRANSACTION, 100, 4, 0)     /* of an order that was sold */ \
	X(CREDIT_REFUND, "credit_refund", UPKEEP, IN_TRANSACTION, 100, 4, 0)       /* the credit notes of a refund */ \
	X(PRINT_INVOICES, "print_invoices", UPKEEP, ITSELF, 5, 3, 0)               /* a PDF that somebody waits for */ \
	X(CLOSE_TESTED, "close_tested", MONEY, ITSELF, 12, 2, 0)         /* end an attempt that was declined too often */ \
	X(DECLINE_REVIEWED, "decline_reviewed", MONEY, ITSELF, 12, 2, 0) /* end and give back what a review has declined */ \
	X(LEARN_RISK, "learn_risk", UPKEEP, ITSELF, 0, 8, 86400)         /* what is usual, and what points should be */ \
	X(WATCH_PARTS, "watch_parts", UPKEEP, ITSELF, 0, 4, 10)          /* since when each part of the shop is as it is */ \
	X(WATCH_BANDS, "watch_bands", UPKEEP, ITSELF, 0, 7, 600)         /* merchants and providers out of their usual band */ \
	X(TAKE_UP_DELIVERIES, "take_up_deliveries", UPKEEP, ITSELF, 12, 2, \
	    0)                                                           /* an endpoint is enabled: what was kept goes out */ \
	X(REMOVE_ENDPOINT, "remove_endpoint", UPKEEP, ITSELF, 100, 8, 0) /* a deleted one, with all it still was to get */ \
	X(MAKE_SIZES, "make_sizes", MEDIA, ITSELF, 4, 3, 0)              /* what is shown of a picture or video that came */ \
	X(REMOVE_MEDIA, "remove_media", MEDIA, ITSELF, 0, 6, 60)         /* files of what nothing shows any longer */ \
	X(SHOW_REVIEW_MEDIA, "show_review_media", UPKEEP, IN_TRANSACTION, 12, 3, 0) /* and reviews */ \
	X(SHOW_MEDIA, "show_media", UPKEEP, IN_TRANSACTION, 12, 3, 0)   /* products show a picture that has become ready */ \
	X(SHOW_AVATAR, "show_avatar", UPKEEP, IN_TRANSACTION, 12, 3, 0) /* and their owners */ \
	X(RUN_BULK, "run_bulk", UPKEEP, ITSELF, 100, 4, 0)              /* one action on many things, row by row */ \
	X(EXPORT_PERSON, "export_person", UPKEEP, ITSELF, 5, 5, 0)      /* all that is kept of somebody, for them */ \
	X(ERASE_ACCOUNTS, "erase_accounts", UPKEEP, ITSELF, 0, 8, 3600) /* the people whose accounts were deleted long ago */ \
	X(PURGE, "purge", UPKEEP, ITSELF, 0, 9, 3600)                   /* old keys, sessions, webhooks, events */

enum job_kind {
#define X(name, text, lane, transaction, attempts, priority, every) JOB_##name,
	JOB_KINDS(X)
#undef X
	    JOB__COUNT
};

/* A job that this process has taken. */
struct job {
	struct job_id  id;
	const char    *kind;     /* a newer program's queue may have kinds that this one does not know */
	const char    *payload;  /* JSON object */
	int64_t        attempts; /* with this one */
	int64_t        max_attempts;
	struct instant run_at;
	const char    *worker; /* "host:pid" */
};

const char *job_kind_name(enum job_kind kind);

/* JOB__COUNT when unknown. */
enum job_kind job_kind_of(const char *name);

const char *job_lane_name(enum job_lane lane);

/* Does the kind's handler run in the transaction that finishes the job? */
bool job_runs_in_transaction(enum job_kind kind);

/*
 * Put a job in, inside the running transaction; the workers of its lane are woken after the commit.  `unique_key` may be
 * NULL, as may `run_at` (now), and the payload with its shape.  A payload that is read back by job_payload is made of ids,
 * text, integers, enums, times and booleans; what may be NULL there is .nullable.
 */
const struct problem *job_enqueue(struct work *work, enum job_kind kind, const char *unique_key, const struct instant *run_at,
    const struct shape *payload_shape, const void *payload);

/* One of many: kind, order key (NULL: none) and payload as JSON. */
struct new_job {
	enum job_kind kind;
	const char   *order_key, *payload;
};

/* Put jobs in, due now, in this order, in one round trip. */
const struct problem *job_enqueue_many(struct work *work, const struct new_job *jobs, size_t count);

/* See to it that each recurring kind stands in the queue. */
const struct problem *job_enqueue_recurring(struct work *work);

/* Take the lane's next job that is due; *job is NULL when there is none. */
const struct problem *job_claim(struct work *work, enum job_lane lane, struct job **job);

/* Make jobs whose lease has run out ready again; a job that has used up its attempts so is dead. */
const struct problem *job_reclaim(struct work *work, int64_t *reclaimed);

/*
 * Extend the lease by jobs.lease_seconds: between the steps of a long handler.  CONFLICT when the job is no longer ours;
 * the handler stops then.
 */
const struct problem *job_heartbeat(struct work *work, const struct job *job);

/* The same, and how far it has come: `total` NULL while nobody knows of how many. */
const struct problem *job_progress(struct work *work, const struct job *job, int64_t done, const int64_t *total);

/*
 * Finish the job: it is deleted, or ready again when it recurs or was asked for once more while it ran.  A job that is no
 * longer ours is left to whom it belongs.
 */
const struct problem *job_done(struct work *work, const struct job *job);

/*
 * Run the handler of an IN_TRANSACTION kind and finish the job, in one transaction; CONFLICT, and nothing done, when the
 * job is no longer ours.
 */
const struct problem *job_run_and_finish(
    struct work *work, const struct job *job, const struct problem *(*run)(struct work *work, const struct job *job));

/*
 * Failed with `why`: ready again later, or *dead.  A problem that says when to come back (problem_later, problem_waits)
 * decides the delay itself.
 */
const struct problem *job_failed(struct work *work, const struct job *job, const struct problem *why, bool *dead);

/*
 * What jobs of the kind need is away: those that are due (at most 1000) wait for so many seconds, in one statement instead of
 * each by itself.
 */
const struct problem *job_put_off(struct work *work, enum job_kind kind, int64_t seconds);

/* The job's payload as a struct of the shape; INTERNAL, logged, when it is not one. */
const struct problem *job_payload(struct work *work, const struct job *job, const struct shape *shape, void *into);

#endif
