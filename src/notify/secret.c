#include "notify/secret.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "base/vault.h"
#include "store/work.h"

static const char *
purpose_of(struct arena *arena, struct endpoint_id endpoint)
{
	return arena_format(arena, "webhook_endpoint:%s", uuid_text(arena, endpoint.uuid));
}

static const char *
text_of(struct arena *arena, struct bytes secret)
{
	return arena_format(arena, "whsec_%s", base64_encode(arena, secret.bytes, secret.length));
}

const char *
secret_new(struct work *work, struct endpoint_id endpoint, struct bytes *sealed)
{
	unsigned char bytes[WEBHOOK_SECRET_BYTES];

	random_bytes(bytes, sizeof bytes);
	*sealed = vault_seal(work->arena, work->config->auth.seal_secret, purpose_of(work->arena, endpoint),
	    (struct bytes) { bytes, sizeof bytes });
	return text_of(work->arena, (struct bytes) { bytes, sizeof bytes });
}

bool
secret_open(struct work *work, struct endpoint_id endpoint, struct bytes sealed, struct bytes *secret)
{
	return vault_open(work->arena, work->config->auth.seal_secret, purpose_of(work->arena, endpoint), sealed, secret);
}

const char *
secret_text(struct work *work, struct endpoint_id endpoint, struct bytes sealed)
{
	struct bytes secret;

	return secret_open(work, endpoint, sealed, &secret) ? text_of(work->arena, secret) : NULL;
}

const char *
secret_sign(struct arena *arena, struct bytes secret, const char *id, int64_t timestamp, const void *body, size_t length)
{
	struct text   said = text_new(arena, length + 64);
	unsigned char digest[32];

	text_addf(&said, "%s.%lld.", id, (long long)timestamp);
	text_add(&said, body, length);
	hmac_sha256(secret.bytes, secret.length, said.bytes, said.length, digest);
	return arena_format(arena, "v1,%s", base64_encode(arena, digest, sizeof digest));
}
