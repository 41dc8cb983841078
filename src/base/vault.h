/*
 * vault.h: values that stand in the database and must not be read there: tokens of providers.
 *
 * Sealed with AES-256-GCM under a key derived from the shop's seal secret; the purpose (the row's name) is bound to it, so that
 * a value cannot be moved to another row.  A changed secret makes old values unreadable: only what can be fetched or made
 * again is kept so.
 */
#ifndef VAULT_H
#define VAULT_H

#include "base/shape.h"

/* The sealed bytes, in the arena; never the same twice. */
struct bytes vault_seal(struct arena *arena, const char *secret, const char *purpose, struct bytes plain);

/* False when it was not sealed with this secret for this purpose; *plain is in the arena, with a NUL behind it. */
bool vault_open(struct arena *arena, const char *secret, const char *purpose, struct bytes sealed, struct bytes *plain);

#endif
