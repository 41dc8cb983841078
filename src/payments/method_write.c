/* Payment methods are stored, changed and deleted; their owner's row is locked meanwhile. */
#include "payments/method.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/provider.h"
#include "payments/setup.h"
#include "store/db.h"

#include <ctype.h>

/* Digits of a card number (ISO/IEC 7812). */
enum { PAN_DIGITS_MIN = 12, PAN_DIGITS_MAX = 19 };

/* Luhn's check of `n` digits. */
static bool
has_check_digit(const char *digits, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int digit = digits[n - 1 - i] - '0';

		if (i % 2 == 1)
			digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Does a run of digits, with spaces, dots or dashes between them, look like a card number?  Of `whole` text nothing may stand around it. */
static bool
looks_like_pan(const char *text, bool whole)
{
	char   digits[PAN_DIGITS_MAX];
	size_t n = 0;
	bool   fits = true;

	for (const char *at = text;; at++) {
		bool goes_on = *at != '\0' && strchr(" .-", *at) != NULL && n > 0;

		if (isdigit((unsigned char)*at)) {
			if (n < PAN_DIGITS_MAX)
				digits[n] = *at;
			n++;
		} else if (!goes_on) {
			fits = n >= PAN_DIGITS_MIN && n <= PAN_DIGITS_MAX && has_check_digit(digits, n);
			if (fits && (!whole || *at == '\0'))
				return true;
			if (*at == '\0' || whole)
				return false;
			n = 0;
		}
	}
}

/* What stands in headers, paths and forms of providers. */
static bool
is_token_text(const char *token)
{
	for (const char *at = token; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"\\?#%&/", *at) != NULL)
			return false;
	return true;
}

const struct problem *
check_method_texts(struct work *work, const char *token, const char *label)
{
	if (token != NULL && looks_like_pan(token, true))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "token",
		    "looks like a card number; only a provider's token can be stored");
	if (token != NULL && !is_token_text(token))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "token", "is not a provider's token");
	if (label != NULL && looks_like_pan(label, false))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "label", "must not contain a card number");
	return OK;
}

const struct problem *
lock_method_owner(struct work *work, const struct user_id *user, const struct merchant_id *merchant)
{
	int64_t locked;

	if (merchant != NULL)
		return db_value(work->db, &locked, "SELECT 1 FROM merchants WHERE id = ? FOR UPDATE", P(merchant));
	return db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(user));
}

static const struct problem *
clear_default(struct work *work, struct uuid owner, struct payment_method_id but)
{
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET is_default = FALSE, version = version + 1, updated_by = ? "
	    "WHERE owner_id = ? AND is_default AND deleted_at IS NULL AND id <> ?",
	    P(acting_user(work)), P(owner), P(but));
}

static const struct problem *
choose_new_default(struct work *work, struct uuid owner)
{
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET is_default = TRUE, version = version + 1, updated_by = ? "
	    "WHERE owner_id = ? AND deleted_at IS NULL AND disabled_reason IS NULL ORDER BY id DESC LIMIT 1",
	    P(acting_user(work)), P(owner));
}

/* One that is to be stored, and whose. */
struct adding {
	const struct method_owner *owner;
	const struct provider     *provider;
	const struct kept_token   *kept;
	const char                *label;
	bool                       is_default;
	struct payment_method_id   id; /* when it is a new one */
};

static const struct problem *
insert_method(struct work *work, const struct adding *adding, struct payment_method_id id, bool is_default)
{
	struct payment_method row = { .id = id,
		.user = adding->owner->user,
		.merchant = adding->owner->merchant,
		.type = adding->kept->type,
		.provider = adding->provider->name,
		.label = adding->label,
		.expires = adding->kept->expires,
		.is_default = is_default,
		.version = 1 };
	struct bytes          digests[METHOD_KEYS_MAX], sealed;
	const char           *key;

	sealed = seal_token(work, &row, &adding->kept->stored, &key);
	token_digests(work, row.provider, adding->kept->stored.token, digests);
	transaction_witness(work, "SELECT COUNT(*) FROM payment_methods WHERE id = ?", id.uuid);
	TRY(db_run(work->db, NULL,
	    "INSERT INTO payment_methods (id, user_id, merchant_id, type, provider, sealed, sealed_with, token_digest, label, "
	    "expires_at, is_default, created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(row.user), P(row.merchant), P(payment_method_type_values[adding->kept->type]), P(row.provider), P(sealed),
	    P(key), P(digests[0]), P(adding->label), P(adding->kept->expires), P(is_default), P(acting_user(work)),
	    P(acting_user(work))));
	return audit_method(work, "payment_method.created", NULL, &row);
}

