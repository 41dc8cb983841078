#include "accounts/id_token.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "http/claims.h"

#include <json-c/json.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

enum { MODULUS_BITS_MIN = 2048, MODULUS_BITS_MAX = 8192, EXPONENT_BYTES_MAX = 4, EMAIL_MAX = 254, CLIENT_MAX = 255 };

/* The parts of a token, as they stand in it. */
struct parts {
	const char *header, *payload, *signature;
	size_t      header_length, payload_length, signature_length;
};

static bool
split(const char *token, struct parts *parts)
{
	size_t      length = strnlen(token, ID_TOKEN_BYTES_MAX + 1);
	const char *first = memchr(token, '.', length), *second;

	if (length > ID_TOKEN_BYTES_MAX || first == NULL || (second = strchr(first + 1, '.')) == NULL ||
	    strchr(second + 1, '.') != NULL)
		return false;
	*parts = (struct parts) { token, first + 1, second + 1, (size_t)(first - token), (size_t)(second - first - 1),
		strlen(second + 1) };
	return true;
}

static struct json_object *
read_part(struct arena *arena, const char *text, size_t length)
{
	unsigned char      *json = base64url_decode(arena, text, length, &length);
	struct json_object *object = json == NULL ? NULL : json_read(arena, (const char *)json, length);

	return json_object_is_type(object, json_type_object) ? object : NULL;
}

/* ---- keys ---- */

static void
free_key(void *key)
{
	EVP_PKEY_free(key);
}

