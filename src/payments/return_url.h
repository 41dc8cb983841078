/*
 * return_url.h: where a payer's browser may be sent to when all is done.  Both take what FORMAT_URL has let pass.
 */
#ifndef RETURN_URL_H
#define RETURN_URL_H

#include <stdbool.h>

struct arena;
struct config;

/* For whoever pays an order: the shop's own pages, and the configured prefixes. */
bool is_return_url(const struct config *config, const char *url);

/* For a merchant, whose own site it may be: those, and any page over TLS. */
bool is_merchants_url(const struct config *config, const char *url);

/*
 * The URL with what became of something in its query, in the arena: "reference" of a payment, "payment_method"; a fragment stays behind it,
 * where browsers leave it.
 */
const char *return_url_with(struct arena *arena, const char *url, const char *name, const char *id, const char *status);

#endif