/* What is there already becomes active again, and is sealed anew: the provider may know its owner by another name now. */
static const struct problem *
renew_method(struct work *work, const struct adding *adding, struct payment_method *row, bool is_default)
{
	const char           *key;
	struct bytes          sealed, digests[METHOD_KEYS_MAX];
	struct payment_method after = *row;

	sealed = seal_token(work, row, &adding->kept->stored, &key);
	token_digests(work, row->provider, adding->kept->stored.token, digests);
	TRY(db_run(work->db, NULL,
	    "UPDATE payment_methods SET type = ?, sealed = ?, sealed_with = ?, token_digest = ?, label = IFNULL(?, label), "
	    "expires_at = IFNULL(?, expires_at), disabled_reason = NULL, is_default = is_default OR ?, version = version + 1, "
	    "updated_by = ? WHERE id = ?",
	    P(payment_method_type_values[adding->kept->type]), P(sealed), P(key), P(digests[0]), P(adding->label),
	    P(adding->kept->expires), P(is_default), P(acting_user(work)), P(row->id)));
	after.type = adding->kept->type;
	after.label = adding->label == NULL ? row->label : adding->label;
	after.expires = adding->kept->expires == NULL ? row->expires : adding->kept->expires;
	after.disabled_reason = NULL;
	after.is_default = row->is_default || is_default;
	after.version++;
	return audit_method(work, "payment_method.renewed", row, &after);
}

static const struct problem *
find_stored(struct work *work, const struct adding *adding, struct payment_method **stored)
{
	struct payment_method *holders;
	size_t                 count;

	*stored = NULL;
	TRY(methods_by_token(work, adding->provider->name, adding->kept->stored.token, &holders, &count));
	for (size_t i = 0; i < count && *stored == NULL; i++) {
		const struct payment_method *holder = &holders[i];
		struct uuid                  owner = holder->merchant == NULL ? holder->user->uuid : holder->merchant->uuid;
		int64_t                      kept;

		if (!uuid_equal(owner, adding->owner->id))
			continue;
		TRY(db_value(
		    work->db, &kept, "SELECT COUNT(*) FROM payment_methods WHERE id = ? AND deleted_at IS NULL", P(holder->id)));
		if (kept > 0)
			*stored = &holders[i];
	}
	return OK;
}

static const struct problem *
add_method(struct work *work, const struct adding *adding, struct payment_method_id *id)
{
	struct payment_method *stored;
	int64_t                count, usable;
	bool                   is_default;

	TRY(lock_method_owner(work, adding->owner->user, adding->owner->merchant));
	TRY(find_stored(work, adding, &stored));
	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM payment_methods WHERE owner_id = ? AND deleted_at IS NULL",
	    P(adding->owner->id)));
	TRY(db_value(work->db, &usable,
	    "SELECT COUNT(*) FROM payment_methods WHERE owner_id = ? AND deleted_at IS NULL AND is_default",
	    P(adding->owner->id)));
	is_default = adding->is_default || usable == 0;
	*id = stored == NULL ? adding->id : stored->id;
	if (stored == NULL && count >= METHODS_MAX)
		return problem(CONFLICT, "an account has at most 50 payment methods");
	if (is_default)
		TRY(clear_default(work, adding->owner->id, *id));
	return stored == NULL ? insert_method(work, adding, *id, is_default) : renew_method(work, adding, stored, is_default);
}

const struct problem *
create_method(struct work *work, const struct new_method *body, struct payment_method **method)
{
	const struct provider   *provider = provider_enabled(work->config, body->provider);
	struct kept_token        kept = { .expires = body->expires };
	struct payment_method_id id;
	struct method_owner     *owner;

	TRY(check_method_texts(work, body->token, body->label));
	if (body->type == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "type", "is required with a token");
	if (body->return_url != NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "return_url", "must be absent with a token");
	if (provider == NULL || provider->methods == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled, or charges no stored payment method");
	if (!sealing_is_configured(work->config))
		return problem(PROVIDER_UNSUPPORTED, "this shop stores no payment methods (payments.method_key)");
	if (body->expires != NULL && body->expires->unix_ms <= instant_now().unix_ms)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "expires", "is in the past");
	kept.type = *body->type;
	TRY(acting_owner(work, &owner));
	TRY(provider->methods->adopt(work, owner, body->token, &kept));
	if (kept.expires == NULL)
		kept.expires = body->expires;

	struct adding adding = { .owner = owner,
		.provider = provider,
		.kept = &kept,
		.label = body->label,
		.is_default = body->is_default,
		.id = NEW_ID(payment_method_id) };

	TRY(db_transaction(work, add_method(work, &adding, &id)));
	return read_method(work, id, method);
}

