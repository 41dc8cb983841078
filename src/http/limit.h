/*
 * limit.h: how many calls an address and an account may make, counted in memcached.
 *
 * One bucket a purpose, so that nobody who does one thing often is kept from another:
 *
 *   purpose (the row's .limit)             counted by
 *   SIGN_IN: sign-in, password, codes      account, address
 *   COUPON: a coupon named                 address
 *   PAYMENT: a payment begun               account, address
 *   REFRESH: a refresh token exchanged     token, address
 *   a search, a list with facets           address, in a minute
 *   SUGGEST: what is typed so far          address, in a minute
 *   a call with an API key                 its shop, in a minute
 *   a write of nobody                      address
 *   a webhook that is forged, or may be     address
 *   a write of an account                  account, in a quarter of an hour and in a day; sellers and staff ten times
 *   a read of an account                   account
 *   a public read, a provider's webhook    nginx alone
 *
 * Exact sliding windows; open when memcached is down, since nginx's coarse limits and the login limit in the database
 * stand behind.  Switched off in the development profile (limits.enabled).
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct request;
struct work;

/* What the row and whoever is signed in say, once that is known.  RATE_LIMITED with Retry-After. */
const struct problem *limit_call(struct request *request);

/* What the body says: the account that signs in, the coupon. */
const struct problem *limit_body(struct request *request);

/* One try more with this refresh token, whether the body or a cookie carries it. */
const struct problem *limit_refresh(struct request *request, const char *token);

/* One search or count of facets more: for a list whose query says so. */
const struct problem *limit_search(struct request *request);

/* One forgery more: for a call whose row says LIMIT_WEBHOOK and which turned out to be signed by nobody, or nobody can tell. */
const struct problem *limit_forgery(struct request *request);

/*
 * Has `what` not been done in the last `seconds`?  Then it counts as done now.  Always true while limits are off or
 * memcached is down.
 */
bool limit_interval(struct work *work, const char *what, int64_t seconds);

/*
 * Whom an address stands for: itself in IPv4; in IPv6 its /64, because a single customer of a provider has that many.
 * What cannot be read is itself.
 */
const char *limit_subject(struct arena *arena, const char *address);

#endif
