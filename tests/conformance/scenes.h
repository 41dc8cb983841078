/*
 * scenes.h: what scenes are played with that are the same for every provider: its payers and how they pay, its stand-in and how that
 * misbehaves, and its own count of the money.
 *
 *   scenes_of("bkash");                  // from here on everything is about this provider
 *   struct attempt attempt = begin();    // an order, and an attempt to pay it that bKash knows
 *   pay(&attempt);                       // the payer agrees, and comes back
 *   wait_paid(&attempt);
 *   refund_part(&attempt, 1000);
 *   wait_kept(&attempt, attempt.total - 1000);
 *
 * What waits does so for what is to be seen, PATIENCE_MS at most, and meanwhile now and then has the jobs ask and refund.  A program
 * plays one provider at a time; several programs may play at the same time on one shop, each a provider of its own.
 */
#ifndef SCENES_H
#define SCENES_H

#include "tests/api/shopping.h"

/* A provider, and how its payers pay. */
struct means {
	const char *name, *currency, *price;
	const char *back;       /* the query with which the browser comes back, before the transaction */
	bool        stays;      /* the payer stays in the shop's page, and need not come back */
	bool        pays_again; /* what is paid can be paid once more, and gives that back */
};

/* Every provider that takes money online, and NULL as the last one's name. */
extern const struct means all_means[];

/* Whose scenes are played, who pays and who refunds, and what is bought. */
extern const struct means *means;
extern struct person       customer, admin;
extern struct goods        goods;

/* From here on everything is about this provider; the first time for it people and goods are made.  Fails for an unknown one. */
void scenes_of(const char *provider);

/* One act at the provider ("pay", "fail", "abandon", "refund" ...); its status.  `body` is JSON or NULL. */
int act(const char *what, const char *subject, const char *body);

/* Sets a switch of the sandbox (src/sandbox/switches.c) for one transaction, by its id or its order's. */
void misbehave(const char *subject, const char *fault, int count);

/* Has a counted switch not been used up yet? */
bool still_misbehaves(const char *subject, const char *fault);

const char *new_order(void);

/* The attempt of the order that is live, once the provider has named its transaction; else false. */
bool read_live_attempt(const char *order, struct attempt *attempt);

/* Begins to pay an order, or a new one; where the network spoils that, the payer tries again. */
struct attempt begin_for(const char *order);
struct attempt begin(void);

/* The payer agrees and comes back; agrees only; only comes back. */
void pay(const struct attempt *attempt);
void agree(const struct attempt *attempt);
void come_back(const struct attempt *attempt);

/* Where the browser comes back. */
const char *return_path(const struct attempt *attempt);

/* Has the job ask the provider about the attempt now. */
void reconcile(const struct attempt *attempt);

bool is_paid(const char *order);

/* By event, return or the job that asks, whichever comes first: the order is paid, and by this attempt. */
void wait_paid(const struct attempt *attempt);

/* An order that is paid. */
struct attempt paid(void);

/* For loops of one's own: waits a moment; false when it has been waited for long enough.  *waited_ms begins as 0. */
bool goes_on(const struct attempt *attempt, int64_t *waited_ms);

/* Until the query's number is that; until the payment has the status. */
void wait_number(const struct attempt *attempt, int64_t expected, const char *query);
void wait_status(const struct attempt *attempt, const char *status);

/* What the provider has kept of all attempts of the order, in minor units, as it counts itself; until it has kept so much. */
int64_t kept_of(const char *order);
void    wait_kept(const struct attempt *attempt, int64_t expected);

/* What the shop's ledger says that the provider has of the order, its fees included. */
int64_t booked_of(const char *order);

/* POST /payments/{reference}/refunds of so much by staff: the call to be made; its answer. */
struct call   refund_call(const struct attempt *attempt, int64_t minor);
struct answer refund(const struct attempt *attempt, int64_t minor);

/* Refunds so much and waits until it has gone back; the refund's id. */
const char *refund_part(const struct attempt *attempt, int64_t minor);

#endif
