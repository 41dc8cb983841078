/* The routes of users and merchants, for staff. */
#include "accounts/merchants.h"
#include "accounts/staff.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "http/page.h"
#include "http/request.h"

#include <string.h>

/* --- users ----------------------------------------------------------------------------------------------------------- */

struct user_query {
	struct numbered_query list;
	struct user_filter    filter;
};

static const struct member user_query_members[] = {
	NUMBERED_QUERY(struct user_query),
	LIST_FORMAT(struct user_query),
	M_ENUM(struct user_query, filter.role, "role", role_values),
	M_ENUM(struct user_query, filter.status, "status", user_status_values),
	M_TEXT(struct user_query, filter.search, "search", 254, .min = 1, .example = "\"amina\"",
	    .description =
		"Any part of the e-mail address, name or phone number, ignoring case; with fewer than three characters, the start of the e-mail address."),
};
SHAPE(struct user_query, user_query_shape, "UserQuery", user_query_members);

PAGE_NUMBERED(struct user_page, user_page_shape, "UserPage", user_shape);

static const char *const changeable_status_values[] = { "active", "disabled", NULL };

struct user_body {
	int               *role, *status;
	const char *const *permissions, *const *modules;
	size_t            n_permissions, n_modules;
	const char       *metadata;
	struct shape_seen seen;
};

static const struct member user_body_members[] = {
	M_ENUM(struct user_body, role, "role", role_values, .example = "\"warehouse\""),
	M_ENUM(struct user_body, status, "status", changeable_status_values, .description = "Disabling ends all sessions."),
	M_TEXTS(struct user_body, permissions, n_permissions, "permissions", PERMISSIONS_MAX, .example = "[\"report:sales\"]",
	    .description = "Replaces the permissions in addition to the role's."),
	M_TEXTS(struct user_body, modules, n_modules, "assigned_modules", MODULES_MAX, .example = "[\"orders\", \"stock\"]",
	    .description = "Pages of the administration to show, as its front end calls them; empty: all."),
	M_METADATA_BODY(struct user_body, metadata),
};
SHAPE_PATCH(struct user_body, user_body_shape, "UserChange", user_body_members, seen);

static const struct problem *
handle_list_users(struct request *request)
{
	const struct user_query *query = QUERY(request, struct user_query);
	struct user_page         answer;
	struct listed            listed;

	TRY(list_users(request->work, &query->filter, query->list.page, query->list.page_size, &answer.results, &listed));
	numbered_fill(request, &query->list, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_show_user(struct request *request)
{
	struct user_id    id;
	struct staff_user user;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_staff_user(request->work, id, &user));
	return respond(request, &user);
}

static const struct problem *
read_permissions(struct request *request, const struct user_body *body, uint64_t *bits)
{
	struct arena *arena = request->work->arena;
	struct faults faults = { .count = 0 };

	*bits = 0;
	for (size_t i = 0; i < body->n_permissions; i++) {
		uint64_t bit = permission_by_name(body->permissions[i]);

		if (bit == 0)
			faults_add(&faults, arena_format(arena, "permissions.%zu", i), "is not a permission");
		*bits |= bit;
	}
	if (faults.count == 0)
		return OK;
	return problem_faults(arena, PROBLEM_VALIDATION_FAILED, "the body is invalid; see details", &faults);
}

static const char *
fault_of_module(const char *const *names, size_t i)
{
	size_t length = strlen(names[i]);

	if (length < 1 || length > MODULE_NAME_MAX || strspn(names[i], "abcdefghijklmnopqrstuvwxyz0123456789_-") != length)
		return "must be 1 to 40 of a-z, 0-9, _ and -";
	for (size_t before = 0; before < i; before++)
		if (strcmp(names[before], names[i]) == 0)
			return "is named twice";
	return NULL;
}

/* *names: as they are kept; NULL when the body has none. */
static const struct problem *
read_modules(struct request *request, const struct user_body *body, const char **names)
{
	struct arena *arena = request->work->arena;
	struct text   text = text_new(arena, MODULE_NAMES_MAX);
	struct faults faults = { .count = 0 };

	*names = NULL;
	for (size_t i = 0; i < body->n_modules; i++) {
		const char *fault = fault_of_module(body->modules, i);

		if (fault != NULL)
			faults_add(&faults, arena_format(arena, "assigned_modules.%zu", i), fault);
		text_addf(&text, "%s%s", i == 0 ? "" : ",", body->modules[i]);
	}
	if (faults.count > 0)
		return problem_faults(arena, PROBLEM_VALIDATION_FAILED, "the body is invalid; see details", &faults);
	if (shape_has(&user_body_shape, body, "assigned_modules"))
		*names = text.bytes;
	return OK;
}

static const struct problem *
handle_update_user(struct request *request)
{
	const struct user_body *body = BODY(request, struct user_body);
	struct user_change      change = { .role = body->role,
		     .status = body->status,
		     .has_metadata = shape_has(&user_body_shape, body, "metadata"),
		     .metadata = body->metadata };
	struct user_id          id;
	struct staff_user       user;
	uint64_t                bits;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_permissions(request, body, &bits));
	TRY(read_modules(request, body, &change.modules));
	if (shape_has(&user_body_shape, body, "permissions"))
		change.permissions = &bits;
	TRY(update_user(request->work, id, &change, &user));
	return respond(request, &user);
}

