/* Tokens of payment methods as they stand in the database: sealed for one row, its owner and its provider. */
#include "payments/method.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/vault.h"

/* "key id:secret" of the configuration. */
struct method_key {
	const char *id, *secret;
};

static struct method_key
split_key(struct arena *arena, const char *key)
{
	const char *colon = strchr(key, ':');

	return (struct method_key) { arena_copy(arena, key, (size_t)(colon - key)), colon + 1 };
}

bool
sealing_is_configured(const struct config *config)
{
	return *config->payments.method_key != '\0';
}

/* The current key, then the former ones; how many there are. */
static size_t
all_keys(struct work *work, struct method_key keys[METHOD_KEYS_MAX])
{
	const struct config *config = work->config;
	size_t               count = 0;

	if (sealing_is_configured(config))
		keys[count++] = split_key(work->arena, config->payments.method_key);
	for (const char *const *old = config->payments.method_old_keys; *old != NULL && count < METHOD_KEYS_MAX; old++)
		keys[count++] = split_key(work->arena, *old);
	return count;
}

const char *
current_key(struct work *work)
{
	return sealing_is_configured(work->config) ? split_key(work->arena, work->config->payments.method_key).id : "";
}

bool
is_known_key(struct work *work, const char *id)
{
	struct method_key keys[METHOD_KEYS_MAX];
	size_t            count = all_keys(work, keys);

	for (size_t i = 0; i < count; i++)
		if (strcmp(keys[i].id, id) == 0)
			return true;
	return false;
}

/* What the sealed value is bound to. */
static const char *
binding(struct arena *arena, const struct payment_method *row)
{
	struct uuid owner = row->merchant == NULL ? row->user->uuid : row->merchant->uuid;

	return arena_format(arena, "payment method %s of %s %s at %s", uuid_text(arena, row->id.uuid),
	    row->merchant == NULL ? "user" : "merchant", uuid_text(arena, owner), row->provider);
}

static const char *
line_of(const char *text)
{
	return text == NULL ? "" : text;
}

struct bytes
seal_token(struct work *work, const struct payment_method *row, const struct stored_token *stored, const char **key)
{
	struct method_key current = split_key(work->arena, work->config->payments.method_key);
	char             *plain = arena_format(work->arena, "%s\n%s\n%s\n%s", stored->token, line_of(stored->customer),
			line_of(stored->email), line_of(stored->contact));
	struct bytes      bytes = { (const unsigned char *)plain, strlen(plain) };

	arena_scrub(work->arena, plain, bytes.length);
	*key = current.id;
	return vault_seal(work->arena, current.secret, binding(work->arena, row), bytes);
}

/* The next of the lines; NULL where it is empty. */
static const char *
take_line(struct arena *arena, const char **lines)
{
	size_t      length = strcspn(*lines, "\n");
	const char *line = length == 0 ? NULL : arena_copy(arena, *lines, length);

	*lines += length + ((*lines)[length] == '\n');
	return line;
}

bool
unseal_token(struct work *work, const struct payment_method *row, struct stored_token *stored)
{
	struct method_key keys[METHOD_KEYS_MAX];
	size_t            count = all_keys(work, keys);
	struct bytes      plain;

	for (size_t i = 0; i < count; i++) {
		const char *lines;

		if (row->sealed_with == NULL || strcmp(keys[i].id, row->sealed_with) != 0 ||
		    !vault_open(work->arena, keys[i].secret, binding(work->arena, row), row->sealed, &plain))
			continue;
		arena_scrub(work->arena, (char *)plain.bytes, plain.length);
		lines = (const char *)plain.bytes;
		stored->token = take_line(work->arena, &lines);
		stored->customer = take_line(work->arena, &lines);
		stored->email = take_line(work->arena, &lines);
		stored->contact = take_line(work->arena, &lines);
		return stored->token != NULL;
	}
	return false;
}

size_t
token_digests(struct work *work, const char *provider, const char *token, struct bytes digests[METHOD_KEYS_MAX])
{
	enum { DIGEST_BYTES = 32 };
	struct method_key keys[METHOD_KEYS_MAX];
	size_t            count = all_keys(work, keys);
	const char       *text = arena_format(work->arena, "haat token digest 1\n%s\n%s", provider, token);

	for (size_t i = 0; i < count; i++) {
		unsigned char *digest = arena_alloc(work->arena, DIGEST_BYTES);

		hmac_sha256(keys[i].secret, strlen(keys[i].secret), text, strlen(text), digest);
		digests[i] = (struct bytes) { digest, DIGEST_BYTES };
	}
	return count;
}
