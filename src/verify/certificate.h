/*
 * certificate.h: certificates that sign webhooks, and signatures made with their keys; not installed, not exported.
 *
 * Nothing is fetched and no file is read: certificates and roots come as PEM text.  A certificate counts when its name is
 * the provider's, its chain leads to one of the roots, all of it is valid at the time given, and nothing in it is weaker
 * than 112 bits (RSA below 2048 bits, SHA-1 in the chain).
 */
#ifndef VERIFY_CERTIFICATE_H
#define VERIFY_CERTIFICATE_H

#include "verify/digest.h"

#include <openssl/x509.h>

enum { RSA_BYTES_MAX = 1024, COMMON_NAME_MAX = 200 };

/* Whose certificate is it?  Judges the one common name of its subject. */
typedef bool certificate_name_check(const char *name, const void *argument);

/* The first certificate of the text, the others being its chain; NULL unless it counts.  X509_free it. */
X509 *certificate_read(const char *pem, size_t length, const struct haat_verify_trust *trust, certificate_name_check *check,
    const void *argument, int64_t now_unix);

/* RSA with PKCS #1 v1.5 over the pieces one after the other. */
bool certificate_signed(X509 *certificate, const EVP_MD *digest, const struct piece *pieces, size_t count,
    const unsigned char *signature, size_t length);

#endif
