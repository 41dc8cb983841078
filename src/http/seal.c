#include "http/seal.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <assert.h>

enum { MAC_BYTES = 16 };

/* The NUL of the purpose is signed with it: where it ends and the payload begins cannot be moved. */
static void
mac_of(struct arena *arena, const char *secret, const char *purpose, const void *bytes, size_t length, unsigned char mac[32])
{
	size_t      purpose_length = strlen(purpose) + 1;
	struct text signed_text = text_new(arena, purpose_length + length);

	text_add(&signed_text, purpose, purpose_length);
	text_add(&signed_text, bytes, length);
	hmac_sha256(secret, strlen(secret), signed_text.bytes, signed_text.length, mac);
}

const char *
seal(struct arena *arena, const char *secret, const char *purpose, const void *bytes, size_t length)
{
	struct text   sealed = text_new(arena, length + MAC_BYTES);
	unsigned char mac[32];

	assert(length <= SEAL_BYTES_MAX);
	mac_of(arena, secret, purpose, bytes, length, mac);
	text_add(&sealed, bytes, length);
	text_add(&sealed, mac, MAC_BYTES);
	return base64url_encode(arena, sealed.bytes, sealed.length);
}

unsigned char *
unseal(struct arena *arena, const char *secret, const char *purpose, const char *text, size_t *length)
{
	size_t         text_length = strnlen(text, SEAL_TEXT_MAX + 1), sealed_length;
	unsigned char *sealed, mac[32];

	if (text_length > SEAL_TEXT_MAX)
		return NULL;
	sealed = base64url_decode(arena, text, text_length, &sealed_length);
	if (sealed == NULL || sealed_length < MAC_BYTES)
		return NULL;
	sealed_length -= MAC_BYTES;
	mac_of(arena, secret, purpose, sealed, sealed_length, mac);
	if (!equal_constant_time(sealed + sealed_length, mac, MAC_BYTES))
		return NULL;
	sealed[sealed_length] = '\0';
	*length = sealed_length;
	return sealed;
}
