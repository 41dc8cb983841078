/* Payment methods as rows: shapes, whose they are, what they hold. */
#include "payments/method.h"

#include "base/log.h"
#include "base/metrics.h"
#include "events/audit.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "store/db.h"

enum { SEALED_MAX = 2048, HOLDERS_MAX = 100 };

const char *const payment_method_status_values[] = { "active", "expired", "disabled", "pending", NULL };

#define LABEL_DESCRIPTION "Your own name of it; never a card number."
#define EXPIRES_DESCRIPTION "When it can no longer be charged; null: not known. Of a pending one: until when it can be stored."

static const struct member payment_method_members[] = {
	M_ID(struct payment_method, id, "id"),
	M_ID(struct payment_method, user, "user_id", .hidden = true),
	M_ID(struct payment_method, merchant, "merchant_id", .hidden = true),
	M_ENUM(struct payment_method, type, "type", payment_method_type_values),
	M_TEXT(struct payment_method, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_ENUM(struct payment_method, status, "status", payment_method_status_values, .computed = true),
	M_TEXT(struct payment_method, label, "label", 100, .description = LABEL_DESCRIPTION, .example = "\"Visa of the shop\""),
	M_TIME(struct payment_method, expires, "expires", .column = "expires_at", .description = EXPIRES_DESCRIPTION),
	M_TEXT(struct payment_method, disabled_reason, "disabled_reason", 64,
	    .description = "Why the provider charges it no more.", .example = "null"),
	M_BOOLEAN(struct payment_method, is_default, "is_default"),
	M_TEXT(struct payment_method, client_secret, "client_secret", 512, .computed = true,
	    .description = "While it is pending: for the provider's script in its owner's browser.", .example = "null"),
	M_TEXT(struct payment_method, redirect_url, "redirect_url", 2048, .computed = true,
	    .description = "While it is pending: where to redirect its owner to the provider, if not null.", .example = "null"),
	M_TEXT(struct payment_method, url, "url", 2048, .computed = true,
	    .description = "While it is pending: the shop's page with the provider's script, if there is one.",
	    .example = "null"),
	M_BYTES(struct payment_method, sealed, "sealed", SEALED_MAX),
	M_TEXT(struct payment_method, sealed_with, "sealed_with", 64, .hidden = true),
	M_BYTES(struct payment_method, digest, "token_digest", 32),
	M_INTEGER(struct payment_method, version, "version", 1, INT64_MAX, .description = "Incremented by each change."),
	M_TIME(struct payment_method, created_at, "created_at"),
	M_TIME(struct payment_method, updated_at, "updated_at"),
};
SHAPE_SHARED(struct payment_method, payment_method_shape, "PaymentMethod", payment_method_members);

static const struct member new_method_members[] = {
	M_ENUM(struct new_method, type, "type", payment_method_type_values, .description = "Required with a token."),
	M_TEXT(struct new_method, provider, "provider", 32, .required = true, .min = 1, .example = "\"stripe\"",
	    .description = "One of the shop's enabled providers that charges stored methods."),
	M_TEXT(struct new_method, token, "token", TOKEN_BYTES_MAX, .min = 4, .example = "\"pm_card_visa\"",
	    .description = "The provider's own token of it; never a card number. It is stored encrypted and never shown. Without "
			   "one the method is stored at the provider, by its owner's browser, and stays pending until then."),
	M_TEXT(struct new_method, return_url, "return_url", 1000, .format = FORMAT_URL, .nullable = true,
	    .description = "Without a token: where the browser is finally redirected to, with payment_method and status in its "
			   "query; must begin with a configured prefix.",
	    .example = "null"),
	M_TEXT(struct new_method, label, "label", 100, .description = LABEL_DESCRIPTION, .example = "\"Visa of the shop\""),
	M_TIME(struct new_method, expires, "expires",
	    .description = "Until when it can be charged, where the provider does not say."),
	M_BOOLEAN(struct new_method, is_default, "is_default", .defaulted = true, .preset = 0,
	    .description = "The first one is always the default."),
};
SHAPE_SHARED(struct new_method, new_method_shape, "NewPaymentMethod", new_method_members);

static const struct member method_change_members[] = {
	M_TEXT(struct payment_method, label, "label", 100, .nullable = true, .description = LABEL_DESCRIPTION,
	    .example = "\"Visa of the shop\""),
	M_TIME(struct payment_method, expires, "expires", .nullable = true, .description = EXPIRES_DESCRIPTION),
	M_BOOLEAN(struct payment_method, is_default, "is_default"),
};
SHAPE_SHARED(struct payment_method, method_change_shape, "PaymentMethodChange", method_change_members,
    .seen_offset = SEEN(struct payment_method, seen));

/* What the audit keeps of one: neither its token nor what it is sealed with. */
static const struct member method_state_members[] = {
	M_ID(struct payment_method, id, "id"),
	M_ID(struct payment_method, user, "customer_id"),
	M_ID(struct payment_method, merchant, "merchant_id"),
	M_ENUM(struct payment_method, type, "type", payment_method_type_values),
	M_TEXT(struct payment_method, provider, "provider", 32, .required = true),
	M_TEXT(struct payment_method, label, "label", 100),
	M_TIME(struct payment_method, expires, "expires"),
	M_TEXT(struct payment_method, disabled_reason, "disabled_reason", 64),
	M_BOOLEAN(struct payment_method, is_default, "is_default"),
	M_INTEGER(struct payment_method, version, "version", 1, INT64_MAX),
};
SHAPE(struct payment_method, method_state_shape, "PaymentMethodState", method_state_members);

static const struct member method_owner_members[] = {
	M_ID(struct method_owner, id, "owner_id", .computed = true),
	M_ID(struct method_owner, user, "user_id", .computed = true),
	M_ID(struct method_owner, merchant, "merchant_id", .computed = true),
	M_TEXT(struct method_owner, email, "email", 254),
	M_TEXT(struct method_owner, name, "full_name", 150),
	M_TEXT(struct method_owner, phone, "phone", 20),
};
SHAPE_SHARED(struct method_owner, method_owner_shape, "MethodOwner", method_owner_members, .noun = "account");

const struct problem *
owner_of_user(struct work *work, struct user_id user, struct method_owner **owner)
{
	return db_one(work->db, &method_owner_shape, owner,
	    "SELECT u.id AS owner_id, u.id AS user_id, NULL AS merchant_id, u.email, u.full_name, u.phone FROM users u "
	    "WHERE u.id = ?",
	    P(user));
}

const struct problem *
owner_of_merchant(struct work *work, struct merchant_id merchant, struct method_owner **owner)
{
	return db_one(work->db, &method_owner_shape, owner,
	    "SELECT m.id AS owner_id, NULL AS user_id, m.id AS merchant_id, u.email, m.shop_name AS full_name, u.phone "
	    "FROM merchants m JOIN users u ON u.id = m.user_id WHERE m.id = ?",
	    P(merchant));
}

const struct problem *
acting_owner(struct work *work, struct method_owner **owner)
{
	TRY(work->viewer.merchant == NULL ? owner_of_user(work, work->viewer.user, owner)
					  : owner_of_merchant(work, *work->viewer.merchant, owner));
	/* Providers keep a customer by it. */
	return (*owner)->email != NULL ? OK : problem(PROVIDER_REFUSED, "the payment provider needs the payer's e-mail address");
}

const struct problem *
audit_method(struct work *work, const char *action, const struct payment_method *before, const struct payment_method *after)
{
	return audit_record(
	    work, action, "payment_method", (before != NULL ? before : after)->id.uuid, &method_state_shape, before, after);
}

struct uuid
acting_owner_id(const struct work *work)
{
	return work->viewer.merchant == NULL ? work->viewer.user.uuid : work->viewer.merchant->uuid;
}

/* It expires by itself: what it is says the clock. */
static void
set_status(struct payment_method *method)
{
	if (method->disabled_reason != NULL)
		method->status = METHOD_DISABLED;
	else if (method->expires != NULL && method->expires->unix_ms <= instant_now().unix_ms)
		method->status = METHOD_EXPIRED;
	else
		method->status = METHOD_ACTIVE;
}

const struct problem *
list_methods(struct work *work, struct payment_method **methods, size_t *count)
{
	TRY(db_rows(work->db, &payment_method_shape, METHODS_MAX, methods, count,
	    "SELECT {} FROM payment_methods WHERE owner_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?",
	    P(acting_owner_id(work)), P(METHODS_MAX)));
	for (size_t i = 0; i < *count; i++)
		set_status(&(*methods)[i]);
	return OK;
}

const struct problem *
read_method(struct work *work, struct payment_method_id id, struct payment_method **method)
{
	TRY(db_one(work->db, &payment_method_shape, method,
	    "SELECT {} FROM payment_methods WHERE id = ? AND owner_id = ? AND deleted_at IS NULL", P(id),
	    P(acting_owner_id(work))));
	set_status(*method);
	return OK;
}

/* Whoever's it is, deleted or not. */
static const struct problem *
find_method(struct work *work, struct payment_method_id id, struct payment_method **method)
{
	TRY(db_one(work->db, &payment_method_shape, method, "SELECT {} FROM payment_methods WHERE id = ?", P(id)));
	set_status(*method);
	return OK;
}

const struct problem *
methods_by_token(struct work *work, const char *provider, const char *token, struct payment_method **methods, size_t *count)
{
	struct bytes     digests[METHOD_KEYS_MAX];
	struct parameter parameters[METHOD_KEYS_MAX + 1] = { P(provider) };
	size_t           n = token_digests(work, provider, token, digests);

	*count = 0;
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++)
		parameters[i + 1] = P(digests[i]);
	TRY(db_rows_many(work->db, &payment_method_shape, HOLDERS_MAX, methods, count,
	    "SELECT {m} FROM payment_methods m WHERE m.provider = ? AND m.token_digest IN ([?])", n, n + 1, parameters));
	for (size_t i = 0; i < *count; i++)
		set_status(&(*methods)[i]);
	return OK;
}