/* From the modulus and exponent of a JSON Web Key (RFC 7518, section 6.3.1); NULL when they make none. */
static EVP_PKEY *
make_key(const unsigned char *n, size_t n_length, const unsigned char *e, size_t e_length)
{
	BIGNUM         *modulus = BN_bin2bn(n, (int)n_length, NULL), *exponent = BN_bin2bn(e, (int)e_length, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX   *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM     *parameters = NULL;
	EVP_PKEY       *key = NULL;

	if (modulus != NULL && exponent != NULL && builder != NULL && context != NULL &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1 &&
	    (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
	OSSL_PARAM_free(parameters);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_BLD_free(builder);
	BN_free(exponent);
	BN_free(modulus);
	return key;
}

/* A member that is there must say so. */
static bool
says_nothing_else(struct json_object *jwk, const char *name, const char *expected)
{
	const char *text;

	if (!json_object_object_get_ex(jwk, name, NULL))
		return true;
	return claim_text(jwk, name, &text) && strcmp(text, expected) == 0;
}

static EVP_PKEY *
key_of_jwk(struct arena *arena, struct json_object *jwk)
{
	const char    *type, *n, *e;
	unsigned char *modulus, *exponent;
	size_t         modulus_length, exponent_length;

	if (!claim_text(jwk, "kty", &type) || strcmp(type, "RSA") != 0 || !says_nothing_else(jwk, "use", "sig") ||
	    !says_nothing_else(jwk, "alg", "RS256") || !claim_text(jwk, "n", &n) || !claim_text(jwk, "e", &e))
		return NULL;
	modulus = base64url_decode(arena, n, strlen(n), &modulus_length);
	exponent = base64url_decode(arena, e, strlen(e), &exponent_length);
	if (modulus == NULL || modulus_length > MODULUS_BITS_MAX / 8 || exponent == NULL || exponent_length > EXPONENT_BYTES_MAX)
		return NULL;
	return make_key(modulus, modulus_length, exponent, exponent_length);
}

static EVP_PKEY *
key_of_certificate(const char *pem)
{
	BIO      *bio = BIO_new_mem_buf(pem, (int)strlen(pem));
	X509     *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	EVP_PKEY *key = certificate == NULL ? NULL : X509_get_pubkey(certificate);

	X509_free(certificate);
	BIO_free(bio);
	return key;
}

/* The key of that name, which the arena frees; *known: there is one of the name, if perhaps none that can be used. */
static EVP_PKEY *
find_key(struct arena *arena, struct json_object *keys, const char *name, bool *known)
{
	struct json_object *set = NULL;
	const char         *text;
	EVP_PKEY           *key = NULL;

	*known = false;
	if (json_object_object_get_ex(keys, "keys", &set) && json_object_is_type(set, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(set) && !*known; i++) {
			struct json_object *jwk = json_object_array_get_idx(set, i);

			*known = json_object_is_type(jwk, json_type_object) && claim_text(jwk, "kid", &text) &&
			    strcmp(text, name) == 0;
			key = *known ? key_of_jwk(arena, jwk) : NULL;
		}
	} else if (claim_text(keys, name, &text)) {
		*known = true;
		key = key_of_certificate(text);
	}
	if (key != NULL)
		arena_defer(arena, free_key, key);
	return key;
}

static bool
signature_is_right(struct arena *arena, EVP_PKEY *key, const struct parts *parts)
{
	size_t         length, signed_length = parts->header_length + 1 + parts->payload_length;
	unsigned char *signature = base64url_decode(arena, parts->signature, parts->signature_length, &length);
	EVP_MD_CTX    *context;
	bool           right;

	if (signature == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < MODULUS_BITS_MIN ||
	    EVP_PKEY_get_bits(key) > MODULUS_BITS_MAX || (context = EVP_MD_CTX_new()) == NULL)
		return false;
	right = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(context, signature, length, (const unsigned char *)parts->header, signed_length) == 1;
	EVP_MD_CTX_free(context);
	return right;
}

/* ---- claims ---- */

static bool
is_text(struct json_object *payload, const char *name, const char *expected)
{
	const char *text;

	return expected != NULL && claim_text(payload, name, &text) && strcmp(text, expected) == 0;
}

/* Ours alone; among others, it must have been asked for by us (azp). */
static bool
is_for_us(struct json_object *payload, const char *audience)
{
	struct json_object *list = NULL;
	bool                ours = is_text(payload, "aud", audience), several = false;

	if (!ours && json_object_object_get_ex(payload, "aud", &list) && json_object_is_type(list, json_type_array)) {
		several = json_object_array_length(list) > 1;
		for (size_t i = 0; i < json_object_array_length(list); i++) {
			struct json_object *one = json_object_array_get_idx(list, i);

			ours |= json_object_is_type(one, json_type_string) && strcmp(json_object_get_string(one), audience) == 0;
		}
	}
	if (!ours)
		return false;
	return is_text(payload, "azp", audience) || (!several && !json_object_object_get_ex(payload, "azp", NULL));
}

static const char *
fault_of_times(struct json_object *payload, const struct id_expected *expected)
{
	int64_t expires, issued, signed_in;

	if (!claim_integer(payload, "exp", &expires) || !claim_integer(payload, "iat", &issued))
		return "it does not say when it was issued and until when it is good";
	if (expires <= expected->now - ID_TOKEN_LEEWAY_SECONDS)
		return "it has expired";
	if (issued > expected->now + ID_TOKEN_LEEWAY_SECONDS)
		return "it was issued in the future";
	if (expected->auth_age_max_seconds == 0)
		return NULL;
	if (!claim_integer(payload, "auth_time", &signed_in) || signed_in > expected->now + ID_TOKEN_LEEWAY_SECONDS)
		return "it does not say when its user signed in";
	if (signed_in < expected->now - expected->auth_age_max_seconds)
		return "its user signed in too long ago";
	return NULL;
}

static const char *
fault_of_claims(struct json_object *payload, const struct id_expected *expected)
{
	const char *subject;

	if (!is_text(payload, "iss", expected->issuer) && !is_text(payload, "iss", expected->other_issuer))
		return "it is another issuer's";
	if (!is_for_us(payload, expected->audience))
		return "it is for somebody else";
	if (expected->nonce != NULL && !is_text(payload, "nonce", expected->nonce))
		return "it is not the answer to what this browser asked for";
	if (!claim_text(payload, "sub", &subject) || *subject == '\0' || strlen(subject) > expected->subject_max)
		return "it does not name its user";
	return fault_of_times(payload, expected);
}

static const char *
text_or_null(struct arena *arena, struct json_object *payload, const char *name, size_t most)
{
	const char *text;

	return claim_text(payload, name, &text) && *text != '\0' && strlen(text) <= most ? arena_string(arena, text) : NULL;
}

static void
read_claims(struct arena *arena, struct json_object *payload, struct id_claims *claims)
{
	struct json_object *firebase = NULL;

	*claims = (struct id_claims) { .subject = text_or_null(arena, payload, "sub", ID_TOKEN_BYTES_MAX),
		.email = text_or_null(arena, payload, "email", EMAIL_MAX),
		.name = text_or_null(arena, payload, "name", ID_TOKEN_BYTES_MAX),
		.phone = text_or_null(arena, payload, "phone_number", CLIENT_MAX),
		.hosted_domain = text_or_null(arena, payload, "hd", CLIENT_MAX) };
	claim_boolean(payload, "email_verified", &claims->email_verified);
	if (json_object_object_get_ex(payload, "firebase", &firebase) && json_object_is_type(firebase, json_type_object))
		claims->method = text_or_null(arena, firebase, "sign_in_provider", CLIENT_MAX);
}

enum id_token_outcome
id_token_check(struct arena *arena, const struct id_expected *expected, const char *token, struct bytes keys,
    struct id_claims *claims, const char **why)
{
	struct parts        parts;
	struct json_object *header, *set, *payload;
	const char         *name;
	EVP_PKEY           *key;
	bool                known = false;

	*why = "it is no JSON Web Token";
	if (!split(token, &parts) || (header = read_part(arena, parts.header, parts.header_length)) == NULL)
		return ID_TOKEN_REFUSED;
	*why = "it is not signed with RS256 by a key that it names";
	if (!is_text(header, "alg", "RS256") || json_object_object_get_ex(header, "crit", NULL) ||
	    !claim_text(header, "kid", &name) || *name == '\0')
		return ID_TOKEN_REFUSED;
	set = json_read(arena, (const char *)keys.bytes, keys.length);
	*why = "its key is unknown";
	key = json_object_is_type(set, json_type_object) ? find_key(arena, set, name, &known) : NULL;
	if (key == NULL)
		return set != NULL && known ? ID_TOKEN_REFUSED : ID_TOKEN_KEY_UNKNOWN;
	*why = "its signature is wrong";
	if (!signature_is_right(arena, key, &parts) || (payload = read_part(arena, parts.payload, parts.payload_length)) == NULL)
		return ID_TOKEN_REFUSED;
	if ((*why = fault_of_claims(payload, expected)) != NULL)
		return ID_TOKEN_REFUSED;
	read_claims(arena, payload, claims);
	return ID_TOKEN_VALID;
}
