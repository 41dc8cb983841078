/* The shapes of users and merchants in answers, and the values of their enums. */
#include "accounts/accounts.h"

const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member user_members[] = {
	USER_MEMBERS(struct user, ),
	M_METADATA(struct user, metadata, .hidden = true),
	M_TEXT(struct user, modules, "module_names", MODULE_NAMES_MAX, .column = "assigned_modules", .hidden = true),
};
SHAPE_SHARED(struct user, user_shape, "User", user_members);

const char *const merchant_status_values[] = { "pending", "active", "suspended", "inactive", NULL };
const char *const business_type_values[] = { "individual", "business", "enterprise", NULL };

static const struct member merchant_members[] = { MERCHANT_MEMBERS(struct merchant, ) };
SHAPE_SHARED(struct merchant, merchant_shape, "Merchant", merchant_members);