static const struct problem *
handle_remove_factor(struct request *request)
{
	struct user_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(remove_lost_factor(request->work, id));
	return respond_nothing(request);
}

static const struct route user_routes[] = {
	{ GET, "/users", .id = "listUsers", .permission = PERMISSION(USER_READ), .csv = true, .query = &user_query_shape,
	    .answer = { 200, &user_page_shape }, .summary = "List users, newest first", .handler = handle_list_users },
	{ GET, "/users/{id}", .id = "showUser", .permission = PERMISSION(USER_READ), .answer = { 200, &staff_user_shape },
	    .summary = "Show a user", .handler = handle_show_user },
	{ PATCH, "/users/{id}", .id = "changeUser", .permission = PERMISSION(USER_MANAGE), .confirmed = true,
	    .writes = WRITES_DATABASE, .body = &user_body_shape, .answer = { 200, &staff_user_shape },
	    .errors = ERRORS(CONFLICT, EMAIL_UNVERIFIED), .summary = "Update a user's role, status, extra permissions or modules",
	    .description =
		"Not your own account, and only permissions that you hold: 403 names the staff permission that the account holds or "
		"would get and that you lack. The last active admin cannot be changed. Staff need a verified e-mail address. Disabling a shopkeeper suspends the shop.",
	    .handler = handle_update_user },
	{ DELETE, "/users/{id}/totp", .id = "removeLostFactor", .permission = PERMISSION(USER_MANAGE), .confirmed = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(CONFLICT),
	    .summary = "Remove the second factor of who has lost it", .handler = handle_remove_factor },
};

ROUTE_TABLE(user_table, "Users", "All accounts, for staff.", user_routes);

/* --- merchants ------------------------------------------------------------------------------------------------------- */

struct merchant_query {
	struct numbered_query list;
	int                  *status;
	const char           *search;
};

static const struct member merchant_query_members[] = {
	NUMBERED_QUERY(struct merchant_query),
	LIST_FORMAT(struct merchant_query),
	M_ENUM(struct merchant_query, status, "status", merchant_status_values),
	M_TEXT(struct merchant_query, search, "search", 100, .min = 1, .example = "\"pottery\"",
	    .description = "A part of the shop's name."),
};
SHAPE(struct merchant_query, merchant_query_shape, "MerchantQuery", merchant_query_members);

PAGE_NUMBERED(struct merchant_page, merchant_page_shape, "MerchantPage", merchant_shape);

static const struct problem *
handle_list_merchants(struct request *request)
{
	const struct merchant_query *query = QUERY(request, struct merchant_query);
	struct merchant_page         answer;
	struct listed                listed;

	TRY(list_merchants(
	    request->work, query->status, query->search, query->list.page, query->list.page_size, &answer.results, &listed));
	numbered_fill(request, &query->list, &listed, &answer);
	return respond(request, &answer);
}

/* Staff see every merchant, a shopkeeper their own. */
static const struct problem *
handle_show_merchant(struct request *request)
{
	const struct merchant_id *own = request->work->viewer.merchant;
	struct merchant_id        id;
	struct merchant          *merchant;

	TRY(path_id(request, "id", &id.uuid));
	if (!MAY(request->work, USER_READ) && !MAY(request->work, MERCHANT_VERIFY) && (own == NULL || !ID_EQUAL(*own, id)))
		return problem(NOT_FOUND, "merchant not found");
	TRY(read_merchant(request->work, id, &merchant));
	return respond_tagged(request, merchant, id.uuid, merchant->version);
}

static const struct problem *
handle_activate_merchant(struct request *request)
{
	struct merchant_id id;
	struct merchant   *merchant;

	TRY(path_id(request, "id", &id.uuid));
	TRY(activate_merchant(request->work, id, &merchant));
	return respond(request, merchant);
}

static const struct problem *
handle_suspend_merchant(struct request *request)
{
	struct merchant_id id;
	struct merchant   *merchant;

	TRY(path_id(request, "id", &id.uuid));
	TRY(suspend_merchant(request->work, id, &merchant));
	return respond(request, merchant);
}

struct terms_body {
	struct decimal   *commission_percent;
	int64_t          *rate_limit;
	const char       *metadata, *currency;
	int              *status;
	struct shape_seen seen;
};

static const char *const wanted_status_values[] = { "active", "suspended", "inactive", NULL };
static const int         wanted_statuses[] = { MERCHANT_ACTIVE, MERCHANT_SUSPENDED, MERCHANT_INACTIVE };

