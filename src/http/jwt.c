#include "http/jwt.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "http/claims.h"

#include <json-c/json.h>

enum { MAC_BYTES = 32, PAYLOAD_DEPTH = 2 };

static bool
add_key(struct arena *arena, struct jwt_keys *keys, const char *id, const char *secret)
{
	struct jwt_key *key = &keys->list[keys->count];
	struct text     header;

	if (keys->count == JWT_KEYS_MAX || *id == '\0' || strlen(secret) < JWT_SECRET_MIN)
		return false;
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->list[i].id, id) == 0)
			return false;
	header = text_new(arena, 64);
	TEXT_ADD(&header, "{\"alg\":\"HS256\",\"kid\":");
	text_add_json(&header, id);
	TEXT_ADD(&header, ",\"typ\":\"JWT\"}");
	*key = (struct jwt_key) { .id = id, .secret = secret, .secret_length = strlen(secret) };
	key->header = base64url_encode(arena, header.bytes, header.length);
	key->header_length = strlen(key->header);
	keys->count++;
	return true;
}

bool
jwt_keys_make(struct arena *arena, const char *issuer, const char *audience, const char *key_id, const char *secret,
    const char *const *old_keys, struct jwt_keys *keys)
{
	*keys = (struct jwt_keys) { .issuer = issuer, .audience = audience };
	if (!add_key(arena, keys, arena_string(arena, key_id), arena_string(arena, secret)))
		return false;
	for (; *old_keys != NULL; old_keys++) {
		const char *colon = strchr(*old_keys, ':');

		if (colon == NULL ||
		    !add_key(
			arena, keys, arena_copy(arena, *old_keys, (size_t)(colon - *old_keys)), arena_string(arena, colon + 1)))
			return false;
	}
	return true;
}

static void
add_member(struct text *text, const char *name, const char *value)
{
	text_addf(text, "\"%s\":", name);
	text_add_json(text, value);
	text_add_char(text, ',');
}

static void
add_id(struct text *text, const char *name, struct uuid id)
{
	char written[UUID_TEXT_LENGTH];

	uuid_write(id, written);
	text_addf(text, "\"%s\":\"%.*s\",", name, UUID_TEXT_LENGTH, written);
}

static const char *
make_with_name(struct arena *arena, const struct jwt_keys *keys, const struct jwt_claims *claims, const char *name)
{
	const struct jwt_key *key = &keys->list[0];
	struct text           payload = text_new(arena, 512), token = text_new(arena, 1024);
	unsigned char         mac[MAC_BYTES];

	text_add_char(&payload, '{');
	add_id(&payload, "sub", claims->user.uuid);
	add_id(&payload, "sid", claims->session.uuid);
	add_id(&payload, "jti", claims->id);
	add_member(&payload, "role", claims->role);
	add_member(&payload, "name", name);
	add_member(&payload, "iss", keys->issuer);
	add_member(&payload, "aud", keys->audience);
	if (claims->avatar != NULL)
		add_member(&payload, "avatar", claims->avatar);
	text_addf(&payload, "\"email_verified\":%s,\"phone_verified\":%s,\"iat\":%lld,\"exp\":%lld}",
	    claims->email_verified ? "true" : "false", claims->phone_verified ? "true" : "false", (long long)claims->issued_at,
	    (long long)claims->expires_at);
	text_add(&token, key->header, key->header_length);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(arena, payload.bytes, payload.length));
	hmac_sha256(key->secret, key->secret_length, token.bytes, token.length, mac);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(arena, mac, sizeof mac));
	return token.bytes;
}

const char *
jwt_make(struct arena *arena, const struct jwt_keys *keys, const struct jwt_claims *claims)
{
	const char *token = make_with_name(arena, keys, claims, claims->name);

	return strlen(token) <= JWT_TEXT_MAX ? token : make_with_name(arena, keys, claims, "");
}

static const struct jwt_key *
key_of_header(const struct jwt_keys *keys, const char *header, size_t length)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->list[i].header_length == length && memcmp(keys->list[i].header, header, length) == 0)
			return &keys->list[i];
	return NULL;
}

