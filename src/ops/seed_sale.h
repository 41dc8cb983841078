/*
 * seed_sale.h: a sale of the demo shop with everything that it leaves behind, as the shop itself writes it: the order, its parcels
 * and stock, its payment, what came of it, and what the ledger says of all that.
 *
 * Sales are collected and written in one transaction.  They buy from one stretch of the catalogue, read once; what they take from
 * the shelves is put back there by a movement before them, so that the shop does not run empty.
 */
#ifndef SEED_SALE_H
#define SEED_SALE_H

#include "ops/seed.h"

struct provider;

enum { SALE_LINES_MAX = 4, SALE_ENTRIES_MAX = 24, CURRENCIES = 5 };

/* What came of it.  All but the last two are of sales that were paid online. */
enum sale_end {
	SALE_KEPT,
	SALE_GIVEN_BACK,   /* all of the money */
	SALE_RETURNED,     /* a seller's only line, and its money */
	SALE_DISPUTE_LOST, /* all of it */
	SALE_DISPUTE_WON,
	SALE_UNPAID,   /* the payment failed, the order expired */
	SALE_UNDER_WAY /* its cash has not been collected yet */
};

/* A variant that can be bought. */
struct good {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *sku, *options, *currency;
	int64_t            price, *cost, commission_basis_points;
	struct uuid        account; /* its merchant's in the ledger */
	int64_t            sold;    /* by this batch */
};

struct sale_entry {
	struct uuid               account;
	int64_t                   amount;
	const struct merchant_id *whose;
};

struct sale {
	uint64_t               index; /* another one for each sale: ids and references follow from it */
	struct uuid            order;
	struct user_id         user;
	const char            *address; /* JSON */
	struct good           *goods[SALE_LINES_MAX];
	int64_t                quantities[SALE_LINES_MAX];
	int                    count;
	int64_t                subtotal, shipping, tax_basis_points, fee_basis_points;
	const char            *tax_rate; /* the same in percent; NULL: not taxed */
	struct instant         at, arrived;
	bool                   in_cash;
	const struct provider *provider;
	const char            *status; /* of the order, were it kept */
	enum sale_end          end;
	bool                   failed_before; /* the payer has tried twice */
	const char            *webhook; /* status of the event by which its provider told of the payment; NULL: there was none */

	/* Set by sale_add. */
	struct uuid       payment, transaction;
	struct instant    posted_at;
	int64_t           tax;
	unsigned          turn; /* of ids */
	struct sale_entry posted[SALE_ENTRIES_MAX];
	int               n_posted;
};

struct seed_account;

struct selling {
	const struct seed   *seed;
	struct arena        *arena;
	struct seed_account *accounts; /* the shop's own */
	size_t               n_accounts;
	struct good         *goods;
	size_t               n_goods;
	struct batch        *batches;
	uint64_t             first;  /* sale of the batch */
	struct instant       opened; /* before all its sales */
};

/* The first provider of its kind. */
const struct provider *sale_provider(bool carrier);

/* Make the accounts of sales in the ledger, where they are not there, and read them. */
const struct problem *sale_accounts(const struct seed *seed);
const struct problem *sale_read_accounts(struct selling *selling);

/* The shop's account of a kind, of a provider (NULL: its own) in a currency; all are there. */
struct uuid sale_account(const struct selling *selling, const char *kind, const char *provider, const char *currency);

/*
 * Begin a batch whose goods begin that far into the catalogue (it wraps around); `first` is the index of its first sale, `opened` a
 * time before it.
 */
const struct problem *sale_batch(struct selling *selling, int64_t stretch, uint64_t first, struct instant opened);

/* One to four different goods of one currency. */
void sale_fill(const struct selling *selling, struct dice *dice, struct sale *sale);

/* Has it arrived, were it kept? */
bool sale_has_arrived(const struct sale *sale);

/* The line that could be sent back alone, with money left in the order: its seller's only one; -1: none. */
int sale_returnable(const struct sale *sale);

/* Add what the sale leaves behind to the batch. */
const struct problem *sale_add(struct selling *selling, struct sale *sale);

/* Write the batch in a transaction; `last` is the order of its last sale. */
const struct problem *sale_write(struct selling *selling, struct uuid last);

#endif
