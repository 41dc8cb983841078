/*
 * trust.h: whether what memcached holds may be believed.
 *
 * A document that memcached holds is believed while the stamps it was made under are in force (store/stamped.h), so whoever
 * changes what it shows must put new stamps in their place.  Should that fail (memcached hangs, the network is cut, a
 * circuit is open), another process may still reach memcached and find document and old stamps there.  So the database,
 * which every process asks anyway, has the last word: its one row of cache_trust holds an epoch, which every document is
 * made under beside its stamps, and says whether the trust was lost.
 *
 * A process asks for that row once in TRUST_MS at most, and only when a document is wanted.  Whoever could not put a stamp in
 * place says in the row that the trust is lost, and waits a little longer than TRUST_MS: nobody believes memcached then, so
 * what follows is in every answer.  The worker of events begins a new epoch as soon as memcached answers, and with that nothing that was
 * kept before is ever believed.  Where the trust has been lost for long nobody waits, so with a dead memcached
 * only the writes of the first seconds are slow.
 *
 * A process that begins also begins an epoch: the one before it may have died between a commit and its stamps.
 */
#ifndef TRUST_H
#define TRUST_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct work;

enum { TRUST_MS = 500 };

/* The epoch in force for whoever asks now; false: what memcached holds must neither be used nor written. */
bool trust_epoch(struct work *work, int64_t *epoch);

/*
 * What was changed could not be stamped.  After the commit, never within a transaction; when it returns, no process believes
 * what memcached held before.
 */
void trust_lose(struct work *work);

/* A process begins to serve: a new epoch.  False when the database does not answer; trust_epoch begins one then, sooner or later. */
bool trust_begin(struct work *work);

/*
 * After each request, or once a second: begins an epoch that is owed.  Where nobody knows whether what was changed has been
 * committed, nothing was stamped; two epochs are owed then (store/transaction.c), since the commit may come late.
 */
void trust_renew(struct work *work);

/* Once a second, by the worker of events: begins a new epoch where the trust was lost and memcached answers again. */
const struct problem *trust_regain(struct work *work);

#endif