/* Is the text behind the last dot the MAC of the `length` bytes before it? */
static bool
mac_is_right(struct arena *arena, const struct jwt_key *key, const char *token, size_t length)
{
	const char    *signature = token + length + 1;
	unsigned char *given, mac[MAC_BYTES];
	size_t         given_length;

	given = base64url_decode(arena, signature, strlen(signature), &given_length);
	if (given == NULL || given_length != MAC_BYTES)
		return false;
	hmac_sha256(key->secret, key->secret_length, token, length, mac);
	return equal_constant_time(given, mac, MAC_BYTES);
}

static void
put_object(void *object)
{
	json_object_put(object);
}

/* The payload as an object that the arena owns; NULL when it is not one. */
static json_object *
parse_payload(struct arena *arena, const char *text, size_t length)
{
	static json_tokener *tokener;
	unsigned char       *json;
	json_object         *object;

	json = base64url_decode(arena, text, length, &length);
	/* json-c's own look at UTF-8 lets overlong forms and surrogates pass. */
	if (json == NULL || !utf8_valid((const char *)json, length))
		return NULL;
	if (tokener == NULL && (tokener = json_tokener_new_ex(PAYLOAD_DEPTH)) == NULL)
		return NULL;
	json_tokener_reset(tokener);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* With its NUL, so that the tokener knows that it is at the end. */
	object = json_tokener_parse_ex(tokener, (const char *)json, (int)length + 1);
	if (object == NULL)
		return NULL;
	arena_defer(arena, put_object, object);
	return json_object_is_type(object, json_type_object) ? object : NULL;
}

static bool
read_id(json_object *object, const char *name, struct uuid *into)
{
	const char *text;

	return claim_text(object, name, &text) && uuid_parse(text, into);
}

/* What may be missing: NULL then.  False when it is no text. */
static bool
read_optional_text(json_object *object, const char *name, const char **into)
{
	*into = NULL;
	return !json_object_object_get_ex(object, name, NULL) || claim_text(object, name, into);
}

static bool
is_text(json_object *object, const char *name, const char *expected)
{
	const char *text;

	return claim_text(object, name, &text) && strcmp(text, expected) == 0;
}

enum jwt_outcome
jwt_check(struct arena *arena, const struct jwt_keys *keys, const char *token, int64_t now, struct jwt_claims *claims)
{
	size_t                length = strnlen(token, JWT_TEXT_MAX + 1);
	const char           *first = memchr(token, '.', length), *last = memrchr(token, '.', length);
	const struct jwt_key *key;
	json_object          *payload;

	if (length > JWT_TEXT_MAX || first == last || (key = key_of_header(keys, token, (size_t)(first - token))) == NULL)
		return JWT_INVALID;
	if (!mac_is_right(arena, key, token, (size_t)(last - token)))
		return JWT_INVALID;
	payload = parse_payload(arena, first + 1, (size_t)(last - first - 1));
	if (payload == NULL || !is_text(payload, "iss", keys->issuer) || !is_text(payload, "aud", keys->audience) ||
	    !read_id(payload, "sub", &claims->user.uuid) || !read_id(payload, "sid", &claims->session.uuid) ||
	    !read_id(payload, "jti", &claims->id) || !claim_text(payload, "role", &claims->role) ||
	    !claim_text(payload, "name", &claims->name) || !read_optional_text(payload, "avatar", &claims->avatar) ||
	    !claim_boolean(payload, "email_verified", &claims->email_verified) ||
	    !claim_boolean(payload, "phone_verified", &claims->phone_verified) ||
	    !claim_integer(payload, "iat", &claims->issued_at) || !claim_integer(payload, "exp", &claims->expires_at))
		return JWT_INVALID;
	if (claims->issued_at > now + JWT_CLOCK_SLACK)
		return JWT_INVALID;
	return claims->expires_at <= now ? JWT_EXPIRED : JWT_VALID;
}
