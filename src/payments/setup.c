/* Payment methods that are stored without a payment: begun, shown, given up. */
#include "payments/setup.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "payments/provider.h"
#include "payments/return_url.h"
#include "payments/risk/risk.h"
#include "store/db.h"

enum { WINDOW_SECONDS = 86400, FIRST_CHECK_SECONDS = 60, FIRST_VERSION = 1 };

const char *const setup_status_values[] = { "pending", "stored", "cancelled", "expired", NULL };

static const struct member method_setup_members[] = {
	M_ID(struct method_setup, id, "id"),
	M_ID(struct method_setup, user, "user_id"),
	M_ID(struct method_setup, merchant, "merchant_id"),
	M_TEXT(struct method_setup, provider, "provider", 32, .required = true),
	M_ENUM(struct method_setup, type, "type", payment_method_type_values),
	M_ENUM(struct method_setup, status, "status", setup_status_values),
	M_TEXT(struct method_setup, setup, "setup", 191),
	M_TEXT(struct method_setup, client_secret, "client_secret", SETUP_SECRET_MAX),
	M_TEXT(struct method_setup, redirect_url, "redirect_url", 2048),
	M_TEXT(struct method_setup, return_url, "return_url", 1000, .required = true),
	M_TEXT(struct method_setup, label, "label", 100),
	M_BOOLEAN(struct method_setup, is_default, "is_default"),
	M_ID(struct method_setup, method, "payment_method_id"),
	M_INTEGER(struct method_setup, declines, "declines", 0, INT32_MAX),
	M_TIME(struct method_setup, expires_at, "expires_at"),
	M_TIME(struct method_setup, created_at, "created_at"),
};
SHAPE_SHARED(struct method_setup, method_setup_shape, "MethodSetup", method_setup_members, .noun = "payment method");

const char *
setup_way_back(struct work *work, const struct method_setup *setup)
{
	return arena_format(
	    work->arena, "%s/api/v1/payment-methods/%s/return", work->config->public_url, uuid_text(work->arena, setup->id.uuid));
}

const struct problem *
owner_of_setup(struct work *work, const struct method_setup *setup, struct method_owner **owner)
{
	return setup->merchant == NULL ? owner_of_user(work, *setup->user, owner)
				       : owner_of_merchant(work, *setup->merchant, owner);
}

bool
setup_has_page(struct work *work, const struct method_setup *setup)
{
	const struct provider *provider = provider_enabled(work->config, setup->provider);

	return setup->status == SETUP_PENDING && setup->client_secret != NULL && provider != NULL && provider->page != NULL &&
	    provider->methods->setup->add_settings != NULL && provider->page->script_url(work, (struct money) { 0, "" }) != NULL;
}

static const char *
setup_page_url(struct work *work, const struct method_setup *setup)
{
	return arena_format(work->arena, "%s/pay/methods/%s", work->config->public_url, uuid_text(work->arena, setup->id.uuid));
}

static struct payment_method *
as_pending_method(struct work *work, const struct method_setup *setup)
{
	struct payment_method *method = ARENA_NEW(work->arena, struct payment_method);

	*method = (struct payment_method) { .id = setup->id,
		.user = setup->user,
		.merchant = setup->merchant,
		.type = setup->type,
		.status = METHOD_PENDING,
		.provider = setup->provider,
		.label = setup->label,
		.expires = ARENA_NEW(work->arena, struct instant),
		.is_default = false,
		.client_secret = setup->client_secret,
		.redirect_url = setup->redirect_url,
		.url = setup_has_page(work, setup) ? setup_page_url(work, setup) : NULL,
		.version = FIRST_VERSION,
		.created_at = setup->created_at,
		.updated_at = setup->created_at };
	*method->expires = setup->expires_at;
	return method;
}

const struct problem *
find_setup(struct work *work, struct payment_method_id id, struct method_setup **setup)
{
	return db_one(work->db, &method_setup_shape, setup, "SELECT {} FROM method_setups WHERE id = ?", P(id));
}

const struct problem *
read_pending_method(struct work *work, struct payment_method_id id, struct payment_method **method)
{
	struct method_setup *setup;

	TRY(db_one(work->db, &method_setup_shape, &setup, "SELECT {} FROM method_setups WHERE id = ? AND owner_id = ?", P(id),
	    P(acting_owner_id(work))));
	if (setup->method != NULL)
		return read_method(work, *setup->method, method);
	if (setup->status != SETUP_PENDING)
		return problem(NOT_FOUND, "payment method not found; nobody has finished storing it");
	*method = as_pending_method(work, setup);
	return OK;
}

