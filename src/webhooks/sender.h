/*
 * sender.h: who sends webhooks: the providers, and whoever shares a secret with the shop, under the name "payment".
 *
 * What that one says is never believed: its events only name a payment, about which the payment's own provider is then asked.
 * It is a struct provider without calls, so that its events go the way of all others.
 */
#ifndef SENDER_H
#define SENDER_H

#include "payments/provider.h"

/* Who sends events under that name; NULL when nobody does.  And only if the configuration has it. */
const struct provider *sender_known(const char *name);
const struct provider *sender_enabled(const struct config *config, const char *name);

/* The headers that say who it is, NULL at the end: the provider's, or as they were configured. */
const char *const *sender_headers(struct arena *arena, const struct config *config, const struct provider *sender);

/* All names, NULL at the end. */
const char *const *sender_names(void);

#endif
