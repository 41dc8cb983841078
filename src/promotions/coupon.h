/*
 * coupon.h: between the files of this folder: coupons as those see them who make them.
 *
 * A seller's coupons are for the seller's goods, who bears what they take off; the shop bears those of staff that name no
 * merchant.  Use-cases that write run in the transaction of their caller.
 */
#ifndef COUPON_H
#define COUPON_H

#include "promotions/promotions.h"
#include "store/version.h"

struct listed;
struct page_request;

struct coupon {
	struct coupon_id    id;
	const char         *code;
	int                 kind;  /* enum coupon_kind */
	const char         *value; /* "12.5" percent, or an amount */
	const char         *currency;
	struct money       *minimum;
	struct instant     *starts_at, *ends_at;
	int64_t            *limit_total, *limit_per_user, uses;
	struct category_id *category;
	struct merchant_id *merchant;
	int64_t             version;
	struct instant      created_at, updated_at;
	/* Not shown: what `value` is made of. */
	int64_t      *percent_hundredths;
	struct money *amount;
};
SHAPE_DECLARE(struct coupon, coupon_shape);

/* What everybody may know of a coupon whose code they have. */
SHAPE_DECLARE(struct coupon, coupon_offer_shape);

/* What a client sends; NULL: absent. */
struct coupon_body {
	const char         *code, *currency;
	int                *kind;
	struct decimal     *value, *minimum;
	struct instant     *starts_at, *ends_at;
	int64_t            *limit_total, *limit_per_user;
	struct category_id *category;
	struct merchant_id *merchant;
	struct shape_seen   seen;
};
SHAPE_DECLARE(struct coupon_body, coupon_create_shape);
SHAPE_DECLARE(struct coupon_body, coupon_change_shape);

#define COUPON_REACH(work) REACH(work, COUPON_WRITE, COUPON_WRITE_OWN)

/* One page, newest first: a seller's own, staff all or one merchant's; whose code begins with `search` (NULL: any). */
const struct problem *list_coupons(struct work *work, const struct merchant_id *merchant, const char *search,
    const struct page_request *page, struct coupon **coupons, struct listed *listed);

/* NOT_FOUND when it is not the viewer's. */
const struct problem *read_coupon(struct work *work, struct coupon_id id, struct coupon **coupon);

/* The same, locked. */
const struct problem *lock_coupon(struct work *work, struct coupon_id id, struct coupon **coupon);

/* The coupon of a code, as long as the viewer could use it: the errors of coupon_usable. */
const struct problem *check_coupon(struct work *work, const char *code, struct coupon **coupon);

/* VALIDATION_FAILED; COUPON_CODE_TAKEN. */
const struct problem *create_coupon(struct work *work, const struct coupon_body *body, struct coupon **coupon);

/* Also VERSION_MISMATCH.  A limit stays above what has been used already. */
const struct problem *update_coupon(struct work *work, struct coupon_id id, const struct shape *shape,
    const struct coupon_body *body, const struct expected_version *expected, struct coupon **coupon);

/* Orders keep what it took off; the code can be given to another coupon. */
const struct problem *delete_coupon(struct work *work, struct coupon_id id, const struct expected_version *expected);

#endif
