/*
 * seed.h: the demo shop that `haatctl seed` fills a database with.
 *
 * Everything about the n-th product (merchant, order, ...) follows from the seed value, the kind of thing and n: its id,
 * its time, its name, its price.  So the same call makes the same shop anywhere, an interrupted one goes on where it
 * stopped, and one that asks for more adds what is missing.  Rows are made and written in batches, a transaction each,
 * in the order of n; memory does not grow with the shop.
 */
#ifndef SEED_H
#define SEED_H

#include "store/db.h"
#include "store/work.h"

/* Begins the transaction ids of payments that no provider knows. */
#define SEEDED_PREFIX "pi_seed_"

struct seed {
	struct work *work;
	uint64_t     value;
	int64_t      products, merchants, orders;
	int64_t      days; /* before today, with sales of their own */
};

enum seed_kind {
	SEED_USER,
	SEED_MERCHANT,
	SEED_BRAND,
	SEED_CATEGORY,
	SEED_PRODUCT,
	SEED_VARIANT,
	SEED_MOVEMENT,
	SEED_CUSTOMER,
	SEED_ADDRESS,
	SEED_ORDER,
	SEED_LINE,
	SEED_SALE,
	SEED_RESTOCK,
	SEED_PAYMENT,
	SEED_ACCOUNT,
	SEED_TRANSACTION,
	SEED_ENTRY,
	SEED_STAFF,
	SEED_COUPON,
	SEED_FULFILMENT,
	SEED_REVIEW,
	SEED_RATE,
	SEED_RETURN,
	SEED_PICTURE,
	SEED_REFUND,
	SEED_DISPUTE,
	SEED_PAYOUT,
	SEED_BUYER,
	SEED_DAY,
	SEED_WEBHOOK
};

/* A stream of random numbers that belongs to one thing. */
struct dice {
	uint64_t state;
};

struct dice seed_dice(const struct seed *seed, enum seed_kind kind, uint64_t index);
int64_t     dice_below(struct dice *dice, int64_t limit);               /* 0 .. limit - 1 */
int64_t     dice_between(struct dice *dice, int64_t low, int64_t high); /* both included */

/* The UUIDv7 of a thing of that time; `turn` (0..4095) orders those of one millisecond. */
struct uuid seed_id(const struct seed *seed, enum seed_kind kind, uint64_t index, struct instant at, unsigned turn);

/* The lowest and the highest id of a time: bounds for a range of ids. */
struct uuid seed_id_lowest(struct instant at);
struct uuid seed_id_highest(struct instant at);

/* "ORD-" and the like with ten characters, another one for each index below 2^50. */
const char *seed_reference(const struct seed *seed, const char *prefix, uint64_t index);

/* When things came to be.  The shop opens before its first product is listed. */
struct instant seed_opening(void);
struct instant seed_product_time(int64_t index);
struct instant seed_order_time(int64_t index);

/* Rows for one statement, collected before its transaction. */
struct batch {
	struct arena     *arena;
	const char       *sql;
	struct parameter *rows;
	size_t            per_row, count, room;
};

struct batch batch_new(struct arena *arena, const char *sql, size_t per_row);
void         batch_add_(struct batch *batch, size_t count, const struct parameter *row);
#define BATCH_ADD(batch, ...) batch_add_((batch), PARAMETERS_(__VA_ARGS__))

/* Write the batches one after another in one transaction; `witness` as in transaction_witness. */
const struct problem *batches_write(struct work *work, struct batch *batches, size_t count, const char *witness, struct uuid id);

/* The same inside of a transaction. */
const struct problem *batches_add(struct work *work, const struct batch *batches, size_t count);

/* How many of the first `count` things of a kind are there: they are written in order, so halving finds the first that is not. */
const struct problem *seed_done(const struct seed *seed, struct uuid (*id)(const struct seed *seed, int64_t index),
    const char *count_sql, int64_t count, int64_t *done);

/* seed_catalog.c */
struct merchant_id    seed_merchant_id(const struct seed *seed, int64_t index);
const char           *seed_currency(int64_t merchant);
const struct problem *seed_is_other(const struct seed *seed, bool *other); /* seeded, but with another value */
const struct problem *seed_catalog(const struct seed *seed, int64_t *added);

struct uuid seed_product_id(const struct seed *seed, int64_t index);
int         seed_leaf(const struct seed *seed, int64_t product); /* its category's index */
const char *seed_category_slug(const struct seed *seed, int category);

/*
 * seed_pictures.c: two pictures for each product, from a directory with "<slug of the category>-<1, 2 or 3>.webp"; jobs make their
 * sizes.  Nothing is done where the first product has some.
 */
const struct problem *seed_pictures(const struct seed *seed, const char *directory);

/* seed_orders.c: customers and what they bought. */
const struct problem *seed_orders(const struct seed *seed, int64_t *added);

const struct problem *seed_customers(const struct seed *seed, int64_t count, int64_t *added);

struct uuid    seed_order_uuid(const struct seed *seed, int64_t index);
struct user_id seed_customer_id(const struct seed *seed, int64_t index);
const char    *seed_customer_address(const struct seed *seed, int64_t index);

/* seed_days.c: the sales of the last `days` days, with a rhythm and with what goes wrong; those of a day are always the same. */
const struct problem *seed_days(const struct seed *seed, int64_t *added);

/* seed_payouts.c: what merchants got of that, month by month. */
const struct problem *seed_payouts(const struct seed *seed);

/* seed_reviews.c: what some of those who bought say. */
const struct problem *seed_reviews(const struct seed *seed, int64_t *added);

/* seed_returns.c: what some of them want to send back. */
const struct problem *seed_returns(const struct seed *seed, int64_t *added);

/* seed_reports.c: behind the fold of what was sold. */
const struct problem *seed_carts(const struct seed *seed);

/* seed_coupons.c */
const struct problem *seed_coupons(const struct seed *seed);

/* seed_rates.c */
const struct problem *seed_rates(const struct seed *seed);

/* seed_blocks.c: what somebody has ended is made again. */
const struct problem *seed_blocks(const struct seed *seed);

/* seed_people.c: the accounts of the demo; those that are there keep their password. */
const struct problem *seed_accounts(const struct seed *seed, const char *password_hash);
const char           *seed_person(struct dice *dice, struct arena *arena);
const char           *seed_phone(uint64_t number, struct arena *arena);
const char           *seed_address_json(struct dice *dice, const char *name, const char *phone, struct arena *arena);

/* seed_words.c */
enum seed_options { SEED_PLAIN, SEED_SIZES, SEED_COLOURS, SEED_SIZES_COLOURS, SEED_WEIGHTS, SEED_STORAGE };

struct seed_category {
	const char       *name;
	int               parent;    /* index of the one above; -1: none */
	const char       *nouns[6];  /* of its products; none: it has none of its own */
	const char       *native;    /* one of its nouns in Bangla or Hindi */
	int64_t           low, high; /* prices in US cents */
	const char       *tax_class;
	enum seed_options options;
};

enum { SEED_CATEGORIES = 50, SEED_BRANDS = 40 };
extern const struct seed_category seed_categories[SEED_CATEGORIES];
extern const char *const          seed_brands[SEED_BRANDS][2]; /* name, slug */
extern const char *const seed_places[], *const seed_adjectives[], *const seed_praises[], *const seed_cares[];
extern const char *const seed_first_names[], *const seed_last_names[], *const seed_shops[];

/* One of a list that NULL ends. */
const char *dice_word(struct dice *dice, const char *const *words);

#endif
