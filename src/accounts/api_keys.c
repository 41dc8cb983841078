#include "accounts/api_keys.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "events/audit.h"
#include "http/permission.h"
#include "http/viewer.h"
#include "store/db.h"
#include "store/list.h"

enum { SECRET_BYTES = 32, SHOWN_CHARACTERS = 14, DAY_HOURS = 24 };

#define API_KEY_MEMBERS \
	M_ID(struct api_key, id, "id"), M_TEXT(struct api_key, name, "name", 100, .required = true, .example = "\"web shop\""), \
	    M_TEXTS( \
		struct api_key, scopes, n_scopes, "scopes", SCOPES_MAX, .computed = true, .example = "[\"payment:take_own\"]"), \
	    M_TEXT(struct api_key, scope_names, "scope_names", 1000, .column = "scopes", .hidden = true), \
	    M_TEXT(struct api_key, prefix, "prefix", 24, .required = true, .description = "How the key begins.", \
		.example = "\"hk_live_Xm3Q5q\""), \
	    M_TIME(struct api_key, last_used_at, "last_used_at", .description = "True to five minutes."), \
	    M_TIME(struct api_key, expires_at, "expires_at", \
		.description = "Of a key that was exchanged: until when it is valid still."), \
	    M_TIME(struct api_key, created_at, "created_at")

static const struct member api_key_members[] = {
	API_KEY_MEMBERS,
};
SHAPE_SHARED(struct api_key, api_key_shape, "ApiKey", api_key_members, .noun = "API key");

static const struct member new_api_key_members[] = {
	API_KEY_MEMBERS,
	M_TEXT(struct api_key, key, "key", 64, .required = true, .computed = true,
	    .description = "For the header Authorization: Bearer; shown only now.",
	    .example = "\"hk_live_Xm3Q5qf8Rr0D1yqHsmSg3b7nS6m0Z0xkqJ2nVgB1cYw\""),
};
SHAPE_SHARED(struct api_key, new_api_key_shape, "NewApiKey", new_api_key_members, .noun = "API key");

static const struct member staff_api_key_members[] = {
	API_KEY_MEMBERS,
	M_TIME(struct api_key, revoked_at, "revoked_at", .description = "Since when it opens nothing."),
	M_ID(struct api_key, merchant, "merchant_id"),
	M_TEXT(struct api_key, shop_name, "shop_name", 150, .required = true, .computed = true, .example = "\"Amina's Books\""),
};
SHAPE_SHARED(struct api_key, staff_api_key_shape, "ShopApiKey", staff_api_key_members, .noun = "API key");