const struct problem *
give_up_setup(struct work *work, struct payment_method_id id, const struct expected_version *expected)
{
	int64_t changed;

	TRY(check_version(expected, id.uuid, FIRST_VERSION));
	TRY(db_run(work->db, &changed,
	    "UPDATE method_setups SET status = 'cancelled', client_secret = NULL, redirect_url = NULL, check_at = NOW(3) "
	    "WHERE id = ? AND owner_id = ? AND status = 'pending'",
	    P(id), P(acting_owner_id(work))));
	return changed > 0 ? OK : problem(NOT_FOUND, "payment method not found");
}

/* ---- begun ---- */

/* What was begun in the window and stored nothing, and the declines of that. */
struct setup_counts {
	int64_t room, owner, owner_declines, address, address_declines, network, network_declines;
};

#define COUNT_MEMBER(name) M_INTEGER(struct setup_counts, name, #name, 0, INT64_MAX)
static const struct member setup_counts_members[] = {
	COUNT_MEMBER(room),
	COUNT_MEMBER(owner),
	COUNT_MEMBER(owner_declines),
	COUNT_MEMBER(address),
	COUNT_MEMBER(address_declines),
	COUNT_MEMBER(network),
	COUNT_MEMBER(network_declines),
};
SHAPE(struct setup_counts, setup_counts_shape, "SetupCounts", setup_counts_members);

#define OF_LATE(column, what) \
	"(SELECT " what " FROM method_setups WHERE " column " = ? AND created_at > ? AND status <> 'stored')"
#define DECLINES "CAST(IFNULL(SUM(declines), 0) AS SIGNED)"

static const struct problem *
refuse(struct work *work, enum risk_limit limit, enum problem_code code)
{
	log_warning("payment method not stored: too many attempts", LOG_NUMBER("limit", limit));
	metric_add(METRIC_RISK_LIMITED, limit, 0, 1);
	recent_add(RECENT_RISK_LIMITED);
	return problem_later(work->arena, code,
	    code == PROBLEM_TOO_MANY_DECLINES ? "too many payment methods were declined; try again later"
					      : "too many attempts to store a payment method; try again later",
	    WINDOW_SECONDS);
}

static const struct problem *
check_counts(struct work *work, struct uuid owner, const struct risk_origin *origin)
{
	const struct config *config = work->config;
	struct instant       since = instant_add_seconds(instant_now(), -WINDOW_SECONDS);
	struct setup_counts *counts;

	TRY(db_one(work->db, &setup_counts_shape, &counts,
	    "SELECT GREATEST(0, ? - (SELECT COUNT(*) FROM payment_methods WHERE owner_id = ? AND deleted_at IS NULL) "
	    "- (SELECT COUNT(*) FROM method_setups WHERE owner_id = ? AND status = 'pending')) AS room, " OF_LATE(
		"owner_id", "COUNT(*)") " AS owner, " OF_LATE("owner_id", DECLINES) " AS owner_declines, " OF_LATE("risk_address",
		"COUNT(*)") " AS address, " OF_LATE("risk_address", DECLINES) " AS address_declines, " OF_LATE("risk_network",
		"COUNT(*)") " AS network, " OF_LATE("risk_network", DECLINES) " AS network_declines",
	    P((int64_t)METHODS_MAX), P(owner), P(owner), P(owner), P(since), P(owner), P(since), P(origin->address), P(since),
	    P(origin->address), P(since), P(origin->network), P(since), P(origin->network), P(since)));
	if (counts->room == 0)
		return problem(CONFLICT, "an account has at most 50 payment methods");
	if (!config->limits.enabled)
		return OK;
	const struct {
		enum risk_limit   limit;
		enum problem_code code;
		int64_t           count, max;
	} limits[] = {
		{ RISK_DECLINES_OF_ACCOUNT, PROBLEM_TOO_MANY_DECLINES, counts->owner_declines, config->risk.declines_account },
		{ RISK_DECLINES_OF_ADDRESS, PROBLEM_TOO_MANY_DECLINES, counts->address_declines, config->risk.declines_address },
		{ RISK_DECLINES_OF_NETWORK, PROBLEM_TOO_MANY_DECLINES, counts->network_declines, config->risk.declines_network },
		{ RISK_ATTEMPTS_OF_ACCOUNT, PROBLEM_TOO_MANY_ATTEMPTS, counts->owner, config->risk.attempts_account },
		{ RISK_ATTEMPTS_OF_ADDRESS, PROBLEM_TOO_MANY_ATTEMPTS, counts->address, config->risk.attempts_address },
		{ RISK_ATTEMPTS_OF_NETWORK, PROBLEM_TOO_MANY_ATTEMPTS, counts->network, config->risk.attempts_network },
	};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (limits[i].count >= limits[i].max)
			return refuse(work, limits[i].limit, limits[i].code);
	return OK;
}

