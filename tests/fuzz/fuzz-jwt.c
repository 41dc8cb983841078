/* Access tokens: any text, and tokens that are rightly signed over any payload. */
#include "base/encoding.h"
#include "base/text.h"
#include "http/jwt.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char secret[] = "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-fuzz";

enum { NOW = 1800000000 };

static const char *
token_over(const struct jwt_keys *keys, const uint8_t *payload, size_t length)
{
	struct text   token = text_new(fuzz_arena(), 1024);
	unsigned char mac[32];

	text_add(&token, keys->list[0].header, keys->list[0].header_length);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(fuzz_arena(), payload, length));
	hmac_sha256(secret, strlen(secret), token.bytes, token.length, mac);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(fuzz_arena(), mac, sizeof mac));
	return token.bytes;
}

/* What a good token says is what a token made of it says. */
static void
says_the_same(const struct jwt_keys *keys, const struct jwt_claims *claims)
{
	struct jwt_claims again;
	const char       *token = jwt_make(fuzz_arena(), keys, claims);

	if (strlen(token) > JWT_TEXT_MAX)
		return;
	PROPERTY(jwt_check(fuzz_arena(), keys, token, NOW, &again) == JWT_VALID);
	PROPERTY(uuid_equal(again.user.uuid, claims->user.uuid) && uuid_equal(again.session.uuid, claims->session.uuid));
	PROPERTY(uuid_equal(again.id, claims->id) && strcmp(again.role, claims->role) == 0);
	PROPERTY(again.issued_at == claims->issued_at && again.expires_at == claims->expires_at);
	PROPERTY(strcmp(again.name, claims->name) == 0 || again.name[0] == '\0');
	PROPERTY(
	    claims->avatar == NULL ? again.avatar == NULL : again.avatar != NULL && strcmp(again.avatar, claims->avatar) == 0);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	static const char *const no_keys[] = { NULL };
	struct arena            *arena = fuzz_arena();
	struct jwt_keys          keys;
	struct jwt_claims        claims;
	enum jwt_outcome         outcome;

	PROPERTY(jwt_keys_make(arena, "haat", "haat-api", "k1", secret, no_keys, &keys));
	PROPERTY(jwt_check(arena, &keys, arena_copy(arena, bytes, length), NOW, &claims) == JWT_INVALID);
	outcome = jwt_check(arena, &keys, token_over(&keys, bytes, length), NOW, &claims);
	if (outcome == JWT_INVALID)
		return;
	PROPERTY(claims.issued_at <= NOW + JWT_CLOCK_SLACK && claims.role != NULL && claims.name != NULL);
	PROPERTY((outcome == JWT_VALID) == (claims.expires_at > NOW));
	PROPERTY(utf8_valid(claims.name, strlen(claims.name)));
	if (outcome == JWT_VALID)
		says_the_same(&keys, &claims);
}
