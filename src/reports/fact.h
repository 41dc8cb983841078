/*
 * fact.h: what the ledger's transactions mean to reports (table report_facts).
 *
 * A fact is what one transaction moved for one order line, shipping, fee, difference or payout.  It is made of the
 * transaction's entries, so that the facts sum to them to the last unit: what the entries say of a merchant's goods is spread over
 * the merchant's lines, each share rounded half to even, the last line taking the remainder.
 *
 *   earned      gross - discount = -(merchant + commission + tax + shipping + discount)   sale, refund, bounce, dispute
 *   tax, commission              = -tax, -commission                                      the same
 *   fee         gross            = fee                                                    any kind
 *   difference  gross            = -difference                                            any kind
 *   charge      gross            = merchant: a fee that a merchant bears                  dispute
 *   payout      gross            = merchant                                               payout
 *
 * fold.c reads the transactions and writes the facts; facts.c is the arithmetic.
 */
#ifndef REPORTS_FACT_H
#define REPORTS_FACT_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"
#include "ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct job;
struct work;

enum fact_kind { FACT_SALE, FACT_REFUND, FACT_BOUNCE, FACT_DISPUTE, FACT_FEE, FACT_SETTLEMENT, FACT_PAYOUT };
enum fact_subject { OF_LINE, OF_OWN, OF_SHIPPING, OF_FEE, OF_CHARGE, OF_DIFFERENCE, OF_PAYOUT };
extern const char *const fact_kind_values[], *const fact_subject_values[];

/* What a fact counts, in minor units. */
struct fact_sums {
	int64_t gross, discount, tax, commission, cost;
	int64_t estimated; /* of the cost */
};

struct fact {
	enum fact_kind            kind;
	enum fact_subject         subject;
	const struct fact_line   *line;     /* of OF_LINE, else NULL */
	const struct merchant_id *merchant; /* NULL: nobody's */
	const char               *currency;
	int64_t                   quantity;
	struct fact_sums          sums;
};

/* A transaction of the ledger. */
struct fact_source {
	struct uuid      id, source, origin;
	int              source_kind; /* enum ledger_source_kind */
	struct instant   posted_at, sold_at;
	struct order_id *order; /* NULL: about none */
	struct user_id  *user;
	const char      *provider;
	const char      *country;    /* that the order goes to */
	bool             of_dispute; /* its origin is the dispute itself, not the payment: fees and what settles it */
};

/* What it moved on the accounts of a role, for a merchant's goods or nobody's. */
struct fact_entry {
	struct uuid         transaction;
	int                 role; /* enum ledger_role */
	struct merchant_id *merchant;
	const char         *currency;
	int64_t             amount;
};

struct fact_line {
	struct order_id      order;
	struct order_line_id id;
	struct merchant_id   merchant;
	struct product_id    product;
	int64_t              quantity, discount, tax, total;
	int64_t             *cost;     /* of one, as its seller has told it; NULL: not known */
	const char          *tax_rate; /* percent; NULL: not taxed, or not known */
};

/* How much of a line a transaction gives back, or takes again. */
struct fact_return {
	struct uuid          transaction;
	struct order_line_id line;
	int64_t              accepted;
};

/* All that is about one transaction. */
struct fact_input {
	const struct fact_source *source;
	const struct fact_entry  *entries;
	size_t                    n_entries;
	const struct fact_line   *lines; /* of its order, at most ORDER_LINES_MAX */
	size_t                    n_lines;
	const struct fact_return *returns;
	size_t                    n_returns;
	int64_t                   estimated_percent; /* of what a line was sold for: its cost where nobody told it */
};

/* The facts of the transaction, in the arena.  False on overflow. */
bool facts_of(struct arena *arena, const struct fact_input *input, struct fact **facts, size_t *count);

/*
 * Total over weights, each share rounded half to even, the remainder to the last that has a weight; all to the last when none has
 * one.  False on overflow.
 */
bool facts_spread(int64_t total, const int64_t *weights, size_t count, int64_t *shares);

/* Count the transactions of report_queue until none is left, some hundred in a transaction; of the seed. */
const struct problem *report_fold_all(struct work *work);

/* The same as a job. */
const struct problem *fold_reports_job(struct work *work, const struct job *job);

#endif