static const struct problem *
insert_setup(struct work *work, const struct method_setup *setup, const struct method_owner *owner)
{
	const struct risk_origin origin = risk_origin(work);

	TRY(lock_method_owner(work, owner->user, owner->merchant));
	TRY(check_counts(work, owner->id, &origin));
	transaction_witness(work, "SELECT COUNT(*) FROM method_setups WHERE id = ?", setup->id.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO method_setups (id, user_id, merchant_id, provider, type, return_url, label, is_default, risk_address, "
	    "risk_network, expires_at, check_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(setup->id), P(owner->user), P(owner->merchant), P(setup->provider), P(payment_method_type_values[setup->type]),
	    P(setup->return_url), P(setup->label), P(setup->is_default), P(origin.address), P(origin.network),
	    P(setup->expires_at), P(instant_add_seconds(setup->created_at, FIRST_CHECK_SECONDS)), P(setup->created_at));
}

/* When the provider has refused it there is nothing to close; when it was silent the job looks once more, and finds nothing. */
static const struct problem *
begin_at_provider(
    struct work *work, const struct provider *provider, struct method_setup *setup, const struct method_owner *owner)
{
	struct setup_answer   answer = { .outcome = SETUP_GOES_ON };
	const struct problem *problem = provider->methods->setup->begin(work, setup, owner, &answer);

	if (problem != OK) {
		TRY(db_run(
		    work->db, NULL, "UPDATE method_setups SET status = 'cancelled', check_at = NULL WHERE id = ?", P(setup->id)));
		return problem;
	}
	setup->setup = answer.setup;
	setup->client_secret = answer.client_secret;
	setup->redirect_url = answer.redirect_url;
	return db_run(work->db, NULL,
	    "UPDATE method_setups SET setup = ?, client_secret = ?, redirect_url = ? WHERE id = ? AND status = 'pending'",
	    P(setup->setup), P(setup->client_secret), P(setup->redirect_url), P(setup->id));
}

static const struct problem *
check_body(struct work *work, const struct new_method *body, const struct provider *provider)
{
	bool is_good = work->viewer.merchant == NULL ? is_return_url(work->config, body->return_url)
						     : is_merchants_url(work->config, body->return_url);

	TRY(check_method_texts(work, NULL, body->label));
	if (provider == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled, or charges no stored payment method");
	if (provider->methods == NULL || provider->methods->setup == NULL)
		return problem(STORES_WITH_PAYMENT,
		    "the provider stores no payment method on its own; pay an order with it and set store_method");
	if (body->expires != NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "expires", "must be absent without a token");
	if (!is_good)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "return_url",
		    "does not begin with a configured prefix (payments.return_urls)");
	if (!sealing_is_configured(work->config))
		return problem(PROVIDER_UNSUPPORTED, "this shop stores no payment methods (payments.method_key)");
	return OK;
}

const struct problem *
begin_setup(struct work *work, const struct new_method *body, struct payment_method **method)
{
	const struct provider *provider = provider_enabled(work->config, body->provider);
	const struct instant   now = instant_now();
	struct method_setup    setup = { .id = NEW_ID(payment_method_id),
		   .provider = body->provider,
		   .return_url = body->return_url,
		   .label = body->label,
		   .is_default = body->is_default,
		   .created_at = now,
		   .expires_at = instant_add_seconds(now, work->config->payments.setup_minutes * 60) };
	struct method_owner   *owner;

	TRY(check_body(work, body, provider));
	setup.type = body->type != NULL ? *body->type : provider->methods->setup->type;
	TRY(acting_owner(work, &owner));
	setup.user = owner->user;
	setup.merchant = owner->merchant;
	TRY(db_transaction(work, insert_setup(work, &setup, owner)));
	TRY(begin_at_provider(work, provider, &setup, owner));
	*method = as_pending_method(work, &setup);
	return OK;
}
