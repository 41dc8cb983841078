/*
 * format.h: what the rows of a provider's settlement file say.
 *
 * Columns are found by their names, in any order; unknown ones do not matter, and a needed one that is missing is an error that
 * names it.  A row is told from our side: money that comes to our balance at the provider is positive, and
 * gross - fee = net.  Nothing here knows a database.
 *
 *   Stripe    payout_reconciliation.itemized, amounts in major units, `reporting_category` names the kind
 *   PayPal    Settlement Report (STL): the first cell names the kind of a line, amounts in PayPal's minor units, event codes
 *   Razorpay  Settlement Recon: rupees, the fee without its tax
 *   Paystack  columns by configuration (settlements.paystack_columns), amounts in minor units
 */
#ifndef SETTLEMENT_FORMAT_H
#define SETTLEMENT_FORMAT_H

#include "base/csv.h"
#include "base/instant.h"
#include "base/money.h"

#include <stdint.h>

struct arena;

/* The providers whose files are read, by the names of base/providers.h. */
#define SETTLEMENT_FORMATS(X) \
	X(STRIPE, stripe) \
	X(PAYPAL, paypal) \
	X(RAZORPAY, razorpay) \
	X(PAYSTACK, paystack)

enum settlement_provider {
#define X(NUMBER, name) SETTLEMENT_##NUMBER,
	SETTLEMENT_FORMATS(X)
#undef X
	    SETTLEMENT_PROVIDER__COUNT
};
extern const char *const settlement_provider_values[];

enum settlement_kind {
	SETTLED_PAYMENT,
	SETTLED_REFUND,
	SETTLED_REFUND_BOUNCED,
	SETTLED_DISPUTE,
	SETTLED_DISPUTE_WON,
	SETTLED_DISPUTE_FEE, /* of a dispute, which has posted it already when it is known here */
	SETTLED_FEE,         /* of nothing of ours, or given back when it is below zero */
	SETTLED_PAYOUT,      /* between our balance there and our bank */
	SETTLED_OTHER,       /* known, and no business of ours: conversions, holds, transfers */
	SETTLED_UNKNOWN,
	SETTLED__COUNT
};
extern const char *const settlement_kind_values[];

enum { SETTLEMENT_KEY_MAX = 191, SETTLEMENT_COLUMNS_MAX = 20 };

/* Texts are in the arena; NULL: the row does not say. */
struct settlement_record {
	int          kind; /* enum settlement_kind */
	const char  *key;  /* the provider's own name of the row, unique among its rows */
	const char  *word; /* what the file calls the kind */
	const char  *transaction, *charge, *reference, *refund, *dispute;
	struct money gross, fee; /* of one currency */
	struct money presented;  /* what the payer saw; currency "" where that is not said */
	int64_t      at_ms;      /* Unix time; 0 when it is not said */
};

struct settlement_format {
	enum settlement_provider provider;
	const char *const       *names; /* of Paystack's columns */
	bool                     has_header;
	int                      columns[SETTLEMENT_COLUMNS_MAX]; /* cell of each column; -1: not there */
};

enum settlement_read {
	SETTLEMENT_ROW,
	SETTLEMENT_HEADER,    /* names of columns */
	SETTLEMENT_NOTHING,   /* an empty line, or one that moves no money */
	SETTLEMENT_MALFORMED, /* *fault says why; the file goes on */
	SETTLEMENT_REFUSED,   /* *fault says why; it is no such file */
};

/* `paystack` is settlements.paystack_columns. */
void settlement_format_begin(struct settlement_format *format, enum settlement_provider provider, const char *const *paystack);

/* The next record of the file, from its first one on; its cells may be changed. */
enum settlement_read settlement_format_read(
    struct settlement_format *format, struct arena *arena, struct csv *csv, struct settlement_record *record, const char **fault);

#endif
