/* Coupons made, changed and deleted. */
#include "promotions/coupon.h"

#include "catalog/product_body.h"
#include "events/audit.h"
#include "http/permission.h"
#include "store/db.h"

enum { PERCENT_SCALE = 100, PERCENT_MAX = 100 * PERCENT_SCALE };

#define COUPON_MEMBERS(needed) \
	M_TEXT(struct coupon_body, code, "code", COUPON_CODE_MAX, .required = needed, .min = COUPON_CODE_MIN, \
	    .example = "\"SPRING\"", .description = "Letters of ASCII, digits, - and _; upper and lower case are the same."), \
	    M_ENUM(struct coupon_body, kind, "kind", coupon_kind_values, .required = needed), \
	    M_DECIMAL(struct coupon_body, value, "value", .required = needed, .min = 1, .example = "\"12.5\"", \
		.description = "Percent with at most two decimal places, up to 100; or an amount."), \
	    M_TEXT(struct coupon_body, currency, "currency", 3, .nullable = true, .format = FORMAT_CURRENCY, \
		.example = "\"USD\"", \
		.description = "By default the merchant's; needed where there is none and an amount or a minimum."), \
	    M_DECIMAL(struct coupon_body, minimum, "minimum", .nullable = true, .min = 1, .example = "\"50.00\"", \
		.description = "What the goods it is for must come to."), \
	    M_TIME(struct coupon_body, starts_at, "starts_at", .nullable = true, .example = "null"), \
	    M_TIME(struct coupon_body, ends_at, "ends_at", .nullable = true, .example = "null"), \
	    M_INTEGER(struct coupon_body, limit_total, "limit_total", 1, INT32_MAX, .nullable = true), \
	    M_INTEGER(struct coupon_body, limit_per_user, "limit_per_user", 1, INT32_MAX, .nullable = true), \
	    M_ID(struct coupon_body, category, "category_id", .nullable = true, .example = "null"), \
	    M_ID(struct coupon_body, merchant, "merchant_id", .nullable = true, .example = "null", \
		.description = "Staff only: whose goods it is for, and who bears it; a seller's are the seller's own.")

static const struct member coupon_create_members[] = { COUPON_MEMBERS(true) };
SHAPE_SHARED(struct coupon_body, coupon_create_shape, "NewCoupon", coupon_create_members,
    .seen_offset = SEEN(struct coupon_body, seen), .whole = true);

static const struct member coupon_change_members[] = { COUPON_MEMBERS(false) };
SHAPE_SHARED(struct coupon_body, coupon_change_shape, "CouponChange", coupon_change_members,
    .seen_offset = SEEN(struct coupon_body, seen));

/* What a coupon refers to, and how often it was used. */
struct coupon_setting {
	const char *currency; /* the merchant's; NULL: there is no such merchant */
	bool        category_known;
	int64_t     uses, most_used; /* most_used: by one customer */
};
static const struct member coupon_setting_members[] = {
	M_TEXT(struct coupon_setting, currency, "currency", 3),
	M_BOOLEAN(struct coupon_setting, category_known, "category_known"),
	M_INTEGER(struct coupon_setting, uses, "uses", 0, INT64_MAX),
	M_INTEGER(struct coupon_setting, most_used, "most_used", 0, INT64_MAX),
};
SHAPE(struct coupon_setting, coupon_setting_shape, "CouponSetting", coupon_setting_members);

/* A row to be. */
struct coupon_row {
	const char               *code, *currency;
	int64_t                  *percent_hundredths, *amount_minor, *minimum_minor;
	const struct merchant_id *merchant;
};

static const struct problem *
choose_merchant(struct work *work, const struct coupon_body *body, const struct merchant_id **merchant)
{
	struct reach reach = COUPON_REACH(work);

	*merchant = body->merchant;
	if (reach.all)
		return OK;
	if (reach.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	if (body->merchant != NULL && !ID_EQUAL(*body->merchant, *reach.merchant))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "must be your own shop");
	*merchant = reach.merchant;
	return OK;
}

/* Where no currency is known there is a fault already. */
static int64_t *
amount_in(struct arena *arena, const struct decimal *amount, const char *currency, const char *where, struct faults *faults)
{
	return currency == NULL ? NULL : amount_minor(amount, currency, where, arena, faults);
}

