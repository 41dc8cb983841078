/* The coupon of a cart: entered once, and kept until it is ordered. */
#include "cart/cart.h"

#include "promotions/promotions.h"
#include "store/db.h"

struct kept_coupon {
	const char *code;
};

static const struct member kept_coupon_members[] = {
	M_TEXT(struct kept_coupon, code, "coupon", COUPON_CODE_MAX),
};
SHAPE(struct kept_coupon, kept_coupon_shape, "CartCoupon", kept_coupon_members);

const struct problem *
read_cart_coupon(struct work *work, const struct cart_owner *owner, const char **code)
{
	struct kept_coupon *kept;

	*code = NULL;
	TRY(db_row(work->db, &kept_coupon_shape, &kept, "SELECT c.coupon FROM carts c WHERE " CART_OWNED, OWNER(owner)));
	if (kept != NULL)
		*code = kept->code;
	return OK;
}

static const struct problem *
check_coupon(struct work *work, const char **code)
{
	struct coupon_terms *terms = NULL;

	*code = coupon_code(work->arena, *code);
	if (*code != NULL)
		TRY(db_row(work->db, &coupon_terms_shape, &terms,
		    "SELECT {c}, " COUPON_USED " AS used FROM coupons c WHERE " COUPON_OF_CODE, P(work->viewer.user), P(*code)));
	return coupon_usable(work, terms);
}

const struct problem *
set_cart_coupon(struct work *work, const struct cart_owner *owner, const char *code)
{
	if (code != NULL)
		TRY(check_coupon(work, &code));
	TRY(lock_cart(work, owner));
	return db_run(work->db, NULL, "UPDATE carts c SET c.coupon = ? WHERE " CART_OWNED, P(code), OWNER(owner));
}