static const struct problem *
own_merchant(struct work *work, struct merchant_id *merchant)
{
	if (work->viewer.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	*merchant = *work->viewer.merchant;
	return OK;
}

/* From the text of the row. */
static void
list_scopes(struct arena *arena, struct api_key *key)
{
	uint64_t     bits = permissions_by_names(key->scope_names);
	const char **names = ARENA_ARRAY(arena, PERMISSION__COUNT, const char *);

	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (bits >> bit & 1)
			names[key->n_scopes++] = permission_name((enum permission_bit)bit);
	key->scopes = names;
}

#define IS_VALID "revoked_at IS NULL AND IFNULL(expires_at > NOW(3), TRUE)"

const struct problem *
list_api_keys(struct work *work, struct api_key **keys, size_t *count)
{
	struct merchant_id merchant;

	TRY(own_merchant(work, &merchant));
	TRY(db_rows(work->db, &api_key_shape, 2 * API_KEYS_MAX, keys, count,
	    "SELECT {} FROM api_keys WHERE merchant_id = ? AND " IS_VALID " ORDER BY id DESC LIMIT 100", P(merchant)));
	for (size_t i = 0; i < *count; i++)
		list_scopes(work->arena, &(*keys)[i]);
	return OK;
}

/* The names of the scopes as one text, each once. */
static const struct problem *
read_scopes(struct work *work, const char *const *scopes, size_t n_scopes, const char **names)
{
	struct faults faults = { .count = 0 };
	struct text   text = text_new(work->arena, 256);
	uint64_t      bits = 0;

	for (size_t i = 0; i < n_scopes; i++) {
		uint64_t bit = permission_by_name(scopes[i]);

		if (key_permissions(bit) == 0)
			faults_add(&faults, arena_format(work->arena, "scopes.%zu", i), "is no permission that a key can have");
		else if ((bit & work->viewer.permissions) == 0)
			faults_add(&faults, arena_format(work->arena, "scopes.%zu", i), "is a permission that you lack");
		bits |= bit;
	}
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the scopes are invalid; see details", &faults);
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (bits >> bit & 1)
			text_addf(&text, "%s%s", text.length > 0 ? " " : "", permission_name((enum permission_bit)bit));
	*names = text.bytes;
	return OK;
}

/* Which kind of shop it is for stands at its beginning, so that one of a trial is not taken for another. */
static const char *
make_key(struct work *work)
{
	unsigned char secret[SECRET_BYTES];

	random_bytes(secret, sizeof secret);
	return arena_format(work->arena, "hk_%s_%s", work->config->profile == PROFILE_PRODUCTION ? "live" : "test",
	    base64url_encode(work->arena, secret, sizeof secret));
}

static const struct problem *
insert_key(struct work *work, struct merchant_id merchant, const char *name, const char *scopes, struct api_key **made)
{
	const char       *key = make_key(work);
	struct api_key_id id = NEW_ID(api_key_id);

	transaction_witness(work, "SELECT COUNT(*) FROM api_keys WHERE id = ?", id.uuid);
	TRY(db_run(work->db, NULL,
	    "INSERT INTO api_keys (id, merchant_id, name, scopes, prefix, key_hash, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(merchant), P(name), P(scopes), P(arena_format(work->arena, "%.*s", SHOWN_CHARACTERS, key)),
	    P(api_key_hash(work->arena, key)), P(acting_user(work))));
	TRY(db_one(work->db, &api_key_shape, made, "SELECT {} FROM api_keys WHERE id = ?", P(id)));
	list_scopes(work->arena, *made);
	(*made)->key = key;
	return audit_record(work, "api_key.created", "api_key", id.uuid, &api_key_shape, NULL, *made);
}

/* How many are valid, which changes under the merchant's lock alone; an exchanged one ends by itself. */
static const struct problem *
count_keys(struct work *work, struct merchant_id merchant, int64_t *count)
{
	TRY(db_value(work->db, count, "SELECT 1 FROM merchants WHERE id = ? FOR UPDATE", P(merchant)));
	return db_value(work->db, count, "SELECT COUNT(*) FROM api_keys WHERE merchant_id = ? AND " IS_VALID, P(merchant));
}

const struct problem *
create_api_key(struct work *work, const char *name, const char *const *scopes, size_t n_scopes, struct api_key **key)
{
	struct merchant_id merchant;
	const char        *names = "";
	int64_t            count;

	TRY(own_merchant(work, &merchant));
	TRY(read_scopes(work, scopes, n_scopes, &names));
	TRY(count_keys(work, merchant, &count));
	if (count >= API_KEYS_MAX)
		return problem(CONFLICT, "a shop has at most 50 API keys; revoke one");
	return insert_key(work, merchant, name, names, key);
}

static const struct problem *
lock_key(struct work *work, struct merchant_id merchant, struct api_key_id id, struct api_key **key)
{
	TRY(db_one(work->db, &api_key_shape, key,
	    "SELECT {} FROM api_keys WHERE id = ? AND merchant_id = ? AND " IS_VALID " FOR UPDATE", P(id), P(merchant)));
	list_scopes(work->arena, *key);
	return OK;
}

const struct problem *
rotate_api_key(struct work *work, struct api_key_id id, struct api_key **key)
{
	struct merchant_id merchant;
	struct api_key    *old;
	int64_t            count;

	TRY(own_merchant(work, &merchant));
	TRY(count_keys(work, merchant, &count));
	TRY(lock_key(work, merchant, id, &old));
	if (old->expires_at != NULL)
		return problem(CONFLICT, "the key was exchanged already, and is valid for a while still");
	if (count >= 2 * API_KEYS_MAX)
		return problem(CONFLICT, "too many keys of the shop are valid, with those that were exchanged; revoke one");
	TRY(insert_key(work, merchant, old->name, old->scope_names, key));
	TRY(db_run(work->db, NULL,
	    "UPDATE api_keys SET replaced_by = ?, expires_at = NOW(3) + INTERVAL ? HOUR, updated_by = ? WHERE id = ?",
	    P((*key)->id), P((int64_t)DAY_HOURS), P(acting_user(work)), P(id)));
	return audit_record(work, "api_key.rotated", "api_key", id.uuid, &api_key_shape, old, *key);
}

static const struct problem *
revoke(struct work *work, const struct api_key *key)
{
	TRY(db_run(work->db, NULL, "UPDATE api_keys SET revoked_at = NOW(3), updated_by = ? WHERE id = ?", P(acting_user(work)),
	    P(key->id)));
	return audit_record(work, "api_key.revoked", "api_key", key->id.uuid, &api_key_shape, key, NULL);
}

const struct problem *
revoke_api_key(struct work *work, struct api_key_id id)
{
	struct merchant_id merchant;
	struct api_key    *key;

	TRY(own_merchant(work, &merchant));
	TRY(lock_key(work, merchant, id, &key));
	return revoke(work, key);
}

static const struct list_order newest_first[] = { { .id = "k.id", .descending = true } };

const struct problem *
list_shops_api_keys(struct work *work, const struct merchant_id *merchant, const struct page_request *page, struct api_key **keys,
    struct listed *listed)
{
	struct list list = list_begin(
	    work, "SELECT {k}, m.shop_name AS shop_name", "FROM api_keys k STRAIGHT_JOIN merchants m ON m.id = k.merchant_id");

	list_filter(&list, "k.merchant_id = ?", P(merchant));
	TRY(list_page(&list, &staff_api_key_shape, newest_first, page, keys, listed));
	for (size_t i = 0; i < listed->count; i++)
		list_scopes(work->arena, &(*keys)[i]);
	return OK;
}

const struct problem *
revoke_shops_api_key(struct work *work, struct api_key_id id)
{
	struct api_key *key;

	TRY(db_one(work->db, &api_key_shape, &key, "SELECT {} FROM api_keys WHERE id = ? AND " IS_VALID " FOR UPDATE", P(id)));
	list_scopes(work->arena, key);
	return revoke(work, key);
}

const struct problem *
revoke_keys_of_user(struct work *work, struct user_id user)
{
	return db_run(work->db, NULL,
	    "UPDATE api_keys k JOIN merchants m ON m.id = k.merchant_id SET k.revoked_at = NOW(3), k.updated_by = ? "
	    "WHERE m.user_id = ? AND k.revoked_at IS NULL",
	    P(acting_user(work)), P(user));
}
