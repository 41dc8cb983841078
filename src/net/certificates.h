/*
 * certificates.h: the certificates that providers sign webhooks with, for libhaatverify, which fetches nothing itself.
 *
 * Only from addresses that are the provider's, over TLS that leads to a root of config certificates.roots_file, without
 * redirects, at most 64 KiB; kept by address until it ends (remote_value.h), and only when it is the provider's by name and
 * chain.  One that is not valid any more is fetched again once.
 */
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include "base/problem.h"
#include "verify/haatverify.h"

struct work;

enum certificate_kind { CERTIFICATE_PAYPAL, CERTIFICATE_PAYPAL_SANDBOX, CERTIFICATE_SNS };

/* *certificates lives as long as what is in the arena.  BAD_REQUEST for an address that is not the provider's. */
const struct problem *certificates_get(
    struct work *work, enum certificate_kind kind, const char *url, struct haat_verify_certificates *certificates);

/* The same of what is kept, for those who have no way out: EVENT_UNVERIFIED when no valid one is. */
const struct problem *certificates_kept(
    struct work *work, enum certificate_kind kind, const char *url, struct haat_verify_certificates *certificates);

#endif
