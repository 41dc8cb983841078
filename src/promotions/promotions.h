/*
 * promotions.h: what other subjects may use of promotions: the routes of coupons, and what an order does with one.
 *
 * An order reads its coupon beside its offers, asks coupon_discount what it takes off, and takes one use (take_coupon) in the
 * transaction that places it.  coupons.uses is the number of orders that have the coupon and are neither cancelled nor expired: it
 * rises and falls only by conditional UPDATE, with the status of an order.
 */
#ifndef PROMOTIONS_H
#define PROMOTIONS_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

enum { COUPON_CODE_MIN = 3, COUPON_CODE_MAX = 32 };

extern const struct route_table coupon_table;

enum coupon_kind { COUPON_PERCENT, COUPON_FIXED };
extern const char *const coupon_kind_values[];

/* What an order must know of its coupon. */
struct coupon_terms {
	struct coupon_id    id;
	const char         *code;
	int                 kind; /* enum coupon_kind */
	int64_t            *percent_hundredths, *amount_minor, *minimum_minor;
	const char         *currency; /* NULL: any */
	struct instant     *starts_at, *ends_at;
	int64_t            *limit_total, *limit_per_user;
	struct merchant_id *merchant;   /* whose goods it is for, and who bears it; NULL: any, and the shop */
	int64_t             uses, used; /* by all, and by the customer */
};
SHAPE_DECLARE(struct coupon_terms, coupon_terms_shape);

/*
 * For a statement that reads the coupon `c` of a customer's order (one parameter, the customer): COUPON_USED is its member
 * "used"; COUPON_IS_FOR says whether it is for a product `p`, and is NULL or false where there is no coupon.
 */
#define COUPON_USED \
	"(SELECT COUNT(*) FROM orders u WHERE u.coupon_id = c.id AND u.user_id = ? AND u.status NOT IN ('cancelled', 'expired'))"
#define COUPON_IS_FOR \
	"c.id IS NOT NULL AND (c.merchant_id IS NULL OR c.merchant_id = p.merchant_id) AND (c.category_id IS NULL OR EXISTS " \
	"(SELECT 1 FROM category_ancestors a WHERE a.category_id = p.category_id AND a.ancestor_id = c.category_id))"
#define COUPON_OF_CODE "c.code = ? AND c.live_marker = 1"

/* The code as it is kept, in upper case; NULL when no coupon can have it. */
const char *coupon_code(struct arena *arena, const char *text);

/* A line of an order, in minor units. */
struct coupon_line {
	int64_t subtotal;
	bool    eligible;
	int64_t discount; /* what the coupon takes off it */
};

/* NO_SUCH_COUPON when there is none (NULL); COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT. */
const struct problem *coupon_usable(struct work *work, const struct coupon_terms *terms);

/*
 * Sets what a usable coupon takes off each line.  The whole is rounded half to even and never more than the goods it is for;
 * each of their lines has its share, rounded half to even, and the last one the remainder.  COUPON_OTHER_CURRENCY,
 * COUPON_NOT_FOR_THESE, COUPON_MINIMUM; TOTAL_TOO_LARGE.
 */
const struct problem *coupon_discount(
    struct work *work, const struct coupon_terms *terms, const char *currency, struct coupon_line *lines, size_t count);

/*
 * Takes one use for an order that is inserted already, or reserves again what it had given back.  COUPON_SPENT when none is
 * left, of all or of the customer's.  Locks the coupon until the transaction ends: after orders and payments, before stock.  The
 * customer's other orders must not be placed meanwhile (orders/reserved.h).
 */
const struct problem *take_coupon(struct work *work, struct coupon_id coupon, struct user_id customer, struct order_id order);

/* Gives a use back, of an order that ends cancelled or expired. */
const struct problem *give_coupon_back(struct work *work, struct coupon_id coupon);

#endif