static const struct member terms_body_members[] = {
	M_ENUM(struct terms_body, status, "status", wanted_status_values,
	    .description = "By who may verify merchants; all else is the admins' to change."),
	M_TEXT(struct terms_body, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\"",
	    .description = "Only while the shop has no products, plans or open payments in another one."),
	M_DECIMAL(struct terms_body, commission_percent, "commission_percent", .nullable = true, .example = "\"4.50\"",
	    .description = "From 0 to 100, with at most two decimal places; null: the usual one."),
	M_INTEGER(struct terms_body, rate_limit, "rate_limit", 1, LIMIT_CALLS_MAX, .nullable = true, .example = "1000",
	    .description = "Calls in a minute with all of its API keys together; null: as many as usual."),
	M_METADATA_BODY(struct terms_body, metadata),
};
SHAPE_PATCH(struct terms_body, terms_body_shape, "MerchantChange", terms_body_members, seen);

/* Hundredths of a percent are basis points. */
static bool
percent_to_basis_points(struct decimal percent, int64_t *basis_points)
{
	int64_t factor = 100;

	for (; percent.scale > 0 && factor > 1; percent.scale--)
		factor /= 10;
	for (; percent.scale > 0 && percent.digits % 10 == 0; percent.scale--)
		percent.digits /= 10;
	if (percent.scale > 0 || percent.digits < 0 || percent.digits > 10000)
		return false;
	*basis_points = percent.digits * factor;
	return *basis_points <= 10000;
}

static const struct problem *
may_change(const struct work *work, bool agrees, bool status)
{
	if (agrees && !MAY(work, MERCHANT_TERMS))
		return problem(FORBIDDEN, "the account may change only a merchant's status");
	if (status && !MAY(work, MERCHANT_VERIFY))
		return problem(FORBIDDEN, "the account may not change a merchant's status");
	return OK;
}

static const struct problem *
handle_change_merchant(struct request *request)
{
	const struct terms_body *body = BODY(request, struct terms_body);
	int64_t                  basis_points;
	struct merchant_terms    terms = { .has_commission = shape_has(&terms_body_shape, body, "commission_percent"),
		   .has_rate_limit = shape_has(&terms_body_shape, body, "rate_limit"),
		   .has_metadata = shape_has(&terms_body_shape, body, "metadata"),
		   .rate_limit = body->rate_limit,
		   .metadata = body->metadata,
		   .currency = body->currency };
	bool               agrees = terms.has_commission || terms.has_rate_limit || terms.has_metadata || terms.currency != NULL;
	struct merchant_id id;
	struct merchant   *merchant;

	TRY(path_id(request, "id", &id.uuid));
	TRY(may_change(request->work, agrees, body->status != NULL));
	if (body->commission_percent != NULL) {
		if (!percent_to_basis_points(*body->commission_percent, &basis_points))
			return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "commission_percent",
			    "must be from 0 to 100, with at most two decimal places");
		terms.commission_basis_points = &basis_points;
	}
	TRY(change_merchant(request->work, id, agrees ? &terms : NULL,
	    body->status == NULL ? NULL : &wanted_statuses[*body->status], expected_version(request), &merchant));
	return respond_tagged(request, merchant, id.uuid, merchant->version);
}

static const struct route merchant_routes[] = {
	{ GET, "/merchants", .id = "listMerchants", .permission = PERMISSION(MERCHANT_VERIFY) | PERMISSION(USER_READ),
	    .csv = true, .query = &merchant_query_shape, .answer = { 200, &merchant_page_shape },
	    .summary = "List merchants, newest first", .handler = handle_list_merchants },
	{ GET, "/merchants/{id}", .id = "showMerchant",
	    .permission = PERMISSION(MERCHANT_VERIFY) | PERMISSION(USER_READ) | PERMISSION(CATALOG_WRITE_OWN), .tagged = true,
	    .answer = { 200, &merchant_shape }, .summary = "Show a merchant",
	    .description = "Shopkeepers can see only their own.", .handler = handle_show_merchant },
	{ PATCH, "/merchants/{id}", .id = "changeMerchant",
	    .permission = PERMISSION(MERCHANT_TERMS) | PERMISSION(MERCHANT_VERIFY), .writes = WRITES_DATABASE,
	    .body = &terms_body_shape, .answer = { 200, &merchant_shape }, .errors = ERRORS(CONFLICT, VERSION_MISMATCH),
	    .summary = "Change a merchant's status, or what is agreed with it", .handler = handle_change_merchant },
	{ POST, "/merchants/{id}/activate", .id = "activateMerchant", .permission = PERMISSION(MERCHANT_VERIFY),
	    .writes = WRITES_DATABASE, .answer = { 200, &merchant_shape }, .errors = ERRORS(CONFLICT),
	    .summary = "Activate a merchant", .description = "From pending, suspended or inactive; no effect if it is active.",
	    .handler = handle_activate_merchant },
	{ POST, "/merchants/{id}/suspend", .id = "suspendMerchant", .permission = PERMISSION(MERCHANT_VERIFY),
	    .writes = WRITES_DATABASE, .answer = { 200, &merchant_shape }, .errors = ERRORS(CONFLICT),
	    .summary = "Suspend a merchant", .description = "From active; its products are hidden until it is active again.",
	    .handler = handle_suspend_merchant },
};

ROUTE_TABLE(merchant_table, "Merchants", "Shops and their status.", merchant_routes);