const struct problem *
keep_token(struct work *work, const struct method_owner *owner, const struct provider *provider, const struct kept_token *kept)
{
	struct adding            adding = { .owner = owner, .provider = provider, .kept = kept, .id = NEW_ID(payment_method_id) };
	struct payment_method_id id;

	return db_transaction(work, add_method(work, &adding, &id));
}

const struct problem *
store_set_up_method(struct work *work, const struct method_owner *owner, const struct provider *provider,
    const struct kept_token *kept, const struct method_setup *setup, struct payment_method_id *id)
{
	struct adding adding = { .owner = owner,
		.provider = provider,
		.kept = kept,
		.label = setup->label,
		.is_default = setup->is_default,
		.id = setup->id };

	return add_method(work, &adding, id);
}

static const struct problem *
lock_method(
    struct work *work, struct payment_method_id id, const struct expected_version *expected, struct payment_method **method)
{
	TRY(lock_method_owner(work, &work->viewer.user, work->viewer.merchant));
	TRY(read_method(work, id, method));
	return check_version(expected, id.uuid, (*method)->version);
}

static struct uuid
owner_of(const struct payment_method *method)
{
	return method->merchant == NULL ? method->user->uuid : method->merchant->uuid;
}

const struct problem *
update_method(struct work *work, struct payment_method_id id, const struct payment_method *body,
    const struct expected_version *expected, struct payment_method **method)
{
	struct payment_method *m, before;

	TRY(check_method_texts(work, NULL, body->label));
	TRY(lock_method(work, id, expected, &m));
	before = *m;
	shape_merge(&method_change_shape, body, m);
	if (m->is_default)
		TRY(clear_default(work, owner_of(m), id));
	TRY(db_run(work->db, NULL,
	    "UPDATE payment_methods SET label = ?, expires_at = ?, is_default = ?, version = version + 1, updated_by = ? "
	    "WHERE id = ?",
	    P(m->label), P(m->expires), P(m->is_default), P(acting_user(work)), P(id)));
	TRY(read_method(work, id, method));
	return audit_method(work, "payment_method.changed", &before, *method);
}

/* Its token goes as soon as nothing is charged by it any more: forget_methods_job. */
const struct problem *
delete_method(struct work *work, struct payment_method_id id, const struct expected_version *expected)
{
	struct payment_method *m;

	TRY(lock_method(work, id, expected, &m));
	TRY(db_run(work->db, NULL,
	    "UPDATE payment_methods SET deleted_at = NOW(3), forget_at = NOW(3), is_default = FALSE, version = version + 1, "
	    "updated_by = ? WHERE id = ?",
	    P(acting_user(work)), P(id)));
	TRY(audit_method(work, "payment_method.deleted", m, NULL));
	return m->is_default ? choose_new_default(work, owner_of(m)) : OK;
}

const struct problem *
delete_methods_of(struct work *work, struct uuid owner)
{
	struct payment_method *methods;
	size_t                 count;

	TRY(db_rows(work->db, &payment_method_shape, METHODS_MAX, &methods, &count,
	    "SELECT {} FROM payment_methods WHERE owner_id = ? AND deleted_at IS NULL FOR UPDATE", P(owner)));
	for (size_t i = 0; i < count; i++)
		TRY(audit_method(work, "payment_method.deleted", &methods[i], NULL));
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET deleted_at = NOW(3), forget_at = NOW(3), is_default = FALSE, version = version + 1, "
	    "updated_by = ? WHERE owner_id = ? AND deleted_at IS NULL",
	    P(acting_user(work)), P(owner));
}

const struct problem *
disable_method(struct work *work, struct payment_method_id id, const char *reason)
{
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET disabled_reason = ?, version = version + 1 WHERE id = ? AND NOT (disabled_reason <=> ?)",
	    P(reason), P(id), P(reason));
}
