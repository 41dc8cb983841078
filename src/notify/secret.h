/*
 * secret.h: the secrets that outgoing webhooks are signed with, and the signing (Standard Webhooks, standardwebhooks.com).
 *
 * A secret is 32 random bytes, shown once as "whsec_" and their base64; the row of its endpoint holds it sealed (base/vault.h).
 * Signed are "<id>.<unix time>.<body>" by HMAC-SHA-256.
 */
#ifndef SECRET_H
#define SECRET_H

#include "base/ids.h"
#include "base/shape.h"

struct work;

enum { WEBHOOK_SECRET_BYTES = 32 };

/* A new secret of the endpoint: *sealed for its row, and the text to be shown once. */
const char *secret_new(struct work *work, struct endpoint_id endpoint, struct bytes *sealed);

/* The bytes of a sealed one in the arena; false when it was sealed under another seal secret of the shop. */
bool secret_open(struct work *work, struct endpoint_id endpoint, struct bytes sealed, struct bytes *secret);

/* The text to be shown of a sealed one; NULL when it cannot be opened. */
const char *secret_text(struct work *work, struct endpoint_id endpoint, struct bytes sealed);

/* "v1,<base64>" in the arena. */
const char *secret_sign(
    struct arena *arena, struct bytes secret, const char *id, int64_t timestamp, const void *body, size_t length);

#endif