static int64_t *
percent_of(struct arena *arena, const struct decimal *value, struct faults *faults)
{
	int64_t *hundredths = ARENA_NEW(arena, int64_t);
	int64_t  scale = 1, scaled;

	for (int i = 0; i < value->scale; i++)
		scale *= 10;
	if (__builtin_mul_overflow(value->digits, PERCENT_SCALE, &scaled) || scaled % scale != 0 ||
	    scaled / scale > PERCENT_MAX) {
		faults_add(faults, "value", "must be at most 100, with at most two decimal places");
		return NULL;
	}
	*hundredths = scaled / scale;
	return hundredths;
}

static void
check_currency(
    const struct coupon_body *body, const struct coupon_setting *setting, struct coupon_row *row, struct faults *faults)
{
	row->currency = body->currency;
	if (row->merchant != NULL && setting->currency == NULL)
		faults_add(faults, "merchant_id", "merchant not found");
	else if (row->merchant != NULL && body->currency == NULL)
		row->currency = setting->currency;
	else if (row->merchant != NULL && strcmp(body->currency, setting->currency) != 0)
		faults_add(faults, "currency", "must be the merchant's currency");
	else if (row->currency == NULL && (*body->kind == COUPON_FIXED || body->minimum != NULL))
		faults_add(faults, "currency", "is required with an amount");
}

static void
check_limits(struct arena *arena, const struct coupon_body *body, const struct coupon_setting *setting, struct faults *faults)
{
	if (body->starts_at != NULL && body->ends_at != NULL && body->starts_at->unix_ms >= body->ends_at->unix_ms)
		faults_add(faults, "ends_at", "must be after starts_at");
	if (body->limit_total != NULL && *body->limit_total < setting->uses)
		faults_add(faults, "limit_total",
		    arena_format(arena, "must be at least the %lld that were used already", (long long)setting->uses));
	if (body->limit_per_user != NULL && *body->limit_per_user < setting->most_used)
		faults_add(faults, "limit_per_user",
		    arena_format(
			arena, "must be at least the %lld that a customer has used already", (long long)setting->most_used));
}

/* Checks a whole body, of a coupon that exists already where `id` is not nil; every fault at once. */
static const struct problem *
check_body(struct work *work, struct coupon_id id, const struct coupon_body *body, struct coupon_row *row)
{
	struct faults          faults = { .count = 0 };
	struct coupon_setting *setting;

	*row = (struct coupon_row) { .code = coupon_code(work->arena, body->code) };
	TRY(choose_merchant(work, body, &row->merchant));
	TRY(db_row(work->db, &coupon_setting_shape, &setting,
	    "SELECT (SELECT currency FROM merchants WHERE id = ?) AS currency, "
	    "EXISTS (SELECT 1 FROM categories WHERE id = ?) AS category_known, "
	    "IFNULL((SELECT uses FROM coupons WHERE id = ?), 0) AS uses, "
	    "IFNULL((SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM orders WHERE coupon_id = ? "
	    "AND status NOT IN ('cancelled', 'expired') GROUP BY user_id) AS customers), 0) AS most_used",
	    P(row->merchant), P(body->category), P(id), P(id)));
	if (row->code == NULL)
		faults_add(&faults, "code", "must be of letters of ASCII, digits, - and _");
	if (body->category != NULL && !setting->category_known)
		faults_add(&faults, "category_id", "category not found");
	check_currency(body, setting, row, &faults);
	check_limits(work->arena, body, setting, &faults);
	if (*body->kind == COUPON_PERCENT)
		row->percent_hundredths = percent_of(work->arena, body->value, &faults);
	else
		row->amount_minor = amount_in(work->arena, body->value, row->currency, "value", &faults);
	row->minimum_minor = amount_in(work->arena, body->minimum, row->currency, "minimum", &faults);
	return faults_problem(work->arena, &faults);
}

static const struct problem *
code_problem(struct work *work, const struct problem *problem)
{
	return db_duplicate(work->db, problem, "uq_coupons_code")
	    ? problem_at(work->arena, PROBLEM_COUPON_CODE_TAKEN, "code", "belongs to another coupon")
	    : problem;
}

