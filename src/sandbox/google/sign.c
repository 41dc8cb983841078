/* The key of the stand-in, its certificate, and the tokens that it signs. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "sandbox/google/google.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_BITS = 2048, MODULUS_MAX = 1024, KEPT_SECONDS = 3600, YEAR = 366 * 86400, ID_BYTES = 12 };

/* Read or made at the first call. */
static EVP_PKEY *
signing_key(const struct config *config)
{
	static EVP_PKEY *key;
	const char      *path = config->sandbox.google_key_file;
	FILE            *file;

	if (key == NULL && *path != '\0' && (file = fopen(path, "re")) != NULL) {
		key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
		fclose(file);
	}
	if (key == NULL && (key = EVP_RSA_gen(KEY_BITS)) == NULL)
		abort();
	return key;
}

/* A number of the key, in base64url. */
static const char *
number_of(struct arena *arena, const EVP_PKEY *key, const char *name)
{
	unsigned char bytes[MODULUS_MAX];
	BIGNUM       *number = NULL;
	int           length;

	if (EVP_PKEY_get_bn_param(key, name, &number) != 1 || BN_num_bytes(number) > MODULUS_MAX)
		abort();
	length = BN_bn2bin(number, bytes);
	BN_free(number);
	return base64url_encode(arena, bytes, (size_t)length);
}

/* Another key has another name. */
static const char *
key_id(struct arena *arena, const EVP_PKEY *key)
{
	const char   *modulus = number_of(arena, key, OSSL_PKEY_PARAM_RSA_N);
	unsigned char digest[32];

	sha256(modulus, strlen(modulus), digest);
	return hex_encode(arena, digest, ID_BYTES);
}

const char *
google_sign(struct call *call, struct json_object *claims)
{
	EVP_PKEY   *key = signing_key(call->sandbox->config);
	const char *header =
	    arena_format(call->arena, "{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key_id(call->arena, key));
	struct text   token = text_new(call->arena, 2048);
	unsigned char signature[MODULUS_MAX];
	size_t        length = sizeof signature;
	EVP_MD_CTX   *context = EVP_MD_CTX_new();

	text_add_string(&token, base64url_encode(call->arena, header, strlen(header)));
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(call->arena, json_text(claims), strlen(json_text(claims))));
	json_object_put(claims);
	if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(context, signature, &length, (const unsigned char *)token.bytes, token.length) != 1)
		abort();
	EVP_MD_CTX_free(context);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(call->arena, signature, length));
	return token.bytes;
}

void
google_show_keys(struct call *call)
{
	const EVP_PKEY     *key = signing_key(call->sandbox->config);
	struct json_object *body = json_object_new_object(), *jwk = json_object_new_object(), *list = json_object_new_array();

	put_text(jwk, "kty", "RSA");
	put_text(jwk, "use", "sig");
	put_text(jwk, "alg", "RS256");
	put_text(jwk, "kid", key_id(call->arena, key));
	put_text(jwk, "n", number_of(call->arena, key, OSSL_PKEY_PARAM_RSA_N));
	put_text(jwk, "e", number_of(call->arena, key, OSSL_PKEY_PARAM_RSA_E));
	json_object_array_add(list, jwk);
	json_object_object_add(body, "keys", list);
	call->max_age_seconds = KEPT_SECONDS;
	answer_json(call, 200, body);
}

/* Signed by the key itself, in PEM. */
static const char *
make_certificate(struct arena *arena, EVP_PKEY *key)
{
	X509      *certificate = X509_new();
	X509_NAME *name = certificate == NULL ? NULL : X509_get_subject_name(certificate);
	BIO       *bio = BIO_new(BIO_s_mem());
	char      *pem;
	long       length;

	if (name == NULL || bio == NULL)
		abort();
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), YEAR);
	X509_set_pubkey(certificate, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"haat sandbox", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	if (X509_sign(certificate, key, EVP_sha256()) == 0 || PEM_write_bio_X509(bio, certificate) != 1)
		abort();
	length = BIO_get_mem_data(bio, &pem);
	pem = arena_copy(arena, pem, (size_t)length);
	BIO_free(bio);
	X509_free(certificate);
	return pem;
}

void
google_show_certificates(struct call *call)
{
	EVP_PKEY           *key = signing_key(call->sandbox->config);
	struct json_object *body = json_object_new_object();

	put_text(body, key_id(call->arena, key), make_certificate(call->arena, key));
	call->max_age_seconds = KEPT_SECONDS;
	answer_json(call, 200, body);
}
