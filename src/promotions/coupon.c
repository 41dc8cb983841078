/* Coupons as they are read: by those who make them, and by who has a code. */
#include "promotions/coupon.h"

#include "base/text.h"
#include "http/permission.h"
#include "store/list.h"

#define OFFER_MEMBERS \
	M_TEXT(struct coupon, code, "code", COUPON_CODE_MAX, .required = true, .example = "\"SPRING\""), \
	    M_ENUM(struct coupon, kind, "kind", coupon_kind_values), \
	    M_TEXT(struct coupon, value, "value", MONEY_TEXT_SIZE, .required = true, .computed = true, .example = "\"12.5\"", \
		.description = "Percent, or an amount of the currency."), \
	    M_TEXT(struct coupon, currency, "currency", 3, .example = "\"USD\"", .description = "Null: any."), \
	    M_MONEY(struct coupon, minimum, "minimum", .description = "What the goods it is for must come to."), \
	    M_TIME(struct coupon, starts_at, "starts_at"), M_TIME(struct coupon, ends_at, "ends_at"), \
	    M_ID(struct coupon, category, "category_id", \
		.description = "For the goods of this category and those below it; null: any."), \
	    M_ID(struct coupon, merchant, "merchant_id", .description = "For the goods of this merchant; null: any."), \
	    M_INTEGER(struct coupon, percent_hundredths, "percent_hundredths", 1, 10000, .hidden = true), \
	    M_MONEY(struct coupon, amount, "amount", .hidden = true)

static const struct member coupon_offer_members[] = { OFFER_MEMBERS };
SHAPE_SHARED(struct coupon, coupon_offer_shape, "CouponOffer", coupon_offer_members, .noun = "coupon");

static const struct member coupon_members[] = {
	M_ID(struct coupon, id, "id"),
	OFFER_MEMBERS,
	M_INTEGER(struct coupon, limit_total, "limit_total", 1, INT32_MAX),
	M_INTEGER(struct coupon, limit_per_user, "limit_per_user", 1, INT32_MAX),
	M_INTEGER(struct coupon, uses, "uses", 0, INT32_MAX,
	    .description = "Orders that have it and are neither cancelled nor expired."),
	M_INTEGER(struct coupon, version, "version", 1, INT32_MAX),
	M_TIME(struct coupon, created_at, "created_at"),
	M_TIME(struct coupon, updated_at, "updated_at"),
};
SHAPE_SHARED(struct coupon, coupon_shape, "Coupon", coupon_members);

/* 1250 hundredths are "12.5". */
static void
say_value(struct arena *arena, struct coupon *coupon)
{
	struct text value = text_new(arena, MONEY_TEXT_SIZE);
	int64_t     hundredths = coupon->percent_hundredths == NULL ? 0 : *coupon->percent_hundredths;

	if (coupon->amount != NULL)
		text_add_money(&value, *coupon->amount);
	else if (hundredths % 100 == 0)
		text_addf(&value, "%d", (int)(hundredths / 100));
	else if (hundredths % 10 == 0)
		text_addf(&value, "%d.%d", (int)(hundredths / 100), (int)(hundredths % 100 / 10));
	else
		text_addf(&value, "%d.%02d", (int)(hundredths / 100), (int)(hundredths % 100));
	coupon->value = value.bytes;
}

static const struct list_order newest_first[] = { { .id = "c.id", .descending = true } };

const struct problem *
list_coupons(struct work *work, const struct merchant_id *merchant, const char *search, const struct page_request *page,
    struct coupon **coupons, struct listed *listed)
{
	struct reach reach = COUPON_REACH(work);
	struct list  list = list_begin(work, "SELECT {c}", "FROM coupons c");

	list_where(&list, "c.live_marker = 1");
	list_filter(&list, "c.merchant_id = ?", P(merchant));
	if (search != NULL)
		list_where(&list, "c.code LIKE ?", P(like_prefix(work->arena, search)));
	if (!reach.all)
		list_where(&list, "c.merchant_id = ?", P(reach.merchant));
	TRY(list_page(&list, &coupon_shape, newest_first, page, coupons, listed));
	for (size_t i = 0; i < listed->count; i++)
		say_value(work->arena, &(*coupons)[i]);
	return OK;
}

#define ONE_COUPON "SELECT {c} FROM coupons c WHERE c.id = ? AND c.deleted_at IS NULL AND (? OR c.merchant_id = ?)"

static const struct problem *
one_coupon(struct work *work, struct coupon_id id, const char *statement, struct coupon **coupon)
{
	struct reach reach = COUPON_REACH(work);

	TRY(db_one(work->db, &coupon_shape, coupon, statement, P(id), P(reach.all), P(reach.merchant)));
	say_value(work->arena, *coupon);
	return OK;
}

const struct problem *
read_coupon(struct work *work, struct coupon_id id, struct coupon **coupon)
{
	return one_coupon(work, id, ONE_COUPON, coupon);
}

const struct problem *
lock_coupon(struct work *work, struct coupon_id id, struct coupon **coupon)
{
	return one_coupon(work, id, ONE_COUPON " FOR UPDATE", coupon);
}

/* A coupon, as everybody may know it and as an order must. */
struct checked_coupon {
	struct coupon       offer;
	struct coupon_terms terms;
};
static const struct member checked_coupon_members[] = {
	M_OBJECT(struct checked_coupon, offer, "offer", coupon_offer_shape),
	M_OBJECT(struct checked_coupon, terms, "terms", coupon_terms_shape),
};
SHAPE(struct checked_coupon, checked_coupon_shape, "CheckedCoupon", checked_coupon_members);

const struct problem *
check_coupon(struct work *work, const char *code, struct coupon **coupon)
{
	const char            *kept = coupon_code(work->arena, code);
	struct checked_coupon *found = NULL;

	if (kept != NULL)
		TRY(db_row(work->db, &checked_coupon_shape, &found,
		    "SELECT {c offer}, {c terms}, " COUPON_USED " AS `terms.used` FROM coupons c WHERE " COUPON_OF_CODE,
		    P(work->viewer.user), P(kept)));
	TRY(coupon_usable(work, found == NULL ? NULL : &found->terms));
	*coupon = &found->offer;
	say_value(work->arena, *coupon);
	return OK;
}