const struct problem *
open_token(struct work *work, const struct payment_method *method, struct stored_token *stored)
{
	*stored = (struct stored_token) { NULL };
	if (method->sealed.bytes == NULL)
		return problem(PAYMENT_METHOD_UNUSABLE, "the payment method was deleted");
	if (unseal_token(work, method, stored))
		return OK;
	metric_add(METRIC_METHODS_UNREADABLE, 0, 0, 1);
	log_error("payment method cannot be opened: its key is not configured, or it is not this row's",
	    LOG_ID("payment_method", uuid_text(work->arena, method->id.uuid)), LOG_ID("key", method->sealed_with));
	return problem(INTERNAL, "internal error");
}

/* Nobody is charged whose account is disabled or deleted. */
const struct problem *
usable_method(struct work *work, struct payment_method_id id, struct uuid payer, struct payment_method **method,
    const struct provider **provider)
{
	struct stored_token stored;

	TRY(db_row(work->db, &payment_method_shape, method,
	    "SELECT {m} FROM payment_methods m WHERE m.id = ? AND (? OR m.owner_id = ?) AND m.deleted_at IS NULL "
	    "AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND u.status <> 'active')",
	    P(id), P(uuid_is_nil(payer)), P(payer)));
	if (*method == NULL)
		return problem(PAYMENT_METHOD_UNUSABLE, "the payment method is not there, or not that of an active payer");
	set_status(*method);
	*provider = provider_enabled(work->config, (*method)->provider);
	if (*provider == NULL)
		return problem(PAYMENT_METHOD_UNUSABLE, "the payment method's provider is not enabled");
	if ((*method)->status == METHOD_EXPIRED)
		return problem(PAYMENT_METHOD_UNUSABLE, "the payment method has expired");
	if ((*method)->status == METHOD_DISABLED)
		return problem(PAYMENT_METHOD_UNUSABLE, "the payment method is disabled; use another one");
	return problem_is(open_token(work, *method, &stored), PROBLEM_INTERNAL)
	    ? problem(PAYMENT_METHOD_UNUSABLE, "the payment method cannot be read; store it again")
	    : OK;
}

const struct problem *
open_token_of(struct work *work, struct payment *payment)
{
	struct payment_method *method;
	struct stored_token   *stored;

	if (payment->payment_method == NULL || payment->stored != NULL)
		return OK;
	stored = ARENA_NEW(work->arena, struct stored_token);
	TRY(find_method(work, *payment->payment_method, &method));
	TRY(open_token(work, method, stored));
	payment->stored = stored;
	return OK;
}