const struct problem *
create_coupon(struct work *work, const struct coupon_body *body, struct coupon **coupon)
{
	struct coupon_id  id = NEW_ID(coupon_id);
	struct coupon_row row;

	TRY(check_body(work, id, body, &row));
	transaction_witness(work, "SELECT COUNT(*) FROM coupons WHERE id = ?", id.uuid);
	TRY(code_problem(work,
	    db_run(work->db, NULL,
		"INSERT INTO coupons (id, code, kind, percent_hundredths, amount_minor, currency, minimum_minor, starts_at, ends_at, "
		"limit_total, limit_per_user, category_id, merchant_id, created_by, updated_by) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		P(id), P(row.code), P(coupon_kind_values[*body->kind]), P(row.percent_hundredths), P(row.amount_minor),
		P(row.currency), P(row.minimum_minor), P(body->starts_at), P(body->ends_at), P(body->limit_total),
		P(body->limit_per_user), P(body->category), P(row.merchant), P(acting_user(work)), P(acting_user(work)))));
	TRY(read_coupon(work, id, coupon));
	return audit_record(work, "coupon.created", "coupon", id.uuid, &coupon_shape, NULL, *coupon);
}

static struct decimal *
as_decimal(struct arena *arena, const int64_t *digits, int scale)
{
	struct decimal *decimal;

	if (digits == NULL)
		return NULL;
	decimal = ARENA_NEW(arena, struct decimal);
	*decimal = (struct decimal) { *digits, scale };
	return decimal;
}

/* A coupon as the body that would make it. */
static struct coupon_body
body_of(struct arena *arena, struct coupon *coupon)
{
	int places = coupon->currency == NULL ? 0 : currency_exponent(coupon->currency);

	return (struct coupon_body) { .code = coupon->code,
		.currency = coupon->currency,
		.kind = &coupon->kind,
		.value = coupon->amount != NULL ? as_decimal(arena, &coupon->amount->minor, places)
						: as_decimal(arena, coupon->percent_hundredths, 2),
		.minimum = coupon->minimum == NULL ? NULL : as_decimal(arena, &coupon->minimum->minor, places),
		.starts_at = coupon->starts_at,
		.ends_at = coupon->ends_at,
		.limit_total = coupon->limit_total,
		.limit_per_user = coupon->limit_per_user,
		.category = coupon->category,
		.merchant = coupon->merchant };
}

const struct problem *
update_coupon(struct work *work, struct coupon_id id, const struct shape *shape, const struct coupon_body *body,
    const struct expected_version *expected, struct coupon **coupon)
{
	struct coupon     *before;
	struct coupon_body merged;
	struct coupon_row  row;

	TRY(lock_coupon(work, id, &before));
	TRY(check_version(expected, id.uuid, before->version));
	merged = body_of(work->arena, before);
	shape_merge(shape, body, &merged);
	TRY(check_body(work, id, &merged, &row));
	TRY(code_problem(work,
	    db_run(work->db, NULL,
		"UPDATE coupons SET code = ?, kind = ?, percent_hundredths = ?, amount_minor = ?, currency = ?, minimum_minor = ?, "
		"starts_at = ?, ends_at = ?, limit_total = ?, limit_per_user = ?, category_id = ?, merchant_id = ?, "
		"version = version + 1, updated_by = ? WHERE id = ?",
		P(row.code), P(coupon_kind_values[*merged.kind]), P(row.percent_hundredths), P(row.amount_minor), P(row.currency),
		P(row.minimum_minor), P(merged.starts_at), P(merged.ends_at), P(merged.limit_total), P(merged.limit_per_user),
		P(merged.category), P(row.merchant), P(acting_user(work)), P(id))));
	TRY(read_coupon(work, id, coupon));
	return audit_record(work, "coupon.changed", "coupon", id.uuid, &coupon_shape, before, *coupon);
}

/* Its category may be deleted after it: nothing of a deleted coupon stands in the way. */
const struct problem *
delete_coupon(struct work *work, struct coupon_id id, const struct expected_version *expected)
{
	struct coupon *before;

	TRY(lock_coupon(work, id, &before));
	TRY(check_version(expected, id.uuid, before->version));
	TRY(db_run(work->db, NULL,
	    "UPDATE coupons SET deleted_at = NOW(3), category_id = NULL, version = version + 1, updated_by = ? WHERE id = ?",
	    P(acting_user(work)), P(id)));
	return audit_record(work, "coupon.deleted", "coupon", id.uuid, &coupon_shape, before, NULL);
}
