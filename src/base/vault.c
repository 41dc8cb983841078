#include "base/vault.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/ids.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { FORM_1 = 1, NONCE_BYTES = 12, TAG_BYTES = 16, KEY_BYTES = 32, AROUND = 1 + NONCE_BYTES + TAG_BYTES };

static void
make_key(const char *secret, unsigned char key[KEY_BYTES])
{
	static const char label[] = "haat vault 1";

	hmac_sha256(secret, strlen(secret), label, sizeof label - 1, key);
}

/* One pass over `length` bytes; the tag is written or compared. */
static bool
run(bool seals, const char *secret, const char *purpose, const unsigned char *nonce, const unsigned char *from, size_t length,
    unsigned char *to, unsigned char *tag)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	unsigned char   key[KEY_BYTES];
	int             written = 0, rest = 0;
	bool            good;

	make_key(secret, key);
	good = context != NULL && EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, seals) == 1 &&
	    EVP_CipherUpdate(context, NULL, &rest, (const unsigned char *)purpose, (int)strlen(purpose)) == 1 &&
	    EVP_CipherUpdate(context, to, &written, from, (int)length) == 1 && (size_t)written == length &&
	    (seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1) &&
	    EVP_CipherFinal_ex(context, to + written, &rest) == 1 &&
	    (!seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1);
	OPENSSL_cleanse(key, sizeof key);
	EVP_CIPHER_CTX_free(context);
	return good;
}

struct bytes
vault_seal(struct arena *arena, const char *secret, const char *purpose, struct bytes plain)
{
	unsigned char *sealed = arena_alloc(arena, plain.length + AROUND);

	sealed[0] = FORM_1;
	random_bytes(sealed + 1, NONCE_BYTES);
	if (!run(true, secret, purpose, sealed + 1, plain.bytes, plain.length, sealed + 1 + NONCE_BYTES,
		sealed + 1 + NONCE_BYTES + plain.length))
		abort();
	return (struct bytes) { sealed, plain.length + AROUND };
}

bool
vault_open(struct arena *arena, const char *secret, const char *purpose, struct bytes sealed, struct bytes *plain)
{
	const unsigned char *from = sealed.bytes;
	unsigned char       *to, tag[TAG_BYTES];
	size_t               length;

	if (sealed.length < AROUND || from[0] != FORM_1)
		return false;
	length = sealed.length - AROUND;
	to = arena_alloc(arena, length + 1);
	memcpy(tag, from + 1 + NONCE_BYTES + length, TAG_BYTES);
	if (!run(false, secret, purpose, from + 1, from + 1 + NONCE_BYTES, length, to, tag))
		return false;
	to[length] = '\0';
	*plain = (struct bytes) { to, length };
	return true;
}
