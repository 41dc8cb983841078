/*
 * vectors.h: messages that others signed, from tests/vectors, and certificates and signatures of our own.
 *
 * A file of tests/vectors holds lines "name: value"; the .pem files are certificates.  Everything lives until the program
 * ends.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "verify/haatverify.h"

#include <openssl/x509.h>
#include <stdint.h>

/* The whole of a file of tests/vectors; REQUIREs that it is there. */
const char *vector_file(const char *name);

/* The value of a name in such a file. */
const char *vector_value(const char *file, const char *name);

/* A key and its certificate. */
struct signer {
	EVP_PKEY *key;
	X509     *certificate;
};

/* What is to be wrong with a certificate, if anything. */
struct signer_options {
	const char *name;        /* common name; NULL for none */
	const char *second_name; /* another one */
	int64_t     from, until; /* validity, Unix seconds */
	int         bits;        /* of the RSA key, 0 for an elliptic curve */
	int         is_authority;
	const char *digest; /* "SHA256" when NULL */
};

/* Makes one, issued by itself when `issuer` is NULL. */
struct signer make_signer(const struct signer *issuer, const struct signer_options *options);

/* Their certificates in PEM, one after the other. */
const char *signers_pem(const struct signer *const *signers, size_t count);

/* RSA PKCS #1 v1.5 of the text, in base64. */
const char *sign_text(const struct signer *signer, const char *digest, const char *text, size_t length);

#endif
