/* The shapes of users and merchants in answers, and the values of their enums. */
#include "accounts/accounts.h"

const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member user_members[] = {
	USER_MEMBERS(struct user, ),
	M_METADATA(struct user, metadata, .hidden = true),
};
SHAPE_SHARED(struct user, user_shape, "User", user_members);

const char *const merchant_status_values[] = { "pending", "active", "suspended", "inactive", NULL };
const char *const business_type_values[] = { "individual", "business", "enterprise", NULL };

static const struct member merchant_members[] = {
	M_ID(struct merchant, id, "id"),
	M_ID(struct merchant, user, "user_id"),
	M_TEXT(struct merchant, shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_ENUM(struct merchant, business_type, "business_type", business_type_values),
	M_TEXT(struct merchant, business_id, "business_id", 64, .required = true, .example = "\"BIN-000123\""),
	M_TEXT(struct merchant, gst_number, "gst_number", 32, .example = "\"27AAPFU0939F1ZV\""),
	M_ENUM(struct merchant, status, "status", merchant_status_values),
	M_TEXT(struct merchant, currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"USD\""),
	M_INTEGER(struct merchant, commission_basis_points, "commission_basis_points", 0, 10000, .hidden = true),
	M_TEXT(struct merchant, commission_percent, "commission_percent", 8, .example = "\"5.00\"",
	    .description = "The shop's commission on its sales; null: the usual one."),
	M_INTEGER(struct merchant, rate_limit, "rate_limit", 1, INT32_MAX,
	    .description = "Calls in a minute with all of its API keys together; null: as many as usual."),
	M_METADATA(struct merchant, metadata, .required = true),
	M_INTEGER(struct merchant, version, "version", 1, INT64_MAX, .hidden = true),
	M_TIME(struct merchant, created_at, "created_at"),
};
SHAPE_SHARED(struct merchant, merchant_shape, "Merchant", merchant_members);
