#include "verify/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <string.h>

enum { SECURITY_LEVEL = 2, CHAIN_DEPTH_MAX = 6, KEY_BITS_MIN = 2048 };

struct haat_verify_trust {
	X509_STORE *roots;
};

/* All certificates of the text; NULL when there is none, one cannot be read, or there are more than `most`. */
static STACK_OF(X509) * read_all(const char *pem, size_t length, int most)
{
	BIO  *bio = pem == NULL || length > HAAT_VERIFY_PEM_MAX ? NULL : BIO_new_mem_buf(pem, (int)length);
	bool  good = bio != NULL;
	X509 *certificate;
	STACK_OF(X509) *all = sk_X509_new_null();

	ERR_set_mark();
	while (good && all != NULL && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (sk_X509_num(all) == most || sk_X509_push(all, certificate) == 0) {
			X509_free(certificate);
			good = false;
		}
	/* The end of the text is told as an error: nothing more begins. */
	good = good && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE && sk_X509_num(all) > 0;
	ERR_pop_to_mark();
	BIO_free(bio);
	if (good)
		return all;
	sk_X509_pop_free(all, X509_free);
	return NULL;
}

struct haat_verify_trust *
haat_verify_trust_new(const char *pem, size_t length)
{
	struct haat_verify_trust *trust = calloc(1, sizeof *trust);
	STACK_OF(X509) *all = read_all(pem, length, HAAT_VERIFY_ROOTS_MAX);
	bool good = trust != NULL && all != NULL && (trust->roots = X509_STORE_new()) != NULL;

	for (int i = 0; good && i < sk_X509_num(all); i++)
		good = X509_STORE_add_cert(trust->roots, sk_X509_value(all, i)) == 1;
	sk_X509_pop_free(all, X509_free);
	if (good)
		return trust;
	haat_verify_trust_free(trust);
	return NULL;
}

void
haat_verify_trust_free(struct haat_verify_trust *trust)
{
	if (trust == NULL)
		return;
	X509_STORE_free(trust->roots);
	free(trust);
}

/* The common name, when the subject has exactly one and it is plain text. */
static bool
read_common_name(X509 *certificate, char into[COMMON_NAME_MAX])
{
	const X509_NAME   *subject = X509_get_subject_name(certificate);
	int                at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1), length;
	const ASN1_STRING *name;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return false;
	name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	length = ASN1_STRING_length(name);
	if (length < 1 || length >= COMMON_NAME_MAX || memchr(ASN1_STRING_get0_data(name), '\0', (size_t)length) != NULL)
		return false;
	memcpy(into, ASN1_STRING_get0_data(name), (size_t)length);
	into[length] = '\0';
	return true;
}

static bool
leads_to_a_root(X509 *certificate, STACK_OF(X509) * chain, const struct haat_verify_trust *trust, int64_t now_unix)
{
	X509_STORE_CTX    *context = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *rules;
	bool               good = false;

	if (context != NULL && X509_STORE_CTX_init(context, trust->roots, certificate, chain) == 1) {
		rules = X509_STORE_CTX_get0_param(context);
		X509_VERIFY_PARAM_set_time(rules, (time_t)now_unix);
		X509_VERIFY_PARAM_set_auth_level(rules, SECURITY_LEVEL);
		/* A certificate among the roots is trusted as it stands, whoever issued it. */
		X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_depth(rules, CHAIN_DEPTH_MAX);
		good = X509_verify_cert(context) == 1;
	}
	X509_STORE_CTX_free(context);
	return good;
}

static bool
has_good_key(X509 *certificate)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);

	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= KEY_BITS_MIN &&
	    EVP_PKEY_get_bits(key) <= RSA_BYTES_MAX * 8;
}

X509 *
certificate_read(const char *pem, size_t length, const struct haat_verify_trust *trust, certificate_name_check *check,
    const void *argument, int64_t now_unix)
{
	STACK_OF(X509) *all = trust == NULL ? NULL : read_all(pem, length, HAAT_VERIFY_CERTIFICATES_MAX);
	X509 *certificate = NULL;
	char  name[COMMON_NAME_MAX];

	ERR_set_mark();
	if (all != NULL && read_common_name(sk_X509_value(all, 0), name) && check(name, argument) &&
	    has_good_key(sk_X509_value(all, 0)) && leads_to_a_root(sk_X509_value(all, 0), all, trust, now_unix))
		certificate = sk_X509_shift(all);
	ERR_pop_to_mark();
	sk_X509_pop_free(all, X509_free);
	return certificate;
}

bool
certificate_signed(X509 *certificate, const EVP_MD *digest, const struct piece *pieces, size_t count,
    const unsigned char *signature, size_t length)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY   *key = X509_get0_pubkey(certificate);
	bool        good;

	ERR_set_mark();
	good = context != NULL && key != NULL && EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1;
	for (size_t i = 0; good && i < count; i++)
		good = EVP_DigestVerifyUpdate(context, pieces[i].bytes, pieces[i].length) == 1;
	good = good && EVP_DigestVerifyFinal(context, signature, length) == 1;
	ERR_pop_to_mark();
	EVP_MD_CTX_free(context);
	return good;
}
