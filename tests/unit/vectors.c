#include "tests/unit/vectors.h"

#include "tests/suite.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 65536, KEPT_MAX = 4096 };

/* What is handed out stays until the end: reachable, so that nothing counts as leaked. */
static void  *kept[KEPT_MAX];
static size_t n_kept;

static void *
keep(void *memory)
{
	REQUIRE(memory != NULL && n_kept < KEPT_MAX);
	kept[n_kept++] = memory;
	return memory;
}

const char *
vector_file(const char *name)
{
	const char *source = getenv("srcdir");
	char        path[4096];
	char       *text = keep(calloc(1, FILE_BYTES_MAX));
	FILE       *file;

	snprintf(path, sizeof path, "%s/tests/vectors/%s", source == NULL ? "." : source, name);
	file = fopen(path, "rb");
	REQUIRE(file != NULL);
	REQUIRE(fread(text, 1, FILE_BYTES_MAX - 1, file) > 0);
	fclose(file);
	return text;
}

const char *
vector_value(const char *file, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = file; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1)
		if (strncmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0)
			return keep(strndup(line + length + 2, strcspn(line + length + 2, "\n")));
	REQUIRE(!"the vector has no such value");
	return "";
}

static EVP_PKEY *
make_key(int bits)
{
	EVP_PKEY *key = bits > 0 ? EVP_RSA_gen((unsigned)bits) : EVP_EC_gen("P-256");

	return keep(key);
}

static void
add_name(X509_NAME *subject, const char *name)
{
	if (name != NULL)
		REQUIRE(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1);
}

struct signer
make_signer(const struct signer *issuer, const struct signer_options *options)
{
	struct signer   made = { make_key(options->bits), keep(X509_new()) };
	X509_EXTENSION *extension;
	X509_NAME      *subject = X509_get_subject_name(made.certificate);
	static long     serial;

	X509_set_version(made.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), ++serial);
	ASN1_TIME_set(X509_getm_notBefore(made.certificate), (time_t)options->from);
	ASN1_TIME_set(X509_getm_notAfter(made.certificate), (time_t)options->until);
	X509_set_pubkey(made.certificate, made.key);
	X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"haat tests", -1, -1, 0);
	add_name(subject, options->name);
	add_name(subject, options->second_name);
	X509_set_issuer_name(made.certificate, issuer == NULL ? subject : X509_get_subject_name(issuer->certificate));
	extension =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, options->is_authority ? "critical,CA:TRUE" : "CA:FALSE");
	REQUIRE(extension != NULL && X509_add_ext(made.certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	REQUIRE(X509_sign(made.certificate, issuer == NULL ? made.key : issuer->key,
		    EVP_get_digestbyname(options->digest == NULL ? "SHA256" : options->digest)) > 0);
	return made;
}

const char *
signers_pem(const struct signer *const *signers, size_t count)
{
	BIO  *bio = BIO_new(BIO_s_mem());
	char *bytes, *text;
	long  length;

	for (size_t i = 0; i < count; i++)
		REQUIRE(PEM_write_bio_X509(bio, signers[i]->certificate) == 1);
	length = BIO_get_mem_data(bio, &bytes);
	text = keep(strndup(bytes, (size_t)length));
	BIO_free(bio);
	return text;
}

const char *
sign_text(const struct signer *signer, const char *digest, const char *text, size_t length)
{
	EVP_MD_CTX   *context = EVP_MD_CTX_new();
	unsigned char signature[1024], base64[1400];
	size_t        signature_length = sizeof signature;

	REQUIRE(EVP_DigestSignInit(context, NULL, EVP_get_digestbyname(digest), NULL, signer->key) == 1);
	REQUIRE(EVP_DigestSign(context, signature, &signature_length, (const unsigned char *)text, length) == 1);
	EVP_MD_CTX_free(context);
	EVP_EncodeBlock(base64, signature, (int)signature_length);
	return keep(strdup((char *)base64));
}
