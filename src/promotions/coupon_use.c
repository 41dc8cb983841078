/* What an order does with a coupon: may it have it, what does it take off, who has how many uses. */
#include "promotions/promotions.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "store/db.h"

#include <string.h>

const char *const coupon_kind_values[] = { "percent", "fixed", NULL };

static const struct member coupon_terms_members[] = {
	M_ID(struct coupon_terms, id, "id"),
	M_TEXT(struct coupon_terms, code, "code", COUPON_CODE_MAX),
	M_ENUM(struct coupon_terms, kind, "kind", coupon_kind_values),
	M_INTEGER(struct coupon_terms, percent_hundredths, "percent_hundredths", 1, 10000),
	M_INTEGER(struct coupon_terms, amount_minor, "amount_minor", 1, INT64_MAX),
	M_INTEGER(struct coupon_terms, minimum_minor, "minimum_minor", 1, INT64_MAX),
	M_TEXT(struct coupon_terms, currency, "currency", 3),
	M_TIME(struct coupon_terms, starts_at, "starts_at"),
	M_TIME(struct coupon_terms, ends_at, "ends_at"),
	M_INTEGER(struct coupon_terms, limit_total, "limit_total", 1, INT32_MAX),
	M_INTEGER(struct coupon_terms, limit_per_user, "limit_per_user", 1, INT32_MAX),
	M_ID(struct coupon_terms, merchant, "merchant_id"),
	M_INTEGER(struct coupon_terms, uses, "uses", 0, INT32_MAX),
	M_INTEGER(struct coupon_terms, used, "used", 0, INT32_MAX, .computed = true),
};
SHAPE_SHARED(struct coupon_terms, coupon_terms_shape, "CouponTerms", coupon_terms_members);

const char *
coupon_code(struct arena *arena, const char *text)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
	size_t            length = strlen(text);
	char             *code = ARENA_ARRAY(arena, length + 1, char);

	for (size_t i = 0; i < length; i++)
		code[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
	return length >= COUPON_CODE_MIN && length <= COUPON_CODE_MAX && strspn(code, letters) == length ? code : NULL;
}

const struct problem *
coupon_usable(struct work *work, const struct coupon_terms *terms)
{
	int64_t now_ms = instant_now().unix_ms;

	if (terms == NULL)
		return problem_at(work->arena, PROBLEM_NO_SUCH_COUPON, "coupon", "is not valid");
	if (terms->starts_at != NULL && now_ms < terms->starts_at->unix_ms)
		return problem_at(work->arena, PROBLEM_COUPON_NOT_STARTED, "coupon", "is not valid yet");
	if (terms->ends_at != NULL && now_ms >= terms->ends_at->unix_ms)
		return problem_at(work->arena, PROBLEM_COUPON_ENDED, "coupon", "is not valid any more");
	if (terms->limit_total != NULL && terms->uses >= *terms->limit_total)
		return problem_at(work->arena, PROBLEM_COUPON_SPENT, "coupon", "has been used up");
	if (terms->limit_per_user != NULL && terms->used >= *terms->limit_per_user)
		return problem_at(work->arena, PROBLEM_COUPON_SPENT, "coupon", "has been used by you as often as it may be");
	return OK;
}

static const struct problem *
below_minimum(struct work *work, int64_t minimum_minor, const char *currency)
{
	struct text  says = text_new(work->arena, 64);
	struct money minimum = { 0 };

	money_make(minimum_minor, currency, &minimum);
	TEXT_ADD(&says, "is for goods of at least ");
	text_add_money(&says, minimum);
	text_addf(&says, " %s", currency);
	return problem_at(work->arena, PROBLEM_COUPON_MINIMUM, "coupon", says.bytes);
}

/*
 * A line is never given more than it costs, nor so little that those behind it could not carry the rest; with any other than
 * the smallest amounts neither bound is met.
 */
static bool
spread(int64_t whole, int64_t sum, struct coupon_line *lines, size_t count)
{
	int64_t left = whole, behind = sum;

	for (size_t i = 0; i < count; i++) {
		int64_t share;

		if (!lines[i].eligible)
			continue;
		behind -= lines[i].subtotal;
		if (!minor_scale(whole, lines[i].subtotal, sum, &share))
			return false;
		if (share > left || behind == 0)
			share = left;
		if (share > lines[i].subtotal)
			share = lines[i].subtotal;
		if (share < left - behind)
			share = left - behind;
		lines[i].discount = share;
		left -= share;
	}
	return true;
}

const struct problem *
coupon_discount(
    struct work *work, const struct coupon_terms *terms, const char *currency, struct coupon_line *lines, size_t count)
{
	int64_t sum = 0, whole;
	bool    fits = true;

	for (size_t i = 0; i < count && fits; i++)
		fits = !lines[i].eligible || !__builtin_add_overflow(sum, lines[i].subtotal, &sum);
	if (!fits)
		return problem(TOTAL_TOO_LARGE, "the order's total is too large");
	if (terms->currency != NULL && strcmp(terms->currency, currency) != 0)
		return problem_at(work->arena, PROBLEM_COUPON_OTHER_CURRENCY, "coupon",
		    arena_format(work->arena, "is for orders in %s", terms->currency));
	if (sum == 0)
		return problem_at(work->arena, PROBLEM_COUPON_NOT_FOR_THESE, "coupon", "is not for these goods");
	if (terms->minimum_minor != NULL && sum < *terms->minimum_minor)
		return below_minimum(work, *terms->minimum_minor, currency);
	if (terms->kind == COUPON_FIXED)
		whole = *terms->amount_minor < sum ? *terms->amount_minor : sum;
	else if (!minor_scale(sum, *terms->percent_hundredths, 10000, &whole))
		return problem(TOTAL_TOO_LARGE, "the order's total is too large");
	return spread(whole, sum, lines, count) ? OK : problem(TOTAL_TOO_LARGE, "the order's total is too large");
}

const struct problem *
take_coupon(struct work *work, struct coupon_id coupon, struct user_id customer, struct order_id order)
{
	int64_t taken;

	TRY(db_run(work->db, &taken,
	    "UPDATE coupons c SET c.uses = c.uses + 1 WHERE c.id = ? AND c.deleted_at IS NULL "
	    "AND (c.limit_total IS NULL OR c.uses < c.limit_total) AND (c.limit_per_user IS NULL OR "
	    "(SELECT COUNT(*) FROM orders u WHERE u.coupon_id = c.id AND u.user_id = ? AND u.id <> ? "
	    "AND u.status NOT IN ('cancelled', 'expired')) < c.limit_per_user)",
	    P(coupon), P(customer), P(order)));
	return taken > 0 ? OK : problem_at(work->arena, PROBLEM_COUPON_SPENT, "coupon", "has been used up");
}

const struct problem *
give_coupon_back(struct work *work, struct coupon_id coupon)
{
	int64_t given;

	TRY(db_run(work->db, &given, "UPDATE coupons SET uses = uses - 1 WHERE id = ? AND uses > 0", P(coupon)));
	if (given > 0)
		return OK;
	log_error("a coupon has fewer uses than orders", LOG_ID("coupon", uuid_text(work->arena, coupon.uuid)));
	return problem(INTERNAL, "internal error");
}
